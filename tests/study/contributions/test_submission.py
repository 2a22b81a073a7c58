"""What a resident tells is kept once, whatever happens; and nothing else of them is."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import shapely
from shapely import Point, Polygon

from geo import crs as planes
from geo.errors import CodeUnknown, SketchTooSmall
from store import Contribution, HomeFacts, Place, ViewFacts
from study import context, datasets
from study.contributions import home_location
from study.contributions.facilities_near_tap import facility_near_tap
from study.contributions.submission import (
    DrawingSubmission,
    SavedContribution,
    clean_submission,
    find_by_code,
    resume,
    save_answers,
    save_drawing,
    save_places,
    save_signals,
    withdraw,
)
from study.demo_project import MUNICIPALITY, PROJECT
from tests.support.temp_store import own_store

SWIPE = {"tool": "vague", "points": [[5.2, 52.5, 0], [5.21, 52.5, 90]], "reach_m": 60}
DAY = datetime.now(UTC).date()
NASTY = "{{ 42*101 }} ${alert(1)} `<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the file of a store of our own."""
    with own_store(tmp_path_factory.mktemp("store")) as file:
        yield file


def sent(size_m: float = 300.0, name: str = "") -> DrawingSubmission:
    spot = planes.to_planar(Point(datasets.initial_view(MUNICIPALITY)))
    square = shapely.box(spot.x - size_m, spot.y - size_m, spot.x + size_m, spot.y + size_m)
    return DrawingSubmission(
        id=name or str(uuid.uuid4()), geometry=json.loads(shapely.to_geojson(planes.to_wgs84(square)))
    )


def count() -> int:
    return len(context.get_store().contributions.read_sketches(PROJECT))


def begin(given: DrawingSubmission) -> SavedContribution:
    return save_drawing(PROJECT, given, mine=None, device="test")


def test_kept_once_however_often_it_is_sent(kept_in: Path) -> None:
    before, given = count(), sent()
    first = begin(given)
    assert save_drawing(PROJECT, given, mine=None, device="other tab").code == first.code
    assert save_drawing(PROJECT, given, mine=first, device="test").details.version == 1
    assert count() == before + 1


def test_second_thought_takes_the_place_of_the_first_and_keeps_the_answers(kept_in: Path) -> None:
    before, given = count(), sent()
    mine = save_answers(begin(given), answers={"certainty": 4}, name="De Plas", edge="vague", device="test")
    again = save_drawing(PROJECT, sent(200.0, given.id), mine=None, device="a tab that forgot")
    assert again.code == mine.code
    assert again.geometry.area < mine.geometry.area
    contribution = again.details.contribution
    assert (contribution.answers, contribution.name, contribution.edge_certainty) == (
        {"certainty": 4},
        "De Plas",
        "vague",
    )
    assert count() == before + 1


def test_second_drawing_forgets_how_far_the_home_was_from_the_first(kept_in: Path) -> None:
    """Inside and the distances are of the old outline; where the home is has not changed with it."""
    given = sent()
    mine = begin(given)
    first = replace(
        mine.details.contribution, id=given.id,
        home=HomeFacts(inside=True, unit="BU99010101", to_centre_m=125, to_edge_m=175),
    )  # fmt: skip
    context.get_store().contributions.replace(mine.code, first, device="test")
    mine = find_by_code(mine.code, device="test")
    assert mine.details.contribution.home == first.home
    again = save_drawing(PROJECT, sent(200.0, given.id), mine=mine, device="test")
    assert again.details.contribution.home == HomeFacts(unit="BU99010101")


def test_vague_part_of_the_edge_is_kept_beside_the_drawing(kept_in: Path) -> None:
    """The same area with a stroke more, from a page that was loaded again: how it was drawn is still known."""
    first = replace(sent(), start_width_m=2000, first_width_m=1800, seconds=12)
    mine = save_answers(begin(first), edge="partly", device="test")
    marked = replace(first, strokes=[SWIPE], start_width_m=2000, first_width_m=None, seconds=None)
    after = save_drawing(PROJECT, marked, mine=mine, device="test")
    assert after.strokes == (SWIPE,)
    assert after.geometry.equals(mine.geometry)
    contribution = after.details.contribution
    assert (contribution.edge_certainty, contribution.view.first_width_m, contribution.view.duration_s) == (
        "partly",
        1800,
        12,
    )


@pytest.mark.parametrize(
    ("made", "mode"),
    [
        ({"tool": "corners", "screen": "phone", "strokes": [{"tool": "corners", "points": []}]}, "points"),
        ({"tool": "parts", "parts": [{"kind": "walk", "key": "5", "added": True}]}, "keyboard"),
    ],
)
def test_swipe_on_a_page_loaded_again_changes_the_strokes_alone(
    kept_in: Path, made: dict[str, Any], mode: str
) -> None:
    """What the page then sends is the outline out of the store, with a screen and times of its own."""
    mine = begin(replace(sent(), **made, first_width_m=1800, seconds=12))
    before = mine.details.contribution
    swiped = DrawingSubmission(
        id=before.id,
        geometry=json.loads(shapely.to_geojson(planes.to_wgs84(mine.geometry))),
        strokes=[*mine.strokes, SWIPE],
        tool=mine.tool,
        first_width_m=700,
        seconds=3,
        screen="laptop",
    )
    after = save_drawing(PROJECT, swiped, mine=mine, device="test").details.contribution
    assert (before.mode, mine.tool) == (mode, made["tool"])
    properties = json.loads(before.raw_geojson)["properties"]
    assert json.loads(after.raw_geojson)["properties"] == {**properties, "strokes": [*mine.strokes, SWIPE]}
    assert replace(after, raw_geojson=before.raw_geojson) == before


def test_swipe_over_a_drawing_from_paper_keeps_the_sheet(kept_in: Path) -> None:
    """A sheet tells its number and scale; a swipe is added to it and the drawing stays one on paper."""
    given, view = sent(), ViewFacts(started_from="paper", screen="paper", input="pen")
    raw = {"type": "Feature", "properties": {"sheet": 7, "scale": 5000}, "geometry": given.geometry}
    shape = cast("Polygon", clean_submission(given).geometry)
    code = context.get_store().contributions.submit(
        Contribution(given.id, PROJECT, json.dumps(raw), shape, DAY, mode="paper", view=view), device="test"
    ).code  # fmt: skip
    mine = find_by_code(str(code), device="test")
    swiped = replace(given, strokes=[SWIPE], tool=mine.tool, seconds=3, screen="phone")
    after = save_drawing(PROJECT, swiped, mine=mine, device="test").details.contribution
    assert (after.mode, after.view) == ("paper", view)
    assert json.loads(after.raw_geojson)["properties"] == {"sheet": 7, "scale": 5000, "strokes": [SWIPE]}


def test_moved_corner_is_no_swipe(kept_in: Path) -> None:
    """5 m on every side is another outline: 610 m by 610 m, where there were 600 m by 600 m."""
    mine = begin(sent())
    after = save_drawing(PROJECT, sent(305.0, mine.details.contribution.id), mine=mine, device="test")
    assert after.geometry.area == pytest.approx(610**2, rel=0.001)


@pytest.mark.parametrize("properties", [None, {}, {"properties": None}, {"properties": {"strokes": 3}}])
def test_drawing_without_strokes_has_none_and_can_be_swiped(
    kept_in: Path, properties: dict[str, Any] | None
) -> None:
    """A bare geometry, and features that say nothing of strokes or something odd."""
    given = sent()
    raw = (
        given.geometry if properties is None else {"type": "Feature", "geometry": given.geometry} | properties
    )
    shape = cast("Polygon", clean_submission(given).geometry)
    code = context.get_store().contributions.submit(
        Contribution(given.id, PROJECT, json.dumps(raw), shape, DAY), device="test"
    ).code  # fmt: skip
    mine = find_by_code(str(code), device="test")
    assert mine.strokes == ()
    after = save_drawing(PROJECT, replace(given, strokes=[SWIPE]), mine=mine, device="test")
    assert after.strokes == (SWIPE,)
    assert json.loads(after.details.contribution.raw_geojson)["geometry"] == given.geometry


def test_answer_can_be_taken_back(kept_in: Path) -> None:
    mine = save_answers(begin(sent()), answers={"certainty": 4, "safe": 7}, device="test")
    mine = save_answers(mine, answers={"certainty": None}, device="test")
    assert mine.details.contribution.answers == {"safe": 7}


def test_too_small_is_refused_and_nothing_is_kept(kept_in: Path) -> None:
    before = count()
    with pytest.raises(SketchTooSmall):
        begin(sent(0.5))
    assert count() == before


def test_resumed_by_name_or_code_and_gone_after_erasing(kept_in: Path) -> None:
    given = sent()
    mine = begin(given)
    for key in (given.id, mine.code):
        assert resume(key, device="test").code == mine.code
    withdraw(mine.code, device="test")
    for key in (given.id, mine.code, "nonsense"):
        with pytest.raises(CodeUnknown):
            resume(key, device="test")


def test_facility_that_is_pointed_at_is_meant(kept_in: Path) -> None:
    table = datasets.facilities(MUNICIPALITY, "bench")
    spot = table.geometry.iloc[0]
    found = facility_near_tap(MUNICIPALITY, ("bench", "play_area"), Point(spot.x + 5, spot.y))
    assert found is not None
    assert found.theme == "bench"
    assert facility_near_tap(MUNICIPALITY, ("bench",), Point(spot.x + 50_000, spot.y)) is None
    assert facility_near_tap(MUNICIPALITY, (), spot) is None


def test_thousand_residents_leave_no_home(kept_in: Path) -> None:
    """Through the real form logic: what was typed is there as typed, where they live is not."""
    rng = np.random.default_rng(5)
    middle = planes.to_planar(Point(datasets.initial_view(MUNICIPALITY)))
    homes, before = [], count()
    for number in range(1000):
        home = Point(middle.x + rng.normal(0, 120), middle.y + rng.normal(0, 120))
        homes.append(home)
        mine = save_drawing(PROJECT, sent(250 + number / 10), mine=None, home=home, device=f"device {number}")
        if number % 10 == 0:
            mine = save_answers(mine, answers={"certainty": 3}, name=NASTY[:40], device="d")
            spot = Place("missing", "bench", middle, note=NASTY)
            mine = save_places(mine, [spot], device="d")
            mine = save_signals(mine, {"initiative": NASTY}, device="d")
            assert mine.details.signals[0].text == NASTY
        kept = json.dumps(asdict(mine.details.contribution), default=str)
        longitude, latitude = home_location.in_degrees(home)
        for trace in (f"{home.x:.3f}", f"{home.y:.3f}", f"{longitude:.8f}", f"{latitude:.8f}"):
            assert trace not in kept
    assert count() == before + 1000
    contents = b"".join(file.read_bytes() for file in kept_in.parent.glob(f"{kept_in.name}*"))
    assert b"Mozilla" not in contents
    assert b"127.0.0.1" not in contents
    for home in homes:
        assert home.wkb not in contents
