"""Parts of an edition of a workshop session: records and file names."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo import crs as planes

FACTS, BANDS, GROUPS, SPOTS = "facts.json", "bands.geojson", "groups.geojson", "spots.geojson"

STORED_FIELDS = {"mentions": "told"}
"""Fields of `EditionFacts` that editions keep under the name of their first version."""


@dataclass(frozen=True)
class MentionShare:
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
class EditionFacts:
    """The numbers of an edition: residents, the middle drawing, what they named, where.

    Attributes
    ----------
    median_ha
        In steps of `STEP_HA`; 0 for less than one step.
    mentions
        Kinds of places that residents named, and the share of them who did.
    """

    n: int
    median_ha: int
    mentions: tuple[MentionShare, ...] = ()
    neighbourhoods: tuple[Neighbourhood, ...] = ()


@dataclass(frozen=True, eq=False)
class EditionView:
    """One edition of a workshop session, read; every table is in the plane of the project.

    Attributes
    ----------
    id
        Of the edition, which never changes, and of the official data beside it.
    bands
        Index (neighbourhood, percent): name, n, geometry; as `study.publishing.publication.cores`.
    groups
        Index (neighbourhood, group): n, geometry of what half of them share.
    spots
        Places that five residents pointed at within `SPOT_M`: kind, theme, geometry.
    official
        Index neighbourhood: name, geometry of the official area that its core resembles most.
    """

    id: str
    number: int
    day: str
    facts: EditionFacts
    bands: gpd.GeoDataFrame
    groups: gpd.GeoDataFrame
    spots: gpd.GeoDataFrame
    official: gpd.GeoDataFrame

    @property
    def cache_key(self) -> tuple[str, str]:
        """What tells this edition from all others, for answers that are computed from it."""
        return "edition", self.id

    def bounds(self, number: int | None = None) -> tuple[float, float, float, float] | None:
        """Return the box around one neighbourhood and its official area, or around all, in degrees."""
        tables = [table.geometry for table in (self.bands, self.official)]
        if number is not None:
            tables = [table[table.index.get_level_values(0) == number] for table in tables]
        shapes = np.concatenate([table.to_numpy() for table in tables])
        if len(shapes) == 0:
            return None
        box = shapely.box(*shapely.total_bounds(shapes))
        west, south, east, north = planes.to_wgs84(box, self.bands.crs).bounds
        return west, south, east, north


def to_builtin(value: Any) -> Any:
    """Return a value as plain JSON: numbers of numpy become those of Python, missing becomes None."""
    return value.item() if isinstance(value, np.generic) else value
