"""A municipality from files gives what the services give; what no file was given for is told."""

import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo import errors
from layers.cache import Manifest, read_layer
from layers.catalogue import BACKDROPS, THEMES
from layers.contracts import CONTRACTS, STATLINE_TABLES
from layers.download.fetch import FetchReport, fetch_municipality
from layers.download.from_files import FileSuppliers, SourceFiles, figures_year, read_figures_file
from layers.download.osm_extract import OsmExtract
from layers.official.key_figures import codes_of
from tests.support import fake_services
from tests.support.fake_services import CODE, Land, Netherlands
from tests.support.osm_pbf import write_pbf


def write_map(land: Land, folder: Path, year: int) -> Path:
    """Write what PDOK's download of a year is: one GeoPackage with three layers of the whole country."""
    path = folder / f"wijkenbuurten_{year}.gpkg"
    for line in ("gemeente", "wijk", "buurt"):
        terms = CONTRACTS[line]
        table = land.collections[f"{terms.path.format(year=year)}/collections/{terms.collection}"].table
        pyogrio.write_dataframe(table.rename(columns={"jaar": "jaar"}), path, layer=terms.collection)
    return path


def write_postcodes(land: Land, folder: Path, line: str) -> Path:
    terms = CONTRACTS[line]
    table = land.collections[f"{terms.path}/collections/{terms.collection}"].table
    path = folder / f"cbs_{line}_2024.gpkg"
    pyogrio.write_dataframe(table[table["jaarcode"].eq(2024)], path, layer=f"cbs_{line}_2024")
    return path


def write_figures(land: Land, folder: Path, year: int) -> Path:
    path = folder / f"{STATLINE_TABLES[year]}.zip"
    rows = pd.DataFrame(land.observations[STATLINE_TABLES[year]])
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("Observations.csv", rows.to_csv(sep=";", index=False))
    return path


def write_bgt(land: Land, folder: Path) -> Path:
    path = folder / "bgt.gpkg"
    for line in ("straatmeubilair", "functioneelgebied"):
        table = land.collections[f"{CONTRACTS[line].path}/collections/{line}"].table
        pyogrio.write_dataframe(table, path, layer=line)
    return path


def write_osm(land: Land, folder: Path) -> Path:
    """Write the elements as an extract: corners as nodes without tags, as OpenStreetMap keeps them."""
    root = ET.Element("osm", version="0.6")
    nodes: dict[tuple[float, float], int] = {}
    ways: list[ET.Element] = []
    others: list[ET.Element] = []

    def tagged(element: ET.Element, tags: dict[str, str]) -> ET.Element:
        for key, value in tags.items():
            ET.SubElement(element, "tag", k=key, v=value)
        return element

    def way(number: int, spots: list[dict[str, float]], tags: dict[str, str]) -> None:
        element = ET.Element("way", id=str(number), version="1")
        for spot in spots:
            ref = nodes.setdefault((spot["lon"], spot["lat"]), 1000 + len(nodes))
            ET.SubElement(element, "nd", ref=str(ref))
        ways.append(tagged(element, tags))

    for item in land.elements:
        if item["type"] == "node":
            spot = {"id": str(item["id"]), "lon": f"{item['lon']:.7f}", "lat": f"{item['lat']:.7f}"}
            others.append(tagged(ET.Element("node", version="1", **spot), item["tags"]))
        elif item["type"] == "way":
            way(item["id"], item["geometry"], item["tags"])
        else:
            relation = ET.Element("relation", id=str(item["id"]), version="1")
            for member in item["members"]:
                number = 500 + member["ref"]
                way(number, member["geometry"], {})
                ET.SubElement(relation, "member", type="way", ref=str(number), role=member["role"])
            ways.append(tagged(relation, item["tags"]))
    corners = [
        ET.Element("node", id=str(number), lon=f"{lon:.7f}", lat=f"{lat:.7f}", version="1")
        for (lon, lat), number in nodes.items()
    ]
    # GDAL wants nodes, ways and relations in this order, each by number.
    for group in ("node", "way", "relation"):
        found = [element for element in [*others, *corners, *ways] if element.tag == group]
        root.extend(sorted(found, key=lambda element: int(element.get("id", "0"))))
    path = folder / "testdam-261121.osm.pbf"
    write_pbf(root, path)
    return path


@dataclass
class ByFiles:
    """Testdam as files gave it: where it is, of which files, and what came of it."""

    folder: Path
    files: SourceFiles
    report: FetchReport


@pytest.fixture(scope="module")
def by_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByFiles]:
    """Fetch Testdam from files, with every request forbidden."""
    room = tmp_path_factory.mktemp("files")
    land = fake_services.town("2026-11-21T09:58:00Z")
    files = SourceFiles(
        maps=tuple(write_map(land, room, year) for year in (2024, 2025)),
        postcodes=tuple(write_postcodes(land, room, line) for line in ("pc4", "pc6")),
        figures=tuple(write_figures(land, room, year) for year in (2024, 2025)),
        osm=write_osm(land, room),
        bgt=write_bgt(land, room),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_DATA", str(room / "data"))
        patch.setenv("BUURT_OFFLINE", "1")
        report = fetch_municipality("Testdam", files=files)
        patch.undo()
        yield ByFiles(room / "data", files, report)


def test_files_give_what_the_services_give(
    by_files: ByFiles, testdam: Netherlands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every layer, every row and every corner alike: their sha256 is of the contents."""
    fetched = {name: entry.sha256 for name, entry in Manifest.read(CODE).layers.items()}
    tables = {name: read_layer(CODE, name) for name in fetched}
    monkeypatch.setenv("BUURT_DATA", str(by_files.folder))
    assert by_files.report.is_whole
    found = Manifest.read(CODE).layers
    differing = [name for name in fetched if found[name].sha256 != fetched[name]]
    for name in differing:
        pd.testing.assert_frame_equal(pd.DataFrame(read_layer(CODE, name)), pd.DataFrame(tables[name]))
    assert differing == []
    assert set(found) == set(fetched)
    assert found["bench"].url == "file:testdam-261121.osm.pbf file:bgt.gpkg"
    assert found["bench"].date == "2026-11-21"


@pytest.mark.parametrize(
    ("change", "lost", "halved"),
    [
        ({"osm": None}, set(BACKDROPS), {"OpenStreetMap"}),
        ({"bgt": None}, set(), {"BGT"}),
        ({"postcodes": ()}, {"pc4_2024", "pc6_2024"}, set()),
        ({"figures": ()}, {"figures_2024", "figures_2025"}, {"CBS StatLine"}),
    ],
)
def test_what_no_file_was_given_for_is_told_and_the_rest_comes(
    by_files: ByFiles, folder: Path, change: dict[str, Any], lost: set[str], halved: set[str]
) -> None:
    report = fetch_municipality("GM1999", files=replace(by_files.files, **change))
    found = Manifest.read(CODE).layers
    whole = {entry.layer for entry in by_files.report.new}
    assert whole - set(found) == lost
    assert {source for entry in found.values() for source in entry.not_fetched} == halved
    lacking = {layer for failure in report.failures for layer in failure.layers}
    assert lost <= lacking <= lost | set(THEMES) | {layer for layer in whole if layer.startswith("belt_")}


def test_the_year_and_the_columns_of_an_older_map_are_read(by_files: ByFiles, folder: Path) -> None:
    """CBS' own zip says BU_CODE and AANT_INW, and its year only in the names."""
    path = folder / "cbs_2024.gpkg"
    names = {"gemeentecode": "GM_CODE", "gemeentenaam": "GM_NAAM", "buurtcode": "BU_CODE"}
    names |= {
        "buurtnaam": "BU_NAAM",
        "wijkcode": "WK_CODE",
        "wijknaam": "WK_NAAM",
        "aantal_inwoners": "AANT_INW",
    }
    for layer, _ in pyogrio.list_layers(by_files.files.maps[0]):
        table = pyogrio.read_dataframe(by_files.files.maps[0], layer=layer)
        pyogrio.write_dataframe(table.rename(columns=names).drop(columns="jaar"), path, layer=f"cbs_{layer}")
    fetch_municipality(
        "Testdam", divisions=["buurt"], themes=[], with_basemap=False, files=SourceFiles((path,))
    )
    table = read_layer(CODE, "buurt_2024")
    assert table["aantal_inwoners"].fillna(-1).tolist() == [-1, 1000, -1, 1000, -1]


def test_a_file_that_is_something_else_is_refused_by_name(by_files: ByFiles, folder: Path) -> None:
    with pytest.raises(errors.SourceFileRefused, match=r"bgt\.gpkg"):
        fetch_municipality("Testdam", files=SourceFiles((by_files.files.bgt,)))
    with pytest.raises(errors.MunicipalityUnknown):
        fetch_municipality("GM0001", files=by_files.files)
    undated = folder / "testdam-latest.osm.pbf"
    undated.write_bytes(by_files.files.osm.read_bytes())
    with pytest.raises(errors.SourceFileRefused, match="osm_date"):
        OsmExtract.open(undated)
    assert OsmExtract.open(undated, "2026-11-21").date == "2026-11-21"
    with pytest.raises(errors.SourceFileRefused):
        OsmExtract.open(by_files.files.bgt, "2026-11-21")
    with pytest.raises(errors.SourceFileRefused):
        figures_year(Path("cijfers.zip"))


def test_files_that_break_off_take_nothing_of_the_others(by_files: ByFiles, folder: Path) -> None:
    """A download that ended early: refused by name, and all that the other files have is there."""
    cut = {}
    for kind, path in (("osm", by_files.files.osm), ("bgt", by_files.files.bgt)):
        cut[kind] = folder / path.name
        whole = path.read_bytes()
        cut[kind].write_bytes(whole[: len(whole) * 2 // 3])
    report = fetch_municipality("Testdam", year=2025, files=replace(by_files.files, **cut))
    problems = {type(failure.problem) for failure in report.failures}
    assert problems == {errors.SourceFileRefused}
    assert {"gemeente_2025", "wijk_2025", "buurt_2025", "figures_2025"} <= set(Manifest.read(CODE).layers)
    assert not set(Manifest.read(CODE).layers) & set(BACKDROPS)


def test_a_table_of_cbs_gives_figures_by_code(folder: Path) -> None:
    """A comma for a point, a dot for what is secret, spaces behind a code, another town beside it."""
    path = folder / "kwb-2024.csv"
    path.write_text(
        "gwb_code_10;recs;a_inw;g_hhgro\nGM1999;Gemeente;4000;2,4\nBU199901A1 ;Buurt;.;2,1\nBU03630101;Buurt;9;1\n"
    )
    found = read_figures_file(path, codes_of(CODE))
    assert found.index.tolist() == ["BU199901A1", "GM1999"]
    assert found["aantal_inwoners"].fillna(-1).tolist() == [-1, 4000]
    assert found["gemiddelde_huishoudsgrootte"].tolist() == [2.1, 2.4]


def test_a_map_is_never_read_whole(by_files: ByFiles) -> None:
    """Elders lies in the same file and not in the table."""
    layer = FileSuppliers(by_files.files).layers["buurt", 2025]
    read: gpd.GeoDataFrame = layer.read(code=CODE)
    assert set(read["gemeentecode"]) == {CODE}
