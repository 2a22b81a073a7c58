"""What every format is turned into before anything is decided: shapes as found, and their columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.errors import FileTooManyFeatures, FileTooManyVertices


@dataclass(frozen=True)
class Limits:
    """How much of one file is read; the defaults are those of a visitor's upload (sources.md 9.2).

    Examples
    --------
    >>> UPLOAD.most_features < TRUSTED.most_features
    True
    """

    most_features: int = 5_000
    most_vertices: int = 200_000
    most_mb: float = 25.0
    seconds: float = 10.0

    @property
    def most_values(self) -> int:
        """How many values a text can need: two numbers a corner, some columns a feature."""
        return 4 * self.most_vertices + 200 * self.most_features


UPLOAD = Limits()
"""A file from somebody we do not know."""

TRUSTED = Limits(most_features=1_000_000, most_vertices=20_000_000, most_mb=400.0, seconds=120.0)
"""A file the operator chose on the command line: large, still not allowed to run anything."""


@dataclass
class Layer:
    """One layer as found: nothing repaired beyond what a shape needs to exist, nothing left out.

    ``shapes[i]`` is absent where the numbers make no shape; ``faults[i]`` then says why, as a key.
    ``mended[i]`` names what had to be closed or dropped for the shape to exist. ``crs`` is what the file
    says, ``crs_proof`` how it says so; ``degrees_unless_said`` that the format means WGS 84 when it is
    silent.
    """

    name: str
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str | None] = field(default_factory=list)
    mended: list[str | None] = field(default_factory=list)
    crs: CRS | None = None
    crs_proof: str = "stated"
    degrees_unless_said: bool = False
    tool: str | None = None
    rows_in_all: int | None = None

    def add(self, made: "Made", row: dict[str, Any]) -> None:
        """Append one feature."""
        self.shapes.append(made.shape)
        self.faults.append(made.fault)
        self.mended.append(made.mended)
        self.rows.append(row)

    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order of first appearance."""
        return tuple(dict.fromkeys(chain.from_iterable(self.rows)))


@dataclass(frozen=True)
class Made:
    """A shape made of numbers, or the reason why there is none."""

    shape: BaseGeometry | None
    fault: str | None = None
    mended: str | None = None


@dataclass(frozen=True)
class Opened:
    """A file whose kind is known: which layers it has, and how to read one.

    ``read(layer, most)`` reads at most `most` features of a layer, all when ``None``.
    """

    format: str
    layers: tuple[str, ...]
    read: Callable[[str, int | None], Layer]


@dataclass(frozen=True)
class Source:
    """The file as it was handed over: its bytes on disk, the name it was given, and how much to read."""

    path: Path
    name: str
    limits: Limits


def counted(items: Iterable[Any], source: Source, most: int | None) -> Iterable[Any]:
    """Pass items on, refusing when there are more than the limit; stop quietly after `most`.

    Raises
    ------
    FileTooManyFeatures
    """
    for number, item in enumerate(items):
        if most is not None and number >= most:
            return
        if number >= source.limits.most_features:
            raise FileTooManyFeatures(name=source.name, most=source.limits.most_features)
        yield item


def check_vertices(layer: Layer, source: Source) -> None:
    """Refuse more corners than the limit.

    Raises
    ------
    FileTooManyVertices
    """
    corners = int(shapely.get_num_coordinates(layer.shapes).sum())
    if corners > source.limits.most_vertices:
        raise FileTooManyVertices(name=source.name, n=corners, most=source.limits.most_vertices)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Make names of layers unique by numbering repeats.

    Examples
    --------
    >>> unique_names(["a", "b", "a"])
    ('a', 'b', 'a (2)')
    """
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
