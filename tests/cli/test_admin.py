"""What an administrator calls: each ends in 0 and a count, or in 2 and one sentence, never in a traceback."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import store
from store import Actor, Store, authenticator
from store.engines.sqlite import has_wal_reset_fault
from tests.support.cli_runner import Buurt, Done
from tests.support.store_factories import contribution, project

WORDS = "een lange zin van vier"
LONG_AGO = datetime(2025, 5, 4, 12, tzinfo=UTC).timestamp()


def opened(folder: Path, name: str = "store.gpkg") -> "closing[Store]":
    return closing(store.open_store(f"sqlite:///{folder}/{name}"))


def drawings(path: Path, key: str = "echt") -> int:
    with closing(store.open_store(f"sqlite:///{path}")) as private_store:
        return len(private_store.contributions.read_sketches(key))


@pytest.fixture
def filled(tmp_path: Path) -> list[str]:
    """Put three drawings in a real project; give their codes."""
    with opened(tmp_path) as private_store:
        private_store.projects.save(project("echt", retention_until=date(2099, 1, 1), is_demo=False))
        receipts = [
            private_store.contributions.submit(contribution(at, project="echt")) for at in (0, 1000, 2000)
        ]
    return [str(receipt.code) for receipt in receipts]


def sound(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(done: Done) -> str:
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_backup_and_back(buurt: Buurt, filled: list[str], tmp_path: Path) -> None:
    """Three drawings and the invented ones; what was erased since the backup stays erased."""
    copy = tmp_path / "kopie.gpkg"
    assert " 3 tekeningen" in sound(buurt("backup", copy))
    with opened(tmp_path) as private_store:
        private_store.contributions.withdraw(filled[0], device="test")
    assert "lege plek" in refused(buurt("restore", copy)), "never over drawings, unless told to"
    assert drawings(tmp_path / "store.gpkg") == 2
    sound(buurt("restore", copy, "--replace"))
    assert drawings(tmp_path / "store.gpkg") == 2
    assert "kopie.gpkg" in refused(buurt("backup", copy)), "nor over an older backup"


def test_broken_backup_is_not_put_back(buurt: Buurt, filled: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "kopie.gpkg"
    sound(buurt("backup", copy))
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    assert "kopie.gpkg" in refused(buurt("restore", copy, "--replace"))
    assert drawings(tmp_path / "store.gpkg") == len(filled)


def test_nightly_backups_keep_fourteen(buurt: Buurt, tmp_path: Path) -> None:
    folder = tmp_path / "nachten"
    folder.mkdir()
    for day in range(1, 21):
        (folder / f"buurt-2026-04-{day:02d}.gpkg").write_bytes(b"oud")
    other = folder / "vakantie.jpg"
    other.touch()
    sound(buurt("backup", folder, "--nightly"))
    left = sorted(path.name for path in folder.glob("buurt-*.gpkg"))
    assert len(left) == 14
    assert left[0] == "buurt-2026-04-08.gpkg"
    assert other.exists()


def test_retention_erases_and_counts(buurt: Buurt, tmp_path: Path) -> None:
    """Of two projects the one past its date is emptied, from the file too; the other stays."""
    with closing(
        store.open_store(f"sqlite:///{tmp_path}/store.gpkg", clock=lambda: LONG_AGO)
    ) as private_store:
        for key, until in (("oud", date(2025, 6, 1)), ("echt", date(2099, 1, 1))):
            private_store.projects.save(project(key, retention_until=until, is_demo=False))
            private_store.contributions.submit(
                contribution(0, project=key, created=date(2025, 5, 4), name=f"Naam van {key}")
            )
    assert "1 tekeningen" in sound(buurt("retention"))
    assert drawings(tmp_path / "store.gpkg", "oud") == 0
    assert drawings(tmp_path / "store.gpkg") == 1
    written = b"".join(path.read_bytes() for path in tmp_path.glob("store.gpkg*"))
    assert b"Naam van oud" not in written
    assert b"Naam van echt" in written
    assert "0 tekeningen" in sound(buurt("retention"))


def test_accounts_are_made_without_showing_the_password(buurt: Buurt, tmp_path: Path) -> None:
    """The password comes in by standard input where nobody sits at a keyboard, and goes nowhere else."""

    def asked(label: str, password: str, role: str) -> Done:
        return buurt("admin", label, "--role", role, stdin=f"{password}\n")

    done = asked("beheer", WORDS, "administrator")
    assert "beheer" in sound(done)
    assert WORDS not in done.stdout + done.stderr
    assert "12" in refused(asked("kort", "welkom", "planner"))
    assert "beheer" in refused(asked("beheer", WORDS, "planner"))
    assert asked("baas", WORDS, "facilitator").returncode == 2
    with opened(tmp_path) as private_store:
        assert [(one.label, one.role) for one in private_store.accounts.list_all()] == [
            ("beheer", "administrator")
        ]
        assert private_store.accounts.authenticate("beheer", WORDS, device="test").role == "administrator"
    with closing(sqlite3.connect(tmp_path / "store.gpkg")) as file:
        (kept,) = file.execute("SELECT password_hash FROM account").fetchone()
    assert kept.startswith("$argon2id$")


def test_a_panel_and_a_partner_get_an_account_for_one_project(
    buurt: Buurt, filled: list[str], tmp_path: Path
) -> None:
    """A scope that does not fit the role is refused, and none is made."""
    known = (
        ("--role", "panel", "--project", "echt"),
        ("--role", "partner", "--project", "echt", "--owner", "upkeep"),
    )
    for n, options in enumerate(known):
        sound(buurt("admin", f"functie-{n}", *options, stdin=f"{WORDS}\n"))
    for options in (
        ("--role", "panel"),
        ("--role", "panel", "--project", "echt", "--owner", "upkeep"),
        ("--role", "partner", "--project", "echt"),
        ("--role", "partner", "--project", "echt", "--owner", "residents"),
        ("--role", "planner", "--project", "echt"),
        ("--role", "panel", "--project", "nergens"),
    ):
        assert buurt("admin", "ander", *options, stdin=f"{WORDS}\n").returncode == 2, options
    with opened(tmp_path) as private_store:
        assert [(one.role, one.project, one.owner) for one in private_store.accounts.list_all()] == [
            ("panel", "echt", ""), ("partner", "echt", "upkeep"),
        ]  # fmt: skip


def test_moving_house_and_merging(buurt: Buurt, filled: list[str], tmp_path: Path) -> None:
    """Everything moves, codes too; a box that comes home twice is taken in once."""
    here, there = f"sqlite:///{tmp_path}/store.gpkg", f"sqlite:///{tmp_path}/nieuw.gpkg"
    assert "3" in sound(buurt("store", "copy", here, there))
    with opened(tmp_path, "nieuw.gpkg") as private_store:
        assert {
            private_store.contributions.find_by_code(code, device="test").contribution.name for code in filled
        } == {"De Driehoek"}
        private_store.contributions.submit(contribution(3000, project="echt"))
    refused(buurt("store", "copy", here, there))
    assert drawings(tmp_path / "nieuw.gpkg") == 4
    assert "1 tekeningen overgenomen, 3" in sound(buurt("store", "merge", tmp_path / "nieuw.gpkg"))
    assert "0 tekeningen overgenomen, 4" in sound(buurt("store", "merge", tmp_path / "nieuw.gpkg"))
    assert drawings(tmp_path / "store.gpkg") == 4


def test_store_is_checked_and_a_version_with_a_fault_is_named(
    buurt: Buurt, filled: list[str], tmp_path: Path
) -> None:
    said = sound(buurt("verify"))
    assert "3 tekeningen" in said
    assert ("walresetbug" in said) == has_wal_reset_fault(sqlite3.sqlite_version_info)
    with closing(sqlite3.connect(tmp_path / "store.gpkg")) as file:
        file.execute("UPDATE contribution SET area_name = 'Anders'")
        file.commit()
    done = buurt("verify")
    assert done.returncode == 3
    assert "3 tekeningen zijn anders" in done.stdout


def test_no_password_in_a_command(buurt: Buurt, filled: list[str], tmp_path: Path) -> None:
    """Everybody on a machine sees the words of a command; the address comes from a file instead."""
    here = f"sqlite:///{tmp_path}/store.gpkg"
    for secret in ("postgresql://buurt:geheim@db/buurt", "postgresql://db/buurt?password=geheim"):
        done = buurt("store", "copy", here, secret)
        assert done.returncode == 2
        assert "geheim" not in done.stdout + done.stderr
    file = tmp_path / "adres"
    file.write_text(f"sqlite:///{tmp_path}/nieuw.gpkg\n", encoding="utf-8")
    assert "3" in sound(buurt("store", "copy", here, f"@{file}"))
    assert drawings(tmp_path / "nieuw.gpkg") == 3
    assert buurt("store", "copy", here, "@/er/is/niets").returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        ("restore", "er-is-niets.gpkg"),
        ("store", "merge", "er-is-niets.gpkg"),
        ("store", "copy", "mysql://x/y", "sqlite:///x.gpkg"),
        ("backup", "/proc/nergens/kopie.gpkg"),
    ],
)
def test_wrong_addresses_end_in_a_sentence(buurt: Buurt, command: tuple[str, ...]) -> None:
    refused(buurt(*command))


def test_the_only_administrator_gets_in_again(buurt: Buurt, tmp_path: Path) -> None:
    """Who lost phone and recovery codes has nobody to ask but whoever reaches the server."""
    with opened(tmp_path) as private_store:
        account = private_store.accounts.create("beheer", "administrator", WORDS).id
        secret = authenticator.new_secret()
        code = authenticator.code_at(secret, private_store.sign_ins.now_s())
        private_store.second_factors.activate(Actor("administrator", account=account), secret, code)
    assert "beheer" in sound(buurt("unlock", "beheer"))
    for label in ("nobody", "beheer"):  # the second time it has none any more
        again = buurt("unlock", label)
        assert again.returncode == 2
        assert f"'{label}'" in again.stderr
    with opened(tmp_path) as private_store:
        assert not private_store.second_factors.is_active(account)
        assert private_store.accounts.list_audit()[-1].action == "reset a second factor"
