# ruff: noqa: SLF001  # folium's tree of elements has no public face
"""Folium made safe: a name that somebody typed can never run as a program, here or in a browser.

Folium renders text twice: what comes out of the first template is compiled as a second one. A street name
with ``{{ ... }}`` in it would run as Python on our server, and a harmless ``50{% korting`` would blank the
map for everybody. Three walls against that:

1. text does not go through folium at all: `pieces` refuses every element that carries any;
2. `harden` makes what comes out of a template final;
3. `safe_text` writes text so that no template and no browser sees anything but text, for exports where
   a name must stand in a page.
"""

import hashlib
import html
from dataclasses import dataclass
from functools import cache
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement

from geo.errors import TextInMap

CARRIES_TEXT = (
    folium.map.Popup,
    folium.map.Tooltip,
    folium.GeoJsonTooltip,
    folium.GeoJsonPopup,
    folium.DivIcon,
    folium.Html,
    folium.IFrame,
    folium.LayerControl,
)
"""Elements that exist to show text or markup; our pages show text themselves, as text."""


class RawText(Element):
    """Finished text that no template looks at again."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Literal"
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        """Return the text as it is."""
        return self.text


@cache
def harden_folium() -> None:
    """Create the output of every folium macro final, for the whole process.

    Branca wraps the output in ``Element(text)``, which compiles it as a template. Ours wraps it in `Literal`.
    """

    def render(self: MacroElement, **kwargs: Any) -> None:
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("a folium element is rendered inside a figure")
        macros = vars(self._template.module)
        for part in ("header", "html", "script"):
            if part in macros:
                made = RawText(str(macros[part](self, kwargs)))
                getattr(figure, part).add_child(made, name=self.get_name())
        for child in list(self._children.values()):
            child.render(**kwargs)

    MacroElement.render = render  # type: ignore[method-assign]  # branca has no other way in


def safe_text(text: str) -> str:
    """Write text for a folium export: shown as typed, and never seen as markup or as a template.

    Examples
    --------
    >>> safe_text("50{% korting <b>")
    '50&#123;% korting &lt;b&gt;'
    """
    escaped = html.escape(text, quote=True)
    return escaped.translate({ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"})


@dataclass(frozen=True)
class LayerScript:
    """One thing on the map: JavaScript that makes it, and a digest that changes only when it does."""

    key: str
    digest: str
    code: str


@dataclass(frozen=True)
class LayerScripts:
    """A folium map taken apart, so that a browser can swap one layer and leave the rest alone."""

    pieces: tuple[LayerScript, ...]
    keys: tuple[str, ...]


def split_map(drawn: folium.Map) -> LayerScripts:
    """Split a folium map into one piece of JavaScript a layer, with names that do not depend on chance.

    Each piece is the body of a function of ``L`` (Leaflet), ``map`` and ``topojson`` that returns its layer.

    Raises
    ------
    TextInMap
        An element carries text or markup.

    Examples
    --------
    Equal maps give equal pieces, so a browser sees that nothing changed.

    >>> one, two = (folium.Map(tiles=None) for _ in range(2))
    >>> for each in (one, two):
    ...     _ = folium.CircleMarker([52.5, 5.2]).add_to(each)
    >>> split_map(one) == split_map(two)
    True
    """
    harden_folium()
    _refuse_text(drawn)
    for place, child in enumerate(drawn._children.values()):
        own = getattr(child, "key", f"{place} {child._name}")
        _name_by_place(child, hashlib.md5(own.encode(), usedforsecurity=False).hexdigest())
    drawn._id = "0"
    parts = [child for child in drawn._children.values() if isinstance(child, MacroElement)]
    return LayerScripts(
        tuple(_piece(drawn, part) for part in parts),
        tuple(getattr(part, "key", part._name) for part in parts),
    )


def _piece(drawn: folium.Map, child: MacroElement) -> LayerScript:
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a folium map makes its own figure")
    script = figure.script
    script._children.clear()
    child.render()  # type: ignore[no-untyped-call]  # branca
    body = "\n".join(part.render() for part in script._children.values())
    script._children.clear()
    name = child.get_name()
    code = f"const {drawn.get_name()} = map;\n{body}\nreturn typeof {name} === 'undefined' ? null : {name};"
    return LayerScript(key=name, digest=hashlib.sha256(code.encode()).hexdigest()[:16], code=code)


def _refuse_text(element: Element) -> None:
    for child in element._children.values():
        if isinstance(child, CARRIES_TEXT):
            raise TextInMap(kind=type(child).__name__)
        if isinstance(child, folium.GeoJson) and _says_something(child.data):
            raise TextInMap(kind="GeoJson with text in its properties")
        _refuse_text(child)


def _name_by_place(element: Element, name: str) -> None:
    element._id = name
    for place, child in enumerate(element._children.values()):
        _name_by_place(child, f"{name}_{place}")


def _says_something(data: dict[str, Any]) -> bool:
    features = data.get("features", [data])
    facts = [feature.get("properties") or {} for feature in features]
    return any(
        isinstance(value, str) or not key.isidentifier() for row in facts for key, value in row.items()
    )
