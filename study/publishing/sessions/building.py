"""Content of an edition of a workshop session, computed from its drawings."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import crs as planes
from geo import geojson
from geo.consensus.clustering import CUT
from geo.overlay.pairs import overlap_pairs
from geo.release.partitions import Partition
from geo.release.rounding import rounded_people, rounded_share, share_step
from geo.schemas import SKETCHES
from store import ReleaseCell
from study import context
from study.analysis import comparison
from study.analysis.evidence.certainty import core_certainty
from study.context import Study
from study.contributions.official_comparison import NUMBERED
from study.publishing.cell_decisions import (
    GROUP_TABLE,
    PEOPLE,
    CellDecisions,
    NeighbourhoodCell,
    outline_versions,
    released_name,
)
from study.publishing.sessions.parts import (
    BANDS,
    FACTS,
    GROUPS,
    SPOTS,
    STORED_FIELDS,
    EditionFacts,
    EditionView,
    MentionShare,
    Neighbourhood,
    to_builtin,
)

SPOT_M = 150.0
"""Side of the square in which places that several residents pointed at are one spot."""

DEGREES = 7

STEP_HA = 5
"""The middle drawing is stated in steps: more would be a precision that no hand has."""


# --- Making an edition ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionDraft:
    """An edition of a workshop session before it is frozen: its parts, and the cells that are published anew."""

    parts: dict[str, str]
    cells: tuple[ReleaseCell, ...]
    wait_for: int


def build_edition(asked: Study, session: str, before: EditionView | None) -> SessionDraft:
    """Create everything of an edition; every cell is held against all that the project released before.

    Parameters
    ----------
    asked
        The drawings of the session, one a person.
    before
        The last edition of the session; its values stand where a cell is kept.
    """
    drawn, about = context.read_sketches(asked), context.get_project(asked.project)
    least, versions = about.min_group_size, outline_versions(drawn)
    ledger = context.get_store().editions.read_ledger(asked.project)
    decisions = CellDecisions(asked.project, ledger, about.min_edition_changes, total=f"{session}/total")
    total = decisions.decide(PEOPLE, [ReleaseCell(PEOPLE, f"{session}/total", versions, least)])
    total_cell = total[f"{session}/total"]
    cluster = comparison.cluster_of_sketch(asked, CUT)
    found = decisions.neighbourhoods(cluster, versions, prefix=f"{session}/", least=least)
    bands = _bands(asked, found, decisions, before)
    groups = _groups(asked, found, decisions, session, before)
    shares, spots = _places(asked, decisions, session, least, before)
    shown = sorted(set(bands.index.get_level_values(0)))
    n = int(rounded_people(len(drawn)))
    median_ha = _in_steps(float(drawn.area.median())) if len(drawn) else 0
    if total_cell.verdict == "kept" and before is not None:
        n, median_ha = before.facts.n, before.facts.median_ha
    elif total_cell.verdict != "new":
        n = int(sum(bands.loc[number]["n"].iloc[0] for number in shown))
        median_ha = 0
    if all(one.verdict == "hidden" for one in decisions.verdicts.values()):
        return SessionDraft({}, (), total_cell.wait_for)
    areas = [_neighbourhood(asked, number, bands.loc[[number]], groups) for number in shown]
    facts = EditionFacts(n, median_ha, shares, tuple(sorted(areas, key=lambda one: (-one.n, one.number))))
    parts = {
        FACTS: json.dumps({STORED_FIELDS.get(key, key): value for key, value in asdict(facts).items()}),
        BANDS: _geojson(bands[["name", "n", "level", "geometry"]]),
        GROUPS: _geojson(groups),
        SPOTS: _geojson(spots),
    }
    return SessionDraft(parts, tuple(decisions.new), total_cell.wait_for)


def _bands(
    asked: Study, found: list[NeighbourhoodCell], decisions: CellDecisions, before: EditionView | None
) -> gpd.GeoDataFrame:
    drawn, least = context.read_sketches(asked), context.get_project(asked.project).min_group_size
    versions = outline_versions(drawn)
    names = context.get_store().editions.released_names(asked.project)
    rows: list[dict[str, Any]] = []
    for one in found:
        some = drawn.loc[list(one.people)]
        name, n = released_name(some["name"], len(some), names), int(rounded_people(len(some)))
        about, level = {"neighbourhood": one.number, "name": name}, core_certainty(some).level
        if one.verdict == "new":
            rows += [
                {**about, "percent": band.percent, "n": n, "level": level, "geometry": shape}
                for band, shape, _ in decisions.neighbourhood_bands(some, versions, least=least)
            ]
        elif one.verdict == "kept" and before is not None:
            was = before.bands[before.bands.index.get_level_values(0) == one.number].reset_index()
            rows += [{**row, **about} for row in was.to_dict("records")]
    columns = ["neighbourhood", "percent", "name", "n", "level", "geometry"]
    table = pd.DataFrame(rows, columns=columns).astype({"neighbourhood": "int64", "percent": "int64"})
    indexed = table.set_index(["neighbourhood", "percent"]).sort_index()
    return gpd.GeoDataFrame(indexed, geometry="geometry", crs=drawn.crs)


def _in_steps(area_m2: float) -> int:
    steps = area_m2 / 1e4 / STEP_HA
    return STEP_HA * round(steps) if steps >= 1 else 0


def _groups(
    asked: Study,
    found: list[NeighbourhoodCell],
    decisions: CellDecisions,
    session: str,
    before: EditionView | None,
) -> gpd.GeoDataFrame:
    """Return what half of each group share, in every neighbourhood that is shown."""
    drawn, versions = context.read_sketches(asked), outline_versions(context.read_sketches(asked))
    least = context.get_project(asked.project).min_subgroup_size
    rows: list[tuple[int, str, int, Any]] = []
    for one in found:
        at = drawn.loc[list(one.people)]["group"]
        people = {str(group): [str(key) for key in part.index] for group, part in at.groupby(at) if group}
        keys = {group: f"{session}/{one.number}/{group}" for group in people}
        cells = [
            ReleaseCell(GROUP_TABLE, keys[group], {key: versions[key] for key in some}, least)
            for group, some in sorted(people.items())
        ]
        rest = len(one.people) - sum(len(some) for some in people.values())
        decided = decisions.decide(GROUP_TABLE, cells, [Partition(tuple(keys.values()), rest)])
        for group, some in sorted(people.items()):
            verdict = decided[keys[group]].verdict
            if verdict == "new" and one.verdict != "hidden":
                for _, shape, _ in decisions.group_bands(drawn.loc[some], versions):
                    rows.append((one.number, group, int(rounded_people(len(some))), shape))
            elif verdict == "kept" and before is not None and (one.number, group) in before.groups.index:
                was = before.groups.loc[(one.number, group)]
                rows.append((one.number, group, int(was["n"]), was["geometry"]))
    table = pd.DataFrame(rows, columns=["neighbourhood", "group", "n", "geometry"])
    return gpd.GeoDataFrame(table.set_index(["neighbourhood", "group"]), geometry="geometry", crs=drawn.crs)


def _places(
    asked: Study, decisions: CellDecisions, session: str, least: int, before: EditionView | None
) -> tuple[tuple[MentionShare, ...], gpd.GeoDataFrame]:
    """Return what part of the room named a place of each theme, and where five of them named one."""
    table = context.get_store().contributions.read_places(asked.project, filters=asked.filters)
    table = table[table["sketch_id"].isin(context.read_sketches(asked).index)]
    named = _people(table, ["kind", "theme"])
    cells = [
        ReleaseCell("mentions", f"{session}/{kind}/{theme}", dict.fromkeys(people, ""), least)
        for (kind, theme), people in named.items()
    ]
    decided = decisions.decide("mentions", cells)
    n, mentions = len(context.read_sketches(asked)), []
    earlier = {} if before is None else {(one.kind, one.theme): one for one in before.facts.mentions}
    for (kind, theme), people in sorted(named.items(), key=lambda one: (-len(one[1]), one[0])):
        share, verdict = rounded_share(len(people), n), decided[f"{session}/{kind}/{theme}"].verdict
        if verdict == "kept" and (kind, theme) in earlier:
            mentions.append(earlier[kind, theme])
        elif verdict == "new" and share is not None:
            step = share_step(n)
            mentions.append(MentionShare(kind, theme, round(100 * min(max(share, step), 1 - step))))
    squares = np.floor(np.column_stack([table.geometry.x, table.geometry.y]) / SPOT_M)
    spots = _people(table.assign(x=squares[:, 0], y=squares[:, 1]), ["kind", "theme", "x", "y"])
    cells = [
        ReleaseCell(f"spots/{kind}/{theme}", f"{session}/{x:.0f}/{y:.0f}", dict.fromkeys(people, ""), least)
        for (kind, theme, x, y), people in spots.items()
    ]
    rows = []
    for cell, (kind, theme, x, y) in zip(cells, spots, strict=True):
        if decisions.decide(cell.table, [cell])[cell.key].verdict != "hidden":
            rows.append((kind, theme, shapely.Point((x + 0.5) * SPOT_M, (y + 0.5) * SPOT_M)))
    shown = pd.DataFrame(rows, columns=["kind", "theme", "geometry"])
    return tuple(mentions), gpd.GeoDataFrame(shown, geometry="geometry", crs=table.crs)


def _people(table: pd.DataFrame, by: list[str]) -> dict[tuple[Any, ...], list[str]]:
    """Return who named each place, each person once."""
    grouped = table.groupby(by)["sketch_id"]
    return {tuple(key): sorted({str(one) for one in part}) for key, part in grouped}


def _neighbourhood(
    asked: Study, number: int, bands: gpd.GeoDataFrame, groups: gpd.GeoDataFrame
) -> Neighbourhood:
    shapes = bands.droplevel(0).geometry
    percent = 50 if 50 in shapes.index else int(shapes.index[0])
    core, first = shapes[percent], bands.iloc[0]
    own = groups[groups.index.get_level_values(0) == number].droplevel(0)
    facts = Neighbourhood(
        number=number,
        name=str(first["name"]),
        n=int(first["n"]),
        level=str(first["level"]),
        percent=percent,
        core_ha=round(core.area / 1e4, 1),
        groups=tuple((str(group), int(n)) for group, n in own["n"].items()),
    )
    best = _official(asked, core, bands.crs)
    if best is None:
        return facts
    division, code, shares, name = best
    return replace(
        facts,
        division=division,
        code=code,
        official=name,
        year=int(comparison.division_areas(asked, division).attrs.get("year") or 0),
        outside=round(100 * (1 - shares["share_of_sketch"])),
        unused=round(100 * (1 - shares["share_of_area"])),
    )


SHARES = ("share_of_sketch", "share_of_area", "iou")


def _official(asked: Study, core: Any, plane: Any) -> tuple[str, str, dict[str, float], str] | None:
    """Return the wijk or buurt that a core resembles most, by shared ground over all ground."""
    one = gpd.GeoDataFrame(geometry=[core], index=pd.Index(["core"], name=SKETCHES.index), crs=plane)
    best: tuple[str, str, dict[str, float], str] | None = None
    for division in ("wijk", "buurt"):
        if division in comparison.divisions(asked):
            units = comparison.division_areas(asked, division)
            table = overlap_pairs(one, units).droplevel(0)
            if len(table):
                code = str(table["iou"].idxmax())
                shares = {column: float(table[column][code]) for column in SHARES}
                if best is None or shares["iou"] > best[2]["iou"]:
                    name = units["name"].groupby(level=0).first()[code]
                    best = division, code, shares, NUMBERED.sub("", str(name))
    return best


def _geojson(table: gpd.GeoDataFrame) -> str:
    # A centimetre: what is read back and written once more is the same, byte for byte.
    degrees = geojson.rounded(planes.to_wgs84(table.geometry.to_numpy(), table.crs), DEGREES)
    rows: list[dict[str, Any]] = table.drop(columns="geometry").reset_index().to_dict("records")
    features = [
        geojson.feature(shape, {str(key): to_builtin(value) for key, value in row.items()})
        for row, shape in zip(rows, geojson.geometries(degrees), strict=True)
    ]
    return json.dumps(geojson.collection(features), separators=(",", ":"))
