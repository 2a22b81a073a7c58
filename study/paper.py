"""Drawings on paper come back: a photo or scan of a sheet becomes an outline, for a person to accept or mend.

A photo exists in memory only: it is never written down, sent away or logged, and is gone when its reading is.
Every photo ends as a reading or as a refusal in words; no photo and no part of a drawing is lost in silence.
"""

import hashlib
import json
import secrets
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry import MultiPolygon, Polygon

from geo import crs as planes
from geo import sheet as sheets
from geo import sketch
from geo.errors import (
    PhotoTooBig,
    PhotoTooVague,
    PhotoUnreadable,
    PhotoWithoutCode,
    PhotoWithoutMarks,
    SheetBlank,
    SheetElsewhere,
    SheetLineOpen,
)
from geo.sheet import Sheet
from store import Contribution, Receipt, ViewFacts
from study import atlas, pen, projects

Picture = NDArray[np.uint8]
Numbers = NDArray[np.float64]
Render = Callable[[Sheet, float], tuple[Picture, str]]
"""Gives the map of a sheet as printed, RGB, at so many pixels to a millimetre of A4, and its edition."""

MOST_BYTES = 40_000_000
MOST_PIXELS = 60_000_000
LONGEST_PX = 4_500
"""Marks and lines are no clearer in a larger picture."""
LEAST_MARKS = 3
LEAST_SPREAD = 0.35
"""Marks must span this share of the sheet, or a slip at one is a street at the other side."""
PX_PER_MM = 5.0
"""Of paper as printed; a pen of half a millimetre is two pixels and a half wide."""
FLAT_MM = 1.0
"""A sheet whose marks lie farther than this from where a flat sheet has them is bent."""
LEAST_LIKENESS = 0.35
"""Below this the printed map is not recognised under the pen."""
VAGUE_LIKENESS = 0.5
DICTIONARY = cv2.aruco.DICT_4X4_50
NAMESPACE = uuid.UUID("6d1b7a52-93c4-5e0b-8a6e-0e6f5d0c2b11")
PAGE_MM = sheets.WIDTH_MM * sheets.HEIGHT_MM


@dataclass(frozen=True)
class Wanted:
    """Which sheets are taken: of this project, and of this evening (of any when empty)."""

    project: str
    session: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read from one photo.

    Attributes
    ----------
    geometry
        The drawing in the plane of the project, sound.
    notes
        What was done: ``gap``, ``several_parts``, ``coloured_in``, ``marks_lost``.
    doubts
        Why a person must look well: those of `pen.Trace`, those of `geo.sketch.Cleaned`, and ``bent``,
        ``other_edition`` (the base map was fetched again since) and ``vague``.
    gap_share
        Largest opening that was closed, as a share of the outline.
    n_left_out
        Notes and marks on the paper that are not part of the drawing.
    picture
        JPEG of the straightened photo with the trace on top, in memory only.
    """

    sheet: Sheet
    geometry: Polygon | MultiPolygon
    plane: CRS
    cleaned: sketch.Cleaned
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    gap_share: float
    n_left_out: int
    n_marks: int
    picture: bytes = field(repr=False)


# --- Making sheets --------------------------------------------------------------------------------


def pack(
    project: str,
    session: str,
    *,
    n: int,
    size: sheets.Size,
    ground_m: sheets.Box,
    version: Callable[[Any], str],
) -> list[Sheet]:
    """Make the sheets of one ground, numbered from 1, each with a key of its own.

    Parameters
    ----------
    ground_m
        West, south, east, north in the plane of the project, m; shown whole.
    version
        Names the edition of the base map of some ground.
    """
    x, y, scale = sheets.fitting(ground_m, size)
    blank = Sheet(project, session, 1, size, x, y, scale, "", "")
    edition = version(blank.ground)
    return [
        replace(blank, number=number, version=edition, key=secrets.token_hex(5)) for number in range(1, n + 1)
    ]


# --- Opening photos -------------------------------------------------------------------------------


def pages(raw: bytes) -> list[bytes]:
    """Give the pictures in an upload: a photo is one, a scanned PDF has one a page.

    Raises
    ------
    PhotoTooBig, PhotoUnreadable

    Examples
    --------
    >>> len(pages(bytes([255, 216, 255, 224])))
    1
    """
    if len(raw) > MOST_BYTES:
        raise PhotoTooBig(size=len(raw) / 1e6, unit="MB", most=MOST_BYTES / 1e6)
    if not raw.startswith(b"%PDF"):
        return [raw]
    found = []
    at = raw.find(b"/DCTDecode")
    while at >= 0:
        start, end = raw.find(b"stream", at), raw.find(b"endstream", at)
        if 0 <= start < end:
            found.append(raw[start + len(b"stream") : end].lstrip(b"\r\n"))
        at = raw.find(b"/DCTDecode", max(end, at + 1))
    if not found:
        raise PhotoUnreadable
    return found


def opened(raw: bytes) -> Picture:
    """Open a photo as RGB, turned the way its maker held it, no larger than is useful.

    Raises
    ------
    PhotoTooBig, PhotoUnreadable
    """
    if len(raw) > MOST_BYTES:
        raise PhotoTooBig(size=len(raw) / 1e6, unit="MB", most=MOST_BYTES / 1e6)
    width, height = _told_size(raw)
    if width * height > MOST_PIXELS:
        raise PhotoTooBig(size=width * height / 1e6, unit="megapixels", most=MOST_PIXELS / 1e6)
    try:
        found = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as broken:
        raise PhotoUnreadable from broken
    if found is None:
        raise PhotoUnreadable
    photo: Any = cv2.cvtColor(found, cv2.COLOR_BGR2RGB)
    longest = max(photo.shape[:2])
    if longest > LONGEST_PX:
        factor = LONGEST_PX / longest
        photo = cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cast("Picture", photo)


def _told_size(raw: bytes) -> tuple[int, int]:
    """Give the width and height a JPEG or PNG says it has, before any of it is unpacked."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n") and len(raw) >= 24:
        width, height = struct.unpack(">II", raw[16:24])
        return width, height
    at = 2
    while raw.startswith(b"\xff\xd8") and at + 9 <= len(raw):
        if raw[at] != 0xFF:
            break
        marker = raw[at + 1]
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", raw[at + 2 : at + 4])[0]
    raise PhotoUnreadable


# --- Laying the sheet straight --------------------------------------------------------------------


@dataclass(frozen=True)
class Located:
    """Where the sheet lies in the photo."""

    to_photo: Numbers
    """Homography from millimetres of the A4 sheet to pixels of the photo."""

    n_marks: int
    off_mm: float
    """How far the worst mark lies from where a flat sheet has it, mm."""


def locate(photo: Picture) -> Located:
    """Find the marks and lay the page over them.

    Raises
    ------
    PhotoWithoutMarks
    """
    grey: Any = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    found: dict[int, Numbers] = {}
    for attempt in (_as_is, _smaller, _stronger):
        for number, corners in attempt(grey).items():
            found.setdefault(number, corners)
        if len(found) == len(sheets.MARKS):
            break
    if len(found) >= LEAST_MARKS:
        located = _fitted(found)
        if located is not None:
            return located
    raise PhotoWithoutMarks(found=len(found), n_marks=len(sheets.MARKS), least=LEAST_MARKS)


def _as_is(grey: Any) -> dict[int, Numbers]:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.adaptiveThreshWinSizeMax = 53
    settings.adaptiveThreshWinSizeStep = 10
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY), settings)
    corners, numbers, _ = detector.detectMarkers(grey)
    if numbers is None:
        return {}
    return {
        int(number): np.asarray(four, dtype=np.float64).reshape(4, 2)
        for number, four in zip(np.ravel(numbers), corners, strict=True)
        if number < len(sheets.MARKS)
    }


def _smaller(grey: Any) -> dict[int, Numbers]:
    """Look again at half size: blur and noise become small."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return {number: (four + 0.5) * 2 - 0.5 for number, four in _as_is(half).items()}


def _stronger(grey: Any) -> dict[int, Numbers]:
    """Look again with the contrast evened out: a shadow over the sheet."""
    return _as_is(cv2.createCLAHE(4.0, (8, 8)).apply(grey))


def _fitted(found: dict[int, Numbers]) -> Located | None:
    """Lay the page over marks, leaving out any that lie elsewhere; None when too few are left."""
    while len(found) >= LEAST_MARKS:
        numbers = list(found)
        on_page = np.concatenate([sheets.mark_corners(number) for number in numbers])
        in_photo = np.concatenate([found[number] for number in numbers])
        if shapely.convex_hull(shapely.MultiPoint(on_page)).area < LEAST_SPREAD * PAGE_MM:
            return None
        to_photo, _ = cv2.findHomography(on_page, in_photo)
        if to_photo is None:
            return None
        back = _carried(np.linalg.inv(np.asarray(to_photo, dtype=np.float64)), in_photo)
        off = np.hypot(*(back - on_page).T).reshape(-1, 4).max(axis=1)
        worst = int(np.argmax(off))
        if off[worst] < 6 * FLAT_MM:
            return Located(np.asarray(to_photo, dtype=np.float64), len(found), float(off[worst]))
        found = {number: found[number] for number in numbers if number != numbers[worst]}
    return None


def _carried(homography: Numbers, points: Numbers) -> Numbers:
    carried: Any = cv2.perspectiveTransform(points.reshape(1, -1, 2), homography)
    return cast("Numbers", carried.reshape(-1, 2))


def straighten(photo: Picture, located: Located, box: sheets.Box, *, px_per_mm: float) -> Picture:
    """Give a part of the page as seen from straight above; `px_per_mm` is of the A4 sheet."""
    width, height = round((box[2] - box[0]) * px_per_mm), round((box[3] - box[1]) * px_per_mm)
    fine = 2
    step = 1 / (px_per_mm * fine)
    # Pixel centres: the middle of the first fine pixel lies half a step inside the box.
    to_page = np.array([[step, 0, box[0] + step / 2], [0, step, box[1] + step / 2], [0, 0, 1]])
    twice = cv2.warpPerspective(
        photo,
        located.to_photo @ to_page,
        (width * fine, height * fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cast("Picture", cv2.resize(twice, (width, height), interpolation=cv2.INTER_AREA))


def code(photo: Picture, located: Located) -> Sheet:
    """Read the QR of a sheet that was found.

    Raises
    ------
    PhotoWithoutCode, SheetTextUnknown, SheetUnfit
    """
    left, top, right, bottom = sheets.QR
    air = 4.0
    box = (left - air, top - air, right + air, bottom + air)
    detector = cv2.QRCodeDetector()
    for px_per_mm in (8.0, 14.0, 20.0):
        seen = cv2.cvtColor(straighten(photo, located, box, px_per_mm=px_per_mm), cv2.COLOR_RGB2GRAY)
        soft = cv2.GaussianBlur(seen, (0, 0), px_per_mm * 0.25)
        sharp = cv2.addWeighted(seen, 2.5, soft, -1.5, 0)
        _, flat = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        for picture in (seen, sharp, flat):
            try:
                text, _, _ = detector.detectAndDecode(picture)
            except cv2.error:  # it stumbles over some blurred codes; the next picture may do
                continue
            if text:
                return sheets.read(text)
    raise PhotoWithoutCode


def _settled(straight: Picture, printed: Picture, px_per_mm: float) -> tuple[Picture, float]:
    """Lay print on print where paper bends, block by block; give the share of the map that was recognised."""
    seen, known = _edges(straight), _edges(printed)
    block, reach = round(22 * px_per_mm), round(2.5 * px_per_mm)
    height, width = known.shape
    spots, shifts, likeness = [], [], []
    for top in range(reach, height - block - reach, block // 2):
        for left in range(reach, width - block - reach, block // 2):
            patch = known[top : top + block, left : left + block]
            if patch.std() < 4:
                continue
            around = seen[top - reach : top + block + reach, left - reach : left + block + reach]
            score = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, (right, down) = cv2.minMaxLoc(score)
            spots.append((left + block / 2, top + block / 2))
            shifts.append((right - reach, down - reach))
            likeness.append(best)
    if not spots:
        return straight, 1.0  # an empty polder has nothing to recognise
    where, shift, like = np.array(spots), np.array(shifts, dtype=np.float64), np.array(likeness)
    recognised = float((like > LEAST_LIKENESS).mean())
    sure = like > LEAST_LIKENESS
    if sure.sum() < 12:
        return straight, recognised
    terms = _bend(where, width, height)
    sure &= np.hypot(*(shift - np.median(shift[sure], axis=0)).T) < reach
    weights = np.linalg.lstsq(terms[sure], shift[sure], rcond=None)[0]
    for _ in range(3):
        off = np.hypot(*(terms @ weights - shift).T)
        sure &= off < max(2.5 * float(np.median(off[sure])), 1.5)
        if sure.sum() < 12:
            return straight, recognised
        weights = np.linalg.lstsq(terms[sure], shift[sure], rcond=None)[0]
    x, y = np.meshgrid(np.arange(0, width, 8), np.arange(0, height, 8))
    coarse = (_bend(np.column_stack([x.ravel(), y.ravel()]), width, height) @ weights).reshape(*x.shape, 2)
    full = cv2.resize(coarse.astype(np.float32), (x.shape[1] * 8, x.shape[0] * 8))[:height, :width]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(
        straight, x + full[:, :, 0], y + full[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return cast("Picture", moved), recognised


def _edges(picture: Picture) -> Any:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), 1.2)
    light = cv2.GaussianBlur(grey, (0, 0), 12) + 10
    return (soft / light * 128).astype(np.float32)


def _bend(where: Numbers, width: int, height: int) -> Numbers:
    """Give the terms of a surface of the third degree, on which paper bends."""
    x, y = 2 * where[:, 0] / width - 1, 2 * where[:, 1] / height - 1
    return np.column_stack([x**i * y**j for i in range(4) for j in range(4 - i)])


# --- Reading --------------------------------------------------------------------------------------


def read(raw: bytes, wanted: Wanted, render: Render, *, colour: str = "any") -> Reading:
    """Read one photo or scan of a sheet.

    Parameters
    ----------
    render
        Gives the map as it was printed.
    colour
        One of `pen.PENS`, or ``"any"``.

    Raises
    ------
    PaperError
        With the reason in words; nothing was kept.
    SketchError
        What was drawn cannot be a neighbourhood.
    """
    photo = opened(raw)
    located = locate(photo)
    sheet = code(photo, located)
    if sheet.project != wanted.project or (wanted.session and sheet.session != wanted.session):
        raise SheetElsewhere(number=sheet.number, found=sheet.project, wanted=wanted.project)
    town = projects.project(sheet.project)
    _require_ground(sheet, town.municipality, CRS.from_user_input(town.crs))
    px_per_mm = PX_PER_MM * sheets.SIZES[sheet.size]
    printed, edition = render(sheet, px_per_mm)
    flat = straighten(photo, located, sheets.FRAME, px_per_mm=px_per_mm)
    flat, recognised = _settled(flat, printed, px_per_mm)
    if recognised < LEAST_LIKENESS:
        raise PhotoTooVague(share=recognised)
    trace = pen.trace(flat, printed, pen=colour, px_per_mm=PX_PER_MM)
    if trace.is_blank:
        raise SheetBlank(number=sheet.number)
    if trace.area.is_empty:
        raise SheetLineOpen(number=sheet.number, share=trace.open_share or 1.0)
    corner = np.array(sheets.FRAME[:2])
    drawn = shapely.transform(trace.area, lambda px: sheet.to_plane(px / px_per_mm + corner))
    cleaned = sketch.clean(drawn, limits=_limits(town.crs, drawn))
    doubts = [
        *trace.doubts,
        *(["bent"] if located.off_mm > FLAT_MM * 2 else []),
        *(["other_edition"] if edition != sheet.version else []),
        *(["vague"] if recognised < VAGUE_LIKENESS else []),
        *cleaned.warnings,
    ]
    notes = [*trace.notes, *(["marks_lost"] if located.n_marks < len(sheets.MARKS) else [])]
    return Reading(
        sheet=sheet,
        geometry=cast("Polygon | MultiPolygon", cleaned.geometry),
        plane=CRS.from_user_input(town.crs),
        cleaned=cleaned,
        notes=tuple(notes),
        doubts=tuple(doubts),
        gap_share=trace.gap_share,
        n_left_out=trace.n_left_out,
        n_marks=located.n_marks,
        picture=_shown(flat, printed, trace),
    )


def _limits(crs_name: str, drawn: shapely.Geometry) -> sketch.Limits:
    plane = CRS.from_user_input(crs_name)
    if plane == planes.RD:
        return sketch.NETHERLANDS
    west, south, east, north = planes.to_wgs84(drawn, plane).bounds
    return sketch.Limits(box_wgs84=(west, south, east, north), crs=plane)


def _require_ground(sheet: Sheet, municipality: str, plane: Any) -> None:
    """Refuse a sheet of ground where the project is not."""
    if not municipality:
        return
    ground = planes.convert(shapely.box(*atlas.bounds(municipality)), planes.WGS84, plane)
    if not shapely.intersects(ground, sheet.ground):
        raise SheetElsewhere(number=sheet.number, found=f"{sheet.x}, {sheet.y}", wanted=municipality)


def _shown(flat: Picture, printed: Picture, trace: pen.Trace) -> bytes:
    """Draw the trace on the photo: the area tinted, its edge dark with a light rim, what we closed dashed."""
    even = pen.even_light(flat, printed, px_per_mm=PX_PER_MM)
    shown = np.clip(even * 255, 0, 255).astype(np.uint8)
    tint = shown.copy()
    rings = [
        np.round(shapely.get_coordinates(ring)).astype(np.int32)
        for part in shapely.get_parts(trace.area)
        for ring in shapely.get_rings(part)
    ]
    cv2.fillPoly(tint, rings, DRAWN_RGB)
    shown = cv2.addWeighted(tint, 0.22, shown, 0.78, 0).astype(np.uint8)
    for color, width in (((255, 255, 255), 7), (DRAWN_RGB, 3)):
        cv2.polylines(shown, rings, True, color, width, cv2.LINE_AA)
    for line in trace.closed_by_us:
        for share in np.arange(0, 1, 0.12):
            ends = shapely.get_coordinates(
                shapely.line_interpolate_point(line, [share, min(share + 0.06, 1)], normalized=True)
            )
            first, last = np.round(ends).astype(int).tolist()
            cv2.line(shown, first, last, (255, 255, 255), 9, cv2.LINE_AA)
            cv2.line(shown, first, last, (0, 0, 0), 5, cv2.LINE_AA)
    done, packed = cv2.imencode(
        ".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85]
    )
    if not done:
        raise PhotoUnreadable
    return packed.tobytes()


DRAWN_RGB = (163, 25, 91)


# --- Keeping --------------------------------------------------------------------------------------


def accept(
    reading: Reading,
    *,
    mended: Polygon | MultiPolygon | None = None,
    another: bytes = b"",
    language: str = "nl",
) -> Receipt:
    """Keep a reading that a person accepted; the photo is not part of it.

    Parameters
    ----------
    mended
        The outline as the person mended it on the screen, in the plane of the project.
    another
        Anything that tells two persons' copies of one sheet apart, such as a digest of the photo; without it
        the same sheet is kept once.

    Raises
    ------
    SketchError, StoreError
    """
    sheet = reading.sheet
    town = projects.project(sheet.project)
    plane = CRS.from_user_input(town.crs)
    cleaned = reading.cleaned
    if mended is not None:
        cleaned = sketch.clean(mended, limits=_limits(town.crs, mended))
    left, _, right, _ = sheets.FRAME
    width_m = round((right - left) * sheet.m_per_mm)
    told = {
        "sheet": sheet.number,
        "scale": sheet.scale,
        "size": sheet.size,
        "map": sheet.version,
        "mended": mended is not None,
        "gap_share": round(reading.gap_share, 3),
        "notes": [*reading.notes, *reading.doubts],
    }
    outline = planes.to_wgs84(mended or reading.geometry, plane)
    raw = {"type": "Feature", "properties": told, "geometry": json.loads(str(shapely.to_geojson(outline)))}
    repairs = [repair.kind for repair in cleaned.repairs]
    own = hashlib.sha256(another).hexdigest() if another else ""
    return projects.opened().submit(
        Contribution(
            id=str(uuid.uuid5(NAMESPACE, f"{sheet.text}|{own}")),
            project=sheet.project,
            session=sheet.session,
            raw=json.dumps(raw, separators=(",", ":")),
            geometry=cast("Polygon | MultiPolygon", cleaned.geometry),
            created=datetime.now(UTC).date(),
            repairs=tuple(dict.fromkeys([*repairs, *(["closed"] if "gap" in reading.notes else [])])),
            warnings=tuple(dict.fromkeys([*cleaned.warnings, *reading.doubts])),
            mode="paper",
            view=ViewFacts(
                start_width_m=width_m,
                first_width_m=width_m,
                started_from="paper",
                screen="paper",
                input="pen",
            ),
            language=language,
        )
    )
