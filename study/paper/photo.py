"""Photos of paper sheets: open, locate the marks, straighten and read the code."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import cv2
import numpy as np
import pi_heif
import pypdfium2
from PIL import Image, ImageOps

from geo import paper_sheet as sheets
from geo.errors import PhotoTooBig, PhotoUnreadable, PhotoWithoutCode, PhotoWithoutMarks
from geo.paper_sheet import PaperSheet
from study.paper.marks import MIN_MARKS, LocatedSheet, Mark, group_marks
from study.paper.sheets import Numbers, Picture

PDF = b"%PDF"
TIFF = (b"II*\0", b"MM\0*")
BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, RuntimeError)
"""What Pillow raises where a picture is damaged."""
MAX_BYTES = 40_000_000
MAX_PIXELS = 120_000_000
KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF")
"""What phones and scanners make, as Pillow calls it."""
MAX_PX = 4_500
"""Marks and lines are no clearer in a larger picture."""
PX_PER_MM = 5.0
"""Of paper as printed; a pen of half a millimetre is two pixels and a half wide."""
MIN_LIKENESS = 0.35
"""Below this the printed map is not recognised under the pen."""
DICTIONARY = cv2.aruco.DICT_4X4_50

pi_heif.register_heif_opener()


# --- Opening photos -------------------------------------------------------------------------------


def count_pages(raw: bytes) -> int:
    """Return how many pictures are in an upload: a photo is one, a PDF or TIFF has one a page.

    Raises
    ------
    PhotoTooBig, PhotoUnreadable

    Examples
    --------
    >>> count_pages(bytes([255, 216, 255, 224]))
    1
    """
    if len(raw) > MAX_BYTES:
        raise PhotoTooBig(size=len(raw) / 1e6, unit="MB", most=MAX_BYTES / 1e6)
    if raw.startswith(PDF):
        with _opened(raw) as document:
            return len(document)
    if not raw.startswith(TIFF):
        return 1
    with _opened_picture(raw) as picture:
        return int(getattr(picture, "n_frames", 1))


@contextmanager
def _opened(raw: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as broken:  # broken, or locked with a password
        raise PhotoUnreadable from broken
    try:
        if not len(document):
            raise PhotoUnreadable
        yield document
    finally:
        document.close()


@contextmanager
def _opened_picture(raw: bytes, number: int = 0) -> Iterator[Image.Image]:
    """Open a picture at one of its pages; only the header was read, and its size is within the limit."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
            opened = Image.open(io.BytesIO(raw), formats=KINDS)
            opened.seek(number)
        with opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise PhotoTooBig(size=width * height / 1e6, unit="megapixels", most=MAX_PIXELS / 1e6)
            yield opened
    except Image.DecompressionBombError as bomb:
        raise PhotoTooBig(size=2 * MAX_PIXELS / 1e6, unit="megapixels", most=MAX_PIXELS / 1e6) from bomb
    except BROKEN as broken:
        raise PhotoUnreadable from broken


def open_photo(raw: bytes, page: int = 0) -> Picture:
    """Open a photo, or one page of a scan, as RGB, turned the way its maker held it, no larger than is useful.

    Its kind is judged by its bytes: JPEG, PNG, WebP, TIFF, the HEIC of today's phones, PDF. A page of a PDF is
    rendered as a reader shows it: scanners store a page in many ways, and lay text over it.

    Parameters
    ----------
    page
        Which page of a PDF or TIFF, counted from 0.

    Raises
    ------
    PhotoTooBig, PhotoUnreadable
    """
    if len(raw) > MAX_BYTES:
        raise PhotoTooBig(size=len(raw) / 1e6, unit="MB", most=MAX_BYTES / 1e6)
    if raw.startswith(PDF):
        return _rendered(raw, page)
    with _opened_picture(raw, page) as opened:
        opened.draft("RGB", (MAX_PX, MAX_PX))  # a large JPEG is unpacked at half or a quarter of its size
        photo: Any = np.array(_on_white(ImageOps.exif_transpose(opened)))
    longest = max(photo.shape[:2])
    if longest > MAX_PX:
        factor = MAX_PX / longest
        photo = cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cast("Picture", photo)


def _rendered(raw: bytes, number: int) -> Picture:
    with _opened(raw) as document:
        try:
            page = document[number]
            bitmap = page.render(scale=MAX_PX / max(page.get_size()), rev_byteorder=True)
        except (pypdfium2.PdfiumError, ZeroDivisionError) as broken:
            raise PhotoUnreadable from broken
        return cast("Picture", bitmap.to_numpy().copy())  # its memory goes with the document


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture as RGB; what is transparent is paper."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(paper, layer).convert("RGB")


# --- Laying the sheet straight --------------------------------------------------------------------


def locate_sheets(photo: Picture) -> tuple[list[LocatedSheet], int]:
    """Find the marks of every sheet in the photo, and lay a page over each set.

    Returns
    -------
    tuple of (list of LocatedSheet, int)
        The sheets, and how many more there must be of which too few marks are in sight.

    Raises
    ------
    PhotoWithoutMarks
        When no sheet at all is found.
    """
    grey: Any = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    marks: list[Mark] = []
    for attempt in (_as_is, _smaller, _stronger):  # all three: one may see a sheet that the others do not
        marks += [mark for mark in attempt(grey) if not any(mark.is_again(other) for other in marks)]
    located, left = group_marks(marks)
    if not located:
        found = len({mark.number for mark in marks})
        raise PhotoWithoutMarks(found=found, n_marks=len(sheets.MARKS), least=MIN_MARKS)
    return located, left


def _as_is(grey: Any) -> list[Mark]:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.adaptiveThreshWinSizeMax = 53
    settings.adaptiveThreshWinSizeStep = 10
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY), settings)
    corners, numbers, _ = detector.detectMarkers(grey)
    if numbers is None:
        return []
    return [
        Mark(int(number), np.asarray(four, dtype=np.float64).reshape(4, 2))
        for number, four in zip(np.ravel(numbers), corners, strict=True)
        if number < len(sheets.MARKS)
    ]


def _smaller(grey: Any) -> list[Mark]:
    """Look again at half size: blur and noise become small."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return [Mark(mark.number, (mark.corners + 0.5) * 2 - 0.5) for mark in _as_is(half)]


def _stronger(grey: Any) -> list[Mark]:
    """Look again with the contrast evened out: a shadow over the sheet."""
    return _as_is(cv2.createCLAHE(4.0, (8, 8)).apply(grey))


def rectify(photo: Picture, located: LocatedSheet, box: sheets.Box, *, px_per_mm: float) -> Picture:
    """Return a part of the page as seen from straight above; `px_per_mm` is of the A4 sheet."""
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


def read_qr(photo: Picture, located: LocatedSheet) -> PaperSheet:
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
        seen = cv2.cvtColor(rectify(photo, located, box, px_per_mm=px_per_mm), cv2.COLOR_RGB2GRAY)
        soft = cv2.GaussianBlur(seen, (0, 0), px_per_mm * 0.25)
        sharp = cv2.addWeighted(seen, 2.5, soft, -1.5, 0)
        _, flat = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        for picture in (seen, sharp, flat):
            try:
                text, _, _ = detector.detectAndDecode(picture)
            except cv2.error:  # it stumbles over some blurred codes; the next picture may do
                continue
            if text:
                return sheets.parse_qr_text(text)
    raise PhotoWithoutCode


def refine_alignment(straight: Picture, printed: Picture, px_per_mm: float) -> tuple[Picture, float]:
    """Align the photo with the print block by block where paper bends; return the share recognised."""
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
    recognised = float((like > MIN_LIKENESS).mean())
    sure = like > MIN_LIKENESS
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
    """Return the terms of a surface of the third degree, on which paper bends."""
    x, y = 2 * where[:, 0] / width - 1, 2 * where[:, 1] / height - 1
    return np.column_stack([x**i * y**j for i in range(4) for j in range(4 - i)])
