"""The tables that travel between the rooms, each with a promise it keeps."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import FrameColumnsMissing, FrameGeometryUnsound, FrameIndexRepeats, FrameNotPlanar


@dataclass(frozen=True)
class Frame:
    """A kind of table: the name of its index, its columns, and that it is in metres."""

    name: str
    index: str
    columns: tuple[str, ...]
    areal: bool

    def check(self, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Give the table back when index, columns and plane are as promised (microseconds).

        Raises
        ------
        FrameColumnsMissing, FrameNotPlanar
        """
        missing = [c for c in self.columns if c not in table.columns]
        if table.index.name != self.index:
            missing.insert(0, f"index '{self.index}'")
        if missing:
            raise FrameColumnsMissing(frame=self.name, missing=", ".join(missing))
        if table.crs is None or not table.crs.is_projected:
            raise FrameNotPlanar(frame=self.name, crs="none" if table.crs is None else table.crs.name)
        return table

    def admit(self, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Check thoroughly, where a table enters: unique keys and sound geometries too.

        Raises
        ------
        FrameColumnsMissing, FrameNotPlanar, FrameIndexRepeats, FrameGeometryUnsound
        """
        self.check(table)
        repeats = table.index[table.index.duplicated()]
        if len(repeats):
            raise FrameIndexRepeats(frame=self.name, key=str(repeats[0]))
        shapes = table.geometry.to_numpy()
        for unsound, reason in (
            (shapely.is_missing(shapes) | shapely.is_empty(shapes), "no geometry"),
            (~shapely.is_valid(shapes), "geometry is not valid"),
            ((shapely.get_dimensions(shapes) != 2) & self.areal, "geometry is not an area"),
        ):
            if np.any(unsound):
                key = str(table.index[np.argmax(unsound)])
                raise FrameGeometryUnsound(frame=self.name, key=key, reason=reason)
        return table


SKETCHES = Frame("sketches", index="sketch_id", columns=("geometry",), areal=True)
"""One row a resident: the cleaned drawing, and what they answered."""

AREAS = Frame("areas", index="code", columns=("name", "geometry"), areal=True)
"""One row an official area of one division and one year."""

FACILITIES = Frame(
    "facilities",
    index="facility_id",
    columns=("theme", "kind", "name", "source", "date", "geometry"),
    areal=False,
)
"""One row a place where people meet, sit, play or are helped."""
