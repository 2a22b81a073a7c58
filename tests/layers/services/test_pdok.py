"""PDOK: every page or none, in the plane that was asked for; and places found by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo import errors
from geo.crs import RD
from layers.services import locatieserver
from layers.services.http import HttpClient
from layers.services.locatieserver import AddressMatch, _place_of, lookup, reverse_geocode
from layers.services.pdok import fetch_features, list_years
from tests.support import fake_services
from tests.support.fake_services import CRS84_URI, Collection, Fault, Netherlands

PATH, NAME = "/test/things/ogc/v1", "things"
KEY = f"{PATH}/collections/{NAME}"
ITEMS = f"{KEY}/items"


def things(count: int) -> gpd.GeoDataFrame:
    """Return points 10 m apart on a line; every second is red."""
    spots = [shapely.Point(93_000 + 10 * n, 446_000) for n in range(count)]
    return gpd.GeoDataFrame(
        {"colour": ["red" if n % 2 else "blue" for n in range(count)]},
        geometry=spots,
        crs=RD,
        index=range(1, count + 1),
    )


@pytest.fixture
def server(netherlands: Netherlands) -> Netherlands:
    netherlands.land.collections[KEY] = Collection(things(2345), ("colour",))
    return netherlands


def items(session: HttpClient, **more: Any) -> gpd.GeoDataFrame:
    return fetch_features(session, PATH, NAME, **({"filters": {}} | more))


def test_every_page_is_walked(server: Netherlands, session: HttpClient) -> None:
    """2,345 features are 3 pages of at most 1,000."""
    found = items(session)
    assert len(found) == 2345
    assert found.crs == RD
    assert found.total_bounds.tolist() == [93_000, 446_000, 93_000 + 23_440, 446_000]
    assert len(server.asked) == 3


def test_the_cursor_is_the_one_the_real_service_gives() -> None:
    """Recorded from the live BAG service: its number is the last feature's, its checksum the question's."""
    assert fake_services.cursor(
        5898513, {"bbox": "5.75,51.76,5.98,51.90", "limit": "2", "f": "json"}
    ).endswith("|2XCYlA")


def test_filter_and_box_are_left_to_the_service(server: Netherlands, session: HttpClient) -> None:
    """From 93,000 to 93,095 m lie ten points, of which five are red."""
    found = items(session, filters={"colour": "red"}, box=(93_000.0, 445_999.0, 93_095.0, 446_001.0))
    assert len(found) == 5
    assert set(found["colour"]) == {"red"}


def test_nothing_found_is_an_empty_table_in_rd(server: Netherlands, session: HttpClient) -> None:
    found = items(session, filters={"colour": "green"})
    assert found.empty
    assert found.crs == RD


def test_a_filter_it_does_not_have_is_refused(server: Netherlands, session: HttpClient) -> None:
    with pytest.raises(errors.ServiceRefused) as found:
        items(session, filters={"size": "1"})
    assert found.value.facts["status"] == 400


def _restart(body: dict[str, Any]) -> dict[str, Any]:
    """The silent restart: the second page is the first again."""
    for n, feature in enumerate(body["features"]):
        feature["id"] = str(n + 1)
    return body


def _change(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {**body, **more}


def _elsewhere(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "links": [{"rel": "next", "href": "http://127.0.0.1:9/items?cursor=x"}]}


def _same(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "features": [], "numberReturned": 0, "links": body["links"]}


def _headless(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "features": [{**f, "geometry": {"type": "Point"}} for f in body["features"]]}


FAULTS = {
    "500 on page 2": (Fault(ITEMS, skip=1, status=500), errors.ServiceUnreachable),
    "html on page 2": (Fault(ITEMS, skip=1, kind="text/html", raw=b"<p>"), errors.AnswerUnreadable),
    "cut on page 3": (Fault(ITEMS, skip=2, way="cut"), errors.ServiceUnreachable),
    "silent half-way": (Fault(ITEMS, skip=1, way="hang"), errors.ServiceUnreachable),
    "other crs": (Fault(ITEMS, headers={"Content-Crs": f"<{CRS84_URI}>"}), errors.AnswerUnreadable),
    "no crs": (Fault(ITEMS, headers={"Content-Crs": None}), errors.AnswerUnreadable),
    "other crs on page 2": (
        Fault(ITEMS, skip=1, headers={"Content-Crs": f"<{CRS84_URI}>"}),
        errors.AnswerUnreadable,
    ),
    "silent restart": (Fault(ITEMS, skip=1, body=_restart), errors.AnswerUnreadable),
    "fewer than said": (Fault(ITEMS, skip=1, body=_change(numberReturned=1001)), errors.AnswerIncomplete),
    "empty page with more": (Fault(ITEMS, skip=1, body=_same), errors.AnswerIncomplete),
    "next page elsewhere": (Fault(ITEMS, body=_elsewhere), errors.AnswerUnreadable),
    "no features": (Fault(ITEMS, body=_change(features=None)), errors.AnswerUnreadable),
    "no features but words": (Fault(ITEMS, body=_change(features=["a", "b"])), errors.AnswerUnreadable),
    "shape without coordinates": (Fault(ITEMS, body=_headless), errors.AnswerUnreadable),
}


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS)
def test_no_fault_gives_a_part_of_the_features(
    server: Netherlands, session: HttpClient, fault: Fault, expected: type
) -> None:
    server.faults.append(fault)
    with pytest.raises(expected):
        items(session)


def test_degrees_under_a_header_that_says_rd_are_refused(server: Netherlands, session: HttpClient) -> None:
    """The header lies: the numbers are degrees."""

    def degrees(body: dict[str, Any]) -> dict[str, Any]:
        for feature in body["features"]:
            feature["geometry"]["coordinates"] = [4.47, 51.99]
        return body

    server.faults.append(Fault(ITEMS, body=degrees))
    with pytest.raises(errors.AnswerUnreadable, match="not in RD"):
        items(session)


def test_height_is_dropped_and_a_missing_shape_stays_missing(
    server: Netherlands, session: HttpClient
) -> None:
    def with_height(body: dict[str, Any]) -> dict[str, Any]:
        for feature in body["features"]:
            feature["geometry"]["coordinates"].append(12.5)
        body["features"][0]["geometry"] = None
        return body

    server.land.collections[KEY] = Collection(things(3))
    server.faults.append(Fault(ITEMS, body=with_height))
    found = items(session)
    assert found.geometry.isna().tolist() == [True, False, False]
    assert not found.geometry.has_z.any()


def test_the_years_of_a_service_are_read_from_its_own_list(
    netherlands: Netherlands, session: HttpClient
) -> None:
    assert list_years(session, "/cbs/wijken-en-buurten-{year}/ogc/v1") == [2024, 2025]


# --- Places -----------------------------------------------------------------------------------------


def test_a_street_is_suggested_without_house_numbers(netherlands: Netherlands, session: HttpClient) -> None:
    """Of three Kerkstraten in Testdam one is an address: it is not among what we ask for."""
    found = locatieserver.suggest(session, "kerkstr", code="GM1999")
    assert [(place.kind, place.label) for place in found] == [
        ("street", "Kerkstraat, Testdam"),
        ("postcode", "Kerkstraat, 1990AA Testdam"),
    ]
    assert "adres" not in netherlands.asked[0]


def test_a_suggestion_is_looked_up_in_rd(netherlands: Netherlands, session: HttpClient) -> None:
    assert lookup(session, "weg-1") == AddressMatch(
        "Kerkstraat, Testdam", "street", "weg-1", 94_000.0, 446_200.0, "GM1999", "WK199901", "BU19990101"
    )
    assert lookup(session, "weg-9") is None


def test_a_spot_gets_the_name_of_its_street(netherlands: Netherlands, session: HttpClient) -> None:
    found = reverse_geocode(session, 94_000.4, 446_201.2)
    assert found is not None
    assert found.label == "Kerkstraat, Testdam"


def test_nonsense_finds_nothing_though_the_service_always_answers(
    netherlands: Netherlands, session: HttpClient
) -> None:
    assert locatieserver.suggest(session, "xyzzy") == []


def test_two_letters_are_not_sent(netherlands: Netherlands, session: HttpClient) -> None:
    assert locatieserver.suggest(session, " ke ") == []
    assert netherlands.asked == []


def test_a_refused_question_does_not_repeat_the_address(
    netherlands: Netherlands, session: HttpClient
) -> None:
    netherlands.faults.append(Fault("/suggest", status=400, raw=b'{"error":{"msg":"syntax: Geheimstraat"}}'))
    with pytest.raises(errors.ServiceRefused) as found:
        locatieserver.suggest(session, "Geheimstraat")
    assert "Geheim" not in str(found.value)


def test_recorded_answers_of_the_locatieserver_are_read(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    """One address in Utrecht, ten in Maasbree: addresses are read, with their RD centre."""
    free = json.loads(shared("recorded/pdok_locatieserver_free.json").read_text())
    netherlands.faults.append(Fault("/lookup", body=lambda _: free))
    place = lookup(session, "adr-01e5f757daeb1616e02fdcd0e6193e4b")
    assert place is not None
    assert (place.label, place.kind, place.gemeente) == ("Bolstraat 1, 3581WS Utrecht", "address", "GM0344")
    assert (place.x, place.y) == (137569.474, 455650.561)

    suggest = json.loads(shared("recorded/pdok_locatieserver_suggest.json").read_text())
    netherlands.faults.append(Fault("/suggest", body=lambda _: suggest))
    assert len(locatieserver.suggest(session, "Westeringlaan")) == 10

    refusal = shared("recorded/pdok_locatieserver_error.json").read_bytes()
    netherlands.faults.insert(0, Fault("/suggest", status=400, raw=refusal))
    with pytest.raises(errors.ServiceRefused):
        locatieserver.suggest(session, "Westeringlaan")


def test_a_centre_in_degrees_is_carried_to_rd() -> None:
    """The address in Utrecht has both: they agree to a metre."""
    doc = {"type": "adres", "weergavenaam": "x", "id": "1", "centroide_ll": "POINT(5.13287587 52.08884161)"}
    place = _place_of(doc)
    assert place.x == pytest.approx(137569.474, abs=1)
    assert place.y == pytest.approx(455650.561, abs=1)


def test_recorded_features_of_the_bag_are_read(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    """Twenty real buildings, put behind the service in RD, come back as twenty polygons in the same place."""
    panden = gpd.read_file(shared("recorded/bag_panden_geojson_response.json")).to_crs(RD)
    panden.index = range(1, len(panden) + 1)
    netherlands.land.collections[KEY] = Collection(panden)
    netherlands.land.page = 7
    found = items(session)
    assert len(found) == 20
    assert found.area.sum() == pytest.approx(panden.area.sum())
