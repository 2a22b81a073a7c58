"""The four themes of two maps: each map is asked on its own, and what one gave is never lost with the other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import RD
from geo.errors import AnswerIncomplete, AnswerUnreadable, FetchCancelled, FetchError, FetchOffline
from layers.cache import FACILITIES_FILE
from layers.catalogue import (
    BGT_CREDIT,
    BGT_LICENCE,
    BGT_SOURCE,
    OSM_CREDIT,
    OSM_LICENCE,
    OSM_SOURCE,
    SHELTERED,
    THEMES,
    Rule,
)
from layers.download import halves
from layers.download.suppliers import MALFORMED, Asking, Box, DownloadedLayer, Suppliers
from layers.services.bgt import BgtObjects
from layers.services.overpass import SERVICE, OsmObjects
from layers.themes import benches, meeting_places, play_areas, social_infrastructure
from layers.themes.merging import SourceData, ThemeTable

TERMS = {OSM_SOURCE: (OSM_LICENCE, OSM_CREDIT), BGT_SOURCE: (BGT_LICENCE, BGT_CREDIT)}
Objects = TypeVar("Objects", OsmObjects, BgtObjects)


def query(code: str, lacking: tuple[str, ...], url: str) -> Asking:
    """Return the question for some themes of a municipality.

    A theme of which one map gave nothing is made of the other alone, and says so; with no map at all, or with
    nothing in the one that came, there is no layer.
    """

    def ask(suppliers: Suppliers, ground: shapely.Geometry) -> list[DownloadedLayer]:
        finds, problems = gather_sources(code, suppliers, ground)
        gathered = build_themes(finds)
        layers = [
            _layer(theme, gathered[theme], finds, url, problems)
            for theme in lacking
            if not (problems and gathered[theme].table.empty)
        ]
        if not layers:
            raise next(iter(problems.values()))
        return layers

    return ask


def _layer(
    theme: str, gathered: ThemeTable, finds: SourceData, url: str, problems: dict[str, FetchError]
) -> DownloadedLayer:
    came = [source for source in TERMS if source not in problems]
    covered = {source: said for source, said in gathered.coverage.items() if source in came}
    facts = {
        "key": theme,
        "source": ", ".join(source for source in gathered.coverage if source in came),
        "licence": ", ".join(TERMS[source][0] for source in came),
        "attribution": "; ".join(TERMS[source][1] for source in came),
        "date": (finds.osm.date or finds.bgt.date)[:10],
        "url": url,
        "coverage": covered,
        "notes": dict(+gathered.notes),
    }
    wanted = {source: problem for source, problem in problems.items() if source in gathered.coverage}
    return DownloadedLayer(theme, FACILITIES_FILE, gathered.table, facts, wanted)


def gather_sources(
    code: str, suppliers: Suppliers, ground: shapely.Geometry
) -> tuple[SourceData, dict[str, FetchError]]:
    """Return what both maps have of a municipality, and for a map that gave nothing why.

    A half that came with an earlier download, whose other half failed then, is not asked again.

    Raises
    ------
    FetchCancelled, FetchOffline
    FetchError
        Neither map gave anything.
    """
    box = _box(ground)
    problems: dict[str, FetchError] = {}
    official = _half(lambda: suppliers.bgt(box), BGT_SOURCE, problems, halves.read_bgt(code))
    objects = _half(lambda: _osm(suppliers, box), OSM_SOURCE, problems, halves.read_osm(code))
    if official is None and objects is None:
        raise problems[OSM_SOURCE]
    if problems:
        halves.write(code, objects, official)
    else:
        halves.delete(code)
    return SourceData(ground, objects or _no_osm(), official or _no_bgt()), problems


def _half(
    ask: Callable[[], Objects], source: str, problems: dict[str, FetchError], kept: Objects | None
) -> Objects | None:
    if kept is not None:
        return kept
    try:
        return ask()
    except (FetchCancelled, FetchOffline):
        raise
    except FetchError as problem:
        problems[source] = problem
    except MALFORMED as problem:
        problems[source] = AnswerUnreadable(service=source, reason=repr(problem)[:200])
    return None


def _box(ground: shapely.Geometry) -> Box:
    west, south, east, north = shapely.bounds(ground).tolist()
    return west, south, east, north


def _no_osm() -> OsmObjects:
    table = gpd.GeoDataFrame({"tags": pd.Series([], dtype=object)}, geometry=[], crs=RD)
    return OsmObjects(table, "", 0)


def _no_bgt() -> BgtObjects:
    columns = {"plus": pd.Series([], dtype=object), "date": pd.Series([], dtype=object)}
    return BgtObjects(gpd.GeoDataFrame(columns, geometry=[], crs=RD), "", 0, 0, {})


def _osm(suppliers: Suppliers, box: Box) -> OsmObjects:
    play = [rule for kind in THEMES["play_area"].kinds for rule in kind.rules]
    rest = [
        rule
        for theme in THEMES.values()
        if theme.key != "play_area"
        for kind in theme.kinds
        for rule in kind.rules
    ]
    return _both(_some(suppliers, rest, box), _some(suppliers, [*play, SHELTERED], box))


def _some(suppliers: Suppliers, rules: Iterable[Rule], box: Box) -> OsmObjects:
    found = suppliers.osm(rules, box)
    if found.table.empty:
        # No Dutch municipality is without a bus stop, a shop and a pitch: this is a fault, not a finding.
        raise AnswerIncomplete(service=SERVICE, reason="not a single object in the whole municipality")
    return found


def _both(one: OsmObjects, other: OsmObjects) -> OsmObjects:
    table = pd.concat([one.table, other.table])
    table = table[~table.index.duplicated()]
    return OsmObjects(table, min(one.date, other.date), one.incomplete + other.incomplete)


def build_themes(finds: SourceData) -> dict[str, ThemeTable]:
    """Create the four themes of what two maps gave.

    Returns
    -------
    dict
        Per theme its FACILITIES, coverage and notes.
    """
    found = {
        "meeting_place": meeting_places.gather(finds),
        "bench": benches.gather(finds),
        "play_area": play_areas.gather(finds),
    }
    tables = {theme: gathered.table for theme, gathered in found.items()}
    found["social_infrastructure"] = social_infrastructure.gather(finds, tables)
    left_out = {
        "retired": finds.bgt.retired,
        "planned": finds.bgt.planned,
        "incomplete": finds.osm.incomplete,
    }
    for gathered in found.values():
        gathered.notes.update(left_out)
    return found
