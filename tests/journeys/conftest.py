"""An app for the journeys of a file: the made-up town, a town that is not, two accounts, a place for backups."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import store
from store import Store
from tests.support import identity_provider
from tests.support.browser import ROOT, App, free_port
from tests.support.identity_provider import IdentityProvider
from tests.support.temp_store import own_data

PASSWORD = "vier lange woorden samen"
TOWN = "GM9902"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where this app keeps its data and its backups."""
    folder = tmp_path_factory.mktemp("house")
    lock = shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", own_data(folder) / TOWN) / "lock.json"
    manifest = json.loads(lock.read_text(encoding="utf-8"))
    lock.write_text(
        json.dumps(manifest | {"code": TOWN, "name": "Noorderwaard", "made_up": False}), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="session")
def municipality() -> Iterator[IdentityProvider]:
    """Return a sign-in of the municipality that lets everybody in."""
    with identity_provider.serving() as server:
        yield server


@pytest.fixture(scope="module")
def app(rooms: Path, municipality: IdentityProvider) -> Iterator[App]:
    """Return the app, with a planner and an administrator who may sign in."""
    port, secrets = free_port(), rooms / "secrets.toml"
    settings = {
        "BUURT_DATA": str(rooms / "data"),
        "BUURT_EXAMPLE": "on",
        "BUURT_BACKUPS": str(rooms / "backups"),
        "STREAMLIT_SECRETS_FILES": str(secrets),
    }
    app = App(rooms / "store.gpkg", port, rooms / "log.txt", settings)
    secrets.write_text(municipality.secrets_toml(app.url), encoding="utf-8")
    app.start()
    with store.open_store(f"sqlite:///{app.store}") as opened:
        opened.accounts.create("planner", "planner", PASSWORD)
        opened.accounts.create("beheer", "administrator", PASSWORD)
    yield app
    app.kill()


@pytest.fixture(scope="module")
def private_store(app: App) -> Iterator[Store]:
    """Return the store of the app, from another process."""
    with store.open_store(f"sqlite:///{app.store}") as opened:
        yield opened
