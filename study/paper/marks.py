"""Marks of paper sheets in one photo: which of them belong to the same sheet, and where that sheet lies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import cv2
import numpy as np
import shapely

from geo import paper_sheet as sheets
from study.paper.sheets import Numbers

MIN_MARKS = 3
MIN_SPREAD = 0.35
"""Marks must span this share of the sheet, or a slip at one is a street at the other side."""
FLAT_MM = 1.0
"""A sheet whose marks lie farther than this from where a flat sheet has them is bent."""
MOST_OFF_MM = 6 * FLAT_MM
"""A mark farther than this from its place is of another sheet, or of none."""
SEED_OFF_MM = 30.0
"""How far the guess from two marks may be off at the far end of a sheet."""
SQUARE = (0.75, 1.3)
"""How much smaller or larger than printed a mark may come out: marks of two sheets taken for one are stretched."""
PAGE_MM = sheets.WIDTH_MM * sheets.HEIGHT_MM


@dataclass(frozen=True)
class Mark:
    """A mark in a photo: its number, and its corners in pixels, shape (4, 2)."""

    number: int
    corners: Numbers

    @property
    def side_px(self) -> float:
        """Length of its sides, px."""
        return float(np.sqrt(cv2.contourArea(self.corners.astype(np.float32))))

    def is_again(self, other: "Mark") -> bool:
        """Return whether this is the same mark, found once more."""
        apart = np.hypot(*(self.corners.mean(axis=0) - other.corners.mean(axis=0)))
        return self.number == other.number and bool(apart < max(self.side_px, other.side_px))


@dataclass(frozen=True)
class LocatedSheet:
    """Where a sheet lies in the photo."""

    to_photo: Numbers
    """Homography from millimetres of the A4 sheet to pixels of the photo."""

    n_marks: int
    off_mm: float
    """How far the worst mark lies from where a flat sheet has it, mm."""


Fit = tuple[LocatedSheet, list[Mark]]
"""A sheet, and the marks that lie on it."""


def group_marks(marks: list[Mark]) -> tuple[list[LocatedSheet], int]:
    """Share out the marks of a photo over the sheets in it, the sheet that explains most of them first.

    Returns
    -------
    tuple of (list of LocatedSheet, int)
        The sheets, from the left to the right, and how many more there must be of which too few marks are in
        sight: a mark that is left over and as large as those of a sheet is of a sheet too.
    """
    left, found, used = list(marks), list[LocatedSheet](), list[Mark]()
    while fit := _best(left):
        located, mine = fit
        found.append(located)
        used += mine
        left = [mark for mark in left if not any(mark is one for one in mine)]
    if found:
        usual = float(np.median([mark.side_px for mark in used]))
        left = [mark for mark in left if 0.5 < mark.side_px / usual < 2.0]
    more = max(Counter(mark.number for mark in left).values(), default=0)
    return sorted(found, key=lambda one: float(one.to_photo[0, 2] / one.to_photo[2, 2])), more


def _best(marks: list[Mark]) -> Fit | None:
    """Return the sheet on which most marks have their place, the flattest of those."""
    fits: list[Fit | None] = []
    if len({mark.number for mark in marks}) == len(marks):  # each once: one sheet, as nearly always
        fits = [_fitted(marks)]
    if not any(fits):
        fits = [_grown(pair, marks) for pair in combinations(marks, 2) if pair[0].number != pair[1].number]
    sound = [fit for fit in fits if fit is not None]
    return max(sound, key=lambda fit: (fit[0].n_marks, -fit[0].off_mm), default=None)


def _grown(seed: Iterable[Mark], marks: list[Mark]) -> Fit | None:
    """Add to two marks those that lie where a sheet with these two has them."""
    mine = list(seed)
    for reach_mm in (SEED_OFF_MM, MOST_OFF_MM):
        to_photo = _homography(mine)
        if to_photo is None or not _is_square(to_photo, mine):
            return None
        corners = carried(_inverse(to_photo), np.concatenate([mark.corners for mark in marks]))
        places = np.concatenate([sheets.mark_corners(mark.number) for mark in marks])
        offs = np.hypot(*(corners - places).T).reshape(-1, 4).max(axis=1).tolist()
        nearest: dict[int, tuple[float, Mark]] = {}
        for off, mark in zip(offs, marks, strict=True):
            if off < min(reach_mm, nearest.get(mark.number, (np.inf, mark))[0]):
                nearest[mark.number] = (off, mark)
        mine = [mark for _, mark in nearest.values()]
        if len(mine) < MIN_MARKS:
            return None
    return _fitted(mine)


def _fitted(mine: list[Mark]) -> Fit | None:
    """Fit the page to the marks, leaving out any that lie elsewhere; None when too few are left."""
    while len(mine) >= MIN_MARKS:
        on_page = np.concatenate([sheets.mark_corners(mark.number) for mark in mine])
        if shapely.convex_hull(shapely.MultiPoint(on_page)).area < MIN_SPREAD * PAGE_MM:
            return None
        to_photo = _homography(mine)
        if to_photo is None:
            return None
        in_photo = np.concatenate([mark.corners for mark in mine])
        back = carried(_inverse(to_photo), in_photo)
        off = np.hypot(*(back - on_page).T).reshape(-1, 4).max(axis=1)
        worst = int(np.argmax(off))
        if off[worst] < MOST_OFF_MM:
            if not _is_square(to_photo, mine):
                return None
            return LocatedSheet(to_photo, len(mine), float(off[worst])), mine
        mine = [mark for number, mark in enumerate(mine) if number != worst]
    return None


def _homography(mine: list[Mark]) -> Numbers | None:
    """Return what carries places on the page to places in the photo, fitted to marks."""
    on_page = np.concatenate([sheets.mark_corners(mark.number) for mark in mine])
    found, _ = cv2.findHomography(on_page, np.concatenate([mark.corners for mark in mine]))
    if found is None or abs(np.linalg.det(found)) < 1e-9:
        return None
    return np.asarray(found, dtype=np.float64)


def _inverse(to_photo: Numbers) -> Numbers:
    return np.asarray(np.linalg.inv(to_photo), dtype=np.float64)


def _is_square(to_photo: Numbers, mine: list[Mark]) -> bool:
    """Return whether each mark comes out on the page as the square that was printed."""
    to_page = _inverse(to_photo)
    for mark in mine:
        corners = carried(to_page, mark.corners)
        sides = np.hypot(*(corners - np.roll(corners, 1, axis=0)).T) / sheets.MARK_MM
        if not np.isfinite(sides).all() or sides.min() < SQUARE[0] or sides.max() > SQUARE[1]:
            return False
    return True


def carried(homography: Numbers, points: Numbers) -> Numbers:
    """Return points where a homography carries them, shape (n, 2)."""
    there: Any = cv2.perspectiveTransform(points.reshape(1, -1, 2), homography)
    return cast("Numbers", there.reshape(-1, 2))
