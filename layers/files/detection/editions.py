"""Several editions of the same areas in one layer: each is a layer of its own, called after its year."""

import re
from collections import defaultdict
from dataclasses import replace

from layers.files.detection.layer_type import code_column, values
from layers.files.models import RawLayer

YEAR_COLUMNS = frozenset({"jaarcode", "jaar", "peiljaar", "statjaar", "editie", "year"})
_NAMED = re.compile(r"^(?P<layer>.*) \((?P<year>\d{4})\)$")


def split_name(name: str) -> tuple[str, str | None]:
    """Return the layer and the year of the name of an edition.

    Examples
    --------
    >>> split_name("pc4 (2023)"), split_name("pc4")
    (('pc4', '2023'), ('pc4', None))
    """
    match = _NAMED.match(name)
    return (match["layer"], match["year"]) if match else (name, None)


def edition_column(layer: RawLayer) -> str | None:
    """Return the column with the year when the same codes stand in a layer for several years."""
    code = code_column(layer)
    years = next((column for column in layer.columns() if column.lower() in YEAR_COLUMNS), None)
    if code is None or years is None:
        return None
    known = set(values(layer, years))
    if len(known) < 2 or not all(re.fullmatch(r"\d{4}", year) for year in known):
        return None
    years_of: dict[str, list[str]] = defaultdict(list)
    for row in layer.rows:
        years_of[str(row.get(code))].append(str(row.get(years)))
    repeats = [columns for columns in years_of.values() if len(columns) > 1]
    return years if repeats and all(len(set(columns)) == len(columns) for columns in repeats) else None


def edition_names(layer: RawLayer) -> tuple[str, ...]:
    """Return the names of the editions in a layer; none when there is one edition or no year."""
    column = edition_column(layer)
    return (
        ()
        if column is None
        else tuple(f"{layer.name} ({year})" for year in sorted(set(values(layer, column))))
    )


def choose_edition(layer: RawLayer, year: str) -> RawLayer:
    """Return the rows of one year."""
    column = edition_column(layer)
    places = [n for n, row in enumerate(layer.rows) if column is None or str(row.get(column)) == year]
    return replace(
        layer,
        name=f"{layer.name} ({year})",
        shapes=[layer.shapes[n] for n in places],
        rows=[layer.rows[n] for n in places],
        faults=[layer.faults[n] for n in places],
        repaired=[layer.repaired[n] for n in places],
        facts={new: layer.facts[n] for new, n in enumerate(places) if n in layer.facts},
        rows_in_all=len(places),
    )
