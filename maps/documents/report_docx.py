"""A report as a Word document, to change and to take into a council's own papers.

Set from the same document and the same pictures as the PDF and the page (`maps.documents.report_pdf`). Headings, lists
and tables are those of Word itself, so that a table of contents, a screen reader and LibreOffice know what they are.
"""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from matplotlib.figure import Figure

from i18n.document import Chapter, Document, Table
from maps import house_style, style
from maps.static.paper_chart import draw_chart
from maps.static.print_maps import png

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""Media type of such a file."""

WIDTH_CM, HEIGHT_CM = 17.0, 21.0
"""Of the text on A4; no picture is larger, so that its heading stays on its page."""

DPI = 150
"""Of the pictures: sharp on paper, and small enough to mail."""

FONT = "Arial"
"""On every desk; where it is not, LibreOffice has a font of the same widths."""

QUIET = "f3efe7"


def render_docx(
    document: Document, drawn: Mapping[str, Figure], made: datetime, *, credit: str = ""
) -> bytes:
    """Set a document for Word.

    Parameters
    ----------
    drawn
        Pictures by name, see `maps.static.print_maps.pictures`.
    made
        Moment in its properties.
    credit
        Who made what lies under the pictures; stands below each.

    Examples
    --------
    >>> from i18n.document import Document
    >>> short = Document("nl", "Titel", "Buurt", "", (), (), (), "Inhoud", ("", " van ", ""), "voet")
    >>> render_docx(short, {}, datetime(2025, 5, 1, tzinfo=UTC))[:2]
    b'PK'
    """
    word = docx.Document()
    _set_up(word, document, made)
    _front(word, document)
    for chapter in document.chapters:
        _chapter(word, chapter, drawn, credit)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


# --- The whole ------------------------------------------------------------------------------------


def _set_up(word: WordDocument, document: Document, made: datetime) -> None:
    facts = word.core_properties
    facts.title, facts.subject = document.title, document.subtitle
    facts.author = facts.last_modified_by = "Beleefde Buurt"
    facts.language, facts.comments = document.language, document.footer
    facts.created = facts.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    _style(word, document.language)
    if document.label:
        over = section.header.paragraphs[0]
        over.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        over.add_run(document.label).bold = True
    under = section.footer.paragraphs[0]
    before, between, after = document.page
    under.add_run(f"{document.footer} · {before}")
    _add_field(under, "PAGE")
    under.add_run(between)
    _add_field(under, "NUMPAGES")
    under.add_run(after)


def _style(word: WordDocument, language: str) -> None:
    """Set the fonts and colours of the house on the styles of Word, so that whoever changes one changes all."""
    styles: Any = word.styles
    strong = RGBColor.from_string(house_style.current().action_deep.lstrip("#").upper())
    sizes = {"Normal": 10, "Title": 26, "Subtitle": 14, "Heading 1": 17, "Heading 2": 12, "Caption": 8}
    for name, size in sizes.items():
        font = styles[name].font
        font.name, font.size = FONT, Pt(size)
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{script}"), None)  # a theme's font would go before ours
        if name != "Normal":
            font.color.rgb, font.italic = strong, False
    styles["Normal"].paragraph_format.space_after = Pt(6)
    marked = OxmlElement("w:lang")
    marked.set(qn("w:val"), language)
    styles["Normal"].element.get_or_add_rPr().append(marked)


def _front(word: WordDocument, document: Document) -> None:
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    if document.facts:
        facts = word.add_table(rows=2, cols=len(document.facts))
        for column, (number, what) in enumerate(document.facts):
            above, below = facts.cell(0, column).paragraphs[0], facts.cell(1, column).paragraphs[0]
            run = above.add_run(number)
            run.bold, run.font.size = True, Pt(20)
            run.font.color.rgb = RGBColor.from_string(style.DRAWN.lstrip("#").upper())
            below.add_run(what)
    for line in document.imprint:
        word.add_paragraph(line)
    word.add_paragraph(document.contents, style="Heading 2")
    for chapter in document.chapters:
        _add_link(word.add_paragraph(style="List Number"), chapter.title, chapter.key)


def _chapter(word: WordDocument, chapter: Chapter, drawn: Mapping[str, Figure], credit: str) -> None:
    heading = word.add_heading(chapter.title, level=1)
    _add_bookmark(heading, chapter.key)
    for text in chapter.paragraphs:
        word.add_paragraph(text)
    for point in chapter.points:
        word.add_paragraph(point, style="List Bullet")
    if chapter.picture is not None and chapter.picture.name in drawn:
        _add_picture(word, drawn[chapter.picture.name], chapter.picture.alt)
        if credit:
            word.add_paragraph(credit, style="Caption")
    for chart in chapter.charts:
        _add_picture(word, draw_chart(chart), chart.alt)
    for table in chapter.tables:
        _add_table(word, table)


# --- Parts ----------------------------------------------------------------------------------------


def _add_picture(word: WordDocument, figure: Figure, alt: str) -> None:
    wide, high = (inches * 2.54 for inches in figure.get_size_inches())
    width = min(WIDTH_CM, wide, HEIGHT_CM * wide / high)
    place = word.add_paragraph()
    shape: Any = place.add_run().add_picture(io.BytesIO(png(figure, dpi=DPI)), width=Cm(width))
    shape._inline.docPr.set("descr", alt)  # python-docx has no way of its own to say it


def _add_table(word: WordDocument, table: Table) -> None:
    word.add_heading(table.title, level=2)
    made = word.add_table(rows=1, cols=len(table.heads), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row in (table.heads, *table.rows):
        cells = made.rows[0].cells if row is table.heads else made.add_row().cells
        for cell, text, is_number in zip(cells, row, table.numeric, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(8.5)
            run.bold = row is table.heads
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
            if is_number:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if row is table.heads:
                _shade(cell)
    for row_made in made.rows:
        _mark_row(row_made, "w:cantSplit")
    _mark_row(
        made.rows[0], "w:tblHeader"
    )  # repeated on every page, and known as a heading to a screen reader
    if table.note:
        word.add_paragraph(table.note, style="Caption")


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), QUIET)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark_row(row: Any, mark: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _add_field(place: Paragraph, what: str) -> None:
    """Add what Word counts itself: the number of a page, or of all pages."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), what)
    place._p.append(field)


def _add_bookmark(place: Paragraph, key: str) -> None:
    number = str(len(place._p.getroottree().findall(f".//{qn('w:bookmarkStart')}")))
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), key)
    end.set(qn("w:id"), number)
    place._p.append(start)
    place._p.append(end)


def _add_link(place: Paragraph, text: str, key: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), key)
    run = place.add_run(text)
    link.append(run._r)
    place._p.append(link)
