"""Import a layer of an uploaded file as sketches, areas or facilities."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.errors import FileColumnUnknown, FileLayerChoice, FileOwnBorders, FileRoleUnknown, FileWithoutShapes
from geo.schemas import AREAS, FACILITIES, SKETCHES
from layers.files.detection import layer_type
from layers.files.detection.crs import CrsGuess
from layers.files.detection.editions import choose_edition, edition_names, split_name
from layers.files.detection.own_exports import own_table, prepare
from layers.files.feature_repair import keep_parts_of_type, repair_features, resolve_crs, transform_to_metres
from layers.files.import_state import FeatureIssue, ImportResult, ImportTable, refuse_when_empty
from layers.files.inspection import choose_crs, choose_layer, open_upload
from layers.files.models import (
    UNTOLD,
    UPLOAD,
    DetectedFile,
    FileLimits,
    RawLayer,
    TableHints,
    UploadedFile,
    check_vertices,
)
from layers.files.output_tables import (
    build_areas,
    build_facilities,
    build_sketches,
    dissolve_by_code,
    read_facility_kinds,
    refuse_water,
)
from layers.files.survey_tools import BY_KEY
from layers.files.text_cleaning import clean_text, mask_personal_data


def import_layer(
    path_or_bytes: Path | str | bytes,
    *,
    name: str | None = None,
    role: str | None = None,
    layer: str | None = None,
    crs: str | int | CRS | None = None,
    mapping: Mapping[str, str] | None = None,
    swap: bool | None = None,
    plane: CRS | None = None,
    hints: TableHints = UNTOLD,
    keep_personal: bool = False,
    limits: FileLimits = UPLOAD,
    most_features: int | None = None,
    most_vertices: int | None = None,
) -> ImportResult:
    """Import a file: sketches as drawn, areas repaired, facilities with their theme.

    Parameters
    ----------
    path_or_bytes, name
        As in `inspect`.
    role
        ``"sketches"``, ``"areas"``, ``"facilities"``; guessed when ``None``.
    layer
        Must be given when there are several.
    crs
        EPSG code or name; what the file says, or its numbers prove, when ``None``.
    mapping
        Our field -> their column, over what `inspect` proposes; ``"=bench"`` is a value for every row, an
        empty text takes a field away.
    swap
        Turn axes that seem swapped; ``None`` asks by raising `FileAxesSwapped`, ``False`` leaves them.
    plane
        The metre plane of the study; where the file lies decides when ``None``.
    hints
        Which columns of a table hold the place, and in which row the names stand, where that is not clear.
    keep_personal
        Keep the columns that say who somebody is.
    limits, most_features, most_vertices
        How much may be read: `UPLOAD` for a visitor's file, `TRUSTED` for the operator's; single numbers
        go first.

    Returns
    -------
    Taken
        With ``n_in == n_taken + n_refused``.

    Raises
    ------
    FileRefused
        One of its kinds, with facts for one clear sentence; nothing was taken then.

    Examples
    --------
    >>> found = import_layer(b'{"type": "Point", "coordinates": [92300, 446100]}', name="bank.geojson")
    >>> found.frame[["theme", "kind"]].to_dict("records"), found.n_taken
    ([{'theme': 'bench', 'kind': 'bench'}], 1)
    """
    limits = replace(
        limits,
        most_features=most_features or limits.most_features,
        most_vertices=most_vertices or limits.most_vertices,
    )
    with open_upload(path_or_bytes, name, limits, hints) as (source, opened):
        if layer is None and len(opened.layers) > 1:
            raise FileLayerChoice(name=source.name, layers=", ".join(opened.layers))
        wanted, year = (layer, None) if layer in opened.layers else split_name(layer or opened.layers[0])
        read = opened.read(choose_layer(opened, wanted or opened.layers[0], source), None)
        check_vertices(read, source)
        editions = () if role in ("sketches", "facilities") else edition_names(read)
        if editions and year is None:
            raise FileLayerChoice(name=source.name, layers=", ".join(editions))
        if editions:
            choose_layer(replace(opened, layers=editions), f"{wanted} ({year})", source)
            read = choose_edition(read, str(year))
        return take_layer(
            read,
            opened,
            source,
            role=role,
            crs=choose_crs(crs, source),
            mapping=mapping,
            swap=swap,
            plane=plane,
            keep_personal=keep_personal,
        )


def take_layer(
    layer: RawLayer,
    opened: DetectedFile,
    source: UploadedFile,
    *,
    role: str | None,
    crs: CRS | None,
    mapping: Mapping[str, str] | None,
    swap: bool | None,
    plane: CRS | None,
    keep_personal: bool,
) -> ImportResult:
    """Carry one layer from numbers to a table; see `layers.files.import_layer`."""
    _require_ground(prepare(layer), source)
    as_role = role or layer_type.detect_role(layer)
    if as_role not in layer_type.ROLES:
        raise FileRoleUnknown(name=source.name)
    fields = _fields(layer, as_role, mapping, source)
    table = _table(layer, fields)
    _practice(table, layer)
    refuse_when_empty(table, source)
    place = resolve_crs(layer, table, source, crs, swap)
    table_crs = transform_to_metres(table, place, plane)
    keep_parts_of_type(table, as_role)
    refuse_when_empty(table, source)
    if as_role == "facilities":
        kinds = read_facility_kinds(table, fields, layer, source)
    if as_role == "areas":
        refuse_water(table, fields, layer)
    if as_role != "sketches":
        repair_features(table)
    refuse_when_empty(table, source)
    warnings = (*opened.warnings, *layer.warnings, *_warnings(layer, place, table_crs))
    strictest = "sketches" if role is None and as_role == "areas" else as_role
    stripped = () if keep_personal else layer_type.personal_columns(layer, strictest, _columns_of(fields))
    columns = _columns_kept(table, layer, set(stripped), mask=not keep_personal)
    live = np.flatnonzero(table.alive)
    if as_role == "facilities":
        frame = build_facilities(columns, fields, [kinds[i] for i in live], source)
    elif as_role == "areas":
        frame = build_areas(columns, fields, source)
    else:
        frame = build_sketches(columns, fields, layer)
    found = gpd.GeoDataFrame(frame, geometry=table.shapes[live], crs=table_crs)
    if as_role == "areas":
        found, merged, doubled = dissolve_by_code(found)
        warnings += ("parts_merged",) if merged else ()
        warnings += ("codes_doubled",) if doubled else ()
        found.attrs = {
            "division": layer_type.detect_division(found.index), "year": None, "source": source.name, "licence": None
        }  # fmt: skip
    frame_of = {"sketches": SKETCHES, "areas": AREAS, "facilities": FACILITIES}[as_role]
    repairs = _repairs(table)
    return ImportResult(
        frame=frame_of.validate(found) if as_role == "sketches" else frame_of.validate_strict(found),
        role=as_role,
        format=opened.format,
        layer=layer.name,
        tool=layer.tool,
        place=place,
        mapping=fields,
        n_in=len(layer.shapes),
        n_taken=len(live),
        n_repaired=len(repairs),
        n_refused=len(table.refusals),
        repairs=repairs,
        refusals=tuple(sorted(table.refusals, key=lambda note: note.number)),
        stripped=stripped,
        warnings=tuple(dict.fromkeys(warnings)),
        not_kept=opened.not_read | dict.fromkeys(stripped, "personal"),
        layers=opened.layers,
    )


def _require_ground(layer: RawLayer, source: UploadedFile) -> None:
    """Refuse a layer without anything, and one of our own that is an answer and no ground for a new one.

    Raises
    ------
    FileWithoutShapes, FileOwnBorders
    """
    if not any(shape is not None for shape in layer.shapes) and not layer.rows:
        raise FileWithoutShapes(name=source.name)
    ours = own_table(layer)
    if ours is not None and not ours.role:
        raise FileOwnBorders(name=source.name, layer=layer.name)


def _repairs(table: ImportTable) -> tuple[FeatureIssue, ...]:
    """Return the repairs of the features that were accepted."""
    return tuple(
        FeatureIssue(i + 1, table.labels[i], reason)
        for i, reason in sorted(table.repairs.items())
        if table.alive[i]
    )


# --- Columns ----------------------------------------------------------------------------------------


def _fields(
    layer: RawLayer, as_role: str, mapping: Mapping[str, str] | None, source: UploadedFile
) -> dict[str, str]:
    fields = layer_type.propose_mapping(layer, as_role)
    columns = layer.columns()
    for ours, theirs in (mapping or {}).items():
        if not theirs:
            fields.pop(ours, None)
            continue
        if not theirs.startswith("=") and theirs not in columns:
            raise FileColumnUnknown(name=source.name, column=theirs, columns=", ".join(columns))
        fields[ours] = theirs
    return fields


def _columns_of(fields: Mapping[str, str]) -> list[str]:
    return [theirs for theirs in fields.values() if not theirs.startswith("=")]


def _table(layer: RawLayer, fields: Mapping[str, str]) -> ImportTable:
    shapes = np.empty(len(layer.shapes), dtype=object)
    shapes[:] = layer.shapes
    callers = [fields[key] for key in ("name", "code", "kind", "sketch_id", "facility_id") if key in fields]
    labels = []
    for number, row in enumerate(layer.rows, 1):
        names = (
            str(clean_text(row[c]))[:60]
            for c in callers
            if not c.startswith("=") and row.get(c) not in (None, "")
        )
        labels.append(next(names, f"#{number}"))
    table = ImportTable(shapes, layer.rows, labels, np.ones(len(shapes), dtype=bool))
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        table.refuse(index, layer.faults[index] or "no_geometry", layer.facts.get(index))
    for index, reason in enumerate(layer.repaired):
        if reason:
            table.mend(index, reason)
    return table


def _practice(table: ImportTable, layer: RawLayer) -> None:
    tool = BY_KEY.get(layer.tool or "")
    if tool is None:
        return
    seen: set[str] = set()
    for index, row in enumerate(table.rows):
        drawing = str(row.get(tool.repeats)) if tool.repeats else ""
        if tool.practice(row):
            table.refuse(index, "practice")
        elif tool.set_aside(row):
            table.refuse(index, "set_aside")
        elif drawing in seen:
            table.refuse(index, "same_drawing")
        elif drawing:
            seen.add(drawing)


def _columns_kept(table: ImportTable, layer: RawLayer, without: set[str], *, mask: bool) -> pd.DataFrame:
    columns = [column for column in layer.columns() if column not in without]
    rows = [row for row, alive in zip(table.rows, table.alive, strict=True) if alive]
    texts_of_columns = {}
    for column in columns:
        texts = [clean_text(row.get(column)) for row in rows]
        if mask:
            texts = [mask_personal_data(text) if isinstance(text, str) else text for text in texts]
        texts_of_columns[column] = texts
    return pd.DataFrame(texts_of_columns, index=range(len(rows)))


def _warnings(layer: RawLayer, place: CrsGuess, crs: CRS) -> tuple[str, ...]:
    found = []
    if place.swapped:
        found.append("axes_turned")
    if place.proof.startswith(("range", "looks")):
        found.append(f"place_{place.proof}")
    if crs.to_epsg() != 28992:
        found.append("outside_netherlands")
    if layer.tool == "seasketch" and "is_practice" not in layer.columns():
        found.append("practice_unknown")
    return tuple(found)
