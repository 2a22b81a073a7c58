"""KML and GPX, read as a stream by a parser that follows no entity, no link and no endless nesting."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from geo.errors import (
    FileBroken,
    FileIsLinkOnly,
    FileKindUnknown,
    FileNestsTooDeep,
    FileTooManyFeatures,
    FileTooManyValues,
    FileUnsafe,
)
from geo.errors import FileWithoutShapes as NoShapes
from layers.files.geometry_parsing import from_geojson
from layers.files.models import DetectedFile, RawLayer, UploadedFile
from layers.files.sandbox.runner import list_layers, read_in_sandbox
from layers.files.survey_tools import detect_tool

CHUNK = 4_000_000
HEAD = 8_192
MAX_LOOKED_FOR_NAMES = 2_000_000
GML_OWN = ("gml_id", "lowerCorner", "upperCorner", "fid")
"""Columns that GML has of itself."""
MAX_DEPTH = 64
"""Elements in elements; folders in folders in KML seldom pass ten."""

Geometry = dict[str, Any]


def local(tag: Any) -> str:
    """Return the name of an element without its namespace.

    Examples
    --------
    >>> local("{http://www.opengis.net/kml/2.2}Placemark")
    'Placemark'
    """
    return str(tag).rsplit("}", 1)[-1]


def open_markup(source: UploadedFile) -> DetectedFile:
    """Read a KML or GPX file; each folder with something in it, and each kind of GPX, is a layer.

    Raises
    ------
    FileKindUnknown
        Any other XML; it is not read further than its first element.
    FileUnsafe
        It declares entities or a document type.
    FileNestsTooDeep, FileBroken, FileTooManyFeatures, FileTooManyValues, FileWithoutShapes
    """
    _check_tags(source)
    if is_gml(source):
        return open_gml(source)
    try:
        return _layers_of(source)
    except ParseError as problem:
        corrected = _with_names_and_letters(source)
        if corrected is None:
            raise FileBroken(name=source.name, format="XML") from problem
    try:
        return _layers_of(corrected)
    except ParseError as problem:
        raise FileBroken(name=source.name, format="XML") from problem


def _layers_of(source: UploadedFile) -> DetectedFile:
    layers: dict[str, RawLayer] = {}
    kind = ""
    links: list[bool] = []
    try:
        for found, name, shape, row in _features(source, links):
            kind = found
            layer = layers.setdefault(name, RawLayer(name, degrees_unless_said=True))
            if len(layer.rows) >= source.limits.most_features:
                raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
            layer.add(from_geojson(shape), row)
    except DefusedXmlException as problem:
        raise FileUnsafe(name=source.name, part="<!DOCTYPE>") from problem
    except (UnicodeError, LookupError) as problem:
        raise FileBroken(name=source.name, format="XML") from problem
    if not layers:
        raise FileIsLinkOnly(name=source.name) if links else NoShapes(name=source.name)
    for layer in layers.values():
        layer.tool = detect_tool(layer.columns())
    return DetectedFile(kind, tuple(layers), lambda name, _: layers[name])


def _with_names_and_letters(source: UploadedFile) -> UploadedFile | None:
    """Write a copy in which every prefix is declared and Windows letters are UTF-8; ``None`` for no change.

    Google Earth opens such files too.
    """
    data = source.path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = re.sub(r'^(<\?xml[^>]*?)encoding="[^"]*"', r"\1", data.decode("cp1252", "replace"))
    used = set(re.findall(r"[<\s/]([A-Za-z_][\w.-]{0,30}):[A-Za-z_]", text[:MAX_LOOKED_FOR_NAMES]))
    known = set(re.findall(r"xmlns:([A-Za-z_][\w.-]*)", text[:MAX_LOOKED_FOR_NAMES])) | {"xml", "xmlns"}
    names = "".join(f' xmlns:{name}="urn:x-{name}"' for name in sorted(used - known))
    text = re.sub(r"<(kml|gpx)\b", rf"<\1{names}", text, count=1)
    written = text.encode()
    if written == data:
        return None
    path = source.path.with_name(f"{source.path.name}-named")
    path.write_bytes(written)
    return replace(source, path=path)


def is_gml(source: UploadedFile) -> bool:
    """Return whether the first element of a file is one of GML."""
    with source.path.open("rb") as file:
        head = file.read(HEAD)
    root = re.search(rb"<(?![?!])[^>]*>", head)
    return root is not None and (b"opengis.net/gml" in root[0] or b"CityModel" in root[0])


def open_gml(source: UploadedFile) -> DetectedFile:
    """Open GML with GDAL in the child, without its schema: that may lie anywhere.

    Raises
    ------
    FileUnsafe
        It declares entities or a document type.
    FileBroken, FileReadTooLong
    """
    data = source.path.read_bytes()
    if b"\x00" in data[:HEAD] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise FileUnsafe(name=source.name, part="<!DOCTYPE>")
    path = source.path.with_name(f"{source.path.name}.gml")
    path.write_bytes(
        data.replace(b"schemaLocation", b"schemaLocated_").replace(b"SchemaLocation", b"SchemaLocated_")
    )
    part = replace(source, path=path)
    names = list_layers(part, driver="GML")

    def read(wanted: str, most: int | None) -> RawLayer:
        layer = read_in_sandbox(part, path, driver="GML", layer=wanted, most=most)
        for row in layer.rows:
            for column in GML_OWN:
                row.pop(column, None)
        layer.tool = detect_tool(layer.columns())
        return layer

    return DetectedFile("gml", names, read)


def _check_tags(source: UploadedFile) -> None:
    """Refuse more tags than shapes and columns can need, before a parser makes objects of them."""
    tags, most = 0, source.limits.most_values
    with source.path.open("rb") as file:
        while piece := file.read(CHUNK):
            tags += piece.count(b"<")
            if tags > most:
                raise FileTooManyValues(name=source.name, most=most)


def _features(
    source: UploadedFile, links: list[bool]
) -> Iterator[tuple[str, str, Geometry | None, dict[str, Any]]]:
    above: list[Element] = []
    names: list[str] = []
    for event, element in iterparse(source.path, events=("start", "end"), forbid_dtd=True):
        tag = local(element.tag)
        if event == "start":
            if not above and tag not in ("kml", "gpx"):
                raise FileKindUnknown(name=source.name)
            above.append(element)
            names.append(names[-1] if names else "")
            if len(above) > MAX_DEPTH:
                raise FileNestsTooDeep(name=source.name, most=MAX_DEPTH)
            continue
        above.pop()
        names.pop()
        if not above:
            return
        parent = local(above[-1].tag)
        if tag == "name" and parent in ("Folder", "Document"):
            names[-1] = (element.text or "").strip()
        elif tag == "NetworkLink":
            links.append(True)
        elif tag == "Placemark":
            yield "kml", names[-1] or "placemarks", _kml_shape(element), _kml_row(element)
            element.clear()
        elif parent == "gpx" and tag in GPX:
            yield "gpx", *_gpx(element, tag)
            element.clear()


def _children(element: Element, *names: str) -> list[Element]:
    return [child for child in element if local(child.tag) in names]


def _text(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")


def _kml_row(placemark: Element) -> dict[str, Any]:
    row: dict[str, Any] = {name: text for name in ("name", "description") if (text := _text(placemark, name))}
    if placemark.get("id"):
        row["id"] = placemark.get("id")
    for data in placemark.iter():
        key = data.get("name")
        if key and local(data.tag) == "Data":
            row[key] = _text(data, "value")
        elif key and local(data.tag) == "SimpleData":
            row[key] = (data.text or "").strip()
    return row


KML_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack")


def _kml_shape(element: Element) -> Geometry | None:
    found = [_kml_one(child) for child in _children(element, *KML_SHAPES)]
    if len(found) < 2:
        return found[0] if found else None
    return {"type": "GeometryCollection", "geometries": found}


def _kml_one(element: Element) -> Geometry:
    kind = local(element.tag)
    if kind == "Track":
        places = [(spot.text or "").split()[:2] for spot in _children(element, "coord")]
        return {"type": "LineString", "coordinates": places}
    if kind == "MultiTrack":
        tracks = [_kml_one(child)["coordinates"] for child in _children(element, "Track")]
        return {"type": "MultiLineString", "coordinates": tracks}
    if kind == "MultiGeometry":
        parts = [_kml_one(child) for child in _children(element, *KML_SHAPES)]
        return {"type": "GeometryCollection", "geometries": parts}
    if kind == "Polygon":
        rings = [
            _numbers(ring)
            for side in ("outerBoundaryIs", "innerBoundaryIs")
            for boundary in _children(element, side)
            for ring in _children(boundary, "LinearRing")
        ]
        return {"type": "Polygon", "coordinates": rings}
    places = _numbers(element)
    if kind == "Point":
        return {"type": "Point", "coordinates": places[0] if places else []}
    return {"type": "LineString", "coordinates": places}


def _numbers(element: Element) -> list[list[str]]:
    """Return positions as texts; that they are numbers is seen to where shapes are made."""
    text = re.sub(r"\s*,\s*", ",", _text(element, "coordinates"))
    return [place.split(",")[:2] for place in text.split()]


GPX = {"wpt": "waypoints", "trk": "tracks", "rte": "routes"}


def _gpx(element: Element, tag: str) -> tuple[str, Geometry, dict[str, Any]]:
    row: dict[str, Any] = {name: text for name in ("name", "desc", "type") if (text := _text(element, name))}
    if tag == "wpt":
        return GPX[tag], {"type": "Point", "coordinates": _lonlat(element)}, row
    if tag == "rte":
        return GPX[tag], {"type": "LineString", "coordinates": _places(element, "rtept")}, row
    parts = [_places(part, "trkpt") for part in _children(element, "trkseg")]
    return GPX[tag], {"type": "MultiLineString", "coordinates": parts}, row


def _lonlat(element: Element) -> list[str | None]:
    return [element.get("lon"), element.get("lat")]


def _places(element: Element, tag: str) -> list[list[str | None]]:
    return [_lonlat(point) for point in _children(element, tag)]
