"""Figures: numbers or nothing; of the right table, the right year and the right ground."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from geo import errors
from geo.crs import RD
from layers.contracts import CONTRACTS, map_columns
from layers.official import key_figures
from layers.services import statline
from layers.services.http import HttpClient
from tests.support.fake_services import Fault, Netherlands, box

TOWN = key_figures.codes_of("GM1999")
VALUES = "/Observations"
WMO = "wmo_clienten_relatief"


def test_figures_come_by_code_and_what_is_not_normal_is_null(
    netherlands: Netherlands, session: HttpClient
) -> None:
    """45 per 1,000 everywhere but in one buurt, which is secret; one buurt has no row: null, not zero."""
    found = key_figures.fetch_figures(session, TOWN, 2024)
    assert found[WMO].to_dict() == {
        "BU199901A1": pytest.approx(float("nan"), nan_ok=True),
        "BU199901A2": 45,
        "BU199902A1": 45,
        "GM1999": 45,
        "WK199901": 45,
    }


def test_a_count_of_people_becomes_a_whole_percentage(netherlands: Netherlands, session: HttpClient) -> None:
    """2 of 7 people are 65 or older: 28.57 %, which CBS' map writes as 29."""
    found = key_figures.fetch_figures(session, TOWN, 2025)
    assert found["percentage_personen_65_jaar_en_ouder"].tolist() == [29.0] * 5
    assert found["aantal_inwoners_65_jaar_en_ouder"].tolist() == [2.0] * 5


@pytest.mark.parametrize(("year", "there"), [(2024, True), (2025, False)])
def test_a_figure_without_any_row_is_absent_and_not_zero(
    netherlands: Netherlands, session: HttpClient, year: int, there: bool
) -> None:
    """StatLine has no Wmo of 2025 before the end of 2026; homes are in both years."""
    found = key_figures.fetch_figures(session, TOWN, year)
    absent = key_figures.absent_figures(found)
    assert (WMO in absent) is not there
    assert "woningvoorraad" not in absent


def test_measures_that_cannot_be_listed_are_asked_one_by_one(
    netherlands: Netherlands, session: HttpClient
) -> None:
    whole = key_figures.fetch_figures(session, TOWN, 2024)
    netherlands.land.lists_measures = False
    assert key_figures.fetch_figures(session, TOWN, 2024).equals(whole)


def test_text_stands_in_a_column_of_its_own() -> None:
    row = {"WijkenEnBuurten": "BU1", "Measure": "ST0001", "ValueAttribute": "None"}
    found = statline.wide_table([{**row, "Value": None, "StringValue": "3"}], ["ST0001"])
    assert found.loc["BU1", "ST0001"] == 3


def test_figures_are_read_under_the_names_of_cbs(shared: Callable[[str], Path]) -> None:
    """A page of 2024 as CBS names its columns: three figures under other names, and one that comes later."""
    page = json.loads(shared("recorded/evidence/pdok-buurten-2024.json").read_text(encoding="utf-8"))
    rows = [feature["properties"] for feature in page["body"]["features"]]
    found = key_figures.read_figure_columns(pd.DataFrame(rows))
    assert found[WMO].iloc[0] == 45
    assert found["percentage_jongeren_met_jeugdzorg"].iloc[0] == 9
    assert found["personen_met_bijstandsuitkering"].iloc[0] == 20
    assert found["huisartsenpraktijk_gemiddelde_afstand_in_km"].isna().all()


def test_the_map_of_2025_has_the_columns_we_count_on(shared: Callable[[str], Path]) -> None:
    recorded = json.loads(
        shared("recorded/evidence/pdok-buurten-2025-v1-columns.json").read_text(encoding="utf-8")
    )
    columns = set(recorded["buurten"])
    assert map_columns(2025) <= columns
    assert set(CONTRACTS["buurt"].columns(2025)) <= columns


def test_every_page_is_walked(netherlands: Netherlands, session: HttpClient) -> None:
    netherlands.land.page = 3
    assert key_figures.fetch_figures(session, TOWN, 2025)["aantal_inwoners"].tolist() == [7] * 5


def _rows(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Any], Any]:
    return lambda body: {**body, "value": change(body["value"])}


FAULTS = {
    "nothing": (Fault(VALUES, body=_rows(lambda rows: [])), errors.AnswerIncomplete),
    "twice": (Fault(VALUES, body=_rows(lambda rows: rows + rows)), errors.AnswerUnreadable),
    "no list": (Fault(VALUES, body=_rows(lambda rows: None)), errors.AnswerUnreadable),
    "no measure": (Fault(VALUES, body=_rows(lambda rows: [{"Value": 1}])), errors.AnswerUnreadable),
    "wrong table": (
        Fault("/Properties", body=lambda b: {**b, "Title": "Kerncijfers wijken en buurten 2020"}),
        errors.AnswerUnreadable,
    ),
    "page 2 again": (
        Fault(VALUES, body=lambda b: {**b, "@odata.nextLink": "http://127.0.0.1:9/x"}),
        errors.AnswerUnreadable,
    ),
    "500": (Fault(VALUES, status=500), errors.ServiceUnreachable),
}


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS)
def test_no_fault_gives_figures(
    netherlands: Netherlands, session: HttpClient, fault: Fault, expected: type
) -> None:
    netherlands.faults.append(fault)
    with pytest.raises(expected):
        statline.fetch_observations(
            session, "86165NED", begins=TOWN, year=2025, measures=["M000297", "T001036"]
        )


def _year(year: int, shapes: dict[str, Any], **figures: Any) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(figures, geometry=list(shapes.values()), crs=RD, index=list(shapes))
    table.attrs["year"] = year
    return table


def test_an_older_figure_fills_in_only_for_the_same_ground() -> None:
    """2025 has inhabitants; income is of 2024, for the buurt that kept its shape and not for the other."""
    now = _year(2025, {"a": box(0, 0, 100, 100), "b": box(100, 0, 100, 100)}, aantal_inwoners=[10, 20])
    then = _year(
        2024,
        {"a": box(0, 0, 100, 101), "b": box(100, 0, 50, 100)},
        aantal_inwoners=[1, 2],
        woningvoorraad=[5.0, 6.0],
    )
    found = key_figures.newest_known([now, then])
    assert found["aantal_inwoners"].tolist() == [10, 20]
    assert found["woningvoorraad"].fillna(-1).tolist() == [5, -1]
    assert found.attrs["years"] == {"aantal_inwoners": 2025, "woningvoorraad": 2024}


def test_what_cbs_says_of_a_border_is_held_beside_the_shapes() -> None:
    """Of "b" CBS says it moved (3) and it kept its shape; of "c" that it did not (1), and it is half."""
    now = _year(
        2025,
        {"a": box(0, 0, 100, 100), "b": box(100, 0, 100, 100), "c": box(200, 0, 100, 100)},
        border_change=[1.0, 3.0, 1.0],
    )
    then = _year(2024, {"a": box(0, 0, 100, 100), "b": box(100, 0, 100, 100), "c": box(200, 0, 50, 100)})
    assert key_figures.newest_known([now, then]).attrs["border_doubts"] == ["b", "c"]
    assert key_figures.newest_known([now]).attrs["border_doubts"] == []


def test_real_missing_values_are_null(shared: Callable[[str], Path]) -> None:
    """Ermelo writes -99999999 for what it does not know; after reading nobody is left below zero."""
    ermelo = gpd.read_file(shared("boundaries/ermelo_buurten_2021.gpkg"))
    columns = [c for c in ermelo if str(c).startswith(("aantal", "percentage", "mannen", "vrouwen"))]
    assert (ermelo[columns].min() < -99_990).any()
    assert (ermelo[columns].apply(key_figures.parse_figures).min().dropna() >= 0).all()
