"""Which sketches mean the same neighbourhood, and what people call it."""

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from shapely import box
from sklearn.metrics import adjusted_rand_score

from geo import crs
from geo.consensus import clustering
from geo.consensus.agreement import pairwise_iou
from tests.geo.consensus.test_consensus import A, sketches
from tests.geo.grids.test_grid import blobs


def test_two_alike_and_one_elsewhere() -> None:
    """IoU 95/105, 0 and 0: cut at 0.8 gives the first two and the third."""
    found = clustering.cluster_sketches(sketches([A, box(5, 0, 105, 100), box(1000, 0, 1100, 100)]))
    assert found.tolist() == [1, 1, 2]


def test_a_street_and_a_quarter_are_not_the_same_neighbourhood() -> None:
    """IoU 0.15 is too little at 0.80 and enough at 0.90."""
    drawn = sketches([A, box(0, 0, 100, 15)])
    assert clustering.cluster_sketches(drawn).tolist() == [1, 2]
    assert clustering.cluster_sketches(drawn, cut=0.9).tolist() == [1, 1]


def test_nobody_and_one() -> None:
    assert clustering.cluster_sketches(sketches([])).empty
    assert clustering.cluster_sketches(sketches([A])).tolist() == [1]


@given(blobs(), st.randoms(use_true_random=False))
def test_order_of_the_table_changes_nothing(found, chance) -> None:
    drawn = sketches(found)
    order = list(drawn.index)
    chance.shuffle(order)
    mixed = clustering.cluster_sketches(drawn.loc[order])
    assert mixed.index.tolist() == order
    assert mixed.sort_index().equals(clustering.cluster_sketches(drawn))


@given(blobs())
def test_islands_give_what_one_tree_gives(found) -> None:
    """The oracle is linkage over all sketches at once, without cutting into islands first."""
    drawn = sketches(found)
    if len(found) < 2:
        return
    apart = 1 - pairwise_iou(drawn)
    np.fill_diagonal(apart, 0)
    tree = hierarchy.linkage(squareform(apart, checks=False), method="average")
    at_once = hierarchy.fcluster(tree, t=clustering.CUT, criterion="distance")
    assert adjusted_rand_score(at_once, clustering.cluster_sketches(drawn)) == pytest.approx(1)


@given(blobs())
def test_numbers_run_from_the_largest(found) -> None:
    sizes = clustering.cluster_sketches(sketches(found)).value_counts().sort_index()
    assert sizes.index.tolist() == list(range(1, len(sizes) + 1))
    assert sizes.is_monotonic_decreasing


def test_real_names_come_out_of_the_drawings(shared) -> None:
    """Six neighbourhoods of Brooklyn that lie together, 30 drawings each, names hidden: Rand index above
    0.7."""
    everyone = pyogrio.read_dataframe(shared("sketches/new_york_dnainfo_2015.gpkg"))
    names = ["Bay Ridge", "Gowanus", "Red Hook", "Cobble Hill", "Sunset Park", "Park Slope"]
    drawn = pd.concat([everyone[everyone["neighborhoodLive"] == name].head(30) for name in names])
    plane = crs.planar(tuple(drawn.total_bounds))
    shapes = crs.to_planar(drawn.geometry.to_numpy(), plane)
    shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    sound = shapely.area(shapes) > 20_000
    found = clustering.cluster_sketches(sketches(shapes[sound]).set_crs(plane, allow_override=True))
    assert adjusted_rand_score(drawn["neighborhoodLive"][sound], found) > 0.7


def named(*given):
    index = [f"s{number}" for number in range(len(given))]
    return clustering.cluster_names(
        pd.Series(1, index=index), pd.Series(list(given), index=index, dtype=object)
    ).loc[1]


def test_the_most_given_name_in_its_usual_spelling() -> None:
    found = named("Oranjebuurt", "ORANJEBUURT ", "Oranjebuurt", "Centrum", None)
    assert found["names"] == ("Oranjebuurt",)
    assert (found["n"], found["named"], found["share"]) == (5, 4, 0.6)
    assert found["runners_up"] == ()


def test_a_name_of_two_people_is_not_published() -> None:
    assert named("Oost", "Oost", None)["names"] == ()


def test_a_name_of_few_among_many_is_not_published() -> None:
    """Three of eleven is 27 %, less than 30; they are a runner-up then."""
    found = named(*["Oost"] * 3, *[f"anders {i}" for i in range(8)])
    assert found["names"] == ()
    assert found["runners_up"] == (("Oost", 3),)


def test_two_names_that_tie_are_both_shown() -> None:
    found = named(*["Oost"] * 3, *["Zuid"] * 3, *["West"] * 2)
    assert found["names"] == ("Oost", "Zuid")
    assert found["entropy"] == pytest.approx(-(2 * 3 / 8 * np.log(3 / 8) + 2 / 8 * np.log(2 / 8)))


def test_no_names_at_all() -> None:
    found = named(None, "  ")
    assert (found["names"], found["named"]) == ((), 0)
    assert np.isnan(found["entropy"])


def test_unanimous_names_have_no_entropy() -> None:
    assert named("Oost", "oost", "OOST")["entropy"] == 0


def test_ground_that_two_clusters_claim() -> None:
    """Five hold A, five hold the same moved 75 m: a strip of 25 m is claimed by both."""
    drawn = sketches([A] * 5 + [box(75, 0, 175, 100)] * 5 + [box(900, 0, 1000, 100)])
    cluster = clustering.cluster_sketches(drawn)
    assert cluster.value_counts().to_dict() == {1: 5, 2: 5, 3: 1}
    found = clustering.disputed_ground(drawn, cluster)
    assert found.index.tolist() == [(1, 2)]
    assert found.geometry.iloc[0].equals(box(75, 0, 100, 100))
    assert clustering.cluster_cores(drawn, cluster).index.tolist() == [1, 2]


def test_no_cluster_is_large_enough() -> None:
    drawn = sketches([A] * 3)
    cluster = clustering.cluster_sketches(drawn)
    assert clustering.cluster_cores(drawn, cluster).empty
    assert clustering.disputed_ground(drawn, cluster).empty
