"""Who is visiting: the language and the project of the address, and nothing that could tell them apart."""

import streamlit as st

import words
from geo.errors import UnknownSession
from study import workshop
from study.access import Actor
from study.demo import PROJECT
from ui import signed_in


def words_of_visitor() -> words.Words:
    """Give the words in the language of the address (``?taal=en``), Dutch otherwise; as to a child in their mode."""
    return words.of(st.query_params.get("taal", "nl"), children=is_for_children())


def is_for_children() -> bool:
    """Tell whether the address asks for children's mode (``?kinderen=1``): no home, nothing to write."""
    return st.query_params.get("kinderen") == "1"


def project_of_visitor() -> str:
    """Give the project of the address (``?project=...``); the made-up town otherwise."""
    return st.query_params.get("project", PROJECT)


def actor_of_visitor() -> Actor | None:
    """Give the role that was signed in with; None for a resident."""
    return signed_in.actor()


def guest_of_visitor() -> workshop.Guest | None:
    """Give the evening of the address (``?code=ABC123``), and how they take part; None without one.

    ``groep`` names the table, ``oefenen=1`` tries out, ``hulp`` holds the initials of a facilitator who draws
    for somebody else, ``kiosk=1`` is a shared tablet.
    """
    asked = st.query_params
    if not asked.get("code"):
        return None
    try:
        evening = workshop.known(project_of_visitor(), asked["code"])
    except UnknownSession:
        return None
    group = asked.get("groep", "")
    return workshop.Guest(
        evening,
        group=group if group in evening.groups else "",
        practice=asked.get("oefenen") == "1",
        helped_by=asked.get("hulp", "")[:4],
        kiosk=asked.get("kiosk") == "1",
    )
