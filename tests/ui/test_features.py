"""OGC API Features, with GDAL as the client and by the letter of the standard; nothing but editions leaves by it."""

import json
import re
import subprocess
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import geopandas as gpd
import httpx
import numpy as np
import pyogrio
import pytest
import shapely
from starlette.applications import Starlette

import i18n
from geo.crs import RD, WGS84, transform
from settings import BUDGETS
from study import context
from study.publishing.features import CRS84
from study.publishing.files.package import package_of
from study.publishing.publication import Publication
from tests.support.browser import App
from tests.support.coroutines import run_coroutine
from tests.support.editions import published
from tests.support.temp_store import own_store
from ui.server.open_data import features

W = i18n.get_translator("nl")
IN_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
ROOT = "/api/features/demo"
CITY = (5.19, 52.565, 5.21, 52.58)


@pytest.fixture(scope="module")
def server(start_app: Callable[..., App]) -> App:
    """A server of the made-up town under a licence."""
    return start_app(BUURT_LICENCE="CC0-1.0")


@pytest.fixture(scope="module")
def made(server: App) -> Publication:
    """What was published in its store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_STORE", f"sqlite:///{server.store}")
        patch.setenv("BUURT_EXAMPLE", "on")
        context.get_store.cache_clear()
        found = package_of(published())
        context.get_store().close()
        context.get_store.cache_clear()
    return found


def ask(app: App, path: str, **query: str) -> tuple[int, dict[str, str], Any]:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=60)
    connection.request("GET", f"{path}?{urlencode(query)}" if query else path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {key.lower(): value for key, value in answer.getheaders()}, json.loads(body)


def item_features(app: App, name: str, **query: str) -> list[dict[str, Any]]:
    status, _, found = ask(app, f"{ROOT}/collections/{name}/items", **query)
    assert status == 200, found
    return list(found["features"])


def test_the_landing_page_is_there_with_a_slash_too(server: App, made: Publication) -> None:
    plain, slashed = (ask(server, address) for address in (ROOT, f"{ROOT}/"))
    assert plain[0] == slashed[0] == 200
    assert plain[2] == slashed[2]
    assert plain[2]["title"]


# --- GDAL as the client ---------------------------------------------------------------------------


def test_gdal_lists_and_reads_every_table(server: App, made: Publication) -> None:
    """All rows of all tables come through GDAL's driver page by page, each shape where it was published."""
    address = f"OAPIF:http://127.0.0.1:{server.port}{ROOT}"
    done = subprocess.run(
        ["ogrinfo", "-ro", address], capture_output=True, text=True, check=True, timeout=120
    )
    assert set(re.findall(r"^\d+: (\w+)", done.stdout, re.MULTILINE)) == set(made.tables)
    for name in ("cores", "areas", "facilities", "neighbourhoods"):
        # GDAL asks for the plane in which the collection says it is kept.
        found = pyogrio.read_dataframe(address, layer=name, PAGE_SIZE="7")
        assert found.crs.to_epsg() == 28992
        table = made.tables[name].reset_index()
        assert found["name"].fillna("").tolist() == table["name"].fillna("").tolist(), name
        for seen, shape in zip(found.geometry, table.geometry, strict=True):
            assert (seen is None) == (shape is None)
            assert shape is None or shapely.hausdorff_distance(seen, shape) < 0.02, name


# --- The letter of the standard -------------------------------------------------------------------


def test_every_link_of_the_landing_page_leads_somewhere(server: App, made: Publication) -> None:
    status, headers, landing = ask(server, ROOT)
    assert status == 200
    assert headers["content-type"].startswith("application/json")
    rels = {link["rel"]: link for link in landing["links"]}
    assert {"self", "service-desc", "conformance", "data", "license"} <= set(rels)
    for rel in ("self", "service-desc", "conformance", "data"):
        status, headers, _ = ask(server, urlsplit(rels[rel]["href"]).path)
        assert status == 200
        assert headers["content-type"].startswith(rels[rel]["type"].partition(";")[0])
    classes = ask(server, f"{ROOT}/conformance")[2]["conformsTo"]
    assert {name.rpartition("/")[2] for name in classes} == {"core", "geojson", "oas30", "crs"}
    described = ask(server, f"{ROOT}/openapi")[2]
    assert described["openapi"].startswith("3.0")
    assert made.credit == landing["attribution"]


def test_a_collection_says_where_it_lies_and_in_which_systems(server: App, made: Publication) -> None:
    listed = ask(server, f"{ROOT}/collections")[2]["collections"]
    assert [one["id"] for one in listed] == list(made.tables)
    for one in listed:
        assert ask(server, f"{ROOT}/collections/{one['id']}")[2] == one
        assert one["crs"][0] == CRS84
        table = made.tables[one["id"]]
        if isinstance(table, gpd.GeoDataFrame):
            assert one["storageCrs"] == IN_RD
            box = shapely.buffer(shapely.box(*one["extent"]["spatial"]["bbox"][0]), 1e-6)
            shapes = transform(table.geometry.dropna().to_numpy(), RD, WGS84)
            assert shapely.covers(box, shapes).all(), one["id"]


def test_pages_follow_each_other_and_miss_nothing(server: App, made: Publication) -> None:
    n, path, seen = len(made.tables["facilities"]), f"{ROOT}/collections/facilities/items?limit=50", []
    while path:
        status, headers, page = ask(server, path)
        assert status == 200
        assert headers["content-type"].startswith("application/geo+json")
        assert page["numberMatched"] == n
        assert page["numberReturned"] == len(page["features"]) <= 50
        seen += [one["id"] for one in page["features"]]
        following = [urlsplit(link["href"]) for link in page["links"] if link["rel"] == "next"]
        path = f"{following[0].path}?{following[0].query}" if following else ""
    assert seen == list(range(1, n + 1))
    feature = ask(server, f"{ROOT}/collections/facilities/items/{seen[7]}")[2]
    assert (
        feature["properties"] == item_features(server, "facilities", limit="1", offset="7")[0]["properties"]
    )


@pytest.mark.parametrize("name", ["areas", "facilities", "borders"])
def test_a_box_leaves_out_what_lies_elsewhere(server: App, made: Publication, name: str) -> None:
    """Counted anew in degrees with shapely."""
    shapes = transform(made.tables[name].geometry.to_numpy(), RD, WGS84)
    inside = np.flatnonzero(shapely.intersects(shapes, shapely.box(*CITY))) + 1
    found = item_features(server, name, bbox=",".join(map(str, CITY)), limit="1000")
    assert [one["id"] for one in found] == inside.tolist()
    assert 0 < len(inside) < len(shapes)
    # With heights, over the whole earth, and on the other side of it.
    west, south, east, north = CITY
    heights = item_features(server, name, bbox=f"{west},{south},0,{east},{north},9", limit="1000")
    assert heights == found
    assert len(item_features(server, name, bbox="-180,-90,180,90", limit="1000")) == len(shapes)
    assert item_features(server, name, bbox="170,-10,-170,10") == []


def test_coordinates_in_rd_are_the_published_ones(server: App, made: Publication) -> None:
    status, headers, page = ask(server, f"{ROOT}/collections/cores/items", crs=IN_RD, limit="1000")
    assert status == 200
    assert headers["content-crs"] == f"<{IN_RD}>"
    for one, shape in zip(page["features"], made.tables["cores"].geometry, strict=True):
        assert shapely.equals(shapely.geometry.shape(one["geometry"]), shape)
    left, bottom, right, top = made.tables["areas"].total_bounds
    half = {"bbox": f"{left},{bottom},{(left + right) / 2},{top}", "bbox-crs": IN_RD, "limit": "1000"}
    assert 0 < len(item_features(server, "areas", **half)) < len(made.tables["areas"])


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "veel"}, {"limit": "-1"}, {"offset": "1.5"}, {"offset": "9" * 30}, {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"}, {"bbox": "5,53,6,52"}, {"bbox": "nan,0,1,1"}, {"crs": "EPSG:28992"}, {"bbox-crs": "x"},
        {"name": "Oude Haven"}, {"filter": "1=1"},
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused(server: App, made: Publication, query: dict[str, str]) -> None:
    status, _, found = ask(server, f"{ROOT}/collections/areas/items", **query)
    assert (status, found["code"]) == (400, "400")


@pytest.mark.parametrize(
    "path",
    [
        "/api/features/nergens", "/api/features", f"{ROOT}/collections/drawings", f"{ROOT}/collections/sketches/items",
        f"{ROOT}/collections/areas/items/0", f"{ROOT}/collections/areas/items/99999",
        f"{ROOT}/collections/areas/items/x", f"{ROOT}/nothing",
    ],
)  # fmt: skip
def test_what_is_not_there_is_absent(server: App, made: Publication, path: str) -> None:
    assert ask(server, path)[0] == 404


def test_one_address_asks_so_much_and_others_go_on(tmp_path: Path) -> None:
    """There is no edition here: a question that is answered with 404 counts too."""
    served = Starlette(routes=features.ROUTES)

    async def from_address(address: str, n: int) -> list[httpx.Response]:
        """Ask until it is refused, at most so often."""
        answers: list[httpx.Response] = []
        transport = httpx.ASGITransport(served, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://buurt.example") as client:
            while len(answers) < n and (not answers or answers[-1].status_code != 429):
                answers.append(await client.get(f"{ROOT}/conformance"))
        return answers

    with own_store(tmp_path):
        much = run_coroutine(from_address("192.0.2.77", 5 * BUDGETS.features_burst))
        assert len(much) > BUDGETS.features_burst
        assert {one.status_code for one in much[:-1]} == {404}
        assert much[-1].status_code == 429
        assert int(much[-1].headers["Retry-After"]) >= 1
        assert [one.status_code for one in run_coroutine(from_address("192.0.2.78", 1))] == [404]


def test_what_leaves_is_what_the_edition_says(server: App, made: Publication) -> None:
    """No column, row or value of any table is another than that of the edition."""
    for name, table in made.tables.items():
        found = item_features(server, name, limit="1000")
        rows = table.drop(columns="geometry", errors="ignore").reset_index()
        assert len(found) == len(rows)
        assert {key for one in found for key in one["properties"]} == set(map(str, rows.columns))
        if "n" in rows:
            stated = rows["n"].astype(float)
            seen = np.array([one["properties"]["n"] for one in found], dtype=float)
            assert np.array_equal(seen, stated, equal_nan=True), name
