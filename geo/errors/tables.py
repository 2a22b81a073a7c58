"""Errors of tables that break their schema."""

from geo.errors.base import BuurtError

# --- A table --------------------------------------------------------------------------------------


class FrameError(BuurtError):
    """A table that breaks the promise of its kind."""


class FrameColumnsMissing(FrameError):
    """The table lacks columns or has another index than promised."""

    message = "table '{frame}' lacks {missing}; add these columns"


class FrameNotPlanar(FrameError):
    """The table is in degrees, or has no coordinate reference system."""

    message = "table '{frame}' has CRS {crs}, not metres; convert with geo.crs.to_planar"


class FrameIndexRepeats(FrameError):
    """Two rows have the same key."""

    message = "table '{frame}' has key '{key}' more than once; make keys unique"


class FrameGeometryUnsound(FrameError):
    """A geometry is absent, empty or invalid."""

    message = "table '{frame}' row '{key}': {reason}; repair the geometry first"
