"""Sheets to draw on with a pen: a quiet map of the municipality's own ground, made to be read back.

The map is one vector picture, made once for a whole pack; only number and QR differ from sheet to sheet. The
same picture in pixels is what a photo is compared with, so that print and pen are told apart.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
import segno
import typst

from geo import paper_sheet as sheets
from geo.paper_sheet import PaperSheet
from i18n import Translator
from maps import style
from maps.documents.paper_sheet_labels import Tables
from maps.documents.paper_sheet_map import build_map

DICTIONARY = cv2.aruco.DICT_4X4_50
"""Of the families tried, the coarsest survives blur best, and six numbers are all we need."""

MAX_SHEETS = 300


# --- The page -------------------------------------------------------------------------------------


def render_sheets_pdf(
    pack: Sequence[PaperSheet], ground: Tables, say: Translator, *, pen: str, credit: str, made_up: bool
) -> bytes:
    """Create a pack of sheets of the same ground as one PDF, a page each.

    Parameters
    ----------
    pack
        Sheets that differ in their number only.
    pen
        One of `PENS`: which pen the instruction asks for.
    credit
        Who made the map.
    """
    return _compiled(pack, ground, say, pen=pen, credit=credit, made_up=made_up, form="pdf")


def render_sheet_png(
    sheet: PaperSheet,
    ground: Tables,
    say: Translator,
    *,
    pen: str,
    credit: str,
    made_up: bool,
    px_per_mm: float,
) -> bytes:
    """Return one sheet as a picture, `px_per_mm` pixels to a millimetre of the A4 sheet."""
    ppi = px_per_mm * 25.4 / sheets.SIZES[sheet.size]
    return _compiled([sheet], ground, say, pen=pen, credit=credit, made_up=made_up, form="png", ppi=ppi)


def _compiled(
    pack: Sequence[PaperSheet],
    ground: Tables,
    say: Translator,
    *,
    pen: str,
    credit: str,
    made_up: bool,
    form: str,
    ppi: float | None = None,
) -> bytes:
    first = pack[0]
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": first.qr_text}):
        build_map(first, ground).savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    files: dict[str, bytes] = {"main.typ": PAGE.encode(), "map.svg": drawn.getvalue()}
    for number in range(len(sheets.MARKS)):
        files[f"mark{number}.svg"] = _mark(number)
    for sheet in pack:
        files[f"qr{sheet.number}.svg"] = _qr(sheet)
    facts = {
        "factor": sheets.SIZES[first.size],
        "frame": sheets.FRAME,
        "panel": sheets.PANEL,
        "qr": sheets.QR,
        "mark_mm": sheets.MARK_MM,
        "marks": sheets.MARKS,
        "language": say.language,
        "numbers": [sheet.number for sheet in pack],
        "labels": [say("paper.sheet_number", number=sheet.number) for sheet in pack],
        "title": say("paper.sheet_title"),
        "steps": [say("paper.sheet_round", pen=say(f"paper.pen_{pen}")), say("paper.sheet_close")],
        "kind": say("paper.sheet_kind"),
        "free": say("paper.sheet_free"),
        "mistake": say("paper.sheet_mistake"),
        "north": say("paper.sheet_north"),
        "alt": say("paper.sheet_alt"),
        "qr_alt": say("paper.sheet_qr"),
        "made_up": say("demo.label") if made_up else "",
        "credit": credit,
        "bar": _bar(first, say),
        "ink": style.INK,
        "accent": style.DRAWN,
    }
    compile_page: Any = typst.compile  # its types do not know that several files may be handed over
    made = compile_page(
        files,
        format=form,
        ppi=ppi,
        font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts)},
    )
    return bytes(made)


def _mark(number: int) -> bytes:
    """Draw a mark in vectors: a black square with the bits of its number in white."""
    cells = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), number, 6)
    white = "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(cells > 127).tolist())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 6" shape-rendering="crispEdges">'
        f'<path d="M0 0h6v6h-6z"/><path fill="#fff" d="{white}"/></svg>'
    ).encode()


def _qr(sheet: PaperSheet) -> bytes:
    drawn = io.BytesIO()
    segno.make(sheet.qr_text, error="m", micro=False).save(drawn, kind="svg", border=0, omitsize=True)
    return drawn.getvalue()


def _bar(sheet: PaperSheet, say: Translator) -> dict[str, object]:
    """Choose a round length for the scale bar that fits the panel."""
    room_m = (sheets.PANEL[2] - sheets.PANEL[0] - 10) * sheet.m_per_mm
    length_m = max(m for m in (25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000) if m <= room_m)
    return {"mm": length_m / sheet.m_per_mm, "text": say("paper.sheet_bar", length_m=length_m)}


PAGE = """
#let f = json(bytes(sys.inputs.facts))
#let k = f.factor
#let mm(n) = n * k * 1mm
#let ink = rgb(f.ink)
#set document(title: f.title)
#set page(width: mm(297), height: mm(210), margin: 0mm, fill: white)
#set text(font: "DejaVu Sans", lang: f.language, size: k * 12.5pt, fill: ink, hyphenate: false)
#set par(leading: 0.5em, spacing: 0.5em)
#let at(box, body) = place(top + left, dx: mm(box.at(0)), dy: mm(box.at(1)), body)
#let width(box) = mm(box.at(2) - box.at(0))
#let height(box) = mm(box.at(3) - box.at(1))
#for (place-in-pack, number) in f.numbers.enumerate() [
  #if place-in-pack > 0 { pagebreak() }
  #at(f.frame, image("map.svg", width: width(f.frame), height: height(f.frame), alt: f.alt))
  #at(f.frame, rect(width: width(f.frame), height: height(f.frame), stroke: 0.3mm + ink))
  #for (index, corner) in f.marks.enumerate() {
    at(corner, image("mark" + str(index) + ".svg", width: mm(f.mark_mm), height: mm(f.mark_mm), alt: ""))
  }
  #at(f.panel, block(width: width(f.panel), height: height(f.panel))[
    #text(size: k * 22pt, weight: "bold", f.title)
    #v(mm(1))
    #for (index, step) in f.steps.enumerate() {
      grid(
        columns: (mm(8), 1fr),
        text(size: k * 18pt, weight: "bold", fill: rgb(f.accent), str(index + 1)),
        pad(top: k * 2pt, step),
      )
      v(mm(2))
    }
    #text(weight: "bold", f.kind)
    #v(mm(1))
    #text(size: k * 11pt, f.free)
    #v(mm(1))
    #text(size: k * 11pt, f.mistake)
    #v(mm(2))
    #grid(
      columns: (auto, auto), align: horizon, column-gutter: mm(2),
      polygon(fill: ink, (0mm, mm(8)), (mm(3), 0mm), (mm(6), mm(8)), (mm(3), mm(6))),
      text(size: k * 10.5pt, f.north),
    )
    #v(mm(2))
    #stack(
      spacing: mm(1),
      rect(width: mm(f.bar.mm), height: mm(1.6), fill: ink),
      text(size: k * 10.5pt, f.bar.text),
    )
  ])
  #at((f.panel.at(0), f.qr.at(1) - 16, f.panel.at(2), f.qr.at(1)), block(width: width(f.panel))[
    #text(size: k * 20pt, weight: "bold", f.labels.at(place-in-pack))
    #if f.made_up != "" {
      linebreak()
      text(size: k * 10pt, weight: "bold", fill: rgb(f.accent), f.made_up)
    }
  ])
  #at(f.qr, image("qr" + str(number) + ".svg", width: width(f.qr), height: height(f.qr), alt: f.qr_alt))
  #place(
    top + left, dx: mm(f.panel.at(0)), dy: mm(f.qr.at(3) + 4),
    block(width: width(f.panel), text(size: k * 6.5pt, f.credit)),
  )
]
"""
