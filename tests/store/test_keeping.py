"""Backing up, putting back, moving house, the workshop box, and erasing for good."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import fiona
import geopandas as gpd
import pytest

import geo.errors as E
import store
from store import ALL, Actor, Filters, Store, WorkshopSession, migrations, schema
from tests.store.examples import PLACES, SIGNALS, TODAY, Clock, contribution, new_id, project, square

PLANNER = Actor("planner", "an-account")
MARK = "Zevenbladrozenhof"
"""A word that is nowhere by chance."""


def contents(bank: Store, key: str = "demo") -> list[tuple[object, ...]]:
    """Give all that is visible of the drawings of a project."""
    table = bank.sketches(key, filters=ALL, raw=True, by=PLANNER)
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


def test_a_backup_holds_everything_and_is_checked(bank: Store, tmp_path: Path) -> None:
    codes = [bank.submit(contribution(at), PLACES, SIGNALS).code for at in range(3)]
    sound = bank.backup(tmp_path / "backups" / "b.gpkg")
    assert (sound.contributions, sound.places, sound.signals, sound.altered) == (3, 6, 6, ())
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["b.gpkg"]
    with pytest.raises(E.StoreNotEmpty):
        bank.backup(tmp_path / "backups" / "b.gpkg")
    with store.open(f"sqlite:///{tmp_path}/backups/b.gpkg") as copy:
        assert contents(copy) == contents(bank)
        assert copy.find(codes[0] or "", device="phone").places == PLACES


def test_put_back_what_was_there_and_never_what_was_withdrawn(bank: Store, url: str, tmp_path: Path) -> None:
    """Five in the backup, one withdrawn since, one new since: four come back."""
    codes = [bank.submit(contribution(at)).code for at in range(5)]
    bank.backup(tmp_path / "b.gpkg")
    gone = bank.withdraw(codes[0] or "", device="phone").id
    new = bank.submit(contribution(9)).id
    with pytest.raises(E.StoreNotEmpty):
        store.restore(tmp_path / "b.gpkg", url)
    assert new in bank.sketches("demo").index
    before = bank.revision("demo")
    moved = store.restore(tmp_path / "b.gpkg", url, replace=True)
    assert (moved.taken, moved.withdrawn) == (4, 1)
    assert len(bank.sketches("demo")) == 4
    assert gone not in bank.sketches("demo").index
    assert bank.revision("demo") != before
    assert bank.find(codes[1] or "", device="phone").version == 1
    assert bank.verify().altered == ()


def test_a_night_keeps_the_last_ones(bank: Store, clock: Clock, tmp_path: Path) -> None:
    for _ in range(4):
        bank.nightly(tmp_path / "nights", keep=3)
        bank.nightly(tmp_path / "nights", keep=3)
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
    bank: Store, url: str, tmp_path: Path, spoil: Callable[[Path, Path], Path]
) -> None:
    for at in range(3):
        bank.submit(contribution(at), PLACES)
    bank.backup(tmp_path / "good.gpkg")
    spoiled = spoil(tmp_path / "good.gpkg", tmp_path / "spoiled.gpkg")
    before = contents(bank)
    with pytest.raises(E.BackupBroken):
        store.restore(spoiled, url, replace=True)
    with pytest.raises(E.BackupBroken):
        bank.merge(spoiled)
    assert contents(bank) == before


def test_a_backup_that_stops_half_way_leaves_no_file(bank: Store, tmp_path: Path) -> None:
    bank.submit(contribution())
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "b.gpkg.partial").mkdir()
    with pytest.raises(E.StoreError):
        bank.backup(tmp_path / "closed" / "b.gpkg")
    assert not (tmp_path / "closed" / "b.gpkg").exists()
    (tmp_path / "file").touch()
    with pytest.raises(E.StoreReadOnly):
        bank.backup(tmp_path / "file" / "b.gpkg")


# --- moving house


def furnished(bank: Store) -> None:
    """Put something in every table."""
    bank.add_account("planner", "planner", "een lange zin als wachtwoord")
    made, _ = bank.add_session(
        WorkshopSession("demo", "Zaal", TODAY, ("A",), 150_000.5, 520_000.25), by=PLANNER
    )
    for at in range(6):
        bank.submit(contribution(at, session=made.id, group="A"), PLACES, SIGNALS, device="phone")
    subject = bank.sketches("demo").index[0]
    bank.flag("demo", subject, aspect="shape", reason="odd")
    bank.decide("demo", subject, "adjust", adjusted=square(7), by=PLANNER)
    proposal = bank.propose(made.id, "Het Eiland", device="phone")
    bank.vote(made.id, {proposal.id: 2}, device="phone")
    bank.publish("demo", list(bank.sketches("demo").index), {"a.json": "{}"}, method="m1", by=PLANNER)
    bank.save_project(project("ny", crs="+proj=laea +lat_0=41 +lon_0=-74 +datum=WGS84 +units=m +type=crs"))
    bank.submit(contribution(project="ny"), PLACES)
    code = bank.submit(contribution(8)).code
    bank.withdraw(code or "", device="phone")


def test_there_and_back_again(
    bank: Store, url: str, clock: Clock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """To the other engine and back: the same contents, down to dots, editions and passwords."""
    furnished(bank)
    there = str(request.getfixturevalue("cluster").database())
    if not url.startswith("sqlite"):
        there = f"sqlite:///{tmp_path}/there.gpkg"
    back = f"sqlite:///{tmp_path}/back.gpkg"
    assert store.copy(url, there).taken == store.copy(there, back).taken == 7
    with pytest.raises(E.StoreNotEmpty):
        store.copy(url, back)
    for address in (there, back):
        with store.open(address, clock=clock) as other:
            assert contents(other) == contents(bank)
            assert contents(other, "ny") == contents(bank, "ny")
            assert other.places("demo").equals(bank.places("demo"))
            assert other.signals("demo").equals(bank.signals("demo"))
            assert other.sessions("demo") == bank.sessions("demo")
            assert other.editions("demo") == bank.editions("demo")
            assert other.flags("demo") == bank.flags("demo")
            assert other.revision("demo") == bank.revision("demo")
            assert other.accounts() == bank.accounts()
            session = bank.sessions("demo")[0].id
            assert other.votes(session) == bank.votes(session)
            assert other.sign_in("planner", "een lange zin als wachtwoord", device="x").role == "planner"
            assert other.verify().altered == ()


# --- the workshop box


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with store.open(f"sqlite:///{tmp_path}/box.gpkg", clock=clock) as box:
        box.save_project(project())
        yield box


def test_the_box_comes_home_without_doubles(bank: Store, box: Store, tmp_path: Path) -> None:
    """Merged while it is still open, twice: every drawing once, codes work, erased stays erased."""
    both = contribution(0)
    bank.submit(both)
    box.submit(both)
    made, _ = box.add_session(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    codes = [box.submit(contribution(at, session=made.id), PLACES, SIGNALS).code for at in range(1, 5)]
    gone = contribution(5)
    bank.submit(gone)
    receipt = box.submit(gone)
    box.withdraw(receipt.code or "", device="phone")
    gone_here = contribution(6)
    box.submit(gone_here)
    receipt = bank.submit(gone_here)
    bank.withdraw(receipt.code or "", device="phone")
    first = bank.merge(tmp_path / "box.gpkg")
    assert (first.taken, first.known, first.withdrawn, first.conflicts) == (4, 1, 1, ())
    again = bank.merge(tmp_path / "box.gpkg")
    assert (again.taken, again.known, again.withdrawn) == (0, 5, 0)
    assert len(bank.sketches("demo")) == 5
    assert len(bank.places("demo")) == len(bank.signals("demo")) == 8
    assert bank.find(codes[0] or "", device="phone").contribution.session == made.id
    assert bank.verify().altered == ()


def test_the_later_version_wins_and_a_fork_is_reported(bank: Store, box: Store, tmp_path: Path) -> None:
    """Changed in the box only: taken over. Changed on both sides: each keeps its own, and it is told."""
    later, forked = contribution(0), contribution(1)
    for one in (later, forked):
        bank.submit(one)
    receipts = [box.submit(one) for one in (later, forked)]
    box.change(receipts[0].code or "", contribution(50), device="phone")
    box.change(receipts[1].code or "", contribution(60), device="phone")
    bank.change(receipts[1].code or "", contribution(70), device="phone")
    moved = bank.merge(tmp_path / "box.gpkg")
    assert (moved.updated, moved.conflicts) == (1, (receipts[1].id,))
    assert bank.sketches("demo").geometry[receipts[0].id].equals(square(50))
    assert bank.sketches("demo").geometry[receipts[1].id].equals(square(70))


def test_a_box_of_another_project_brings_it_along(bank: Store, box: Store, tmp_path: Path) -> None:
    box.save_project(project("elsewhere"))
    box.submit(contribution(project="elsewhere"))
    bank.merge(tmp_path / "box.gpkg")
    assert len(bank.sketches("elsewhere")) == 1


# --- erasing


def test_what_is_withdrawn_is_gone_from_the_files(tmp_path: Path, clock: Clock) -> None:
    """Neither the file nor the log beside it has a trace of the words or the stroke."""
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        told = contribution(name=MARK, raw=f'{{"type": "Feature", "id": "{MARK}"}}', answers={"why": MARK})
        code = bank.submit(told, (replace(PLACES[0], words=MARK),), (replace(SIGNALS[0], words=MARK),)).code
        assert any(MARK.encode() in part.read_bytes() for part in files_of(url))
        bank.withdraw(code or "", device="phone")
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_a_change_leaves_nothing_of_the_old_one_either(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        code = bank.submit(contribution(name=MARK)).code
        bank.change(code or "", contribution(1), device="phone")
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_while_somebody_reads_the_trace_waits_and_then_goes(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        code = bank.submit(contribution(name=MARK)).code
        reader = sqlite3.connect(tmp_path / "buurt.gpkg", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM contribution").fetchone()
        bank.withdraw(code or "", device="phone")
        assert any(MARK.encode() in part.read_bytes() for part in files_of(url))
        reader.close()
        bank.submit(contribution(1))
        for part in files_of(url):
            assert MARK.encode() not in part.read_bytes(), part.name


def test_past_its_date_a_project_is_erased_and_its_editions_stay(bank: Store, clock: Clock) -> None:
    bank.save_project(project("later", retention_until=date(2030, 1, 1)))
    bank.submit(contribution(project="later"))
    told = [contribution(at) for at in range(5)]
    for one in told:
        bank.submit(one, PLACES, SIGNALS)
    edition = bank.publish("demo", list(bank.sketches("demo").index), {"n": "5"}, method="m", by=PLANNER)
    assert bank.retention().projects == ()
    clock.now_s += 250 * 86_400
    erased = bank.retention()
    assert (erased.projects, erased.contributions, erased.places, erased.signals) == (("demo",), 5, 10, 10)
    assert bank.sketches("demo", filters=ALL).empty
    assert bank.latest("demo") == edition
    assert bank.members(edition.id) == ()
    assert len(bank.sketches("later")) == 1
    assert bank.retention().contributions == 0
    with pytest.raises(E.ContributionWithdrawn):
        bank.submit(told[0])


# --- the file is a GeoPackage


def ogrinfo(path: Path) -> str:
    """Let Debian's GDAL describe every layer; it has no complaints."""
    told = subprocess.run(["ogrinfo", "-ro", "-al", "-so", path], capture_output=True, text=True, check=True)
    assert "ERROR" not in told.stderr + told.stdout
    assert "Warning" not in told.stderr + told.stdout
    return told.stdout


def test_any_gis_opens_the_file_while_it_is_written(tmp_path: Path, clock: Clock) -> None:
    """GDAL's own tools read the store in use, and see what was committed.

    In a process of their own: two copies of SQLite in one process undo each other's locks.
    """
    path = tmp_path / "buurt.gpkg"
    with store.open(f"sqlite:///{path}", clock=clock) as bank:
        bank.save_project(project())
        for n in range(1, 4):
            bank.submit(contribution(n), PLACES)
            told = ogrinfo(path)
            assert f"Feature Count: {n}\n" in told
            assert f"Feature Count: {2 * n}\n" in told
            assert "Amersfoort / RD New" in told
    table = gpd.read_file(path, layer="sketch")
    assert len(table) == 3
    assert table.crs.to_epsg() == 28992
    assert {"sketch", "place", "contribution"} <= set(fiona.listlayers(path))
    head = path.read_bytes()[:100]
    assert head[68:72] == b"GPKG"
    assert int.from_bytes(head[60:64], "big") == 10300


def test_the_raw_export_has_everything_but_secrets(bank: Store, tmp_path: Path) -> None:
    furnished(bank)
    path = tmp_path / "raw.gpkg"
    with pytest.raises(E.AccessDenied):
        bank.export_raw(path, by=Actor("facilitator", session="x"))
    bank.export_raw(path, by=PLANNER)
    assert "export raw drawings" in {row.action for row in bank.audit()}
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
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        bank.submit(contribution())
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(migrations, "STEPS", {1: ("ALTER TABLE project ADD COLUMN colour TEXT",)})
    with store.open(url, clock=clock) as bank:
        assert len(bank.sketches("demo")) == 1
    copies = list(tmp_path.glob("buurt.schema1.*.gpkg"))
    assert len(copies) == 1
    columns = [
        row[1] for row in sqlite3.connect(tmp_path / "buurt.gpkg").execute("PRAGMA table_info(project)")
    ]
    assert "colour" in columns


def test_a_newer_store_is_refused(bank: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.submit(contribution())
    monkeypatch.setattr(schema, "VERSION", schema.VERSION - 1)
    with pytest.raises(E.StoreTooNew):
        store.open(url)


def test_codes_are_nowhere_in_the_store(tmp_path: Path, clock: Clock) -> None:
    """Neither the phone's id nor the code it gives is on disk: only hashes are."""
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        told = contribution()
        code = bank.submit(told, device="a-device-token").code or ""
        made, link = bank.add_session(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
        bank.add_account("planner", "planner", "een lange zin als wachtwoord")
    everything = b"".join(part.read_bytes() for part in files_of(url))
    for secret in (told.id, code, code.replace("-", ""), link, "a-device-token", "een lange zin"):
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


def test_filters_work_together(bank: Store) -> None:
    bank.submit(contribution(mode="paper", id=new_id()))
    assert bank.sketches("demo", filters=Filters(modes=("paper",), last_day=date(2000, 1, 1))).empty
