"""A document in words: chapters of sentences and tables, and the names of the pictures between them.

It says nothing of how it looks; `maps.documents.report_pdf` sets it as a PDF and as a page.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows of words and numbers, written out already.

    Attributes
    ----------
    numeric
        Which columns hold numbers, and stand to the right.
    note
        Said under it; may be empty.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """Where a picture stands: its name, and what it says to somebody who does not see it."""

    name: str
    alt: str


@dataclass(frozen=True)
class ChartRow:
    """One dot of a chart, and a second value to compare it with; None for no tick."""

    name: str
    value: float
    tick: float | None = None


@dataclass(frozen=True)
class Chart:
    """Dots on a scale of percentages, a row each; the table under it says the same in numbers.

    Attributes
    ----------
    alt
        The whole chart to somebody who does not see it.
    axis
        What the dots measure, and what the ticks are.
    """

    alt: str
    axis: str
    rows: tuple[ChartRow, ...]


@dataclass(frozen=True)
class Chapter:
    """One subject.

    Attributes
    ----------
    charts
        After the picture and before the tables.
    points
        Said as a list.
    """

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    picture: Picture | None = None
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Document:
    """All of it.

    Attributes
    ----------
    label
        Said on every page, such as that all is made up; may be empty.
    facts
        Numbers for the front, each with what it counts.
    imprint
        Who asked for it, when it was made, of when the drawings are.
    contents
        Title of the list of chapters.
    page
        What stands before, between and after the number of a page and of all pages.
    footer
        Said at the foot of every page.
    """

    language: str
    title: str
    subtitle: str
    label: str
    imprint: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    contents: str
    page: tuple[str, str, str]
    footer: str
