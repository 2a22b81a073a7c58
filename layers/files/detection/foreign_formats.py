"""What a file is when it is none of the formats we read: told by its first bytes, each with its own sentence."""

import re

from geo.errors import (
    FileIsCadDrawing,
    FileIsDatabase,
    FileIsGeodatabase,
    FileIsImage,
    FileIsMapImages,
    FileIsMapInfo,
    FileIsOldExcel,
    FileIsPdf,
    FileIsQgisProject,
    FileIsServiceError,
    FileIsShapefilePart,
    FileIsWebPage,
    FileIsWordProcessing,
    FileKindUnknown,
    FileNotUnpacked,
)

_BYTES: tuple[tuple[bytes, int, type[FileKindUnknown]], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, FileIsOldExcel),
    (b"\x00\x00\x27\x0a", 0, FileIsShapefilePart),
    (b"%PDF", 0, FileIsPdf),
    (b"\xff\xd8\xff", 0, FileIsImage),
    (b"\x89PNG", 0, FileIsImage),
    (b"ftyphei", 4, FileIsImage),
    (b"II*\x00", 0, FileIsImage),
    (b"MM\x00*", 0, FileIsImage),
    (b"7z\xbc\xaf", 0, FileNotUnpacked),
    (b"Rar!", 0, FileNotUnpacked),
    (b"!table", 0, FileIsMapInfo),
    (b"AC10", 0, FileIsCadDrawing),
    (b"AutoCAD Binary DXF", 0, FileIsCadDrawing),
    (b"MPBX", 68, FileIsMapImages),
    (b"SQLite format 3\x00", 0, FileIsDatabase),
)
"""Bytes, where they stand, and what the file is; the first that fits."""

_TEXTS: tuple[tuple[re.Pattern[bytes], type[FileKindUnknown]], ...] = (
    (re.compile(rb"^<!doctype\s+qgis|^<qgis", re.IGNORECASE), FileIsQgisProject),
    (re.compile(rb"^<!doctype\s+html|^<html", re.IGNORECASE), FileIsWebPage),
    (re.compile(rb"<(?:ServiceExceptionReport|(?:\w+:)?ExceptionReport)\b"), FileIsServiceError),
    (re.compile(rb"^0\s*\r?\n\s*SECTION"), FileIsCadDrawing),
    (re.compile(rb"^Version\s+\d+\s*\r?\nCharset", re.IGNORECASE), FileIsMapInfo),
)


def foreign_format(head: bytes) -> type[FileKindUnknown] | None:
    """Return what a file is by its first bytes; ``None`` for what we may be able to read.

    Examples
    --------
    >>> foreign_format(b"<!DOCTYPE html><html>").__name__, foreign_format(b'{"type": "Point"}') is None
    ('FileIsWebPage', True)
    """
    for sign, at, kind in _BYTES:
        if head[at : at + len(sign)] == sign:
            return kind
    if re.match(rb"^\x03[\x5f-\x7f\x00-\x30][\x01-\x0c][\x01-\x1f]", head) and len(head) > 32:
        return FileIsShapefilePart
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((kind for sign, kind in _TEXTS if sign.search(text)), None)


MEMBERS: tuple[tuple[re.Pattern[str], type[FileKindUnknown]], ...] = (
    (re.compile(r"(^|/)word/|(^|/)ppt/"), FileIsWordProcessing),
    (re.compile(r"\.gdbtable$", re.IGNORECASE), FileIsGeodatabase),
    (re.compile(r"\.qgs$", re.IGNORECASE), FileIsQgisProject),
    (re.compile(r"\.tab$|\.mif$", re.IGNORECASE), FileIsMapInfo),
)
"""Names of members by which a zip is known, where nothing in it can be read."""
