"""`buurt backup`, `restore`, `retention`, `admin`, `store`: what an administrator does."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import W, app, console
from study import keeping, projects

store_app = typer.Typer(help=W("cli.store"), no_args_is_help=True)
app.add_typer(store_app, name="store")


@app.command(help=W("cli.backup"))
def backup(
    path: Annotated[Path, typer.Argument(help=W("cli.backup_path"))],
    nightly: Annotated[bool, typer.Option("--nightly", help=W("cli.backup_nightly"))] = False,
) -> None:
    """Write a backup that was opened and counted."""
    if nightly:
        console.print(W("cli.backed_up", path=str(keeping.nightly(path))))
        return
    found = keeping.backup(path)
    console.print(W("cli.backed_up_n", path=str(path), n=found.contributions))


@app.command(help=W("cli.restore"))
def restore(
    path: Annotated[Path, typer.Argument(help=W("cli.restore_path"))],
    replace: Annotated[bool, typer.Option("--replace", help=W("cli.restore_replace"))] = False,
) -> None:
    """Put a backup back."""
    console.print(W("cli.restored", n=keeping.restore(path, replace=replace).taken))


@app.command(help=W("cli.retention"))
def retention() -> None:
    """Erase what is past its date."""
    erased = keeping.erase_past_date()
    console.print(
        W(
            "cli.erased",
            n_projects=len(erased.projects),
            n=erased.contributions,
            n_places=erased.places,
            n_signals=erased.signals,
        )
    )


@app.command(help=W("cli.admin"))
def admin(
    label: Annotated[str, typer.Argument(help=W("cli.admin_label"))],
    role: Annotated[str, typer.Option(help=W("cli.admin_role"))] = "planner",
) -> None:
    """Make an account for a planner or administrator; the password is asked and never shown."""
    if role not in ("planner", "administrator"):
        raise typer.BadParameter(W("cli.admin_role"))
    password = _password()
    made = keeping.add_account(label, role, password)
    console.print(W("cli.admin_made", label=made.label, role=made.role))


def _password() -> str:
    """Ask for a password, or read one line where nobody sits at the keyboard; it is never an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(W("cli.admin_password"))
    return sys.stdin.readline().rstrip("\r\n")


@app.command("projects", help=W("cli.projects"))
def list_projects() -> None:
    """List the projects, id first."""
    for project in projects.projects():
        note = f"  ({W('demo.label')})" if project.is_made_up else ""
        console.print(f"{project.id}  {project.name}{note}", highlight=False)


@store_app.command("copy", help=W("cli.store_copy"))
def copy(from_url: str, to_url: str) -> None:
    """Move house: everything of one store into another, empty one."""
    console.print(W("cli.copied", n=keeping.move(from_url, to_url).taken))


@store_app.command("merge", help=W("cli.store_merge"))
def merge(path: Path) -> None:
    """Take in the file of an evening without internet."""
    done = keeping.merge(path)
    console.print(
        W(
            "cli.merged",
            n=done.taken,
            n_known=done.known,
            n_updated=done.updated,
            n_conflicts=len(done.conflicts),
        )
    )
