"""What kind of file it is, told by its first bytes and never by its name."""

import gzip
import re
import zlib
from dataclasses import replace

from geo.errors import (
    FileBroken,
    FileIsOldExcel,
    FileKindUnknown,
    FileNotUnpacked,
    FileTooBig,
    FileWithoutShapes,
)
from layers.files.detection.foreign_formats import foreign_format
from layers.files.models import DetectedFile, RawLayer, UploadedFile
from layers.files.readers.archives import open_zip
from layers.files.readers.csv_xlsx import open_cells, open_text
from layers.files.readers.geojson_family import open_json
from layers.files.readers.geopackage import is_geopackage, open_geopackage
from layers.files.readers.json_dialects import STARTS
from layers.files.readers.kml_gpx import open_markup
from layers.files.sandbox.runner import read_in_sandbox
from layers.files.survey_tools import detect_tool

HEAD = 4_096
TABLES = (".csv", ".tsv", ".txt", ".xls", ".dat")
"""A table of text has no sign of its own: here the name must say it."""
UNPACKED = "-unpacked"
CHUNK = 1_000_000
MAX_UNPACKED = 4.0
"""A packed file may be this many times what a file may be."""


def detect_format(source: UploadedFile) -> DetectedFile:
    """Open a file with the one reader that its contents ask for.

    Raises
    ------
    FileKindUnknown
        It is none of the formats we read; nothing was opened then.
    """
    with source.path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise FileWithoutShapes(name=source.name)
    foreign = foreign_format(head)
    if foreign is FileIsOldExcel:
        return _open_old_excel(source)
    if is_geopackage(head):
        return open_geopackage(source)
    if foreign is not None:
        raise foreign(name=source.name)
    return _open_packed(source, head) or _open_written(source, head)


def _open_packed(source: UploadedFile, head: bytes) -> DetectedFile | None:
    """Open what is packed or stored by columns; ``None`` for any other."""
    if head.startswith(b"PK\x03\x04"):
        return open_zip(source, detect_format)
    if head.startswith(b"\x1f\x8b"):
        return detect_format(_unpacked(source))
    if head.startswith((b"fgb\x03", b"PAR1")):
        return _open_columnar(source, head)
    return None


def _open_written(source: UploadedFile, head: bytes) -> DetectedFile:
    """Open what is written as text: JSON, XML or a table."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    in_utf_16 = head[:4] in (b"\xff\xfe{\x00", b"\xfe\xff\x00{", b"\xff\xfe[\x00", b"\xfe\xff\x00[")
    if in_utf_16 or text[:1] in (b"{", b"[", b"\x1e") or STARTS.match(text):
        return open_json(source)
    if text[:1] == b"<" or head[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return open_markup(source)
    if source.name.lower().endswith(TABLES):
        return open_text(source)
    raise FileKindUnknown(name=source.name)


def _open_old_excel(source: UploadedFile) -> DetectedFile:
    try:
        return open_cells(source, "xls")
    except FileBroken as problem:
        raise FileIsOldExcel(name=source.name) from problem


def _open_columnar(source: UploadedFile, head: bytes) -> DetectedFile:
    """Open FlatGeobuf or GeoParquet, which hold one layer each."""
    kind, driver, task = (
        ("flatgeobuf", "FlatGeobuf", "features")
        if head.startswith(b"fgb")
        else ("geoparquet", "Parquet", "parquet")
    )
    title = re.sub(r"\.\w+$", "", source.name) or kind

    def read(wanted: str, most: int | None) -> RawLayer:
        layer = read_in_sandbox(source, source.path, driver=driver, layer=wanted, most=most, task=task)
        layer.tool = detect_tool(layer.columns())
        return layer

    return DetectedFile(kind, (title,), read)


def _unpacked(source: UploadedFile) -> UploadedFile:
    """Unpack a gzip file beside it, stopping where it grows beyond what a file may be."""
    if source.path.name.endswith(UNPACKED):
        raise FileNotUnpacked(name=source.name)  # packed in itself: it may have no end
    target = source.path.with_name(f"{source.path.name}{UNPACKED}")
    left = int(source.limits.most_mb * 1e6 * MAX_UNPACKED)
    try:
        with gzip.open(source.path) as packed, target.open("xb") as out:
            while piece := packed.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    raise FileTooBig(name=source.name, most_mb=source.limits.most_mb * MAX_UNPACKED)
                out.write(piece)
    except (OSError, EOFError, zlib.error) as problem:
        raise FileBroken(name=source.name, format="gzip") from problem
    return replace(source, path=target, name=re.sub(r"\.gz$", "", source.name, flags=re.IGNORECASE))
