"""Every key this package says something with; the sentences stand in ``words/`` under ``[files]``."""

KEYS: dict[str, tuple[str, ...]] = {
    "reason": (
        "no_geometry",
        "coordinates_broken",
        "geometry_unknown",
        "line_of_one_point",
        "line_not_closed",
        "point_not_area",
        "nothing_left",
        "not_on_earth",
        "kind_unknown",
        "practice",
        "same_drawing",
    ),
    "repair": ("ring_closed", "line_closed", "parts_dropped", "collection_taken_apart", "made_valid"),
    "proof": (
        "asked",
        "stated",
        "format",
        "range_rd",
        "range_degrees",
        "range_mercator",
        "looks_like_rd",
        "none",
    ),
    "warning": (
        "several_layers",
        "place_unknown",
        "place_range_rd",
        "place_range_degrees",
        "place_range_mercator",
        "place_looks_like_rd",
        "axes_swapped",
        "axes_turned",
        "outside_netherlands",
        "without_shape",
        "crossings",
        "parts_merged",
        "practice_unknown",
    ),
}
"""Why a feature is refused, what was mended, how we know where it lies, what to look at."""
