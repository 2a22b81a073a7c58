"""Questions that a planner makes for a project: made, put in order, ended, and asked like ours.

An answer is kept under a key of its own (`study.filters.OWN_COLUMN`), so that it filters and groups as a column of a
file does. What a question is cannot change once it is made; wording, order and whether it is asked can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from geo.errors import InputRefused
from geo.privacy_limits import MIN_PEOPLE
from store import Actor, OwnQuestion, Project
from store.own_questions import MAX_CHOICES, MIN_CHOICES
from study import permissions
from study.context import Study, current_study, get_project, get_store, read_sketches
from study.contributions.questionnaire import MAX_ON_A_SCREEN, Question, Screen
from study.filters import own_column_key

__all__ = [
    "MAX_CHOICES",
    "MIN_CHOICES",
    "OwnQuestion",
    "add_question",
    "answer_groups",
    "choice_texts",
    "count_answers",
    "end_question",
    "find_own_question",
    "move_question",
    "own_screens",
    "question_text",
    "remove_question",
    "word_question",
]

SCREEN = "own"
"""Key of the screens with a project's own questions."""

SCALE = tuple((str(step), str(step), str(step)) for step in range(1, 6))
"""Choices of a scale: five steps."""


def own_screens(project: Project) -> tuple[Screen, ...]:
    """Return the screens with the questions of a project that are asked, five at most on each.

    Examples
    --------
    >>> from datetime import date
    >>> asked = tuple(OwnQuestion(f"own.v{n}", "scale", f"Vraag {n}", "", SCALE) for n in range(6))
    >>> project = Project("p", "P", "GM9901", date(2099, 1, 1), own_questions=asked)
    >>> [len(screen.questions) for screen in own_screens(project)]
    [5, 1]
    """
    asked = [
        Question(one.key, "choice", choices=tuple(key for key, _, _ in one.choices))
        for one in project.own_questions
        if not one.is_ended
    ]
    starts = range(0, len(asked), MAX_ON_A_SCREEN)
    return tuple(Screen(SCREEN, tuple(asked[start : start + MAX_ON_A_SCREEN])) for start in starts)


def find_own_question(project: Project, key: str) -> OwnQuestion | None:
    """Return the question of a project with this key; None for a question of ours."""
    return next((one for one in project.own_questions if one.key == key), None)


def question_text(question: OwnQuestion, language: str) -> str:
    """Return what a question says: in Dutch to who reads Dutch, else in English where it has that.

    Examples
    --------
    >>> asked = OwnQuestion("own.v", "scale", "Hoe druk?", "How busy?", SCALE)
    >>> question_text(asked, "nl"), question_text(asked, "tr"), question_text(replace(asked, text_en=""), "en")
    ('Hoe druk?', 'How busy?', 'Hoe druk?')
    """
    return question.text_nl if language == "nl" else question.text_en or question.text_nl


def choice_texts(question: OwnQuestion, language: str) -> dict[str, str]:
    """Return what each choice of a question says, in order.

    Examples
    --------
    >>> asked = OwnQuestion("own.v", "choice", "Fiets?", "", (("Ja", "Ja", "Yes"), ("Nee", "Nee", "")))
    >>> choice_texts(asked, "en")
    {'Ja': 'Yes', 'Nee': 'Nee'}
    """
    return {key: nl if language == "nl" else en or nl for key, nl, en in question.choices}


# --- Making them ----------------------------------------------------------------------------------


def add_question(
    project: str, text_nl: str, text_en: str, choices: Sequence[tuple[str, str]], *, by: Actor
) -> Project:
    """Add a question to a project, after the others; without choices it is a scale of five.

    Parameters
    ----------
    choices
        Wording of each choice in Dutch and in English; the Dutch one is what is stored, whatever it says later.

    Raises
    ------
    AccessDenied, InputRefused, InputTooLarge
    """
    kind = "choice" if choices else "scale"
    stated = tuple((nl.strip(), nl, en) for nl, en in choices) or SCALE
    made = OwnQuestion(own_column_key(text_nl), kind, text_nl, text_en, stated)
    return _save(project, (*get_project(project).own_questions, made), by)


def word_question(
    project: str,
    key: str,
    text_nl: str,
    text_en: str,
    choices: Mapping[str, tuple[str, str]],
    *,
    by: Actor,
) -> Project:
    """Word a question and its choices anew; what was answered stays what it was.

    Parameters
    ----------
    choices
        Choice to its wording in Dutch and in English; those left out stay as they are.

    Raises
    ------
    AccessDenied, InputRefused, InputTooLarge
    """

    def worded(one: OwnQuestion) -> OwnQuestion:
        kept = tuple((choice, *choices.get(choice, (nl, en))) for choice, nl, en in one.choices)
        return replace(one, text_nl=text_nl, text_en=text_en, choices=kept)

    before = get_project(project).own_questions
    return _save(project, tuple(worded(one) if one.key == key else one for one in before), by)


def move_question(project: str, key: str, by_places: int, *, by: Actor) -> Project:
    """Move a question so many places on in the order in which they are asked; the ends stop it.

    Raises
    ------
    AccessDenied
    """
    order = list(get_project(project).own_questions)
    at = next(place for place, one in enumerate(order) if one.key == key)
    order.insert(max(0, at + by_places), order.pop(at))
    return _save(project, tuple(order), by)


def end_question(project: str, key: str, *, is_ended: bool, by: Actor) -> Project:
    """End a question, or begin to ask it again; its answers stay.

    Raises
    ------
    AccessDenied
    """
    before = get_project(project).own_questions
    after = tuple(replace(one, is_ended=is_ended) if one.key == key else one for one in before)
    return _save(project, after, by)


def remove_question(project: str, key: str, *, by: Actor) -> Project:
    """Remove a question that nobody answered.

    Raises
    ------
    AccessDenied
    InputRefused
        Somebody answered it: it can only be ended.
    """
    if any(key in given for given in read_sketches(current_study(project))["answers"]):
        raise InputRefused(field="own_questions", reason="has_answers")
    return _save(project, tuple(one for one in get_project(project).own_questions if one.key != key), by)


def _save(project: str, questions: tuple[OwnQuestion, ...], by: Actor) -> Project:
    before = get_project(project)
    permissions.require_role("planner", before, by)
    made = get_store().projects.save(replace(before, own_questions=questions))
    get_store().accounts.append_audit(by, "change questions", project=project)
    return made


# --- What was answered ----------------------------------------------------------------------------


def answer_groups(study: Study) -> dict[str, dict[str, list[str]]]:
    """Return who gave which answer: question to choice to ids of drawings, of every question of the project."""
    given = read_sketches(study)["answers"]
    return {
        one.key: {
            choice: [str(key) for key, answers in given.items() if answers.get(one.key) == choice]
            for choice, _, _ in one.choices
        }
        for one in get_project(study.project).own_questions
    }


def count_answers(study: Study, question: OwnQuestion, language: str) -> pd.DataFrame:
    """Return how many gave each answer, for a planner's screen; fewer than five are not told apart.

    Returns
    -------
    DataFrame
        Index choice: ``text``, ``n`` (missing below five).
    """
    counted = {choice: len(people) for choice, people in answer_groups(study)[question.key].items()}
    n = pd.Series(counted, dtype="Int64").where(lambda found: found >= MIN_PEOPLE)
    return pd.DataFrame({"text": choice_texts(question, language), "n": n}).rename_axis("choice")
