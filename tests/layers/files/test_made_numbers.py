"""Numbers and wrappings as programs and people write them: read as what they are, or asked about; never as another."""

import json
import math
from collections.abc import Callable

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import FileNumbersChanged
from tests.layers.files.test_made_files import SPOTS, X, Y, are_the_benches, few, take

GROUPS = {
    "point": ".",
    "comma": ",",
    "space": " ",
    "hard space": "\u00a0",
    "narrow space": "\u202f",
    "Swiss": "'",
}
RINGS = [shapely.box(X + 500 * at, Y, X + 500 * at + 400, Y + 300) for at in range(4)]
"""Boxes of 12 ha."""


def written(value: float, group: str, decimal: str, decimals: int) -> str:
    """Return a number with a sign between thousands and another before the decimals."""
    whole, _, part = f"{value:,.{decimals}f}".partition(".")
    return whole.replace(",", group) + (decimal + part if decimals else "")


def table(write: Callable[[float], str], sign: str) -> bytes:
    rows = [sign.join(("bank", write(x), write(y))) for x, y in SPOTS]
    return "\n".join([sign.join(("soort", "x", "y")), *rows]).encode()


@few
@given(group=st.sampled_from(sorted(GROUPS)), decimals=st.integers(1, 4), sign=st.sampled_from(";\t|"))
def test_places_with_marks_of_thousands_and_decimals(group: str, decimals: int, sign: str) -> None:
    """The other mark stands before the decimals, so both are sure."""
    decimal = "." if group == "comma" else ","
    are_the_benches(take(table(lambda v: written(v, GROUPS[group], decimal, decimals), sign), "lijst.csv"))


@few
@given(group=st.sampled_from(sorted(GROUPS)), sign=st.sampled_from(";\t|"))
def test_places_with_marks_of_thousands_alone_are_asked_about(group: str, sign: str) -> None:
    """A point or comma may be a decimal mark: nothing is taken until somebody said so. No space can be one."""
    contents = table(lambda v: written(v, GROUPS[group], "", 0), sign)
    if group in ("point", "comma"):
        with pytest.raises(FileNumbersChanged):
            take(contents, "lijst.csv")
    else:
        are_the_benches(take(contents, "lijst.csv"))


@few
@given(radii=st.lists(st.integers(60, 900), min_size=1, max_size=4), plain=st.integers(0, 3))
def test_curves_among_plain_shapes(radii: list[int], plain: int) -> None:
    """A circle keeps its area whatever stands beside it in the table."""
    rounds = [
        f"CURVEPOLYGON(CIRCULARSTRING({x - r} {Y}, {x} {Y + r}, {x + r} {Y}, {x} {Y - r}, {x - r} {Y}))"
        for x, r in ((X + 2_000 * at, r) for at, r in enumerate(radii))
    ]
    shapes = [*rounds, *(ring.wkt for ring in RINGS[:plain])]
    lines = ["code;wkt", *(f"a{at};{shape}" for at, shape in enumerate(shapes))]
    found = take("\n".join(lines).encode(), "gebieden.csv", role="areas", crs=28992)
    right = [math.pi * r**2 for r in radii] + [120_000.0] * plain
    assert found.frame.area.tolist() == pytest.approx(right, rel=0.002)


@few
@given(
    places=st.lists(
        st.tuples(
            st.sampled_from(
                ["Bankje", "Zitbank", "Parkbank", "Picknicktafel", "Speeltoestel", "Bibliotheek"]
            ),
            st.sampled_from(["bij de kerk", "t.o. café De Brug", "naast school", "achter het buurthuis", ""]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_kind_is_never_taken_from_what_it_lies_beside(places: list[tuple[str, str]]) -> None:
    kinds = {"Picknicktafel": "picnic_table", "Speeltoestel": "equipment", "Bibliotheek": "library"}
    rows = [f"{what} {where}".strip() + f";{X + 30 * at};{Y}" for at, (what, where) in enumerate(places)]
    found = take("\n".join(["naam;x;y", *rows]).encode(), "plekken.csv")
    assert found.frame["kind"].tolist() == [kinds.get(what, "bench") for what, _ in places]


WRAPPINGS: dict[str, Callable[[list[dict[str, object]]], str]] = {
    "plain": lambda rows: json.dumps({"type": "FeatureCollection", "features": rows}),
    "one a line": lambda rows: "\n".join(map(json.dumps, rows)),
    "one a line, with a mark": lambda rows: "".join(f"\x1e{json.dumps(row)}\n" for row in rows),
    "a comma too many": lambda rows: (
        '{"type": "FeatureCollection", "features": [' + "".join(f"{json.dumps(row)}," for row in rows) + "]}"
    ),
    "a script": lambda rows: (
        f"var json_gebieden_1 = {json.dumps({'type': 'FeatureCollection', 'features': rows})};"
    ),
    "an answer": lambda rows: json.dumps(
        {"status": "ok", "data": {"type": "FeatureCollection", "features": rows}}
    ),
    "a list": json.dumps,
}
ENDS = {
    "one a line": "geojsonl",
    "one a line, with a mark": "geojsons",
    "a script": "js",
    "an answer": "json",
}


@few
@given(wrapping=st.sampled_from(sorted(WRAPPINGS)), n=st.integers(1, 4), dots=st.booleans())
def test_areas_in_any_wrapping_are_the_same_areas(wrapping: str, n: int, *, dots: bool) -> None:
    """Names may hold the very signs that wrappings are made of."""
    names = [f"Wijk {at}{' }];,' if dots else ''}" for at in range(n)]
    rows: list[dict[str, object]] = [
        {
            "type": "Feature",
            "properties": {"code": f"W{at}", "naam": name},
            "geometry": json.loads(shapely.to_geojson(ring)),
        }
        for at, (name, ring) in enumerate(zip(names, RINGS, strict=False))
    ]
    contents = WRAPPINGS[wrapping](rows).encode()
    found = take(contents, f"gebieden.{ENDS.get(wrapping, 'geojson')}", role="areas", crs=28992)
    assert found.frame["name"].tolist() == names
    assert found.frame.area.tolist() == pytest.approx([120_000.0] * n, rel=1e-6)
