"""An edition as OGC API Features: collections, pages of features, and which of them lie in a box.

Without a server: what is asked comes in, what is answered goes out as plain objects; addresses are made by who
serves it. It reads editions only, and only those that the operator gave a licence.

References
----------
.. [1] OGC 17-069r4, OGC API Features, part 1: Core
.. [2] OGC 18-058r1, part 2: Coordinate Reference Systems by Reference
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo import geojson
from geo.crs import WGS84, transform
from geo.errors import EditionAbsent, InputRefused
from study.publishing.cell_values import DEGREES, to_builtin
from study.publishing.dictionary import results_licence
from study.publishing.files.package import package_of, plane_number
from study.publishing.publication import Publication, find_publication

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
METRES = 2
"""Decimals of a metre in a plane."""

PAGE, MAX_PAGE = 100, 1000
"""Features on a page where nobody asks, and at most."""

MAX_DIGITS = 9
QUERY = frozenset({"bbox", "bbox-crs", "crs", "datetime", "limit", "offset"})


@dataclass(frozen=True)
class ItemsQuery:
    """What is asked of a collection.

    Attributes
    ----------
    bbox
        West, south, east, north in `bbox_crs`; empty for everywhere.
    crs, bbox_crs
        Address of a coordinate reference system.
    """

    limit: int = PAGE
    offset: int = 0
    bbox: tuple[float, ...] = ()
    crs: str = CRS84
    bbox_crs: str = CRS84


@dataclass(frozen=True)
class ItemsPage:
    """One page of features.

    Attributes
    ----------
    features
        GeoJSON.
    matched
        Features that meet the question, on all pages.
    """

    features: list[dict[str, Any]] = field(default_factory=list)
    matched: int = 0


def is_open(made: Publication) -> bool:
    """Return whether everybody may read an edition at the OGC API.

    That is the edition of all who drew, where the operator chose a licence (``BUURT_LICENCE``), and in the made-up
    town.
    """
    return not made.selection and bool(results_licence() or made.project.is_demo)


def open_edition(project: str) -> Publication:
    """Return the latest edition of a project with the layers of its GeoPackage, where everybody may have it.

    Raises
    ------
    UnknownProject
    EditionAbsent
        There is none, or nobody said under which licence others may use it.
    """
    made = find_publication(project)
    if made is None or not is_open(made):
        raise EditionAbsent(project=project)
    return package_of(made)


def read_query(given: Mapping[str, str], planes: tuple[str, ...]) -> ItemsQuery:
    """Return what is asked of a collection, checked.

    Parameters
    ----------
    given
        Parameters of the address.
    planes
        Addresses of the coordinate reference systems that the collection offers.

    Raises
    ------
    InputRefused
        A parameter that is none of ours, or a value that cannot be.

    Examples
    --------
    >>> read_query({"limit": "5", "bbox": "5.1,52.5,5.2,52.6"}, (CRS84,)).bbox
    (5.1, 52.5, 5.2, 52.6)
    """
    for name in given:
        if name not in QUERY:
            raise InputRefused(field=name[:40], reason="no parameter of this service")
    for name in ("crs", "bbox-crs"):
        if name in given and given[name] not in planes:
            raise InputRefused(field=name, reason="not among the systems of the collection")
    limit = _whole("limit", given.get("limit", str(PAGE)))
    if limit < 1:
        raise InputRefused(field="limit", reason="at least 1")
    return ItemsQuery(
        limit=min(limit, MAX_PAGE),
        offset=_whole("offset", given.get("offset", "0")),
        bbox=_box(given["bbox"]) if "bbox" in given else (),
        crs=given.get("crs", CRS84),
        bbox_crs=given.get("bbox-crs", CRS84),
    )


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise InputRefused(field=name, reason="a whole number")
    return int(text)


def _box(text: str) -> tuple[float, ...]:
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) == 6:  # with heights, which nothing here has
        sides = [*sides[:2], *sides[3:5]]
    if len(sides) != 4 or not np.isfinite(sides).all() or sides[1] > sides[3]:
        raise InputRefused(field="bbox", reason="west,south,east,north")
    return tuple(sides)


def planes_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the coordinate reference systems that a table is offered in: degrees, and its own plane by number."""
    number = plane_number(table.crs) if isinstance(table, gpd.GeoDataFrame) else ""
    own = (f"http://www.opengis.net/def/crs/EPSG/0/{number.removeprefix('EPSG:')}",) if number else ()
    return (CRS84, *own)


def page_of_items(table: pd.DataFrame, asked: ItemsQuery) -> ItemsPage:
    """Return the features on one page; the id of a feature is the number of its row, from 1, as in a GeoPackage.

    Parameters
    ----------
    table
        A table of an edition. One without shapes lies everywhere: a box leaves nothing out.

    Examples
    --------
    >>> page_of_items(pd.DataFrame({"n": [5, 10, 15]}), ItemsQuery(limit=2)).features[1]["id"]
    2
    """
    places = np.arange(len(table))
    if asked.bbox and isinstance(table, gpd.GeoDataFrame):
        places = places[_inside(table, asked)]
    chosen = places[asked.offset : asked.offset + asked.limit]
    return ItemsPage(_features(table, chosen, asked.crs), len(places))


def find_item(table: pd.DataFrame, item: str, crs: str) -> dict[str, Any] | None:
    """Return one feature by its id; None where there is none."""
    is_number = item.isascii() and item.isdecimal() and len(item) <= MAX_DIGITS
    if not is_number or not 1 <= int(item) <= len(table):
        return None
    return _features(table, np.array([int(item) - 1]), crs)[0]


def _inside(table: gpd.GeoDataFrame, asked: ItemsQuery) -> Any:
    west, south, east, north = asked.bbox
    boxes: list[Any]
    if asked.bbox_crs == CRS84 and west > east:  # over the line of the date
        boxes = [shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)]
    else:
        boxes = [shapely.box(min(west, east), south, max(west, east), north)]
    if asked.bbox_crs == CRS84:
        boxes = [box for box in (_in_plane(one, table.crs) for one in boxes) if box is not None]
    shapes = table.geometry.to_numpy()
    return (
        np.any([shapely.intersects(shapes, box) for box in boxes], axis=0)
        if boxes
        else np.zeros(len(table), bool)
    )


def _in_plane(box: Any, plane: CRS) -> Any:
    """Return a box of degrees in a plane, its sides as bent as they are there.

    Of the whole earth a plane holds a part; what lies beyond it is left out.
    """
    bounds = CRS(plane).area_of_use
    near = box if bounds is None else shapely.intersection(box, shapely.box(*bounds.bounds).buffer(5.0))
    if near.is_empty:
        return None
    bent = transform(shapely.segmentize(near, max(near.length / 400, 1e-9)), WGS84, plane)
    corners = shapely.get_coordinates(bent)
    return shapely.make_valid(bent) if np.isfinite(corners).all() else None


def _features(table: pd.DataFrame, places: Any, crs: str) -> list[dict[str, Any]]:
    facts = to_builtin(table.iloc[places]).astype(object)
    records = facts.where(facts.notna(), None).to_dict("records")
    shapes: list[dict[str, Any] | None] = [None] * len(places)
    if isinstance(table, gpd.GeoDataFrame):
        found = table.geometry.to_numpy()[places]
        is_there = ~shapely.is_missing(found)
        for place, written in zip(
            np.flatnonzero(is_there), _written(found[is_there], table.crs, crs), strict=True
        ):
            shapes[int(place)] = written
    return [
        {
            "type": "Feature",
            "id": int(place) + 1,
            "properties": {str(key): value for key, value in record.items()},
            "geometry": shape,
        }
        for place, record, shape in zip(places, records, shapes, strict=True)
    ]


def _written(shapes: Any, plane: CRS, crs: str) -> list[dict[str, Any]]:
    in_degrees = crs == CRS84
    moved = transform(shapes, plane, WGS84) if in_degrees else shapes
    return geojson.geometries(
        shapely.orient_polygons(geojson.rounded(moved, DEGREES if in_degrees else METRES))
    )
