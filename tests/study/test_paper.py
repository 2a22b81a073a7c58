"""Drawings on paper come back: what was drawn is read, what cannot be read is refused in words."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import shapely

import words
from benchmarks import paper as camera
from geo import sheet
from geo.errors import (
    BuurtError,
    ContributionDiffers,
    PhotoTooBig,
    PhotoUnreadable,
    PhotoWithoutCode,
    PhotoWithoutMarks,
    SheetBlank,
    SheetElsewhere,
    SheetLineOpen,
)
from geo.sheet import Sheet
from store import Filters
from study import paper, pen, projects
from study.paper import Wanted
from tests.stores import own_store

ROUND = shapely.Point(120, 105).buffer(45)
OWN = Wanted(camera.PROJECT)


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give these tests a store of their own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield


@cache
def made() -> Sheet:
    return camera.sheets_of(camera.PROJECT, camera.GROUNDS[1:])[0]


def page_with(*lines: shapely.Geometry, ink: str = "red", width_mm: float = 1.5, gap: float = 0.0) -> Any:
    page, chance = camera.blank(made()).copy(), np.random.default_rng(7)
    for line in lines:
        if line.geom_type == "Polygon":
            page = camera.draw(page, line, chance, ink=ink, width_mm=width_mm, gap=gap)
        else:
            points = np.round(shapely.get_coordinates(line) * camera.PAGE_PX_PER_MM).astype(np.int32)
            light = tuple(camera.INKS[ink])
            cv2.polylines(page, [points], False, light, round(width_mm * camera.PAGE_PX_PER_MM), cv2.LINE_AA)
    return page


def scanned(page: Any) -> bytes:
    bgr = np.clip(page[:, :, ::-1] * 255, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def likeness(found: paper.Reading, *parts: shapely.Geometry) -> float:
    truth = shapely.transform(shapely.union_all(parts), made().to_plane)
    return found.geometry.intersection(truth).area / found.geometry.union(truth).area


# --- Read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ink", list(camera.INKS))
def test_a_circle_of_any_colour_is_that_circle(ink: str) -> None:
    found = paper.read(scanned(page_with(ROUND, ink=ink)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97
    assert found.doubts == ()
    assert found.sheet == made()


def test_a_bad_photo_of_an_outline_with_a_gap_is_read_and_the_gap_is_told() -> None:
    """A tenth of the circle is open: closed by us, and told."""
    raw = camera.photograph(page_with(ROUND, gap=0.10), np.random.default_rng(3))
    found = paper.read(raw, OWN, camera.render)
    assert likeness(found, ROUND) > 0.93
    assert "gap" in found.notes
    assert found.gap_share == pytest.approx(0.10, abs=0.03)


def test_two_parts_are_both_there() -> None:
    """The known tool for this drops a drawing of two parts without a word."""
    parts = shapely.box(40, 40, 100, 150), shapely.Point(165, 120).buffer(35)
    found = paper.read(scanned(page_with(*parts, ink="blue")), OWN, camera.render)
    assert found.cleaned.n_parts == 2
    assert "several_parts" in found.notes
    assert likeness(found, *parts) > 0.97


def test_two_half_circles_are_one_neighbourhood() -> None:
    """The pen was lifted twice: the ends that lie near each other belong together."""
    ring = shapely.get_coordinates(ROUND.exterior)
    half = len(ring) // 2
    lines = [shapely.LineString(ring[2 : half - 2]), shapely.LineString(ring[half + 2 : -2])]
    found = paper.read(scanned(page_with(*lines)), OWN, camera.render)
    assert found.cleaned.n_parts == 1
    assert likeness(found, ROUND) > 0.95


def test_notes_beside_the_drawing_are_left_out_and_told() -> None:
    cross = shapely.LineString([(190, 30), (197, 37)]), shapely.LineString([(197, 30), (190, 37)])
    found = paper.read(scanned(page_with(ROUND, *cross)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97
    assert found.n_left_out == 1
    assert "left_out" in found.doubts


def test_only_the_chosen_pen_counts() -> None:
    page = page_with(ROUND, ink="red")
    chance = np.random.default_rng(1)
    other = shapely.box(190, 20, 215, 60)
    page = camera.draw(page, other, chance, ink="blue", width_mm=1.5, gap=0.0)
    found = paper.read(scanned(page), OWN, camera.render, colour="red")
    assert likeness(found, ROUND) > 0.97
    assert likeness(paper.read(scanned(page), OWN, camera.render), ROUND, other) > 0.97


def test_tails_where_the_ends_cross_are_cut_off() -> None:
    """Somebody went on past the beginning of the line."""
    tail = shapely.LineString([(120, 60), (150, 55), (190, 50)])
    found = paper.read(scanned(page_with(ROUND, tail)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97


def test_scans_in_a_pdf_are_pages() -> None:
    """A scanner wraps each page as a JPEG in the PDF."""
    one, two = b"\xff\xd8one", b"\xff\xd8two"
    pdf = b"%PDF-1.4\n" + b"".join(
        b"<< /Filter /DCTDecode >>\nstream\n" + page + b"\nendstream\n" for page in (one, two)
    )
    assert [page[:5] for page in paper.pages(pdf)] == [one, two]


# --- Refused --------------------------------------------------------------------------------------


def broken(page: Any) -> dict[str, tuple[bytes, type[BuurtError]]]:
    left, top, right, bottom = (round(edge * camera.PAGE_PX_PER_MM) for edge in sheet.QR)
    smudged = page.copy()
    smudged[top:bottom, left:right] = 0.5
    quarter = shapely.LineString(shapely.get_coordinates(ROUND.exterior)[:13])
    whole = scanned(page)
    huge = bytearray(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\0" * 20)
    return {
        "no marks": (scanned(page[200:900, 300:1100]), PhotoWithoutMarks),
        "smudged code": (scanned(smudged), PhotoWithoutCode),
        "nothing drawn": (whole, SheetBlank),
        "an open line": (scanned(page_with(quarter)), SheetLineOpen),
        "no picture": (b"hello", PhotoUnreadable),
        "empty": (b"", PhotoUnreadable),
        "cut off": (whole[:300], PhotoUnreadable),
        "a bomb": (bytes(huge), PhotoTooBig),
        "too many bytes": (b"\0" * (paper.MOST_BYTES + 1), PhotoTooBig),
    }


KINDS = (
    "no marks",
    "smudged code",
    "nothing drawn",
    "an open line",
    "no picture",
    "empty",
    "cut off",
    "a bomb",
    "too many bytes",
)


@pytest.fixture(scope="module")
def refusals() -> dict[str, tuple[bytes, type[BuurtError]]]:
    return broken(camera.blank(made()))


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_read_is_refused_in_words(
    kind: str, refusals: dict[str, tuple[bytes, type[BuurtError]]]
) -> None:
    raw, error = refusals[kind]
    with pytest.raises(error) as said:
        paper.read(raw, OWN, camera.render)
    for language in words.LANGUAGES:
        assert words.of(language).error(said.value) != words.of(language)("errors.unexpected")


@pytest.mark.parametrize("wanted", [Wanted("another"), Wanted(camera.PROJECT, "another-evening")])
def test_a_sheet_of_another_place_is_refused(wanted: Wanted) -> None:
    with pytest.raises(SheetElsewhere):
        paper.read(scanned(page_with(ROUND)), wanted, camera.render)


def test_corrupt_bytes_never_break_anything() -> None:
    """Bytes turned over at random: a reading or a refusal, nothing else."""
    whole, chance = bytearray(scanned(page_with(ROUND))), np.random.default_rng(5)
    for _ in range(6):
        bad = bytearray(whole)
        for place in chance.integers(2, 3_000, 12):
            bad[place] ^= 0xFF
        with suppress(BuurtError):
            paper.read(bytes(bad), OWN, camera.render)


def test_an_opening_round_a_corner_is_closed_round_that_corner() -> None:
    """A square without its last corner: a straight line would cut off all beyond (140, 140)."""
    ink = np.zeros((200, 200), np.uint8)
    cv2.polylines(ink, [np.array([[150, 130], [150, 50], [50, 50], [50, 150], [130, 150]])], False, 1, 3)
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[ink > 0] = (200, 30, 30)
    found = pen.trace(photo, np.full_like(photo, 255), pen="red", px_per_mm=2.0)
    assert found.area.contains(shapely.Point(147, 147))
    assert found.area.area == pytest.approx(100**2, rel=0.03)
    assert found.gap_share == pytest.approx(28 / 388, abs=0.02)


# --- Light and ink --------------------------------------------------------------------------------


def test_a_slope_of_light_is_no_ink() -> None:
    """White paper, twice as light at one side: evened out it is white, and there is no ink."""
    printed = np.full((200, 300, 3), 250, np.uint8)
    slope = np.linspace(0.5, 1.0, 300)[None, :, None]
    photo = (printed * slope).astype(np.uint8)
    assert np.abs(pen.ink_density(photo, printed, px_per_mm=5.0)).max() < 0.1
    assert pen.trace(photo, printed, pen="any", px_per_mm=5.0).is_blank


# --- Kept -----------------------------------------------------------------------------------------


def counted() -> int:
    filters = Filters(modes=("paper",), flagged=True)
    return len(projects.opened().sketches(camera.PROJECT, filters=filters))


@pytest.fixture(scope="module")
def reading() -> paper.Reading:
    return paper.read(scanned(page_with(ROUND)), OWN, camera.render)


def test_what_is_accepted_is_kept_once_and_says_it_was_paper(reading: paper.Reading) -> None:
    before = counted()
    first, again = paper.accept(reading), paper.accept(reading)
    assert again.is_replay
    assert counted() == before + 1
    told = projects.opened().find(str(first.code), device="test").contribution
    assert (told.mode, told.view.screen, told.view.started_from) == ("paper", "paper", "paper")


def test_two_persons_with_a_copy_of_one_sheet_are_two(reading: paper.Reading) -> None:
    """The second is not lost and does not overwrite the first: a person says that it is somebody else's."""
    paper.accept(reading)
    other = shapely.transform(shapely.box(40, 40, 90, 90), made().to_plane)
    with pytest.raises(ContributionDiffers):
        paper.accept(reading, mended=other)
    before = counted()
    assert not paper.accept(reading, mended=other, another=b"photo 2").is_replay
    assert counted() == before + 1


def test_a_photo_touches_no_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever opens a file for writing while a photo is read is caught."""
    raw = scanned(page_with(ROUND))
    opened: list[str] = []
    real: Callable[..., Any] = open

    def watched(file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
        if set(mode) & set("wax+"):
            opened.append(str(file))
        return real(file, mode, *args, **more)

    monkeypatch.setattr("builtins.open", watched)
    monkeypatch.chdir(tmp_path)
    paper.read(raw, OWN, camera.render)
    assert opened == []
    assert list(tmp_path.iterdir()) == []
