"""The register: every number we report, once, with its unit and the version of its formula.

Change a formula, raise its version: :data:`METHOD` changes with it, and with that every cache key and every
export.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo import accessibility, crosswalk
from geo.borders.beyond_chance import border_hardness, chance_hardness
from geo.borders.followers import count_followers, followed_share
from geo.borders.inclusion_model import inclusion_model, seeming_distance
from geo.borders.inclusion_rows import squares_at_risk
from geo.borders.lines import near_borders, shared_borders
from geo.borders.permeability import permeability, summarise_borders
from geo.consensus import agreement as agreement_module
from geo.consensus import clustering
from geo.consensus.agreement import effective_n, krippendorff_alpha, pairwise_iou
from geo.consensus.cores import contours, core_area
from geo.consensus.dispersion import centre_dispersion, fuzziness
from geo.consensus.evidence import evidence_level, more_needed
from geo.consensus.surface import consensus_surface
from geo.consensus.uncertainty import bootstrap, leave_one_out, repeatability
from geo.disclosure_control import (
    can_show_individually,
    complementary_suppression,
    rounded_percent,
    snap_to_grid,
)
from geo.intervals import wilson
from geo.measures import shape_metrics, similarity
from geo.measures.drawing_table import measure_drawings
from geo.networks.walking_distance import nearest_by_street
from geo.overlay.best_match import best_area_set, best_match, fragmentation
from geo.overlay.beyond_chance import fit_beyond_chance, moved_sketches
from geo.overlay.divisions import compare_divisions
from geo.overlay.pairs import overlap_pairs, share_outside
from geo.overlay.resampled_fit import resampled_fit
from geo.overlay.verdicts import verdicts
from geo.release.ledger import decide_cells
from geo.statistics import figure_bounds, group_comparison, shrinkage, survey_scores, weighting, within_place
from geo.statistics.rand_index import adjusted_rand_index


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
    # One drawing.
    Metric("area", "m2", 1, shape_metrics.area_m2),
    Metric("perimeter", "m", 1, shape_metrics.perimeter_m),
    Metric("equal_area_radius", "m", 1, shape_metrics.equal_area_radius_m),
    Metric("polsby_popper", "index", 1, shape_metrics.polsby_popper),
    Metric("reock", "share", 1, shape_metrics.reock),
    Metric("hull_ratio", "share", 1, shape_metrics.hull_ratio),
    # Two areas.
    Metric("iou", "share", 1, similarity.iou),
    Metric("dice", "share", 1, similarity.dice),
    Metric("overlap_coefficient", "share", 1, similarity.overlap_coefficient),
    Metric("symmetric_difference", "m2", 1, similarity.symmetric_difference_m2),
    Metric("size_ratio", "ratio", 1, similarity.size_ratio),
    Metric("hausdorff", "m", 1, similarity.hausdorff_m),
    Metric("frechet", "m", 1, similarity.frechet_m),
    Metric("mean_boundary_distance", "m", 1, similarity.mean_boundary_distance_m),
    Metric("boundary_coincidence", "share", 1, similarity.boundary_coincidence),
    Metric("boundary_tolerance", "m", 1, similarity.boundary_tolerance_m),
    Metric("measured_drawings", "m", 1, measure_drawings),
    # Many sketches and many official areas.
    Metric("pairs", "share", 1, overlap_pairs),
    Metric("outside_areas", "share", 1, share_outside),
    Metric("best_area", "share", 1, best_match),
    Metric("best_set", "share", 2, best_area_set),
    Metric("fragmentation", "nats", 1, fragmentation),
    Metric("verdict", "name", 1, verdicts),
    Metric("resampled_fit", "share", 2, resampled_fit),
    Metric("divisions", "share", 1, compare_divisions),
    Metric("moved_sketches", "m", 1, moved_sketches),
    Metric("fit_beyond_chance", "share", 1, fit_beyond_chance),
    # Official borders under many sketches.
    Metric("borders", "m", 1, shared_borders),
    Metric("near_borders", "m", 1, near_borders),
    Metric("followed", "share", 1, followed_share),
    Metric("followers", "people", 2, count_followers),
    Metric("permeability", "share", 1, permeability),
    Metric("border_permeability", "share", 2, summarise_borders),
    Metric("border_hardness", "share", 1, border_hardness),
    Metric("chance_hardness", "share", 1, chance_hardness),
    Metric("squares_at_risk", "m", 1, squares_at_risk),
    Metric("inclusion_model", "index", 1, inclusion_model),
    Metric("seeming_distance", "ratio", 1, seeming_distance),
    # What residents agree on.
    Metric("surface", "people", 1, consensus_surface),
    Metric("core", "m2", 1, core_area),
    Metric("contours", "m2", 1, contours),
    Metric("level", "name", 2, evidence_level),
    Metric("needed", "name", 1, more_needed),
    Metric("repeatability", "share", 1, repeatability),
    Metric("wilson", "share", 1, wilson),
    Metric("bootstrap", "m2", 1, bootstrap),
    Metric("leave_one_out", "share", 1, leave_one_out),
    Metric("pairwise_iou", "share", 1, pairwise_iou),
    Metric("agreement", "share", 2, agreement_module.agreement),
    Metric("krippendorff_alpha", "index", 1, krippendorff_alpha),
    Metric("fuzziness", "share", 1, fuzziness),
    Metric("spread", "m", 1, centre_dispersion),
    Metric("effective_n", "people", 1, effective_n),
    # Which sketches belong together.
    Metric("clusters", "name", 1, clustering.cluster_sketches),
    Metric("names", "name", 1, clustering.cluster_names),
    Metric("cores", "m2", 1, clustering.cluster_cores),
    Metric("disputed", "m2", 1, clustering.disputed_ground),
    # Groups of people.
    Metric("permutation_test", "share", 1, group_comparison.permutation_test),
    Metric("pseudo_f", "index", 1, group_comparison.pseudo_f),
    Metric("holm", "share", 1, group_comparison.holm_correction),
    Metric("group_differences", "ratio", 2, group_comparison.compare_groups),
    Metric("within_place", "ratio", 1, within_place.within_place_shift),
    Metric("weights", "people", 1, weighting.rake),
    Metric("same_groups", "index", 1, adjusted_rand_index),
    # Numbers carried over.
    Metric("crosswalk_weights", "share", 1, crosswalk.crosswalk_weights),
    Metric("extensive", "people", 2, crosswalk.interpolate_counts),
    Metric("intensive", "share", 2, crosswalk.interpolate_rates),
    Metric("intensive_by_area", "share", 1, crosswalk.intensive_by_area),
    Metric("outside_sources", "share", 1, crosswalk.share_without_source),
    Metric("bounded_counts", "people", 1, figure_bounds.bound_counts),
    Metric("bounded_means", "share", 1, figure_bounds.bound_means),
    Metric("maup_range", "index", 1, crosswalk.maup_range),
    # Facilities.
    Metric("nearest", "m", 1, accessibility.nearest_m),
    Metric("walking_distance", "m", 1, nearest_by_street),
    Metric("nearness", "share", 1, accessibility.nearness),
    Metric("gap", "m2", 1, accessibility.uncovered_area),
    Metric("covered", "share", 1, accessibility.covered_share),
    Metric("bench_spacing", "m", 1, accessibility.bench_spacing),
    Metric("experienced_supply", "name", 1, accessibility.experienced_supply),
    # Living together.
    Metric("cohesion", "score", 1, survey_scores.cohesion_score),
    Metric("conditions", "score", 1, survey_scores.condition_scores),
    Metric("cohesion_by_area", "score", 2, survey_scores.mean_score_by_area),
    Metric("shrunk_scores", "score", 1, shrinkage.shrink_means),
    # What may be published.
    Metric("rounded_percent", "share", 1, rounded_percent),
    Metric("secondary", "people", 1, complementary_suppression),
    Metric("edition", "people", 2, decide_cells),
    Metric("snapped", "m", 1, snap_to_grid),
    Metric("may_stand_alone", "people", 1, can_show_individually),
)
"""What a page, a report, a file or a command tells; a test walks the imports to see that it does, and that nothing
else is told."""

FORMULAS = "+".join(f"{metric.key}{metric.version}" for metric in METRICS)
"""Every formula in force with its version."""

METHOD = hashlib.sha256(FORMULAS.encode()).hexdigest()[:10]
"""Short name of the formulas in force, for cache keys and exports; ``docs/methods.md`` opens with the one it
explains."""
