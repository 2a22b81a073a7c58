"""Every official area beside its own residents, on the made-up town and on drawings made by head."""

from collections.abc import Iterator

import pandas as pd
import pytest

from study import context
from study.analysis import area_fit, borders, comparison, neighbourhoods, overview
from study.context import Study
from tests.support.temp_store import own_store


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """Return the made-up town in a store of its own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield context.current_study()


def test_nothing_is_said_of_fewer_than_five(town: Study) -> None:
    table = area_fit.area_fit(town, "buurt")
    assert (table["n"].dropna() >= 5).all()
    hidden = table[table["n"].isna()]
    assert len(hidden)
    assert hidden[["iou", "core_inside", "area_inside", "own", "low", "high"]].isna().all(axis=None)


def test_shares_are_shares_and_agree_with_each_other(town: Study) -> None:
    table = area_fit.area_fit(town, "buurt").dropna(subset=["iou"])
    shares = table[["iou", "core_inside", "area_inside", "own", "low", "high"]]
    assert (((shares >= 0) & (shares <= 1 + 1e-9)) | shares.isna()).all(axis=None)
    assert shares["iou"].notna().all()
    # Of fewer than ten known homes nothing is said of an area's own residents.
    assert (table["own"].notna() == (table["n_home"] >= 10)).all()
    # No word without ten drawers and four in five chances, and the interval holds what it is of.
    assert (table["share_first"][table["verdict"].notna()] >= 0.8).all()
    assert table["verdict"][table["n"] < 10].isna().all()
    # IoU of two areas follows from the shares both ways.
    one, other = table["core_inside"], table["area_inside"]
    assert (1 / (1 / one + 1 / other - 1)).to_numpy() == pytest.approx(table["iou"].to_numpy())


def test_drawers_of_all_areas_are_all_drawers(town: Study) -> None:
    assert len(area_fit.area_of_resident(town, "buurt")) == len(context.read_sketches(town)) == 150


def test_where_hides_few_and_leaves_no_way_to_find_them(town: Study) -> None:
    where = overview.response_by_area(town, "buurt")
    assert ((where["n"].dropna() == 0) | (where["n"].dropna() >= 5)).all()
    assert where["n"].isna().sum() != 1
    assert not where["ratio"][where["n"].isna()].notna().any()


def test_fit_of_an_area_is_the_mean_of_its_own_drawers(town: Study) -> None:
    """By another way: each drawing against every area, its best, and the mean of who belongs to Noorderschans."""
    table = overview.fit_by_area(town, "buurt")
    sketches, areas = context.read_sketches(town), comparison.division_areas(town, "buurt")
    best = pd.Series(
        [
            max(drawn.intersection(area).area / drawn.union(area).area for area in areas.geometry)
            for drawn in sketches.geometry
        ],
        sketches.index,
    )
    assert table.attrs["fit"] == pytest.approx(best.mean())
    assert table.attrs["fit_low"] < best.mean() < table.attrs["fit_high"]
    code = table.index[table["name"] == "Noorderschans"][0]
    mine = area_fit.residents_of(town, "buurt", code)
    assert table["fit"][code] == pytest.approx(best[mine.index].mean())
    # Below ten drawers nothing is known, and where nobody drew nobody says so for others.
    assert table["fit"].notna().equals(table["fit_low"].notna())
    assert (table["n"][table["fit"].notna()] >= 10).all()
    assert set(table["fits"][table["n"] == 0]) == {"blank"}
    assert set(table["fits"][table["n"].between(1, 9) | table["n"].isna()]) == {"few"}
    assert table["name"][table["fits"] == "better"].tolist() == ["Oosterspoor"]


def test_overview_counts_what_there_is(town: Study) -> None:
    found = overview.study_overview(town)
    assert (found.n, found.n_whole, found.sessions) == (150, 150, 3)
    assert found.neighbourhoods == len(neighbourhoods.neighbourhood_table(town, "buurt"))


def test_borders_tell_who_crosses_only_where_enough_come(town: Study) -> None:
    table = borders.border_table(town, "buurt")
    assert (table["n"].dropna() >= 5).all()
    assert set(table["kind"]) <= {"hard", "between", "soft", "unknown"}
    known = table["hardness"].dropna()
    assert known.between(0, 1).all()
    assert table["beyond"].dropna().is_monotonic_decreasing
    assert table["beyond"].dropna().between(-1, 1).all()
    assert (table["kind"][table["n"] < 10] == "unknown").all()
