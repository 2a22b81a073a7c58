"""Charts of the report, made of the rows of the edition: what the tables under them say, to look at."""

import pandas as pd

from i18n import Translator
from i18n.document import Chart, ChartRow
from study.publishing.cell_values import translate_value
from study.publishing.publication import Publication
from study.publishing.report.cells import shorten

MAX_DOTS = 20
"""Rows of a chart; more is a list to search, and stands in the data."""


def areas_charts(made: Publication, say: Translator) -> tuple[Chart, ...]:
    """Return how well each official area and the core of its residents coincide; none without areas.

    Where there are many, it shows those with most drawers.
    """
    areas = made.tables.get("areas")
    if areas is None or areas["iou"].notna().sum() < 2:
        return ()
    stated = areas[areas["iou"].notna()].sort_values("iou", ascending=False, kind="stable")
    rows = _rows(stated["name"].map(shorten), stated["iou"])
    axis, cut = say("report.chart_areas_axis"), ""
    kept = stated["n"].rank(method="first", ascending=False, na_option="bottom").le(MAX_DOTS)
    if not kept.all():
        cut = say("report.chart_areas_cut", shown=MAX_DOTS, n=len(stated))
    return (_falling("report.chart_areas", rows, kept.tolist(), say, axis=axis, cut=cut),)


def borders_charts(made: Publication, say: Translator) -> tuple[Chart, ...]:
    """Return how much of what is drawn along each border ends there, the hardest first; none without borders."""
    borders = made.tables.get("borders")
    if borders is None or borders["hardness"].notna().sum() < 2:
        return ()
    stated = borders[borders["hardness"].notna()].sort_values("hardness", ascending=False, kind="stable")
    names = pd.Series(
        [
            say("report.between", left=shorten(left), right=shorten(right))
            for left, right in zip(stated["left_name"], stated["right_name"], strict=True)
        ],
        index=stated.index,
    )
    rows = _rows(names, stated["hardness"])
    axis, cut = say("report.chart_borders_axis"), ""
    kept = [at < MAX_DOTS for at in range(len(rows))]
    if not all(kept):
        cut = say("report.chart_borders_cut", shown=MAX_DOTS, n=len(rows))
    return (_falling("report.chart_borders", rows, kept, say, axis=axis, cut=cut),)


def ages_charts(made: Publication, say: Translator) -> tuple[Chart, ...]:
    """Return the share of each age among the drawers beside that among the inhabitants; none where it is not known."""
    ages = made.tables.get("ages")
    if ages is None or "share" not in ages or ages["share"].isna().all():
        return ()
    rows = tuple(
        ChartRow(
            translate_value("age", age, say),
            float(row["share"]),
            None if pd.isna(row["inhabitants"]) else float(row["inhabitants"]),
        )
        for age, row in ages.iterrows()
        if not pd.isna(row["share"])
    )
    return (Chart(say("report.chart_ages"), say("report.chart_ages_axis"), rows),)


def _rows(names: "pd.Series[str]", values: "pd.Series[float]") -> tuple[ChartRow, ...]:
    return tuple(ChartRow(str(name), float(value)) for name, value in zip(names, values, strict=True))


def _falling(
    key: str, rows: tuple[ChartRow, ...], kept: list[bool], say: Translator, *, axis: str, cut: str
) -> Chart:
    """Return a chart of rows that fall from first to last: its sentence is of all of them, its dots are of those kept.

    Parameters
    ----------
    cut
        Which are kept, in words; empty for all.
    """
    first, last = rows[0], rows[-1]
    low, high = (say.number(row.value, ".0%") for row in (last, first))
    alt = say(key, low=low, lowest=last.name, high=high, highest=first.name)
    dots = tuple(row for row, is_kept in zip(rows, kept, strict=True) if is_kept)
    if cut:
        alt, axis = f"{alt} {say('report.chart_shown', which=cut)}", f"{axis}\n({cut})"
    return Chart(alt, axis, dots)
