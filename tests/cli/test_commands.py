"""Every command is found where the table of commands says."""

import importlib

import typer

import cli


def test_each_command_is_in_its_module() -> None:
    """Whoever adds a command adds it to the table, or it would only be known to the help."""
    for name in set(cli.HOMES.values()):
        importlib.import_module(f"cli.{name}")
    assert set(typer.main.get_command(cli.app).commands) == set(cli.HOMES)  # type: ignore[attr-defined]
