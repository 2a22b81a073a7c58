"""The help for translators: an empty file names every sentence, and a check finds what is wrong."""

import re
import tomllib

import i18n
from tools import translation


def filled(*, children: bool = False) -> str:
    """Return a skeleton in which every sentence was translated."""
    return re.sub(r"^# (\w+ = )", r"\1", translation.skeleton(children=children), flags=re.MULTILINE)


def test_a_skeleton_that_is_filled_in_is_right() -> None:
    for children in (False, True):
        assert translation.problems(filled(children=children), children=children) == []
    assert set(tomllib.loads(filled())) == set(i18n.FOR_RESIDENTS)


def test_an_empty_skeleton_lacks_every_sentence() -> None:
    source = i18n.read_sentences("en")
    n = sum(len(source[section]) for section in i18n.FOR_RESIDENTS)
    lacking = translation.problems(translation.skeleton())
    assert len(lacking) == n
    assert all(line.endswith("still to be translated") for line in lacking)


def test_braces_and_keys_that_differ_are_named() -> None:
    text = filled().replace("of {last}", "of {all}").replace("\n[away]\n", '\n[away]\nextra = "?"\n')
    assert translation.problems(text) == [
        "steps.at: between braces should stand last, n; there stands all, n",
        "away.extra: nobody asks for this",
    ]
    assert translation.problems("[steps")[0].startswith("the file cannot be read")
