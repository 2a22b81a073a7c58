"""Overpass: a remark is a failure, an old mirror is no answer, and a shape is made whole or left out."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo import errors
from geo.crs import to_planar
from layers.catalogue import THEMES, Rule
from layers.services import overpass
from layers.services.http import BUSY_WAIT_S, HttpClient
from tests.layers.conftest import hurried
from tests.support.fake_services import Fault, Netherlands, box, node, way

ASKED = "/interpreter"
TOWN = tuple(box(0, 0, 2000, 1000).bounds)
BENCH = [Rule("amenity=bench")]
TIMED_OUT = {
    "remark": 'runtime error: Query timed out in "query" at line 3 after 26 seconds.',
    "elements": [],
}


def _with(**more: Any) -> Callable[[Any], Any]:
    return lambda body: {**body, **more}


def test_benches_of_a_box_come_with_tags_and_place(netherlands: Netherlands, session: HttpClient) -> None:
    """Testdam has three on the map; the one in Elders lies outside the box."""
    found = overpass.fetch_objects(session, BENCH, TOWN)
    assert sorted(found.table.index) == ["node/1", "node/2", "node/3"]
    assert found.table.loc["node/1", "tags"]["seats"] == "3"
    assert found.table.geometry["node/1"].distance(shapely.Point(93_103, 446_100)) < 0.01
    assert found.date == "2026-11-21T09:58:00Z"


def test_the_past_is_asked_by_date_and_only_what_vanished_counts(
    netherlands: Netherlands, session: HttpClient
) -> None:
    """Of three benches then, one is gone, one has a new number half a metre away, one is still there."""
    netherlands.land.elements_then = [
        node(1, 103, 100, amenity="bench"),
        node(90, 1300.5, 100, amenity="bench"),
        node(91, 1600, 100, amenity="bench"),
    ]
    then = overpass.fetch_objects(session, BENCH, TOWN, at="2018-01-01T00:00:00Z")
    today = overpass.fetch_objects(session, BENCH, TOWN)
    assert overpass.vanished(then, today).index.tolist() == ["node/91"]


def test_a_box_that_takes_too_long_is_asked_in_quarters(
    netherlands: Netherlands, session: HttpClient
) -> None:
    """The whole times out once; four quarters give the same three benches."""
    netherlands.faults.append(Fault(ASKED, times=1, body=_with(**TIMED_OUT)))
    assert len(overpass.fetch_objects(session, BENCH, TOWN).table) == 3
    assert len(netherlands.asked) == 1 + 4


FAULTS = {
    "remark": (Fault(ASKED, body=_with(**TIMED_OUT)), errors.AnswerIncomplete),
    "out of memory": (
        Fault(ASKED, body=_with(remark="runtime error: Query run out of memory")),
        errors.AnswerIncomplete,
    ),
    "remark beside elements": (Fault(ASKED, body=_with(remark="error")), errors.AnswerIncomplete),
    "504": (Fault(ASKED, status=504, kind="text/html", raw=b"<html>busy"), errors.ServiceUnreachable),
    "html": (Fault(ASKED, kind="text/html", raw=b"<html>"), errors.AnswerUnreadable),
    "cut": (Fault(ASKED, way="cut"), errors.ServiceUnreachable),
    "stale": (
        Fault(ASKED, body=_with(osm3s={"timestamp_osm_base": "2026-09-13T00:00:00Z"})),
        errors.AnswerUnreadable,
    ),
    "no date": (Fault(ASKED, body=_with(osm3s={})), errors.AnswerUnreadable),
    "no elements": (Fault(ASKED, body=lambda b: {"osm3s": b["osm3s"]}), errors.AnswerUnreadable),
    "elements without id": (Fault(ASKED, body=_with(elements=[{"type": "node"}])), errors.AnswerUnreadable),
    "node without place": (
        Fault(ASKED, body=_with(elements=[{"type": "node", "id": 1, "tags": {"amenity": "bench"}}])),
        errors.AnswerUnreadable,
    ),
    "400": (Fault(ASKED, status=400, kind="text/html", raw=b"<html>"), errors.ServiceRefused),
    "406": (Fault(ASKED, status=406, kind="text/html", raw=b"<html>"), errors.ServiceRefused),
}


@pytest.mark.parametrize(("fault", "expected"), FAULTS.values(), ids=FAULTS)
def test_no_fault_gives_a_town_without_benches(
    netherlands: Netherlands, session: HttpClient, fault: Fault, expected: type
) -> None:
    netherlands.faults.append(fault)
    with pytest.raises(expected):
        overpass.fetch_objects(session, BENCH, TOWN)


def test_a_stale_mirror_gives_way_to_the_next(
    netherlands: Netherlands, session: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is 69 days old; the second is asked and answers."""
    mirror = f"{netherlands.address}/overpass/api"
    monkeypatch.setenv("BUURT_OVERPASS_URL", f"{mirror},{mirror}")
    old = {"timestamp_osm_base": "2026-09-13T00:00:00Z"}
    netherlands.faults.append(Fault(ASKED, times=1, body=_with(osm3s=old)))
    assert len(overpass.fetch_objects(session, BENCH, TOWN).table) == 3


def test_where_there_is_no_slot_the_status_page_says_how_long(
    netherlands: Netherlands, session: HttpClient
) -> None:
    netherlands.faults.append(Fault(ASKED, times=1, status=429))
    assert len(overpass.fetch_objects(session, BENCH, TOWN).table) == 3
    assert "/overpass/api/status" in netherlands.asked


def test_one_question_runs_at_a_time(netherlands: Netherlands) -> None:
    """Of two fetches at once too: each has a session of its own."""

    def ask() -> None:
        with hurried() as own:
            overpass.fetch_objects(own, BENCH, TOWN)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert netherlands.most_at_overpass == 1
    assert sum(ASKED in line for line in netherlands.asked) == 4


def test_after_too_many_requests_no_other_server_is_asked(
    netherlands: Netherlands, session: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = f"{netherlands.address}/overpass/api"
    monkeypatch.setenv("BUURT_OVERPASS_URL", f"{mirror},{mirror}/second")
    netherlands.faults.append(Fault(ASKED, status=429))
    with pytest.raises(errors.ServiceUnreachable, match="429"):
        overpass.fetch_objects(session, BENCH, TOWN)
    assert not any("second" in line for line in netherlands.asked)


def test_the_wait_after_too_many_requests_is_half_a_minute_at_least(
    netherlands: Netherlands, session: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status page promises two slots at once; the operators ask for 30 s all the same."""
    waited: list[float] = []
    monkeypatch.setattr(session, "wait", lambda _service, seconds: waited.append(seconds))
    session.busy_wait_s = BUSY_WAIT_S
    netherlands.faults.append(Fault(ASKED, times=1, status=429))
    overpass.fetch_objects(session, BENCH, TOWN)
    assert waited == [30.0]


def test_the_recorded_time_out_is_a_failure(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    recorded = shared("recorded/overpass_timeout_remark_http200.json").read_bytes()
    netherlands.faults.append(Fault(ASKED, raw=recorded))
    with pytest.raises(errors.AnswerIncomplete, match="timed out"):
        overpass.fetch_objects(session, BENCH, TOWN)


def test_a_recorded_neighbourhood_is_read_whole(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    """Rivierenwijk: 819 ways whose corners came as nodes apart; houses are areas, streets are lines."""
    recorded = json.loads(shared("recorded/overpass_utrecht_rivierenwijk_2026-05-23.json").read_text())
    tagged = {e["id"] for e in recorded["elements"] if e["type"] == "node" and e.get("tags")}
    netherlands.faults.append(Fault(ASKED, body=lambda _: recorded))
    found = overpass.fetch_objects(session, BENCH, TOWN, at="2026-05-23T10:55:00Z")
    assert len(found.table) + found.incomplete == 819 + len(tagged)
    buildings = found.table[["building" in tags for tags in found.table["tags"]]]
    assert (shapely.get_dimensions(buildings.geometry.to_numpy()) == 2).all()
    streets = found.table[["highway" in tags for tags in found.table["tags"]]]
    ways = streets[streets.index.str.startswith("way")]
    assert (shapely.get_dimensions(ways.geometry.to_numpy()) == 1).all()
    assert shapely.covers(shapely.box(134_000, 452_000, 139_000, 457_000), ways.geometry.to_numpy()).all()


def test_a_recorded_relation_that_does_not_close_is_counted_and_left_out(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    """A walking route is no area."""
    recorded = json.loads(shared("recorded/overpass_relation_out_geom.json").read_text())
    netherlands.faults.append(Fault(ASKED, body=lambda _: recorded))
    found = overpass.fetch_objects(session, BENCH, TOWN, at="2016-11-24T00:00:00Z")
    assert (len(found.table), found.incomplete) == (0, 1)


def _metres(element: dict[str, Any]) -> shapely.Geometry:
    return to_planar(overpass.element_geometry(element))


def test_a_closed_way_is_an_area_unless_it_is_a_line_by_nature() -> None:
    """100 x 50 m is 5,000 m2; the same ring as a bench or a path is 300 m long."""
    ring = box(0, 0, 100, 50)
    assert _metres(way(1, ring, leisure="playground")).area == pytest.approx(5000, rel=1e-4)
    for tags in ({"amenity": "bench"}, {"highway": "footway"}, {"leisure": "track", "area": "no"}):
        assert _metres(way(1, ring, **tags)).length == pytest.approx(300, rel=1e-4)
    assert _metres(way(1, ring, highway="pedestrian", area="yes")).area == pytest.approx(5000, rel=1e-4)


def test_a_relation_is_put_together_of_its_lines_with_its_hole() -> None:
    """100 x 100 m of two halves, less a hole of 10 x 10 m."""
    outer = shapely.get_coordinates(box(0, 0, 100, 100).exterior)
    halves = [way(1, shapely.LineString(outer[:3])), way(2, shapely.LineString(outer[2:]))]
    hole = way(3, box(20, 20, 10, 10))
    members = [{**half, "role": "outer"} for half in halves] + [{**hole, "role": "inner"}]
    members.append({"type": "node", "ref": 9, "role": "label"})
    relation = {"type": "relation", "id": 4, "tags": {"type": "multipolygon"}, "members": members}
    assert _metres(relation).area == pytest.approx(9900, rel=1e-4)
    assert overpass.element_geometry({**relation, "members": members[1:]}) is None
    members[0]["geometry"][0] = None
    assert overpass.element_geometry(relation) is None


def test_only_a_centre_is_a_point() -> None:
    element = {"type": "way", "id": 2, "center": {"lat": 51.99, "lon": 4.47}, "tags": {}}
    assert overpass.element_geometry(element) == shapely.Point(4.47, 51.99)
    assert overpass.element_geometry({"type": "way", "id": 2}) is None


@pytest.mark.parametrize("rule", [r for t in THEMES.values() for k in t.kinds for r in k.rules], ids=str)
def test_every_rule_is_understood(rule: Rule) -> None:
    """No part of a rule is passed over in reading it."""
    assert len(rule.conditions) == rule.text.count("&") + 1
    assert rule.overpass().startswith('nwr["')
