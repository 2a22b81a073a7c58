"""Build the documentation site: `python -m tools.site`, from docs/ and what the code says of itself.

The pages are copied to build/pages first, with the reference of commands written from the command line itself, so
that nothing generated is committed. The site is plain files for any web server: it searches in the browser and
asks no other host.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"


def main() -> int:
    """Build the site; a link that leads nowhere fails."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ROOT / "docs", PAGES, ignore=shutil.ignore_patterns("*.py"))
    for page in PAGES.rglob("*.md"):
        page.write_text(without_links_outside(page.read_text(encoding="utf-8")), encoding="utf-8")
    (PAGES / "reference").mkdir()
    (PAGES / "reference" / "commands.md").write_text(command_reference(), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def without_links_outside(text: str) -> str:
    """Return a page in which a link to a file of the repository is its path: the site holds the pages of docs/ only.

    Examples
    --------
    >>> without_links_outside("see [SECURITY](../SECURITY.md) and [methods](methods.md) and [all](decisions/)")
    'see `SECURITY.md` and [methods](methods.md) and [all](decisions/0001-rooms.md)'
    """
    text = re.sub(r"\[[^\]]*\]\(\.\./([^)]+)\)", r"`\1`", text)
    return text.replace("](decisions/)", "](decisions/0001-rooms.md)")


def command_reference() -> str:
    """Return the page of all commands, as their own help describes them."""
    stated = os.environ.get("BUURT_LANGUAGE")
    os.environ["BUURT_LANGUAGE"] = "en"  # read when the command line is imported
    import cli  # noqa: PLC0415

    os.environ.pop("BUURT_LANGUAGE") if stated is None else os.environ.update(BUURT_LANGUAGE=stated)
    for module in dict.fromkeys(cli.COMMAND_MODULES.values()):
        importlib.import_module(f"cli.{module}")
    runner = CliRunner()
    parts = ["# Commands", "", "As `buurt --help` and `buurt COMMAND --help` say it.", ""]
    names = _command_names(cli.app)
    for group in cli.app.registered_groups:
        within = _command_names(group.typer_instance) if group.typer_instance else []
        names += [str(group.name), *(f"{group.name} {name}" for name in within)]
    for name in ["", *names]:
        words = [*name.split(), "--help"]
        said = runner.invoke(cli.app, words, prog_name="buurt", terminal_width=100)
        parts += [f"## buurt {name}".rstrip(), "", "```text", said.output.strip(), "```", ""]
    return "\n".join(parts)


def _command_names(app: typer.Typer) -> list[str]:
    return [str(one.name or one.callback.__name__) for one in app.registered_commands if one.callback]


if __name__ == "__main__":
    sys.exit(main())
