"""The belt beyond the border: what lies within a kilometre, of others only, told where it lacks, and never our own."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

import layers
from geo import errors
from layers.cache import Manifest, read_layer
from layers.download.fetch import FetchReport, fetch_municipality
from layers.official.belt import normalise_belt
from tests.layers.conftest import hurried
from tests.support.fake_services import CODE, Fault, Netherlands, areas, box

GROUND = box(0, 0, 2000, 1000)
BESIDE = (GROUND.bounds[2] - 10, GROUND.bounds[1], GROUND.bounds[2] + 10, GROUND.bounds[3])
"""A box over the border between Testdam and Elders."""
ONLY = {"divisions": ["buurt"], "themes": [], "with_basemap": False, "year": 2025}


def bring(**more: Any) -> FetchReport:
    return fetch_municipality(CODE, session=hurried(), **{**ONLY, **more})


def in_box(**changes: Any) -> gpd.GeoDataFrame:
    """Return every buurt in the box of the belt, with some columns changed."""
    table = areas(2025)["/cbs/wijken-en-buurten-2025/ogc/v1/collections/buurten"].table
    return table.assign(**changes)


def tidy(raw: gpd.GeoDataFrame) -> tuple[Any, Any]:
    return normalise_belt(raw, "buurt", 2025, code=CODE, ground=GROUND)


def test_of_the_box_only_what_is_near_and_of_others_stays() -> None:
    """Elders touches the border; Verweg lies in the corner of the box, 1,131 m away; five buurten are our own."""
    found, notes = tidy(in_box())
    assert found["municipality"].to_dict() == {"BU19980101": "Elders"}
    assert found["aantal_inwoners"].tolist() == [300]
    assert notes == {"outside": 1}


def test_the_name_of_a_municipality_may_lack() -> None:
    """The column is promised nowhere; the code of a buurt says whose it is."""
    found, _ = tidy(in_box().drop(columns=["gemeentenaam", "gemeentecode"]))
    assert found["municipality"].tolist() == ["GM1998"]


def test_parts_of_one_code_are_one_area() -> None:
    raw = in_box()
    twice = pd.concat([raw, raw[raw["buurtcode"].eq("BU19980101")].assign(geometry=box(2500, 0, 100, 1000))])
    found, notes = tidy(twice.reset_index(drop=True))
    assert found.area.tolist() == [600_000]
    assert notes == {"joined": 1, "outside": 1}


def test_an_island_has_a_belt_without_rows() -> None:
    found, _ = tidy(in_box().loc[lambda table: table["gemeentecode"].eq(CODE)])
    assert found.empty


def test_an_answer_without_our_own_areas_is_not_whole() -> None:
    """What proves that no page is lost is that our own buurten are among what lies in the box."""
    raw = in_box()
    with pytest.raises(errors.AnswerIncomplete):
        tidy(raw[raw["gemeentecode"].ne(CODE)])
    with pytest.raises(errors.AnswerIncomplete):
        tidy(raw.iloc[:0])
    with pytest.raises(errors.AnswerUnreadable):
        tidy(in_box(buurtcode="1998"))


def test_a_belt_comes_along_and_is_no_area_of_ours(folder: Path, netherlands: Netherlands) -> None:
    """Its figures are of the map and of StatLine, each of its year; no list of areas has it."""
    assert bring().is_whole
    entry = Manifest.read(CODE).layers["belt_buurt_2025"]
    assert (entry.rows, entry.year, entry.file, entry.notes) == (1, 2025, "belt.gpkg", {"outside": 1})
    assert entry.attribution
    table = read_layer(CODE, "belt_buurt_2025").set_index("code")
    # 300 people of the map; of homes, and of who is 65 or older, only StatLine knows: 3, and 2 of 7.
    known = table.loc[
        "BU19980101", ["aantal_inwoners", "woningvoorraad", "percentage_personen_65_jaar_en_ouder"]
    ]
    assert known.tolist() == [300, 3, 29]
    assert layers.list_divisions(CODE) == {"gemeente": [2025], "buurt": [2025]}
    assert not [area for area in layers.read_areas(CODE, "buurt", water=True).index if "1998" in area]
    assert [town.name for town in layers.municipalities()] == ["Testdam"]


def test_who_reads_beyond_the_border_gets_the_belt(folder: Path, netherlands: Netherlands) -> None:
    """Without it nothing lies there; a fetch that brings it makes other answers of what was kept."""
    netherlands.faults.append(Fault("/buurten/items*bbox=", status=404))
    bring()
    assert layers.read_neighbouring_areas(CODE, "buurt", BESIDE).empty
    before = layers.data_version(CODE)
    netherlands.faults.clear()
    bring()
    assert layers.data_version(CODE) != before
    found = layers.read_neighbouring_areas(CODE, "buurt", BESIDE)
    assert found["municipality"].to_dict() == {"BU19980101": "Elders"}
    assert found["aantal_inwoners"].tolist() == [300]
    west, south, _, north = GROUND.bounds
    assert layers.read_neighbouring_areas(CODE, "buurt", (west, south, west + 10, north)).empty


def test_a_belt_that_does_not_come_leaves_the_rest_whole(folder: Path, netherlands: Netherlands) -> None:
    """It is told by name, and only the belt is asked again."""
    netherlands.faults.append(Fault("/buurten/items*bbox=", status=404))
    report = bring()
    assert [failure.layers for failure in report.failures] == [("belt_buurt_2025",)]
    assert set(Manifest.read(CODE).layers) == {"gemeente_2025", "buurt_2025", "figures_2025"}
    netherlands.faults.clear()
    netherlands.asked.clear()
    report = bring()
    assert report.is_whole
    assert [entry.layer for entry in report.new] == ["belt_buurt_2025"]
    assert not [line for line in netherlands.asked if "gemeentecode=" in line]


def test_a_belt_without_statline_says_so_and_keeps_its_ground(folder: Path, netherlands: Netherlands) -> None:
    """The map has the people; of the homes nothing is known yet, and the lock says whose fault that is."""
    netherlands.faults.append(Fault("/Observations*1998", status=404))
    report = bring()
    assert [(one.layers, one.source) for one in report.failures] == [(("belt_buurt_2025",), "CBS StatLine")]
    assert Manifest.read(CODE).layers["belt_buurt_2025"].not_fetched == ["CBS StatLine"]
    found = layers.read_neighbouring_areas(CODE, "buurt", BESIDE)
    assert found["aantal_inwoners"].tolist() == [300]
    assert found["woningvoorraad"].isna().all()
    netherlands.faults.clear()
    assert bring().is_whole
    assert Manifest.read(CODE).layers["belt_buurt_2025"].not_fetched == []
