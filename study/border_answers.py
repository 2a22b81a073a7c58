"""Official borders under the drawings: where residents stop, where they go on, and what lies there."""

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layers
from geo import borders, disclosure
from study.comparison import areas
from study.homes import homes
from study.projects import Study, drawn, project

HARD, SOFT = 0.5, 0.2
"""A border is hard where at least half of those who come there stop, soft where at most one in five does."""

ALONG_M = 15.0
"""Nearer than this a road, a canal or a railway lies on the border."""

LEAST_ALONG = 0.3
"""Part of a border that something must run along to be named."""

MOST_EXACT = 500
"""With more drawings than this, pieces are 25 m and not cut where each drawing crosses. For 500 drawings of
New York on buurten of Amsterdam the hardness of a border then differs by 0.007 on average."""

MAIN_ROADS = ("motorway", "trunk", "primary", "secondary", "tertiary", "main", "collector", "distributor")
LIES_ON = ("rail", "main_road", "water", "street", "green")


@lru_cache(maxsize=8)
def pieces(study: Study, division: str) -> gpd.GeoDataFrame:
    """Ask of every piece of every border of a division who stops there; see `geo.borders.permeability`."""
    few = len(drawn(study)) <= MOST_EXACT
    cut = borders.pieces(_lines(study, division), drawn(study) if few else None)
    return borders.permeability(cut, drawn(study), home=homes(study, division)["code"])


@lru_cache(maxsize=8)
def table(study: Study, division: str) -> gpd.GeoDataFrame:
    """Give the borders of a division, the hardest first, then those too few residents come to.

    Returns
    -------
    GeoDataFrame
        Index (left, right): codes. ``left_name``, ``right_name``; ``length_m``; ``n``: residents who come
        there, each counted once, and ``hardness``: part of them that stops (both missing below five);
        ``kind``: "hard", "between", "soft" or "unknown"; ``lies_on``: key of what runs along it, "" for
        nothing known; ``along``: its name; ``from_left`` and ``from_right``: part of the residents of either
        side who draw across it, weighed by length (missing below five). Geometry: the line.
    """
    lines, measured = _lines(study, division), pieces(study, division)
    found = lines.join(borders.by_border(measured).drop(columns="length_m"))
    names = areas(study, division)["name"].groupby(level=0).first()
    for side, level in (("left", 0), ("right", 1)):
        found[f"{side}_name"] = names.reindex(found.index.get_level_values(level)).to_numpy()
        found[f"from_{side}"] = _crossing(measured, side).reindex(found.index)
    known = found["hardness"].notna() & (found["residents"] >= disclosure.LEAST_PEOPLE)
    found["hardness"], found["n"] = found["hardness"].where(known), found["residents"].where(known)
    found["kind"] = np.select(
        [~known, found["hardness"] >= HARD, found["hardness"] <= SOFT], ["unknown", "hard", "soft"], "between"
    )
    lies = _lies_on(study, lines)
    found["lies_on"], found["along"] = lies["lies_on"], lies["along"]
    columns = [
        "left_name", "right_name", "length_m", "n", "hardness", "kind", "lies_on", "along", "from_left",
        "from_right", "geometry",
    ]  # fmt: skip
    return found[columns].sort_values("hardness", ascending=False, na_position="last", kind="stable")


def by_ground(study: Study, division: str) -> pd.DataFrame:
    """Compare the hardness of borders by what lies on them.

    Returns
    -------
    DataFrame
        Index ``lies_on`` ("" for nothing known): ``borders`` with an answer, ``length_m``, ``hardness``: mean
        by length. The hardest first.
    """
    known = table(study, division).dropna(subset=["hardness"])
    grouped = known.assign(metres=known["hardness"] * known["length_m"]).groupby("lies_on")
    summed = grouped.agg(borders=("hardness", "size"), length_m=("length_m", "sum"), metres=("metres", "sum"))
    summed["hardness"] = summed.pop("metres") / summed["length_m"]
    return pd.DataFrame(summed).sort_values("hardness", ascending=False)


@lru_cache(maxsize=16)
def _lines(study: Study, division: str) -> gpd.GeoDataFrame:
    found = borders.borders(areas(study, division))
    return found[found["length_m"] >= 1.0]


def _crossing(measured: gpd.GeoDataFrame, side: str) -> "pd.Series[float]":
    n, share = measured[f"n_home_{side}"], measured[f"crosses_from_{side}"]
    metres = (measured["length_m"] * n).where(share.notna())
    by = [0, 1]
    crossed, all_of_them = (part.groupby(level=by).sum(min_count=1) for part in (metres * share, metres))
    return pd.Series(crossed / all_of_them)


def _lies_on(study: Study, lines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tell for each border what runs along the largest part of it."""
    town = project(study.project).municipality
    ground = layers.basemap(town) if town else {}
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
            if share >= LEAST_ALONG and share > best["share"].iloc[int(str(place))]:
                best.iloc[int(str(place))] = [kind, most.get(place, ""), share]
    return best


def _grounds(ground: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    found: dict[str, gpd.GeoDataFrame] = {}
    roads = ground.get("roads")
    if roads is not None:
        main = roads["kind"].isin(MAIN_ROADS)
        found["main_road"], found["street"] = roads[main], roads[~main]
    for kind, parts in (("rail", ("rail",)), ("water", ("water", "canals")), ("green", ("green",))):
        tables = [ground[part].assign(name=ground[part].get("name", "")) for part in parts if part in ground]
        if tables:
            joined = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=tables[0].crs)
            # Along water is along its bank.
            found[kind] = joined.set_geometry(
                joined.geometry.where(joined.geom_type.str.endswith("LineString"), joined.boundary)
            )
    return {kind: found[kind].fillna({"name": ""}) for kind in LIES_ON if kind in found and len(found[kind])}
