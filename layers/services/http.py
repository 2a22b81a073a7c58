"""How we ask: patient but not for ever, two at a time, never half an answer. Only here a connection opens.

Nothing here writes a log, and httpx is kept from it: an address somebody looks for would end up in it.
"""

import contextlib
import json
import logging
import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from filelock import FileLock, Timeout

from geo.errors import (
    AnswerUnreadable,
    FetchCancelled,
    FetchOffline,
    FetchTooSlow,
    ServiceRefused,
    ServiceUnreachable,
)
from layers.services.addresses import contact, offline

PROGRAM = "beleefde-buurt/0.1"


def user_agent() -> str:
    """Return how we call ourselves: the program, and whom the operator of a service can write to.

    Overpass answers 406 to the names that libraries give themselves, and wants to know who asks.
    """
    return f"{PROGRAM} ({contact() or 'open source; resident-drawn neighbourhoods'})"


TIMEOUT = httpx.Timeout(30.0, connect=5.0)
WAITS_S = (1.0, 3.0, 9.0)
BUSY_WAIT_S = 30.0
"""What the operators of Overpass ask to wait at least after "too many requests" (April 2026)."""
PER_HOST = 2
ONE_AT_A_TIME = frozenset({"Overpass"})
"""Services whose operators allow no parallel requests, of all programs of this machine together."""
MAX_BYTES = 200_000_000
REDIRECTS = frozenset({301, 302, 307, 308})
MAX_REDIRECTS = 2
"""To another path on the same host only."""
RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})

# httpx logs every address it asks, at a level many programs show.
logging.getLogger("httpx").addFilter(lambda _record: False)

_turns: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
    lambda: threading.BoundedSemaphore(PER_HOST)
)


@dataclass(frozen=True)
class HttpAnswer:
    """What a service said: its headers, and the JSON it sent."""

    headers: Mapping[str, str]
    body: Any


@dataclass
class HttpClient:
    """One action of one user: its budget of time, its way to stop, its patience.

    Parameters
    ----------
    budget_s
        Seconds for all questions to one service together.
    waits_s
        Seconds to wait after the first, second ... failed try; up to half of it is left to chance.
    busy_wait_s
        Seconds to wait at least after Overpass said that there is no room.
    cancelled
        Asked before each try, during each wait and at each piece of an answer.
    now
        The clock that tells how old an answer is, seconds since 1970.
    """

    budget_s: float = 600.0
    waits_s: tuple[float, ...] = WAITS_S
    busy_wait_s: float = BUSY_WAIT_S
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)
    cancelled: Callable[[], bool] = field(default=lambda: False)
    now: Callable[[], float] = time.time
    received_bytes: int = field(default=0, init=False)
    _until: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._client = httpx.Client(
            timeout=self.timeout,
            follow_redirects=False,
            headers={"User-Agent": user_agent(), "Accept-Language": "nl"},
            trust_env=True,
        )

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get_json(
        self,
        service: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        private: bool = False,
        before_retry: Callable[[int], float | None] = lambda _status: None,
    ) -> HttpAnswer:
        """Return the JSON at an address; a form makes the request a POST.

        Parameters
        ----------
        service
            What the service is called in messages; the question itself is never in one.
        private
            The question is personal, and a reason given by the service may repeat it: leave the reason out.
        before_retry
            Given the status of a refusal for lack of room, tells how long to wait, or nothing.

        Raises
        ------
        FetchOffline, FetchCancelled, FetchTooSlow
        ServiceUnreachable
            Busy, broken or silent each time.
        ServiceRefused
            The question is wrong (4xx but 429): it is not put again.
        AnswerUnreadable
            Not JSON, or cut off, each time.
        """
        if offline():
            raise FetchOffline(service=service)
        tries = len(self.waits_s)
        failure: Exception = ServiceUnreachable(service=service, tries=tries, reason="no try was made")
        for attempt in range(tries):
            asked_wait = None
            try:
                status, headers, raw = self._once(service, url, params, form)
            except httpx.RequestError as problem:
                reason = type(problem).__name__
                failure = ServiceUnreachable(service=service, tries=attempt + 1, reason=reason)
            else:
                detail = "" if private else _detail(raw)
                if status in RETRY_STATUSES:
                    reason = f"status {status} {detail}".strip()
                    failure = ServiceUnreachable(service=service, tries=attempt + 1, reason=reason)
                    asked_wait = before_retry(status)
                elif status != httpx.codes.OK:
                    raise ServiceRefused(service=service, status=status, detail=detail or "no reason")
                else:
                    try:
                        return HttpAnswer(headers, _parsed(service, headers, raw))
                    except AnswerUnreadable as problem:
                        failure = problem
            if attempt + 1 < tries:
                base = self.waits_s[attempt]
                # Chance keeps many workshops from coming back at the same moment.
                self.wait(service, asked_wait or base * random.uniform(0.5, 1.0))  # noqa: S311  # not a secret
        raise failure

    def get_text(self, service: str, url: str) -> str:
        """Return a line of plain text, requested once; empty when there is none, and offline."""
        if offline():
            return ""
        try:
            status, _, raw = self._once(service, url, None, None)
        except httpx.RequestError:
            return ""
        return raw.decode("utf-8", "replace") if status == httpx.codes.OK else ""

    def wait(self, service: str, seconds: float) -> None:
        """Wait, unless the budget ends first; stop at once when cancelled."""
        until = time.monotonic() + seconds
        pause = threading.Event()
        while (left := until - time.monotonic()) > 0:
            self.check(service)
            pause.wait(min(left, 0.1))

    def check(self, service: str) -> None:
        """Stop here when the user said so, or when the time is up."""
        if self.cancelled():
            raise FetchCancelled
        now = time.monotonic()
        # "PDOK wijken" and "PDOK buurten" are one service.
        if now > self._until.setdefault(service.split(maxsplit=1)[0], now + self.budget_s):
            raise FetchTooSlow(service=service, budget_s=self.budget_s)

    def _once(
        self,
        service: str,
        url: str,
        params: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            status, headers, raw = self._request(service, url, params, form)
            target = urljoin(url, headers.get("location", ""))
            same = urlsplit(target)[:2] == urlsplit(url)[:2]
            if status not in REDIRECTS or not headers.get("location") or not same:
                break
            url, params = target, None
        return status, headers, raw

    def _request(
        self,
        service: str,
        url: str,
        params: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        self.check(service)
        with self._host_slot(service, url):
            method = "GET" if form is None else "POST"
            with self._client.stream(
                method, url, params=params, data=form, headers={"Accept": _ACCEPT}
            ) as said:
                raw = bytearray()
                for piece in said.iter_bytes():
                    self.check(service)
                    raw += piece
                    self.received_bytes += len(piece)
                    if len(raw) > MAX_BYTES:
                        raise AnswerUnreadable(service=service, reason=f"more than {MAX_BYTES} bytes")
                return said.status_code, said.headers, bytes(raw)

    @contextlib.contextmanager
    def _host_slot(self, service: str, url: str) -> Iterator[None]:
        host = urlsplit(url).netloc
        gate = _turns[host]
        while not gate.acquire(timeout=0.1):
            self.check(service)
        try:
            with self._alone(service, host):
                yield
        finally:
            gate.release()

    @contextlib.contextmanager
    def _alone(self, service: str, host: str) -> Iterator[None]:
        """Wait until no other request of this machine runs at a service that allows one at a time."""
        if service not in ONE_AT_A_TIME:
            yield
            return
        lock = FileLock(Path(tempfile.gettempdir()) / f"buurt-{re.sub(r'[^a-z0-9.]', '-', host)}.lock")
        while True:
            try:
                lock.acquire(timeout=0.1)
                break
            except Timeout:
                self.check(service)
        try:
            yield
        finally:
            lock.release()


_ACCEPT = "application/geo+json, application/json"


def _parsed(service: str, headers: Mapping[str, str], raw: bytes) -> Any:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind.endswith("json") or kind == ""):
        raise AnswerUnreadable(service=service, reason=f"it is {kind}, not JSON")
    try:
        body = json.loads(raw, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        raise AnswerUnreadable(service=service, reason=f"{problem.msg} at byte {problem.pos}") from problem
    except (ValueError, RecursionError) as problem:
        raise AnswerUnreadable(
            service=service, reason=f"no sound JSON: {type(problem).__name__}"
        ) from problem
    if not isinstance(body, dict):
        raise AnswerUnreadable(service=service, reason="it is JSON but not an object")
    return body


def _no_number(text: str) -> float:
    """Refuse NaN and Infinity: Python reads them, JSON has none."""
    raise ValueError(text)


def _detail(raw: bytes) -> str:
    """Return the reason in a problem+json or in Solr's error, without markup."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    solr = body.get("error")
    said = body.get("detail") or (solr.get("msg") if isinstance(solr, dict) else "")
    return str(said)[:300] if said else ""
