"""One table of the schema, and columns that many have."""

from dataclasses import dataclass

FID = ("fid", "{key}")
PROJECT = ("project", "TEXT NOT NULL REFERENCES project(id)")


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    columns
        Name to type; the engine fills in ``{key}``, ``{double}`` and the kinds of geometry.
    geometry
        "area" or "point" for a map layer, else empty; its column is called ``geom``.
    elsewhere
        Whether the layer is in the plane of its project, outside the Netherlands, not in RD New.
    secret
        Whether it holds hashes or counters, which are never exported.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    more: tuple[str, ...] = ()
    geometry: str = ""
    elsewhere: bool = False
    secret: bool = False
    description: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that are copied: all but the row number, which is private to a file."""
        return tuple(name for name, kind in self.columns if kind != "{key}")
