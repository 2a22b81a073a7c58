"""Drawings that a person must look at: why, what is proposed, what was decided; nothing is ever deleted."""

from dataclasses import replace
from functools import lru_cache
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Geometry
from shapely.geometry import MultiPolygon, Polygon

from geo import agreement, consensus, crs, disclosure, sketch
from geo.clusters import CUT
from store import Action, Actor
from study import comparison, figures
from study.contributing import DRAWN_HERE
from study.projects import Study, drawn, opened

LOOK_AT = ("untangled", "several_parts", "large", "small")
"""Repairs and remarks that a person looks at too, beside the flags."""

PROPOSED: dict[str, Action] = {"elsewhere": "aside", "unusual_size": "accept"}
"""What we propose for a reason; accepting is the rule, since a flag is no verdict."""

ROOM_DEGREES = 0.001
"""Room round an outline abroad: its edges bend a little on the way from degrees to metres."""

MATTERS_IOU = 0.9
"""With and without the flagged drawings, cores that agree less than this differ enough to show both."""


def look(study: Study) -> int:
    """Flag drawings that differ from their neighbourhood in size or place; give how many flags are new."""
    found = sketch.outliers(drawn(study), comparison.membership(study, CUT))
    added = 0
    for reason in ("elsewhere", "unusual_size"):
        for key in found.index[found[reason]]:
            added += opened().flag(study.project, str(key), aspect="shape", reason=reason)
    return added


@lru_cache(maxsize=16)
def queue(study: Study) -> gpd.GeoDataFrame:
    """Give the drawings to look at, open ones first.

    Returns
    -------
    GeoDataFrame
        Index sketch_id: ``number`` in the queue, ``reasons`` (tuple of keys: flags, repairs, remarks),
        ``proposed`` action, ``decision`` ("" while open), ``flagged``, ``area_ha``, geometry as it counts.
    """
    every = drawn(Study(study.project, study.revision, replace(study.filters, aside=True, flagged=True)))
    reasons = [
        (*flags, *(kind for kind in (*repairs, *warnings) if kind in LOOK_AT))
        for flags, repairs, warnings in zip(
            every["flagged_for"], every["repairs"], every["warnings"], strict=True
        )
    ]
    table = gpd.GeoDataFrame(
        {
            "reasons": pd.Series(reasons, every.index, dtype=object),
            "decision": every["decision"],
            "flagged": [bool(flags) for flags in every["flagged_for"]],
            "area_ha": every.area / 1e4,
        },
        geometry=every.geometry,
        crs=every.crs,
    )
    table = table[[bool(each) for each in table["reasons"]]]
    table["proposed"] = [proposal(each) for each in table["reasons"]]
    # Numbered before the decided ones go last: a drawing keeps its number when it is decided about.
    table = table.sort_values("flagged", ascending=False, kind="stable")
    table.insert(0, "number", range(1, len(table) + 1))
    table["closed"] = table["decision"] != ""
    return table.sort_values("closed", kind="stable")


def proposal(reasons: tuple[str, ...]) -> Action:
    """Give what is proposed for a drawing with these reasons.

    Examples
    --------
    >>> proposal(("untangled",)), proposal(("unusual_size", "elsewhere"))
    ('accept', 'aside')
    """
    return next((PROPOSED[each] for each in reasons if PROPOSED.get(each) == "aside"), "accept")


def adjusted(study: Study, key: str) -> Polygon:
    """Propose a simpler outline: the largest part alone, without holes; what adjusting would count.

    Raises
    ------
    UnknownSubject
    """
    shape = queue(study).geometry[key]
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    return Polygon(largest.exterior)


def as_drawn(study: Study, key: str) -> Polygon | MultiPolygon:
    """Give the outline as the resident left it, whatever was decided since.

    Raises
    ------
    UnknownSubject
    """
    left = replace(study.filters, aside=True, flagged=True, adjusted=False)
    found = drawn(Study(study.project, study.revision, left)).geometry[key]
    return cast("Polygon | MultiPolygon", found)


def may_be_seen(study: Study, key: str) -> bool:
    """Tell whether a single drawing may be shown: round 20 addresses or more; see `geo.disclosure`.

    Both as it counts and as it was drawn: an adjusted outline is shown beside what the resident left.
    """
    homes = figures.dwellings(study)
    if homes is None:
        return False
    places = homes.geometry.to_numpy()
    count = homes["count"].to_numpy(dtype=float) if "count" in homes else np.ones(len(homes))
    outlines = (queue(study).geometry[key], as_drawn(study, key))
    inside = [float(count[shapely.intersects(places, outline)].sum()) for outline in outlines]
    return bool(disclosure.may_stand_alone(inside).all())


def unlock(study: Study, *, by: Actor) -> None:
    """Write down that somebody looks at single drawings whatever lies round them; only a planner may.

    Raises
    ------
    AccessDenied
    """
    opened().sketches(study.project, filters=replace(study.filters, aside=True), raw=True, by=by)


def redrawn(study: Study, outline: Geometry) -> Polygon | MultiPolygon:
    """Make the outline that a planner drew (degrees) sound, in the plane of the drawings.

    Raises
    ------
    SketchError
    """
    plane = drawn(study).crs
    west, south, east, north = shapely.buffer(outline, ROOM_DEGREES).bounds
    abroad = replace(DRAWN_HERE, box_wgs84=(west, south, east, north), crs=plane)
    limits = DRAWN_HERE if plane == crs.RD else abroad
    return cast("Polygon | MultiPolygon", sketch.clean(crs.to_planar(outline, plane), limits=limits).geometry)


def decide(
    study: Study, key: str, action: Action, *, by: Actor, outline: Polygon | MultiPolygon | None = None
) -> None:
    """Accept, adjust to `outline` or else to the proposal, or set aside; the drawing itself stays as it was.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    counted = (outline or adjusted(study, key)) if action == "adjust" else None
    opened().decide(study.project, key, action, adjusted=counted, by=by)


def undo(study: Study, key: str, *, by: Actor) -> None:
    """Take the last decision back.

    Raises
    ------
    AccessDenied, NothingToUndo
    """
    opened().undo(study.project, key, by=by)


@lru_cache(maxsize=32)
def both(study: Study) -> pd.DataFrame:
    """Set the cores with all drawings beside those without the flagged ones.

    Returns
    -------
    DataFrame
        Index cluster, of the drawings with all: ``names``, ``n_all``, ``n_plain``, ``ha_all`` and ``ha_plain``
        of the two cores (missing where one is refused), their ``iou`` (missing where one is refused or
        empty), ``matters``: they differ enough to show both.
    """
    every = Study(study.project, study.revision, replace(study.filters, flagged=True))
    flagged = set(drawn(every).index[[bool(flags) for flags in drawn(every)["flagged_for"]]])
    found = comparison.neighbourhoods(every)
    rows = {}
    for cluster in found.index[found["n"] >= disclosure.LEAST_PEOPLE]:
        mine = comparison.members(every, int(cluster))
        plain = mine[~mine.index.isin(flagged)]
        if len(plain) == len(mine):
            continue
        one, other = (_core(part) for part in (mine, plain))
        iou = (
            None
            if one is None or other is None or one.is_empty or other.is_empty
            else agreement.iou(one, other)
        )
        rows[int(cluster)] = (
            found["names"][cluster],
            len(mine),
            len(plain),
            None if one is None else one.area / 1e4,
            None if other is None else other.area / 1e4,
            iou,
            iou is None or iou < MATTERS_IOU,
        )
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["names", "n_all", "n_plain", "ha_all", "ha_plain", "iou", "matters"]
    ).rename_axis("cluster")


def _core(sketches: gpd.GeoDataFrame) -> MultiPolygon | None:
    if len(sketches) < disclosure.LEAST_PEOPLE:
        return None
    return consensus.core(consensus.surface(sketches), 50)
