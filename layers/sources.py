"""The layers on disk: whose they are, their source, age and licence."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from layers.cache import LOCK, LayerRecord, Manifest, cached_codes, municipality_folder
from layers.custom_layers import custom_layers_version
from layers.download.municipalities import Municipality
from layers.services.addresses import data_folder


@dataclass(frozen=True)
class SourceRow:
    """One line of the page "Bronnen": a layer we have, of which municipality, and how old it is."""

    municipality: Municipality
    entry: LayerRecord
    age_days: int | None
    """Days since it was fetched; None for what is made up."""


def list_sources(now: datetime | None = None) -> list[SourceRow]:
    """Return every layer we have: whose it is, from where, when, how old, under which licence."""
    now = now or datetime.now(UTC)
    rows = []
    for code in cached_codes():
        lock = Manifest.read(code)
        town = Municipality(lock.code, lock.name, lock.made_up)
        for name in sorted(lock.layers):
            entry = lock.layers[name]
            age = None if lock.made_up else (now - datetime.fromisoformat(entry.fetched)).days
            rows.append(SourceRow(town, entry, age))
    return rows


def data_version(code: str) -> str:
    """Return a token of everything that is read for a municipality: its downloads and all own layers.

    The belt of areas beyond its border is one of its downloads; what was fetched of other municipalities is not:
    `neighbours_version`.

    Returns
    -------
    str
        Equal tokens mean equal files; a download, or a layer taken in, makes another one.
    """
    fetched = _written(municipality_folder(code) / LOCK)
    return hashlib.sha256(f"{fetched} {custom_layers_version()}".encode()).hexdigest()[:16]


def neighbours_version(code: str) -> str:
    """Return a token of the other municipalities on this disk, of which areas may lie beyond the border.

    Returns
    -------
    str
        Equal tokens mean equal files; a fetch of any other municipality makes another one. Empty for own ground,
        of which no neighbours are read.
    """
    if not code.startswith("GM"):
        return ""
    locks = sorted(data_folder().glob(f"GM*/{LOCK}"))
    beside = [(path.parent.name, _written(path)) for path in locks if path.parent.name != code]
    return hashlib.sha256(repr(beside).encode()).hexdigest()[:16]


def _written(path: Path) -> str:
    """Return when a file was last written; empty where there is none, or none any more."""
    try:
        return f"{path.stat().st_mtime_ns:x}"
    except FileNotFoundError:
        return ""
