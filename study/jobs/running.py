"""Jobs that are under way: whoever asks for the same one waits for it, and who asked last may end it."""

import threading
import time
import uuid
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

import settings
from geo.errors import JobEnded, JobStopped, JobTooLarge, JobTooSlow
from study import progress
from study.jobs import cluster, worker
from study.jobs.cluster import JobCluster

T = TypeVar("T")

POLL_S = 0.1
PATIENCE_S = 60.0
"""How long a job waits for a first worker."""

GRACE_S = 2.0
"""How long a job of our own may go on after it was asked to stop, before its process is ended."""

_lock = threading.Lock()
_running: "dict[tuple[str, Hashable], Job]" = {}
_too_large: set[int] = set()
"""Processes that were ended as they held too much."""


class Job:
    """One job, and how many wait for it."""

    def __init__(self, key: Hashable, where: JobCluster) -> None:
        self.key = key
        self.name = f"buurt-{uuid.uuid4().hex}"
        self.where = where
        self.n_waiting = 0
        self.step, self.part = "starting", 0.0
        self.pid = 0
        self.asked_s = time.monotonic()
        self.began_s: float | None = None
        self.future: Future[Any] = Future()

    def begin(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Hand the work to the executor."""
        self.future = self.where.executor.submit(
            worker.carry_out,
            self.name,
            function,
            args,
            kwargs,
            given=settings.given() if self.where.is_local else {},
            tables=None if self.where.is_local else worker.tables_of(args),
            stop=self.name if self.where.is_local else "",
        )
        self.future.add_done_callback(lambda _: _forget(self))

    def hear(self, message: dict[str, Any]) -> None:
        """Note how far the job says it is."""
        self.began_s = self.began_s or time.monotonic()
        self.step, self.part, self.pid = message["step"], message["part"], message["pid"]

    def result(self) -> Any:
        """Wait for the answer, and tell the listener of this thread how far it is, who may end it by raising.

        Raises
        ------
        JobTooLarge, JobTooSlow, JobEnded, JobStopped
        """
        try:
            while not self.future.done():
                self._require_time()
                self._require_worker()
                progress.reporter(self.step)(self.part)
                _wait(self.future)
            return self.future.result()
        except CancelledError as error:
            raise JobStopped from error
        except Exception as error:
            if type(error).__name__ != "KilledWorker":
                raise
            raise (JobTooLarge if self.pid in _too_large else JobEnded) from error
        finally:
            self._leave()

    def _require_time(self) -> None:
        most_s = settings.current().job_seconds
        if self.began_s and time.monotonic() - self.began_s > most_s:
            self.stop()
            raise JobTooSlow(most_s=most_s)

    def _require_worker(self) -> None:
        """Refuse to wait for a worker that does not come: its process could not be started again."""
        is_late = self.began_s is None and time.monotonic() - self.asked_s > PATIENCE_S
        if is_late and not self.where.has_workers():
            _forget(self)
            cluster.discard(self.where)
            raise JobEnded

    def _leave(self) -> None:
        with _lock:
            self.n_waiting -= 1
            is_last = self.n_waiting == 0
        if is_last and not self.future.done():
            self.stop()

    def stop(self) -> None:
        """End the job: politely where it tells how far it is, and else by ending its process."""
        _forget(self)
        if not self.where.is_local or not self.began_s:
            self.future.cancel()
        if self.where.is_local:
            self.where.ask_to_stop(self.name)
            last = threading.Timer(GRACE_S, self._end)
            last.daemon = True
            last.start()

    def _end(self) -> None:
        if not self.future.done():
            self.where.end_worker(self.pid)


def run_outside(key: Hashable, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Do work on the store in a worker process of this machine, and wait for it.

    Parameters
    ----------
    key
        Who asks for the same key at the same time shares one job.
    function
        Of a module, so that another process finds it by name.

    Raises
    ------
    JobTooLarge, JobTooSlow, JobEnded, JobStopped
    """
    return _run("", key, function, args, kwargs)


def run_on_cluster(key: Hashable, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Do work that needs no more than its arguments where `BUURT_DASK` says; as `run_outside` without it.

    Raises
    ------
    JobTooLarge, JobTooSlow, JobEnded, JobStopped, ClusterUnreachable, ClusterDiffers, StoreNotHere
    """
    return _run(settings.current().dask, key, function, args, kwargs)


def _run(
    address: str, key: Hashable, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> T:
    if worker.is_worker():  # a job is part of the job that asks for it
        return function(*args, **kwargs)
    where = cluster.open_cluster(address, on_progress=_hear, on_memory=_note_too_large)
    with _lock:
        job = _running.get((address, key))
        is_new = job is None
        if job is None:
            job = _running[address, key] = Job(key, where)
        job.n_waiting += 1
    if is_new:
        try:
            job.begin(function, args, kwargs)
        except BaseException as error:
            _forget(job)
            job.future.set_exception(error)
            raise
    made: T = job.result()
    return made


def _forget(job: Job) -> None:
    with _lock:
        for key in [key for key, one in _running.items() if one is job]:
            del _running[key]


def _hear(message: dict[str, Any]) -> None:
    with _lock:
        found = next((job for job in _running.values() if job.name == message["key"]), None)
    if found is not None:
        found.hear(message)


def _note_too_large(message: dict[str, Any]) -> None:
    _too_large.add(message["pid"])


def _wait(future: "Future[Any]") -> None:
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    done.wait(POLL_S)
