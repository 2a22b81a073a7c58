"""What we say: every sentence a visitor reads, one file a language."""

import string
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import Any

from i18n.locales import DUTCH, ENGLISH, Locale

LANGUAGES: dict[str, Locale] = {"nl": DUTCH, "en": ENGLISH}
"""The languages a visitor may choose; add a file ``i18n/xx.toml`` and a line here (docs/translating.md)."""

WHOLE = ("nl", "en")
"""Languages in which every sentence is said; what another one lacks is said in the last of these."""

FOR_RESIDENTS = (
    "start", "steps", "canvas", "draw", "keep_code", "parts", "home", "places", "questions", "reveal",
    "withdraw", "children", "away", "absent", "foot", "idle", "demo", "ticket", "privacy", "accessibility", "errors",
    "board", "budget", "join",
)  # fmt: skip
"""Sections that a resident may read: what a language needs to be offered to them."""


class _Formatter(string.Formatter):
    """Format numbers the way the language writes them."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.locale.number(value, format_spec)
        return str(format(value, format_spec))


class Translator:
    """One language.

    Parameters
    ----------
    language
        A key of `LANGUAGES`.
    children
        Whether to say it as to a child, where ``words/xx.children.toml`` has another sentence for that.

    Examples
    --------
    >>> W = get_translator("nl")
    >>> W("demo.label")
    'verzonnen voorbeeld'
    """

    def __init__(self, language: str, *, children: bool = False) -> None:
        self.language = language
        self._children = children
        self._sections = read_sentences(WHOLE[-1])
        for name in [language, f"{language}.children"] if children else [language]:
            for section, sentences in read_sentences(name).items():
                self._sections[section] |= sentences
        self._formatter = _Formatter(LANGUAGES[language])

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickling needs: the language, not its sentences."""
        return partial(get_translator, children=self._children), (self.language,)

    def __call__(self, key: str, **facts: Any) -> str:
        """Return the sentence of a key ``section.name`` with these facts filled in."""
        section, name = key.split(".", 1)
        return self._formatter.format(self._sections[section][name], **facts)

    def section(self, name: str) -> dict[str, str]:
        """Return all sentences of one section, unfilled."""
        return dict(self._sections[name])

    def sections(self) -> dict[str, dict[str, str]]:
        """Return every sentence of the language, unfilled."""
        return {name: dict(section) for name, section in self._sections.items()}

    def number(self, value: float, spec: str = ",") -> str:
        """Write a number the way the language does.

        Examples
        --------
        >>> get_translator("nl").number(1234.5, ",.1f")
        '1.234,5'
        """
        return LANGUAGES[self.language].number(value, spec)

    def explain(self, problem: Exception) -> str:
        """Return an error of ours as one sentence, or the general apology for any other.

        The sentence is looked up by the name of the class, then of the class above it.
        """
        known = self._sections["errors"]
        for kind in type(problem).__mro__:
            if kind.__name__ in known:
                return self._formatter.format(known[kind.__name__], **getattr(problem, "facts", {}))
        return known["unexpected"]


def read_sentences(name: str) -> dict[str, dict[str, str]]:
    """Return the sentences of a file by section, unfilled; none where a language has no such file."""
    file = Path(__file__).with_name(f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


@cache
def get_translator(language: str = "nl", *, children: bool = False) -> Translator:
    """Return the words of a language, as to a child if asked; Dutch where we do not have it."""
    return Translator(language if language in LANGUAGES else "nl", children=children)
