"""A resident's sketch beside the official areas."""

import re
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from shapely import Geometry
from shapely.geometry import MultiPolygon, Polygon, box

from geo import crs as planes
from geo.overlay.best_match import best_match
from geo.overlay.pairs import overlap_pairs
from geo.schemas import SKETCHES
from study import context, datasets

NUMBERED = re.compile(r"^Wijk \d+ ")
"""CBS numbers wijken in their names; a sentence that says "de wijk" does not say it again."""

COMPARED_DIVISIONS = ("wijk", "buurt", "pc4")
"""Official divisions a resident sees beside the own drawing."""


LEAST_SHARE = 0.01
"""A smaller part of a drawing is not named."""


@dataclass(frozen=True)
class OfficialOverlap:
    """One official area beside a drawing.

    Attributes
    ----------
    division, year, code, name
        Which area: the one that holds most of the drawing.
    share
        Part of the drawing that lies in it, from 0 to 1.
    second
        The area that holds the second most of it, with that part; None where no other holds a whole percent.
    rest
        Part that lies in still other areas of the division.
    outside
        Part that lies in no area: in water, or outside the municipality. The four parts are the whole drawing.
    times
        The drawing's size, as a multiple of the area's.
    """

    division: str
    year: int
    code: str
    name: str
    share: float
    second: tuple[str, float] | None
    rest: float
    outside: float
    times: float


def compare_with_official_areas(project: str, drawn: Polygon | MultiPolygon) -> list[OfficialOverlap]:
    """Compare one drawing with the official areas of its municipality, one line a division we have.

    A division in which no area shares ground with the drawing is left out.
    """
    municipality = context.get_project(project).municipality
    own = gpd.GeoDataFrame(geometry=[drawn], index=pd.Index(["own"], name=SKETCHES.index), crs=planes.RD)
    there = datasets.divisions(municipality)
    newest = {division: there[division][-1] for division in COMPARED_DIVISIONS if division in there}
    lines = (
        _beside(own, datasets.land_areas(municipality, division, year)) for division, year in newest.items()
    )
    return [line for line in lines if line is not None]


def _beside(own: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> OfficialOverlap | None:
    table = overlap_pairs(own, areas)
    if table.empty:
        return None
    shares = table["share_of_sketch"].droplevel(SKETCHES.index)
    code = str(best_match(table).loc["own", "main_code"])
    beside = shares.drop(code).sort_values(ascending=False)
    second = beside.index[0] if len(beside) and beside.iloc[0] >= LEAST_SHARE else None
    return OfficialOverlap(
        division=str(areas.attrs["division"]),
        year=int(areas.attrs["year"]),
        code=code,
        name=_name(areas, code),
        share=float(shares[code]),
        second=None if second is None else (_name(areas, str(second)), float(beside[second])),
        rest=float(beside.sum() - (0.0 if second is None else beside[second])),
        outside=max(0.0, 1.0 - float(shares.sum())),
        times=float(own.area.iloc[0] / areas.geometry[code].area),
    )


def _name(areas: gpd.GeoDataFrame, code: str) -> str:
    return NUMBERED.sub("", str(areas.loc[code, "name"])) or code


def official_outline(project: str, line: OfficialOverlap) -> Polygon | MultiPolygon:
    """Return the outline of an official area beside a drawing, in RD."""
    areas = datasets.land_areas(context.get_project(project).municipality, line.division, line.year)
    shape: Polygon | MultiPolygon = areas.geometry[line.code]
    return shape


AROUND_M = 1000.0
"""Ground round a drawing that may be in its picture."""


def picture_background(municipality: str, drawn: Polygon | MultiPolygon) -> tuple[Geometry, Geometry]:
    """Return the streets and the water in and round a drawing, for a picture."""
    west, south, east, north = drawn.bounds
    frame = box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    ground = datasets.basemap(municipality)
    return _within(ground.get("roads"), frame), _within(ground.get("water"), frame)


def _within(table: gpd.GeoDataFrame | None, frame: Geometry) -> Geometry:
    if table is None:
        return shapely.GeometryCollection()
    shapes = table.geometry.to_numpy()[table.intersects(frame).to_numpy()]
    return shapely.GeometryCollection(list(shapely.get_parts(shapely.intersection(shapes, frame))))
