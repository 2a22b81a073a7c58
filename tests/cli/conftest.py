"""`buurt` with a store and a data folder of its own."""

from functools import partial
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, Buurt, Done, call


@pytest.fixture
def buurt(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Buurt:
    """Give what calls `buurt`; its store is in `tmp_path`, and the made-up town is always there."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "GM9901").symlink_to(ROOT / "data" / "boundaries" / "GM9901")
    settings = {"BUURT_STORE": f"sqlite:///{tmp_path}/store.gpkg", "BUURT_DATA": str(data)}
    return partial(_call, tmp_path_factory.mktemp("said"), settings)


def _call(said: Path, settings: dict[str, str], *words: str | Path, stdin: str = "", **more: str) -> Done:
    return call(said, words, stdin=stdin, **{**settings, **more})
