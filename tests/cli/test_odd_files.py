"""Files as people hand them in: each has the outcome that the README beside it calls right."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

import store
from tests.support.cli_runner import Buurt

Shared = Callable[[str], Path]


@dataclass(frozen=True)
class Right:
    """What must come of a file; ``asked`` is what the sentence of a refusal or question must hold."""

    options: tuple[str, ...] = ()
    taken: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    warned: str = ""
    not_kept: tuple[str, ...] = ()
    asked: str = ""


BOX = 12.0
HECTARES: dict[str, tuple[float, ...]] = {
    "wkt_one_curve_among_plain.csv": (3.14, BOX, BOX, BOX, BOX),
    "ewkb_curve_from_postgis.csv": (12.57,),
    "wkt_only_curves.csv": (3.14, 12.57),
    "esri_curverings.json": (6.28, BOX),
    "leaflet_circle.geojson": (BOX, 12.57),
    "only_circles.geojson": (7.07, 8.04, 9.08, 10.18, 11.34),
}
"""Of every other file with areas or drawings each one is a box of 12 ha; walks come within 2 %."""

FIRST_BENCH = (92_310.0, 446_120.0)


def kept_shapes(account: dict[str, Any], tmp_path: Path) -> gpd.GeoDataFrame:
    """Return what was kept of a file, in RD."""
    if account["role"] != "sketches":
        return gpd.read_file(tmp_path / "data" / "own" / f"{account['kept_as']}.gpkg").to_crs(28992)
    with store.open_store(f"sqlite:///{tmp_path}/store.gpkg") as opened:
        return opened.contributions.read_sketches(account["kept_as"])


AREAS = ("--as", "areas")
SKETCHES = ("--as", "sketches")
SIX = Right(taken=6, kinds={"bench": 6})


def refused(*words: str, options: tuple[str, ...] = ()) -> Right:
    return Right(options, asked=".*".join(words))


RIGHT: dict[str, tuple[Right, ...]] = {
    # 1 curved edges
    "wkt_one_curve_among_plain.csv": (Right(AREAS, 5),),
    "ewkb_curve_from_postgis.csv": (Right(AREAS, 1),),
    "wkt_only_curves.csv": (Right(AREAS, 2),),
    "esri_curverings.json": (Right(AREAS, 2),),
    # 2 and 3 columns of the place
    "point_x_point_y.csv": (SIX,),
    "latitude_wgs84_in_brackets.csv": (SIX,),
    "kobo_split_geopoint.csv": (SIX,),
    "x_coordinaat_with_diaeresis.csv": (SIX,),
    "geo_point_2d.csv": (SIX,),
    "locatie_in_brackets.csv": (SIX,),
    # 4 the header further down
    "title_above_header.csv": (SIX,),
    "title_rows_merged.xlsx": (SIX,),
    "table_starts_at_c4.xlsx": (SIX,),
    # 5 one row without a real place
    "zero_zero_in_rd.csv": (Right((), 6, {"bench": 6}, {7: "Zonder plek"}),),
    "zero_zero_in_degrees.csv": (Right((), 6, {"bench": 6}, {7: "Zonder plek"}),),
    "one_row_swapped.csv": (
        Right((), 6, {"bench": 6}, {7: "Verkeerd om"}),
        Right(("--swap",), 7, {"bench": 7}),
    ),
    "area_swapped_among_good.geojson": (
        Right(AREAS, 2, refused={3: "C verkeerd om"}),
        Right((*AREAS, "--swap"), 3),
    ),
    # 6 and 7 kinds
    "banken.csv": (Right((), 5, {"bench": 5}),),
    "osm_voorzieningen.geojson": (Right((), 2, {"bench": 1, "library": 1}, {1: "Geldbank Oost", 3: "atm"}),),
    "banken_en_afvalbakken.csv": (Right((), 2, {"bench": 2}, {2: "Afvalbak", 3: "Lantaarnpaal"}),),
    "soorten.csv": (Right((), 6, {"bench": 2, "playground": 1, "pitch": 2, "outdoors": 1}),),
    "glijbanen.csv": (Right((), 6, {"equipment": 6}),),
    # 8 lines that go round together
    "walk_with_a_pause.gpx": (Right(SKETCHES, 1),),
    "border_in_two_strokes.geojson": (Right(SKETCHES, 1),),
    # 9 circles
    "leaflet_circle.geojson": (Right(SKETCHES, 2),),
    "only_circles.geojson": (Right((), 5),),
    # 10 GeoPackages with something beside the layer
    "view_that_counts.gpkg": (Right(AREAS, 2, not_kept=("aantallen",)),),
    "own_trigger.gpkg": (Right(AREAS, 2),),
    "base_map_beside_layer.gpkg": (Right(AREAS, 2, not_kept=("ondergrond",)),),
    # 11 several files in one zip
    "two_tables.kml.zip": (
        refused("groep1", "groep2", "--layer", options=SKETCHES),
        Right((*SKETCHES, "--layer", "groep1"), 1),
        Right((*SKETCHES, "--layer", "groep2"), 1),
    ),
    "two_geopackages.zip": (
        refused("wijken", "buurten", "--layer", options=AREAS),
        Right((*AREAS, "--layer", "wijken"), 1),
        Right((*AREAS, "--layer", "buurten"), 2),
    ),
    "twenty_walks.zip": (Right(SKETCHES, 3),),
    "sheet_in_zip.zip": (
        refused("banken", "speelplekken", "--layer"),
        Right(("--layer", "banken"), 6, {"bench": 6}),
        Right(("--layer", "speelplekken"), 6, {"playground": 6}),
    ),
    # 12 a journal
    "open_in_qgis.gpkg": (Right(SKETCHES, 1, warned="stond nog open"),),
    "with_journal_beside.zip": (Right(SKETCHES, 3),),
    # 13 Windows letters
    "windows_letters_even.geojson": (Right((), 1, {"hospitality": 1}),),
    "windows_letters_buurten.geojson": (Right(AREAS, 2),),
    # 14 KML
    "unbound_prefix.kml": (Right(SKETCHES, 1),),
    "gx_track.kml": (Right(SKETCHES, 1),),
    "network_link_only.kml": (refused("verwijst", "internet", "zonder"),),
    # 15 wrappings of GeoJSON
    "one_feature_a_line.geojsonl": (Right(AREAS, 2),),
    "qgis2web_layer.js": (Right(AREAS, 2),),
    "answer_of_an_api.json": (Right(AREAS, 2),),
    "trailing_comma.geojson": (Right(AREAS, 2),),
    # 16 what a file is
    "html_login_page.geojson": (refused("webpagina", "Log in", "download"),),
    "shapefile_without_shx.zip": (Right(AREAS, 2),),
    "only_the_shp.shp": (refused("Shapefile", ".shx", "zip"),),
    "old_excel.xls": (refused("oud Excel", ".xlsx"),),
    "buurten.gml": (Right(AREAS, 2),),
    # 17 names that become one key: see test_two_files_of_one_name_stay_apart
    "Banken (oost).csv": (Right((), 3, {"bench": 3}),),
    "Banken-oost.csv": (Right((), 1, {"bench": 1}),),
    # 18 names of people
    "deelnemers.csv": (Right(SKETCHES, 3, not_kept=("Naam",)),),
    "formulier.csv": (Right(SKETCHES, 2, not_kept=("Wat is je naam?",)),),
    # 19 answers and dates
    "survey_with_answers.geojson": (Right(SKETCHES, 2),),
    "survey_with_answers.csv": (Right(SKETCHES, 2),),
    # 20 numbers that Excel changed
    "thousands_dots_in_degrees.csv": (
        refused("51.999.914", "51,?.?999914", "--x"),
        Right(("--x", "lon", "--y", "lat"), 6, {"bench": 6}),
    ),
    "decimal_point_lost.xlsx": (
        refused("51999914", "51.999914", "--x"),
        Right(("--x", "Longitude", "--y", "Latitude"), 6, {"bench": 6}),
    ),
    "north_and_east_letters.csv": (SIX,),
    # 21 a system of its own in each row
    "ewkt_two_srids.csv": (Right(AREAS, 2),),
    "ewkb_two_srids.csv": (Right(AREAS, 2),),
    # 22 editions and codes
    "pc4_three_years.geojson": (
        refused("2022", "2023", "2024", "--layer"),
        Right(("--layer", "pc4_three_years (2023)"), 4),
    ),
    "ten_areas_one_code_twice.geojson": (Right(AREAS, 10, warned="dezelfde code"),),
    "land_and_water_same_code.geojson": (Right(AREAS, 1, refused={2: "Oost"}),),
    # 23 a separator too many
    "one_value_too_many.csv": (Right((), 6, {"bench": 6}, {7: "Bank"}),),
    "remark_with_comma.csv": (Right((), 5, {"bench": 5}, {4: "Bank 3"}),),
}
CASES = [(name, one) for name, several in RIGHT.items() for one in several]


@pytest.mark.parametrize(("name", "right"), CASES, ids=[f"{name}{n}" for n, (name, _) in enumerate(CASES)])
def test_the_outcome_is_right(name: str, right: Right, shared: Shared, buurt: Buurt, tmp_path: Path) -> None:
    account = tmp_path / "account.json"
    done = buurt("import", shared(f"odd_files/{name}"), *right.options, "--yes", "--json", account)
    if right.asked:
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert re.search(right.asked, done.stderr), done.stderr
        return
    assert done.returncode == 0, done.stderr
    account_read = json.loads(account.read_text(encoding="utf-8"))
    assert (account_read["taken"], account_read["kinds"]) == (right.taken, right.kinds)
    assert account_read["in"] == account_read["taken"] + len(account_read["refused"])
    assert {row["number"]: row["name"] for row in account_read["refused"]} == right.refused
    assert all(row["reason"] for row in account_read["refused"])
    assert right.warned in " ".join(account_read["warnings"])
    assert set(right.not_kept) <= set(account_read["not_kept"])
    kept = kept_shapes(account_read, tmp_path)
    if account_read["role"] == "facilities":
        if right == SIX or "--x" in right.options:
            first = kept.geometry.iloc[0]
            assert (first.x, first.y) == pytest.approx(FIRST_BENCH, abs=0.5)
        return
    expected = HECTARES.get(name, (BOX,) * right.taken)
    nearly = 0.02 if "walk" in name or "track" in name else 0.001
    assert sorted(kept.area / 1e4) == pytest.approx(expected, rel=nearly)


@pytest.mark.parametrize("name", ["survey_with_answers.geojson", "survey_with_answers.csv"])
def test_answers_and_dates_stay_beside_a_drawing(
    name: str, shared: Shared, buurt: Buurt, tmp_path: Path
) -> None:
    account = tmp_path / "account.json"
    done = buurt("import", shared(f"odd_files/{name}"), *SKETCHES, "--yes", "--json", account)
    assert done.returncode == 0, done.stderr
    told = json.loads(account.read_text(encoding="utf-8"))
    kept = kept_shapes(told, tmp_path)
    assert kept["created"].astype(str).tolist()[0] == "2019-05-01"
    assert kept["answers"].tolist()[0]["years"] == ">10"  # 12 years


def test_a_column_answers_what_somebody_says(shared: Shared, buurt: Buurt, tmp_path: Path) -> None:
    account, file = tmp_path / "account.json", shared("odd_files/survey_with_answers.csv")
    done = buurt("import", file, *SKETCHES, "--answer", "years=", "--yes")
    assert done.returncode == 2
    assert "VRAAG=KOLOM" in done.stderr
    done = buurt("import", file, *SKETCHES, "--answer", "age=jaren", "--yes", "--json", account)
    assert done.returncode == 0, done.stderr
    assert json.loads(account.read_text(encoding="utf-8"))["answered"]["age"] == "jaren"


def test_no_drawing_is_called_after_a_person(shared: Shared, buurt: Buurt, tmp_path: Path) -> None:
    account = tmp_path / "account.json"
    for name in ("deelnemers.csv", "formulier.csv"):
        done = buurt("import", shared(f"odd_files/{name}"), *SKETCHES, "--yes", "--json", account)
        assert done.returncode == 0, done.stderr
        told = json.loads(account.read_text(encoding="utf-8"))
        handed = shared(f"odd_files/{name}").read_text(encoding="utf-8")
        for drawn in kept_shapes(told, tmp_path)["name"].dropna():
            assert not drawn or drawn not in handed.split("\n", 1)[1].split(";")[0]


def test_two_files_of_one_name_stay_apart(shared: Shared, buurt: Buurt, tmp_path: Path) -> None:
    """Names that clean to one key, and drawings of two files called alike."""
    kept = []
    for name in ("Banken (oost).csv", "Banken-oost.csv"):
        account = tmp_path / "account.json"
        assert buurt("import", shared(f"odd_files/{name}"), "--yes", "--json", account).returncode == 0
        kept.append(json.loads(account.read_text(encoding="utf-8"))["kept_as"])
    assert kept[0] != kept[1]
    for place, name in enumerate(("wkt_only_curves.csv", "ewkt_two_srids.csv")):
        (tmp_path / str(place)).mkdir()
        same = tmp_path / str(place) / "tekeningen.csv"
        same.write_bytes(shared(f"odd_files/{name}").read_bytes())
        for _ in range(2):
            assert buurt("import", same, "--as", "sketches", "--yes").returncode == 0
    listed = [line for line in buurt("projects").stdout.splitlines() if line.startswith("tekeningen")]
    assert len(listed) == 2


def test_every_odd_file_was_tried(shared: Shared) -> None:
    there = {path.name for path in shared("odd_files").iterdir()} - {"README.md"}
    assert there == set(RIGHT)
