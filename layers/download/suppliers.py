"""Who answers the questions of a download: the services on the internet, or files in their place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.errors import ShapelyError

from geo.errors import FetchError
from layers.catalogue import DIVISIONS, Rule
from layers.contracts import CONTRACTS, STATLINE_TABLES
from layers.official import areas, belt
from layers.official import key_figures as figures
from layers.services import bgt, overpass, statline
from layers.services.addresses import OVERPASS, PDOK
from layers.services.http import HttpClient

Box = tuple[float, float, float, float]
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    ShapelyError,
)
"""What comes of reading an answer that is made otherwise than any we know of."""

AreaTable = tuple[gpd.GeoDataFrame, dict[str, int]]


@dataclass(frozen=True)
class Origin:
    """Where an answer comes from: who is asked, and the address or the name of the file."""

    service: str
    url: str


@dataclass(frozen=True)
class Suppliers:
    """One way to get every table; each function raises a FetchError for what it cannot give.

    Attributes
    ----------
    areas
        Of a division, code, year and ground: AREAS and counts of what was left out.
    belt
        Of a division, code, year and ground: the areas of other municipalities just beyond it.
    figures
        Of beginnings of codes and a year: StatLine's figures.
    osm, bgt
        Objects that touch a box in RD metres; of OpenStreetMap under some rules.
    origins
        For a key (``buurt_2025``, ``figures_2025``, ``osm``, ``bgt``) where it comes from.
    """

    areas: Callable[[str, str, int, shapely.Geometry | None], AreaTable]
    belt: Callable[[str, str, int, shapely.Geometry], AreaTable]
    figures: Callable[[Sequence[str], int], pd.DataFrame]
    osm: Callable[[Iterable[Rule], Box], overpass.OsmObjects]
    bgt: Callable[[Box], bgt.BgtObjects]
    origins: Callable[[str, int], Origin]


@dataclass(frozen=True)
class DownloadedLayer:
    """One layer that came: its name, its file, its table, and what the lock says of it.

    ``lacking`` holds the sources that gave nothing, each with what went wrong there.
    """

    layer: str
    file: str
    table: pd.DataFrame
    facts: dict[str, Any]
    lacking: dict[str, FetchError] = field(default_factory=dict)


Asking = Callable[[Suppliers, shapely.Geometry], list[DownloadedLayer]]


def from_services(session: HttpClient) -> Suppliers:
    """Return the services themselves, asked by one session."""

    def fetch_areas(division: str, code: str, year: int, ground: shapely.Geometry | None) -> AreaTable:
        return areas.fetch_areas(session, division, code, year, ground=ground)

    return Suppliers(
        areas=fetch_areas,
        belt=partial(belt.fetch_belt, session),
        figures=partial(figures.fetch_figures, session),
        osm=partial(overpass.fetch_objects, session),
        bgt=partial(bgt.fetch_objects, session),
        origins=service_origin,
    )


def service_origin(key: str, year: int) -> Origin:
    """Return which service is asked for a key, and at which address.

    Examples
    --------
    >>> service_origin("osm", 0)
    Origin(service='Overpass', url='https://overpass-api.de/api/interpreter')
    """
    if key in DIVISIONS:
        row = DIVISIONS[key]
        path = f"{row.path.format(year=year)}/collections/{row.collection}/items"
        return Origin("PDOK", PDOK.addresses()[0] + path)
    if key == figures.KEY:
        return Origin(statline.SERVICE, statline.address("observations", STATLINE_TABLES[year]))
    if key == "bgt":
        return Origin("PDOK BGT", PDOK.addresses()[0] + CONTRACTS["straatmeubilair"].path)
    return Origin(overpass.SERVICE, OVERPASS.addresses()[0] + CONTRACTS["interpreter"].path)
