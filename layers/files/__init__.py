"""Files people hand us: looked at first, taken in after, and never trusted.

``inspect`` tells what a file seems to be and proposes; ``take`` carries it out and accounts for every
feature.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from pyproj import CRS

from geo.errors import (
    FileAbsent,
    FileCrsWrong,
    FileLayerChoice,
    FileLayerUnknown,
    FileTooBig,
)
from layers.files import guess
from layers.files.keys import KEYS
from layers.files.opening import open_file
from layers.files.place import Place, by_name, find
from layers.files.raw import TRUSTED, UPLOAD, Layer, Limits, Opened, Source, check_vertices
from layers.files.taking import Note, Taken, clean_text, take_layer

__all__ = ["KEYS", "TRUSTED", "UPLOAD", "Inspection", "Limits", "Note", "Place", "Taken", "inspect", "take"]

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
    place: Place
    swap: bool
    mapping: dict[str, str]
    personal: tuple[str, ...]
    warnings: tuple[str, ...]


def inspect(
    path_or_bytes: Path | str | bytes,
    *,
    name: str | None = None,
    layer: str | None = None,
    crs: str | int | CRS | None = None,
    role: str | None = None,
    limits: Limits = UPLOAD,
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
    crs, role
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
    >>> found = inspect(b'{"type": "Point", "coordinates": [92300, 446100]}', name="bank.geojson")
    >>> found.format, found.role, found.place.proof
    ('geojson', 'facilities', 'range_rd')
    """
    with _opened(path_or_bytes, name, limits) as (source, opened):
        looked = opened.read(_chosen(opened, layer or opened.layers[0], source), SAMPLE)
        check_vertices(looked, source)
        there = [shape for shape in looked.shapes if shape is not None and not shape.is_empty]
        place = find(
            there,
            looked.crs,
            _crs(crs, source),
            degrees_unless_said=looked.degrees_unless_said,
            stated_how=looked.crs_proof,
        )
        as_role = role or guess.role(looked)
        fields = {} if as_role is None else guess.mapping(looked, as_role)
        personal = guess.personal_columns(looked, as_role or "sketches", fields.values())
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


def take(
    path_or_bytes: Path | str | bytes,
    *,
    name: str | None = None,
    role: str | None = None,
    layer: str | None = None,
    crs: str | int | CRS | None = None,
    mapping: Mapping[str, str] | None = None,
    swap: bool | None = None,
    plane: CRS | None = None,
    keep_personal: bool = False,
    limits: Limits = UPLOAD,
    most_features: int | None = None,
    most_vertices: int | None = None,
) -> Taken:
    """Take a file in: sketches as drawn, areas repaired, facilities with their theme.

    Parameters
    ----------
    path_or_bytes, name
        As in `inspect`.
    role
        ``"sketches"``, ``"areas"``, ``"facilities"``; guessed when ``None``.
    layer
        Must be given when there are several.
    crs
        EPSG code or name; what the file says, or its numbers prove, when ``None``.
    mapping
        Our field -> their column, over what `inspect` proposes; ``"=bench"`` is a value for every row, an
        empty text takes a field away.
    swap
        Turn axes that seem swapped; ``None`` asks by raising `FileAxesSwapped`, ``False`` leaves them.
    plane
        The metre plane of the study; where the file lies decides when ``None``.
    keep_personal
        Keep the columns that say who somebody is.
    limits, most_features, most_vertices
        How much may be read: `UPLOAD` for a visitor's file, `TRUSTED` for the operator's; single numbers
        go first.

    Returns
    -------
    Taken
        With ``n_in == n_taken + n_refused``.

    Raises
    ------
    FileRefused
        One of its kinds, with facts for one clear sentence; nothing was taken then.

    Examples
    --------
    >>> found = take(b'{"type": "Point", "coordinates": [92300, 446100]}', name="bank.geojson")
    >>> found.frame[["theme", "kind"]].to_dict("records"), found.n_taken
    ([{'theme': 'bench', 'kind': 'bench'}], 1)
    """
    limits = replace(
        limits,
        most_features=most_features or limits.most_features,
        most_vertices=most_vertices or limits.most_vertices,
    )
    with _opened(path_or_bytes, name, limits) as (source, opened):
        if layer is None and len(opened.layers) > 1:
            raise FileLayerChoice(name=source.name, layers=", ".join(opened.layers))
        read = opened.read(_chosen(opened, layer or opened.layers[0], source), None)
        check_vertices(read, source)
        return take_layer(
            read,
            opened,
            source,
            role=role,
            crs=_crs(crs, source),
            mapping=mapping,
            swap=swap,
            plane=plane,
            keep_personal=keep_personal,
        )


@contextmanager
def _opened(
    path_or_bytes: Path | str | bytes, name: str | None, limits: Limits
) -> Iterator[tuple[Source, Opened]]:
    """Copy the file into a folder of ours under a name of ours, and find out what it is.

    A copy cannot change between looking and reading, and has no neighbours that a library would open with it.
    """
    told = (
        name if name is not None else "file" if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).name
    )
    told = str(clean_text(told))[:80]
    with tempfile.TemporaryDirectory(prefix="buurt-") as folder:
        copy = Path(folder) / "handed"
        size = len(path_or_bytes) if isinstance(path_or_bytes, bytes) else _size(Path(path_or_bytes), told)
        if size > limits.most_mb * 1e6:
            raise FileTooBig(name=told, most_mb=limits.most_mb)
        if isinstance(path_or_bytes, bytes):
            copy.write_bytes(path_or_bytes)
        else:
            shutil.copyfile(path_or_bytes, copy)
        source = Source(copy, told, limits)
        yield source, open_file(source)


def _size(path: Path, name: str) -> int:
    """Give the bytes of an ordinary file; an address, a pipe or a text that is no path is none."""
    try:
        if path.is_file():
            return path.stat().st_size
    except OSError as problem:
        raise FileAbsent(name=name) from problem
    raise FileAbsent(name=name)


def _chosen(opened: Opened, layer: str, source: Source) -> str:
    if layer not in opened.layers:
        raise FileLayerUnknown(name=source.name, layer=layer, layers=", ".join(opened.layers))
    return layer


def _crs(asked: str | int | CRS | None, source: Source) -> CRS | None:
    if asked is None or isinstance(asked, CRS):
        return asked
    found = by_name(asked)
    if found is None:
        raise FileCrsWrong(name=source.name, crs=str(asked)[:40])
    return found


def _preview(layer: Layer) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(str(clean_text(text)) for text in guess.values(layer, column)[:5])
        for column in layer.columns()
    }


def _warnings(layer: Layer, opened: Opened, place: Place) -> tuple[str, ...]:
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
