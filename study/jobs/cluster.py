"""The one executor: of worker processes on this machine, or of the cluster that `BUURT_DASK` names.

Nothing of dask is loaded before the first heavy job.
"""

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import psutil

import settings
from geo.errors import ClusterDiffers, ClusterUnreachable, JobEnded
from geo.metric_registry import METHOD
from study.jobs.worker import PROGRESS_TOPIC, clear_answers

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

MEMORY_TOPIC = "worker-restart-memory"
"""On which a nanny says that a worker held too much and is ended."""

MAX_MEMORY_BYTES = 2_000_000_000
CONNECT_S = 10
START_S = 60
SAME = ("numpy", "pandas", "geopandas", "shapely", "distributed")

Heard = Callable[[dict[str, Any]], None]


class JobCluster:
    """An executor with its workers.

    Parameters
    ----------
    address
        Of a cluster that is there; "" for worker processes of our own.
    on_progress, on_memory
        Called with what workers and their nannies tell.

    Raises
    ------
    ClusterUnreachable, ClusterDiffers
    JobEnded
        No worker process of our own could be started.
    """

    def __init__(self, address: str, *, on_progress: Heard, on_memory: Heard) -> None:
        self.address = address
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._local: LocalCluster | None = None
        self._client = self._connect(address) if address else self._start()
        self.executor: Executor = self._client.get_executor(pure=False)
        self._client.subscribe_topic(PROGRESS_TOPIC, lambda event: on_progress(event[1]))
        self._client.subscribe_topic(MEMORY_TOPIC, lambda event: on_memory(event[1]))

    @property
    def is_local(self) -> bool:
        """Whether the workers are processes of our own."""
        return self._local is not None

    def _start(self) -> "Client":
        """Start worker processes of our own; only this process knows the certificate that they take orders under."""
        import dask  # noqa: PLC0415  # a second, which a page does not wait for
        from distributed import Client, LocalCluster  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory(prefix="buurt-jobs-")
        chosen = {f"distributed.worker.memory.{name}": False for name in ("target", "spill", "pause")}
        try:
            with dask.config.set(
                {
                    **chosen,  # no drawing goes to a file
                    "distributed.worker.memory.terminate": 0.95,
                    "distributed.scheduler.allowed-failures": 0,  # what ended one worker would end the next
                    "distributed.scheduler.worker-saturation": 1.0,  # so no job that waits falls with the one that runs
                    "distributed.scheduler.http.routes": [],
                    "distributed.worker.http.routes": [],
                    "distributed.worker.use-file-locking": False,
                    "distributed.comm.timeouts.connect": "120s",  # a new worker on a busy machine takes its time
                    "temporary-directory": self._folder.name,
                }
            ):
                self._local = LocalCluster(
                    n_workers=workers(),
                    threads_per_worker=1,
                    processes=True,
                    memory_limit=memory_bytes(),
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    security=True,
                    silence_logs=logging.CRITICAL,
                )
        except RuntimeError as error:
            self._folder.cleanup()
            raise JobEnded from error
        return Client(self._local, set_as_default=False, timeout=START_S)

    def _connect(self, address: str) -> "Client":
        from distributed import Client  # noqa: PLC0415

        try:
            client = Client(address, set_as_default=False, timeout=CONNECT_S)
        except (OSError, ValueError) as error:
            raise ClusterUnreachable(address=address) from error
        ours = versions()
        for theirs in client.run(versions).values():
            for name, found in ours.items():
                if theirs.get(name) != found:
                    client.close()
                    raise ClusterDiffers(what=name, ours=found, theirs=str(theirs.get(name)))
        return client

    def has_workers(self) -> bool:
        """Return whether there is anybody to do a job."""
        if self._local is not None:
            scheduler = self._local.scheduler
            return scheduler is not None and bool(scheduler.workers)
        return bool(self._client.scheduler_info(n_workers=1)["workers"])

    def send_to_all(self, value: Any) -> Any:
        """Send a value to every worker; what is returned stands for it in the arguments of a job."""
        return self._client.scatter([value], broadcast=True, hash=False)[0]

    def ask_to_stop(self, name: str) -> None:
        """Set the event that a job of our own workers looks at whenever it tells how far it is."""
        from distributed import Event  # noqa: PLC0415

        Event(name, client=self._client).set()

    def end_worker(self, pid: int) -> None:
        """End one of our own worker processes, whatever it is doing; its nanny starts another."""
        ours = {child.pid for child in psutil.Process().children(recursive=True)}
        if self.is_local and pid in ours:
            psutil.Process(pid).kill()

    def forget_answers(self) -> None:
        """Make every worker forget what it computed."""
        self._client.run(clear_answers)

    def close(self) -> None:
        """End the workers."""
        self._client.close()
        if self._local is not None:
            self._local.close()
        if self._folder is not None:
            self._folder.cleanup()


def versions() -> dict[str, str]:
    """Return what must be the same at both ends, so that a cluster gives the answer that we would."""
    return {
        "python": ".".join(str(part) for part in sys.version_info[:2]),
        "beleefde-buurt": settings.program_version(),
        "method": METHOD,
        **{name: version(name) for name in SAME},
    }


def workers() -> int:
    """Return how many jobs run at once: the setting ``BUURT_JOBS``, else one for every two cores."""
    return settings.current().jobs or max(1, (os.cpu_count() or 1) // 2)


def memory_bytes() -> int:
    """Return what one job may hold: the setting ``BUURT_JOB_MEMORY``, else 2 GB or half of what is free."""
    chosen = settings.current().job_memory
    return chosen * 10**6 if chosen else min(MAX_MEMORY_BYTES, psutil.virtual_memory().available // 2)


# --- One for all ----------------------------------------------------------------------------------

_lock = threading.Lock()
_open: dict[str, JobCluster] = {}


def open_cluster(address: str, *, on_progress: Heard, on_memory: Heard) -> JobCluster:
    """Return the cluster of an address ("" for our own workers), started by who asks first."""
    with _lock:
        if address not in _open:
            _open[address] = JobCluster(address, on_progress=on_progress, on_memory=on_memory)
        return _open[address]


def discard(cluster: JobCluster) -> None:
    """Close a cluster that has no workers any more; the next job starts another."""
    with _lock:
        for address in [address for address, one in _open.items() if one is cluster]:
            del _open[address]
    threading.Thread(target=cluster.close, daemon=True).start()


def forget_answers() -> None:
    """Make every worker forget what it computed, as a contribution was withdrawn."""
    with _lock:
        for one in _open.values():
            one.forget_answers()


def close() -> None:
    """End every worker of ours, and let go of clusters of others."""
    with _lock:
        for one in _open.values():
            one.close()
        _open.clear()
