"""Charts of finished tables: a dot and an interval a row, in the colours of the maps and readable in grey.

Nothing is computed here: a chart shows the rows that the table beside it shows. Every mark carries its sentence
as accessible name; the way in by keyboard is that table.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from maps import style

MAX_ROWS = 12
"""More rows than this are a list to search, not a picture."""

ROW_PX, SERIES_PX, AXIS_PX, LEGEND_PX = 18, 13, 46, 28
"""Height of a row, of each of several series in it, of the axis with its title, and of the names of series."""

WIDEST_SHARE = 0.95
"""An axis ends where this share of the intervals end: one broad interval must not squeeze all others."""

CHOSEN = "chosen"
"""Name of the selection that a click makes."""

Scale = Literal["share", "number", "ratio"]
"""Shares as percentages; numbers as they are; ratios on a logarithmic axis."""

_SERIES = (style.DRAWN, style.ACTION)
_SHAPES = ("circle", "diamond")


@dataclass(frozen=True)
class DotChart:
    """How a chart of dots reads.

    Attributes
    ----------
    axis
        What the dots measure, in words.
    about
        The whole chart in one sentence, for who does not see it.
    scale
        What kind of number it is.
    decimal
        Sign between whole and part in the visitor's language.
    rule
        Value at which a line stands, such as the mean of all; None for no line.
    series
        Names of at most two series, in the order in which they stand in a row; none for one series.
    chosen
        Code of the row that is chosen elsewhere.
    """

    axis: str
    about: str
    scale: Scale = "share"
    decimal: str = ","
    rule: float | None = None
    series: tuple[str, ...] = ()
    chosen: str = ""


def dot_chart(rows: pd.DataFrame, settings: DotChart) -> dict[str, Any]:
    """Return a chart with a dot, an interval and maybe a tick for every row.

    Parameters
    ----------
    rows
        In the order to show. ``code``, ``name``, ``value``, ``text`` (a sentence); ``low`` and ``high`` (missing
        where unknown); ``tick``: a second value to compare with (missing: none); ``series``: one of the names
        in the settings, where there are several.
    settings
        How it reads.

    Returns
    -------
    dict
        A specification for Vega-Lite; of the same rows the very same, so that a browser draws nothing anew.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": ["a"], "name": ["West"], "value": [0.4], "low": [0.3], "high": [0.5],
    ...                      "tick": [None], "text": ["West: 40 %"]})
    >>> made = dot_chart(rows, DotChart("overlap", "overlap of one area"))
    >>> made["description"], len(made["layer"])
    ('overlap of one area', 3)
    """
    made: dict[str, Any] = json.loads(_specification(_Rows(rows.to_csv(), rows), settings))
    return made


@dataclass(frozen=True)
class _Rows:
    """A table that is equal to another when it reads the same."""

    text: str
    table: pd.DataFrame = field(compare=False)


@lru_cache(maxsize=128)
def _specification(rows: _Rows, settings: DotChart) -> str:
    """Return the specification as JSON. Altair needs a quarter of a second for one, and every press asks for it."""
    made = _layered(rows.table, settings).to_dict()
    made["config"]["view"] = {"stroke": None}  # not as wide as Altair likes it: as wide as its place
    return json.dumps(made)


def forget_charts() -> None:
    """Forget the charts that were made; the tables in them may hold what has been withdrawn since.

    Examples
    --------
    >>> forget_charts()
    >>> _specification.cache_info().currsize
    0
    """
    _specification.cache_clear()


def _layered(rows: pd.DataFrame, settings: DotChart) -> alt.LayerChart:
    shown = _clipped(rows, settings)
    base = alt.Chart(shown).encode(**_row(shown, settings))
    x = alt.X("value:Q", title=settings.axis, scale=_scale(shown, settings), axis=_axis(settings))
    strong = alt.condition(f"datum.code == {json.dumps(settings.chosen)}", alt.value(4), alt.value(1.75))
    colour, shape = _looks(settings)
    layers = [
        base.mark_rule(aria=False).encode(
            x=alt.X("low:Q", scale=_scale(shown, settings)), x2="high:Q", color=colour, strokeWidth=strong
        ),
        base.mark_tick(aria=False, thickness=2.5, size=ROW_PX - 4, color=style.INK).encode(
            x=alt.X("tick:Q", scale=_scale(shown, settings))
        ),
        base.mark_point(filled=True, opacity=1, size=75)
        .encode(
            x=x, color=colour, shape=shape, tooltip=alt.Tooltip("text:N", title=" "), description="text:N"
        )
        .add_params(alt.selection_point(name=CHOSEN, fields=["code"])),
    ]
    if settings.rule is not None:
        line = alt.Chart(pd.DataFrame({"at": [settings.rule]}))
        drawn = line.mark_rule(aria=False, strokeDash=[5, 4], color=style.INK)
        layers.insert(0, drawn.encode(x=alt.X("at:Q", scale=_scale(shown, settings))))
    n_rows, n_series = shown["name"].nunique(), max(len(settings.series), 1)
    height = n_rows * (ROW_PX if n_series == 1 else SERIES_PX * n_series + 6) + AXIS_PX
    height += LEGEND_PX if settings.series else 0
    return _themed(alt.LayerChart(layer=layers, description=settings.about, height=height))


def _clipped(rows: pd.DataFrame, settings: DotChart) -> pd.DataFrame:
    """Return the rows as numbers, with both ends of an interval that leaves the picture at its edge."""
    numbers = ["value", "low", "high", "tick"]
    shown = rows.astype(dict.fromkeys(numbers, float)).dropna(subset=["value"])
    if settings.scale == "ratio":
        shown = shown[shown["value"] > 0]
    return shown.reset_index(drop=True)


def _row(shown: pd.DataFrame, settings: DotChart) -> dict[str, Any]:
    names = list(dict.fromkeys(shown["name"]))
    axis = alt.Axis(labelLimit=210, ticks=False, domain=False, title=None, labelPadding=8, aria=False)
    channels: dict[str, Any] = {"y": alt.Y("name:N", sort=names, axis=axis)}
    if settings.series:
        channels["yOffset"] = alt.YOffset("series:N", sort=list(settings.series))
    return channels


def _looks(settings: DotChart) -> tuple[Any, Any]:
    """Return colour and shape of a dot: series differ in both."""
    if not settings.series:
        return alt.value(style.DRAWN), alt.value(_SHAPES[0])
    names = list(settings.series)
    legend = alt.Legend(title=None, orient="top", symbolType="circle", labelLimit=220)
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=list(_SERIES)), legend=legend)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=names, range=list(_SHAPES)), legend=legend)
    return colour, shape


def _scale(shown: pd.DataFrame, settings: DotChart) -> alt.Scale:
    """Return the scale of all layers: with the rule in it, and no wider than most intervals."""
    points = [*shown["value"], *shown["tick"].dropna(), *([] if settings.rule is None else [settings.rule])]
    lows, highs = shown["low"].dropna(), shown["high"].dropna()
    if not points:
        return alt.Scale(domain=[0, 1])
    low = min(points) if lows.empty else min(*points, lows.quantile(1 - WIDEST_SHARE))
    high = max(points) if highs.empty else max(*points, highs.quantile(WIDEST_SHARE))
    if settings.scale == "ratio":
        return alt.Scale(type="log", domain=[max(low * 0.9, 0.01), high * 1.1], clamp=True)
    return alt.Scale(
        domain=[min(low, 0.0) if settings.scale == "share" else low, high], nice=True, clamp=True
    )


def _axis(settings: DotChart) -> alt.Axis:
    if settings.scale == "share":
        label = "format(100 * datum.value, '.0f') + ' %'"
    else:
        # A comma is no number to Vega: only the written label gets one.
        label = f"replace(format(datum.value, '.3~g'), '.', '{settings.decimal}')"
    return alt.Axis(
        labelExpr=label, tickCount=5, grid=True, domain=False, titleFontWeight="normal", aria=False
    )


def _themed(chart: alt.LayerChart) -> alt.LayerChart:
    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": style.INK, "titleColor": style.INK}
    themed: alt.LayerChart = (
        chart.configure(background="transparent", padding={"left": 0, "right": 8, "top": 4, "bottom": 0})
        .configure_view(stroke=None)
        .configure_axis(**text, labelFontSize=13, titleFontSize=13, gridColor="#e3ddd0")
        .configure_legend(labelFont=FONT, labelFontSize=13, labelColor=style.INK)
    )
    return themed


FONT = '"Source Sans", "Source Sans 3", system-ui, sans-serif'
