"""The questions, a few at a time; every one may be passed over."""

import streamlit as st

from study import contributing
from study.contributing import SignalKind
from study.questions import Question, Screen
from ui import worker
from ui.pages.resident.visit import Visit, heading, onward
from words import Words

Answer = str | int | tuple[str, ...] | None
WRITTEN: tuple[SignalKind, ...] = ("initiative", "signal")
MOST_WRITTEN = 500
AGREE = {"know_little", "get_along", "help", "at_home", "control", "influence"}
OFTEN = {"bonding", "bridging"}


def _screen(visit: Visit) -> Screen:
    return visit.screens[int(visit.step.removeprefix("vragen-")) - 1]


def title(say: Words, visit: Visit) -> str:
    """Give the title."""
    return say(f"questions.screen_{_screen(visit).key}")


def show(say: Words, visit: Visit) -> None:
    """Ask what this screen asks, and keep it on the way on."""
    screen = _screen(visit)
    heading(say, visit, title(say, visit))
    st.caption(say("questions.free"))
    answers: dict[str, Answer] = {}
    signals: dict[SignalKind, str] = {}
    for question in screen.questions:
        if question.kind in WRITTEN:
            signals[question.kind] = _written(say, visit, question.kind)
        else:
            answers[question.key] = _asked(say, visit, question)
    too_many = any(isinstance(a, tuple) and len(a) > q.most for q, a in _paired(screen, answers))

    def done() -> None:
        assert visit.mine is not None  # the step is shown to who has a drawing
        if answers:
            visit.mine = worker.run(contributing.answer, visit.mine, answers=answers, device=visit.device)
        if signals:
            visit.mine = worker.run(contributing.tell_signals, visit.mine, signals, device=visit.device)

    onward(say, visit, done=done, off=too_many)


def _paired(screen: Screen, answers: dict[str, Answer]) -> list[tuple[Question, Answer]]:
    return [(question, answers.get(question.key)) for question in screen.questions]


def _asked(say: Words, visit: Visit, question: Question) -> Answer:
    assert visit.mine is not None
    told = visit.mine.told.contribution.answers.get(question.key)
    if question.kind == "choices":
        return _choices(say, question, told if isinstance(told, tuple) else ())
    if question.kind == "choice":
        given: list[str | int] = list(question.choices)
        named = [say(f"questions.{question.key}_{_safe(key)}") for key in question.choices]
    else:
        given = list(range(question.low, question.high + 1))
        named = _steps(say, question)
    in_a_row = question.kind == "scale" and question.key not in OFTEN
    with st.container(key=f"{'scale' if in_a_row else 'list'}_{question.key}"):
        chosen = st.radio(
            say(f"questions.{question.key}"),
            range(len(given)),
            index=next((n for n, one in enumerate(given) if one == told), None),
            format_func=lambda position: named[position],
            horizontal=in_a_row,
            key=f"answer_{question.key}",
        )
        if in_a_row:
            st.caption(_ends(say, question))
    return None if chosen is None else given[chosen]


def _steps(say: Words, question: Question) -> list[str]:
    if question.key in OFTEN:
        return [say(f"questions.often_{n}") for n in range(question.low, question.high + 1)]
    return [str(n) for n in range(question.low, question.high + 1)]


def _ends(say: Words, question: Question) -> str:
    if question.key in AGREE:
        return say("questions.ends_agree", low=question.low, high=question.high)
    if question.key == "certainty":
        return say("questions.ends_certain", low=question.low, high=question.high)
    return say("questions.ends_mark", low=question.low, high=question.high)


def _choices(say: Words, question: Question, told: tuple[str, ...]) -> Answer:
    st.write(f"**{say(f'questions.{question.key}')}**")
    chosen = tuple(
        key
        for key in question.choices
        if st.checkbox(
            say(f"questions.{question.key}_{_safe(key)}"),
            value=key in told,
            key=f"answer_{question.key}_{key}",
        )
    )
    if len(chosen) > question.most:
        st.warning(say("questions.too_many", most=question.most))
    return chosen or None


def _safe(choice: str) -> str:
    """Give the name of a choice as a word's key has it: without signs.

    Examples
    --------
    >>> _safe("<2"), _safe("80+"), _safe("16-24")
    ('under_2', '80_plus', '16_24')
    """
    return choice.replace("<", "under_").replace(">", "over_").replace("+", "_plus").replace("-", "_")


def _written(say: Words, visit: Visit, kind: SignalKind) -> str:
    assert visit.mine is not None
    told = next((signal.words for signal in visit.mine.told.signals if signal.kind == kind), "")
    return st.text_area(
        say(f"questions.{kind}"), value=told, max_chars=MOST_WRITTEN, height=110, key=f"signal_{kind}"
    )
