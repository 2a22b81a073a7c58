"""Layers of an evening's screens: a map that grows without a flash, a swipe, and two maps that move together.

The browser's side is ``maps/browser/workshop.js``.
"""

from collections.abc import Mapping

from maps.layers import Shapes
from maps.planner import Classed, Look, Pane


class Growing(Classed):
    """Shapes in classes, of which a newer edition takes the place only when it has arrived.

    Examples
    --------
    >>> Growing("bands", "geo/made/x.topojson", {"50": Look("#c75b92")}).maker
    'growing'
    """

    maker = "growing"

    def __init__(
        self, key: str, url: str, looks: Mapping[str, Look], *, labels: bool = False, pane: Pane = "cores"
    ) -> None:
        super().__init__(key, url, looks, labels=labels, pane=pane)


class Swipe(Shapes):
    """A handle that uncovers what residents share on its left and the official lines on its right.

    Parameters
    ----------
    label
        What the handle does, for who cannot see it.

    Examples
    --------
    >>> Swipe("Schuif").settings["label"]
    'Schuif'
    """

    maker = "swipe"

    def __init__(self, label: str) -> None:
        super().__init__("swipe", {"label": label})


class Linked(Shapes):
    """Maps with the same word move and zoom together.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees: kept whole in view when the screen changes, until a person moves a map.

    Examples
    --------
    >>> Linked("tables").settings["word"]
    'tables'
    """

    maker = "linked"

    def __init__(self, word: str, *, bounds: tuple[float, float, float, float] | None = None) -> None:
        super().__init__("linked", {"word": word, "bounds": bounds})
