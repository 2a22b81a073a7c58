"""Trying a workshop session out: invented residents for a workshop session in a made-up town, to practise with."""

import uuid
from datetime import date
from typing import cast

import numpy as np
import shapely

from geo import crs as planes
from geo.errors import AccessDenied
from store import Contribution, Place, PlaceKind, Theme
from study import context
from study.workshop import sessions

SPREAD_M = 90.0
"""How far the middles of the invented drawings lie apart (standard deviation)."""

NAMED: tuple[tuple[PlaceKind, Theme], ...] = (
    ("met", "meeting_place"), ("missing", "bench"), ("met", "bench"), ("vanished", "meeting_place"),
    ("met", "play_area"), ("missing", "play_area"),
)  # fmt: skip


def add_practice_drawings(session: str, n: int) -> int:
    """Add the drawings of `n` invented residents to a demo session; return how many there are now.

    Raises
    ------
    AccessDenied
        For a real project: invented drawings never come among those of residents.
    """
    workshop_session = sessions.get_session(session)
    about = context.get_project(workshop_session.project)
    if not about.is_demo:
        raise AccessDenied(role="facilitator", action="invent residents")
    known = context.get_store().contributions.count_by_session(about.id).get(session, 0)
    drawn = context.read_sketches(context.current_study(about.id))
    others = drawn[drawn["session"] != session]
    usual = others[others.area.between(*others.area.quantile([0.25, 0.9]))].sort_index()
    for number in range(known, known + n):
        drawing, places = _invented(workshop_session, number, list(usual.geometry))
        context.get_store().contributions.submit(drawing, places)
    return known + n


def _invented(
    workshop_session: sessions.WorkshopSession,
    number: int,
    shapes: list[shapely.Polygon | shapely.MultiPolygon],
) -> tuple[Contribution, tuple[Place, ...]]:
    """Move the drawing of another invented resident to the middle of this workshop session."""
    chance = np.random.default_rng([number, *workshop_session.id.encode()])
    plane = context.project_crs(workshop_session.project)
    longitude, latitude, _ = sessions.initial_view(workshop_session)
    middle = planes.to_planar(shapely.Point(longitude, latitude), plane)
    shape = shapes[int(chance.integers(len(shapes)))]
    group = workshop_session.groups[number % len(workshop_session.groups)] if workshop_session.groups else ""
    # The tables differ a little, as those of a real session do.
    aside = 110.0 * (number % max(1, len(workshop_session.groups)))
    east, north = chance.normal([aside, 0.0], SPREAD_M)
    size = (3e5 / shape.area) ** 0.35
    moved = shapely.transform(
        shape,
        lambda at: (at - [shape.centroid.x, shape.centroid.y]) * size + [middle.x + east, middle.y + north],
    )
    drawn = cast("shapely.Polygon | shapely.MultiPolygon", shapely.make_valid(moved))
    drawing = Contribution(
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{workshop_session.id}/{number}")),
        project=workshop_session.project,
        raw_geojson=str(shapely.to_geojson(planes.to_wgs84(drawn, plane))),
        geometry=drawn,
        created=date.today(),
        session=workshop_session.id,
        group=group,
    )
    spots = []
    for kind, theme in NAMED:
        if chance.random() > 0.75 - 0.1 * NAMED.index((kind, theme)):
            continue
        east, north = chance.normal([140.0 * NAMED.index((kind, theme)) - 300.0, 60.0], 18.0)
        spots.append(Place(kind, theme, shapely.Point(middle.x + east, middle.y + north)))
    return drawing, tuple(spots)
