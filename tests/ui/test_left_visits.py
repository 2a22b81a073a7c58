"""Visits that were left, in the storage of Streamlit itself: they go where files are short, and nothing breaks."""

import os
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace

import pytest
from starlette.routing import Router
from streamlit import runtime
from streamlit.runtime.caching.ttl_cache import TTLCache
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

import i18n
from tests.support.open_files import no_file_left
from ui.server.monitoring import readiness
from ui.session import left_visits, visits

FILES = 2 * readiness.FILES_OF_SERVER


class Visit:
    """A session with files of its own, closed as its last reference goes."""

    def __init__(self, name: str, files: int = 0) -> None:
        self.id = name
        self.files = [os.open(os.devnull, os.O_RDONLY) for _ in range(files)]

    def __del__(self) -> None:
        for file in self.files:
            os.close(file)


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemorySessionStorage]:
    """What Streamlit keeps of visits that were left."""
    kept = MemorySessionStorage()
    manager = WebsocketSessionManager(kept, MemoryUploadedFileManager(""), ScriptCache(), None)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager))
    yield kept
    kept._cache.clear()


def leave(storage: MemorySessionStorage, visit: Visit) -> None:
    storage.save(SessionInfo(client=None, session=visit, script_run_count=1))  # type: ignore[arg-type]


def test_at_the_limit_of_files_a_visitor_is_refused_and_no_error_is_raised(
    storage: MemorySessionStorage,
) -> None:
    """Counting files takes a file, which is not there; once visits that were left are gone there is room."""
    i18n.get_translator.cache_clear()
    visits.VisitCheck(Router(), pages=(), has_room=readiness.has_room_for_visit)
    here = Visit("open", FILES)
    with no_file_left():
        assert readiness.open_files() == readiness.file_limit()
        assert not readiness.has_room_for_visit(0)
        assert not readiness.check_readiness()["files"]
        assert visits._full_page().status_code == 503
    del here
    leave(storage, Visit("left", FILES))
    with no_file_left():
        assert readiness.has_room_for_visit(0)
    assert not storage.list()


def test_visits_whose_time_ends_meanwhile_are_released_all_the_same(storage: MemorySessionStorage) -> None:
    """Every look at this clock is a second later: the three end one after the other while they are released."""
    storage._cache = TTLCache(maxsize=128, ttl=4, timer=count().__next__)
    for name in "abc":
        leave(storage, Visit(name))
    left_visits.release(at_once=True)
    assert not storage._cache._data


def test_only_visits_whose_time_is_over_go_by_themselves(storage: MemorySessionStorage) -> None:
    clock = [0.0]
    storage._cache = TTLCache(maxsize=128, ttl=120, timer=lambda: clock[0])
    leave(storage, Visit("a"))
    clock[0] = 100.0
    leave(storage, Visit("b"))
    clock[0] = 121.0
    left_visits.release()
    assert list(storage._cache._data) == ["b"]
