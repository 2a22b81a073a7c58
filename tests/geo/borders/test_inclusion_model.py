"""The inclusion model: known effects on simulated people, and the squares it is fitted to."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.optimize import minimize
from shapely import box

from geo.borders.inclusion_model import DISTANCE, _Likelihood, inclusion_model, seeming_distance
from geo.borders.inclusion_rows import crossings, squares_at_risk
from geo.crs import RD

TRUE = {"rail": 0.9, "water": 1.4, DISTANCE: 0.8}
SIGMA, BASE = 0.6, -6.5
SIDE, HALF = 19, 9


def simulated(seed: int, persons: int = 80):
    """People who each walk outward over 19 x 19 squares of 100 m, past a railway and a canal.

    A square at risk touches a square taken in that lies nearer home; it is left out with the chance of the model.
    """
    chance = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"), axis=-1).reshape(-1, 2)
    rows = []
    for person in range(persons):
        home, u = chance.integers(6, 13, 2), chance.normal(0, SIGMA)
        far = np.hypot(*(at - home).T) * 100
        taken = np.zeros((SIDE, SIDE), dtype=bool)
        taken[tuple(home)] = True
        distance = far.reshape(SIDE, SIDE)
        for place in np.argsort(far, kind="stable")[1:]:
            x, y = at[place]
            beside = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            nearer = [
                one
                for one in beside
                if 0 <= one[0] < SIDE and 0 <= one[1] < SIDE and taken[one] and distance[one] < far[place]
            ]
            if not nearer:
                continue
            a, b = min(nearer, key=lambda one: distance[one])
            rail, water = float((a < HALF) != (x < HALF)), float((b < HALF - 2) != (y < HALF - 2))
            eta = BASE + TRUE["rail"] * rail + TRUE["water"] * water + TRUE[DISTANCE] * np.log(far[place]) + u
            left_out = chance.random() < -np.expm1(-np.exp(eta))
            taken[x, y] = not left_out
            rows.append((person, left_out, rail, water, np.log(far[place])))
    table = pd.DataFrame(rows, columns=["person", "left_out", "rail", "water", DISTANCE])
    return table.astype({"person": np.int64, "left_out": bool})


def fitted(table: pd.DataFrame):
    return inclusion_model(
        table["left_out"].to_numpy(),
        table[["rail", "water"]],
        table[DISTANCE].to_numpy(),
        table["person"].to_numpy(),
    )


def without_persons(table: pd.DataFrame):
    """Return the coefficients of the same model without a size of each person's own: a plain GLM."""
    x = np.column_stack([np.ones(len(table)), table[["rail", "water", DISTANCE]].to_numpy()])
    y = table["left_out"].to_numpy()

    def cost(beta):
        hazard = np.exp(np.clip(x @ beta, -30, 6))
        return -np.where(y, np.log(-np.expm1(-hazard)), -hazard).sum()

    return minimize(cost, np.array([-4.0, 0, 0, 0.5]), method="BFGS").x


def test_known_effects_are_recovered_and_a_plain_model_does_not() -> None:
    """Rail 0.9, water 1.4, distance 0.8, sigma 0.6: within two standard errors over two runs of 80 people.

    Without a size of each person's own, distance seems to matter less, and a railway as far as 5 times.
    """
    tables = [simulated(seed) for seed in (1, 2)]
    models = [fitted(table) for table in tables]
    for name, true in TRUE.items():
        found = [model.coefficients[name] for model in models]
        error = [
            np.sqrt(np.diag(model.covariance))[model.coefficients.index.get_loc(name)] for model in models
        ]
        assert np.mean(found) == pytest.approx(true, abs=2 * np.mean(error) / np.sqrt(2)), name
    assert np.mean([model.sigma for model in models]) == pytest.approx(SIGMA, abs=0.12)
    assert all(model.converged for model in models)
    plain = np.mean([without_persons(table) for table in tables], axis=0)
    assert plain[3] < 0.65
    assert np.exp(plain[1] / plain[3]) > 1.3 * np.exp(TRUE["rail"] / TRUE[DISTANCE])


def test_the_slope_of_the_likelihood_is_its_derivative() -> None:
    """A step of a ten-thousandth in every parameter changes the likelihood as its slope says."""
    table = simulated(4, persons=12)
    x = np.column_stack([np.ones(len(table)), table[["rail", "water", DISTANCE]].to_numpy()])
    fit = _Likelihood(x, table["left_out"].to_numpy(), table["person"].to_numpy())
    theta = np.array([-5.0, 0.5, 0.5, 0.6, -0.3])
    slope = fit.cost(theta)[1]
    for at in range(len(theta)):
        step = np.zeros(len(theta))
        step[at] = 1e-4
        change = (fit.cost(theta + step)[0] - fit.cost(theta - step)[0]) / 2e-4
        assert slope[at] == pytest.approx(change, rel=2e-3, abs=5e-3)


def test_a_town_without_borders_in_mind_has_no_borders() -> None:
    """The same people with nothing between: the interval of either factor holds 1."""
    table = simulated(6)
    chance = np.random.default_rng(7)
    for name in ("rail", "water"):
        table[name] = chance.permutation(table[name].to_numpy())
    model = fitted(table)
    for name in ("rail", "water"):
        _, low, high = seeming_distance(model, name, level=0.99)
        assert low < 1 < high


def test_without_an_effect_of_distance_nothing_is_said_in_metres() -> None:
    table = simulated(8, persons=10)
    model = fitted(table.assign(**{DISTANCE: -table[DISTANCE]}))
    assert np.isnan(seeming_distance(model, "rail")).all()


def test_squares_at_risk_touch_a_square_nearer_home() -> None:
    """Two squares side by side, home in the west: six squares round them, and the second itself, taken in."""
    found = squares_at_risk(box(0, 0, 200, 100), shapely.Point(50, 50))
    assert sorted(zip(found["column"], found["row"], found["left_out"], strict=True)) == [
        (-1, 0, True), (0, -1, True), (0, 1, True), (1, -1, True), (1, 0, False), (1, 1, True), (2, 0, True),
    ]  # fmt: skip
    beyond = found.set_index(["column", "row"]).loc[(2, 0)]
    assert beyond[["from_column", "from_row", "distance_m"]].tolist() == [1, 0, 200]


def test_what_lies_on_the_way() -> None:
    """A railway at x = 100 is crossed by who goes east, a postcode border at y = 100 by who goes north."""
    rows = squares_at_risk(box(0, 0, 100, 100), shapely.Point(50, 50))
    rail = np.array([shapely.LineString([(100, -500), (100, 500)])], dtype=object)
    codes = gpd.GeoDataFrame(geometry=[box(-300, -300, 300, 100), box(-300, 100, 300, 500)], crs=RD)
    found = crossings(rows, {"rail": rail}, {"pc4": codes})
    by = rows[["column", "row"]].join(found).set_index(["column", "row"])
    assert by["rail"].to_dict() == {(-1, 0): 0, (0, -1): 0, (0, 1): 0, (1, 0): 1}
    assert by["pc4"].to_dict() == {(-1, 0): 0, (0, -1): 0, (0, 1): 1, (1, 0): 0}


def test_homes_of_another_kind_lie_between_only_where_both_kinds_are_known() -> None:
    """West of home the homes are of before 1945, east as at home, north unknown, south of 1980."""
    rows = squares_at_risk(box(0, 0, 100, 100), shapely.Point(50, 50))
    here, west, north, south = (
        box(0, 0, 300, 100),
        box(-300, 0, 0, 100),
        box(0, 100, 99, 300),
        box(0, -300, 99, 0),
    )
    kinds = gpd.GeoDataFrame(
        {"kind": ["75_tot_85", "voor_1945", None, "75_tot_85"]}, geometry=[here, west, north, south], crs=RD
    )
    found = crossings(rows, {}, {"building_age": kinds})
    by = rows[["column", "row"]].join(found).set_index(["column", "row"])["building_age"]
    assert by.to_dict() == {(-1, 0): 1, (0, -1): 0, (0, 1): 0, (1, 0): 0}


@pytest.mark.parametrize("far", [5_000, -5_000])
def test_ground_that_does_not_touch_home_is_not_at_risk(far: float) -> None:
    """Somebody who drew two places: the second is reached from nowhere."""
    sketch = shapely.union_all([box(0, 0, 100, 100), box(far, 0, far + 100, 100)])
    found = squares_at_risk(sketch, shapely.Point(50, 50))
    assert (far // 100, 0) not in set(zip(found["column"], found["row"], strict=True))
    assert found["left_out"].all()
