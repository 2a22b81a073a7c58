"""Records: results of maintenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TransferReport:
    """Numbers of contributions that a copy, merge or restore handled.

    `conflicts` are the ids, of contributions and of rounds, that differ in contents on both sides in the same version,
    or that one side would change or erase though it is not theirs: nothing is overwritten. `refused` are those with a
    field that is not valid.
    """

    taken: int
    known: int = 0
    updated: int = 0
    withdrawn: int = 0
    refused: int = 0
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class RetentionReport:
    """What retention deleted."""

    projects: tuple[str, ...]
    contributions: int
    places: int
    signals: int


@dataclass(frozen=True)
class ErasureLog:
    """What was erased of one project: days and counts, and nothing about anybody.

    Attributes
    ----------
    past_date
        Day and number of contributions, each time that the project was erased past its date; of the last two years.
    reasons
        Number of contributions and cards by why they were erased, of all years.
    """

    past_date: tuple[tuple[date, int], ...]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class VerificationReport:
    """Counts by `MaintenanceTasks.verify`, which reads every row."""

    contributions: int
    sketches: int
    places: int
    signals: int
    altered: tuple[str, ...]
    """Ids of contributions whose contents do not match the digest of when they were stored."""
