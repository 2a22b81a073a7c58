"""The page to colour: what stands on it, and what does not."""

import re
import zlib

import pytest
import shapely

from maps.static import colouring_page

STREETS = shapely.MultiLineString([[(0, 100), (900, 120)], [(400, -100), (420, 900)]])
WATER = shapely.box(0, 0, 120, 80)
CUT = "Knip dit af en bewaar het: je code is ABCD-EFGH-JKLM"


def page(drawn: shapely.Geometry, title: str = "Mijn buurt") -> bytes:
    """Return the page of a drawing."""
    return colouring_page.render_colouring_page(drawn, STREETS, WATER, title, CUT)


def content(pdf: bytes) -> str:
    """Return the drawing orders of a page."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return "\n".join(zlib.decompress(one).decode("latin-1") for one in streams if one[:1] == b"x")


def test_same_drawing_gives_the_same_page_without_a_maker_or_a_moment() -> None:
    drawn = shapely.box(0, 0, 900, 600)
    pdf = page(drawn)
    assert pdf == page(drawn)
    assert b"CreationDate" not in pdf
    assert b"/Count 1" in pdf


@pytest.mark.parametrize("off", [1.0, 4.0])
def test_page_is_no_more_exact_than_ten_metres(off: float) -> None:
    """A corner that lies some metres further is on the page at the same place."""
    corners = [(0, 0), (900, 0), (900, 600), (0, 600)]
    other = [(x + off, y - off) if x == 900 and y == 600 else (x, y) for x, y in corners]
    assert content(page(shapely.Polygon(corners))) == content(page(shapely.Polygon(other)))


def test_title_that_is_long_or_strange_still_fits() -> None:
    for title in ("M", "Mijn allerliefste buurt met een lange naam", "$x_2$ {{ 42 }}"):
        assert page(shapely.box(0, 0, 900, 600), title).startswith(b"%PDF")
