"""OpenStreetMap from an extract on disk (``.osm.pbf``), read by GDAL: the same objects as Overpass gives."""

import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.crs import RD, to_planar, to_wgs84
from geo.errors import SourceFileRefused
from layers.catalogue import BACKDROPS, SHELTERED, THEMES, Rule
from layers.services.overpass import OsmObjects, way_geometry

Box = tuple[float, float, float, float]

SETTINGS = "closed_ways_are_polygons=\nreport_all_nodes=no\nreport_all_ways=no\ntags_format=json\n" + "".join(
    f"[{layer}]\nosm_id=yes\nattributes=\nother_tags=no\nall_tags=yes\n"
    for layer in ("points", "lines", "multipolygons", "multilinestrings", "other_relations")
)
"""How GDAL must read it: every tag, and closed ways as lines, which our own rule makes areas."""

SELECTIONS = {
    "points": "SELECT * FROM points",
    "lines": "SELECT * FROM lines",
    "multipolygons": "SELECT * FROM multipolygons",
}
UNREADABLE = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)
"""What comes of a file that breaks off half-way."""

KINDS = {"points": "node", "lines": "way", "multipolygons": "relation"}
DIGITS = 7
"""OpenStreetMap keeps degrees to seven decimals; what is read back must be that number and not its neighbour."""


@dataclass(frozen=True)
class OsmExtract:
    """One extract, and the day it is of."""

    path: Path
    date: str

    @classmethod
    def open(cls, path: Path, date: str = "") -> "OsmExtract":
        """Return an extract; its day is told, or stands in its name as Geofabrik writes it.

        Raises
        ------
        SourceFileRefused
            It is no extract of OpenStreetMap, or nothing says which day it is of.

        Examples
        --------
        >>> dated("zuid-holland-260901.osm.pbf")
        '2026-09-01'
        """
        day = date or dated(path.name)
        try:
            layers = {str(name) for name, _ in pyogrio.list_layers(path)}
        except UNREADABLE:
            layers = set()
        if not set(KINDS) <= layers:
            raise SourceFileRefused(file=path.name, reason="osm")
        if not day:
            raise SourceFileRefused(file=path.name, reason="osm_date")
        return cls(path, day)

    def objects(self, box: Box) -> OsmObjects:
        """Return every object with a tag of ours that touches a box in RD metres.

        Raises
        ------
        SourceFileRefused
            The file breaks off or is damaged.
        """
        bounds = tuple(shapely.bounds(to_wgs84(shapely.box(*box))).tolist())
        with tempfile.TemporaryDirectory() as folder:
            settings = Path(folder) / "osm.ini"
            settings.write_text(SETTINGS, encoding="utf-8")
            try:
                parts = [self._layer(layer, bounds, settings) for layer in KINDS]
            except UNREADABLE as problem:
                raise SourceFileRefused(file=self.path.name, reason="unreadable") from problem
        found = pd.concat(parts)
        shapes = found.geometry.to_numpy()
        table = gpd.GeoDataFrame({"tags": list(found["tags"])}, geometry=to_planar(shapes), crs=RD)
        table.index = pd.Index(found.index, name="ident")
        return OsmObjects(table, self.date, 0)

    def _layer(self, layer: str, bounds: tuple[float, ...], settings: Path) -> gpd.GeoDataFrame:
        # With SQL GDAL keeps only what this layer needs, not the whole province.
        read = pyogrio.read_dataframe(
            self.path, sql=SELECTIONS[layer], bbox=bounds, CONFIG_FILE=str(settings)
        )
        tags = [_tags(text) for text in read["all_tags"]]
        ours = np.array([not KEYS.isdisjoint(each) for each in tags], dtype=bool)
        read, tags = read[ours], [each for each, wanted in zip(tags, ours, strict=True) if wanted]
        shapes = shapely.transform(read.geometry.to_numpy(), lambda spots: np.round(spots, DIGITS))
        if layer == "lines":
            shapes = np.array([way_geometry(*pair) for pair in zip(shapes, tags, strict=True)], dtype=object)
        elif layer == "multipolygons":
            shapes = np.array([_single(shape) for shape in shapes], dtype=object)
        index = [f"{KINDS[layer]}/{number}" for number in read["osm_id"]]
        return gpd.GeoDataFrame(
            {"tags": pd.Series(tags, index=index, dtype=object)}, geometry=shapes, index=index
        )


def _keys() -> frozenset[str]:
    rules = [rule for theme in THEMES.values() for kind in theme.kinds for rule in kind.rules]
    rules += [rule for part in BACKDROPS.values() for rule in part.rules]
    return frozenset(rule.conditions[0][0] for rule in [*rules, SHELTERED])


KEYS = _keys()
"""Tags that make an object one of ours; a house has none of them."""


def select(found: OsmObjects, rules: Iterable[Rule]) -> OsmObjects:
    """Return the objects that fall under one of the rules."""
    chosen = list(rules)
    fits = np.array([any(rule.matches(tags) for rule in chosen) for tags in found.table["tags"]], dtype=bool)
    return OsmObjects(found.table[fits], found.date, found.incomplete)


def dated(name: str) -> str:
    """Return the day in the name of an extract; empty when there is none.

    Examples
    --------
    >>> dated("utrecht-latest.osm.pbf")
    ''
    """
    day = re.search(r"(?<!\d)(\d{2})(\d{2})(\d{2})(?!\d)", name)
    return f"20{day[1]}-{day[2]}-{day[3]}" if day else ""


def _tags(text: Any) -> dict[str, str]:
    read = json.loads(text) if isinstance(text, str) else text
    return {str(key): str(value) for key, value in (read or {}).items()}


def _single(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the only part of a shape that has one: GDAL makes every area one of several parts."""
    parts = shapely.get_parts(shape)
    only: shapely.Geometry = parts[0] if len(parts) == 1 else shape
    return only
