"""Layers of a workshop session's screens: a map that grows without a flash, a swipe, and two maps that move together.

The browser's side is ``maps/interactive/leaflet/workshop_layers.js``.
"""

from collections.abc import Mapping

from maps.class_styles import ClassStyle
from maps.interactive.leaflet_layers import BrowserLayer
from maps.interactive.planner_layers import ClassifiedLayer, Pane


class LiveLayer(ClassifiedLayer):
    """Shapes in classes, of which a newer edition takes the place only when it has arrived.

    Examples
    --------
    >>> LiveLayer("bands", "geo/made/x.topojson", {"50": ClassStyle("#c75b92")}).maker
    'growing'
    """

    maker = "growing"

    def __init__(
        self,
        key: str,
        url: str,
        looks: Mapping[str, ClassStyle],
        *,
        labels: bool = False,
        pane: Pane = "cores",
    ) -> None:
        super().__init__(key, url, looks, labels=labels, pane=pane)


class SwipeControl(BrowserLayer):
    """A handle that uncovers what residents share on its left and the official lines on its right.

    Parameters
    ----------
    label
        What the handle does, for who cannot see it.

    Examples
    --------
    >>> SwipeControl("Schuif").settings["label"]
    'Schuif'
    """

    maker = "swipe"

    def __init__(self, label: str) -> None:
        super().__init__("swipe", {"label": label})


class LinkedMaps(BrowserLayer):
    """Maps with the same word move and zoom together.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees: kept whole in view when the screen changes, until a person moves a map.

    Examples
    --------
    >>> LinkedMaps("tables").settings["word"]
    'tables'
    """

    maker = "linked"

    def __init__(self, word: str, *, bounds: tuple[float, float, float, float] | None = None) -> None:
        super().__init__("linked", {"word": word, "bounds": bounds})
