"""Files as they travel: small, and the same on arrival."""

import io
from pathlib import Path

import brotli
import pytest
from fontTools.ttLib import TTFont

from tests.support.temp_store import ROOT
from ui.server.static_files import font_subsets, packed_files

MEDIA = packed_files.STATIC / "static" / "media"
FONTS = {file.name.split(".")[0]: file for file in MEDIA.iterdir() if font_subsets.is_cut(file)}


def test_icon_font_keeps_the_icons_that_are_named_and_no_others() -> None:
    """`clear` is another name of the sign of `close`; `home` has a sign of its own, and is gone."""
    small = font_subsets.cut(FONTS[font_subsets.ICONS].read_bytes(), frozenset({"search", "close"}))
    font = TTFont(io.BytesIO(small))
    names = {letter: chr(code) for code, letter in font.getBestCmap().items()}
    written = {
        "".join(names[part] for part in (first, *one.Component))
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for first, found in getattr(table, "ExtSubTable", table).ligatures.items()
        for one in found
    }
    assert written == {"search", "close", "clear"}
    assert len(small) < 3_000


def test_text_font_keeps_the_letters_of_latin_languages() -> None:
    small = font_subsets.cut(FONTS[font_subsets.TEXT].read_bytes())
    letters = {chr(code) for code in TTFont(io.BytesIO(small)).getBestCmap()}
    assert set("Buurt ëïé€ğışłąść²–“”…") <= letters
    assert "Д" not in letters
    assert len(small) < 40_000


def test_icons_of_our_pages_and_of_streamlit_are_known() -> None:
    """One that only our planner's page names, and one that only Streamlit's script names."""
    names = font_subsets.icon_names(packed_files.STATIC / "static" / "js")
    assert {"filter_alt", "keyboard_double_arrow_left"} <= names


@pytest.mark.parametrize(
    "path", [ROOT / "ui" / "browser" / "shell.js", *FONTS.values()], ids=lambda file: file.name[:12]
)
def test_what_is_sent_before_all_is_packed_is_whole(path: Path) -> None:
    """Before the child process is done nobody waits: fonts go uncut, scripts less tightly packed."""
    sent = packed_files.find(path)
    assert sent.plain == path.read_bytes()
    assert sent.brotli is None or brotli.decompress(sent.brotli) == sent.plain


def test_packed_script_is_the_same_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once and kept; where nothing can be kept it is made all the same."""
    script = ROOT / "ui" / "browser" / "shell.js"
    monkeypatch.setattr(packed_files.settings, "cache_folder", lambda: tmp_path)
    first = packed_files.pack(script)
    assert first.brotli is not None
    assert brotli.decompress(first.brotli) == script.read_bytes()
    (kept,) = (tmp_path / "packed").iterdir()
    kept.write_bytes(b"kept")
    assert packed_files.pack(script).brotli == b"kept"
    monkeypatch.setattr(packed_files.settings, "cache_folder", lambda: script)
    assert packed_files.pack(script).brotli == first.brotli
