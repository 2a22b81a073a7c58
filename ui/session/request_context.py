"""Who is visiting: the language and the project of the address, and nothing that could tell them apart."""

from urllib.parse import urlsplit

import streamlit as st

import i18n
import settings
from geo.errors import UnknownSession
from i18n.negotiation import DEFAULT, preferred_language
from study import context
from study.permissions import Actor
from study.workshop import sessions
from ui.routes import Query
from ui.session import login_sessions


def current_translator() -> i18n.Translator:
    """Return the words in the language of the address (``?taal=en``), else in Dutch; as to a child in their mode.

    Staff have no link to another language: a browser in English does not turn their pages to it.
    """
    return _translator(DEFAULT)


def resident_translator() -> i18n.Translator:
    """Return the words of a resident's own page: in the language of the address, else the one their browser asks."""
    return _translator(preferred_language(st.context.headers.get("Accept-Language", "")))


def _translator(otherwise: str) -> i18n.Translator:
    asked = st.query_params.get(Query.LANGUAGE, "")
    return i18n.get_translator(asked if asked in i18n.LANGUAGES else otherwise, children=is_for_children())


def is_for_children() -> bool:
    """Return whether the address asks for children's mode (``?kinderen=1``): no home, nothing to write."""
    return st.query_params.get(Query.CHILDREN) == "1"


def current_project() -> str:
    """Return the project of the address (``?project=...``), or the one to show without it; a panel has one only."""
    if asked := st.query_params.get(Query.PROJECT, ""):
        return asked  # most pages: nobody's sign-in need be looked up for it
    actor = current_actor()
    return (actor.project if actor else "") or context.default_project(for_staff=actor is not None)


def current_ticket() -> str:
    """Return the ticket of the address (``?kaart=ABCDE-23456``); empty without one."""
    return st.query_params.get(Query.TICKET, "")


def current_actor() -> Actor | None:
    """Return the role that was signed in with; None for a resident."""
    return login_sessions.logged_in_actor()


def acting_actor() -> Actor:
    """Return who acts at this moment, a resident without a role: a form may be older than the account lasts."""
    return current_actor() or Actor("resident")


def current_participant() -> sessions.Participant | None:
    """Return the session of the address (``?code=ABC123``), and how they take part; None without one.

    ``groep`` names the table, ``oefenen=1`` tries out, ``hulp`` holds the initials of a facilitator who draws
    for somebody else, ``beurt`` tells one of those from the next, ``kiosk=1`` is a shared tablet.
    """
    asked = st.query_params
    if not asked.get(Query.CODE):
        return None
    try:
        workshop_session = sessions.find_session(current_project(), asked[Query.CODE])
    except UnknownSession:
        return None
    group = asked.get(Query.GROUP, "")
    return sessions.Participant(
        workshop_session,
        group=group if group in workshop_session.groups else "",
        practice=asked.get(Query.PRACTICE) == "1",
        helped_by=asked.get(Query.HELPER, "")[:4],
        kiosk=asked.get(Query.KIOSK) == "1",
        turn=asked.get(Query.TURN, "")[:16],
    )


def site_address() -> str:
    """Return where phones find this app: ``BUURT_ADDRESS``, or where this page was asked."""
    chosen = settings.current().address.rstrip("/")
    if chosen:
        return chosen
    here = urlsplit(st.context.url or "http://localhost:8501/")
    return f"{here.scheme}://{here.netloc}{here.path.rsplit('/', 1)[0]}"


def only_here() -> bool:
    """Return whether the address works on this machine only, so that no phone can join."""
    return urlsplit(site_address()).hostname in {"localhost", "127.0.0.1", "::1"}
