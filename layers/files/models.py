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
class FileLimits:
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


UPLOAD = FileLimits()
"""A file from somebody we do not know."""

TRUSTED = FileLimits(most_features=1_000_000, most_vertices=20_000_000, most_mb=400.0, seconds=120.0)
"""A file the operator chose on the command line: large, still not allowed to run anything."""


@dataclass
class RawLayer:
    """One layer as found: nothing repaired beyond what a shape needs to exist, nothing left out.

    ``shapes[i]`` is absent where the numbers make no shape; ``faults[i]`` then says why, as a key.
    ``repaired[i]`` names what had to be closed or dropped for the shape to exist. ``crs`` is what the file
    says, ``crs_proof`` how it says so; ``degrees_unless_said`` that the format means WGS 84 when it is
    silent.
    """

    name: str
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str | None] = field(default_factory=list)
    repaired: list[str | None] = field(default_factory=list)
    crs: CRS | None = None
    crs_proof: str = "stated"
    degrees_unless_said: bool = False
    tool: str | None = None
    rows_in_all: int | None = None
    facts: dict[int, dict[str, object]] = field(default_factory=dict)
    """Facts for the sentence of a fault, by the place of the row."""
    warnings: list[str] = field(default_factory=list)

    def add(self, made: "ParsedGeometry", row: dict[str, Any]) -> None:
        """Append one feature."""
        self.shapes.append(made.shape)
        self.faults.append(made.fault)
        self.repaired.append(made.repaired)
        self.rows.append(row)

    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order of first appearance."""
        return tuple(dict.fromkeys(chain.from_iterable(self.rows)))


@dataclass(frozen=True)
class ParsedGeometry:
    """A shape made of numbers, or the reason why there is none."""

    shape: BaseGeometry | None
    fault: str | None = None
    repaired: str | None = None


@dataclass(frozen=True)
class DetectedFile:
    """A file whose kind is known: which layers it has, and how to read one.

    ``read(layer, most)`` reads at most `most` features of a layer, all when ``None``. ``not_read`` names what
    else the file holds and why it is not read, as a key; ``warnings`` are keys too.
    """

    format: str
    layers: tuple[str, ...]
    read: Callable[[str, int | None], RawLayer]
    not_read: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableHints:
    """What somebody says of a table: the columns of the place, and in which row the names stand (from 1).

    ``placeless`` says that its rows lie nowhere: they are figures, joined to areas by their code. ``decimal`` is
    the decimal mark of figures that can be read both ways: ``"point"`` or ``"comma"``.
    """

    x: str | None = None
    y: str | None = None
    place: str | None = None
    header_row: int | None = None
    placeless: bool = False
    decimal: str = ""


UNTOLD = TableHints()
"""Nobody said anything: the table must speak for itself."""


@dataclass(frozen=True)
class UploadedFile:
    """The file as it was handed over: its bytes on disk, its name, how much to read, and what is said of it."""

    path: Path
    name: str
    limits: FileLimits
    hints: TableHints = UNTOLD


def limit_count(items: Iterable[Any], source: UploadedFile, most: int | None) -> Iterable[Any]:
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


def check_vertices(layer: RawLayer, source: UploadedFile) -> None:
    """Refuse more corners than the limit.

    Raises
    ------
    FileTooManyVertices
    """
    corners = int(shapely.get_num_coordinates(layer.shapes).sum())
    if corners > source.limits.most_vertices:
        raise FileTooManyVertices(name=source.name, n=corners, most=source.limits.most_vertices)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Create names of layers unique by numbering repeats.

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
