"""The start file: which failed tests get a second try."""

import sys
from pathlib import Path

import pytest

import start

ONCE = """
from pathlib import Path

def test_once() -> None:
    seen = Path(__file__).with_suffix(".seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
NEVER = "def test_never() -> None:\n    assert False\n"


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of another test suite, which the start file runs."""
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "SPREAD", [])  # a few tests need no workers
    for name in ("ui", "geo"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    (tmp_path / "tests" / "geo" / "test_well.py").write_text("def test_well() -> None:\n    pass\n", "utf-8")
    return tmp_path / "tests"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"ui/test_page.py": ONCE}, 0),
        ({"ui/test_page.py": NEVER}, 1),
        ({"ui/test_page.py": ONCE, "geo/test_number.py": ONCE}, 1),
        ({f"ui/test_page_{n}.py": ONCE for n in range(start.MOST_AGAIN + 1)}, 1),
    ],
    ids=["a page once", "a page twice", "a number too", "too many"],
)
def test_only_a_few_tests_of_pages_are_tried_again(suite: Path, files: dict[str, str], code: int) -> None:
    for name, text in files.items():
        (suite / name).write_text(text, "utf-8")
    assert start.test_whole() == code
