"""One palette for the whole product: calm ground, one strong colour for what residents draw.

The hues are told apart with every common form of colour blindness (after Okabe and Ito [1]_), text reaches a
contrast of 4.5 to 1 and lines 3 to 1 on the base map, and no meaning rests on colour alone: official lines
differ in dash, facilities in shape.

References
----------
.. [1] M. Okabe and K. Ito, Color Universal Design (2008), jfly.uni-koeln.de/color
"""

from dataclasses import asdict, dataclass
from typing import Any

from geo.road_classes import PATHS, ROAD_CLASSES

INK = "#1b2733"
PAPER = "#fffdf9"
ACTION = "#0b5c7a"
ACTION_DEEP = "#084459"
DRAWN = "#a3195b"
"""What a resident draws, and what residents share."""

MISSING = "#5f6b76"


@dataclass(frozen=True)
class Line:
    """How the edge of an area looks: colour, width in pixels, dash in pixels (empty is unbroken)."""

    color: str
    weight: float
    dash: str = ""

    @property
    def border(self) -> str:
        """The nearest CSS border style, for a legend.

        Examples
        --------
        >>> [DIVISIONS[key].border for key in ("wijk", "buurt", "pc4")]
        ['solid', 'dashed', 'dotted']
        """
        if not self.dash:
            return "solid"
        return "dotted" if float(self.dash.split()[0]) < 4 else "dashed"


DIVISIONS: dict[str, Line] = {
    "gemeente": Line("#1b2733", 3.5),
    "wijk": Line("#1d3a6e", 3.0),
    "buurt": Line("#1d3a6e", 1.8, "7 5"),
    "pc4": Line("#7a3f00", 2.4, "2 6"),
    "pc5": Line("#7a3f00", 1.6, "2 5"),
    "pc6": Line("#7a3f00", 1.0, "1 4"),
}
"""Official lines: blue for the municipality's own division, brown for the post's."""

OWN = Line("#3d4f0b", 2.2, "9 3")
"""Lines of a division that people uploaded themselves."""


@dataclass(frozen=True)
class Mark:
    """How a facility looks: colour and shape."""

    color: str
    shape: str


THEMES: dict[str, Mark] = {
    "meeting_place": Mark("#0068a8", "circle"),
    "bench": Mark("#7a5200", "square"),
    "play_area": Mark("#c04a00", "triangle"),
    "social_infrastructure": Mark("#6d3b8e", "diamond"),
}

CORES: dict[int, str] = {25: "#e3a6c3", 50: "#c75b92", 75: "#7f1049"}
"""Percentage of residents who count the ground as their neighbourhood; darker is more agreement."""

GROUND: dict[str, str] = {
    "land": "#f5f2ea",
    "water": "#bfd9e8",
    "shore": "#9dc3d8",
    "green": "#d9e7c8",
    "wood": "#c3d9b0",
    "field": "#e9eed6",
    "built": "#ece6da",
    "building": "#d9d0c3",
    "building_edge": "#c4b9a8",
    "road": "#ffffff",
    "road_edge": "#cfc6b6",
    "main": "#fdeec4",
    "main_edge": "#d4b978",
    "collector": "#fdf6e0",
    "collector_edge": "#d3c39b",
    "motorway": "#f8d9a0",
    "path": "#b9ac97",
    "rail": "#8d8d8d",
    "label": "#4a453e",
    "label_water": "#2f6384",
    "label_green": "#41602c",
    "halo": "#fffdf8",
}
"""The base map: quiet, so that a drawing stands out; labels dark enough to read."""


GREENS: dict[str, str] = {
    "wood": "wood", "forest": "wood", "field": "field", "farmland": "field", "meadow": "field",
}  # fmt: skip
"""Colour in `GROUND` by kind of green; others are "green"."""


@dataclass(frozen=True)
class RoadStyle:
    """How a class of roads looks on every medium.

    Attributes
    ----------
    color, edge
        Names of colours in `GROUND`; a path has no edge.
    screen_px
        Width on screen at zoom 16.
    figure_pt, sheet_mm
        Width in a report's picture of 4 km of ground, and on an A4 sheet of 10 m a mm.
    min_zoom
        Zoom from which it is drawn on screen.
    dash_px
        Dash and gap on screen.
    """

    color: str
    edge: str | None
    screen_px: float
    figure_pt: float
    sheet_mm: float
    min_zoom: float = 0.0
    dash_px: tuple[float, ...] = ()


ROADS: dict[str, RoadStyle] = {
    "motorway": RoadStyle("motorway", "main_edge", 14.0, 2.6, 1.9),
    "trunk": RoadStyle("motorway", "main_edge", 14.0, 2.4, 1.9),
    "primary": RoadStyle("main", "main_edge", 11.0, 2.2, 1.6),
    "secondary": RoadStyle("main", "main_edge", 11.0, 1.8, 1.5),
    "tertiary": RoadStyle("collector", "collector_edge", 9.0, 1.4, 1.3, 12.0),
    "street": RoadStyle("road", "road_edge", 7.5, 0.9, 0.9, 12.5),
    "service": RoadStyle("road", "road_edge", 4.5, 0.9, 0.5, 14.0),
    "path": RoadStyle("path", None, 2.0, 0.35, 0.3, 14.5, (5.0, 4.0)),
}
"""Looks by name of a class, see `geo.road_classes`. Widths on a sheet stay as they are: a photo of a sheet is
compared with a fresh print of its map."""


def road_options() -> dict[str, dict[str, Any]]:
    """Return how roads look on screen, by kind, as the plain values a browser takes; other kinds are streets.

    Examples
    --------
    >>> road_options()["footway"]
    {'rank': 0, 'color': 'path', 'edge': None, 'width': 2.0, 'minZoom': 14.5, 'dash': [5.0, 4.0]}
    """
    by_class = {
        name: {
            "rank": ROAD_CLASSES[name].rank,
            "color": road.color,
            "edge": road.edge,
            "width": road.screen_px,
            "minZoom": road.min_zoom,
            "dash": list(road.dash_px),
        }
        for name, road in ROADS.items()
    }
    return by_class | dict.fromkeys(PATHS, by_class["path"])


QUIET = 0.55
"""How much of a base map that somebody uploaded is to be seen over our land: black lettering keeps 4.5 to 1, and
what we draw reaches 3 to 1 on all but the darkest two fifths of the greys."""


def as_options(style: Line | Mark) -> dict[str, Any]:
    """Return a style as the plain values a browser takes.

    Examples
    --------
    >>> as_options(DIVISIONS["buurt"])
    {'color': '#1d3a6e', 'weight': 1.8, 'dash': '7 5'}
    """
    return asdict(style)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 (the same) to 21 (black on white), after WCAG 2.2 [1]_.

    References
    ----------
    .. [1] Web Content Accessibility Guidelines 2.2, definition of contrast ratio (W3C 2023)

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
