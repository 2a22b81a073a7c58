"""Areas for the screen: simplified together, borders kept once, a few kilobytes a layer.

Two areas that meet share one line, so no sliver opens between them however far the line is simplified. The
form is TopoJSON [1]_: every stretch of border is one arc of whole numbers, and an area is a list of arcs. For
display only; sums are made with the full shapes.

References
----------
.. [1] M. Bostock and C. Metcalf, The TopoJSON Format Specification (2017), github.com/topojson
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from geo import crs

Ring = NDArray[np.int64]
"""Points of a line on the whole-number grid, shape (n, 2); a ring repeats its first point."""


@dataclass(frozen=True)
class EncodedTopology:
    """Bytes ready to send: gzipped JSON and the tag that tells whether a browser has them already."""

    body: bytes
    etag: str


def encode(topology: Mapping[str, Any]) -> EncodedTopology:
    """Pack a topology for the wire.

    Examples
    --------
    >>> gzip.decompress(encode({"type": "Topology"}).body)
    b'{"type":"Topology"}'
    """
    plain = json.dumps(topology, separators=(",", ":"), ensure_ascii=False).encode()
    # Without a date in the header, equal contents are equal bytes.
    return EncodedTopology(
        gzip.compress(plain, compresslevel=9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    )


def build_topology(
    layers: Mapping[str, GeoDataFrame], *, tolerance_m: float = 0.0, step_m: float = 0.5
) -> dict[str, Any]:
    """Create one topology of a few tables.

    Parameters
    ----------
    layers
        Name of the object to its table in a metre plane; all columns but the geometry travel as properties
        and the index as ``id``.
    tolerance_m
        How far areas may be simplified, in metres; only for tables that are a coverage (areas that meet and
        do not overlap). 0 keeps every corner.
    step_m
        Step of the grid that points are rounded to, in metres.

    Returns
    -------
    dict
        A TopoJSON topology in degrees.

    Examples
    --------
    Two squares that share a side: the side is written once.

    >>> from geopandas import GeoDataFrame
    >>> boxes = [shapely.box(x, 480_000, x + 100, 480_100) for x in (150_000, 150_100)]
    >>> found = build_topology({"areas": GeoDataFrame(index=["a", "b"], geometry=boxes, crs=28992)})
    >>> len(found["arcs"]), [shape["id"] for shape in found["objects"]["areas"]["geometries"]]
    (3, ['a', 'b'])
    """
    shapes = {name: _degrees(table, tolerance_m) for name, table in layers.items()}
    grid = _Grid.around(shapes.values(), step_m)
    whole = {name: [grid.lines(shape) for shape in drawn] for name, drawn in shapes.items()}
    arcs = _Arcs(
        line
        for drawn in whole.values()
        for shape in drawn
        for kind, lines in shape
        for line in lines
        if kind != "Point"
    )
    objects = {
        name: {
            "type": "GeometryCollection",
            "geometries": [
                _geometry(shape, arcs) | {"id": str(key), "properties": facts}
                for shape, key, facts in zip(whole[name], table.index, _facts(table), strict=True)
            ],
        }
        for name, table in layers.items()
    }
    return {
        "type": "Topology",
        "transform": {"scale": list(grid.scale), "translate": list(grid.origin)},
        "objects": objects,
        "arcs": arcs.written(),
    }


def _degrees(table: GeoDataFrame, tolerance_m: float) -> NDArray[np.object_]:
    plane = np.asarray(table.geometry.array)
    if tolerance_m > 0 and len(plane):
        plane = shapely.coverage_simplify(plane, tolerance_m)
    return np.asarray(crs.to_wgs84(plane, crs=table.crs))


def _facts(table: GeoDataFrame) -> list[dict[str, Any]]:
    columns = table.drop(columns=table.geometry.name)
    records: list[dict[str, Any]] = columns.astype(object).where(columns.notna(), None).to_dict("records")
    return records


@dataclass(frozen=True)
class _Grid:
    """Whole numbers for degrees."""

    origin: tuple[float, float]
    scale: tuple[float, float]

    @classmethod
    def around(cls, shapes: Any, step_m: float) -> "_Grid":
        boxes = [shapely.total_bounds(drawn) for drawn in shapes if len(drawn)]
        west, south, _, north = (
            np.nanmin([b[:2] for b in boxes], axis=0).tolist()
            + (np.nanmax([b[2:] for b in boxes], axis=0).tolist())
            if boxes
            else (0.0, 0.0, 0.0, 0.0)
        )
        up = step_m / 111_320
        return cls((west, south), (up / max(0.1, float(np.cos(np.radians((south + north) / 2)))), up))

    def lines(self, shape: Any) -> list[tuple[str, list[Ring]]]:
        """Return the parts of a shape: its kind and its lines on the grid."""
        return [(part.geom_type, list(self._rings(part))) for part in shapely.get_parts(shape)]

    def _rings(self, part: Any) -> Iterator[Ring]:
        if part.geom_type == "Polygon":
            for ring in shapely.get_rings(part):
                found = self._whole(ring)
                # A hole or islet smaller than the grid has no shape left.
                if len(found) >= 4:
                    yield found
        else:
            yield self._whole(part)

    def _whole(self, line: Any) -> Ring:
        points = np.rint((shapely.get_coordinates(line) - self.origin) / self.scale).astype(np.int64)
        keep = np.ones(len(points), dtype=bool)
        keep[1:] = (points[1:] != points[:-1]).any(axis=1)
        return np.asarray(points[keep])


class _Arcs:
    """Every stretch between two forks, kept once whichever way it is walked."""

    def __init__(self, lines: Iterator[Ring]) -> None:
        self._forks = _forks(list(lines))
        self._number: dict[bytes, int] = {}
        self._points: list[Ring] = []

    def of(self, line: Ring) -> list[int]:
        """Return the arcs of a line; ``~n`` is arc n walked backwards."""
        return [self._keep(stretch) for stretch in self._cut(line)]

    def _cut(self, line: Ring) -> Iterator[Ring]:
        if len(line) < 2:
            yield np.vstack([line, line])[:2]
            return
        closed = len(line) > 3 and bool((line[0] == line[-1]).all())
        at = [place for place, point in enumerate(map(tuple, line.tolist())) if point in self._forks]
        if closed:
            # A ring starts where its borders fork, or at its lowest point: the same whoever walks it.
            start = at[0] if at else int(np.lexsort((line[:-1, 1], line[:-1, 0]))[0])
            line = np.vstack([line[start:-1], line[: start + 1]])
            at = [place for place, point in enumerate(map(tuple, line.tolist())) if point in self._forks]
        cuts = sorted({0, len(line) - 1, *at})
        for first, last in pairwise(cuts):
            yield line[first : last + 1]

    def _keep(self, stretch: Ring) -> int:
        known = self._number.get(stretch.tobytes())
        if known is not None:
            return known
        backwards = self._number.get(np.ascontiguousarray(stretch[::-1]).tobytes())
        if backwards is not None:
            return ~backwards
        self._number[stretch.tobytes()] = len(self._points)
        self._points.append(stretch)
        return len(self._points) - 1

    def written(self) -> list[list[list[int]]]:
        """Return the arcs as steps from point to point, as the format wants them."""
        return [np.vstack([points[:1], np.diff(points, axis=0)]).tolist() for points in self._points]


def _forks(lines: list[Ring]) -> set[tuple[int, int]]:
    """Points where lines part: more than two different neighbours, or the end of an open line."""
    steps = [(line[:-1], line[1:]) for line in lines if len(line) > 1]
    ends = {
        tuple(p)
        for line in lines
        if len(line) < 4 or (line[0] != line[-1]).any()
        for p in line[[0, -1]].tolist()
    }
    if not steps:
        return ends
    start, stop = np.vstack([s for s, _ in steps]), np.vstack([s for _, s in steps])
    pairs = np.unique(np.vstack([np.hstack([start, stop]), np.hstack([stop, start])]), axis=0)
    points, neighbours = np.unique(pairs[:, :2], axis=0, return_counts=True)
    return ends | {tuple(p) for p in points[neighbours != 2].tolist()}


def _geometry(shape: list[tuple[str, list[Ring]]], arcs: _Arcs) -> dict[str, Any]:
    kinds = {kind for kind, _ in shape}
    if kinds == {"Polygon"}:
        rings = [[arcs.of(ring) for ring in lines] for _, lines in shape if lines]
        return (
            {"type": "Polygon", "arcs": rings[0]}
            if len(rings) == 1
            else {"type": "MultiPolygon", "arcs": rings}
        )
    if kinds == {"LineString"}:
        lines = [arcs.of(line) for _, rings in shape for line in rings if len(line) > 1]
        return {"type": "MultiLineString", "arcs": lines}
    if kinds == {"Point"}:
        spots = [line[0].tolist() for _, lines in shape for line in lines]
        return (
            {"type": "Point", "coordinates": spots[0]}
            if len(spots) == 1
            else {"type": "MultiPoint", "coordinates": spots}
        )
    return {"type": None}
