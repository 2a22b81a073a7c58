"""What runs in a worker process: one job, which reports how far it is and ends when asked."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd

import settings
from geo.errors import JobStopped, JobTooLarge
from store import Project
from study import context, progress
from study.answer_cache import ANSWERS
from study.context import Study

PROGRESS_TOPIC = "buurt-progress"
EVERY_S = 0.2
"""Between two times that a job tells how far it is, and hears whether it must stop."""

NICE = 10
OOM_SCORE = "500"
MAX_ANSWER_BYTES = 128 * 2**20
"""Room for answers in a worker, which has little memory and hands its answers to the server."""

Tables = tuple[Study, gpd.GeoDataFrame, Project]

_settings: dict[str, str] | None = None
"""The settings that this process works with; None in a process that is no worker."""


def is_worker() -> bool:
    """Return whether this process carries out jobs."""
    return _settings is not None


def carry_out(
    key: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    given: Mapping[str, str],
    tables: Tables | None = None,
    stop: str = "",
) -> Any:
    """Do one job in this process.

    Parameters
    ----------
    given
        The settings of the server; they are those of this process from here on.
    tables
        What a worker on another machine needs of the store, which it cannot open.
    stop
        Name of the event that asks the job to end; "" where it cannot be asked.

    Raises
    ------
    JobTooLarge
        The system gave no more memory.
    JobStopped
    """
    _settle(given, is_local=bool(stop))
    if tables is not None:
        context.hand_over(*tables)
    try:
        with progress.listen(_reporter(key, stop)):
            return function(*args, **kwargs)
    except MemoryError as error:
        raise JobTooLarge from error


def tables_of(args: tuple[Any, ...]) -> Tables | None:
    """Return what a worker elsewhere needs of the store for a function of a study; None of any other.

    Examples
    --------
    >>> tables_of(("a file",)) is None
    True
    """
    study = next((one for one in args if isinstance(one, Study)), None)
    return (
        None if study is None else (study, context.read_sketches(study), context.get_project(study.project))
    )


def clear_answers() -> None:
    """Forget every answer of this process."""
    ANSWERS.clear()


def _settle(given: Mapping[str, str], *, is_local: bool) -> None:
    """Adopt the settings of the server, at a lower priority; the system ends this process before the server."""
    global _settings  # noqa: PLW0603  # of this process, which does one job at a time
    if _settings == given:
        return
    if _settings is None:
        ANSWERS.max_bytes = MAX_ANSWER_BYTES
        if is_local and sys.platform != "win32":
            os.nice(NICE)
            with suppress(OSError):
                Path("/proc/self/oom_score_adj").write_text(OOM_SCORE, encoding="ascii")
    settings.set_for_process(given, forget=[*(_settings or {})])
    ANSWERS.clear()
    if context.get_store.cache_info().currsize:
        context.get_store().close()
    context.get_store.cache_clear()
    _settings = dict(given)


def _reporter(key: str, stop: str) -> progress.ProgressListener:
    """Return what tells the server how far the job is, and ends the job when it is asked to."""
    from distributed import Event, get_client, get_worker  # noqa: PLC0415  # only a worker needs it

    worker = get_worker()
    wish = Event(stop, client=get_client()) if stop else None
    next_s = 0.0

    def report(step: str, part: float) -> None:
        nonlocal next_s
        now = time.monotonic()
        if now < next_s:
            return
        next_s = now + EVERY_S
        worker.log_event(PROGRESS_TOPIC, {"key": key, "step": step, "part": float(part), "pid": os.getpid()})
        if wish is not None and wish.is_set():
            raise JobStopped

    report("starting", 0.0)
    return report
