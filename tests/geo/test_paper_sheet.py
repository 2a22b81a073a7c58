"""A sheet says by itself where it lies: answers by head, then laws for any sheet."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import paper_sheet
from geo.errors import SheetTextUnknown, SheetUnfit
from geo.paper_sheet import PaperSheet

PLAIN = PaperSheet("demo", "", 7, "A4", 142_000, 509_000, 10_000, "3f2a", "b81c")

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=40)
made = st.builds(
    PaperSheet,
    project=names,
    session=names,
    number=st.integers(1, 9_999),
    size=st.sampled_from(["A3", "A4"]),
    x=st.integers(-200_000, 300_000),
    y=st.integers(-200_000, 700_000),
    scale=st.integers(*paper_sheet.SCALES),
    version=names,
    key=names,
)


def test_one_millimetre_at_one_to_ten_thousand_is_ten_metres() -> None:
    """The map is 196 by 194 mm: 1,960 by 1,940 m of ground on A4, and 420/297 of that on A3."""
    west, south, east, north = PLAIN.ground.bounds
    assert (east - west, north - south) == pytest.approx((1_960, 1_940))
    larger = PaperSheet("demo", "", 7, "A3", 142_000, 509_000, 10_000, "", "").ground.bounds
    assert larger[2] - larger[0] == pytest.approx(1_960 * 420 / 297)


def test_north_is_up() -> None:
    top, bottom = PLAIN.to_plane(np.array([[121.0, 20.0], [121.0, 200.0]]))
    assert top[1] > bottom[1]


def test_nothing_on_the_page_lies_over_anything_else() -> None:
    """Marks, map, panel and QR keep apart, and stay where every printer prints."""
    marks = [
        shapely.box(*paper_sheet.mark_corners(n)[0], *paper_sheet.mark_corners(n)[2])
        for n in range(len(paper_sheet.MARKS))
    ]
    air = [shapely.buffer(mark, 1.8, join_style="mitre") for mark in marks]
    boxes = [*air, shapely.box(*paper_sheet.FRAME), shapely.box(*paper_sheet.PANEL)]
    assert not any(
        shapely.area(shapely.intersection(one, two)) for one, two in itertools.combinations(boxes, 2)
    )
    assert shapely.within(shapely.box(*paper_sheet.QR), shapely.box(*paper_sheet.PANEL))
    printable = shapely.box(5, 5, paper_sheet.WIDTH_MM - 5, paper_sheet.HEIGHT_MM - 5)
    assert all(shapely.within(box, printable) for box in [*marks, shapely.box(*paper_sheet.FRAME)])


@given(made)
def test_what_the_qr_says_is_the_sheet(one: PaperSheet) -> None:
    assert paper_sheet.parse_qr_text(one.qr_text) == one


@given(made, st.lists(st.tuples(st.floats(0, 297), st.floats(0, 210)), min_size=1, max_size=8))
def test_there_and_back_is_the_same_place(one: PaperSheet, places: list[tuple[float, float]]) -> None:
    page = np.array(places)
    assert one.to_page(one.to_plane(page)) == pytest.approx(page, abs=1e-5)


@given(
    st.floats(0, 280_000), st.floats(300_000, 620_000), st.floats(50, 9_000), st.floats(50, 9_000),
    st.sampled_from(["A3", "A4"]),
)  # fmt: skip
def test_a_fitting_sheet_shows_the_whole_box(
    x: float, y: float, wide: float, high: float, size: paper_sheet.Size
) -> None:
    box = (x, y, x + wide, y + high)
    middle_x, middle_y, scale = paper_sheet.fit_sheet(box, size)
    shown = PaperSheet("p", "", 1, size, middle_x, middle_y, scale, "", "").ground
    assert shapely.covers(shapely.buffer(shown, 1.0), shapely.box(*box))


@pytest.mark.parametrize(
    "text", ["", "https://example.nl", "BB1|demo", "BB1|a||x|A4|1|2|3000|v|k", "BB9" + PLAIN.qr_text[3:]]
)
def test_a_foreign_qr_is_not_a_sheet(text: str) -> None:
    with pytest.raises(SheetTextUnknown):
        paper_sheet.parse_qr_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "BB1|a||7|A5|1|2|3000|v|k",
        "BB1|a||7|A4|1|2|3|v|k",
        "BB1|a||0|A4|1|2|3000|v|k",
        f"BB1|{'a' * 65}||7|A4|1|2|3000|v|k",
    ],
)
def test_a_sheet_nobody_prints_is_refused(text: str) -> None:
    with pytest.raises(SheetUnfit):
        paper_sheet.parse_qr_text(text)
