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
from store import Contribution, Place, ViewFacts
from study import atlas, contributing, projects, where
from study.contributing import Mine, Sent
from study.demo import PROJECT, TOWN
from tests.stores import own_store

SWIPE = {"tool": "vague", "points": [[5.2, 52.5, 0], [5.21, 52.5, 90]], "reach_m": 60}
DAY = datetime.now(UTC).date()
NASTY = "{{ 42*101 }} ${alert(1)} `<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the file of a store of our own."""
    with own_store(tmp_path_factory.mktemp("store")) as file:
        yield file


def sent(size_m: float = 300.0, name: str = "") -> Sent:
    spot = planes.to_planar(Point(atlas.heart(TOWN)))
    square = shapely.box(spot.x - size_m, spot.y - size_m, spot.x + size_m, spot.y + size_m)
    return Sent(
        id=name or str(uuid.uuid4()), geometry=json.loads(shapely.to_geojson(planes.to_wgs84(square)))
    )


def count() -> int:
    return len(projects.opened().sketches(PROJECT))


def begin(given: Sent) -> Mine:
    return contributing.keep(PROJECT, given, mine=None, device="test")


def test_kept_once_however_often_it_is_sent(kept_in: Path) -> None:
    before, given = count(), sent()
    first = begin(given)
    assert contributing.keep(PROJECT, given, mine=None, device="other tab").code == first.code
    assert contributing.keep(PROJECT, given, mine=first, device="test").told.version == 1
    assert count() == before + 1


def test_second_thought_takes_the_place_of_the_first_and_keeps_the_answers(kept_in: Path) -> None:
    before, given = count(), sent()
    mine = contributing.answer(
        begin(given), answers={"certainty": 4}, name="De Plas", edge="vague", device="test"
    )
    again = contributing.keep(PROJECT, sent(200.0, given.id), mine=None, device="a tab that forgot")
    assert again.code == mine.code
    assert again.geometry.area < mine.geometry.area
    told = again.told.contribution
    assert (told.answers, told.name, told.edge) == ({"certainty": 4}, "De Plas", "vague")
    assert count() == before + 1


def test_vague_part_of_the_edge_is_kept_beside_the_drawing(kept_in: Path) -> None:
    """The same area with a stroke more, from a page that was loaded again: how it was drawn is still known."""
    first = replace(sent(), start_width_m=2000, first_width_m=1800, seconds=12)
    mine = contributing.answer(begin(first), edge="partly", device="test")
    marked = replace(first, strokes=[SWIPE], start_width_m=2000, first_width_m=None, seconds=None)
    after = contributing.keep(PROJECT, marked, mine=mine, device="test")
    assert after.strokes == (SWIPE,)
    assert after.geometry.equals(mine.geometry)
    told = after.told.contribution
    assert (told.edge, told.view.first_width_m, told.view.duration_s) == ("partly", 1800, 12)


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
    before = mine.told.contribution
    swiped = Sent(
        id=before.id,
        geometry=json.loads(shapely.to_geojson(planes.to_wgs84(mine.geometry))),
        strokes=[*mine.strokes, SWIPE],
        tool=mine.tool,
        first_width_m=700,
        seconds=3,
        screen="laptop",
    )
    after = contributing.keep(PROJECT, swiped, mine=mine, device="test").told.contribution
    assert (before.mode, mine.tool) == (mode, made["tool"])
    properties = json.loads(before.raw)["properties"]
    assert json.loads(after.raw)["properties"] == {**properties, "strokes": [*mine.strokes, SWIPE]}
    assert replace(after, raw=before.raw) == before


def test_swipe_over_a_drawing_from_paper_keeps_the_sheet(kept_in: Path) -> None:
    """A sheet tells its number and scale; a swipe is added to it and the drawing stays one on paper."""
    given, view = sent(), ViewFacts(started_from="paper", screen="paper", input="pen")
    raw = {"type": "Feature", "properties": {"sheet": 7, "scale": 5000}, "geometry": given.geometry}
    shape = cast("Polygon", contributing.read(given).geometry)
    code = projects.opened().submit(
        Contribution(given.id, PROJECT, json.dumps(raw), shape, DAY, mode="paper", view=view), device="test"
    ).code  # fmt: skip
    mine = contributing.found(str(code), device="test")
    swiped = replace(given, strokes=[SWIPE], tool=mine.tool, seconds=3, screen="phone")
    after = contributing.keep(PROJECT, swiped, mine=mine, device="test").told.contribution
    assert (after.mode, after.view) == ("paper", view)
    assert json.loads(after.raw)["properties"] == {"sheet": 7, "scale": 5000, "strokes": [SWIPE]}


def test_moved_corner_is_no_swipe(kept_in: Path) -> None:
    """5 m on every side is another outline: 610 m by 610 m, where there were 600 m by 600 m."""
    mine = begin(sent())
    after = contributing.keep(PROJECT, sent(305.0, mine.told.contribution.id), mine=mine, device="test")
    assert after.geometry.area == pytest.approx(610**2, rel=0.001)


@pytest.mark.parametrize("told", [None, {}, {"properties": None}, {"properties": {"strokes": 3}}])
def test_drawing_without_strokes_has_none_and_can_be_swiped(
    kept_in: Path, told: dict[str, Any] | None
) -> None:
    """A bare geometry, and features that say nothing of strokes or something odd."""
    given = sent()
    raw = given.geometry if told is None else {"type": "Feature", "geometry": given.geometry} | told
    shape = cast("Polygon", contributing.read(given).geometry)
    code = projects.opened().submit(
        Contribution(given.id, PROJECT, json.dumps(raw), shape, DAY), device="test"
    ).code  # fmt: skip
    mine = contributing.found(str(code), device="test")
    assert mine.strokes == ()
    after = contributing.keep(PROJECT, replace(given, strokes=[SWIPE]), mine=mine, device="test")
    assert after.strokes == (SWIPE,)
    assert json.loads(after.told.contribution.raw)["geometry"] == given.geometry


def test_answer_can_be_taken_back(kept_in: Path) -> None:
    mine = contributing.answer(begin(sent()), answers={"certainty": 4, "safe": 7}, device="test")
    mine = contributing.answer(mine, answers={"certainty": None}, device="test")
    assert mine.told.contribution.answers == {"safe": 7}


def test_too_small_is_refused_and_nothing_is_kept(kept_in: Path) -> None:
    before = count()
    with pytest.raises(SketchTooSmall):
        begin(sent(0.5))
    assert count() == before


def test_resumed_by_name_or_code_and_gone_after_erasing(kept_in: Path) -> None:
    given = sent()
    mine = begin(given)
    for key in (given.id, mine.code):
        assert contributing.resumed(key, device="test").code == mine.code
    contributing.withdraw(mine.code, device="test")
    for key in (given.id, mine.code, "nonsense"):
        with pytest.raises(CodeUnknown):
            contributing.resumed(key, device="test")


def test_facility_that_is_pointed_at_is_meant(kept_in: Path) -> None:
    table = atlas.facilities(TOWN, "bench")
    spot = table.geometry.iloc[0]
    found = contributing.facility_at(TOWN, ("bench", "play_area"), Point(spot.x + 5, spot.y))
    assert found is not None
    assert found.theme == "bench"
    assert contributing.facility_at(TOWN, ("bench",), Point(spot.x + 50_000, spot.y)) is None
    assert contributing.facility_at(TOWN, (), spot) is None


def test_thousand_residents_leave_no_home(kept_in: Path) -> None:
    """Through the real form logic: what was typed is there as typed, where they live is not."""
    rng = np.random.default_rng(5)
    middle = planes.to_planar(Point(atlas.heart(TOWN)))
    homes, before = [], count()
    for number in range(1000):
        home = Point(middle.x + rng.normal(0, 120), middle.y + rng.normal(0, 120))
        homes.append(home)
        mine = contributing.keep(
            PROJECT, sent(250 + number / 10), mine=None, home=home, device=f"device {number}"
        )
        if number % 10 == 0:
            mine = contributing.answer(mine, answers={"certainty": 3}, name=NASTY[:40], device="d")
            spot = Place("missing", "bench", middle, words=NASTY)
            mine = contributing.tell_places(mine, [spot], device="d")
            mine = contributing.tell_signals(mine, {"initiative": NASTY}, device="d")
            assert mine.told.signals[0].words == NASTY
        kept = json.dumps(asdict(mine.told.contribution), default=str)
        longitude, latitude = where.in_degrees(home)
        for trace in (f"{home.x:.3f}", f"{home.y:.3f}", f"{longitude:.8f}", f"{latitude:.8f}"):
            assert trace not in kept
    assert count() == before + 1000
    contents = b"".join(file.read_bytes() for file in kept_in.parent.glob(f"{kept_in.name}*"))
    assert b"Mozilla" not in contents
    assert b"127.0.0.1" not in contents
    for home in homes:
        assert home.wkb not in contents
