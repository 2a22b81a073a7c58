"""Layers of the planner's maps: shapes in classes, one that is chosen, and residents' own places.

No meaning rests on colour alone: every class that fills ground has a pattern of its own, and lines differ in
width and dash, so that a map in grey says the same. The browser's side is ``maps/browser/planner.js``.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from maps import style
from maps.layers import Shapes

Pattern = Literal["", "stripes", "back", "dots", "lattice"]
Pane = Literal["cores", "lines"]


@dataclass(frozen=True)
class Look:
    """How a class looks: fill (empty for none), how dense, pattern, line (empty for none), width, dash."""

    fill: str = ""
    opacity: float = 0.55
    pattern: Pattern = ""
    line: str = ""
    weight: float = 2.0
    dash: str = ""


CORES: dict[str, Look] = {
    "25": Look(style.CORES[25], 0.35, line=style.CORES[25], weight=1.5),
    "50": Look(style.CORES[50], 0.4, line=style.CORES[50], weight=2.5),
    "75": Look(style.CORES[75], 0.45, "stripes", line=style.CORES[75], weight=2.0),
}
"""Cores by the percentage of drawers who share them, the darker the more."""

TURNOUT: dict[str, Look] = {
    "many": Look("#0b5c7a", 1.0, "lattice"),
    "fair": Look("#5aa1b8", 0.45),
    "few": Look("#b45f06", 1.0, "stripes"),
    "blank": Look("#8a3b00", 1.0, "dots"),
    "drawn": Look("#5aa1b8", 0.45),
}
"""Areas by how many of their inhabitants drew; "drawn" where nobody knows how many live there."""

BORDERS: dict[str, Look] = {
    "hard": Look(line="#7f1049", weight=5.0),
    "between": Look(line="#c07a00", weight=4.0, dash="10 4"),
    "soft": Look(line="#2f7f9e", weight=3.0, dash="3 5"),
    "unknown": Look(line="#8b949c", weight=1.5, dash="1 5"),
}
"""Official borders by how many residents stop there."""

SCORES: dict[str, Look] = {
    "low": Look("#b45f06", 1.0, "stripes"),
    "middle": Look("#d9c27a", 0.6),
    "high": Look("#0b5c7a", 1.0, "lattice"),
}
"""Areas by a score, in three steps."""

GAP: dict[str, Look] = {"gap": Look("#8a3b00", 1.0, "dots", line="#8a3b00", weight=1.5, dash="4 4")}
DISPUTED: dict[str, Look] = {"disputed": Look("#1b2733", 1.0, "back")}
TRIAGE: dict[str, Look] = {
    "now": Look(style.DRAWN, 0.25, line=style.DRAWN, weight=3.0),
    "proposed": Look(line="#1b2733", weight=3.0, dash="7 5"),
    "left": Look(line="#0b5c7a", weight=3.0, dash="2 5"),
}


class Classed(Shapes):
    """Areas or lines, each in the look of its class.

    Parameters
    ----------
    key
        Name of the layer; what a click reports.
    url
        Where their TopoJSON is.
    looks
        Look of each class. A feature's class is its property ``class``; its width may be a property too.
    name
        Object in the TopoJSON.
    classes
        Class by code, instead of the property: for shapes that many maps share.
    select
        Whether a visitor may choose one by clicking.
    labels
        Whether names stand on the map.
    pane
        "cores" lies under the official lines, "lines" among them.

    Examples
    --------
    >>> Classed("cores", "geo/made/x.topojson", CORES).settings["styles"]["75"]["pattern"]
    'stripes'
    """

    maker = "classed"

    def __init__(
        self,
        key: str,
        url: str,
        looks: Mapping[str, Look],
        *,
        name: str = "areas",
        classes: Mapping[str, str] | None = None,
        select: bool = False,
        labels: bool = False,
        pane: Pane = "cores",
    ) -> None:
        styles = {kind: asdict(look) for kind, look in looks.items()}
        settings = {"url": url, "name": name, "styles": styles, "classes": dict(classes or {})}
        super().__init__(key, {**settings, "select": select, "labels": labels, "pane": pane})


class Chosen(Shapes):
    """The outline of what is chosen, above everything.

    Examples
    --------
    >>> Chosen("geo/GM9901/buurt-2025.topojson", "BU99010101").settings["code"]
    'BU99010101'
    """

    maker = "chosen"

    def __init__(self, url: str, code: str, *, name: str = "areas") -> None:
        line = {"color": style.INK, "weight": 5.0, "dash": ""}
        super().__init__("chosen", {"url": url, "name": name, "code": code, "line": line, "pane": "lines"})


class Places(Shapes):
    """Residents' own places: met (a disc), missing (a plus), vanished (a cross), in the colour of the theme.

    Parameters
    ----------
    size_px
        Across a sign; larger for a beamer.

    Examples
    --------
    >>> Places("geo/made/x.topojson").settings["marks"]["bench"]
    '#7a5200'
    """

    maker = "places"

    def __init__(self, url: str, *, size_px: int = 22) -> None:
        colors = {theme: mark.color for theme, mark in style.THEMES.items()}
        super().__init__("places", {"url": url, "marks": colors, "size": size_px})
