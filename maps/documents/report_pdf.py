"""A report as a PDF for the council, and as one page that opens anywhere without internet.

Both are set from the same document (`i18n.document`) and the same pictures. What residents or registers
wrote goes in as data: the PDF reads it with ``json``, the page gets it escaped, and neither ever runs it. The
page holds its own scripts and shapes, forbids itself every request, and still works in twenty years.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import matplotlib
import typst
from matplotlib.figure import Figure

from i18n.document import Document
from maps import house_style, style
from maps.documents.report_html import HERE, TALL_IN
from maps.documents.script_bundle import JOINED
from maps.static.paper_chart import draw_chart
from maps.static.print_maps import svg

FIRST_PAGES = 2
"""The summary, with the contents below it, is a page of its own."""

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def render_pdf(
    document: Document, drawn: Mapping[str, Figure], made: datetime, *, front: str = "", credit: str = ""
) -> bytes:
    """Set a document as a PDF: real text, tagged for screen readers, pictures as drawings.

    Parameters
    ----------
    drawn
        Pictures by name, see `maps.static.print_maps.pictures`.
    front
        Name of the picture of which a part stands on the front; none when empty.
    credit
        Who made what stands on the picture on the front.
    made
        Moment in its properties, with a time zone; nothing else of it depends on the clock.
    """
    say = asdict(document)
    for place, chapter in enumerate(document.chapters):
        figure = drawn.get(chapter.picture.name) if chapter.picture else None
        has_picture = figure is not None or bool(chapter.charts)
        say["chapters"][place]["joined"] = chapter.key in JOINED
        say["chapters"][place]["begins_page"] = has_picture or place < FIRST_PAGES
        say["chapters"][place]["picture"] = (
            {
                "svg": svg(figure).decode(),
                "alt": chapter.picture.alt,
                "tall": bool(figure.get_figheight() > TALL_IN),
            }
            if figure is not None and chapter.picture is not None
            else None
        )
        say["chapters"][place]["charts"] = [
            {"svg": svg(draw_chart(chart)).decode(), "alt": chart.alt} for chart in chapter.charts
        ]
    say["front"] = svg(drawn[front]).decode() if front in drawn else None
    say["credit"] = " · ".join(dict.fromkeys(part for part in (document.label, credit) if part))
    house = house_style.current()
    say["look"] = {"ink": house.ink, "strong": house.action_deep, "drawn": style.DRAWN}
    return typeset("report.typ", say, made)


def typeset(template: str, content: Mapping[str, object], made: datetime) -> bytes:
    """Set content by a template of this folder as a PDF: real text, tagged for screen readers.

    Parameters
    ----------
    template
        Name of the file; all words and pictures go in as data, and nothing of them is read as a program.
    content
        What the template reads as JSON.
    made
        Moment in its properties, with a time zone; nothing else of it depends on the clock.
    """
    done = typst.compile(
        HERE / template,
        font_paths=[FONTS],
        # It looks the same on every machine.
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=made.replace(microsecond=0),
    )
    if not isinstance(done, bytes):
        raise TypeError("one PDF is one string of bytes")
    return done
