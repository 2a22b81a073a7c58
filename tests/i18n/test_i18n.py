"""No word is missing, none is unused, and every error of ours has its sentence."""

import inspect
import re
import string
from pathlib import Path

import pytest

import geo.errors
import i18n

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
    dutch = i18n.get_translator("nl").sections()
    for language in i18n.LANGUAGES:
        other = i18n.get_translator(language).sections()
        assert {s: set(keys) for s, keys in other.items()} == {s: set(keys) for s, keys in dutch.items()}
        for section, sentences in dutch.items():
            for key, sentence in sentences.items():
                assert fields(other[section][key]) == fields(sentence), f"{language} {section}.{key}"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_children_are_told_has_its_own_sentence_for_all(language: str) -> None:
    """Children's mode says nothing that is not said otherwise too, with no other facts."""
    for_all, for_children = (
        i18n.get_translator(language).sections(),
        i18n.get_translator(language, children=True).sections(),
    )
    for section, sentences in for_children.items():
        assert set(sentences) == set(for_all[section])
        for key, sentence in sentences.items():
            assert fields(sentence) <= fields(for_all[section][key]), f"{section}.{key}"


GROWN_UP = {
    "canvas.noscript", "draw.name", "draw.edge", "parts.ask_start", "parts.kind", "places.words_met",
    "places.words_vanished", "questions.screen_reasons", "questions.screen_marks", "questions.screen_you",
    "questions.reasons", "questions.certainty", "questions.bonding", "questions.bridging", "questions.clean",
    "questions.intact", "questions.safe", "questions.age", "questions.years", "questions.travel",
    "questions.screen_wishes", "questions.initiative", "questions.signal",
}  # fmt: skip
"""What is not asked of children, or said before it is known who is there."""


def test_a_child_is_never_called_u() -> None:
    said = i18n.get_translator("nl", children=True).sections()
    formal = {
        f"{section}.{key}"
        for section in ("canvas", "start", "parts", "draw", "places", "questions", "reveal", "withdraw")
        for key, sentence in said[section].items()
        if re.search(r"\b[Uu]w?\b", sentence)
    }
    assert formal <= GROWN_UP


CHILDS_SECTIONS = ("start", "children", "places", "questions")
"""Sections of which what is said to children has sentences that a child of eight reads."""


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_child_reads_no_sentence_of_more_than_ten_words(language: str) -> None:
    own = i18n.read_sentences(f"{language}.children")
    own["children"] = i18n.get_translator(language).section("children")
    long = [
        sentence
        for section in CHILDS_SECTIONS
        for text in own.get(section, {}).values()
        for sentence in re.split(r"(?<=[.?!:])\s+", re.sub(r"\{[^}]*\}", "naam", text))
        if len(sentence.split()) > 10
    ]
    assert long == []


@pytest.mark.parametrize("kind", errors(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_that_uses_only_its_facts(kind: type[geo.errors.BuurtError]) -> None:
    if kind is geo.errors.BuurtError:
        return
    for language in i18n.LANGUAGES:
        assert fields(i18n.get_translator(language).section("errors")[kind.__name__]) <= fields(kind.message)


def test_every_error_sentence_has_an_error() -> None:
    known = {kind.__name__ for kind in errors()} | {"unexpected"}
    assert set(i18n.get_translator("nl").section("errors")) <= known


def test_no_word_is_unused() -> None:
    """A key is used when `section.key` stands in the code, whole or as a beginning, or by its section."""
    said = set(re.findall(r"[a-z_]+\.[a-z0-9_]+", SOURCE))
    by_name = SPOKEN_BY_NAME | set(re.findall(r"section\(\"([a-z_]+)\"\)", SOURCE))
    built = tuple(re.findall(r"f[\"']([a-z_]+\.[a-z0-9_]*)\{", SOURCE))
    unused = [
        f"{section}.{key}"
        for section, sentences in i18n.get_translator("nl").sections().items()
        if section not in by_name
        for key in sentences
        if f"{section}.{key}" not in said and not f"{section}.{key}".startswith(built)
    ]
    assert unused == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_key_is_called_the_same_on_screen_and_in_files(language: str) -> None:
    """Verdicts, borders and grounds have one text; levels, ages and themes have two that say the same."""
    said = i18n.get_translator(language).sections()
    only_in_files = {f"{kind}_{key}" for kind, keys in ONE_TEXT.items() for key in keys}
    assert only_in_files <= said["export"].keys()
    assert not only_in_files & said["planner"].keys()
    twice = [key for key in said["export"] if re.match("(level|age|theme)_", key)]
    assert len(twice) == 13
    assert {key: said["planner"][key] for key in twice if key in said["planner"]} == {
        key: said["export"][key] for key in twice if key in said["planner"]
    }


ONE_TEXT = {
    "verdict": ("coincides", "part_of", "contains", "shifted", "divided_over", "elsewhere"),
    "kind": ("hard", "between", "soft", "unknown"),
    "lies_on": ("main_road", "street", "rail", "water", "green"),
}
"""Keys by their family, of which the screen reads the words of the files."""


def test_numbers_are_written_as_the_language_does() -> None:
    """A thousand and a quarter: 1.000,25 in Dutch, 1,000.25 in English."""
    assert i18n.get_translator("nl").number(1000.25, ",.2f") == "1.000,25"
    assert i18n.get_translator("en").number(1000.25, ",.2f") == "1,000.25"


def test_an_error_is_said_in_words_and_a_strange_one_is_not_shown() -> None:
    assert "GM1" in i18n.get_translator("nl").explain(geo.errors.FrameIndexRepeats(frame="areas", key="GM1"))
    assert i18n.get_translator("nl").explain(ZeroDivisionError("secret")) == i18n.get_translator("nl")(
        "errors.unexpected"
    )
