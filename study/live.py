"""What an evening may show while it grows, and afterwards: editions of at least five drawings at a time.

Every picture, sentence and file of an evening is made of its latest edition and of nothing else, so that the
beamer, the story, the thanks page and the file that is taken home say the same, also when the network is away
or the server begins anew. The counters are not: how many drew says nothing about where.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import consensus, disclosure, overlay
from geo import crs as planes
from geo.errors import EditionTooSoon
from geo.frames import SKETCHES
from geo.metrics import METHOD
from store import Actor, Edition, Filters
from study import comparison, projects, workshop
from study.projects import Study

PERCENTS = (25, 50, 75)
SPOT_M = 150.0
"""Side of the square in which places that several residents pointed at are one spot."""

FACTS, BANDS, GROUPS, SPOTS = "facts.json", "bands.geojson", "groups.geojson", "spots.geojson"
KINDS = ("met", "missing", "vanished")


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
class Facts:
    """The numbers of an edition that sentences are made of.

    Attributes
    ----------
    n
        Residents.
    median_ha
        Area of the middle drawing, ha in steps of 5.
    core_ha, percent
        Ground that at least this percentage share: 50, or 25 where no half agrees; 0 ha for none.
    level
        Key of how firm that is.
    division, code, official, year
        The official area that the core resembles most; empty for none.
    outside
        Percentage of the core that lies outside that area.
    unused
        Percentage of that area that lies outside the core.
    told
        Themes that at least five residents named.
    groups
        Groups that may be shown, with their residents.
    """

    n: int
    median_ha: int
    core_ha: float
    percent: int
    level: str
    division: str = ""
    code: str = ""
    official: str = ""
    year: int = 0
    outside: int = 0
    unused: int = 0
    told: tuple[Told, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Shown:
    """One edition of an evening, read; every table is in the plane of the project.

    Attributes
    ----------
    bands
        Index percent (25, 50, 75; 0 for all ground that five drew): geometry.
    groups
        Index group: n, geometry of what half of the group share.
    spots
        Places that five residents pointed at within `SPOT_M`: kind, theme, geometry.
    official
        The official area of the facts; empty where there is none.
    """

    number: int
    day: str
    facts: Facts
    bands: gpd.GeoDataFrame
    groups: gpd.GeoDataFrame
    spots: gpd.GeoDataFrame
    official: gpd.GeoDataFrame = field(repr=False)

    @property
    def core(self) -> gpd.GeoDataFrame:
        """The one band that the sentences call what we share; no row where nothing is shared."""
        return self.bands[self.bands.index == self.facts.percent]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The box around it all, in degrees."""
        shapes = np.concatenate([table.geometry.to_numpy() for table in (self.bands, self.official)])
        box = shapely.box(*shapely.total_bounds(shapes[~shapely.is_empty(shapes)]))
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
            parts(asked, session, read(latest, asked.project) if latest else None),
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


def parts(asked: Study, session: str, before: Shown | None) -> dict[str, str]:
    """Make everything of an edition, after the rules of `geo.disclosure`.

    A group's own map changes only when at least five of that group came or went, so that a change of five in
    the room cannot be one at a table.
    """
    drawn, about = projects.drawn(asked), projects.project(asked.project)
    least = max(disclosure.LEAST_PEOPLE, about.least)
    surface = disclosure.shown(consensus.surface(drawn), least=least)
    bands = consensus.contours(surface, PERCENTS, least=least)[["geometry"]]
    every = consensus.core(surface, max(1, int(np.ceil(100 * least / surface.n))), least=least)
    ground = gpd.GeoDataFrame(geometry=[every], index=pd.Index([0], name="percent"), crs=drawn.crs)
    bands = gpd.GeoDataFrame(pd.concat([ground, bands]), geometry="geometry", crs=drawn.crs)
    groups = _groups(drawn, max(disclosure.LEAST_SUBGROUP, about.least_group), before)
    told, spots = _places(asked, len(drawn), least)
    facts = _facts(asked, drawn, bands, told, groups)
    return {
        FACTS: json.dumps(asdict(facts)),
        BANDS: _geojson(bands),
        GROUPS: _geojson(groups),
        SPOTS: _geojson(spots),
    }


def _groups(drawn: gpd.GeoDataFrame, least: int, before: Shown | None) -> gpd.GeoDataFrame:
    at = drawn["group"].value_counts()
    allowed = disclosure.secondary(at, pd.Series("room", at.index), least=least)
    rows: list[tuple[str, int, Any]] = []
    for group in sorted(str(name) for name in at.index if name):
        n = int(at[group])
        kept = None if before is None or group not in before.groups.index else before.groups.loc[group]
        if kept is not None and abs(n - int(kept["n"])) < disclosure.EDITION_BATCH:
            rows.append((group, int(kept["n"]), kept["geometry"]))
        elif n >= least and allowed[group]:
            surface = disclosure.shown(consensus.surface(drawn[drawn["group"] == group]), least=least)
            rows.append((group, n, consensus.core(surface, 50, least=least)))
    table = pd.DataFrame(rows, columns=["group", "n", "geometry"]).set_index("group")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=drawn.crs)


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


def _facts(
    asked: Study,
    drawn: gpd.GeoDataFrame,
    bands: gpd.GeoDataFrame,
    told: tuple[Told, ...],
    groups: gpd.GeoDataFrame,
) -> Facts:
    percent = 50 if bands.geometry[50].area > 0 else 25
    core = bands.geometry[percent]
    facts = Facts(
        n=len(drawn),
        median_ha=round(float(drawn.area.median()) / 5e4) * 5,
        core_ha=round(core.area / 1e4, 1),
        percent=percent,
        level=consensus.level(len(drawn)),
        told=told,
        groups=tuple((str(group), int(n)) for group, n in groups["n"].items()),
    )
    best = _official(asked, core, drawn.crs)
    if best is None:
        return facts
    division, code, row, unit = best
    return Facts(
        **{
            **asdict(facts),
            "told": told,
            "groups": facts.groups,
            "division": division,
            "code": code,
            "official": str(unit["name"]),
            "year": int(comparison.areas(asked, division).attrs.get("year") or 0),
            "outside": round(100 * (1 - float(row["share_of_sketch"]))),
            "unused": round(100 * (1 - float(row["share_of_area"]))),
        }
    )


def _official(asked: Study, core: Any, plane: Any) -> tuple[str, str, Any, Any] | None:
    """Give the wijk or buurt that a core resembles most, by shared ground over all ground."""
    one = gpd.GeoDataFrame(geometry=[core], index=pd.Index(["core"], name=SKETCHES.index), crs=plane)
    if core.is_empty:
        return None
    found = []
    for division in ("wijk", "buurt"):
        if division in comparison.divisions(asked):
            units = comparison.areas(asked, division)
            table = overlay.pairs(one, units)
            if len(table):
                code = str(table["iou"].droplevel(0).idxmax())
                row = table.droplevel(0).loc[code]
                found.append((float(row["iou"]), division, code, row, units.loc[code]))
    if not found:
        return None
    _, division, code, row, unit = max(found, key=lambda each: each[0])
    return division, code, row, unit


def _geojson(table: gpd.GeoDataFrame) -> str:
    degrees = table.set_geometry(planes.to_wgs84(table.geometry.to_numpy(), table.crs), crs=planes.WGS84)
    shapes = json.loads(shapely.to_geojson(shapely.GeometryCollection(list(degrees.geometry))))["geometries"]
    facts: list[Mapping[str, Any]] = table.drop(columns="geometry").reset_index().to_dict("records")
    features = [
        {"type": "Feature", "properties": {key: _plain(value) for key, value in row.items()}, "geometry": shape}
        for row, shape in zip(facts, shapes, strict=True)
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
    edition, plane = key.edition, planes.CRS(projects.project(project).crs)
    raw = json.loads(edition.parts[FACTS])
    raw["told"] = tuple(Told(**one) for one in raw["told"])
    raw["groups"] = tuple((str(group), int(n)) for group, n in raw["groups"])
    facts = Facts(**raw)
    bands = _table(edition.parts[BANDS], "percent", ["percent"], plane)
    groups = _table(edition.parts[GROUPS], "group", ["group", "n"], plane)
    spots = _table(edition.parts[SPOTS], "index", ["index", "kind", "theme"], plane)
    official = bands.iloc[:0]
    if facts.code:
        now = projects.now(project)
        units = comparison.areas(now, facts.division, facts.year or None)
        official = units.loc[[facts.code], ["name", "geometry"]]
    return Shown(edition.number, edition.day.isoformat(), facts, bands, groups, spots, official)


def _table(text: str, index: str, columns: list[str], plane: Any) -> gpd.GeoDataFrame:
    features = json.loads(text)["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    rows = pd.DataFrame([feature["properties"] for feature in features], columns=columns).set_index(index)
    metres = planes.to_planar(np.asarray(shapes, dtype=object), plane) if features else []
    return gpd.GeoDataFrame(rows, geometry=list(metres), crs=plane)
