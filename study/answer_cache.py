"""Answers kept in memory: keyed by all their inputs, computed once, within a budget of bytes."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from functools import singledispatch, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

MAX_BYTES = 768 * 2**20
"""Room for answers in one process; the oldest used make way."""

POINT_BYTES = 16
GEOMETRY_BYTES = 160


class AnswerCache:
    """A cache with single flight: who asks for what is being computed waits for that answer.

    Nobody clears it: a key holds every input (a `Study` carries the revision of the project and of the
    official data), so a changed input is another key.

    Parameters
    ----------
    max_bytes
        Budget; an answer larger than this is computed and not kept.

    Examples
    --------
    >>> cache = AnswerCache(max_bytes=1_000)
    >>> cache.get("a", lambda: 1), cache.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.n_bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._flights: dict[Hashable, Future[Any]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the answer of a key, computed by one caller at most at a time.

        Whatever `compute` raises reaches its caller; a caller who waited for it computes anew, as the one
        who was waited for may only have been stopped.
        """
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    answer: T = self._kept[key][0]
                    return answer
                flight = self._flights.get(key)
                if flight is None:
                    own: Future[Any] = Future()
                    self._flights[key] = own
                    break
            flight.exception()
        try:
            answer = compute()
            self._keep(key, answer)
            return answer
        finally:
            with self._lock:
                del self._flights[key]
            own.set_result(None)

    def put(self, key: Hashable, answer: object) -> None:
        """Store an answer that was computed elsewhere."""
        if key not in self:
            self._keep(key, answer)

    def forget(self, is_old: Callable[[Hashable], bool]) -> None:
        """Forget every answer whose key is old."""
        with self._lock:
            for key in [key for key in self._kept if is_old(key)]:
                self.n_bytes -= self._kept.pop(key)[1]

    def clear(self) -> None:
        """Forget every answer; only a worker does, when it is given another store."""
        with self._lock:
            self._kept.clear()
            self.n_bytes = 0

    def _keep(self, key: Hashable, answer: object) -> None:
        n_bytes = size_in_bytes(answer)
        if n_bytes > self.max_bytes:
            return
        with self._lock:
            self._kept[key] = (answer, n_bytes)
            self.n_bytes += n_bytes
            while self.n_bytes > self.max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self.n_bytes -= freed


ANSWERS = AnswerCache()
"""The answers of this process."""


def cached_answer(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function whose arguments are all its inputs, so that `ANSWERS` holds what it returns.

    An argument that holds stored data has a ``cache_key`` that tells it from all others: the key of the answer
    has that instead, so that it does not keep the data themselves.
    """

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return ANSWERS.get(answer_key(function, args, kwargs), lambda: function(*args, **kwargs))

    return answer


def answer_key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Hashable:
    """Return the key under which the answer of a function to these arguments is kept.

    Examples
    --------
    >>> answer_key(len, ("abc",), {})
    ('builtins.len', ('abc',), ())
    """
    named = tuple((word, _key_part(value)) for word, value in sorted(kwargs.items()))
    return (f"{function.__module__}.{function.__qualname__}", tuple(map(_key_part, args)), named)


def _key_part(value: object) -> object:
    return getattr(value, "cache_key", value)


@singledispatch
def size_in_bytes(value: object) -> int:
    """Return about how many bytes a value holds; the coordinates of shapes count.

    Examples
    --------
    >>> size_in_bytes(np.zeros(1_000)) >= 8_000
    True
    >>> size_in_bytes(shapely.box(0, 0, 1, 1)) == GEOMETRY_BYTES + 5 * POINT_BYTES
    True
    """
    if is_dataclass(value):
        return sum(size_in_bytes(getattr(value, one.name)) for one in fields(value))
    return sys.getsizeof(value)


@size_in_bytes.register(pd.DataFrame)
def _(table: pd.DataFrame) -> int:
    return sum(size_in_bytes(table[name]) for name in dict.fromkeys(table.columns)) + size_in_bytes(
        table.index
    )


@size_in_bytes.register(pd.Series)
@size_in_bytes.register(pd.Index)
def _(column: "pd.Series[Any] | pd.Index[Any]") -> int:
    return size_in_bytes(np.asarray(column))


@size_in_bytes.register(np.ndarray)
def _(array: NDArray[Any]) -> int:
    if array.dtype != object:
        return array.nbytes
    is_shape = np.array([isinstance(one, shapely.Geometry) for one in array.ravel()], dtype=bool)
    shapes = array.ravel()[is_shape]
    points = int(shapely.get_num_coordinates(shapes).sum())
    return array.nbytes + len(shapes) * GEOMETRY_BYTES + points * POINT_BYTES


@size_in_bytes.register(shapely.Geometry)
def _(shape: shapely.Geometry) -> int:
    return GEOMETRY_BYTES + POINT_BYTES * int(shapely.get_num_coordinates(shape))


@size_in_bytes.register(Mapping)
def _(table: Mapping[Any, Any]) -> int:
    return sum(size_in_bytes(part) for part in (*table.keys(), *table.values()))


@size_in_bytes.register(list)
@size_in_bytes.register(tuple)
@size_in_bytes.register(frozenset)
def _(parts: Collection[Any]) -> int:
    return sys.getsizeof(parts) + sum(size_in_bytes(part) for part in parts)
