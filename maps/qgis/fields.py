"""Words of columns and keys as QGIS shows them in tables and forms: aliases, comments and value maps."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from i18n.package import FieldWords


def add_fields(parent: Element, fields: Sequence[FieldWords]) -> None:
    """Add to a layer or a style what its columns and their keys are called.

    Parameters
    ----------
    parent
        Element ``qgis`` of a style or ``maplayer`` of a project.
    fields
        In the order of the file, after the key of the row that it begins with.
    """
    configured = SubElement(parent, "fieldConfiguration")
    for field in fields:
        _widget(SubElement(configured, "field", name=field.name, configurationFlags="None"), field)
    aliases = SubElement(parent, "aliases")
    # The first column of every layer of a GeoPackage is the key of its rows.
    for place, field in enumerate(fields, start=1):
        SubElement(aliases, "alias", {"field": field.name, "index": str(place), "name": field.title})


def _widget(parent: Element, field: FieldWords) -> None:
    kind = "ValueMap" if field.values else "TextEdit"
    config = SubElement(SubElement(parent, "editWidget", type=kind), "config")
    if not field.values:
        SubElement(config, "Option")
        return
    pairs = SubElement(SubElement(config, "Option", type="Map"), "Option", name="map", type="List")
    for key, word in field.values:
        SubElement(SubElement(pairs, "Option", type="Map"), "Option", name=word, type="QString", value=key)
