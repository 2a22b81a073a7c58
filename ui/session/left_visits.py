"""Visits that were left: Streamlit keeps each for two minutes, with files of its own, and longer where nobody comes.

Here they go when their time is over, and all of them at once where files are short: whoever comes back begins anew,
with what the tab remembers.
"""

import math
from typing import Any

from streamlit import runtime


def is_held(visit: str) -> bool:
    """Return whether a visit is still here: somebody has it open, or left it and may come back to it."""
    here = runtime.get_instance()
    if here.is_active_session(visit):
        return True
    manager: Any = here._session_mgr  # noqa: SLF001  # as below
    with manager._storage_lock:  # noqa: SLF001
        return visit in manager._session_storage._cache  # noqa: SLF001


def release(*, at_once: bool = False) -> None:
    """Delete visits that were left; to be called in the event loop of the server.

    Parameters
    ----------
    at_once
        Also of those whose two minutes are not over.
    """
    manager: Any = runtime.get_instance()._session_mgr  # noqa: SLF001  # no other way leads to what it keeps
    with manager._storage_lock:  # noqa: SLF001
        gone = manager._session_storage._cache.expire(math.inf if at_once else None)  # noqa: SLF001
    del gone  # each ends as its last reference goes, outside the lock
