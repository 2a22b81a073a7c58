"""What a machine or a batch calls: `buurt ...`, the same answers as the pages, without a browser."""

import os
import sys

import typer
from rich.console import Console

import words
from geo.errors import BuurtError

W = words.of(os.environ.get("BUURT_LANGUAGE", "nl"))
console = Console()
app = typer.Typer(
    name="buurt", help=W("cli.about"), no_args_is_help=True, add_completion=False, rich_markup_mode=None
)


@app.callback()
def buurt() -> None:
    """Keep the name of a command needed also where one command is loaded."""


def main() -> None:
    """Run a command; a problem we can explain ends in one sentence on stderr and exit code 2."""
    # Commands are imported here and not above, because each registers itself on `app`. The app itself starts in
    # a process of its own: loading what the other commands need would only delay it.
    from cli import serve  # noqa: F401, PLC0415

    if sys.argv[1:2] != ["serve"]:
        from cli import box, data, keeping, study, take  # noqa: F401, PLC0415

    try:
        app()
    except BuurtError as problem:
        print(W.error(problem), file=sys.stderr)  # noqa: T201
        sys.exit(2)
