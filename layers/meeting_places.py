"""Meeting places: where people meet without an appointment, indoors and out."""

from collections import Counter

from layers.places import Finds, Gathered, coverage, finish, from_bgt, from_osm, merged, without_doubles

SAME_GROUND_M = 10.0
"""An allotment or dog field that both maps have lies at most this far apart."""


def gather(finds: Finds) -> Gathered:
    """Give community centres, libraries, cafes, places of worship, squares, allotments ..."""
    ours, doubles = without_doubles(from_osm(finds, "meeting_place"))
    table, both = merged(ours, from_bgt(finds, "meeting_place"), within_m=SAME_GROUND_M)
    notes = Counter(in_both=both, drawn_twice=doubles)
    return Gathered(finish(table), coverage(table, "meeting_place"), notes)
