"""Turns, processor time, wall time and memory of what is compared."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from types import MappingProxyType
from typing import Any

import psutil

NO_CLOCKS: Mapping[str, Callable[[], float]] = MappingProxyType({})


@dataclass
class Timing:
    """What one engine took for one task, over its turns.

    `peak_mb` is how far the process grew above where it stood when the turn began (sampled every 5 ms).
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    def summary(self) -> dict[str, Any]:
        """Return best and median, in seconds."""
        return {
            "turns": len(self.cpu),
            "cpu_best_s": min(self.cpu),
            "cpu_median_s": median(self.cpu),
            "wall_best_s": min(self.wall),
            "wall_median_s": median(self.wall),
            "peak_mb": self.peak_mb,
        }


class _Memory:
    """Watches how large the process gets."""

    def __enter__(self) -> "_Memory":
        self._process = psutil.Process()
        self.start = self.most = self._process.memory_info().rss
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def _look(self) -> None:
        while not self._done.wait(0.005):
            self.most = max(self.most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()
        self.most = max(self.most, self._process.memory_info().rss)


def race(
    engines: dict[str, Callable[[], Any]],
    turns: int,
    *,
    clocks: Mapping[str, Callable[[], float]] = NO_CLOCKS,
) -> tuple[dict[str, Timing], dict[str, Any]]:
    """Let engines do the same work in turns, so that noise of the neighbours falls on all of them.

    Parameters
    ----------
    clocks
        Processor time, s, of engines that work outside this process.
    """
    timings = {name: Timing() for name in engines}
    answers: dict[str, Any] = {}
    for _ in range(turns):
        for name, work in engines.items():
            answers.pop(name, None)
            clock = clocks.get(name, time.process_time)
            with _Memory() as memory:
                cpu, wall = clock(), time.perf_counter()
                answers[name] = work()
                timings[name].cpu.append(clock() - cpu)
                timings[name].wall.append(time.perf_counter() - wall)
            timings[name].peak_mb = max(timings[name].peak_mb, (memory.most - memory.start) / 1e6)
    return timings, answers


@dataclass
class Row:
    """One line of the table."""

    task: str
    input: str
    n: int
    engine: str
    turns: int
    cpu_best_s: float
    cpu_median_s: float
    wall_best_s: float
    wall_median_s: float
    peak_mb: float
    cpu_ratio: float | None = None
    wall_ratio: float | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON, to four figures."""
        return {
            key: float(f"{value:.4g}") if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


def rows(
    task: str, given: str, n: int, timings: dict[str, Timing], notes: dict[str, str] | None = None
) -> list[Row]:
    """Set each engine beside the first, the peer to beat (none where only kernels ran); ratios of medians."""
    lead, peer = next(iter(timings.items()))
    made = []
    for name, timing in timings.items():
        row = Row(task, given, n, name, **timing.summary(), note=(notes or {}).get(name, ""))
        if timing is not peer and not lead.startswith("kernel"):
            row.cpu_ratio = median(peer.cpu) / max(median(timing.cpu), 1e-9)
            row.wall_ratio = median(peer.wall) / max(median(timing.wall), 1e-9)
        made.append(row)
    return made
