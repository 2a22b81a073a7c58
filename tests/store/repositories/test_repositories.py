"""What goes in at the door comes out of it: once, unaltered, and gone when it is withdrawn."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import geo.errors as E
import store
from geo.release.ledger import WITHDRAWN
from geo.schemas import SKETCHES
from store import (
    ALL,
    Actor,
    Filters,
    HomeFacts,
    ReleaseCell,
    Signal,
    Store,
    ViewFacts,
    WorkshopSession,
    credentials,
)
from store.sign_ins import WRONG
from tests.support.laws import examples
from tests.support.store_factories import PLACES, SIGNALS, TODAY, Clock, contribution, new_id, project, square

PLANNER = Actor("planner", "an-account")


def kept(private_store: Store, *args: object, **more: object) -> str:
    """Submit; give the code."""
    code = private_store.contributions.submit(contribution(**more), *args).code  # type: ignore[arg-type]
    assert code is not None
    return code


def test_sent_twice_it_is_kept_once(private_store: Store) -> None:
    """The same id twice: one drawing, the same receipt, the same code."""
    sent = contribution()
    first, again = (
        private_store.contributions.submit(sent, PLACES, SIGNALS),
        private_store.contributions.submit(sent, PLACES, SIGNALS),
    )
    assert (first.id, first.code) == (again.id, again.code)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert len(private_store.contributions.read_sketches("demo")) == 1
    assert (
        len(private_store.contributions.read_places("demo"))
        == len(private_store.contributions.read_signals("demo"))
        == 2
    )


def test_a_retry_after_midnight_is_still_a_retry(private_store: Store, clock: Clock) -> None:
    sent = contribution()
    private_store.contributions.submit(sent)
    clock.now_s += 86_400
    again = private_store.contributions.submit(replace(sent, created=TODAY + timedelta(days=1)))
    assert again.is_replay
    assert again.stored_on == TODAY


def test_a_file_full_is_kept_wholly_or_not_at_all(private_store: Store) -> None:
    """Three good ones and a bad one: nothing. Without the bad one: three; again: still three."""
    good = [contribution(at, mode="import") for at in range(3)]
    with pytest.raises(E.InputRefused):
        private_store.contributions.import_many([*good, contribution(id="not a uuid")])
    assert private_store.contributions.read_sketches("demo").empty
    done: list[int] = []
    assert [
        r.is_replay for r in private_store.contributions.import_many(iter(good), progress=done.append)
    ] == [False] * 3
    assert [r.is_replay for r in private_store.contributions.import_many(good)] == [True] * 3
    assert len(private_store.contributions.read_sketches("demo")) == 3


def test_a_project_is_made_with_the_drawings_of_its_file_or_not_at_all(private_store: Store) -> None:
    """A bad drawing, and an id that is taken, leave things as they were; a good one makes both."""
    new = replace(private_store.projects.get("demo"), id="new", is_demo=False)
    good = contribution(project="new", mode="import")
    save = private_store.contributions.import_many
    with pytest.raises(E.InputRefused):
        save([good, replace(good, id="not a uuid")], project=new)
    assert "new" not in {one.id for one in private_store.projects.list_all()}
    save([good], project=new)
    with pytest.raises(E.InputRefused):
        save([], project=replace(new, name="another"))
    assert private_store.projects.get("new") == new
    assert len(private_store.contributions.read_sketches("new")) == 1


def test_twenty_taps_at_once_give_one_drawing(private_store: Store) -> None:
    sent = contribution()
    with ThreadPoolExecutor(20) as phones:
        receipts = list(phones.map(lambda _: private_store.contributions.submit(sent, PLACES), range(20)))
    assert sorted(r.is_replay for r in receipts) == [False] + [True] * 19
    assert len(private_store.contributions.read_sketches("demo")) == 1


def test_two_stores_on_one_address_see_the_same(private_store: Store, url: str) -> None:
    """Two processes, or two machines: what one keeps the other finds."""
    with store.open_store(url) as other:
        receipts = [private_store.contributions.submit(contribution(at)) for at in range(3)]
        receipts += [other.contributions.submit(contribution(at)) for at in range(3)]
        assert set(private_store.contributions.read_sketches("demo").index) == {r.id for r in receipts}
        assert private_store.projects.revision_token("demo") == other.projects.revision_token("demo")


def test_wrong_passwords_at_once_are_each_counted(private_store: Store) -> None:
    with ThreadPoolExecutor(8) as strangers:
        for _ in strangers.map(
            lambda _: private_store.sign_ins.count_try("ruimte", "192.0.2.1", is_right=False), range(24)
        ):
            pass
    assert private_store.sign_ins.wrong_tries("ruimte", "192.0.2.1")[0] == 24


def test_wrong_passwords_are_forgotten_after_an_hour_and_never_too_many(
    private_store: Store, clock: Clock
) -> None:
    """Without another sign-in; beyond ten thousand those of longest ago go first."""
    tries = private_store.sign_ins
    tries.count_try("ruimte", "192.0.2.1", is_right=False)
    clock.now_s += 1
    tries.count_try("ruimte", "192.0.2.2", is_right=False)
    with private_store._engine.write() as tx:
        tx.execute(
            "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 9999)"
            f" INSERT INTO setting SELECT '{WRONG}' || n,"
            f' \'{{"n": 1, "at": {clock.now_s}, "until": {clock.now_s + 3600}}}\' FROM counted'
        )
    tries.delete_past()
    assert tries.wrong_tries("ruimte", "192.0.2.1") == (0, 0.0)
    assert tries.wrong_tries("ruimte", "192.0.2.2")[0] == 1
    clock.now_s += 3600
    tries.delete_past()
    with private_store._engine.read() as tx:
        assert tx.query("SELECT count(*) FROM setting WHERE key LIKE ?", (f"{WRONG}%",)) == [(0,)]


def test_it_comes_back_as_it_went_in(private_store: Store) -> None:
    sent = contribution(
        name="Über-Ⅳ ‘buurt’ 🌳",
        home=HomeFacts(inside=True, unit="BU9901A0", to_centre_m=125, to_edge_m=0),
        repairs=("untangled",),
        helped_by="A. B.",
    )
    code = private_store.contributions.submit(sent, PLACES, SIGNALS).code
    assert code is not None
    found = private_store.contributions.find_by_code(code, device="phone")
    assert replace(found.contribution, id=sent.id) == replace(sent, name="Über-IV ‘buurt’ 🌳")
    assert found.contribution.raw_geojson == sent.raw_geojson
    assert found.places == PLACES
    assert [(s.kind, s.text) for s in found.signals] == [(s.kind, s.text) for s in SIGNALS]
    table = SKETCHES.validate_strict(private_store.contributions.read_sketches("demo"))
    assert table.crs.to_epsg() == 28992
    assert shapely.equals_exact(table.geometry.iloc[0], sent.geometry, tolerance=0)


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corners=st.lists(
        st.tuples(st.floats(0, 1e5, width=64), st.floats(0, 1e5, width=64)),
        min_size=3,
        max_size=12,
        unique=True,
    )
)
def test_no_coordinate_changes_by_a_bit(private_store: Store, corners: list[tuple[float, float]]) -> None:
    """Whatever is drawn: the stored outline has the very same doubles."""
    hull = shapely.MultiPoint([(x + 1e5, y + 4e5) for x, y in corners]).convex_hull
    if hull.geom_type != "Polygon" or not hull.area > 0:
        return
    receipt = private_store.contributions.submit(contribution(geometry=hull))
    found = private_store.contributions.read_sketches("demo").geometry[receipt.id]
    assert shapely.to_wkb(found) == shapely.to_wkb(hull)


def test_many_parts_and_holes_survive(private_store: Store) -> None:
    ring = square(0).difference(shapely.box(150_100, 520_100, 150_200, 520_200))
    both = shapely.union_all([ring, square(1000)])
    private_store.contributions.submit(contribution(geometry=both))
    assert private_store.contributions.read_sketches("demo").geometry.iloc[0].equals(both)


def test_another_plane_keeps_its_own_metres(private_store: Store) -> None:
    """New York: metres of a local plane, beside a project in RD."""
    plane = "+proj=laea +lat_0=41 +lon_0=-74 +datum=WGS84 +units=m +type=crs"
    private_store.projects.save(project("ny", crs=plane))
    here = shapely.box(1000, -5000, 1500, -4500)
    private_store.contributions.submit(contribution(project="ny", geometry=here, mode="import"), PLACES[:1])
    private_store.contributions.submit(contribution())
    assert (
        private_store.contributions.read_sketches("ny").crs.coordinate_operation.method_name
        == "Lambert Azimuthal Equal Area"
    )
    assert private_store.contributions.read_sketches("ny").geometry.iloc[0].equals(here)
    assert (
        len(private_store.contributions.read_places("ny"))
        == len(private_store.contributions.read_sketches("demo"))
        == 1
    )


def test_an_import_has_no_code(private_store: Store) -> None:
    sent = contribution(mode="import")
    assert private_store.contributions.submit(sent).code is None
    with pytest.raises(E.CodeUnknown):
        private_store.contributions.withdraw(
            credentials.withdrawal_code(credentials.parse_client_id(sent.id)), device="phone"
        )


def test_withdrawn_is_gone_and_a_late_retry_does_not_revive_it(private_store: Store) -> None:
    sent = contribution()
    code = private_store.contributions.submit(sent, PLACES, SIGNALS).code
    assert code is not None
    assert (
        private_store.contributions.withdraw(code.lower().replace("-", " "), device="phone").in_edition
        is None
    )
    assert private_store.contributions.read_sketches("demo").empty
    assert private_store.contributions.read_places("demo").empty
    assert private_store.contributions.read_signals("demo").empty
    with pytest.raises(E.ContributionWithdrawn):
        private_store.contributions.submit(sent)
    with pytest.raises(E.CodeUnknown):
        private_store.contributions.find_by_code(code, device="phone")
    assert private_store.contributions.get_receipt(sent.id) is None


def test_another_drawing_under_the_same_id_is_not_lost_in_silence(private_store: Store) -> None:
    sent = contribution()
    receipt = private_store.contributions.submit(sent)
    with pytest.raises(E.ContributionDiffers):
        private_store.contributions.submit(replace(sent, geometry=square(50)))
    again = private_store.contributions.get_receipt(sent.id)
    assert again is not None
    assert again.code == receipt.code
    assert private_store.contributions.read_sketches("demo").geometry[receipt.id].equals(sent.geometry)


def test_a_change_replaces_and_keeps_the_code(private_store: Store) -> None:
    code = kept(private_store, PLACES, SIGNALS)
    initiative = private_store.contributions.read_signals("demo").query("kind == 'initiative'").index[0]
    private_store.sessions.set_signal_status(initiative, "wijkpanel", was="new", by=PLANNER)
    changed = private_store.contributions.replace(
        code, contribution(90, name="Nieuw"), (), SIGNALS[:1], device="phone"
    )
    assert (changed.version, changed.code) == (2, code)
    table = private_store.contributions.read_sketches("demo")
    assert table.name.tolist() == ["Nieuw"]
    assert table.geometry.iloc[0].equals(square(90))
    assert private_store.contributions.read_places("demo").empty
    assert private_store.contributions.read_signals("demo").status.to_dict() == {initiative: "wijkpanel"}
    assert private_store.contributions.replace(
        code, contribution(90, name="Nieuw"), (), SIGNALS[:1], device="phone"
    ).is_replay


def test_what_counts_by_default_and_what_does_not(private_store: Store) -> None:
    private_store.contributions.submit(contribution())
    private_store.contributions.submit(contribution(is_practice=True))
    private_store.contributions.submit(contribution(view=ViewFacts(saw_borders=True)))
    private_store.contributions.submit(contribution(mode="paper", created=date(2026, 4, 1)))
    assert len(private_store.contributions.read_sketches("demo")) == 2
    assert len(private_store.contributions.read_sketches("demo", filters=ALL)) == 4
    assert len(private_store.contributions.read_sketches("demo", filters=Filters(modes=("paper",)))) == 1
    assert len(private_store.contributions.read_sketches("demo", filters=Filters(first_day=TODAY))) == 1
    assert (
        len(private_store.contributions.read_sketches("demo", filters=Filters(last_day=date(2026, 4, 1))))
        == 1
    )


def test_raw_strokes_are_for_planners_and_are_logged(private_store: Store) -> None:
    sent = contribution()
    private_store.contributions.submit(sent)
    for actor in (None, Actor("resident"), Actor("facilitator", session="s")):
        with pytest.raises(E.AccessDenied):
            private_store.contributions.read_sketches("demo", raw=True, by=actor)
    assert private_store.contributions.read_sketches("demo", raw=True, by=PLANNER).raw.tolist() == [
        sent.raw_geojson
    ]
    assert [(r.action, r.account, r.project) for r in private_store.accounts.list_audit()] == [
        ("read raw drawings", "an-account", "demo")
    ]
    assert "raw" not in private_store.contributions.read_sketches("demo").columns


def test_answers_are_a_column_each(private_store: Store) -> None:
    one = private_store.contributions.submit(contribution(answers={"age": "65+", "reasons": ("water",)})).id
    two = private_store.contributions.submit(contribution(answers={"certainty": 3})).id
    table = private_store.contributions.read_answers("demo")
    assert table.loc[one, "reasons"] == ("water",)
    assert table.loc[two, "certainty"] == 3
    assert table.loc[two, "age"] is None


# --- revision


@examples(12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.sampled_from(["add", "again", "withdraw", "change", "read", "flag", "decide"]), max_size=10
    )
)
def test_the_revision_changes_exactly_when_the_contents_do(private_store: Store, steps: list[str]) -> None:
    """Equal revisions mean equal contents; reading and retrying change nothing."""
    sent: list[store.Contribution] = []
    seen: dict[str, tuple[object, ...]] = {}
    for number, step in enumerate(steps):
        if step == "add":
            sent.append(contribution(number))
            private_store.contributions.submit(sent[-1])
        elif step == "again" and sent:
            before = private_store.projects.revision_token("demo")
            private_store.contributions.submit(sent[-1])
            assert private_store.projects.revision_token("demo") == before
        elif step in {"withdraw", "change"} and sent:
            receipt = private_store.contributions.get_receipt(sent[-1].id)
            assert receipt is not None
            assert receipt.code is not None
            before = private_store.projects.revision_token("demo")
            if step == "withdraw":
                private_store.contributions.withdraw(receipt.code, device=new_id())
                sent.pop()
            else:
                sent[-1] = replace(sent[-1], geometry=square(1000 + number))
                private_store.contributions.replace(receipt.code, sent[-1], device=new_id())
            assert private_store.projects.revision_token("demo") != before
        elif step == "flag" and sent:
            private_store.moderation.add_flag(
                "demo",
                credentials.contribution_id(credentials.parse_client_id(sent[-1].id)),
                aspect="shape",
                reason="odd",
            )
        elif step == "decide" and sent:
            subject = credentials.contribution_id(credentials.parse_client_id(sent[-1].id))
            private_store.moderation.record_decision("demo", subject, "aside", by=PLANNER)
        table = private_store.contributions.read_sketches("demo", filters=ALL)
        contents = tuple(
            zip(table.index, table.geometry.to_wkt(), table.flagged_for, table.decision, strict=True)
        )
        revision = private_store.projects.revision_token("demo")
        assert table.attrs["revision"] == revision
        assert seen.setdefault(revision, contents) == contents


def test_a_project_saved_as_it_is_has_not_changed(private_store: Store) -> None:
    before = private_store.projects.revision_token("demo")
    private_store.projects.save(project())
    assert private_store.projects.revision_token("demo") == before
    private_store.projects.save(project(name="Anders"))
    assert private_store.projects.revision_token("demo") != before
    with pytest.raises(E.InputRefused):
        private_store.projects.save(project(crs="EPSG:32631"))
    assert private_store.projects.get("demo").crs == "EPSG:28992"


# --- looking after


def test_set_aside_adjust_undo_and_nothing_is_deleted(private_store: Store) -> None:
    receipt = private_store.contributions.submit(contribution())
    assert private_store.moderation.add_flag("demo", receipt.id, aspect="shape", reason="outlier")
    assert not private_store.moderation.add_flag("demo", receipt.id, aspect="shape", reason="outlier")
    private_store.moderation.record_decision("demo", receipt.id, "aside", by=PLANNER)
    assert private_store.contributions.read_sketches("demo").empty
    assert private_store.moderation.list_flags("demo")[0].decision == "aside"
    private_store.moderation.record_decision("demo", receipt.id, "adjust", adjusted=square(10), by=PLANNER)
    assert private_store.contributions.read_sketches("demo").geometry.iloc[0].equals(square(10))
    assert (
        private_store.contributions.read_sketches("demo", filters=Filters(use_adjusted=False))
        .geometry.iloc[0]
        .equals(square(0))
    )
    private_store.moderation.undo_decisions("demo", [receipt.id], by=PLANNER)
    assert private_store.contributions.read_sketches("demo").empty
    private_store.moderation.undo_decisions("demo", [receipt.id], by=PLANNER)
    assert private_store.contributions.read_sketches("demo").geometry.iloc[0].equals(square(0))
    assert private_store.contributions.read_sketches("demo").flagged_for.tolist() == [("outlier",)]
    assert private_store.contributions.read_sketches("demo", filters=Filters(include_flagged=False)).empty
    with pytest.raises(E.NothingToUndo):
        private_store.moderation.undo_decisions("demo", [receipt.id], by=PLANNER)
    with pytest.raises(E.AccessDenied):
        private_store.moderation.record_decision(
            "demo", receipt.id, "aside", by=Actor("facilitator", session="x")
        )


def test_many_are_decided_about_at_once_or_none_is(private_store: Store) -> None:
    """Two are accepted and one set aside in one act; an act about nobody who is there changes nothing."""
    keys = [private_store.contributions.submit(contribution(geometry=square(100 * n))).id for n in range(3)]
    before = private_store.projects.revision_token("demo")
    with pytest.raises(E.UnknownSubject):
        private_store.moderation.record_decisions("demo", {"nobody": "aside"}, adjusted={}, by=PLANNER)
    with pytest.raises(E.InputRefused):  # an outline for who is not adjusted
        private_store.moderation.record_decisions(
            "demo", {keys[0]: "aside"}, adjusted={keys[0]: square(1)}, by=PLANNER
        )
    assert private_store.moderation.shape_decisions("demo") == {}
    assert private_store.projects.revision_token("demo") == before
    private_store.moderation.record_decisions(
        "demo", {keys[0]: "accept", keys[1]: "accept", keys[2]: "aside"}, adjusted={}, by=PLANNER
    )
    assert [private_store.moderation.shape_decisions("demo")[key][0] for key in keys] == [
        "accept",
        "accept",
        "aside",
    ]
    logged = {row.action: row.n for row in private_store.accounts.list_audit()}
    assert (logged["decide: accept"], logged["decide: aside"]) == (2, 1)
    private_store.moderation.undo_decisions("demo", keys[:1], by=PLANNER)
    with pytest.raises(
        E.NothingToUndo
    ):  # of the first nothing is left to take back, so of the others nothing is
        private_store.moderation.undo_decisions("demo", keys, by=PLANNER)
    assert set(private_store.moderation.shape_decisions("demo")) == set(keys[1:])
    with pytest.raises(E.AccessDenied):
        private_store.moderation.undo_decisions("demo", keys[1:], by=Actor("facilitator", session="x"))


def test_a_step_is_taken_back_but_for_what_others_decided_or_withdrew(private_store: Store) -> None:
    """Three are accepted; another sets one aside and a resident withdraws one: one is open again, one stays aside."""
    sent = [private_store.contributions.submit(contribution(n, geometry=square(100 * n))) for n in range(4)]
    keys, decide = [one.id for one in sent], private_store.moderation.record_decisions
    private_store.contributions.withdraw(sent[3].code, device="phone")
    step = decide("demo", dict.fromkeys(keys, "accept"), adjusted={}, by=PLANNER)
    assert set(step) == set(keys[:3])
    decide("demo", {keys[1]: "aside"}, adjusted={}, by=Actor("planner", account="another"))
    private_store.contributions.withdraw(sent[2].code, device="phone")
    assert private_store.moderation.undo_step("demo", step.values(), by=PLANNER) == 1
    left = private_store.moderation.shape_decisions("demo")
    assert {key: action for key, (action, _) in left.items()} == {keys[1]: "aside"}
    with pytest.raises(E.NothingToUndo):
        private_store.moderation.undo_step("demo", step.values(), by=PLANNER)
    with pytest.raises(E.AccessDenied):
        private_store.moderation.undo_step("demo", step.values(), by=Actor("facilitator", session="x"))


def test_hidden_text_is_not_shown(private_store: Store) -> None:
    receipt = private_store.contributions.submit(contribution(name="Rotbuurt"), PLACES, SIGNALS)
    signal = private_store.contributions.read_signals("demo").index[0]
    private_store.moderation.record_decision("demo", receipt.id, "hide", aspect="name", by=PLANNER)
    private_store.moderation.record_decision("demo", receipt.id, "hide", aspect="lost", by=PLANNER)
    private_store.moderation.record_decision("demo", signal, "hide", aspect="words", by=PLANNER)
    assert private_store.contributions.read_sketches("demo").name.tolist() == [""]
    assert set(private_store.contributions.read_places("demo").lost) == {""}
    assert set(private_store.contributions.read_places("demo").words) == {"Lezen", ""}
    assert len(private_store.contributions.read_signals("demo")) == 1
    assert len(private_store.contributions.read_signals("demo", hidden=True)) == 2


def test_the_fourth_drawing_from_one_device_is_looked_at_and_kept(private_store: Store) -> None:
    for at in range(4):
        private_store.contributions.submit(contribution(at), device="one phone")
    assert [flag.reason for flag in private_store.moderation.list_flags("demo")] == ["many_from_one_device"]
    assert len(private_store.contributions.read_sketches("demo")) == 4


def test_the_sixty_first_in_an_hour_is_refused_and_welcome_later(private_store: Store, clock: Clock) -> None:
    for at in range(60):
        private_store.contributions.submit(contribution(at), device="one phone")
    late = contribution(61)
    with pytest.raises(E.TooManyTries) as refused:
        private_store.contributions.submit(late, device="one phone")
    assert refused.value.facts["wait_min"] == 60
    assert len(private_store.contributions.read_sketches("demo")) == 60
    private_store.contributions.submit(late, device="another phone")
    clock.now_s += 3600
    private_store.contributions.submit(contribution(62), device="one phone")


# --- codes


def test_ten_wrong_codes_and_the_right_one_has_to_wait(private_store: Store, clock: Clock) -> None:
    code = kept(private_store)
    for _ in range(10):
        with pytest.raises(E.CodeUnknown):
            private_store.contributions.withdraw("AAAA-BBBB-CCCC", device="thief")
    with pytest.raises(E.TooManyTries):
        private_store.contributions.withdraw(code, device="thief")
    assert private_store.contributions.find_by_code(code, device="owner").version == 1
    clock.now_s += 3601
    assert private_store.contributions.withdraw(code, device="thief").id


def test_right_codes_are_not_counted(private_store: Store) -> None:
    code = kept(private_store)
    for _ in range(25):
        private_store.contributions.find_by_code(code, device="phone")


def test_a_clock_set_back_shuts_nobody_out(private_store: Store, clock: Clock) -> None:
    code = kept(private_store)
    for _ in range(10):
        with pytest.raises(E.CodeUnknown):
            private_store.contributions.find_by_code("wrong", device="phone")
    clock.now_s -= 10 * 86_400
    assert private_store.contributions.find_by_code(code, device="phone").version == 1
    private_store.contributions.submit(contribution(1))
    assert len(private_store.contributions.read_sketches("demo")) == 2


# --- workshops


def new_session(private_store: Store, **more: object) -> tuple[WorkshopSession, str]:
    session = WorkshopSession("demo", "De Zonnebloem", TODAY, groups=("A", "B"))
    return private_store.sessions.create(replace(session, **more), by=PLANNER)  # type: ignore[arg-type]


def test_a_session_is_joined_by_its_code(private_store: Store) -> None:
    made, link = new_session(private_store)
    assert len(made.code) == 6
    assert (
        private_store.sessions.find_by_code(f" {made.code.lower()[:3]} {made.code[3:]}", device="phone")
        == made
    )
    actor = private_store.sessions.authenticate_facilitator(made.id, link, device="laptop")
    assert (actor.role, actor.session) == ("facilitator", made.id)
    closed = private_store.sessions.update(replace(made, is_open=False), by=actor)
    with pytest.raises(E.SessionClosed):
        private_store.sessions.find_by_code(made.code, device="phone")
    late = private_store.contributions.submit(contribution(session=made.id, group="A"))
    assert private_store.contributions.read_sketches("demo").session.to_dict() == {late.id: closed.id}
    assert private_store.contributions.count_by_session("demo") == {made.id: 1}


def test_a_wrong_link_does_not_open_the_door(private_store: Store) -> None:
    made, link = new_session(private_store)
    other, _ = new_session(private_store)
    for session, tried in ((made.id, "x"), (other.id, link), ("nowhere", link), (made.id, "")):
        with pytest.raises(E.SignInRefused):
            private_store.sessions.authenticate_facilitator(session, tried, device="laptop")
    fresh = private_store.sessions.rotate_link(made.id, by=PLANNER)
    with pytest.raises(E.SignInRefused):
        private_store.sessions.authenticate_facilitator(made.id, link, device="laptop")
    facilitator = private_store.sessions.authenticate_facilitator(made.id, fresh, device="laptop")
    with pytest.raises(E.AccessDenied):
        private_store.sessions.update(other, by=facilitator)


def test_guessing_session_codes_is_limited(private_store: Store) -> None:
    made, _ = new_session(private_store)
    for _ in range(30):
        with pytest.raises(E.UnknownSession):
            private_store.sessions.find_by_code("ZZZZZZ", device="guesser")
    with pytest.raises(E.TooManyTries):
        private_store.sessions.find_by_code("ZZZZZZ", device="guesser")
    assert private_store.sessions.find_by_code(made.code, device="guest") == made


def test_the_same_name_is_one_proposal(private_store: Store) -> None:
    made, _ = new_session(private_store)
    first = private_store.sessions.propose_name(made.id, " De Driehoek ", device="a")
    assert private_store.sessions.propose_name(made.id, "de driehoek", device="b") == first


def test_a_decision_about_a_signal_is_an_act(private_store: Store) -> None:
    """Who saw something else is refused; the same twice is one act; a facilitator has two words, a planner all."""
    made, link = new_session(private_store)
    actor = private_store.sessions.authenticate_facilitator(made.id, link, device="laptop")
    signal = private_store.sessions.add_signal(
        "demo", Signal("signal", "Te donker"), session=made.id, by=actor
    ).id

    def said() -> list[tuple[str, str]]:
        return [
            (row.role, row.action) for row in private_store.accounts.list_audit() if "signal" in row.action
        ]

    private_store.sessions.set_signal_status(signal, "wijkpanel", was="new", by=actor)
    private_store.sessions.set_signal_status(signal, "wijkpanel", was="new", by=actor)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.sessions.set_signal_status(signal, "declined", was="new", by=PLANNER)
    with pytest.raises(E.AccessDenied):
        private_store.sessions.set_signal_status(signal, "planned", was="wijkpanel", by=actor)
    private_store.sessions.set_signal_status(signal, "planned", was="wijkpanel", by=PLANNER)
    with pytest.raises(E.AccessDenied):
        private_store.sessions.set_signal_status(signal, "new", was="planned", by=actor)
    with pytest.raises(E.DecidedMeanwhile):
        private_store.sessions.set_signal_status(signal, "new", was="wijkpanel", by=actor)
    assert private_store.contributions.read_signals("demo", session=made.id).status.tolist() == ["planned"]
    assert said() == [
        ("facilitator", "decide about a signal: wijkpanel"),
        ("planner", "decide about a signal: planned"),
    ]


def test_a_session_of_another_project_is_refused(private_store: Store) -> None:
    made, _ = new_session(private_store)
    private_store.projects.save(project("other"))
    with pytest.raises(E.UnknownSession):
        private_store.contributions.submit(contribution(project="other", session=made.id))
    assert private_store.contributions.read_sketches("other").empty


# --- editions


def published(private_store: Store, **parts: str) -> store.Edition:
    """Publish one cell that rests on everybody's outline."""
    drawn = private_store.contributions.read_sketches("demo")
    versions = {str(key): str(version) for key, version in drawn["version"].items()}
    return private_store.editions.publish(
        "demo",
        list(drawn.index),
        parts or {"cores.geojson": f"{len(drawn)}"},
        [ReleaseCell("people", "total", versions)],
        method="iou1",
        by=PLANNER,
    )


def test_an_edition_comes_after_five_and_the_next_after_five_more(private_store: Store) -> None:
    """4 drawings: too few. 5: edition 1. 9: four people apart, too soon. 10: edition 2."""
    for at in range(4):
        kept(private_store, at=at)
    with pytest.raises(E.EditionTooSoon):
        published(private_store)
    assert private_store.editions.latest("demo") is None
    kept(private_store, at=4)
    assert published(private_store).number == 1
    for at in range(5, 9):
        kept(private_store, at=at)
    with pytest.raises(E.EditionTooSoon):
        published(private_store)
    kept(private_store, at=9)
    second = published(private_store)
    assert (second.number, second.n, second.added) == (2, 10, 5)
    assert [edition.number for edition in private_store.editions.list_all("demo")] == [2, 1]


def test_enough_changes_do_not_make_an_edition_of_too_few(private_store: Store) -> None:
    """With a limit of eight, seven drawings are too few, however far apart two editions must be."""
    private_store.projects.save(project(min_group_size=8))
    for at in range(7):
        kept(private_store, at=at)
    with pytest.raises(E.EditionTooSoon) as refused:
        published(private_store)
    assert refused.value.facts == {"changed": 0, "n": 7, "least": 8}
    assert private_store.editions.latest("demo") is None
    kept(private_store, at=7)
    assert published(private_store).n == 8


def test_the_store_refuses_a_cell_of_too_few_whatever_was_decided_before(private_store: Store) -> None:
    """The last wall: four of six people behind a cell, and three of them again under another key."""
    for at in range(6):
        kept(private_store, at=at)
    members = list(private_store.contributions.read_sketches("demo").index)
    four = ReleaseCell("people", "area/1", dict.fromkeys(members[:4], ""))
    with pytest.raises(E.EditionTooSoon):
        private_store.editions.publish("demo", members, {"a": "1"}, [four], method="x", by=PLANNER)
    both = [
        ReleaseCell("people", "area/1", dict.fromkeys(members, "")),
        ReleaseCell("people", "area/2", dict.fromkeys(members[:5], "")),
    ]
    with pytest.raises(E.EditionTooSoon):
        private_store.editions.publish("demo", members, {"a": "1"}, both, method="x", by=PLANNER)
    assert private_store.editions.list_all("demo") == []
    assert private_store.editions.read_ledger("demo").released == {}


def test_several_drawings_of_one_device_are_one_person(private_store: Store) -> None:
    """Four phones and a fifth that draws three times: five people; the last drawing of the fifth counts."""
    for at in range(4):
        private_store.contributions.submit(contribution(at), device=f"phone {at}")
    receipts = [private_store.contributions.submit(contribution(at), device="phone 4") for at in range(4, 7)]
    counted = private_store.contributions.read_sketches("demo", filters=Filters(one_per_person=True))
    assert len(counted) == 5
    assert receipts[2].id in counted.index
    assert receipts[0].id not in counted.index
    every = private_store.contributions.read_sketches("demo")
    cell = ReleaseCell("people", "total", dict.fromkeys(map(str, every.index), ""))
    assert len(private_store.editions.read_ledger("demo").candidate(cell).members) == 5


def test_a_helper_draws_for_many(private_store: Store) -> None:
    """Three drawings that somebody helped with, on one tablet, are three people."""
    for at in range(3):
        private_store.contributions.submit(contribution(at, mode="helped", helped_by="AB"), device="tablet")
    assert len(private_store.contributions.read_sketches("demo", filters=Filters(one_per_person=True))) == 3


def test_a_withdrawal_unlinks_every_released_cell(private_store: Store) -> None:
    """Two cells held the same person; afterwards each holds somebody unknown, and not the same one."""
    codes = [kept(private_store, at=at) for at in range(10)]
    members = list(private_store.contributions.read_sketches("demo").index)
    cells = [ReleaseCell(table, "all", dict.fromkeys(members, "")) for table in ("people", "border")]
    private_store.editions.publish("demo", members, {"a": "1"}, cells, method="x", by=PLANNER)
    private_store.contributions.withdraw(codes[0], device="phone")
    released = private_store.editions.read_ledger("demo").released
    unknown = [
        {person for person, version in released[table][0].members.items() if version == WITHDRAWN}
        for table in ("people", "border")
    ]
    assert [len(one) for one in unknown] == [1, 1]
    assert not unknown[0] & unknown[1]
    assert [len(released[table][0].members) for table in ("people", "border")] == [10, 10]


def test_below_five_people_left_an_edition_comes_down(private_store: Store) -> None:
    """Five drew and were published; one withdraws: nothing of it is shown any more, nor of those before."""
    codes = [kept(private_store, at=at) for at in range(5)]
    assert published(private_store).number == 1
    private_store.contributions.withdraw(codes[0], device="phone")
    assert private_store.editions.latest("demo") is None
    assert [edition.parts for edition in private_store.editions.list_all("demo")] == [{}]


def test_the_last_day_of_a_project_is_a_day_to_draw(private_store: Store, clock: Clock) -> None:
    """A project kept until 4 May takes drawings and changes on 4 May, and none on 5 May."""
    private_store.projects.save(project(retention_until=TODAY))
    code = kept(private_store)
    assert private_store.contributions.replace(code, contribution(77), device="phone").version == 2
    clock.now_s += 86_400
    with pytest.raises(E.ProjectClosed):
        kept(private_store, at=5)
    with pytest.raises(E.ProjectClosed):
        private_store.contributions.replace(code, contribution(78), device="phone")


def test_a_withdrawal_leaves_the_edition_until_the_next(private_store: Store) -> None:
    codes = [kept(private_store, at=at) for at in range(6)]
    first = published(private_store)
    assert private_store.contributions.withdraw(codes[0], device="phone").in_edition == 1
    assert private_store.editions.latest("demo") == first
    assert len(private_store.editions.members(first.id)) == 5
    private_store.contributions.replace(codes[1], contribution(77), device="phone")
    for at in range(10, 14):
        kept(private_store, at=at)
    second = published(private_store)
    assert (second.added, second.withdrawn, second.changed, second.n) == (4, 1, 1, 9)


def test_residents_do_not_publish(private_store: Store) -> None:
    with pytest.raises(E.AccessDenied):
        private_store.editions.publish("demo", [], {}, [], method="x", by=Actor("resident"))


# --- accounts


def test_passwords_open_and_wrong_ones_do_not(private_store: Store) -> None:
    assert private_store.accounts.list_all() == []
    with pytest.raises(E.PasswordTooWeak):
        private_store.accounts.create("planner-wonen", "planner", "kort")
    account = private_store.accounts.create("planner-wonen", "planner", "een lange zin als wachtwoord")
    with pytest.raises(E.AccountExists):
        private_store.accounts.create("planner-wonen", "planner", "een lange zin als wachtwoord")
    actor = private_store.accounts.authenticate(
        "planner-wonen", "een lange zin als wachtwoord", device="laptop"
    )
    assert actor == Actor("planner", account.id)
    for label, password in (("planner-wonen", "een andere zin als wachtwoord"), ("nobody", "x"), ("", "")):
        with pytest.raises(E.SignInRefused):
            private_store.accounts.authenticate(label, password, device="laptop")
    private_store.accounts.set_password(account.id, "een nog langere zin, dus beter")
    with pytest.raises(E.SignInRefused):
        private_store.accounts.authenticate("planner-wonen", "een lange zin als wachtwoord", device="laptop")
    private_store.accounts.delete(account.id)
    with pytest.raises(E.SignInRefused):
        private_store.accounts.authenticate(
            "planner-wonen", "een nog langere zin, dus beter", device="laptop"
        )


def test_right_passwords_use_up_no_tries(private_store: Store) -> None:
    """Ten tries an hour; who signs in eleven times, as a desk that is shared does, is never kept out."""
    private_store.accounts.create("balie", "planner", "een lange zin als wachtwoord")
    for _ in range(11):
        private_store.accounts.authenticate("balie", "een lange zin als wachtwoord", device="desk")


def test_guessing_passwords_is_limited(private_store: Store) -> None:
    for _ in range(10):
        with pytest.raises(E.SignInRefused):
            private_store.accounts.authenticate("planner", "wrong", device="thief")
    with pytest.raises(E.TooManyTries):
        private_store.accounts.authenticate("planner", "wrong", device="thief")


# --- closing


def test_after_the_last_day_nothing_is_taken(private_store: Store, clock: Clock) -> None:
    sent = contribution()
    private_store.contributions.submit(sent)
    clock.now_s += 300 * 86_400
    with pytest.raises(E.ProjectClosed):
        private_store.contributions.submit(contribution(1, created=date(2026, 12, 1)))
    assert private_store.contributions.submit(sent).is_replay


def test_unknown_projects_are_named(private_store: Store) -> None:
    for ask in (
        private_store.projects.get,
        private_store.projects.revision_token,
        private_store.contributions.read_sketches,
        private_store.contributions.read_places,
        private_store.contributions.read_signals,
        private_store.contributions.read_answers,
        private_store.contributions.count_by_session,
    ):
        with pytest.raises(E.UnknownProject):
            ask("elsewhere")
    with pytest.raises(E.UnknownProject):
        private_store.contributions.submit(contribution(project="elsewhere"))


def test_answers_filter_by_question_and_text_whatever_stands_in_them(private_store: Store) -> None:
    """Any of the texts of one question, all of the questions; a text that looks like an answer is none."""
    given = (
        {"own.Thema": "groen", "own.tafel": "1"},
        {"own.Thema": "Groen"},
        {"own.Thema": 'x","own.tafel":"1'},
        {"own.Thema": "water", "own.tafel": "1"},
    )
    for answers in given:
        private_store.contributions.submit(contribution(answers=answers))
    for asked, n in (
        ([("own.Thema", "groen")], 1),
        ([("own.tafel", "1")], 2),
        ([("own.Thema", "groen"), ("own.Thema", "water")], 2),
        ([("own.Thema", 'x","own.tafel":"1')], 1),
        ([("own.Thema", "Groen"), ("own.tafel", "1")], 0),
    ):
        filters = Filters(answers=tuple(asked))
        assert len(private_store.contributions.read_sketches("demo", filters=filters)) == n
