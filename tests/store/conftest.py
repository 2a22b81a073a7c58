"""A store of each engine; the tests of the door run on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import store
from store import Store
from tests.support.postgres_cluster import Cluster
from tests.support.store_factories import Clock, project


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a throw-away PostgreSQL, started by the first test that needs it."""
    with Cluster.started() as cluster:
        yield cluster


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """Return the address of an empty database, which is gone after the test."""
    address = cluster.database()
    yield address
    cluster.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/buurt.gpkg"
    found: str = request.getfixturevalue("database")
    return found


@pytest.fixture
def private_store(url: str, clock: Clock) -> Iterator[Store]:
    """Return an open store with the project "demo" in it."""
    with store.open_store(url, patience_s=5, clock=clock) as private_store:
        private_store.projects.save(project())
        yield private_store
