"""What the OGC API says of itself: conformance classes, and its description after OpenAPI 3.0."""

from collections.abc import Sequence
from typing import Any

import settings
from study.publishing.features import MAX_PAGE, PAGE

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMANCE = (
    f"{CORE}/core",
    f"{CORE}/geojson",
    f"{CORE}/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)

_TEXT = {"type": "string"}
_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}


def openapi(root: str, collections: Sequence[str]) -> dict[str, Any]:
    """Return the description of the API of one project.

    Parameters
    ----------
    root
        Address of the landing page.
    collections
        Names of the tables.

    Examples
    --------
    >>> sorted(openapi("https://buurt.example/api/features/noord", ["cores"])["paths"])[-1]
    '/conformance'
    """
    one = _path("collection", {"type": "string", "enum": list(collections)})
    crs = _query("crs", {"type": "string", "format": "uri"})
    of_items = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE}),
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}),
        {**_query("bbox", _NUMBERS), "style": "form", "explode": False},
        _query("bbox-crs", {"type": "string", "format": "uri"}),
        _query("datetime", _TEXT),
        crs,
    ]
    below = "/collections/{collection}"
    return {
        "openapi": "3.0.3",
        "info": {"title": "Beleefde Buurt", "version": settings.program_version()},
        "servers": [{"url": root}],
        "paths": {
            "/": _operation("landing", "application/json", []),
            "/conformance": _operation("conformance", "application/json", []),
            "/collections": _operation("collections", "application/json", []),
            below: _operation("collection", "application/json", [one]),
            f"{below}/items": _operation("items", "application/geo+json", [one, *of_items]),
            f"{below}/items/{{item}}": _operation(
                "item", "application/geo+json", [one, _path("item", _TEXT), crs]
            ),
        },
    }


def _operation(name: str, kind: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answers = {
        "200": {"description": name, "content": {kind: {"schema": {"type": "object"}}}},
        "400": {"description": "a parameter that cannot be"},
        "404": {"description": "absent"},
        "429": {"description": "too many requests from one address"},
    }
    return {"get": {"operationId": name, "parameters": parameters, "responses": answers}}


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}
