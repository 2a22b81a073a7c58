"""Drawings on paper come back: a photo or scan of a sheet becomes an outline, for a person to accept or mend.

A photo exists in memory only: it is never written down, sent away or logged, and is gone when its reading is.
Every photo ends as a reading or as a refusal in words; no photo and no part of a drawing is lost in silence.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import cv2
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry import MultiPolygon, Polygon

from geo import crs as planes
from geo import geojson
from geo import paper_sheet as sheets
from geo.errors import (
    BuurtError,
    PhotoSheetLeft,
    PhotoTooVague,
    PhotoUnreadable,
    SheetBlank,
    SheetCrossedOut,
    SheetElsewhere,
    SheetLineOpen,
)
from geo.paper_sheet import PaperSheet
from geo.sketches.cleaning import CleanedSketch, clean_sketch
from geo.sketches.limits import limits_around
from store import Contribution, Receipt, ViewFacts
from study import context, datasets
from study.paper.ink_detection import normalise_light
from study.paper.ink_tracing import InkTrace, is_crossed_out, trace_ink
from study.paper.marks import FLAT_MM, LocatedSheet, carried
from study.paper.photo import (
    MIN_LIKENESS,
    PX_PER_MM,
    locate_sheets,
    open_photo,
    read_qr,
    rectify,
    refine_alignment,
)
from study.paper.sheets import Picture, Render, SheetFilter

VAGUE_LIKENESS = 0.5
COVERED_SHARE = 0.01
"""Of the map under another sheet of the same photo."""
ASKED = frozenset({"parts", "inked", "two_pens"})
"""Doubts about which parts of a drawing count, and whose they are."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Names of the parts of a drawing; those beyond, much smaller ones, go along with the whole."""
NAMESPACE = uuid.UUID("6d1b7a52-93c4-5e0b-8a6e-0e6f5d0c2b11")


@dataclass(frozen=True)
class SheetPart:
    """A part of a drawing that a person may count, leave out, or give to somebody else.

    Attributes
    ----------
    letter
        As it stands on the picture.
    geometry
        In the plane of the project.
    is_inked
        Whether it looks crossed out.
    pen
        1 when it is of a second colour, else 0.
    """

    letter: str
    geometry: Polygon | MultiPolygon
    is_inked: bool
    pen: int


@dataclass(frozen=True)
class SheetReading:
    """What was read from one sheet in a photo.

    Attributes
    ----------
    geometry
        The drawing in the plane of the project, sound.
    notes
        What was done: ``gap``, ``several_parts``, ``coloured_in``, ``marks_lost``.
    doubts
        Why a person must look well: those of `InkTrace`, those of `CleanedSketch`, and ``bent``, ``covered``
        (another sheet lies over it), ``other_edition`` (the base map was fetched again since) and ``vague``.
    gap_share
        Largest opening that was closed, as a share of the outline.
    n_left_out
        Notes and marks on the paper that are not part of the drawing.
    picture
        JPEG of the straightened photo with the trace on top, in memory only.
    """

    sheet: PaperSheet
    geometry: Polygon | MultiPolygon
    plane: CRS
    cleaned: CleanedSketch
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    gap_share: float
    n_left_out: int
    n_marks: int
    picture: bytes = field(repr=False)
    parts: tuple[SheetPart, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether a person is asked which parts count."""
        return bool(ASKED & set(self.doubts))


# --- Reading --------------------------------------------------------------------------------------


def read_photo(
    raw: bytes, wanted: SheetFilter, render: Render, *, colour: str = "any", page: int = 0
) -> tuple[SheetReading | BuurtError, ...]:
    """Read every sheet in one photo or page of a scan.

    Parameters
    ----------
    raw
        A photo, a PDF or a TIFF.
    render
        Gives the map as it was printed.
    colour
        One of `PENS`, or ``"any"``.
    page
        Which page, counted from 0.

    Returns
    -------
    tuple
        Of each sheet what was read, or why not: a `PaperError` with the reason in words, or a `SketchError`
        when what was drawn cannot be a neighbourhood.

    Raises
    ------
    PaperError
        When there is no sheet of ours in it; nothing was kept.
    """
    photo = open_photo(raw, page)
    located, left = locate_sheets(photo)
    found: list[SheetReading | BuurtError] = []
    for number, one in enumerate(located):
        covered = any(_covers(other, one) for at, other in enumerate(located) if at != number)
        try:
            found.append(_read_sheet(photo, one, wanted, render, colour, is_covered=covered))
        except BuurtError as refusal:
            found.append(refusal)
    return (*found, *(PhotoSheetLeft() for _ in range(left)))


def _covers(other: LocatedSheet, one: LocatedSheet) -> bool:
    """Return whether another sheet in the photo lies over the map of this one, or under it."""
    page = np.array(
        [[0.0, 0], [sheets.WIDTH_MM, 0], [sheets.WIDTH_MM, sheets.HEIGHT_MM], [0, sheets.HEIGHT_MM]]
    )
    left, top, right, bottom = sheets.FRAME
    frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    beside, mine = (
        shapely.Polygon(carried(sheet.to_photo, corners)) for sheet, corners in ((other, page), (one, frame))
    )
    if not (beside.is_valid and mine.is_valid):
        return True
    return bool(beside.intersection(mine).area > COVERED_SHARE * mine.area)


def _read_sheet(
    photo: Picture,
    located: LocatedSheet,
    wanted: SheetFilter,
    render: Render,
    colour: str,
    *,
    is_covered: bool,
) -> SheetReading:
    """Read one sheet that was found in a photo."""
    sheet = read_qr(photo, located)
    if sheet.project != wanted.project or (wanted.session and sheet.session != wanted.session):
        raise SheetElsewhere(number=sheet.number, found=sheet.project, wanted=wanted.project)
    town = context.get_project(sheet.project)
    plane = CRS.from_user_input(town.crs)
    _require_ground(sheet, town.municipality, plane)
    px_per_mm = PX_PER_MM * sheets.SIZES[sheet.size]
    printed, edition = render(sheet, px_per_mm)
    flat = rectify(photo, located, sheets.FRAME, px_per_mm=px_per_mm)
    flat, recognised = refine_alignment(flat, printed, px_per_mm)
    if recognised < MIN_LIKENESS:
        raise PhotoTooVague(share=recognised)
    trace = trace_ink(flat, printed, pen=colour, px_per_mm=PX_PER_MM)
    if trace.is_blank:
        raise SheetBlank(number=sheet.number)
    if is_crossed_out(trace.ink, PX_PER_MM):
        raise SheetCrossedOut(number=sheet.number)
    if trace.area.is_empty:
        raise SheetLineOpen(number=sheet.number, share=trace.open_share or 1.0)

    def on_ground(area: Any) -> Any:
        corner = np.array(sheets.FRAME[:2])
        return shapely.transform(area, lambda px: sheet.to_plane(px / px_per_mm + corner))

    drawn = on_ground(trace.area)
    cleaned = clean_sketch(drawn, limits=limits_around(planes.to_wgs84(drawn, plane), plane))
    doubts = [
        *trace.doubts,
        *(["bent"] if located.off_mm > FLAT_MM * 2 else []),
        *(["covered"] if is_covered else []),
        *(["other_edition"] if edition != sheet.version else []),
        *(["vague"] if recognised < VAGUE_LIKENESS else []),
        *cleaned.warnings,
    ]
    notes = [*trace.notes, *(["marks_lost"] if located.n_marks < len(sheets.MARKS) else [])]
    return SheetReading(
        sheet=sheet,
        geometry=cast("Polygon | MultiPolygon", cleaned.geometry),
        plane=plane,
        cleaned=cleaned,
        notes=tuple(notes),
        doubts=tuple(dict.fromkeys(doubts)),
        gap_share=trace.gap_share,
        n_left_out=trace.n_left_out,
        n_marks=located.n_marks,
        picture=_shown(flat, printed, trace),
        parts=tuple(
            SheetPart(letter, on_ground(part.area), part.is_inked, part.pen)
            for letter, part in zip(LETTERS, trace.parts, strict=False)
        ),
    )


def _require_ground(sheet: PaperSheet, municipality: str, plane: Any) -> None:
    """Refuse a sheet of ground where the project is not."""
    if not municipality:
        return
    ground = planes.transform(shapely.box(*datasets.bounds_wgs84(municipality)), planes.WGS84, plane)
    if not shapely.intersects(ground, sheet.ground):
        raise SheetElsewhere(number=sheet.number, found=f"{sheet.x}, {sheet.y}", wanted=municipality)


def _shown(flat: Picture, printed: Picture, trace: InkTrace) -> bytes:
    """Draw the trace on the photo: the area tinted, its edge dark with a light rim, what we closed dashed."""
    even = normalise_light(flat, printed, px_per_mm=PX_PER_MM)
    shown = np.clip(even * 255, 0, 255).astype(np.uint8)
    tint = shown.copy()
    is_asked = bool(ASKED & set(trace.doubts))
    rings = [
        np.round(shapely.get_coordinates(ring)).astype(np.int32)
        for area in ([part.area for part in trace.parts] if is_asked else [trace.area])
        for part in shapely.get_parts(area)
        for ring in shapely.get_rings(part)
    ]
    for ring in rings:  # one by one: where two overlap there is ground of both
        cv2.fillPoly(tint, [ring], DRAWN_RGB)
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
    if is_asked:
        for letter, part in zip(LETTERS, trace.parts, strict=False):
            _name_part(shown, letter, part.area)
    done, packed = cv2.imencode(
        ".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85]
    )
    if not done:
        raise PhotoUnreadable
    return packed.tobytes()


def _name_part(shown: Picture, letter: str, area: Any) -> None:
    """Write the letter of a part on the edge of it, where parts that overlap lie apart."""
    x, y = np.round(shapely.get_coordinates(area)[0]).astype(int).tolist()
    radius = 26
    x, y = (min(max(at, radius), side - radius) for at, side in zip((x, y), shown.shape[1::-1], strict=True))
    cv2.circle(shown, (x, y), radius, (255, 255, 255), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(shown, (x, y), radius, DRAWN_RGB, 3, cv2.LINE_AA)
    cv2.putText(shown, letter, (x - 13, y + 13), cv2.FONT_HERSHEY_SIMPLEX, 1.2, DRAWN_RGB, 3, cv2.LINE_AA)


DRAWN_RGB = (163, 25, 91)


# --- Keeping --------------------------------------------------------------------------------------


def save_reading(
    reading: SheetReading,
    *,
    corrected: Polygon | MultiPolygon | None = None,
    parts: Sequence[SheetPart] = (),
    another: bytes = b"",
    language: str = "nl",
) -> Receipt:
    """Save a reading that a person accepted; the photo is not part of it.

    Parameters
    ----------
    corrected
        The outline as the person corrected it on the screen, in the plane of the project.
    parts
        The parts that count; all of the drawing when empty. Not with `corrected`.
    another
        Anything that tells two persons' copies of one sheet apart, such as a digest of the photo; without it
        the same sheet is kept once.

    Raises
    ------
    SketchError, StoreError
    """
    sheet = reading.sheet
    town = context.get_project(sheet.project)
    plane = CRS.from_user_input(town.crs)
    cleaned = reading.cleaned
    outline_m: shapely.Geometry | None = corrected
    if corrected is None and parts and len(parts) < len(reading.parts):
        outline_m = shapely.union_all([part.geometry for part in parts])
    if outline_m is not None:
        cleaned = clean_sketch(outline_m, limits=limits_around(planes.to_wgs84(outline_m, plane), plane))
    left, _, right, _ = sheets.FRAME
    width_m = round((right - left) * sheet.m_per_mm)
    properties = {
        "sheet": sheet.number,
        "scale": sheet.scale,
        "size": sheet.size,
        "map": sheet.version,
        "mended": corrected is not None,
        "gap_share": round(reading.gap_share, 3),
        "notes": [*reading.notes, *reading.doubts],
    }
    if parts:
        properties["parts"] = "".join(part.letter for part in parts)
    outline = planes.to_wgs84(outline_m or reading.geometry, plane)
    raw = geojson.feature(geojson.geometry(outline), properties)
    repairs = [repair.kind for repair in cleaned.repairs]
    own = hashlib.sha256(another).hexdigest() if another else ""
    return context.get_store().contributions.submit(
        Contribution(
            id=str(uuid.uuid5(NAMESPACE, f"{sheet.qr_text}|{own}")),
            project=sheet.project,
            session=sheet.session,
            raw_geojson=json.dumps(raw, separators=(",", ":")),
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
