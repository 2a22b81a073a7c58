"""Figures: numbers or nothing; of the right table, the right year and the right ground."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geo import errors
from geo.crs import RD
from layers import cbs, statistics
from layers.transport import Session
from tests.layers.servers import Fault, Netherlands, box

VALUES = "/Observations"
WMO = "wmo_clienten_relatief"


def test_figures_come_by_code_and_what_is_not_normal_is_null(
    netherlands: Netherlands, session: Session
) -> None:
    """45 per 1,000 everywhere but in one buurt, which is secret; one buurt has no row: null, not zero."""
    found = statistics.fetch(session, "GM1999", 2025)
    assert found[WMO].to_dict() == {
        "BU199901A1": pytest.approx(float("nan"), nan_ok=True),
        "BU199901A2": 45,
        "BU199902A1": 45,
        "GM1999": 45,
        "WK199901": 45,
    }
    assert found["percentage_personen_in_armoede"].isna().all()


def test_every_page_is_walked(netherlands: Netherlands, session: Session) -> None:
    netherlands.land.page = 3
    assert statistics.fetch(session, "GM1999", 2025)["aantal_inwoners"].tolist() == [7] * 5


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
    netherlands: Netherlands, session: Session, fault: Fault, expected: type
) -> None:
    netherlands.faults.append(fault)
    with pytest.raises(expected):
        cbs.observations(session, "86165NED", code="GM1999", year=2025, measures=["M001342_2", "T001036"])


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
    found = statistics.newest_known([now, then])
    assert found["aantal_inwoners"].tolist() == [10, 20]
    assert found["woningvoorraad"].fillna(-1).tolist() == [5, -1]
    assert found.attrs["years"] == {"aantal_inwoners": 2025, "woningvoorraad": 2024}


def test_real_missing_values_are_null(shared: Callable[[str], Path]) -> None:
    """Ermelo writes -99999999 for what it does not know; after reading nobody is left below zero."""
    ermelo = gpd.read_file(shared("boundaries/ermelo_buurten_2021.gpkg"))
    columns = [c for c in ermelo if str(c).startswith(("aantal", "percentage", "mannen", "vrouwen"))]
    assert (ermelo[columns].min() < -99_990).any()
    assert (ermelo[columns].apply(statistics.numbers).min().dropna() >= 0).all()
