"""A project's own questions: made, worded, put in order and ended by a planner, beside how a phone shows them."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

import i18n
from geo.errors import BuurtError, InputRefused
from geo.privacy_limits import MIN_PEOPLE
from i18n import Translator
from study import context, permissions
from study.contributions import own_questions
from study.contributions.own_questions import MAX_CHOICES, MIN_CHOICES, OwnQuestion
from study.permissions import Actor, Project
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column, show_table
from ui.pages.resident.questions import show_own
from ui.session.request_context import current_actor, current_project, current_translator

PREVIEWED = ("nl", "en")
"""Languages in which a planner words a question."""

PHONE_PX = 390
SEPARATOR = "|"
"""Stands between the Dutch and the English wording of a choice."""

SENTENCE = "own_questions_sentence"
"""Key in the session's state of what was just done, for the run that shows it."""


def page() -> None:
    """Show the questions of a project, and a form for one more."""
    say = current_translator()
    st.title(say("own_questions.title"), anchor=False)
    try:
        project = context.get_project(current_project())
        permissions.require_permission("own_questions", "see", project, current_actor())
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    actor = current_actor()
    if project.is_demo or actor is None:
        st.info(say("own_questions.not_in_example"))
        return
    st.write(say("own_questions.about", name=escape_markdown(project.name)))
    if SENTENCE in st.session_state:
        st.success(st.session_state.pop(SENTENCE))
    left, right = st.columns([3, 2], gap="large")
    # First: what is chosen in it stays while a button on the left makes the page anew.
    with right:
        _preview(say, project)
    with left:
        for at, question in enumerate(project.own_questions):
            with st.container(border=True, key=f"own_question_{at}"):
                _question(say, project, question, at, actor)
        with st.expander(say("own_questions.new"), expanded=not project.own_questions):
            _new(say, project, actor)


def _do(say: Translator, work: Callable[[], object], sentence: str) -> None:
    """Do something and show the page anew with what was done; a refusal is a sentence."""
    try:
        work()
    except InputRefused as problem:
        reasons = say.section("own_questions")
        st.error(reasons.get(f"refused_{problem.facts['reason']}", say.explain(problem)))
    except BuurtError as problem:
        st.error(say.explain(problem))
    else:
        st.session_state[SENTENCE] = sentence
        st.rerun()


# --- One question ---------------------------------------------------------------------------------


def _question(say: Translator, project: Project, question: OwnQuestion, at: int, actor: Actor) -> None:
    """Show a question with what can be done with it, and what was answered so far."""
    ended = f" ({say('own_questions.ended')})" if question.is_ended else ""
    st.markdown(f"**{at + 1}. {escape_markdown(question.text_nl)}**{ended}")
    choices = ", ".join(own_questions.choice_texts(question, "nl").values())
    st.caption(say("own_questions.scale_kind") if question.kind == "scale" else escape_markdown(choices))
    row = st.container(horizontal=True)
    for way, by_places, off in (("up", -1, at == 0), ("down", 1, at == len(project.own_questions) - 1)):
        if row.button(say(f"own_questions.{way}"), key=f"own_{way}_{at}", disabled=off):
            _do(
                say,
                partial(own_questions.move_question, project.id, question.key, by_places, by=actor),
                say("own_questions.saved"),
            )
    label = say("own_questions.again" if question.is_ended else "own_questions.end")
    if row.button(label, key=f"own_end_{at}"):
        _do(
            say,
            lambda: own_questions.end_question(
                project.id, question.key, is_ended=not question.is_ended, by=actor
            ),
            say("own_questions.saved"),
        )
    if row.button(say("own_questions.remove"), key=f"own_remove_{at}"):
        _do(
            say,
            lambda: own_questions.remove_question(project.id, question.key, by=actor),
            say("own_questions.removed"),
        )
    with st.expander(say("own_questions.word")):
        _wording(say, project, question, at, actor)
    _answers(say, project, question, at)


def _wording(say: Translator, project: Project, question: OwnQuestion, at: int, actor: Actor) -> None:
    with st.form(f"own_word_{at}", border=False):
        nl = st.text_input(say("own_questions.text_nl"), question.text_nl, max_chars=160, key=f"own_nl_{at}")
        en = st.text_input(say("own_questions.text_en"), question.text_en, max_chars=160, key=f"own_en_{at}")
        worded = {}
        if question.kind == "choice":
            stated = "\n".join(f"{one} {SEPARATOR} {other}" for _, one, other in question.choices)
            lines = st.text_area(say("own_questions.choices_again"), stated, key=f"own_lines_{at}")
            worded = {key: pair for (key, _, _), pair in zip(question.choices, _pairs(lines), strict=False)}
        if st.form_submit_button(say("own_questions.save_words"), key=f"own_save_{at}"):
            _do(
                say,
                lambda: own_questions.word_question(project.id, question.key, nl, en, worded, by=actor),
                say("own_questions.saved"),
            )


def _answers(say: Translator, project: Project, question: OwnQuestion, at: int) -> None:
    """Show how many gave each answer, from five on; what leaves the house is in the edition."""
    counted = own_questions.count_answers(context.current_study(project.id), question, say.language)
    if counted["n"].isna().all():
        st.caption(say("own_questions.too_few"))
        return
    shown = pd.DataFrame(
        {
            "text": counted["text"],
            "n": [
                say("planner.fewer_than", n=MIN_PEOPLE) if pd.isna(n) else say.number(int(n))
                for n in counted["n"]
            ],
        }
    )
    columns = [Column("text", say("own_questions.col_answer")), Column("n", say("own_questions.col_n"))]
    show_table(say, shown, columns, key=f"own_answers_{at}")
    st.caption(say("planner.live"))


# --- A new one ------------------------------------------------------------------------------------


def _new(say: Translator, project: Project, actor: Actor) -> None:
    with st.form("own_new", border=False):
        nl = st.text_input(say("own_questions.text_nl"), max_chars=160, key="own_new_nl")
        en = st.text_input(say("own_questions.text_en"), max_chars=160, key="own_new_en")
        lines = st.text_area(say("own_questions.choices"), key="own_new_lines", height=140)
        st.caption(say("own_questions.choices_help", least=MIN_CHOICES, most=MAX_CHOICES))
        pressed = st.form_submit_button(say("own_questions.add"), type="primary")
    st.caption(say("own_questions.personal"))
    if pressed:
        _do(
            say,
            lambda: own_questions.add_question(project.id, nl, en, _pairs(lines), by=actor),
            say("own_questions.added"),
        )


def _pairs(lines: str) -> list[tuple[str, str]]:
    """Return the wordings in a text of a choice a line: Dutch, and English after a stroke.

    Examples
    --------
    >>> _pairs("Ja | Yes\\n\\nNee")
    [('Ja', 'Yes'), ('Nee', '')]
    """
    parts = [line.partition(SEPARATOR) for line in lines.splitlines() if line.strip()]
    return [(one.strip(), other.strip()) for one, _, other in parts]


# --- As on a phone --------------------------------------------------------------------------------


def _preview(say: Translator, project: Project) -> None:
    """Show the questions that are asked as a phone shows them; nothing of it is saved."""
    st.subheader(say("own_questions.preview"), anchor=False)
    language = st.radio(
        say("own_questions.preview_in"),
        PREVIEWED,
        format_func=lambda one: i18n.LANGUAGES[one].name,
        horizontal=True,
        key="own_language",
    )
    asked = [one for one in project.own_questions if not one.is_ended]
    if not asked:
        st.caption(say("own_questions.none_asked"))
        return
    shown_in = i18n.get_translator(language or "nl")
    with st.container(border=True, width=PHONE_PX, key="own_preview"):
        for number, screen in enumerate(own_questions.own_screens(project), start=1):
            if number > 1:
                st.divider()
            st.markdown(f"#### {shown_in('questions.screen_own')}")
            st.caption(shown_in("questions.free"))
            for question in screen.questions:
                made = own_questions.find_own_question(project, question.key)
                if made is not None:
                    show_own(shown_in, made, stored=None, keep=lambda: None)
