"""The register: every number we report, once, with its unit and the version of its formula.

Change a formula, raise its version: :data:`METHOD` changes with it, and with that every cache key and every
export.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo import (
    access,
    agreement,
    borders,
    clusters,
    cohesion,
    consensus,
    crosswalk,
    disclosure,
    groups,
    overlay,
    shape,
)


@dataclass(frozen=True)
class Metric:
    """A number, table or map that we report.

    Parameters
    ----------
    key
        Name, unique; also its heading in ``docs/methods.md``.
    unit
        "m", "m2", "share" (0 to 1), "ratio", "degrees", "nats", "people", "score" (0 to 10), "name", or
        "index" for a number without unit; of a table or map: what its main figure is in.
    version
        Of the formula, from 1.
    function
        What computes it; its docstring says what it means.
    """

    key: str
    unit: str
    version: int
    function: Callable[..., Any]


METRICS = (
    # One sketch.
    Metric("area", "m2", 1, shape.area_m2),
    Metric("perimeter", "m", 1, shape.perimeter_m),
    Metric("equal_area_radius", "m", 1, shape.equal_area_radius_m),
    Metric("polsby_popper", "index", 1, shape.polsby_popper),
    Metric("reock", "share", 1, shape.reock),
    Metric("hull_ratio", "share", 1, shape.hull_ratio),
    Metric("boyce_clark", "index", 1, shape.boyce_clark),
    Metric("home_distance", "m", 1, shape.home_distance_m),
    Metric("home_bearing", "degrees", 1, shape.home_bearing_deg),
    Metric("home_edge_distance", "m", 1, shape.home_edge_distance_m),
    Metric("home_eccentricity", "ratio", 1, shape.home_eccentricity),
    Metric("home_inside", "share", 1, shape.home_inside),
    # Two areas.
    Metric("iou", "share", 1, agreement.iou),
    Metric("dice", "share", 1, agreement.dice),
    Metric("overlap_coefficient", "share", 1, agreement.overlap_coefficient),
    Metric("share_inside", "share", 1, agreement.share_inside),
    Metric("symmetric_difference", "m2", 1, agreement.symmetric_difference_m2),
    Metric("size_ratio", "ratio", 1, agreement.size_ratio),
    Metric("hausdorff", "m", 1, agreement.hausdorff_m),
    Metric("frechet", "m", 1, agreement.frechet_m),
    Metric("mean_boundary_distance", "m", 1, agreement.mean_boundary_distance_m),
    Metric("boundary_coincidence", "share", 1, agreement.boundary_coincidence),
    Metric("boundary_tolerance", "m", 1, agreement.boundary_tolerance_m),
    # Many sketches and many official areas.
    Metric("pairs", "share", 1, overlay.pairs),
    Metric("outside_areas", "share", 1, overlay.outside),
    Metric("best_area", "share", 1, overlay.best),
    Metric("best_set", "share", 1, overlay.best_set),
    Metric("fragmentation", "nats", 1, overlay.fragmentation),
    Metric("verdict", "name", 1, overlay.verdicts),
    Metric("divisions", "share", 1, overlay.compare_divisions),
    Metric("split_index", "share", 1, overlay.split_index),
    Metric("split_by_area", "share", 1, overlay.split_by_area),
    Metric("parted_cores", "share", 1, overlay.parted_cores),
    # Official borders under many sketches.
    Metric("borders", "m", 1, borders.borders),
    Metric("near_borders", "m", 1, borders.near_borders),
    Metric("permeability", "share", 1, borders.permeability),
    Metric("border_permeability", "share", 2, borders.by_border),
    Metric("followed", "share", 1, borders.followed),
    Metric("followers", "people", 1, borders.followers),
    # What residents agree on.
    Metric("surface", "people", 1, consensus.surface),
    Metric("core", "m2", 1, consensus.core),
    Metric("contours", "m2", 1, consensus.contours),
    Metric("certainty", "m2", 1, consensus.certainty),
    Metric("level", "name", 1, consensus.level),
    Metric("wilson", "share", 1, consensus.wilson),
    Metric("bootstrap", "m2", 1, consensus.bootstrap),
    Metric("leave_one_out", "share", 1, consensus.leave_one_out),
    Metric("split_half", "share", 1, consensus.split_half),
    Metric("pairwise_iou", "share", 1, consensus.pairwise_iou),
    Metric("agreement", "share", 1, consensus.agreement),
    Metric("fleiss_kappa", "index", 1, consensus.fleiss_kappa),
    Metric("krippendorff_alpha", "index", 1, consensus.krippendorff_alpha),
    Metric("fuzziness", "share", 1, consensus.fuzziness),
    Metric("effective_n", "people", 1, consensus.effective_n),
    Metric("spread", "m", 1, consensus.spread),
    Metric("exact_faces", "people", 1, consensus.exact_faces),
    # Which sketches belong together.
    Metric("clusters", "name", 1, clusters.clusters),
    Metric("memberships", "share", 1, clusters.memberships),
    Metric("names", "name", 1, clusters.names),
    Metric("cores", "m2", 1, clusters.cores),
    Metric("disputed", "m2", 1, clusters.disputed),
    Metric("parted", "m2", 1, clusters.parted),
    # Groups of people.
    Metric("permutation_test", "share", 1, groups.permutation_test),
    Metric("pseudo_f", "index", 1, groups.pseudo_f),
    Metric("holm", "share", 1, groups.holm),
    Metric("group_differences", "ratio", 1, groups.compare),
    # Numbers carried over.
    Metric("crosswalk_weights", "share", 1, crosswalk.weights),
    Metric("extensive", "people", 1, crosswalk.extensive),
    Metric("intensive", "share", 1, crosswalk.intensive),
    Metric("intensive_by_area", "share", 1, crosswalk.intensive_by_area),
    Metric("outside_sources", "share", 1, crosswalk.outside),
    Metric("maup_range", "index", 1, crosswalk.maup_range),
    # Facilities.
    Metric("facility_counts", "people", 1, access.counts),
    Metric("nearest", "m", 1, access.nearest_m),
    Metric("nearness", "share", 1, access.nearness),
    Metric("gap", "m2", 1, access.gap),
    Metric("covered", "share", 1, access.covered),
    Metric("two_step", "ratio", 1, access.two_step),
    Metric("enhanced_two_step", "ratio", 1, access.enhanced_two_step),
    Metric("diversity", "nats", 1, access.diversity),
    Metric("bench_spacing", "m", 1, access.bench_spacing),
    Metric("experienced_supply", "name", 1, access.experienced_supply),
    # Living together.
    Metric("cohesion", "score", 1, cohesion.cohesion),
    Metric("conditions", "score", 1, cohesion.conditions),
    Metric("cohesion_by_area", "score", 1, cohesion.by_area),
    # What may be published.
    Metric("shown", "people", 1, disclosure.shown),
    Metric("shown_faces", "people", 1, disclosure.shown_faces),
    Metric("blanked", "people", 1, disclosure.blanked),
    Metric("rounded_percent", "share", 1, disclosure.rounded_percent),
    Metric("secondary", "people", 1, disclosure.secondary),
    Metric("safe_together", "people", 1, disclosure.safe_together),
    Metric("edition", "people", 1, disclosure.edition),
    Metric("snapped", "m", 1, disclosure.snapped),
    Metric("may_stand_alone", "people", 1, disclosure.may_stand_alone),
    Metric("least_shift", "m", 1, disclosure.least_shift_m),
    Metric("donut", "m", 1, disclosure.donut),
)

FORMULAS = "+".join(f"{metric.key}{metric.version}" for metric in METRICS)
"""Every formula in force with its version."""

METHOD = hashlib.sha256(FORMULAS.encode()).hexdigest()[:10]
"""Short name of the formulas in force, for cache keys and exports; ``docs/methods.md`` opens with the one it
explains."""
