"""Every error raised on purpose, in one tree.

An error carries facts; the sentence for the visitor lives in ``words/`` under the name of the class.

::

    BuurtError
    ├── SketchError      a drawing that cannot be a neighbourhood
    ├── FrameError       a table that breaks its promise
    ├── LayerError       what institutions publish, or a file somebody hands us
    ├── StoreError       what residents told cannot be kept or found
    ├── StudyError       a question that has no answer
    └── AccessDenied     the role does not allow this
"""

from typing import Any, ClassVar


class BuurtError(Exception):
    """Something we can explain; ``facts`` are what the explanation needs.

    Examples
    --------
    >>> class TooWet(BuurtError):
    ...     message = "depth is {depth_m:.1f} m; choose dry land"
    >>> str(TooWet(depth_m=1.25))
    'depth is 1.2 m; choose dry land'
    >>> TooWet(depth_m=1.25).facts
    {'depth_m': 1.25}
    """

    message: ClassVar[str] = "something went wrong; see the log"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error travel between processes with its facts."""
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[BuurtError], facts: dict[str, Any]) -> BuurtError:
    return kind(**facts)


# --- A drawing ------------------------------------------------------------------------------------


class SketchError(BuurtError):
    """A drawing that cannot be a neighbourhood."""


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


# --- Layers and files -----------------------------------------------------------------------------


class LayerError(BuurtError):
    """What institutions publish could not be had."""


# --- The store ------------------------------------------------------------------------------------


class StoreError(BuurtError):
    """What residents told cannot be kept or found."""


# --- A study --------------------------------------------------------------------------------------


class StudyError(BuurtError):
    """A question that has no answer as it was put."""


# --- Roles ----------------------------------------------------------------------------------------


class AccessDenied(BuurtError):
    """The role does not allow this action."""

    message = "role '{role}' may not '{action}'; sign in with another role"
