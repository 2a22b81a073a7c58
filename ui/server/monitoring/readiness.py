"""Whether this process can do its work: the store takes a write, disk and files are left, kernels run."""

import errno
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import settings
from geo.errors import BuurtError
from study import context
from ui.session import admission, left_visits
from ui.session.address_limits import UNLIMITED, network

FILES_OF_SERVER, FILES_OF_VISIT = 200, 5
FILES_SPARE = 60
"""Stay free for saves when visits have taken all the others: a save needs one file and no visit."""

FRESH_S = 2.0
"""How long an answer stands: the check writes to the disk, and anybody may ask for it."""

MAX_FILES_SHARE = 0.9
MAX_FILES = 65_536
"""How many files a process asks for; Windows, which has no such limit, is taken to allow as many."""

if sys.platform != "win32":
    import resource


async def readyz(request: Request) -> Response:
    """Return in one word whether the server can work; to this machine itself, what it cannot do."""
    found = await run_in_threadpool(recent_checks)
    answer: dict[str, object] = {"status": "ready" if all(found.values()) else "not ready"}
    if request.client is None or network(request.client.host) in UNLIMITED:
        answer |= {"checks": found, "files_open": open_files(), "files_most": file_limit()}
        if found["store"]:
            commits, batch = context.get_store().maintenance.count_commits()
            answer |= {"commits": commits, "largest_batch": batch}
    status = 200 if all(found.values()) else 503
    return JSONResponse(answer, status_code=status, headers={"Cache-Control": "no-store"})


_asking = Lock()
_last: tuple[float, dict[str, bool]] = (0.0, {})


def recent_checks() -> dict[str, bool]:
    """Return what the check found, at most two seconds ago."""
    global _last  # noqa: PLW0603  # one for the process
    with _asking:
        if not _last[1] or time.monotonic() - _last[0] > FRESH_S:
            _last = (time.monotonic(), check_readiness())
        return _last[1]


def check_readiness() -> dict[str, bool]:
    """Try everything that a save and an answer need."""
    checks: dict[str, Callable[[], bool]] = {
        "store": _store_takes_a_write,
        "disk": admission.has_room,
        "files": lambda: open_files() < MAX_FILES_SHARE * file_limit(),
        "kernels": _kernel_runs,
    }
    return {name: _tried(check) for name, check in checks.items()}


def _tried(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (BuurtError, OSError, RuntimeError):
        return False


def _store_takes_a_write() -> bool:
    context.get_store().maintenance.try_write()
    return True


def _kernel_runs() -> bool:
    from geo.kernels.predicates import side  # noqa: PLC0415  # numba takes half a second to load

    return side(0.0, 0.0, 1.0, 0.0, 0.5, 1.0) == 1


def open_files() -> int:
    """Return how many files and sockets this process has open; the limit where none is left to count them by."""
    try:
        return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0
    except OSError as problem:
        if problem.errno not in {errno.EMFILE, errno.ENFILE}:
            raise
        return file_limit()


def file_limit() -> int:
    """Return how many this process may have open."""
    return MAX_FILES if sys.platform == "win32" else resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def most_visits() -> int:
    """Return how many visits there may be at once: each takes five files, and 200 are for everything else."""
    return min(settings.current().visits, max(1, (file_limit() - FILES_OF_SERVER) // FILES_OF_VISIT))


def has_room_for_visit(n_open: int) -> bool:
    """Return whether one more visit may come in; where files are short, visits that were left go first.

    Parameters
    ----------
    n_open
        Visits that are open now.
    """
    if n_open >= most_visits():
        return False
    most = file_limit() - FILES_SPARE
    if open_files() <= most:
        return True
    left_visits.release(at_once=True)
    return open_files() <= most


def raise_file_limit() -> int:
    """Raise the limit of open files as far as this user may; return what it is now."""
    if sys.platform == "win32":
        return MAX_FILES
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MAX_FILES if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
