"""What a machine or a batch calls: `buurt ...`, the same answers as the pages, without a browser."""

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import i18n
import settings
from geo.errors import BuurtError, OutputExists

T = i18n.get_translator(settings.chosen_language())
PIPED_COLUMNS = 240
"""In a file or a pipe there is no screen to fit in: nothing is cut or broken off."""

console = Console(width=None if sys.stdout.isatty() else PIPED_COLUMNS)
app = typer.Typer(
    name="buurt", help=T("cli.about"), no_args_is_help=True, add_completion=False, rich_markup_mode=None
)


def new_output(help_text: str, *names: str) -> Any:
    """Return the option of a command that writes: nothing that is there already is replaced.

    Parameters
    ----------
    help_text
        What is written.
    names
        Files in the folder that is asked for; without any, a file itself is.
    """

    def refuse_existing(path: Path) -> Path:
        for one in [path / name for name in names] or [path]:
            if one.exists():
                raise OutputExists(where=str(one))
        return path

    return typer.Option(help=help_text, callback=refuse_existing)


def _show_version(asked: bool) -> None:
    if asked:
        console.print(settings.program_version(), highlight=False)
        raise typer.Exit


@app.callback()
def buurt(
    _version: Annotated[
        bool, typer.Option("--version", help=T("cli.version"), is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Read the options that stand before a command."""


COMMAND_MODULES = {
    "serve": "serve",
    "compare": "analysis", "consensus": "analysis",
    "import": "ingest", "fetch": "ingest", "sources": "ingest",
    "backup": "admin", "restore": "admin", "retention": "admin", "admin": "admin", "projects": "admin",
    "store": "admin", "verify": "admin", "unlock": "admin",
    "report": "export", "export": "export", "publish": "export", "archive": "export",
    "box": "offline_kit", "evening": "offline_kit",
    "tickets": "tickets",
    "demo": "demo",
    "doctor": "doctor",
    "layers": "custom_layers",
}  # fmt: skip
"""Command -> the module it is in. Only that one is loaded: all of them together take seconds."""


WITH_AREAS = {"compare", "consensus"}
"""Commands that read a file of areas too, with options of its own."""

WITH_DEMO = {"report", "export", "archive", "publish", "projects", "box", "evening", "tickets"}
"""Commands that show the demo project where it is open, also when they are the first ever run on a machine."""


def main() -> None:
    """Run a command; a problem we can explain ends in one sentence on stderr and exit code 2."""
    settings.prepare_process()
    asked = COMMAND_MODULES.get(sys.argv[1] if len(sys.argv) > 1 else "")
    # A module registers its commands on `app` as it is loaded; without a command, for the help, all of them.
    for name in [asked] if asked else dict.fromkeys(COMMAND_MODULES.values()):
        importlib.import_module(f"cli.{name}")
    try:
        if asked and sys.argv[1] in WITH_DEMO:
            importlib.import_module("study.demo_project").load_open_demo()
        app()
    except BuurtError as problem:
        words = [T.explain(problem), *_ways_on(type(problem).__name__, sys.argv[1] if asked else "")]
        print(" ".join(words), file=sys.stderr)  # noqa: T201
        sys.exit(2)


def _ways_on(problem: str, command: str) -> list[str]:
    """Return the sentences that name the option by which somebody goes on after a problem; none where there is none."""
    keys = [f"option_{problem}"] if command else []
    keys += [f"areas_option_{problem}"] if command in WITH_AREAS else []
    return [T(f"cli.{key}") for key in keys if key in T.section("cli")]
