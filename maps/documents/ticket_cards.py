"""Tickets to print: one card a person, with the code, the address and its QR code; or a list for a mailing."""

import csv
import html
import io
from collections.abc import Sequence

from maps.static import qr

LOOK = """
body { font-family: system-ui, sans-serif; margin: 0; }
ul { display: grid; grid-template-columns: 1fr 1fr; margin: 0; padding: 0; list-style: none; }
li { break-inside: avoid; border: 1px dashed #777; box-sizing: border-box; height: 59mm; padding: 6mm; }
svg { float: right; width: 34mm; height: 34mm; }
b { display: block; font: 700 20pt monospace; margin: 3mm 0; }
p { font-size: 10pt; margin: 0 0 2mm; overflow-wrap: anywhere; }
@page { size: A4; margin: 8mm; }
"""


def render_cards(tickets: Sequence[tuple[str, str]], *, language: str, title: str, sentence: str) -> str:
    """Return a page that prints as cards, ten on an A4.

    Parameters
    ----------
    tickets
        Code and address of each.
    title, sentence
        Whose they are, and what to do with one.
    """
    cards = "".join(
        f"<li>{qr.svg(address)}<p>{html.escape(title)}</p><b>{html.escape(code)}</b>"
        f"<p>{html.escape(sentence)}</p><p>{html.escape(address)}</p></li>"
        for code, address in tickets
    )
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{LOOK}</style></head><body><ul>{cards}</ul></body></html>"
    )


def render_list(tickets: Sequence[tuple[str, str]], *, code: str, address: str) -> str:
    """Return the tickets as CSV for a mailing, with these headings.

    Examples
    --------
    >>> render_list([("ABCDE-23456", "https://b.nl/teken?kaart=ABCDE-23456")], code="code", address="link")
    'code;link\\r\\nABCDE-23456;https://b.nl/teken?kaart=ABCDE-23456\\r\\n'
    """
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([(code, address), *tickets])
    return out.getvalue()
