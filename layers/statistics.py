"""Key figures per official area: real numbers or nothing, each with the year it is of."""

import geopandas as gpd
import pandas as pd
import shapely

from layers import cbs
from layers.catalogue import FIGURES, MISSING_AT_MOST, STATLINE_TABLES
from layers.transport import Session

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


def complete(
    session: Session, areas: gpd.GeoDataFrame, *, code: str, year: int
) -> tuple[gpd.GeoDataFrame, int]:
    """Add from StatLine the figures that did not come with the areas.

    Parameters
    ----------
    areas
        AREAS of gemeente, wijk or buurt, of the same year as the table: codes change from year to year.

    Returns
    -------
    AREAS with a column for each figure of the catalogue that either source has, and the number of columns
    added.
    """
    lacking = [
        figure
        for figure in FIGURES.values()
        if figure.measure and (figure.key not in areas or areas[figure.key].isna().all())
    ]
    if year not in STATLINE_TABLES or not lacking:
        return areas, 0
    measures = [figure.measure for figure in lacking]
    found = cbs.observations(session, STATLINE_TABLES[year], code=code, year=year, measures=measures)
    added = 0
    for figure in lacking:
        values = numbers(found[figure.measure]).reindex(areas.index)
        if values.notna().any():
            areas = areas.assign(**{figure.key: values})
            added += 1
    return areas, added


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
