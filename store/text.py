"""Free text on its way in: one spelling, no invisible characters, no more than fits."""

import re
import unicodedata

from geo.errors import InputRefused, InputTooLarge

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # spelling in Persian and Hindi needs them, and so do emoji
_KEY = re.compile(r"[A-Za-z0-9_.:-]*")


def clean(words: object, *, field: str, most: int, lines: bool = False) -> str:
    """Give free text in NFKC without control, bidi and other invisible characters.

    Parameters
    ----------
    words
        What came in.
    field
        What to call it in a refusal.
    most
        Longest length after cleaning, in characters.
    lines
        Whether line breaks may stay.

    Raises
    ------
    InputRefused
        When it is not text.
    InputTooLarge
        When it is longer than `most`: text is never cut off in silence.

    Examples
    --------
    >>> clean("  De\\u202e  ﬁjne\\x00 buurt ", field="name", most=40)
    'De fijne buurt'
    """
    if not isinstance(words, str):
        raise InputRefused(field=field, reason="not_text")
    if len(words) > 20 * most + 1000:  # normalising a novel first would be work done for an attacker
        raise InputTooLarge(field=field, size=len(words), most=most)
    tidy = "".join(_kept(c, lines) for c in unicodedata.normalize("NFKC", words.replace("\r\n", "\n")))
    tidy = "\n".join(" ".join(line.split()) for line in tidy.split("\n")).strip()
    tidy = unicodedata.normalize("NFKC", tidy)  # taking a character out can bring two together
    if len(tidy) > most:
        raise InputTooLarge(field=field, size=len(tidy), most=most)
    return tidy


def _kept(character: str, lines: bool) -> str:
    if character == "\n":
        return "\n" if lines else " "
    category = unicodedata.category(character)
    if character in _JOINERS:
        return character
    if character in _BIDI or category in {"Cf", "Co", "Cn", "Cs"}:
        return ""
    if category in {"Cc", "Zl", "Zp"}:
        return " " if character.isspace() or category != "Cc" else ""
    return character


def key(value: object, *, field: str, most: int = 64) -> str:
    """Give a key that a program made up, unaltered.

    Raises
    ------
    InputRefused
        When it is not letters, digits and ``_ . : -`` of at most `most` characters.

    Examples
    --------
    >>> key("BU1621A0", field="unit")
    'BU1621A0'
    """
    if not isinstance(value, str) or len(value) > most or not _KEY.fullmatch(value):
        raise InputRefused(field=field, reason="not_a_key")
    return value


def is_key(value: object) -> bool:
    """Tell whether `key` would take it, and it is not empty."""
    return isinstance(value, str) and 0 < len(value) <= 64 and bool(_KEY.fullmatch(value))
