"""The sheet to print in a QGIS project: A3 lying, with title, map, legend, scale, north, rules, sources and licence."""

import uuid
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from i18n import Translator
from i18n.package import LayerWords, PackageWords
from maps import style

PAGE_MM = (420.0, 297.0)
MAP_MM = (12.0, 40.0, 294.0, 245.0)
"""Left, top, width, height of the map on the sheet."""

SIDE_MM, SIDE_WIDTH_MM = 312.0, 96.0
MARGIN = 0.04
"""Part of the width that is left free around what is drawn."""

PAGE, MAP, PICTURE, LABEL, LEGEND, SCALE_BAR = "65638", "65639", "65640", "65641", "65642", "65646"
"""Kinds of items as QGIS numbers them."""

FONT = "Sans Serif"
NORTH = ":/images/north_arrows/layout_default_north_arrow.svg"
"""An arrow that QGIS holds itself."""

Box = tuple[float, float, float, float]


def layer_id(name: str) -> str:
    """Return the key of a layer in a project; QGIS makes one of its own for any of ten signs or fewer."""
    return f"beleefde_buurt_{name}"


def add_layouts(root: Element, words: PackageWords, shown: Sequence[LayerWords], say: Translator) -> None:
    """Add the sheet to a project.

    Parameters
    ----------
    root
        Element ``qgis``.
    words
        What stands on the sheet.
    shown
        Layers on its map and in its legend, from above to below.
    """
    name = say("qgis.sheet")
    layout = SubElement(
        SubElement(root, "Layouts"), "Layout", name=name, units="mm", printResolution="300", worldFileMap=""
    )
    pages = SubElement(layout, "PageCollection")
    _item(pages, PAGE, "page", (0.0, 0.0, *PAGE_MM))
    credit = " · ".join(part for part in (words.credit, words.licence) if part)
    _label(layout, "title", words.title, 24, (12.0, 9.0, 396.0, 14.0))
    _label(layout, "about", words.about, 11, (12.0, 25.0, 396.0, 12.0))
    _map(layout, words, shown)
    _legend(layout, shown, say)
    _scale_bar(layout)
    arrow = _item(layout, PICTURE, "north", (SIDE_MM + SIDE_WIDTH_MM - 16.0, 186.0, 14.0, 14.0))
    arrow.set("file", NORTH)
    _label(layout, "rules", f"{words.rules}\n\n{credit}", 9, (SIDE_MM, 208.0, SIDE_WIDTH_MM, 77.0))


def _item(parent: Element, kind: str, name: str, box: Box) -> Element:
    left, top, width, height = box
    key = "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, f"beleefde-buurt/{name}")) + "}"
    facts = {
        "type": kind,
        "id": name,
        "uuid": key,
        "templateUuid": key,
        "position": f"{left:g},{top:g},mm",
        "positionOnPage": f"{left:g},{top:g},mm",
        "size": f"{width:g},{height:g},mm",
        "referencePoint": "0",
        "visibility": "1",
        "opacity": "1",
        "background": "true" if kind == PAGE else "false",
        "frame": "true" if kind == MAP else "false",
        "zValue": str(len(parent)),
    }
    return SubElement(parent, "LayoutItem", facts)


def _label(layout: Element, name: str, text: str, points: int, box: Box) -> None:
    item = _item(layout, LABEL, name, box)
    for key, value in {"labelText": text, "htmlState": "0", "halign": "1", "valign": "32"}.items():
        item.set(key, value)
    SubElement(item, "LabelFont", description=_font(points), style="")
    red, green, blue = (str(int(style.INK[at : at + 2], 16)) for at in (1, 3, 5))
    SubElement(item, "FontColor", red=red, green=green, blue=blue, alpha="255")


def _map(layout: Element, words: PackageWords, shown: Sequence[LayerWords]) -> None:
    item = _item(layout, MAP, "map", MAP_MM)
    item.set("keepLayerSet", "true")
    item.set("drawCanvasItems", "true")
    sides = zip(("xmin", "ymin", "xmax", "ymax"), sheet_extent(words.bounds), strict=True)
    SubElement(item, "Extent", {name: f"{side:.2f}" for name, side in sides})
    kept = SubElement(item, "LayerSet")
    for layer in shown:
        SubElement(kept, "Layer", name=layer.title, provider="ogr").text = layer_id(layer.name)


def sheet_extent(bounds: Box) -> Box:
    """Return the ground on the map of the sheet: all of the bounds, in the proportions of the map.

    Examples
    --------
    >>> [round(side) for side in sheet_extent((0, 0, 2940, 100))]
    [-118, -1273, 3058, 1373]
    """
    left, bottom, right, top = bounds
    width, height = (max(side, 1.0) * (1 + 2 * MARGIN) for side in (right - left, top - bottom))
    ratio = MAP_MM[2] / MAP_MM[3]
    width, height = max(width, height * ratio), max(height, width / ratio)
    x, y = (left + right) / 2, (bottom + top) / 2
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _legend(layout: Element, shown: Sequence[LayerWords], say: Translator) -> None:
    item = _item(layout, LEGEND, "legend", (SIDE_MM, 40.0, SIDE_WIDTH_MM, 130.0))
    for key, value in {
        "title": say("qgis.legend"),
        "map_uuid": _map_key(layout),
        "resizeToContents": "1",
        "symbolWidth": "7",
        "symbolHeight": "4",
        "columnCount": "1",
        "wrapChar": "|",
        "boxSpace": "0",
    }.items():
        item.set(key, value)
    styles = SubElement(item, "styles")
    for name, points in {"title": 14, "group": 11, "subgroup": 11, "symbol": 10, "symbolLabel": 10}.items():
        part = SubElement(
            styles,
            "style",
            name=name,
            marginTop="3",
            marginBottom="1",
            marginLeft="2" if name == "symbolLabel" else "0",
        )
        SubElement(part, "styleFont", description=_font(points), style="")
    tree = SubElement(item, "layer-tree-group")
    SubElement(tree, "customproperties")
    for layer in shown:
        facts = {
            "id": layer_id(layer.name),
            "name": layer.title,
            "providerKey": "ogr",
            "checked": "Qt::Checked",
        }
        SubElement(SubElement(tree, "layer-tree-layer", facts, expanded="1"), "customproperties")


def _scale_bar(layout: Element) -> None:
    item = _item(layout, SCALE_BAR, "scale", (SIDE_MM, 188.0, 72.0, 12.0))
    for key, value in {
        "style": "Single Box",
        "mapUuid": _map_key(layout),
        "unitType": "meters",
        "unitLabel": "m",
        "numMapUnitsPerScaleBarUnit": "1",
        "segmentSizeMode": "1",
        "minBarWidth": "40",
        "maxBarWidth": "70",
        "numSegments": "2",
        "numSegmentsLeft": "0",
        "height": "3",
        "labelBarSpace": "2",
        "boxContentSpace": "1",
        "outlineWidth": "0.3",
    }.items():
        item.set(key, value)
    SubElement(item, "text-style", fontFamily=FONT, fontSize="10", fontSizeUnit="Point")


def _map_key(layout: Element) -> str:
    return next(item.get("uuid", "") for item in layout.iter("LayoutItem") if item.get("type") == MAP)


def _font(points: int) -> str:
    return f"{FONT},{points},-1,5,50,0,0,0,0,0"
