"""What kind of file it is, told by its first bytes and never by its name."""

from geo.errors import FileKindUnknown, FileWithoutShapes
from layers.files.archives import open_zip
from layers.files.geopackage import is_geopackage, open_geopackage
from layers.files.jsons import open_json
from layers.files.markup import open_markup
from layers.files.raw import Opened, Source
from layers.files.tables import open_text

HEAD = 4_096
TABLES = (".csv", ".tsv", ".txt")
"""A table of text has no sign of its own: here the name must say it."""


def open_file(source: Source) -> Opened:
    """Open a file with the one reader that its contents ask for.

    Raises
    ------
    FileKindUnknown
        It is none of the formats we read; nothing was opened then.
    """
    with source.path.open("rb") as file:
        head = file.read(HEAD)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.strip():
        raise FileWithoutShapes(name=source.name)
    if is_geopackage(head):
        return open_geopackage(source)
    if head.startswith(b"PK\x03\x04"):
        return open_zip(source)
    if text[:1] in (b"{", b"["):
        return open_json(source)
    if text[:1] == b"<" or head[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return open_markup(source)
    if source.name.lower().endswith(TABLES):
        return open_text(source)
    raise FileKindUnknown(name=source.name)
