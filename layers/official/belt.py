"""Areas of other municipalities just beyond the border: they serve the edges, and are never the municipality's own."""

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import AnswerIncomplete
from geo.schemas import AREAS
from layers.cache import Manifest, read_layer
from layers.catalogue import DIVISIONS
from layers.official import key_figures
from layers.official.areas import check_codes, one_row_a_code, read_columns, require_cover, sound_areas
from layers.services.http import HttpClient
from layers.services.pdok import fetch_features

BELT_M = 1_000.0
"""How far beyond the border areas come along: as far as somebody walks to what is in their neighbourhood."""

DIVISIONS_BESIDE = ("wijk", "buurt")
"""Divisions that end at the border of a municipality; a postcode area does not."""

FILE = "belt.gpkg"
Box = tuple[float, float, float, float]


def key_of(division: str) -> str:
    """Return the key of a belt in the lock: another than that of the areas, so that nobody takes one for the other."""
    return f"belt_{division}"


def layer_name(division: str, year: int) -> str:
    """Name the layer in which the belt of a division and year is kept.

    Examples
    --------
    >>> layer_name("buurt", 2025)
    'belt_buurt_2025'
    """
    return f"{key_of(division)}_{year}"


def box(ground: shapely.Geometry) -> Box:
    """Return the box that holds a municipality with its belt, in RD metres.

    Examples
    --------
    >>> box(shapely.box(90_000, 440_000, 95_000, 446_000))
    (89000.0, 439000.0, 96000.0, 447000.0)
    """
    west, south, east, north = shapely.bounds(ground).tolist()
    return west - BELT_M, south - BELT_M, east + BELT_M, north + BELT_M


def fetch_belt(
    session: HttpClient, division: str, code: str, year: int, ground: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Fetch the areas of one division that lie within a kilometre of a municipality, in others.

    The service is asked for a box, for it promises no filter that leaves one municipality out.

    Returns
    -------
    AREAS, and counts, see `normalise_belt`.

    Raises
    ------
    FetchError
    """
    row = DIVISIONS[division]
    raw = fetch_features(session, row.path.format(year=year), row.collection, filters={}, box=box(ground))
    return normalise_belt(raw, division, year, code=code, ground=ground)


def normalise_belt(
    raw: gpd.GeoDataFrame, division: str, year: int, *, code: str, ground: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Create the belt of what lies in a box: only what is of others, and near.

    Parameters
    ----------
    raw
        Every area in the box of `box`, those of the municipality too: that they are all there proves that the
        answer is whole.

    Returns
    -------
    AREAS with ``water``, ``municipality`` (a name) and key figures, and counts: ``joined`` (rows of one code),
    ``repaired``, ``outside``. Without rows where nobody lives beyond the border, as on an island.

    Raises
    ------
    AnswerUnreadable
        Mixed years, or codes that are not of this kind.
    AnswerIncomplete
        The areas of the municipality itself are not all there.
    """
    row = DIVISIONS[division]
    service = f"PDOK {row.collection}"
    if raw.empty:
        raise AnswerIncomplete(service=service, reason=f"no {division} at all round {code} in {year}")
    found = read_columns(service, raw, row, year)
    check_codes(service, found["code"], row)
    number = found["code"].str[2:6]
    names = raw["gemeentenaam"] if "gemeentenaam" in raw else pd.Series(None, raw.index, dtype=object)
    found["municipality"] = names.fillna("GM" + number).astype(str).str.strip().str.slice(0, 80)
    found, repaired = sound_areas(found.drop(columns="gemeente"))
    ours = found["code"].str[2:6].eq(code[2:])
    require_cover(service, found[ours], ground)
    others = found[~ours]
    beside = one_row_a_code(others)
    joined = len(others) - len(beside)
    near = beside[shapely.dwithin(beside.geometry.to_numpy(), ground, BELT_M)]
    notes = {"joined": joined, "repaired": repaired, "outside": len(beside) - len(near)}
    return AREAS.validate_strict(near.sort_index()), {key: n for key, n in notes.items() if n}


def read_belt(code: str, division: str, year: int) -> Iterator[tuple[gpd.GeoDataFrame, pd.DataFrame]]:
    """Yield the belt of a municipality in one year and its key figures; nothing where it was not fetched.

    Yields
    ------
    tuple of (AREAS, DataFrame)
        The second as `layers.official.key_figures.newest_known` gives it, of that year and of those before it.
    """
    entries = Manifest.read(code).layers.values()
    kept = [entry for entry in entries if entry.key == key_of(division) and (entry.year or 0) <= year]
    kept.sort(key=lambda entry: entry.year or 0, reverse=True)
    if not kept or kept[0].year != year or not kept[0].rows:
        return
    tables = [read_layer(code, entry.layer).set_index("code") for entry in kept if entry.rows]
    for table, entry in zip(tables, (entry for entry in kept if entry.rows), strict=True):
        table.attrs["year"] = entry.year
    yield tables[0], key_figures.newest_known(tables)
