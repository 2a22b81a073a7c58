"""QGIS itself opens a project, draws its sheet and says what it read; run by the Python that Debian's QGIS is of.

``python3 qgis_reader.py PROJECT PICTURE`` prints JSON; nothing of ours is imported here.
"""

# mypy: ignore-errors
import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"


def describe(layer, node):
    fields = layer.fields()
    return {
        "valid": layer.isValid(),
        "title": node.name(),
        "shown": node.isVisible(),
        "rows": layer.featureCount(),
        "plane": layer.crs().authid(),
        "labels": layer.labelsEnabled(),
        "renderer": type(layer.renderer()).__name__ if layer.renderer() else "",
        "legend": [item.label() for item in layer.renderer().legendSymbolItems()] if layer.renderer() else [],
        "aliases": {field.name(): field.alias() for field in fields},
        "words": {
            field.name(): layer.editorWidgetSetup(place).config()["map"]
            for place, field in enumerate(fields)
            if layer.editorWidgetSetup(place).type() == "ValueMap"
        },
        "licences": layer.metadata().licenses(),
    }


def main(project_file, picture):
    from qgis.core import (  # noqa: PLC0415  # this module is imported where there is no QGIS
        Qgis,
        QgsApplication,
        QgsLayoutExporter,
        QgsLayoutItem,
        QgsProject,
    )

    application = QgsApplication([], False)
    application.initQgis()
    complaints = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: complaints.append(text))
    project = QgsProject.instance()
    found = {
        "version": Qgis.QGIS_VERSION,
        "read": project.read(project_file),
        "plane": project.crs().authid(),
    }
    found["title"] = project.title()
    found["layers"] = {
        node.layerId(): describe(node.layer(), node) if node.layer() else None
        for node in project.layerTreeRoot().findLayers()
    }
    (layout,) = project.layoutManager().layouts()
    found["sheet"] = sorted(item.id() for item in layout.items() if isinstance(item, QgsLayoutItem))
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 60
    found["drawn"] = QgsLayoutExporter(layout).exportToImage(picture, settings) == QgsLayoutExporter.Success
    found["complaints"] = complaints
    project.clear()
    application.exitQgis()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
