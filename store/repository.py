"""Base of all repositories: the engine and the clock they share."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from store.engines.base import Engine


class Repository:
    """Part of the store that deals with one subject.

    Every public method is one transaction: all of it is on disk when the method returns, or nothing is.
    Any thread may call.

    Parameters
    ----------
    engine
        The database.
    clock
        Seconds since 1970, UTC: the time of the server, never that of a phone.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def _now_s(self) -> int:
        return int(self._clock())
