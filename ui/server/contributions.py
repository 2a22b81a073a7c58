"""A resident's save: ``PUT /api/contributions/{id}``, plain HTTP, answered when the drawing is on disk.

The ``{id}`` is a one-way hash of the key that the phone made. The key itself, which opens the drawing, travels in the
body and stands in no address and no log.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import i18n
from geo.errors import (
    BuurtError,
    CodeUnknown,
    ContributionWithdrawn,
    InputRefused,
    InputTooLarge,
    ProjectClosed,
    ServerBusy,
    SessionClosed,
    SketchError,
    StoreError,
    StoreFull,
    TooManyFromAddress,
    TooManyTries,
    UnknownProject,
    UnknownSession,
)
from settings import BUDGETS
from study.contributions.save_request import MAX_BODY_BYTES, SaveRequest, parse_save_request
from study.contributions.submission import SaveOutcome, is_open_session, is_saved, save_sent_drawing
from ui import workers
from ui.server import log_redaction
from ui.session import address_limits, admission

Answered = TypeVar("Answered")

RETRY_S = 2
STATUSES: tuple[tuple[type[BuurtError], int], ...] = (
    (ContributionWithdrawn, 409),
    (InputTooLarge, 413),
    (TooManyFromAddress, 429),
    (TooManyTries, 429),
    (StoreFull, 507),
    (InputRefused, 422),
    (CodeUnknown, 422),
    (UnknownProject, 422),
    (UnknownSession, 422),
    (ProjectClosed, 422),
    (SessionClosed, 422),
    (SketchError, 422),
    (ServerBusy, 503),
    (StoreError, 503),
)
"""Status of each error, the first that fits. A phone tries again on 429 and from 500, and on nothing else."""


async def save(request: Request) -> Response:
    """Save a drawing, or say in a sentence why not. Nothing is tried again here: the phone does that."""
    if request.headers.get("x-buurt") != "1":  # a page of others cannot send it without being asked
        return _answer({"error": "forbidden"}, 403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _answer({"error": "not JSON"}, 415)
    language = "nl"
    try:
        body = await _read(request)
        asked = await _begin(parse_save_request, body, request.path_params["id"])
        language = asked.language
        saved = await _begin(_save, asked, request.client.host if request.client else "")
    except BuurtError as problem:
        return _refusal(problem, language)
    except TimeoutError:
        return _answer({"error": "too slow"}, 408)
    answer = {
        "code": saved.code,
        "receipt": saved.receipt,
        "version": saved.version,
        "repairs": saved.repairs,
        "warnings": saved.warnings,
    }
    return _answer(answer, 201 if saved.is_new else 200)


async def _read(request: Request) -> bytes:
    """Return the body; it is counted while it comes in."""
    body = bytearray()
    async with asyncio.timeout(BUDGETS.body_s):
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise InputTooLarge(field="drawing", size=len(body), most=MAX_BODY_BYTES)
    return bytes(body)


async def _begin(work: Callable[..., Answered], *args: Any) -> Answered:
    return await asyncio.wrap_future(workers.submit_save(work, *args))


def _save(asked: SaveRequest, address: str) -> SaveOutcome:
    """Save within the budget of the address, which never shuts a hall out."""
    is_new = not asked.code and not is_saved(asked.sent.id)
    if is_new:
        in_workshop_session = bool(asked.sent.session) and is_open_session(asked.sent.session)
        kind, burst, hour = (
            ("session", BUDGETS.session_burst, BUDGETS.session_hour)
            if in_workshop_session
            else ("drawing", BUDGETS.drawings_burst, BUDGETS.drawings_hour)
        )
        admission.admit(kind, address, burst=burst, hour=hour)
    return save_sent_drawing(
        asked.project,
        asked.sent,
        code=asked.code,
        home=asked.home,
        language=asked.language,
        device=asked.device,
        address=address_limits.known_network(address),
        ticket=asked.ticket,
    )


def _refusal(problem: BuurtError, language: str) -> Response:
    status = next((code for kind, code in STATUSES if isinstance(problem, kind)), 500)
    if status >= 500:
        log_redaction.OURS.warning("a save was not kept: %s", type(problem).__qualname__)
    wait_s = int(problem.facts.get("wait_s", RETRY_S))
    headers = {"Retry-After": str(wait_s)} if status in {429, 503, 507} else {}
    answer = {
        "error": type(problem).__name__,
        "facts": {name: str(fact) for name, fact in problem.facts.items()},
        "sentence": i18n.get_translator(language).explain(problem),
    }
    return _answer(answer, status, headers)


def _answer(answer: Mapping[str, object], status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(answer, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
