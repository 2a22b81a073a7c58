"""A large table in parts: each answered by itself, here or on a cluster, and the answers in the order of the parts."""

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from study.jobs.cluster import JobCluster

Part = TypeVar("Part")
Shared = TypeVar("Shared")
Answer = TypeVar("Answer")

ROWS = 8_000
"""Drawings a part: a second or two of work, and some megabytes to send."""

MAX_UNDER_WAY = 16
"""Parts that are sent ahead, so that a million drawings never lie in the scheduler at once."""


def map_parts(
    function: Callable[[Part, Shared], Answer],
    parts: Sequence[Part],
    shared: Shared,
    *,
    address: str = "",
    progress: Callable[[float], None] = lambda _part: None,
) -> list[Answer]:
    """Answer every part and return the answers in the order of the parts.

    Parameters
    ----------
    function
        Of a module, so that a worker finds it by name; what it is given is all it needs.
    shared
        What every part needs, such as the official areas: sent to each worker once.
    address
        Of a dask.distributed cluster; "" does the work here. A part whose worker is lost is done by another.
    progress
        Called with how many of the parts are done, 0 to 1.

    Raises
    ------
    ClusterUnreachable, ClusterDiffers

    Examples
    --------
    >>> map_parts(pow, [2, 3], 2)
    [4, 9]
    """
    answers: list[Answer] = []
    for answer in (
        _on_cluster(function, parts, shared, address) if address else _here(function, parts, shared)
    ):
        answers.append(answer)
        progress(len(answers) / len(parts))
    return answers


def _here(
    function: Callable[[Part, Shared], Answer], parts: Sequence[Part], shared: Shared
) -> Iterator[Answer]:
    for part in parts:
        yield function(part, shared)


def _on_cluster(
    function: Callable[[Part, Shared], Answer], parts: Sequence[Part], shared: Shared, address: str
) -> Iterator[Answer]:
    cluster = JobCluster(address, on_progress=_ignore, on_memory=_ignore)
    try:
        everywhere = cluster.send_to_all(shared)
        under_way: deque[Future[Answer]] = deque()
        for part in parts:
            under_way.append(cluster.executor.submit(function, part, everywhere))
            if len(under_way) >= MAX_UNDER_WAY:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        cluster.close()


def _ignore(_message: dict[str, Any]) -> None:
    """Ignore it: a command shows how many parts are done."""


def peak_mb() -> float | None:
    """Return the most memory this process has held, MB; None where the system does not tell (Windows).

    Linux counts in `ru_maxrss` also what the process that started this one held; its own status does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak_kib = next(
            int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")
        )
        return round(peak_kib * 1024 / 1e6, 1)
    try:
        import resource  # noqa: PLC0415  # Unix only
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (1e6 if sys.platform == "darwin" else 1e3), 1)
