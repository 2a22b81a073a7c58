"""A data folder of its own for every test, and the services on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from layers.download.fetch import FetchProgress, FetchReport, fetch_municipality
from layers.services.http import HttpClient
from tests.support import fake_services

MAP_MADE = "2026-11-21T09:58:00Z"
NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00").timestamp()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    monkeypatch.delenv("BUURT_OFFLINE", raising=False)
    return tmp_path


@pytest.fixture
def netherlands(monkeypatch: pytest.MonkeyPatch) -> Iterator[fake_services.Netherlands]:
    """Run the services with Testdam on them."""
    with fake_services.serving(fake_services.town(MAP_MADE)) as server:
        for setting, address in server.settings().items():
            monkeypatch.setenv(setting, address)
        yield server


def hurried(budget_s: float = 20.0) -> HttpClient:
    """A session without patience: waits of a hundredth of a second, silence of a second and a half."""
    return HttpClient(
        budget_s=budget_s,
        waits_s=(0.01, 0.01, 0.01),
        busy_wait_s=0.05,
        timeout=httpx.Timeout(1.5, connect=1.5),
        now=lambda: NOW,
    )


@dataclass
class DownloadedMunicipality:
    """Testdam as it was fetched: where, by which program, what came of it, what was said meanwhile."""

    folder: Path
    server: fake_services.Netherlands
    report: FetchReport
    progress_events: list[FetchProgress]


@pytest.fixture(scope="session")
def downloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DownloadedMunicipality]:
    """Fetch Testdam once, for all who only look."""
    folder = tmp_path_factory.mktemp("boundaries")
    progress_events: list[FetchProgress] = []
    with fake_services.serving(fake_services.town(MAP_MADE)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_DATA", str(folder))
        for setting, address in server.settings().items():
            patch.setenv(setting, address)
        report = fetch_municipality("Testdam", session=hurried(), progress=progress_events.append)
        patch.undo()
        yield DownloadedMunicipality(folder, server, report, progress_events)


@pytest.fixture
def testdam(
    downloaded: DownloadedMunicipality, monkeypatch: pytest.MonkeyPatch
) -> Iterator[fake_services.Netherlands]:
    """Look at Testdam as fetched; the program behind it runs, and forgets its faults afterwards."""
    monkeypatch.setenv("BUURT_DATA", str(downloaded.folder))
    monkeypatch.delenv("BUURT_OFFLINE", raising=False)
    for setting, address in downloaded.server.settings().items():
        monkeypatch.setenv(setting, address)
    downloaded.server.asked.clear()
    yield downloaded.server
    downloaded.server.faults.clear()


@pytest.fixture
def session() -> Iterator[HttpClient]:
    """Return a session without patience."""
    with hurried() as opened:
        yield opened
