"""Projects and contributions to put in a store."""

import json
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import shapely

from geo.crs import to_wgs84
from store import Contribution, Place, Project, Signal, ViewFacts

TODAY = date(2026, 5, 4)
NOON_S = 1_777_896_000.0  # 4 May 2026, 12:00 UTC


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = NOON_S

    def __call__(self) -> float:
        return self.now_s


def project(key: str = "demo", **more: Any) -> Project:
    return replace(Project(key, "Zuiderwaard", "Zuiderwaard", date(2026, 12, 31), is_demo=True), **more)


def square(at: int = 0, side_m: int = 400) -> shapely.Polygon:
    return shapely.box(150_000 + at, 520_000, 150_000 + at + side_m, 520_000 + side_m)


def new_id() -> str:
    return str(uuid.uuid4())


def contribution(at: int = 0, **more: Any) -> Contribution:
    shape = more.pop("geometry", square(at))
    raw = json.dumps(
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(to_wgs84(shape))}
    )
    made = Contribution(
        id=new_id(),
        project="demo",
        raw_geojson=raw,
        geometry=shape,
        created=TODAY,
        name="De Driehoek",
        answers={"reasons": ("water", "school"), "certainty": 4},
        view=ViewFacts(start_width_m=2000, screen="phone", input="touch", duration_s=42),
    )
    return replace(made, **more)


PLACES = (
    Place("met", "meeting_place", shapely.Point(150_100.125, 520_100), subtype="library", note="Lezen"),
    Place("vanished", "bench", shapely.Point(150_200, 520_200), year=2019, what_was_lost="Uitzicht"),
)
SIGNALS = (
    Signal("initiative", "Samen een moestuin maken"),
    Signal("signal", "Het is donker bij de brug", theme="bench"),
)
