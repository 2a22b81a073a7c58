"""Layers of a map, in folium's language; the browser fetches their shapes by address.

A layer here is a dozen words of JavaScript: which address, which style. The shapes come over
``/geo/...`` from the same server, once, and stay in the browser's cache. The browser's side is
``maps/interactive/leaflet/registry.js``.
"""

from dataclasses import dataclass
from typing import Any

import folium
from folium.template import Template

from maps import style


class BrowserLayer(folium.map.Layer):
    """A layer the browser makes with ``L.buurt.<maker>(options)``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.buurt.{{ this.maker }}({{ this.settings|tojson }});
        {% endmacro %}
        """
    )
    maker = ""

    def __init__(self, key: str, settings: dict[str, Any], *, show: bool = True) -> None:
        super().__init__(name=key, overlay=True, control=False, show=show)
        self._name = type(self).__name__
        self.key = key
        self.settings = {"key": key, **settings}


class AreaLayer(BrowserLayer):
    """Official areas of one division, as lines, or filled by a value.

    Parameters
    ----------
    url
        Where their TopoJSON is, object ``areas``.
    division
        Kind of area; gives the line its look. A layer that people uploaded has one of its own.
    select
        Whether a visitor may choose one by clicking.
    hover
        Whether an area tells what it is called when a pointer is on it; one that may be chosen always does.
    fills
        Colour of an area by its code; areas not named are not filled.

    Examples
    --------
    >>> AreaLayer("/geo/GM9901/wijk-2025.topojson", "wijk").settings["line"]["weight"]
    3.0
    """

    maker = "areas"

    def __init__(
        self,
        url: str,
        division: str,
        *,
        select: bool = False,
        hover: bool = False,
        fills: dict[str, str] | None = None,
        labels: bool = False,
    ) -> None:
        line = style.as_options(style.DIVISIONS.get(division, style.OWN))
        settings = {"url": url, "line": line, "select": select, "fills": fills or {}, "labels": labels}
        settings |= {"hover": hover or select}
        super().__init__(f"areas-{division}", settings)


class FacilityLayer(BrowserLayer):
    """Places of one theme, each a mark of its own shape and colour.

    Examples
    --------
    >>> FacilityLayer("/geo/GM9901/facilities-bench.topojson", "bench").settings["mark"]["shape"]
    'square'
    """

    maker = "facilities"

    def __init__(self, url: str, theme: str) -> None:
        super().__init__(f"facilities-{theme}", {"url": url, "mark": style.as_options(style.THEMES[theme])})


class DrawingLayer(BrowserLayer):
    """One or more areas that were drawn, given as GeoJSON geometry in degrees; never any text.

    Examples
    --------
    >>> DrawingLayer("own", {"type": "Polygon", "coordinates": []}).settings["color"] == style.DRAWN
    True
    """

    maker = "drawing"

    def __init__(
        self, key: str, geometry: dict[str, Any], *, color: str = style.DRAWN, filled: float = 0.18
    ) -> None:
        super().__init__(f"drawing-{key}", {"geometry": geometry, "color": color, "filled": filled})


class BasemapLayer(BrowserLayer):
    """The base map from the municipality's own shapes: water, green, buildings, roads and their names.

    Examples
    --------
    >>> BasemapLayer("/geo/GM9901/basemap.topojson").key
    'ground'
    """

    maker = "ground"

    def __init__(self, url: str) -> None:
        super().__init__(
            "ground",
            {"url": url, "colors": style.GROUND, "greens": style.GREENS, "roads": style.road_options()},
        )


class TileLayer(BrowserLayer):
    """A base map of pictures: square tiles by zoom level, column and row.

    Parameters
    ----------
    url
        Address with ``{z}``, ``{x}`` and ``{y}``.
    zooms
        Coarsest and finest level there is; between and beyond, pictures are stretched.
    bounds_wgs84
        West, south, east, north in degrees: outside nothing is asked. Everywhere without.
    quiet
        Whether to make it pale, so that lines stand out on any map as they do on ours.

    Examples
    --------
    >>> TileLayer("geo/tiles/{z}/{x}/{y}", zooms=(10, 17), quiet=True).settings["opacity"] == style.QUIET
    True
    """

    maker = "tiles"

    def __init__(
        self,
        url: str,
        *,
        zooms: tuple[int, int],
        bounds_wgs84: tuple[float, float, float, float] | None = None,
        quiet: bool = False,
    ) -> None:
        west, south, east, north = bounds_wgs84 or (-180.0, -90.0, 180.0, 90.0)
        corners = [[south, west], [north, east]]
        opacity = style.QUIET if quiet else 1.0
        super().__init__("ground", {"url": url, "zooms": zooms, "bounds": corners, "opacity": opacity})


@dataclass(frozen=True)
class OnlineMap:
    """A map in pictures that the Kadaster's service PDOK offers: where, how fine, and whose it is."""

    path: str
    zooms: tuple[int, int]
    credit: str


KADASTER = "Kaartgegevens: Kadaster (CC BY 4.0)"
ONLINE_MAPS: dict[str, OnlineMap] = {
    "grey": OnlineMap("/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png", (6, 19), KADASTER),
    "colour": OnlineMap(
        "/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png", (6, 19), KADASTER
    ),
    "aerial": OnlineMap(
        "/hwh/luchtfotorgb/wmts/v1_0/Actueel_orthoHR/EPSG:3857/{z}/{x}/{y}.jpeg",
        (6, 19),
        "Luchtfoto: Beeldmateriaal.nl / PDOK (CC BY 4.0)",
    ),
}


class NationalBasemap(TileLayer):
    """A national base map online: in grey or in colour (BRT-A of the Kadaster), or photos from the air.

    Examples
    --------
    >>> NationalBasemap().settings["url"].startswith(NationalBasemap.host)
    True
    """

    host = "https://service.pdok.nl"
    credit = KADASTER

    def __init__(self, look: str = "grey") -> None:
        online = ONLINE_MAPS[look]
        super().__init__(self.host + online.path, zooms=online.zooms)
