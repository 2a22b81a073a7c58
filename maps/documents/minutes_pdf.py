"""Minutes on paper, by typst: no cover, and letters that everybody in the room can read."""

import json
from dataclasses import asdict
from datetime import datetime

import typst

from i18n.document import Document
from maps import style
from maps.documents.report_html import HERE
from maps.documents.report_pdf import FONTS


def render_minutes(document: Document, made: datetime) -> bytes:
    """Set minutes as a PDF: real text, tagged for screen readers; what people wrote goes in as data.

    Parameters
    ----------
    document
        Chapters of paragraphs and tables; it has no pictures.
    made
        Moment in its properties, with a time zone; nothing else of it depends on the clock.
    """
    content = asdict(document) | {"look": {"ink": style.INK, "strong": style.ACTION_DEEP}}
    done = typst.compile(
        HERE / "minutes.typ",
        font_paths=[FONTS],
        # Minutes look the same on every machine.
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=made.replace(microsecond=0),
    )
    if not isinstance(done, bytes):
        raise TypeError("one PDF is one string of bytes")
    return done
