"""KML and GPX, read as a stream by a parser that follows no entity, no link and no endless nesting."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from geo.errors import (
    FileBroken,
    FileKindUnknown,
    FileNestsTooDeep,
    FileTooManyFeatures,
    FileTooManyValues,
    FileUnsafe,
)
from geo.errors import FileWithoutShapes as NoShapes
from layers.files.raw import Layer, Opened, Source
from layers.files.rivals import recognise
from layers.files.shapes import from_geojson

CHUNK = 4_000_000
DEEPEST = 64
"""Elements in elements; folders in folders in KML seldom pass ten."""

Geometry = dict[str, Any]


def local(tag: Any) -> str:
    """Give the name of an element without its namespace.

    Examples
    --------
    >>> local("{http://www.opengis.net/kml/2.2}Placemark")
    'Placemark'
    """
    return str(tag).rsplit("}", 1)[-1]


def open_markup(source: Source) -> Opened:
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
    layers: dict[str, Layer] = {}
    kind = ""
    try:
        for found, name, shape, row in _features(source):
            kind = found
            layer = layers.setdefault(name, Layer(name, degrees_unless_said=True))
            if len(layer.rows) >= source.limits.most_features:
                raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
            layer.add(from_geojson(shape), row)
    except DefusedXmlException as problem:
        raise FileUnsafe(name=source.name, part="<!DOCTYPE>") from problem
    except (ParseError, UnicodeError, LookupError) as problem:
        raise FileBroken(name=source.name, format="XML") from problem
    if not layers:
        raise NoShapes(name=source.name)
    for layer in layers.values():
        layer.tool = recognise(layer.columns())
    return Opened(kind, tuple(layers), lambda name, _: layers[name])


def _check_tags(source: Source) -> None:
    """Refuse more tags than shapes and columns can need, before a parser makes objects of them."""
    tags, most = 0, source.limits.most_values
    with source.path.open("rb") as file:
        while piece := file.read(CHUNK):
            tags += piece.count(b"<")
            if tags > most:
                raise FileTooManyValues(name=source.name, most=most)


def _features(source: Source) -> Iterator[tuple[str, str, Geometry | None, dict[str, Any]]]:
    above: list[Element] = []
    names: list[str] = []
    for event, element in iterparse(source.path, events=("start", "end"), forbid_dtd=True):
        tag = local(element.tag)
        if event == "start":
            if not above and tag not in ("kml", "gpx"):
                raise FileKindUnknown(name=source.name)
            above.append(element)
            names.append(names[-1] if names else "")
            if len(above) > DEEPEST:
                raise FileNestsTooDeep(name=source.name, most=DEEPEST)
            continue
        above.pop()
        names.pop()
        if not above:
            return
        parent = local(above[-1].tag)
        if tag == "name" and parent in ("Folder", "Document"):
            names[-1] = (element.text or "").strip()
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
    for told in placemark.iter():
        key = told.get("name")
        if key and local(told.tag) == "Data":
            row[key] = _text(told, "value")
        elif key and local(told.tag) == "SimpleData":
            row[key] = (told.text or "").strip()
    return row


KML_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def _kml_shape(element: Element) -> Geometry | None:
    found = [_kml_one(child) for child in _children(element, *KML_SHAPES)]
    if len(found) < 2:
        return found[0] if found else None
    return {"type": "GeometryCollection", "geometries": found}


def _kml_one(element: Element) -> Geometry:
    kind = local(element.tag)
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
    """Give positions as texts; that they are numbers is seen to where shapes are made."""
    return [place.split(",")[:2] for place in _text(element, "coordinates").split()]


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
