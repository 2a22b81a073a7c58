"""Files people hand us: each format, each trap that was met in real ones (sources.md 9.1)."""

import json
import math
import sqlite3
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import CRS

import i18n
from geo import errors
from geo.crs import RD, WGS84, to_wgs84
from geo.errors import (
    FileAxesSwapped,
    FileBroken,
    FileColumnUnknown,
    FileCrsUnknown,
    FileCrsWrong,
    FileKindUnknown,
    FileLayerChoice,
    FileLayerUnknown,
    FileNothingTaken,
    FileOnlyOpenLines,
    FileRoleUnknown,
    FileThemeUnknown,
    FileWithoutShapes,
)
from geo.schemas import AREAS, FACILITIES, SKETCHES
from layers import files
from layers.files.detection.crs import means_rd, swap_axes

WEST = shapely.box(92_000, 446_000, 92_400, 446_300)
EAST = shapely.box(92_400, 446_000, 92_800, 446_300)
AREAL = {"code": ["BU99990101", "BU99990102"], "naam": ["West", "Oost"]}


def areas(crs: int = 28992) -> gpd.GeoDataFrame:
    """Two neighbours of 12 hectares."""
    return gpd.GeoDataFrame(AREAL, geometry=[WEST, EAST], crs=28992).to_crs(crs)


def geojson(*shapes: Any, crs: str | None = None, **rest: Any) -> bytes:
    """Write GeoJSON with these shapes, shapely's or raw."""
    features = [
        {
            "type": "Feature",
            "properties": {"naam": f"vorm {n}"},
            "geometry": shape
            if shape is None or isinstance(shape, dict)
            else shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes)
    ]
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", **named, **rest, "features": features}).encode()


def zipped(path: Path, folder: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.iterdir()):
            packed.write(part, inside + part.name)
    return path


def in_place(found: files.ImportResult) -> None:
    """The two neighbours, where they are, to 0.3 m (a degree as text has 7 decimals or more)."""
    assert found.frame.crs == RD
    assert found.frame.bounds.round(0).to_numpy().tolist() == [list(WEST.bounds), list(EAST.bounds)]


# --- GeoJSON ----------------------------------------------------------------------------------------


def test_rd_without_a_crs_is_found_by_range() -> None:
    """GDAL calls these metres degrees; the numbers fit nowhere but in RD."""
    handed = geojson(WEST, EAST)
    look = files.inspect_file(handed, name="wijken.geojson")
    assert (look.place.crs, look.place.proof, look.swap, look.role) == (RD, "range_rd", False, "areas")
    found = files.import_layer(handed, name="wijken.geojson", role="areas")
    in_place(found)
    assert found.warnings == ("place_range_rd",)


@pytest.mark.parametrize(
    ("crs", "proof"),
    [
        ("urn:ogc:def:crs:EPSG::28992", "stated"),
        ("EPSG:28992", "stated"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "range_rd"),
        ("EPSG:4326", "range_rd"),
    ],
)
def test_the_old_crs_member_is_read_and_not_believed_against_the_numbers(crs: str, proof: str) -> None:
    found = files.import_layer(geojson(WEST, EAST, crs=crs), name="a.geojson", role="areas")
    assert found.place.proof == proof
    in_place(found)


def test_degrees_that_call_themselves_metres() -> None:
    shapes = to_wgs84([WEST, EAST])
    found = files.import_layer(geojson(*shapes, crs="EPSG:28992"), name="a.geojson", role="areas")
    assert found.place.proof == "range_degrees"
    in_place(found)


def test_json_fg_has_its_shape_in_place() -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"naam": n},
            "geometry": None,
            "place": shapely.geometry.mapping(shape),
        }
        for n, shape in (("w", WEST), ("o", EAST))
    ]
    content = {
        "type": "FeatureCollection",
        "coordRefSys": "http://www.opengis.net/def/crs/EPSG/0/28992",
        "features": features,
    }
    found = files.import_layer(json.dumps(content).encode(), name="fg.json", role="areas")
    assert (found.format, found.place.proof) == ("json_fg", "stated")
    in_place(found)


def test_latitude_first_is_proposed_and_never_imposed() -> None:
    turned = swap_axes(to_wgs84(np.array([WEST, EAST])))
    handed = geojson(*turned)
    assert files.inspect_file(handed, name="a.geojson").swap
    with pytest.raises(FileAxesSwapped):
        files.import_layer(handed, name="a.geojson", role="areas")
    in_place(files.import_layer(handed, name="a.geojson", role="areas", swap=True))
    left = files.import_layer(handed, name="a.geojson", role="areas", swap=False)
    assert "outside_netherlands" in left.warnings


def test_north_first_in_rd_is_proposed_too() -> None:
    turned = swap_axes(np.array([WEST, EAST]))
    in_place(files.import_layer(geojson(*turned), name="a.geojson", role="areas", swap=True))


def test_elsewhere_nothing_is_swapped_and_the_plane_is_local() -> None:
    """New York lies outside the Netherlands both ways: no proof, no proposal."""
    found = files.import_layer(
        geojson(shapely.box(-74.0, 40.7, -73.99, 40.71)), name="ny.geojson", role="sketches"
    )
    assert found.frame.crs.coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    assert not found.place.swapped
    assert found.warnings == ("outside_netherlands",)


def test_the_plane_of_the_study_may_be_asked_for() -> None:
    plane = CRS.from_epsg(32618)
    found = files.import_layer(
        geojson(shapely.box(-74.0, 40.7, -73.99, 40.71)), name="a.json", role="sketches", plane=plane
    )
    assert found.frame.crs == plane


def test_metres_of_nobody_knows_where_are_asked_about() -> None:
    handed = geojson(shapely.box(620_000, 3_350_000, 621_000, 3_351_000))
    assert files.inspect_file(handed, name="a.geojson").place.crs is None
    with pytest.raises(FileCrsUnknown):
        files.import_layer(handed, name="a.geojson", role="sketches")
    assert files.import_layer(handed, name="a.geojson", role="sketches", crs=26914).place.proof == "asked"


def test_a_crs_that_cannot_be_is_refused() -> None:
    for crs in (4326, "EPSG:4326", "nonsense", 999_999, "+proj=longlat"):
        with pytest.raises(FileCrsWrong):
            files.import_layer(geojson(WEST), name="a.geojson", role="areas", crs=crs)


def test_every_broken_feature_is_refused_by_name_and_the_rest_is_taken() -> None:
    """Of seven, one is sound, one has an open ring; five cannot be areas, each for its own reason."""
    bad = [
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[92_000, None], [1, 2], [3, 4]]]},
        {"type": "Circle", "coordinates": [[[0, 0]]]},
        {"type": "Point", "coordinates": [92_100, 446_100]},
    ]
    open_ring = {"type": "Polygon", "coordinates": [list(map(list, EAST.exterior.coords))[:-1]]}
    found = files.import_layer(geojson(WEST, open_ring, *bad), name="a.geojson", role="areas")
    assert (found.n_in, found.n_taken, found.n_repaired, found.n_refused) == (7, 2, 1, 5)
    in_place(found)
    assert found.repairs == (files.FeatureIssue(2, "vorm 1", "ring_closed"),)
    assert [(note.number, note.feature, note.reason) for note in found.refusals] == [
        (3, "vorm 2", "no_geometry"),
        (4, "vorm 3", "no_geometry"),
        (5, "vorm 4", "coordinates_broken"),
        (6, "vorm 5", "geometry_unknown"),
        (7, "vorm 6", "point_not_area"),
    ]


def test_a_bow_tie_stays_raw_as_a_sketch_and_keeps_both_wings_as_an_area() -> None:
    """100 x 100 m crossed: two triangles of 2,500 m2; the zero-width buffer would keep one."""
    tie = shapely.Polygon([(92_000, 446_000), (92_100, 446_100), (92_100, 446_000), (92_000, 446_100)])
    raw = files.import_layer(geojson(tie), name="a.geojson", role="sketches")
    assert not raw.frame.is_valid.any()
    assert (raw.n_repaired, raw.frame.geometry.iloc[0].normalize()) == (0, tie.normalize())
    repaired = files.import_layer(geojson(tie, EAST), name="a.geojson", role="areas")
    assert repaired.frame.area.iloc[0] == pytest.approx(5_000)
    assert repaired.repairs == (files.FeatureIssue(1, "vorm 0", "made_valid"),)


def test_a_ring_of_two_corners_is_seen_as_a_sketch_and_refused_as_an_area() -> None:
    flat = {"type": "Polygon", "coordinates": [[[92_000, 446_000], [92_100, 446_100]]]}
    raw = files.import_layer(geojson(flat, WEST), name="a.geojson", role="sketches")
    assert len(shapely.get_coordinates(raw.frame.geometry.iloc[0])) == 4
    assert raw.frame.area.iloc[0] == 0
    found = files.import_layer(geojson(flat, WEST), name="a.geojson", role="areas")
    assert [note.reason for note in found.refusals] == ["nothing_left"]


def test_lines_that_go_round_are_sketches_and_streets_are_not() -> None:
    """A square walked round up to the last metre, one up to three quarters, one beside a loose line."""
    corners = list(WEST.exterior.coords)
    nearly = shapely.LineString([*corners[:-1], (corners[0][0] + 1, corners[0][1])])
    street = shapely.LineString(corners[:-1])
    both = shapely.GeometryCollection(
        [shapely.LineString(corners), shapely.LineString([(92_000, 446_900), (92_100, 446_900)])]
    )
    found = files.import_layer(geojson(nearly, street, both), name="a.geojson", role="sketches")
    assert [note.reason for note in found.repairs] == ["line_closed", "parts_dropped"]
    assert [(note.feature, note.reason) for note in found.refusals] == [("vorm 1", "line_not_closed")]
    assert found.frame.area.to_list() == pytest.approx([120_000, 120_000], rel=1e-2)
    with pytest.raises(FileOnlyOpenLines, match="vorm 0"):
        files.import_layer(geojson(street), name="a.geojson", role="sketches")


def test_heights_are_dropped_and_collections_taken_apart() -> None:
    high = shapely.force_3d(WEST, 7.0)
    mixed = shapely.GeometryCollection([EAST, shapely.Point(92_500, 446_100)])
    found = files.import_layer(geojson(high, mixed), name="a.geojson", role="areas")
    in_place(found)
    assert not found.frame.has_z.any()


@pytest.mark.parametrize(
    "handed",
    [
        b"",
        b"  \n",
        b"{",
        b'{"a": 1}',
        b"[1, 2]",
        b"null",
        b"\x00\x01",
        b'{"type": "Topology", "objects": {}}',
        b"%PDF-1.7",
    ],
)
def test_what_is_no_map_is_refused(handed: bytes) -> None:
    with pytest.raises((FileKindUnknown, FileBroken, FileWithoutShapes)):
        files.import_layer(handed, name="a.geojson")


def test_an_empty_collection_is_refused() -> None:
    with pytest.raises(FileWithoutShapes):
        files.import_layer(geojson(), name="a.geojson", role="areas")
    with pytest.raises(FileNothingTaken, match="vorm 0"):
        files.import_layer(geojson(None), name="a.geojson", role="areas")


numbers = st.one_of(
    st.floats(), st.integers(-(10**20), 10**20), st.none(), st.text(max_size=3), st.booleans()
)
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=5), max_leaves=30)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["Point", "LineString", "Polygon", "MultiPolygon", "GeometryCollection", 7]
                ),
                "coordinates": nested,
                "geometries": nested,
            }
        ),
        max_size=4,
    )
)
@example([{"type": "Point", "coordinates": [[], []], "geometries": []}])
def test_any_nonsense_is_counted_or_refused(shapes: list[dict[str, Any]]) -> None:
    """Law: whatever stands in the place of a shape, every feature is taken or refused."""
    for role in ("sketches", "areas"):
        try:
            found = files.import_layer(geojson(*shapes, to_wgs84(WEST)), name="a.geojson", role=role)
        except errors.FileRefused:
            continue
        assert found.n_in == len(shapes) + 1 == found.n_taken + found.n_refused
        assert {note.reason for note in found.refusals} <= set(files.KEYS["reason"])
        assert {note.reason for note in found.repairs} <= set(files.KEYS["repair"])


# --- GeoPackage and Shapefile -----------------------------------------------------------------------


@pytest.mark.parametrize("crs", [28992, 4326, 3857, 4258])
def test_a_geopackage_in_any_system(crs: int, tmp_path: Path) -> None:
    areas(crs).to_file(tmp_path / "a.gpkg", layer="buurten")
    found = files.import_layer(tmp_path / "a.gpkg")
    assert (found.role, found.format, found.layer, found.mapping) == (
        "areas", "geopackage", "buurten", {"code": "code", "name": "naam"}
    )  # fmt: skip
    in_place(found)
    AREAS.validate_strict(found.frame)
    assert found.frame.attrs == {"division": "buurt", "year": None, "source": "a.gpkg", "licence": None}


def test_bytes_are_as_good_as_a_path(tmp_path: Path) -> None:
    areas().to_file(tmp_path / "a.gpkg")
    in_place(files.import_layer((tmp_path / "a.gpkg").read_bytes(), name="a.gpkg"))


def test_several_layers_must_be_chosen_from(tmp_path: Path) -> None:
    areas().to_file(tmp_path / "a.gpkg", layer="nieuw")
    areas().head(1).to_file(tmp_path / "a.gpkg", layer="oud")
    look = files.inspect_file(tmp_path / "a.gpkg")
    assert (look.layers, look.layer, look.rows, look.warnings) == (
        ("nieuw", "oud"),
        "nieuw",
        2,
        ("several_layers",),
    )
    with pytest.raises(FileLayerChoice, match="nieuw, oud"):
        files.import_layer(tmp_path / "a.gpkg")
    assert files.import_layer(tmp_path / "a.gpkg", layer="oud").n_taken == 1
    with pytest.raises(FileLayerUnknown):
        files.import_layer(tmp_path / "a.gpkg", layer="ander")


def test_curves_become_many_corners(tmp_path: Path) -> None:
    """A circle of radius 100 m, written as two arcs of a curve: 31,416 m2."""
    areas().head(1).to_file(tmp_path / "a.gpkg", layer="a", SPATIAL_INDEX="NO")
    x, y = 92_100.0, 446_100.0
    corners = [(x + 100, y), (x, y + 100), (x - 100, y), (x, y - 100), (x + 100, y)]
    arcs = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<2d", *corner) for corner in corners)
    blob = b"GP\x00\x01" + struct.pack("<i", 28992) + struct.pack("<BII", 1, 10, 1) + arcs
    base = sqlite3.connect(tmp_path / "a.gpkg")
    base.execute("UPDATE a SET geom = ?", [blob])
    base.commit()
    base.close()
    found = files.import_layer(tmp_path / "a.gpkg", role="areas")
    assert found.frame.area.iloc[0] == pytest.approx(math.pi * 100**2, rel=0.01)


def test_a_shapefile_in_a_folder_of_a_zip(tmp_path: Path) -> None:
    """GDAL does not look into folders; names are cut to ten letters there and still mapped."""
    folder = tmp_path / "shp"
    folder.mkdir()
    areas().rename(columns={"code": "buurtcode", "naam": "buurtnaam"}).to_file(folder / "buurten.shp")
    found = files.import_layer(zipped(tmp_path / "a.zip", folder, "export/2025/"))
    assert (found.format, found.layer, found.place.proof) == ("shapefile", "buurten", "stated")
    in_place(found)
    assert found.frame["name"].to_list() == ["West", "Oost"]


def test_two_shapefiles_in_a_zip_are_two_layers(tmp_path: Path) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    areas().to_file(folder / "een.shp")
    areas().to_file(folder / "twee.shp")
    path = zipped(tmp_path / "a.zip", folder)
    assert files.inspect_file(path).layers == ("een", "twee")
    in_place(files.import_layer(path, layer="twee"))


def test_a_shapefile_without_prj_and_with_a_poor_one(tmp_path: Path) -> None:
    """RD described without its shift lands 114 m away: the description is recognised, not followed."""
    folder = tmp_path / "shp"
    folder.mkdir()
    areas().to_file(folder / "a.shp")
    (folder / "a.prj").unlink()
    found = files.import_layer(zipped(tmp_path / "none.zip", folder))
    assert found.place.proof == "range_rd"
    poor = (
        'PROJCS["eigen",GEOGCS["eigen",DATUM["eigen",SPHEROID["Bessel",6377397.155,299.1528128]],PRIMEM["Greenwich",0],'
        'UNIT["degree",0.0174532925199433]],PROJECTION["Double_Stereographic"],PARAMETER["False_Easting",155000],'
        'PARAMETER["False_Northing",463000],PARAMETER["Central_Meridian",5.38763888888889],'
        'PARAMETER["Scale_Factor",0.9999079],PARAMETER["Latitude_Of_Origin",52.15616055555555],UNIT["metre",1]]'
    )
    assert means_rd(poor)
    (folder / "a.prj").write_text(poor)
    found = files.import_layer(zipped(tmp_path / "poor.zip", folder))
    assert found.place.proof == "looks_like_rd"
    in_place(found)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_letters_of_a_dbase_table_without_a_code_page(encoding: str, tmp_path: Path) -> None:
    """Súdwest-Fryslân, whether Windows or the web wrote it."""
    folder = tmp_path / "shp"
    folder.mkdir()
    table = areas()
    table["naam"] = ["Súdwest-Fryslân", "Oost"]
    table.to_file(folder / "a.shp", engine="fiona", encoding=encoding)
    (folder / "a.cpg").unlink(missing_ok=True)
    dbf = bytearray((folder / "a.dbf").read_bytes())
    dbf[29] = 0
    (folder / "a.dbf").write_bytes(dbf)
    found = files.import_layer(zipped(tmp_path / "a.zip", folder))
    assert found.frame["name"].iloc[0] == "Súdwest-Fryslân"


def test_what_calls_itself_shp_and_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    (folder / "a.shp").write_text("<OGRVRTDataSource/>")
    (folder / "a.shx").write_text("x")
    with pytest.raises(FileBroken):
        files.import_layer(zipped(tmp_path / "a.zip", folder))


# --- KML and GPX ------------------------------------------------------------------------------------


def kml(*placemarks: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document><name>kaart</name>"
        f"{''.join(placemarks)}</Document></kml>"
    ).encode()


def placemark(name: str, shape: shapely.Polygon) -> str:
    places = " ".join(f"{x!r},{y!r},0" for x, y in shape.exterior.coords)
    return (
        f"<Placemark><name>{name}</name>"
        "<ExtendedData><Data name='inwoners'><value>12</value></Data></ExtendedData>"
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>\n {places} </coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark>"
    )


def test_kml_and_kmz_with_folders(tmp_path: Path) -> None:
    west, east = to_wgs84([WEST, EAST])
    plain = kml(placemark("West", west), placemark("Oost", east))
    found = files.import_layer(plain, name="a.kml", role="areas")
    in_place(found)
    assert (found.layer, found.frame["name"].to_list(), found.frame["inwoners"].to_list()) == (
        "kaart", ["West", "Oost"], ["12", "12"]
    )  # fmt: skip
    folders = kml(
        *(f"<Folder><name>{n}</name>{placemark(n, s)}</Folder>" for n, s in (("een", west), ("twee", east)))
    )
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as packed:
        packed.writestr("doc.kml", folders)
        packed.writestr("files/icon.png", b"\x89PNG")
    assert files.inspect_file(tmp_path / "a.kmz").layers == ("een", "twee")
    assert files.import_layer(tmp_path / "a.kmz", layer="twee", role="areas").format == "kmz"


def test_gpx_tells_waypoints_from_tracks() -> None:
    """A walk round the block is a sketch."""
    walk = "".join(f"<trkpt lat='{y!r}' lon='{x!r}'/>" for x, y in to_wgs84(WEST).exterior.coords)
    handed = (
        "<gpx xmlns='http://www.topografix.com/GPX/1/1'><wpt lat='52.0' lon='4.45'><name>Bank</name></wpt>"
        f"<trk><name>rondje</name><trkseg>{walk}</trkseg></trk></gpx>"
    ).encode()
    assert files.inspect_file(handed, name="a.gpx").layers == ("waypoints", "tracks")
    found = files.import_layer(handed, name="a.gpx", layer="tracks")
    assert (found.role, found.frame["name"].to_list()) == ("sketches", ["rondje"])
    assert found.frame.area.iloc[0] == pytest.approx(120_000, rel=1e-3)
    assert files.import_layer(handed, name="a.gpx", layer="waypoints").frame["kind"].to_list() == ["bench"]


# --- Tables -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_dutch_table_with_rd_and_decimal_comma(encoding: str) -> None:
    text = "soort;naam;X;Y\r\nbank;Café Súd;92.100,5;446.100,25\r\nbank;leeg;;\r\n"
    found = files.import_layer(text.encode(encoding), name="banken.csv")
    assert (found.role, found.place.proof, found.n_in, found.n_taken) == ("facilities", "range_rd", 2, 1)
    spot = found.frame.geometry.iloc[0]
    assert (spot.x, spot.y, found.frame["name"].iloc[0]) == (92_100.5, 446_100.25, "Café Súd")
    FACILITIES.validate_strict(found.frame)


def test_a_table_in_degrees_and_one_that_calls_metres_degrees() -> None:
    spot = to_wgs84(shapely.Point(92_100, 446_100))
    for text in (
        f"name,lat,lon\nbench,{spot.y!r},{spot.x!r}\n",
        "name\tLatitude\tLongitude\nbench\t446100\t92100\n",
    ):
        found = files.import_layer(text.encode(), name="a.csv")
        assert found.frame.geometry.iloc[0].distance(shapely.Point(92_100, 446_100)) < 0.3


def test_a_sheet_and_an_empty_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "leeg"
    sheet = book.create_sheet("banken")
    sheet.append(["naam", "rd_x", "rd_y", "geplaatst"])
    sheet.append(["bank", 92_100, 446_100, None])
    book.save(tmp_path / "a.xlsx")
    found = files.import_layer(tmp_path / "a.xlsx")
    assert (found.format, found.layer, found.n_taken) == ("xlsx", "banken", 1)


def test_tables_that_are_broken_or_have_no_shape() -> None:
    for text, kind in (
        ("a;b\n1;2\n", FileWithoutShapes),
        ('naam,wkt\n"open,POINT (1 1)\n', FileWithoutShapes),
        ("x,y\n1,2,3,4\n", FileBroken),
    ):
        with pytest.raises(kind):
            files.import_layer(text.encode(), name="a.csv")


# --- What it means ----------------------------------------------------------------------------------


def test_the_role_is_guessed_and_asked_for_when_nothing_tells() -> None:
    over = geojson(WEST, WEST.buffer(20), WEST.buffer(-20))
    beside = geojson(WEST, EAST)
    assert files.inspect_file(over, name="a.geojson").role == "sketches"
    assert files.inspect_file(beside, name="a.geojson").role == "areas"
    assert files.inspect_file(geojson(WEST), name="a.geojson").role is None
    with pytest.raises(FileRoleUnknown):
        files.import_layer(geojson(WEST), name="a.geojson")


def test_columns_can_be_told() -> None:
    handed = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"nr": n, "wat": w},
                    "geometry": shapely.geometry.mapping(s),
                }
                for n, w, s in ((7, "a", WEST), (8, "b", EAST))
            ],
        }
    ).encode()
    found = files.import_layer(handed, name="x.json", role="areas", mapping={"code": "nr", "name": "wat"})
    assert found.frame["name"].to_dict() == {"7": "a", "8": "b"}
    with pytest.raises(FileColumnUnknown, match="nr, wat"):
        files.import_layer(handed, name="x.json", role="areas", mapping={"code": "zzz"})


def test_parts_with_one_code_are_one_area() -> None:
    both = gpd.GeoDataFrame(
        {"code": ["A"] * 2 + list("BCDEFGH")}, geometry=[WEST, EAST] + [WEST] * 7, crs=28992
    )
    found = files.import_layer(
        both.to_json(to_wgs84=False).encode(), name="x.geojson", role="areas", mapping={"code": "code"}
    )
    assert (found.n_in, found.n_taken, len(found.frame)) == (9, 9, 8)
    assert found.frame.area["A"] == pytest.approx(240_000)
    assert "parts_merged" in found.warnings


def test_places_of_no_known_kind_are_asked_about() -> None:
    spots = geojson(shapely.Point(92_100, 446_100), shapely.Point(92_200, 446_100))
    with pytest.raises(FileThemeUnknown, match="vorm 0"):
        files.import_layer(spots, name="plekken.geojson")
    found = files.import_layer(spots, name="plekken.geojson", mapping={"kind": "=picnic_table"})
    assert found.frame["theme"].to_list() == ["bench", "bench"]
    with pytest.raises(FileThemeUnknown):
        files.import_layer(spots, name="plekken.geojson", mapping={"kind": "=spaceship"})


def test_who_drew_it_is_left_out_unless_asked_for() -> None:
    content = {
        "Voornaam": "Jan", "achternaam": "Jansen", "E-mailadres": "j@x.nl", "telefoon": "0612345678",
        "Straat en huisnummer": "Dorpsstraat 1", "vraag_7": "j@x.nl", "leeftijd": 67,
        "opmerking": "mail jan.jansen+buurt@voorbeeld.co.nl of bel +31 6 12345678; in 1965 gebouwd",
    }  # fmt: skip
    handed = json.dumps(
        {"type": "Feature", "properties": content, "geometry": shapely.geometry.mapping(WEST)}
    ).encode()
    found = files.import_layer(handed, name="x.json", role="sketches")
    assert set(found.stripped) == set(content) - {"leeftijd", "opmerking"}
    assert found.frame["opmerking"].to_list() == ["mail – of bel –; in 1965 gebouwd"]
    everything = files.import_layer(handed, name="x.json", role="sketches", keep_personal=True)
    assert set(content) <= set(everything.frame.columns)
    assert everything.stripped == ()


def test_long_texts_and_hidden_signs_are_cut() -> None:
    content = {"opmerking": "a\u202e\x00b" + "c" * 9_000}
    handed = json.dumps(
        {"type": "Feature", "properties": content, "geometry": shapely.geometry.mapping(WEST)}
    ).encode()
    text = files.import_layer(handed, name="x.json", role="sketches").frame["opmerking"].iloc[0]
    assert (len(text), text[:3]) == (500, "abc")


def test_keys_of_sketches_are_never_double() -> None:
    shapes = [
        {"type": "Feature", "properties": {"sketch_id": k}, "geometry": shapely.geometry.mapping(WEST)}
        for k in "aab"
    ]
    handed = json.dumps({"type": "FeatureCollection", "features": shapes}).encode()
    found = files.import_layer(handed, name="x.json", mapping={"sketch_id": "sketch_id"})
    assert found.frame.index.to_list() == ["a", "a-2", "b"]
    SKETCHES.validate(found.frame)


def test_nothing_is_left_behind_and_nothing_is_warned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of our copies is gone afterwards, also after a refusal."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    areas().to_file(tmp_path / "a.gpkg")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        files.import_layer(tmp_path / "a.gpkg")
        with pytest.raises(FileRoleUnknown):
            files.import_layer(geojson(WEST), name="a.geojson")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


# --- Words ------------------------------------------------------------------------------------------


def test_every_key_has_words_in_every_language() -> None:
    keys = {f"{group}_{key}" for group, known in files.KEYS.items() for key in known}
    for language in i18n.LANGUAGES:
        assert keys == set(i18n.get_translator(language).section("files"))


def test_wgs84_is_what_geojson_means() -> None:
    found = files.inspect_file(geojson(to_wgs84(WEST)), name="a.geojson")
    assert (found.place.crs, found.place.proof) == (WGS84, "format")


def test_a_write_ahead_log_is_not_looked_for(tmp_path: Path) -> None:
    """A GeoPackage that says it has a journal beside it is read from the file alone."""
    areas().to_file(tmp_path / "a.gpkg")
    base = sqlite3.connect(tmp_path / "a.gpkg")
    base.execute("PRAGMA journal_mode=WAL")
    base.close()
    in_place(files.import_layer(tmp_path / "a.gpkg"))
