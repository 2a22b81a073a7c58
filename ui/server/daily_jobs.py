"""What the server does by itself, at its start and once a day: erase what is past its date, back up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool

from geo.errors import BuurtError
from maps import charts
from study import administration, context, jobs
from ui import map_data
from ui.server import log_redaction
from ui.session import left_visits

EVERY_S = 24 * 3600
FORGET_S = 30


def run_daily_jobs() -> None:
    """Do the daily work; write down how many, never which or whose.

    A day on which it does not succeed is written down too. It never keeps residents from their page.
    """
    try:
        erased, written = administration.run_nightly_jobs()
    except (BuurtError, OSError) as problem:
        log_redaction.log_failure("daily work", problem)
        return
    log_redaction.OURS.info(
        "retention: %d projects, %d drawings, %d places, %d signals erased",
        len(erased.projects),
        erased.contributions,
        erased.places,
        erased.signals,
    )
    if written is not None:
        log_redaction.OURS.info("backup written and checked")


def publish_editions() -> None:
    """Publish the editions that are due; write down how many."""
    try:
        made = administration.publish_due_editions()
    except (BuurtError, OSError) as problem:
        log_redaction.log_failure("nightly editions", problem)
        return
    log_redaction.OURS.info("editions: %d made", made)


async def run_every_day() -> None:
    """Do it now and every day from now on, until cancelled; nobody waits for it.

    Editions are computed a day later: a server that has just started is there for residents first.
    """
    await run_in_threadpool(run_daily_jobs)
    while True:
        await asyncio.sleep(EVERY_S)
        await run_in_threadpool(run_daily_jobs)
        await run_in_threadpool(publish_editions)


def forget_withdrawn() -> None:
    """Forget what memory and disk still hold of what was withdrawn, whichever process it was withdrawn in.

    So are sign-ins and wrong passwords whose time is over.
    """
    try:
        if changed := context.forget_withdrawn():
            map_data.forget_shapes(changed)
            charts.forget_charts()
            jobs.forget_answers()
        context.get_store().maintenance.purge_due()
        context.get_store().sign_ins.delete_past()
    except (BuurtError, OSError) as problem:
        log_redaction.log_failure("forgetting", problem)


async def forget_every_half_minute() -> None:
    """Do it every half minute, until cancelled; visits that were left two minutes ago go too.

    Nothing that goes wrong ends it: what was withdrawn would stay in memory for as long as the server runs.
    """
    while True:
        with _logged("forgetting"):
            await run_in_threadpool(forget_withdrawn)
        with _logged("releasing visits"):
            left_visits.release()
        await asyncio.sleep(FORGET_S)


@contextmanager
def _logged(work: str) -> Iterator[None]:
    try:
        yield
    except Exception as problem:  # noqa: BLE001  # the parts of Streamlit that hold visits may change
        log_redaction.log_failure(work, problem)
