"""No word is missing, none is unused, and every error of ours has its sentence."""

import inspect
import re
import string
from pathlib import Path

import pytest

import geo.errors
import words

ROOT = Path(__file__).resolve().parents[2]
SPOKEN_BY_NAME = {"errors"}
"""Sections whose keys are looked up by a computed name (a class, a kind); see `test_every_error_...`."""
SOURCE = "\n".join(
    file.read_text(encoding="utf-8")
    for room in ("words", "study", "maps", "ui", "cli")
    for file in (ROOT / room).rglob("*")
    if file.suffix in {".py", ".js"}
)


def errors() -> list[type[geo.errors.BuurtError]]:
    return [
        kind
        for _, kind in inspect.getmembers(geo.errors, inspect.isclass)
        if issubclass(kind, geo.errors.BuurtError)
    ]


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_languages_say_the_same_things() -> None:
    dutch = words.of("nl").sections()
    for language in words.LANGUAGES:
        other = words.of(language).sections()
        assert {s: set(keys) for s, keys in other.items()} == {s: set(keys) for s, keys in dutch.items()}
        for section, sentences in dutch.items():
            for key, sentence in sentences.items():
                assert fields(other[section][key]) == fields(sentence), f"{language} {section}.{key}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_children_are_told_has_its_own_sentence_for_all(language: str) -> None:
    """Children's mode says nothing that is not said otherwise too, with no other facts."""
    for_all, for_children = words.of(language).sections(), words.of(language, children=True).sections()
    for section, sentences in for_children.items():
        assert set(sentences) == set(for_all[section])
        for key, sentence in sentences.items():
            assert fields(sentence) <= fields(for_all[section][key]), f"{section}.{key}"


GROWN_UP = {
    "canvas.noscript", "draw.name", "places.words_met", "places.words_vanished", "questions.bonding",
    "questions.bridging", "questions.screen_wishes", "questions.initiative", "questions.signal",
}  # fmt: skip
"""What is not asked of children, or said before it is known who is there."""


def test_a_child_is_never_called_u() -> None:
    said = words.of("nl", children=True).sections()
    formal = {
        f"{section}.{key}"
        for section in ("canvas", "start", "parts", "draw", "places", "questions", "reveal", "withdraw")
        for key, sentence in said[section].items()
        if re.search(r"\b[Uu]w?\b", sentence)
    }
    assert formal <= GROWN_UP


@pytest.mark.parametrize("kind", errors(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_that_uses_only_its_facts(kind: type[geo.errors.BuurtError]) -> None:
    if kind is geo.errors.BuurtError:
        return
    for language in words.LANGUAGES:
        assert fields(words.of(language).section("errors")[kind.__name__]) <= fields(kind.message)


def test_every_error_sentence_has_an_error() -> None:
    known = {kind.__name__ for kind in errors()} | {"unexpected"}
    assert set(words.of("nl").section("errors")) <= known


def test_no_word_is_unused() -> None:
    """A key is used when `section.key` stands in the code, whole or as a beginning, or by its section."""
    said = set(re.findall(r"[a-z_]+\.[a-z0-9_]+", SOURCE))
    by_name = SPOKEN_BY_NAME | set(re.findall(r"section\(\"([a-z_]+)\"\)", SOURCE))
    built = tuple(re.findall(r"f[\"']([a-z_]+\.[a-z0-9_]*)\{", SOURCE))
    unused = [
        f"{section}.{key}"
        for section, sentences in words.of("nl").sections().items()
        if section not in by_name
        for key in sentences
        if f"{section}.{key}" not in said and not f"{section}.{key}".startswith(built)
    ]
    assert unused == []


def test_numbers_are_written_as_the_language_does() -> None:
    """A thousand and a quarter: 1.000,25 in Dutch, 1,000.25 in English."""
    assert words.of("nl").number(1000.25, ",.2f") == "1.000,25"
    assert words.of("en").number(1000.25, ",.2f") == "1,000.25"


def test_an_error_is_said_in_words_and_a_strange_one_is_not_shown() -> None:
    assert "GM1" in words.of("nl").error(geo.errors.FrameIndexRepeats(frame="areas", key="GM1"))
    assert words.of("nl").error(ZeroDivisionError("secret")) == words.of("nl")("errors.unexpected")
