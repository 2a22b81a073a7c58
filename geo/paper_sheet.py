"""A paper sheet to draw on: where everything stands on it, and which ground lies under each millimetre.

A sheet carries all that is needed to read it again: the text of its QR names the project, the session, the
ground and the edition of the map. An A3 sheet is an A4 sheet enlarged, so that places on the page are the
same for both, in millimetres of the A4 sheet. On the page x runs to the right and y runs down.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import SheetTextUnknown, SheetUnfit

Numbers = NDArray[np.float64]
Size = Literal["A3", "A4"]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres of the A4 sheet."""

SIZES: dict[Size, float] = {"A4": 1.0, "A3": 420 / 297}
"""How much larger than A4."""

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
FRAME: Box = (23.0, 8.0, 219.0, 202.0)
"""The map."""
PANEL: Box = (226.0, 8.0, 276.0, 202.0)
"""Instruction, number, scale bar and QR."""
QR: Box = (226.0, 158.0, 258.0, 190.0)
"""The modules of the QR; the panel is white around it."""
MARK_MM = 11.0
MARKS: tuple[tuple[float, float], ...] = (
    (7.0, 8.0),
    (279.0, 8.0),
    (279.0, 191.0),
    (7.0, 191.0),
    (7.0, 99.5),
    (279.0, 99.5),
)
"""Left top of each mark, by its number: the corners clockwise, then the middle of the left and right side.

Three marks are lost before a sheet is: a thumb, a coffee cup and a folded corner.
"""

SCALES = (500, 200_000)
"""No sheet is drawn larger or smaller than one to this."""
KIND = "BB1"
"""The first word of a QR of ours; another layout gets another number."""


def mark_corners(number: int) -> Numbers:
    """Return the four corners of a mark on the page.

    Parameters
    ----------
    number
        Number of the mark, an index of `MARKS`.

    Returns
    -------
    array
        Clockwise from the top left, shape (4, 2), in millimetres of the A4 sheet.

    Examples
    --------
    >>> mark_corners(0).tolist()
    [[7.0, 8.0], [18.0, 8.0], [18.0, 19.0], [7.0, 19.0]]
    """
    left, top = MARKS[number]
    right, bottom = left + MARK_MM, top + MARK_MM
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


@dataclass(frozen=True)
class PaperSheet:
    """One numbered sheet of one ground.

    Attributes
    ----------
    project, session
        Ids of the project and the session; `session` may be empty.
    number
        From 1; a person's sheet, never a person's name.
    x, y
        Middle of the map in the plane of the project, whole metres.
    scale
        The map is drawn one to this, on the paper as printed.
    version
        Which edition of the base map was printed.
    key
        Made up at random for every sheet: the same sheet photographed twice is one drawing, and nobody can
        guess the key of somebody else's.
    """

    project: str
    session: str
    number: int
    size: Size
    x: int
    y: int
    scale: int
    version: str
    key: str

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise SheetUnfit(what="size", value=self.size)
        if not SCALES[0] <= self.scale <= SCALES[1]:
            raise SheetUnfit(what="scale", value=str(self.scale))
        if not 1 <= self.number <= 9_999:
            raise SheetUnfit(what="number", value=str(self.number))
        for name in (self.project, self.session, self.version, self.key):
            if "|" in name or len(name) > 64:
                raise SheetUnfit(what="name", value=name[:64])

    @property
    def m_per_mm(self) -> float:
        """Metres of ground under one millimetre of the A4 sheet."""
        return self.scale * SIZES[self.size] / 1000

    @property
    def ground(self) -> shapely.Geometry:
        """The ground on the map, in the plane of the project."""
        corners = np.array([[FRAME[0], FRAME[3]], [FRAME[2], FRAME[1]]])
        (west, south), (east, north) = self.to_plane(corners)
        found: shapely.Geometry = shapely.box(west, south, east, north)
        return found

    def to_plane(self, page_mm: Numbers) -> Numbers:
        """Return places on the page as coordinates in the plane of the project.

        Parameters
        ----------
        page_mm
            Places in millimetres of the A4 sheet, shape (n, 2).

        Returns
        -------
        array
            Metres, shape (n, 2).

        Examples
        --------
        One centimetre right of the middle of the map, one to 10 000: a hundred metres east.

        >>> sheet = PaperSheet("demo", "", 1, "A4", 142_000, 509_000, 10_000, "", "")
        >>> sheet.to_plane(np.array([[131.0, 105.0]])).tolist()
        [[142100.0, 509000.0]]
        """
        shift = (page_mm - _middle()) * self.m_per_mm
        return np.column_stack([self.x + shift[:, 0], self.y - shift[:, 1]])

    def to_page(self, plane_m: Numbers) -> Numbers:
        """Return coordinates in the plane of the project as places on the page.

        Parameters
        ----------
        plane_m
            Coordinates in metres, shape (n, 2).

        Returns
        -------
        array
            Millimetres of the A4 sheet, shape (n, 2); places outside the map lie outside `FRAME`.

        Examples
        --------
        >>> sheet = PaperSheet("demo", "", 1, "A3", 142_000, 509_000, 10_000, "", "")
        >>> sheet.to_page(sheet.to_plane(np.array([[50.0, 60.0]]))).round(9).tolist()
        [[50.0, 60.0]]
        """
        east = (plane_m[:, 0] - self.x) / self.m_per_mm
        south = (self.y - plane_m[:, 1]) / self.m_per_mm
        return np.column_stack([east, south]) + _middle()

    @property
    def qr_text(self) -> str:
        """What the QR says.

        Examples
        --------
        >>> PaperSheet("demo", "", 7, "A4", 142_000, 509_000, 8_000, "3f2a", "b81c").qr_text
        'BB1|demo||7|A4|142000|509000|8000|3f2a|b81c'
        """
        place = (self.size, self.x, self.y, self.scale)
        facts = (self.project, self.session, self.number, *place, self.version, self.key)
        return "|".join([KIND, *map(str, facts)])


def parse_qr_text(text: str) -> PaperSheet:
    """Parse the text of a sheet's QR code.

    Parameters
    ----------
    text
        Text as scanned.

    Returns
    -------
    PaperSheet
        The sheet it identifies.

    Raises
    ------
    SheetTextUnknown
        When the text is not that of one of our sheets.
    SheetUnfit
        When a size, scale, number or name in it is not possible on a sheet.

    Examples
    --------
    >>> parse_qr_text("BB1|demo||7|A4|142000|509000|8000|3f2a|b81c").number
    7
    """
    kind, *facts = text.split("|")
    if kind != KIND or len(facts) != 9:
        raise SheetTextUnknown(text=text[:40])
    project, session, number, size, x, y, scale, version, key = facts
    try:
        numbers = [int(fact) for fact in (number, x, y, scale)]
    except ValueError:
        raise SheetTextUnknown(text=text[:40]) from None
    if size not in SIZES:
        raise SheetUnfit(what="size", value=size[:8])
    return PaperSheet(project, session, numbers[0], size, numbers[1], numbers[2], numbers[3], version, key)


def fit_sheet(ground_m: Box, size: Size) -> tuple[int, int, int]:
    """Return the centre (x, y) and round scale at which a box fits on a sheet.

    Parameters
    ----------
    ground_m
        West, south, east, north in metres.
    size
        Size of the paper.

    Returns
    -------
    x
        East coordinate of the centre, whole metres.
    y
        North coordinate of the centre, whole metres.
    scale
        Denominator of the scale, a multiple of 250 or 500, at least 500.

    Examples
    --------
    A square of 1,900 m on a map of 196 by 194 mm: one to 10 000 holds 1,940 m.

    >>> fit_sheet((141_000, 508_000, 142_900, 509_900), "A4")
    (141950, 508950, 10000)
    """
    west, south, east, north = ground_m
    wide, high = (FRAME[2] - FRAME[0], FRAME[3] - FRAME[1])
    least = max((east - west) / wide, (north - south) / high) * 1000 / SIZES[size]
    step = 250 if least < 5_000 else 500
    scale = int(np.ceil(least / step)) * step
    return round((west + east) / 2), round((south + north) / 2), max(scale, SCALES[0])


def _middle() -> Numbers:
    return np.array([(FRAME[0] + FRAME[2]) / 2, (FRAME[1] + FRAME[3]) / 2])
