"""Drawings on paper come back: what was drawn is read, what cannot be read is refused in words."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import shapely
from PIL import Image

import i18n
from benchmarks import paper_accuracy as camera
from geo import paper_sheet
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
from geo.paper_sheet import PaperSheet
from store import Filters
from study import context
from study.paper.ink_detection import ink_density
from study.paper.ink_tracing import trace_ink
from study.paper.photo import MAX_BYTES, count_pages
from study.paper.reading import SheetReading, read_photo, save_reading
from study.paper.sheets import SheetFilter
from tests.support.temp_store import own_store

ROUND = shapely.Point(120, 105).buffer(45)
OWN = SheetFilter(camera.PROJECT)


@pytest.fixture(scope="module", autouse=True)
def demo_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Return these tests a store of their own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield


@cache
def made() -> PaperSheet:
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


def read_sheet(*asked: Any, **how: Any) -> SheetReading:
    """Read a photo in which one sheet lies."""
    (found,) = read_photo(*asked, **how)
    if isinstance(found, SheetReading):
        return found
    raise found


def likeness(found: SheetReading, *parts: shapely.Geometry) -> float:
    truth = shapely.transform(shapely.union_all(parts), made().to_plane)
    return found.geometry.intersection(truth).area / found.geometry.union(truth).area


# --- Read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ink", list(camera.INKS))
def test_a_circle_of_any_colour_is_that_circle(ink: str) -> None:
    found = read_sheet(scanned(page_with(ROUND, ink=ink)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97
    assert found.doubts == ()
    assert found.sheet == made()


def test_a_bad_photo_of_an_outline_with_a_gap_is_read_and_the_gap_is_told() -> None:
    """A tenth of the circle is open: closed by us, and told."""
    raw = camera.photograph(page_with(ROUND, gap=0.10), np.random.default_rng(3))
    found = read_sheet(raw, OWN, camera.render)
    assert likeness(found, ROUND) > 0.93
    assert "gap" in found.notes
    assert found.gap_share == pytest.approx(0.10, abs=0.03)


def test_two_parts_are_both_there() -> None:
    """The known tool for this drops a drawing of two parts without a word."""
    parts = shapely.box(40, 40, 100, 150), shapely.Point(165, 120).buffer(35)
    found = read_sheet(scanned(page_with(*parts, ink="blue")), OWN, camera.render)
    assert found.cleaned.n_parts == 2
    assert "several_parts" in found.notes
    assert likeness(found, *parts) > 0.97


def test_two_half_circles_are_one_neighbourhood() -> None:
    """The pen was lifted twice: the ends that lie near each other belong together."""
    ring = shapely.get_coordinates(ROUND.exterior)
    half = len(ring) // 2
    lines = [shapely.LineString(ring[2 : half - 2]), shapely.LineString(ring[half + 2 : -2])]
    found = read_sheet(scanned(page_with(*lines)), OWN, camera.render)
    assert found.cleaned.n_parts == 1
    assert likeness(found, ROUND) > 0.95


def test_notes_beside_the_drawing_are_left_out_and_told() -> None:
    cross = shapely.LineString([(190, 30), (197, 37)]), shapely.LineString([(197, 30), (190, 37)])
    found = read_sheet(scanned(page_with(ROUND, *cross)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97
    assert found.n_left_out == 1
    assert "left_out" in found.doubts


def test_only_the_chosen_pen_counts() -> None:
    page = page_with(ROUND, ink="red")
    chance = np.random.default_rng(1)
    other = shapely.box(190, 20, 215, 60)
    page = camera.draw(page, other, chance, ink="blue", width_mm=1.5, gap=0.0)
    found = read_sheet(scanned(page), OWN, camera.render, colour="red")
    assert likeness(found, ROUND) > 0.97
    assert likeness(read_sheet(scanned(page), OWN, camera.render), ROUND, other) > 0.97


def test_tails_where_the_ends_cross_are_cut_off() -> None:
    """Somebody went on past the beginning of the line."""
    tail = shapely.LineString([(120, 60), (150, 55), (190, 50)])
    found = read_sheet(scanned(page_with(ROUND, tail)), OWN, camera.render)
    assert likeness(found, ROUND) > 0.97


def as_file(page: Any, kind: str, **options: Any) -> bytes:
    """Return a page as a file of this kind."""
    out = io.BytesIO()
    Image.fromarray((page * 255).astype(np.uint8)).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PDF", "RGB", {}),
        ("PDF", "L", {}),
        ("PDF", "1", {}),
        ("WEBP", "RGB", {"quality": 90}),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
        ("PNG", "RGBA", {}),
        ("JPEG", "CMYK", {"quality": 95}),
    ],
)
def test_what_phones_and_scanners_make_is_read(kind: str, mode: str, options: dict[str, Any]) -> None:
    """A PDF of a scanner in colour (JPEG), in grey and in black and white (CCITT G4), and pictures of each kind."""
    page = page_with(ROUND, ink="black", width_mm=2.0)
    drawn = Image.fromarray((page * 255).astype(np.uint8)).convert(mode)
    out = io.BytesIO()
    drawn.save(out, kind, **({"resolution": 200.0} if kind == "PDF" else {}), **options)
    assert likeness(read_sheet(out.getvalue(), OWN, camera.render), ROUND) > 0.97


def test_every_page_of_a_scan_is_a_page() -> None:
    """Pages stored in different ways, as a scanner on automatic makes them: none is passed over."""
    page = Image.fromarray((camera.blank(made()) * 255).astype(np.uint8))
    out = io.BytesIO()
    page.save(
        out, "PDF", save_all=True, append_images=[page.convert("1"), page.convert("L"), page.convert("1")]
    )
    assert count_pages(out.getvalue()) == 4
    for number in range(4):
        with pytest.raises(SheetBlank):
            read_sheet(out.getvalue(), OWN, camera.render, page=number)


def test_every_page_of_a_tiff_is_a_page() -> None:
    """What an office's scanner makes of a pile of sheets."""
    pages = [page_with(ROUND, ink="black", width_mm=2.0), camera.blank(made())]
    first, second = (Image.fromarray((page * 255).astype(np.uint8)) for page in pages)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], compression="tiff_lzw")
    assert count_pages(out.getvalue()) == 2
    assert likeness(read_sheet(out.getvalue(), OWN, camera.render), ROUND) > 0.97
    with pytest.raises(SheetBlank):
        read_sheet(out.getvalue(), OWN, camera.render, page=1)


@pytest.mark.parametrize("raw", [b"%PDF-1.7\n%%EOF", b"%PDF-1.7 /DCTDecode stream \xff\xd8 endstream"])
def test_a_pdf_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        count_pages(raw)
    with pytest.raises(PhotoUnreadable):
        read_sheet(raw, OWN, camera.render)


def test_a_tiff_that_unpacks_to_gigabytes_is_refused_before_it_is_counted() -> None:
    """Its header alone says 60,000 by 60,000."""
    tags = [
        (256, 4, 1, 60_000),
        (257, 4, 1, 60_000),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
    ]
    huge = b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    with pytest.raises(PhotoTooBig):
        count_pages(huge + b"\0" * 4)


def test_a_photo_held_upside_down_is_turned_the_way_its_maker_held_it() -> None:
    page = np.rot90(page_with(ROUND), 2)
    turned = Image.Exif()
    turned[274] = 3
    assert (
        likeness(read_sheet(as_file(page, "JPEG", quality=95, exif=turned), OWN, camera.render), ROUND) > 0.97
    )


# --- Refused --------------------------------------------------------------------------------------


def broken(page: Any) -> dict[str, tuple[bytes, type[BuurtError]]]:
    left, top, right, bottom = (round(edge * camera.PAGE_PX_PER_MM) for edge in paper_sheet.QR)
    smudged = page.copy()
    smudged[top:bottom, left:right] = 0.5
    quarter = shapely.LineString(shapely.get_coordinates(ROUND.exterior)[:13])
    whole = scanned(page)
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + zlib.crc32(header).to_bytes(4, "big") + b"\0\0\0\1IDAT\0"
    return {
        "no marks": (scanned(page[200:900, 300:1100]), PhotoWithoutMarks),
        "smudged code": (scanned(smudged), PhotoWithoutCode),
        "nothing drawn": (whole, SheetBlank),
        "an open line": (scanned(page_with(quarter)), SheetLineOpen),
        "no picture": (b"hello", PhotoUnreadable),
        "empty": (b"", PhotoUnreadable),
        "cut off": (whole[:300], PhotoUnreadable),
        "a bomb": (huge, PhotoTooBig),
        "too many bytes": (b"\0" * (MAX_BYTES + 1), PhotoTooBig),
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
        read_sheet(raw, OWN, camera.render)
    for language in i18n.LANGUAGES:
        assert i18n.get_translator(language).explain(said.value) != i18n.get_translator(language)(
            "errors.unexpected"
        )


@pytest.mark.parametrize("wanted", [SheetFilter("another"), SheetFilter(camera.PROJECT, "another-evening")])
def test_a_sheet_of_another_place_is_refused(wanted: SheetFilter) -> None:
    with pytest.raises(SheetElsewhere):
        read_sheet(scanned(page_with(ROUND)), wanted, camera.render)


def test_corrupt_bytes_never_break_anything() -> None:
    """Bytes turned over at random: a reading or a refusal, nothing else."""
    whole, chance = bytearray(scanned(page_with(ROUND))), np.random.default_rng(5)
    for _ in range(6):
        bad = bytearray(whole)
        for place in chance.integers(2, 3_000, 12):
            bad[place] ^= 0xFF
        with suppress(BuurtError):
            read_sheet(bytes(bad), OWN, camera.render)


def test_an_opening_round_a_corner_is_closed_round_that_corner() -> None:
    """A square without its last corner: a straight line would cut off all beyond (140, 140)."""
    ink = np.zeros((200, 200), np.uint8)
    cv2.polylines(ink, [np.array([[150, 130], [150, 50], [50, 50], [50, 150], [130, 150]])], False, 1, 3)
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[ink > 0] = (200, 30, 30)
    found = trace_ink(photo, np.full_like(photo, 255), pen="red", px_per_mm=2.0)
    assert found.area.contains(shapely.Point(147, 147))
    assert found.area.area == pytest.approx(100**2, rel=0.03)
    assert found.gap_share == pytest.approx(28 / 388, abs=0.02)


# --- Light and ink --------------------------------------------------------------------------------


def test_a_slope_of_light_is_no_ink() -> None:
    """White paper, twice as light at one side: evened out it is white, and there is no ink."""
    printed = np.full((200, 300, 3), 250, np.uint8)
    slope = np.linspace(0.5, 1.0, 300)[None, :, None]
    photo = (printed * slope).astype(np.uint8)
    assert np.abs(ink_density(photo, printed, px_per_mm=5.0)).max() < 0.1
    assert trace_ink(photo, printed, pen="any", px_per_mm=5.0).is_blank


# --- Kept -----------------------------------------------------------------------------------------


def counted() -> int:
    filters = Filters(modes=("paper",), include_flagged=True)
    return len(context.get_store().contributions.read_sketches(camera.PROJECT, filters=filters))


@pytest.fixture(scope="module")
def reading() -> SheetReading:
    return read_sheet(scanned(page_with(ROUND)), OWN, camera.render)


def test_what_is_accepted_is_kept_once_and_says_it_was_paper(reading: SheetReading) -> None:
    before = counted()
    first, again = save_reading(reading), save_reading(reading)
    assert again.is_replay
    assert counted() == before + 1
    contribution = context.get_store().contributions.find_by_code(str(first.code), device="test").contribution
    assert (contribution.mode, contribution.view.screen, contribution.view.started_from) == (
        "paper",
        "paper",
        "paper",
    )


def test_two_persons_with_a_copy_of_one_sheet_are_two(reading: SheetReading) -> None:
    """The second is not lost and does not overwrite the first: a person says that it is somebody else's."""
    save_reading(reading)
    other = shapely.transform(shapely.box(40, 40, 90, 90), made().to_plane)
    with pytest.raises(ContributionDiffers):
        save_reading(reading, corrected=other)
    before = counted()
    assert not save_reading(reading, corrected=other, another=b"photo 2").is_replay
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
    read_sheet(raw, OWN, camera.render)
    assert opened == []
    assert list(tmp_path.iterdir()) == []
