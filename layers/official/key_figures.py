"""Key figures per official area: real numbers or nothing, each with the year it is of."""

import re
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from layers.cache import Manifest, read_layer
from layers.catalogue import FIGURES, MAX_MISSING
from layers.contracts import STATLINE_TABLES
from layers.services import statline
from layers.services.http import HttpClient

KEY = "figures"
WHOLES = {"T001036": "aantal_inwoners", "1050010_2": "aantal_huishoudens"}
"""Measure that others are a share of -> the figure that it is."""
WITH_STATLINE = frozenset({"gemeente", "wijk", "buurt"})

BORDER_COLUMN, BORDER_MOVED = "border_change", 3
"""CBS: 1 code and ground as the year before, 2 another code on the same ground, 3 a border that moved 5 m or more."""

MIN_SHARED_AREA = 0.98
"""Two years of one code are the same area when they share this much of what either covers."""


def parse_figures(column: "pd.Series[float]") -> "pd.Series[float]":
    """Read a column of figures: text becomes numbers, CBS' codes for "no number" become null.

    Examples
    --------
    >>> parse_figures(pd.Series([1240, "12", -99997, -99995.0, "geheim", None])).tolist()
    [1240.0, 12.0, nan, nan, nan, nan]
    """
    read = pd.to_numeric(column, errors="coerce").astype(float)
    return read.where(read > MAX_MISSING)


def codes_of(municipality: str) -> tuple[str, ...]:
    """Return how the codes begin of a municipality, its wijken and its buurten.

    Examples
    --------
    >>> codes_of("GM1621")
    ('GM1621', 'WK1621', 'BU1621')
    """
    return tuple(f"{prefix}{municipality[2:]}" for prefix in ("GM", "WK", "BU"))


def fetch_figures(session: HttpClient, begins: Sequence[str], year: int) -> pd.DataFrame:
    """Fetch StatLine's figures of every area whose code begins in one of some ways, see `codes_of`.

    Returns
    -------
    DataFrame
        Index ``code``; a column for each figure of the catalogue with a measure, under the catalogue's name;
        null throughout where StatLine has no row of it.
    """
    return from_measures(
        statline.fetch_observations(
            session, STATLINE_TABLES[year], begins=begins, year=year, measures=wanted_measures()
        )
    )


def wanted_measures() -> list[str]:
    """Return the measures of StatLine that the catalogue's figures are made of, each once."""
    measures = [measure for row in FIGURES.values() for measure in (row.measure, row.share_of) if measure]
    return list(dict.fromkeys(measures))


def from_measures(found: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue's figures from StatLine's measures.

    StatLine counts people of an age where the map of CBS has whole percentages: a share is rounded alike, or two
    years would seem to differ.

    Examples
    --------
    >>> counts = pd.DataFrame({"T001036": [1240.0], "80200": [310.0]}, index=["BU16210101"])
    >>> from_measures(counts)["percentage_personen_65_jaar_en_ouder"].tolist()
    [25.0]
    """
    found = found.apply(parse_figures)
    columns = {}
    for row in FIGURES.values():
        if row.measure not in found or (row.share_of and row.share_of not in found):
            continue
        value = found[row.measure]
        if row.share_of:
            whole = found[row.share_of]
            value = (100 * value / whole.where(whole > 0)).round()
        columns[row.key] = value
    table = pd.DataFrame(columns, index=found.index)
    table.index.name, table.columns.name = "code", None
    return table.sort_index()


def read_figure_columns(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue's figures in a table of CBS, under our names, whatever its edition calls them.

    A count in the place of a percentage is divided by the people or households of the same row, and rounded as
    CBS does.

    Examples
    --------
    >>> read_figure_columns(pd.DataFrame({"AANT_INW": [12, -99997]}))["aantal_inwoners"].tolist()
    [12.0, nan]
    >>> counted = pd.DataFrame({"a_inw": [200], "a_65_oo": [50]})
    >>> read_figure_columns(counted)["percentage_personen_65_jaar_en_ouder"].tolist()
    [25.0]
    """
    theirs = _names_without_number(raw)
    columns: dict[str, pd.Series[float]] = {}
    counts: dict[str, pd.Series[float]] = {}
    for row in FIGURES.values():
        for names, found in ((row.names, columns), (row.counts, counts)):
            name = next((theirs[name] for name in names if name in theirs), None)
            if name is not None:
                found[row.key] = parse_figures(raw[name])
    for key, count in counts.items():
        whole = columns.get(WHOLES.get(FIGURES[key].share_of, ""))
        if key not in columns and whole is not None:
            columns[key] = (100 * count / whole.where(whole > 0)).round()
    return pd.DataFrame({key: columns[key] for key in FIGURES if key in columns}, index=raw.index)


def figure_columns(raw: pd.DataFrame) -> set[str]:
    """Return the columns of a table that `read_figure_columns` takes figures from."""
    theirs = _names_without_number(raw)
    return {theirs[name] for row in FIGURES.values() for name in (*row.names, *row.counts) if name in theirs}


def _names_without_number(raw: pd.DataFrame) -> dict[str, str]:
    """Return the columns of a table by their name, and without the number that StatLine puts behind it."""
    columns = [str(column) for column in raw.columns]
    return {re.sub(r"_\d+$", "", column): column for column in reversed(columns)} | {c: c for c in columns}


def absent_figures(table: pd.DataFrame) -> list[str]:
    """Return the figures of the catalogue of which a table has not one value."""
    return [key for key in FIGURES if key not in table or table[key].isna().all()]


def layer_name(year: int) -> str:
    """Name the layer in which StatLine's figures of a year are kept."""
    return f"{KEY}_{year}"


def with_statline(areas: gpd.GeoDataFrame, code: str, division: str, year: int | None) -> gpd.GeoDataFrame:
    """Add the figures that did not come with the areas, of the same year: codes change from year to year."""
    if division not in WITH_STATLINE or year is None or layer_name(year) not in Manifest.read(code).layers:
        return areas
    return fill_figures(areas, read_layer(code, layer_name(year)).set_index("code"))


def fill_figures(areas: gpd.GeoDataFrame, more: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add to areas the figures of which they have not one value."""
    for key in more.columns:
        if key not in areas or areas[key].isna().all():
            areas[key] = more[key].reindex(areas.index)
    return areas


def newest_known(tables: list[gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return for each figure the newest year that has it: a map's first edition comes out without most figures.

    Parameters
    ----------
    tables
        AREAS of one division, the newest first; ``attrs["year"]`` tells the year.

    Returns
    -------
    DataFrame
        The index of the newest. ``attrs["years"]`` tells the year of each column. An older figure is taken
        only for an area that kept its code and its ground. ``attrs["border_doubts"]`` names areas of which CBS
        says that the border moved since the year before while they share 98 %, or the other way round.
    """
    newest = tables[0]
    figures = pd.DataFrame(index=newest.index)
    years: dict[str, int] = {}
    doubts: list[str] = []
    for table in tables:
        kept = _same_ground(newest, table) if table is not newest else newest.index
        if table.attrs["year"] == newest.attrs["year"] - 1:
            doubts = _border_doubts(newest, kept)
        for key in FIGURES:
            if key in table and key not in figures and table[key].notna().any():
                figures[key] = table[key].reindex(kept).reindex(newest.index)
                years[key] = int(table.attrs["year"])
    figures.attrs = {**newest.attrs, "years": years, "border_doubts": doubts}
    return figures


def _same_ground(newer: gpd.GeoDataFrame, older: gpd.GeoDataFrame) -> pd.Index:
    both = newer.index.intersection(older.index)
    now, then = newer.geometry.loc[both].to_numpy(), older.geometry.loc[both].to_numpy()
    shared = shapely.area(shapely.intersection(now, then)) / shapely.area(shapely.union(now, then))
    same: pd.Index = both[shared >= MIN_SHARED_AREA]
    return same


def _border_doubts(newer: gpd.GeoDataFrame, kept: pd.Index) -> list[str]:
    """Return the codes of which CBS and the shapes disagree on whether the ground is that of the year before."""
    if BORDER_COLUMN not in newer:
        return []
    changes = newer[BORDER_COLUMN].dropna()
    moved = changes.eq(BORDER_MOVED)
    return [str(code) for code in changes.index[moved.eq(changes.index.isin(kept))]]
