"""Sketches whose outline follows an official border."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.borders.lines import Numbers, Shapes
from geo.borders.permeability import WIDTH_M
from geo.measures.vectorised import divide_or_nan
from geo.overlay.thresholds import HALF
from geo.schemas import SKETCHES


def followed_share(
    lines: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame, *, width_m: float = WIDTH_M
) -> pd.DataFrame:
    """Return per sketch and nearby border how much of each follows the other.

    Parameters
    ----------
    lines
        Result of `shared_borders` or `near_borders`.
    sketches
        SKETCHES in the same plane.
    width_m
        Largest distance in metres, measured square to the line, at which one follows the other; the strip
        does not extend past a line's end.

    Returns
    -------
    DataFrame
        Index (sketch_id, left, right), only where either follows the other. ``of_outline``: share of the
        sketch's outline that follows the border. ``of_border``: share of the border that the outline follows.
        Both from 0 to 1.

    Raises
    ------
    FrameColumnsMissing
        When `sketches` lacks a column of the schema.
    FrameNotPlanar
        When `sketches` is not in a plane in metres.
    """
    border = lines.geometry.to_numpy()
    rims = shapely.boundary(SKETCHES.validate(sketches).geometry.to_numpy())
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


def count_followers(
    lines: gpd.GeoDataFrame, sketches: gpd.GeoDataFrame, *, width_m: float = WIDTH_M
) -> "pd.Series[int]":
    """Count per border the residents whose outline follows half of it or more.

    Parameters
    ----------
    lines
        Result of `shared_borders` or `near_borders`.
    sketches
        SKETCHES in the same plane.
    width_m
        Largest distance in metres, measured square to the line, at which an outline follows it.

    Returns
    -------
    Series
        ``n_along``: residents, 0 or more, on the index of `lines`.

    Raises
    ------
    FrameColumnsMissing
        When `sketches` lacks a column of the schema.
    FrameNotPlanar
        When `sketches` is not in a plane in metres.

    Examples
    --------
    One stops 10 m before the border, one draws straight across it.

    >>> from geo.borders.lines import shared_borders
    >>> from shapely import box
    >>> official = gpd.GeoDataFrame({"name": ["West", "East"]},
    ...     geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)],
    ...     index=pd.Index(["w", "e"], name="code"), crs=28992)
    >>> drawn = gpd.GeoDataFrame(geometry=[box(0, 0, 90, 100), box(0, 0, 200, 100)],
    ...     index=pd.Index(["a", "b"], name="sketch_id"), crs=28992)
    >>> count_followers(shared_borders(official), drawn).to_list()
    [1]
    """
    follow = (followed_share(lines, sketches, width_m=width_m)["of_border"] >= HALF).astype(np.int64)
    found = follow.groupby(level=["left", "right"]).sum()
    return found.reindex(lines.index, fill_value=0).rename("n_along")


def follow_share(walked: Shapes, beside: Shapes, *, width_m: float = WIDTH_M) -> Numbers:
    """Return the share of each line that lies within `width_m` of another line.

    The strip round the other line ends square at its ends.

    Parameters
    ----------
    walked
        Lines to measure, in metres.
    beside
        Lines they may follow; an array of the same shape.
    width_m
        Half the width of the strip, in metres.

    Returns
    -------
    array
        From 0 to 1; NaN for a line without length.

    Examples
    --------
    Of a drawn edge of 115 m, 60 m runs 5 m beside the border and 10 m of the turn still lies in the strip.

    >>> edge = shapely.LineString([(105, 0), (105, 60), (160, 60)])
    >>> border = shapely.LineString([(100, 0), (100, 100)])
    >>> follow_share(np.array([edge]), np.array([border])).round(3).tolist()
    [0.609]
    """
    strips = shapely.buffer(beside, width_m, cap_style="flat", quad_segs=32)
    return divide_or_nan(shapely.length(shapely.intersection(walked, strips)), shapely.length(walked))
