"""Key figures per official area: real numbers or nothing, each with the year it is of."""

import geopandas as gpd
import pandas as pd
import shapely

from layers import cbs
from layers.cache import Lock, read_layer
from layers.catalogue import FIGURES, MISSING_AT_MOST, STATLINE_TABLES
from layers.transport import Session

KEY = "figures"
WITH_STATLINE = frozenset({"gemeente", "wijk", "buurt"})

SAME_GROUND = 0.98
"""Two years of one code are the same area when they share this much of what either covers."""


def numbers(column: "pd.Series[float]") -> "pd.Series[float]":
    """Read a column of figures: text becomes numbers, CBS' codes for "no number" become null.

    Examples
    --------
    >>> numbers(pd.Series([1240, "12", -99997, -99995.0, "geheim", None])).tolist()
    [1240.0, 12.0, nan, nan, nan, nan]
    """
    read = pd.to_numeric(column, errors="coerce").astype(float)
    return read.where(read > MISSING_AT_MOST)


def fetch(session: Session, code: str, year: int) -> pd.DataFrame:
    """Ask StatLine for the figures it has of the municipality, its wijken and its buurten.

    Returns
    -------
    DataFrame
        Index ``code``; a column for each figure of the catalogue with a measure, under the catalogue's name.
    """
    keys = {figure.measure: figure.key for figure in FIGURES.values() if figure.measure}
    found = cbs.observations(session, STATLINE_TABLES[year], code=code, year=year, measures=list(keys))
    found = found.rename(columns=keys).apply(numbers)
    found.index.name, found.columns.name = "code", None
    return found.sort_index()


def layer(year: int) -> str:
    """Name the layer in which StatLine's figures of a year are kept."""
    return f"{KEY}_{year}"


def with_statline(areas: gpd.GeoDataFrame, code: str, division: str, year: int | None) -> gpd.GeoDataFrame:
    """Add the figures that did not come with the areas, of the same year: codes change from year to year."""
    if division not in WITH_STATLINE or year is None or layer(year) not in Lock.read(code).layers:
        return areas
    more = read_layer(code, layer(year)).set_index("code")
    for key in more.columns:
        if key not in areas or areas[key].isna().all():
            areas[key] = more[key].reindex(areas.index)
    return areas


def newest_known(tables: list[gpd.GeoDataFrame]) -> pd.DataFrame:
    """Give for each figure the newest year that has it: a map's first edition comes out without most figures.

    Parameters
    ----------
    tables
        AREAS of one division, the newest first; ``attrs["year"]`` tells the year.

    Returns
    -------
    DataFrame
        The index of the newest. ``attrs["years"]`` tells the year of each column. An older figure is taken
        only for an area that kept its code and its ground.
    """
    newest = tables[0]
    figures = pd.DataFrame(index=newest.index)
    years: dict[str, int] = {}
    for table in tables:
        kept = _same_ground(newest, table) if table is not newest else newest.index
        for key in FIGURES:
            if key in table and key not in figures and table[key].notna().any():
                figures[key] = table[key].reindex(kept).reindex(newest.index)
                years[key] = int(table.attrs["year"])
    figures.attrs = {**newest.attrs, "years": years}
    return figures


def _same_ground(newer: gpd.GeoDataFrame, older: gpd.GeoDataFrame) -> pd.Index:
    both = newer.index.intersection(older.index)
    now, then = newer.geometry.loc[both].to_numpy(), older.geometry.loc[both].to_numpy()
    shared = shapely.area(shapely.intersection(now, then)) / shapely.area(shapely.union(now, then))
    same: pd.Index = both[shared >= SAME_GROUND]
    return same
