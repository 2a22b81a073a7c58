"""Fetching the layers of a municipality, and what we have with its source, date and licence."""

from collections.abc import Callable

import layers
from layers import Municipality, SourceRow
from layers.fetch import Progress, Report
from layers.fetch import fetch as _fetch

__all__ = [
    "Municipality",
    "Progress",
    "Report",
    "SourceRow",
    "all_municipalities",
    "fetch",
    "municipalities",
    "sources",
]


def municipalities() -> list[Municipality]:
    """Give the municipalities whose layers we have, by name; the made-up town among them."""
    return layers.municipalities()


def all_municipalities() -> list[Municipality]:
    """Give every Dutch municipality, by name; empty until their list came with a fetch."""
    return layers.all_municipalities()


def fetch(
    name_or_code: str,
    *,
    year: int | None = None,
    dry_run: bool = False,
    again: bool = False,
    progress: Callable[[Progress], None] = lambda _step: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Report:
    """Fetch what we lack of a municipality; see `layers.fetch.fetch`."""
    return _fetch(name_or_code, year=year, dry_run=dry_run, again=again, progress=progress, cancel=cancel)


def sources() -> list[SourceRow]:
    """Give every layer we have: whose it is, from where, when, how old, under which licence."""
    return layers.sources()
