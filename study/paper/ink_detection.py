"""Detect pen ink on a straightened photo."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Layer = NDArray[np.float32]
Mask = NDArray[np.uint8]
Places = NDArray[np.float64]
Shape = Any
"""A shapely geometry: Polygon or MultiPolygon for an area, LineString for a bridge."""

PENS: dict[str, tuple[float, float, float]] = {
    "red": (0.10, 1.0, 0.90),
    "blue": (1.0, 0.65, 0.15),
    "green": (1.0, 0.25, 0.75),
    "purple": (0.55, 1.0, 0.25),
    "black": (1.0, 1.0, 1.0),
}
"""What each pen takes from red, green and blue light, the most set to 1."""

BLOCK_MM = 8.0
"""Light changes over a hand's width; a pen line is narrower than half of this."""
STRAY_MM = 0.5
"""How far the print may still lie beside the place where it is expected."""
TINT_DENSITY = 0.20
"""Density by which one colour must be taken more than another to be ink."""
GREY_DENSITY = 0.52
"""Density in all colours that no shadow has: ink without colour."""
SPECK_MM = 4.0
"""What is smaller is no line."""
PENS_APART_DEGREES = 17.0
"""Colours at a smaller angle are one pen on paper that is lit unevenly."""
PEN_SHARE = 0.2
"""With less of the ink a colour is a note beside the drawing."""
LONG_MM, THIN_MM = 12.0, 2.0
"""A light line of this length, and no wider, goes on from a darker one: a thin pen that ran dry."""


# --- Light and ink --------------------------------------------------------------------------------


def normalise_light(straight: Picture, printed: Picture, *, px_per_mm: float) -> Layer:
    """Return the photo as if lit evenly by white light, by comparing it with the print block by block.

    Returns
    -------
    Layer
        Shape as the photo, from 0 (no light) to about 1 (white paper).
    """
    height, width = straight.shape[:2]
    step = max(int(BLOCK_MM * px_per_mm), 4)
    rows, columns = -(-height // step), -(-width // step)
    ratio = (straight.astype(np.float32) + 2) / (printed.astype(np.float32) + 2)
    padded = np.pad(ratio, ((0, rows * step - height), (0, columns * step - width), (0, 0)), mode="edge")
    blocks = padded.reshape(rows, step, columns, step, 3)[:, ::2, :, ::2].transpose(0, 2, 1, 3, 4)
    level = np.median(blocks.reshape(rows, columns, -1, 3), axis=2).astype(np.float32)
    light: Any = cv2.GaussianBlur(cv2.medianBlur(level, 3), (0, 0), 0.8)
    full: Any = cv2.resize(light, (columns * step, rows * step), interpolation=cv2.INTER_CUBIC)[
        :height, :width
    ]
    even: Layer = (straight.astype(np.float32) + 2) / np.maximum(full, 0.02) / 255
    return even


def ink_density(straight: Picture, printed: Picture, *, px_per_mm: float) -> Layer:
    """Return how much light of each colour the pen took, on top of the darkest print near by."""
    even = normalise_light(straight, printed, px_per_mm=px_per_mm)
    reach = 2 * round(STRAY_MM * px_per_mm) + 1
    darkest = cv2.erode(printed, np.ones((reach, reach), np.uint8)).astype(np.float32) + 2
    taken = (np.log10(darkest / 255) - np.log10(np.clip(even, 0.01, None))).astype(np.float32)
    density: Any = cv2.GaussianBlur(taken, (0, 0), 0.15 * px_per_mm)
    return density  # type: ignore[no-any-return]  # float32, as it went in


def ink_mask(density: Layer, pen: str, px_per_mm: float) -> tuple[Mask, bool]:
    """Mark the pen's pixels; tell whether the line is so faint that pieces may be missed."""
    tint = density.max(axis=2) - density.min(axis=2)
    tint = np.where(density.max(axis=2) > 0.6 * tint, tint, 0)
    grey = density.min(axis=2)
    noise = 1.4826 * float(np.median(np.abs(tint - np.median(tint))))
    least_tint = max(TINT_DENSITY, float(np.median(tint)) + 6 * noise)
    strength = np.maximum(tint / least_tint, grey / GREY_DENSITY)
    if pen != "any":
        strength = strength * _of_pen(density, pen)
    weak = (strength > 0.6).astype(np.uint8)
    border = round(1.2 * px_per_mm)
    weak[:border], weak[-border:], weak[:, :border], weak[:, -border:] = 0, 0, 0, 0
    _, labels = cv2.connectedComponents(weak, connectivity=8)
    strong = np.unique(labels[(strength > 1.0) & (weak > 0)])
    ink = np.isin(labels, strong[strong > 0]).astype(np.uint8)
    if ink.any():
        ink |= _long_lines(weak, LONG_MM * px_per_mm, THIN_MM * px_per_mm)
    whole: Any = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, disc(0.4 * px_per_mm))
    ink = _without_specks(whole, SPECK_MM * px_per_mm)
    faint = bool(ink.any()) and float(np.median(strength[ink > 0])) < 1.12
    return ink, faint


def _long_lines(weak: Mask, least_px: float, most_wide_px: float) -> Mask:
    """Return what is too light to be sure of by itself, but runs on as only a pen does."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    long = (extent >= least_px) & (stats[:, cv2.CC_STAT_AREA] <= most_wide_px * extent)
    long[0] = False  # the paper itself
    found: Mask = long[labels].astype(np.uint8)
    return found


def _of_pen(density: Layer, pen: str) -> NDArray[np.bool_]:
    """Return where the colour that was taken is most like that of the pen."""
    soft = cv2.GaussianBlur(np.maximum(density, 0), (0, 0), 3)
    length = np.linalg.norm(soft, axis=2) + 1e-6
    names = list(PENS)
    likeness = np.stack([soft @ _unit(PENS[name]) / length for name in names])
    own = likeness[names.index(pen)]
    found: NDArray[np.bool_] = (own >= likeness.max(axis=0) - 0.02) | (own > 0.95)
    return found


def split_pens(density: Layer, ink: Mask) -> tuple[Mask, ...]:
    """Return the ink of each pen by itself where two of different colours were used; else the ink as one.

    A pen is told by the light it takes; each needs a fifth of the ink, and pieces too short to be a line go
    along with their surroundings.
    """
    taken = cv2.GaussianBlur(np.maximum(density, 0) * ink[:, :, None], (0, 0), 3)
    colours = taken / (np.linalg.norm(taken, axis=2, keepdims=True) + 1e-6)
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return (ink,)
    seen = colours[rows, columns].astype(np.float32)
    some = np.ascontiguousarray(seen[:: max(len(seen) // 20_000, 1)])
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 1e-4)
    cv2.setRNGSeed(1)
    _, _, middles = cv2.kmeans(some, 2, np.empty(0), ends, 3, cv2.KMEANS_PP_CENTERS)
    units = middles / np.linalg.norm(middles, axis=1, keepdims=True)
    if np.degrees(np.arccos(np.clip(units[0] @ units[1], -1, 1))) < PENS_APART_DEGREES:
        return (ink,)
    second = np.zeros_like(ink)
    second[rows, columns] = np.argmax(seen @ units.T, axis=1)
    parts = (ink & (1 - second), second)
    if min(int(part.sum()) for part in parts) < PEN_SHARE * len(rows):
        return (ink,)
    return parts


def _unit(taken: tuple[float, float, float]) -> Layer:
    vector = np.array(taken, dtype=np.float32)
    unit: Layer = vector / np.linalg.norm(vector)
    return unit


def _without_specks(ink: Mask, least_px: float) -> Mask:
    n, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = np.flatnonzero(extent >= least_px)
    found: Mask = np.isin(labels, kept[kept > 0]).astype(np.uint8) if n > 1 else ink
    return found


def disc(radius: float) -> Mask:
    """Return a disc as a structuring element."""
    side = 2 * max(round(radius), 1) + 1
    disc: Mask = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
    return disc
