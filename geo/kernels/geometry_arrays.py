"""Drawings and areas as plain arrays of coordinates, the form the compiled kernels read."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

CHUNK = 8192  # drawings at a time: some 20 MB of hand-drawn outlines, so memory stays the same for any number


@dataclass(frozen=True)
class Outlines:
    """Polygons as arrays: coordinates, where each ring starts, which rings belong to which polygon.

    Attributes
    ----------
    xy
        Coordinates in metres, float64 of shape (points, 2); each ring closed.
    ring_at
        Offset of each ring in `xy`, int64 of shape (rings + 1,).
    shape_at
        Offset of each shape in `ring_at`, int64 of shape (shapes + 1,).
    hole
        Whether a ring is a hole, bool of shape (rings,).
    """

    xy: NDArray[np.float64]
    ring_at: NDArray[np.int64]
    shape_at: NDArray[np.int64]
    hole: NDArray[np.bool_]

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> "Outlines":
        """Return polygons, with their parts and holes, as arrays.

        Parameters
        ----------
        shapes
            Polygons and multipolygons in a metre CRS; an empty one has no rings.

        Returns
        -------
        Outlines
            In the order of `shapes`.

        Raises
        ------
        ValueError
            When a shape is of a kind without area, such as a line.

        Examples
        --------
        >>> square = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
        >>> read = Outlines.of(np.array([square, shapely.Polygon()]))
        >>> read.ring_at.tolist(), read.shape_at.tolist(), read.hole.tolist()
        ([0, 5, 10], [0, 2, 2], [False, True])
        """
        shapes = np.asarray(shapes, dtype=object)
        if len(shapes) == 0:
            none = np.zeros(1, np.int64)
            return cls(np.empty((0, 2)), none, none, np.empty(0, bool))
        kind, xy, offsets = shapely.to_ragged_array(shapes, include_z=False)
        if kind == shapely.GeometryType.POLYGON:
            ring_at, part_at = (np.asarray(o, np.int64) for o in offsets)
            shape_at = part_at
        elif kind == shapely.GeometryType.MULTIPOLYGON:
            ring_at, part_at, shape_parts = (np.asarray(o, np.int64) for o in offsets)
            shape_at = part_at[shape_parts]
        else:
            raise ValueError(f"polygons are needed, these are of kind {kind.name}")
        hole = np.ones(len(ring_at) - 1, bool)
        hole[part_at[:-1][np.diff(part_at) > 0]] = False
        return cls(np.ascontiguousarray(xy, np.float64), ring_at, shape_at, hole)

    def __len__(self) -> int:
        """Return the number of shapes."""
        return len(self.shape_at) - 1

    def shape(self, number: int) -> Geometry:
        """Return one shape as a geometry, for the few that GEOS must compute.

        Parameters
        ----------
        number
            Number of the shape.

        Returns
        -------
        Geometry
            Polygon or MultiPolygon.

        Examples
        --------
        >>> Outlines.of(np.array([shapely.box(0, 0, 2, 1)])).shape(0).area
        2.0
        """
        parts: list[list[NDArray[np.float64]]] = []
        for ring in range(self.shape_at[number], self.shape_at[number + 1]):
            line = self.xy[self.ring_at[ring] : self.ring_at[ring + 1]]
            if self.hole[ring]:
                parts[-1].append(line)
            else:
                parts.append([line])
        return shapely.multipolygons([shapely.Polygon(shell, holes) for shell, *holes in parts])


def chunks(shapes: NDArray[np.object_], size: int = CHUNK) -> Iterator[tuple[int, NDArray[np.object_]]]:
    """Yield the shapes a chunk at a time, each with the number of its first.

    Parameters
    ----------
    shapes
        Array of any shapes.
    size
        Shapes in a chunk, from 1.

    Yields
    ------
    first
        Number of the first shape of the chunk.
    part
        The shapes of the chunk.

    Examples
    --------
    >>> [(first, len(part)) for first, part in chunks(np.empty(5, object), 2)]
    [(0, 2), (2, 2), (4, 1)]
    """
    for first in range(0, len(shapes), size):
        yield first, shapes[first : first + size]
