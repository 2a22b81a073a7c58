"""`buurt` with a store and a data folder of its own."""

from functools import partial
from pathlib import Path

import pytest

from tests.support.cli_runner import Buurt, call
from tests.support.temp_store import own_data


@pytest.fixture
def buurt(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Buurt:
    """Return what calls `buurt`; its store is in `tmp_path`, and the made-up town is always there."""
    settings = {"BUURT_STORE": f"sqlite:///{tmp_path}/store.gpkg", "BUURT_DATA": str(own_data(tmp_path))}
    return partial(call, tmp_path_factory.mktemp("said"), settings)
