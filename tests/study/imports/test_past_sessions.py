"""Evenings that were held elsewhere: a column that says at which one somebody drew becomes sessions of the project."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.errors import FileSessionsDoubtful
from store import Actor
from study import context
from study.analysis import groups
from study.filters import available_filters, with_filters
from study.imports.answers_from_columns import DAY, SESSION
from study.imports.file_import import ImportResult, import_file
from tests.support.temp_store import own_data, own_store

EVENINGS = ["Dorpshuis"] * 4 + ["De Brug"] * 2 + [None]
DAYS = ["8-5-2024", "1-5-2024", "8-5-2024", "8-5-2024", "2-6-2024", "", "3-7-2024"]
PLANNER = Actor("planner", account="demo")


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("house")
    with own_store(folder, BUURT_DATA=str(own_data(folder))):
        yield folder


def drawings(x: int, **columns: list[Any]) -> bytes:
    """Return a file of boxes of 16 ha, each with its number and these columns."""
    n = len(next(iter(columns.values())))
    shapes = [shapely.box(x + 500 * at, 503_000, x + 500 * at + 400, 503_400) for at in range(n)]
    rows = [{"nummer": str(at), **{key: given[at] for key, given in columns.items()}} for at in range(n)]
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:28992"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}).encode()


def bring(data: bytes, name: str, **more: Any) -> ImportResult:
    return import_file(data, name=name, role="sketches", **more)


def test_an_evening_is_a_session_to_filter_and_group_by() -> None:
    """Four drew in the village hall, first on 1 May, two at De Brug on 2 June, and one at home."""
    data = drawings(160_000, avond=EVENINGS, wanneer=DAYS)
    found = bring(data, "avonden.geojson", mapping={SESSION: "avond", DAY: "wanneer"})
    assert (found.answered, found.own_columns, found.not_kept) == (
        {DAY: "wanneer", SESSION: "avond"},
        ("nummer",),
        {},
    )
    study = context.current_study(found.kept_as)
    held = context.get_store().sessions.list_all("avonden")
    assert {one.place: one.day for one in held} == {
        "Dorpshuis": date(2024, 5, 1),
        "De Brug": date(2024, 6, 2),
    }
    assert not any(one.is_open for one in held)
    assert groups.group_sizes(study, "session").to_dict() == {"Dorpshuis": 4, "De Brug": 2, "home": 1}
    shown = available_filters(study).sessions
    assert sorted(shown.values()) == ["De Brug (02-06-2024)", "Dorpshuis (01-05-2024)"]
    brug = next(key for key, name in shown.items() if name.startswith("De Brug"))
    assert len(context.read_sketches(with_filters(study, sessions=(brug,)))) == 2


def test_the_same_file_and_a_second_one_of_the_same_evening_make_no_session_twice() -> None:
    data = drawings(165_000, avond=["Dorpshuis"] * 3)
    for _ in range(2):
        assert bring(data, "nogmaals.geojson", mapping={SESSION: "avond"}).kept_as == "nogmaals"
    more = drawings(170_000, plek=["Dorpshuis", "School"])
    bring(more, "later.geojson", mapping={SESSION: "plek"}, project="nogmaals")
    study = context.current_study("nogmaals")
    assert groups.group_sizes(study, "session").to_dict() == {"Dorpshuis": 4, "School": 1}
    assert len(context.get_store().sessions.list_all("nogmaals")) == 2


def test_a_planner_can_make_a_link_for_it() -> None:
    bring(drawings(175_000, avond=["Zaal"] * 2), "zaal.geojson", mapping={SESSION: "avond"})
    (held,) = context.get_store().sessions.list_all("zaal")
    link = context.get_store().sessions.rotate_link(held.id, by=PLANNER)
    assert context.get_store().sessions.is_link_current(held.id, link)


def test_unless_somebody_says_so_it_stays_a_column_of_its_own() -> None:
    found = bring(drawings(180_000, bijeenkomst=["Dorpshuis", "School"]), "kolom.geojson")
    assert found.own_columns == ("nummer", "bijeenkomst")
    assert context.get_store().sessions.list_all("kolom") == []


@pytest.mark.parametrize("values", [[f"Avond {n}" for n in range(41)], ["x" * 61] * 2])
def test_a_column_of_other_things_is_no_list_of_evenings(values: list[str]) -> None:
    """Nothing is kept of it, and no project is made."""
    with pytest.raises(FileSessionsDoubtful):
        bring(drawings(185_000, avond=values), "teveel.geojson", mapping={SESSION: "avond"})
    assert "teveel" not in {one.id for one in context.get_store().projects.list_all()}
