"""Key figures people uploaded: a table with a column of codes, for official areas or for areas of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import (
    FileDecimalAsked,
    FileFiguresAsked,
    FileFiguresUnmatched,
    FileLayerChoice,
    FileWithoutFigures,
)
from layers import custom_layers
from layers.custom_layers import CustomLayer
from layers.files import FeatureIssue, FileLimits, TableHints, read_table_rows
from layers.official.key_figures import figure_columns, read_figure_columns
from layers.official.number_notation import plain_numbers

ROLE = "figures"
CODE_COLUMNS = (
    "gwb_code_10", "gwb_code", "codering", "wijkenenbuurten", "buurtcode", "bu_code", "wijkcode", "wk_code",
    "code", "statcode", "cbscode", "gebiedscode", "pc6", "postcode6", "pc4", "postcode4", "postcode",
    "gemeentecode", "gm_code",
)  # fmt: skip
"""Columns that hold the code of an area, that of the smallest areas first."""

NATIONAL = re.compile(r"(?:GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})")
POSTCODE = re.compile(r"\d{4}(?:[A-Z]{2})?")
WHOLE_COUNTRY = "NL00"
"""Code of the row with the whole country in StatLine's tables."""

SHARE_MET = 0.5
"""Figures are of areas when this share of either's codes is among the other's."""

BARE = {"bu": ("BU", 8), "wk": ("WK", 6), "gm": ("GM", 4)}
"""Column of bare numbers -> the letters and the length that a spreadsheet took from the codes."""


@dataclass(frozen=True)
class FiguresTable:
    """A table of figures as read: index ``code``, columns under the catalogue's names.

    Attributes
    ----------
    areas
        Key of the own areas that the codes are of; empty for national codes.
    year
        As the name of the file says it; 0 where it does not.
    not_kept
        Columns that hold no figure we know.
    """

    frame: pd.DataFrame
    areas: str
    year: int
    n_in: int
    refusals: tuple[FeatureIssue, ...]
    not_kept: tuple[str, ...]
    layer: str
    layers: tuple[str, ...]


def read_figures(
    handed: Path | bytes,
    *,
    name: str,
    layer: str | None,
    areas: str,
    hints: TableHints,
    limits: FileLimits,
) -> FiguresTable:
    """Read a table of figures.

    Parameters
    ----------
    layer
        Which sheet or member, where there are several.
    areas
        Key of the own areas that the codes are of; found by the codes when empty.
    hints
        The row with the names of the columns, and the decimal mark, where somebody said so.

    Raises
    ------
    FileRefused
        Among others: no column of codes or no figure we know, codes that no areas of ours have, or numbers that
        can be read both ways.
    """
    layers, tables = read_table_rows(
        handed, name=name, layer=layer, hints=replace(hints, placeless=True), limits=limits
    )
    if len(tables) > 1:
        raise FileLayerChoice(name=name, layers=", ".join(layers))
    ((chosen, rows),) = tables.items()
    raw = pd.DataFrame(rows)
    column = _code_column(raw)
    with_figures = figure_columns(raw)
    if column is None or not with_figures:
        raise FileWithoutFigures(name=name, columns=", ".join(map(str, raw.columns[:8])))
    plain, doubtful = plain_numbers(raw, with_figures, hints.decimal)
    if doubtful:
        raise FileDecimalAsked(name=name, columns=", ".join(doubtful))
    codes = _tidy(raw[column], column)
    own = areas or _areas_of(codes, name)
    known = set(custom_layers.read_custom_layer(own).index) if own else None
    refusals = tuple(_refusals(codes, known))
    refused = {note.number - 1 for note in refusals}
    kept = [row for row in range(len(raw)) if row not in refused]
    frame = read_figure_columns(plain).iloc[kept].set_axis(codes.iloc[kept])
    frame.index.name = "code"
    used = {column, *with_figures}
    year = re.search(r"(?<!\d)(20\d{2})(?!\d)", f"{chosen} {name}")
    return FiguresTable(
        frame,
        own,
        int(year[1]) if year else 0,
        len(raw),
        refusals,
        tuple(str(one) for one in raw.columns if one not in used),
        chosen,
        layers,
    )


def _code_column(raw: pd.DataFrame) -> str | None:
    """Return the column with the code of each row; numbers behind its name are StatLine's own."""
    by_name = {re.sub(r"_\d$", "", str(one).strip().lower()): str(one) for one in reversed(raw.columns)}
    return next((by_name[one] for one in CODE_COLUMNS if one in by_name), None)


def _tidy(column: "pd.Series[str]", name: str) -> "pd.Series[str]":
    """Return codes in form: no spaces, capitals, and the letters and noughts that a spreadsheet took."""
    codes = column.map(lambda value: "" if pd.isna(value) else str(value).strip().upper())
    codes = codes.str.replace(r"\.0$", "", regex=True)
    letters, length = BARE.get(re.sub(r"[^a-z]", "", name.lower())[:2], ("", 0))
    if letters:
        bare = codes.str.fullmatch(rf"\d{{1,{length}}}")
        codes = codes.where(~bare, letters + codes.str.zfill(length))
    return codes


def _areas_of(codes: "pd.Series[str]", name: str) -> str:
    """Return which own areas the codes are of; empty for national ones.

    Raises
    ------
    FileFiguresUnmatched, FileFiguresAsked
    """
    there = set(codes) - {""}
    if there and sum(NATIONAL.fullmatch(code) is not None for code in there) >= SHARE_MET * len(there):
        return ""
    fit = []
    for own in custom_layers.list_custom_layers("areas"):
        theirs = set(custom_layers.read_custom_layer(own.key).index)
        if len(there & theirs) >= SHARE_MET * min(len(there), len(theirs)):
            fit.append(own.key)
    if not fit and all(POSTCODE.fullmatch(code) for code in there):
        return ""  # postcodes
    if not fit:
        raise FileFiguresUnmatched(name=name, code=min(there, default="-"))
    if len(fit) > 1:
        raise FileFiguresAsked(name=name, keys=", ".join(fit))
    return fit[0]


def _is_national(code: str) -> bool:
    return bool(NATIONAL.fullmatch(code) or POSTCODE.fullmatch(code)) or code == WHOLE_COUNTRY


def _refusals(codes: "pd.Series[str]", known: set[str] | None) -> Iterator[FeatureIssue]:
    seen: set[str] = set()
    for number, code in enumerate(codes, 1):
        if not code:
            yield FeatureIssue(number, f"#{number}", "code_absent")
        elif code in seen:
            yield FeatureIssue(number, code, "code_doubled")
        elif known is not None and code not in known:
            yield FeatureIssue(number, code, "code_unknown")
        elif known is None and not _is_national(code):
            yield FeatureIssue(number, code, "code_not_national")
        else:
            seen.add(code)


def figures_in_areas(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the figures that own areas carry in their own columns; none of a column that can be read both ways."""
    raw = pd.DataFrame(areas.drop(columns="geometry"))
    plain, doubtful = plain_numbers(raw, figure_columns(raw))
    return read_figure_columns(plain.drop(columns=doubtful))


def figures_for(areas: pd.DataFrame, key: str, project: str) -> list[tuple[CustomLayer, pd.DataFrame]]:
    """Return the uploaded figures of areas that a project may see, the newest first, each by the areas' codes.

    Parameters
    ----------
    key
        Of the own areas that these are; empty for official ones.
    """
    found = []
    for own in custom_layers.list_custom_layers(ROLE):
        if own.project not in ("", project) or (own.areas and own.areas != key):
            continue
        table = custom_layers.read_custom_layer(own.key)
        if table.index.isin(areas.index).any():
            found.append((own, table.reindex(areas.index)))
    return sorted(found, key=lambda one: (-one[0].year, one[0].key))
