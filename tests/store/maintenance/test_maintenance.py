"""Backing up, putting back, moving house, the workshop box, and erasing for good."""

import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import fiona
import geopandas as gpd
import pytest

import geo.errors as E
import store
from store import ALL, Actor, Edition, Filters, ReleaseCell, Store, WorkshopSession
from store.engines import migrations, schema
from store.engines.postgres import PostgresEngine
from store.engines.sqlite import SqliteEngine
from store.maintenance.verification import read_bundle
from tests.support.postgres_cluster import Cluster
from tests.support.store_factories import PLACES, SIGNALS, TODAY, Clock, contribution, new_id, project, square

PLANNER = Actor("planner", "an-account")
MARK = "Zevenbladrozenhof"
"""A word that is nowhere by chance."""


def contents(private_store: Store, key: str = "demo") -> list[tuple[object, ...]]:
    """Return all that is visible of the drawings of a project."""
    table = private_store.contributions.read_sketches(key, filters=ALL, raw=True, by=PLANNER)
    return list(
        zip(
            table.index,
            table.geometry.to_wkb(),
            table.raw,
            table.name,
            table.answers,
            table.version,
            strict=True,
        )
    )


def files_of(url: str) -> list[Path]:
    path = Path(url.removeprefix("sqlite:///"))
    return [part for part in path.parent.glob(path.name + "*") if part.is_file()]


# --- backup


def test_a_backup_holds_everything_and_is_checked(private_store: Store, tmp_path: Path) -> None:
    codes = [private_store.contributions.submit(contribution(at), PLACES, SIGNALS).code for at in range(3)]
    sound = private_store.maintenance.write_backup(tmp_path / "backups" / "b.gpkg")
    assert (sound.contributions, sound.places, sound.signals, sound.altered) == (3, 6, 6, ())
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["b.gpkg"]
    with pytest.raises(E.BackupExists):
        private_store.maintenance.write_backup(tmp_path / "backups" / "b.gpkg")
    with store.open_store(f"sqlite:///{tmp_path}/backups/b.gpkg") as copy:
        assert contents(copy) == contents(private_store)
        assert copy.contributions.find_by_code(codes[0] or "", device="phone").places == PLACES


def test_put_back_what_was_there_and_never_what_was_withdrawn(
    private_store: Store, url: str, tmp_path: Path
) -> None:
    """Five in the backup, one withdrawn since, one new since: four come back."""
    codes = [private_store.contributions.submit(contribution(at)).code for at in range(5)]
    private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    gone = private_store.contributions.withdraw(codes[0] or "", device="phone").id
    new = private_store.contributions.submit(contribution(9)).id
    with pytest.raises(E.StoreNotEmpty):
        store.restore_backup(tmp_path / "b.gpkg", url)
    assert new in private_store.contributions.read_sketches("demo").index
    before = private_store.projects.revision_token("demo")
    moved = store.restore_backup(tmp_path / "b.gpkg", url, replace=True)
    assert (moved.taken, moved.withdrawn) == (4, 1)
    assert len(private_store.contributions.read_sketches("demo")) == 4
    assert gone not in private_store.contributions.read_sketches("demo").index
    assert private_store.projects.revision_token("demo") != before
    assert private_store.contributions.find_by_code(codes[1] or "", device="phone").version == 1
    assert private_store.maintenance.verify().altered == ()


@pytest.mark.parametrize("published_before", [False, True])
def test_what_was_published_after_a_backup_is_still_known(
    private_store: Store, url: str, tmp_path: Path, published_before: bool
) -> None:
    """The files are out, so a draft one person apart waits; whose drawing the backup lacks is somebody unknown."""

    def publish() -> Edition:
        members = list(private_store.contributions.read_sketches("demo").index)
        return private_store.editions.publish(
            "demo", members, {"a.json": "{}"}, _all(private_store), method="m1", by=PLANNER
        )

    for at in range(10):
        private_store.contributions.submit(contribution(at), device=f"phone {at}")
    if published_before:
        publish()
    private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    for at in range(10, 20):
        private_store.contributions.submit(contribution(at), device=f"phone {at}")
    out = publish()
    store.restore_backup(tmp_path / "b.gpkg", url, replace=True)
    assert private_store.editions.latest("demo") == out
    last = max(private_store.editions.read_ledger("demo").released["people"], key=lambda one: one.release)
    assert (last.key, last.edition, len(last.members)) == ("total", out.id, 20)
    here = private_store.editions.read_ledger("demo").candidate(_all(private_store)[0]).members
    assert len(here) == 10
    assert here.items() <= last.members.items(), "the same people, with the same drawings"
    assert [*last.members.values()].count("withdrawn") == 10
    before = private_store.editions.read_ledger("demo").released
    store.restore_backup(tmp_path / "b.gpkg", url, replace=True)  # again, with what was carried over
    assert private_store.editions.list_all("demo")[0] == out
    assert [len(one.members) for one in private_store.editions.read_ledger("demo").released["people"]] == [
        len(one.members) for one in before["people"]
    ]


def test_a_draft_one_person_from_what_was_published_after_a_backup_waits(
    private_store: Store, url: str, tmp_path: Path
) -> None:
    for at in range(9):
        private_store.contributions.submit(contribution(at), device=f"phone {at}")
    private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    private_store.contributions.submit(contribution(9), device="phone 9")
    publish = private_store.editions.publish
    members = list(private_store.contributions.read_sketches("demo").index)
    publish("demo", members, {"a.json": "{}"}, _all(private_store), method="m1", by=PLANNER)
    store.restore_backup(tmp_path / "b.gpkg", url, replace=True)
    left = list(private_store.contributions.read_sketches("demo").index)
    assert len(left) == 9
    with pytest.raises(E.EditionTooSoon):
        publish("demo", left, {"a.json": "{}"}, _all(private_store), method="m1", by=PLANNER)
    assert private_store.editions.list_all("demo")[0].n == 10


def test_a_backup_of_an_older_schema_is_put_back(private_store: Store, url: str, tmp_path: Path) -> None:
    """A backup from before there were tickets is migrated in a copy; the file itself stays as it was."""
    for at in range(3):
        private_store.contributions.submit(contribution(at), PLACES, SIGNALS)
    private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    with forging(tmp_path / "b.gpkg") as older:
        for step in [one for at in sorted(migrations.STEPS) if at >= 2 for one in migrations.STEPS[at]][::-1]:
            _undo(older, step)
        older.execute("UPDATE setting SET value = '2' WHERE key = 'schema'")
    before, file = contents(private_store), (tmp_path / "b.gpkg").read_bytes()
    assert store.restore_backup(tmp_path / "b.gpkg", url, replace=True).taken == 3
    assert contents(private_store) == before
    assert (tmp_path / "b.gpkg").read_bytes() == file


def _undo(older: sqlite3.Connection, step: str) -> None:
    """Undo one statement of a migration; an index goes with its table."""
    made, added = re.match(r"CREATE TABLE (\w+)", step), re.match(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", step)
    if made:
        older.execute(f"DROP TABLE {made[1]}")
        older.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (made[1],))
    elif added:
        older.execute(f"ALTER TABLE {added[1]} DROP COLUMN {added[2]}")
    elif step == "DROP TABLE dot":
        older.execute("CREATE TABLE dot (session TEXT, device_hash TEXT, subject TEXT, dots INTEGER)")


def test_a_night_keeps_the_last_ones(private_store: Store, clock: Clock, tmp_path: Path) -> None:
    for _ in range(4):
        private_store.maintenance.write_nightly_backup(tmp_path / "nights", keep=3)
        private_store.maintenance.write_nightly_backup(tmp_path / "nights", keep=3)
        clock.now_s += 86_400
    assert sorted(path.name for path in (tmp_path / "nights").iterdir()) == [
        "buurt-2026-05-05.gpkg",
        "buurt-2026-05-06.gpkg",
        "buurt-2026-05-07.gpkg",
    ]


def half_of(path: Path, target: Path) -> Path:
    whole = path.read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    return target


def one_bit_off(path: Path, target: Path) -> Path:
    """Change a letter of what somebody wrote, where no checksum of the file looks."""
    whole = path.read_bytes()
    assert whole.count(b"De Driehoek") >= 1
    target.write_bytes(whole.replace(b"De Driehoek", b"De Driehoel"))
    return target


def not_a_store(_: Path, target: Path) -> Path:
    target.write_bytes(b"PK\x03\x04" + bytes(8000))
    return target


def another_package(_: Path, target: Path) -> Path:
    gpd.GeoDataFrame({"a": [1]}, geometry=[square()], crs=28992).to_file(target, layer="t")
    return target


def empty(_: Path, target: Path) -> Path:
    target.touch()
    return target


def absent(_: Path, target: Path) -> Path:
    return target


@pytest.mark.parametrize("spoil", [half_of, one_bit_off, not_a_store, another_package, empty, absent])
def test_a_spoiled_backup_is_refused_and_nothing_is_touched(
    private_store: Store, url: str, tmp_path: Path, spoil: Callable[[Path, Path], Path]
) -> None:
    for at in range(3):
        private_store.contributions.submit(contribution(at), PLACES)
    private_store.maintenance.write_backup(tmp_path / "good.gpkg")
    spoiled = spoil(tmp_path / "good.gpkg", tmp_path / "spoiled.gpkg")
    before = contents(private_store)
    with pytest.raises(E.BackupBroken):
        store.restore_backup(spoiled, url, replace=True)
    with pytest.raises(E.BackupBroken):
        private_store.maintenance.merge_from(spoiled)
    assert contents(private_store) == before


def test_a_backup_that_stops_half_way_leaves_no_file(private_store: Store, tmp_path: Path) -> None:
    private_store.contributions.submit(contribution())
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "b.gpkg.partial").mkdir()
    with pytest.raises(E.StoreError):
        private_store.maintenance.write_backup(tmp_path / "closed" / "b.gpkg")
    assert not (tmp_path / "closed" / "b.gpkg").exists()
    (tmp_path / "file").touch()
    with pytest.raises(E.StoreReadOnly):
        private_store.maintenance.write_backup(tmp_path / "file" / "b.gpkg")


# --- moving house


def _all(private_store: Store) -> list[ReleaseCell]:
    members = dict.fromkeys(map(str, private_store.contributions.read_sketches("demo").index), "")
    return [ReleaseCell("people", "total", members)]


def furnished(private_store: Store) -> None:
    """Put something in every table."""
    private_store.accounts.create("planner", "planner", "een lange zin als wachtwoord")
    made, _ = private_store.sessions.create(
        WorkshopSession("demo", "Zaal", TODAY, ("A",), 150_000.5, 520_000.25), by=PLANNER
    )
    for at in range(6):
        private_store.contributions.submit(
            contribution(at, session=made.id, group="A"), PLACES, SIGNALS, device="phone"
        )
    subject = private_store.contributions.read_sketches("demo").index[0]
    private_store.moderation.add_flag("demo", subject, aspect="shape", reason="odd")
    private_store.moderation.record_decision("demo", subject, "adjust", adjusted=square(7), by=PLANNER)
    proposal = private_store.sessions.propose_name(made.id, "Het Eiland", device="phone")
    asked = private_store.rounds.create(made.id, "name", subjects=[proposal.id], is_open=True, by=PLANNER)
    private_store.rounds.change_vote(asked.id, proposal.id, 1, device="phone")
    private_store.rounds.close(asked.id, by=PLANNER)
    private_store.editions.publish(
        "demo",
        list(private_store.contributions.read_sketches("demo").index),
        {"a.json": "{}"},
        [],
        method="m1",
        by=PLANNER,
    )
    private_store.projects.save(
        project("ny", crs="+proj=laea +lat_0=41 +lon_0=-74 +datum=WGS84 +units=m +type=crs")
    )
    private_store.contributions.submit(contribution(project="ny"), PLACES)
    code = private_store.contributions.submit(contribution(8)).code
    private_store.contributions.withdraw(code or "", device="phone")


def test_there_and_back_again(
    private_store: Store, url: str, clock: Clock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """To the other engine and back: the same contents, down to dots, editions and passwords."""
    furnished(private_store)
    there = str(request.getfixturevalue("cluster").database())
    if not url.startswith("sqlite"):
        there = f"sqlite:///{tmp_path}/there.gpkg"
    back = f"sqlite:///{tmp_path}/back.gpkg"
    assert store.copy_store(url, there).taken == store.copy_store(there, back).taken == 7
    with pytest.raises(E.StoreNotEmpty):
        store.copy_store(url, back)
    for address in (there, back):
        with store.open_store(address, clock=clock) as other:
            assert contents(other) == contents(private_store)
            assert contents(other, "ny") == contents(private_store, "ny")
            assert other.contributions.read_places("demo").equals(
                private_store.contributions.read_places("demo")
            )
            assert other.contributions.read_signals("demo").equals(
                private_store.contributions.read_signals("demo")
            )
            assert other.sessions.list_all("demo") == private_store.sessions.list_all("demo")
            assert other.editions.list_all("demo") == private_store.editions.list_all("demo")
            assert other.moderation.list_flags("demo") == private_store.moderation.list_flags("demo")
            assert other.projects.revision_token("demo") == private_store.projects.revision_token("demo")
            assert other.accounts.list_all() == private_store.accounts.list_all()
            session = private_store.sessions.list_all("demo")[0].id
            (asked,) = private_store.rounds.list_all(session)
            assert other.rounds.list_all(session) == [asked]
            assert other.rounds.tally(asked.id) == private_store.rounds.tally(asked.id) != {}
            assert (
                other.accounts.authenticate("planner", "een lange zin als wachtwoord", device="x").role
                == "planner"
            )
            assert other.maintenance.verify().altered == ()


# --- the workshop box


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with store.open_store(f"sqlite:///{tmp_path}/box.gpkg", clock=clock) as box:
        box.projects.save(project())
        yield box


def test_the_box_comes_home_without_doubles(private_store: Store, box: Store, tmp_path: Path) -> None:
    """Merged while it is still open, twice: every drawing once, codes work, erased stays erased."""
    both = contribution(0)
    private_store.contributions.submit(both)
    box.contributions.submit(both)
    made, _ = box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    codes = [
        box.contributions.submit(contribution(at, session=made.id), PLACES, SIGNALS, device="phone").code
        for at in range(1, 5)
    ]
    receipt = box.contributions.submit(contribution(5))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    box.contributions.withdraw(receipt.code or "", device="phone")
    gone_here = contribution(6)
    box.contributions.submit(gone_here)
    receipt = private_store.contributions.submit(gone_here)
    private_store.contributions.withdraw(receipt.code or "", device="phone")
    first = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (first.taken, first.known, first.withdrawn, first.conflicts) == (0, 5, 1, ())
    again = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (again.taken, again.known, again.withdrawn) == (0, 5, 0)
    assert len(private_store.contributions.read_sketches("demo")) == 5
    assert (
        len(private_store.contributions.read_places("demo"))
        == len(private_store.contributions.read_signals("demo"))
        == 8
    )
    assert (
        private_store.contributions.find_by_code(codes[0] or "", device="phone").contribution.session
        == made.id
    )
    assert private_store.maintenance.verify().altered == ()


def test_an_evening_of_a_box_counts_where_the_office_handed_out_tickets(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """The box had no tickets to ask for. Drawn outside its evening, or in the office since, a ticket is asked for."""
    private_store.tickets.create("demo", 5, by=PLANNER)
    made, _ = box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    for at in range(3):
        box.contributions.submit(contribution(at, session=made.id), device=f"phone {at}")
    box.contributions.submit(contribution(3), device="phone 3")
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    private_store.contributions.submit(contribution(4, session=made.id), device="phone 4")
    counted = Filters(one_per_person=True)
    assert len(private_store.contributions.read_sketches("demo")) == 5
    assert len(private_store.contributions.read_sketches("demo", filters=counted)) == 3
    private_store.tickets.create("demo", 5, session=made.id, by=PLANNER)
    assert len(private_store.contributions.read_sketches("demo", filters=counted)) == 0


def test_the_later_version_wins_and_a_fork_is_reported(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """Changed in the box only: taken over. Changed on both sides: each keeps its own, and it is stated."""
    later, forked = contribution(0), contribution(1)
    for one in (later, forked):
        private_store.contributions.submit(one)
    receipts = [box.contributions.submit(one) for one in (later, forked)]
    box.contributions.replace(receipts[0].code or "", contribution(50), device="phone")
    box.contributions.replace(receipts[1].code or "", contribution(60), device="phone")
    private_store.contributions.replace(receipts[1].code or "", contribution(70), device="phone")
    moved = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (moved.updated, moved.conflicts) == (1, (receipts[1].id,))
    assert private_store.contributions.read_sketches("demo").geometry[receipts[0].id].equals(square(50))
    assert private_store.contributions.read_sketches("demo").geometry[receipts[1].id].equals(square(70))


def test_a_box_erases_and_changes_nothing_that_did_not_come_from_it(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """A file that names drawings of others as erased, or brings a later version without their code, is told so."""
    theirs = private_store.contributions.submit(contribution(0))
    changed = private_store.contributions.submit(contribution(1))
    mine = box.contributions.submit(contribution(2), device="phone")
    with forging(tmp_path / "box.gpkg") as forged:
        forged.execute("INSERT INTO erased VALUES (?, 'demo', 'withdrawn')", (theirs.id,))
        forged.execute("UPDATE contribution SET id = ?, version = 9 WHERE id = ?", (changed.id, mine.id))
        for table in ("sketch", "withdrawal_code"):
            forged.execute(
                f"UPDATE {table} SET contribution = ? WHERE contribution = ?", (changed.id, mine.id)
            )
    digest_again(tmp_path / "box.gpkg", changed.id)
    found = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (found.taken, found.updated, found.withdrawn) == (0, 0, 0)
    assert set(found.conflicts) == {theirs.id, changed.id}
    left = private_store.contributions.read_sketches("demo")
    assert left.geometry[theirs.id].equals(square(0))
    assert left.geometry[changed.id].equals(square(1))


def test_a_box_is_admitted_as_a_stranger_is(private_store: Store, box: Store, tmp_path: Path) -> None:
    """A text no page lets through stays out, and so do an edition of the office's project and votes in its session."""
    good = box.contributions.submit(contribution(0), device="phone")
    bad = box.contributions.submit(contribution(1), device="phone")
    hall, _ = private_store.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    made, _ = box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    other, _ = box.sessions.create(WorkshopSession("demo", "Andere zaal", TODAY), by=PLANNER)
    with forging(tmp_path / "box.gpkg") as forged:
        forged.execute("UPDATE contribution SET area_name = ? WHERE id = ?", ("x" * 100_000, bad.id))
        forged.execute("UPDATE session SET id = ? WHERE id = ?", (hall.id, made.id))
        forged.execute("UPDATE session_link SET session = ? WHERE session = ?", (hall.id, made.id))
        for one, kind, reason in (("forged", "name", ""), ("odd", "odd", ""), ("long", "name", "x" * 201)):
            at = hall.id if one == "forged" else other.id
            forged.execute(
                "INSERT INTO vote_round (id, session, kind, number, dots, state, subjects, question, edition,"
                " reason) VALUES (?, ?, ?, ?, 3, 'closed', '[]', '', '', ?)",
                (one, at, kind, len(one), reason),
            )
            forged.execute("INSERT INTO round_dot VALUES (?, 'hash', 'subject', 3)", (one,))
        forged.execute(
            "INSERT INTO edition (id, project, session, number, day, n, added, withdrawn, changed, method)"
            " VALUES ('forged', 'demo', '', 1, '2026-05-04', 10, 10, 0, 0, '1')"
        )
        forged.execute("INSERT INTO edition_part (edition, name, contents) VALUES ('forged', 'n', '10')")
    digest_again(tmp_path / "box.gpkg", bad.id)
    found = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (found.taken, found.refused) == (1, 1)
    assert list(private_store.contributions.read_sketches("demo").index) == [good.id]
    assert private_store.editions.latest("demo") is None
    assert private_store.rounds.list_all(hall.id) == private_store.rounds.list_all(other.id) == []


def test_a_session_named_after_a_project_owns_nothing_of_it(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """A file chooses the ids of its sessions: one called "project demo" brings no edition of the office's project."""
    made, _ = box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    with forging(tmp_path / "box.gpkg") as forged:
        forged.execute("UPDATE session SET id = 'project demo' WHERE id = ?", (made.id,))
        forged.execute("UPDATE session_link SET session = 'project demo' WHERE session = ?", (made.id,))
        forged.execute(
            "INSERT INTO edition (id, project, session, number, day, n, added, withdrawn, changed, method)"
            " VALUES ('forged', 'demo', '', 1, '2026-05-04', 10, 10, 0, 0, '1')"
        )
        forged.execute("INSERT INTO edition_part (edition, name, contents) VALUES ('forged', 'n', '10')")
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert [one.id for one in private_store.sessions.list_all("demo")] == ["project demo"]
    assert private_store.editions.latest("demo") is None


def test_a_device_stays_one_person_when_a_box_comes_home(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """A project of the box: merged before anybody drew, drawn for in the office, and merged again."""
    box.projects.save(project("elsewhere"))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    (code,) = private_store.tickets.create("elsewhere", 1, by=PLANNER)
    private_store.contributions.submit(contribution(0, project="elsewhere"), device="phone")
    box.contributions.submit(contribution(1, project="elsewhere"), device="phone")
    box.editions.publish("elsewhere", [], {}, [], method="1", by=PLANNER)
    with forging(tmp_path / "box.gpkg") as changed:
        changed.execute(
            "INSERT INTO release_set VALUES ('a', 'elsewhere', 'no edition', 1, 'people', 'project/total')"
        )
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    private_store.contributions.submit(contribution(2, project="elsewhere"), device="phone")
    people = private_store.editions.read_ledger("elsewhere").person
    assert len(set(people.values())) == 2, "the phone in the office, and one in the box"
    assert private_store.tickets.is_valid("elsewhere", code)


def test_tickets_of_a_box_that_released_nothing_are_good_in_the_office(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """Letters that were sent before anything was drawn; a store that counts its people already goes on as it was."""
    box.projects.save(project("elsewhere"))
    box.projects.save(project("begun"))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    (own,) = private_store.tickets.create("begun", 1, by=PLANNER)
    codes = [box.tickets.create(key, 1, by=PLANNER)[0] for key in ("elsewhere", "begun")]
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert private_store.tickets.is_valid("elsewhere", codes[0])
    assert private_store.tickets.is_valid("begun", own)
    assert not private_store.tickets.is_valid("begun", codes[1])


def test_a_box_is_known_again_whatever_came_into_it_first(
    private_store: Store, box: Store, tmp_path: Path
) -> None:
    """Merged before any device was counted, and again after: what is withdrawn in the box is withdrawn here."""
    receipt = box.contributions.submit(contribution(0))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    box.contributions.submit(contribution(1), device="phone")
    box.contributions.withdraw(receipt.code or "", device="phone")
    found = private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert (found.withdrawn, found.conflicts) == (1, ())


def test_what_was_done_in_a_box_is_marked_so(private_store: Store, box: Store, tmp_path: Path) -> None:
    """The log of a file is not that of the office: an action is marked, and what no office writes stays out."""
    box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    with forging(tmp_path / "box.gpkg") as forged:
        for key, day, role, moment, result in (
            ("a", "2026-05-04", "planner", "2026-05-04T11:00:00+00:00", "refused"),
            ("b", "2026-05-04", "emperor", "", "done"),
            ("c", "2199-01-01", "planner", "", "done"),
            ("d", "never", "planner", "", "done"),
            ("e", "2026-05-04", "planner", "2026-05-03T11:00:00+00:00", "done"),
            ("f", "2026-05-04", "planner", "never", "done"),
            ("g", "2026-05-04", "planner", "", "glorious"),
        ):
            forged.execute(
                "INSERT INTO audit (id, day, role, account, action, project, n, moment, result)"
                " VALUES (?, ?, ?, 'an-account', 'export raw drawings', 'demo', 1, ?, ?)",
                (key, day, role, moment, result),
            )
    before = private_store.accounts.list_audit()
    for _ in range(2):
        private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    new = [one.action for one in private_store.accounts.list_audit()[len(before) :]]
    assert sorted(new) == ["in a file: export raw drawings", "in a file: open a workshop"]


def test_a_forged_ledger_holds_nothing_back(private_store: Store, box: Store, tmp_path: Path) -> None:
    """A file may say that it released anything: nothing of ours is taken for an older value, and no key breaks."""
    made, _ = box.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    box.editions.publish("demo", [], {}, [], method="1", session=made.id, by=PLANNER)
    edition = box.editions.list_all("demo", session=made.id)[0].id
    keys = (f"{made.id}/1", f"{made.id}/x", "project/1", "project/total")
    with forging(tmp_path / "box.gpkg") as forged:
        for at, key in enumerate(keys):
            forged.execute(
                "INSERT INTO release_set VALUES (?, 'demo', ?, 1, 'neighbourhoods', ?)",
                (f"set {at}", edition, key),
            )
            forged.execute("INSERT INTO release_member VALUES (?, 'somebody', 'x')", (f"set {at}",))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    sets = private_store.editions.read_ledger("demo").released["neighbourhoods"]
    own = [one.key for one in sets if one.key.startswith((made.id, "project"))]
    assert own == [f"{made.id}/1"]
    assert len(sets) == 4
    assert {version for one in sets for version in one.members.values()} == {"withdrawn"}


@contextmanager
def forging(path: Path) -> Iterator[sqlite3.Connection]:
    """Write in the file of a store without the program, whatever refers to what."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def digest_again(path: Path, contribution_id: str) -> None:
    """Write down the digest of what a file holds now, as whoever made the file up would."""
    engine = SqliteEngine(path, patience_s=5)
    with engine.write() as tx:
        digest = read_bundle(tx, engine, contribution_id).digest
        tx.execute("UPDATE contribution SET digest = ? WHERE id = ?", (digest, contribution_id))
    engine.close()


def test_a_box_of_another_project_brings_it_along(private_store: Store, box: Store, tmp_path: Path) -> None:
    box.projects.save(project("elsewhere"))
    box.contributions.submit(contribution(project="elsewhere"))
    private_store.maintenance.merge_from(tmp_path / "box.gpkg")
    assert len(private_store.contributions.read_sketches("elsewhere")) == 1


# --- erasing


def test_what_is_withdrawn_is_gone_from_the_files(tmp_path: Path, clock: Clock) -> None:
    """Neither the file nor the log beside it has a trace of the words or the stroke."""
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        sent_one = contribution(
            name=MARK, raw_geojson=f'{{"type": "Feature", "id": "{MARK}"}}', answers={"why": MARK}
        )
        code = private_store.contributions.submit(
            sent_one, (replace(PLACES[0], note=MARK),), (replace(SIGNALS[0], text=MARK),)
        ).code
        assert any(MARK.encode() in part.read_bytes() for part in files_of(url))
        private_store.contributions.withdraw(code or "", device="phone")
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_who_withdraws_waits_for_no_vacuum_and_it_comes_after(
    cluster: Cluster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL: nothing is vacuumed in the request; what is due is done when it is asked for, once."""
    done: list[str] = []
    monkeypatch.setattr(PostgresEngine, "_vacuum", lambda _engine, how: done.append(how))
    with store.open_store(cluster.database(), clock=clock) as private_store:
        private_store.projects.save(project())
        code = private_store.contributions.submit(contribution()).code
        private_store.contributions.withdraw(code or "", device="phone")
        assert done == []
        private_store.maintenance.purge_due()
        private_store.maintenance.purge_due()
        assert done == [""]
        private_store.maintenance.purge_due()
    assert done == [""]


def test_a_due_vacuum_runs(cluster: Cluster, clock: Clock) -> None:
    with store.open_store(cluster.database(), clock=clock) as private_store:
        private_store.projects.save(project())
        code = private_store.contributions.submit(contribution()).code
        private_store.contributions.withdraw(code or "", device="phone")
        private_store.maintenance.purge_due()
        assert private_store.maintenance.risky_version() == ""


def test_a_change_leaves_nothing_of_the_old_one_either(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        code = private_store.contributions.submit(contribution(name=MARK)).code
        private_store.contributions.replace(code or "", contribution(1), device="phone")
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_while_somebody_reads_the_trace_waits_and_then_goes(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        code = private_store.contributions.submit(contribution(name=MARK)).code
        reader = sqlite3.connect(tmp_path / "buurt.gpkg", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM contribution").fetchone()
        private_store.contributions.withdraw(code or "", device="phone")
        assert any(MARK.encode() in part.read_bytes() for part in files_of(url))
        reader.close()
        private_store.contributions.submit(contribution(1))
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_past_its_date_a_project_is_erased_and_its_editions_stay(private_store: Store, clock: Clock) -> None:
    private_store.projects.save(project("later", retention_until=date(2030, 1, 1)))
    private_store.contributions.submit(contribution(project="later"))
    sent = [contribution(at) for at in range(5)]
    for one in sent:
        private_store.contributions.submit(one, PLACES, SIGNALS)
    edition = private_store.editions.publish(
        "demo",
        list(private_store.contributions.read_sketches("demo").index),
        {"n": "5"},
        [],
        method="m",
        by=PLANNER,
    )
    assert private_store.maintenance.erase_expired().projects == ()
    clock.now_s += 250 * 86_400
    erased = private_store.maintenance.erase_expired()
    assert (erased.projects, erased.contributions, erased.places, erased.signals) == (("demo",), 5, 10, 10)
    assert private_store.contributions.read_sketches("demo", filters=ALL).empty
    assert private_store.editions.latest("demo") == edition
    assert private_store.editions.members(edition.id) == ()
    assert len(private_store.contributions.read_sketches("later")) == 1
    assert private_store.maintenance.erase_expired().contributions == 0
    with pytest.raises(E.ContributionWithdrawn):
        private_store.contributions.submit(sent[0])


# --- the file is a GeoPackage


def ogrinfo(path: Path) -> str:
    """Let Debian's GDAL describe every layer; it has no complaints."""
    finished = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-so", path], capture_output=True, text=True, check=True
    )
    assert "ERROR" not in finished.stderr + finished.stdout
    assert "Warning" not in finished.stderr + finished.stdout
    return finished.stdout


def test_any_gis_opens_the_file_while_it_is_written(tmp_path: Path, clock: Clock) -> None:
    """GDAL's own tools read the store in use, and see what was committed.

    In a process of their own: two copies of SQLite in one process undo each other's locks.
    """
    path = tmp_path / "buurt.gpkg"
    with store.open_store(f"sqlite:///{path}", clock=clock) as private_store:
        private_store.projects.save(project())
        for n in range(1, 4):
            private_store.contributions.submit(contribution(n), PLACES)
            listing = ogrinfo(path)
            assert f"Feature Count: {n}\n" in listing
            assert f"Feature Count: {2 * n}\n" in listing
            assert "Amersfoort / RD New" in listing
    table = gpd.read_file(path, layer="sketch")
    assert len(table) == 3
    assert table.crs.to_epsg() == 28992
    assert {"sketch", "place", "contribution"} <= set(fiona.listlayers(path))
    head = path.read_bytes()[:100]
    assert head[68:72] == b"GPKG"
    assert int.from_bytes(head[60:64], "big") == 10300


def test_the_raw_export_has_everything_but_secrets(private_store: Store, tmp_path: Path) -> None:
    furnished(private_store)
    path = tmp_path / "raw.gpkg"
    with pytest.raises(E.AccessDenied):
        private_store.maintenance.export_raw(path, by=Actor("facilitator", session="x"))
    private_store.maintenance.export_raw(path, by=PLANNER)
    assert "export raw drawings" in {row.action for row in private_store.accounts.list_audit()}
    drawings = gpd.read_file(path, layer="drawing")
    assert len(drawings) == 6
    assert drawings.crs.to_epsg() == 28992
    assert drawings.geometry.is_valid.all()
    layers = set(fiona.listlayers(path))
    assert {"drawing", "sketch", "place", "signal", "contribution", "project", "edition"} <= layers
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & {table.name for table in schema.TABLES if table.secret}
    listed = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    assert tables - {name for name in tables if name.startswith(("gpkg_", "sqlite_"))} <= listed
    west, south, east, north = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'sketch'"
    ).fetchone()
    assert (west, south, east, north) == (150_000, 520_000, 150_405, 520_400)
    connection.close()
    assert b"argon2" not in path.read_bytes()
    assert "Layer name: drawing" in ogrinfo(path)


# --- schema


def test_an_older_store_is_brought_up_to_date_after_a_copy_was_made(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        private_store.contributions.submit(contribution())
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(
        migrations, "STEPS", {schema.VERSION - 1: ("ALTER TABLE project ADD COLUMN colour TEXT",)}
    )
    with store.open_store(url, clock=clock) as private_store:
        assert len(private_store.contributions.read_sketches("demo")) == 1
    copies = list(tmp_path.glob(f"buurt.schema{schema.VERSION - 1}.*.gpkg"))
    assert len(copies) == 1
    columns = [
        row[1] for row in sqlite3.connect(tmp_path / "buurt.gpkg").execute("PRAGMA table_info(project)")
    ]
    assert "colour" in columns


def test_a_newer_store_is_refused(private_store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    private_store.contributions.submit(contribution())
    monkeypatch.setattr(schema, "VERSION", schema.VERSION - 1)
    with pytest.raises(E.StoreTooNew):
        store.open_store(url)


def test_codes_are_nowhere_in_the_store(tmp_path: Path, clock: Clock) -> None:
    """Neither the phone's id nor the code it gives is on disk: only hashes are."""
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        sent_one = contribution()
        code = private_store.contributions.submit(sent_one, device="a-device-token").code or ""
        made, link = private_store.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
        private_store.accounts.create("planner", "planner", "een lange zin als wachtwoord")
    everything = b"".join(part.read_bytes() for part in files_of(url))
    for secret in (sent_one.id, code, code.replace("-", ""), link, "a-device-token", "een lange zin"):
        assert secret.encode() not in everything
    assert made.code.encode() in everything


def test_no_column_says_who_somebody_is() -> None:
    words = {name for table in schema.TABLES for name, _ in table.columns}
    parts = {part for name in words for part in name.split("_")}
    assert not parts & {
        "email",
        "mail",
        "ip",
        "phone",
        "surname",
        "person",
        "agent",
        "postcode",
        "lat",
        "lon",
    }
    assert {name for name in words if name.startswith("home")} == {
        "home_inside",
        "home_unit",
        "home_cell",
        "home_to_centre_m",
        "home_to_edge_m",
    }
    assert not {name for name in words if name.startswith("view") and name.endswith(("_x", "_y"))}


def test_filters_work_together(private_store: Store) -> None:
    private_store.contributions.submit(contribution(mode="paper", id=new_id()))
    assert private_store.contributions.read_sketches(
        "demo", filters=Filters(modes=("paper",), last_day=date(2000, 1, 1))
    ).empty
