"""Which study: a project as its contents are now, and the tables every answer starts from."""

from dataclasses import dataclass, field
from functools import cache, lru_cache

import geopandas as gpd

import layers
import store
from geo.frames import SKETCHES
from store import Filters, Project, Store
from study import demo


@dataclass(frozen=True)
class Study:
    """What is looked at: one project, as its contents are now, seen through these filters.

    A study is plain and hashable, so that it can be the key of every answer: the same key is the same
    contents, and a new drawing makes a new key.

    Attributes
    ----------
    project
        Id of the project.
    revision
        The store's token for the contents; changes exactly when they change.
    filters
        Which drawings are looked at.
    """

    project: str
    revision: str
    filters: Filters = field(default_factory=Filters)


@cache
def opened() -> Store:
    """Open the store of this process once (the setting `BUURT_STORE`), the made-up town in it."""
    door = store.open()
    demo.settle(door)
    return door


def projects() -> list[Project]:
    """Give every project, the made-up town first."""
    return sorted(opened().projects(), key=lambda p: (not p.is_made_up, p.name, p.id))


def project(key: str) -> Project:
    """Give one project.

    Raises
    ------
    UnknownProject
    """
    return opened().project(key)


def now(key: str = demo.PROJECT, filters: Filters | None = None) -> Study:
    """Give the study of a project as its contents are at this moment.

    Raises
    ------
    UnknownProject
    """
    return Study(project(key).id, opened().revision(key), filters or Filters())


@lru_cache(maxsize=16)
def drawn(study: Study) -> gpd.GeoDataFrame:
    """Give the drawings of a study: SKETCHES, one row a resident, with what they answered; read only."""
    return SKETCHES.check(opened().sketches(study.project, filters=study.filters))


def areas(study: Study, division: str, year: int | None = None) -> gpd.GeoDataFrame:
    """Give the official areas of the municipality: AREAS of one division, the newest year unless said."""
    return layers.areas(project(study.project).municipality, division, year)


def facilities(study: Study, theme: str) -> gpd.GeoDataFrame:
    """Give the facilities of one theme in the study's municipality."""
    return layers.facilities(project(study.project).municipality, theme)
