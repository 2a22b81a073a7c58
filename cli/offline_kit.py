"""`buurt evening` and `buurt box`: a workshop session without internet, on the local network of one laptop."""

import socket
import subprocess
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import settings
from cli import T, app, console
from cli.serve import APP, server_command
from maps.static import qr
from study import administration
from study.workshop import offline_kit as boxes
from ui.routes import Page, Query, page_path

ELSEWHERE = ("10.255.255.255", 9)
"""An address on no network of ours: asking the way to it sends nothing, and tells which card is used."""

session_app = typer.Typer(help=T("cli.evening"), no_args_is_help=True)
app.add_typer(session_app, name="evening")


@app.command(help=T("cli.box"))
def box(
    municipality: Annotated[str, typer.Argument(help=T("cli.box_municipality"))],
    folder: Annotated[Path, typer.Argument(help=T("cli.box_folder"))],
    where: Annotated[str, typer.Option("--where", help=T("cli.box_where"))] = "",
    tables: Annotated[int, typer.Option(min=0, max=20, help=T("cli.box_tables"))] = 4,
    project: Annotated[str, typer.Option(help=T("cli.box_project"))] = "",
    port: Annotated[int, typer.Option(help=T("cli.serve_port"))] = 8501,
    address: Annotated[str, typer.Option(help=T("cli.box_address"))] = "",
    ground: Annotated[Path | None, typer.Option("--ground", help=T("cli.box_ground"))] = None,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help=T("cli.box_prepare_only"))] = False,
) -> None:
    """Prepare the folder unless it is there, start the app for the local network, show its QR code."""
    if not boxes.is_kit(folder):
        named = tuple(T("workshop.table", n=n) for n in range(1, tables + 1))
        place = where or municipality
        boxes.create_kit(municipality, folder, where=place, day=date.today(), tables=named, project=project)
        console.print(T("cli.box_packed", folder=str(folder)), highlight=False)
    if ground is not None:
        laid = boxes.add_basemap(municipality, folder, ground)
        least, most = laid.zooms
        facts = {"name": ground.name, "least": least, "most": most, "credit": laid.credit or "-"}
        console.print(T("cli.box_ground_laid", **facts), highlight=False, markup=False)
    if prepare_only:
        return
    _serve(boxes.open_kit(folder), port=port, address=address)


@session_app.command(help=T("cli.evening_pack"))
def pack(
    code: Annotated[str, typer.Argument(help=T("cli.evening_code"))],
    folder: Annotated[Path, typer.Argument(help=T("cli.box_folder_new"))],
    ground: Annotated[Path | None, typer.Option("--ground", help=T("cli.box_ground"))] = None,
) -> None:
    """Prepare a folder with a session that was made before, and tell what is in it."""
    kit = boxes.pack_session(code, folder, by=administration.OPERATOR, ground=ground)
    facts = {
        "place": kit.workshop_session.place,
        "code": kit.workshop_session.code,
        "streets": kit.streets,
        "areas": kit.areas,
        "facilities": kit.facilities,
        "folder": str(folder),
    }
    console.print(T("cli.evening_packed", **facts), highlight=False, markup=False, soft_wrap=True)


@session_app.command("open", help=T("cli.evening_open"))
def open_folder(
    folder: Annotated[Path, typer.Argument(help=T("cli.evening_folder"))],
    port: Annotated[int, typer.Option(help=T("cli.serve_port"))] = 8501,
    address: Annotated[str, typer.Option(help=T("cli.box_address"))] = "",
) -> None:
    """Start the app with the session of a folder, for the local network."""
    _serve(_open(folder), port=port, address=address)


@session_app.command(help=T("cli.evening_home"))
def home(folder: Annotated[Path, typer.Argument(help=T("cli.evening_folder"))]) -> None:
    """Merge what was drawn and said in the session of a folder; twice is no more than once."""
    kit = _open(folder)
    done = administration.merge_from(folder / boxes.STORE, by=administration.OPERATOR)
    facts = {
        "place": kit.workshop_session.place,
        "n": done.taken,
        "n_known": done.known,
        "n_updated": done.updated,
        "n_refused": done.refused,
        "n_conflicts": len(done.conflicts),
    }
    console.print(T("cli.evening_came_home", **facts), highlight=False, markup=False, soft_wrap=True)


def _open(folder: Path) -> boxes.OfflineKit:
    if not boxes.is_kit(folder):
        raise typer.BadParameter(T("cli.evening_none", folder=str(folder)))
    return boxes.open_kit(folder)


def _serve(opened: boxes.OfflineKit, *, port: int, address: str) -> None:
    """Show the way in, and serve until somebody stops it."""
    here = f"http://{address or own_address()}:{port:d}"
    join = f"{here}/{page_path(Page.JOIN, {Query.CODE: opened.workshop_session.code})}"
    local = f"http://localhost:{port:d}"
    of_session: dict[str, str] = {Query.SESSION: opened.workshop_session.id}
    # The secret is for the person at this laptop: it goes to their screen, and to no log.
    message = T(
        "cli.box_open",
        join=join,
        code=opened.workshop_session.code,
        screen=f"{local}/{page_path(Page.LIVE_SCREEN, of_session)}#{opened.link}",
        prepare=f"{local}/{page_path(Page.PREPARE, of_session)}#{opened.link}",
        folder=str(opened.folder),
    )
    print(qr.terminal(join), flush=True)  # noqa: T201
    console.print(message, highlight=False, soft_wrap=True)
    start = server_command(port, "0.0.0.0")  # noqa: S104  # the phones of a workshop session reach this laptop
    environment = settings.child_environment({**opened.settings, "BUURT_ADDRESS": here})
    try:
        code = subprocess.run(start, cwd=APP.parent, env=environment, check=False).returncode  # noqa: S603  # our words
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def own_address() -> str:
    """Return the address of this laptop on its network; its own name for itself where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(asked.getsockname()[0])
