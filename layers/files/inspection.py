"""Files people hand us: looked at first, taken in after, and never trusted.

``inspect`` tells what a file seems to be and proposes; ``take`` carries it out and accounts for every
feature.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS

from geo.errors import FileAbsent, FileCrsWrong, FileLayerUnknown, FileTooBig
from layers.files.detection import layer_type
from layers.files.detection.crs import CrsGuess, detect_crs, parse_crs_name
from layers.files.detection.own_exports import prepare
from layers.files.format_detection import detect_format
from layers.files.models import (
    UNTOLD,
    UPLOAD,
    DetectedFile,
    FileLimits,
    RawLayer,
    TableHints,
    UploadedFile,
    check_vertices,
)
from layers.files.text_cleaning import clean_text

SAMPLE = 1_000
"""Features read to form an opinion."""


@dataclass(frozen=True)
class Inspection:
    """What a file seems to be, before anything is taken in.

    ``layers`` are all there are; the rest is about ``layer``. ``role``, ``place``, ``swap`` and ``mapping``
    are proposals, ``preview`` the first values of each column, ``personal`` the columns that will be left
    out, ``warnings`` keys. ``rows`` is the number in the file, also where not all were read.
    """

    name: str
    format: str
    tool: str | None
    layers: tuple[str, ...]
    layer: str
    rows: int
    columns: tuple[str, ...]
    preview: dict[str, tuple[str, ...]]
    role: str | None
    place: CrsGuess
    swap: bool
    mapping: dict[str, str]
    personal: tuple[str, ...]
    warnings: tuple[str, ...]


def inspect_file(
    path_or_bytes: Path | str | bytes,
    *,
    name: str | None = None,
    layer: str | None = None,
    crs: str | int | CRS | None = None,
    role: str | None = None,
    hints: TableHints = UNTOLD,
    limits: FileLimits = UPLOAD,
) -> Inspection:
    """Look at a file: its format, layers, columns, where it lies and what it seems to be.

    Parameters
    ----------
    path_or_bytes
        The file, or its contents. A text is the path of a file on this computer and nothing else.
    name
        What it is called; the file's own name when ``None``.
    layer
        Which layer to look at; the first when ``None``.
    crs, role, hints
        As in `take`, where the caller knows already.
    limits
        How much may be read.

    Returns
    -------
    Inspection

    Raises
    ------
    FileRefused
        One of its kinds, with facts for one clear sentence.

    Examples
    --------
    >>> found = inspect_file(b'{"type": "Point", "coordinates": [92300, 446100]}', name="bank.geojson")
    >>> found.format, found.role, found.place.proof
    ('geojson', 'facilities', 'range_rd')
    """
    with open_upload(path_or_bytes, name, limits, hints) as (source, opened):
        looked = prepare(opened.read(choose_layer(opened, layer or opened.layers[0], source), SAMPLE))
        check_vertices(looked, source)
        there = [shape for shape in looked.shapes if shape is not None and not shape.is_empty]
        place = detect_crs(
            there,
            looked.crs,
            choose_crs(crs, source),
            degrees_unless_said=looked.degrees_unless_said,
            stated_how=looked.crs_proof,
        )
        as_role = role or layer_type.detect_role(looked)
        fields = {} if as_role is None else layer_type.propose_mapping(looked, as_role)
        personal = layer_type.personal_columns(looked, as_role or "sketches", fields.values())
        return Inspection(
            name=source.name,
            format=opened.format,
            tool=looked.tool,
            layers=opened.layers,
            layer=looked.name,
            rows=len(looked.shapes) if looked.rows_in_all is None else looked.rows_in_all,
            columns=looked.columns(),
            preview=_preview(looked),
            role=as_role,
            place=place,
            swap=place.swapped,
            mapping=fields,
            personal=personal,
            warnings=_warnings(looked, opened, place),
        )


def read_table_rows(
    handed: Path | bytes, *, name: str, layer: str | None, hints: TableHints, limits: FileLimits
) -> tuple[tuple[str, ...], dict[str, list[dict[str, Any]]]]:
    """Return the names of all tables of a file, and the rows of the one that is asked for, or of each.

    Raises
    ------
    FileRefused
        Among others when there is no such table.
    """
    with open_upload(handed, name, limits, hints) as (source, opened):
        wanted = opened.layers if layer is None else (choose_layer(opened, layer, source),)
        return opened.layers, {one: opened.read(one, None).rows for one in wanted}


@contextmanager
def open_upload(
    path_or_bytes: Path | str | bytes, name: str | None, limits: FileLimits, hints: TableHints
) -> Iterator[tuple[UploadedFile, DetectedFile]]:
    """Copy the file into a folder of ours under a name of ours, and find out what it is.

    A copy cannot change between looking and reading, and has no neighbours that a library would open with it.
    """
    stated_name = (
        name if name is not None else "file" if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).name
    )
    stated_name = str(clean_text(stated_name))[:80]
    with tempfile.TemporaryDirectory(prefix="buurt-") as folder:
        copy = Path(folder) / "handed"
        size = (
            len(path_or_bytes)
            if isinstance(path_or_bytes, bytes)
            else _size(Path(path_or_bytes), stated_name)
        )
        if size > limits.most_mb * 1e6:
            raise FileTooBig(name=stated_name, most_mb=limits.most_mb)
        if isinstance(path_or_bytes, bytes):
            copy.write_bytes(path_or_bytes)
        else:
            shutil.copyfile(path_or_bytes, copy)
        source = UploadedFile(copy, stated_name, limits, hints)
        yield source, detect_format(source)


def _size(path: Path, name: str) -> int:
    """Return the bytes of an ordinary file; an address, a pipe or a text that is no path is none."""
    try:
        if path.is_file():
            return path.stat().st_size
    except OSError as problem:
        raise FileAbsent(name=name) from problem
    raise FileAbsent(name=name)


def choose_layer(opened: DetectedFile, layer: str, source: UploadedFile) -> str:
    """Return the layer asked for, or raise `FileLayerUnknown`."""
    if layer not in opened.layers:
        raise FileLayerUnknown(name=source.name, layer=layer, layers=", ".join(opened.layers))
    return layer


def choose_crs(asked: str | int | CRS | None, source: UploadedFile) -> CRS | None:
    """Return the CRS asked for, or raise `FileCrsWrong`."""
    if asked is None or isinstance(asked, CRS):
        return asked
    found = parse_crs_name(asked)
    if found is None:
        raise FileCrsWrong(name=source.name, crs=str(asked)[:40])
    return found


def _preview(layer: RawLayer) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(str(clean_text(text)) for text in layer_type.values(layer, column)[:5])
        for column in layer.columns()
    }


def _warnings(layer: RawLayer, opened: DetectedFile, place: CrsGuess) -> tuple[str, ...]:
    found = []
    if len(opened.layers) > 1:
        found.append("several_layers")
    if place.crs is None:
        found.append("place_unknown")
    elif place.swapped:
        found.append("axes_swapped")
    elif place.proof.startswith(("range", "looks")):
        found.append(f"place_{place.proof}")
    sound = [shape for shape in layer.shapes if shape is not None]
    if len(sound) < len(layer.shapes):
        found.append("without_shape")
    if sound and not shapely.is_valid(sound).all():
        found.append("crossings")
    return tuple(found)
