"""A QGIS project of a package: its layers in order, with styles, labels and words, and a sheet to print.

It names the GeoPackage beside it by its file name, so that both can be moved together, and asks no server.
QGIS 3.22 and later read it; a test opens it in QGIS itself.
"""

import io
import zipfile
from xml.etree.ElementTree import Element, SubElement, tostring

from i18n import Translator
from i18n.package import LayerWords, PackageWords, QgisFiles
from maps.qgis.fields import add_fields
from maps.qgis.layout import add_layouts, layer_id
from maps.qgis.styles import style_elements, styles

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.22.0"
ORDER = ("facilities", "disputed", "cores_smooth", "borders", "areas", "neighbourhoods", "cores")
"""Layers from above to below; others follow."""

SHOWN = {"disputed", "cores_smooth", "areas"}
"""What one sees when the project opens: the rest is a tick away."""

GEOMETRY = {"area": "Polygon", "line": "Line", "point": "Point", "": "No geometry"}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of the file in the archive: the same package gives the same bytes."""


def qgis_files(words: PackageWords, file: str, say: Translator) -> QgisFiles:
    """Return the styles and the project of a package.

    Parameters
    ----------
    words
        Its layers, in words.
    file
        Name of the GeoPackage, which lies beside the project.

    Returns
    -------
    QgisFiles
    """
    return QgisFiles(styles(words, say), project_archive(words, file, say))


def project_archive(words: PackageWords, file: str, say: Translator) -> bytes:
    """Return a project as QGIS saves it (``.qgz``): one XML text in an archive."""
    with io.BytesIO() as held:
        with zipfile.ZipFile(held, "w") as packed:
            entry = zipfile.ZipInfo("project.qgs", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, project_text(words, file, say))
        return held.getvalue()


def project_text(words: PackageWords, file: str, say: Translator) -> str:
    """Return the XML of a project.

    Parameters
    ----------
    words
        The layers of the file, in words.
    file
        Name of the GeoPackage, which lies beside the project.
    """
    root = Element("qgis", version=VERSION, projectname=words.title)
    SubElement(root, "title").text = words.title
    _crs(SubElement(root, "projectCrs"), words)
    layers = _ordered(words)
    tree = SubElement(root, "layer-tree-group")
    SubElement(tree, "customproperties")
    for layer in layers:
        facts = {
            "id": layer_id(layer.name),
            "name": layer.title,
            "source": _source(file, layer),
            "providerKey": "ogr",
            "checked": "Qt::Checked" if layer.name in SHOWN else "Qt::Unchecked",
            "expanded": "1" if layer.name in SHOWN else "0",
        }
        SubElement(SubElement(tree, "layer-tree-layer", facts), "customproperties")
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    SubElement(canvas, "units").text = "meters"
    _extent(canvas, words.bounds)
    _crs(SubElement(canvas, "destinationsrs"), words)
    project_layers = SubElement(root, "projectlayers")
    looks = style_elements(words, say)
    for layer in layers:
        _layer(project_layers, layer, words, file, looks.get(layer.name))
    order = SubElement(root, "layerorder")
    for layer in layers:
        SubElement(order, "layer", id=layer_id(layer.name))
    properties = SubElement(root, "properties")
    SubElement(SubElement(properties, "Paths"), "Absolute", type="bool").text = "false"
    SubElement(SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    _metadata(SubElement(root, "projectMetadata"), words.title, words.about, words)
    add_layouts(root, words, [layer for layer in layers if layer.name in SHOWN], say)
    return HEAD + tostring(root, encoding="unicode")


def _ordered(words: PackageWords) -> list[LayerWords]:
    placed = [layer for name in ORDER for layer in words.layers if layer.name == name]
    rest = [layer for layer in words.layers if layer.name not in ORDER]
    return [*placed, *sorted(rest, key=lambda layer: not layer.shape)]


def _source(file: str, layer: LayerWords) -> str:
    return f"./{file}|layername={layer.name}"


def _layer(parent: Element, layer: LayerWords, words: PackageWords, file: str, look: Element | None) -> None:
    facts = {"type": "vector", "geometry": GEOMETRY[layer.shape]}
    if look is not None:
        facts["labelsEnabled"] = look.get("labelsEnabled", "0")
    drawn = SubElement(parent, "maplayer", facts)
    SubElement(drawn, "id").text = layer_id(layer.name)
    SubElement(drawn, "datasource").text = _source(file, layer)
    SubElement(drawn, "layername").text = layer.title
    if layer.shape:
        _crs(SubElement(drawn, "srs"), words)
    _metadata(SubElement(drawn, "resourceMetadata"), layer.title, layer.rests_on or words.about, words)
    SubElement(drawn, "provider", encoding="UTF-8").text = "ogr"
    if look is not None:
        drawn.extend(look)
    else:
        add_fields(drawn, layer.fields)


def _metadata(parent: Element, title: str, abstract: str, words: PackageWords) -> None:
    SubElement(parent, "title").text = title
    SubElement(parent, "abstract").text = f"{abstract} {words.rules}"
    if words.credit:
        SubElement(parent, "rights").text = words.credit
    if words.licence:
        SubElement(parent, "license").text = words.licence


def _crs(parent: Element, words: PackageWords) -> None:
    # By the number alone QGIS knows the name of a plane and not the plane.
    system = SubElement(parent, "spatialrefsys")
    SubElement(system, "wkt").text = words.wkt
    if words.crs:
        SubElement(system, "authid").text = words.crs


def _extent(parent: Element, bounds: tuple[float, float, float, float]) -> None:
    extent = SubElement(parent, "extent")
    for name, side in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        SubElement(extent, name).text = f"{side:.2f}"
