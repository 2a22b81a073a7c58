"""What a planner's map has beside the map: grounds to choose, layers with their legend, a card with numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from i18n import Translator
from maps.class_styles import ClassStyle
from maps.interactive.leaflet_layers import BrowserLayer
from maps.style import Line, Mark
from ui.assets import asset_url

SHEET = "ui/canvas/workbench.css"


@dataclass(frozen=True)
class PlaceSign:
    """Sign of a place that residents pointed at: its kind (met, missing, vanished) and colour."""

    kind: str
    color: str


Look = ClassStyle | Line | Mark | PlaceSign


@dataclass(frozen=True)
class Basemap:
    """A ground that may be chosen: its layer (None for no ground), what it is called and who made it."""

    key: str
    name: str
    layer: BrowserLayer | None
    credit: str = ""


@dataclass(frozen=True)
class PanelLayer:
    """A layer in the list below the map: key of the layer, its name, and the lines of its legend."""

    key: str
    name: str
    legend: Sequence[tuple[Look, str]] = ()


@dataclass(frozen=True)
class Workbench:
    """What is chosen, shown and said around one map.

    Attributes
    ----------
    project
        Whose map this is: the browser remembers the ground by it.
    basemaps
        At least one; the first is shown until another is chosen.
    layers
        In the order of the list.
    facts
        Code of an area or border to its name and the sentences of its card.
    chosen
        Code of what is chosen; its card stays.
    """

    project: str
    basemaps: Sequence[Basemap]
    layers: Sequence[PanelLayer] = ()
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    chosen: str = ""

    def as_options(self, words: Translator, credit: str) -> dict[str, Any]:
        """Return it as the browser takes it."""
        return {
            "project": self.project,
            "basemaps": [
                {
                    "key": one.key,
                    "name": one.name,
                    "credit": one.credit,
                    "maker": one.layer.maker if one.layer else "",
                    "settings": one.layer.settings if one.layer else {},
                }
                for one in self.basemaps
            ],
            "layers": [
                {"key": one.key, "name": one.name, "legend": [_line(*line) for line in one.legend]}
                for one in self.layers
            ],
            "facts": {code: list(lines) for code, lines in self.facts.items()},
            "chosen": self.chosen,
            "credit": credit,
            "words": words.section("workbench"),
        }


def sheet_url() -> str:
    """Return the address of its style sheet."""
    return asset_url(SHEET)


def _line(look: Look, text: str) -> dict[str, Any]:
    if isinstance(look, ClassStyle):
        return {"text": text, "area": asdict(look)}
    if isinstance(look, Line):
        return {"text": text, "area": asdict(ClassStyle(line=look.color, weight=look.weight, dash=look.dash))}
    return {"text": text, "mark" if isinstance(look, Mark) else "sign": asdict(look)}
