"""How far long work is: told to whoever waits for it, who may end it by raising an error.

Answers are kept under plain keys (see `study.analysis.comparison`), and a listener is none; so who listens is
a matter of the thread that asks, not of the question. What is ended is kept nowhere: the next who asks begins anew.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

T = TypeVar("T")

ProgressListener = Callable[[str, float], None]
"""Called with the name of a step and how far it is, 0 to 1."""


def _nobody(_step: str, _part: float) -> None:
    """Hear it and do nothing."""


_listener: ContextVar[ProgressListener] = ContextVar("listener", default=_nobody)


@contextmanager
def listen(listener: ProgressListener) -> Iterator[None]:
    """Attach this listener to all work of this thread inside the block.

    Examples
    --------
    >>> with listen(lambda step, part: print(step, part)):
    ...     reporter("cores")(0.5)
    cores 0.5
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def track(step: str, items: Sequence[T]) -> Iterator[T]:
    """Go over items, and tell before each how far this step is.

    Examples
    --------
    >>> with listen(lambda step, part: print(step, part)):
    ...     list(track("cores", "ab"))
    cores 0.0
    cores 0.5
    ['a', 'b']
    """
    report = reporter(step)
    for done, item in enumerate(items):
        report(done / len(items))
        yield item


def reporter(step: str) -> Callable[[float], None]:
    """Return what tells how far this step is."""
    return partial(_listener.get(), step)
