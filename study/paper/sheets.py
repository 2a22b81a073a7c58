"""Paper sheets of a project or workshop session, as PDF."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import paper_sheet as sheets
from geo.paper_sheet import PaperSheet

Picture = NDArray[np.uint8]
Numbers = NDArray[np.float64]
Render = Callable[[PaperSheet, float], tuple[Picture, str]]
"""Gives the map of a sheet as printed, RGB, at so many pixels to a millimetre of A4, and its edition."""


@dataclass(frozen=True)
class SheetFilter:
    """Which sheets are taken: of this project, and of this session (of any when empty)."""

    project: str
    session: str = ""


# --- Making sheets --------------------------------------------------------------------------------


def create_sheets(
    project: str,
    session: str,
    *,
    n: int,
    size: sheets.Size,
    ground_m: sheets.Box,
    version: Callable[[Any], str],
) -> list[PaperSheet]:
    """Create the sheets of one ground, numbered from 1, each with a key of its own.

    Parameters
    ----------
    ground_m
        West, south, east, north in the plane of the project, m; shown whole.
    version
        Names the edition of the base map of some ground.
    """
    x, y, scale = sheets.fit_sheet(ground_m, size)
    blank = PaperSheet(project, session, 1, size, x, y, scale, "", "")
    edition = version(blank.ground)
    return [
        replace(blank, number=number, version=edition, key=secrets.token_hex(5)) for number in range(1, n + 1)
    ]
