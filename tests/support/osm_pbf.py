"""Write OpenStreetMap elements as an extract is really written: protocol buffers in packed blobs (``.osm.pbf``)."""

import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

PER_DEGREE = 10**7
MEMBER_TYPES = {"node": 0, "way": 1, "relation": 2}


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def signed(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def field(number: int, contents: bytes) -> bytes:
    """Return a field of bytes: a text, a message, or packed numbers; none where there is nothing to say."""
    return b"" if not contents else varint(number << 3 | 2) + varint(len(contents)) + contents


def plain(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def deltas(numbers: Iterable[int]) -> bytes:
    return b"".join(signed(after - before) for before, after in pairwise([0, *numbers]))


def numbers_of(values: Iterable[int]) -> bytes:
    return b"".join(map(varint, values))


class Texts:
    """The table of texts of a block; the first is never used."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {"": 0}

    def of(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known))

    def pairs(self, element: ET.Element) -> list[tuple[int, int]]:
        return [(self.of(tag.get("k", "")), self.of(tag.get("v", ""))) for tag in element.iter("tag")]


def dense_nodes(nodes: list[ET.Element], texts: Texts) -> bytes:
    tags = [part for node in nodes for part in [*(one for pair in texts.pairs(node) for one in pair), 0]]
    rows = {1: [int(node.get("id", "0")) for node in nodes]}
    for number, axis in ((8, "lat"), (9, "lon")):
        rows[number] = [round(float(node.get(axis, "0")) * PER_DEGREE) for node in nodes]
    return field(
        2, b"".join(field(number, deltas(row)) for number, row in rows.items()) + field(10, numbers_of(tags))
    )


def tagged(element: ET.Element, texts: Texts) -> bytes:
    pairs = texts.pairs(element)
    keys, values = (numbers_of(pair[side] for pair in pairs) for side in (0, 1))
    return plain(1, int(element.get("id", "0"))) + field(2, keys) + field(3, values)


def way(element: ET.Element, texts: Texts) -> bytes:
    refs = deltas(int(one.get("ref", "0")) for one in element.iter("nd"))
    return field(3, tagged(element, texts) + field(8, refs))


def relation(element: ET.Element, texts: Texts) -> bytes:
    members = list(element.iter("member"))
    roles = numbers_of(texts.of(one.get("role", "")) for one in members)
    refs = deltas(int(one.get("ref", "0")) for one in members)
    kinds = numbers_of(MEMBER_TYPES[one.get("type", "")] for one in members)
    return field(4, tagged(element, texts) + field(8, roles) + field(9, refs) + field(10, kinds))


def blob(kind: str, contents: bytes) -> bytes:
    packed = plain(2, len(contents)) + field(3, zlib.compress(contents))
    head = field(1, kind.encode()) + plain(3, len(packed))
    return struct.pack(">I", len(head)) + head + packed


def write_pbf(root: ET.Element, path: Path) -> None:
    """Write the nodes, ways and relations of an OpenStreetMap document, in the order in which they stand."""
    parts = [blob("OSMHeader", field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes"))]
    for kind in ("node", "way", "relation"):
        elements, texts = root.findall(kind), Texts()
        if kind == "node":
            group = dense_nodes(elements, texts)
        else:
            write = way if kind == "way" else relation
            group = b"".join(write(element, texts) for element in elements)
        # The first text is empty and is written all the same.
        table = varint(1 << 3 | 2) + varint(0) + b"".join(field(1, text.encode()) for text in texts.known)
        parts.append(blob("OSMData", field(1, table) + field(2, group)))
    path.write_bytes(b"".join(parts))
