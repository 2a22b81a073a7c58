"""Who drew: several drawings of one person are one vote."""

import re
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

PERSON_NAME = re.compile(
    r"(respond\w*|person\w*|persoon\w*|deelnemer\w*|participant\w*|bewoner\w*|resident\w*|user\w*|device\w*)"
    r"|(.*[_ -])?(uu)?id",
    re.IGNORECASE,
)
"""Names of columns that may say who drew."""


@dataclass(frozen=True)
class RepeatedPersons:
    """A column that looks as if it says who drew, and repeats: nobody told us to count its values once.

    Attributes
    ----------
    column
        Its name.
    n_drawings, n_persons
        Drawings with a value, and different values within the groups.
    """

    column: str
    n_drawings: int
    n_persons: int


def unite_by_person(sketches: gpd.GeoDataFrame, person: str, by: str | None = None) -> gpd.GeoDataFrame:
    """Return one row a person, or a person and group: the ground that any of their drawings covers.

    Parameters
    ----------
    sketches
        SKETCHES, one row a drawing.
    person
        Column that says who drew; a drawing without a value is of a person of its own.
    by
        Column of the group within which drawings of a person are united; None for all.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame({"who": ["a", "a", "b"]}, geometry=[shapely.box(x, 0, x + 1, 1) for x in (0, 5, 9)])
    >>> unite_by_person(drawn, "who").area.tolist()
    [2.0, 1.0]
    """
    who = _persons(sketches, person)
    keys = who if by is None else sketches[by].astype(str) + "\x1f" + who
    first = ~keys.duplicated()
    united = sketches.geometry.groupby(keys.to_numpy(), sort=False).agg(
        lambda parts: shapely.union_all(parts.to_numpy())
    )
    found = sketches[first].copy()
    return found.set_geometry(gpd.GeoSeries(united.to_numpy(), index=found.index, crs=sketches.crs))


def count_persons(sketches: gpd.GeoDataFrame, person: str) -> int:
    """Return how many people drew; a drawing without a value is of a person of its own.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame({"who": ["a", "a", "b", None, None]}, geometry=[shapely.Point(0, 0)] * 5)
    >>> count_persons(drawn, "who")
    4
    """
    return int(_persons(sketches, person).nunique())


def _persons(sketches: gpd.GeoDataFrame, person: str) -> "pd.Series[str]":
    who = sketches[person].astype(object)
    named: pd.Series[str] = who.where(who.notna(), [("row", at) for at in range(len(sketches))]).map(str)
    return named


def repeated_persons(sketches: gpd.GeoDataFrame, by: str | None = None) -> RepeatedPersons | None:
    """Return the column that looks as if it says who drew and repeats within the groups; None without one.

    Examples
    --------
    >>> drawn = gpd.GeoDataFrame({"respondent_id": [1, 1, 2]}, geometry=[shapely.Point(0, 0)] * 3)
    >>> repeated_persons(drawn)
    RepeatedPersons(column='respondent_id', n_drawings=3, n_persons=2)
    """
    for column in sketches.columns:
        if column in (by, sketches.geometry.name) or not PERSON_NAME.fullmatch(str(column)):
            continue
        given = sketches[sketches[column].notna()]
        persons = len(given[[column] if by is None else [by, column]].astype(str).drop_duplicates())
        # An id of a street or a tool has few values for many rows; a person hardly draws twenty areas.
        if persons < len(given) <= 20 * persons:
            return RepeatedPersons(str(column), len(given), persons)
    return None
