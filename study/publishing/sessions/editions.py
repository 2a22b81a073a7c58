"""What a workshop session may show while it grows, and afterwards: editions, of at least five people more at a time.

Every picture, sentence and file of a workshop session is made of its latest edition and of nothing else, so that the
beamer, the story, the thanks page and the file that is taken home say the same, also when the network is away
or the server begins anew.
"""

from contextlib import suppress

from geo.errors import EditionTooSoon
from geo.metric_registry import METHOD
from store import Actor, Edition, Filters
from study import context
from study.answer_cache import ANSWERS
from study.context import Study
from study.publishing.sessions.building import SessionDraft, build_edition
from study.publishing.sessions.parts import EditionView
from study.publishing.sessions.reading import read_edition


def session_study(session: str) -> Study:
    """Return the study of a workshop session: its drawings that count, one a person, as they are now."""
    asked = Filters(sessions=(session,), one_per_person=True)
    return context.current_study(_project(session), asked)


def draft_of_session(session: str) -> SessionDraft:
    """Return the next edition as it would be now, or how many people it takes until there is a first."""
    asked = session_study(session)
    return _draft(asked, session, context.get_store().editions.latest(asked.project, session=session))


def publish_if_due(session: str, *, by: Actor) -> bool:
    """Publish the next edition of a workshop session when it says something new; return whether one was made.

    Raises
    ------
    AccessDenied
    """
    asked = session_study(session)
    latest = context.get_store().editions.latest(asked.project, session=session)
    draft = _draft(asked, session, latest)
    if draft.parts == dict(latest.parts if latest else {}):
        return False
    with suppress(EditionTooSoon):  # another screen was first
        context.get_store().editions.publish(
            asked.project,
            list(context.read_sketches(asked).index),
            draft.parts,
            draft.cells,
            method=METHOD,
            session=session,
            by=by,
        )
        return True
    return False


def latest_edition(session: str) -> EditionView | None:
    """Return the latest edition of a workshop session; None before the first."""
    project = _project(session)
    latest = context.get_store().editions.latest(project, session=session)
    return None if latest is None else read_edition(latest, project)


def edition_numbered(session: str, number: int) -> EditionView | None:
    """Return one edition of a workshop session by its number; None where there is none, or it was taken down."""
    project = _project(session)
    found = context.get_store().editions.list_all(project, session=session)
    # Of an edition that was taken down an older answer may still be in memory, so its parts come first.
    return next((read_edition(one, project) for one in found if one.number == number and one.parts), None)


def _project(session: str) -> str:
    return context.get_store().sessions.get(session).project


def _draft(asked: Study, session: str, latest: Edition | None) -> SessionDraft:
    key = ("draft of an edition", asked, session, latest.id if latest else "")
    return ANSWERS.get(key, lambda: _make_draft(asked, session, latest))


def _make_draft(asked: Study, session: str, latest: Edition | None) -> SessionDraft:
    n, about = len(context.read_sketches(asked)), context.get_project(asked.project)
    if n == 0 or (latest is None and n < about.min_first_edition):
        return SessionDraft({}, (), about.min_first_edition - n)
    return build_edition(asked, session, read_edition(latest, asked.project) if latest else None)
