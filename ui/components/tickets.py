"""Tickets to hand out: how many, and the cards and list to print, this once."""

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from maps.documents.ticket_cards import render_cards, render_list
from study import jobs
from study.contributions.tickets import (
    MAX_TICKETS,
    count_without_ticket,
    create_tickets,
    is_ticket_needed,
)
from study.permissions import Actor, Project
from study.workshop.sessions import WorkshopSession
from ui import workers
from ui.routes import ticket_path
from ui.session.request_context import only_here


def offer(
    say: Translator, project: Project, base: str, *, by: Actor, at: WorkshopSession | None = None
) -> None:
    """Offer to make tickets for a project or, with `at`, for one workshop session.

    Parameters
    ----------
    base
        Where phones find this application.
    """
    session = "" if at is None else at.id
    made = f"tickets-{project.id}-{session}"
    st.subheader(say("ticket.title"), anchor=False)
    st.write(say("ticket.about"))
    if at is None and only_here():  # the page of a session says so itself
        st.warning(say("workshop.only_here"))
    n = st.number_input(say("ticket.how_many"), 1, MAX_TICKETS, 30, key="ticket_n")
    sure = _is_sure(say, project, session)
    if st.button(say("ticket.make"), disabled=not sure, key="ticket_make"):
        try:
            codes = workers.run_in_worker(create_tickets, project.id, int(n), session=session, by=by)
        except BuurtError as problem:
            st.error(say.explain(problem))
        else:
            st.session_state[made] = [(code, _address(base, project, at, code)) for code in codes]
            st.rerun()  # from now on they are needed, and nobody has to be sure again
    found = st.session_state.get(made)
    if found:
        offer_codes(say, project.name, say("ticket.sentence"), found)


def _is_sure(say: Translator, project: Project, session: str) -> bool:
    """Return whether somebody knows what the first tickets do: what was drawn without one counts no more."""
    if workers.run_in_worker(is_ticket_needed, project.id, session=session):
        st.write(say("ticket.needed"))
        return True
    st.warning(
        say("ticket.stops", n=workers.run_in_worker(count_without_ticket, project.id, session=session))
    )
    return st.checkbox(say("ticket.sure"), key="ticket_sure")


def offer_codes(say: Translator, title: str, sentence: str, found: list[tuple[str, str]]) -> None:
    """Offer tickets that were made; the cards are drawn when they are asked for, and elsewhere: thousands take minutes.

    Parameters
    ----------
    title, sentence
        What they are for, and what to do with one.
    found
        Code and address of each.
    """
    st.success(say("ticket.once", n=len(found)))
    texts = {"language": say.language, "title": title, "sentence": sentence}
    headings = {"code": say("ticket.code"), "address": say("ticket.address")}
    with st.container(horizontal=True):
        st.download_button(
            say("ticket.cards"),
            lambda: jobs.run(
                jobs.DOCUMENT, ("ticket cards", found[0], say.language), render_cards, found, **texts
            ),
            file_name="kaarten.html", mime="text/html", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("ticket.list"), lambda: render_list(found, **headings),
            file_name="kaarten.csv", mime="text/csv", on_click="ignore",
        )  # fmt: skip


def _address(base: str, project: Project, at: WorkshopSession | None, code: str) -> str:
    return f"{base}/{ticket_path(project.id, code, join='' if at is None else at.code)}"
