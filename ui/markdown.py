"""Texts that people made up, in sentences that Streamlit reads as markdown."""

SIGNS = "\\`*_{}[]()#+-.!|<>$:~"


def plain(text: str) -> str:
    r"""Give a text of which no sign means anything: no link, no picture, no heading.

    Examples
    --------
    >>> plain("[hier](x)")
    '\\[hier\\]\\(x\\)'
    """
    return "".join(f"\\{sign}" if sign in SIGNS else sign for sign in text)
