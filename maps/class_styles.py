"""Styles of classified layers: colours, patterns and panes."""

from dataclasses import dataclass
from typing import Literal

from maps import style

Pattern = Literal["", "stripes", "back", "dots", "lattice"]


@dataclass(frozen=True)
class ClassStyle:
    """How a class looks: fill (empty for none), how dense, pattern, line (empty for none), width, dash."""

    fill: str = ""
    opacity: float = 0.55
    pattern: Pattern = ""
    line: str = ""
    weight: float = 2.0
    dash: str = ""


CORES: dict[str, ClassStyle] = {
    "25": ClassStyle(style.CORES[25], 0.35, line=style.CORES[25], weight=1.5),
    "50": ClassStyle(style.CORES[50], 0.4, line=style.CORES[50], weight=2.5),
    "75": ClassStyle(style.CORES[75], 0.45, "stripes", line=style.CORES[75], weight=2.0),
}
"""Cores by the percentage of drawers who share them, the darker the more."""

TURNOUT: dict[str, ClassStyle] = {
    "many": ClassStyle("#0b5c7a", 1.0, "lattice"),
    "fair": ClassStyle("#5aa1b8", 0.45),
    "few": ClassStyle("#b45f06", 1.0, "stripes"),
    "blank": ClassStyle("#8a3b00", 1.0, "dots"),
    "drawn": ClassStyle("#5aa1b8", 0.45),
}
"""Areas by how many of their inhabitants drew; "drawn" where nobody knows how many live there."""

FITS: dict[str, ClassStyle] = {
    "better": TURNOUT["many"],
    "alike": TURNOUT["fair"],
    "worse": TURNOUT["few"],
    "few": ClassStyle("#8b949c", 0.3),
    "blank": TURNOUT["blank"],
}
"""Areas by how well they fit what was drawn, against the mean of all."""

BORDERS: dict[str, ClassStyle] = {
    "hard": ClassStyle(line="#7f1049", weight=5.0),
    "between": ClassStyle(line="#c07a00", weight=4.0, dash="10 4"),
    "soft": ClassStyle(line="#2f7f9e", weight=3.0, dash="3 5"),
    "unknown": ClassStyle(line="#8b949c", weight=1.5, dash="1 5"),
}
"""Official borders by how many residents stop there."""

SCORES: dict[str, ClassStyle] = {
    "low": ClassStyle("#b45f06", 1.0, "stripes"),
    "middle": ClassStyle("#d9c27a", 0.6),
    "high": ClassStyle("#0b5c7a", 1.0, "lattice"),
}
"""Areas by a score, in three steps."""

GAP: dict[str, ClassStyle] = {
    "gap": ClassStyle("#8a3b00", 1.0, "dots", line="#8a3b00", weight=1.5, dash="4 4")
}
DISPUTED: dict[str, ClassStyle] = {"disputed": ClassStyle("#1b2733", 1.0, "back")}
TRIAGE: dict[str, ClassStyle] = {
    "now": ClassStyle(style.DRAWN, 0.25, line=style.DRAWN, weight=3.0),
    "proposed": ClassStyle(line="#1b2733", weight=3.0, dash="7 5"),
    "left": ClassStyle(line="#0b5c7a", weight=3.0, dash="2 5"),
}
GROUND: dict[str, ClassStyle] = {
    "land": ClassStyle(style.GROUND["built"], 1.0, line=style.GROUND["building_edge"], weight=1.0)
}
"""Areas that people brought, as the ground where there is no other map."""
