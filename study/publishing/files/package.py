"""The layers of an edition as a GIS opens them: with shapes to look at beside those to count with, and in words."""

import dataclasses
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from i18n import Translator
from i18n.package import FieldWords, LayerWords, PackageWords, Shape
from study.publishing.cell_values import KEYED, table_title, to_builtin, translate_value
from study.publishing.dictionary import description, licence_of, results_licence
from study.publishing.public_tables import band
from study.publishing.publication import Provenance, Publication

SMOOTH = "cores_smooth"
"""The cores rounded off for the eye; ``cores`` are those that were counted, in cells of 25 m."""

CORE_PERCENT = 50


def package_of(made: Publication) -> Publication:
    """Return an edition with the layers that a GIS is handed: nothing is in them that the edition does not say.

    Returns
    -------
    Publication
        The same with ``cores_smooth`` after ``cores``, and with the core (50 %) as the shape of each row of
        ``neighbourhoods``, missing where there is none.
    """
    tables: dict[str, Any] = {}
    cores = made.tables.get("cores")
    for name, table in made.tables.items():
        tables[name] = _placed(table, cores) if name == "neighbourhoods" and cores is not None else table
        if name == "cores":
            smooth = made.pictured["cores"]
            tables[SMOOTH] = smooth[~smooth.is_empty]
    twins = [dataclasses.replace(one, table=SMOOTH) for one in made.origins if one.table == "cores"]
    return dataclasses.replace(made, tables=tables, origins=(*made.origins, *twins))


def _placed(table: pd.DataFrame, cores: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = band(cores, CORE_PERCENT).geometry.reindex(table.index)
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs=cores.crs)


def package_words(package: Publication, say: Translator) -> PackageWords:
    """Return what the layers of a package, their columns and their keys are called.

    Parameters
    ----------
    package
        As `package_of` returns it.

    Returns
    -------
    PackageWords
        In the language of `say`.
    """
    spatial, plane = package.spatial, plane_of(package)
    boxes = np.array([table.total_bounds for table in spatial.values()]).reshape(-1, 4)
    whole = [*np.nanmin(boxes[:, :2], axis=0), *np.nanmax(boxes[:, 2:], axis=0)] if len(boxes) else [0.0] * 4
    return PackageWords(
        title=say("metadata.title", name=package.project.name, edition=package.number),
        about=description(package, say),
        rules=say("export.rules", least=package.least),
        credit=package.credit,
        licence=results_licence(),
        division=package.division,
        crs=plane_number(plane),
        wkt="" if plane is None else plane.to_wkt(),
        bounds=(float(whole[0]), float(whole[1]), float(whole[2]), float(whole[3])),
        layers=tuple(_layer(name, table, package, say) for name, table in package.tables.items()),
    )


def plane_of(made: Publication) -> CRS | None:
    """Return the plane that the shapes of an edition lie in; None without shapes."""
    return next((table.crs for table in made.spatial.values() if table.crs is not None), None)


def plane_number(plane: CRS | None) -> str:
    """Return a plane as ``EPSG:28992``; empty for one without a number.

    Examples
    --------
    >>> plane_number(CRS.from_epsg(28992)), plane_number(None)
    ('EPSG:28992', '')
    """
    number = None if plane is None else plane.to_epsg()
    return f"EPSG:{number}" if number else ""


def _layer(name: str, table: pd.DataFrame, package: Publication, say: Translator) -> LayerWords:
    rows = to_builtin(table)
    fields = tuple(_field(str(column), rows[column], say) for column in rows.columns)
    origins = [one for one in package.origins if one.table.partition("/")[0] == name]
    rests_on = "; ".join(dict.fromkeys(_rests_on(one) for one in origins))
    return LayerWords(name, table_title(name, say), shape_of(table), fields, rests_on)


def _rests_on(origin: Provenance) -> str:
    return ", ".join(part for part in (origin.source, origin.year, licence_of(origin)) if part)


def _field(column: str, values: "pd.Series[Any]", say: Translator) -> FieldWords:
    keys = sorted({str(key) for key in values.dropna()} - {""}) if column in KEYED else []
    words = tuple((key, translate_value(column, key, say)) for key in keys)
    return FieldWords(column, say(f"export.head_{column}"), say(f"export.column_{column}"), words)


def shape_of(table: pd.DataFrame) -> Shape:
    """Return what the shapes of a table become in a file: of several kinds a point in each.

    Examples
    --------
    >>> shape_of(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)])), shape_of(pd.DataFrame({"n": [1]}))
    ('area', '')
    """
    if not isinstance(table, gpd.GeoDataFrame):
        return ""
    kinds = np.unique(shapely.get_dimensions(table.geometry.dropna().to_numpy()))
    if len(kinds) != 1:
        return "point"
    shapes: dict[int, Shape] = {1: "line", 2: "area"}
    return shapes.get(int(kinds[0]), "point")
