"""Drawings made with other tools, written here by hand in the shape each tool writes."""

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from pyproj import CRS

from geo.crs import WGS84, to_wgs84, transform
from geo.errors import FileOnlyPoints, FileWithoutShapes
from layers import files

HOME = to_wgs84(shapely.box(92_000, 446_000, 92_400, 446_300))
"""A neighbourhood of 400 x 300 m: 12 hectares."""
RING = [list(place) for place in HOME.exterior.coords]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
LAT_FIRST = ";".join(f"{lat:.9f} {lon:.9f} 0.0 0.0" for lon, lat in RING)


def feature(properties: dict[str, Any], geometry: Any = POLYGON, **rest: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry, **rest}


def collection(*features: dict[str, Any], **rest: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **rest}).encode()


def taken(handed: bytes | Path, name: str, **options: Any) -> files.ImportResult:
    """Take sketches in and see that everything is accounted for and lies where it was drawn."""
    assert files.inspect_file(handed, name=name).role in ("sketches", None)
    found = files.import_layer(handed, name=name, role="sketches", **options)
    assert found.n_in == found.n_taken + found.n_refused
    assert found.n_taken == len(found.frame)
    assert found.frame.crs.to_epsg() == 28992
    assert found.frame.area.to_list() == pytest.approx([120_000.0] * found.n_taken, rel=1e-3)
    return found


def test_representable() -> None:
    content = {
        "entry_name": "Oranjebuurt", "entry_ID": "e1", "cultural_interests": "kermis", "population": 812,
        "author_name": "Jan Jansen", "address": "Dorpsstraat 1",
    }  # fmt: skip
    found = taken(json.dumps(feature(content)).encode(), "Oranjebuurt.geojson")
    assert (found.tool, found.frame.index[0], found.frame["name"].iloc[0]) == (
        "representable",
        "e1",
        "Oranjebuurt",
    )
    assert set(found.stripped) == {"author_name", "address"}
    assert not {"author_name", "address"} & set(found.frame.columns)
    kept = taken(json.dumps(feature(content)).encode(), "x.geojson", keep_personal=True)
    assert kept.frame["author_name"].to_list() == ["Jan Jansen"]


def test_representable_as_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as packed:
        packed.writestr("r/Oranjebuurt.geojson", collection(feature({"entry_name": "O", "entry_ID": "e1"})))
        packed.writestr("r/README.txt", "read me")
    assert taken(tmp_path / "r.zip", "r.zip").tool == "representable"


def test_a_plan_without_shapes_is_refused() -> None:
    """Districtr 1 and the block lists of Representable name units of a map that we do not have."""
    plan = {"id": "p", "parts": [], "assignment": {"1": 0}, "problem": {"type": "community"}}
    for handed, name in (
        (json.dumps(plan).encode(), "plan.json"),
        (b"geo_id,zone\n36061,3\n", "plan.csv"),
        (b"BLOCKID,DISTRICT\n36061,3\n", "plan.csv"),
    ):
        with pytest.raises(FileWithoutShapes):
            files.import_layer(handed, name=name)


def test_districtr_2() -> None:
    found = taken(collection(feature({"zone": "3"}, id="3"), feature({"zone": "4"}, id="4")), "d.geojson")
    assert (found.tool, found.frame.index.to_list()) == ("districtr", ["3", "4"])


def test_districtr_2_with_metres_of_another_country() -> None:
    """Its own test file says EPSG:26914 and holds metres: believed, and put in the local plane."""
    square = shapely.geometry.mapping(shapely.box(620_000, 3_350_000, 621_000, 3_351_000))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::26914"}}
    found = files.import_layer(collection(feature({"zone": "1"}, square), crs=crs), name="d.geojson")
    assert found.frame.crs.coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    assert found.frame.area.iloc[0] == pytest.approx(1e6, rel=2e-3)
    assert "outside_netherlands" in found.warnings


def test_sketch_map_tool() -> None:
    """A mark too small for an area is a point there: refused as an area, with its reason."""
    point = {"type": "Point", "coordinates": RING[0]}
    handed = collection(
        feature({"color": "red", "name": "kaart-07.jpg"}),
        feature({"color": "blue", "name": "kaart-07.jpg"}, point),
    )
    found = taken(handed, "marks.geojson")
    assert (found.tool, found.n_taken, found.n_refused) == ("sketch_map_tool", 1, 1)
    assert found.refusals[0].reason == "point_not_area"
    assert found.frame["color"].to_list() == ["red"]


def test_sketch_map_tool_in_web_mercator() -> None:
    """Old files of it carry ``crs`` 3857."""
    mercator = transform(HOME, WGS84, CRS.from_epsg(3857))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    shape = shapely.geometry.mapping(mercator)
    assert taken(collection(feature({"color": "red", "name": "k"}, shape), crs=crs), "m.geojson").n_taken == 1
    unsaid = files.inspect_file(collection(feature({"color": "red", "name": "k"}, shape)), name="m.geojson")
    assert unsaid.place.proof == "range_mercator"


def test_kobo_csv_has_latitude_first_and_a_column_a_question(tmp_path: Path) -> None:
    head = "start;end;Uw buurt;Uw plek;naam;_id;_uuid;_submission_time;_submitted_by\n"
    line = f'2026;2026;"{LAT_FIRST}";52.0 4.45 0 0;Oost;1;u-1;2026-01-01;piet\n'
    path = tmp_path / "kobo.csv"
    path.write_text(head + line, encoding="utf-8")
    look = files.inspect_file(path)
    assert look.layers == ("kobo: Uw buurt", "kobo: Uw plek")
    found = taken(path, "kobo.csv", layer="kobo: Uw buurt")
    assert (found.tool, found.frame.index[0], found.frame["name"].iloc[0]) == ("kobo", "u-1", "Oost")
    assert "_submitted_by" in found.stripped


def test_kobo_geojson_with_heights() -> None:
    shape = {"type": "Polygon", "coordinates": [[[*place, 1.5] for place in RING]]}
    found = taken(
        collection(feature({"_id": 1, "_uuid": "u", "buurt": "Oost"}, shape), name="form"), "k.geojson"
    )
    assert found.tool == "kobo"
    assert not found.frame.has_z.any()


def test_rows_of_numbers_of_other_surveys() -> None:
    """Survey Solutions puts longitude first between commas; Qualtrics does not close its rings."""
    pairs = ";".join(f"{lon:.9f},{lat:.9f}" for lon, lat in RING)
    qualtrics = ",".join(f"{lon:.9f} {lat:.9f}" for lon, lat in RING[:-1])
    for text in (pairs, qualtrics):
        found = taken(f'id\tgebied\n7\t"{text}"\n'.encode(), "s.tsv")
        assert found.frame.index.to_list() == ["7"]


def test_a_table_with_wkt_as_maptionnaire_like_tools_export(tmp_path: Path) -> None:
    """CSV as a Dutch Excel writes it, and xlsx."""
    (tmp_path / "m.csv").write_text(
        f"\ufeffRespondent ID;Vlak;E-mail;Opmerking\n1;{HOME.wkt};a@b.nl;mail c@d.nl of bel 0612345678\n"
        "2;;x@y.nl;\n",
        encoding="utf-8",
    )
    book = openpyxl.Workbook()
    book.active.append(["Respondent ID", "Vlak", "E-mail", "Opmerking"])
    book.active.append([1, HOME.wkt, "a@b.nl", "mail c@d.nl of bel 0612345678"])
    book.active.append([2, None, "x@y.nl", None])
    book.save(tmp_path / "m.xlsx")
    for name in ("m.csv", "m.xlsx"):
        found = taken(tmp_path / name, name)
        assert (found.n_in, found.n_taken) == (2, 1)
        assert found.refusals[0].reason == "no_geometry"
        assert found.stripped == ("E-mail",)
        assert found.frame["Opmerking"].to_list() == ["mail – of bel –"]


def test_umap_has_layers_to_choose_from() -> None:
    content = {
        "type": "umap", "uri": "https://umap.example/1", "properties": {"name": "kaart"},
        "geometry": {"type": "Point", "coordinates": [4.5, 52]},
        "layers": [
            {
                "type": "FeatureCollection",
                "features": [feature({"name": "Oost", "_umap_options": {"color": "red"}})],
                "_umap_options": {"name": "Buurten"},
            },
            {
                "type": "FeatureCollection",
                "features": [feature({"name": "Bank"}, {"type": "Point", "coordinates": RING[0]})],
                "properties": {"name": "Plekken"},
            },
        ],
    }  # fmt: skip
    handed = json.dumps(content).encode()
    assert files.inspect_file(handed, name="k.umap").layers == ("Buurten", "Plekken")
    found = taken(handed, "k.umap", layer="Buurten")
    assert (found.tool, found.frame["name"].iloc[0]) == ("umap", "Oost")
    assert "_umap_options" not in found.frame
    assert files.import_layer(handed, name="k.umap", layer="Plekken", role="facilities").frame[
        "kind"
    ].to_list() == ["bench"]


def test_umap_csv_with_wkt_is_taken_and_with_middles_refused() -> None:
    assert taken(f'name,geometry\nOost,"{HOME.wkt}"\n'.encode(), "u.csv").frame["name"].to_list() == ["Oost"]
    with pytest.raises(FileOnlyPoints):
        files.import_layer(b"name,Latitude,Longitude\nOost,52.0,4.45\n", name="u.csv", role="sketches")


def test_go_vocal() -> None:
    content = {
        "id": "a1", "published_at": "01/31/2026 10:00:00", "waar_woont_u": "Oost",
        "user_data__author_id": "9", "user_data__author_email": "a@b.nl", "user_data__author_name": "Jan",
        "user_data__gender": "v",
    }  # fmt: skip
    unanswered = feature({"id": "a2", "published_at": "01/31/2026 10:00:00"}, None)
    found = taken(collection(feature(content), unanswered), "g.geojson")
    assert (found.tool, found.n_refused, found.refusals[0].feature) == ("go_vocal", 1, "a2")
    assert len(found.stripped) == 4


def test_seasketch_leaves_practice_out(tmp_path: Path) -> None:
    """Whether it was practice stands in the list of answers beside the shapes."""
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as packed:
        shapes = collection(*(feature({"survey_id": 1, "response_id": n}) for n in (11, 12)))
        packed.writestr(
            "responses.csv", "id,survey_id,is_practice,account_email\n11,1,false,a@b.nl\n12,1,true,\n"
        )
        packed.writestr("waar.geojson.json", shapes)
    found = taken(tmp_path / "s.zip", "s.zip")
    assert (found.tool, found.n_taken) == ("seasketch", 1)
    assert found.refusals[0].reason == "practice"
    assert "account_email" in found.stripped
    alone = files.import_layer(collection(feature({"survey_id": 1, "response_id": 11})), name="s.json")
    assert "practice_unknown" in alone.warnings


def test_mapsurvey_has_a_layer_a_question_and_a_list_beside_it(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as packed:
        packed.writestr("buurt.geojson", collection(feature({"session": 5, "naam": "Oost"}), crs=crs))
        point = {"type": "Point", "coordinates": RING[0]}
        packed.writestr("bank.geojson", collection(feature({"session": 5}, point), crs=crs))
        packed.writestr("enquete.csv", "session,datetime,leeftijd\n5,2026-01-01,67\n")
    assert files.inspect_file(tmp_path / "m.zip").layers == ("buurt", "bank")
    found = taken(tmp_path / "m.zip", "m.zip", layer="buurt")
    assert (found.tool, found.frame["leeftijd"].to_list()) == ("mapsurvey", ["67"])


def test_felt() -> None:
    found = taken(collection(feature({"felt:id": "f1", "felt:parentId": None, "name": "Oost"})), "f.geojson")
    assert (found.tool, found.frame.index[0], found.frame["name"].iloc[0]) == ("felt", "f1", "Oost")


def test_dnainfo_takes_the_free_text_for_other() -> None:
    first = {"shapeID": "1", "neighborhoodLive": "Oost", "otherNeighborhood": "", "yearsLived": "20"}
    other = {"shapeID": "2", "neighborhoodLive": "Other", "otherNeighborhood": "Achterweg", "yearsLived": "0"}
    found = taken(collection(feature(first), feature(other)), "d.geojson")
    assert found.frame["name"].to_dict() == {"1": "Oost", "2": "Achterweg"}


def test_cityme_counts_a_drawing_once() -> None:
    """Its rows repeat per answer, and the shape stands there twice: EWKB and WKT."""
    ewkb = shapely.to_wkb(shapely.set_srid(HOME, 4326), hex=True, include_srid=True)
    head = "answer_id,survey_id,option_id,geometry_id,geom,tags,st_astext\n"
    lines = "".join(f'{n},1,{n},77,{ewkb},rustig,"{HOME.wkt}"\n' for n in (1, 2, 3))
    found = taken((head + lines).encode(), "c.csv")
    assert (found.tool, found.n_in, found.n_taken) == ("cityme", 3, 1)
    assert {note.reason for note in found.refusals} == {"same_drawing"}


def test_survey123_and_esri_json() -> None:
    """Esri turns land clockwise; 102100 is its number of web mercator."""
    mercator = transform(HOME, WGS84, CRS.from_epsg(3857))
    ring = [list(place) for place in shapely.Polygon(mercator.exterior.coords).exterior.coords]
    clockwise = ring if not shapely.LinearRing(ring).is_ccw else ring[::-1]
    content = {
        "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 102100, "latestWkid": 3857},
        "features": [{
            "attributes": {"objectid": 1, "globalid": "g", "CreationDate": 1, "Creator": "jan"},
            "geometry": {"rings": [clockwise]},
        }],
    }  # fmt: skip
    found = taken(json.dumps(content).encode(), "a.json")
    assert (found.format, found.tool, found.stripped) == ("esri_json", "survey123", ("Creator",))


def test_mggg_products_are_sketches() -> None:
    assert taken(collection(feature({"plan_id": 5}), feature({"plan_id": 6})), "m.geojson").tool == "mggg"
