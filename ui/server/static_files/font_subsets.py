"""The fonts of the page, cut to what it shows: a whole icon font weighs more than all else on the first screen.

Text that is not in the cut fonts, such as Cyrillic, is shown in a font of the visitor's own device.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ui.assets import ROOT

LETTERS = (range(0x20, 0x180), range(0x2000, 0x2070), range(0x20A0, 0x20C0), range(0x2190, 0x2194), (0x2212,))
"""Latin and its extension A, punctuation, money, arrows and the minus: every language of the page so far."""

FEATURES = ["ccmp", "kern", "mark", "mkmk", "locl"]
ICON = re.compile(r":material/([a-z0-9_]+):")
ICONS = "MaterialSymbols-Rounded"
TEXT = "SourceSansVF-Upright"


def is_cut(path: Path) -> bool:
    """Return whether a file is a font that is served cut.

    Examples
    --------
    >>> is_cut(Path("MaterialSymbols-Rounded.nEdyypZU.woff2")), is_cut(Path("index.js"))
    (True, False)
    """
    return path.name.startswith((f"{ICONS}.", f"{TEXT}.")) and path.suffix == ".woff2"


def has_icons(path: Path) -> bool:
    """Return whether a font shows an icon where its name stands."""
    return path.name.startswith(f"{ICONS}.")


def icon_names(scripts: Path) -> frozenset[str]:
    """Return the names of the icons in our pages and in Streamlit's own scripts.

    Parameters
    ----------
    scripts
        The folder of Streamlit's scripts.
    """
    files = [*(ROOT / "ui").rglob("*.py"), *scripts.glob("*.js")]
    return frozenset(name for file in files for name in ICON.findall(file.read_text(encoding="utf-8")))


def cut(font: bytes, icons: frozenset[str] | None = None) -> bytes:
    """Return a font with fewer signs, as WOFF2.

    Parameters
    ----------
    font
        WOFF2.
    icons
        Names of the icons to keep, of a font that shows the icon where its name stands; None to keep `LETTERS`.
    """
    from fontTools import subset  # noqa: PLC0415  # needed once for each release
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    options = subset.Options(flavor="woff2", notdef_outline=True)
    if icons is not None:
        # Else every icon whose name is made of the same letters would stay.
        options.layout_closure = False
        options.layout_features = ["rlig", "liga"]
    else:
        options.layout_features = FEATURES
    whole = TTFont(io.BytesIO(font))
    subsetter = subset.Subsetter(options)
    if icons is not None:
        letters = sorted(set("".join(icons)))
        subsetter.populate(text="".join(letters), glyphs=sorted(_icon_glyphs(whole, icons)))
    else:
        subsetter.populate(unicodes=[code for codes in LETTERS for code in codes])
    subsetter.subset(whole)
    made = io.BytesIO()
    whole.flavor = "woff2"
    whole.save(made)
    return made.getvalue()


def _icon_glyphs(font: Any, icons: frozenset[str]) -> set[str]:
    """Return the signs that stand where these names are written."""
    letters = font.getBestCmap()
    wanted = {tuple(letters[ord(letter)] for letter in name) for name in icons}
    return {sign for parts, sign in _ligatures(font) if parts in wanted}


def _ligatures(font: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            pairs = getattr(table, "ExtSubTable", table).ligatures
            for first, found in pairs.items():
                for one in found:
                    yield (first, *one.Component), one.LigGlyph
