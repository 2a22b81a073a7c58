"""`buurt report` and `buurt export` as somebody calls them."""

import subprocess
from pathlib import Path

import fiona
import openpyxl
import pytest

from tests.cli.calling import Buurt


def test_the_report_of_the_made_up_town(buurt: Buurt, tmp_path: Path) -> None:
    done = buurt("report", "--project", "demo", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "out" / "report.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for text in ("Samenvatting", "Beleefde buurten", "Grenzen", "Bronnen", "Wat dit rapport niet zegt"):
        assert text in told
    assert told.count("verzonnen voorbeeld") >= 8
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert "Zuiderwaard" in page


def test_an_export_is_of_the_form_its_name_asks(buurt: Buurt, tmp_path: Path) -> None:
    path = tmp_path / "demo.xlsx"
    done = buurt("export", "--project", "demo", "--out", path)
    assert done.returncode == 0, done.stderr
    assert len(openpyxl.load_workbook(path).sheetnames) >= 6


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
        (("export", "--project", "demo", "--out", "x.docx"), ".gpkg"),
        (("export", "--project", "demo", "--division", "kreis", "--out", "x.csv"), "kreis"),
        (("export", "--raw", "--yes", "--out", "x.csv"), ".gpkg"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(buurt: Buurt, words: tuple[str, ...], said: str) -> None:
    done = buurt(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("x.docx").exists()
