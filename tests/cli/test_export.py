"""`buurt report` and `buurt export` as somebody calls them."""

import html
import re
import subprocess
import zipfile
from pathlib import Path

import docx
import fiona
import openpyxl
import pytest

from cli.export import export
from geo.errors import OutputExists
from tests.support.cli_runner import Buurt


def test_without_an_edition_there_is_nothing_to_take_along(buurt: Buurt, tmp_path: Path) -> None:
    for words in (("report", "--out", tmp_path / "out"), ("export", "--out", tmp_path / "x.csv")):
        done = buurt(*words, "--project", "demo")
        assert done.returncode == 2
        assert "nog geen uitgave" in done.stderr
    assert "komen erin" in buurt("publish", "--project", "demo", "--dry-run").stdout


def test_an_edition_is_made_once_and_files_are_made_of_it(buurt: Buurt, tmp_path: Path) -> None:
    done = buurt("publish", "--project", "demo")
    assert done.returncode == 0, done.stderr
    assert "Uitgave 1" in done.stdout
    again = buurt("publish", "--project", "demo")
    assert again.returncode == 0
    assert "geen uitgave gemaakt" in again.stdout
    done = buurt("report", "--project", "demo", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    finished = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "out" / "report.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for text in ("Samenvatting", "Beleefde buurten", "Grenzen", "Bronnen", "Wat dit rapport niet zegt"):
        assert text in finished
    assert finished.count("verzonnen voorbeeld") >= 8
    assert "Uitgave 1" in finished
    for words in (
        ("report", "--out", tmp_path / "out"),
        ("export", "--out", tmp_path / "out" / "report.pdf"),
    ):
        done = buurt(*words, "--project", "demo")
        assert done.returncode == 2
        assert "Er is al een bestand" in done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert "Zuiderwaard" in page
    word = docx.Document(str(tmp_path / "out" / "report.docx"))
    headings = [one.text for one in word.paragraphs if one.style.name == "Heading 1"]
    assert all(re.search(rf"<h2>{re.escape(html.escape(text))}</h2>", page) for text in headings)
    path = tmp_path / "demo.xlsx"
    done = buurt("export", "--project", "demo", "--out", path)
    assert done.returncode == 0, done.stderr
    assert len(openpyxl.load_workbook(path).sheetnames) >= 6
    for words, said in ((("--out", "x.docx"), ".gpkg"), (("--division", "kreis", "--out", "x.csv"), "kreis")):
        done = buurt("export", "--project", "demo", *words)
        assert done.returncode == 2
        assert said in done.stderr
    assert not Path("x.docx").exists()


def test_an_archive_of_the_same_edition_is_the_same_file(buurt: Buurt, tmp_path: Path) -> None:
    """Reports and GeoPackages too: nothing in them is of the moment or of chance. Each time a process of its own."""
    assert buurt("publish", "--project", "demo").returncode == 0
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    for path in (first, second):
        done = buurt("archive", "--project", "demo", "--out", path)
        assert done.returncode == 0, done.stderr
        assert path.name in done.stdout
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        names = [name.removeprefix("archief-demo/") for name in packed.namelist()]
        assert packed.read("archief-demo/data/rapport/report.pdf").startswith(b"%PDF")
    assert {"bagit.txt", "manifest-sha256.txt", "data/LEESMIJ.txt", "data/rapport/report.html"} <= set(names)
    done = buurt("archive", "--project", "demo", "--out", tmp_path / "a.tar")
    assert done.returncode == 2
    assert ".zip" in done.stderr


@pytest.mark.parametrize("taken", ["uit.qgz", "uit.iso19139.xml", "uit.dcat.jsonld"])
def test_an_export_replaces_nothing_that_lies_beside_it(tmp_path: Path, taken: str) -> None:
    """Somebody's own QGIS project of the same name stays theirs, and nothing is written at all."""
    mine = tmp_path / taken
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputExists):
        export(tmp_path / "uit.gpkg", project="demo")
    assert [file.name for file in tmp_path.iterdir()] == [taken]
    assert mine.read_text(encoding="utf-8") == "mine"


def test_raw_drawings_take_a_yes(buurt: Buurt, tmp_path: Path) -> None:
    path = tmp_path / "raw.gpkg"
    assert "niets geschreven" in buurt("export", "--raw", "--out", path).stdout
    assert not path.exists()
    done = buurt("export", "--raw", "--yes", "--out", path)
    assert done.returncode == 0, done.stderr
    assert "150" in done.stdout
    assert "drawing" in fiona.listlayers(path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "--project", "nowhere", "--out", "out"), "nowhere"),
        (("export", "--raw", "--yes", "--out", "x.csv"), ".gpkg"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(buurt: Buurt, words: tuple[str, ...], said: str) -> None:
    done = buurt(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
