"""Meeting places: where people meet without an appointment, indoors and out."""

from collections import Counter

from layers.themes.merging import (
    SourceData,
    ThemeTable,
    coverage,
    drop_duplicates,
    from_bgt,
    from_osm,
    merge_sources,
    to_facilities,
)

SAME_GROUND_TOLERANCE_M = 10.0
"""An allotment or dog field that both maps have lies at most this far apart."""


def gather(finds: SourceData) -> ThemeTable:
    """Return community centres, libraries, cafes, places of worship, squares, allotments ..."""
    ours, doubles = drop_duplicates(from_osm(finds, "meeting_place"))
    table, both = merge_sources(ours, from_bgt(finds, "meeting_place"), within_m=SAME_GROUND_TOLERANCE_M)
    notes = Counter(in_both=both, drawn_twice=doubles)
    return ThemeTable(to_facilities(table), coverage(table, "meeting_place"), notes)
