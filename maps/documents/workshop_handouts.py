"""Paper of a workshop session, by typst: the page everyone takes home, and the pack that is printed before.

What people wrote reaches typst as data, never as part of a document: it is shown as it was typed.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import typst


@dataclass(frozen=True)
class OutcomePage:
    """What stands on the page that everyone takes home; every list is the most dots first.

    Attributes
    ----------
    names, panel, rest
        Lines, each with its dots: names proposed, what goes to the wijkpanel, other signals.
    """

    language: str
    title: str
    subtitle: str
    sentences: tuple[str, ...]
    names_title: str
    names: tuple[tuple[str, int], ...]
    panel_title: str
    panel: tuple[tuple[str, int], ...]
    rest_title: str
    rest: tuple[tuple[str, int], ...]
    closing: str
    qr_title: str


@dataclass(frozen=True)
class PrintPack:
    """The print pack: a poster, a card a table, the steps for a resident, the facilitator's check list."""

    language: str
    title: str
    subtitle: str
    join: str
    code: str
    address: str
    tables: tuple[str, ...]
    steps_title: str
    steps: tuple[str, ...]
    check_title: str
    check: tuple[str, ...]
    footer: str


@dataclass(frozen=True)
class Poster:
    """One A4 for a window: what it is, how to take part, and the address with its QR code."""

    language: str
    title: str
    subtitle: str
    how: str
    address: str
    footer: str


def poster_pdf(poster: Poster, *, qr: str) -> bytes:
    """Set a poster on one A4."""
    return _compiled(_POSTER, asdict(poster), {"qr.svg": qr})


def outcome_pdf(page: OutcomePage, *, picture: str, qr: str) -> bytes:
    """Set the outcome on one A4; long lists end in a line that says how many more there are."""
    return _compiled(_OUTCOME, asdict(page), {"map.svg": picture, "qr.svg": qr})


def pack_pdf(pack: PrintPack, *, qr: str) -> bytes:
    """Set the print pack, one A4 after the other."""
    return _compiled(_PACK, asdict(pack), {"qr.svg": qr})


def png(picture: str, *, width_px: int = 1800) -> bytes:
    """Turn a map's SVG into pixels, for a newsletter."""
    source = '#set page(width: 600pt, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.at("map.svg")), width: 100%)'
    made = typst.compile(
        source.encode(), format="png", ppi=width_px / 600 * 72, sys_inputs={"map.svg": picture}
    )
    return _one(made)


def _compiled(source: str, content: dict[str, Any], pictures: dict[str, str]) -> bytes:
    inputs = {"content": json.dumps(content), **pictures}
    return _one(typst.compile(source.encode(), format="pdf", sys_inputs=inputs))


def _one(made: bytes | list[bytes] | None) -> bytes:
    if isinstance(made, list):
        return made[0]
    return made or b""


_HEAD = """
#let content = json(bytes(sys.inputs.content))
#let ink = rgb("#1b2733")
#let drawn = rgb("#a3195b")
#set document(title: content.title, date: none)
#set text(font: ("Source Sans 3", "DejaVu Sans", "Libertinus Serif"), fill: ink, lang: content.language)
#let qr(size) = image(bytes(sys.inputs.at("qr.svg")), width: size)
"""

_POSTER = (
    _HEAD
    + """
#set page(paper: "a4", margin: 18mm, footer: align(center, text(size: 9pt, content.footer)))
#align(center, [
  #text(size: 40pt, weight: "bold", content.title) \\
  #text(size: 24pt, content.subtitle)
  #v(8mm)
  #qr(110mm)
  #v(8mm)
  #text(size: 24pt, content.how)
  #v(4mm)
  #text(size: 16pt, weight: "bold", content.address)
])
"""
)

_OUTCOME = (
    _HEAD
    + """
#set page(paper: "a4", margin: (x: 16mm, y: 14mm))
#set text(size: 11pt)
#set par(leading: 0.55em)
#let most(lines, n) = {
  for line in lines.slice(0, calc.min(n, lines.len())) [
    #box(width: 9mm, text(weight: "bold", fill: drawn, str(line.at(1))))#box(width: 100% - 9mm, line.at(0)) \\
  ]
  if lines.len() > n [… + #str(lines.len() - n)]
}
#text(size: 22pt, weight: "bold", content.title) \\
#content.subtitle
#v(1mm)
#image(bytes(sys.inputs.at("map.svg")), width: 100%, height: 92mm, fit: "contain")
#for line in content.sentences [#line #parbreak()]
#v(1mm)
#let list(title, lines, n) = if lines.len() > 0 [#text(size: 14pt, weight: "bold", title) \\ #most(lines, n)]
#grid(columns: (1fr, 1fr), gutter: 8mm,
  list(content.names_title, content.names, 5), list(content.panel_title, content.panel, 6))
#v(1mm)
#list(content.rest_title, content.rest, 5)
#place(bottom, grid(
  columns: (26mm, 1fr), gutter: 5mm, align: horizon,
  qr(26mm), [#text(weight: "bold", content.qr_title) \\ #content.closing],
))
"""
)

_PACK = (
    _HEAD
    + """
#set page(paper: "a4", margin: 18mm, footer: align(center, text(size: 9pt, content.footer)))
#let card(table) = align(center, [
  #text(size: 30pt, weight: "bold", content.title) \\
  #text(size: 16pt, content.subtitle)
  #v(4mm)
  #if table != "" [#text(size: 40pt, weight: "bold", fill: drawn, table) #v(2mm)]
  #text(size: 18pt, content.join)
  #qr(if table == "" { 110mm } else { 95mm })
  #text(size: 60pt, weight: "bold", tracking: 6pt, content.code) \\
  #text(size: 15pt, content.address)
])
#card("")
#for table in content.tables [#pagebreak() #card(table)]
#pagebreak()
#text(size: 30pt, weight: "bold", content.steps_title)
#set text(size: 20pt)
#set par(leading: 0.7em)
#enum(tight: false, spacing: 9mm, ..content.steps.map(line => [#line]))
#pagebreak()
#set text(size: 14pt)
#text(size: 26pt, weight: "bold", content.check_title)
#for line in content.check [
  #grid(columns: (9mm, 1fr), gutter: 3mm, box(width: 6mm, height: 6mm, stroke: 1.5pt + ink, radius: 1mm), line)
]
"""
)
