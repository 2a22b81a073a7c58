"""Which answers are heavy, and where they are computed."""

import math
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from geo.errors import StoreNotHere
from study.answer_cache import ANSWERS, answer_key
from study.context import Study, read_sketches
from study.jobs import running

P = ParamSpec("P")
T = TypeVar("T")

SMALL = 1_000
"""Drawings up to which a server answers by itself; measured in docs/reliability.md."""

DOCUMENT = math.inf
"""A report, a sheet, a picture or a photo: always a job of a server."""

_serving = False


def begin_serving() -> None:
    """Mark this process as one in which residents save: heavy work goes elsewhere from here on."""
    global _serving  # noqa: PLW0603  # of this process
    _serving = True


def runs_here(n_drawings: float) -> bool:
    """Return whether work on so many drawings is done in this process: the one rule of what becomes a job.

    A command or a worker, in which nobody saves, does all of it.

    Examples
    --------
    >>> runs_here(20_000)
    True
    """
    return not _serving or n_drawings <= SMALL


def run(n_drawings: float, key: Hashable, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Do work on so many drawings here, or in a worker process of this machine, as the rule has it.

    Parameters
    ----------
    n_drawings
        `DOCUMENT` for what is drawn or read: seconds of work, however few drawings there are.
    key
        Who asks for the same key at the same time shares one job.
    function
        Of a module, so that another process finds it by name.

    Raises
    ------
    JobTooLarge, JobTooSlow, JobEnded, JobStopped

    Examples
    --------
    >>> run(2, "sum of two", sum, [1, 2])
    3
    """
    if runs_here(n_drawings):
        return function(*args, **kwargs)
    return running.run_outside(key, function, *args, **kwargs)


def heavy_answer(function: Callable[Concatenate[Study, P], T]) -> Callable[Concatenate[Study, P], T]:
    """Decorate a function of a study as `cached_answer` does; of a large study a worker computes the answer.

    The function is found by name in the worker, so it stands in a module.
    """

    @wraps(function)
    def answer(study: Study, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = answer_key(function, (study, *args), kwargs)
        if key in ANSWERS or runs_here(len(read_sketches(study))):
            return ANSWERS.get(key, lambda: function(study, *args, **kwargs))
        try:
            made = running.run_on_cluster(key, answer, study, *args, **kwargs)
        except StoreNotHere:  # it needs more of the store than a cluster is handed
            made = running.run_outside(key, answer, study, *args, **kwargs)
        return ANSWERS.get(key, lambda: made)

    return answer
