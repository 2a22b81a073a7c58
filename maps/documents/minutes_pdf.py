"""Minutes on paper: no cover, and letters that everybody in the room can read."""

from dataclasses import asdict
from datetime import datetime

from i18n.document import Document
from maps import style
from maps.documents.report_pdf import typeset


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
    return typeset("minutes.typ", content, made)
