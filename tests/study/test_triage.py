"""Looking after drawings: every decision can be taken back, and nothing is deleted."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Polygon
from streamlit.testing.v1 import AppTest

import layers
import words
from geo import crs
from geo.errors import AccessDenied, NothingToUndo, SketchError
from store import Actor, Contribution, Project
from study import demo, projects, triage
from study.projects import Study
from tests.stores import own_store
from ui import signed_in
from ui.pages.planner import triage as page

PLANNER = Actor("planner", account="test")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Study]:
    """Give the made-up town in a store of its own."""
    with own_store(tmp_path):
        yield projects.now()


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


def drawn_by(project: str, outlines: Sequence[Polygon]) -> list[str]:
    """Give a project in the made-up town these drawings, in RD metres; their ids in order."""
    door = projects.opened()
    door.save_project(Project(project, project, demo.TOWN, date(2099, 1, 1)))
    keys = []
    for outline in outlines:
        sent = str(shapely.to_geojson(crs.to_wgs84(outline)))
        told = Contribution(str(uuid.uuid4()), project, sent, outline, date.today())
        keys.append(door.submit(told).id)
    return keys


def test_a_private_drawing_stays_private_when_a_wider_outline_counts(town: Study) -> None:
    """Round the whole town and round nothing: whichever counts and whichever was left, both must be wide."""
    homes = layers.basemap(demo.TOWN)["addresses"]
    wide = shapely.box(*homes.total_bounds)
    # Far enough from the last home to hold none, near enough to be a drawing of this town.
    alone = shapely.box(wide.bounds[2] + 10, wide.bounds[1], wide.bounds[2] + 210, wide.bounds[1] + 200)
    keys = drawn_by("alone", [alone, wide, wide])
    for key in keys:
        projects.opened().flag("alone", key, aspect="shape", reason="unusual_size")
    before = projects.now("alone")
    assert [triage.may_be_seen(before, key) for key in keys] == [False, True, True]
    triage.decide(before, keys[0], "adjust", by=PLANNER, outline=wide)
    triage.decide(before, keys[1], "adjust", by=PLANNER, outline=alone)
    after = projects.now("alone")
    assert [triage.may_be_seen(after, key) for key in keys] == [False, False, True]


def test_both_answers_stand_side_by_side_where_a_remark_was_made(town: Study) -> None:
    """Two squares of 16 ha: drawn by five, and by six; one of each has a remark, so four and five are left."""
    west, east = (
        shapely.box(155_000, 463_000, 155_400, 463_400),
        shapely.box(155_400, 463_000, 155_800, 463_400),
    )
    keys = drawn_by("squares", [west] * 5 + [east] * 6)
    for key in (keys[0], keys[5]):
        projects.opened().flag("squares", key, aspect="shape", reason="elsewhere")
    study = projects.now("squares")
    both = triage.both(study).set_index("n_all")
    few, enough = both.T[5], both.T[6]
    assert few["n_plain"] == 4
    assert few["ha_all"] == pytest.approx(16)
    assert few[["ha_plain", "iou"]].isna().all()
    assert few["matters"]
    assert enough["n_plain"] == 5
    assert [enough[of] for of in ("ha_all", "ha_plain", "iou")] == pytest.approx([16, 16, 1])
    assert not enough["matters"]

    # The page says no more of the four than that they are too few.
    say = words.of("nl")
    shown = page.beside(say, triage.both(study)).set_index("n_all")
    columns = ["n_plain", "ha_plain", "iou"]
    assert shown.loc[5, columns].tolist() == [say("planner.level_none")] * 3
    assert shown.loc[6, columns].tolist() == ["5", "16,0", "100\N{NO-BREAK SPACE}%"]


REVIEW = """
import words
from study import projects
from ui.pages.planner import frame, triage

triage.show(frame.View(words.of("nl"), projects.now("{project}"), projects.project("{project}"), "buurt"))
"""


def test_who_signs_in_next_on_the_same_tab_asks_again(town: Study) -> None:
    """One planner asks to see a private drawing; the next one does not see it without being written down."""
    homes = layers.basemap(demo.TOWN)["addresses"].total_bounds
    alone = shapely.box(homes[2] + 10, homes[1], homes[2] + 210, homes[1] + 200)
    door = projects.opened()
    door.flag("alone", drawn_by("alone", [alone])[0], aspect="shape", reason="unusual_size")
    one, other = (
        Actor("planner", account=door.add_account(label, "planner", f"{label} met een lang geheim").id)
        for label in ("ruimte", "welzijn")
    )
    private = words.of("nl")("planner.triage_private")
    tab = AppTest.from_string(REVIEW.format(project="alone"), default_timeout=60)
    tab.session_state[signed_in.IN_VISIT] = signed_in.REGISTER.begin(one)
    tab.run()
    assert private in [told.value for told in tab.info]
    next(
        button for button in tab.button if button.label == words.of("nl")("planner.triage_unlock")
    ).click().run()
    assert private not in [told.value for told in tab.info]
    tab.session_state[signed_in.IN_VISIT] = signed_in.REGISTER.begin(other)
    tab.run()
    assert not tab.exception
    assert private in [told.value for told in tab.info]
    assert [entry.action for entry in door.audit()].count("read raw drawings") == 1


def test_who_mends_a_drawing_leaves_no_draft_of_it_on_the_device(town: Study) -> None:
    """The canvas for mending is given no name to keep a draft under."""
    tab = AppTest.from_string(REVIEW.format(project=demo.PROJECT), default_timeout=60).run()
    tab.toggle(key="triage_mend").set_value(True).run()
    components = [json.loads(one.proto.json) for one in tab.get("bidi_component")]
    [sent] = [facts for facts in components if facts.get("kind") == "draw"]
    assert sent["draft"] is None
    assert sent["words"]["tell_size"] == "De tekening is {size}.", "it is not the planner's neighbourhood"
    assert {key for key, said in sent["words"].items() if "uw buurt" in said.lower()} == {"noscript"}
