"""Several sheets in one photo, and several lines on one sheet: all are read, refused in words, or asked about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from benchmarks import paper_accuracy as camera
from geo import paper_sheet
from geo.errors import PhotoSheetLeft, SheetCrossedOut
from store import Filters
from study import context
from study.paper.marks import Mark, carried, group_marks
from study.paper.reading import SheetReading, read_photo, save_reading
from study.paper.sheets import SheetFilter
from tests.study.paper.test_paper import ROUND, as_file, made, page_with, read_sheet, scanned
from tests.support.temp_store import own_store

OWN = SheetFilter(camera.PROJECT)
SQUARE = shapely.box(150, 40, 205, 95)


@pytest.fixture(scope="module", autouse=True)
def demo_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Return these tests a store of their own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield


def laid(x_px: float, y_px: float, turn_degrees: float, *, px_per_mm: float = 5.0, tilt: float = 0.0) -> Any:
    """Return the homography of a sheet that lies somewhere in a photo, turned, and seen at an angle."""
    turn = np.radians(turn_degrees)
    cos, sin = np.cos(turn) * px_per_mm, np.sin(turn) * px_per_mm
    return np.array([[cos, -sin, x_px], [sin, cos, y_px], [tilt, tilt, 1.0]])


def marks_of(to_photo: Any, numbers: range | tuple[int, ...] = range(6)) -> list[Mark]:
    return [Mark(number, carried(to_photo, paper_sheet.mark_corners(number))) for number in numbers]


# --- Which marks are of one sheet -----------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    n=some.integers(1, 4),
    turns=some.lists(some.floats(-180, 180), min_size=4, max_size=4),
    tilt=some.floats(0, 3e-4),
    hidden=some.sets(some.integers(0, 5), max_size=1),
    shuffle=some.randoms(),
)
def test_every_sheet_on_the_table_is_found(
    n: int, turns: list[float], tilt: float, hidden: set[int], shuffle: Any
) -> None:
    """One to four sheets that do not overlap, each turned its own way, a mark of each under a thumb."""
    numbers = tuple(number for number in range(6) if number not in hidden)
    sheets = [
        laid(2_500 * (at % 2) + 2_000, 2_500 * (at // 2) + 2_000, turns[at], tilt=tilt) for at in range(n)
    ]
    marks = [mark for sheet in sheets for mark in marks_of(sheet, numbers)]
    shuffle.shuffle(marks)
    found, left = group_marks(marks)
    assert left == 0
    assert len(found) == n
    for one in found:
        likely = min(
            np.abs(sheet / sheet[2, 2] - one.to_photo / one.to_photo[2, 2]).max() for sheet in sheets
        )
        assert likely < 1.0
        assert one.n_marks == len(numbers)


def test_a_sheet_with_too_few_marks_in_sight_is_told() -> None:
    """Two marks of a second sheet: it is there, and cannot be laid straight."""
    found, left = group_marks(marks_of(laid(0, 0, 0)) + marks_of(laid(0, 1_200, 0), (0, 1)))
    assert (len(found), left) == (1, 1)
    tiny = marks_of(laid(300, 300, 0, px_per_mm=0.5), (2,))
    assert group_marks(marks_of(laid(0, 0, 0)) + tiny)[1] == 0, "a speck that looks like a mark is no sheet"


def test_marks_of_neighbours_are_not_taken_for_one_sheet() -> None:
    """The right half of one sheet and the left half of the next stand as six marks would, but stretched."""
    left, right = laid(0, 0, 0), laid(1_600, 0, 0)
    found, more = group_marks(marks_of(left, (1, 2, 5)) + marks_of(right, (0, 3, 4)))
    assert found == []
    assert more == 1


# --- In a photo -----------------------------------------------------------------------------------


def test_two_sheets_in_one_photo_are_both_read() -> None:
    """One is upside down; of a third only its upper edge is in sight, and that is told."""
    other = replace(made(), number=2, key="0123456789")
    second = camera.draw(
        camera.blank(other).copy(), SQUARE, np.random.default_rng(2), ink="blue", width_mm=1.5, gap=0.0
    )
    first, third = page_with(ROUND), camera.blank(made())[: camera.blank(made()).shape[0] // 4]
    found = read_photo(scanned(np.vstack([first, second[::-1, ::-1], third])), OWN, camera.render)
    read = {one.sheet.number: one for one in found if isinstance(one, SheetReading)}
    assert sorted(read) == [1, 2]
    assert [type(one) for one in found if not isinstance(one, SheetReading)] == [PhotoSheetLeft]
    for number, drawn in ((1, ROUND), (2, SQUARE)):
        truth = shapely.transform(drawn, made().to_plane)
        assert read[number].geometry.symmetric_difference(truth).area < 0.04 * truth.area
        assert read[number].doubts == ()


# --- On a sheet -----------------------------------------------------------------------------------


def test_crossed_out_and_drawn_again_is_asked_about() -> None:
    """By a cross and by going to and fro: each part is named, and what is inked is likely not meant."""
    for seed in (1, 2):
        page = camera.cross_out(
            page_with(SQUARE), SQUARE, np.random.default_rng(seed), ink="red", width_mm=1.5
        )
        again = shapely.box(40, 80, 130, 180)
        page = camera.draw(page, again, np.random.default_rng(3), ink="red", width_mm=1.5, gap=0.0)
        found = read_sheet(scanned(page), OWN, camera.render)
        assert found.is_asked
        truth = shapely.transform(again, made().to_plane)
        alike = [
            part for part in found.parts if part.geometry.symmetric_difference(truth).area < 0.04 * truth.area
        ]
        assert len(alike) == 1
        assert not alike[0].is_inked


def test_two_colours_are_two_people_if_somebody_says_so() -> None:
    """The loops overlap: each is whole by itself, and is kept as a drawing of its own."""
    other = shapely.box(120, 60, 205, 150)
    page = camera.draw(page_with(ROUND), other, np.random.default_rng(5), ink="blue", width_mm=1.5, gap=0.0)
    found = read_sheet(scanned(page), OWN, camera.render)
    assert "two_pens" in found.doubts
    assert [part.pen for part in found.parts] in ([0, 1], [1, 0])
    for part in found.parts:
        likely = min(
            part.geometry.symmetric_difference(shapely.transform(drawn, made().to_plane)).area
            for drawn in (ROUND, other)
        )
        assert likely < 0.06 * part.geometry.area
    first, second = found.parts
    mine = save_reading(found, parts=[first])
    theirs = save_reading(found, parts=[second], another=b"parts B")
    assert mine.code != theirs.code
    assert save_reading(found, parts=[first]).is_replay
    kept = context.get_store().contributions.read_sketches(camera.PROJECT, filters=Filters(modes=("paper",)))
    assert sorted(kept.area.round()) == pytest.approx(
        sorted(round(part.geometry.area) for part in found.parts), rel=0.02
    )


def test_a_cross_through_the_whole_sheet_is_a_refusal() -> None:
    """As the sheet says for who made a mistake."""
    left, top, right, bottom = paper_sheet.FRAME
    lines = [
        shapely.LineString([(left + 8, top + 8), (right - 8, bottom - 8)]),
        shapely.LineString([(left + 8, bottom - 8), (right - 8, top + 8)]),
    ]
    with pytest.raises(SheetCrossedOut):
        read_sheet(scanned(page_with(ROUND, *lines)), OWN, camera.render)


def test_a_small_cross_at_home_is_no_crossing_out() -> None:
    cross = shapely.LineString([(118, 100), (125, 107)]), shapely.LineString([(125, 100), (118, 107)])
    found = read_sheet(as_file(page_with(ROUND, *cross), "PNG"), OWN, camera.render)
    assert not found.is_asked


@pytest.mark.parametrize("kind", ["one", "crossed_out", "two_pens", "two_sheets"])
def test_the_camera_draws_every_kind(kind: str) -> None:
    """One shape, whatever its city: what is photographed ends as a sheet read or refused in words."""
    together = [made(), replace(made(), number=2, key="0123456789")][: 2 if kind == "two_sheets" else 1]
    shapes = [camera.L_SHAPE, camera.U_SHAPE, camera.L_SHAPE]
    results = camera.one(kind, together, shapes, np.random.default_rng(11), None)
    assert len(results) == len(together)
    counts = camera.summed(results)
    assert (counts["lost_silently"], counts["silent_errors"]) == (0, 0)
    assert counts["kinds"][kind]["n"] == len(together)
