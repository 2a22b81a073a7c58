"""Children's own screens: pictures, a voice that reads aloud when it is asked, and a page to colour."""

from ui.pages.resident.children.screen import read_aloud, show_pictures

__all__ = ["read_aloud", "show_pictures"]
