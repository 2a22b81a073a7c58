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

MOST_ON_A_SCREEN = 5
FREE_TEXT: tuple[Kind, ...] = ("name", "signal", "initiative")
"""Kinds that are written by hand; in children's mode none of them is asked."""


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
        Whether it is asked in children's mode.
    """

    key: str
    kind: Kind
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    most: int = 1
    children: bool = True

    def takes(self, answer: object) -> bool:
        """Tell whether this can be an answer; a question that was skipped has none.

        Examples
        --------
        >>> certainty = Question("certainty", "scale", 1, 5)
        >>> certainty.takes(5), certainty.takes(6), certainty.takes("5")
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
    told = tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
    screens = tuple(
        Screen(screen["key"], tuple(_question(facts) for facts in screen["questions"]))
        for screen in told["screen"]
    )
    return str(told["version"]), screens


def _question(facts: dict[str, Any]) -> Question:
    return Question(**{**facts, "choices": tuple(facts.get("choices", ()))})


def version() -> str:
    """Give the version of the set; a contribution carries it.

    Examples
    --------
    >>> version()
    '1'
    """
    return _read()[0]


def keys() -> tuple[str, ...]:
    """Give every question's key, in the order they are asked.

    Examples
    --------
    >>> keys()[:4]
    ('name', 'reasons', 'certainty', 'know_little')
    """
    return tuple(question.key for screen in _read()[1] for question in screen.questions)


def question(key: str) -> Question:
    """Give one question.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    return {found.key: found for screen in _read()[1] for found in screen.questions}[key]


def screens(asked: Collection[str], *, children: bool = False) -> tuple[Screen, ...]:
    """Give the screens with the questions a project asks; a screen without any is left out.

    Parameters
    ----------
    asked
        Keys of the questions; those we do not know are passed over, as an older set may name them.
    children
        Children's mode: only what children are asked, and nothing to write.

    Examples
    --------
    >>> [screen.key for screen in screens({"age", "clean", "safe"})]
    ['marks', 'you']
    """
    found = []
    for screen in _read()[1]:
        kept = tuple(
            q
            for q in screen.questions
            if q.key in asked and (not children or (q.children and q.kind not in FREE_TEXT))
        )
        if kept:
            found.append(Screen(screen.key, kept))
    return tuple(found)
