"""Official areas: gemeente, wijk, buurt and postcode, made sound and keyed by code and year."""

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import AnswerIncomplete, AnswerUnreadable, LayerNotFetched, LayerUnknown, ServiceRefused
from geo.schemas import AREAS
from layers.cache import LayerRecord, Manifest, read_layer
from layers.catalogue import DERIVED, DIVISIONS, FIGURES, Division
from layers.official import key_figures
from layers.official import key_figures as _statistics
from layers.official.dwellings import BUILT, DWELLING, dwelling_columns
from layers.official.key_figures import parse_figures
from layers.services.http import HttpClient
from layers.services.pdok import fetch_features

BAD_REQUEST = 400
BORDER_CHANGE = "indelingswijziging_wijken_en_buurten"
MIN_SHARED_M2 = 10_000.0
"""A postcode area counts as the municipality's when they share this much, or half of the area itself."""

MIN_COVERAGE = 0.97
"""Wijken or buurten that cover less of the land of their municipality than this are not all there."""


# --- Fetching ---------------------------------------------------------------------------------------


def fetch_areas(
    session: HttpClient, division: str, code: str, year: int, *, ground: shapely.Geometry | None
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Fetch the areas of one division in one municipality.

    Parameters
    ----------
    ground
        The municipality itself, in RD; None only when it is what is asked for.

    Returns
    -------
    AREAS, and counts of what was put together or left out.

    Raises
    ------
    FetchError
    """
    row = DIVISIONS[division]
    path = row.path.format(year=year)
    raw = None
    for filters, box in _ways(row, code, year, ground):
        try:
            raw = fetch_features(session, path, row.collection, filters=filters, box=box)
            break
        except ServiceRefused as problem:
            # Which filters a collection has is nowhere promised; the next way asks for less and cuts here.
            if problem.facts["status"] != BAD_REQUEST:
                raise
            failure = problem
    if raw is None:
        raise failure
    return normalise_areas(raw, division, year, code=code, ground=ground)


def _ways(
    row: Division, code: str, year: int, ground: shapely.Geometry | None
) -> list[tuple[dict[str, str], tuple[float, float, float, float] | None]]:
    """Return how areas can be asked for, the narrowest first: by filter, by box, and of gemeenten all of them."""
    filters = {key: value.format(code=code, year=year) for key, value in row.filters}
    of_year = {key: value for key, value in filters.items() if key == row.year_column}
    box = None if ground is None else _box(ground)
    found = [(filters, None if row.by_municipality else box)]
    if box is not None:
        found += [(of_year, box), ({}, box)]
    else:
        found.append(({}, None))
    return [way for n, way in enumerate(found) if way not in found[:n]]


def _box(ground: shapely.Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(ground)
    return float(west), float(south), float(east), float(north)


def normalise_areas(
    raw: gpd.GeoDataFrame, division: str, year: int, *, code: str, ground: shapely.Geometry | None
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Create what came into AREAS: right year, right place, one row a code, sound shapes, real nulls.

    Parameters
    ----------
    raw
        Features as they came, in RD.
    ground
        The municipality itself; None only when it is what was asked for.

    Returns
    -------
    AREAS with a column ``water``, and counts: ``joined`` (rows of one code), ``repaired``, ``outside``.

    Raises
    ------
    AnswerUnreadable
        Mixed years, or codes that are not of this kind or contradict their municipality.
    AnswerIncomplete
        Nothing at all, or the parts do not cover the whole.
    """
    row = DIVISIONS[division]
    service = f"PDOK {row.collection}"
    if raw.empty:
        raise AnswerIncomplete(service=service, reason=f"no {division} at all for {code} in {year}")
    notes: Counter[str] = Counter()
    found = _ours(service, read_columns(service, raw, row, year), row, code)
    notes["outside"] += len(raw) - len(found)
    found, repaired = sound_areas(found)
    notes["repaired"] += repaired
    rows = len(found)
    found = one_row_a_code(found)
    notes["joined"] += rows - len(found)
    if ground is not None:
        rows = len(found)
        found = require_cover(service, found, ground) if row.by_municipality else _touching(found, ground)
        notes["outside"] += rows - len(found)
    if found.empty:
        raise AnswerIncomplete(service=service, reason=f"no {division} lies in {code}")
    return AREAS.validate_strict(found.drop(columns="gemeente").sort_index()), dict(+notes)


def read_columns(service: str, raw: gpd.GeoDataFrame, row: Division, year: int) -> gpd.GeoDataFrame:
    """Return the columns we know, each with its own type."""
    for column in (row.code, row.name):
        if column not in raw:
            raise AnswerUnreadable(service=service, reason=f"column '{column}' is absent")
    if row.year_column in raw:
        years = set(parse_figures(raw[row.year_column]).dropna().astype(int))
        if years - {year}:
            stated = ", ".join(map(str, sorted(years)))
            raise AnswerUnreadable(service=service, reason=f"years {stated} came; asked was {year}")
    found = gpd.GeoDataFrame(
        {
            "code": raw[row.code].astype(str).str.strip().str.upper(),
            "name": raw[row.name].fillna("").astype(str).str.strip().str.slice(0, 80),
            "water": raw["water"].eq("JA") if "water" in raw else False,
            "gemeente": raw["gemeentecode"].astype(str).str.strip() if "gemeentecode" in raw else None,
        },
        geometry=raw.geometry,
    )
    if row.figures:
        figures = key_figures.read_figure_columns(raw)
        found[list(figures)] = figures
    if row.dwellings:
        found[[BUILT, DWELLING]] = dwelling_columns(raw)
    if BORDER_CHANGE in raw:
        found[key_figures.BORDER_COLUMN] = parse_figures(raw[BORDER_CHANGE])
    return found


def _ours(service: str, areas: gpd.GeoDataFrame, row: Division, code: str) -> gpd.GeoDataFrame:
    """Return what lies in the municipality, by its shape and by its codes."""
    of_municipality = areas["gemeente"].notna().any()
    if of_municipality:
        areas = areas[areas["gemeente"].eq(code)]
    check_codes(service, areas["code"], row)
    stray = areas["code"][areas["code"].str[2:6].ne(code[2:])]
    if of_municipality and len(stray):
        raise AnswerUnreadable(service=service, reason=f"{stray.iloc[0]} is said to lie in {code}")
    return areas


def check_codes(service: str, codes: "pd.Series[str]", row: Division) -> None:
    """Refuse codes that are not of a division.

    Raises
    ------
    AnswerUnreadable
    """
    wrong = codes[~codes.str.fullmatch(row.pattern)]
    if len(wrong):
        raise AnswerUnreadable(service=service, reason=f"'{wrong.iloc[0]}' is not a code of a {row.key}")


def _touching(areas: gpd.GeoDataFrame, ground: shapely.Geometry) -> gpd.GeoDataFrame:
    shared = shapely.area(shapely.intersection(areas.geometry.to_numpy(), ground))
    return areas[(shared >= MIN_SHARED_M2) | (shared >= areas.area / 2)]


def require_cover(service: str, areas: gpd.GeoDataFrame, ground: shapely.Geometry) -> gpd.GeoDataFrame:
    """Refuse parts that leave a hole in the whole: a page is missing."""
    covered = shapely.area(shapely.intersection(shapely.union_all(areas.geometry.to_numpy()), ground))
    share = covered / shapely.area(ground)
    if share < MIN_COVERAGE:
        raise AnswerIncomplete(service=service, reason=f"the areas cover {share:.0%} of the municipality")
    return areas


def sound_areas(areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Leave out rows without a shape and repair those whose shape is not sound; count both."""
    shapes = areas.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    areas = areas[there].copy()
    shapes = shapely.force_2d(areas.geometry.to_numpy())
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    areas.geometry = shapes
    flat = shapely.get_dimensions(shapes) == 2
    return areas[flat & (areas.area > 0)], int((~there).sum() + broken.sum() + (~flat).sum())


def one_row_a_code(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per code: water and detached parts repeat theirs.

    Land and water of one code stay one area of land when there is land: what people live on decides the
    name and the figures.
    """
    areas = areas.sort_values(["code", "water"], kind="stable")
    first = areas.drop_duplicates("code").set_index("code")
    if len(first) == len(areas):
        return first
    lands = areas[areas["water"].eq(areas["code"].map(first["water"]))]
    repeated = lands["code"][lands["code"].duplicated()].unique()
    for code in repeated:
        parts = lands.geometry[lands["code"].eq(code)].to_numpy()
        first.loc[code, "geometry"] = shapely.union_all(parts)
    return first


# --- Reading the areas --


def list_divisions(code: str) -> dict[str, list[int]]:
    """Return which divisions we have of a municipality, each with its years, the oldest first."""
    found: dict[str, list[int]] = {}
    for entry in Manifest.read(code).layers.values():
        if entry.key in DIVISIONS and entry.year is not None:
            found.setdefault(entry.key, []).append(entry.year)
    for derived, source in DERIVED.items():
        if source in found:
            found[derived] = found[source]
    order = ["gemeente", "wijk", "buurt", "pc4", "pc5", "pc6"]
    return {key: sorted(found[key]) for key in order if key in found}


def read_areas(code: str, division: str, year: int | None = None, *, water: bool = False) -> gpd.GeoDataFrame:
    """Return the official areas of a municipality, in RD.

    Parameters
    ----------
    code
        Of the municipality: ``GM1621``.
    division
        ``gemeente``, ``wijk``, ``buurt``, ``pc4``, ``pc5`` or ``pc6``.
    year
        Of the division; the newest we have when None.
    water
        Also the areas that are all water, which are drawn but never compared.

    Returns
    -------
    AREAS
        Index ``code``; columns ``name``, ``geometry``, ``water`` and the key figures under CBS' names.
        ``attrs``: ``division``, ``year``, ``source``, ``licence``, ``credit``, ``date``, ``made_up``,
        ``municipality``.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    entry, lock = newest_layer(code, division, year)
    table = read_layer(code, entry.layer)
    if division in DERIVED:
        table = _shortened(table)
    table = key_figures.with_statline(table.set_index("code"), code, division, entry.year)
    if not DIVISIONS[entry.key].figures:
        table = table.drop(columns=[key for key in FIGURES if key in table])
    if "water" in table and not water:
        table = table[~table["water"].astype(bool)]
    table.attrs = {
        "division": division,
        "year": entry.year,
        **lock.attrs(entry),
    }
    return AREAS.validate(table)


def newest_layer(code: str, division: str, year: int | None) -> tuple[LayerRecord, Manifest]:
    """Find the layer of a division and a year, or of the newest year."""
    key = DERIVED.get(division, division)
    if key not in DIVISIONS:
        raise LayerUnknown(key=division, known=", ".join([*DIVISIONS, *DERIVED]))
    lock = Manifest.read(code)
    fit = [e for e in lock.layers.values() if e.key == key and year in (None, e.year)]
    if not fit:
        raise LayerNotFetched(key=division if year is None else f"{division}_{year}", code=code)
    return max(fit, key=lambda entry: entry.year or 0), lock


def _shortened(pc6: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Create PC5 of PC6: those that are alike but for the last letter."""
    short = pc6["code"].str[:5].to_numpy()
    order = np.argsort(short, kind="stable")
    names, starts = np.unique(short[order], return_index=True)
    groups = np.split(pc6.geometry.to_numpy()[order], starts[1:])
    shapes = [shapely.union_all(group) for group in groups]
    return gpd.GeoDataFrame({"code": names, "name": names}, geometry=shapes, crs=pc6.crs)


def read_key_figures(code: str, division: str, year: int | None = None) -> pd.DataFrame:
    """Return the key figures of a division, under CBS' own names; missing is null.

    Parameters
    ----------
    year
        None gives each figure of the newest year that has it; ``attrs["years"]`` tells which.

    Raises
    ------
    LayerUnknown, LayerNotFetched
    """
    newest = read_areas(code, division, year)
    known = list_divisions(code)[division] if year is None else []
    older = sorted((y for y in known if y < newest.attrs["year"]), reverse=True)
    return _statistics.newest_known([newest, *(read_areas(code, division, y) for y in older)])
