"""What every test may ask for."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from tests.support import laws
from tests.support.browser import app, chromium, profiles, start_app, visiting

__all__ = ["app", "chromium", "profiles", "start_app", "visiting"]

laws.load_profile()

ROOT = Path(__file__).resolve().parent.parent
LONGEST = (
    "tests/ui/test_resident.py",
    "tests/journeys/test_facilitator.py",
    "tests/journeys/test_planner.py",
    "tests/ui/test_planner.py",
    "tests/ui/test_script_injection.py",
    "tests/ui/test_import_file.py",
    "tests/study/test_early_studies.py",
    "tests/ui/test_resident_faults.py",
    "tests/disclosure/test_growing_town.py",
    "tests/ui/test_example.py",
    "tests/geo/kernels/test_kernels.py",
    "tests/journeys/",
    "tests/ui/test_canvas",
    "tests/ui/test_resident_nothing_lost.py",
    "tests/ui/test_permissions.py",
    "tests/disclosure/test_editions.py",
    "tests/layers/download/test_fetch.py",
    "tests/ui/",
    "tests/cli/",
    "tests/layers/",
    "tests/study/",
    "tests/disclosure/",
    "tests/geo/",
    "tests/store/",
)
"""Files and folders of which a file takes longest, by the seconds of a whole run; all others take less."""


@pytest.fixture(scope="session", autouse=True)
def moved_clock() -> Iterator[None]:
    """Set the clock of this process to `TEST_CLOCK`, from where it runs on (see `py start.py clock`)."""
    moment = os.environ.get("TEST_CLOCK")
    if moment is None:
        yield
        return
    with time_machine.travel(datetime.fromisoformat(moment), tick=True):
        yield


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Put back the main module, in whose place Streamlit's tests leave a script that is gone by then.

    A process that is started later begins with the file of the main module, and ends where there is none.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return the path of a file of real data; the test is skipped, naming the file, where it is absent."""
    folder = Path(os.environ.get("BUURT_SHARED", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"real data absent: {name} (set BUURT_SHARED)")
        return path

    return find


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left with one of them at the end.

    Whatever asks for a browser is marked so: `-m "not browser"` leaves all of it out.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(
        key=lambda item: next((n for n, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Leave out of every collection of garbage what stays for the whole run: thousands of tests."""
    gc.freeze()
