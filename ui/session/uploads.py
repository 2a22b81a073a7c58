"""Which visits may hand in a file: those whose page asks for one, in the role that it asked them in, up to a total."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import cast

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.session import login_sessions

MAX_FILE_BYTES = 51_000_000
MAX_VISIT_BYTES = 100_000_000
MAX_HELD_BYTES = 400_000_000
"""Of all visits together, as long as their pages are open."""

MAX_VISITS = 1_000


@dataclass(frozen=True)
class _Allowance:
    """What one visit may still hand in.

    Attributes
    ----------
    reader
        Key of the sign-in that it was allowed under; "" where the role came by a link, or everybody has it.
    """

    left: int
    reader: str


_lock = Lock()
_allowed: dict[str, _Allowance] = {}
"""By the id of the visit."""


def allow_upload() -> None:
    """Allow this visit to upload a file: its role was checked, and it is shown a file box."""
    running = get_script_run_ctx()
    if running is None:
        return
    reader = login_sessions.reader_of_visit()
    with _lock:
        known = _allowed.pop(running.session_id, None)
        while len(_allowed) >= MAX_VISITS:
            _allowed.pop(next(iter(_allowed)))
        _allowed[running.session_id] = _Allowance(MAX_VISIT_BYTES if known is None else known.left, reader)


def is_allowed(visit: str, size: int, cookies: Mapping[str, str]) -> bool:
    """Return whether a browser with these cookies may hand in a file of this size for a visit, and count it.

    Who was signed in when the page asked for the file must be so still.
    """
    with _lock:
        found = _allowed.get(visit)
    if found is None or (found.reader and login_sessions.reader_of(cookies) != found.reader):
        return False
    room = MAX_HELD_BYTES - held_bytes()
    with _lock:
        found = _allowed.get(visit)
        if found is None or not 0 < size <= min(found.left, MAX_FILE_BYTES, room):
            return False
        _allowed[visit] = _Allowance(found.left - size, found.reader)
        return True


def held_bytes() -> int:
    """Return how much of what was handed in this process holds in memory."""
    if not runtime.exists():
        return 0
    manager = cast("MemoryUploadedFileManager", runtime.get_instance().uploaded_file_mgr)
    return sum(len(one.data) for files in list(manager.file_storage.values()) for one in list(files.values()))
