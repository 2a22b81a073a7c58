"""The printed sheet: it can be found and read by a camera, and the map is the municipality's own."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import shapely

import words
from geo import sheet
from geo.sheet import Sheet
from maps import sheet as drawn
from study import atlas

PX_PER_MM = 6.0


@pytest.fixture(scope="module")
def ground() -> drawn.Tables:
    return atlas.basemap("GM9901")


@pytest.fixture(scope="module")
def made(ground: drawn.Tables) -> Sheet:
    blank = Sheet("demo", "5f0c1f6b2a", 7, "A4", 143_000, 509_500, 8_000, "", "b81c22aa01")
    return replace(blank, version=drawn.version(ground, blank.ground))


@pytest.fixture(scope="module")
def page(made: Sheet, ground: drawn.Tables) -> np.ndarray:
    raw = drawn.png(
        made, ground, words.of("nl"), pen="red", credit="© kaart", made_up=True, px_per_mm=PX_PER_MM
    )
    return cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)


def test_every_mark_is_found_where_it_should_be(page: np.ndarray) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(drawn.DICTIONARY))
    corners, numbers, _ = detector.detectMarkers(page)
    assert sorted(np.ravel(numbers).tolist()) == list(range(len(sheet.MARKS)))
    for number, four in zip(np.ravel(numbers), corners, strict=True):
        off = four.reshape(4, 2) / PX_PER_MM - sheet.mark_corners(int(number))
        assert np.abs(off).max() < 0.35


def test_the_qr_says_which_sheet_it_is(page: np.ndarray, made: Sheet) -> None:
    left, top, right, bottom = (round(edge * PX_PER_MM) for edge in sheet.QR)
    cut = page[top - 20 : bottom + 20, left - 20 : right + 20]
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cut)
    assert sheet.read(text) == made


def test_the_map_on_the_page_is_the_map_it_is_compared_with(
    page: np.ndarray, made: Sheet, ground: drawn.Tables
) -> None:
    known = drawn.printed(made, ground, px_per_mm=PX_PER_MM)[:, :, ::-1]
    left, top, _, _ = (round(edge * PX_PER_MM) for edge in sheet.FRAME)
    seen = page[top : top + known.shape[0], left : left + known.shape[1]]
    inner = (slice(10, -10), slice(10, -10))
    off = np.abs(cv2.blur(seen, (5, 5)).astype(int) - cv2.blur(known, (5, 5)).astype(int))[inner]
    assert np.median(off) <= 2
    assert np.quantile(off, 0.99) < 40


def test_a_pack_is_one_pdf_with_a_page_for_each(made: Sheet, ground: drawn.Tables) -> None:
    pack = [replace(made, number=number) for number in (1, 2, 3)]
    raw = drawn.pdf(pack, ground, words.of("nl"), pen="any", credit="", made_up=False)
    assert raw.startswith(b"%PDF")
    assert raw.count(b"/Type /Page\n") + raw.count(b"/Type/Page/") + raw.count(b"/Type /Page ") in {0, 3}


def test_another_map_has_another_edition(made: Sheet, ground: drawn.Tables) -> None:
    fewer = dict(ground)
    fewer["roads"] = ground["roads"].iloc[1:]
    everywhere = shapely.box(*ground["roads"].total_bounds)
    assert drawn.version(fewer, everywhere) != drawn.version(ground, everywhere)
    assert drawn.version(ground, made.ground) == made.version


def test_ground_without_a_map_is_still_a_sheet(made: Sheet) -> None:
    empty = drawn.printed(made, {}, px_per_mm=1.0)
    assert empty.shape == (194, 196, 3)
