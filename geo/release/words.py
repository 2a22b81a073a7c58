"""Words of residents: which of them may be an address or somebody's name."""


def is_marked(text: str) -> bool:
    """Return whether a text may hold an address or a person's name, for whoever releases it.

    Examples
    --------
    >>> [is_marked(text) for text in ("Oranjebuurt", "bij Jan Jansen", "Dorpsstraat 12", "de Oude Haven")]
    [False, True, True, True]
    """
    capitals = sum(word[:1].isupper() for word in text.split())
    return capitals > 1 or "@" in text or any(character.isdigit() for character in text)
