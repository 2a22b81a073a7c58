"""One long-lived thread for work with coordinates.

Streamlit runs every rerun in a new thread, and PROJ builds its transformers anew in each: 22 ms for every
resident who saves. In one thread they are built once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")

_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="coordinates")


def run(work: Callable[Asked, Answered], *args: Asked.args, **kwargs: Asked.kwargs) -> Answered:
    """Do the work in the one thread and wait for it; errors come through.

    Examples
    --------
    >>> run(sum, [1, 2])
    3
    """
    return _POOL.submit(work, *args, **kwargs).result()
