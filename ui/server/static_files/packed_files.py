"""Files as they travel: cut where they are fonts, compressed once and kept, so that a start need not do it again.

``python -m ui.server.static_files.packed_files`` packs what the first page asks for. The server has it done beside
itself when it starts; until then files are sent less tightly packed, and whole.
"""

import gzip
import hashlib
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path

import brotli
import filelock
import streamlit as st

import settings
from ui.server.static_files import font_subsets

STATIC = (Path(st.__file__).parent / "static").resolve()
"""What Streamlit ships for the browser."""

TIGHT = 11
QUICK = 5
"""For who waits: a twentieth of the work."""

PACKED_ALREADY = {".woff2", ".png", ".gif", ".jpg"}


@dataclass(frozen=True)
class PackedFile:
    """One file in the forms in which it is sent.

    Attributes
    ----------
    plain
        As it is, or cut.
    brotli
        Compressed; None for what is compressed by itself.
    etag
        Of the contents.
    """

    plain: bytes
    brotli: bytes | None
    etag: str

    @cached_property
    def gzip(self) -> bytes:
        """Compressed for the few clients that know nothing newer."""
        return gzip.compress(self.plain, compresslevel=9, mtime=0)


_packed: dict[Path, PackedFile] = {}
_quickly_packed: dict[Path, PackedFile] = {}


def find(path: Path) -> PackedFile:
    """Return a file as it is sent.

    Parameters
    ----------
    path
        One of the files that are served; it does not change while the server runs.
    """
    if path not in _packed and path not in _quickly_packed:
        plain = path.read_bytes()
        small = None if path.suffix in PACKED_ALREADY else brotli.compress(plain, quality=QUICK)
        _quickly_packed[path] = PackedFile(plain, small, _etag(plain))
    return _packed.get(path) or _quickly_packed[path]


def pack_text(text: str) -> PackedFile:
    """Return a page packed; it is not kept here."""
    plain = text.encode()
    return PackedFile(plain, brotli.compress(plain, quality=QUICK), _etag(plain))


def pack_first() -> None:
    """Have what the first page asks for packed: from an earlier start, else by another process."""
    if _load_packed():
        return
    command = [sys.executable, "-m", "ui.server.static_files.packed_files"]
    subprocess.run(command, cwd=settings.ROOT, check=False)  # noqa: S603  # our own file, no shell
    if not _load_packed():
        logging.getLogger(__name__).warning("the files of the page could not be packed")


def _load_packed() -> bool:
    """Load what was packed and kept; return whether it was all there."""
    try:
        _packed.update({path: pack(path, can_make=False) for path in first_files()})
    except FileNotFoundError:
        return False
    return True


def first_files() -> list[Path]:
    """Return the files that the first page asks for: fonts, and scripts of Streamlit."""
    fonts = [file for file in (STATIC / "static" / "media").iterdir() if font_subsets.is_cut(file)]
    return [*fonts, *script_closure("index")]


@cache
def script_closure(*kinds: str) -> tuple[Path, ...]:
    """Return Streamlit's scripts of these names and all that they import, directly or not.

    Parameters
    ----------
    kinds
        Names as they are before the first full stop, such as ``index`` or ``Radio``.
    """
    folder = STATIC / "static" / "js"
    found: set[Path] = set()
    wanted = [file for kind in kinds for file in folder.glob(f"{kind}.*.js")]
    while wanted:
        file = wanted.pop()
        if file not in found and file.is_file():
            found.add(file)
            names = re.findall(r'(?:from|import)"\./([\w.-]+\.js)"', file.read_text(encoding="utf-8"))
            wanted += [folder / name for name in names]
    return tuple(sorted(found))


def pack(path: Path, *, can_make: bool = True) -> PackedFile:
    """Return a file packed as tightly as can be; an earlier start may have done it.

    Parameters
    ----------
    path
        One of the files that are served.
    can_make
        Whether it may be made now, which takes seconds.

    Raises
    ------
    FileNotFoundError
        It was not made before, and may not be made now.
    """
    keep = partial(_kept, can_make=can_make)
    plain = path.read_bytes()
    if font_subsets.is_cut(path):
        icons = font_subsets.icon_names(STATIC / "static" / "js") if font_subsets.has_icons(path) else None
        recipe = f"{sorted(icons or [])}{font_subsets.LETTERS}".encode()
        plain = keep(f"{_digest(plain + recipe)}.woff2", partial(font_subsets.cut, plain, icons))
    small = None
    if path.suffix not in PACKED_ALREADY:
        small = keep(f"{_digest(plain)}.br", partial(brotli.compress, plain, quality=TIGHT))
    return PackedFile(plain, small, _etag(plain))


def _kept(name: str, make: Callable[[], bytes], *, can_make: bool) -> bytes:
    """Return what an earlier start made, or make it; a folder that cannot be written in is no fault."""
    file = _folder() / name
    try:
        return file.read_bytes()
    except OSError:
        if not can_make:
            raise FileNotFoundError(file) from None
    made = make()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(f".{os.getpid()}")
        new.write_bytes(made)
        new.replace(file)
    return made


def _folder() -> Path:
    return settings.cache_folder() / "packed"


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def _etag(contents: bytes) -> str:
    return f'"{_digest(contents)[:20]}"'


def main() -> None:
    """Pack what the first page asks for; a second process that does so waits, and finds it done."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)  # visitors go first
    try:
        _folder().mkdir(parents=True, exist_ok=True)
    except OSError:  # nothing can be kept here
        return
    with filelock.FileLock(_folder() / "lock"):
        for path in first_files():
            pack(path)


if __name__ == "__main__":
    main()
