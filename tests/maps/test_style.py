"""What stands in several tables for its own reason stands in each of them."""

from geo.schemas import THEMES
from layers import catalogue
from maps import style
from study.analysis import comparison
from ui.pages.resident import places


def test_every_theme_is_in_every_table_of_themes() -> None:
    """What belongs to it, how it looks, and in which order residents and planners read it."""
    for table in (catalogue.THEMES, style.THEMES, comparison.THEMES, places.THEMES):
        assert sorted(table) == sorted(THEMES)
