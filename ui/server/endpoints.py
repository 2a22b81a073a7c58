"""HTTP endpoints beside the pages."""

import gzip
import hashlib
import mimetypes
import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geo.errors import BuurtError
from ui import map_data
from ui.assets import files
from ui.components import basemap
from ui.routes import API, ASSETS, HEALTH, METRICS, READY, SAVE, SHAPES, TICKET, TILES
from ui.server import contributions
from ui.server.monitoring import metrics, readiness
from ui.server.open_data import features
from ui.server.static_files import packed_files, without_network
from ui.server.static_files.font_subsets import is_cut
from ui.server.static_files.packed_files import PackedFile
from ui.session import login_sessions
from ui.vendored import FOLDER, SCRIPTS, SHEETS

HOUR = "public, max-age=3600"
YEAR = "public, max-age=31536000, immutable"


# --- Routes ---------------------------------------------------------------------------------------


async def healthz(_request: Request) -> Response:
    """Return that the server is alive; the page asks when a connection seems lost."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def geo(request: Request) -> Response:
    """Return shapes as gzipped TopoJSON, or nothing when the browser has them."""
    municipality, name = request.path_params["municipality"], request.path_params["name"]
    try:
        found = await run_in_threadpool(map_data.shapes_response, municipality, name)
    except BuurtError:
        return absent(request)
    headers = {"ETag": found.etag, "Cache-Control": HOUR, "Vary": "Accept-Encoding"}
    if _is_known(request, found.etag):
        return Response(status_code=304, headers=headers)
    return compress(request, found.body, "application/json", headers)


async def made(request: Request) -> Response:
    """Return shapes of an answer to the browser they were made for; nobody else keeps a copy."""
    try:
        reader = await run_in_threadpool(login_sessions.reader_of, request.cookies)
        found = await run_in_threadpool(map_data.made_shapes, request.path_params["name"], reader=reader)
    except BuurtError:
        return absent(request)
    return compress(request, found.body, "application/json", {"Cache-Control": "private, no-store"})


async def tile(request: Request) -> Response:
    """Return one picture of a base map that somebody uploaded; 204 where the file has none."""
    place = [request.path_params[part] for part in ("zoom", "column", "row")]
    if not all(re.fullmatch(r"[0-9]{1,9}", number) for number in place):
        return absent(request)
    try:
        file = basemap.tile_file()  # opened when the server started
        if file is None:
            return absent(request)
        found = await run_in_threadpool(file.picture, *map(int, place))
    except BuurtError:
        return absent(request)
    if found is None:
        return Response(status_code=204, headers={"Cache-Control": HOUR})
    headers = {"ETag": f'"{hashlib.sha256(found.body).hexdigest()[:20]}"', "Cache-Control": HOUR}
    if _is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.kind, headers=headers)


def asset(request: Request) -> Response:
    """Return a script or sheet of ours; the version in the address makes it safe to keep for ever."""
    file = files().get(request.path_params["file"])
    return absent(request) if file is None else file_answer(request, file)


def vendored(request: Request) -> Response:
    """Return a script or sheet of others: one of the table, nothing else of node_modules."""
    name = request.path_params["file"]
    if name not in SCRIPTS | SHEETS:
        return absent(request)
    return file_answer(request, FOLDER / name)


def absent(_request: Request) -> Response:
    """Return 404; without this Streamlit answers every address with a page."""
    return JSONResponse({"status": "absent"}, status_code=404, headers={"Cache-Control": "no-store"})


NO_PAGES = (
    "/_stcore/",
    "/media/",
    "/component/",
    f"{SHAPES}/",
    f"{ASSETS}/",
    f"{API}/",
    HEALTH,
    "/auth/",
    READY,
    METRICS,
    "/oauth2",
)
"""Addresses that are answered by something else than a page."""

ROUTES: list[BaseRoute] = [
    *without_network.ROUTES,
    Route(HEALTH, healthz),
    Route(READY, readiness.readyz),
    Route(METRICS, metrics.metrics),
    Route(f"{SHAPES}/{map_data.MADE}/{{name}}", made),
    Route(f"{SHAPES}/{{municipality}}/{{name}}", geo),
    Route(f"{ASSETS}/vendor/{{file:path}}", vendored),
    Route(f"{ASSETS}/{{version}}/{{file:path}}", asset),
    Route(f"{TILES}/{{zoom}}/{{column}}/{{row}}", tile),
    Route(f"{SHAPES}/{{rest:path}}", absent),
    Route(f"{ASSETS}/{{rest:path}}", absent),
    Route(TICKET, login_sessions.exchange_ticket, methods=["POST"]),
    Route(f"{SAVE}/{{id}}", contributions.save, methods=["PUT"]),
    *features.ROUTES,
    Route(f"{API}/{{rest:path}}", absent),
]


def _is_known(request: Request, etag: str) -> bool:
    """Return whether the browser has this already."""
    etags = request.headers.get("if-none-match", "").split(",")
    return etag in [tag.strip().removeprefix("W/") for tag in etags]


def file_answer(request: Request, path: Path) -> Response:
    """Return the response that serves a file, cacheable for a year unless what is in it hangs on our pages too."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return packed_answer(
        request, packed_files.find(path), kind, {"Cache-Control": "no-cache" if is_cut(path) else YEAR}
    )


def packed_answer(request: Request, file: PackedFile, kind: str, headers: dict[str, str]) -> Response:
    """Return the response that serves a packed file, in the best form that the client reads."""
    headers = {"ETag": file.etag, "Vary": "Accept-Encoding", **headers}
    if _is_known(request, file.etag):
        return Response(status_code=304, headers=headers)
    accepted = request.headers.get("accept-encoding", "")
    if file.brotli is not None and re.search(r"\bbr\b", accepted):
        return Response(file.brotli, media_type=kind, headers={**headers, "Content-Encoding": "br"})
    if file.brotli is not None and "gzip" in accepted:
        return Response(file.gzip, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.plain, media_type=kind, headers=headers)


def compress(request: Request, body: bytes, kind: str, headers: dict[str, str]) -> Response:
    """Return a response with a body that is already compressed, or as it is for a client without gzip."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type=kind, headers=headers)
