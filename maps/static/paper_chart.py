"""Charts for paper: dots on a scale of percentages, with what they are compared with as ticks.

Dots are round and dark, ticks upright and black, so that a chart printed in grey says the same. Nothing is
computed here: the rows come from the tables of the report.
"""

import math

from matplotlib.figure import Figure

from i18n.document import Chart
from maps import style

WIDTH_IN = 6.7
"""That of the text on A4."""

ROW_IN, AXIS_IN = 0.235, 0.62
LONGEST = 34
"""Most signs of the name of a row."""

TEXT_PT = 8.0
LINE_IN = 0.16
"""A further line below the axis."""
NAMES = 0.36
"""Part of the width for the names."""


def draw_chart(chart: Chart) -> Figure:
    """Draw a chart; a row to each dot, in the order of the chart from above to below.

    Parameters
    ----------
    chart
        Rows and axis, in words.

    Returns
    -------
    Figure
        Of the width of the text on A4.

    Examples
    --------
    >>> from i18n.document import ChartRow
    >>> drawn = draw_chart(Chart("", "overlap", (ChartRow("West", 0.4), ChartRow("Oost", 0.3))))
    >>> [text.get_text() for text in drawn.axes[0].get_yticklabels()]
    ['West', 'Oost']
    """
    n = len(chart.rows)
    axis_in = AXIS_IN + LINE_IN * chart.axis.count("\n")
    height = n * ROW_IN + axis_in
    figure = Figure(figsize=(WIDTH_IN, height))
    axes = figure.add_axes((NAMES, axis_in / height, 0.97 - NAMES, 1 - axis_in / height))
    values, places = [row.value for row in chart.rows], range(n)
    ticks = [(place, row.tick) for place, row in enumerate(chart.rows) if row.tick is not None]
    edge = _edge([*values, *(tick for _, tick in ticks)])
    axes.hlines(places, 0, edge, color="#dcd6c8", linewidth=0.6, zorder=1)
    for place, tick in ticks:
        axes.plot([tick, tick], [place - 0.36, place + 0.36], color=style.INK, linewidth=2.2, zorder=3)
    axes.plot(values, places, "o", color=style.DRAWN, markersize=6.5, zorder=4)
    axes.set_xlim(0, edge)
    axes.set_ylim(n - 0.5, -0.5)
    steps = [step / 10 for step in range(0, round(edge * 10) + 1, 1 if edge <= 0.5 else 2)]
    axes.set_xticks(steps, [f"{step * 100:.0f} %" for step in steps], fontsize=TEXT_PT)
    axes.set_yticks(places, [_short(row.name) for row in chart.rows], fontsize=TEXT_PT)
    axes.set_xlabel(chart.axis, fontsize=TEXT_PT, color=style.INK)
    axes.tick_params(length=0, labelcolor=style.INK)
    for side in axes.spines.values():
        side.set_visible(False)
    # What somebody named is text, never a formula.
    for text in (*axes.get_yticklabels(), axes.xaxis.label):
        text.set_parse_math(False)
    figure.patch.set_facecolor("white")
    return figure


def _edge(values: list[float]) -> float:
    """Return where the scale ends: the next ten percent, and never above all.

    Examples
    --------
    >>> _edge([0.12, 0.31]), _edge([0.4]), _edge([0.97])
    (0.4, 0.5, 1.0)
    """
    return min(1.0, (math.floor(max(values) * 10 + 1e-9) + 1) / 10)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
