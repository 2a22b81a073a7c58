"""Files as one bag after BagIt, zipped: every archive checks its checksums with tools of its own.

References
----------
.. [1] RFC 8493, The BagIt File Packaging Format (V1.0)
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Moment of every file in the zip: the first that the format knows, so that the same files are the same bytes."""


def to_bag(name: str, files: Mapping[str, bytes], about: Mapping[str, str]) -> bytes:
    """Return files as one zipped bag; the same files give the same bytes.

    Parameters
    ----------
    name
        Of the one folder in the zip.
    files
        Path to contents; in the bag they lie below ``data``.
    about
        Labels and texts of ``bag-info.txt``; one without a text is left out.

    Examples
    --------
    >>> packed = zipfile.ZipFile(io.BytesIO(to_bag("bag", {"a.txt": b"a"}, {"Source-Organization": "Zuiderwaard"})))
    >>> packed.namelist()[:2]
    ['bag/bag-info.txt', 'bag/bagit.txt']
    >>> packed.read("bag/bag-info.txt").decode().splitlines()
    ['Source-Organization: Zuiderwaard', 'Payload-Oxum: 1.1']
    """
    payload = {f"data/{path}": contents for path, contents in files.items()}
    labels = {**about, "Payload-Oxum": f"{sum(map(len, files.values()))}.{len(files)}"}
    lines = [f"{label}: {' '.join(text.split())}\n" for label, text in labels.items() if text.strip()]
    tags = {
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": "".join(lines).encode(),
        MANIFEST: _manifest(payload),
    }
    whole = {**payload, **tags, TAG_MANIFEST: _manifest(tags)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for path in sorted(whole):
            entry = zipfile.ZipInfo(f"{name}/{path}", EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o644 << 16,
                3,
            )
            packed.writestr(entry, whole[path])
    return out.getvalue()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()
