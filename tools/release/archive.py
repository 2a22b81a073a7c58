"""`dist/`: the release archives, the same byte for byte whoever builds them from one commit.

An archive holds everything but the Python packages, which differ per system and are installed by `start.py`
with their hashes: the program, the demo municipality, the JavaScript of others, bills of materials, licences.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from tools.release import ROOT
from tools.release.licence_list import licence_files
from tools.release.sbom import npm_sbom, python_sbom

NAME = "beleefde-buurt"
EXECUTABLE = 0o755
PLAIN = 0o644


def main(arguments: list[str]) -> int:
    """Write both archives, the bills of materials and their checksums into `dist/` or the folder that is named."""
    version, epoch = read_version(), build_epoch()
    warn_of_placeholders()
    made = release_files(version, epoch)
    folder = Path(arguments[0]) if arguments else ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    top = f"{NAME}-{version}"
    written = {
        f"{top}.tar.gz": tar_gz(top, made, epoch),
        f"{top}.zip": zipped(top, made, epoch),
        f"{top}.python.cdx.json": made["sbom/python.cdx.json"][0],
        f"{top}.npm.cdx.json": made["sbom/npm.cdx.json"][0],
    }
    for name, content in written.items():
        (folder / name).write_bytes(content)
    (folder / "SHA256SUMS").write_bytes(
        checksums({name: (content, PLAIN) for name, content in written.items()})
    )
    for name, content in written.items():
        print(f"{folder / name}  {len(content) / 1e6:.1f} MB")
    return 0


def read_version() -> str:
    """Return the version of the product; pyproject.toml is its one place."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def build_epoch() -> int:
    """Return the time that stands in the archives: SOURCE_DATE_EPOCH, else the time of the commit."""
    stated = os.environ.get("SOURCE_DATE_EPOCH")
    return int(stated or _git("log", "-1", "--format=%ct").decode())


def warn_of_placeholders() -> None:
    """Print what in publiccode.yml must be filled in before a release is published."""
    if "example.org" in (ROOT / "publiccode.yml").read_text(encoding="utf-8"):
        print("not for publication yet: publiccode.yml still names example.org")


def release_files(version: str, epoch: int) -> dict[str, tuple[bytes, int]]:
    """Return path -> (content, mode) of everything in an archive, checksums included."""
    files = {name: _read(name) for name in _tracked()} | {name: _read(name) for name in _shipped_javascript()}
    python, npm = python_sbom(epoch), npm_sbom(version, epoch)
    generated = {
        "sbom/python.cdx.json": _as_json(python),
        "sbom/npm.cdx.json": _as_json(npm),
        **licence_files(python, npm),
    }
    files |= {name: (content, PLAIN) for name, content in generated.items()}
    files["SHA256SUMS"] = (checksums(files), PLAIN)
    return files


def checksums(files: dict[str, tuple[bytes, int]]) -> bytes:
    """Return the lines that `sha256sum --check` reads.

    Examples
    --------
    >>> checksums({"empty": (b"", 0o644)})[:16]
    b'e3b0c44298fc1c14'
    """
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, (content, _) in sorted(files.items())
    ]
    return "".join(lines).encode()


def tar_gz(top: str, files: dict[str, tuple[bytes, int]], epoch: int) -> bytes:
    """Return a tar.gz in which nothing depends on who packs it, where, or when."""
    body = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=body, mtime=epoch) as squeezed,
        tarfile.open(mode="w", fileobj=squeezed, format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, (content, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), epoch, mode
            tar.addfile(entry, io.BytesIO(content))
    return body.getvalue()


def zipped(top: str, files: dict[str, tuple[bytes, int]], epoch: int) -> bytes:
    """Return a zip in which nothing depends on who packs it, where, or when."""
    body = io.BytesIO()
    moment = datetime.fromtimestamp(epoch, UTC).timetuple()[:6]
    with zipfile.ZipFile(body, "w") as archive:
        for name, (content, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", date_time=moment)
            entry.create_system, entry.external_attr = 3, mode << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return body.getvalue()


def _tracked() -> list[str]:
    return [name for name in _git("ls-files", "-z").decode().split("\0") if name and (ROOT / name).is_file()]


def _shipped_javascript() -> list[str]:
    """Return the files of the packages of the lock file that are not for tests only."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    folders = [ROOT / name for name, entry in lock["packages"].items() if name and not entry.get("dev")]
    return [file.relative_to(ROOT).as_posix() for folder in folders for file in _files_below(folder)]


def _files_below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _read(name: str) -> tuple[bytes, int]:
    path = ROOT / name
    content = path.read_bytes()
    return content, EXECUTABLE if re.match(rb"#!", content) else PLAIN


def _as_json(document: object) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout
