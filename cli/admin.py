"""`buurt backup`, `restore`, `verify`, `retention`, `admin`, `store`: what an administrator does."""

import getpass
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli import T, app, console
from maps import house_style
from study import administration, context, permissions

OPERATOR = administration.OPERATOR

ALTERED = 3
"""Exit code of a check that found drawings that are not what was stored."""

store_app = typer.Typer(help=T("cli.store"), no_args_is_help=True)
app.add_typer(store_app, name="store")


@app.command(help=T("cli.backup"))
def backup(
    path: Annotated[Path, typer.Argument(help=T("cli.backup_path"))],
    nightly: Annotated[bool, typer.Option("--nightly", help=T("cli.backup_nightly"))] = False,
) -> None:
    """Write a backup that was opened and counted."""
    if nightly:
        console.print(T("cli.backed_up", path=str(administration.write_nightly_backup(path, by=OPERATOR))))
        return
    found = administration.write_backup(path, by=OPERATOR)
    console.print(T("cli.backed_up_n", path=str(path), n=found.contributions))


@app.command(help=T("cli.restore"))
def restore(
    path: Annotated[Path, typer.Argument(help=T("cli.restore_path"))],
    replace: Annotated[bool, typer.Option("--replace", help=T("cli.restore_replace"))] = False,
) -> None:
    """Restore a backup."""
    console.print(
        T("cli.restored", n=administration.restore_backup(path, replace=replace, by=OPERATOR).taken)
    )


@app.command(help=T("cli.verify"))
def verify() -> None:
    """Check every drawing in the store, and warn of a version of SQLite with a fault; exit with 3 when one differs."""
    found = administration.verify(by=OPERATOR)
    console.print(
        T("cli.verified", n=found.contributions, n_places=found.places, n_altered=len(found.altered))
    )
    for one in found.altered:
        console.print(one, highlight=False)
    if risky := administration.risky_database_version():
        console.print(T("cli.verify_sqlite", version=risky))
    for moved in house_style.adjustments():
        console.print(T("cli.theme_adjusted", **moved.facts()), highlight=False)
    if found.altered:
        raise typer.Exit(ALTERED)


@app.command(help=T("cli.retention"))
def retention() -> None:
    """Erase what is past its date."""
    erased = administration.erase_past_date(by=OPERATOR)
    console.print(
        T(
            "cli.erased",
            n_projects=len(erased.projects),
            n=erased.contributions,
            n_places=erased.places,
            n_signals=erased.signals,
        )
    )


@app.command(help=T("cli.admin"))
def admin(
    label: Annotated[str, typer.Argument(help=T("cli.admin_label"))],
    role: Annotated[str, typer.Option(help=T("cli.admin_role"))] = "planner",
    project: Annotated[str, typer.Option(help=T("cli.admin_project"))] = "",
    owner: Annotated[str, typer.Option(help=T("cli.admin_owner"))] = "",
) -> None:
    """Create an account for staff, a panel or a partner; the password is asked and never shown."""
    if role not in administration.ACCOUNT_ROLES:
        raise typer.BadParameter(T("cli.admin_role"))
    if (role in permissions.SCOPED_ROLES) != bool(project):
        raise typer.BadParameter(T("cli.admin_project"))
    if (role == "partner") != bool(owner) or (owner and owner not in permissions.PARTNERS):
        raise typer.BadParameter(T("cli.admin_owner"))
    password = _password()
    made = administration.add_account(label, role, password, project=project, owner=owner, by=OPERATOR)
    console.print(T("cli.admin_made", label=made.label, role=made.role))


@app.command(help=T("cli.unlock"))
def unlock(label: Annotated[str, typer.Argument(help=T("cli.unlock_label"))]) -> None:
    """Delete the second factor of an account, also that of the only administrator."""
    guarded = administration.accounts_with_second_factor(by=OPERATOR)
    for one in administration.accounts(by=OPERATOR):
        if one.label == label and one.id in guarded:
            administration.reset_second_factor(one.id, by=OPERATOR)
            console.print(T("cli.unlock_done", label=label))
            return
    raise typer.BadParameter(T("cli.unlock_none", label=label))


def _password() -> str:
    """Read a password from the keyboard or one line of input; it is never an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(T("cli.admin_password"))
    return sys.stdin.readline().rstrip("\r\n")


@app.command("projects", help=T("cli.projects"))
def list_projects() -> None:
    """List the projects, id first."""
    for project in context.list_projects():
        note = f"  ({T('demo.label')})" if project.is_demo else ""
        console.print(f"{project.id}  {project.name}{note}", highlight=False)


@store_app.command("copy", help=T("cli.store_copy"))
def copy(from_url: str, to_url: str) -> None:
    """Move house: everything of one store into another, empty one."""
    done = administration.copy_store(_store_url(from_url), _store_url(to_url), by=OPERATOR)
    console.print(T("cli.copied", n=done.taken))


def _store_url(given: str) -> str:
    """Return the address of a store, given as such or as ``@FILE`` that holds it.

    Everybody on the machine sees the words of a command in the list of processes, so no password may be among them.
    """
    if given.startswith("@"):
        try:
            return Path(given[1:]).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise typer.BadParameter(T("cli.store_file", name=given[1:])) from problem
    if urlsplit(given).password is not None or "password=" in given:
        raise typer.BadParameter(T("cli.store_password"))
    return given


@store_app.command("merge", help=T("cli.store_merge"))
def merge(path: Path) -> None:
    """Merge the file of an offline workshop session."""
    done = administration.merge_from(path, by=OPERATOR)
    console.print(
        T(
            "cli.merged",
            n=done.taken,
            n_known=done.known,
            n_updated=done.updated,
            n_conflicts=len(done.conflicts),
            n_refused=done.refused,
        )
    )
