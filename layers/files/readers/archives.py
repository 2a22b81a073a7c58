"""Zip files: every member is judged by its name and size before any is unpacked, into a folder of ours.

Each member that can be read gives its layers, called after the member; what is not read is named.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from geo.crs import transform
from geo.errors import (
    FileBroken,
    FileIsLocked,
    FileKindUnknown,
    FileLayerUnknown,
    FileNotUnpacked,
    FileRefused,
    FileTooBig,
    FileUnsafe,
    FileWithoutShapes,
)
from layers.files.detection.foreign_formats import MEMBERS
from layers.files.models import DetectedFile, RawLayer, UploadedFile, unique_names
from layers.files.readers import csv_xlsx
from layers.files.sandbox.runner import read_in_sandbox
from layers.files.survey_tools import JOINS, detect_tool

MOST_MEMBERS = 500
MOST_UNPACKED = 60
"""Members that are unpacked; the others, pictures and read-mes, are left in the zip."""
UNPACKED_PER_MB = 4.0
"""All members together may be this many times what a file may be: 100 MB for a visitor; texts once."""
MOST_RATIO = 100
RATIO_FROM_BYTES = 10_000_000
"""Small tables of spaces pack better than any bomb and do no harm."""
CHUNK = 1_000_000
PART = "buurt-part-"
MAX_DEPTH = 1
"""Packed files in a zip are opened, packed files in those are not."""
SHAPEFILE_START = b"\x00\x00\x27\x0a"
TEXTS = (".json", ".geojson", ".csv", ".xml", ".kml")
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
BESIDE = (*SHAPEFILE_PARTS[1:], ".sbn", ".sbx", ".qix", ".qpj", ".gpkg-wal", ".gpkg-shm", ".qml", ".sld")
"""Endings of what belongs to another member."""
NEVER_READ = (
    ".txt",
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".html",
    ".docx",
    ".md",
    ".zip",
    ".xml",
    ".qgs",
    ".lyr",
)
"""Endings of members that are left in the zip and named."""
LEAST_TOGETHER = 3
"""From so many files of one kind and one layer each they are one layer, with the file as a column."""
MEMBER_COLUMN = "bestand"
_ESCAPES = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\x00")
OpenFile = Callable[[UploadedFile], DetectedFile]


@dataclass(frozen=True)
class Member:
    """One member that can be read: its name without folder and ending, and what it is."""

    title: str
    file: str
    opened: DetectedFile


def members(source: UploadedFile) -> dict[str, zipfile.ZipInfo]:
    """List the members of a zip, refusing the whole of it for one that is not honest.

    Raises
    ------
    FileUnsafe
        A name that leads out of the folder, a link, or a member that swells more than 100 times.
    FileIsLocked
        A member has a password.
    FileTooBig
        More members or more bytes than we unpack.
    FileBroken
    """
    try:
        with zipfile.ZipFile(source.path) as packed:
            listed = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise FileBroken(name=source.name, format="zip") from problem
    most_mb = source.limits.most_mb * UNPACKED_PER_MB
    if len(listed) > MOST_MEMBERS or sum(one.file_size for one in listed) > most_mb * 1e6:
        raise FileTooBig(name=source.name, most_mb=most_mb)
    found = {}
    for one in listed:
        name = one.orig_filename.replace("\\", "/")  # as old Windows programs write it
        swollen = one.file_size > RATIO_FROM_BYTES and one.file_size > MOST_RATIO * max(one.compress_size, 1)
        is_link = (one.external_attr >> 16) & 0o170000 == 0o120000
        if _ESCAPES.search(name) or swollen or is_link:
            raise FileUnsafe(name=source.name, part=one.orig_filename[:60])
        if one.flag_bits & 1:
            raise FileIsLocked(name=source.name)
        hidden = name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")
        if not one.is_dir() and not name.endswith("/") and not hidden:
            found[name] = one
    return found


def unpack(source: UploadedFile, member: zipfile.ZipInfo, name: str) -> Path:
    """Unpack one member under a name of ours, stopping where it is longer than it said.

    Raises
    ------
    FileUnsafe, FileBroken
    """
    target = source.path.parent / name
    target.parent.mkdir(exist_ok=True)
    left = member.file_size
    try:
        with (
            zipfile.ZipFile(source.path) as packed,
            packed.open(member) as packed_member,
            target.open("xb") as out,
        ):
            while chunk := packed_member.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise FileUnsafe(name=source.name, part=member.filename[:60])
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as problem:
        raise FileBroken(name=source.name, format="zip") from problem
    return target


def open_zip(source: UploadedFile, open_file: OpenFile) -> DetectedFile:
    """Open all that can be read in a zip; or the one thing it is, such as a workbook.

    Raises
    ------
    FileRefused
        One of its kinds: the zip is not honest, or nothing in it can be read.
    """
    if len([part for part in source.path.parts if part.startswith(PART)]) > MAX_DEPTH:
        raise FileNotUnpacked(name=source.name)  # a zip in a zip in a zip may have no end
    there = members(source)
    texts = sum(one.file_size for name, one in there.items() if name.lower().endswith(TEXTS))
    if texts > source.limits.most_mb * 1e6:
        raise FileTooBig(name=source.name, most_mb=source.limits.most_mb)
    if "[Content_Types].xml" in there and any(name.startswith("xl/") for name in there):
        _check_markup(source, there)
        return csv_xlsx.open_excel(source)
    if "content.xml" in there and "mimetype" in there:
        _check_markup(source, there)
        return csv_xlsx.open_cells(source, "ods")
    shp = [name for name in there if name.lower().endswith(".shp")]
    readable = [name for name in there if not name.lower().endswith((".shp", *BESIDE, *NEVER_READ))]
    if len(shp) + len(readable) > MOST_UNPACKED:
        raise FileTooBig(name=source.name, most_mb=source.limits.most_mb)
    found, not_read, problems = _opened_members(source, there, readable, open_file)
    not_read |= {name: "not_a_map" for name in there if name.lower().endswith(NEVER_READ)}
    if shp:
        shapes = _shapefiles(source, there, shp)
        not_read |= shapes.not_read
        found = [Member(title, title, _one_layer(shapes, title)) for title in shapes.layers] + found
    if not found:
        raise _cause(source, there, problems)
    names, answers = _with_answers(source, there, found, problems)
    not_read = {name: why for name, why in not_read.items() if name not in names}
    return _together(source, found, answers, not_read)


def _cause(
    source: UploadedFile, there: dict[str, zipfile.ZipInfo], problems: dict[str, FileRefused]
) -> FileRefused:
    """Return why nothing in a zip can be read: what it is as a whole, else what the first member says."""
    for names, kind in MEMBERS:
        if any(names.search(name) for name in there):
            return kind(name=source.name)
    return next(iter(problems.values()), FileKindUnknown(name=source.name))


def _opened_members(
    source: UploadedFile, there: dict[str, zipfile.ZipInfo], readable: list[str], open_file: OpenFile
) -> tuple[list[Member], dict[str, str], dict[str, FileRefused]]:
    found, not_read, problems = [], {}, {}
    for number, name in enumerate(readable):
        path = unpack(source, there[name], f"{PART}{number}/handed")
        journal = next((other for other in there if other.lower() == f"{name.lower()}-wal"), None)
        if journal is not None:
            unpack(source, there[journal], f"{PART}{number}/handed-wal")
        part = replace(source, path=path, name=PurePosixPath(name).name)
        try:
            opened = open_file(part)
        except FileRefused as problem:
            problems[name] = problem
            not_read[name] = "member_refused"
        else:
            title = re.sub(r"(\.geojson)?\.\w+$", "", PurePosixPath(name).name, flags=re.IGNORECASE)
            found.append(Member(title, name, opened))
    return found, not_read, problems


def _check_markup(source: UploadedFile, there: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse a workbook whose XML declares entities.

    Raises
    ------
    FileUnsafe
    """
    for number, (name, member) in enumerate(there.items()):
        if name.lower().endswith((".xml", ".rels")):
            path = unpack(source, member, f"xml{number}")
            with path.open("rb") as file:
                start = file.read(CHUNK).replace(b"\x00", b"").upper()
            path.unlink()
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise FileUnsafe(name=source.name, part=name[:60])


# --- Layers of all members ---------------------------------------------------------------------------


def _one_layer(opened: DetectedFile, layer: str) -> DetectedFile:
    return replace(opened, layers=(layer,), not_read={}, warnings=())


def _together(
    source: UploadedFile,
    found: list[Member],
    answers: list[list[dict[str, str]]],
    not_read: dict[str, str],
) -> DetectedFile:
    """Return the layers of all members under unique names, and many alike as one layer."""
    joined = bool(answers)
    kinds = {one.opened.format for one in found}
    kind = "survey_zip" if joined else kinds.pop() if len(kinds) == 1 else "zip"
    kind = "kmz" if kind == "kml" and len(found) == 1 else kind
    not_read = not_read | {key: why for one in found for key, why in one.opened.not_read.items()}
    warnings = tuple(dict.fromkeys(key for one in found for key in one.opened.warnings))
    if not joined and _are_alike(found):
        title = PurePosixPath(source.name).stem
        return DetectedFile(
            kind, (title,), lambda _, most: _rows_of_all(title, found, most), not_read, warnings
        )
    pairs = [(one, layer) for one in found for layer in one.opened.layers]
    titles = unique_names(
        [
            one.title
            if (len(one.opened.layers) == 1 and len(found) > 1) or joined
            else layer
            if len(found) == 1
            else f"{one.title}: {layer}"
            for one, layer in pairs
        ]
    )
    by_title = dict(zip(titles, pairs, strict=True))

    def read(wanted: str, most: int | None) -> RawLayer:
        if wanted not in by_title:
            raise FileLayerUnknown(name=source.name, layer=wanted, layers=", ".join(titles))
        one, layer_name = by_title[wanted]
        layer = one.opened.read(layer_name, most)
        layer.name = wanted
        for rows in answers:
            join(layer, rows)
        return layer

    return DetectedFile(kind, titles, read, not_read, warnings)


def _are_alike(found: list[Member]) -> bool:
    """Return whether many members are one table cut up, such as a walk of each of twenty people."""
    kinds = {one.opened.format for one in found}
    titles = {re.sub(r"[\d\W_]+", "", one.title).lower() for one in found}
    return (
        len(found) >= LEAST_TOGETHER
        and len(kinds) == 1
        and all(len(one.opened.layers) == 1 for one in found)
        and (kinds == {"gpx"} or len(titles) == 1)
    )


def _rows_of_all(title: str, found: list[Member], most: int | None) -> RawLayer:
    first, *others = [one.opened.read(one.opened.layers[0], most) for one in found]
    whole = replace(first, name=title, rows=[{**row, MEMBER_COLUMN: found[0].title} for row in first.rows])
    for one, layer in zip(found[1:], others, strict=True):
        shapes = layer.shapes
        if layer.crs is not None and whole.crs is not None and layer.crs != whole.crs:
            shapes = list(transform(np.array(layer.shapes, dtype=object), layer.crs, whole.crs))
        whole.facts |= {len(whole.rows) + place: facts for place, facts in layer.facts.items()}
        whole.shapes += shapes
        whole.faults += layer.faults
        whole.repaired += layer.repaired
        whole.rows += [{**row, MEMBER_COLUMN: one.title} for row in layer.rows]
    if whole.rows_in_all is not None:
        whole.rows_in_all += sum(layer.rows_in_all or len(layer.rows) for layer in others)
    return whole


# --- Shapefiles -------------------------------------------------------------------------------------


def _shapefiles(source: UploadedFile, there: dict[str, zipfile.ZipInfo], shp: list[str]) -> DetectedFile:
    by_lower = {name.lower(): name for name in there}
    layers = dict(zip(unique_names([PurePosixPath(name).stem for name in shp]), shp, strict=True))
    stems = {name.lower()[: -len(".shp")] for name in shp}
    loose = {
        name: "other_stem"
        for name in there
        if name.lower().endswith(SHAPEFILE_PARTS[1:])
        and PurePosixPath(name.lower()).with_suffix("").as_posix() not in stems
    }
    loose |= {
        f"{PurePosixPath(stem).name}.dbf": "names_missing" for stem in stems if f"{stem}.dbf" not in by_lower
    }

    def read(layer_name: str, most: int | None) -> RawLayer:
        number = list(layers).index(layer_name)
        stem = layers[layer_name][: -len(".shp")].lower()
        parts = {
            ending: unpack(source, there[by_lower[stem + ending]], f"shape{number}{ending}")
            for ending in SHAPEFILE_PARTS
            if stem + ending in by_lower
        }
        with parts[".shp"].open("rb") as file:
            if file.read(4) != SHAPEFILE_START:
                raise FileBroken(name=source.name, format="Shapefile")
        encoding = "" if ".cpg" in parts or ".dbf" not in parts else encoding_of(parts[".dbf"])
        part = replace(source, path=parts[".shp"])
        layer = read_in_sandbox(
            part, parts[".shp"], driver="ESRI Shapefile", layer=layer_name, most=most, encoding=encoding
        )
        for path in parts.values():
            path.unlink()
        parts[".shp"].with_suffix(".shx").unlink(missing_ok=True)  # made of the .shp where it lacked
        layer.tool = detect_tool(layer.columns())
        return layer

    return DetectedFile("shapefile", tuple(layers), read, loose)


def encoding_of(dbf: Path) -> str:
    """Return how a dBase table without a code page is written: UTF-8 when all of it can be, else CP1252.

    Returns
    -------
    str
        Empty when the table says so itself.
    """
    data = dbf.read_bytes()
    if len(data) > 29 and data[29]:
        return ""
    try:
        data[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "CP1252"
    return "UTF-8"


# --- Survey tools -----------------------------------------------------------------------------------


def _with_answers(
    source: UploadedFile,
    there: dict[str, zipfile.ZipInfo],
    found: list[Member],
    problems: dict[str, FileRefused],
) -> tuple[list[str], list[list[dict[str, str]]]]:
    """Return the lists of answers without a place that belong to shapes in the same zip."""
    if not any(one.opened.format in ("geojson", "json_fg") for one in found):
        return [], []
    names, lists = [], []
    for number, (name, problem) in enumerate(problems.items()):
        if isinstance(problem, FileWithoutShapes) and name.lower().endswith(".csv"):
            path = unpack(source, there[name], f"list{number}")
            rows = csv_xlsx.read_rows(replace(source, path=path, name=PurePosixPath(name).name))
            if rows and any(theirs in rows[0] for theirs, _ in JOINS):
                names.append(name)
                lists.append(rows)
    return names, lists


def join(layer: RawLayer, answers: list[dict[str, str]]) -> None:
    """Join the answers of a survey to the shapes drawn in it, by the key of the tool."""
    if not answers:
        return
    for theirs, ours in JOINS:
        if theirs in answers[0] and ours in layer.columns():
            by_key = {row[theirs]: row for row in answers}
            for row in layer.rows:
                for column, value in by_key.get(str(row.get(ours)), {}).items():
                    if column != theirs and value != "":
                        row.setdefault(column, value)
            return
