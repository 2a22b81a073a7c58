"""One official border under many drawings: who stops there, who goes on, and who drew it.

A border is what two neighbouring areas share. It is cut into pieces, and of each piece is asked who draws
ground on its left, who on its right, and who on both.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.frames import AREAS, SKETCHES
from geo.measure import quotient

Shapes = NDArray[np.object_]
Places = NDArray[np.intp]
Numbers = NDArray[np.float64]

WIDTH_M = 15.0
"""Who draws a border as seen on a map is right to about half a street: nearer than this is on the border."""
PIECE_M = 25.0
"""No piece of a border is longer."""
LEAST = 5
"""Fewer residents than this on a piece say nothing, and must not be shown."""
SAME_M = 1e-6
"""Places on a line nearer to each other than this are one place."""
NEAR_M = 1e-3
"""How far beside a line we look which area lies on its left."""


def borders(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the border between every two areas that share one.

    Parameters
    ----------
    areas
        AREAS that lie against each other with the same corners, as official layers of one source do. Where
        neighbours do not match to the millimetre they share no border here.

    Returns
    -------
    GeoDataFrame
        Index (left, right): two codes, the first of the order of `areas` on the left. Geometry: LineString or
        MultiLineString, running with `left` on its left hand. ``length_m``.

    Examples
    --------
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> borders(official).geometry.to_dict()
    {('w', 'e'): <LINESTRING (100 0, 100 100)>}
    """
    shapes = AREAS.check(areas).geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    ahead = one < other
    order = np.lexsort((other[ahead], one[ahead]))
    one, other = one[ahead][order], other[ahead][order]
    rims = shapely.boundary(shapes)
    shared = shapely.line_merge(_lines_only(shapely.intersection(rims[one], rims[other])))
    long = shapely.length(shared) > 0
    one, other, shared = one[long], other[long], shared[long]
    names = pd.MultiIndex.from_arrays(
        [areas.index.take(one), areas.index.take(other)], names=["left", "right"]
    )
    turned = _left_first(shared, shapes[one])
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(turned)}, geometry=list(turned), index=names, crs=areas.crs
    )


def near_borders(areas: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """Give the borders of areas that do not quite match: with slivers between them, or over each other.

    No line is moved. The border of two areas is the outline of the first, as published, where straight across
    it, at most `tolerance_m` away, the second begins; where several do, it is the border with the nearest.
    Where the outlines match it is what `borders` gives. It is told to pieces of `tolerance_m`, so a border of
    that length may be missed.

    Parameters
    ----------
    areas
        AREAS. Pieces of one area in several rows must be joined first.
    tolerance_m
        How far apart the outlines of neighbours may lie; less than half the width of any area, or the area
        behind a narrow one is taken for a neighbour.

    Returns
    -------
    GeoDataFrame
        As `borders`, and ``apart_m``: the farthest the two outlines lie apart along it, 0 where they match.

    Examples
    --------
    A ditch of 2 m lies between two areas; the border is the edge of the first.

    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(102, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> near_borders(official, tolerance_m=5).drop(columns="geometry").loc[("w", "e")].to_dict()
    {'length_m': 100.0, 'apart_m': 2.0}
    """
    shapes = AREAS.check(areas).geometry.to_numpy()
    # Shells anticlockwise and holes clockwise: ground on the left hand, the neighbour on the right.
    rims = shapely.segmentize(shapely.boundary(shapely.orient_polygons(shapes)), tolerance_m)
    parts, of_part = shapely.get_parts(rims, return_index=True)
    corners, of_line = shapely.get_coordinates(parts, return_index=True)
    inner = of_line[1:] == of_line[:-1]
    ends = np.stack([corners[:-1][inner], corners[1:][inner]], axis=1)
    along = ends[:, 1] - ends[:, 0]
    length = np.hypot(*along.T)
    real = length > 0
    ends, along, length, one = ends[real], along[real], length[real], of_part[of_line[:-1][inner]][real]
    middle = ends.mean(axis=1)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / length[:, None] * tolerance_m
    feeler = shapely.linestrings(np.stack([middle, middle + across], axis=1))
    step, other = shapely.STRtree(shapes).query(feeler, predicate="intersects")
    spots = shapely.points(middle[step])
    apart = shapely.distance(spots, rims[other])
    others = (one[step] != other) & (apart <= tolerance_m)
    step, other, apart, spots = step[others], other[others], apart[others], spots[others]
    away = np.round(shapely.distance(spots, shapes[other]), 6)
    order = np.lexsort((other, away, step))
    nearest = order[np.unique(step[order], return_index=True)[1]]
    chosen = nearest[one[step[nearest]] < other[nearest]]
    pair = np.stack([one[step[chosen]], other[chosen]], axis=1)
    keys, of_pair = np.unique(pair, axis=0, return_inverse=True)
    turned: Shapes = np.full(len(keys), None, dtype=object)
    order = np.lexsort((step[chosen], of_pair))
    lines = shapely.linestrings(ends[step[chosen]][order])
    shapely.multilinestrings(lines, indices=of_pair[order], out=turned)
    turned = shapely.line_merge(turned, directed=True)
    farthest = np.zeros(len(keys))
    np.maximum.at(farthest, of_pair, apart[chosen])
    names = pd.MultiIndex.from_arrays(
        [areas.index.take(keys[:, 0]), areas.index.take(keys[:, 1])], names=["left", "right"]
    )
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(turned), "apart_m": np.round(farthest, 6)},
        geometry=list(turned),
        index=names,
        crs=areas.crs,
    )


def _lines_only(shapes: Shapes) -> Shapes:
    """Leave out the corners where areas merely touch."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    lineal = shapely.get_dimensions(parts) == 1
    lines: Shapes = np.full(len(shapes), None, dtype=object)
    shapely.multilinestrings(parts[lineal], indices=of[lineal], out=lines)
    return lines


def _left_first(lines: Shapes, left: Shapes) -> Shapes:
    """Turn each line so that its area lies on the left hand."""
    parts, of = shapely.get_parts(lines, return_index=True)
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    beside, _ = _beside(parts, middle, NEAR_M)
    parts = np.where(shapely.intersects(left[of], beside), parts, shapely.reverse(parts))
    turned: Shapes = np.full(len(lines), None, dtype=object)
    shapely.multilinestrings(parts, indices=of, out=turned)
    single = shapely.get_num_geometries(turned) == 1
    turned[single] = shapely.get_geometry(turned[single], 0)
    return turned


def _beside(lines: Shapes, spots: Shapes, away_m: float) -> tuple[Shapes, Shapes]:
    """Give the points left and right of spots on lines, square to the line there."""
    at = shapely.line_locate_point(lines, spots)
    length = shapely.length(lines)
    step = np.minimum(length, 1.0) / 4
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - step, 0)))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(at + step, length)))
    along = ahead - behind
    along /= np.hypot(*along.T)[:, None]
    square = np.stack([-along[:, 1], along[:, 0]], axis=1) * away_m
    here = shapely.get_coordinates(spots)
    return np.asarray(shapely.points(here + square)), np.asarray(shapely.points(here - square))


def pieces(
    lines: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame | None, *, piece_m: float = PIECE_M
) -> gpd.GeoDataFrame:
    """Cut borders where the outline of a drawing crosses them, and at least every `piece_m` metres.

    Parameters
    ----------
    lines
        What `borders` gave.
    sketches
        SKETCHES in the same plane; None cuts every `piece_m` only. Very many drawings cut a border to crumbs,
        while what one of them does within `piece_m` no longer counts.

    Returns
    -------
    GeoDataFrame
        Index (left, right, piece): pieces counted from 0 along the border. ``length_m``.

    Examples
    --------
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 30), box(100, 0, 200, 30)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> pieces(borders(official), None).length_m.to_list()
    [15.0, 15.0]
    """
    rims = (
        np.empty(0, dtype=object)
        if sketches is None
        else shapely.boundary(SKETCHES.check(sketches).geometry.to_numpy())
    )
    parts, border = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    line, stop = _stops(parts, rims, piece_m)
    cut, of = _cut(parts, line, stop)
    first = np.unique(border[of], return_index=True)[1]
    number = np.arange(len(of)) - np.repeat(first, np.diff(first, append=len(of)))
    names = [lines.index.get_level_values(side).take(border[of]) for side in ("left", "right")]
    return gpd.GeoDataFrame(
        {"length_m": shapely.length(cut)},
        geometry=cut,
        index=pd.MultiIndex.from_arrays([*names, number], names=["left", "right", "piece"]),
        crs=lines.crs,
    )


def _stops(parts: Shapes, rims: Shapes, piece_m: float) -> tuple[Places, Numbers]:
    """Tell where lines are to be cut: number of the line and metres along it, both ends included."""
    line, rim = shapely.STRtree(rims).query(parts, predicate="intersects")
    met = shapely.extract_unique_points(shapely.intersection(parts[line], rims[rim]))
    spots, of = shapely.get_parts(met, return_index=True)
    length, every = shapely.length(parts), np.arange(len(parts))
    along = np.concatenate([shapely.line_locate_point(parts[line[of]], spots), 0 * length, length])
    ends = np.unique(np.stack([np.concatenate([line[of], every, every]), np.round(along, 6)], axis=1), axis=0)
    # From crossing to crossing in equal steps.
    at, start = ends[:, 0].astype(np.intp), ends[:, 1]
    far = np.append(start[1:], 0.0)
    last = np.append(at[1:] != at[:-1], True)[: len(at)]
    steps = np.where(last, 1, np.ceil((far - start) / piece_m - 1e-9)).astype(np.intp)
    step = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    wide = np.repeat(np.where(last, 0.0, far - start) / steps, steps)
    stop = np.repeat(start, steps) + step * wide
    stop[np.cumsum(steps)[last] - 1] = length  # as it is, not as it was rounded
    return np.repeat(at, steps), stop


def _cut(parts: Shapes, line: Places, stop: Numbers) -> tuple[Shapes, Places]:
    """Cut lines at their stops; give the pieces in order and the line each is of."""
    corners, of = shapely.get_coordinates(parts, return_index=True)
    moved = np.hypot(*np.diff(corners, axis=0, prepend=corners[:1]).T)
    # All lines one after the other, 1 m apart, so that one search finds the stops round every corner.
    moved[np.flatnonzero(np.diff(of)) + 1] = 1.0
    walked = np.cumsum(moved)
    placed = walked[np.unique(of, return_index=True)[1]][line] + stop
    after = np.clip(np.searchsorted(placed, walked, side="right") - 1, 0, None)
    ahead = np.minimum(after + 1, len(stop) - 1)
    inner = (walked - placed[after] > SAME_M) & (placed[ahead] - walked > SAME_M) & (line[after] == of)
    spots = shapely.get_coordinates(shapely.line_interpolate_point(parts[line], stop))
    begin = np.flatnonzero(line[1:] == line[:-1])
    xy = np.concatenate([spots[begin], corners[inner], spots[begin + 1]])
    piece = np.concatenate([begin, after[inner], begin])
    order = np.lexsort((np.concatenate([placed[begin], walked[inner], placed[begin + 1]]), piece))
    made = shapely.linestrings(xy[order], indices=np.unique(piece[order], return_inverse=True)[1])
    return np.asarray(made), line[begin]


def permeability(
    cut: gpd.GeoDataFrame,
    sketches: gpd.GeoDataFrame,
    *,
    width_m: float = WIDTH_M,
    least: int = LEAST,
    home: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Tell for each piece of border how many residents draw across it, of those who come there.

    A drawing comes to the left of a piece if it covers the place `width_m` metres left of the middle of the
    piece, and likewise on the right. So an edge drawn within that width follows the border and does not cross
    it. On a bend sharper than the width, that place may lie in a third area.

    Parameters
    ----------
    cut
        What `pieces` gave.
    sketches
        SKETCHES in the same plane.
    width_m
        How far a drawn edge may lie from the border it stands for.
    least
        With fewer residents at a piece the answer is unknown.
    home
        Code of the area where the maker of each drawing lives, per sketch_id; where given, crossings are also
        counted per side of home.

    Returns
    -------
    GeoDataFrame
        `cut` with ``n_left``, ``n_right``, ``n_both``, ``n_either``: residents; ``n_border``: residents who
        come to any piece of the same border, each counted once; ``permeability``: n_both /
        n_either, 1 where nobody stops and 0 where everybody stops, NaN below `least`; ``hardness``: 1 minus
        that. With `home`: ``n_home_left`` and ``n_home_right``, residents of either side who come to the
        piece, and ``crosses_from_left`` and ``crosses_from_right``, the share of them who draw across it, NaN
        below `least`.

    Notes
    -----
    A measure of our own; at each place it is the Jaccard index of those who come to the left and to the
    right.

    Examples
    --------
    Three draw the west, two of them on into the east; one draws only the east.

    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 20), box(100, 0, 200, 20)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(0, 0, 100, 20), box(0, 0, 180, 20), box(0, 0, 190, 20), box(100, 0, 200, 20)],
    ...     index=pd.Index(list("abcd"), name="sketch_id"),
    ...     crs=28992,
    ... )
    >>> permeability(pieces(borders(official), drawn), drawn, least=1).permeability.to_list()
    [0.5]
    """
    shapes = SKETCHES.check(sketches).geometry.to_numpy()
    left, right = _visits(cut, shapes, width_m)
    visits = np.sort(np.concatenate([left, right]))
    again = _again(visits)
    both, either = visits[again], visits[~again]

    def counted(visits: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(visits // max(len(shapes), 1), minlength=len(cut))

    n_both, n_either = counted(both), counted(either)
    share = np.where(n_either >= least, quotient(n_both, n_either), np.nan)
    found = cut.assign(
        n_left=counted(left),
        n_right=counted(right),
        n_both=n_both,
        n_either=n_either,
        n_border=_at_border(cut, either, len(shapes)),
        permeability=share,
        hardness=1.0 - share,
    )
    if home is None:
        return found
    lives = home.reindex(sketches.index).to_numpy()
    for side in ("left", "right"):
        code = cut.index.get_level_values(side).to_numpy()
        from_here, over = (
            counted(visits[code[visits // len(shapes)] == lives[visits % len(shapes)]])
            for visits in (either, both)
        )
        found[f"n_home_{side}"] = from_here
        found[f"crosses_from_{side}"] = np.where(from_here >= least, quotient(over, from_here), np.nan)
    return found


def _visits(
    cut: gpd.GeoDataFrame, shapes: Shapes, width_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell who comes to the left and to the right, each as piece * (number of drawings) + drawing."""
    lines = cut.geometry.to_numpy()
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    sides = []
    for spots in _beside(lines, middle, width_m):
        # Asked of the drawings, because a tree prepares what it is asked about: each drawing once.
        drawing, piece = shapely.STRtree(spots).query(shapes, predicate="intersects")
        sides.append(piece.astype(np.int64) * len(shapes) + drawing)
    return sides[0], sides[1]


def _again(ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of numbers in order which is the same as the one before it."""
    found = np.zeros(len(ordered), dtype=bool)
    found[1:] = ordered[1:] == ordered[:-1]
    return found


def _at_border(cut: gpd.GeoDataFrame, visits: NDArray[np.int64], many: int) -> NDArray[np.int64]:
    """Count for each piece who comes to any piece of its border, once each."""
    border = cut.index.droplevel("piece").factorize()[0].astype(np.int64)
    if not many:
        return np.zeros(len(cut), dtype=np.int64)
    # Sorted first, because np.unique is ten times as slow on millions in no order.
    who = np.sort(border[visits // many] * many + visits % many)
    who = who[~_again(who)]
    found: NDArray[np.int64] = np.bincount(who // many, minlength=len(cut))[border]
    return found


def by_border(measured: gpd.GeoDataFrame, *, least: int = LEAST) -> pd.DataFrame:
    """Sum up the pieces of each official border.

    Parameters
    ----------
    measured
        What `permeability` gave.
    least
        A border to which fewer residents come has no answer.

    Returns
    -------
    DataFrame
        Index (left, right). ``length_m``; ``crossed_m``: metres times residents who cross; ``visited_m``:
        metres times residents who come there; ``n``: residents at the busiest piece; ``residents``: those who
        come to any piece of it, each counted once; ``permeability``: crossed_m / visited_m, NaN where
        `residents` is below `least`; ``hardness``.
    """
    summed = pd.DataFrame(
        {
            "length_m": measured["length_m"],
            "crossed_m": measured["length_m"] * measured["n_both"],
            "visited_m": measured["length_m"] * measured["n_either"],
        }
    )
    by = ["left", "right"]
    found = summed.groupby(level=by, sort=False).sum()
    found[["n", "residents"]] = measured[["n_either", "n_border"]].groupby(level=by, sort=False).max()
    share = quotient(found["crossed_m"].to_numpy(), found["visited_m"].to_numpy())
    found["permeability"] = np.where(found["residents"] >= least, share, np.nan)
    found["hardness"] = 1.0 - found["permeability"]
    return found


def followed(
    lines: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame, *, width_m: float = WIDTH_M
) -> pd.DataFrame:
    """Tell for each drawing and each border near it how much of the one runs along the other.

    Parameters
    ----------
    lines
        What `borders` gave.
    sketches
        SKETCHES in the same plane.
    width_m
        Nearer than this, measured square to the line, is along it; a strip does not reach past a line's end.

    Returns
    -------
    DataFrame
        Index (sketch_id, left, right), only where either runs along the other. ``of_outline``: part of the
        drawn outline that follows the border. ``of_border``: part of the border that the outline follows.
    """
    border = lines.geometry.to_numpy()
    rims = shapely.boundary(SKETCHES.check(sketches).geometry.to_numpy())
    rim, line = shapely.STRtree(border).query(rims, predicate="dwithin", distance=width_m)
    order = np.lexsort((line, rim))
    rim, line = rim[order], line[order]
    table = pd.DataFrame(
        {
            "of_outline": follow_share(rims[rim], border[line], width_m=width_m),
            "of_border": follow_share(border[line], rims[rim], width_m=width_m),
        },
        index=pd.MultiIndex.from_arrays(
            [
                sketches.index.take(rim),
                lines.index.get_level_values("left").take(line),
                lines.index.get_level_values("right").take(line),
            ],
            names=[SKETCHES.index, "left", "right"],
        ),
    )
    return table[(table > 0).any(axis=1)]


def followers(
    cut: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame, *, width_m: float = WIDTH_M
) -> "pd.Series[int]":
    """Count for each piece of border the residents who drew it: whose outline runs along half of it or more.

    What counts is how far an outline gets along the piece while it is beside it, so one that crosses it
    squarely does not follow it. One that crosses at a slant is taken to follow it for as long as it stays
    within the width: on a short piece a slant of 45 degrees counts.

    Parameters
    ----------
    cut
        What `pieces` gave.
    sketches
        SKETCHES in the same plane.
    width_m
        Nearer than this, measured square to the piece, is along it.

    Returns
    -------
    Series
        ``n_along``: residents, on the index of `cut`.

    Examples
    --------
    One stops 10 m before the border, one draws straight across it.

    >>> from shapely import box
    >>> official = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 20), box(100, 0, 200, 20)],
    ...     index=pd.Index(["w", "e"], name="code"),
    ...     crs=28992,
    ... )
    >>> drawn = gpd.GeoDataFrame(
    ...     geometry=[box(0, 0, 90, 20), box(0, 0, 150, 20)],
    ...     index=pd.Index(["a", "b"], name="sketch_id"),
    ...     crs=28992,
    ... )
    >>> followers(pieces(borders(official), drawn), drawn).to_list()
    [1]
    """
    lines = cut.geometry.to_numpy()
    rims = shapely.boundary(SKETCHES.check(sketches).geometry.to_numpy())
    strips = shapely.buffer(lines, width_m, cap_style="flat")
    piece, rim = shapely.STRtree(rims).query(strips, predicate="intersects")
    beside = shapely.intersection(rims[rim], strips[piece])
    parts, of_part = shapely.get_parts(beside, return_index=True)
    corners, of_line = shapely.get_coordinates(parts, return_index=True)
    inner = of_line[1:] == of_line[:-1]
    of = of_part[of_line[:-1][inner]]
    begin, end = (shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1))
    chord = (end - begin)[piece]
    moved = np.abs((np.diff(corners, axis=0)[inner] * chord[of]).sum(axis=1))
    reached = np.bincount(of, moved, len(piece)) >= (chord**2).sum(axis=1) / 2 * (1 - 1e-9)
    return pd.Series(np.bincount(piece[reached], minlength=len(cut)), cut.index, name="n_along")


def follow_share(walked: Shapes, beside: Shapes, *, width_m: float = WIDTH_M) -> Numbers:
    """Part of lines that runs within `width_m` of other lines, whose strips end square at their ends.

    Parameters
    ----------
    walked, beside
        Arrays of lines of the same shape.

    Returns
    -------
    ndarray
        float64, 0 to 1; NaN for a line without length.

    Examples
    --------
    Of a drawn edge of 115 m, 60 m runs 5 m beside the border and 10 m of the turn still lies in the strip.

    >>> edge = shapely.LineString([(105, 0), (105, 60), (160, 60)])
    >>> border = shapely.LineString([(100, 0), (100, 100)])
    >>> follow_share(np.array([edge]), np.array([border])).round(3).tolist()
    [0.609]
    """
    strips = shapely.buffer(beside, width_m, cap_style="flat", quad_segs=32)
    return quotient(shapely.length(shapely.intersection(walked, strips)), shapely.length(walked))
