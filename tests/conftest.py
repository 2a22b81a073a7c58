"""What every test may ask for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import app, chromium, profiles, start_app, visiting

__all__ = ["app", "chromium", "profiles", "start_app", "visiting"]

# How long an example takes says how busy the machine is; speed lives in benchmarks/.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent
SLOW = (
    "tests/ui/test_resident",
    "tests/ui/",
    "tests/geo/test_kernels",
    "tests/study/",
    "tests/cli/",
    "tests/geo/",
)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Give the path of a file of real data; the test is skipped, naming the file, where it is absent."""
    folder = Path(os.environ.get("BUURT_SHARED", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"real data absent: {name} (set BUURT_SHARED)")
        return path

    return find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest a test, so that no worker is left with it at the end."""
    items.sort(key=lambda item: next((n for n, part in enumerate(SLOW) if part in item.nodeid), len(SLOW)))
