"""Who is visiting: the language, and nothing else that could tell them apart."""

import streamlit as st

import words


def words_of_visitor() -> words.Words:
    """Give the words in the language of the address (``?taal=en``); Dutch otherwise."""
    return words.of(st.query_params.get("taal", "nl"))
