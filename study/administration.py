"""Administration of the store: projects, accounts, audit log, retention, backup, restore and merge.

Every function takes who acts (``by``), checks the role and logs the act; a page that passes nobody is refused.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import settings
import store
from geo.errors import BuurtError, InputRefused, OwnSecondFactor, StoreError
from store import (
    SCOPED_ROLES,
    Account,
    Actor,
    AuditRow,
    Project,
    RetentionReport,
    Role,
    TransferReport,
    VerificationReport,
)
from study import context, jobs, permissions
from study.publishing import editions
from study.publishing.cell_values import escape_formula

T = TypeVar("T")

OPERATOR = Actor("administrator", account="command line", origin="command line")
"""Who runs commands on this machine: its files can be read there anyway."""

ACCOUNT_ROLES: tuple[Role, ...] = ("planner", "administrator", *SCOPED_ROLES)
"""Roles that have an account here."""

AUDIT_COLUMNS = ("day", "moment", "role", "account", "label", "action", "project", "n", "result", "origin")
"""Of the log as a file."""

BACKUPS = "BUURT_BACKUPS"
"""The setting that names the folder of the nightly backups; without it there are none."""

NIGHTS = 14
"""How many backups stay; the privacy text promises that erased drawings are gone from them after this."""


def backups_folder() -> Path | None:
    """Return the folder where backups go, or None where the operator chose none."""
    found = settings.current().backups
    return Path(found) if found else None


def _require(action: str, by: Actor | None) -> Actor:
    permissions.require_role(permissions.minimum_role("administration", action), None, by)
    assert by is not None  # nobody without a role is let through
    return by


@dataclass
class _Act:
    """What is being done, and to how many rows."""

    n: int = 0


@contextmanager
def _logged(actor: Actor, action: str, *, project: str = "") -> Iterator[_Act]:
    """Write in the audit log what is done within, also where it fails."""
    act = _Act()
    try:
        yield act
    except BuurtError:
        with suppress(StoreError):  # where the store itself is the fault, that is what is told
            context.get_store().accounts.append_audit(actor, action, project=project, result="failed")
        raise
    context.get_store().accounts.append_audit(actor, action, project=project, n=act.n)


def save_project(project: Project, *, is_new: bool, by: Actor | None) -> Project:
    """Create or change a project. A made-up one is neither made nor changed this way.

    Raises
    ------
    AccessDenied, InputTooLarge
    InputRefused
        Among others when a new project has the id of one that is there.
    """
    actor = _require("save project", by)
    there = {one.id: one for one in context.get_store().projects.list_all()}.get(project.id)
    if is_new != (there is None) or project.is_demo or (there is not None and there.is_demo):
        raise InputRefused(field="project", reason="taken")
    with _logged(actor, "save a project", project=project.id):
        return context.get_store().projects.save(project)


def accounts(*, by: Actor | None) -> list[Account]:
    """Return all accounts, without their hashes."""
    _require("accounts", by)
    return context.get_store().accounts.list_all()


def add_account(
    label: str, role: Role, password: str, *, project: str = "", owner: str = "", by: Actor | None
) -> Account:
    """Create an account.

    Parameters
    ----------
    project, owner
        Scope of a panel or partner: its project, and of a partner the kind of organisation.

    Raises
    ------
    AccessDenied, PasswordTooWeak, AccountExists, InputRefused, UnknownProject
    """
    actor = _require("accounts", by)
    with _logged(actor, f"add an account: {role}", project=project):
        return context.get_store().accounts.create(label, role, password, project=project, owner=owner)


def set_password(account: str, password: str, *, by: Actor | None) -> None:
    """Set another password for an account."""
    actor = _require("accounts", by)
    with _logged(actor, "change a password"):
        context.get_store().accounts.set_password(account, password)


def accounts_with_second_factor(*, by: Actor | None) -> set[str]:
    """Return the ids of the accounts that ask a code beside the password."""
    _require("accounts", by)
    return context.get_store().second_factors.list_accounts()


def reset_second_factor(account: str, *, by: Actor | None) -> None:
    """Delete the second factor of an account whose owner lost phone and recovery codes; they are signed out.

    Raises
    ------
    AccessDenied, UnknownSubject
    OwnSecondFactor
        For one's own account: who sits down at an open screen would turn it off without a code.
    """
    actor = _require("accounts", by)
    if account == actor.account:
        raise OwnSecondFactor()
    context.get_store().second_factors.remove(account, by=actor, action="reset a second factor")


def remove_account(account: str, *, by: Actor | None) -> None:
    """Delete an account."""
    actor = _require("accounts", by)
    with _logged(actor, "remove an account"):
        context.get_store().accounts.delete(account)


def audit(*, by: Actor | None) -> list[AuditRow]:
    """Return the log of what was done in a role, the latest first; that somebody reads it is in it, once a day."""
    actor = _require("audit", by)
    with suppress(StoreError):  # it can be read on a full disk as well
        context.get_store().accounts.append_audit(actor, "read the log", once_a_day=True)
    return context.get_store().accounts.list_audit()[::-1]


def export_audit(*, by: Actor | None) -> str:
    """Return the whole log as CSV, the latest first, with moments in UTC; that it was taken along is in it.

    Raises
    ------
    AccessDenied
    """
    actor = _require("audit", by)
    context.get_store().accounts.append_audit(actor, "export the log")
    labels = {one.id: one.label for one in context.get_store().accounts.list_all()}
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(AUDIT_COLUMNS)
    for row in context.get_store().accounts.list_audit()[::-1]:
        moment = "" if row.moment is None else row.moment.isoformat()
        texts = (row.role, row.account, labels.get(row.account, ""), row.action, row.project)
        rows.writerow(
            [
                row.day.isoformat(),
                moment,
                *map(escape_formula, texts),
                row.n,
                row.result,
                escape_formula(row.origin),
            ]
        )
    return out.getvalue()


def erase_past_date(*, by: Actor | None) -> RetentionReport:
    """Erase the drawings of projects past their date."""
    actor = _require("retention", by)
    with _logged(actor, "erase what is past its date") as act:
        done = context.get_store().maintenance.erase_expired()
        act.n = done.contributions
    return done


def backup(folder: Path, *, by: Actor | None) -> Path:
    """Write a backup of this moment beside the nightly ones, opened and counted; the last of a day stays.

    Raises
    ------
    AccessDenied, StoreFull, StoreReadOnly, BackupBroken
    """
    actor = _require("backup", by)
    path = folder / f"buurt-{datetime.now(UTC).date().isoformat()}-extra.gpkg"
    with _logged(actor, "write a backup"):
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # left behind by one that was cut off
        _run("backup", _write_backup, fresh)
        fresh.replace(path)
        _drop_old(folder)
    return path


def write_backup(path: Path, *, by: Actor | None) -> VerificationReport:
    """Write the whole store to a new file while others go on, open it and check every row.

    Raises
    ------
    AccessDenied, StoreNotEmpty, StoreFull, StoreReadOnly, BackupBroken
    """
    actor = _require("backup", by)
    with _logged(actor, "write a backup"):
        return _run("backup", _write_backup, path)


def verify(*, by: Actor | None) -> VerificationReport:
    """Compare every drawing with the digest of when it was stored; a job of its own where there are many.

    Raises
    ------
    AccessDenied
    StoreDamaged
        The file is not whole.
    """
    _require("backup", by)
    n = context.get_store().maintenance.count_contributions()
    return jobs.run(n, ("verify",), _verify)


def risky_database_version() -> str:
    """Return the version of SQLite where it has the fault that can damage a store in use; "" for a sound one."""
    return context.get_store().maintenance.risky_version()


def write_nightly_backup(folder: Path, *, by: Actor | None) -> Path:
    """Write today's backup and remove the oldest.

    Raises
    ------
    AccessDenied, StoreFull, StoreReadOnly, BackupBroken
    """
    _require("backup", by)
    return _run("nightly backup", _write_nightly_backup, folder)


def restore_backup(path: Path, *, replace: bool, by: Actor | None) -> TransferReport:
    """Restore a backup; contributions are only overwritten where `replace` says so.

    Raises
    ------
    AccessDenied, StoreNotEmpty, BackupBroken
    """
    actor = _require("backup", by)
    with _logged(actor, "restore a backup") as act:
        done = store.restore_backup(path, replace=replace)
        act.n = done.taken
    return done


def copy_store(from_url: str, to_url: str, *, by: Actor | None) -> TransferReport:
    """Copy everything of one store into another, empty one.

    Raises
    ------
    AccessDenied, StoreNotEmpty, StoreUnreachable
    """
    _require("backup", by)
    return store.copy_store(from_url, to_url)


def merge_from(path: Path, *, by: Actor | None) -> TransferReport:
    """Merge the file of an offline workshop session, without duplicates.

    Raises
    ------
    AccessDenied, StoreUnreachable, BackupBroken
    """
    actor = _require("backup", by)
    with _logged(actor, "merge a store") as act:
        done = context.get_store().maintenance.merge_from(path)
        act.n = done.taken
    return done


def export_raw(path: Path, *, by: Actor | None) -> VerificationReport:
    """Write a GeoPackage of everything but secrets; the store logs it.

    Raises
    ------
    AccessDenied, StoreNotEmpty, StoreFull, StoreReadOnly
    """
    return context.get_store().maintenance.export_raw(path, by=_require("backup", by))


def _drop_old(folder: Path) -> None:
    for old in sorted(folder.glob("buurt-????-??-??-extra.gpkg"))[:-NIGHTS]:
        old.unlink()


def publish_due_editions() -> int:
    """Publish every project that wants a nightly edition and may have one; return how many were made."""
    return editions.publish_nightly()


def run_nightly_jobs() -> tuple[RetentionReport, Path | None]:
    """Do the daily work: erase what is past its date, and write a backup where there is a folder for it."""
    erased = context.get_store().maintenance.erase_expired()
    folder = backups_folder()
    if folder is None:
        return erased, None
    folder.mkdir(parents=True, exist_ok=True)
    _drop_old(folder)
    return erased, _run("nightly backup", _write_nightly_backup, folder)


# --- Work that a worker process does where there is much of it ------------------------------------


def _run(name: str, function: Callable[[Path], T], path: Path) -> T:
    n = context.get_store().maintenance.count_contributions()
    return jobs.run(n, (name, path), function, path)


def _verify() -> VerificationReport:
    return context.get_store().maintenance.verify()


def _write_backup(path: Path) -> VerificationReport:
    return context.get_store().maintenance.write_backup(path)


def _write_nightly_backup(folder: Path) -> Path:
    return context.get_store().maintenance.write_nightly_backup(folder, keep=NIGHTS)
