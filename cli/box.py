"""`buurt box`: an evening without internet, on the local network of one laptop."""

import os
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli import W, app, console
from cli.serve import APP
from maps import qr
from study import box as boxes

ELSEWHERE = ("10.255.255.255", 9)
"""An address on no network of ours: asking the way to it sends nothing, and tells which card is used."""


@app.command(help=W("cli.box"))
def box(
    municipality: Annotated[str, typer.Argument(help=W("cli.box_municipality"))],
    folder: Annotated[Path, typer.Argument(help=W("cli.box_folder"))],
    where: Annotated[str, typer.Option("--where", help=W("cli.box_where"))] = "",
    tables: Annotated[int, typer.Option(min=0, max=20, help=W("cli.box_tables"))] = 4,
    project: Annotated[str, typer.Option(help=W("cli.box_project"))] = "",
    port: Annotated[int, typer.Option(help=W("cli.serve_port"))] = 8501,
    address: Annotated[str, typer.Option(help=W("cli.box_address"))] = "",
    ground: Annotated[Path | None, typer.Option("--ground", help=W("cli.box_ground"))] = None,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help=W("cli.box_prepare_only"))] = False,
) -> None:
    """Prepare the folder unless it is there, start the app for the local network, show its QR code."""
    if not boxes.is_packed(folder):
        named = tuple(W("workshop.table", n=n) for n in range(1, tables + 1))
        place = where or municipality
        boxes.pack(municipality, folder, where=place, day=date.today(), tables=named, project=project)
        console.print(W("cli.box_packed", folder=str(folder)), highlight=False)
    if ground is not None:
        laid = boxes.lay_ground(municipality, folder, ground)
        least, most = laid.zooms
        facts = {"name": ground.name, "least": least, "most": most, "credit": laid.credit or "-"}
        console.print(W("cli.box_ground_laid", **facts), highlight=False, markup=False)
    if prepare_only:
        return
    opened = boxes.unpack(folder)
    here = f"http://{address or own_address()}:{port:d}"
    join = f"{here}/mee?code={opened.evening.code}"
    # The secret is for the person at this laptop: it goes to their screen, and to no log.
    told = W(
        "cli.box_open",
        join=join,
        code=opened.evening.code,
        screen=f"http://localhost:{port:d}/scherm?avond={opened.evening.id}#{opened.link}",
        prepare=f"http://localhost:{port:d}/avond?avond={opened.evening.id}#{opened.link}",
        store=str(folder / boxes.STORE),
    )
    print(qr.terminal(join), flush=True)  # noqa: T201
    console.print(told, highlight=False, soft_wrap=True)
    start = [sys.executable, "-m", "streamlit", "run", str(APP)]
    start += [f"--server.port={port}", "--server.address=0.0.0.0"]
    settings = {**os.environ, **opened.settings, "BUURT_ADDRESS": here}
    try:
        code = subprocess.run(start, cwd=APP.parent, env=settings, check=False).returncode  # noqa: S603  # our words
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


def own_address() -> str:
    """Give the address of this laptop on its network; its own name for itself where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(asked.getsockname()[0])
