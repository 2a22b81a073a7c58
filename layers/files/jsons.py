"""The JSON family, read with Python's own parser, never with GDAL: GeoJSON old and new, Esri JSON, uMap."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS

from geo.errors import (
    FileBroken,
    FileKindUnknown,
    FileLayerUnknown,
    FileNestsTooDeep,
    FileTooManyValues,
    FileWithoutShapes,
)
from layers.files.place import by_name, turn
from layers.files.raw import Layer, Opened, Source, counted, unique_names
from layers.files.rivals import recognise
from layers.files.shapes import from_esri, many_from_geojson

DEEPEST = 64
"""Levels of brackets; GeoJSON needs seven, uMap ten, honest properties a few more."""
CHUNK = 4_000_000
GEOMETRIES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"
}  # fmt: skip
_OTHER_THAN_SIGNS = bytes(set(range(256)) - set(b'[]{}",'))


def check_structure(path: Path, name: str, most_values: int) -> None:
    """Refuse brackets in brackets without end, and millions of nothings, before a parser makes objects.

    Reads the file in pieces, so a bomb costs the memory of one piece.

    Raises
    ------
    FileNestsTooDeep, FileTooManyValues
    """
    depth, in_text, values, held = 0, 0, 0, b""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            piece = held + piece
            tail = len(piece) - len(piece.rstrip(b"\\"))
            held, piece = (piece[-tail:], piece[:-tail]) if tail else (b"", piece)
            if b"\\" in piece:
                piece = re.sub(rb"\\.", b"", piece, flags=re.DOTALL)
            signs = np.frombuffer(piece.translate(None, _OTHER_THAN_SIGNS), dtype=np.uint8)
            if not len(signs):
                continue
            quotes = signs == ord('"')
            inside = (np.cumsum(quotes, dtype=np.int64) + in_text) % 2 == 1
            opens = (signs == ord("[")) | (signs == ord("{"))
            commas = signs == ord(",")
            steps = np.where(opens, 1, -1)
            steps[quotes | inside | commas] = 0
            depths = depth + np.cumsum(steps)
            if depths.max() > DEEPEST:
                raise FileNestsTooDeep(name=name, most=DEEPEST)
            values += int(((opens | commas) & ~inside).sum())
            if values > most_values:
                raise FileTooManyValues(name=name, most=most_values)
            depth, in_text = int(depths[-1]), int(inside[-1])


def load(source: Source) -> Any:
    """Parse the file, after its structure was checked.

    Raises
    ------
    FileNestsTooDeep, FileTooManyValues, FileBroken
    """
    check_structure(source.path, source.name, source.limits.most_values)
    data = source.path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            break
    raise FileBroken(name=source.name, format="JSON")


def open_json(source: Source) -> Opened:
    """Find out which member of the family the file is, and its layers.

    Raises
    ------
    FileKindUnknown
        It is JSON and says nothing of where.
    FileWithoutShapes
        A plan that names units of a map we do not have.
    """
    found = load(source)
    stem = Path(source.name).stem or "layer"
    if isinstance(found, dict) and isinstance(found.get("layers"), list) and found.get("type") == "umap":
        return _umap(found, source)
    if isinstance(found, dict) and _is_esri(found):
        return Opened("esri_json", (stem,), lambda _, most: _esri(found, source, stem, most))
    found = _collection(found, source)
    crs_of_places = by_name(found["coordRefSys"]) if isinstance(found.get("coordRefSys"), str) else None
    has_places = any(_is(item, "Feature") and item.get("place") for item in found["features"])
    name = found["name"] if isinstance(found.get("name"), str) and found["name"] else stem

    def read(_: str, most: int | None) -> Layer:
        if has_places and crs_of_places is not None:
            return _places(found, source, name, crs_of_places, most)
        return _features(found["features"], source, name, old_crs(found.get("crs")), most)

    return Opened("json_fg" if has_places else "geojson", (name,), read)


def _collection(found: Any, source: Source) -> dict[str, Any]:
    """Give a feature collection for all that GeoJSON may be: a list, a feature, a bare geometry."""
    if isinstance(found, list) and found and all(_is(item, "Feature") for item in found):
        return {"type": "FeatureCollection", "features": found}
    if not isinstance(found, dict):
        raise FileKindUnknown(name=source.name)
    if {"assignment", "parts"} <= found.keys():  # a plan of Districtr 1: names of units, no shapes
        raise FileWithoutShapes(name=source.name)
    if found.get("type") in GEOMETRIES:
        return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": found}]}
    if found.get("type") == "Feature":
        return {**found, "type": "FeatureCollection", "features": [found]}
    if found.get("type") != "FeatureCollection" or not isinstance(found.get("features"), list):
        raise FileKindUnknown(name=source.name)
    return found


def _is(item: Any, kind: str) -> bool:
    return isinstance(item, dict) and item.get("type") == kind


def old_crs(member: Any) -> CRS | None:
    """Read the ``crs`` member that GeoJSON had before 2016; links are never followed.

    Examples
    --------
    >>> old_crs({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}).to_epsg()
    28992
    >>> old_crs({"type": "link", "properties": {"href": "http://x/"}}) is None
    True
    """
    if not isinstance(member, dict) or not isinstance(member.get("properties"), dict):
        return None
    told = member["properties"].get("name", member["properties"].get("code"))
    return None if told is None else by_name(told)


def _geometry(feature: dict[str, Any]) -> str:
    """Write a geometry again with its type first and without what else people put in it."""
    shape = feature.get("geometry")
    if isinstance(shape, dict) and shape.get("type") != "GeometryCollection":
        shape = {"type": shape.get("type"), "coordinates": shape.get("coordinates")}
    return json.dumps(shape)


def _row(feature: dict[str, Any]) -> dict[str, Any]:
    told = feature.get("properties")
    row = {str(key): value for key, value in told.items()} if isinstance(told, dict) else {}
    if isinstance(feature.get("id"), str | int) and "id" not in row:
        row = {"id": feature["id"], **row}
    return row


def _features(items: list[Any], source: Source, name: str, crs: CRS | None, most: int | None) -> Layer:
    layer = Layer(name, crs=crs, degrees_unless_said=True, rows_in_all=len(items))
    some = [item if isinstance(item, dict) else {} for item in counted(items, source, most)]
    for item, made in zip(some, many_from_geojson([_geometry(item) for item in some]), strict=True):
        layer.add(made, _row(item))
    layer.tool = recognise(layer.columns())
    return layer


def _places(found: dict[str, Any], source: Source, name: str, crs: CRS, most: int | None) -> Layer:
    """Read JSON-FG: ``place`` is the shape in the stated system, ``geometry`` one in degrees or nothing."""
    items = [{**item, "geometry": item.get("place") or item.get("geometry")} for item in found["features"]]
    layer = _features(items, source, name, crs, most)
    if crs.is_geographic and crs.axis_info[0].direction == "north":
        layer.shapes = list(turn(np.array(layer.shapes, dtype=object)))
    return layer


def _is_esri(found: dict[str, Any]) -> bool:
    features = found.get("features")
    if not isinstance(features, list):
        return False
    if str(found.get("geometryType", "")).startswith("esri"):
        return True
    return bool(features) and isinstance(features[0], dict) and "attributes" in features[0]


def _esri(found: dict[str, Any], source: Source, name: str, most: int | None) -> Layer:
    system = found.get("spatialReference") or {}
    features = [item for item in found["features"] if isinstance(item, dict)]
    if not system and features and isinstance(features[0].get("geometry"), dict):
        system = features[0]["geometry"].get("spatialReference") or {}
    codes = [system.get("latestWkid"), system.get("wkid")] if isinstance(system, dict) else []
    # 102100 is the old number of web mercator in this family
    named = [by_name(3857 if code in (102100, 102113) else code) for code in codes if code is not None]
    crs = next((one for one in named if one is not None), None)
    layer = Layer(name, crs=crs, rows_in_all=len(found["features"]))
    for item in counted(found["features"], source, most):
        told = item.get("attributes") if isinstance(item, dict) else None
        row = {str(key): value for key, value in told.items()} if isinstance(told, dict) else {}
        layer.add(from_esri(item.get("geometry") if isinstance(item, dict) else None), row)
    layer.tool = recognise(layer.columns())
    return layer


def _umap(found: dict[str, Any], source: Source) -> Opened:
    parts = [
        part for part in found["layers"] if isinstance(part, dict) and isinstance(part.get("features"), list)
    ]
    options = [part.get("properties") or part.get("_umap_options") or {} for part in parts]
    names = unique_names(
        [str(told.get("name") or f"layer {n}") for n, told in enumerate(options, 1) if isinstance(told, dict)]
    )
    if len(names) != len(parts) or not parts:
        raise FileBroken(name=source.name, format="uMap")

    def read(layer_name: str, most: int | None) -> Layer:
        if layer_name not in names:
            raise FileLayerUnknown(name=source.name, layer=layer_name, layers=", ".join(names))
        layer = _features(parts[names.index(layer_name)]["features"], source, layer_name, None, most)
        layer.tool = "umap"
        for row in layer.rows:
            row.pop("_umap_options", None)
        return layer

    return Opened("umap", names, read)
