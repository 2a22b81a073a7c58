"""What we rely on at each service, read from ``contracts.toml``: paths, columns, years and names of figures.

The catalogue, the clients, the stand-in servers of the tests, the table in docs/sources.md and `buurt doctor`
read it here, so that no two of them can disagree.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("contracts.toml")


@dataclass(frozen=True)
class ServiceTerms:
    """One service: its setting, its usual hosts, and its path on them.

    ``beside`` names a service on the same host; ``any_host`` allows the operator any server over https.
    """

    name: str
    setting: str
    hosts: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    path: str = ""
    beside: str = ""
    any_host: bool = False


@dataclass(frozen=True)
class Contract:
    """One line: what is asked of a service, and what must come of it.

    Attributes
    ----------
    path, aliases
        With ``{year}`` or ``{table}`` in it where each year has its own; `aliases` are tried after a 404.
    parameters, optional_parameters
        What a collection is filtered by; an optional one is left out after a refusal.
    needed, wished
        Columns, or keys of the answer, without which nothing can be read, or less is.
    unread
        Columns that come along and are not kept.
    years, year, complete
        Years known to exist, the one asked for, and the last one with all figures; 0 where there is none.
    optional
        Every fetch works without this line.
    evidence, source, checked
        How sure we are, by whom, and when it was last looked up.
    """

    key: str
    service: str
    path: str
    evidence: str
    source: str
    checked: date
    collection: str = ""
    aliases: tuple[str, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    optional_parameters: dict[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    wished: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    year: int = 0
    complete: int = 0
    year_column: str = ""
    figures: bool = False
    optional: bool = False

    def columns(self, year: int) -> frozenset[str]:
        """Return every column this line may count on in a year: the stand-in sends no other.

        Examples
        --------
        >>> "woningvoorraad" in CONTRACTS["buurt"].columns(2025)
        False
        """
        columns = {*self.needed, *self.wished, *self.unread, *self.parameters, self.year_column} - {""}
        if self.path.startswith("/cbs/wijken"):
            columns |= {"gemeentecode", "gemeentenaam", "wijkcode", *map_columns(year)}
        elif self.figures:
            columns |= set(FIGURE_TERMS)
        return frozenset(columns)


@dataclass(frozen=True)
class FigureTerms:
    """One key figure: its unit, its columns in maps, and its measure in StatLine.

    ``share_of`` makes it a percentage of another measure, ``counts`` are columns of tables that have the count
    itself; of the years in ``later`` StatLine has no row yet.
    """

    key: str
    unit: str
    column: str = ""
    measure: str = ""
    share_of: str = ""
    aliases: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    map: tuple[int, ...] = ()
    later: tuple[int, ...] = ()

    @property
    def in_map(self) -> str:
        """The name of its column in the Wijk- en Buurtkaart."""
        return self.column or self.key

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which a table may have it, ours first."""
        return tuple(dict.fromkeys((self.key, self.in_map, *self.aliases)))


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


_tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
SERVICE_TERMS = {key: ServiceTerms(**_tuples(row)) for key, row in _tables["service"].items()}
CONTRACTS = {key: Contract(key, **_tuples(row)) for key, row in _tables["line"].items()}
FIGURE_TERMS = {key: FigureTerms(key, **_tuples(row)) for key, row in _tables["figure"].items()}
COLUMN_NAMES = {key: (key, *names) for key, names in _tables["column"].items()}
"""For a column of the services every name under which a file of CBS may have it, the service's own first."""

STATLINE_TITLE: str = _tables["statline"]["title"]
STATLINE_TABLES = {int(year): str(table) for year, table in _tables["statline"]["tables"].items()}


def map_columns(year: int) -> frozenset[str]:
    """Return the columns with figures that the Wijk- en Buurtkaart of a year carries."""
    return frozenset(row.in_map for row in FIGURE_TERMS.values() if year in row.map)


def table_of_contracts() -> str:
    """Return the contract lines as the Markdown table that stands in docs/sources.md."""
    rows = [
        "| line | service | path | filtered by | columns needed | without it | evidence | checked |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in CONTRACTS.values():
        place = row.path + (f"/collections/{row.collection}" if row.collection else "")
        filters = ", ".join(f"`{name}`" for name in [*row.parameters, *row.optional_parameters])
        columns = ", ".join(f"`{name}`" for name in row.needed)
        consequence = "goes on" if row.optional else "told as missing"
        service = SERVICE_TERMS[row.service].name
        cells = (
            row.key,
            service,
            f"`{place}`",
            filters,
            columns,
            consequence,
            row.evidence,
            str(row.checked),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"
