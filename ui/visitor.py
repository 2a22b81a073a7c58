"""Who is visiting: the language and the project of the address, and nothing that could tell them apart."""

import streamlit as st

import words
from study.demo import PROJECT


def words_of_visitor() -> words.Words:
    """Give the words in the language of the address (``?taal=en``); Dutch otherwise."""
    return words.of(st.query_params.get("taal", "nl"))


def project_of_visitor() -> str:
    """Give the project of the address (``?project=...``); the made-up town otherwise."""
    return st.query_params.get("project", PROJECT)
