"""A GeoPackage says itself what its columns and keys mean and whose it is; catalogues read the same."""

import dataclasses
import io
import json
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest
import shapely

import i18n
from geo.crs import RD, WGS84, transform
from geo.errors import EditionAbsent
from maps.qgis.project import qgis_files
from study import context
from study.publishing.cell_values import KEYED
from study.publishing.features import open_edition
from study.publishing.files.package import package_of, package_words
from study.publishing.formats import to_bytes, write_companions, write_publication
from study.publishing.metadata.dataset import describe
from study.publishing.metadata.dcat import to_dcat
from study.publishing.metadata.iso19139 import to_iso19139
from study.publishing.publication import Publication
from tests.support.editions import published
from tests.support.gdal_library import field_aliases
from tests.support.temp_store import own_store

W = i18n.get_translator("nl")
LOOK = partial(qgis_files, say=W)
OPERATOR = {"BUURT_LICENCE": "CC-BY-4.0", "BUURT_CONTACT": "kaart@voorbeeld.nl"}
SERVICE = "https://buurt.example/api/features/demo"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    """The made-up town, published by an operator who chose a licence and says whom to write to."""
    with own_store(tmp_path_factory.mktemp("store"), **OPERATOR):
        yield published()


@pytest.fixture(scope="module")
def package(made: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "demo.gpkg"
    write_publication(made, path, W, LOOK)
    return path


def ogrinfo(*arguments: str) -> str:
    done = subprocess.run(["ogrinfo", "-ro", *arguments], capture_output=True, text=True, check=True)
    assert "ERROR" not in done.stderr + done.stdout
    assert "Warning" not in done.stderr
    return done.stdout


# --- GeoPackage -----------------------------------------------------------------------------------


def test_gdal_reads_an_alias_of_every_column(package: Path, made: Publication) -> None:
    """GDAL names no alias that is the column's own name."""
    for layer in package_words(package_of(made), W).layers:
        titles = {f.name: "" if f.title.casefold() == f.name else f.title for f in layer.fields}
        assert field_aliases(package, layer.name) == titles, layer.name
    assert field_aliases(package, "areas")["n"] == "Tekenaars"


def test_gdal_reads_the_word_of_every_key(package: Path, made: Publication) -> None:
    """Whatever key stands in a column that has keys, its domain has a word for it."""
    domains = 0
    for name, table in package_of(made).tables.items():
        rows = table.reset_index()
        for column in set(rows.columns) & set(KEYED):
            text = ogrinfo("-so", str(package), "-fielddomain", f"{name}_{column}").split(
                f"Domain {name}_{column}:"
            )[1]
            seen = dict(re.findall(r"^    (\S+): (.+)$", text, re.MULTILINE))
            assert {str(key) for key in rows[column].dropna()} - {""} == set(seen), (name, column)
            domains += 1
    assert domains > 10
    assert "part_of: is een deel van een gebied" in ogrinfo(
        "-so", str(package), "-fielddomain", "areas_verdict"
    )


def test_cores_are_there_exact_and_smooth(package: Path, made: Publication) -> None:
    exact, smooth = (gpd.read_file(package, layer=name) for name in ("cores", "cores_smooth"))
    assert (shapely.get_coordinates(exact.geometry.to_numpy()) % 25 == 0).all()
    assert not (shapely.get_coordinates(smooth.geometry.to_numpy()) % 25 == 0).all()
    assert smooth["area_ha"].tolist() == exact["area_ha"].tolist()
    assert (smooth.area / exact.area).between(0.8, 1.2).all()
    names = {
        n: pyogrio.read_info(package, layer=n)["layer_metadata"]["IDENTIFIER"]
        for n in ("cores", "cores_smooth")
    }
    assert names == {n: W(f"export.table_{n}") for n in names}


def test_every_neighbourhood_lies_on_its_core(package: Path, made: Publication) -> None:
    found = gpd.read_file(package, layer="neighbourhoods").set_index("neighbourhood")
    cores = made.tables["cores"].xs(50, level="percent")
    assert set(found.index) == set(made.tables["neighbourhoods"].index)
    for number, shape in found.geometry.items():
        if number in cores.index:
            assert shape.equals(cores.geometry[number])
        else:
            assert shape is None
    assert {"iou", "official", "n", "level"} <= set(found.columns)


def test_the_file_says_whose_it_is(package: Path, made: Publication) -> None:
    text = ogrinfo("-so", str(package), "cores")
    assert "GPKG_METADATA_ITEM_1=<?xml" in text
    assert "CC-BY-4.0" in text
    with closing(sqlite3.connect(package)) as connection:
        used = {row[0] for row in connection.execute("SELECT extension_name FROM gpkg_extensions")}
        licences = dict(connection.execute('SELECT "table", licence FROM provenance'))
        described = dict(connection.execute("SELECT table_name, description FROM gpkg_contents"))
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert {"gpkg_schema", "gpkg_metadata"} <= used
    assert licences["cores"] == licences["cores_smooth"] == "CC-BY-4.0"
    # What others published stays under their licence.
    assert licences["areas"] == "CC0 1.0"
    assert "CC-BY-4.0" in described["cores"]


# --- Metadata -------------------------------------------------------------------------------------

GMD, GCO = "{http://www.isotc211.org/2005/gmd}", "{http://www.isotc211.org/2005/gco}"
ORDER = {
    "MD_Metadata": (
        "fileIdentifier language characterSet parentIdentifier hierarchyLevel hierarchyLevelName contact dateStamp "
        "metadataStandardName metadataStandardVersion dataSetURI locale spatialRepresentationInfo "
        "referenceSystemInfo metadataExtensionInfo identificationInfo contentInfo distributionInfo dataQualityInfo"
    ),
    "MD_DataIdentification": (
        "citation abstract purpose credit status pointOfContact resourceMaintenance graphicOverview resourceFormat "
        "descriptiveKeywords resourceSpecificUsage resourceConstraints aggregationInfo spatialRepresentationType "
        "spatialResolution language characterSet topicCategory environmentDescription extent supplementalInformation"
    ),
    "CI_Citation": "title alternateTitle date edition editionDate identifier citedResponsibleParty presentationForm",
    "CI_ResponsibleParty": "individualName organisationName positionName contactInfo role",
    "MD_LegalConstraints": "useLimitation accessConstraints useConstraints otherConstraints",
    "EX_Extent": "description geographicElement temporalElement verticalElement",
    "EX_GeographicBoundingBox": (
        "extentTypeCode westBoundLongitude eastBoundLongitude southBoundLatitude northBoundLatitude"
    ),
    "DQ_DataQuality": "scope report lineage",
    "MD_Distribution": "distributionFormat distributor transferOptions",
    "CI_Date": "date dateType",
    "CI_OnlineResource": "linkage protocol applicationProfile name description function",
}
"""Order of elements in ISO 19139, transcribed from its schema."""

MANDATORY = {
    "MD_Metadata": {"contact", "dateStamp", "identificationInfo"},
    "MD_DataIdentification": {"citation", "abstract", "language"},
    "CI_Citation": {"title", "date"},
    "CI_ResponsibleParty": {"role"},
    "EX_GeographicBoundingBox": {
        "westBoundLongitude",
        "eastBoundLongitude",
        "southBoundLatitude",
        "northBoundLatitude",
    },
    "DQ_DataQuality": {"scope"},
    "CI_Date": {"date", "dateType"},
    "CI_OnlineResource": {"linkage"},
}
OF_THE_DUTCH_PROFILE = (
    "fileIdentifier", "language", "hierarchyLevel", "contact", "dateStamp", "metadataStandardName",
    "metadataStandardVersion", "referenceSystemInfo", "title", "date", "identifier", "abstract", "status",
    "pointOfContact", "keyword", "useConstraints", "otherConstraints", "spatialRepresentationType",
    "topicCategory", "geographicElement", "distributionFormat", "linkage", "lineage",
)  # fmt: skip


def local(element: ElementTree.Element) -> str:
    return element.tag.partition("}")[2]


def check_schema(root: ElementTree.Element) -> None:
    """Hold a document against the rules of ISO 19139: order, what must be there, codes, and no empty element."""
    for element in root.iter():
        children, name = [local(child) for child in element], local(element)
        if name in ORDER:
            order = ORDER[name].split()
            assert sorted(children, key=order.index) == children, name
            assert set(children) >= MANDATORY.get(name, set()), name
        if "codeListValue" in element.attrib:
            assert element.get("codeList", "").endswith(f"#{name}")
            assert element.text == element.get("codeListValue")
        assert children or (element.text or "").strip() or element.get(f"{GCO}nilReason"), name


def test_iso_metadata_follow_the_schema_and_the_dutch_profile(made: Publication) -> None:
    root = ElementTree.fromstring(to_iso19139(describe(made, W, service=SERVICE)))
    check_schema(root)
    assert set(OF_THE_DUTCH_PROFILE) <= {local(element) for element in root.iter()}
    texts = {element.text for element in root.iter() if element.text}
    assert {"kaart@voorbeeld.nl", "Gemeente Zuiderwaard", "CC-BY-4.0", "EPSG:28992", SERVICE} <= texts


def test_nothing_is_made_up_where_nobody_said_it(made: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OPERATOR:
        monkeypatch.delenv(name)
    nobody = dataclasses.replace(made, project=dataclasses.replace(made.project, asked_by=""))
    root = ElementTree.fromstring(to_iso19139(describe(nobody, W)))
    check_schema(root)
    assert not root.findall(f".//{GMD}CI_ResponsibleParty")
    assert not root.findall(f".//{GMD}linkage")
    found = json.loads(to_dcat(describe(nobody, W)))
    assert not {"dct:publisher", "dct:creator", "dcat:contactPoint", "dcat:distribution"} & set(found)
    assert "creativecommons" not in json.dumps(found)


# --- DCAT: what the profile asks of a dataset, a distribution and a service

DATASET = {
    "dct:title", "dct:description", "dct:identifier", "dct:accessRights", "dct:publisher", "dct:creator",
    "dcat:contactPoint", "dcat:theme",
}  # fmt: skip
DISTRIBUTION = {"dcat:accessURL", "dct:license"}
DATA_SERVICE = {
    "dct:title", "dct:description", "dct:identifier", "dct:accessRights", "dct:publisher", "dct:license",
    "dcat:contactPoint", "dcat:theme", "dcat:endpointURL", "dcat:endpointDescription",
}  # fmt: skip


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(each)
    if isinstance(value, dict):
        yield value


def test_dcat_holds_what_the_profile_asks(made: Publication) -> None:
    found = json.loads(to_dcat(describe(made, W, service=SERVICE)))
    kinds = {node["@type"]: node for node in nodes(found) if str(node.get("@type", "")).startswith("dcat:")}
    for kind, wanted in {
        "dcat:Dataset": DATASET,
        "dcat:Distribution": DISTRIBUTION,
        "dcat:DataService": DATA_SERVICE,
    }.items():
        assert wanted <= set(kinds[kind]), kind
    prefixes = set(found["@context"])
    for node in nodes({key: value for key, value in found.items() if key != "@context"}):
        for key, value in node.items():
            assert key.startswith(("@", "http")) or key.partition(":")[0] in prefixes, key
            assert value not in (None, "", [], {}), key
        if "@id" in node:
            assert re.match(r"https?://|urn:uuid:|mailto:", node["@id"]), node
    assert kinds["dcat:Distribution"]["dct:license"] == {
        "@id": "https://creativecommons.org/licenses/by/4.0/"
    }


def test_both_catalogues_say_the_same_as_the_edition(made: Publication) -> None:
    about = describe(made, W)
    root, found = ElementTree.fromstring(to_iso19139(about)), json.loads(to_dcat(about))
    identifier = root.find(f"{GMD}fileIdentifier/{GCO}CharacterString")
    assert identifier is not None
    assert found["@id"] == f"urn:uuid:{identifier.text}"
    assert found["dct:issued"]["@value"] == made.day.isoformat() == root.findtext(f"{GMD}dateStamp/{GCO}Date")
    box = shapely.from_wkt(found["dct:spatial"]["dcat:bbox"]["@value"])
    for table in made.spatial.values():
        assert shapely.covers(
            shapely.buffer(box, 1e-5), transform(table.geometry.to_numpy(), RD, WGS84)
        ).all()
    assert describe(made, W) == about


def test_metadata_are_in_a_whole_language_whatever_the_visitor_reads(
    made: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(i18n.LANGUAGES, "tr", i18n.ENGLISH)
    about = describe(made, i18n.Translator("tr"))
    assert about == describe(made, i18n.get_translator("en"))
    check_schema(ElementTree.fromstring(to_iso19139(about)))
    assert "ENG" in to_dcat(about)


# --- Beside a file --------------------------------------------------------------------------------


def test_metadata_lie_beside_every_file_with_data(made: Publication, tmp_path: Path) -> None:
    for kind in (".csv", ".geojson", ".xlsx"):
        path = tmp_path / f"uit{kind}"
        beside = write_companions(made, path, W, LOOK)
        assert [file.name for file in beside] == ["uit.iso19139.xml", "uit.dcat.jsonld"]
        check_schema(ElementTree.fromstring(beside[0].read_bytes()))
        assert json.loads(beside[1].read_text(encoding="utf-8"))["@type"] == "dcat:Dataset"
    assert write_companions(made, tmp_path / "uit.xml", W, LOOK) == []


def test_one_archive_holds_data_project_and_metadata(made: Publication) -> None:
    with zipfile.ZipFile(io.BytesIO(to_bytes(made, ".zip", W, LOOK))) as packed:
        names = packed.namelist()
        project = (
            zipfile.ZipFile(io.BytesIO(packed.read("beleefde-buurt-demo.qgz"))).read("project.qgs").decode()
        )
    stem = "beleefde-buurt-demo"
    assert names == [f"{stem}{end}" for end in (".gpkg", ".iso19139.xml", ".dcat.jsonld", ".qgz")]
    sources = re.findall(r"<datasource>(.*?)\|", project)
    assert set(sources) == {f"./{stem}.gpkg"}


# --- Open data ------------------------------------------------------------------------------------


def test_an_edition_is_open_to_everybody_under_a_licence_only(
    made: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects = context.get_store().projects
    demo = context.get_project(made.project.id)
    assert open_edition(demo.id).number == made.number
    projects.save(dataclasses.replace(demo, is_demo=False))
    try:
        assert open_edition(demo.id).number == made.number
        monkeypatch.delenv("BUURT_LICENCE")
        with pytest.raises(EditionAbsent):
            open_edition(demo.id)
    finally:
        projects.save(demo)
    assert open_edition(demo.id).number == made.number
