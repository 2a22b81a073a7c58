"""`buurt serve`: start the app."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import W, app, console

APP = Path(__file__).resolve().parent.parent / "app.py"


@app.command(help=W("cli.serve"))
def serve(
    port: Annotated[int, typer.Option(help=W("cli.serve_port"))] = 8501,
    address: Annotated[str, typer.Option(help=W("cli.serve_address"))] = "localhost",
) -> None:
    """Start the app and print where it is."""
    console.print(W("cli.serving", url=f"http://{address}:{port:d}"), highlight=False)
    start = [sys.executable, "-m", "streamlit", "run", str(APP)]
    start += [f"--server.port={port}", f"--server.address={address}"]
    try:
        code = subprocess.run(start, cwd=APP.parent, check=False).returncode  # noqa: S603  # our own words, no shell
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)
