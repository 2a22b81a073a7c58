"""How far long work is: told to whoever waits for it, who may end it by raising an error.

Answers are kept under plain keys (see `study.comparison`), and a listener is none; so who listens is a matter of
the thread that asks, not of the question. What is ended is kept nowhere: the next who asks begins anew.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

T = TypeVar("T")

Progress = Callable[[str, float], None]
"""Called with the name of a step and how far it is, 0 to 1."""


def _nobody(_step: str, _part: float) -> None:
    """Hear it and do nothing."""


_listener: ContextVar[Progress] = ContextVar("listener", default=_nobody)


@contextmanager
def heard(listener: Progress) -> Iterator[None]:
    """Let this listener hear of all work that this thread does inside.

    Examples
    --------
    >>> with heard(lambda step, part: print(step, part)):
    ...     of("cores")(0.5)
    cores 0.5
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def over(step: str, items: Sequence[T]) -> Iterator[T]:
    """Go over items, and tell before each how far this step is.

    Examples
    --------
    >>> with heard(lambda step, part: print(step, part)):
    ...     list(over("cores", "ab"))
    cores 0.0
    cores 0.5
    ['a', 'b']
    """
    tell = of(step)
    for done, item in enumerate(items):
        tell(done / len(items))
        yield item


def of(step: str) -> Callable[[float], None]:
    """Give what tells how far this step is."""
    return partial(_listener.get(), step)
