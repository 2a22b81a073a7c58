"""`buurt` with a store and a data folder of its own."""

from functools import partial
from pathlib import Path

import pytest

from tests.cli.calling import Buurt, Done, call
from tests.stores import own_data


@pytest.fixture
def buurt(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Buurt:
    """Give what calls `buurt`; its store is in `tmp_path`, and the made-up town is always there."""
    settings = {"BUURT_STORE": f"sqlite:///{tmp_path}/store.gpkg", "BUURT_DATA": str(own_data(tmp_path))}
    return partial(_call, tmp_path_factory.mktemp("said"), settings)


def _call(said: Path, settings: dict[str, str], *words: str | Path, stdin: str = "", **more: str) -> Done:
    return call(said, words, stdin=stdin, **{**settings, **more})
