"""What a pen added to a printed map: found, followed, closed, and told apart from notes and doubts.

Ink takes away light on top of what the print took away. So a straightened photo is compared with the map as
it was printed, in optical density, and a line of any colour stands out: red takes blue and green, blue takes
red, black takes all. Nothing is dropped in silence: what is no outline is counted, what was closed is stated.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import cv2
import numpy as np
import shapely

from study.paper.ink_detection import Mask, Picture, Places, Shape, disc, ink_density, ink_mask, split_pens
from study.paper.ink_graph import (
    GRAPH_PX_PER_MM,
    MAX_PIECES,
    InkLoop,
    InkPiece,
    build_graph,
    farthest_point,
    follow_piece,
    match_ends,
)

SKIP_MM = 2.2
"""A pen that skips, or a street name under the line."""
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
TANGENT_MM = (1.5, 8.0)
"""From where to where on a line it is seen which way an end points."""
CORNER_MM = 4.0
"""An opening smaller than this is closed straight."""
TAIL_MM = 3.0
TAIL_SHARE = 0.08
"""More of the line than this beside the area is stated: it may be a part that was not understood."""


INK_INSIDE_SHARE = 0.25
"""Ink inside an outline that is longer than this share of it: crossed out, or another line."""
INSIDE_MM = 2.5
"""How far inside the pen's middle ink no longer belongs to the outline itself."""
CROSS_MM = 8.0
"""How far a big cross may lie beside the straight lines from corner to corner."""
CROSS_SHARE, CROSS_SPAN = 0.85, 0.6
"""Share of both diagonals that lies under ink in a big cross, and share of the map it spans."""


@dataclass(frozen=True)
class InkPart:
    """One part of what was drawn, in pixels of the straightened picture.

    Attributes
    ----------
    area
        What it goes round.
    is_inked
        Whether much ink lies inside it: it was crossed out, or there is another line in it.
    pen
        0, or 1 when it is of a second pen.
    """

    area: Shape
    is_inked: bool = False
    pen: int = 0


@dataclass(frozen=True)
class InkTrace:
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
        ``edge``, ``faint``, ``parts`` (several loops), ``inked`` (much ink inside one), ``two_pens``.
    n_left_out
        Notes, letters and marks that are not part of the drawing.
    ink
        Where the pen was.
    parts
        The parts of the area, the largest first; those of two pens may overlap.
    """

    area: Shape
    closed_by_us: tuple[Shape, ...]
    gap_share: float
    open_share: float
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    n_left_out: int
    ink: Mask = field(repr=False)
    parts: tuple[InkPart, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether no pen line at all was found."""
        return not self.ink.any()


def trace_ink(straight: Picture, printed: Picture, *, pen: str, px_per_mm: float) -> InkTrace:
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
    ink, faint = ink_mask(density, pen, px_per_mm)
    pens = split_pens(density, ink) if pen == "any" else (ink,)
    traces = [InkOutliner(one, px_per_mm).outline(faint=faint) for one in pens]
    # A second colour that goes round nothing is a note or a mended piece of the line: then all ink is one.
    if len(traces) == 1 or any(trace.area.is_empty for trace in traces):
        return InkOutliner(ink, px_per_mm).outline(faint=faint)
    return _together(traces, ink)


def _together(traces: list[InkTrace], ink: Mask) -> InkTrace:
    """Return what two pens drew as one trace, with a doubt."""
    parts = [replace(part, pen=number) for number, trace in enumerate(traces) for part in trace.parts]
    return InkTrace(
        area=shapely.union_all([trace.area for trace in traces]),
        closed_by_us=tuple(line for trace in traces for line in trace.closed_by_us),
        gap_share=max(trace.gap_share for trace in traces),
        open_share=max(trace.open_share for trace in traces),
        notes=tuple(dict.fromkeys(note for trace in traces for note in trace.notes)),
        doubts=("two_pens", *dict.fromkeys(doubt for trace in traces for doubt in trace.doubts)),
        n_left_out=sum(trace.n_left_out for trace in traces),
        ink=ink,
        parts=tuple(sorted(parts, key=lambda part: -part.area.area)),
    )


def is_crossed_out(ink: Mask, px_per_mm: float) -> bool:
    """Return whether a cross goes through the whole map, from corner to corner of all that was drawn.

    Examples
    --------
    >>> page = np.zeros((400, 400), np.uint8)
    >>> cross = cv2.line(cv2.line(page, (20, 20), (380, 380), 1, 3), (20, 380), (380, 20), 1, 3)
    >>> is_crossed_out(cross, 2.0), is_crossed_out(cv2.circle(page * 0, (200, 200), 180, 1, 3), 2.0)
    (True, False)
    """
    x, y, width, height = cv2.boundingRect(ink)
    if width < CROSS_SPAN * ink.shape[1] or height < CROSS_SPAN * ink.shape[0]:
        return False
    near: Any = cv2.dilate(ink, disc(CROSS_MM * px_per_mm))[y : y + height, x : x + width]
    if near.mean() > CROSS_SHARE:  # coloured in
        return False
    along = np.linspace(0, 1, 200)
    columns, rows = (np.round(along * (side - 1)).astype(int) for side in (width, height))
    return bool(min(near[rows, columns].mean(), near[rows[::-1], columns].mean()) > CROSS_SHARE)


class InkOutliner:
    """Turn ink into outlines; one for each picture."""

    def __init__(self, ink: Mask, px_per_mm: float) -> None:
        self.ink = ink
        self.px_per_mm = px_per_mm
        self.pen_px = _pen_width(ink) if ink.any() else 0.0
        self.is_filled = self.pen_px > FILLED_MM * px_per_mm
        self.thick_px = float(round(SKIP_MM / 2 * px_per_mm))
        self.bridge_px = 2 * round(self.thick_px + (0.5 if self.is_filled else self.pen_px / 2))

    def outline(self, *, faint: bool) -> InkTrace:
        """Find what the line goes round."""
        pieces = self._pieces()
        longest = max((piece.length for piece in pieces), default=0.0)
        worthy = [p for p in pieces if p.length >= NOTE_SHARE * longest]
        n_left_out = len(pieces) - len(worthy)
        open_pieces = sorted((p for p in worthy if not p.is_closed), key=lambda p: -p.length)
        n_left_out += len(open_pieces[MAX_PIECES:])
        loops = [InkLoop(p.mask, 0.0) for p in worthy if p.is_closed]
        loops += self._joined(open_pieces[:MAX_PIECES])
        kept = [loop for loop in loops if loop.gap_share <= WIDE_GAP_SHARE]
        open_share = max((loop.gap_share for loop in loops if loop.gap_share > WIDE_GAP_SHARE), default=0.0)
        shapes = [self._filled(loop.mask) for loop in kept]
        largest = max((shape.area for shape in shapes), default=0.0)
        parts = [shape for shape in shapes if shape.area >= max(PART_SHARE * largest, 1.0)]
        n_left_out += len(shapes) - len(parts)
        gap = max((loop.gap_share for loop in kept), default=0.0)
        area = shapely.union_all(parts) if parts else shapely.Polygon()
        several = shapely.get_num_geometries(area) > 1
        found = self._parts(area)
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
            ("parts", several),
            ("inked", any(part.is_inked for part in found)),
        ]
        return InkTrace(
            area=area,
            closed_by_us=tuple(line for loop in kept for line in loop.bridges),
            gap_share=gap,
            open_share=open_share,
            notes=tuple(key for key, so in notes if so),
            doubts=tuple(key for key, so in doubts if so),
            n_left_out=n_left_out,
            ink=self.ink,
            parts=found,
        )

    def _parts(self, area: Shape) -> tuple[InkPart, ...]:
        """Return the parts of an area, the largest first, and of each whether much ink lies inside it."""
        found = []
        for part in sorted(shapely.get_parts(area), key=lambda one: -one.area):
            if part.is_empty:
                continue
            inner = np.atleast_1d(shapely.buffer(part, -(self.pen_px / 2 + INSIDE_MM * self.px_per_mm)))
            ground = np.zeros_like(self.ink)
            for piece in shapely.get_parts(inner[~shapely.is_empty(inner)]):
                cv2.fillPoly(ground, [np.round(shapely.get_coordinates(piece.exterior)).astype(np.int32)], 1)
            inside_px = int((ground & self.ink).sum()) / max(self.pen_px, 1.0)
            is_inked = not self.is_filled and inside_px > INK_INSIDE_SHARE * part.length
            found.append(InkPart(part, is_inked))
        return tuple(found)

    def _pieces(self) -> list[InkPiece]:
        """Return the pieces of line, those that all but touch taken together."""
        # Thickened, so that the line is whole for the eye, for the graph of its pixels and for filling alike.
        thick = cv2.dilate(self.ink, disc(self.thick_px))
        near: Any = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, disc(1.2 / GRAPH_PX_PER_MM * self.px_per_mm))
        n, labels = cv2.connectedComponents(near, connectivity=8)
        masks = [(labels == number).astype(np.uint8) for number in range(1, n)]
        masks = self._hopped(masks, [self._ends(mask)[0] for mask in masks])
        return [self._piece(mask) for mask in masks]

    def _piece(self, mask: Mask) -> InkPiece:
        ends, directions, length = self._ends(mask)
        bridged = self._bridged(mask, [ends])
        return InkPiece(mask, ends, directions, length, _enclosed(mask), _enclosed(bridged))

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
        """Return the two ends of a piece that lie farthest apart along it, where each points, and how far.

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
        graph = build_graph(number)
        one, _ = farthest_point(follow_piece(graph, int(np.argmin(rows))))
        from_one = follow_piece(graph, one)
        two, length = farthest_point(from_one)
        cells = np.column_stack([columns, rows]) + 0.5
        scale = np.array([width / small.shape[1], height / small.shape[0]])
        ink = np.argwhere(cut)[:, ::-1] + 0.5
        ends, directions = np.zeros((2, 2)), np.zeros((2, 2))
        for place, (end, away) in enumerate(((one, from_one), (two, follow_piece(graph, two)))):
            spot = cells[end] * scale
            ends[place] = ink[np.argmin(((ink - spot) ** 2).sum(axis=1))] + [x, y]
            near, far = (np.abs(away - mm * GRAPH_PX_PER_MM) < GRAPH_PX_PER_MM for mm in TANGENT_MM)
            if length > 2 * TANGENT_MM[1] * GRAPH_PX_PER_MM and near.any() and far.any():
                heading = cells[near].mean(axis=0) - cells[far].mean(axis=0)
                directions[place] = heading / max(float(np.hypot(*heading)), 1e-6)
        return ends, directions, length / factor

    def _joined(self, pieces: list[InkPiece]) -> list[InkLoop]:
        """Join the ends of open pieces so that all lines together are shortest, and give the loops."""
        if not pieces:
            return []
        ends = np.concatenate([piece.ends for piece in pieces])
        directions = np.concatenate([piece.directions for piece in pieces])
        partner = dict(match_ends(ends))
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
            loops.append(InkLoop(self._bridged(mask, bridges), gap_px / max(gap_px + ink_px, 1.0), drawn))
        return loops

    def _filled(self, mask: Mask) -> Shape:
        """Return the ground a line goes round, to the middle of the line; tails of it are cut off."""
        outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(np.zeros_like(mask), outer, -1, 1, cv2.FILLED)
        half = self.thick_px + (0.0 if self.is_filled else self.pen_px / 2)
        inward = cv2.distanceTransform(np.pad(filled, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        above = (inward > half).astype(np.uint8)
        core = cv2.morphologyEx(above, cv2.MORPH_OPEN, disc(0.8 * self.px_per_mm))
        rings, _ = cv2.findContours(core, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        shapes = [shapely.Polygon(ring[:, 0, :] + 0.5) for ring in rings if len(ring) >= 4]
        # Contours run through the middles of the outer pixels, half a pixel inside the edge.
        grown = shapely.buffer(shapely.union_all(shapely.make_valid(shapes)), 0.5, join_style="mitre")
        smooth: Shape = shapely.simplify(grown, 0.12 * self.px_per_mm)
        return smooth

    def _tail(self, loops: list[InkLoop], area: Shape) -> bool:
        """Return whether a good part of the line that was followed lies beside the area."""
        if area.is_empty:
            return False
        ground = np.zeros_like(self.ink)
        for part in shapely.get_parts(area):
            cv2.fillPoly(ground, [np.round(shapely.get_coordinates(part.exterior)).astype(np.int32)], 1)
        near: Any = cv2.dilate(ground, disc(TAIL_MM * self.px_per_mm + self.pen_px))
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
    """Return the width of the pen: twice the area of a line over the length of both its edges."""
    edges, _ = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    around = sum(cv2.arcLength(edge, closed=True) for edge in edges)
    return 2 * float(ink.sum()) / max(around, 1.0) + 1.0


def _enclosed(mask: Mask) -> float:
    """Return how many pixels a line goes round, itself not counted."""
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outer, -1, 1, cv2.FILLED)
    return float(filled.sum()) - float(mask.sum())
