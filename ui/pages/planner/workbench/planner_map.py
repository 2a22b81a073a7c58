"""The map of a planner's section: its ground, its layers with their legend, and what is said of each area."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from i18n import Translator
from maps import style
from maps.class_styles import CORES, GROUND
from maps.interactive.leaflet_layers import AreaLayer, BrowserLayer, FacilityLayer
from maps.interactive.planner_layers import ClassifiedLayer
from maps.interactive.topojson import EncodedTopology
from study.analysis import area_fit, comparison, neighbourhoods
from study.answer_cache import cached_answer
from study.context import Study
from ui import canvas, map_data
from ui.canvas import Look, PanelLayer, Workbench
from ui.components import basemap
from ui.pages.planner.section import PlannerContext

Legend = Sequence[tuple[Look, str]]

MAP_TALL = "clamp(320px, calc(100dvh - 350px), 1000px)"
"""Height of a map: with the sentence above and the layers below it the map fills a screen."""

LOOSE_M = 8.0
"""How far the outline of a core may move on a map of a whole town; its steps are 25 m."""

MAX_LABELLED = 1000
"""Of more areas no names are made: a browser has to look at each of them after every zoom."""

SIGNS = ("met", "missing", "vanished")


def official_url(view: PlannerContext) -> str:
    """Return the address of the division's areas."""
    if comparison.custom_division_name(view.division):
        return map_data.custom_layer_url(view.division)
    year = comparison.division_areas(view.study, view.division).attrs["year"]
    return f"geo/{view.project.municipality}/{view.division}-{year}.topojson"


def official(view: PlannerContext, *, select: bool = False) -> AreaLayer:
    """Return the official lines with their names, above everything that is filled."""
    named = len(comparison.division_areas(view.study, view.division)) <= MAX_LABELLED
    return AreaLayer(official_url(view), view.division, select=select, hover=True, labels=named)


def bands_url(table: gpd.GeoDataFrame) -> str:
    """Return the address of bands (index percent), the widest first."""
    classed = gpd.GeoDataFrame(
        {"class": table.index.astype(str)}, geometry=table.geometry.array, crs=table.crs
    )
    return map_data.register_shapes(map_data.encode_shapes({"areas": classed}))


@cached_answer
def _area_cores(study: Study, division: str) -> EncodedTopology:
    made = area_fit.area_cores(study, division)[["geometry"]]
    return map_data.encode_shapes({"areas": made.assign(**{"class": "50"})}, loose_m=LOOSE_M)


def area_cores_url(view: PlannerContext) -> str:
    """Return the address of the cores of the residents of every official area."""
    return map_data.register_shapes(_area_cores(view.study, view.division))


@cached_answer
def _cluster_cores(study: Study, cut: float, language: Translator) -> EncodedTopology:
    made = neighbourhoods.neighbourhood_cores(study, cut)[["geometry"]]
    names = comparison.neighbourhoods(study, cut)["names"]
    # Without a name they agree on, a number is all that fits on a map.
    called = [
        " / ".join(names[number]) or language("planner.numbered", number=number) for number in made.index
    ]
    named = made.assign(name=called, **{"class": "50"})
    return map_data.encode_shapes({"areas": named}, loose_m=LOOSE_M)


def cluster_cores_url(view: PlannerContext, cut: float) -> str:
    """Return the address of the cores of all experienced neighbourhoods, with their names."""
    return map_data.register_shapes(_cluster_cores(view.study, cut, view.say))


def show_map(
    view: PlannerContext,
    key: str,
    layers: Sequence[BrowserLayer],
    *,
    around: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    legend: Mapping[str, Legend] | None = None,
    facts: Mapping[str, Sequence[str]] | None = None,
    chosen: str = "",
    on_choose: Callable[[str], None] | None = None,
) -> None:
    """Show a map with its ground, its layers to put on and off, and a card of what is pointed at or chosen.

    Drawings that lie far from nearly all are out of the first view, which says how many they are.

    Parameters
    ----------
    legend
        Key of a layer to the lines of its legend; lines of borders and marks of facilities need none.
    facts
        Code of an area or border to its name and what its card says; see `card_facts`. Where two layers may have the
        same codes, the key is that of the layer, a slash and the code.
    chosen
        Key of what is chosen, as in `facts`.
    """
    place = st.container()
    if around is None or around.empty:
        bounds = comparison.bounds_wgs84(view.study, with_far=_shows_far(view, key))
    else:
        bounds = _bounds(around)

    def clicked() -> None:
        said = (st.session_state.get(key) or {}).get("selected")
        if said and on_choose is not None:
            on_choose(str(said["code"]))

    around_it = Workbench(
        view.project.id,
        _grounds(view),
        [one for layer in layers if (one := _panel_layer(view, layer, (legend or {}).get(layer.key, ())))],
        facts or {},
        chosen,
    )
    with place:
        canvas.map_view(
            layers,
            key,
            words=view.say,
            bounds=bounds,
            credit=_areas_credit(view),
            tall=MAP_TALL,
            workbench=around_it,
            on_select=clicked,
        )


def _panel_layer(view: PlannerContext, layer: BrowserLayer, legend: Legend) -> PanelLayer | None:
    """Return a layer as the list below the map has it; None for the outline of what is chosen, which stays."""
    say, key = view.say, layer.key
    if key == "chosen":
        return None
    kind, _, of = key.partition("-")
    if kind == "areas":
        line = style.DIVISIONS.get(of, style.OWN)
        return PanelLayer(key, view.named_division, legend or [(line, say("planner.layer_areas"))])
    if isinstance(layer, FacilityLayer):
        return PanelLayer(
            key, say(f"planner.theme_{of}"), [(style.THEMES[of], say("planner.layer_facilities"))]
        )
    return PanelLayer(key, say(f"planner.layer_{key}"), legend)


def place_signs(view: PlannerContext, theme: str) -> Legend:
    """Return the legend of places that residents pointed at."""
    color = style.THEMES[theme].color
    return [(canvas.PlaceSign(kind, color), view.say(f"planner.place_{kind}")) for kind in SIGNS]


def card_facts(table: pd.DataFrame, *lines: Callable[[dict[Any, Any]], str]) -> dict[str, list[str]]:
    """Return what the card of each row says: its name, and every line that is not empty.

    Parameters
    ----------
    table
        The index is the code of the area or border; ``name`` what it is called.
    lines
        Each makes a sentence of a row.
    """
    return {
        str(code): [str(row["name"]), *filter(None, (line(row) for line in lines))]
        for code, row in table.to_dict("index").items()
    }


def _grounds(view: PlannerContext) -> list[canvas.Basemap]:
    land = None
    if comparison.custom_division_name(view.division):
        kinds = dict.fromkeys(map(str, comparison.division_areas(view.study, view.division).index), "land")
        land = ClassifiedLayer("ground", official_url(view), GROUND, classes=kinds, pane="ground")
    west, south, east, north = comparison.bounds_wgs84(view.study)
    return basemap.planner_basemaps(
        view.say, view.project.municipality, ((west + east) / 2, (south + north) / 2), land
    )


def _shows_far(view: PlannerContext, key: str) -> bool:
    """Show how many drawings lie far from nearly all, and return whether they are to be in view."""
    n = int(comparison.is_far(view.study).sum())
    return bool(n) and st.toggle(view.say("planner.show_far", n=n), key=f"far_{key}")


def _bounds(around: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[float, float, float, float]:
    west, south, east, north = around.to_crs("EPSG:4326").total_bounds
    return float(west), float(south), float(east), float(north)


def credit(view: PlannerContext) -> str:
    """Show the attribution of a map on the project's own ground."""
    return basemap.map_attribution(view.project.municipality, _areas_credit(view))


def _areas_credit(view: PlannerContext) -> str:
    if view.project.is_demo:
        return view.say("demo.label")
    return comparison.division_attribution(view.study, view.division)


def core_legend(view: PlannerContext, bands: pd.DataFrame, n: int) -> Legend:
    """Return in people what the three contours mean."""
    return [
        (
            CORES[str(percent)],
            view.say("planner.band", people=int(bands["people"][percent]), n=n, percent=percent),
        )
        for percent in comparison.CONTOUR_PERCENTS
        if not bands.geometry[percent].is_empty
    ]
