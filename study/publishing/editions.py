"""Editions of a project: look at what the next one would change, and publish it."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from geo.consensus.clustering import normalised_name
from geo.errors import EditionTooSoon, SelectionTooClose, TooFewSketches
from geo.metric_registry import METHOD
from geo.release.words import is_marked
from store import SELECTION, Actor, Edition, Filters
from study import jobs
from study.analysis import comparison
from study.answer_cache import cached_answer
from study.context import Study, current_study, get_project, get_store, list_projects, read_sketches
from study.publishing.cell_decisions import names_to_release
from study.publishing.edition_building import Draft, EditionBuilder
from study.publishing.publication import Publication, find_publication
from study.review_queue import held_drawings

NIGHT = Actor("administrator", account="night", origin="server")
"""Who publishes at night."""


@dataclass(frozen=True)
class EditionPreview:
    """What the next edition would say: cells that are new, stay as they were, or go.

    Attributes
    ----------
    is_new
        Whether there is anything in it that the last edition does not say.
    is_first
        Whether there is no last edition.
    held
        Drawings that count for nobody until somebody looks at them.
    """

    new: int
    kept: int
    hidden: int
    is_new: bool
    is_first: bool
    held: int

    @property
    def sentence(self) -> str:
        """The key of the sentence that says it."""
        return "publish.same" if not self.is_new else "publish.first" if self.is_first else "publish.preview"


@dataclass(frozen=True)
class NameToRelease:
    """A name that enough people give their neighbourhood, for somebody to look at.

    Attributes
    ----------
    n
        People who give it.
    is_marked
        It holds a digit, an @ or a second capital word: it may be an address or somebody's name.
    """

    name: str
    n: int
    is_released: bool
    is_marked: bool


def publishing_study(project: str) -> Study:
    """Return the study that editions are made of: one drawing a person."""
    return current_study(project, Filters(one_per_person=True))


def preview(project: str) -> EditionPreview:
    """Return what the next edition of a project would change, without making it.

    Raises
    ------
    UnknownProject, TooFewSketches
    """
    draft = _draft(project)
    before = get_store().editions.latest(project)
    is_new = dict(draft.parts) != dict(before.parts if before else {})
    held = len(held_drawings(project).waiting)
    counts = draft.count("new"), draft.count("kept"), draft.count("hidden")
    return EditionPreview(*counts, is_new, before is None, held)


def publish(project: str, *, by: Actor) -> Edition | None:
    """Publish the next edition of a project; None when it would say what the last one says.

    Raises
    ------
    AccessDenied, UnknownProject
    TooFewSketches
        Fewer people drew than a first edition rests on.
    """
    draft = _draft(project)
    before = get_store().editions.latest(project)
    if dict(draft.parts) == dict(before.parts if before else {}):
        return None
    with suppress(EditionTooSoon):  # another was first, and what is new may no longer be stated
        return get_store().editions.publish(
            project, draft.members, draft.parts, draft.cells, method=METHOD, by=by
        )
    return None


def publish_selection(project: str, filters: Filters, *, by: Actor) -> Publication:
    """Publish a selection of the drawings as a release of its own, or return it where it is the same.

    Parameters
    ----------
    filters
        Which drawings; a person is in it once.

    Returns
    -------
    Publication
        As `find_selection` gives it from now on.

    Raises
    ------
    AccessDenied, UnknownProject
    TooFewSketches
        Fewer people than a subgroup needs.
    SelectionTooClose
        It lies a few people from what was published before, as a whole: the difference would be theirs.
    """
    study = current_study(project, replace(filters, one_per_person=True))
    asked, scope, n = get_project(project), selection_scope(filters), len(read_sketches(study))
    least = max(asked.min_subgroup_size, asked.min_group_size)
    if n < least:
        raise TooFewSketches(n=n, least=least)
    day, before = datetime.now(UTC).date(), find_publication(project, scope=scope)
    draft = EditionBuilder(study, get_store().editions.read_ledger(project), before, day, scope=scope).build()
    latest = get_store().editions.latest(project, session=scope)
    if dict(draft.parts) != dict(latest.parts if latest else {}):
        try:
            get_store().editions.publish(
                project, draft.members, draft.parts, draft.cells, method=METHOD, session=scope, by=by
            )
        except EditionTooSoon as another:  # something else was published meanwhile
            raise SelectionTooClose(wait_for=asked.min_edition_changes) from another
    made = find_selection(project, filters)
    if made is None:
        raise TooFewSketches(n=n, least=least)
    return made


def find_selection(project: str, filters: Filters) -> Publication | None:
    """Return the edition of a selection; None where there is none, or somebody in it withdrew since."""
    return find_publication(project, scope=selection_scope(filters))


def selection_scope(filters: Filters) -> str:
    """Return the scope of a selection's edition: the same filters have the same one."""
    text = repr(replace(filters, one_per_person=True))
    if not filters.answers:  # scopes of before there were answers to choose by
        text = text.replace(", answers=()", "")
    return f"{SELECTION}{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def publish_nightly() -> int:
    """Publish every project that wants so and may; return how many editions were made."""
    made = 0
    for project in list_projects():
        if project.publish_nightly:
            with suppress(TooFewSketches):
                made += publish(project.id, by=NIGHT) is not None
    return made


def names_of_project(project: str) -> list[NameToRelease]:
    """Return the names that enough people give their neighbourhood, released or not."""
    return _names(publishing_study(project))


@cached_answer
def _names(study: Study) -> list[NameToRelease]:
    # A release of a name is another revision of the project, so it is another study.
    drawn, cluster = read_sketches(study), comparison.cluster_of_sketch(study)
    released = get_store().editions.released_names(study.project)
    found: dict[str, NameToRelease] = {}
    for _, part in cluster.groupby(cluster):
        for name, n in names_to_release(drawn["name"].reindex(part.index), len(part)):
            key = normalised_name(name)
            if key not in found or found[key].n < n:
                found[key] = NameToRelease(name, n, key in released, is_marked(name))
    return sorted(found.values(), key=lambda one: (-one.n, one.name))


def release_name(project: str, name: str, *, released: bool, by: Actor) -> None:
    """Release a name for editions, or hold it back; it belongs to this spelling, capitals and spaces aside.

    Raises
    ------
    AccessDenied
    """
    get_store().editions.release_name(project, normalised_name(name), released=released, by=by)


def _draft(project: str) -> Draft:
    asked, study, before = get_project(project), publishing_study(project), find_publication(project)
    n = len(read_sketches(study))
    if before is None and n < asked.min_first_edition:
        raise TooFewSketches(n=n, least=asked.min_first_edition)
    if n == 0:
        return Draft({}, (), (), {})
    day = datetime.now(UTC).date()
    return jobs.run(n, ("draft of an edition", study, day), build_draft, study, day)


def build_draft(study: Study, day: date) -> Draft:
    """Return the next edition of a project as it would be on a day; a job of its own where it is large."""
    ledger = get_store().editions.read_ledger(study.project)
    return EditionBuilder(study, ledger, find_publication(study.project), day).build()
