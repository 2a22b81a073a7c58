"""Charts of finished tables: every row is a dot with its sentence, and nothing is drawn that is not known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from maps import charts
from maps.charts import DotChart, dot_chart


def rows(*values: float, high: tuple[float, ...] = ()) -> pd.DataFrame:
    """Return a row a value, with an interval of a tenth to either side unless said."""
    found = pd.DataFrame({"value": values})
    found["code"] = found["name"] = [f"gebied {at}" for at in range(len(values))]
    found["low"], found["high"] = found["value"] - 0.1, high or found["value"] + 0.1
    return found.assign(tick=np.nan, text=[f"zin {value}" for value in values])


def drawn(table: pd.DataFrame, **settings: Any) -> dict[str, Any]:
    """Return the specification of a chart."""
    return dot_chart(table, DotChart("as", "alles in een zin", **settings))


def values(made: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a specification carries."""
    return max(made["datasets"].values(), key=len)


def test_a_chart_tells_its_sentence_and_every_dot_its_own() -> None:
    made = drawn(rows(0.4, 0.2))
    assert made["description"] == "alles in een zin"
    dots = next(layer for layer in made["layer"] if layer["mark"]["type"] == "point")
    assert dots["encoding"]["description"]["field"] == "text"
    assert [row["text"] for row in values(made)] == ["zin 0.4", "zin 0.2"]
    # Rows stay in the order of the table.
    assert dots["encoding"]["y"]["sort"] == ["gebied 0", "gebied 1"]


def test_the_same_rows_are_the_same_picture() -> None:
    """Also after another chart, whose parts Altair numbers on; one number more is another picture."""
    made = drawn(rows(0.4, np.nan, 0.2))
    drawn(rows(0.1))
    assert drawn(rows(0.4, np.nan, 0.2)) == made
    made["layer"].clear()
    assert drawn(rows(0.4, np.nan, 0.2))["layer"]
    assert values(drawn(rows(0.4, np.nan, 0.3))) != values(drawn(rows(0.4, np.nan, 0.2)))


def test_what_is_not_known_has_no_dot_and_no_ratio_is_nought() -> None:
    assert len(values(drawn(rows(0.4, np.nan, 0.0)))) == 2
    assert len(values(drawn(rows(0.4, np.nan, 0.0), scale="ratio"))) == 1


def test_one_broad_interval_does_not_squeeze_the_others() -> None:
    """Forty intervals of a tenth and one that goes on to 148: the axis ends where most end."""
    table = rows(*[0.5] * 40, high=(*[0.6] * 39, 148.0))
    end = drawn(table, scale="number")["layer"][0]["encoding"]["x"]["scale"]
    assert end["domain"][1] == pytest.approx(0.6)
    assert end["clamp"]


def test_a_line_to_compare_with_is_in_the_picture() -> None:
    made = drawn(rows(0.4), rule=0.9)
    assert made["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.0, 0.9]


def test_two_series_differ_in_colour_and_in_shape() -> None:
    table = pd.concat([rows(0.4).assign(series="kern"), rows(0.6).assign(series="gebied")])
    made = drawn(table, series=("kern", "gebied"))
    dots = next(layer for layer in made["layer"] if layer["mark"]["type"] == "point")
    for channel in ("color", "shape"):
        assert len(set(dots["encoding"][channel]["scale"]["range"])) == 2


def test_a_code_with_a_quote_is_a_code() -> None:
    rule = drawn(rows(0.4), chosen="'s-Gravenweg")["layer"][0]
    assert rule["encoding"]["strokeWidth"]["condition"]["test"] == 'datum.code == "\'s-Gravenweg"'


@pytest.mark.parametrize(("scale", "sign"), [("share", "%"), ("number", "','"), ("ratio", "','")])
def test_numbers_are_written_in_the_language_of_the_page(scale: Any, sign: str) -> None:
    made = drawn(rows(0.4), scale=scale)
    dots = next(layer for layer in made["layer"] if layer["mark"]["type"] == "point")
    assert sign in dots["encoding"]["x"]["axis"]["labelExpr"]


def test_more_rows_are_a_taller_chart() -> None:
    assert drawn(rows(0.1, 0.2))["height"] - drawn(rows(0.1))["height"] == charts.ROW_PX
