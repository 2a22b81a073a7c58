"""Smallest numbers of people behind anything that is published."""

MIN_PEOPLE = 5
"""People behind every cell, face and border piece, as CBS asks for 100 m squares and postcode areas, and people by
which two sets of one table differ when they differ."""

MIN_SUBGROUP = 10
"""The same for maps of a subgroup, and for its figures: below this a permutation test has no power either."""

MIN_FIRST_EDITION, MAX_FIRST_EDITION = 10, 30
"""Bounds of the fewest people in a first edition, within which a project chooses."""

MIN_ADDRESSES = 20
"""A drawing round fewer addresses points at a few doors."""

SNAP_M = 10.0
