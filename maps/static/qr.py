"""QR codes, by segno: as a picture on a screen and as a vector on paper."""

import io

import segno

from maps import style

QUIET = 4
"""Modules of white around a code, as the standard asks."""


def svg(address: str) -> str:
    """Draw the QR code of an address as SVG without a fixed size.

    Examples
    --------
    >>> svg("https://voorbeeld.nl/mee?code=ABC234").startswith("<svg")
    True
    """
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=QUIET,
        omitsize=True,
        dark=style.INK,
        light="#ffffff",
    )
    return out.getvalue().decode().strip()


def terminal(address: str) -> str:
    """Draw the QR code of an address in the characters of a terminal."""
    out = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()
