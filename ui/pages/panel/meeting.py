"""A meeting of the panel: prepare it, look back, decide about the cards, and get the minutes."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from i18n.document import Document
from maps.documents.minutes_pdf import render_minutes
from maps.documents.report_docx import DOCX_TYPE, render_docx
from study import jobs
from study.board import meetings, minutes
from study.board.cards import CARD_OWNERS
from study.board.meetings import AgendaCard, Meeting
from study.permissions import Project
from ui import workers
from ui.pages.board import card_text
from ui.pages.board.day_text import format_day, parse_day
from ui.pages.panel import agenda, scope
from ui.pages.panel.scope import PROBLEM
from ui.routes import Page
from ui.session.request_context import acting_actor, current_translator

NEW = ""
"""What stands in the list for a meeting that is not made yet."""

KINDS = {"pdf": "application/pdf", "docx": DOCX_TYPE}
"""Forms of the minutes: to read aloud or print, and to go on with in a document of one's own."""

SAVED = "meeting_saved"
"""Key in the session's state of the meeting that was just saved, for the run that shows it."""


def page() -> None:
    """Choose a meeting, and prepare or hold it."""
    say = current_translator()
    card_text.sheet()
    entered = scope.enter(say, Page.MEETING, "meeting.title")
    if entered is None:
        return
    project, _ = entered
    made = _chosen(say, project)
    if made is None:
        _form(say, project, None)
        return
    items = workers.run_in_worker(meetings.read_agenda, made)
    with st.expander(say("meeting.change"), key="meeting_change"):
        _form(say, project, made)
        if not any(one.item.outcome for one in items):
            st.button(say("meeting.delete"), key="meeting_delete", on_click=_delete, args=(say, made))
    _since(say, made)
    agenda.show(say, made, items)
    agenda.decide(say, made, items)
    _minutes(say, project, made, items)


def _chosen(say: Translator, project: Project) -> Meeting | None:
    """Show the choice of a meeting, the last one first, and return it; None for a new one."""
    known = {one.id: one for one in workers.run_in_worker(meetings.list_meetings, project.id)}
    if SAVED in st.session_state:
        st.session_state["meeting"] = st.session_state.pop(SAVED)
    if st.session_state.get("meeting", NEW) not in {NEW, *known}:  # of another project, or deleted
        del st.session_state["meeting"]
    chosen = st.selectbox(
        say("meeting.which"),
        [*known, NEW],
        format_func=lambda key: (
            say("meeting.named", day=known[key].day, place=known[key].place) if key else say("meeting.new")
        ),
        key="meeting",
    )
    return known.get(str(chosen))


def _form(say: Translator, project: Project, made: Meeting | None) -> None:
    """Show day, place and who is there; a meeting that changed meanwhile has another form."""
    old = made or Meeting(project.id, datetime.now(UTC).date(), "")
    turn = f"{old.id}_{hash(old)}"
    with st.form(f"meeting_form_{turn}"):
        st.text_input(say("meeting.day"), value=format_day(old.day), max_chars=10, key=f"day_{turn}")
        st.text_input(say("meeting.place"), value=old.place, max_chars=80, key=f"place_{turn}")
        if made is not None:
            st.multiselect(
                say("meeting.organisations"),
                CARD_OWNERS,
                default=old.organisations,
                format_func=lambda one: say(f"board.owner_{one}"),
                placeholder=say("manage.none"),
                key=f"organisations_{turn}",
            )
            st.number_input(
                say("meeting.n_present"), min_value=0, max_value=500, value=old.n_present, key=f"n_{turn}"
            )
            st.caption(say("meeting.no_names"))
        st.form_submit_button(
            say("meeting.save"),
            type="primary",
            key=f"save_{turn}",
            on_click=_save,
            args=(say, old, made, turn),
        )


def _save(say: Translator, old: Meeting, was: Meeting | None, turn: str) -> None:
    given = st.session_state
    try:
        day = parse_day(given[f"day_{turn}"])
    except ValueError:
        given[PROBLEM] = say("board.day_wrong")
        return
    if day is None or not given[f"place_{turn}"].strip():
        given[PROBLEM] = say("meeting.no_place")
        return
    asked = Meeting(
        old.project,
        day,
        given[f"place_{turn}"],
        organisations=tuple(given.get(f"organisations_{turn}", ())),
        n_present=int(given.get(f"n_{turn}", 0)),
    )
    try:
        given[SAVED] = workers.run_in_worker(meetings.save_meeting, asked, was=was, by=acting_actor()).id
    except BuurtError as problem:
        given[PROBLEM] = say.explain(problem)


def _delete(say: Translator, made: Meeting) -> None:
    try:
        workers.run_in_worker(meetings.delete_meeting, made, by=acting_actor())
    except BuurtError as problem:
        st.session_state[PROBLEM] = say.explain(problem)


def _since(say: Translator, made: Meeting) -> None:
    """Show what came of the meeting before: that is where an evening begins."""
    st.subheader(say("meeting.since_title"), anchor=False)
    last, found = workers.run_in_worker(meetings.since_last, made)
    if last is None:
        st.write(say("meeting.first"))
        return
    if not found:
        st.write(say("meeting.since_nothing", day=last.day))
        return
    st.write(say("meeting.since_day", day=last.day))
    today = datetime.now(UTC).date()
    rows = "".join(f"<li>{card_text.last_time(say, one, today=today)}</li>" for one in found)
    st.html(f'<ol class="board-list">{rows}</ol>')


def _minutes(say: Translator, project: Project, made: Meeting, items: list[AgendaCard]) -> None:
    st.subheader(say("minutes.title"), anchor=False)
    st.write(say("minutes.how"))
    with st.container(horizontal=True):
        for kind, mime in KINDS.items():
            st.download_button(
                say(f"minutes.fetch_{kind}"),
                partial(minutes_file, say, project, made, kind),
                file_name=f"verslag-{made.day:%Y-%m-%d}.{kind}",
                mime=mime,
                key=f"minutes_fetch_{kind}",
                disabled=not items,
                on_click="ignore",
            )


def minutes_file(say: Translator, project: Project, made: Meeting, kind: str) -> bytes:
    """Set the minutes of a meeting as they are now; ``kind`` is a key of `KINDS`."""
    now = datetime.now(UTC)
    document = minutes.build_minutes(
        project,
        made,
        say,
        agenda=meetings.read_agenda(made),
        before=meetings.since_last(made),
        today=now.date(),
    )
    render = render_minutes if kind == "pdf" else _to_word
    return jobs.run(jobs.DOCUMENT, ("minutes", kind, document), render, document, now)


def _to_word(document: Document, now: datetime) -> bytes:
    return render_docx(document, {}, now)
