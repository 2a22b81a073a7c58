"""Layers of a file for who goes on in another program: what is measured of drawings and of official borders."""

import geopandas as gpd
import pandas as pd

from geo.borders.followers import count_followers
from geo.borders.lines import near_borders
from geo.measures.drawing_table import measure_drawings
from study import jobs
from study.jobs.parts import ROWS

GAP_M = 5.0
"""Official areas of a file that lie no farther apart than this are neighbours: layers are seldom without gaps."""


def measured_layers(
    name: str, sketches: gpd.GeoDataFrame, units: gpd.GeoDataFrame, best: "pd.Series[str]", *, dask: str = ""
) -> dict[str, pd.DataFrame]:
    """Return the layers with the measures of drawings and with who follows which official border.

    Parameters
    ----------
    name
        Of the file of areas; the layers are `measures_NAME` and `borders_NAME`.
    sketches
        SKETCHES in metres.
    units
        AREAS in the same plane.
    best
        Code of the area that each drawing resembles most; missing where there is none.
    dask
        Address of a dask.distributed cluster that does the work.

    Raises
    ------
    ClusterUnreachable, ClusterDiffers
    """
    parts = [sketches[["geometry"]].iloc[at : at + ROWS] for at in range(0, len(sketches), ROWS)]
    lines = near_borders(units, tolerance_m=GAP_M)
    rows = jobs.map_parts(_measured, parts, (units, best), address=dask)
    along = jobs.map_parts(_followers, parts, lines, address=dask)
    return {
        f"measures_{name}": pd.concat(rows).reset_index(),
        f"borders_{name}": lines.assign(n_along=sum(along)).reset_index(),
    }


def _measured(part: gpd.GeoDataFrame, beside: tuple[gpd.GeoDataFrame, "pd.Series[str]"]) -> pd.DataFrame:
    return measure_drawings(part, *beside)


def _followers(part: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> "pd.Series[int]":
    return count_followers(lines, part)
