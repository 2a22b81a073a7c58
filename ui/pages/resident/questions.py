"""The questions, a few at a time; every one may be passed over, and each answer is saved when it is given."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from i18n import Translator
from study.contributions.own_questions import OwnQuestion, choice_texts, find_own_question, question_text
from study.contributions.questionnaire import Question, Screen, choice_text
from study.contributions.submission import SignalKind, save_answers, save_signals
from ui import workers
from ui.components.markdown_escape import escape_markdown
from ui.pages.resident import answer_fields, children
from ui.pages.resident.visit_state import ResidentVisit, step_buttons, step_header

Answer = str | int | tuple[str, ...] | None
WRITTEN: tuple[SignalKind, ...] = ("initiative", "signal")
MAX_WRITTEN = 500
AGREE = {"know_little", "get_along", "help", "at_home", "control", "influence"}
OFTEN = {"bonding", "bridging"}
FACES = {"child_fun", "child_safe", "child_friends"}
"""Questions to children: the answers are faces."""


def _screen(visit: ResidentVisit) -> Screen:
    return visit.screens[int(visit.step.removeprefix("vragen-")) - 1]


def title(say: Translator, visit: ResidentVisit) -> str:
    """Return the title."""
    return say(f"questions.screen_{_screen(visit).key}")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Show the questions of this screen; every answer is saved when it is given."""
    screen = _screen(visit)
    step_header(say, visit, title(say, visit))
    if visit.children:
        children.show_pictures()
        children.read_aloud(say, title(say, visit), *(say(f"questions.{q.key}") for q in screen.questions))
    st.caption(say("questions.free"))
    if any(question.kind in WRITTEN for question in screen.questions):
        st.caption(say("questions.words_shown"))
    for question in screen.questions:
        made = find_own_question(visit.project, question.key)
        if made is not None:
            stored = visit.mine.details.contribution.answers.get(made.key) if visit.mine else None
            show_own(say, made, stored=stored, keep=_keeper(visit, question))
        elif question.kind in WRITTEN:
            _written(say, visit, question.kind)
        elif question.kind == "choices":
            _choices(say, visit, question)
        else:
            _asked(say, visit, question)
    answered = [(question, _answer(question)) for question in screen.questions]
    too_many = any(isinstance(answer, tuple) and len(answer) > asked.most for asked, answer in answered)
    step_buttons(say, visit, done=partial(_save, visit, screen.questions), off=too_many)


def _options(question: Question) -> list[str | int]:
    """Return what can be answered to a question, in order."""
    if question.kind in ("choice", "choices"):
        return list(question.choices)
    return list(range(question.low, question.high + 1))


def _answer(question: Question) -> Answer:
    """Return what the fields of a question hold now."""
    if question.kind == "choices":
        ticked = [key for key in question.choices if st.session_state.get(f"answer_{question.key}_{key}")]
        return tuple(ticked) or None
    position = st.session_state.get(f"answer_{_plain(question.key)}")
    return None if position is None else _options(question)[position]


def _plain(key: str) -> str:
    """Return the key of a question as its field has it: in a class of the page no point may stand."""
    return key.replace(".", "-")


def show_own(say: Translator, question: OwnQuestion, *, stored: object, keep: Callable[[], None]) -> None:
    """Show a question that a planner made, in the visitor's language.

    Parameters
    ----------
    stored
        What was answered before.
    keep
        Saves what the field then holds.
    """
    named = choice_texts(question, say.language)
    is_scale = question.kind == "scale"
    with st.container(key=f"{'scale' if is_scale else 'list'}_{_plain(question.key)}"):
        answer_fields.choose_one(
            escape_markdown(question_text(question, say.language)),
            range(len(named)),
            key=f"answer_{_plain(question.key)}",
            stored=list(named).index(str(stored)) if stored in named else None,
            keep=keep,
            format_func=lambda position: escape_markdown(list(named.values())[position]),
            horizontal=is_scale,
        )
        if is_scale:
            st.caption(say("questions.ends_own", low=1, high=len(named)))


def _save(visit: ResidentVisit, questions: Sequence[Question]) -> None:
    """Save what the fields of these questions hold; too many ticks wait until there are fewer."""
    assert visit.mine is not None  # the step is shown to who has a drawing
    answers: dict[str, Answer] = {}
    signals: dict[SignalKind, str] = {}
    for question in questions:
        if question.kind in WRITTEN:
            signals[question.kind] = st.session_state.get(f"text_{question.kind}") or ""
            continue
        answer = _answer(question)
        if not isinstance(answer, tuple) or len(answer) <= question.most:
            answers[question.key] = answer
    if answers:
        visit.mine = workers.run_in_worker(save_answers, visit.mine, answers=answers, device=visit.device)
    if signals:
        visit.mine = workers.run_in_worker(save_signals, visit.mine, signals, device=visit.device)


def _keeper(visit: ResidentVisit, question: Question) -> Callable[[], None]:
    return partial(visit.keep, partial(_save, visit, (question,)))


def _asked(say: Translator, visit: ResidentVisit, question: Question) -> None:
    assert visit.mine is not None
    stored = visit.mine.details.contribution.answers.get(question.key)
    given = _options(question)
    if question.kind == "choice":
        named = [say(f"questions.{choice_text(question.key, str(key))}") for key in given]
    else:
        named = _steps(say, question)
    has_faces = question.key in FACES
    in_a_row = question.kind == "scale" and question.key not in OFTEN
    with st.container(key=f"{'faces' if has_faces else 'scale' if in_a_row else 'list'}_{question.key}"):
        answer_fields.choose_one(
            say(f"questions.{question.key}"),
            range(len(given)),
            key=f"answer_{_plain(question.key)}",
            stored=next((n for n, one in enumerate(given) if one == stored), None),
            keep=_keeper(visit, question),
            format_func=lambda position: named[position],
            horizontal=in_a_row,
        )
        if in_a_row and not has_faces:
            st.caption(_ends(say, question))


def _steps(say: Translator, question: Question) -> list[str]:
    if question.key in FACES:
        return [say(f"questions.face_{n}") for n in range(question.low, question.high + 1)]
    if question.key in OFTEN:
        return [say(f"questions.often_{n}") for n in range(question.low, question.high + 1)]
    return [str(n) for n in range(question.low, question.high + 1)]


def _ends(say: Translator, question: Question) -> str:
    if question.key in AGREE:
        return say("questions.ends_agree", low=question.low, high=question.high)
    if question.key == "certainty":
        return say("questions.ends_certain", low=question.low, high=question.high)
    return say("questions.ends_mark", low=question.low, high=question.high)


def _choices(say: Translator, visit: ResidentVisit, question: Question) -> None:
    assert visit.mine is not None
    stored = visit.mine.details.contribution.answers.get(question.key)
    st.write(f"**{say(f'questions.{question.key}')}**")
    for key in question.choices:
        field = f"answer_{question.key}_{key}"
        st.checkbox(
            say(f"questions.{choice_text(question.key, key)}"),
            value=isinstance(stored, tuple) and key in stored,
            key=field,
            on_change=_keeper(visit, question),
        )
    chosen = _answer(question)
    if isinstance(chosen, tuple) and len(chosen) > question.most:
        st.warning(say("questions.too_many", most=question.most))


def _written(say: Translator, visit: ResidentVisit, kind: SignalKind) -> None:
    assert visit.mine is not None
    answer_fields.write_text(
        say(f"questions.{kind}"),
        key=f"text_{kind}",
        stored=next((signal.text for signal in visit.mine.details.signals if signal.kind == kind), ""),
        keep=partial(visit.keep, partial(_save_written, visit, kind)),
        max_chars=MAX_WRITTEN,
        height=110,
    )


def _save_written(visit: ResidentVisit, kind: SignalKind) -> None:
    assert visit.mine is not None
    text = st.session_state.get(f"text_{kind}") or ""
    visit.mine = workers.run_in_worker(save_signals, visit.mine, {kind: text}, device=visit.device)
