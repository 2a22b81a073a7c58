"""`buurt` as somebody calls it: in a process of its own, with its own settings, output and exit code.

The process is forked from one that has read the program already: reading it takes longer than most commands do.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pytest

import cli

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([*(f"cli.{name}" for name in set(cli.COMMAND_MODULES.values())), __name__])


@dataclass(frozen=True)
class Done:
    """What came of a call."""

    returncode: int | None
    stdout: str
    stderr: str


class Buurt(Protocol):
    """Call `buurt` with these words; `stdin` is what is typed meanwhile, the rest are settings."""

    def __call__(self, *words: str | Path, stdin: str = "", **settings: str) -> Done: ...


def call(
    folder: Path, usual: Mapping[str, str], *words: str | Path, stdin: str = "", **settings: str
) -> Done:
    """Call `buurt` with the usual settings and more; its input and output pass through files in this folder."""
    environment = {**os.environ, **usual, **settings}
    (folder / "stdin").write_text(stdin, encoding="utf-8")
    process = _forks.Process(target=_run, args=(folder, [str(word) for word in words], environment))
    with pytest.MonkeyPatch.context() as patch:
        # A new process begins with the program of this one: to a page that ran in a test, that is the page.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    process.join(PATIENCE_S)
    assert process.exitcode is not None, f"still busy: {words}"
    said = {name: (folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")}
    return Done(process.exitcode, **said)


def _run(folder: Path, words: list[str], environment: dict[str, str]) -> None:
    with (folder / "stdin").open("rb") as typed:
        os.dup2(typed.fileno(), 0)
    for name, number in (("stdout", 1), ("stderr", 2)):
        with (folder / name).open("wb") as output_file:
            os.dup2(output_file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    os.environ.clear()  # of the test in which the first process was forked
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["buurt", *words]
    cli.main()
