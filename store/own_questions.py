"""What is accepted of the questions that a planner made for a project."""

from dataclasses import replace

from geo.errors import InputRefused, InputTooLarge
from store import text_cleaning
from store.models.projects import OwnQuestion

MAX_QUESTIONS = 20
MIN_CHOICES, MAX_CHOICES = 2, 10
MAX_TEXT, MAX_CHOICE = 160, 60


def validate_own_questions(questions: tuple[OwnQuestion, ...]) -> tuple[OwnQuestion, ...]:
    """Return the questions with their texts cleaned.

    Raises
    ------
    InputRefused, InputTooLarge
        When one has no text in Dutch, or too few or too many choices, or a key occurs twice.

    Examples
    --------
    >>> one = OwnQuestion("own.Fiets", "choice", " Fietst u? ", "", (("ja", "Ja", "Yes"), ("nee", "Nee", "No")))
    >>> validate_own_questions((one,))[0].text_nl
    'Fietst u?'
    """
    if len(questions) > MAX_QUESTIONS:
        raise InputTooLarge(field="own_questions", size=len(questions), most=MAX_QUESTIONS)
    if len({one.key for one in questions}) < len(questions):
        raise InputRefused(field="own_questions", reason="taken")
    return tuple(map(_validated, questions))


def _validated(question: OwnQuestion) -> OwnQuestion:
    if question.kind not in ("choice", "scale"):
        raise InputRefused(field="own_questions", reason="unknown_choice")
    keys = [key for key, _, _ in question.choices]
    if not MIN_CHOICES <= len(keys) <= MAX_CHOICES or len(set(keys)) < len(keys):
        raise InputRefused(field="own_questions", reason="number_out_of_range")
    return replace(
        question,
        key=text_cleaning.validate_key(question.key, field="own_questions"),
        text_nl=_filled(question.text_nl, MAX_TEXT),
        text_en=_text(question.text_en, MAX_TEXT),
        choices=tuple(
            (_filled(key, MAX_CHOICE), _filled(nl, MAX_CHOICE), _text(en, MAX_CHOICE))
            for key, nl, en in question.choices
        ),
    )


def _text(value: str, most: int) -> str:
    return text_cleaning.clean_text(value, field="own_questions", most=most)


def _filled(value: str, most: int) -> str:
    return text_cleaning.require_filled(_text(value, most), field="own_questions")
