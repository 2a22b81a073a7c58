"""Long-lived threads for work with coordinates: some for saves of residents, some for everything else on a page.

Streamlit runs every rerun in a new thread, and PROJ builds its transformers anew in each: 22 ms for every
resident who saves. In threads that stay they are built once. Several threads reach the store together, so that what
they write goes to the disk together.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import shapely

from geo import crs
from geo.errors import ServerBusy
from settings import BUDGETS

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")

_PAGE_THREADS = 4


def _warm() -> None:
    """Build what a first drawing in a thread would wait for."""
    there = crs.to_planar(shapely.Point(5.2, 52.5), crs.RD)
    crs.to_wgs84(there, crs.RD)
    shapely.make_valid(there.buffer(1.0), method="structure", keep_collapsed=False)


_PAGES = ThreadPoolExecutor(_PAGE_THREADS, "coordinates", initializer=_warm)
_SAVES = ThreadPoolExecutor(BUDGETS.saves_at_once, "saves", initializer=_warm)
_pending = threading.BoundedSemaphore(BUDGETS.saves_at_once + BUDGETS.saves_waiting)


def run_in_worker(work: Callable[Asked, Answered], *args: Asked.args, **kwargs: Asked.kwargs) -> Answered:
    """Do the work in one of the threads of pages and wait for it; errors come through.

    Examples
    --------
    >>> run_in_worker(sum, [1, 2])
    3
    """
    return _PAGES.submit(work, *args, **kwargs).result()


def submit_save(work: Callable[..., Answered], *args: Any, **kwargs: Any) -> Future[Answered]:
    """Begin a resident's save in a thread of its own kind: no page, job or backup is ever in its way.

    Raises
    ------
    ServerBusy
        As many wait as may; a phone tries again by itself.

    Examples
    --------
    >>> submit_save(sum, [1, 2]).result()
    3
    """
    if not _pending.acquire(blocking=False):
        raise ServerBusy(wait_s=2)
    begun = _SAVES.submit(work, *args, **kwargs)
    begun.add_done_callback(lambda _: _pending.release())
    return begun


def warm_saves() -> None:
    """Start every thread for saves, so that nobody's save waits for one."""
    together = threading.Barrier(BUDGETS.saves_at_once)
    for begun in [_SAVES.submit(together.wait, 60) for _ in range(BUDGETS.saves_at_once)]:
        begun.result()
