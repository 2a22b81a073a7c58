"""What an administrator does from a page: projects, accounts, the log, erasing and backing up.

Each function asks who acts: a page that forgot to, gives nothing away.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import InputRefused
from store import Account, Actor, AuditRow, Erased, Project, Role
from study import access, projects

BACKUPS = "BUURT_BACKUPS"
"""The setting that names the folder of the nightly backups; without it there are none."""

NIGHTS = 14
"""How many backups stay; the privacy text promises that erased drawings are gone from them after this."""


def backups_folder() -> Path | None:
    """Give the folder where backups go, or None where the operator chose none."""
    found = os.environ.get(BACKUPS, "")
    return Path(found) if found else None


def _require(action: str, by: Actor | None) -> Actor:
    access.require(access.least("beheer", action), None, by)
    assert by is not None  # nobody without a role is let through
    return by


def save_project(project: Project, *, is_new: bool, by: Actor | None) -> Project:
    """Make or change a project. A made-up one is neither made nor changed this way.

    Raises
    ------
    AccessDenied, InputTooLarge
    InputRefused
        Among others when a new project has the id of one that is there.
    """
    actor = _require("save project", by)
    there = {one.id: one for one in projects.projects()}.get(project.id)
    if is_new != (there is None) or project.is_made_up or (there is not None and there.is_made_up):
        raise InputRefused(field="project", reason="taken")
    kept = projects.opened().save_project(project)
    projects.opened().log(actor, "save a project", project=kept.id)
    return kept


def accounts(*, by: Actor | None) -> list[Account]:
    """Give all accounts, without their hashes."""
    _require("accounts", by)
    return projects.opened().accounts()


def add_account(label: str, role: Role, password: str, *, by: Actor | None) -> Account:
    """Make an account.

    Raises
    ------
    AccessDenied, PasswordTooWeak, AccountExists, InputRefused
    """
    actor = _require("accounts", by)
    made = projects.opened().add_account(label, role, password)
    projects.opened().log(actor, f"add an account: {role}")
    return made


def set_password(account: str, password: str, *, by: Actor | None) -> None:
    """Give an account another password."""
    actor = _require("accounts", by)
    projects.opened().set_password(account, password)
    projects.opened().log(actor, "change a password")


def remove_account(account: str, *, by: Actor | None) -> None:
    """Take an account away."""
    actor = _require("accounts", by)
    projects.opened().remove_account(account)
    projects.opened().log(actor, "remove an account")


def audit(*, by: Actor | None) -> list[AuditRow]:
    """Give the log of what was done in a role, the latest first."""
    _require("audit", by)
    return projects.opened().audit()[::-1]


def erase_past_date(*, by: Actor | None) -> Erased:
    """Erase the drawings of projects past their date."""
    actor = _require("retention", by)
    done = projects.opened().retention()
    projects.opened().log(actor, "erase what is past its date", n=done.contributions)
    return done


def backup(folder: Path, *, by: Actor | None) -> Path:
    """Write a backup of this moment beside the nightly ones, opened and counted; the last of a day stays.

    Raises
    ------
    AccessDenied, StoreFull, StoreReadOnly, BackupBroken
    """
    actor = _require("backup", by)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"buurt-{datetime.now(UTC).date().isoformat()}-extra.gpkg"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)  # left behind by one that was cut off
    projects.opened().backup(fresh)
    fresh.replace(path)
    _drop_old(folder)
    projects.opened().log(actor, "write a backup")
    return path


def _drop_old(folder: Path) -> None:
    for old in sorted(folder.glob("buurt-????-??-??-extra.gpkg"))[:-NIGHTS]:
        old.unlink()


def nightly() -> tuple[Erased, Path | None]:
    """Do the daily work: erase what is past its date, and write a backup where there is a folder for it."""
    erased = projects.opened().retention()
    folder = backups_folder()
    if folder is None:
        return erased, None
    folder.mkdir(parents=True, exist_ok=True)
    _drop_old(folder)
    return erased, projects.opened().nightly(folder, keep=NIGHTS)
