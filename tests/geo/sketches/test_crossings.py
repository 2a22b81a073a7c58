"""What an outline costs is known before it is paid: scribbles, combs and diagonals are refused in milliseconds."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DrawingTooManyCrossings, DrawingTooManyParts, DrawingTooManyPoints, SketchError
from geo.sketches.cleaning import CleanedSketch, clean_sketches
from geo.sketches.crossings import exceeds_crossings
from geo.sketches.limits import HAND_DRAWN_LIMITS, NETHERLANDS
from geo.sketches.parsing import parse_sketch
from tests.support.laws import examples

Ring = list[list[float]]


def closed(lon: np.ndarray, lat: np.ndarray) -> Ring:
    ring = np.column_stack([lon, lat]).tolist()
    return [*ring, ring[0]]


def scribble(n: int) -> Ring:
    chance = np.random.default_rng(7)
    return closed(5.2 + chance.uniform(-0.01, 0.01, n), 52.578 + chance.uniform(-0.006, 0.006, n))


def comb(n: int) -> Ring:
    """Half of the points zigzag north and south, the other half east and west over them."""
    step = np.arange(n // 2)
    along, across = step / (n / 2), np.where(step % 2, 1.0, -1.0)
    lon = np.concatenate([5.2 + 0.01 * along, 5.205 + 0.005 * across])
    return closed(lon, np.concatenate([52.578 + 0.003 * across, 52.575 + 0.006 * along]))


def diagonals(n: int) -> Ring:
    """Lie side by side: not one crosses another, and the boxes of all of them meet."""
    step = np.arange(n)
    return closed(5.2 + 1e-6 * step + 0.005 * (step % 2), 52.578 + 0.004 * (step % 2))


def circle(n: int) -> Ring:
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return closed(5.2 + 0.01 * np.cos(turn), 52.578 + 0.006 * np.sin(turn))


def judged(ring: Ring) -> CleanedSketch:
    return parse_sketch({"type": "Polygon", "coordinates": [ring]}, limits=HAND_DRAWN_LIMITS)


ATTACKS: list[tuple[Callable[[int], Ring], int, type[SketchError]]] = [
    (scribble, 200, DrawingTooManyCrossings),
    (scribble, 1_000, DrawingTooManyCrossings),
    (scribble, 2_000, DrawingTooManyCrossings),
    (scribble, 4_900, DrawingTooManyCrossings),
    (scribble, 20_000, DrawingTooManyPoints),
    (comb, 4_900, DrawingTooManyCrossings),
    (comb, 6_000, DrawingTooManyPoints),
    (diagonals, 4_900, DrawingTooManyCrossings),
    (circle, 100_000, DrawingTooManyPoints),
    (circle, 500_000, DrawingTooManyPoints),
]


@pytest.mark.parametrize(("make", "n", "refusal"), ATTACKS)
def test_costly_outline_is_refused_cheaply(
    make: Callable[[int], Ring], n: int, refusal: type[SketchError]
) -> None:
    judged(circle(50))  # the plane is built once
    ring = make(n)
    before_s = time.thread_time()  # workers of other tests may still be busy in this process
    with pytest.raises(refusal):
        judged(ring)
    assert time.thread_time() - before_s < 0.5
    tracemalloc.start()
    with pytest.raises(refusal):
        judged(ring)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


def test_parts_that_cross_each_other_count_together() -> None:
    """Two combs, each sound by itself: it is their union that would cost."""
    step = np.arange(200)
    teeth = np.concatenate([0.003 * (step % 2), [-0.004, -0.004]])
    along = np.concatenate([0.00006 * step, [0.012, 0.0]])
    one = closed(5.2 + along, 52.578 + teeth)
    other = closed(5.206 + 2 * teeth, 52.574 + 0.6 * along)
    assert shapely.Polygon(one).is_valid
    assert shapely.Polygon(other).is_valid
    with pytest.raises(DrawingTooManyCrossings):
        parse_sketch({"type": "MultiPolygon", "coordinates": [[one], [other]]}, limits=HAND_DRAWN_LIMITS)


def test_more_parts_than_a_hand_draws() -> None:
    parts = [[closed(5.2 + np.array([0, 1e-3, 1e-3]), 52.5 + np.array([0, 0, 1e-3]))]] * 41
    with pytest.raises(DrawingTooManyParts) as refused:
        parse_sketch({"type": "MultiPolygon", "coordinates": parts}, limits=HAND_DRAWN_LIMITS)
    assert refused.value.facts == {"n_parts": 41, "most_parts": 40}


def test_honest_shapes_pass() -> None:
    """A circle of as many points as are taken, and a spiral of thirty turns, which crosses itself at its closing."""
    assert judged(circle(4_900)).repairs == ()
    turn = np.linspace(0, 60 * np.pi, 1_500)
    found = judged(closed(5.2 + 5e-5 * turn * np.cos(turn), 52.578 + 3e-5 * turn * np.sin(turn)))
    assert "untangled" in {repair.kind for repair in found.repairs}


def test_the_refused_one_of_many_takes_no_other_along() -> None:
    lines = np.random.default_rng(3).uniform(0, 900, (500, 2)) + np.array([155_000, 463_000])
    field = shapely.box(155_000, 463_000, 155_100, 463_100)
    found = clean_sketches([field, shapely.Polygon(lines), field])
    assert found.refused.tolist() == [None, "DrawingTooManyCrossings", None]
    assert found.refusals[1].facts == {"most_crossings": NETHERLANDS.max_crossings}
    assert (found.n_in, found.n_kept, found.n_refused) == (3, 2, 1)


@examples(30)
@given(st.integers(4, 60), st.integers(0, 2**32 - 1))
def test_count_is_what_all_pairs_say(n: int, seed: int) -> None:
    """By hand: every pair of segments that do not follow each other, one by one."""
    points = np.random.default_rng(seed).uniform(0, 1000, (n, 2))
    ring = shapely.LinearRing(points)
    sides = [shapely.LineString(two) for two in zip(ring.coords, ring.coords[1:], strict=False)]
    met = sum(
        sides[i].intersects(sides[j]) for i in range(n) for j in range(i + 2, n) if (i, j) != (0, n - 1)
    )
    shape = np.array([shapely.Polygon(ring)])
    pairs = dict.fromkeys(("max_pairs",), 10**9)
    assert not exceeds_crossings(shape, max_crossings=met, **pairs)
    if met and n * (n - 3) / 2 > met - 1:
        assert exceeds_crossings(shape, max_crossings=met - 1, **pairs)


@examples(40)
@given(st.integers(4, 300), st.integers(0, 2**32 - 1))
def test_what_passes_is_repaired_as_without_limits(n: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    shape = shapely.Polygon(chance.uniform(0, 2_000, (n, 2)) + np.array([155_000, 463_000]))
    free = replace(NETHERLANDS, max_crossings=10**9, max_segment_pairs=10**9)
    limited, unlimited = clean_sketches([shape]), clean_sketches([shape], limits=free)
    if limited.n_kept:
        assert limited.geometry[0].equals_exact(unlimited.geometry[0], 0.0)
    else:
        assert set(limited.refused) == {"DrawingTooManyCrossings"}
