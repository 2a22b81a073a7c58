"""Which study: a project as its contents are now, and the tables every answer starts from."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cache, partial

import geopandas as gpd
from pyproj import CRS

import layers
import settings
import store
from geo.errors import ExampleClosed, StoreNotHere, UnknownProject
from geo.schemas import SKETCHES
from store import Filters, Project, Store
from study.answer_cache import ANSWERS, answer_key, cached_answer

DEMO_PROJECT = "demo"
"""Id of the project of the demo municipality."""


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
    data_version
        Token of the official data and of the layers people uploaded; changes when any of them does.
    neighbours
        Token of the other municipalities on disk. No part of the key: a fetch elsewhere leaves most answers as they
        are, and those that look beyond the border have it as an argument.
    """

    project: str
    revision: str
    filters: Filters = field(default_factory=Filters)
    data_version: str = ""
    neighbours: str = field(default="", compare=False)

    @property
    def official(self) -> "Study":
        """The same without its contributions: the key of an answer of official data, which a new drawing keeps."""
        return Study(self.project, "", data_version=self.data_version, neighbours=self.neighbours)


_handed_projects: dict[str, Project] = {}
"""Projects that this process was handed, with their drawings, as it cannot open the store."""


@cache
def get_store() -> Store:
    """Return the store of this process (the setting `BUURT_STORE`), opened at first use.

    Raises
    ------
    StoreNotHere
        This process works on another machine than the store.
    """
    if _handed_projects:
        raise StoreNotHere
    return store.open_store()


def is_example_open() -> bool:
    """Return whether the made-up town is there: as the operator chose, else until there is an account."""
    chosen = settings.current().example
    return chosen == "on" or (not chosen and not get_store().accounts.list_all())


def list_projects() -> list[Project]:
    """Return every project that is open, the made-up town first."""
    found = get_store().projects.list_all()
    if any(one.is_demo for one in found) and not is_example_open():
        found = [one for one in found if not one.is_demo]
    return sorted(found, key=lambda p: (not p.is_demo, p.name, p.id))


def default_project(*, for_staff: bool = False) -> str:
    """Return the id of the project of an address that names none: the made-up town, or the only project there is.

    Where that town is switched off and there are several, staff begin with the first, and a resident needs the link.

    Parameters
    ----------
    for_staff
        Whether somebody asks who is signed in.
    """
    known = [one.id for one in list_projects()]
    is_clear = len(known) == 1 or (for_staff and len(known) > 1)
    return known[0] if is_clear and DEMO_PROJECT not in known else DEMO_PROJECT


def get_project(key: str) -> Project:
    """Return one project.

    Raises
    ------
    UnknownProject
    ExampleClosed
        It is the made-up town, and that is switched off.
    """
    if key in _handed_projects:
        return _handed_projects[key]
    try:
        found = get_store().projects.get(key)
    except UnknownProject:
        if key != DEMO_PROJECT or is_example_open():
            raise
        raise ExampleClosed(project=key) from None
    if found.is_demo and not is_example_open():
        raise ExampleClosed(project=key)
    return found


def project_crs(project: str) -> CRS:
    """Return the metre plane of a project's geometries."""
    return CRS.from_user_input(get_project(project).crs)


def current_study(key: str = DEMO_PROJECT, filters: Filters | None = None) -> Study:
    """Return the study of a project as its contents are at this moment.

    Raises
    ------
    UnknownProject
    """
    project = get_project(key)
    town = project.municipality
    return Study(
        project.id,
        get_store().projects.revision_token(key),
        filters or Filters(),
        data_version=layers.data_version(town),
        neighbours=layers.neighbours_version(town),
    )


@cached_answer
def read_sketches(study: Study) -> gpd.GeoDataFrame:
    """Return the drawings of a study: SKETCHES, one row a resident, with what they answered; read only."""
    return SKETCHES.validate(get_store().contributions.read_sketches(study.project, filters=study.filters))


def hand_over(study: Study, sketches: gpd.GeoDataFrame, project: Project) -> None:
    """Hand this process what it needs of a store that it cannot open.

    Raises
    ------
    StoreNotHere
        The official data of this machine are not those of the study.
    """
    _handed_projects[project.id] = project
    town = project.municipality
    if (layers.data_version(town), layers.neighbours_version(town)) != (study.data_version, study.neighbours):
        raise StoreNotHere
    ANSWERS.put(answer_key(read_sketches, (study,), {}), sketches)


_erased: dict[str, int] = {}
"""Project and how many of its contributions were erased when it was last looked at."""


def forget_withdrawn() -> list[str]:
    """Forget what was computed of contributions that were erased since the last call; return their projects."""
    every = get_store().projects.list_all()
    now = {project.id: get_store().projects.count_erased(project.id) for project in every}
    changed = [key for key, n in _erased.items() if now.get(key) != n]
    for project in changed:
        revision = get_store().projects.revision_token(project) if project in now else ""
        ANSWERS.forget(partial(_is_older, project=project, revision=revision))
    _erased.clear()
    _erased.update(now)
    return changed


def _is_older(key: Hashable, *, project: str, revision: str) -> bool:
    """Return whether an answer is of a project, and of another moment than this revision."""
    if isinstance(key, Study):
        return key.project == project and key.revision != revision
    # A key is a tuple of any depth: not every answer is kept under the arguments of a function.
    return isinstance(key, tuple) and any(_is_older(part, project=project, revision=revision) for part in key)


def areas(study: Study, division: str, year: int | None = None) -> gpd.GeoDataFrame:
    """Return the official areas of the municipality: AREAS of one division, the newest year unless said."""
    return layers.read_areas(get_project(study.project).municipality, division, year)


def facilities(study: Study, theme: str) -> gpd.GeoDataFrame:
    """Return the facilities of one theme in the study's municipality."""
    return layers.read_facilities(get_project(study.project).municipality, theme)
