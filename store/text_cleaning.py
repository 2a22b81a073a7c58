"""Cleaning of free text and validation of keys."""

import re
import unicodedata

from geo.errors import InputRefused, InputTooLarge

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The spelling of Persian and Hindi needs joiners, and so do emoji.
_JOINERS = frozenset("\u200c\u200d")
_KEY = re.compile(r"[A-Za-z0-9_.:-]*")


def clean_text(words: object, *, field: str, most: int, lines: bool = False) -> str:
    """Return free text in NFKC without control, bidi and other invisible characters.

    Parameters
    ----------
    words
        The text as received.
    field
        Name of the field in an error.
    most
        Maximum length after cleaning, in characters.
    lines
        Whether line breaks may stay.

    Raises
    ------
    InputRefused
        When it is not text.
    InputTooLarge
        When it is longer than `most`: text is never truncated.

    Examples
    --------
    >>> clean_text("  De\\u202e  ﬁjne\\x00 buurt ", field="name", most=40)
    'De fijne buurt'
    """
    if not isinstance(words, str):
        raise InputRefused(field=field, reason="not_text")
    # Checked before normalising, which takes long for a long text.
    if len(words) > 20 * most + 1000:
        raise InputTooLarge(field=field, size=len(words), most=most)
    tidy = " ".join(words.split()) if words.isascii() and words.isprintable() else _tidied(words, lines)
    if len(tidy) > most:
        raise InputTooLarge(field=field, size=len(tidy), most=most)
    return tidy


def _tidied(words: str, lines: bool) -> str:
    """Return text with characters beyond plain ones in NFKC, without those that nobody sees."""
    tidy = "".join(_kept(c, lines) for c in unicodedata.normalize("NFKC", words.replace("\r\n", "\n")))
    tidy = "\n".join(" ".join(line.split()) for line in tidy.split("\n")).strip()
    # Removing a character can bring two together that combine.
    return unicodedata.normalize("NFKC", tidy)


def require_filled(value: str, *, field: str) -> str:
    """Return a text that is not empty.

    Parameters
    ----------
    value
        The text, cleaned.
    field
        Name of the field in the error.

    Raises
    ------
    InputRefused
        When it is empty.

    Examples
    --------
    >>> require_filled("De Brug", field="title")
    'De Brug'
    """
    if not value:
        raise InputRefused(field=field, reason="empty")
    return value


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


def validate_key(value: object, *, field: str, most: int = 64) -> str:
    """Return a key unaltered.

    Raises
    ------
    InputRefused
        When it is not letters, digits and ``_ . : -`` of at most `most` characters.

    Examples
    --------
    >>> validate_key("BU1621A0", field="unit")
    'BU1621A0'
    """
    if not isinstance(value, str) or len(value) > most or not _KEY.fullmatch(value):
        raise InputRefused(field=field, reason="not_a_key")
    return value


def is_key(value: object) -> bool:
    """Return whether `validate_key` accepts the value, and it is not empty."""
    return isinstance(value, str) and 0 < len(value) <= 64 and bool(_KEY.fullmatch(value))
