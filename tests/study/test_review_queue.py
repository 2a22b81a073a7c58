"""Looking after drawings: every decision can be taken back, and nothing is deleted."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon
from streamlit.testing.v1 import AppTest

import i18n
import layers
from geo import crs
from geo.errors import AccessDenied, NothingToUndo, SketchError
from store import Actor, Contribution, Project
from study import authentication, context, demo_project, review_queue
from study.context import Study
from tests.support.temp_store import own_store
from ui.pages.planner import review as page
from ui.session import login_sessions

PLANNER = Actor("planner", account="test")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Study]:
    """Return the made-up town in a store of its own."""
    with own_store(tmp_path):
        yield context.current_study()


def test_setting_aside_and_taking_back_leaves_everything_as_it_was(town: Study) -> None:
    review_queue.flag_outliers(town)
    before = context.current_study()
    drawn = context.read_sketches(before)
    key = str(review_queue.review_queue(before).index[0])
    review_queue.record_decision(before, key, "aside", by=PLANNER)
    aside = context.current_study()
    assert len(context.read_sketches(aside)) == len(drawn) - 1
    assert review_queue.review_queue(aside).loc[key, "decision"] == "aside"
    review_queue.undo_decisions(aside, [key], by=PLANNER)
    after = context.current_study()
    assert context.read_sketches(after).geometry.equals(drawn.geometry)
    with pytest.raises(NothingToUndo):
        review_queue.undo_decisions(after, [key], by=PLANNER)


def test_a_list_being_worked_through_knows_decisions_and_stays_in_order(town: Study) -> None:
    """All that is proposed is done at once; the same study says so, with the same rows and other outlines."""
    review_queue.flag_outliers(town)
    study = context.current_study()
    queue = review_queue.review_queue(study)
    loose = str(queue.index[["several_parts" in reasons for reasons in queue["reasons"]]][0])
    actions = {str(key): action for key, action in queue["proposed"].items()} | {loose: "adjust"}
    review_queue.record_decisions(study, actions, by=PLANNER)
    now = review_queue.current_queue(study)
    assert now.index.tolist() == queue.index.tolist()
    assert now["decision"].to_dict() == actions
    assert now.geometry[loose].equals(review_queue.proposed_outline(study, loose))
    assert now["area_ha"][loose] < queue["area_ha"][loose]
    assert (
        now["decision"].to_dict() == review_queue.review_queue(context.current_study())["decision"].to_dict()
    )
    review_queue.undo_decisions(study, list(actions), by=PLANNER)
    assert review_queue.current_queue(study).geometry.equals(queue.geometry)


@pytest.mark.nightly
def test_deciding_among_five_thousand_is_no_wait(tmp_path: Path) -> None:
    """450 of 5,000 wait; one decision and the list after it take less than half a second, and so do all at once."""
    with own_store(tmp_path):
        rng = np.random.default_rng(5)
        corners = rng.uniform((150_000, 460_000), (160_000, 470_000), (5_000, 2))
        sides = rng.uniform(200, 900, 5_000)
        outlines = [
            shapely.box(x, y, x + side, y + side) for (x, y), side in zip(corners, sides, strict=True)
        ]
        keys = drawn_by("large", outlines)
        for key in keys[::11]:
            context.get_store().moderation.add_flag("large", key, aspect="shape", reason="unusual_size")
        study = context.current_study("large")
        waiting = [str(key) for key in review_queue.current_queue(study).index]
        assert len(waiting) == 455

        def seconds(work: Callable[[], object]) -> float:
            began = time.process_time()
            work()
            assert len(review_queue.current_queue(study)) == 455
            return time.process_time() - began

        one = [
            seconds(partial(review_queue.record_decision, study, key, "accept", by=PLANNER))
            for key in waiting[:10]
        ]
        every = seconds(
            lambda: review_queue.record_decisions(study, dict.fromkeys(waiting, "aside"), by=PLANNER)
        )
        assert max(*one, every) < 0.5
        assert (review_queue.current_queue(study)["decision"] == "aside").all()


def test_adjusting_counts_the_largest_part(town: Study) -> None:
    queue = review_queue.review_queue(town)
    parts = queue[["several_parts" in reasons for reasons in queue["reasons"]]]
    key = str(parts.index[0])
    review_queue.record_decision(town, key, "adjust", by=PLANNER)
    after = context.read_sketches(context.current_study()).geometry[key]
    assert after.geom_type == "Polygon"
    assert after.equals(review_queue.proposed_outline(town, key))


def test_a_resident_decides_nothing(town: Study) -> None:
    key = str(review_queue.review_queue(town).index[0])
    with pytest.raises(AccessDenied):
        review_queue.record_decision(town, key, "accept", by=Actor("resident"))


def test_looking_twice_flags_once(town: Study) -> None:
    assert review_queue.flag_outliers(town) > 0
    assert review_queue.flag_outliers(context.current_study()) == 0


def test_a_planner_draws_the_outline_anew_and_takes_it_back(town: Study) -> None:
    """A square of 300 m round the drawing's middle counts instead; the drawing itself stays underneath."""
    key = str(review_queue.review_queue(town).index[0])
    left = context.read_sketches(town).geometry[key]
    plane = context.read_sketches(town).crs
    square = left.centroid.buffer(150, cap_style="square")
    outline = review_queue.clean_adjusted_outline(town, crs.to_wgs84(square, plane))
    review_queue.record_decision(town, key, "adjust", by=PLANNER, outline=outline)
    corrected = context.current_study()
    assert context.read_sketches(corrected).geometry[key].area == pytest.approx(90_000, rel=1e-3)
    assert review_queue.original_outline(corrected, key).equals(left)
    review_queue.undo_decisions(corrected, [key], by=PLANNER)
    assert context.read_sketches(context.current_study()).geometry[key].equals(left)


def test_an_outline_that_crosses_itself_is_made_sound(town: Study) -> None:
    """A bow-tie has no ground as it stands; as two triangles it has."""
    bow_tie = shapely.Polygon([(5.20, 52.57), (5.21, 52.58), (5.21, 52.57), (5.20, 52.58)])
    assert review_queue.clean_adjusted_outline(town, bow_tie).is_valid
    with pytest.raises(SketchError):
        review_queue.clean_adjusted_outline(town, shapely.Polygon([(5.2, 52.5), (5.2, 52.5), (5.2, 52.5)]))


def test_looking_at_single_drawings_is_for_planners_and_is_written_down(town: Study) -> None:
    with pytest.raises(AccessDenied):
        review_queue.log_single_items(town, "drawings", by=Actor("resident"))
    for _ in range(2):
        review_queue.log_single_items(town, "drawings", by=PLANNER)
    logged = context.get_store().accounts.list_audit()
    assert [entry.action for entry in logged].count("look at single drawings") == 1


def drawn_by(project: str, outlines: Sequence[Polygon]) -> list[str]:
    """Return a project in the made-up town these drawings, in RD metres; their ids in order."""
    private_store = context.get_store()
    private_store.projects.save(Project(project, project, demo_project.MUNICIPALITY, date(2099, 1, 1)))
    keys = []
    for outline in outlines:
        sent = str(shapely.to_geojson(crs.to_wgs84(outline)))
        contribution = Contribution(str(uuid.uuid4()), project, sent, outline, date.today())
        keys.append(private_store.contributions.submit(contribution).id)
    return keys


def test_a_private_drawing_stays_private_when_a_wider_outline_counts(town: Study) -> None:
    """Round the whole town and round nothing: whichever counts and whichever was left, both must be wide."""
    homes = layers.read_basemap(demo_project.MUNICIPALITY)["addresses"]
    wide = shapely.box(*homes.total_bounds)
    # Far enough from the last home to hold none, near enough to be a drawing of this town.
    alone = shapely.box(wide.bounds[2] + 10, wide.bounds[1], wide.bounds[2] + 210, wide.bounds[1] + 200)
    keys = drawn_by("alone", [alone, wide, wide])
    for key in keys:
        context.get_store().moderation.add_flag("alone", key, aspect="shape", reason="unusual_size")
    before = context.current_study("alone")
    assert [review_queue.can_show_drawing(before, key) for key in keys] == [False, True, True]
    review_queue.record_decision(before, keys[0], "adjust", by=PLANNER, outline=wide)
    review_queue.record_decision(before, keys[1], "adjust", by=PLANNER, outline=alone)
    after = context.current_study("alone")
    assert [review_queue.can_show_drawing(after, key) for key in keys] == [False, False, True]


def test_both_answers_stand_side_by_side_where_a_remark_was_made(town: Study) -> None:
    """Two squares of 16 ha: drawn by five, and by six; one of each has a remark, so four and five are left."""
    west, east = (
        shapely.box(155_000, 463_000, 155_400, 463_400),
        shapely.box(155_400, 463_000, 155_800, 463_400),
    )
    keys = drawn_by("squares", [west] * 5 + [east] * 6)
    for key in (keys[0], keys[5]):
        context.get_store().moderation.add_flag("squares", key, aspect="shape", reason="elsewhere")
    study = context.current_study("squares")
    both = review_queue.compare_with_without_flagged(study).set_index("n_all")
    few, enough = both.T[5], both.T[6]
    assert few["n_plain"] == 4
    assert few["ha_all"] == pytest.approx(16)
    assert few[["ha_plain", "iou"]].isna().all()
    assert few["matters"]
    assert enough["n_plain"] == 5
    assert [enough[of] for of in ("ha_all", "ha_plain", "iou")] == pytest.approx([16, 16, 1])
    assert not enough["matters"]

    # The page says no more of the four than that they are too few.
    say = i18n.get_translator("nl")
    shown = page.beside(say, review_queue.compare_with_without_flagged(study)).set_index("n_all")
    columns = ["n_plain", "ha_plain", "iou"]
    assert shown.loc[5, columns].tolist() == [say("planner.level_none")] * 3
    assert shown.loc[6, columns].tolist() == ["5", "16,0", "100\N{NO-BREAK SPACE}%"]


REVIEW = """
import i18n
from study import context
from ui.pages.planner import review, section

project = context.get_project("{project}")
view = section.PlannerContext(i18n.get_translator("nl"), context.current_study("{project}"), project, "buurt")
review.show(view)
"""


def test_who_signs_in_next_on_the_same_tab_asks_again(town: Study) -> None:
    """One planner asks to see a private drawing; the next one does not see it without being written down."""
    homes = layers.read_basemap(demo_project.MUNICIPALITY)["addresses"].total_bounds
    alone = shapely.box(homes[2] + 10, homes[1], homes[2] + 210, homes[1] + 200)
    private_store = context.get_store()
    private_store.moderation.add_flag(
        "alone", drawn_by("alone", [alone])[0], aspect="shape", reason="unusual_size"
    )
    one, other = (
        Actor(
            "planner",
            account=private_store.accounts.create(label, "planner", f"{label} met een lang geheim").id,
        )
        for label in ("ruimte", "welzijn")
    )
    private = i18n.get_translator("nl")("planner.single_drawings")
    tab = AppTest.from_string(REVIEW.format(project="alone"), default_timeout=60)
    tab.session_state[login_sessions.IN_VISIT] = login_sessions.REGISTER.begin(
        one, version=authentication.password_version(one)
    )
    tab.run()
    assert private in [message.value for message in tab.info]
    next(
        button for button in tab.button if button.label == i18n.get_translator("nl")("planner.single_show")
    ).click().run()
    assert private not in [message.value for message in tab.info]
    tab.session_state[login_sessions.IN_VISIT] = login_sessions.REGISTER.begin(
        other, version=authentication.password_version(other)
    )
    tab.run()
    assert not tab.exception
    assert private in [message.value for message in tab.info]
    assert [entry.action for entry in private_store.accounts.list_audit()].count(
        "look at single drawings"
    ) == 1


def test_who_mends_a_drawing_leaves_no_draft_of_it_on_the_device(town: Study) -> None:
    """The canvas for mending is given no name to keep a draft under."""
    tab = AppTest.from_string(REVIEW.format(project=demo_project.PROJECT), default_timeout=60).run()
    tab.button(key="single_drawings").click().run()
    tab.toggle(key="triage_mend").set_value(True).run()
    components = [json.loads(one.proto.json) for one in tab.get("bidi_component")]
    [sent] = [facts for facts in components if facts.get("kind") == "draw"]
    assert sent["draft"] is None
    assert sent["words"]["tell_size"] == "De tekening is {size}.", "it is not the planner's neighbourhood"
    assert {key for key, said in sent["words"].items() if "uw buurt" in said.lower()} == {"noscript"}
