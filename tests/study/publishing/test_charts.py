"""A chart of the report says what is true of all rows, also when it shows twenty of them."""

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

import i18n
from study.publishing.publication import Publication
from study.publishing.report.charts import MAX_DOTS, areas_charts, borders_charts

W = i18n.get_translator("nl")


def publication(rows: int) -> Publication:
    """Publish areas and borders of which the last is the lowest: 90 %, 88 % ...; the lowest area has most drawers."""
    values = [0.90 - 0.02 * at for at in range(rows)]
    names = [f"Gebied {at + 1}" for at in range(rows)]
    areas = pd.DataFrame({"name": names, "n": [10 + at for at in range(rows)], "iou": values})
    borders = pd.DataFrame({"left_name": names, "right_name": "Rand", "hardness": values})
    return cast("Publication", SimpleNamespace(tables={"areas": areas, "borders": borders}))


@pytest.mark.parametrize("rows", [MAX_DOTS, 25])
def test_the_ends_are_those_of_all_rows_and_what_is_left_out_is_said(rows: int) -> None:
    """By hand: of 25 rows the lowest is 90 - 24 * 2 = 42 %, of 20 it is 52 %."""
    made = publication(rows)
    is_cut = rows > MAX_DOTS
    lowest = "42 %" if is_cut else "52 %"
    for charts, cut, first in (
        (areas_charts, f"de 20 met de meeste tekenaars van {rows}", "Gebied 6" if is_cut else "Gebied 1"),
        (borders_charts, f"de 20 hardste van {rows}", ""),
    ):
        (chart,) = charts(made, W)
        assert len(chart.rows) == MAX_DOTS
        said = chart.alt.replace("\N{NO-BREAK SPACE}", " ").replace("%", " %").replace("  ", " ")
        assert lowest in said
        assert "90 %" in said
        assert f"Gebied {rows}" in said
        assert (cut in chart.alt) == (cut in chart.axis) == is_cut
        assert chart.rows[0].name.startswith(first)
