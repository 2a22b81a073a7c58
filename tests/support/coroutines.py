"""Run a coroutine to its end from a test, also in a process in which a browser is open."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_coroutine(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns.

    Playwright keeps a running event loop in the main thread, in which `asyncio.run` refuses to start another;
    the coroutine runs in a thread of its own.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
