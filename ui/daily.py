"""What the server does by itself, at its start and once a day: erase what is past its date, back up."""

import asyncio

from starlette.concurrency import run_in_threadpool

from geo.errors import BuurtError
from study import managing
from ui import logs

EVERY_S = 24 * 3600


def once() -> None:
    """Do the daily work; write down how many, never which or whose.

    A day on which it does not succeed is written down too. It never keeps residents from their page.
    """
    try:
        erased, written = managing.nightly()
    except (BuurtError, OSError) as problem:
        logs.failed("daily work", problem)
        return
    logs.OURS.info(
        "retention: %d projects, %d drawings, %d places, %d signals erased",
        len(erased.projects),
        erased.contributions,
        erased.places,
        erased.signals,
    )
    if written is not None:
        logs.OURS.info("backup written and checked")


async def every_day() -> None:
    """Do it every day from now on, until cancelled; once is done at the start."""
    while True:
        await asyncio.sleep(EVERY_S)
        await run_in_threadpool(once)
