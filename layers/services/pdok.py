"""PDOK: official areas and street furniture (OGC API Features), and the search for an address.

Every ``api.pdok.nl/.../ogc/v1`` is the same program, so one client does for all. Two traps shape it: the
answer's coordinates are in the CRS of a header and nowhere else, and a cursor that does not fit its question
starts again at page 1 without a word.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import shape

from geo.crs import RD
from geo.errors import AnswerIncomplete, AnswerUnreadable, ServiceRefused, ServiceUnreachable
from layers.contracts import CONTRACTS
from layers.services.addresses import PDOK
from layers.services.http import HttpClient

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
PAGE = 1000
RD_REACH = (-10_000.0, 300_000.0, 300_000.0, 640_000.0)
"""West, south, east, north of everything Dutch in RD, in metres: what lies outside is in another CRS."""

Box = tuple[float, float, float, float]


# --- OGC API Features -------------------------------------------------------------------------------


def fetch_features(
    session: HttpClient,
    path: str,
    collection: str,
    *,
    filters: dict[str, str],
    box: Box | None = None,
    keep: Callable[[dict[str, Any]], bool] = lambda _row: True,
) -> gpd.GeoDataFrame:
    """Return every feature of a collection that fits, in RD, or nothing at all.

    Parameters
    ----------
    path
        Of the service, for instance ``/lv/bgt/ogc/v1``.
    filters
        Exact values of properties; a collection that cannot be filtered by them refuses with status 400.
    box
        Only what touches this box, in RD metres.
    keep
        Told the properties of a feature, says whether it is kept; what is not takes no memory.

    Returns
    -------
    GeoDataFrame
        The properties as they came, and ``geometry`` (2D, may be null), in RD.

    Raises
    ------
    AnswerUnreadable
        Another CRS than asked for, a page that came before, a feature that came before.
    AnswerIncomplete
        A page that holds fewer features than it says.
    FetchError
        See `Session.ask`.
    """
    service = f"PDOK {collection}"
    base = f"{PDOK.addresses()[0]}{path}/collections/{collection}/items"
    params: dict[str, str] = {"f": "json", "limit": str(PAGE), "crs": RD_URI, **filters}
    if box is not None:
        params |= {"bbox": ",".join(f"{side:.3f}" for side in box), "bbox-crs": RD_URI}
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    seen: set[str] = set()
    for feature in _features(session, service, base, params):
        key = str(feature.get("id"))
        if key in seen:
            raise AnswerUnreadable(service=service, reason=f"feature {key} came twice: paging started again")
        seen.add(key)
        row = feature.get("properties") or {}
        if not keep(row):
            continue
        rows.append(row)
        try:
            shapes.append(shape(feature["geometry"]) if feature.get("geometry") else None)
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as problem:
            raise AnswerUnreadable(
                service=service, reason=f"feature {key} has no readable shape"
            ) from problem
    table = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapely.force_2d(shapes), crs=RD)
    _in_rd(service, table)
    return table


def _features(
    session: HttpClient, service: str, base: str, params: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Walk the pages; the link to the next is followed as it stands, because its cursor is bound to it."""
    answer = session.get_json(service, base, params=params)
    seen = {base}
    while True:
        found = answer.headers.get("content-crs", "").strip("<> ")
        if found != RD_URI:
            reason = f"coordinates are in '{found or 'an unnamed CRS'}', asked was EPSG:28992"
            raise AnswerUnreadable(service=service, reason=reason)
        features = answer.body.get("features")
        if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
            raise AnswerUnreadable(service=service, reason="it holds no list of features")
        promised = answer.body.get("numberReturned", len(features))
        if promised != len(features):
            reason = f"a page promises {promised} features and holds {len(features)}"
            raise AnswerIncomplete(service=service, reason=reason)
        yield from features
        links = answer.body.get("links") or []
        following = next((link["href"] for link in links if link.get("rel") == "next"), None)
        if following is None:
            return
        if not features:
            raise AnswerIncomplete(service=service, reason="an empty page says there is more")
        if _place(following) != _place(base):
            raise AnswerUnreadable(service=service, reason="the next page lies at another address")
        if following in seen:
            raise AnswerUnreadable(
                service=service, reason="the next page is one we had: paging started again"
            )
        seen.add(following)
        answer = session.get_json(service, following)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path


def _in_rd(service: str, table: gpd.GeoDataFrame) -> None:
    """Refuse coordinates that cannot be RD, whatever the header says."""
    if not shapely.is_missing(table.geometry.to_numpy()).all():
        spots = shapely.get_coordinates(table.geometry.to_numpy())
        inside = ((spots >= RD_REACH[:2]) & (spots <= RD_REACH[2:])).all(axis=1)
        if not inside.all():
            x, y = spots[~inside][0]
            raise AnswerUnreadable(
                service=service, reason=f"coordinates such as {x:.4f}, {y:.4f} are not in RD"
            )


def list_filter_values(session: HttpClient, path: str, collection: str, name: str) -> list[int]:
    """Return the years a collection may be filtered by, read from the description of the service itself.

    Returns
    -------
    list of int
        Empty where the description cannot be had or says nothing: nobody promised it.

    Raises
    ------
    FetchCancelled, FetchTooSlow, FetchOffline
    """
    url = f"{PDOK.addresses()[0]}{path}/api"
    try:
        paths = session.get_json("PDOK", url, params={"f": "json"}).body.get("paths") or {}
        asked = paths[f"/collections/{collection}/items"]["get"]["parameters"]
        values = next(row["schema"]["enum"] for row in asked if row.get("name") == name)
        return sorted(int(value) for value in values)
    except (ServiceRefused, ServiceUnreachable, AnswerUnreadable):
        return []
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration):
        return []


def list_years(session: HttpClient, path: str) -> list[int]:
    """Return the years of which PDOK publishes a service, read from its own list of services.

    Parameters
    ----------
    path
        With ``{year}`` in it, for instance ``/cbs/wijken-en-buurten-{year}/ogc/v1``.
    """
    return years_listed(session.get_json("PDOK", PDOK.addresses()[0] + CONTRACTS["index"].path).body, path)


def years_listed(index: dict[str, Any], path: str) -> list[int]:
    """Return the years of a service that a list of services names.

    Examples
    --------
    >>> link = {"href": "https://api.pdok.nl/cbs/wijken-en-buurten-2026/ogc/v1"}
    >>> years_listed({"apis": [{"links": [link]}]}, "/cbs/wijken-en-buurten-{year}/ogc/v1")
    [2026]
    """
    pattern = re.compile(re.escape(path).replace(r"\{year\}", r"(\d{4})") + r"/?$")
    found = set()
    for service in index.get("apis") or []:
        for link in service.get("links") or []:
            if hit := pattern.search(urlsplit(str(link.get("href", ""))).path):
                found.add(int(hit[1]))
    return sorted(found)
