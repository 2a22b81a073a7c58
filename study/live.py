"""What an evening may show while it grows, and afterwards: editions of at least five drawings at a time.

Every picture, sentence and file of an evening is made of its latest edition and of nothing else, so that the
beamer, the story, the thanks page and the file that is taken home say the same, also when the network is away
or the server begins anew. The counters are not: how many drew says nothing about where.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import consensus, disclosure, overlay
from geo import crs as planes
from geo.clusters import CUT
from geo.errors import EditionTooSoon
from geo.frames import SKETCHES
from geo.metrics import METHOD
from store import Actor, Edition, Filters
from study import comparison, projects, publication, workshop
from study.contributing import NUMBERED
from study.projects import Study

SPOT_M = 150.0
"""Side of the square in which places that several residents pointed at are one spot."""

STEP_HA = 5
"""The middle drawing is told in steps: more would be a precision that no hand has."""

FACTS, BANDS, GROUPS, SPOTS = "facts.json", "bands.geojson", "groups.geojson", "spots.geojson"


@dataclass(frozen=True)
class Counters:
    """How an evening goes; nothing here says where anybody drew.

    Attributes
    ----------
    drawn
        Drawings that count.
    groups
        The same per group or table, in the order they were prepared.
    number, shown
        The latest edition and the residents in it; 0 before the first.
    wait_for
        Drawings to go until the map grows again.
    told
        Signals, initiatives and names so far.
    """

    drawn: int
    groups: tuple[tuple[str, int], ...]
    number: int
    shown: int
    wait_for: int
    told: int


@dataclass(frozen=True)
class Told:
    """How many per cent of the room named a place of a theme: kind "met", "missing" or "vanished"."""

    kind: str
    theme: str
    percent: int


@dataclass(frozen=True)
class Neighbourhood:
    """What the sentences about one experienced neighbourhood are made of.

    Attributes
    ----------
    name
        As its drawers call it; empty when they do not agree.
    n
        Its drawers.
    level
        Key of how firm that is.
    percent, core_ha
        Ground that at least this percentage of them share: 50, or 25 where no half agrees.
    division, code, official, year
        The official area that the core resembles most; empty for none.
    outside, unused
        Percentage of the core outside that area, and of that area outside the core.
    groups
        Groups whose own core may be shown, with their drawers.
    """

    number: int
    name: str
    n: int
    level: str
    percent: int
    core_ha: float
    division: str = ""
    code: str = ""
    official: str = ""
    year: int = 0
    outside: int = 0
    unused: int = 0
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Facts:
    """The numbers of an edition: residents, the middle drawing, what they named, where.

    Attributes
    ----------
    median_ha
        In steps of `STEP_HA`; 0 for less than one step.
    """

    n: int
    median_ha: int
    told: tuple[Told, ...] = ()
    neighbourhoods: tuple[Neighbourhood, ...] = ()


@dataclass(frozen=True, eq=False)
class Shown:
    """One edition of an evening, read; every table is in the plane of the project.

    Attributes
    ----------
    bands
        Index (neighbourhood, percent): name, n, geometry; as `study.publication.cores`.
    groups
        Index (neighbourhood, group): n, geometry of what half of them share.
    spots
        Places that five residents pointed at within `SPOT_M`: kind, theme, geometry.
    official
        Index neighbourhood: name, geometry of the official area that its core resembles most.
    """

    number: int
    day: str
    facts: Facts
    bands: gpd.GeoDataFrame
    groups: gpd.GeoDataFrame
    spots: gpd.GeoDataFrame
    official: gpd.GeoDataFrame

    def bounds(self, number: int | None = None) -> tuple[float, float, float, float] | None:
        """Give the box around one neighbourhood and its official area, or around all, in degrees."""
        tables = [table.geometry for table in (self.bands, self.official)]
        if number is not None:
            tables = [table[table.index.get_level_values(0) == number] for table in tables]
        shapes = np.concatenate([table.to_numpy() for table in tables])
        if len(shapes) == 0:
            return None
        box = shapely.box(*shapely.total_bounds(shapes))
        west, south, east, north = planes.to_wgs84(box, self.bands.crs).bounds
        return west, south, east, north


def study(session: str) -> Study:
    """Give the study of an evening: the drawings of that evening that count, as they are now."""
    return projects.now(workshop.evening(session).project, Filters(sessions=(session,)))


def counters(session: str) -> Counters:
    """Count an evening."""
    return _counted(study(session), session)


@lru_cache(maxsize=32)
def _counted(asked: Study, session: str) -> Counters:
    evening, drawn = workshop.evening(session), projects.drawn(asked)
    at = drawn["group"].value_counts()
    groups = tuple((group, int(at.get(group, 0))) for group in _tables(evening.groups, drawn))
    latest = projects.opened().latest(asked.project, session=session)
    change = _change(asked, latest)
    return Counters(
        drawn=len(drawn),
        groups=groups,
        number=latest.number if latest else 0,
        shown=latest.n if latest else 0,
        wait_for=change.wait_for,
        told=len(workshop.subjects(session)),
    )


def _tables(prepared: tuple[str, ...], drawn: gpd.GeoDataFrame) -> list[str]:
    return [*prepared, *sorted(set(drawn["group"]) - {*prepared, ""})]


def _change(asked: Study, latest: Edition | None) -> disclosure.Edition:
    """Tell what a next edition would change; one that was withdrawn is no longer listed as a member."""
    now = projects.drawn(asked).index
    batch = max(disclosure.EDITION_BATCH, projects.project(asked.project).batch)
    if latest is None:
        return disclosure.edition((), now, batch=batch)
    listed = projects.opened().members(latest.id)
    gone = (f"gone {number}" for number in range(latest.n - len(listed)))
    return disclosure.edition([*listed, *gone], now, batch=batch)


def grow(session: str, *, by: Actor) -> bool:
    """Publish the next edition of an evening when enough came together; tell whether one was made.

    Raises
    ------
    AccessDenied
    """
    asked = study(session)
    latest = projects.opened().latest(asked.project, session=session)
    least = max(disclosure.LEAST_PEOPLE, projects.project(asked.project).least)
    if len(projects.drawn(asked)) < least or not _change(asked, latest).due:
        return False
    with suppress(EditionTooSoon):  # another screen was first
        projects.opened().publish(
            asked.project,
            list(projects.drawn(asked).index),
            parts(asked, read(latest, asked.project) if latest else None),
            method=METHOD,
            session=session,
            by=by,
        )
        return True
    return False


def shown(session: str) -> Shown | None:
    """Give the latest edition of an evening; None before the first."""
    project = workshop.evening(session).project
    latest = projects.opened().latest(project, session=session)
    return None if latest is None else read(latest, project)


# --- Making an edition ----------------------------------------------------------------------------


def parts(asked: Study, before: Shown | None) -> dict[str, str]:
    """Make everything of an edition, after the rules of `geo.disclosure`.

    A neighbourhood's map changes only when at least five of its drawers came or went, and so does that of a
    group: a change of five in the room could otherwise be one at a table.
    """
    drawn, about = projects.drawn(asked), projects.project(asked.project)
    least = max(disclosure.LEAST_PEOPLE, about.least)
    bands = _steady(publication.cores(asked, least), before)
    groups = _groups(asked, bands, max(disclosure.LEAST_SUBGROUP, about.least_group), before)
    told, spots = _places(asked, len(drawn), least)
    facts = Facts(
        n=len(drawn),
        median_ha=_in_steps(float(drawn.area.median())),
        told=told,
        neighbourhoods=tuple(
            _neighbourhood(asked, int(number), table, groups)
            for number, table in bands.groupby(level=0, sort=True)
        ),
    )
    return {
        FACTS: json.dumps(asdict(facts)),
        BANDS: _geojson(bands[["name", "n", "level", "geometry"]]),
        GROUPS: _geojson(groups),
        SPOTS: _geojson(spots),
    }


def _in_steps(area_m2: float) -> int:
    steps = area_m2 / 1e4 / STEP_HA
    return STEP_HA * round(steps) if steps >= 1 else 0


def _steady(bands: gpd.GeoDataFrame, before: Shown | None) -> gpd.GeoDataFrame:
    """Keep of the edition before what changed too little; number what there is by its drawers."""
    kept = []
    for _, now in bands.groupby(level=0, sort=True):
        old = None if before is None else _same(before.bands, _widest(now))
        if old is not None and abs(int(now["n"].iloc[0]) - int(old["n"].iloc[0])) < disclosure.EDITION_BATCH:
            kept.append(old.droplevel(0).reset_index())
        else:
            kept.append(now.droplevel(0).reset_index())
    kept.sort(key=lambda table: -int(table["n"].iloc[0]))
    columns = ["percent", "name", "n", "level", "geometry"]
    told = [table[columns].assign(neighbourhood=number) for number, table in enumerate(kept, start=1)]
    rows = pd.concat(told) if told else pd.DataFrame(columns=[*columns, "neighbourhood"])
    return gpd.GeoDataFrame(rows.set_index(["neighbourhood", "percent"]), geometry="geometry", crs=bands.crs)


def _widest(table: gpd.GeoDataFrame) -> Any:
    return table.geometry.iloc[int(np.argmin(table.index.get_level_values("percent")))]


SAME_IOU = 0.3
"""Two editions mean one neighbourhood when what a quarter shares overlaps at least this much."""


def _same(bands: gpd.GeoDataFrame, shape: Any) -> gpd.GeoDataFrame | None:
    """Give the rows of the neighbourhood that this shape was an edition ago; None for a new one."""
    best, found = SAME_IOU, None
    for _, table in bands.groupby(level=0):
        old = _widest(table)
        iou = old.intersection(shape).area / old.union(shape).area
        if iou >= best:
            best, found = iou, table
    return found


def _groups(asked: Study, bands: gpd.GeoDataFrame, least: int, before: Shown | None) -> gpd.GeoDataFrame:
    drawn, member = projects.drawn(asked), comparison.membership(asked, CUT)
    rows: list[tuple[int, str, int, Any]] = []
    for number, table in bands.groupby(level=0):
        shape = _widest(table)
        inside = [cluster for cluster, made in _wide(asked).items() if _alike(made, shape)]
        own = drawn[member.reindex(drawn.index).isin(inside)]
        at = own["group"].value_counts()
        allowed = disclosure.secondary(at, pd.Series("room", at.index), least=least)
        for group in sorted(str(name) for name in at.index if name):
            n = int(at[group])
            old = None if before is None else _old_group(before.groups, group, shape)
            if old is not None and abs(n - int(old["n"])) < disclosure.EDITION_BATCH:
                rows.append((int(number), group, int(old["n"]), old["geometry"]))
            elif n >= least and allowed[group]:
                surface = disclosure.shown(consensus.surface(own[own["group"] == group]), least=least)
                core = consensus.core(surface, 50, least=least)
                if not core.is_empty:
                    rows.append((int(number), group, n, core))
    table = pd.DataFrame(rows, columns=["neighbourhood", "group", "n", "geometry"])
    return gpd.GeoDataFrame(table.set_index(["neighbourhood", "group"]), geometry="geometry", crs=drawn.crs)


@lru_cache(maxsize=8)
def _wide(asked: Study) -> dict[int, Any]:
    bands = publication.cores(asked, disclosure.LEAST_PEOPLE)
    return {int(number): _widest(table) for number, table in bands.groupby(level=0)}


def _alike(one: Any, other: Any) -> bool:
    return bool(one.intersection(other).area >= SAME_IOU * one.union(other).area)


def _old_group(groups: gpd.GeoDataFrame, group: str, shape: Any) -> Any | None:
    """Give what was shown of a group in the same neighbourhood an edition ago; None for nothing."""
    mine = groups[(groups.index.get_level_values("group") == group) & groups.intersects(shape)]
    return mine.iloc[0] if len(mine) else None


def _places(asked: Study, n: int, least: int) -> tuple[tuple[Told, ...], gpd.GeoDataFrame]:
    table = projects.opened().places(asked.project, filters=asked.filters)
    people = table.groupby(["kind", "theme"])["sketch_id"].nunique()
    enough = people[people >= least].sort_values(ascending=False, kind="stable")
    told = tuple(
        Told(str(kind), str(theme), int(disclosure.rounded_percent(count / n, n)))
        for (kind, theme), count in enough.items()
    )
    squares = np.floor(np.column_stack([table.geometry.x, table.geometry.y]) / SPOT_M)
    spots = (
        pd.DataFrame({"kind": table["kind"], "theme": table["theme"], "who": table["sketch_id"]})
        .assign(x=squares[:, 0], y=squares[:, 1])
        .groupby(["kind", "theme", "x", "y"])["who"]
        .nunique()
    )
    found = spots[spots >= least].reset_index()
    middle = shapely.points((found[["x", "y"]].to_numpy(dtype=float) + 0.5) * SPOT_M)
    return told, gpd.GeoDataFrame(found[["kind", "theme"]], geometry=middle, crs=table.crs)


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
        year=int(comparison.areas(asked, division).attrs.get("year") or 0),
        outside=round(100 * (1 - shares["share_of_sketch"])),
        unused=round(100 * (1 - shares["share_of_area"])),
    )


SHARES = ("share_of_sketch", "share_of_area", "iou")


def _official(asked: Study, core: Any, plane: Any) -> tuple[str, str, dict[str, float], str] | None:
    """Give the wijk or buurt that a core resembles most, by shared ground over all ground."""
    one = gpd.GeoDataFrame(geometry=[core], index=pd.Index(["core"], name=SKETCHES.index), crs=plane)
    best: tuple[str, str, dict[str, float], str] | None = None
    for division in ("wijk", "buurt"):
        if division in comparison.divisions(asked):
            units = comparison.areas(asked, division)
            table = overlay.pairs(one, units).droplevel(0)
            if len(table):
                code = str(table["iou"].idxmax())
                shares = {column: float(table[column][code]) for column in SHARES}
                if best is None or shares["iou"] > best[2]["iou"]:
                    name = units["name"].groupby(level=0).first()[code]
                    best = division, code, shares, NUMBERED.sub("", str(name))
    return best


def _geojson(table: gpd.GeoDataFrame) -> str:
    degrees = table.set_geometry(planes.to_wgs84(table.geometry.to_numpy(), table.crs), crs=planes.WGS84)
    shapes = json.loads(shapely.to_geojson(shapely.GeometryCollection(list(degrees.geometry))))["geometries"]
    rows: list[dict[str, Any]] = table.drop(columns="geometry").reset_index().to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": {str(key): _plain(value) for key, value in row.items()},
            "geometry": shape,
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


# --- Reading an edition ---------------------------------------------------------------------------


def read(edition: Edition, project: str) -> Shown:
    """Read an edition of an evening."""
    return _read(_Key(edition), project)


@dataclass(frozen=True)
class _Key:
    """An edition as a key of its own contents: the id says it all."""

    edition: Edition = field(compare=False)
    id: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", self.edition.id)


@lru_cache(maxsize=32)
def _read(key: _Key, project: str) -> Shown:
    edition, plane = key.edition, workshop.plane(project)
    raw = json.loads(edition.parts[FACTS])
    areas = tuple(
        Neighbourhood(**{**one, "groups": tuple((group, n) for group, n in one["groups"])})
        for one in raw["neighbourhoods"]
    )
    facts = Facts(raw["n"], raw["median_ha"], tuple(Told(**one) for one in raw["told"]), areas)
    return Shown(
        number=edition.number,
        day=edition.day.isoformat(),
        facts=facts,
        bands=_table(edition.parts[BANDS], ["neighbourhood", "percent"], ["name", "n", "level"], plane),
        groups=_table(edition.parts[GROUPS], ["neighbourhood", "group"], ["n"], plane),
        spots=_table(edition.parts[SPOTS], ["index"], ["kind", "theme"], plane),
        official=_official_areas(project, areas, plane),
    )


def _official_areas(project: str, told: tuple[Neighbourhood, ...], plane: Any) -> gpd.GeoDataFrame:
    rows: list[tuple[int, str, Any]] = []
    for one in told:
        if one.code:
            units = comparison.areas(projects.now(project), one.division, one.year or None)
            rows.append((one.number, one.official, shapely.union_all(units.geometry[[one.code]].to_numpy())))
    table = pd.DataFrame(rows, columns=["neighbourhood", "name", "geometry"]).set_index("neighbourhood")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=plane)


def _table(text: str, index: list[str], columns: list[str], plane: Any) -> gpd.GeoDataFrame:
    features = json.loads(text)["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    facts = [feature["properties"] for feature in features]
    rows = pd.DataFrame(facts, columns=[*index, *columns]).set_index(index)
    metres = planes.to_planar(np.asarray(shapes, dtype=object), plane) if features else []
    return gpd.GeoDataFrame(rows, geometry=list(metres), crs=plane)
