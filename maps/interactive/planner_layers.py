"""Layers of the planner's maps: shapes in classes, one that is chosen, and residents' own places.

No meaning rests on colour alone: every class that fills ground has a pattern of its own, and lines differ in
width and dash, so that a map in grey says the same. The browser's side is
``maps/interactive/leaflet/planner_layers.js``.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal

from maps import style
from maps.class_styles import ClassStyle
from maps.interactive.leaflet_layers import BrowserLayer

Pane = Literal["ground", "cores", "lines"]


class ClassifiedLayer(BrowserLayer):
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
        "ground" lies under everything, "cores" under the official lines, "lines" among them.

    Examples
    --------
    >>> from maps.class_styles import CORES
    >>> ClassifiedLayer("cores", "geo/made/x.topojson", CORES).settings["styles"]["75"]["pattern"]
    'stripes'
    """

    maker = "classed"

    def __init__(
        self,
        key: str,
        url: str,
        looks: Mapping[str, ClassStyle],
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


class SelectionLayer(BrowserLayer):
    """The outline of what is chosen, above everything.

    Examples
    --------
    >>> SelectionLayer("geo/GM9901/buurt-2025.topojson", "BU99010101").settings["code"]
    'BU99010101'
    """

    maker = "chosen"

    def __init__(self, url: str, code: str, *, name: str = "areas") -> None:
        line = {"color": style.INK, "weight": 5.0, "dash": ""}
        super().__init__("chosen", {"url": url, "name": name, "code": code, "line": line, "pane": "lines"})


class ResidentPlaceLayer(BrowserLayer):
    """Residents' own places: met (a disc), missing (a plus), vanished (a cross), in the colour of the theme.

    Parameters
    ----------
    size_px
        Across a sign; larger for a beamer.

    Examples
    --------
    >>> ResidentPlaceLayer("geo/made/x.topojson").settings["marks"]["bench"]
    '#7a5200'
    """

    maker = "places"

    def __init__(self, url: str, *, size_px: int = 22) -> None:
        colors = {theme: mark.color for theme, mark in style.THEMES.items()}
        super().__init__("places", {"url": url, "marks": colors, "size": size_px})
