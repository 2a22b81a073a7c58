"""What the columns of imported sketches mean for us: the day, and answers to questions that we ask too."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

import i18n
from geo.errors import FileColumnUnknown, FileSessionsDoubtful
from layers.files import ANSWER
from study.contributions.questionnaire import choice_text, get_question, question_keys
from study.filters import own_column_key

DAY = "day"
"""What a column can be chosen for, beside our questions: the day of drawing."""

SESSION = "session"
"""And at which session somebody drew: never guessed, for it makes a session of each different value."""

MAX_SESSIONS = 40
"""More different values are no evenings."""

DATE_COLUMNS = re.compile(
    r"^(?:datum|date|tijdstempel|timestamp|start|_submission_time|created(?:_?at)?|creationdate|ingevuld_?op)$",
    re.I,
)
YEARS_COLUMNS = re.compile(r"^(?:jaren(?:_in_buurt)?|years_?lived|woonduur|hoe_?lang_?woon\w*)$", re.I)
AGE_COLUMNS = re.compile(r"^(?:leeftijd|leeftijds?_?groep|age|age_?group)$", re.I)
AGES = (
    (0, 15, "0-15"),
    (16, 24, "16-24"),
    (25, 44, "25-44"),
    (45, 64, "45-64"),
    (65, 79, "65-79"),
    (80, 120, "80+"),
)
"""Years of each choice, both ends included."""
ASKED = tuple(key for key in question_keys() if get_question(key).kind in ("choice", "scale"))
"""Questions that a column can answer: those with a few short answers."""

CHOSEN = (DAY, SESSION, *ASKED)
"""All that a column of drawings can be chosen for."""

OUR_COLUMNS = frozenset({"name", "geometry"})

MAX_VALUES = 20
"""A column of more different values divides drawings into no groups: it is a number, an id or free text."""

MAX_OWN_COLUMNS = 40
"""A form with each choice as a column of its own has hundreds; a drawing holds 80 answers, to our questions too."""

MAX_LENGTH = 60
"""Longer values are sentences: what people wrote is for nobody to choose from a list."""


@dataclass(frozen=True)
class ColumnMeaning:
    """Which columns give the day and answers, and which are kept as they are; ``not_kept`` are the others.

    Attributes
    ----------
    own
        Key of an answer -> column that is kept as it is, to filter and to compare by.
    """

    date: str | None
    session: str | None
    answers: dict[str, str]
    own: dict[str, str]
    not_kept: tuple[str, ...]

    def answered(self) -> list[tuple[str, str | None]]:
        """Return what each column says, by the keys of `CHOSEN`."""
        return [(DAY, self.date), (SESSION, self.session), *self.answers.items()]


def match_columns(
    table: pd.DataFrame, used: Collection[str] = (), chosen: Mapping[str, str] | None = None
) -> ColumnMeaning:
    """Return what the columns of imported sketches mean.

    Parameters
    ----------
    used
        Columns that say something else already: what the place is called, which row it is, who made it.
    chosen
        `DAY`, `SESSION` or the key of a question of `ASKED` -> the column that somebody pointed at for it, "" for none.
        What nobody spoke of is guessed from names.
    """
    pointed = chosen or {}
    taken = set(pointed.values())
    columns = [str(column) for column in table.columns if column not in {*OUR_COLUMNS, *used}]
    texts = {column: _texts(table[column]) for column in columns}
    free = [column for column in columns if column not in taken]
    day: str | None = pointed.get(DAY) or None
    if DAY not in pointed:
        day = next(
            (column for column in free if DATE_COLUMNS.match(column) and _has_days(table[column])), None
        )
    session = pointed.get(SESSION) or None
    answers = {key: column for key, column in pointed.items() if column and key not in (DAY, SESSION)}
    for key, named in (("years", YEARS_COLUMNS), ("age", AGE_COLUMNS)):
        for column in free if key not in pointed else ():
            if named.match(column) and any(read_answer(key, text) != "" for text in texts[column]):
                answers[key] = column
                break
    # Answers to our own questions, in a file that we wrote ourselves.
    ours = {key: f"{ANSWER}{key}" for key in ASKED if key not in {*pointed, *answers}}
    answers |= {key: column for key, column in ours.items() if column in free}
    own: dict[str, str] = {}
    for column in columns:
        key = own_column_key(column)
        read = [key for key, answer in answers.items() if answer == column]
        unread = not read or any(read_answer(key, text) == "" for key in read for text in texts[column])
        is_room = key not in own and len(own) < MAX_OWN_COLUMNS
        if column not in (day, session) and unread and is_room and _divides(texts[column]):
            own[key] = column
    kept = {day, session, *answers.values(), *own.values()}
    return ColumnMeaning(
        day, session, answers, own, tuple(column for column in columns if column not in kept)
    )


def require_columns(table: pd.DataFrame, chosen: Collection[str], name: str) -> None:
    """Check that every column that somebody pointed at is there.

    Parameters
    ----------
    chosen
        Columns; "" for none.
    name
        What the file is called, for the sentence.

    Raises
    ------
    FileColumnUnknown
    """
    known = [str(column) for column in table.columns if column not in OUR_COLUMNS]
    for column in chosen:
        if column and column not in known:
            raise FileColumnUnknown(name=name, column=column, columns=", ".join(known))


def require_sessions(table: pd.DataFrame, column: str, name: str) -> None:
    """Check that a column can say at which session somebody drew: a few short names.

    Parameters
    ----------
    column
        "" for none.
    name
        What the file is called, for the sentence.

    Raises
    ------
    FileSessionsDoubtful
    """
    found = _texts(table[column]) if column else []
    if len(found) > MAX_SESSIONS or any(len(text) > MAX_LENGTH for text in found):
        raise FileSessionsDoubtful(name=name, column=column, n=len(found), most=MAX_SESSIONS)


def session_names(column: "pd.Series[Any]") -> list[str]:
    """Return at which session each row was made; "" for none.

    Examples
    --------
    >>> session_names(pd.Series(["De Brug ", None, 2.0]))
    ['De Brug', '', '2']
    """
    return [_as_text(value) for value in column]


def own_values(values: Mapping[str, object]) -> dict[str, str]:
    """Return the values of own columns in one row as text, without those that are not there.

    Examples
    --------
    >>> own_values({"own.Thema": " groen ", "own.tafel": 3.0, "own.leeg": None})
    {'own.Thema': 'groen', 'own.tafel': '3'}
    """
    texts = {key: _as_text(value) for key, value in values.items()}
    return {key: text for key, text in texts.items() if text}


def _as_text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  # a missing number is not itself
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _texts(column: "pd.Series[Any]") -> list[str]:
    """Return the different values of a column as text, without those that are not there."""
    return [text for text in dict.fromkeys(map(_as_text, column)) if text]


def _divides(texts: Collection[str]) -> bool:
    """Return whether these values divide drawings into groups: a few short ones."""
    return 0 < len(texts) <= MAX_VALUES and all(len(text) <= MAX_LENGTH for text in texts)


def read_answers(key: str, column: "pd.Series[Any]") -> list[str | int]:
    """Return the answers to one question in a column, each different value read once; "" where there is none.

    Examples
    --------
    >>> read_answers("years", pd.Series([12, None, 12]))
    ['>10', '', '>10']
    """
    read = {text: read_answer(key, text) for text in ["", *_texts(column)]}
    return [read[_as_text(value)] for value in column]


def read_answer(key: str, value: object) -> str | int:
    """Return the answer to one question of `ASKED` that a value stands for; "" where it stands for none.

    A choice is known by its own name or by its text in one of our languages; a scale by a whole number on it.

    Examples
    --------
    >>> read_answer("travel", " op de FIETS "), read_answer("travel", "car"), read_answer("safe", 11)
    ('', 'car', '')
    >>> read_answer("age", 67.0)  # a column with an empty cell has all its whole numbers so
    '65-79'
    """
    question, text = get_question(key), _as_text(value)
    if question.kind == "scale":
        number = re.fullmatch(r"\d{1,2}(?:[.,]0+)?", text)
        answer = int(re.split("[.,]", text)[0]) if number else -1
        return answer if question.accepts(answer) else ""
    reader = {"years": read_years, "age": read_age}.get(key)
    return _named_choices(key).get(text.casefold(), "") or (reader(text) if reader else "")


@cache
def _named_choices(key: str) -> dict[str, str]:
    """Return the choices of a question by all that they are called, in small letters."""
    found = {choice.casefold(): choice for choice in get_question(key).choices}
    for language in i18n.LANGUAGES:
        say = i18n.get_translator(language)
        found |= {
            say(f"questions.{choice_text(key, choice)}").casefold(): choice
            for choice in get_question(key).choices
        }
    return found


def read_day(value: object) -> date | None:
    """Read a day as programs and people write it, also one to come; ``None`` for any other text.

    Examples
    --------
    >>> read_day("2019-05-01T10:00:00Z"), read_day("1-5-2019"), read_day("mei")
    (datetime.date(2019, 5, 1), datetime.date(2019, 5, 1), None)
    """
    match = re.match(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", str(value))
    parts = match.groups() if match else None
    if parts is None:
        match = re.match(r"^\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?!\d)", str(value))
        parts = match.groups()[::-1] if match else None
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def read_years(value: object) -> str:
    """Return the choice of our question for a number of years somebody lives there; empty for no number.

    Examples
    --------
    >>> read_years(12), read_years("3"), read_years("0.5"), read_years("lang")
    ('>10', '2-10', '<2', '')
    """
    match = re.match(r"^\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:jaar|jaren|years?)?\s*$", str(value))
    if not match:
        return ""
    years = float(match.group(1).replace(",", "."))
    return "<2" if years < 2 else "2-10" if years <= 10 else ">10"


def read_age(value: object) -> str:
    """Return the choice of our question for an age or an age group that lies within one; empty for any other.

    Examples
    --------
    >>> read_age(67), read_age("25-44"), read_age("65+")
    ('65-79', '25-44', '')
    """
    match = re.match(r"^\s*(\d{1,3})(?:\s*(?:-|–|tot|to)\s*(\d{1,3}))?\s*(?:jaar|years?)?\s*$", str(value))
    if not match:
        return ""
    low, high = int(match.group(1)), int(match.group(2) or match.group(1))
    return next((choice for first, last, choice in AGES if first <= low and high <= last), "")


def _has_days(column: "pd.Series[Any]") -> bool:
    values = [value for value in column if value not in (None, "") and not pd.isna(value)]
    return bool(values) and sum(read_day(value) is not None for value in values) > len(values) / 2
