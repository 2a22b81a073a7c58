"""What neighbours share, for one resident to see: from the last edition, never from single drawings."""

from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.measures import similarity
from study.publishing.publication import find_publication

PERCENT = 50
MIN_IOU = 0.1
"""Less alike than this is another neighbourhood."""


@dataclass(frozen=True)
class SharedArea:
    """A published area that residents share, beside one drawing.

    Attributes
    ----------
    edition
        Its number.
    percent
        At least this part of the residents counts the ground as theirs.
    area
        In RD.
    overlap
        IoU with the drawing, from 0 to 1.
    """

    edition: int
    percent: int
    area: Polygon | MultiPolygon
    overlap: float


def find_shared_area(project: str, drawn: Polygon | MultiPolygon) -> SharedArea | None:
    """Return the published core that is most like a drawing; None before there is one like it."""
    made = find_publication(project)
    cores = None if made is None else made.tables.get("cores")
    if made is None or cores is None:
        return None
    shapes = cores[cores.index.get_level_values("percent") == PERCENT].geometry.to_numpy()
    kept = shapes[shapely.area(shapes) > 0]
    if not len(kept):
        return None
    alike = similarity.iou(kept, [drawn] * len(kept))
    best = int(alike.argmax())
    if alike[best] < MIN_IOU:
        return None
    return SharedArea(made.number, PERCENT, kept[best], float(alike[best]))
