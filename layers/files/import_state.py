"""State of an import: accepted, repaired and rejected features."""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.errors import FileNothingTaken, FileOnlyOpenLines, FileOnlyPoints, FileWithoutShapes
from layers.files.detection.crs import CrsGuess
from layers.files.models import UploadedFile


@dataclass(frozen=True)
class FeatureIssue:
    """What was said of one feature: its number in the file from 1, its name there, and a reason as key."""

    number: int
    feature: str
    reason: str
    facts: dict[str, object] = field(default_factory=dict, compare=False)
    """Numbers and names for the sentence of the reason."""


@dataclass(frozen=True)
class ImportResult:
    """What came of a file; ``n_in == n_taken + n_refused``, and every refusal is named.

    ``frame`` is SKETCHES (shapes as drawn, crossings included), AREAS or FACILITIES, in metres. Its rows may
    be fewer than ``n_taken`` for areas only: parts with one code are one area. ``repairs`` names what was
    repaired, ``stripped`` the columns left out because they say who somebody is, ``not_kept`` all that was left
    out and why (a key), ``layers`` every layer of the file,
    ``warnings`` are keys.
    """

    frame: gpd.GeoDataFrame
    role: str
    format: str
    layer: str
    tool: str | None
    place: CrsGuess
    mapping: dict[str, str]
    n_in: int
    n_taken: int
    n_repaired: int
    n_refused: int
    repairs: tuple[FeatureIssue, ...]
    refusals: tuple[FeatureIssue, ...]
    stripped: tuple[str, ...]
    warnings: tuple[str, ...]
    not_kept: dict[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()


@dataclass
class ImportTable:
    """The features on their way: which are still in, what was repaired, what was refused."""

    shapes: NDArray[Any]
    rows: list[dict[str, Any]]
    labels: list[str]
    alive: NDArray[np.bool_]
    refusals: list[FeatureIssue] = field(default_factory=list)
    repairs: dict[int, str] = field(default_factory=dict)

    def refuse(self, index: int, reason: str, facts: dict[str, object] | None = None) -> None:
        """Reject a feature, with the reason and its facts; the first reason counts."""
        if self.alive[index]:
            self.alive[index] = False
            self.refusals.append(FeatureIssue(index + 1, self.labels[index], reason, facts or {}))

    def mend(self, index: int, reason: str) -> None:
        """Record that a feature was repaired; the first reason counts."""
        self.repairs.setdefault(index, reason)


def refuse_when_empty(table: ImportTable, source: UploadedFile) -> None:
    """Raise the error that explains why no feature could be accepted."""
    if table.alive.any():
        return
    if not table.refusals:
        raise FileWithoutShapes(name=source.name)
    first = table.refusals[0]
    reasons = {note.reason for note in table.refusals}
    kind = FileNothingTaken
    if reasons == {"point_not_area"}:
        kind = FileOnlyPoints
    elif reasons <= {"line_not_closed", "line_of_one_point"}:
        kind = FileOnlyOpenLines
    raise kind(name=source.name, n=len(table.refusals), feature=first.feature, reason=first.reason)
