"""What no neighbourhood can be: one clear sentence in both languages, and nothing of it in the store."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import i18n
from geo import errors
from geo.errors import SketchError
from study import context
from study.contributions.submission import DrawingSubmission, clean_submission, save_drawing, submit_drawing
from study.demo_project import PROJECT
from tests.support.temp_store import own_store

LON, LAT = 5.20, 52.57
M_LAT = 1 / 111_250
M_LON = 1 / 67_750
"""Degrees of one metre, here."""


def polygon(*places: tuple[float, float]) -> dict[str, Any]:
    """Return a polygon through places in metres from the middle of the town; its last corner is its first."""
    ring = [[LON + x * M_LON, LAT + y * M_LAT] for x, y in places]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def square(side_m: float) -> dict[str, Any]:
    half = side_m / 2
    return polygon((-half, -half), (half, -half), (half, half), (-half, half))


def circle(n: int) -> dict[str, Any]:
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return polygon(*zip((500 * np.cos(turn)).tolist(), (500 * np.sin(turn)).tolist(), strict=True))


BAD: dict[str, tuple[dict[str, Any], type[SketchError]]] = {
    "no drawing": ({"type": "Polygon", "coordinates": []}, errors.DrawingEmpty),
    "an empty ring": ({"type": "Polygon", "coordinates": [[]]}, errors.DrawingEmpty),
    "a dot": (polygon((0, 0), (0, 0), (0, 0)), errors.DrawingIsPoint),
    "a point": ({"type": "Point", "coordinates": [LON, LAT]}, errors.DrawingIsPoint),
    "two points": (polygon((0, 0), (300, 0)), errors.DrawingIsLine),
    "a line": ({"type": "LineString", "coordinates": [[LON, LAT], [LON + 0.01, LAT]]}, errors.DrawingIsLine),
    "to and fro": (polygon((0, 0), (300, 0), (600, 0), (300, 0)), errors.DrawingIsLine),
    "Brussels": (
        {"type": "Polygon", "coordinates": [[[4.35, 50.85], [4.36, 50.85], [4.36, 50.4], [4.35, 50.85]]]},
        errors.DrawingOutside,
    ),
    "north before east": (
        {"type": "Polygon", "coordinates": [[[LAT, LON], [LAT, LON + 0.01], [LAT + 0.01, LON], [LAT, LON]]]},
        errors.DrawingOutside,
    ),
    "1 m2": (square(1), errors.SketchTooSmall),
    "1,000 km2": (square(31_623), errors.SketchTooLarge),
    "100,001 points": (circle(100_001), errors.DrawingTooManyPoints),
    "not a number": (
        {"type": "Polygon", "coordinates": [[[LON, float("nan")], [LON, LAT], [LON + 0.01, LAT]]]},
        errors.DrawingNotFinite,
    ),
    "no type": ({}, errors.BrokenGeoJSON),
    "an unknown type": ({"type": "Circle", "coordinates": [LON, LAT]}, errors.BrokenGeoJSON),
    "texts for numbers": ({"type": "Polygon", "coordinates": [["a", "b"]]}, errors.BrokenGeoJSON),
    "coordinates absent": ({"type": "Polygon"}, errors.BrokenGeoJSON),
}
"""What is sent -> how it is refused."""


@pytest.fixture(scope="module")
def demo_loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Return a real store on disk, the made-up town in it."""
    with own_store(tmp_path_factory.mktemp("store")):
        yield


def rows() -> tuple[int, int]:
    """Return how many drawings and places there are."""
    private_store = context.get_store()
    return len(private_store.contributions.read_sketches(PROJECT)), len(
        private_store.contributions.read_places(PROJECT)
    )


def sentence(problem: Exception, language: str) -> str:
    said = i18n.get_translator(language).explain(problem)
    assert said != i18n.get_translator(language).section("errors")["unexpected"]
    assert said[0].isupper()
    assert said.endswith(".")
    assert len(said) < 160
    assert "{" not in said
    return said


@pytest.mark.parametrize("what", BAD)
def test_refused_in_a_sentence_and_nothing_is_stored(what: str, demo_loaded: None) -> None:
    drawn, kind = BAD[what]
    before, sent = rows(), DrawingSubmission(str(uuid.uuid4()), drawn)
    with pytest.raises(kind) as refused:
        submit_drawing(PROJECT, sent, name="Mijn buurt")
    with pytest.raises(kind):
        save_drawing(PROJECT, sent, mine=None)
    assert sentence(refused.value, "nl") != sentence(refused.value, "en")
    assert rows() == before
    assert context.get_store().contributions.get_receipt(sent.id) is None


def test_good_one_after_a_bad_one_of_the_same_id_is_kept(demo_loaded: None) -> None:
    """A resident tries again: the refusal left nothing in the way."""
    key = str(uuid.uuid4())
    with pytest.raises(SketchError):
        submit_drawing(PROJECT, DrawingSubmission(key, BAD["a dot"][0]))
    before = rows()
    submit_drawing(PROJECT, DrawingSubmission(key, square(400)))
    assert rows() == (before[0] + 1, before[1])


def test_just_enough_is_a_drawing() -> None:
    """11 m square is 121 m2; 9 m square is 81 m2."""
    assert shapely.area(clean_submission(DrawingSubmission("x", square(11))).geometry) == pytest.approx(
        121, rel=0.01
    )
    with pytest.raises(errors.SketchTooSmall):
        clean_submission(DrawingSubmission("x", square(9)))


def test_many_points_within_the_limit_are_a_circle() -> None:
    """5,000 points round 500 m: pi/4 km2."""
    assert shapely.area(clean_submission(DrawingSubmission("x", circle(4_999))).geometry) == pytest.approx(
        785_398, rel=0.01
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["Polygon", "MultiPolygon", "Feature", "LineString", "x"]),
            "coordinates": json_values,
        }
    )
)
def test_whatever_json_a_browser_sends_is_a_drawing_or_a_sentence(drawn: dict[str, Any]) -> None:
    try:
        clean_submission(DrawingSubmission("x", json.loads(json.dumps(drawn))))
    except SketchError as refused:
        sentence(refused, "nl")
