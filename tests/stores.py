"""A store and a data folder for the tests of one module or of one test alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from study import projects
from tests.browser import ROOT


def own_data(folder: Path) -> Path:
    """Make a data folder with nothing but the made-up town in it, so that nothing is kept in the repository."""
    data = folder / "data"
    data.mkdir()
    (data / "GM9901").symlink_to(ROOT / "data" / "boundaries" / "GM9901")
    return data


@contextmanager
def own_store(folder: Path, **settings: str) -> Iterator[Path]:
    """Let this process keep all in a new store, the made-up town in it; give its file.

    Parameters
    ----------
    settings
        What else is set in the environment meanwhile.
    """
    file = folder / "store.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BUURT_STORE": f"sqlite:///{file}", **settings}.items():
            patch.setenv(name, value)
        projects.opened.cache_clear()
        yield file
        projects.opened().close()
        projects.opened.cache_clear()
