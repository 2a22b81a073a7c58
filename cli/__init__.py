"""What a machine or a batch calls: `buurt ...`, the same answers as the pages, without a browser."""

import importlib
import os
import sys

import typer
from rich.console import Console

import words
from geo.errors import BuurtError

W = words.of(os.environ.get("BUURT_LANGUAGE", "nl"))
PIPED_COLUMNS = 240
"""In a file or a pipe there is no screen to fit in: nothing is cut or broken off."""

console = Console(width=None if sys.stdout.isatty() else PIPED_COLUMNS)
app = typer.Typer(
    name="buurt", help=W("cli.about"), no_args_is_help=True, add_completion=False, rich_markup_mode=None
)


@app.callback()
def buurt() -> None:
    """Keep the name of a command needed also where one command is loaded."""


HOMES = {
    "serve": "serve",
    "compare": "study", "consensus": "study",
    "import": "data", "fetch": "data", "sources": "data",
    "backup": "keeping", "restore": "keeping", "retention": "keeping", "admin": "keeping", "projects": "keeping",
    "store": "keeping",
    "report": "take", "export": "take",
    "box": "box",
}  # fmt: skip
"""Command -> the module it is in. Only that one is loaded: all of them together take seconds."""


def main() -> None:
    """Run a command; a problem we can explain ends in one sentence on stderr and exit code 2."""
    asked = HOMES.get(sys.argv[1] if len(sys.argv) > 1 else "")
    # A module registers its commands on `app` as it is loaded; without a command, for the help, all of them.
    for name in [asked] if asked else dict.fromkeys(HOMES.values()):
        importlib.import_module(f"cli.{name}")
    try:
        app()
    except BuurtError as problem:
        print(W.error(problem), file=sys.stderr)  # noqa: T201
        sys.exit(2)
