"""Days as text in a field: the calendar of Streamlit has a button without a name that can be read out."""

import re
from datetime import date

_DAY = re.compile(r"\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\s*")


def format_day(day: date | None) -> str:
    """Return a day as it is typed; "" for none.

    Examples
    --------
    >>> format_day(date(2026, 9, 1)), format_day(None)
    ('1-9-2026', '')
    """
    return "" if day is None else f"{day.day}-{day.month}-{day.year}"


def parse_day(text: str) -> date | None:
    """Parse a day as somebody typed it; None for an empty field.

    Raises
    ------
    ValueError
        When it is no day.

    Examples
    --------
    >>> parse_day("1-9-2026"), parse_day("01/09/2026"), parse_day(" ")
    (datetime.date(2026, 9, 1), datetime.date(2026, 9, 1), None)
    >>> parse_day("31-2-2026")
    Traceback (most recent call last):
    ValueError: day is out of range for month
    """
    if not text.strip():
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("a day is written as 1-9-2026")
    day, month, year = map(int, found.groups())
    return date(year, month, day)
