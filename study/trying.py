"""Trying an evening out: invented residents for an evening in a made-up town, to practise with."""

import uuid
from datetime import date
from functools import lru_cache
from typing import cast

import numpy as np
import shapely

from geo import crs as planes
from geo.errors import AccessDenied
from store import Contribution, Place, PlaceKind, Theme
from study import projects, workshop
from study.projects import Study

SPREAD_M = 90.0
"""How far the middles of the invented drawings lie apart (standard deviation)."""

NAMED: tuple[tuple[PlaceKind, Theme], ...] = (
    ("met", "meeting_place"), ("missing", "bench"), ("met", "bench"), ("vanished", "meeting_place"),
    ("met", "play_area"), ("missing", "play_area"),
)  # fmt: skip


def fill(session: str, n: int) -> int:
    """Let `n` more invented residents of a made-up town draw at an evening; tells how many there are now.

    Raises
    ------
    AccessDenied
        For a real project: invented drawings never come among those of residents.
    """
    evening = workshop.evening(session)
    about = projects.project(evening.project)
    if not about.is_made_up:
        raise AccessDenied(role="facilitator", action="invent residents")
    known = projects.opened().counts(about.id).get(session, 0)
    for number in range(known, known + n):
        told, places = _invented(evening, number)
        projects.opened().submit(told, places)
    return known + n


@lru_cache(maxsize=2)
def _shapes(project: str) -> tuple[shapely.Polygon | shapely.MultiPolygon, ...]:
    found = projects.drawn(Study(project, projects.opened().revision(project)))
    usual = found[found.area.between(*found.area.quantile([0.25, 0.9]))].sort_index()
    return tuple(usual.geometry)


def _invented(evening: workshop.WorkshopSession, number: int) -> tuple[Contribution, tuple[Place, ...]]:
    """Move the drawing of another invented resident to the middle of this evening."""
    chance = np.random.default_rng([number, *evening.id.encode()])
    plane = workshop.plane(evening.project)
    longitude, latitude, _ = workshop.view(evening)
    middle = planes.to_planar(shapely.Point(longitude, latitude), plane)
    shape = _shapes(evening.project)[int(chance.integers(len(_shapes(evening.project))))]
    group = evening.groups[number % len(evening.groups)] if evening.groups else ""
    # The tables differ a little, as those of a real evening do.
    aside = 110.0 * (number % max(1, len(evening.groups)))
    east, north = chance.normal([aside, 0.0], SPREAD_M)
    size = (3e5 / shape.area) ** 0.35
    moved = shapely.transform(
        shape,
        lambda at: (at - [shape.centroid.x, shape.centroid.y]) * size + [middle.x + east, middle.y + north],
    )
    drawn = cast("shapely.Polygon | shapely.MultiPolygon", shapely.make_valid(moved))
    told = Contribution(
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{evening.id}/{number}")),
        project=evening.project,
        raw=str(shapely.to_geojson(planes.to_wgs84(drawn, plane))),
        geometry=drawn,
        created=date.today(),
        session=evening.id,
        group=group,
    )
    spots = []
    for kind, theme in NAMED:
        if chance.random() > 0.75 - 0.1 * NAMED.index((kind, theme)):
            continue
        east, north = chance.normal([140.0 * NAMED.index((kind, theme)) - 300.0, 60.0], 18.0)
        spots.append(Place(kind, theme, shapely.Point(middle.x + east, middle.y + north)))
    return told, tuple(spots)
