"""A chart on paper: each dot at its number, names as they were typed, and readable in grey."""

import io

import numpy as np
from PIL import Image

from i18n.document import Chart, ChartRow
from maps.static.paper_chart import draw_chart
from maps.static.print_maps import png, svg

CHART = Chart(
    "alt",
    "deel van de tekenaars",
    (
        ChartRow("tot 25 jaar", 0.15, 0.28),
        ChartRow("$x^2$ <b>", 0.3),
        ChartRow("65 jaar en ouder", 0.2, 0.19),
    ),
)


def test_each_dot_and_tick_stands_at_its_number() -> None:
    (axes,) = draw_chart(CHART).axes
    (dots,) = (line for line in axes.lines if line.get_marker() == "o")
    assert np.allclose(dots.get_xdata(), [0.15, 0.3, 0.2])
    assert list(dots.get_ydata()) == [0, 1, 2]
    ticks = {
        round(float(np.mean(line.get_ydata()))): line.get_xdata()[0]
        for line in axes.lines
        if line is not dots
    }
    assert ticks == {0: 0.28, 2: 0.19}
    assert axes.get_xlim() == (0.0, 0.4)
    assert axes.yaxis_inverted()


def test_names_stand_as_they_were_typed() -> None:
    drawn = draw_chart(CHART)
    assert [text.get_text() for text in drawn.axes[0].get_yticklabels()] == [row.name for row in CHART.rows]
    assert not any(text.get_parse_math() for text in drawn.axes[0].get_yticklabels())
    assert b"<b>" not in svg(drawn)


def test_dots_and_ticks_differ_in_shape_and_both_are_dark_in_grey() -> None:
    """Grey below 148 has a contrast of 3 to 1 with white paper, and in a dot and a tick little else is seen."""
    with Image.open(io.BytesIO(png(draw_chart(CHART)))) as drawn:
        grey = np.asarray(drawn.convert("L"))
    dark = grey[:, int(grey.shape[1] * 0.37) :] < 148
    first = dark[int(grey.shape[0] * 0.03) : int(grey.shape[0] * 0.15)]
    columns = np.flatnonzero(first.any(axis=0))
    marks = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    assert len(marks) == 2
    dot, tick = (len(mark) for mark in marks)
    assert dot > 2 * tick
