"""A store and a data folder for the tests of one module or of one test alone."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

import store
from study import context, demo_project

ROOT = Path(__file__).resolve().parents[2]


def own_data(folder: Path) -> Path:
    """Create a data folder with nothing but the made-up town in it, so that nothing is kept in the repository."""
    data = folder / "data"
    data.mkdir()
    (data / "GM9901").symlink_to(ROOT / "data" / "boundaries" / "GM9901")
    return data


@cache
def demo_store() -> Path:
    """Return a store with the demo project in it, loaded once in this process; a copy of it is as good as a new one."""
    folder = Path(tempfile.mkdtemp(prefix="buurt-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BUURT_DATA", raising=False)
        with store.open_store(f"sqlite:///{folder / 'store.gpkg'}") as opened:
            demo_project.load_demo(opened)
    return folder / "store.gpkg"


@contextmanager
def own_store(folder: Path, **settings: str) -> Iterator[Path]:
    """Have this process use a new store with the demo project in it; yield its file.

    Parameters
    ----------
    settings
        What else is set in the environment meanwhile.
    """
    file = folder / "store.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        usual = {"BUURT_STORE": f"sqlite:///{file}", "BUURT_EXAMPLE": "on"}
        for name, value in {**usual, **settings}.items():
            patch.setenv(name, value)
        shutil.copyfile(demo_store(), file)
        context.get_store.cache_clear()
        yield file
        context.get_store().close()
        context.get_store.cache_clear()
