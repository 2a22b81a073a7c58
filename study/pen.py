"""What a pen added to a printed map: found, followed, closed, and told apart from notes and doubts.

Ink takes away light on top of what the print took away. So a straightened photo is compared with the map as
it was printed, in optical density, and a line of any colour stands out: red takes blue and green, blue takes
red, black takes all. Nothing is dropped in silence: what is no outline is counted, what was closed is told.
"""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

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
SKIP_MM = 2.2
"""A pen that skips, or a street name under the line."""
SPECK_MM = 4.0
"""What is smaller is no line."""
LONG_MM, THIN_MM = 12.0, 2.0
"""A light line of this length, and no wider, goes on from a darker one: a thin pen that ran dry."""
HOP_MM = 6.0
"""Two pieces of line whose ends are this near are one line."""
NOTE_SHARE = 0.12
"""A piece this much shorter than the longest is a note beside the drawing."""
PART_SHARE = 0.03
"""A closed shape this much smaller than the largest is a letter or a mark."""
GAP_SHARE = 0.20
"""An opening up to this share of the outline is closed without asking."""
WIDE_GAP_SHARE = 0.45
"""An opening up to this share is closed, and a person is asked to look."""
FILLED_MM = 7.0
"""No pen is this wide: the area was coloured in."""
MOST_PIECES = 7
"""Ends of more pieces than this are not matched; the longest are."""
TANGENT_MM = (1.5, 8.0)
"""From where to where on a line it is seen which way an end points."""
CORNER_MM = 4.0
"""An opening smaller than this is closed straight."""
TAIL_MM = 3.0
TAIL_SHARE = 0.08
"""More of the line than this beside the area is told: it may be a part that was not understood."""
GRAPH_PX_PER_MM = 2.0


@dataclass(frozen=True)
class Trace:
    """What was found on one map, in pixels of the straightened picture.

    Attributes
    ----------
    area
        The drawing: one or several parts, holes filled; empty when no line goes round anything.
    closed_by_us
        Straight lines that close what the pen left open.
    gap_share
        The largest opening that was closed, as a share of that outline.
    open_share
        The opening of a line that was not closed; 0 when there is none.
    notes
        What a person should know: ``gap``, ``several_parts``, ``coloured_in``.
    doubts
        What a person must look at: ``wide_gap``, ``open_line``, ``left_out``, ``tail``, ``inside``,
        ``edge``, ``faint``.
    n_left_out
        Notes, letters and marks that are not part of the drawing.
    ink
        Where the pen was.
    """

    area: Shape
    closed_by_us: tuple[Shape, ...]
    gap_share: float
    open_share: float
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    n_left_out: int
    ink: Mask = field(repr=False)

    @property
    def is_blank(self) -> bool:
        """Whether no pen line at all was found."""
        return not self.ink.any()


def trace(straight: Picture, printed: Picture, *, pen: str, px_per_mm: float) -> Trace:
    """Follow the pen on a straightened photo of a map.

    Parameters
    ----------
    straight, printed
        The photo and the map as printed, RGB, of the same size, print on print.
    pen
        One of `PENS`, or ``"any"`` for whatever is no print.
    px_per_mm
        Pixels to one millimetre of paper.
    """
    density = ink_density(straight, printed, px_per_mm=px_per_mm)
    ink, faint = _ink(density, pen, px_per_mm)
    return _Outliner(ink, px_per_mm).outline(faint=faint)


# --- Light and ink --------------------------------------------------------------------------------


def even_light(straight: Picture, printed: Picture, *, px_per_mm: float) -> Layer:
    """Give the photo as if lit evenly by white light, by comparing it with the print block by block.

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
    """Give how much light of each colour the pen took, on top of the darkest print near by."""
    even = even_light(straight, printed, px_per_mm=px_per_mm)
    reach = 2 * round(STRAY_MM * px_per_mm) + 1
    darkest = cv2.erode(printed, np.ones((reach, reach), np.uint8)).astype(np.float32) + 2
    taken = (np.log10(darkest / 255) - np.log10(np.clip(even, 0.01, None))).astype(np.float32)
    density: Any = cv2.GaussianBlur(taken, (0, 0), 0.15 * px_per_mm)
    return density  # type: ignore[no-any-return]  # float32, as it went in


def _ink(density: Layer, pen: str, px_per_mm: float) -> tuple[Mask, bool]:
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
    whole: Any = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _disc(0.4 * px_per_mm))
    ink = _without_specks(whole, SPECK_MM * px_per_mm)
    faint = bool(ink.any()) and float(np.median(strength[ink > 0])) < 1.12
    return ink, faint


def _long_lines(weak: Mask, least_px: float, most_wide_px: float) -> Mask:
    """Give what is too light to be sure of by itself, but runs on as only a pen does."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    long = (extent >= least_px) & (stats[:, cv2.CC_STAT_AREA] <= most_wide_px * extent)
    long[0] = False  # the paper itself
    found: Mask = long[labels].astype(np.uint8)
    return found


def _of_pen(density: Layer, pen: str) -> NDArray[np.bool_]:
    """Tell where the colour that was taken is most like that of the pen."""
    soft = cv2.GaussianBlur(np.maximum(density, 0), (0, 0), 3)
    length = np.linalg.norm(soft, axis=2) + 1e-6
    names = list(PENS)
    likeness = np.stack([soft @ _unit(PENS[name]) / length for name in names])
    own = likeness[names.index(pen)]
    found: NDArray[np.bool_] = (own >= likeness.max(axis=0) - 0.02) | (own > 0.95)
    return found


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


def _disc(radius: float) -> Mask:
    side = 2 * max(round(radius), 1) + 1
    disc: Mask = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
    return disc


# --- From ink to outline --------------------------------------------------------------------------


@dataclass
class _Piece:
    """One connected piece of line: its pixels, and the two ends that lie farthest apart along it."""

    mask: Mask
    ends: Places
    directions: Places
    length: float
    enclosed: float
    """Pixels the piece goes round by itself."""

    if_bridged: float
    """Pixels it would go round were its ends joined."""

    @property
    def is_closed(self) -> bool:
        return self.enclosed > 0.5 * self.if_bridged


@dataclass(frozen=True)
class _Loop:
    mask: Mask
    gap_share: float
    bridges: tuple[Shape, ...] = ()


class _Outliner:
    """Turn ink into outlines; one for each picture."""

    def __init__(self, ink: Mask, px_per_mm: float) -> None:
        self.ink = ink
        self.px_per_mm = px_per_mm
        self.pen_px = _pen_width(ink) if ink.any() else 0.0
        self.is_filled = self.pen_px > FILLED_MM * px_per_mm
        self.thick_px = float(round(SKIP_MM / 2 * px_per_mm))
        self.bridge_px = 2 * round(self.thick_px + (0.5 if self.is_filled else self.pen_px / 2))

    def outline(self, *, faint: bool) -> Trace:
        """Find what the line goes round."""
        pieces = self._pieces()
        longest = max((piece.length for piece in pieces), default=0.0)
        worthy = [p for p in pieces if p.length >= NOTE_SHARE * longest]
        n_left_out = len(pieces) - len(worthy)
        open_pieces = sorted((p for p in worthy if not p.is_closed), key=lambda p: -p.length)
        n_left_out += len(open_pieces[MOST_PIECES:])
        loops = [_Loop(p.mask, 0.0) for p in worthy if p.is_closed]
        loops += self._joined(open_pieces[:MOST_PIECES])
        kept = [loop for loop in loops if loop.gap_share <= WIDE_GAP_SHARE]
        open_share = max((loop.gap_share for loop in loops if loop.gap_share > WIDE_GAP_SHARE), default=0.0)
        shapes = [self._filled(loop.mask) for loop in kept]
        largest = max((shape.area for shape in shapes), default=0.0)
        parts = [shape for shape in shapes if shape.area >= max(PART_SHARE * largest, 1.0)]
        n_left_out += len(shapes) - len(parts)
        gap = max((loop.gap_share for loop in kept), default=0.0)
        area = shapely.union_all(parts) if parts else shapely.Polygon()
        several = shapely.get_num_geometries(area) > 1
        inside = any(
            one is not two and shapely.contains(one, two.centroid) and two.area < 0.8 * one.area
            for one in parts
            for two in parts
        )
        notes = [
            ("gap", gap > 0.02),
            ("several_parts", several),
            ("coloured_in", self.is_filled),
        ]
        doubts = [
            ("wide_gap", gap > GAP_SHARE),
            ("open_line", open_share > 0),
            ("left_out", n_left_out > 0),
            ("tail", self._tail(kept, area)),
            ("inside", inside),
            ("edge", self._at_edge()),
            ("faint", faint),
        ]
        return Trace(
            area=area,
            closed_by_us=tuple(line for loop in kept for line in loop.bridges),
            gap_share=gap,
            open_share=open_share,
            notes=tuple(key for key, so in notes if so),
            doubts=tuple(key for key, so in doubts if so),
            n_left_out=n_left_out,
            ink=self.ink,
        )

    def _pieces(self) -> list[_Piece]:
        """Give the pieces of line, those that all but touch taken together."""
        # Thickened, so that the line is whole for the eye, for the graph of its pixels and for filling alike.
        thick = cv2.dilate(self.ink, _disc(self.thick_px))
        near: Any = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, _disc(1.2 / GRAPH_PX_PER_MM * self.px_per_mm))
        n, labels = cv2.connectedComponents(near, connectivity=8)
        masks = [(labels == number).astype(np.uint8) for number in range(1, n)]
        masks = self._hopped(masks, [self._ends(mask)[0] for mask in masks])
        return [self._piece(mask) for mask in masks]

    def _piece(self, mask: Mask) -> _Piece:
        ends, directions, length = self._ends(mask)
        bridged = self._bridged(mask, [ends])
        return _Piece(mask, ends, directions, length, _enclosed(mask), _enclosed(bridged))

    def _hopped(self, masks: list[Mask], ends: list[Places]) -> list[Mask]:
        """Join pieces whose ends are so near that the pen only lifted for a moment."""
        home = list(range(len(masks)))

        def root(number: int) -> int:
            while home[number] != number:
                number = home[number]
            return number

        hop = HOP_MM * self.px_per_mm - 2 * self.thick_px
        everywhere = np.concatenate(ends) if ends else np.zeros((0, 2))
        for one, two in combinations(range(len(everywhere)), 2):
            if np.hypot(*(everywhere[one] - everywhere[two])) <= hop:
                source, target = root(one // 2), root(two // 2)
                masks[target] = self._bridged(masks[target] | masks[source], [everywhere[[one, two]]])
                home[source] = target
        return [mask for number, mask in enumerate(masks) if home[number] == number]

    def _bridged(self, mask: Mask, bridges: list[Places]) -> Mask:
        """Draw lines as wide as the pen."""
        drawn = mask.copy()
        for bridge in bridges:
            cv2.polylines(drawn, [np.round(bridge - 0.5).astype(np.int32)], False, 1, self.bridge_px)
        return drawn

    def _ends(self, mask: Mask) -> tuple[Places, Places, float]:
        """Give the two ends of a piece that lie farthest apart along it, where each points, and how far.

        Places are x and y in pixels; a direction points off the line, and is zero for a piece too short.
        """
        factor = min(GRAPH_PX_PER_MM / self.px_per_mm, 1.0)
        x, y, width, height = cv2.boundingRect(mask)
        cut = mask[y : y + height, x : x + width]
        side = (max(int(np.ceil(width * factor)), 1), max(int(np.ceil(height * factor)), 1))
        small = cv2.resize(cut.astype(np.float32), side, interpolation=cv2.INTER_AREA) > 0.5
        rows, columns = np.nonzero(small)
        number = np.full(small.shape, -1)
        number[rows, columns] = np.arange(len(rows))
        graph = _graph(number)
        one, _ = _farthest(_along(graph, int(np.argmin(rows))))
        from_one = _along(graph, one)
        two, length = _farthest(from_one)
        cells = np.column_stack([columns, rows]) + 0.5
        scale = np.array([width / small.shape[1], height / small.shape[0]])
        ink = np.argwhere(cut)[:, ::-1] + 0.5
        ends, directions = np.zeros((2, 2)), np.zeros((2, 2))
        for place, (end, away) in enumerate(((one, from_one), (two, _along(graph, two)))):
            spot = cells[end] * scale
            ends[place] = ink[np.argmin(((ink - spot) ** 2).sum(axis=1))] + [x, y]
            near, far = (np.abs(away - mm * GRAPH_PX_PER_MM) < GRAPH_PX_PER_MM for mm in TANGENT_MM)
            if length > 2 * TANGENT_MM[1] * GRAPH_PX_PER_MM and near.any() and far.any():
                heading = cells[near].mean(axis=0) - cells[far].mean(axis=0)
                directions[place] = heading / max(float(np.hypot(*heading)), 1e-6)
        return ends, directions, length / factor

    def _joined(self, pieces: list[_Piece]) -> list[_Loop]:
        """Join the ends of open pieces so that all lines together are shortest, and give the loops."""
        if not pieces:
            return []
        ends = np.concatenate([piece.ends for piece in pieces])
        directions = np.concatenate([piece.directions for piece in pieces])
        partner = dict(_matched(ends))
        partner |= {two: one for one, two in partner.items()}
        loops, left = [], set(range(len(pieces)))
        while left:
            piece = start = min(left)
            mask, ink_px, bridges, leaving = pieces[piece].mask, 0.0, [], 2 * piece + 1
            while True:
                left.discard(piece)
                mask = mask | pieces[piece].mask
                ink_px += pieces[piece].length
                arriving = partner[leaving]
                bridges.append(
                    _bridge(
                        ends[[leaving, arriving]], directions[[leaving, arriving]], CORNER_MM * self.px_per_mm
                    )
                )
                piece, leaving = arriving // 2, arriving ^ 1
                if piece == start:
                    break
            gap_px = sum(float(np.hypot(*(bridge[0] - bridge[-1]))) + 2 * self.thick_px for bridge in bridges)
            drawn = tuple(shapely.LineString(bridge) for bridge in bridges)
            loops.append(_Loop(self._bridged(mask, bridges), gap_px / max(gap_px + ink_px, 1.0), drawn))
        return loops

    def _filled(self, mask: Mask) -> Shape:
        """Give the ground a line goes round, to the middle of the line; tails of it are cut off."""
        outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(np.zeros_like(mask), outer, -1, 1, cv2.FILLED)
        half = self.thick_px + (0.0 if self.is_filled else self.pen_px / 2)
        inward = cv2.distanceTransform(np.pad(filled, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        above = (inward > half).astype(np.uint8)
        core = cv2.morphologyEx(above, cv2.MORPH_OPEN, _disc(0.8 * self.px_per_mm))
        rings, _ = cv2.findContours(core, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        shapes = [shapely.Polygon(ring[:, 0, :] + 0.5) for ring in rings if len(ring) >= 4]
        # Contours run through the middles of the outer pixels, half a pixel inside the edge.
        grown = shapely.buffer(shapely.union_all(shapely.make_valid(shapes)), 0.5, join_style="mitre")
        smooth: Shape = shapely.simplify(grown, 0.12 * self.px_per_mm)
        return smooth

    def _tail(self, loops: list[_Loop], area: Shape) -> bool:
        """Tell whether a good part of the line that was followed lies beside the area."""
        if area.is_empty:
            return False
        ground = np.zeros_like(self.ink)
        for part in shapely.get_parts(area):
            cv2.fillPoly(ground, [np.round(shapely.get_coordinates(part.exterior)).astype(np.int32)], 1)
        near: Any = cv2.dilate(ground, _disc(TAIL_MM * self.px_per_mm + self.pen_px))
        followed = self.ink & np.bitwise_or.reduce([loop.mask for loop in loops])
        return int((followed & ~near & 1).sum()) > TAIL_SHARE * int(followed.sum())

    def _at_edge(self) -> bool:
        reach = round(2.5 * self.px_per_mm)
        inner = self.ink[reach:-reach, reach:-reach]
        return int(self.ink.sum()) - int(inner.sum()) > self.pen_px * self.px_per_mm


def _bridge(ends: Places, directions: Places, least_px: float) -> Places:
    """Close an opening: go on from both ends to where they meet, or straight when they do not meet near by.

    Most openings have a corner or a bend in them; a straight line cuts that off.

    Examples
    --------
    One end comes from the left, the other from below: they meet in a corner.

    >>> _bridge(np.array([[0.0, 10], [10, 0]]), np.array([[1.0, 0], [0, 1]]), 4.0).tolist()
    [[0.0, 10.0], [10.0, 10.0], [10.0, 0.0]]
    """
    gap = ends[1] - ends[0]
    wide = float(np.hypot(*gap))
    if wide < least_px or abs(np.linalg.det(directions)) < 0.25:
        return ends
    ahead = np.linalg.solve(np.column_stack([directions[0], -directions[1]]), gap)
    if (ahead <= 0).any() or ahead.sum() > 1.8 * wide:
        return ends
    return np.array([ends[0], ends[0] + ahead[0] * directions[0], ends[1]])


def _pen_width(ink: Mask) -> float:
    """Give the width of the pen: twice the area of a line over the length of both its edges."""
    edges, _ = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    around = sum(cv2.arcLength(edge, closed=True) for edge in edges)
    return 2 * float(ink.sum()) / max(around, 1.0) + 1.0


def _enclosed(mask: Mask) -> float:
    """Give how many pixels a line goes round, itself not counted."""
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outer, -1, 1, cv2.FILLED)
    return float(filled.sum()) - float(mask.sum())


def _graph(number: NDArray[np.int_]) -> Any:
    """Make the graph of neighbouring pixels, diagonal ones included."""
    starts, ends, lengths = [], [], []
    height, width = number.shape
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = number[: height - down, max(-right, 0) : width - max(right, 0)]
        two = number[down:, max(right, 0) : width - max(-right, 0)]
        both = (one >= 0) & (two >= 0)
        starts.append(one[both])
        ends.append(two[both])
        lengths.append(np.full(int(both.sum()), np.hypot(down, right)))
    n = int(number.max()) + 1
    places = (np.concatenate(starts), np.concatenate(ends))
    return coo_array((np.concatenate(lengths), places), shape=(n, n)).tocsr()


def _along(graph: Any, start: int) -> Places:
    """Give how far every pixel lies from one, along the line; -1 where the line does not go."""
    away: Places = dijkstra(graph, directed=False, indices=start)
    away[~np.isfinite(away)] = -1
    return away


def _farthest(away: Places) -> tuple[int, float]:
    found = int(np.argmax(away))
    return found, float(away[found])


def _matched(ends: Places) -> list[tuple[int, int]]:
    """Pair all ends so that the lines between pairs are together the shortest.

    Examples
    --------
    Two half circles whose ends nearly meet are joined crosswise, not each with itself.

    >>> _matched(np.array([[0.0, 0], [0, 10], [1, 0], [1, 10]]))
    [(0, 2), (1, 3)]
    """
    n = len(ends)
    away = np.hypot(*(ends[:, None] - ends[None]).transpose(2, 0, 1))
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {0: (0.0, ())}
    for used in range(1 << n):
        if used not in best:
            continue
        cost, pairs = best[used]
        free = next((place for place in range(n) if not used >> place & 1), None)
        if free is None:
            continue
        for other in range(free + 1, n):
            if not used >> other & 1:
                now = used | 1 << free | 1 << other
                total = cost + float(away[free, other])
                if now not in best or total < best[now][0]:
                    best[now] = (total, (*pairs, (free, other)))
    return list(best[(1 << n) - 1][1])
