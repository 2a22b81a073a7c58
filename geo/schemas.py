"""The tables that travel between the rooms, each with a promise it keeps."""

from dataclasses import dataclass
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import FrameColumnsMissing, FrameGeometryUnsound, FrameIndexRepeats, FrameNotPlanar


@dataclass(frozen=True)
class Schema:
    """A kind of table: the name of its index, its columns, and that it is in metres."""

    name: str
    index: str
    columns: tuple[str, ...]
    areal: bool

    def validate(self, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the table unchanged when index, columns and plane are correct.

        Parameters
        ----------
        table
            Table to check; this takes microseconds.

        Returns
        -------
        GeoDataFrame
            The same table.

        Raises
        ------
        FrameColumnsMissing
            When the index has another name or a column is missing.
        FrameNotPlanar
            When there is no CRS or it is not projected.
        """
        missing = [c for c in self.columns if c not in table.columns]
        if table.index.name != self.index:
            missing.insert(0, f"index '{self.index}'")
        if missing:
            raise FrameColumnsMissing(frame=self.name, missing=", ".join(missing))
        if table.crs is None or not table.crs.is_projected:
            raise FrameNotPlanar(frame=self.name, crs="none" if table.crs is None else table.crs.name)
        return table

    def validate_strict(self, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Validate keys and geometries too, where a table enters.

        Parameters
        ----------
        table
            Table to check.

        Returns
        -------
        GeoDataFrame
            The same table.

        Raises
        ------
        FrameColumnsMissing
            When the index has another name or a column is missing.
        FrameNotPlanar
            When there is no CRS or it is not projected.
        FrameIndexRepeats
            When a key occurs more than once.
        FrameGeometryUnsound
            When a geometry is missing, empty or invalid, or should be an area and is not.
        """
        self.validate(table)
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


Theme = Literal["meeting_place", "bench", "play_area", "social_infrastructure"]
THEMES: tuple[Theme, ...] = get_args(Theme)
"""What a facility is for; the catalogue says which things belong to a theme, the style how it looks."""

SKETCHES = Schema("sketches", index="sketch_id", columns=("geometry",), areal=True)
"""One row a resident: the cleaned drawing, and what they answered."""

AREAS = Schema("areas", index="code", columns=("name", "geometry"), areal=True)
"""One row an official area of one division and one year."""

FACILITIES = Schema(
    "facilities",
    index="facility_id",
    columns=("theme", "kind", "name", "source", "date", "geometry"),
    areal=False,
)
"""One row a place where people meet, sit, play or are helped."""
