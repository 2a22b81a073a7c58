"""Official borders under the drawings: where residents stop, where they go on, and what lies there."""

import geopandas as gpd
import pandas as pd
import shapely

from geo.borders.beyond_chance import border_hardness
from geo.borders.lines import shared_borders
from geo.borders.permeability import permeability, summarise_borders, visitors
from geo.borders.pieces import cut_borders
from geo.overlay.beyond_chance import moved_sketches
from geo.privacy_limits import MIN_PEOPLE
from geo.road_classes import road_class
from study import datasets
from study.analysis.comparison import division_areas
from study.analysis.evidence.certainty import SEED
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, get_project, read_sketches
from study.jobs import heavy_answer

ALONG_M = 15.0
"""Nearer than this a road, a canal or a railway lies on the border."""

MIN_ALONG = 0.3
"""Part of a border that something must run along to be named."""

MAX_EXACT = 500
"""With more drawings than this, pieces are 25 m and not cut where each drawing crosses. For 500 drawings of
New York on buurten of Amsterdam the hardness of a border then differs by 0.007 on average."""

UNDERLYING_FEATURES = ("rail", "main_road", "water", "street", "green")


@heavy_answer
def border_pieces(study: Study, division: str) -> gpd.GeoDataFrame:
    """Return per piece of every border of a division who stops there."""
    few = len(read_sketches(study)) <= MAX_EXACT
    lines = _lines(study.official, division)
    cut = cut_borders(lines, read_sketches(study)) if few else _whole_pieces(study.official, division)
    return permeability(cut, read_sketches(study), home=home_area_of_sketch(study, division)["code"])


def border_visitors(study: Study, division: str) -> dict[tuple[str, str], list[str]]:
    """Return the drawings that come to each border of a division: those its hardness rests on."""
    found = visitors(border_pieces(study, division), read_sketches(study))
    return {
        (str(left), str(right)): [str(key) for key in part["sketch_id"]]
        for (left, right), part in found.groupby(["left", "right"], sort=True)
    }


@cached_answer
def hardness_beyond_chance(study: Study, division: str) -> pd.DataFrame:
    """Return how hard each border is beyond chance; see `geo.borders.beyond_chance.border_hardness`."""
    sketches = read_sketches(study)
    cut = _whole_pieces(study.official, division)
    return border_hardness(cut, sketches, moved_sketches(sketches, seed=SEED).shapes, seed=SEED)


@cached_answer
def border_table(study: Study, division: str) -> gpd.GeoDataFrame:
    """Return the borders of a division, the hardest first, then those too few residents come to.

    Returns
    -------
    GeoDataFrame
        Index (left, right): codes. ``left_name``, ``right_name``; ``length_m``; ``n``: residents who come
        there, each counted once; ``people``: part of them that nowhere crosses, ``hardness``: part of the
        metres they draw that ends there; ``chance_people`` and ``chance``: what both are at a line that nobody
        heeds; ``beyond``: hardness beyond chance, with its 95 % interval ``low`` to ``high`` (all missing
        below five); ``kind``: "hard", "between", "soft" or "unknown" (below ten), see
        `geo.borders.beyond_chance`; ``lies_on``: key of what runs along it, "" for
        nothing known; ``along``: its name; ``from_left`` and ``from_right``: part of the residents of either
        side who draw across it, weighed by length (missing below five). Geometry: the line.
    """
    lines, measured = _lines(study.official, division), border_pieces(study, division)
    found = lines.join(summarise_borders(measured).drop(columns="length_m"))
    names = division_areas(study, division)["name"].groupby(level=0).first()
    for side, level in (("left", 0), ("right", 1)):
        found[f"{side}_name"] = names.reindex(found.index.get_level_values(level)).to_numpy()
        found[f"from_{side}"] = _crossing(measured, side).reindex(found.index)
    known = found["hardness"].notna() & (found["residents"] >= MIN_PEOPLE)
    found["hardness"], found["n"] = found["hardness"].where(known), found["residents"].where(known)
    beyond = hardness_beyond_chance(study, division).reindex(found.index)
    found["people"] = beyond["hardness_people"].where(known)
    for column in ("chance", "chance_people", "beyond", "low", "high"):
        found[column] = beyond[column].where(known)
    found["kind"] = beyond["kind"].where(known, "unknown").fillna("unknown")
    lies = _lies_on(study.official, division)
    found["lies_on"], found["along"] = lies["lies_on"], lies["along"]
    columns = [
        "left_name", "right_name", "length_m", "n", "people", "chance_people", "hardness", "chance", "beyond",
        "low", "high", "kind", "lies_on", "along", "from_left", "from_right", "geometry",
    ]  # fmt: skip
    return found[columns].sort_values("beyond", ascending=False, na_position="last", kind="stable")


@cached_answer
def _lines(study: Study, division: str) -> gpd.GeoDataFrame:
    found = shared_borders(division_areas(study, division))
    return found[found["length_m"] >= 1.0]


@cached_answer
def _whole_pieces(study: Study, division: str) -> gpd.GeoDataFrame:
    """Return the pieces of the borders where no drawing cuts them."""
    return cut_borders(_lines(study, division), None)


def _crossing(measured: gpd.GeoDataFrame, side: str) -> "pd.Series[float]":
    n, share = measured[f"n_home_{side}"], measured[f"crosses_from_{side}"]
    metres = (measured["length_m"] * n).where(share.notna())
    by = [0, 1]
    crossed, all_of_them = (part.groupby(level=by).sum(min_count=1) for part in (metres * share, metres))
    return pd.Series(crossed / all_of_them)


@cached_answer
def _lies_on(study: Study, division: str) -> pd.DataFrame:
    """Return per border what runs along the largest part of it."""
    lines = _lines(study, division)
    town = get_project(study.project).municipality
    ground = datasets.basemap(town) if town else {}
    best = pd.DataFrame({"lies_on": "", "along": "", "share": 0.0}, index=lines.index)
    for kind, beside in _grounds(ground).items():
        tree = shapely.STRtree(beside.geometry.to_numpy())
        at, near = tree.query(lines.geometry.to_numpy(), predicate="dwithin", distance=ALONG_M)
        strips = shapely.buffer(beside.geometry.to_numpy()[near], ALONG_M, cap_style="flat")
        shared = shapely.length(shapely.intersection(lines.geometry.to_numpy()[at], strips))
        pairs = pd.DataFrame({"at": at, "near": near, "shared": shared / lines["length_m"].to_numpy()[at]})
        total = pairs.groupby("at")["shared"].sum().clip(upper=1.0)
        named = pairs.assign(name=beside["name"].to_numpy()[pairs["near"]])
        by_name = named[named["name"] != ""].groupby(["at", "name"])["shared"].sum().reset_index()
        most = by_name.sort_values("shared").groupby("at")["name"].last()
        for place, share in total.items():
            if share >= MIN_ALONG and share > best["share"].iloc[int(str(place))]:
                best.iloc[int(str(place))] = [kind, most.get(place, ""), share]
    return best


def _grounds(ground: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    found: dict[str, gpd.GeoDataFrame] = {}
    roads = ground.get("roads")
    if roads is not None:
        main = roads["kind"].map(lambda kind: road_class(kind).is_main).astype(bool)
        found["main_road"], found["street"] = roads[main], roads[~main]
    for kind, parts in (("rail", ("rail",)), ("water", ("water", "canals")), ("green", ("green",))):
        tables = [ground[part].assign(name=ground[part].get("name", "")) for part in parts if part in ground]
        if tables:
            joined = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=tables[0].crs)
            # Along water is along its bank.
            found[kind] = joined.set_geometry(
                joined.geometry.where(joined.geom_type.str.endswith("LineString"), joined.boundary)
            )
    return {
        kind: found[kind].fillna({"name": ""})
        for kind in UNDERLYING_FEATURES
        if kind in found and len(found[kind])
    }
