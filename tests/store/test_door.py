"""What goes in at the door comes out of it: once, unaltered, and gone when it is withdrawn."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geo.errors as E
import store
from geo.frames import SKETCHES
from store import ALL, Actor, Filters, HomeFacts, Signal, Store, ViewFacts, WorkshopSession
from tests.store.examples import PLACES, SIGNALS, TODAY, Clock, contribution, new_id, project, square

PLANNER = Actor("planner", "an-account")


def kept(bank: Store, *args: object, **more: object) -> str:
    """Submit; give the code."""
    code = bank.submit(contribution(**more), *args).code  # type: ignore[arg-type]
    assert code is not None
    return code


def test_sent_twice_it_is_kept_once(bank: Store) -> None:
    """The same id twice: one drawing, the same receipt, the same code."""
    told = contribution()
    first, again = bank.submit(told, PLACES, SIGNALS), bank.submit(told, PLACES, SIGNALS)
    assert (first.id, first.code) == (again.id, again.code)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert len(bank.sketches("demo")) == 1
    assert len(bank.places("demo")) == len(bank.signals("demo")) == 2


def test_a_retry_after_midnight_is_still_a_retry(bank: Store, clock: Clock) -> None:
    told = contribution()
    bank.submit(told)
    clock.now_s += 86_400
    again = bank.submit(replace(told, created=TODAY + timedelta(days=1)))
    assert again.is_replay
    assert again.stored_on == TODAY


def test_a_file_full_is_kept_wholly_or_not_at_all(bank: Store) -> None:
    """Three good ones and a bad one: nothing. Without the bad one: three; again: still three."""
    good = [contribution(at, mode="import") for at in range(3)]
    with pytest.raises(E.InputRefused):
        bank.submit_all([*good, contribution(id="not a uuid")])
    assert bank.sketches("demo").empty
    done: list[int] = []
    assert [r.is_replay for r in bank.submit_all(iter(good), progress=done.append)] == [False] * 3
    assert [r.is_replay for r in bank.submit_all(good)] == [True] * 3
    assert len(bank.sketches("demo")) == 3


def test_twenty_taps_at_once_give_one_drawing(bank: Store) -> None:
    told = contribution()
    with ThreadPoolExecutor(20) as phones:
        receipts = list(phones.map(lambda _: bank.submit(told, PLACES), range(20)))
    assert sorted(r.is_replay for r in receipts) == [False] + [True] * 19
    assert len(bank.sketches("demo")) == 1


def test_two_stores_on_one_address_see_the_same(bank: Store, url: str) -> None:
    """Two processes, or two machines: what one keeps the other finds."""
    with store.open(url) as other:
        receipts = [bank.submit(contribution(at)) for at in range(3)]
        receipts += [other.submit(contribution(at)) for at in range(3)]
        assert set(bank.sketches("demo").index) == {r.id for r in receipts}
        assert bank.revision("demo") == other.revision("demo")


def test_it_comes_back_as_it_went_in(bank: Store) -> None:
    told = contribution(
        name="Über-Ⅳ ‘buurt’ 🌳",
        home=HomeFacts(inside=True, unit="BU9901A0", to_centre_m=125, to_edge_m=0),
        repairs=("untangled",),
        helped_by="A. B.",
    )
    code = bank.submit(told, PLACES, SIGNALS).code
    assert code is not None
    found = bank.find(code, device="phone")
    assert replace(found.contribution, id=told.id) == replace(told, name="Über-IV ‘buurt’ 🌳")
    assert found.contribution.raw == told.raw
    assert found.places == PLACES
    assert [(s.kind, s.words) for s in found.signals] == [(s.kind, s.words) for s in SIGNALS]
    table = SKETCHES.admit(bank.sketches("demo"))
    assert table.crs.to_epsg() == 28992
    assert shapely.equals_exact(table.geometry.iloc[0], told.geometry, tolerance=0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corners=st.lists(
        st.tuples(st.floats(0, 1e5, width=64), st.floats(0, 1e5, width=64)),
        min_size=3,
        max_size=12,
        unique=True,
    )
)
def test_no_coordinate_changes_by_a_bit(bank: Store, corners: list[tuple[float, float]]) -> None:
    """Whatever is drawn: the stored outline has the very same doubles."""
    hull = shapely.MultiPoint([(x + 1e5, y + 4e5) for x, y in corners]).convex_hull
    if hull.geom_type != "Polygon" or not hull.area > 0:
        return
    receipt = bank.submit(contribution(geometry=hull))
    found = bank.sketches("demo").geometry[receipt.id]
    assert shapely.to_wkb(found) == shapely.to_wkb(hull)


def test_many_parts_and_holes_survive(bank: Store) -> None:
    ring = square(0).difference(shapely.box(150_100, 520_100, 150_200, 520_200))
    both = shapely.union_all([ring, square(1000)])
    bank.submit(contribution(geometry=both))
    assert bank.sketches("demo").geometry.iloc[0].equals(both)


def test_another_plane_keeps_its_own_metres(bank: Store) -> None:
    """New York: metres of a local plane, beside a project in RD."""
    plane = "+proj=laea +lat_0=41 +lon_0=-74 +datum=WGS84 +units=m +type=crs"
    bank.save_project(project("ny", crs=plane))
    here = shapely.box(1000, -5000, 1500, -4500)
    bank.submit(contribution(project="ny", geometry=here, mode="import"), PLACES[:1])
    bank.submit(contribution())
    assert bank.sketches("ny").crs.coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    assert bank.sketches("ny").geometry.iloc[0].equals(here)
    assert len(bank.places("ny")) == len(bank.sketches("demo")) == 1


def test_an_import_has_no_code(bank: Store) -> None:
    told = contribution(mode="import")
    assert bank.submit(told).code is None
    with pytest.raises(E.CodeUnknown):
        bank.withdraw(store.secret.code(store.secret.client_id(told.id)), device="phone")


def test_withdrawn_is_gone_and_a_late_retry_does_not_revive_it(bank: Store) -> None:
    told = contribution()
    code = bank.submit(told, PLACES, SIGNALS).code
    assert code is not None
    assert bank.withdraw(code.lower().replace("-", " "), device="phone").in_edition is None
    assert bank.sketches("demo").empty
    assert bank.places("demo").empty
    assert bank.signals("demo").empty
    with pytest.raises(E.ContributionWithdrawn):
        bank.submit(told)
    with pytest.raises(E.CodeUnknown):
        bank.find(code, device="phone")
    assert bank.receipt(told.id) is None


def test_another_drawing_under_the_same_id_is_not_lost_in_silence(bank: Store) -> None:
    told = contribution()
    receipt = bank.submit(told)
    with pytest.raises(E.ContributionDiffers):
        bank.submit(replace(told, geometry=square(50)))
    again = bank.receipt(told.id)
    assert again is not None
    assert again.code == receipt.code
    assert bank.sketches("demo").geometry[receipt.id].equals(told.geometry)


def test_a_change_replaces_and_keeps_the_code(bank: Store) -> None:
    code = kept(bank, PLACES, SIGNALS)
    initiative = bank.signals("demo").query("kind == 'initiative'").index[0]
    bank.set_signal_status(initiative, "wijkpanel", by=PLANNER)
    changed = bank.change(code, contribution(90, name="Nieuw"), (), SIGNALS[:1], device="phone")
    assert (changed.version, changed.code) == (2, code)
    table = bank.sketches("demo")
    assert table.name.tolist() == ["Nieuw"]
    assert table.geometry.iloc[0].equals(square(90))
    assert bank.places("demo").empty
    assert bank.signals("demo").status.to_dict() == {initiative: "wijkpanel"}
    assert bank.change(code, contribution(90, name="Nieuw"), (), SIGNALS[:1], device="phone").is_replay


def test_what_counts_by_default_and_what_does_not(bank: Store) -> None:
    bank.submit(contribution())
    bank.submit(contribution(practice=True))
    bank.submit(contribution(view=ViewFacts(saw_borders=True)))
    bank.submit(contribution(mode="paper", created=date(2026, 4, 1)))
    assert len(bank.sketches("demo")) == 2
    assert len(bank.sketches("demo", filters=ALL)) == 4
    assert len(bank.sketches("demo", filters=Filters(modes=("paper",)))) == 1
    assert len(bank.sketches("demo", filters=Filters(first_day=TODAY))) == 1
    assert len(bank.sketches("demo", filters=Filters(last_day=date(2026, 4, 1)))) == 1


def test_raw_strokes_are_for_planners_and_are_logged(bank: Store) -> None:
    told = contribution()
    bank.submit(told)
    for actor in (None, Actor("resident"), Actor("facilitator", session="s")):
        with pytest.raises(E.AccessDenied):
            bank.sketches("demo", raw=True, by=actor)
    assert bank.sketches("demo", raw=True, by=PLANNER).raw.tolist() == [told.raw]
    assert [(r.action, r.account, r.project) for r in bank.audit()] == [
        ("read raw drawings", "an-account", "demo")
    ]
    assert "raw" not in bank.sketches("demo").columns


def test_answers_are_a_column_each(bank: Store) -> None:
    one = bank.submit(contribution(answers={"age": "65+", "reasons": ("water",)})).id
    two = bank.submit(contribution(answers={"certainty": 3})).id
    table = bank.answers("demo")
    assert table.loc[one, "reasons"] == ("water",)
    assert table.loc[two, "certainty"] == 3
    assert table.loc[two, "age"] is None


# --- revision


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.sampled_from(["add", "again", "withdraw", "change", "read", "flag", "decide"]), max_size=10
    )
)
def test_the_revision_changes_exactly_when_the_contents_do(bank: Store, steps: list[str]) -> None:
    """Equal revisions mean equal contents; reading and retrying change nothing."""
    told: list[store.Contribution] = []
    seen: dict[str, tuple[object, ...]] = {}
    for number, step in enumerate(steps):
        if step == "add":
            told.append(contribution(number))
            bank.submit(told[-1])
        elif step == "again" and told:
            before = bank.revision("demo")
            bank.submit(told[-1])
            assert bank.revision("demo") == before
        elif step in {"withdraw", "change"} and told:
            receipt = bank.receipt(told[-1].id)
            assert receipt is not None
            assert receipt.code is not None
            before = bank.revision("demo")
            if step == "withdraw":
                bank.withdraw(receipt.code, device=new_id())
                told.pop()
            else:
                told[-1] = replace(told[-1], geometry=square(1000 + number))
                bank.change(receipt.code, told[-1], device=new_id())
            assert bank.revision("demo") != before
        elif step == "flag" and told:
            bank.flag(
                "demo", store.secret.filed(store.secret.client_id(told[-1].id)), aspect="shape", reason="odd"
            )
        elif step == "decide" and told:
            subject = store.secret.filed(store.secret.client_id(told[-1].id))
            bank.decide("demo", subject, "aside", by=PLANNER)
        table = bank.sketches("demo", filters=ALL)
        contents = tuple(
            zip(table.index, table.geometry.to_wkt(), table.flagged_for, table.decision, strict=True)
        )
        revision = bank.revision("demo")
        assert table.attrs["revision"] == revision
        assert seen.setdefault(revision, contents) == contents


def test_a_project_saved_as_it_is_has_not_changed(bank: Store) -> None:
    before = bank.revision("demo")
    bank.save_project(project())
    assert bank.revision("demo") == before
    bank.save_project(project(name="Anders"))
    assert bank.revision("demo") != before
    with pytest.raises(E.InputRefused):
        bank.save_project(project(crs="EPSG:32631"))
    assert bank.project("demo").crs == "EPSG:28992"


# --- looking after


def test_set_aside_adjust_undo_and_nothing_is_deleted(bank: Store) -> None:
    receipt = bank.submit(contribution())
    assert bank.flag("demo", receipt.id, aspect="shape", reason="outlier")
    assert not bank.flag("demo", receipt.id, aspect="shape", reason="outlier")
    bank.decide("demo", receipt.id, "aside", by=PLANNER)
    assert bank.sketches("demo").empty
    assert bank.flags("demo")[0].decision == "aside"
    bank.decide("demo", receipt.id, "adjust", adjusted=square(10), by=PLANNER)
    assert bank.sketches("demo").geometry.iloc[0].equals(square(10))
    assert bank.sketches("demo", filters=Filters(adjusted=False)).geometry.iloc[0].equals(square(0))
    bank.undo("demo", receipt.id, by=PLANNER)
    assert bank.sketches("demo").empty
    bank.undo("demo", receipt.id, by=PLANNER)
    assert bank.sketches("demo").geometry.iloc[0].equals(square(0))
    assert bank.sketches("demo").flagged_for.tolist() == [("outlier",)]
    assert bank.sketches("demo", filters=Filters(flagged=False)).empty
    with pytest.raises(E.NothingToUndo):
        bank.undo("demo", receipt.id, by=PLANNER)
    with pytest.raises(E.AccessDenied):
        bank.decide("demo", receipt.id, "aside", by=Actor("facilitator", session="x"))


def test_hidden_text_is_not_shown(bank: Store) -> None:
    receipt = bank.submit(contribution(name="Rotbuurt"), PLACES, SIGNALS)
    signal = bank.signals("demo").index[0]
    bank.decide("demo", receipt.id, "hide", aspect="name", by=PLANNER)
    bank.decide("demo", receipt.id, "hide", aspect="lost", by=PLANNER)
    bank.decide("demo", signal, "hide", aspect="words", by=PLANNER)
    assert bank.sketches("demo").name.tolist() == [""]
    assert set(bank.places("demo").lost) == {""}
    assert set(bank.places("demo").words) == {"Lezen", ""}
    assert len(bank.signals("demo")) == 1
    assert len(bank.signals("demo", hidden=True)) == 2


def test_the_fourth_drawing_from_one_device_is_looked_at_and_kept(bank: Store) -> None:
    for at in range(4):
        bank.submit(contribution(at), device="one phone")
    assert [flag.reason for flag in bank.flags("demo")] == ["many_from_one_device"]
    assert len(bank.sketches("demo")) == 4


def test_the_sixty_first_in_an_hour_is_refused_and_welcome_later(bank: Store, clock: Clock) -> None:
    for at in range(60):
        bank.submit(contribution(at), device="one phone")
    late = contribution(61)
    with pytest.raises(E.TooManyTries) as refused:
        bank.submit(late, device="one phone")
    assert refused.value.facts["wait_min"] == 60
    assert len(bank.sketches("demo")) == 60
    bank.submit(late, device="another phone")
    clock.now_s += 3600
    bank.submit(contribution(62), device="one phone")


# --- codes


def test_ten_wrong_codes_and_the_right_one_has_to_wait(bank: Store, clock: Clock) -> None:
    code = kept(bank)
    for _ in range(10):
        with pytest.raises(E.CodeUnknown):
            bank.withdraw("AAAA-BBBB-CCCC", device="thief")
    with pytest.raises(E.TooManyTries):
        bank.withdraw(code, device="thief")
    assert bank.find(code, device="owner").version == 1
    clock.now_s += 3601
    assert bank.withdraw(code, device="thief").id


def test_right_codes_are_not_counted(bank: Store) -> None:
    code = kept(bank)
    for _ in range(25):
        bank.find(code, device="phone")


def test_a_clock_set_back_shuts_nobody_out(bank: Store, clock: Clock) -> None:
    code = kept(bank)
    for _ in range(10):
        with pytest.raises(E.CodeUnknown):
            bank.find("wrong", device="phone")
    clock.now_s -= 10 * 86_400
    assert bank.find(code, device="phone").version == 1
    bank.submit(contribution(1))
    assert len(bank.sketches("demo")) == 2


# --- workshops


def evening(bank: Store, **more: object) -> tuple[WorkshopSession, str]:
    session = WorkshopSession("demo", "De Zonnebloem", TODAY, groups=("A", "B"))
    return bank.add_session(replace(session, **more), by=PLANNER)  # type: ignore[arg-type]


def test_an_evening_is_joined_by_its_code(bank: Store) -> None:
    made, link = evening(bank)
    assert len(made.code) == 6
    assert bank.join(f" {made.code.lower()[:3]} {made.code[3:]}", device="phone") == made
    actor = bank.facilitator(made.id, link, device="laptop")
    assert (actor.role, actor.session) == ("facilitator", made.id)
    closed = bank.save_session(replace(made, is_open=False), by=actor)
    with pytest.raises(E.SessionClosed):
        bank.join(made.code, device="phone")
    late = bank.submit(contribution(session=made.id, group="A"))
    assert bank.sketches("demo").session.to_dict() == {late.id: closed.id}
    assert bank.counts("demo") == {made.id: 1}


def test_a_wrong_link_does_not_open_the_door(bank: Store) -> None:
    made, link = evening(bank)
    other, _ = evening(bank)
    for session, tried in ((made.id, "x"), (other.id, link), ("nowhere", link), (made.id, "")):
        with pytest.raises(E.SignInRefused):
            bank.facilitator(session, tried, device="laptop")
    fresh = bank.new_link(made.id, by=PLANNER)
    with pytest.raises(E.SignInRefused):
        bank.facilitator(made.id, link, device="laptop")
    facilitator = bank.facilitator(made.id, fresh, device="laptop")
    with pytest.raises(E.AccessDenied):
        bank.save_session(other, by=facilitator)


def test_guessing_session_codes_is_limited(bank: Store) -> None:
    made, _ = evening(bank)
    for _ in range(30):
        with pytest.raises(E.UnknownSession):
            bank.join("ZZZZZZ", device="guesser")
    with pytest.raises(E.TooManyTries):
        bank.join("ZZZZZZ", device="guesser")
    assert bank.join(made.code, device="guest") == made


def test_dots_are_divided_once_a_device(bank: Store) -> None:
    made, link = evening(bank, dots=3)
    actor = bank.facilitator(made.id, link, device="laptop")
    first = bank.propose(made.id, " De Driehoek ", device="a")
    assert bank.propose(made.id, "de driehoek", device="b") == first
    second = bank.propose(made.id, "Het Eiland", device="b")
    signal = bank.add_signal("demo", Signal("initiative", "Moestuin"), session=made.id, by=actor)
    bank.vote(made.id, {first.id: 2, second.id: 1}, device="a")
    bank.vote(made.id, {first.id: 1, signal.id: 2}, device="a")
    bank.vote(made.id, {first.id: 3}, device="b")
    assert bank.votes(made.id) == {first.id: 4, signal.id: 2}
    with pytest.raises(E.TooManyDots):
        bank.vote(made.id, {first.id: 4}, device="c")
    with pytest.raises(E.UnknownSubject):
        bank.vote(made.id, {"elsewhere": 1}, device="c")
    bank.set_signal_status(signal.id, "wijkpanel", by=actor)
    assert bank.signals("demo", session=made.id).status.tolist() == ["wijkpanel"]


def test_a_session_of_another_project_is_refused(bank: Store) -> None:
    made, _ = evening(bank)
    bank.save_project(project("other"))
    with pytest.raises(E.UnknownSession):
        bank.submit(contribution(project="other", session=made.id))
    assert bank.sketches("other").empty


# --- editions


def published(bank: Store) -> store.Edition:
    members = list(bank.sketches("demo").index)
    return bank.publish("demo", members, {"cores.geojson": f"{len(members)}"}, method="iou1", by=PLANNER)


def test_an_edition_comes_after_five_and_the_next_after_five_more(bank: Store) -> None:
    """4 drawings: too few. 5: edition 1. 9: too soon. 10: edition 2."""
    for at in range(4):
        kept(bank, at=at)
    with pytest.raises(E.EditionTooSoon):
        published(bank)
    assert bank.latest("demo") is None
    kept(bank, at=4)
    assert published(bank).number == 1
    for at in range(5, 9):
        kept(bank, at=at)
    assert bank.waiting("demo", list(bank.sketches("demo").index)) == 4
    with pytest.raises(E.EditionTooSoon):
        published(bank)
    kept(bank, at=9)
    second = published(bank)
    assert (second.number, second.n, second.added) == (2, 10, 5)
    assert [edition.number for edition in bank.editions("demo")] == [2, 1]


def test_a_withdrawal_leaves_the_edition_until_the_next(bank: Store) -> None:
    codes = [kept(bank, at=at) for at in range(6)]
    first = published(bank)
    assert bank.withdraw(codes[0], device="phone").in_edition == 1
    assert bank.latest("demo") == first
    assert len(bank.members(first.id)) == 5
    bank.change(codes[1], contribution(77), device="phone")
    for at in range(10, 13):
        kept(bank, at=at)
    second = published(bank)
    assert (second.added, second.withdrawn, second.changed, second.n) == (3, 1, 1, 8)


def test_residents_do_not_publish(bank: Store) -> None:
    with pytest.raises(E.AccessDenied):
        bank.publish("demo", [], {}, method="x", by=Actor("resident"))


# --- accounts


def test_passwords_open_and_wrong_ones_do_not(bank: Store) -> None:
    assert bank.accounts() == []
    with pytest.raises(E.PasswordTooWeak):
        bank.add_account("planner-wonen", "planner", "kort")
    account = bank.add_account("planner-wonen", "planner", "een lange zin als wachtwoord")
    with pytest.raises(E.AccountExists):
        bank.add_account("planner-wonen", "planner", "een lange zin als wachtwoord")
    actor = bank.sign_in("planner-wonen", "een lange zin als wachtwoord", device="laptop")
    assert actor == Actor("planner", account.id)
    for label, password in (("planner-wonen", "een andere zin als wachtwoord"), ("nobody", "x"), ("", "")):
        with pytest.raises(E.SignInRefused):
            bank.sign_in(label, password, device="laptop")
    bank.set_password(account.id, "een nog langere zin, dus beter")
    with pytest.raises(E.SignInRefused):
        bank.sign_in("planner-wonen", "een lange zin als wachtwoord", device="laptop")
    bank.remove_account(account.id)
    with pytest.raises(E.SignInRefused):
        bank.sign_in("planner-wonen", "een nog langere zin, dus beter", device="laptop")


def test_guessing_passwords_is_limited(bank: Store) -> None:
    for _ in range(10):
        with pytest.raises(E.SignInRefused):
            bank.sign_in("planner", "wrong", device="thief")
    with pytest.raises(E.TooManyTries):
        bank.sign_in("planner", "wrong", device="thief")


# --- closing


def test_after_the_last_day_nothing_is_taken(bank: Store, clock: Clock) -> None:
    told = contribution()
    bank.submit(told)
    clock.now_s += 300 * 86_400
    with pytest.raises(E.ProjectClosed):
        bank.submit(contribution(1, created=date(2026, 12, 1)))
    assert bank.submit(told).is_replay


def test_unknown_projects_are_named(bank: Store) -> None:
    for ask in (
        bank.project,
        bank.revision,
        bank.sketches,
        bank.places,
        bank.signals,
        bank.answers,
        bank.counts,
    ):
        with pytest.raises(E.UnknownProject):
            ask("elsewhere")
    with pytest.raises(E.UnknownProject):
        bank.submit(contribution(project="elsewhere"))
