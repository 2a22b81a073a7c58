"""Every command is found where the table of commands says; the app that cannot start says why."""

import importlib

import pytest
import typer

import cli
from tests.support.browser import free_port
from tests.support.cli_runner import Buurt


def test_each_command_is_in_its_module() -> None:
    """Whoever adds a command adds it to the table, or it would only be known to the help."""
    for name in set(cli.COMMAND_MODULES.values()):
        importlib.import_module(f"cli.{name}")
    assert set(typer.main.get_command(cli.app).commands) == set(cli.COMMAND_MODULES)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [("BUURT_TILES", "/nowhere/map.mbtiles", "map.mbtiles"), ("BUURT_STORE", "mysql://here", "mysql")],
)
def test_an_app_that_cannot_start_says_why_in_one_sentence(
    buurt: Buurt,
    setting: str,
    value: str,
    said: str,
) -> None:
    done = buurt("serve", "--port", str(free_port()), **{setting: value})
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_goes_into_a_pipe_is_not_cut(buurt: Buurt) -> None:
    output = buurt("sources").stdout
    assert "social_infrastructure" in output
    assert "…" not in output
