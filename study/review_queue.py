"""Drawings that a person must look at: why, what is proposed, what was decided; nothing is ever deleted."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Geometry
from shapely.geometry import MultiPolygon, Polygon

from geo import crs
from geo.consensus.clustering import CUT
from geo.consensus.cores import core_area
from geo.consensus.surface import consensus_surface
from geo.disclosure_control import can_show_individually
from geo.errors import UnknownSubject
from geo.measures import similarity
from geo.privacy_limits import MIN_PEOPLE
from geo.release.persons import FROM_ONE_ADDRESS, HELD_FOR, NEAR_COPY, is_held
from geo.sketches import outliers
from geo.sketches.cleaning import clean_sketch
from geo.sketches.limits import HAND_DRAWN_LIMITS, limits_around
from store import Action, Actor, Filters
from study import permissions
from study.analysis import comparison, key_figures
from study.answer_cache import cached_answer
from study.context import Study, current_study, get_store, read_sketches
from study.jobs import heavy_answer

LOOK_AT = ("untangled", "several_parts", "large", "small")
"""Repairs and remarks that a person looks at too, beside the flags."""

PROPOSED: dict[str, Action] = {"elsewhere": "aside", "unusual_size": "accept"}
"""What we propose for a reason; accepting is the rule, since a flag is no verdict."""

"""Room round an outline abroad: its edges bend a little on the way from degrees to metres."""

MATTERS_IOU = 0.9
"""With and without the flagged drawings, cores that agree less than this differ enough to show both."""


def flag_outliers(study: Study) -> int:
    """Flag drawings that differ from their neighbourhood in size or place; give how many flags are new."""
    found = outliers.flag_outliers(read_sketches(study), comparison.cluster_of_sketch(study, CUT))
    added = 0
    for reason in ("elsewhere", "unusual_size"):
        for key in found.index[found[reason]]:
            added += get_store().moderation.add_flag(study.project, str(key), aspect="shape", reason=reason)
    return added


@cached_answer
def review_queue(study: Study) -> gpd.GeoDataFrame:
    """Return the drawings to look at, open ones first.

    Returns
    -------
    GeoDataFrame
        Index sketch_id: ``number`` in the queue, ``reasons`` (tuple of keys: flags, repairs, remarks),
        ``proposed`` action, ``decision`` ("" while open), ``flagged``, ``area_ha``, geometry as it counts.
    """
    every = read_sketches(
        replace(study, filters=replace(study.filters, include_excluded=True, include_flagged=True))
    )
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
    table["proposed"] = [proposed_action(each) for each in table["reasons"]]
    # Numbered before the decided ones go last: a drawing keeps its number when it is decided about.
    table = table.sort_values("flagged", ascending=False, kind="stable")
    table.insert(0, "number", range(1, len(table) + 1))
    table["closed"] = table["decision"] != ""
    return table.sort_values("closed", kind="stable")


def current_queue(study: Study) -> gpd.GeoDataFrame:
    """Return the queue of a study with the decisions in force in the store now, whatever they were when it was read.

    Rows and numbers stay those of the study: whoever works through the list sees nothing jump, and a decision makes
    no answer of the study be computed anew.

    Returns
    -------
    GeoDataFrame
        As `review_queue`.
    """
    queue, outlines = review_queue(study), outlines_left(study)
    # A drawing that was withdrawn since is in neither, or in the one that was read before.
    queue = queue[queue.index.isin(outlines)].copy()
    if queue.empty:
        return queue
    decided = get_store().moderation.shape_decisions(study.project)
    now = [decided.get(str(key), ("", None)) for key in queue.index]
    queue["decision"] = [action for action, _ in now]
    queue["closed"] = queue["decision"] != ""
    queue.geometry = gpd.GeoSeries(
        [
            outlines[key] if adjusted is None else adjusted
            for key, (_, adjusted) in zip(queue.index, now, strict=True)
        ],
        queue.index,
        crs=queue.crs,
    )
    queue["area_ha"] = queue.area / 1e4
    return queue


@cached_answer
def outlines_left(study: Study) -> dict[Hashable, Geometry]:
    """Return the outline of every drawing in the queue as its resident left it."""
    left = replace(study.filters, include_excluded=True, include_flagged=True, use_adjusted=False)
    every = read_sketches(replace(study, filters=left)).geometry
    return dict(every[every.index.isin(review_queue(study).index)])


def proposed_action(reasons: tuple[str, ...]) -> Action:
    """Return what is proposed for a drawing with these reasons.

    Examples
    --------
    >>> proposed_action(("untangled",)), proposed_action(("unusual_size", "elsewhere"))
    ('accept', 'aside')
    """
    return next((PROPOSED[each] for each in reasons if PROPOSED.get(each) == "aside"), "accept")


def proposed_outline(study: Study, key: str) -> Polygon:
    """Propose a simpler outline: the largest part alone, without holes; what adjusting would count.

    Raises
    ------
    UnknownSubject
    """
    return largest_part(original_outline(study, key))


def largest_part(outline: Geometry) -> Polygon:
    """Return the largest part of an outline, without its holes.

    Examples
    --------
    >>> largest_part(shapely.union(shapely.box(0, 0, 1, 1), shapely.box(2, 0, 5, 3))).area
    9.0
    """
    return Polygon(max(shapely.get_parts(outline), key=lambda part: part.area).exterior)


def original_outline(study: Study, key: str) -> Polygon | MultiPolygon:
    """Return the outline as the resident left it, whatever was decided since.

    Raises
    ------
    UnknownSubject
    """
    found = outlines_left(study).get(key)
    if found is None:
        raise UnknownSubject(subject=key)
    return cast("Polygon | MultiPolygon", found)


def can_show_drawing(study: Study, key: str) -> bool:
    """Return whether a single drawing may be shown: round 20 addresses or more; see `geo.disclosure_control`.

    Both as it counts and as it was drawn: an adjusted outline is shown beside what the resident left.
    """
    homes = key_figures.dwelling_points(study)
    if homes is None:
        return False
    places = homes.geometry.to_numpy()
    count = homes["count"].to_numpy(dtype=float) if "count" in homes else np.ones(len(homes))
    outlines = (current_queue(study).geometry[key], original_outline(study, key))
    inside = [float(count[shapely.intersects(places, outline)].sum()) for outline in outlines]
    return bool(can_show_individually(inside).all())


def log_single_items(study: Study, what: str, *, by: Actor) -> None:
    """Write down, once a day, that somebody looks at what single residents left; only a planner may.

    Parameters
    ----------
    what
        "drawings", "places" or "words".

    Raises
    ------
    AccessDenied
    """
    permissions.require_role("planner", None, by)
    get_store().accounts.append_audit(by, f"look at single {what}", project=study.project, once_a_day=True)


def clean_adjusted_outline(study: Study, outline: Geometry) -> Polygon | MultiPolygon:
    """Create the outline that a planner drew (degrees) sound, in the plane of the drawings.

    Raises
    ------
    SketchError
    """
    plane = read_sketches(study).crs
    limits = limits_around(outline, plane, base=HAND_DRAWN_LIMITS)
    return cast("Polygon | MultiPolygon", clean_sketch(crs.to_planar(outline, plane), limits=limits).geometry)


def record_decision(
    study: Study, key: str, action: Action, *, by: Actor, outline: Polygon | MultiPolygon | None = None
) -> dict[str, str]:
    """Accept, adjust to `outline` or else to the proposal, or set aside; the drawing itself stays as it was.

    Returns
    -------
    dict
        As `record_decisions`.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    outlines = {key: outline} if outline is not None else {}
    return record_decisions(study, {key: action}, outlines=outlines, by=by)


def record_decisions(
    study: Study,
    actions: Mapping[str, Action],
    *,
    outlines: Mapping[str, Polygon | MultiPolygon] = MappingProxyType({}),
    by: Actor,
) -> dict[str, str]:
    """Decide about each of these drawings that is still there, or about none of them; see `record_decision`.

    Parameters
    ----------
    actions
        Id of each drawing to what is decided of it.
    outlines
        What adjusting counts instead, where it is not the proposal.

    Returns
    -------
    dict
        Id of each drawing that is there to the id of its decision, for `undo_step`.

    Raises
    ------
    AccessDenied
    UnknownSubject
        When all of them were withdrawn.
    """
    adjusted = {
        key: outlines.get(key) or proposed_outline(study, key)
        for key, action in actions.items()
        if action == "adjust"
    }
    return get_store().moderation.record_decisions(study.project, actions, adjusted=adjusted, by=by)


def undo_step(study: Study, decisions: Collection[str], *, by: Actor) -> int:
    """Undo these decisions where nobody decided after them, and return how many that were.

    Raises
    ------
    AccessDenied, NothingToUndo
    """
    return get_store().moderation.undo_step(study.project, decisions, by=by)


def undo_decisions(study: Study, keys: Collection[str], *, by: Actor) -> None:
    """Undo the last decision on each of these drawings, or on none of them.

    Raises
    ------
    AccessDenied, NothingToUndo
    """
    get_store().moderation.undo_decisions(study.project, keys, by=by)


@heavy_answer
def compare_with_without_flagged(study: Study) -> pd.DataFrame:
    """Set the cores with all drawings beside those without the flagged ones.

    Returns
    -------
    DataFrame
        Index cluster, of the drawings with all: ``names``, ``n_all``, ``n_plain``, ``ha_all`` and ``ha_plain``
        of the two cores (missing where one is refused), their ``iou`` (missing where one is refused or
        empty), ``matters``: they differ enough to show both.
    """
    every = replace(study, filters=replace(study.filters, include_flagged=True))
    flagged = set(read_sketches(every).index[[bool(flags) for flags in read_sketches(every)["flagged_for"]]])
    found = comparison.neighbourhoods(every)
    rows = {}
    for cluster in found.index[found["n"] >= MIN_PEOPLE]:
        mine = comparison.cluster_members(every, int(cluster))
        plain = mine[~mine.index.isin(flagged)]
        if len(plain) == len(mine):
            continue
        one, other = (_core(part) for part in (mine, plain))
        iou = (
            None
            if one is None or other is None or one.is_empty or other.is_empty
            else similarity.iou(one, other)
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
    if len(sketches) < MIN_PEOPLE:
        return None
    return core_area(consensus_surface(sketches), 50)


@dataclass(frozen=True)
class HeldDrawings:
    """Drawings of a project or session that wait, or that somebody let count.

    Attributes
    ----------
    waiting, released
        Ids of the drawings.
    copies, from_one_address
        Of those that wait: nearly the same as one that just came, and from the address most came from.
    """

    waiting: tuple[str, ...]
    released: tuple[str, ...]
    copies: int
    from_one_address: int


def held_drawings(project: str, *, session: str = "") -> HeldDrawings:
    """Return what waits at a workshop session, or in a whole project.

    Raises
    ------
    UnknownProject
    """
    drawn = read_sketches(current_study(project, Filters(sessions=(session,) if session else ())))
    doubted = drawn[np.array([not HELD_FOR.isdisjoint(one) for one in drawn["flagged_for"]], dtype=bool)]
    waits = map(is_held, doubted["flagged_for"], doubted["decision"])
    waiting = doubted[np.array(list(waits), dtype=bool)]
    return HeldDrawings(
        waiting=tuple(map(str, waiting.index)),
        released=tuple(str(key) for key in doubted.index if key not in waiting.index),
        copies=sum(NEAR_COPY in one for one in waiting["flagged_for"]),
        from_one_address=sum(FROM_ONE_ADDRESS in one for one in waiting["flagged_for"]),
    )


def release_held(project: str, session: str, *, released: bool, by: Actor) -> None:
    """Release every drawing of a workshop session that waits, or hold them again.

    Raises
    ------
    AccessDenied
    """
    found = held_drawings(project, session=session)
    subjects = found.waiting if released else found.released
    get_store().moderation.release_drawings(project, subjects, session=session, released=released, by=by)
