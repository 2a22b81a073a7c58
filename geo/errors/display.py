"""Errors of what is shown or exported."""

from geo.errors.base import BuurtError

# --- What a screen shows --------------------------------------------------------------------------


class ScreenError(BuurtError):
    """A page or a map cannot be shown as it was asked."""


class TextInMap(ScreenError):
    """Somebody put words in a folium map, which runs them as a program."""

    message = "folium element '{kind}' carries text; send the text beside the map and show it as text"


class AssetsAltered(ScreenError):
    """A script or sheet of others is not the one we looked at."""

    message = "{file} is absent or altered; run: npm ci"
