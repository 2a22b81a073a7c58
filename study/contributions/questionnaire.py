"""The short questionnaire: which questions there are, in which order, and which a project asks.

The set is data, `questions.toml`; what a question says stands in the words.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["name", "scale", "choice", "choices", "signal", "initiative"]

MAX_ON_A_SCREEN = 5
FREE_TEXT: tuple[Kind, ...] = ("name", "signal", "initiative")
"""Kinds that are written by hand; none of the children's own questions is."""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    low, high
        Ends of a scale; both 0 for other kinds.
    choices, most
        What can be chosen, and how many of it.
    children
        Whether it is of the children's own set, asked in children's mode and nowhere else.
    """

    key: str
    kind: Kind
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    most: int = 1
    children: bool = False

    def accepts(self, answer: object) -> bool:
        """Return whether this can be an answer; a question that was skipped has none.

        Examples
        --------
        >>> certainty = Question("certainty", "scale", 1, 5)
        >>> certainty.accepts(5), certainty.accepts(6), certainty.accepts("5")
        (True, False, False)
        """
        if self.kind == "scale":
            return (
                isinstance(answer, int) and not isinstance(answer, bool) and self.low <= answer <= self.high
            )
        if self.kind == "choice":
            return answer in self.choices
        if self.kind == "choices":
            return (
                isinstance(answer, tuple)
                and 0 < len(answer) <= self.most
                and len(set(answer)) == len(answer)
                and set(answer) <= set(self.choices)
            )
        return isinstance(answer, str) and bool(answer.strip())


@dataclass(frozen=True)
class Screen:
    """What is asked at once."""

    key: str
    questions: tuple[Question, ...]


@cache
def _read() -> tuple[str, tuple[Screen, ...]]:
    stated = tomllib.loads(Path(__file__).with_name("questionnaire.toml").read_text(encoding="utf-8"))
    screens = tuple(
        Screen(screen["key"], tuple(_question(facts) for facts in screen["questions"]))
        for screen in stated["screen"]
    )
    return str(stated["version"]), screens


def _question(facts: dict[str, Any]) -> Question:
    return Question(**{**facts, "choices": tuple(facts.get("choices", ()))})


def question_set_version() -> str:
    """Return the version of the set; a contribution carries it.

    Examples
    --------
    >>> question_set_version()
    '2'
    """
    return _read()[0]


def question_keys() -> tuple[str, ...]:
    """Return the key of every question that a project can ask of adults, in the order they are asked.

    Examples
    --------
    >>> question_keys()[:4]
    ('name', 'reasons', 'certainty', 'know_little')
    """
    return tuple(
        question.key for screen in _read()[1] for question in screen.questions if not question.children
    )


def get_question(key: str) -> Question:
    """Return one question.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    return {found.key: found for screen in _read()[1] for found in screen.questions}[key]


def list_screens(asked: Collection[str], *, children: bool = False) -> tuple[Screen, ...]:
    """Return the screens with the questions a project asks; a screen without any is left out.

    Parameters
    ----------
    asked
        Keys of the questions; those we do not know are passed over, as an older set may name them.
    children
        Children's mode: the children's own questions, the same in every project that asks any at all.

    Examples
    --------
    >>> [screen.key for screen in list_screens({"age", "clean", "safe"})]
    ['marks', 'you']
    >>> [screen.key for screen in list_screens({"age"}, children=True)]
    ['child']
    """
    found = []
    for screen in _read()[1]:
        kept = tuple(
            q for q in screen.questions if q.children == children and (q.key in asked or (children and asked))
        )
        if kept:
            found.append(Screen(screen.key, kept))
    return tuple(found)


def is_of_child(answered: Collection[str]) -> bool | None:
    """Return whether a child gave these answers; None where none of them says so.

    Parameters
    ----------
    answered
        Keys of the questions that were answered; those we do not know are passed over.

    Examples
    --------
    >>> is_of_child({"child_fun"}), is_of_child({"age"}), is_of_child(set())
    (True, False, None)
    """
    known = {
        question.children
        for screen in _read()[1]
        for question in screen.questions
        if question.key in answered
    }
    return None if not known else True in known


def choice_text(key: str, choice: str) -> str:
    """Return the key of the text of a choice, among those of the questions.

    Examples
    --------
    >>> choice_text("years", "<2"), choice_text("age", "80+"), choice_text("age", "16-24")
    ('years_under_2', 'age_80_plus', 'age_16_24')
    """
    plain = choice.replace("<", "under_").replace(">", "over_").replace("+", "_plus").replace("-", "_")
    return f"{key}_{plain}"
