"""The printed sheet: it can be found and read by a camera, and the map is the municipality's own."""

import unicodedata
from dataclasses import replace

import cv2
import geopandas as gpd
import numpy as np
import pytest
import shapely
from matplotlib.textpath import TextPath

import i18n
from geo import paper_sheet
from geo.paper_sheet import PaperSheet
from maps.documents.paper_sheet_labels import FONT, Tables, label_text, place_labels
from maps.documents.paper_sheet_map import map_version, render_map
from maps.documents.paper_sheet_pdf import DICTIONARY, render_sheet_png, render_sheets_pdf
from study import datasets

PX_PER_MM = 6.0


@pytest.fixture(scope="module")
def ground() -> Tables:
    return datasets.basemap("GM9901")


@pytest.fixture(scope="module")
def made(ground: Tables) -> PaperSheet:
    blank = PaperSheet("demo", "5f0c1f6b2a", 7, "A4", 143_000, 509_500, 8_000, "", "b81c22aa01")
    return replace(blank, version=map_version(ground, blank.ground))


@pytest.fixture(scope="module")
def page(made: PaperSheet, ground: Tables) -> np.ndarray:
    raw = render_sheet_png(
        made,
        ground,
        i18n.get_translator("nl"),
        pen="red",
        credit="© kaart",
        made_up=True,
        px_per_mm=PX_PER_MM,
    )
    return cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)


def test_every_mark_is_found_where_it_should_be(page: np.ndarray) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY))
    corners, numbers, _ = detector.detectMarkers(page)
    assert sorted(np.ravel(numbers).tolist()) == list(range(len(paper_sheet.MARKS)))
    for number, four in zip(np.ravel(numbers), corners, strict=True):
        off = four.reshape(4, 2) / PX_PER_MM - paper_sheet.mark_corners(int(number))
        assert np.abs(off).max() < 0.35


def test_the_qr_says_which_sheet_it_is(page: np.ndarray, made: PaperSheet) -> None:
    left, top, right, bottom = (round(edge * PX_PER_MM) for edge in paper_sheet.QR)
    cut = page[top - 20 : bottom + 20, left - 20 : right + 20]
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cut)
    assert paper_sheet.parse_qr_text(text) == made


def test_the_map_on_the_page_is_the_map_it_is_compared_with(
    page: np.ndarray, made: PaperSheet, ground: Tables
) -> None:
    known = render_map(made, ground, px_per_mm=PX_PER_MM)[:, :, ::-1]
    left, top, _, _ = (round(edge * PX_PER_MM) for edge in paper_sheet.FRAME)
    seen = page[top : top + known.shape[0], left : left + known.shape[1]]
    inner = (slice(10, -10), slice(10, -10))
    off = np.abs(cv2.blur(seen, (5, 5)).astype(int) - cv2.blur(known, (5, 5)).astype(int))[inner]
    assert np.median(off) <= 2
    assert np.quantile(off, 0.99) < 40


def test_a_pack_is_one_pdf_with_a_page_for_each(made: PaperSheet, ground: Tables) -> None:
    pack = [replace(made, number=number) for number in (1, 2, 3)]
    raw = render_sheets_pdf(pack, ground, i18n.get_translator("nl"), pen="any", credit="", made_up=False)
    assert raw.startswith(b"%PDF")
    assert raw.count(b"/Type /Page\n") + raw.count(b"/Type/Page/") + raw.count(b"/Type /Page ") in {0, 3}


def test_another_map_has_another_edition(made: PaperSheet, ground: Tables) -> None:
    fewer = dict(ground)
    fewer["roads"] = ground["roads"].iloc[1:]
    everywhere = shapely.box(*ground["roads"].total_bounds)
    assert map_version(fewer, everywhere) != map_version(ground, everywhere)
    assert map_version(ground, made.ground) == made.version


def test_ground_without_a_map_is_still_a_sheet(made: PaperSheet) -> None:
    empty = render_map(made, {}, px_per_mm=1.0)
    assert empty.shape == (194, 196, 3)


@pytest.mark.parametrize("text", ["Rietkraag", "'t Ç&@Q%8 o", "iii", "Oude Nieuwstraat 12"])
def test_a_name_is_as_wide_as_its_letters(text: str) -> None:
    """As matplotlib measures each curve of a letter, which takes seconds for the names of one sheet."""
    exact = TextPath((0, 0), text, size=8, prop=FONT).get_extents().width * 25.4 / 72
    (shown,) = place_labels(named(text))
    assert shown[0] == text
    box = label_text(text, 8.0).get_extents()
    assert box.width == pytest.approx(exact, abs=1e-9)
    assert box.x0 + box.x1 == pytest.approx(0, abs=1e-9)


INVISIBLE = ["\u200e", "\u200b", "\ufeff", "\u00ad", "\u2060"]
BLANK = ["  ", "\u00a0", "\t\u200b\n", "\ue000", "\ufe0f", "\u034f", "\u2800", "\ufffc"]


@pytest.mark.parametrize("text", [*INVISIBLE, *BLANK])
def test_a_name_nobody_can_see_is_left_out(text: str) -> None:
    """Spaces, marks of direction, soft hyphens, what only changes a letter before it: no outline to write."""
    assert (unicodedata.category(text[0]) == "Cf") == (text in INVISIBLE)
    assert list(place_labels(named(text))) == []


@pytest.mark.parametrize("text", ["Straße", "Çelebi", "中", "العربية", "7", "A\u200bb"])
def test_a_name_in_any_script_is_written(text: str) -> None:
    assert [label[0] for label in place_labels(named(text))] == [text]


def named(text: str) -> Tables:
    """Return a landmark of this name in the middle of a sheet."""
    left, top, right, bottom = paper_sheet.FRAME
    spot = shapely.Point((left + right) / 2, (top + bottom) / 2)
    return {"landmarks": gpd.GeoDataFrame({"name": [text]}, geometry=[spot])}
