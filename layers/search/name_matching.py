"""Normalised names and how much two names resemble each other."""

import difflib
import re
import unicodedata


def normalised_name(text: str) -> str:
    """Return a name without case, accents, spaces and signs.

    Examples
    --------
    >>> normalised_name("'s-Gravenweg"), normalised_name("Súdwest-Fryslân"), normalised_name("2651 ab")
    ('sgravenweg', 'sudwestfryslan', '2651ab')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def slugify(text: str, sign: str = "-", *, max_length: int = 40) -> str:
    """Return a short key of a name: lower case, no accents, words joined by a sign.

    Parameters
    ----------
    text
        As people write it.
    sign
        Between the words.
    max_length
        Letters at most.

    Returns
    -------
    str
        Letters a to z, figures and the sign; "" where nothing of these is left.

    Examples
    --------
    >>> slugify("Súdwest Fryslân 2015"), slugify("Mijn wijken (2).gpkg", "_")
    ('sudwest-fryslan-2015', 'mijn_wijken_2_gpkg')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", sign, plain).strip(sign)[:max_length]


def name_similarity(wanted: str, name: str) -> float:
    """Score 1.5 for the name itself, over 1 when it begins so, 1 when it holds it, below 1 for a slip."""
    if name == wanted:
        return 1.5
    if name.startswith(wanted):
        return 1.0 + len(wanted) / (2 * len(name))
    if wanted in name:
        return 1.0
    return difflib.SequenceMatcher(None, wanted, name).ratio() * 0.99
