"""Which language a browser asks for."""

from i18n import LANGUAGES

DEFAULT = "nl"


def preferred_language(header: str) -> str:
    """Return the language of ours that a browser likes best; Dutch where it likes none of them.

    Parameters
    ----------
    header
        ``Accept-Language``, as a browser sends it (RFC 9110, section 12.5.4); "" where it sends none.

    Returns
    -------
    str
        A key of `i18n.LANGUAGES`.

    Examples
    --------
    >>> preferred_language("pl,en;q=0.8,nl;q=0.9"), preferred_language("en-GB,en"), preferred_language("pl")
    ('nl', 'en', 'nl')
    """
    wanted: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        name, _, weight = part.partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        language = name.strip().lower().partition("-")[0]
        if language in LANGUAGES and quality > 0:
            wanted.append((-quality, language))
    return min(wanted, key=lambda pair: pair[0])[1] if wanted else DEFAULT
