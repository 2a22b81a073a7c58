"""Files that mean harm, each built here: refused at once, nothing else read, nobody asked for anything."""

import gzip
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import i18n
from geo.errors import (
    FileAbsent,
    FileBroken,
    FileIsLinkOnly,
    FileIsLocked,
    FileKindUnknown,
    FileLayerNotTable,
    FileNestsTooDeep,
    FileNotUnpacked,
    FileRefused,
    FileTooBig,
    FileTooManyFeatures,
    FileTooManyVertices,
    FileUnsafe,
)
from layers import files
from layers.files.models import UploadedFile
from layers.files.sandbox import runner

ROOT = Path(__file__).resolve().parents[3]
SECRET = "TOPSECRET"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen on this machine; nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture
def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/x.geojson"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of this computer that no upload may reach."""
    path = tmp_path / "secret.geojson"
    feature = {
        "type": "Feature",
        "properties": {"s": SECRET},
        "geometry": {"type": "Point", "coordinates": [4, 52]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


Handed = Path | str | bytes


def refusal(handed: Handed, name: str | None = None, limits: files.FileLimits = files.TRUSTED) -> FileRefused:
    """Hand a file over to look at and to take in; give the refusal, which came in under 2 s of work."""
    start, before = time.process_time(), os.times()
    with pytest.raises(FileRefused) as looked:
        files.inspect_file(handed, name=name, limits=limits)
    with pytest.raises(FileRefused) as caught:
        files.import_layer(handed, name=name, role="areas", crs=4326, limits=limits)
    after = os.times()
    spent = time.process_time() - start + after.children_user - before.children_user
    assert spent < 2 * 2.0
    assert type(looked.value) is type(caught.value)
    for language in i18n.LANGUAGES:
        sentence = i18n.get_translator(language).explain(caught.value)
        assert SECRET not in sentence
        assert "Traceback" not in sentence
        assert 20 < len(sentence) < 250
    return caught.value


def vrt(target: str) -> str:
    return (
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{target}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )


@pytest.mark.parametrize(
    "ending", ["geojson", "json", "kml", "gml", "shp", "gpkg", "csv", "gpx", "xlsx", "zip"]
)
def test_a_vrt_under_any_name_reads_no_file_and_asks_nobody(
    ending: str, tmp_path: Path, secret: Path, address: str
) -> None:
    """GDAL alone returns TOPSECRET here, and fetches the address (sources.md 9.2)."""
    for target in (str(secret), address, f"/vsicurl/{address}"):
        handed = tmp_path / f"buurt.{ending}"
        handed.write_text(vrt(target))
        assert isinstance(refusal(handed), FileKindUnknown)
        assert isinstance(refusal(vrt(target).encode(), f"buurt.{ending}"), FileKindUnknown)


@pytest.mark.parametrize("ending", ["geojson", "csv", "gpkg"])
def test_a_gdal_pipeline_as_json_is_not_run(ending: str, secret: Path, address: str) -> None:
    for target in (str(secret), address):
        content = {"type": "gdal_streamed_alg", "command_line": f"gdal vector convert {target} --of stream x"}
        assert isinstance(refusal(json.dumps(content).encode(), f"buurt.{ending}"), FileKindUnknown)


def test_a_description_of_a_web_service_is_not_followed(address: str) -> None:
    content = f"<OGRWFSDataSource><URL>{address}</URL></OGRWFSDataSource>"
    assert isinstance(refusal(content.encode(), "buurt.gml"), FileKindUnknown)
    capabilities = f'<WFS_Capabilities xmlns:x="{address}"><Get href="{address}"/></WFS_Capabilities>'
    assert isinstance(refusal(capabilities.encode(), "buurt.gml"), FileKindUnknown)


def test_an_address_or_a_text_is_no_path(address: str) -> None:
    for text in (
        address,
        f"/vsicurl/{address}",
        f"/vsizip//vsicurl/{address}",
        vrt(address),
        '{"type":' + "1" * 500,
    ):
        assert isinstance(refusal(text), FileAbsent)


def test_a_device_or_a_folder_is_no_file(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path), FileAbsent)
    if os.name == "posix":
        assert isinstance(refusal("/dev/zero"), FileAbsent)
        os.mkfifo(tmp_path / "pipe.csv")
        assert isinstance(refusal(tmp_path / "pipe.csv"), FileAbsent)


def test_a_crs_that_names_a_file_or_an_address_is_not_followed(secret: Path, address: str) -> None:
    """A point in degrees stays in degrees whatever the file says of grids and links."""
    point = {"type": "Point", "coordinates": [4.5, 52.0]}
    for crs in (
        {"type": "link", "properties": {"href": address, "type": "proj4"}},
        {"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={secret}"}},
        {"type": "name", "properties": {"name": f"+init={secret}:1"}},
    ):
        feature = {"type": "Feature", "properties": {"amenity": "bench"}, "geometry": point}
        content = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
        found = files.import_layer(json.dumps(content).encode(), name="x.geojson")
        assert found.place.proof == "format"


# --- Too much ---------------------------------------------------------------------------------------


def peak_mb(work: str, *given: str) -> tuple[float, str]:
    """Return the most memory, in MB, that a fresh process took for some work, and what it printed.

    Its own status is read: what `resource` tells includes what the process of these tests held.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("only Linux tells in /proc/self/status what a process took")
    program = (
        "import sys, time\nfrom geo.errors import FileRefused\nfrom layers import files\n"
        f"start = time.process_time()\ntry:\n    {work}\nexcept FileRefused as refused:\n"
        "    print(type(refused).__name__, time.process_time() - start)\n"
        f"print(next(line for line in open('{status}') if line.startswith('VmHWM')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said, _, peak = done.stdout.strip().rpartition("\n")
    return int(peak.split()[1]) * 1024 / 1e6, said


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_300_mb_of_nesting_is_refused_at_its_first_piece(bracket: str, tmp_path: Path) -> None:
    handed = tmp_path / "deep.geojson"
    with handed.open("w") as out:
        for _ in range(60):
            out.write(bracket * (5_000_000 // len(bracket)))
    assert handed.stat().st_size > 299e6
    peak, said = peak_mb("files.import_layer(sys.argv[1], limits=files.TRUSTED)", str(handed))
    name, seconds = said.split()
    assert (name, float(seconds) < 2.0, peak < 500) == ("FileNestsTooDeep", True, True)
    assert isinstance(refusal(handed, limits=files.UPLOAD), FileTooBig)


@pytest.mark.parametrize(
    ("piece", "start"),
    [("{},", "["), ("[],", "["), ("1.5,", '{"coordinates":['), ("<a/>", "<kml>"), ("a,", "a")],
)
def test_millions_of_nothings_are_refused_before_they_are_made(
    piece: str, start: str, tmp_path: Path
) -> None:
    """24 MB of empty brackets are 8 million objects of 64 bytes to a parser that makes them."""
    handed = tmp_path / "nothings.csv"
    handed.write_text(start + piece * (24_000_000 // len(piece)))
    peak, said = peak_mb("files.import_layer(sys.argv[1])", str(handed))
    name, seconds = said.split()
    assert (name, float(seconds) < 2.0, peak < 500) == ("FileTooManyValues", True, True)


def test_nesting_behind_an_honest_beginning_is_found(tmp_path: Path) -> None:
    """The depth is counted over the whole file, across the pieces it is read in, strings left out."""
    handed = tmp_path / "later.geojson"
    honest = '{"type":"Feature","properties":{"t":"[[[[{{{{ \\" \\\\"},"geometry":null},'
    with handed.open("w") as out:
        out.write('{"type":"FeatureCollection","features":[')
        out.write(honest * 80_000)
        out.write("[" * 100_000)
    assert isinstance(refusal(handed), FileNestsTooDeep)


def test_brackets_in_a_text_are_no_nesting() -> None:
    content = {
        "type": "Feature",
        "properties": {"bank": "[" * 400},
        "geometry": {"type": "Point", "coordinates": [4.5, 52]},
    }
    assert files.import_layer(json.dumps(content).encode(), name="banken.geojson").n_taken == 1


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    """A megabyte or so of zip, 436 MB of GeoJSON."""
    handed = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(handed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("buurt.geojson", "w", force_zip64=True) as out,
    ):
        for _ in range(436):
            out.write(b" " * 1_000_000)
    assert handed.stat().st_size < 3e6
    peak, said = peak_mb("files.import_layer(sys.argv[1])", str(handed))
    name, seconds = said.split()
    assert (name, float(seconds) < 2.0, peak < 500) == ("FileTooBig", True, True)
    assert isinstance(refusal(handed), FileUnsafe)  # the operator may unpack more, not 250 times


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    handed = tmp_path / "liar.zip"
    with zipfile.ZipFile(handed, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("buurt.geojson", b" " * 50_000_000)
    data = handed.read_bytes().replace((50_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert isinstance(refusal(data, "liar.zip"), FileBroken)


@pytest.mark.parametrize(
    "name", ["../../evil.shp", "/etc/evil.shp", "C:/evil.shp", "a\\..\\evil.shp", "a/../../b.kml"]
)
def test_a_name_that_leads_out_of_the_zip_is_refused(name: str, tmp_path: Path) -> None:
    handed = tmp_path / "out.zip"
    with zipfile.ZipFile(handed, "w") as packed:
        packed.writestr("ok.kml", "<kml/>")
        packed.writestr(zipfile.ZipInfo(name), "x")
    assert isinstance(refusal(handed), FileUnsafe)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.zip"]


def test_a_link_or_a_lock_in_a_zip_is_refused(tmp_path: Path, secret: Path) -> None:
    handed = tmp_path / "link.zip"
    link = zipfile.ZipInfo("buurt.geojson")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(handed, "w") as packed:
        packed.writestr(link, str(secret))
    assert isinstance(refusal(handed), FileUnsafe)
    locked = bytearray(handed.read_bytes().replace((0o120777 << 16).to_bytes(4, "little"), bytes(4)))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert isinstance(refusal(bytes(locked), "lock.zip"), FileIsLocked)


def test_too_many_members_features_or_corners_are_refused(tmp_path: Path) -> None:
    handed = tmp_path / "many.zip"
    with zipfile.ZipFile(handed, "w") as packed:
        for number in range(600):
            packed.writestr(f"{number}.txt", "x")
    assert isinstance(refusal(handed), FileTooBig)
    points = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [4, 52]}}
    ] * 11
    content = json.dumps({"type": "FeatureCollection", "features": points}).encode()
    with pytest.raises(FileTooManyFeatures):
        files.import_layer(content, name="p.geojson", most_features=10)
    circle = shapely.to_geojson(shapely.Point(4.5, 52).buffer(0.01))
    with pytest.raises(FileTooManyVertices):
        files.import_layer(circle.encode(), name="c.geojson", role="sketches", most_vertices=20)


# --- XML --------------------------------------------------------------------------------------------

LAUGHS = "<!DOCTYPE lolz [<!ENTITY l0 'ha'>" + "".join(
    f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("root", ["kml", "gpx"])
def test_a_billion_laughs_is_refused(root: str) -> None:
    body = (
        "<Placemark><name>&l9;</name></Placemark>"
        if root == "kml"
        else "<wpt lat='52' lon='4'><name>&l9;</name></wpt>"
    )
    assert isinstance(
        refusal(f"<?xml version='1.0'?>{LAUGHS}<{root}>{body}</{root}>".encode(), f"x.{root}"), FileUnsafe
    )


def test_an_outside_entity_is_not_read(secret: Path, address: str) -> None:
    for target in (secret.as_uri(), address):
        text = (
            f"<!DOCTYPE k [<!ENTITY x SYSTEM '{target}'>]><kml><Placemark><name>&x;</name></Placemark></kml>"
        )
        assert isinstance(refusal(text.encode(), "x.kml"), FileUnsafe)
        assert isinstance(refusal(text.encode("utf-16"), "x.kml"), FileUnsafe)


def test_a_link_in_kml_is_not_followed(address: str) -> None:
    text = f"<kml><NetworkLink><Link><href>{address}</href></Link></NetworkLink></kml>"
    assert isinstance(refusal(text.encode(), "x.kml"), FileIsLinkOnly)


def test_a_schema_or_link_of_gml_is_not_followed(address: str) -> None:
    place = "<gml:Point srsName='EPSG:28992'><gml:pos>92300 446100</gml:pos></gml:Point>"
    content = (
        f"<c:FeatureCollection xmlns:c='http://ogr.maptools.org/' xmlns:gml='http://www.opengis.net/gml' "
        f"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:xlink='http://www.w3.org/1999/xlink' "
        f"xsi:schemaLocation='http://ogr.maptools.org/ {address.replace('geojson', 'xsd')}'>"
        f"<gml:featureMember><c:bank gml:id='b.0'><c:soort>bank</c:soort><c:plek>{place}</c:plek>"
        f"<c:bij xlink:href='{address}#a'/></c:bank></gml:featureMember></c:FeatureCollection>"
    )
    assert files.import_layer(content.encode(), name="banken.gml").n_taken == 1
    assert isinstance(refusal((LAUGHS + content).encode(), "banken.gml"), FileUnsafe)


def test_elements_without_end_are_refused() -> None:
    assert isinstance(refusal(b"<kml>" + b"<Folder>" * 3_000_000, "x.kml"), FileNestsTooDeep)


def test_laughs_in_a_sheet_are_refused(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["naam", "x", "y"])
    book.active.append(["bank", 92_300, 446_100])
    book.save(tmp_path / "good.xlsx")
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad:
        for name in good.namelist():
            text = good.read(name).decode()
            bad.writestr(name, LAUGHS + text if name == "xl/worksheets/sheet1.xml" else text)
    assert files.import_layer(tmp_path / "good.xlsx").n_taken == 1
    assert isinstance(refusal(tmp_path / "bad.xlsx"), FileUnsafe)


# --- GeoPackage -------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """Return a sound GeoPackage with some SQL done to it."""

    def make(*statements: str) -> Path:
        path = tmp_path / "buurt.gpkg"
        areas = gpd.GeoDataFrame(
            {"code": ["BU99990101"]}, geometry=[shapely.box(92e3, 446e3, 93e3, 447e3)], crs=28992
        )
        areas.to_file(path, driver="GPKG", layer="buurten")
        base = sqlite3.connect(path)
        for statement in statements:
            base.execute(statement)
        base.commit()
        base.close()
        return path

    return make


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n"
)


def test_a_sound_package_is_taken(package: Callable[..., Path]) -> None:
    assert files.import_layer(package()).n_taken == 1


def test_a_layer_that_counts_for_ever_is_refused(package: Callable[..., Path]) -> None:
    path = package(
        f"CREATE VIEW endless AS {ENDLESS}",
        "UPDATE gpkg_contents SET table_name='endless', identifier='endless'",
        "UPDATE gpkg_geometry_columns SET table_name='endless'",
    )
    assert isinstance(refusal(path), FileLayerNotTable)


@pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"])
def test_a_view_in_the_place_of_a_table_of_the_format_is_refused(
    table: str, package: Callable[..., Path]
) -> None:
    path = package(f"DROP TABLE IF EXISTS {table}", f"CREATE VIEW {table} AS {ENDLESS}")
    assert isinstance(refusal(path), FileLayerNotTable)


def test_a_trigger_never_fires(package: Callable[..., Path]) -> None:
    """Taking a view off the list of layers deletes a row: a trigger on that would empty the sound layer."""
    path = package(
        f"CREATE VIEW endless AS {ENDLESS}",
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('endless', 'features', 28992)",
        "INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'POLYGON', 28992, 0, 0)",
        "CREATE TRIGGER evil AFTER DELETE ON gpkg_contents BEGIN DELETE FROM buurten; END",
    )
    before = time.process_time()
    found = files.import_layer(path)
    assert (found.layer, found.n_taken, found.not_kept["endless"]) == ("buurten", 1, "view")
    assert time.process_time() - before < 2.0


def test_packed_files_without_end_are_refused(tmp_path: Path) -> None:
    inner = tmp_path / "0.zip"
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("doc.kml", "<kml/>")
    for level in range(1, 5):
        outer = tmp_path / f"{level}.zip"
        with zipfile.ZipFile(outer, "w") as packed:
            packed.write(inner, f"{level}.kmz")
        inner = outer
    assert isinstance(refusal(inner), FileNotUnpacked)
    twice = gzip.compress(gzip.compress(b'{"type": "Point", "coordinates": [4, 52]}'))
    assert isinstance(refusal(twice, "x.geojson.gz"), FileNotUnpacked)
    bomb = gzip.compress(b" " * 120_000_000, compresslevel=1)
    assert isinstance(refusal(bomb, "x.geojson.gz", files.UPLOAD), FileTooBig)


def test_a_virtual_table_as_layer_is_refused(package: Callable[..., Path]) -> None:
    path = package(
        "CREATE VIRTUAL TABLE fast USING rtree(id, a, b)",
        "UPDATE gpkg_contents SET table_name='fast', identifier='fast'",
        "UPDATE gpkg_geometry_columns SET table_name='fast'",
    )
    assert isinstance(refusal(path), FileLayerNotTable)


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.gpkg"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE t (a)")
    base.commit()
    base.close()
    assert isinstance(refusal(path), FileKindUnknown)
    assert isinstance(
        refusal(path.read_bytes()[:68] + b"GPKG" + path.read_bytes()[72:], "x.gpkg"), FileBroken
    )


def test_a_truncated_package_is_refused(package: Callable[..., Path]) -> None:
    assert isinstance(refusal(package().read_bytes()[:9_000], "half.gpkg"), FileBroken)


def test_the_child_opens_nothing_but_its_two_formats(tmp_path: Path, secret: Path, address: str) -> None:
    """Even when a VRT or an address gets past the door, the child reads nothing and asks nobody."""
    for driver in ("GPKG", "ESRI Shapefile"):
        for text in (
            vrt(str(secret)),
            vrt(address),
            f'{{"type":"gdal_streamed_alg","command_line":"gdal {secret}"}}',
        ):
            handed = tmp_path / "handed"
            handed.write_text(text)
            with pytest.raises(FileBroken):
                runner.read_in_sandbox(
                    UploadedFile(handed, "x", files.UPLOAD), handed, driver=driver, layer="secret", most=None
                )


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are Unix's")
def test_the_child_that_takes_too_long_is_ended(package: Callable[..., Path]) -> None:
    """An endless view, handed to the child directly: its processor time runs out."""
    path = package(
        f"CREATE VIEW endless AS {ENDLESS}",
        "UPDATE gpkg_contents SET table_name='endless', identifier='endless'",
        "UPDATE gpkg_geometry_columns SET table_name='endless'",
    )
    limits = files.FileLimits(seconds=1.0)
    with pytest.raises(FileRefused):
        runner.read_in_sandbox(
            UploadedFile(path, "x", limits), path, driver="GPKG", layer="endless", most=None
        )
