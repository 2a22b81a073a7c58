"""What a command writes replaces nothing."""

import inspect
from pathlib import Path

import pytest
import typer

import cli
from cli import (
    admin,
    analysis,
    custom_layers,
    demo,
    doctor,
    export,
    ingest,
    new_output,
    offline_kit,
    serve,
    tickets,
)
from geo.errors import OutputExists

MODULES = (admin, analysis, custom_layers, demo, doctor, export, ingest, offline_kit, serve, tickets)


def test_every_command_that_writes_a_file_refuses_one_that_is_there(tmp_path: Path) -> None:
    """Each option `--out` has the one rule, whichever command it is of."""
    assert {module.__name__.removeprefix("cli.") for module in MODULES} == set(cli.COMMAND_MODULES.values())
    there, new = tmp_path / "there", tmp_path / "new"
    there.write_text("mine", encoding="utf-8")
    (tmp_path / "report.html").write_text("mine", encoding="utf-8")
    asked = 0
    for command in cli.app.registered_commands:
        parameter = inspect.signature(command.callback).parameters.get("out") if command.callback else None
        if parameter is None:
            continue
        asked += 1
        (option,) = parameter.annotation.__metadata__
        refused = tmp_path if command.callback is export.report else there
        with pytest.raises(OutputExists):
            option.callback(refused)
        assert option.callback(new) == new
    assert asked == 6


def test_a_folder_is_free_while_none_of_the_files_is_in_it(tmp_path: Path) -> None:
    option: typer.models.OptionInfo = new_output("", "a.txt")
    assert option.callback is not None
    assert option.callback(tmp_path) == tmp_path
    (tmp_path / "a.txt").touch()
    with pytest.raises(OutputExists):
        option.callback(tmp_path)
