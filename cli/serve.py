"""`buurt serve`: start the app."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import T, app, console

APP = Path(__file__).resolve().parent.parent / "app.py"


@app.command(help=T("cli.serve"))
def serve(
    port: Annotated[int, typer.Option(help=T("cli.serve_port"))] = 8501,
    address: Annotated[str, typer.Option(help=T("cli.serve_address"))] = "localhost",
) -> None:
    """Start the app and print where it is."""
    console.print(T("cli.serving", url=f"http://{address}:{port:d}"), highlight=False)
    command = server_command(port, address)
    if os.name == "nt":  # there a process cannot become another one: the prompt would come back at once
        raise typer.Exit(subprocess.run(command, cwd=APP.parent, check=False).returncode)  # noqa: S603
    # The command becomes the server: a signal to it ends the server, and no child is left behind.
    os.chdir(APP.parent)
    os.execv(sys.executable, command)  # noqa: S606  # our own words, no shell


def server_command(port: int, address: str) -> list[str]:
    """Return the command that starts the server, the limits on strangers included; run it beside `app.py`."""
    return [sys.executable, "-m", "ui.server", f"--server.port={port}", f"--server.address={address}"]
