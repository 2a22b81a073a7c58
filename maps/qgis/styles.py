"""How our layers look in QGIS: its own style language (QML), from the palette of `maps.style`.

QGIS reads a style from the table ``layer_styles`` of a GeoPackage when it opens a layer [1]_, so what we hand
out looks as it does here, with a legend in words.

References
----------
.. [1] QGIS User Guide, Managing Custom Properties and Saving styles to a database
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from i18n import Translator
from i18n.package import PackageWords
from maps import style
from maps.class_styles import BORDERS
from maps.qgis.fields import add_fields

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.28.0"

LABELLED = 50
"""Band of the cores that carries the name: the one that counts as the neighbourhood."""

MM = 0.26
"""Width of a pixel on paper, mm."""

Facts = Mapping[str, str]


def styles(words: PackageWords, say: Translator) -> dict[str, str]:
    """Return the style of each layer that stands on a map as QML, by the name of the layer; see `style_elements`."""
    return {name: _written(root) for name, root in style_elements(words, say).items()}


def style_elements(words: PackageWords, say: Translator) -> dict[str, Element]:
    """Return the style of each layer that stands on a map, by its name, with the words of its columns.

    Parameters
    ----------
    words
        Layers: ``cores``, ``cores_smooth``, ``neighbourhoods``, ``disputed``, ``areas``, ``borders``,
        ``facilities`` or a division.
    """
    made = {
        "cores": lambda: _cores(say),
        "cores_smooth": lambda: _cores(say),
        "neighbourhoods": lambda: _one("fill", _core_outline(), _name_and_n(say)),
        "disputed": lambda: _one("fill", _disputed(), ""),
        "areas": lambda: _one("fill", _outline(words.division), '"name"'),
        "borders": lambda: _borders(say),
        "facilities": lambda: _facilities(say),
    }
    found = {}
    for layer in words.layers:
        if layer.shape:
            root = made[layer.name]() if layer.name in made else _one("fill", _outline(layer.name), "")
            add_fields(root, layer.fields)
            found[layer.name] = root
    return found


def _name_and_n(say: Translator) -> str:
    """Return the label of a neighbourhood as an expression: its name, or its number, and how many drew it."""
    nameless = say("report.nameless", number="\0").replace("'", "''").split("\0")
    number = f"'{nameless[0]}' || \"neighbourhood\" || '{nameless[1]}'"
    return f"coalesce(nullif(\"name\", ''), {number}) || '\\n' || '{say('export.head_n')}: ' || \"n\""


def _cores(say: Translator) -> Element:
    options = [
        (str(percent), say("figure.band", percent=percent), ("SimpleFill", _fill(style.CORES[percent], 150)))
        for percent in sorted(style.CORES)
    ]
    root = _categories("percent", "fill", options)
    # Once a neighbourhood: the band that is there under most names.
    _labels(root, f'CASE WHEN "percent" = {LABELLED} THEN {_name_and_n(say)} END')
    return root


def _facilities(say: Translator) -> Element:
    options = [
        (
            theme,
            say(f"export.theme_{theme}"),
            (
                "SimpleMarker",
                {
                    "name": mark.shape,
                    "color": _colour(mark.color),
                    "outline_color": _colour(style.PAPER),
                    "outline_width": "0.3",
                    "size": "2.8",
                    "size_unit": "MM",
                },
            ),
        )
        for theme, mark in style.THEMES.items()
    ]
    return _categories("theme", "marker", options)


def _borders(say: Translator) -> Element:
    root = _root()
    renderer = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
    rules = SubElement(renderer, "rules", key="all")
    symbols = SubElement(renderer, "symbols")
    for place, (kind, line) in enumerate(BORDERS.items()):
        rule = {"filter": f"\"kind\" = '{kind}'", "symbol": str(place), "label": say(f"figure.border_{kind}")}
        SubElement(rules, "rule", {"key": kind, **rule})
        _symbol(symbols, str(place), "line", "SimpleLine", _line(line.line, line.weight, line.dash))
    return root


def _disputed() -> tuple[str, Facts]:
    edge = {"outline_color": _colour(style.INK), "outline_width": "0.2", "outline_style": "dot"}
    return "SimpleFill", {"color": _colour(style.INK), "style": "b_diagonal", **edge}


def _core_outline() -> tuple[str, Facts]:
    edge = {"outline_color": _colour(style.CORES[75]), "outline_width": "0.4", "outline_style": "solid"}
    return "SimpleFill", {"style": "no", **edge}


def _outline(division: str) -> tuple[str, Facts]:
    line = style.DIVISIONS.get(division, style.OWN)
    return "SimpleFill", {
        "style": "no",
        "outline_color": _colour(line.color),
        "outline_width": f"{line.weight * MM:.2f}",
        "outline_width_unit": "MM",
        # Never a dash: two areas draw a border they share twice, and two dashed lines are one that is not.
        "outline_style": "solid",
    }


def _fill(color: str, alpha: int) -> Facts:
    return {
        "color": _colour(color, alpha),
        "style": "solid",
        "outline_color": _colour(style.CORES[75]),
        "outline_width": "0.2",
    }


def _line(color: str, weight: float, dash: str) -> Facts:
    dashed = {"use_custom_dash": "1", "customdash": ";".join(dash.split()), "customdash_unit": "Pixel"}
    return {
        "line_color": _colour(color),
        "line_width": f"{weight * MM:.2f}",
        "line_width_unit": "MM",
        "capstyle": "flat",
        **(dashed if dash else {}),
    }


def _one(kind: str, layer: tuple[str, Facts], label: str) -> Element:
    root = _root()
    renderer = SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    _symbol(SubElement(renderer, "symbols"), "0", kind, *layer)
    if label:
        _labels(root, label)
    return root


def _categories(column: str, kind: str, options: Sequence[tuple[str, str, tuple[str, Facts]]]) -> Element:
    root = _root()
    renderer = SubElement(root, "renderer-v2", type="categorizedSymbol", attr=column, symbollevels="0")
    categories = SubElement(renderer, "categories")
    symbols = SubElement(renderer, "symbols")
    for place, (value, label, layer) in enumerate(options):
        whole = "long" if value.isdigit() else "string"
        facts = {"value": value, "symbol": str(place), "label": label, "render": "true", "type": whole}
        SubElement(categories, "category", facts)
        _symbol(symbols, str(place), kind, *layer)
    return root


def _symbol(symbols: Element, name: str, kind: str, layer: str, facts: Facts) -> None:
    symbol = SubElement(symbols, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1")
    drawn = SubElement(symbol, "layer", {"class": layer, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(drawn, "Option", type="Map")
    for key, value in facts.items():
        SubElement(options, "Option", name=key, type="QString", value=value)


def _labels(root: Element, expression: str) -> None:
    root.set("labelsEnabled", "1")
    settings = SubElement(SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
    text = {"fieldName": expression, "isExpression": "1", "fontSize": "9", "textColor": _colour(style.INK)}
    written = SubElement(settings, "text-style", text)
    halo = {
        "bufferDraw": "1",
        "bufferSize": "1",
        "bufferSizeUnits": "MM",
        "bufferColor": _colour(style.PAPER),
    }
    SubElement(written, "text-buffer", halo)
    SubElement(settings, "placement", placement="1", dist="0")


def _root() -> Element:
    return Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields|Forms")


def _written(root: Element) -> str:
    return HEAD + tostring(root, encoding="unicode")


def _colour(color: str, alpha: int = 255) -> str:
    """Write a colour the QGIS way.

    Examples
    --------
    >>> _colour("#a3195b")
    '163,25,91,255'
    """
    return ",".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5)) + f",{alpha}"
