"""Texts that people made up, in sentences that Streamlit reads as markdown."""

import re

SIGNS = "\\`*_{}[]()#+-.!|<>$:~"
ADDRESS = re.compile(r"(?i)https?:|www|@")
"""What makes Streamlit's reader turn the rest of a word into a link, whatever signs are escaped."""
JOINER = "\N{WORD JOINER}"
"""Stands between two letters, takes no room, and is no part of an address."""


def escape_markdown(text: str) -> str:
    r"""Return a text of which no sign means anything: no link, no picture, no heading.

    Examples
    --------
    >>> escape_markdown("[hier](x)")
    '\\[hier\\]\\(x\\)'
    """
    apart = ADDRESS.sub(lambda found: found[0] + JOINER, text)
    return "".join(f"\\{sign}" if sign in SIGNS else sign for sign in apart)
