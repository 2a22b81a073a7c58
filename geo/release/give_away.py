"""What a published surface gives away of one person: ground that this person decides alone.

A band is the ground that at least k people share. Where exactly k drew, each of them decides alone whether
the ground is in it. Somebody who plants drawings round a neighbour's house knows all but one of those k, and
reads the neighbour's outline from the band. So a band whose ground one person decides for a large part of
their own drawing is not published.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.grids.grid import CELL_M, Geometries, choose_extent
from geo.grids.runs import PORTION, Runs
from geo.privacy_limits import MIN_PEOPLE
from geo.release.earlier_surfaces import MAX_FREED, EarlierGround, EarlierSurface

MAX_ALONE = 1 / 3
"""Part of anybody's own drawing that one band may leave to that person alone."""

MAX_ALONE_TOGETHER = 1 / 2
"""The same for all bands of a neighbourhood together."""

PERCENTS = (25, 50, 75)


@dataclass(frozen=True, order=True)
class Band:
    """Ground that at least ``people`` of the drawers of a neighbourhood share.

    Parameters
    ----------
    people
        Fewest people behind the ground.
    percent
        The share that makes it: 25, 50 or 75.
    """

    people: int
    percent: int


def true_bands(n: int, *, min_people: int = MIN_PEOPLE) -> tuple[Band, ...]:
    """Return the bands that may be drawn of ``n`` people, each under a name that is true.

    A band of p % exists only where ceil(p n / 100) people are at least ``min_people``: 75 % from 6 people, 50
    % from 9, 25 % from 17. Of five people there is none: what all five share each of them decides alone.

    Examples
    --------
    >>> [(band.percent, band.people) for band in true_bands(10)]
    [(50, 5), (75, 8)]
    >>> true_bands(5)
    ()
    """
    found = [Band(-(-percent * n // 100), percent) for percent in PERCENTS]
    return tuple(band for band in found if min_people <= band.people < n)


def shown_bands(
    areas: Geometries,
    bands: Sequence[Band],
    *,
    earlier: Sequence[EarlierSurface] = (),
    cell_m: float = CELL_M,
) -> tuple[Band, ...]:
    """Return the bands that leave nobody too much of their own drawing to decide alone.

    Parameters
    ----------
    areas
        One outline a person, in metres.
    bands
        The bands that would be drawn.
    earlier
        What was released before of any of the people.
    cell_m
        Side of the cells the surface is counted in.

    Returns
    -------
    tuple of Band
        In the order given. A band goes when one person alone decides more than `MAX_ALONE` of their own
        drawing, or when what is gone since an earlier release shows more than `MAX_FREED` of the drawing of
        somebody who left. Then goes the highest band and after it the lowest, while all that are left together
        leave anybody more than `MAX_ALONE_TOGETHER`, or, with all earlier releases, more than
        `geo.release.earlier_surfaces.MAX_EVER`.

    Examples
    --------
    Six people, four of whom hold a wide square: the band of five is all of the square.

    >>> import shapely
    >>> wide, own = shapely.box(0, 0, 1000, 1000), shapely.box(300, 300, 600, 600)
    >>> shown_bands(np.array([wide, wide, wide, wide, own, wide]), true_bands(6)), true_bands(6)
    ((), (Band(people=5, percent=75),))
    """
    alone, own = _decided_alone(areas, [band.people for band in bands], cell_m)
    fine = [at for at in range(len(bands)) if (alone[:, at] <= MAX_ALONE * own).all()]
    before = EarlierGround(areas, earlier, cell_m) if earlier and fine else None
    if before is not None:
        fine = [at for at in fine if before.largest_part_freed(bands[at].people) <= MAX_FREED]

    def gives_away(some: list[int]) -> bool:
        if (_together(alone, bands, some) > MAX_ALONE_TOGETHER * own).any():
            return True
        return before is not None and before.gives_too_much([bands[at].people for at in some])

    for goes in (max, min):
        if len(fine) > 1 and gives_away(fine):
            fine.remove(goes(fine, key=lambda at: bands[at].people))
    if fine and gives_away(fine):
        fine = []
    return tuple(bands[at] for at in fine)


def largest_part_alone(areas: Geometries, people: int, *, cell_m: float = CELL_M) -> float:
    """Return the largest part of anybody's drawing that a band of ``people`` leaves to that person alone.

    Examples
    --------
    >>> import shapely
    >>> wide, own = shapely.box(0, 0, 1000, 1000), shapely.box(300, 300, 600, 600)
    >>> largest_part_alone(np.array([wide, wide, wide, wide, own]), 5)
    1.0
    """
    alone, own = _decided_alone(areas, [people], cell_m)
    return float((alone[:, 0] / np.maximum(own, 1)).max(initial=0.0))


def _decided_alone(
    areas: Geometries, people: Sequence[int], cell_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the cells each person decides alone, people x bands, and the cells of each drawing."""
    grid, _ = choose_extent(areas, cell_m)
    runs = Runs.from_areas(areas, grid)
    count = np.cumsum(np.asarray(runs.steps.sum(axis=0)).ravel())
    at_limit = np.column_stack([(count == each) * runs.cells for each in [*people, -1]])[:, :-1]
    alone = np.zeros((len(areas), len(people)), dtype=np.int64)
    own = np.zeros(len(areas), dtype=np.int64)
    # Some people at a time, so that memory does not grow with the number of drawings.
    some = max(1, PORTION // max(1, len(runs.cells)))
    for start in range(0, len(areas), some):
        rows = slice(start, start + some)
        inside = np.cumsum(runs.steps[rows].toarray(), axis=1, dtype=np.int32) > 0
        alone[rows] = inside @ at_limit
        own[rows] = inside @ runs.cells
    return alone, own


def _together(alone: NDArray[np.int64], bands: Sequence[Band], some: Sequence[int]) -> NDArray[np.int64]:
    """Add up what bands of different numbers of people decide; no cell is in two of them."""
    first = {bands[at].people: at for at in some}
    return np.asarray(alone[:, list(first.values())].sum(axis=1), dtype=np.int64)
