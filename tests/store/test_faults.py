"""Power cuts, full disks, locks and broken files: a clear refusal, and no receipt without its drawing."""

import multiprocessing
import os
import pwd
import random
import resource
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

import geo.errors as E
import store
from benchmarks import durability, durability_http
from store import ALL, Store
from tests.support.open_files import no_file_left
from tests.support.postgres_cluster import Cluster
from tests.support.store_factories import PLACES, Clock, contribution, project

ROOT = Path(__file__).resolve().parents[2]
FORK = multiprocessing.get_context("fork")


def test_killed_in_the_middle_no_receipt_is_lost_and_none_is_double(url: str) -> None:
    """Four writers, signal 9, twice."""
    chance = random.Random(7)
    for number in range(2):
        counted = durability.one_round(url, f"round-{number}", 200, 4, chance)
        assert counted["receipts"] > 0
        assert counted["stored"] >= counted["receipts"]
        assert (counted["lost"], counted["double"]) == (0, 0)
    with store.open_store(url) as private_store:
        sound = private_store.maintenance.verify()
    assert sound.altered == ()
    assert sound.sketches == sound.contributions


@pytest.mark.nightly
def test_killed_server_keeps_every_receipt_that_a_phone_read(url: str, tmp_path: Path) -> None:
    """The same through the address that phones save at, as the server of all of them is killed."""
    counted = durability_http.run(2, 200, url=url, folder=tmp_path)
    assert counted["stored"] >= counted["receipts"] > 0
    assert [counted[key] for key in ("lost", "double", "altered", "other_receipt")] == [0, 0, 0, 0]


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    with Cluster.started() as cluster:
        yield cluster


def test_a_server_that_falls_over_keeps_what_it_receipted(own_cluster: Cluster) -> None:
    """Stopped as by a power cut; the open store says so, and goes on when the server is back."""
    with store.open_store(own_cluster.database(), patience_s=3) as private_store:
        private_store.projects.save(project(retention_until=contribution().created.replace(year=2090)))
        sent = [contribution(at) for at in range(20)]
        receipts = [private_store.contributions.submit(one, PLACES) for one in sent[:10]]
        own_cluster.stop("immediate")
        with pytest.raises(E.StoreUnreachable):
            private_store.contributions.submit(sent[10])
        with pytest.raises(E.StoreUnreachable):
            private_store.contributions.read_sketches("demo")
        own_cluster.start()
        receipts += [private_store.contributions.submit(one, PLACES) for one in sent]
        assert [r.is_replay for r in receipts] == [False] * 10 + [True] * 10 + [False] * 10
        assert set(private_store.contributions.read_sketches("demo", filters=ALL).index) == {
            r.id for r in receipts
        }
        assert private_store.maintenance.verify().altered == ()


# --- a full disk


def until_full(url: str, room: int, pipe: Connection) -> None:
    """Submit from six phones with `room` bytes more a file than now; tell the receipts, then the refusals."""
    with store.open_store(url) as private_store:
        path = Path(url.removeprefix("sqlite:///"))
        size = max(part.stat().st_size for part in path.parent.glob("*.gpkg*"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
        refusals: set[str] = set()

        def go_on() -> None:
            try:
                for at in range(10_000):
                    receipt = private_store.contributions.submit(contribution(at), PLACES).id
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
    with store.open_store(url) as private_store:
        private_store.projects.save(project(retention_until=contribution().created.replace(year=2090)))
        first = private_store.contributions.submit(contribution()).id
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
    with store.open_store(url) as private_store:
        assert set(heard) | {first} <= set(private_store.contributions.read_sketches("demo").index)
        assert private_store.maintenance.verify().altered == ()
        private_store.contributions.submit(contribution(1))


SMALL_DISK = """
import sys
from pathlib import Path

import store
from geo.errors import StoreFull
from store.engines import disk_reserve
from tests.support.store_factories import contribution, project

disk_reserve.RESERVE_BYTES = 4_000_000
with store.open_store("sqlite:////mnt/buurt.gpkg") as private_store:
    private_store.projects.save(project(retention_until=contribution().created.replace(year=2090)))
    codes = [private_store.contributions.submit(contribution(n)).code for n in range(3)]
    private_store.maintenance.purge_due()
    Path("/mnt/other").touch()
    with Path("/mnt/other").open("wb", buffering=0) as other:  # another program fills the disk
        try:
            while True:
                other.write(bytes(4096))
        except OSError:
            pass
    try:
        for n in range(50):
            private_store.contributions.submit(contribution(n))
    except StoreFull:
        print("full")
    print(private_store.contributions.find_by_code(codes[0], device="phone").version)
    print(private_store.contributions.withdraw(codes[0], device="phone").in_edition)
    print(private_store.contributions.withdraw(codes[1], device="phone").in_edition)
    Path("/mnt/other").unlink()
    private_store.maintenance.purge_due()
    print(Path("/mnt/buurt.gpkg.reserve").stat().st_size)
    print(len(private_store.maintenance.verify().altered))
    print(private_store.contributions.submit(contribution(3)).version)
"""


def test_withdrawing_and_reading_by_code_work_on_a_full_disk() -> None:
    """A disk of 12 MB that another program fills up to the last byte; then there is room again, without a restart."""
    mounted = f"mount -t tmpfs -o size=12m none /mnt && exec {shlex.quote(sys.executable)} -c {shlex.quote(SMALL_DISK)}"
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no disk of our own can be mounted here (unshare)")
    assert done.stdout.split() == ["full", "1", "None", "None", "4000000", "0", "1"], done.stderr


def test_no_room_for_a_backup_leaves_no_half_one(tmp_path: Path, clock: Clock) -> None:
    with store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg", clock=clock) as private_store:
        private_store.projects.save(project())
        private_store.contributions.submit(contribution())
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        was = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            with pytest.raises(E.StoreFull):
                private_store.maintenance.write_backup(tmp_path / "b.gpkg")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, was)
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith("b.")] == []
        private_store.maintenance.write_backup(tmp_path / "b.gpkg")


# --- read-only


def read_and_write(url: str, pipe: Connection) -> None:
    """Read and write as a user who owns nothing here; tell what happened."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    try:
        with store.open_store(url, patience_s=1) as private_store:
            pipe.send(str(len(private_store.contributions.read_sketches("demo"))))
            private_store.contributions.submit(contribution(1))
            pipe.send("written")
    except E.BuurtError as refused:
        pipe.send(type(refused).__name__)
    pipe.close()


@pytest.mark.parametrize("open_elsewhere", [False, True])
def test_a_read_only_file_is_said(open_elsewhere: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="buurt-read-only-"))
    url = f"sqlite:///{folder}/buurt.gpkg"
    private_store = store.open_store(url)
    private_store.projects.save(project(retention_until=contribution().created.replace(year=2090)))
    private_store.contributions.submit(contribution())
    if not open_elsewhere:
        private_store.close()
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
        private_store.close()
    assert heard[-1] == "StoreReadOnly"
    with store.open_store(url) as private_store:
        assert len(private_store.contributions.read_sketches("demo")) == 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(E.StoreReadOnly):
        store.open_store(f"sqlite:///{tmp_path}/file/buurt.gpkg")


# --- locked


def test_a_locked_store_is_said_and_goes_on_afterwards(private_store: Store, url: str, clock: Clock) -> None:
    """Somebody else holds the lock; reading goes on, writing says how long it waited."""
    sent = contribution()
    with store.open_store(url, patience_s=0.2, clock=clock) as hasty:
        if url.startswith("sqlite"):
            other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(url)  # type: ignore[assignment]
            other.execute("SELECT 1 FROM project FOR UPDATE")
        with pytest.raises(E.StoreBusy) as refused:
            hasty.contributions.submit(sent)
        assert refused.value.facts["waited_s"] == 0.2
        assert hasty.contributions.read_sketches("demo").empty
        other.rollback()
        other.close()
        assert not hasty.contributions.submit(sent).is_replay


def test_who_is_refused_takes_nobody_along(private_store: Store) -> None:
    """Forty at once, every other one refused by the database itself: twenty drawings, twenty refusals."""
    sent = [contribution(at, session="nowhere" if at % 2 else "") for at in range(40)]
    refused: list[str] = []

    def send(one: store.Contribution) -> None:
        try:
            private_store.contributions.submit(one, PLACES)
        except E.UnknownSession:
            refused.append(one.id)

    threads = [threading.Thread(target=send, args=(one,)) for one in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == sorted(one.id for one in sent if one.session)
    assert len(private_store.contributions.read_sketches("demo")) == 20
    assert private_store.maintenance.verify().contributions == 20


def test_many_threads_take_their_turn(private_store: Store) -> None:
    """Fifty sessions of one server at once: fifty drawings, and readers see whole moments only."""
    sent = [contribution(at) for at in range(50)]
    wrong: list[str] = []

    def look() -> None:
        for _ in range(10):
            table = private_store.contributions.read_sketches("demo")
            if len(private_store.contributions.read_places("demo")) < 2 * len(table):
                wrong.append("half a contribution")

    threads = [
        threading.Thread(target=private_store.contributions.submit, args=(one, PLACES)) for one in sent
    ]
    threads += [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(private_store.contributions.read_sketches("demo")) == 50


# --- broken files and addresses


def test_a_damaged_file_is_said_and_put_aside_when_restored(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/buurt.gpkg"
    with store.open_store(url, clock=clock) as private_store:
        private_store.projects.save(project())
        for at in range(200):
            private_store.contributions.submit(contribution(at))
        private_store.maintenance.write_backup(tmp_path / "b.gpkg")
    path = tmp_path / "buurt.gpkg"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    with pytest.raises(E.StoreDamaged), store.open_store(url) as private_store:
        private_store.maintenance.verify()
    with pytest.raises(E.StoreDamaged):
        store.restore_backup(tmp_path / "b.gpkg", url)
    assert store.restore_backup(tmp_path / "b.gpkg", url, replace=True).taken == 200
    assert len(list(tmp_path.glob("buurt.gpkg.damaged-*"))) >= 1
    with store.open_store(url, clock=clock) as private_store:
        assert len(private_store.contributions.read_sketches("demo")) == 200


@pytest.mark.parametrize("contents", [b"not a database at all, but long enough" * 400, b"SQLite format 3\0"])
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "buurt.gpkg"
    path.write_bytes(contents)
    with pytest.raises(E.StoreDamaged):
        store.open_store(f"sqlite:///{path}")
    assert path.read_bytes() == contents


def test_another_geopackage_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.gpkg"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(E.StoreDamaged):
        store.open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_addresses_that_lead_nowhere() -> None:
    for url in ("mysql://x", "buurt.gpkg", "sqlite://", "file:///x", ""):
        if url:
            with pytest.raises(E.StoreAddressUnknown):
                store.open_store(url)
    with pytest.raises(E.StoreUnreachable) as refused:
        store.open_store("postgresql://buurt:geheim@127.0.0.1:1/buurt", patience_s=1)
    assert "geheim" not in str(refused.value)
    assert "geheim" not in str(refused.value.facts)


def test_a_process_without_a_file_left_is_busy_and_not_shut_for_good(tmp_path: Path) -> None:
    """A visitor is asked to try again, as in a minute there is room; nobody is told to warn the administrator."""
    url = f"sqlite:///{tmp_path}/another.gpkg"
    with no_file_left(), pytest.raises(E.StoreBusy):
        store.open_store(url)
    with store.open_store(url) as opened:
        assert opened.projects.list_all() == []


def test_an_altered_row_is_found(private_store: Store, url: str) -> None:
    """One corner moved by a millimetre behind the door's back."""
    receipt = private_store.contributions.submit(contribution())
    private_store.contributions.submit(contribution(1))
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
    assert private_store.maintenance.verify().altered == (receipt.id,)
