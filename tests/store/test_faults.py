"""Power cuts, full disks, locks and broken files: a clear refusal, and no receipt without its drawing."""

import multiprocessing
import os
import pwd
import random
import resource
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

import geo.errors as E
import store
from benchmarks import crash
from store import ALL, Store
from tests.store.examples import PLACES, Clock, contribution, project
from tests.store.postgres import Cluster

FORK = multiprocessing.get_context("fork")


def test_killed_in_the_middle_no_receipt_is_lost_and_none_is_double(url: str) -> None:
    """Four writers, signal 9, twice."""
    chance = random.Random(7)
    for number in range(2):
        counted = crash.one_round(url, f"round-{number}", 200, 4, chance)
        assert counted["receipts"] > 0
        assert counted["stored"] >= counted["receipts"]
        assert (counted["lost"], counted["double"]) == (0, 0)
    with store.open(url) as bank:
        sound = bank.verify()
    assert sound.altered == ()
    assert sound.sketches == sound.contributions


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    with Cluster.started() as cluster:
        yield cluster


def test_a_server_that_falls_over_keeps_what_it_receipted(own_cluster: Cluster) -> None:
    """Stopped as by a power cut; the open store says so, and goes on when the server is back."""
    with store.open(own_cluster.database(), patience_s=3) as bank:
        bank.save_project(project(retention_until=contribution().created.replace(year=2090)))
        told = [contribution(at) for at in range(20)]
        receipts = [bank.submit(one, PLACES) for one in told[:10]]
        own_cluster.stop("immediate")
        with pytest.raises(E.StoreUnreachable):
            bank.submit(told[10])
        with pytest.raises(E.StoreUnreachable):
            bank.sketches("demo")
        own_cluster.start()
        receipts += [bank.submit(one, PLACES) for one in told]
        assert [r.is_replay for r in receipts] == [False] * 10 + [True] * 10 + [False] * 10
        assert set(bank.sketches("demo", filters=ALL).index) == {r.id for r in receipts}
        assert bank.verify().altered == ()


# --- a full disk


def until_full(url: str, room: int, pipe: Connection) -> None:
    """Submit from six phones with `room` bytes more a file than now; tell the receipts, then the refusals."""
    with store.open(url) as bank:
        path = Path(url.removeprefix("sqlite:///"))
        size = max(part.stat().st_size for part in path.parent.glob("*.gpkg*"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
        refusals: set[str] = set()

        def go_on() -> None:
            try:
                for at in range(10_000):
                    receipt = bank.submit(contribution(at), PLACES).id
                    with one_at_a_time:
                        pipe.send(receipt)
            except E.BuurtError as refused:
                refusals.add(type(refused).__name__)

        one_at_a_time = threading.Lock()
        phones = [threading.Thread(target=go_on) for _ in range(6)]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()
        pipe.send(" ".join(sorted(refusals)))
        pipe.close()


@pytest.mark.parametrize("room", [0, 50_000, 300_000])
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, room: int) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url) as bank:
        bank.save_project(project(retention_until=contribution().created.replace(year=2090)))
        first = bank.submit(contribution()).id
    mine, theirs = FORK.Pipe()
    worker = FORK.Process(target=until_full, args=(url, room, theirs))
    worker.start()
    theirs.close()
    heard: list[str] = []
    while True:
        try:
            heard.append(mine.recv())
        except EOFError:
            break
    worker.join()
    mine.close()
    assert heard.pop() == "StoreFull"
    with store.open(url) as bank:
        assert set(heard) | {first} <= set(bank.sketches("demo").index)
        assert bank.verify().altered == ()
        bank.submit(contribution(1))


def test_no_room_for_a_backup_leaves_no_half_one(tmp_path: Path, clock: Clock) -> None:
    with store.open(f"sqlite:///{tmp_path}/buurt.gpkg", clock=clock) as bank:
        bank.save_project(project())
        bank.submit(contribution())
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        was = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            with pytest.raises(E.StoreFull):
                bank.backup(tmp_path / "b.gpkg")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, was)
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith("b.")] == []
        bank.backup(tmp_path / "b.gpkg")


# --- read-only


def read_and_write(url: str, pipe: Connection) -> None:
    """Read and write as a user who owns nothing here; tell what happened."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    try:
        with store.open(url, patience_s=1) as bank:
            pipe.send(str(len(bank.sketches("demo"))))
            bank.submit(contribution(1))
            pipe.send("written")
    except E.BuurtError as refused:
        pipe.send(type(refused).__name__)
    pipe.close()


@pytest.mark.parametrize("open_elsewhere", [False, True])
def test_a_read_only_file_is_said(open_elsewhere: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="buurt-read-only-"))
    url = f"sqlite:///{folder}/buurt.gpkg"
    bank = store.open(url)
    bank.save_project(project(retention_until=contribution().created.replace(year=2090)))
    bank.submit(contribution())
    if not open_elsewhere:
        bank.close()
    for part in folder.iterdir():
        part.chmod(0o444)
    folder.chmod(0o555)
    mine, theirs = FORK.Pipe()
    worker = FORK.Process(target=read_and_write, args=(url, theirs))
    worker.start()
    worker.join()
    theirs.close()
    heard: list[str] = []
    while mine.poll():
        try:
            heard.append(mine.recv())
        except EOFError:
            break
    mine.close()
    folder.chmod(0o755)
    for part in folder.iterdir():
        part.chmod(0o644)
    if open_elsewhere:
        bank.close()
    assert heard[-1] == "StoreReadOnly"
    with store.open(url) as bank:
        assert len(bank.sketches("demo")) == 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(E.StoreReadOnly):
        store.open(f"sqlite:///{tmp_path}/file/buurt.gpkg")


# --- locked


def test_a_locked_store_is_said_and_goes_on_afterwards(bank: Store, url: str, clock: Clock) -> None:
    """Somebody else holds the lock; reading goes on, writing says how long it waited."""
    told = contribution()
    with store.open(url, patience_s=0.2, clock=clock) as hasty:
        if url.startswith("sqlite"):
            other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(url)  # type: ignore[assignment]
            other.execute("SELECT 1 FROM project FOR UPDATE")
        with pytest.raises(E.StoreBusy) as refused:
            hasty.submit(told)
        assert refused.value.facts["waited_s"] == 0.2
        assert hasty.sketches("demo").empty
        other.rollback()
        other.close()
        assert not hasty.submit(told).is_replay


def test_who_is_refused_takes_nobody_along(bank: Store) -> None:
    """Forty at once, every other one refused by the database itself: twenty drawings, twenty refusals."""
    told = [contribution(at, session="nowhere" if at % 2 else "") for at in range(40)]
    refused: list[str] = []

    def send(one: store.Contribution) -> None:
        try:
            bank.submit(one, PLACES)
        except E.UnknownSession:
            refused.append(one.id)

    threads = [threading.Thread(target=send, args=(one,)) for one in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == sorted(one.id for one in told if one.session)
    assert len(bank.sketches("demo")) == 20
    assert bank.verify().contributions == 20


def test_many_threads_take_their_turn(bank: Store) -> None:
    """Fifty sessions of one server at once: fifty drawings, and readers see whole moments only."""
    told = [contribution(at) for at in range(50)]
    wrong: list[str] = []

    def look() -> None:
        for _ in range(10):
            table = bank.sketches("demo")
            if len(bank.places("demo")) < 2 * len(table):
                wrong.append("half a contribution")

    threads = [threading.Thread(target=bank.submit, args=(one, PLACES)) for one in told]
    threads += [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(bank.sketches("demo")) == 50


# --- broken files and addresses


def test_a_damaged_file_is_said_and_put_aside_when_restored(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open(url, clock=clock) as bank:
        bank.save_project(project())
        for at in range(200):
            bank.submit(contribution(at))
        bank.backup(tmp_path / "b.gpkg")
    path = tmp_path / "buurt.gpkg"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with pytest.raises(E.StoreDamaged), store.open(url) as bank:
        bank.verify()
    with pytest.raises(E.StoreDamaged):
        store.restore(tmp_path / "b.gpkg", url)
    assert store.restore(tmp_path / "b.gpkg", url, replace=True).taken == 200
    assert len(list(tmp_path.glob("buurt.gpkg.damaged-*"))) >= 1
    with store.open(url, clock=clock) as bank:
        assert len(bank.sketches("demo")) == 200


@pytest.mark.parametrize("contents", [b"not a database at all, but long enough" * 400, b"SQLite format 3\0"])
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "buurt.gpkg"
    path.write_bytes(contents)
    with pytest.raises(E.StoreDamaged):
        store.open(f"sqlite:///{path}")
    assert path.read_bytes() == contents


def test_another_geopackage_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.gpkg"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(E.StoreDamaged):
        store.open(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_addresses_that_lead_nowhere() -> None:
    for url in ("mysql://x", "buurt.gpkg", "sqlite://", "file:///x", ""):
        if url:
            with pytest.raises(E.StoreAddressUnknown):
                store.open(url)
    with pytest.raises(E.StoreUnreachable) as refused:
        store.open("postgresql://buurt:geheim@127.0.0.1:1/buurt", patience_s=1)
    assert "geheim" not in str(refused.value)
    assert "geheim" not in str(refused.value.facts)


def test_an_altered_row_is_found(bank: Store, url: str) -> None:
    """One corner moved by a millimetre behind the door's back."""
    receipt = bank.submit(contribution())
    bank.submit(contribution(1))
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as behind:
            (blob,) = behind.execute(
                "SELECT geom FROM sketch WHERE contribution = ?", (receipt.id,)
            ).fetchone()
            moved = blob[:60] + bytes([blob[60] ^ 1]) + blob[61:]
            behind.execute("UPDATE sketch SET geom = ? WHERE contribution = ?", (moved, receipt.id))
        behind.close()
    else:
        with psycopg.connect(url) as server:
            server.execute(
                "UPDATE sketch SET geom = ST_Translate(geom, 0.001, 0) WHERE contribution = %s", (receipt.id,)
            )
    assert bank.verify().altered == (receipt.id,)
