"""Commands, options and exit codes: what scripts of others call."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import typer

import cli
from tests.cli.conftest import buurt
from tests.golden import as_json, expected
from tests.support.cli_runner import Buurt

__all__ = ["buurt"]


def surface(command: Any) -> dict[str, Any]:
    """Return the options of a command and its arguments by place, or the commands of a group."""
    if hasattr(command, "commands"):
        return {name: surface(each) for name, each in sorted(command.commands.items())}
    found: dict[str, Any] = {}
    for param in command.params:
        facts = [
            "required" if param.required else "optional",
            "flag" if getattr(param, "is_flag", False) else str(param.nargs),
        ]
        if param.param_type_name == "argument":
            found[f"argument {len(found) + 1}"] = facts
        elif param.name != "help":
            found["/".join(param.opts + param.secondary_opts)] = facts
    return found


def lost(before: dict[str, Any], now: dict[str, Any], path: str = "") -> list[str]:
    """Return what stood in the surface before and stands there otherwise or no more; more may have come."""
    found = []
    for key, value in before.items():
        if isinstance(value, dict) and isinstance(now.get(key), dict):
            found += lost(value, now[key], f"{path} {key}")
        elif now.get(key) != value:
            found.append(f"{path} {key}: {value} became {now.get(key)}")
    return found


def test_commands_and_options() -> None:
    """An option is called after a parameter unless it is spelt out, so that a rename would change it."""
    for name in set(cli.COMMAND_MODULES.values()):
        importlib.import_module(f"cli.{name}")
    assert lost(expected("commands"), as_json(surface(typer.main.get_command(cli.app)))) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("projects",), 0),
        (("projects", "--help"), 0),
        (("nonsense",), 2),
        (("compare",), 2),
        (("export", "--project", "nowhere", "--out", "x.csv"), 2),
    ],
)
def test_exit_codes(buurt: Buurt, words: tuple[str, ...], code: int) -> None:
    assert buurt(*words).returncode == code


def test_a_backup_and_a_kit_have_the_names_they_had(buurt: Buurt, tmp_path: Path) -> None:
    """An administrator's script looks for these files; a kit is opened by the laptop that goes out."""
    assert buurt("backup", "--nightly", tmp_path / "nights").returncode == 0
    (made,) = (tmp_path / "nights").iterdir()
    assert made.match("buurt-????-??-??.gpkg")
    done = buurt("box", "GM9901", tmp_path / "kit", "--prepare-only")
    assert done.returncode == 0, done.stderr
    files = {path.name for path in (tmp_path / "kit").iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert files == {"kaarten", "avond.gpkg", "doos.json"}
