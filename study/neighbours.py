"""What neighbours share, for one resident to see: from the last edition, never from single drawings."""

import json
from dataclasses import dataclass

import geopandas as gpd
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo import agreement
from geo import crs as planes
from study import projects

PART = "cores.geojson"
PERCENT = 50
LEAST_IOU = 0.1
"""Less alike than this is another neighbourhood."""


@dataclass(frozen=True)
class Shared:
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


def shared(project: str, drawn: Polygon | MultiPolygon) -> Shared | None:
    """Give the published core that is most like a drawing; None before there is one like it."""
    last = projects.opened().latest(project)
    if last is None or PART not in last.parts:
        return None
    features = json.loads(last.parts[PART]).get("features", [])
    if not features:
        return None
    cores = gpd.GeoDataFrame.from_features(features, crs=planes.WGS84)
    if "percent" in cores:
        cores = cores[cores["percent"] == PERCENT]
    shapes = planes.to_planar(cores.geometry.to_numpy())
    kept = shapes[shapely.area(shapes) > 0]
    if not len(kept):
        return None
    alike = agreement.iou(kept, [drawn] * len(kept))
    best = int(alike.argmax())
    if alike[best] < LEAST_IOU:
        return None
    return Shared(last.number, PERCENT, kept[best], float(alike[best]))
