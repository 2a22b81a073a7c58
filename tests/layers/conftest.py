"""A data folder of its own for every test, and the services on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from layers.fetch import Progress, Report, fetch
from layers.transport import Session
from tests.layers import servers

NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00").timestamp()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty data folder."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    monkeypatch.delenv("BUURT_OFFLINE", raising=False)
    return tmp_path


@pytest.fixture
def netherlands(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Netherlands]:
    """Run the services with Testdam on them."""
    with servers.serving(servers.town()) as server:
        for setting, address in server.settings().items():
            monkeypatch.setenv(setting, address)
        yield server


def hurried(budget_s: float = 20.0) -> Session:
    """A session without patience: waits of a hundredth of a second, silence of a second and a half."""
    return Session(
        budget_s=budget_s,
        waits_s=(0.01, 0.01, 0.01),
        timeout=httpx.Timeout(1.5, connect=1.5),
        now=lambda: NOW,
    )


@dataclass
class Brought:
    """Testdam as it was fetched: where, by which program, what came of it, what was told meanwhile."""

    folder: Path
    server: servers.Netherlands
    report: Report
    told: list[Progress]


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    """Fetch Testdam once, for all who only look."""
    folder = tmp_path_factory.mktemp("boundaries")
    told: list[Progress] = []
    with servers.serving(servers.town()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_DATA", str(folder))
        for setting, address in server.settings().items():
            patch.setenv(setting, address)
        report = fetch("Testdam", session=hurried(), progress=told.append)
        patch.undo()
        yield Brought(folder, server, report, told)


@pytest.fixture
def testdam(brought: Brought, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Netherlands]:
    """Look at Testdam as fetched; the program behind it runs, and forgets its faults afterwards."""
    monkeypatch.setenv("BUURT_DATA", str(brought.folder))
    monkeypatch.delenv("BUURT_OFFLINE", raising=False)
    for setting, address in brought.server.settings().items():
        monkeypatch.setenv(setting, address)
    brought.server.asked.clear()
    yield brought.server
    brought.server.faults.clear()


@pytest.fixture
def session() -> Iterator[Session]:
    """Give a session without patience."""
    with hurried() as opened:
        yield opened
