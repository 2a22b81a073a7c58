"""Every official area beside its own residents, on the made-up town and on drawings made by head."""

from collections.abc import Iterator

import pandas as pd
import pytest

from study import border_answers, fits, neighbourhoods, overview, projects
from study.projects import Study
from tests.stores import own_store


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """Give the made-up town in a store of its own."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield projects.now()


def test_nothing_is_said_of_fewer_than_five(town: Study) -> None:
    table = fits.fits(town, "buurt")
    assert (table["n"].dropna() >= 5).all()
    hidden = table[table["n"].isna()]
    assert len(hidden)
    assert hidden[["iou", "core_inside", "area_inside", "own", "low", "high"]].isna().all(axis=None)


def test_shares_are_shares_and_agree_with_each_other(town: Study) -> None:
    table = fits.fits(town, "buurt").dropna(subset=["iou"])
    shares = table[["iou", "core_inside", "area_inside", "own", "low", "high"]]
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all(axis=None)
    # IoU of two areas follows from the shares both ways.
    one, other = table["core_inside"], table["area_inside"]
    assert (1 / (1 / one + 1 / other - 1)).to_numpy() == pytest.approx(table["iou"].to_numpy())


def test_drawers_of_all_areas_are_all_drawers(town: Study) -> None:
    assert len(fits.residents(town, "buurt")) == len(projects.drawn(town)) == 150


def test_where_hides_few_and_leaves_no_way_to_find_them(town: Study) -> None:
    where = overview.where(town, "buurt")
    assert ((where["n"].dropna() == 0) | (where["n"].dropna() >= 5)).all()
    assert where["n"].isna().sum() != 1
    assert not where["ratio"][where["n"].isna()].notna().any()


def test_overview_counts_what_there_is(town: Study) -> None:
    found = overview.overview(town)
    assert (found.n, found.n_whole, found.sessions) == (150, 150, 3)
    assert found.neighbourhoods == len(neighbourhoods.table(town, "buurt"))


def test_borders_tell_who_crosses_only_where_enough_come(town: Study) -> None:
    table = border_answers.table(town, "buurt")
    assert (table["n"].dropna() >= 5).all()
    assert set(table["kind"]) <= {"hard", "between", "soft", "unknown"}
    known = table["hardness"].dropna()
    assert known.between(0, 1).all()
    assert known.is_monotonic_decreasing
    assert isinstance(border_answers.by_ground(town, "buurt"), pd.DataFrame)
