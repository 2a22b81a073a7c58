"""What institutions publish: official areas, facilities and figures, read-only, dated and sourced.

The door: other rooms use what stands here, and nothing else of this package but ``layers.fetch.fetch``,
``layers.catalogue`` and ``layers.files``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd

from geo.errors import ServiceUnreachable
from layers import backdrop as _backdrop
from layers import boundaries as _boundaries
from layers import directory as _directory
from layers import pdok as _pdok
from layers import statistics as _statistics
from layers import streets as _streets
from layers.boundaries import areas, divisions
from layers.cache import Entry, Lock, codes
from layers.catalogue import DIVISIONS
from layers.directory import Municipality
from layers.pdok import Place
from layers.settings import offline
from layers.themes import facilities
from layers.transport import Session

__all__ = [
    "Municipality",
    "Place",
    "SourceRow",
    "all_municipalities",
    "areas",
    "basemap",
    "divisions",
    "facilities",
    "figures",
    "locate",
    "municipalities",
    "search_address",
    "sources",
]

SEARCH_S = 20.0
"""What somebody who types an address is willing to wait, in all."""


@dataclass(frozen=True)
class SourceRow:
    """One line of the page "Bronnen": a layer we have, of which municipality, and how old it is."""

    municipality: Municipality
    entry: Entry
    age_days: int | None
    """Days since it was fetched; None for what is made up."""


def municipalities() -> list[Municipality]:
    """Give the municipalities whose layers we have, by name; the made-up town among them."""
    return _directory.fetched()


def all_municipalities() -> list[Municipality]:
    """Give every Dutch municipality, by name; empty until the list of this year came with a fetch."""
    year, listed = _directory.kept()
    return sorted(listed, key=lambda m: m.name) if year >= DIVISIONS["gemeente"].year else []


def basemap(code: str) -> dict[str, gpd.GeoDataFrame]:
    """Give the parts of the map to draw on, in the order they are drawn; empty when not fetched."""
    return _backdrop.read(code)


def figures(code: str, division: str, year: int | None = None) -> pd.DataFrame:
    """Give the key figures of a division, under CBS' own names; missing is null.

    Parameters
    ----------
    year
        None gives each figure of the newest year that has it; ``attrs["years"]`` tells which.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    newest = _boundaries.areas(code, division, year)
    known = divisions(code)[division] if year is None else []
    older = sorted((y for y in known if y < newest.attrs["year"]), reverse=True)
    return _statistics.newest_known([newest, *(_boundaries.areas(code, division, y) for y in older)])


def sources(now: datetime | None = None) -> list[SourceRow]:
    """Give every layer we have: whose it is, from where, when, how old, under which licence."""
    now = now or datetime.now(UTC)
    rows = []
    for code in codes():
        lock = Lock.read(code)
        town = Municipality(lock.code, lock.name, lock.made_up)
        for name in sorted(lock.layers):
            entry = lock.layers[name]
            age = None if lock.made_up else (now - datetime.fromisoformat(entry.fetched)).days
            rows.append(SourceRow(town, entry, age))
    return rows


def search_address(text: str, code: str | None = None) -> list[Place]:
    """Find streets, postcodes and buurten that are called like this; a house number is not needed.

    What is typed is personal data: it goes from this machine to PDOK and nowhere else, and is neither logged
    nor kept. Offline, and in the made-up town, it does not even go there: the municipality's own map is
    searched.

    Parameters
    ----------
    code
        Only in this municipality; needed to find anything offline.

    Returns
    -------
    list of Place
        At most ten, the best first; some without coordinates: `locate` gives those.

    Raises
    ------
    FetchError
        PDOK does not answer, and there is no map of our own to search.
    """
    ours = code in codes()
    if offline() or (code is not None and ours and Lock.read(code).made_up):
        return _streets.find(text, code) if code is not None and ours else []
    with Session(budget_s=SEARCH_S) as session:
        try:
            return _pdok.suggest(session, text, code=code)
        except ServiceUnreachable:
            if code is None or not ours:
                raise
            return _streets.find(text, code)


def locate(place: Place) -> Place | None:
    """Give a found place its coordinates (RD, metres); None when the service does not know it any more."""
    if place.x is not None:
        return place
    with Session(budget_s=SEARCH_S) as session:
        return _pdok.look_up(session, place.ident)
