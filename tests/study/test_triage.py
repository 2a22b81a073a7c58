"""Looking after drawings: every decision can be taken back, and nothing is deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from geo import crs
from geo.errors import AccessDenied, NothingToUndo, SketchError
from store import Actor
from study import projects, triage
from study.projects import Study

PLANNER = Actor("planner", account="test")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """Give the made-up town in a store of its own."""
    monkeypatch.setenv("BUURT_STORE", f"sqlite:///{tmp_path}/buurt.gpkg")
    projects.opened.cache_clear()
    yield projects.now()
    projects.opened.cache_clear()


def test_setting_aside_and_taking_back_leaves_everything_as_it_was(town: Study) -> None:
    triage.look(town)
    before = projects.now()
    drawn = projects.drawn(before)
    key = str(triage.queue(before).index[0])
    triage.decide(before, key, "aside", by=PLANNER)
    aside = projects.now()
    assert len(projects.drawn(aside)) == len(drawn) - 1
    assert triage.queue(aside).loc[key, "decision"] == "aside"
    triage.undo(aside, key, by=PLANNER)
    after = projects.now()
    assert projects.drawn(after).geometry.equals(drawn.geometry)
    with pytest.raises(NothingToUndo):
        triage.undo(after, key, by=PLANNER)


def test_adjusting_counts_the_largest_part(town: Study) -> None:
    queue = triage.queue(town)
    parts = queue[["several_parts" in reasons for reasons in queue["reasons"]]]
    key = str(parts.index[0])
    triage.decide(town, key, "adjust", by=PLANNER)
    after = projects.drawn(projects.now()).geometry[key]
    assert after.geom_type == "Polygon"
    assert after.equals(triage.adjusted(town, key))


def test_a_resident_decides_nothing(town: Study) -> None:
    key = str(triage.queue(town).index[0])
    with pytest.raises(AccessDenied):
        triage.decide(town, key, "accept", by=Actor("resident"))


def test_looking_twice_flags_once(town: Study) -> None:
    assert triage.look(town) > 0
    assert triage.look(projects.now()) == 0


def test_a_planner_draws_the_outline_anew_and_takes_it_back(town: Study) -> None:
    """A square of 300 m round the drawing's middle counts instead; the drawing itself stays underneath."""
    key = str(triage.queue(town).index[0])
    left = projects.drawn(town).geometry[key]
    plane = projects.drawn(town).crs
    square = left.centroid.buffer(150, cap_style="square")
    outline = triage.redrawn(town, crs.to_wgs84(square, plane))
    triage.decide(town, key, "adjust", by=PLANNER, outline=outline)
    mended = projects.now()
    assert projects.drawn(mended).geometry[key].area == pytest.approx(90_000, rel=1e-3)
    assert triage.as_drawn(mended, key).equals(left)
    triage.undo(mended, key, by=PLANNER)
    assert projects.drawn(projects.now()).geometry[key].equals(left)


def test_an_outline_that_crosses_itself_is_made_sound(town: Study) -> None:
    """A bow-tie has no ground as it stands; as two triangles it has."""
    bow_tie = shapely.Polygon([(5.20, 52.57), (5.21, 52.58), (5.21, 52.57), (5.20, 52.58)])
    assert triage.redrawn(town, bow_tie).is_valid
    with pytest.raises(SketchError):
        triage.redrawn(town, shapely.Polygon([(5.2, 52.5), (5.2, 52.5), (5.2, 52.5)]))


def test_looking_at_single_drawings_is_for_planners_and_is_written_down(town: Study) -> None:
    with pytest.raises(AccessDenied):
        triage.unlock(town, by=Actor("resident"))
    triage.unlock(town, by=PLANNER)
    logged = projects.opened().audit()
    assert [entry.action for entry in logged].count("read raw drawings") == 1


def test_both_answers_stand_side_by_side_where_a_remark_was_made(town: Study) -> None:
    """With the drawings that have a remark more people count, and both cores have their hectares."""
    triage.look(town)
    both = triage.both(projects.now())
    assert len(both)
    assert (both["n_all"] > both["n_plain"]).all()
    assert both["matters"].equals(~(both["iou"] >= triage.MATTERS_IOU))
    assert both["ha_all"].notna().all()
