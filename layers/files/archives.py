"""Zip files: every member is judged by its name and size before any is unpacked, into a folder of ours."""

import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from geo.errors import FileBroken, FileKindUnknown, FileTooBig, FileUnsafe, FileWithoutShapes
from layers.files import guarded, tables
from layers.files.geopackage import is_geopackage, open_geopackage
from layers.files.jsons import open_json
from layers.files.markup import open_markup
from layers.files.raw import Layer, Opened, Source, unique_names
from layers.files.rivals import JOINS, recognise

MOST_MEMBERS = 500
MOST_UNPACKED = 20
"""Members that are unpacked (sources.md 9.2); the others, pictures and read-mes, are left in the zip."""
UNPACKED_PER_MB = 4.0
"""All members together may be this many times what a file may be: 100 MB for a visitor; texts once."""
MOST_RATIO = 100
RATIO_FROM_BYTES = 10_000_000
"""Small tables of spaces pack better than any bomb and do no harm."""
CHUNK = 1_000_000
SHAPEFILE_START = b"\x00\x00\x27\x0a"
TEXTS = (".json", ".geojson", ".csv", ".xml", ".kml")
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ESCAPES = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\|\x00")


def members(source: Source) -> dict[str, zipfile.ZipInfo]:
    """List the members of a zip, refusing the whole of it for one that is not honest.

    Raises
    ------
    FileUnsafe
        A name that leads out of the folder, a link, a locked member, or one that swells more than 100 times.
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
        swollen = one.file_size > RATIO_FROM_BYTES and one.file_size > MOST_RATIO * max(one.compress_size, 1)
        is_link = (one.external_attr >> 16) & 0o170000 == 0o120000
        if _ESCAPES.search(one.orig_filename) or swollen or is_link or one.flag_bits & 1:
            raise FileUnsafe(name=source.name, part=one.orig_filename[:60])
        hidden = one.filename.startswith("__MACOSX/") or PurePosixPath(one.filename).name.startswith(".")
        if not one.is_dir() and not hidden:
            found[one.filename] = one
    return found


def unpack(source: Source, member: zipfile.ZipInfo, name: str) -> Path:
    """Unpack one member under a name of ours, stopping where it is longer than it said.

    Raises
    ------
    FileUnsafe, FileBroken
    """
    target = source.path.parent / name
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


def open_zip(source: Source) -> Opened:
    """Open what is in a zip: Shapefiles, KMZ, xlsx, GeoPackage, or the files of a survey tool.

    Raises
    ------
    FileRefused
        One of its kinds.
    """
    there = members(source)
    texts = sum(one.file_size for name, one in there.items() if name.lower().endswith(TEXTS))
    if texts > source.limits.most_mb * 1e6:
        raise FileTooBig(name=source.name, most_mb=source.limits.most_mb)
    by_ending: dict[str, list[str]] = {}
    for name in there:
        by_ending.setdefault(PurePosixPath(name).suffix.lower(), []).append(name)
    if "[Content_Types].xml" in there and any(name.startswith("xl/") for name in there):
        return _excel(source, there)
    if ".shp" in by_ending:
        return _shapefiles(source, there, by_ending[".shp"])
    for ending in (".kml", ".gpkg"):
        if ending in by_ending:
            return _single(source, there, by_ending[ending])
    if ".geojson" in by_ending or ".json" in by_ending:
        shapes = by_ending.get(".geojson", []) + by_ending.get(".json", [])
        return _survey(source, there, shapes, by_ending.get(".csv", []))
    if ".csv" in by_ending:
        path = unpack(source, there[by_ending[".csv"][0]], "part0")
        return tables.open_text(Source(path, PurePosixPath(by_ending[".csv"][0]).name, source.limits))
    raise FileKindUnknown(name=source.name)


def _single(source: Source, there: dict[str, zipfile.ZipInfo], names: list[str]) -> Opened:
    name = "doc.kml" if "doc.kml" in names else names[0]
    path = unpack(source, there[name], "part0")
    part = Source(path, source.name, source.limits)
    with path.open("rb") as file:
        head = file.read(100)
    if is_geopackage(head):
        return open_geopackage(part)
    opened = open_markup(part)
    return replace(opened, format="kmz") if opened.format == "kml" else opened


def _excel(source: Source, there: dict[str, zipfile.ZipInfo]) -> Opened:
    for number, (name, member) in enumerate(there.items()):
        if name.lower().endswith((".xml", ".rels")):
            path = unpack(source, member, f"xml{number}")
            with path.open("rb") as file:
                start = file.read(CHUNK).replace(b"\x00", b"").upper()
            path.unlink()
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise FileUnsafe(name=source.name, part=name[:60])
    return tables.open_excel(source)


# --- Shapefiles -------------------------------------------------------------------------------------


def _shapefiles(source: Source, there: dict[str, zipfile.ZipInfo], shp: list[str]) -> Opened:
    by_lower = {name.lower(): name for name in there}
    if len(shp) > MOST_UNPACKED:
        raise FileTooBig(name=source.name, most_mb=source.limits.most_mb)
    layers = dict(zip(unique_names([PurePosixPath(name).stem for name in shp]), shp, strict=True))

    def read(layer_name: str, most: int | None) -> Layer:
        number = list(layers).index(layer_name)
        stem = layers[layer_name][: -len(".shp")].lower()
        parts = {
            ending: unpack(source, there[by_lower[stem + ending]], f"shape{number}{ending}")
            for ending in SHAPEFILE_PARTS
            if stem + ending in by_lower
        }
        with parts[".shp"].open("rb") as file:
            if file.read(4) != SHAPEFILE_START or ".shx" not in parts:
                raise FileBroken(name=source.name, format="Shapefile")
        encoding = "" if ".cpg" in parts or ".dbf" not in parts else encoding_of(parts[".dbf"])
        part = Source(parts[".shp"], source.name, source.limits)
        layer = guarded.read(
            part, parts[".shp"], driver="ESRI Shapefile", layer=layer_name, most=most, encoding=encoding
        )
        for path in parts.values():
            path.unlink()
        layer.tool = recognise(layer.columns())
        return layer

    return Opened("shapefile", tuple(layers), read)


def encoding_of(dbf: Path) -> str:
    """Tell how a dBase table without a code page is written: UTF-8 when all of it can be, else CP1252.

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


def _survey(source: Source, there: dict[str, zipfile.ZipInfo], shapes: list[str], lists: list[str]) -> Opened:
    if len(shapes) + len(lists) > MOST_UNPACKED:
        raise FileTooBig(name=source.name, most_mb=source.limits.most_mb)
    parts = {}
    for number, name in enumerate(shapes):
        path = unpack(source, there[name], f"part{number}")
        title = re.sub(r"(\.geojson)?\.(geo)?json$", "", PurePosixPath(name).name, flags=re.IGNORECASE)
        parts[title] = Source(path, PurePosixPath(name).name, source.limits)
    answers = []
    for number, name in enumerate(lists):
        path = unpack(source, there[name], f"list{number}")
        answers.append(tables.read_rows(Source(path, PurePosixPath(name).name, source.limits)))
    opened = {title: open_json(part) for title, part in parts.items()}
    if not opened:
        raise FileWithoutShapes(name=source.name)

    def read(layer_name: str, most: int | None) -> Layer:
        part = opened[layer_name]
        layer = part.read(part.layers[0], most)
        layer.name = layer_name
        for rows in answers:
            join(layer, rows)
        return layer

    return Opened("survey_zip", tuple(opened), read)


def join(layer: Layer, answers: list[dict[str, str]]) -> None:
    """Put the answers of a survey beside the shapes drawn in it, by the key that the tool is known to use."""
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
