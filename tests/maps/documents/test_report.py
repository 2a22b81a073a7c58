"""The report on paper and as a page: real text, working maps, and nothing that anybody typed ever runs."""

import datetime
import html
import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import numpy as np
import pandas as pd
import pypdfium2
import pytest
import shapely
from docx.oxml.ns import qn
from matplotlib.figure import Figure
from PIL import Image
from playwright.sync_api import Browser

import i18n
from geo.errors import AssetsAltered
from i18n.document import Chapter, Chart, ChartRow, Document, Picture, Table
from maps import house_style, style
from maps.documents.report_docx import HEIGHT_CM, WIDTH_CM, render_docx
from maps.documents.report_html import render_html
from maps.documents.report_pdf import render_pdf
from maps.documents.script_bundle import read_script
from maps.static.print_map_parts import MapContent
from maps.static.print_maps import all_maps, png, svg
from tests.support import token_sets

W = i18n.get_translator("nl")
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
EVIL = (
    "{{7*7}}", "<script>window.owned=1</script>", "<img src=x onerror=window.owned=1>", '#panic("x")', "#{7*7}",
    "$x^2$", "=1+1", "*vet* _schuin_ @label <label> \\ \" '", "`${7*7}`", "50{% korting", "</script><b>",
)  # fmt: skip


@pytest.fixture(scope="module")
def sheet() -> MapContent:
    """Two neighbourhoods that overlap, one of a bad name; two official areas; the four kinds of facility."""
    core, evil = shapely.box(142_000, 510_000, 143_000, 511_000), EVIL
    rows = [
        (
            number,
            percent,
            evil[number],
            12,
            5,
            60.0,
            shapely.affinity.translate(core.buffer(-100 * k), 700 * number),
        )
        for number in (1, 2)
        for k, percent in enumerate((25, 50, 75))
    ]
    columns = ["neighbourhood", "percent", "name", "n", "people", "area_ha", "geometry"]
    cores = pd.DataFrame(rows, columns=columns).set_index(["neighbourhood", "percent"])
    areas = gpd.GeoDataFrame(
        {"name": [evil[1], evil[2]]},
        geometry=[
            shapely.box(141_500, 509_500, 143_000, 511_500),
            shapely.box(143_000, 509_500, 145_000, 511_500),
        ],
        index=pd.Index(["a", "b"], name="code"),
        crs=28992,
    )
    borders = gpd.GeoDataFrame(
        {"kind": ["hard"]}, geometry=[shapely.LineString([(143_000, 509_500), (143_000, 511_500)])], crs=28992
    )
    themes = ["meeting_place", "bench", "play_area", "social_infrastructure"]
    facilities = gpd.GeoDataFrame(
        {"theme": themes, "name": list(evil[:4])},
        geometry=[shapely.Point(142_200 + 300 * at, 510_500) for at in range(4)],
        index=pd.Index(list("wxyz"), name="facility_id"),
        crs=28992,
    )
    roads = gpd.GeoDataFrame(
        {"kind": ["residential"], "name": [evil[0]]},
        geometry=[shapely.LineString([(141_500, 510_200), (145_000, 510_300)])],
        crs=28992,
    )
    tables = {
        "cores": gpd.GeoDataFrame(cores, geometry="geometry", crs=28992),
        "areas": areas,
        "borders": borders,
        "facilities": facilities,
    }
    return MapContent(tables, "buurt", {"roads": roads}, "Bron: CBS $x$", "verzonnen voorbeeld", W)


@pytest.fixture(scope="module")
def document() -> Document:
    rows = tuple((text, "1,5") for text in EVIL)
    pictures = ("consensus", "borders", "facilities")
    chapters = [
        Chapter(
            name,
            name,
            EVIL,
            Picture(name, EVIL[1]),
            (Table(EVIL[1], EVIL[:2], rows, (False, True), EVIL[0]),),
            charts=(Chart(EVIL[1], EVIL[5], (ChartRow(EVIL[5], 0.4), ChartRow(EVIL[1], 0.2, 0.3))),),
        )
        for name in pictures
    ]
    last = Chapter("limits", EVIL[1], points=EVIL)
    return Document(
        "nl", EVIL[1], EVIL[0], "verzonnen voorbeeld", EVIL, (("12", EVIL[1]),), (*chapters, last), "Inhoud",
        ("Bladzijde ", " van ", ""), EVIL[1],
    )  # fmt: skip


@pytest.fixture(scope="module")
def drawn(sheet: MapContent) -> dict[str, Figure]:
    return all_maps(sheet)


@pytest.fixture(scope="module")
def paper(document: Document, drawn: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    path.write_bytes(render_pdf(document, drawn, NOW, front="consensus", credit="CBS"))
    return path


@pytest.fixture(scope="module")
def word(document: Document, drawn: dict[str, Figure]) -> Any:
    return docx.Document(io.BytesIO(render_docx(document, drawn, NOW, credit="CBS")))


def test_word_says_every_word_of_the_document_once_and_runs_none(word: Any, document: Document) -> None:
    """Chapters as headings, paragraphs and points as text, tables cell by cell, in the order of the document."""
    paragraphs = [(one.style.name, one.text) for one in word.paragraphs]
    assert paragraphs[:2] == [("Title", document.title), ("Subtitle", document.subtitle)]
    assert [text for name, text in paragraphs if name == "Heading 1"] == [
        one.title for one in document.chapters
    ]
    assert [text for name, text in paragraphs if name == "List Bullet"] == list(EVIL)
    # On the front, and in each chapter but the last, which says them as points.
    assert [text for name, text in paragraphs if name == "Normal" and text] == list(EVIL) * 4
    facts, *tables = word.tables
    assert [cell.text for row in facts.rows for cell in row.cells] == ["12", EVIL[1]]
    for table in tables:
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            list(EVIL[:2]),
            *([text, "1,5"] for text in EVIL),
        ]
    assert len(tables) == 3


def test_word_knows_headings_pictures_and_pages(word: Any, document: Document) -> None:
    """What a screen reader and a printer need: alternative texts, heads that repeat, links that lead somewhere."""
    body = word.element.body
    assert [one.get("descr") for one in body.iter(qn("wp:docPr"))] == [EVIL[1]] * 6
    assert all(
        shape.width.cm <= WIDTH_CM + 0.1 and shape.height.cm <= HEIGHT_CM + 0.1
        for shape in word.inline_shapes
    )
    assert len(list(body.iter(qn("w:tblHeader")))) == 3
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert marks == [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))]
    assert marks == [chapter.key for chapter in document.chapters]
    assert len({one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkStart"))}) == len(marks)
    [section] = word.sections
    assert section.header.paragraphs[0].text == "verzonnen voorbeeld"
    fields = [one.get(qn("w:instr")) for one in section.footer.paragraphs[0]._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert word.core_properties.title == document.title
    assert word.core_properties.created == NOW


def test_chapters_without_a_picture_fill_the_page() -> None:
    """The front, the summary with the contents, and one page for six chapters of a line each."""
    chapters = tuple(Chapter(f"c{at}", f"Hoofdstuk {at}", ("Een zin.",)) for at in range(7))
    few = Document(
        "nl", "Titel", "Onder", "", (), (("12", "tekenaars"),), chapters, "Inhoud", ("Bladzijde ", " van ", ""), ""
    )  # fmt: skip
    with pypdfium2.PdfDocument(render_pdf(few, {}, NOW)) as made:
        assert len(made) == 3


@pytest.fixture(scope="module")
def page(
    document: Document, drawn: dict[str, Figure], sheet: MapContent, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(document, drawn, sheet), encoding="utf-8")
    return path


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_pdf_holds_text_and_what_was_typed_stands_there_as_typed(paper: Path) -> None:
    done = subprocess.run(["pdftotext", "-raw", str(paper), "-"], capture_output=True, text=True, check=True)
    found = squeezed(done.stdout)
    assert "verzonnenvoorbeeld" in found
    for text in EVIL:
        assert squeezed(text) in found, text
    assert "49" not in re.sub(r"[^\d]", "", found.replace("1,5", ""))


def test_the_pdf_is_tagged_in_its_language_and_runs_nothing(paper: Path) -> None:
    done = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True, check=True)
    assert re.search(r"Tagged:\s+yes", done.stdout)
    assert re.search(r"JavaScript:\s+no", done.stdout)
    assert re.search(r"Page size:.*A4", done.stdout)


def test_the_same_document_gives_the_same_pdf(document: Document, drawn: dict[str, Figure]) -> None:
    few = Document(**{**vars(document), "chapters": document.chapters[-1:]})
    assert render_pdf(few, drawn, NOW) == render_pdf(few, drawn, NOW)


def test_a_chart_has_its_sentence_for_who_does_not_see_it(paper: Path, page: Path) -> None:
    written = page.read_text(encoding="utf-8")
    assert written.count(f'<img class="chart" alt="{html.escape(EVIL[1], quote=True)}"') == 3
    # On the front nothing needs one; then three maps and three charts.
    assert paper.read_bytes().count(b"/S /Figure") + paper.read_bytes().count(b"/S/Figure") >= 6


def test_every_picture_says_its_source_and_that_it_is_made_up(drawn: dict[str, Figure]) -> None:
    for figure in drawn.values():
        said = {text.get_text() for axes in figure.axes for text in axes.texts}
        assert "verzonnen voorbeeld · Bron: CBS $x$" in said
        assert "N" in said
        assert any(re.fullmatch(r"[\d.]+ k?m", text) for text in said)


def test_shades_of_the_cores_differ_in_grey(drawn: dict[str, Figure]) -> None:
    """From light to dark by the percentage, also where colours are gone."""
    grey = [
        sum(int(color[at : at + 2], 16) * w for at, w in ((1, 0.3), (3, 0.59), (5, 0.11)))
        for color in style.CORES.values()
    ]
    assert grey[0] - grey[1] > 25
    assert grey[1] - grey[2] > 25


def test_png_and_svg_hold_a_picture(drawn: dict[str, Figure]) -> None:
    picture = Image.open(io.BytesIO(png(drawn["consensus"], dpi=60)))
    assert np.asarray(picture.convert("L")).std() > 10
    assert svg(drawn["consensus"]).startswith(b"<?xml")
    assert b"<script" not in svg(drawn["consensus"])


@pytest.mark.browser
def test_the_page_opens_from_a_file_and_asks_nothing(page: Path, chromium: Browser) -> None:
    visit = chromium.new_page()
    asked, wrong = [], []
    visit.on("request", lambda request: asked.append(request.url))
    visit.on("pageerror", lambda error: wrong.append(str(error)))
    visit.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    visit.goto(page.as_uri())
    visit.wait_for_function("document.querySelectorAll('[data-ready]').length === 3")
    visit.wait_for_selector(".map path.leaflet-interactive, .map svg path", state="attached")
    assert asked == [page.as_uri()]
    assert wrong == []
    assert visit.evaluate("window.owned") is None
    counts = visit.evaluate(
        "[...document.querySelectorAll('.map')].map(m => m.querySelectorAll('svg path').length)"
    )
    assert all(n >= 2 for n in counts), counts
    inked = visit.evaluate(
        "(() => { const c = document.querySelector('.map canvas'); const d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; return new Set(d).size; })()"
    )
    assert inked > 3
    body = squeezed(visit.inner_text("body"))
    assert all(squeezed(text) in body for text in EVIL)
    assert visit.locator(".area-name").first.inner_text() in EVIL
    visit.close()


@pytest.mark.browser
def test_a_switch_takes_a_layer_off_the_map(page: Path, chromium: Browser) -> None:
    visit = chromium.new_page()
    visit.goto(page.as_uri())
    visit.wait_for_function("document.querySelectorAll('[data-ready]').length === 3")
    count = "document.querySelector('[data-map=consensus]').querySelectorAll('svg path').length"
    before = visit.evaluate(count)
    visit.locator('[data-of="consensus"][data-toggle="core-75"]').uncheck()
    assert visit.evaluate(count) < before
    visit.close()


def test_a_page_without_our_scripts_is_not_made(
    document: Document,
    drawn: dict[str, Figure],
    sheet: MapContent,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("maps.documents.report_html.FOLDER", tmp_path)
    with pytest.raises(AssetsAltered):
        render_html(document, drawn, sheet)


def test_a_report_wears_the_colours_of_the_municipality_and_its_maps_do_not(
    document: Document,
    drawn: dict[str, Figure],
    sheet: MapContent,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = render_html(document, drawn, sheet)
    monkeypatch.setenv("BUURT_THEME", str(token_sets.write(tmp_path, "nested")))
    deep = house_style.current().action_deep
    dressed = render_html(document, drawn, sheet)
    assert f"--action-deep:{deep};" in dressed
    of_maps = re.compile(r'id="shapes">(.*?)</script>', re.DOTALL)
    assert of_maps.findall(dressed) == of_maps.findall(plain) != []
    word = docx.Document(io.BytesIO(render_docx(document, drawn, NOW)))
    assert str(word.styles["Heading 1"].font.color.rgb) == deep[1:].upper()
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(document, drawn, NOW))
    front = pypdfium2.PdfDocument(path)[0].render(scale=0.2).to_pil().convert("RGB")
    assert front.getpixel((4, 4)) == tuple(int(deep[at : at + 2], 16) for at in (1, 3, 5))


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    read_script.cache_clear()
