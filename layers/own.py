"""Layers people brought themselves: their own division or list of facilities, each with its origin."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from geo.crs import WGS84
from geo.errors import LayerNotFetched
from layers.cache import replacing
from layers.settings import data_folder

PREFIX = "own_"
"""Begins the key of every own layer, so that it is never taken for an official one."""


@dataclass(frozen=True)
class Own:
    """One layer somebody brought.

    Attributes
    ----------
    role
        ``"areas"`` or ``"facilities"``.
    name
        Of the file it came from.
    bounds_wgs84
        West, south, east, north, degrees: where it can be set beside drawings.
    date
        The day it was taken in, ISO 8601.
    """

    key: str
    role: str
    name: str
    rows: int
    bounds_wgs84: tuple[float, float, float, float]
    date: str


def keep(table: gpd.GeoDataFrame, *, role: str, name: str, date: str) -> Own:
    """Keep a checked table (AREAS or FACILITIES, metres) under the name of its file, over an older one."""
    key = PREFIX + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    west, south, east, north = (float(edge) for edge in table.to_crs(WGS84).total_bounds)
    own = Own(key, role, name, len(table), (west, south, east, north), date)
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        pyogrio.write_dataframe(table.reset_index(), draft, layer=role, driver="GPKG")
    with replacing(path.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(asdict(own), ensure_ascii=False) + "\n", encoding="utf-8")
    return own


def layers(role: str) -> list[Own]:
    """Give the own layers of a role, by name."""
    found = []
    for path in sorted(_path("").parent.glob(f"{PREFIX}*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        found.append(Own(**{**row, "bounds_wgs84": tuple(row["bounds_wgs84"])}))
    return [own for own in found if own.role == role]


def near(role: str, bounds_wgs84: tuple[float, float, float, float]) -> list[Own]:
    """Give the own layers of a role that lie where these bounds lie."""
    place = shapely.box(*bounds_wgs84)
    return [own for own in layers(role) if shapely.intersects(place, shapely.box(*own.bounds_wgs84))]


def read(key: str) -> gpd.GeoDataFrame:
    """Read an own layer back; its index is ``code`` or ``facility_id``.

    Raises
    ------
    LayerNotFetched
    """
    path = _path(key)
    if not path.exists():
        raise LayerNotFetched(key=key, code="own")
    own = Own(**json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    table = pyogrio.read_dataframe(path, layer=own.role)
    table = table.set_index("code" if own.role == "areas" else "facility_id")
    table.attrs = {"division": key, "year": None, "source": own.name, "date": own.date, "made_up": False}
    return table


def _path(key: str) -> Path:
    return data_folder() / "own" / f"{key}.gpkg"
