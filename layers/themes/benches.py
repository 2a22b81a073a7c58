"""Benches: where one may sit down, on two maps, each bench once."""

from collections import Counter

from layers.themes.merging import (
    SourceData,
    ThemeTable,
    coverage,
    from_bgt,
    from_osm,
    merge_sources,
    to_facilities,
)

SAME_BENCH_TOLERANCE_M = 8.0
"""A bench in OpenStreetMap is a few metres off; in the BGT it is measured."""


def gather(finds: SourceData) -> ThemeTable:
    """Return benches, picnic tables and, apart, seats at stops."""
    table, both = merge_sources(
        from_osm(finds, "bench"), from_bgt(finds, "bench"), within_m=SAME_BENCH_TOLERANCE_M
    )
    return ThemeTable(to_facilities(table), coverage(table, "bench"), Counter(in_both=both))
