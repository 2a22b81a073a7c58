"""A publication as files others can work with: GeoPackage, GeoJSON, CSV and xlsx.

Every file says where its numbers come from, and holds only what `study.publishing.publication` lets through. Text of
residents or registers stays text wherever it is opened: no cell of ours is ever a formula.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo import crs, geojson
from geo.errors import ExportKindUnknown, NoTablePublished
from i18n import Translator
from i18n.package import PackageWords, QgisFiles
from layers.cache import atomic_write
from store import Actor
from study.context import Study, get_store
from study.publishing.cell_values import DEGREES, escape_formula, to_builtin, translate_columns
from study.publishing.dictionary import description, provenance_table
from study.publishing.files.geopackage import write_geopackage
from study.publishing.files.package import package_of, package_words
from study.publishing.metadata.dataset import describe
from study.publishing.metadata.dcat import DCAT_AP_NL, to_dcat
from study.publishing.metadata.iso19139 import GMD, to_iso19139
from study.publishing.publication import Publication
from study.publishing.xlsx import to_xlsx

Look = Callable[[PackageWords, str], QgisFiles]
"""Makes the styles and the project of a package; the text is the name of the file that the project shows."""

ISO_SUFFIX, DCAT_SUFFIX, PROJECT_SUFFIX = ".iso19139.xml", ".dcat.jsonld", ".qgz"


def write_publication(
    made: Publication, path: Path, say: Translator, look: Look, *, table: str = "", service: str = ""
) -> None:
    """Write a publication in the form its name asks for.

    Parameters
    ----------
    path
        ``.gpkg``, ``.geojson``, ``.csv`` or ``.xlsx``; ``.zip`` for a GeoPackage with a QGIS project and metadata
        beside it; ``.xml`` for the metadata of ISO 19115 and ``.jsonld`` for those of DCAT-AP-NL alone. What is
        there is replaced in one move.
    look
        How a GeoPackage looks in QGIS.
    table
        For a CSV, which holds one: its name. The comparison with official areas when empty, or else the
        neighbourhoods, or what there is.
    service
        Address of the OGC API of the project, for the metadata; empty where it is not known.

    Raises
    ------
    ExportKindUnknown
        No such form, or no such table in this study.
    NoTablePublished
        A CSV of an edition without any table.
    """
    writers: dict[str, Callable[[Path], object]] = {
        ".gpkg": lambda draft: _write_package(made, draft, say, look, service),
        ".geojson": lambda draft: draft.write_text(to_geojson(made, say), encoding="utf-8"),
        ".csv": lambda draft: draft.write_bytes(to_csv(made, say, table)),
        ".xlsx": lambda draft: draft.write_bytes(to_xlsx(made, say)),
        ".zip": lambda draft: draft.write_bytes(_to_zip(made, say, look, service)),
        ".xml": lambda draft: draft.write_bytes(to_iso19139(describe(made, say, service=service))),
        ".jsonld": lambda draft: draft.write_text(to_dcat(describe(made, say, service=service)), "utf-8"),
    }
    kind = path.suffix.lower()
    if kind not in writers:
        raise ExportKindUnknown(asked=kind or path.name, known=", ".join(writers))
    with atomic_write(path.absolute()) as draft:
        writers[kind](draft)


def companion_paths(path: Path) -> list[Path]:
    """Return where `write_companions` writes beside a file: nowhere for a file without companions.

    Parameters
    ----------
    path
        The file with data.

    Examples
    --------
    >>> [file.name for file in companion_paths(Path("uit.csv"))]
    ['uit.iso19139.xml', 'uit.dcat.jsonld']
    """
    kind = path.suffix.lower()
    ends = [ISO_SUFFIX, DCAT_SUFFIX, *([PROJECT_SUFFIX] if kind == ".gpkg" else [])]
    return [path.with_name(path.stem + end) for end in ends] if kind in DATA else []


def write_companions(
    made: Publication, path: Path, say: Translator, look: Look, *, service: str = ""
) -> list[Path]:
    """Write what belongs beside a file with data: its metadata, and a QGIS project beside a GeoPackage.

    Parameters
    ----------
    path
        The file with data; the others have its name with another end.

    Returns
    -------
    list of Path
        What was written; nothing beside a file that has it inside or is metadata itself.
    """
    beside = companion_paths(path)
    if not beside:
        return []
    about = describe(made, say, service=service)
    texts = [to_iso19139(about), to_dcat(about).encode()]
    if len(beside) > len(texts):
        texts.append(look(package_words(package_of(made), say), path.name).project)
    for file, text in zip(beside, texts, strict=True):
        with atomic_write(file.absolute()) as draft:
            draft.write_bytes(text)
    return beside


def to_bytes(made: Publication, kind: str, say: Translator, look: Look, *, service: str = "") -> bytes:
    """Return the same as bytes, to download; ``kind`` is an end that `write_publication` knows."""
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / f"export{kind}"
        write_publication(made, path, say, look, service=service)
        return path.read_bytes()


DATA = (".gpkg", ".geojson", ".csv", ".xlsx")
"""Ends of files with data."""


def _write_package(made: Publication, path: Path, say: Translator, look: Look, service: str) -> None:
    package, about = package_of(made), describe(made, say, service=service)
    words = package_words(package, say)
    metadata = {GMD: to_iso19139(about).decode(), DCAT_AP_NL: to_dcat(about)}
    styles = look(words, path.name).styles
    write_geopackage(package, path, say, words, styles=styles, metadata=metadata)


def _to_zip(made: Publication, say: Translator, look: Look, service: str) -> bytes:
    with tempfile.TemporaryDirectory() as room, io.BytesIO() as held:
        path = Path(room) / f"beleefde-buurt-{made.project.id}.gpkg"
        _write_package(made, path, say, look, service)
        files = [path, *write_companions(made, path, say, look, service=service)]
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in files:
                packed.write(file, file.name)
        return held.getvalue()


def raw_drawings(study: Study, by: Actor | None) -> bytes:
    """Return the drawings of one project as they were drawn, in a GeoPackage; for planners, and it is logged.

    Raises
    ------
    AccessDenied
    """
    drawings = get_store().contributions.read_sketches(study.project, filters=study.filters, raw=True, by=by)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "raw.gpkg"
        plain = drawings.assign(
            answers=[json.dumps(given, ensure_ascii=False) for given in drawings["answers"]]
        )
        facts = to_builtin(plain)
        shapes = gpd.GeoDataFrame(facts, geometry=drawings.geometry.array, crs=drawings.crs)
        pyogrio.write_dataframe(shapes, path, layer="drawings", driver="GPKG", promote_to_multi=True)
        return path.read_bytes()


# --- Tables for a spreadsheet ---------------------------------------------------------------------


def to_csv(made: Publication, say: Translator, table: str = "") -> bytes:
    """Write one table so that the visitor's spreadsheet opens it right.

    With a byte order mark; in Dutch with ``;`` between columns and a decimal comma, as Dutch Excel expects.

    Raises
    ------
    ExportKindUnknown
        This study has no such table.
    NoTablePublished
        It has none at all.
    """
    if not made.tables:
        raise NoTablePublished
    first_to_last = ("areas", "neighbourhoods", *made.tables)
    name = table or next(one for one in first_to_last if one in made.tables)
    return list_to_csv(_in_words(made, say, name), say)


def list_to_csv(rows: pd.DataFrame, say: Translator) -> bytes:
    """Write one list, with its heads as they are, so that the visitor's spreadsheet opens it right.

    Examples
    --------
    >>> import i18n
    >>> list_to_csv(pd.DataFrame({"Dag": ["2026-01-02"], "Aantal": [5]}), i18n.get_translator("nl")).decode("utf-8-sig")
    'Dag;Aantal\\r\\n2026-01-02;5\\r\\n'
    """
    comma = _has_comma(say)
    return _delimited(rows, ";" if comma else ",", comma=comma).encode("utf-8-sig")


def to_clipboard(made: Publication, say: Translator, table: str) -> str:
    """Return one table as text to paste into a spreadsheet: a tab between columns, decimals as the language has them.

    Raises
    ------
    ExportKindUnknown
        This study has no such table.
    """
    return _delimited(_in_words(made, say, table), "\t", comma=_has_comma(say))


def _in_words(made: Publication, say: Translator, name: str) -> pd.DataFrame:
    if name not in made.tables:
        raise ExportKindUnknown(asked=name, known=", ".join(made.tables))
    return translate_columns(made.tables[name], say)


def _delimited(rows: pd.DataFrame, separator: str, *, comma: bool) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow([escape_formula(str(column)) for column in rows.columns])
    for row in rows.itertuples(index=False):
        writer.writerow([_field(value, comma) for value in row])
    return out.getvalue()


def _has_comma(say: Translator) -> bool:
    return say.number(0.5, ".1f") == "0,5"


def _field(value: Any, comma: bool) -> str:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float | np.floating):
        plain = f"{value:.10g}"
        return plain.replace(".", ",") if comma else plain
    return str(value) if isinstance(value, int | np.integer) else escape_formula(str(value))


# --- GeoJSON --------------------------------------------------------------------------------------


def to_geojson(made: Publication, say: Translator) -> str:
    """Write all that stands on a map as one GeoJSON text after RFC 7946.

    Degrees on WGS 84, outer rings counterclockwise, no more decimals than mean something. Each feature says
    in ``layer`` which table it is of; the origins stand in the member ``provenance``.
    """
    features = [feature for name, table in made.spatial.items() for feature in _features(name, table)]
    boxes = np.array([feature["bbox"] for feature in features]).reshape(-1, 4)
    provenance = provenance_table(made, say).astype(object)
    bounds = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()] if features else []
    found = geojson.collection(
        features,
        name=made.project.name,
        description=description(made, say),
        provenance=provenance.where(provenance.notna(), None).to_dict("records"),
        **({"bbox": bounds} if bounds else {}),
    )
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _features(name: str, table: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    shapes = crs.to_wgs84(table.geometry.to_numpy(), crs=table.crs)
    shapes = shapely.orient_polygons(geojson.rounded(shapes, DEGREES))
    facts = to_builtin(table).astype(object)
    records = facts.where(facts.notna(), None).to_dict("records")
    for shape, written, record in zip(shapes, geojson.geometries(shapes), records, strict=True):
        yield geojson.feature(
            written,
            {"layer": name, **{str(key): value for key, value in record.items()}},
            bbox=list(shape.bounds),
        )
