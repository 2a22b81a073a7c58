"""Looking after drawings: every decision can be taken back, and nothing is deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.errors import AccessDenied, NothingToUndo
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
