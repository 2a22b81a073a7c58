"""Official areas of other municipalities that lie on this disk: for ground beyond a municipality's border.

Those of a municipality that was fetched itself come first; of the others the belt that came along with ours.
"""

import contextlib
from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo.errors import LayerError
from layers.cache import Manifest, cached_codes, municipality_folder
from layers.official.areas import list_divisions, newest_layer, read_areas, read_key_figures
from layers.official.belt import read_belt

Box = tuple[float, float, float, float]


def read_neighbouring_areas(code: str, division: str, box: Box) -> gpd.GeoDataFrame:
    """Return the areas of other municipalities we hold that meet a box, of the year of our own, with their figures.

    Parameters
    ----------
    code
        Of the municipality whose own areas are left out.
    division
        ``wijk``, ``buurt``, ``pc4``, ``pc5`` or ``pc6``.
    box
        West, south, east and north in RD metres.

    Returns
    -------
    GeoDataFrame
        Index ``code``; ``name``, ``geometry``, ``municipality`` (its name), ``water`` and key figures, each of the
        same year as that of our own areas (others are left out). Made-up and real places are no neighbours.

    Raises
    ------
    LayerUnknown, LayerNotFetched
        When the municipality itself has no such division.
    """
    own, lock = newest_layer(code, division, None)
    ours = read_areas(code, division, water=True)
    years = read_key_figures(code, division).attrs["years"]
    found = [ours.iloc[:0].assign(municipality="")]
    for table, figures in _held(code, division, own.year, box=box, made_up=lock.made_up):
        same = [key for key, year in figures.attrs["years"].items() if years.get(key) == year]
        known = table.drop(columns=[key for key in figures if key in table]).join(figures[same])
        # A postcode over the border is in the layers of both.
        found.append(known[~known.index.isin(ours.index)])
    every = gpd.GeoDataFrame(pd.concat(found), crs=ours.crs)
    return every[~every.index.duplicated()]


def _held(
    code: str, division: str, year: int | None, *, box: Box, made_up: bool
) -> Iterator[tuple[gpd.GeoDataFrame, pd.DataFrame]]:
    """Yield areas that meet a box, with their figures: of each municipality on this disk, and then of our belt.

    What is damaged or being fetched anew is as if it were not there.
    """
    for other in cached_codes():
        if other == code or not other.startswith("GM"):
            continue
        with contextlib.suppress(LayerError):
            table = _areas_meeting(other, division, year, box=box, made_up=made_up)
            if table is not None:
                yield table, read_key_figures(other, division)
    with contextlib.suppress(LayerError):
        for belt, figures in read_belt(code, division, year or 0):
            yield belt[belt.intersects(shapely.box(*box))], figures


def _areas_meeting(
    other: str, division: str, year: int | None, *, box: Box, made_up: bool
) -> gpd.GeoDataFrame | None:
    """Return the areas of a municipality that meet a box; None where it cannot have any."""
    if year not in list_divisions(other).get(division, []):
        return None
    entry, lock = newest_layer(other, division, year)
    bounds = pyogrio.read_info(municipality_folder(other) / entry.file, layer=entry.layer)["total_bounds"]
    if lock.made_up != made_up or not shapely.box(*bounds).intersects(shapely.box(*box)):
        return None
    areas = read_areas(other, division, year, water=True)
    return areas[areas.intersects(shapely.box(*box))].assign(municipality=Manifest.read(other).name)
