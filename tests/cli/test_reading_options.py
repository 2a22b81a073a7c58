"""`compare` and `consensus` read files with the options of `import`."""

import json
from pathlib import Path

import geopandas as gpd
import shapely

from tests.support.cli_runner import Buurt

WEST = shapely.box(92_000, 446_000, 92_600, 446_400)
EAST = shapely.box(92_600, 446_000, 93_200, 446_400)


def test_a_layer_of_several_is_chosen(buurt: Buurt, tmp_path: Path) -> None:
    """The file of a CBS year: three layers, of which one is compared with."""
    areas = tmp_path / "cbs.gpkg"
    whole = shapely.union_all([WEST, EAST])
    for layer, shapes, codes in (
        ("wijken", [whole], ["WK162101"]),
        ("buurten", [WEST, EAST], ["BU16210101", "BU16210102"]),
    ):
        frame = gpd.GeoDataFrame({"code": codes, "naam": codes}, geometry=shapes, crs=28992)
        frame.to_file(areas, layer=layer, driver="GPKG")
    drawn = tmp_path / "drawn.geojson"
    table = gpd.GeoDataFrame({"wie": ["a", "b"], "remark": ["x", "y"]}, geometry=[WEST, EAST], crs=28992)
    table.to_crs(4326).to_file(drawn)
    out, summary = tmp_path / "out.gpkg", tmp_path / "s.json"
    asked = buurt("compare", "--sketches", drawn, "--areas", areas, "--out", out)
    assert asked.returncode == 2
    assert "--areas-layer" in asked.stderr
    for chosen in ([areas, "--areas-layer", "buurten"], [f"{areas}:buurten"]):
        done = buurt("compare", "--sketches", drawn, "--areas", *chosen, "--out", out, "--summary", summary)
        assert done.returncode == 0, done.stderr
        assert json.loads(summary.read_text())["areas"][0]["n_areas"] == 2
        written = out.rename(tmp_path / f"{len(chosen)}.gpkg")
    assert "remark" not in gpd.read_file(written, layer="sketches").columns
    done = buurt(
        "compare", "--sketches", drawn, "--areas", f"{areas}:wijken", "--out", out, "--columns", "remark"
    )
    assert done.returncode == 0, done.stderr
    assert "remark" in gpd.read_file(out, layer="sketches").columns


def test_one_person_is_one_voice(buurt: Buurt, tmp_path: Path) -> None:
    """Four draw a box of 24 ha, the fifth its halves as two drawings: five people agree on all of it."""
    box = shapely.box(92_000, 446_000, 92_600, 446_400)
    halves = [shapely.box(92_000, 446_000, 92_300, 446_400), shapely.box(92_300, 446_000, 92_600, 446_400)]
    people = ["1", "2", "3", "4", "5", "5"]
    drawn, summary = tmp_path / "drawn.gpkg", tmp_path / "s.json"
    frame = gpd.GeoDataFrame(
        {"buurt": ["Oost"] * 6, "wie_nr": people}, geometry=[box] * 4 + halves, crs=28992
    )
    frame.to_file(drawn, driver="GPKG")
    done = buurt(
        "consensus", "--sketches", drawn, "--by", "buurt", "--person", "wie_nr",
        "--out", tmp_path / "out.gpkg", "--summary", summary,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    group = json.loads(summary.read_text())["groups"][0]
    assert (group["n"], round(group["area_km2"]["90"], 3), group["median_pairwise_iou"]) == (5, 0.24, 1.0)


def test_a_table_of_areas_is_pointed_at_and_turned(buurt: Buurt, tmp_path: Path) -> None:
    """Areas below a title row, north before east, their shape in a column of any name: two buurten of 24 ha."""
    turned = [shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in (WEST, EAST)]
    rows = [f"BU1621010{n};Buurt {n};{shape.wkt}" for n, shape in enumerate(turned, 1)]
    areas = tmp_path / "buurten.csv"
    areas.write_text("\n".join(["Onze buurten in 2026", "code;naam;omtrek", *rows]), encoding="utf-8")
    drawn, out, summary = tmp_path / "drawn.gpkg", tmp_path / "out.gpkg", tmp_path / "s.json"
    gpd.GeoDataFrame({"wie": ["a"] * 5}, geometry=[WEST] * 5, crs=28992).to_file(drawn)
    words = ("--sketches", drawn, "--areas", areas, "--out", out)
    chosen = ("--areas-place", "omtrek", "--areas-header-row", "2")
    asked = buurt("compare", *words, *chosen)
    assert asked.returncode == 2
    assert "--areas-swap" in asked.stderr
    done = buurt("compare", *words, *chosen, "--areas-swap", "--summary", summary)
    assert done.returncode == 0, done.stderr
    row = json.loads(summary.read_text())["areas"][0]
    assert (row["n_areas"], row["n_covered"], row["median_best_iou"]) == (2, 5, 1.0)
    assert gpd.read_file(out, layer="areas_buurten").area.round().tolist() == [240_000, 240_000]
    groups = ("consensus", "--by", "wie", "--sketches", drawn, "--areas", areas, "--out", tmp_path / "c.gpkg")
    done = buurt(*groups, *chosen, "--areas-swap", "--summary", summary)
    assert done.returncode == 0, done.stderr
    assert json.loads(summary.read_text())["groups"][0]["best_iou"] == {"buurten": 1.0}
