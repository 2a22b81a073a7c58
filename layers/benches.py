"""Benches: where one may sit down, on two maps, each bench once."""

from collections import Counter

from layers.places import Finds, Gathered, coverage, finish, from_bgt, from_osm, merged

SAME_BENCH_M = 8.0
"""A bench in OpenStreetMap is a few metres off; in the BGT it is measured."""


def gather(finds: Finds) -> Gathered:
    """Give benches, picnic tables and, apart, seats at stops."""
    table, both = merged(from_osm(finds, "bench"), from_bgt(finds, "bench"), within_m=SAME_BENCH_M)
    return Gathered(finish(table), coverage(table, "bench"), Counter(in_both=both))
