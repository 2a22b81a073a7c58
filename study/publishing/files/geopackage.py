"""GeoPackage export with styles for QGIS."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from i18n import Translator
from i18n.package import PackageWords
from study.publishing.cell_values import table_title, to_builtin
from study.publishing.dictionary import data_dictionary, provenance_table
from study.publishing.files.geopackage_schema import set_times, write_words
from study.publishing.files.package import shape_of
from study.publishing.publication import Publication


def write_geopackage(
    package: Publication,
    path: Path,
    say: Translator,
    words: PackageWords,
    *,
    styles: Mapping[str, str],
    metadata: Mapping[str, str],
) -> None:
    """Write every table as a layer, with its QGIS style, a dictionary of columns and the origins.

    Layers are in the plane of the project (RD New in the Netherlands). Keys stay keys; the dictionary, the styles
    and the tables of the schema extension say them in words. The same edition gives the same bytes.

    Parameters
    ----------
    package
        As `study.publishing.files.package.package_of` returns it.
    words
        Of the same package.
    styles
        QML by the name of the layer.
    metadata
        Documents about the whole file, by the address of their standard.
    """
    descriptions = {"dictionary": data_dictionary(package, say), "provenance": provenance_table(package, say)}
    rests_on = {layer.name: layer.rests_on for layer in words.layers}
    for name, rows in {**package.tables, **descriptions}.items():
        about = " ".join(part for part in (words.about, rests_on.get(name, "")) if part)
        pyogrio.write_dataframe(
            _one_kind(rows) if isinstance(rows, gpd.GeoDataFrame) else to_builtin(rows),
            path,
            layer=name,
            driver="GPKG",
            # Older than it need be: what municipalities have installed reads it without a warning.
            dataset_options={"VERSION": "1.3"},
            layer_options={"IDENTIFIER": table_title(name, say), "DESCRIPTION": about},
        )
    _embed(path, styles, say, package.day)
    write_words(path, words, metadata)
    set_times(path, package.day)


def _one_kind(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the facts with shapes of one kind: all points, all lines in parts or all areas in parts.

    A list of facilities may hold areas among its points: then each is a point. A row may have no shape.
    """
    makers: dict[str, Callable[[Any], Any]] = {
        "point": shapely.point_on_surface,
        "line": lambda shape: shapely.MultiLineString(list(shapely.get_parts(shape))),
        "area": lambda shape: shapely.MultiPolygon(list(shapely.get_parts(shape))),
    }
    make = makers[shape_of(table)]
    shapes = [None if shape is None else make(shape) for shape in table.geometry]
    return gpd.GeoDataFrame(to_builtin(table), geometry=shapes, crs=table.crs)


def _embed(path: Path, styles: Mapping[str, str], say: Translator, day: date) -> None:
    """Write the styles to the table that QGIS reads when it opens a layer."""
    rows = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(styles),
            "f_geometry_column": "geom",
            "styleName": [table_title(name, say) for name in styles],
            "styleQML": list(styles.values()),
            "styleSLD": "",
            "useAsDefault": True,
            "description": say("export.style_by"),
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(datetime.combine(day, time(), UTC)),
        }
    )
    pyogrio.write_dataframe(rows, path, layer="layer_styles", driver="GPKG", layer_options={"FID": "id"})
