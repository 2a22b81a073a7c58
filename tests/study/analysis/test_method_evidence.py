"""Weights, the border model, carried figures and the sensitivity table, on the made-up town."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.consensus.agreement import effective_n
from study import context
from study.analysis import comparison, key_figures
from study.analysis.evidence import border_model, sensitivity, weighted
from study.analysis.evidence.weights import UNKNOWN, drawer_weights, home_area
from study.context import Study
from tests.support.temp_store import own_store


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The made-up town, where ages, homes and figures are known."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield context.current_study()


def test_weighed_drawers_are_a_fair_part_of_the_inhabitants(town: Study) -> None:
    """Every class weighs what it should, unless the limit of five stood in the way; nobody speaks for more."""
    found = drawer_weights(town)
    assert found is not None
    assert set(found.classes.index.unique("by")) == {"age", "area"}
    assert found.weights.between(0.2, 5).all()
    assert found.weights.mean() == pytest.approx(1, abs=0.05)
    assert found.effective_n == pytest.approx(effective_n(found.weights))
    assert found.effective_n < found.n
    off = (found.classes["weighted"] - found.classes["inhabitants"]).abs()
    before = (found.classes["share"] - found.classes["inhabitants"]).abs()
    assert off.max() < 0.02 < before.max()
    known = found.classes[found.classes.index.get_level_values("key") != UNKNOWN]
    assert (known["n"] >= 5).all()


def test_only_a_known_home_is_weighed_by(town: Study) -> None:
    found = drawer_weights(town)
    assert found is not None
    assert found.n_home == int((home_area(town) != UNKNOWN).sum())


def test_weighing_is_set_beside_not_weighing(town: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core by weight has its own size and level; by equal weights both are the same."""
    monkeypatch.setattr(weighted, "REPLICATES", 20)
    table = weighted.weighted_neighbourhoods(town)
    assert len(table)
    assert (table["effective_n"] <= table["n"]).all()
    assert table["alike"].dropna().between(0, 1).all()
    assert (table["by"][table["alike"] >= weighted.ALIKE] == "").all()
    members = comparison.cluster_members(town, int(table.index[0]))
    same = weighted.compare_cores(members, pd.Series(1.0, members.index))
    assert (same["alike"], same["effective_n"]) == (1.0, pytest.approx(len(members)))
    assert same["area_ha"] == same["weighted_ha"]


def test_no_ground_of_fewer_than_five_is_drawn_by_weight(town: Study) -> None:
    """One of ten who weighs as much as all others: where only four drew, nothing is drawn."""
    table = weighted.weighted_neighbourhoods(town)
    members = comparison.cluster_members(town, int(table.index[0])).iloc[:10]
    heavy = pd.Series(np.where(np.arange(10) == 0, 5.0, 0.2), members.index)
    base = weighted.weighted_surface(members, heavy)
    assert base.weighted is not None
    assert (base.weighted[base.counts < 5] == 0).all()
    assert (base.weighted[base.counts >= 5] > 0).all()


def test_the_border_model_tells_what_lies_between(town: Study) -> None:
    """150 people with a known home: factors with an interval round them, the largest first."""
    found = border_model.border_model(town)
    assert found.n_persons == found.n_known >= border_model.MIN_PERSONS
    assert found.n_rows > 1_000
    known = found.table.dropna(subset=["factor"])
    assert {"main_road", "water", "buurt"} <= set(known.index)
    assert (known["low"] < known["factor"]).all()
    assert (known["factor"] < known["high"]).all()
    assert known["factor"].is_monotonic_decreasing
    assert (found.table["persons"] >= border_model.MIN_CROSSERS).all()
    # The made-up town has a railway at its rim and no building years.
    assert found.absent == ("building_age", "dwelling_type")


def test_every_setting_is_in_the_sensitivity_table(town: Study) -> None:
    """The usual one agrees with itself; what is left out is at least five drawings."""
    found = sensitivity.sensitivity(town, "buurt")
    assert {"usual", "cut_75", "cut_85", "cell_10"} <= set(found.index)
    usual = found.T["usual"]
    assert (usual["same_groups"], usual["n"]) == (1.0, 150)
    assert usual["same_area"] <= sensitivity.LARGEST
    assert found["within"].between(0, 1).all()
    left_out = usual["n"] - found["n"]
    assert ((left_out == 0) | (left_out >= 5)).all()
    # Smaller cells move the size of the cores by little.
    assert found.T["cell_10"]["area_ha"] == pytest.approx(usual["area_ha"], rel=0.05)


def test_figures_beyond_the_municipality_are_a_lower_bound(town: Study) -> None:
    """Circles round spots on the border: at least the people of the half inside; of a mean nothing, or a mark."""
    units = comparison.division_areas(town, "buurt")
    edge = units.union_all().boundary
    spots = [edge.interpolate(part, normalized=True).buffer(600) for part in np.linspace(0, 0.9, 10)]
    ground = gpd.GeoDataFrame(geometry=spots, crs=units.crs, index=[f"edge-{at}" for at in range(len(spots))])
    found = key_figures.carried_figures(town, "buurt", ground)
    outside = found.attrs["outside"]
    beyond = outside.index[(outside > 0.2) & (outside < 0.9)]
    assert len(beyond)
    counts = {key for key, kind in key_figures.FIGURES.items() if kind == "count"}
    for (figure, target), telling in found["telling"].items():
        if target in beyond:
            assert telling in ({"at_least", "missing"} if figure in counts else {"missing"})
    assert (found.loc["aantal_inwoners"]["telling"].reindex(beyond) == "at_least").any()
    assert key_figures.estimate_inhabitants(town, "buurt", ground)[beyond].isna().all()


def test_ground_in_no_area_at_all_has_no_figure(town: Study) -> None:
    """Far from the municipality nothing overlaps: no row, and no inhabitants."""
    ground = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 500, 500)], crs=28992, index=["far"])
    assert key_figures.carried_figures(town, "buurt", ground).empty
    assert key_figures.estimate_inhabitants(town, "buurt", ground).isna().all()
