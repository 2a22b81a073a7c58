"""The resident's page: from link to thank-you, one clear thing a screen; and the way back by code."""

from ui.pages.resident.page import page

__all__ = ["page"]
