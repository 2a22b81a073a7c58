"""OGC API Features: the latest edition of a project for any GIS, ``GET /api/features/{project}``.

Read-only, without cookies, the same for everybody. What may be read is decided in `study.publishing.features`.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

import i18n
import settings
from geo.errors import BuurtError, InputRefused, TooManyFromAddress
from i18n import Translator
from i18n.negotiation import preferred_language
from settings import BUDGETS
from study.publishing import features as editions
from study.publishing.cell_values import table_title
from study.publishing.dictionary import LICENCES, description, results_licence
from study.publishing.features import CRS84
from study.publishing.metadata.dataset import bounds_in_degrees
from study.publishing.publication import Publication
from ui.routes import FEATURES
from ui.server.open_data.description import CONFORMANCE, openapi
from ui.session import address_limits

GEOJSON = "application/geo+json"
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
Answer = tuple[dict[str, Any], str]
"""What is answered, and in which coordinate reference system; empty where it has no coordinates."""


class Asked:
    """One request: its edition, its words, and the addresses that it is answered with."""

    def __init__(self, request: Request) -> None:
        project = request.path_params["project"]
        self.path, self.given = request.path_params, dict(request.query_params)
        self.say: Translator = i18n.get_translator(
            preferred_language(request.headers.get("accept-language", ""))
        )
        own = settings.current().address.rstrip("/") or str(request.base_url).rstrip("/")
        self.root = f"{own}{FEATURES}/{project}"
        self.package: Publication = editions.open_edition(project)

    def link(self, rel: str, path: str, title: str, kind: str = "application/json") -> dict[str, str]:
        """Return a link to an address below that of the project."""
        return {"rel": rel, "href": f"{self.root}{path}", "type": kind, "title": title}


def answering(make: Callable[[Asked], Answer | None], kind: str = "application/json") -> Callable[..., Any]:
    """Return an endpoint that answers in a thread, within the budget of an address, and refuses in a sentence."""

    async def endpoint(request: Request) -> Response:
        address = request.client.host if request.client else ""
        try:
            found = await run_in_threadpool(_answer, make, request, address)
        except TooManyFromAddress as problem:
            return _refusal(429, str(problem), {"Retry-After": str(problem.facts["wait_s"])})
        except InputRefused as problem:
            return _refusal(400, str(problem))
        except BuurtError:
            return _refusal(404, "absent")
        if found is None:
            return _refusal(404, "absent")
        content, crs = found
        headers = {**HEADERS, **({"Content-Crs": f"<{crs}>"} if crs else {})}
        return JSONResponse(content, headers=headers, media_type=kind)

    return endpoint


def _answer(make: Callable[[Asked], Answer | None], request: Request, address: str) -> Answer | None:
    wait_s, _ = address_limits.consume(
        "features", address, burst=BUDGETS.features_burst, hour=BUDGETS.features_hour
    )
    if wait_s:
        raise TooManyFromAddress(wait_s=int(wait_s) + 1)
    return make(Asked(request))


def _refusal(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    content = {"code": str(status), "description": text}
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def landing(asked: Asked) -> Answer:
    """Return what there is, and where."""
    return {
        "title": asked.say("metadata.title", name=asked.package.project.name, edition=asked.package.number),
        "description": description(asked.package, asked.say),
        "attribution": asked.package.credit,
        "links": [
            asked.link("self", "", "this document"),
            asked.link("service-desc", "/openapi", "the API", "application/vnd.oai.openapi+json;version=3.0"),
            asked.link("conformance", "/conformance", "conformance classes"),
            asked.link("data", "/collections", "collections"),
            *_licence(),
        ],
    }, ""


def api(asked: Asked) -> Answer:
    """Return the description of the API after OpenAPI 3.0."""
    return openapi(asked.root, list(asked.package.tables)), ""


def conformance(_asked: Asked) -> Answer:
    """Return which parts of the standard are met."""
    return {"conformsTo": list(CONFORMANCE)}, ""


def collections(asked: Asked) -> Answer:
    """Return every table of the edition."""
    return {
        "links": [asked.link("self", "/collections", "collections")],
        "collections": [_collection(asked, name) for name in asked.package.tables],
    }, ""


def collection(asked: Asked) -> Answer | None:
    """Return one table of the edition, what it is and where it lies; None where there is none."""
    name = asked.path["collection"]
    return (_collection(asked, name), "") if name in asked.package.tables else None


def _collection(asked: Asked, name: str) -> dict[str, Any]:
    table, path = asked.package.tables[name], f"/collections/{name}"
    planes, bounds = editions.planes_of(table), bounds_in_degrees([table])
    found: dict[str, Any] = {
        "id": name,
        "title": table_title(name, asked.say),
        "description": description(asked.package, asked.say),
        "itemType": "feature",
        "crs": list(planes),
        "storageCrs": planes[-1],
        "links": [
            asked.link("self", path, name),
            asked.link("items", f"{path}/items", name, GEOJSON),
            *_licence(),
        ],
    }
    return {**found, "extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84}}} if bounds else found


def _licence() -> list[dict[str, str]]:
    licence = results_licence()
    return (
        [{"rel": "license", "href": LICENCES[licence], "type": "text/html", "title": licence}]
        if licence
        else []
    )


def items(asked: Asked) -> Answer | None:
    """Return one page of features, and the address of the next; None where there is no such table."""
    name = asked.path["collection"]
    if name not in asked.package.tables:
        return None
    table = asked.package.tables[name]
    query = editions.read_query(asked.given, editions.planes_of(table))
    page, path = editions.page_of_items(table, query), f"/collections/{name}/items"
    links = [
        asked.link("self", _with(path, asked.given), name, GEOJSON),
        asked.link("collection", f"/collections/{name}", name),
    ]
    for rel, offset in (("next", query.offset + query.limit), ("prev", query.offset - query.limit)):
        is_there = offset < page.matched if rel == "next" else query.offset > 0
        if is_there:
            more = {**asked.given, "offset": str(max(offset, 0)), "limit": str(query.limit)}
            links.append(asked.link(rel, _with(path, more), name, GEOJSON))
    return {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": links,
        "features": page.features,
    }, query.crs


def item(asked: Asked) -> Answer | None:
    """Return one feature; None where there is none."""
    name, key = asked.path["collection"], asked.path["item"]
    if name not in asked.package.tables:
        return None
    table = asked.package.tables[name]
    if set(asked.given) - {"crs"}:
        raise InputRefused(
            field=next(iter(set(asked.given) - {"crs"}))[:40], reason="no parameter of a feature"
        )
    query = editions.read_query(asked.given, editions.planes_of(table))
    found = editions.find_item(table, key, query.crs)
    if found is None:
        return None
    links = [
        asked.link("self", f"/collections/{name}/items/{key}", name, GEOJSON),
        asked.link("collection", f"/collections/{name}", name),
    ]
    return {**found, "links": links}, query.crs


def _with(path: str, given: dict[str, str]) -> str:
    return f"{path}?{urlencode(given)}" if given else path


BELOW = f"{FEATURES}/{{project}}"
ROUTES: list[BaseRoute] = [
    Route(BELOW, answering(landing)),
    Route(f"{BELOW}/", answering(landing)),
    Route(f"{BELOW}/openapi", answering(api, "application/vnd.oai.openapi+json;version=3.0")),
    Route(f"{BELOW}/conformance", answering(conformance)),
    Route(f"{BELOW}/collections", answering(collections)),
    Route(f"{BELOW}/collections/{{collection}}", answering(collection)),
    Route(f"{BELOW}/collections/{{collection}}/items", answering(items, GEOJSON)),
    Route(f"{BELOW}/collections/{{collection}}/items/{{item}}", answering(item, GEOJSON)),
]
