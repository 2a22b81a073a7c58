"""What an administrator does with the store: back up, restore, move, erase, let people in."""

from pathlib import Path
from typing import cast

import store
from store import Account, Actor, Erased, Moved, Role, Soundness
from study import projects

OPERATOR = Actor("administrator", account="command line")
"""Whoever may run commands on this machine may read its files anyway."""


def backup(path: Path) -> Soundness:
    """Write the whole store to a new file while others go on, open it and check every row."""
    return projects.opened().backup(path)


def restore(path: Path, *, replace: bool = False) -> Moved:
    """Put a backup back; refuses to overwrite drawings unless told to."""
    return store.restore(path, replace=replace)


def move(from_url: str, to_url: str) -> Moved:
    """Copy everything of one store into another, empty one."""
    return store.copy(from_url, to_url)


def merge(path: Path) -> Moved:
    """Take in the file of an evening without internet, without doubles."""
    return projects.opened().merge(path)


def erase_past_date() -> Erased:
    """Erase the drawings of projects past their date."""
    return projects.opened().retention()


def nightly(folder: Path) -> Path:
    """Write today's backup and remove the oldest."""
    return projects.opened().nightly(folder)


def export_raw(path: Path) -> Soundness:
    """Write a GeoPackage of everything but secrets; it is logged."""
    return projects.opened().export_raw(path, by=OPERATOR)


def add_account(label: str, role: str, password: str) -> Account:
    """Make an account; `role` is "planner" or "administrator"."""
    return projects.opened().add_account(label, cast("Role", role), password)


def accounts() -> list[Account]:
    """Give all accounts, without their hashes."""
    return projects.opened().accounts()
