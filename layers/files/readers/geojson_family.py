"""The JSON family, read with Python's own parser, never with GDAL: GeoJSON old and new, Esri JSON, uMap."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS

from geo.errors import (
    FileBroken,
    FileIsServiceError,
    FileKindUnknown,
    FileLayerUnknown,
    FileNestsTooDeep,
    FileTooManyValues,
    FileWithoutShapes,
)
from layers.files.detection.crs import parse_crs_name, swap_axes
from layers.files.geometry_parsing import from_esri, many_from_geojson
from layers.files.models import DetectedFile, RawLayer, UploadedFile, limit_count, unique_names
from layers.files.readers.json_dialects import parse
from layers.files.sandbox.runner import list_layers, read_in_sandbox
from layers.files.survey_tools import detect_tool

MAX_DEPTH = 64
"""Levels of brackets; GeoJSON needs seven, uMap ten, honest properties a few more."""
CHUNK = 4_000_000
GEOMETRIES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"
}  # fmt: skip
BY_LOWER = {kind.lower(): kind for kind in GEOMETRIES}
KNOWN_TYPES = GEOMETRIES | {"Feature", "FeatureCollection", "Topology"}
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
            if depths.max() > MAX_DEPTH:
                raise FileNestsTooDeep(name=name, most=MAX_DEPTH)
            values += int(((opens | commas) & ~inside).sum())
            if values > most_values:
                raise FileTooManyValues(name=name, most=most_values)
            depth, in_text = int(depths[-1]), int(inside[-1])


def load(source: UploadedFile) -> Any:
    """Parse the file, after its structure was checked.

    Raises
    ------
    FileNestsTooDeep, FileTooManyValues, FileBroken
    """
    check_structure(source.path, source.name, source.limits.most_values)
    text = decoded(source)
    try:
        return parse(text)
    except (ValueError, RecursionError) as problem:
        raise FileBroken(name=source.name, format="JSON") from problem


def decoded(source: UploadedFile) -> str:
    """Return the text of a file: UTF-16 only by its mark or its noughts, else UTF-8, else Windows letters.

    Raises
    ------
    FileBroken
    """
    data = source.path.read_bytes()
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        if b"\x00" in data[:4]:
            return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be")
    except UnicodeError as problem:
        raise FileBroken(name=source.name, format="JSON") from problem
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    return data.decode("latin-1")


def open_json(source: UploadedFile) -> DetectedFile:
    """Find out which member of the family the file is, and its layers.

    Raises
    ------
    FileKindUnknown
        It is JSON and says nothing of where.
    FileWithoutShapes
        A plan that names units of a map we do not have.
    """
    found = unwrapped(load(source), source)
    stem = Path(source.name).stem or "layer"
    if isinstance(found, dict) and found.get("type") == "Topology":
        return _open_topojson(source)
    if isinstance(found, dict) and isinstance(found.get("layers"), list) and found.get("type") == "umap":
        return _umap(found, source)
    if isinstance(found, dict) and _is_esri(found):
        return DetectedFile("esri_json", (stem,), lambda _, most: _esri(found, source, stem, most))
    found = _collection(found, source)
    crs_of_places = (
        parse_crs_name(found["coordRefSys"]) if isinstance(found.get("coordRefSys"), str) else None
    )
    ours = _own_layers(found)
    if ours:
        return DetectedFile(
            "geojson",
            tuple(ours),
            lambda wanted, most: _features(ours[wanted], source, wanted, None, most),
        )
    has_places = any(_is(item, "Feature") and item.get("place") for item in found["features"])
    name = found["name"] if isinstance(found.get("name"), str) and found["name"] else stem

    def read(_: str, most: int | None) -> RawLayer:
        if has_places and crs_of_places is not None:
            return _places(found, source, name, crs_of_places, most)
        return _features(found["features"], source, name, old_crs(found.get("crs")), most)

    return DetectedFile("json_fg" if has_places else "geojson", (name,), read)


def unwrapped(found: Any, source: UploadedFile) -> Any:
    """Return what an answer of an interface holds: the one map in it, or the map of OpenStreetMap's elements.

    Raises
    ------
    FileIsServiceError
        It says what went wrong, and holds no map.
    """
    if (
        not isinstance(found, dict)
        or found.get("type") in KNOWN_TYPES
        or isinstance(found.get("layers"), list)
    ):
        return found
    if isinstance(found.get("elements"), list):
        return of_elements(found["elements"])
    if isinstance(found.get("features"), list):
        return found if _is_esri(found) else {**found, "type": "FeatureCollection"}
    inner = [
        one
        for value in found.values()
        for one in (value, *(value.values() if isinstance(value, dict) else ()))
        if isinstance(one, dict) and isinstance(one.get("features"), list)
    ]
    if len(inner) == 1:
        return unwrapped(inner[0], source)
    if found.get("error") or found.get("exception"):
        raise FileIsServiceError(name=source.name)
    return found


def of_elements(elements: list[Any]) -> dict[str, Any]:
    """Return the nodes and ways of OpenStreetMap that carry a place as features; a closed way is an area.

    Examples
    --------
    >>> of_elements([{"type": "node", "lat": 52, "lon": 4, "tags": {"amenity": "bench"}}])["features"][0][
    ...     "properties"
    ... ]
    {'amenity': 'bench'}
    """
    spots = {one.get("id"): one for one in elements if isinstance(one, dict) and one.get("type") == "node"}
    features = []
    for one in elements:
        if not isinstance(one, dict) or not isinstance(one.get("tags"), dict):
            continue
        shape: dict[str, Any] | None = None
        if one.get("type") == "node":
            shape = {"type": "Point", "coordinates": [one.get("lon"), one.get("lat")]}
        elif one.get("type") == "way":
            ends = one.get("geometry") or [spots.get(node, {}) for node in one.get("nodes", [])]
            line = [[end.get("lon"), end.get("lat")] for end in ends if isinstance(end, dict)]
            closed = len(line) > 3 and line[0] == line[-1]
            shape = {"type": "Polygon" if closed else "LineString", "coordinates": [line] if closed else line}
        elif isinstance(one.get("center"), dict):
            shape = {"type": "Point", "coordinates": [one["center"].get("lon"), one["center"].get("lat")]}
        features.append({"type": "Feature", "properties": one["tags"], "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def _open_topojson(source: UploadedFile) -> DetectedFile:
    """Open TopoJSON: its arcs are put together by GDAL, in the child."""
    names = list_layers(source, driver="TopoJSON")

    def read(wanted: str, most: int | None) -> RawLayer:
        layer = read_in_sandbox(source, source.path, driver="TopoJSON", layer=wanted, most=most)
        layer.degrees_unless_said = True
        return layer

    return DetectedFile("topojson", names, read)


def _collection(found: Any, source: UploadedFile) -> dict[str, Any]:
    """Return a feature collection for all that GeoJSON may be: a list, a feature, a bare geometry."""
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


def _own_layers(found: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the tables of an export of our own, of which GeoJSON has one list; nothing for any other file.

    Only with our account of where each table comes from: a column `layer` alone is what QGIS writes when somebody
    wants several layers to be one.
    """
    if not isinstance(found.get("provenance"), list):
        return {}
    layers: dict[str, list[Any]] = {}
    for item in found["features"]:
        facts = item.get("properties") if isinstance(item, dict) else None
        name = facts.pop("layer", None) if isinstance(facts, dict) else None
        if not isinstance(name, str):
            return {}
        layers.setdefault(name, []).append(item)
    return layers


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
    stated = member["properties"].get("name", member["properties"].get("code"))
    return None if stated is None else parse_crs_name(stated)


def _geometry(feature: dict[str, Any]) -> str:
    """Write a geometry again with its type first and without what else people put in it."""
    shape = feature.get("geometry")
    if isinstance(shape, dict) and shape.get("type") != "GeometryCollection":
        kind = shape.get("type")
        kind = BY_LOWER.get(kind.lower(), kind) if isinstance(kind, str) else kind
        shape = {"type": kind, "coordinates": shape.get("coordinates")}
    return json.dumps(shape)


def _row(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    row = {str(key): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    if isinstance(feature.get("id"), str | int) and "id" not in row:
        row = {"id": feature["id"], **row}
    return row


def _features(
    items: list[Any], source: UploadedFile, name: str, crs: CRS | None, most: int | None
) -> RawLayer:
    layer = RawLayer(name, crs=crs, degrees_unless_said=True, rows_in_all=len(items))
    some = [item if isinstance(item, dict) else {} for item in limit_count(items, source, most)]
    for item, made in zip(some, many_from_geojson([_geometry(item) for item in some]), strict=True):
        layer.add(made, _row(item))
    layer.tool = detect_tool(layer.columns())
    return layer


def _places(found: dict[str, Any], source: UploadedFile, name: str, crs: CRS, most: int | None) -> RawLayer:
    """Read JSON-FG: ``place`` is the shape in the stated system, ``geometry`` one in degrees or nothing."""
    items = [{**item, "geometry": item.get("place") or item.get("geometry")} for item in found["features"]]
    layer = _features(items, source, name, crs, most)
    if crs.is_geographic and crs.axis_info[0].direction == "north":
        layer.shapes = list(swap_axes(np.array(layer.shapes, dtype=object)))
    return layer


def _is_esri(found: dict[str, Any]) -> bool:
    features = found.get("features")
    if not isinstance(features, list):
        return False
    if str(found.get("geometryType", "")).startswith("esri"):
        return True
    return bool(features) and isinstance(features[0], dict) and "attributes" in features[0]


def _esri(found: dict[str, Any], source: UploadedFile, name: str, most: int | None) -> RawLayer:
    system = found.get("spatialReference") or {}
    features = [item for item in found["features"] if isinstance(item, dict)]
    if not system and features and isinstance(features[0].get("geometry"), dict):
        system = features[0]["geometry"].get("spatialReference") or {}
    codes = [system.get("latestWkid"), system.get("wkid")] if isinstance(system, dict) else []
    # 102100 is the old number of web mercator in this family
    named = [parse_crs_name(3857 if code in (102100, 102113) else code) for code in codes if code is not None]
    crs = next((one for one in named if one is not None), None)
    layer = RawLayer(name, crs=crs, rows_in_all=len(found["features"]))
    for item in limit_count(found["features"], source, most):
        attributes = item.get("attributes") if isinstance(item, dict) else None
        row = {str(key): value for key, value in attributes.items()} if isinstance(attributes, dict) else {}
        layer.add(from_esri(item.get("geometry") if isinstance(item, dict) else None), row)
    layer.tool = detect_tool(layer.columns())
    return layer


def _umap(found: dict[str, Any], source: UploadedFile) -> DetectedFile:
    parts = [
        part for part in found["layers"] if isinstance(part, dict) and isinstance(part.get("features"), list)
    ]
    options = [part.get("properties") or part.get("_umap_options") or {} for part in parts]
    names = unique_names(
        [
            str(options_of_layer.get("name") or f"layer {n}")
            for n, options_of_layer in enumerate(options, 1)
            if isinstance(options_of_layer, dict)
        ]
    )
    if len(names) != len(parts) or not parts:
        raise FileBroken(name=source.name, format="uMap")

    def read(layer_name: str, most: int | None) -> RawLayer:
        if layer_name not in names:
            raise FileLayerUnknown(name=source.name, layer=layer_name, layers=", ".join(names))
        layer = _features(parts[names.index(layer_name)]["features"], source, layer_name, None, most)
        layer.tool = "umap"
        for row in layer.rows:
            row.pop("_umap_options", None)
        return layer

    return DetectedFile("umap", names, read)
