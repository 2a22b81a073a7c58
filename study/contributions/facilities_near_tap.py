"""The facility nearest to a tap on the map."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import Point

from store import Theme
from study import datasets

SNAP_M = 25.0
"""A tap this near to a facility that is shown means that facility."""


@dataclass(frozen=True)
class Facility:
    """A facility that was pointed at."""

    theme: Theme
    kind: str
    point: Point


def facility_near_tap(municipality: str, themes: Sequence[Theme], spot: Point) -> Facility | None:
    """Return the facility of these themes that was meant by a tap; None when none is near."""
    nearest: tuple[float, Facility] | None = None
    for theme in themes:
        table = datasets.facilities(municipality, theme)
        away = table.distance(spot)
        if table.empty or (nearest is not None and away.min() >= nearest[0]):
            continue
        row = table.loc[away.idxmin()]
        there = row.geometry.representative_point()
        nearest = float(away.min()), Facility(theme, str(row["kind"]), there)
    return nearest[1] if nearest is not None and nearest[0] <= SNAP_M else None
