"""What we say: every sentence a visitor reads, one file a language."""

import string
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from words.numbers import DUTCH, ENGLISH, Locale

LANGUAGES: dict[str, Locale] = {"nl": DUTCH, "en": ENGLISH}
"""The languages a visitor may choose; add a file ``words/xx.toml`` and a line here."""


class _Formatter(string.Formatter):
    """Format numbers the way the language writes them."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.locale.number(value, format_spec)
        return str(format(value, format_spec))


class Words:
    """One language.

    Parameters
    ----------
    language
        A key of `LANGUAGES`.
    children
        Whether to say it as to a child, where ``words/xx.children.toml`` has another sentence for that.

    Examples
    --------
    >>> W = of("nl")
    >>> W("demo.label")
    'verzonnen voorbeeld'
    """

    def __init__(self, language: str, *, children: bool = False) -> None:
        self.language = language
        self._sections = _read(language)
        if children:
            for section, sentences in _read(f"{language}.children").items():
                self._sections[section] |= sentences
        self._formatter = _Formatter(LANGUAGES[language])

    def __call__(self, key: str, **facts: Any) -> str:
        """Say the sentence of a key ``section.name`` with these facts filled in."""
        section, name = key.split(".", 1)
        return self._formatter.format(self._sections[section][name], **facts)

    def section(self, name: str) -> dict[str, str]:
        """Give all sentences of one section, unfilled."""
        return dict(self._sections[name])

    def sections(self) -> dict[str, dict[str, str]]:
        """Give every sentence of the language, unfilled."""
        return {name: dict(section) for name, section in self._sections.items()}

    def number(self, value: float, spec: str = ",") -> str:
        """Write a number the way the language does.

        Examples
        --------
        >>> of("nl").number(1234.5, ",.1f")
        '1.234,5'
        """
        return LANGUAGES[self.language].number(value, spec)

    def error(self, problem: Exception) -> str:
        """Say an error of ours in one sentence, or the general apology for one that is not.

        The sentence is looked up by the name of the class, then of the class above it.
        """
        known = self._sections["errors"]
        for kind in type(problem).__mro__:
            if kind.__name__ in known:
                return self._formatter.format(known[kind.__name__], **getattr(problem, "facts", {}))
        return known["unexpected"]


def _read(name: str) -> dict[str, dict[str, str]]:
    """Read the sentences of a file by section."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def of(language: str = "nl", *, children: bool = False) -> Words:
    """Give the words of a language, as to a child if asked; Dutch where we do not have it."""
    return Words(language if language in LANGUAGES else "nl", children=children)
