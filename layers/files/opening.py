"""What kind of file it is, told by its first bytes and never by its name."""

from geo.errors import FileKindUnknown, FileWithoutShapes
from layers.files.geopackage import is_geopackage, open_geopackage
from layers.files.jsons import open_json
from layers.files.raw import Opened, Source

HEAD = 4_096


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
    if text[:1] in (b"{", b"["):
        return open_json(source)
    raise FileKindUnknown(name=source.name)
