"""Figures of this process for whoever keeps it running, in the text format of Prometheus; nothing of any resident.

No count of drawings or saves is among them: read often enough it would say at what moment somebody drew.
"""

import hmac
import shutil
from collections.abc import Iterator

import psutil
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import settings
from ui.server.monitoring import readiness
from ui.session import uploads
from ui.session.address_limits import UNLIMITED, network

KIND = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """Return the figures to this machine itself, or to who has the token; to all others there is nothing here."""
    if not _may_read(request):
        return JSONResponse({"status": "absent"}, status_code=404, headers={"Cache-Control": "no-store"})
    text = await run_in_threadpool(lambda: "".join(_lines()))
    return PlainTextResponse(text, media_type=KIND, headers={"Cache-Control": "no-store"})


def _may_read(request: Request) -> bool:
    token = settings.current().metrics_token
    given = request.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return request.client is None or network(request.client.host) in UNLIMITED


def _lines() -> Iterator[str]:
    process = psutil.Process()
    cpu = process.cpu_times()
    checks = {f'check="{name}"': float(found) for name, found in readiness.recent_checks().items()}
    version = {f'version="{settings.program_version()}"': 1.0}
    yield from _figure("info", "gauge", "The version of the program.", version)
    yield from _figure("ready", "gauge", "Whether what a save and an answer need is there.", checks)
    one = (
        ("open_files", "gauge", "Files and sockets that are open.", readiness.open_files()),
        ("max_open_files", "gauge", "Files and sockets that may be open.", readiness.file_limit()),
        ("max_visits", "gauge", "Visits that there may be at once.", readiness.most_visits()),
        ("uploads_bytes", "gauge", "Files of visitors held in memory.", uploads.held_bytes()),
        ("resident_memory_bytes", "gauge", "Memory of this process.", process.memory_info().rss),
        ("cpu_seconds_total", "counter", "Time that this process computed.", cpu.user + cpu.system),
        ("start_time_seconds", "gauge", "When it started, since 1970.", process.create_time()),
        ("free_disk_bytes", "gauge", "What is free on the disk.", _free_bytes()),
    )
    for name, kind, about, value in one:
        yield from _figure(name, kind, about, {"": float(value)})


def _figure(name: str, kind: str, about: str, values: dict[str, float]) -> Iterator[str]:
    """Return the lines of one figure, once for every label.

    Examples
    --------
    >>> print("".join(_figure("ready", "gauge", "Whether it works.", {'check="disk"': 1.0})), end="")
    # HELP buurt_ready Whether it works.
    # TYPE buurt_ready gauge
    buurt_ready{check="disk"} 1.0
    """
    yield f"# HELP buurt_{name} {about}\n# TYPE buurt_{name} {kind}\n"
    for label, value in values.items():
        yield f"buurt_{name}{'{' + label + '}' if label else ''} {value!r}\n"


def _free_bytes() -> int:
    folder = settings.data_folder()
    return shutil.disk_usage(folder if folder.exists() else settings.ROOT).free
