"""Fetching a municipality: by name, whole, again without asking, and nothing kept of what went wrong."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

import layers
from geo import errors
from layers.cache import Manifest, corrupt_layers
from layers.catalogue import BACKDROPS
from layers.download import fetch as fetching
from layers.download.fetch import FetchReport, fetch_municipality
from layers.services.http import HttpClient
from tests.layers.conftest import DownloadedMunicipality, hurried
from tests.support.fake_services import CODE, CRS84_URI, Fault, Netherlands, node

ALL = {
    "gemeente_2025": 1,
    "wijk_2025": 3,
    "buurt_2025": 5,
    "pc4_2024": 2,
    "pc6_2024": 8,
    "belt_wijk_2025": 1,
    "belt_buurt_2025": 1,
    "figures_2025": 5,
    "gemeente_2024": 1,
    "wijk_2024": 3,
    "buurt_2024": 5,
    "belt_wijk_2024": 1,
    "belt_buurt_2024": 1,
    "figures_2024": 5,
    "meeting_place": 5,
    "bench": 5,
    "play_area": 3,
    "social_infrastructure": 11,
    "green": 1,
    "water": 1,
    "canals": 1,
    "railways": 0,
    "streets": 3,
    "paths": 1,
}
"""Every layer of Testdam with its rows, counted by head in fake_services.py; 2024 is the last year with all figures."""


def bring(name: str = "Testdam", **more: Any) -> FetchReport:
    """Fetch one year, unless a test is about years: the same questions in half the time."""
    return fetch_municipality(name, session=hurried(), **{"year": 2025, **more})


def rows(code: str = CODE) -> dict[str, int]:
    try:
        return {name: entry.rows for name, entry in Manifest.read(code).layers.items()}
    except errors.LayerNotFetched:
        return {}


def test_a_municipality_comes_whole(downloaded: DownloadedMunicipality, testdam: Netherlands) -> None:
    assert (downloaded.report.code, downloaded.report.name) == (CODE, "Testdam")
    assert {entry.layer: entry.rows for entry in downloaded.report.new} == ALL == rows()
    assert corrupt_layers(CODE) == []
    assert [town.name for town in layers.municipalities()] == ["Testdam"]


def test_each_layer_says_whose_it_is_from_where_and_when(testdam: Netherlands) -> None:
    found = Manifest.read(CODE).layers
    for entry in found.values():
        assert entry.source
        assert entry.licence
        assert entry.attribution
        assert entry.date
        assert entry.url.startswith(testdam.address)
        assert entry.fetched.endswith("+00:00")
        assert len(entry.sha256) == 64
    assert found["buurt_2025"].attribution == (
        "Bron: CBS / Kadaster, Wijk- en Buurtkaart 2025, via PDOK (CC BY 4.0); bewerkt"
    )
    assert found["bench"].coverage == {"OpenStreetMap": True, "BGT": True}
    assert found["bench"].date == "2026-11-21"
    assert (found["bench"].notes["in_both"], found["bench"].notes["retired"]) == (2, 4)


def test_progress_goes_up_to_the_whole(downloaded: DownloadedMunicipality) -> None:
    done = [progress.done for progress in downloaded.progress_events]
    assert done == sorted(done)
    assert downloaded.progress_events[-1].done == downloaded.progress_events[-1].total == 16
    assert downloaded.progress_events[-1].received_bytes > 1000


def test_never_more_than_two_were_asked_at_once(downloaded: DownloadedMunicipality) -> None:
    assert downloaded.server.most_at_once <= 2


LITTLE: dict[str, Any] = {"themes": [], "divisions": [], "with_basemap": False}
FEW = {"gemeente_2025", "figures_2025"}


@pytest.mark.parametrize("name", ["testdam", "1999", "GM1999", " gm1999 "])
def test_a_name_or_code_may_be_written_in_many_ways(
    folder: Path, netherlands: Netherlands, name: str
) -> None:
    report = bring(name, **LITTLE)
    assert (report.code, report.name, set(rows())) == (CODE, "Testdam", FEW)


def test_progress_is_told_in_the_thread_of_the_caller(folder: Path, netherlands: Netherlands) -> None:
    """Streamlit allows nothing else."""
    heard: set[threading.Thread] = set()
    bring(CODE, progress=lambda _: heard.add(threading.current_thread()), **LITTLE)
    assert heard == {threading.current_thread()}


def test_what_is_there_is_not_asked_again(folder: Path, netherlands: Netherlands) -> None:
    bring(CODE, **LITTLE)
    netherlands.asked.clear()
    report = bring("Testdam", **LITTLE)
    assert (report.new, {entry.layer for entry in report.kept}, netherlands.asked) == ([], FEW, [])


def test_the_same_land_gives_the_same_fingerprints(folder: Path, netherlands: Netherlands) -> None:
    wish = LITTLE | {"divisions": ["buurt"], "themes": ["bench"]}
    first = {entry.layer: entry.sha256 for entry in bring(CODE, **wish).new}
    assert {entry.layer: entry.sha256 for entry in bring(CODE, again=True, **wish).new} == first


def test_bringing_up_to_date_takes_in_what_is_new(folder: Path, netherlands: Netherlands) -> None:
    wish = LITTLE | {"themes": ["bench"]}
    bring(CODE, **wish)
    netherlands.land.elements.append(node(99, 1700, 700, amenity="bench"))
    bring(CODE, again=True, **wish)
    assert rows()["bench"] == ALL["bench"] + 1


def test_only_what_is_asked_for_comes(folder: Path, netherlands: Netherlands) -> None:
    bring(CODE, **LITTLE | {"themes": ["bench"], "divisions": ["buurt"]})
    assert set(rows()) == FEW | {"buurt_2025", "belt_buurt_2025", "bench"}


def test_another_year_stands_beside_the_first(folder: Path, netherlands: Netherlands) -> None:
    """2024 is asked of the areas; the postcodes have no newer year than 2024 anyway."""
    wish = LITTLE | {"divisions": ["buurt", "pc4"]}
    bring(CODE, **wish)
    assert layers.list_divisions(CODE)["buurt"] == [2025]
    bring(CODE, year=2024, **wish)
    assert layers.list_divisions(CODE)["buurt"] == [2024, 2025]
    assert layers.list_divisions(CODE)["pc4"] == [2024]
    assert layers.read_areas(CODE, "buurt").attrs["year"] == 2025


def test_a_year_nobody_publishes_is_refused_with_those_there_are(
    folder: Path, netherlands: Netherlands
) -> None:
    with pytest.raises(errors.LayerUnknown, match="gemeente_2025"):
        bring(year=2031)
    with pytest.raises(errors.LayerUnknown):
        bring(year=1990)
    assert rows() == {}


def test_a_year_that_is_newer_than_this_program_is_found(folder: Path, netherlands: Netherlands) -> None:
    """PDOK's own list of services has 2027, so it may be asked; its list of years is the proof."""
    collections = netherlands.land.collections
    for path in [p for p in collections if "buurten-2025" in p]:
        table = collections[path].table.assign(jaar=2027)
        collections[path.replace("2025", "2027")] = type(collections[path])(table, ("gemeentecode",))
    bring(year=2027, divisions=["buurt"], themes=[], with_basemap=False)
    assert set(rows()) == {"gemeente_2027", "buurt_2027", "belt_buurt_2027"}


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"themes": ["parking"]}, errors.LayerUnknown),
        ({"divisions": ["straat"]}, errors.LayerUnknown),
        ({"name": "Nergenshuizen"}, errors.MunicipalityUnknown),
    ],
)
def test_what_does_not_exist_is_refused_before_anything_is_written(
    folder: Path, netherlands: Netherlands, wish: dict[str, Any], expected: type
) -> None:
    with pytest.raises(expected):
        bring(**wish)
    assert rows() == {}


def test_a_slip_in_the_name_is_answered_with_the_nearest(folder: Path, netherlands: Netherlands) -> None:
    with pytest.raises(errors.MunicipalityUnknown, match="Testdam"):
        bring("Tesdam")


def test_a_dry_run_asks_nothing_and_tells_what_it_would_ask(folder: Path, netherlands: Netherlands) -> None:
    report = bring("GM1999", year=None, dry_run=True)
    assert netherlands.asked == []
    assert list(folder.iterdir()) == []
    assert {layer for question in report.questions for layer in question.layers} == set(ALL)
    assert all(question.url.startswith(netherlands.address) for question in report.questions)


def test_a_dry_run_by_name_begins_with_the_list_of_names(folder: Path, netherlands: Netherlands) -> None:
    """Nobody was asked which code the name has, so that comes first."""
    report = bring("Testdam", year=None, dry_run=True)
    assert report.questions[0].layers == ("municipalities",)
    assert {layer for question in report.questions[1:] for layer in question.layers} == set(ALL)
    assert netherlands.asked == []


def test_whoever_cancels_keeps_what_was_complete(folder: Path, netherlands: Netherlands) -> None:
    """The municipality is in, Overpass drips: stop. Nothing waits for it; the next call brings the rest."""
    netherlands.faults.append(Fault("/interpreter", way="drip"))
    started = time.monotonic()
    with pytest.raises(errors.FetchCancelled):
        bring(CODE, cancel=lambda: "buurt_2025" in rows())
    assert time.monotonic() - started < 5
    kept = rows()
    assert "bench" not in kept
    assert corrupt_layers(CODE) == []
    netherlands.faults.clear()
    report = bring(CODE)
    assert rows() == {
        name: count for name, count in ALL.items() if not name.endswith("_2024") or "pc" in name
    }
    assert {entry.layer for entry in report.new} == set(rows()) - set(kept)


def test_offline_nothing_is_fetched(
    folder: Path, netherlands: Netherlands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURT_OFFLINE", "1")
    with pytest.raises(errors.FetchOffline):
        bring("GM1999")
    assert (netherlands.asked, rows()) == ([], {})


# --- Faults, one by one -----------------------------------------------------------------------------


def _features(change: Any) -> Any:
    def changed(body: dict[str, Any]) -> dict[str, Any]:
        for n, feature in enumerate(body["features"]):
            change(n, feature)
        return body

    return changed


def _years(n: int, feature: dict[str, Any]) -> None:
    feature["properties"]["jaar"] = 2024 + n % 2


def _elsewhere(n: int, feature: dict[str, Any]) -> None:
    feature["properties"]["buurtcode"] = "BU03630101"


def _degrees(n: int, feature: dict[str, Any]) -> None:
    feature["geometry"]["coordinates"] = [[[4.4, 51.9], [4.5, 51.9], [4.5, 52.0], [4.4, 51.9]]]


def _half_a_sign(n: int, feature: dict[str, Any]) -> None:
    feature["properties"]["buurtnaam"] = "\ud83d"


def _elements(change: Any) -> Any:
    return lambda body: {**body, "elements": [change(element) for element in body["elements"]]}


BUURTEN, OSM, BGT = "/buurten/items*gemeentecode=", "/interpreter", "/straatmeubilair/items"
FAULTS: dict[str, tuple[Fault, str, type[Exception]]] = {
    "time-out half-way": (Fault(BUURTEN, way="hang"), "buurt_2025", errors.ServiceUnreachable),
    "500 on page 2": (Fault(BUURTEN, skip=1, status=500), "buurt_2025", errors.ServiceUnreachable),
    "html": (Fault(BUURTEN, kind="text/html", raw=b"<p>busy"), "buurt_2025", errors.AnswerUnreadable),
    "cut off": (Fault(BUURTEN, way="cut"), "buurt_2025", errors.ServiceUnreachable),
    "half the JSON": (Fault(BUURTEN, raw=b'{"features":[{"ty'), "buurt_2025", errors.AnswerUnreadable),
    "wrong crs": (
        Fault(BUURTEN, headers={"Content-Crs": f"<{CRS84_URI}>"}),
        "buurt_2025",
        errors.AnswerUnreadable,
    ),
    "degrees": (Fault(BUURTEN, body=_features(_degrees)), "buurt_2025", errors.AnswerUnreadable),
    "mixed years": (Fault(BUURTEN, body=_features(_years)), "buurt_2025", errors.AnswerUnreadable),
    "other codes": (Fault(BUURTEN, body=_features(_elsewhere)), "buurt_2025", errors.AnswerUnreadable),
    "cp1252": (
        Fault(BUURTEN, raw='{"features": ["Súdwest-Fryslân"]}'.encode("cp1252")),
        "buurt_2025",
        errors.AnswerUnreadable,
    ),
    "no buurten": (
        Fault(BUURTEN, body=lambda b: {**b, "features": [], "numberReturned": 0, "links": []}),
        "buurt_2025",
        errors.AnswerIncomplete,
    ),
    "a buurt less": (
        Fault(BUURTEN, skip=1, body=lambda b: {**b, "features": [], "numberReturned": 0, "links": []}),
        "buurt_2025",
        errors.AnswerIncomplete,
    ),
    "overpass remark": (
        Fault(OSM, body=lambda b: {**b, "remark": "error"}),
        "bench",
        errors.AnswerIncomplete,
    ),
    "overpass nothing": (Fault(OSM, body=lambda b: {**b, "elements": []}), "bench", errors.AnswerIncomplete),
    "no base map": (Fault(OSM, body=lambda b: {**b, "elements": []}), "streets", errors.AnswerIncomplete),
    "overpass busy": (Fault(OSM, status=429), "bench", errors.ServiceUnreachable),
    "bgt 502": (Fault(BGT, status=502), "bench", errors.ServiceUnreachable),
    "statline 500": (Fault("/Observations", status=500), "figures_2025", errors.ServiceUnreachable),
    "half a sign": (Fault(BUURTEN, body=_features(_half_a_sign)), "buurt_2025", errors.AnswerUnreadable),
    "links that are none": (
        Fault(BUURTEN, body=lambda b: {**b, "links": ["next"]}),
        "buurt_2025",
        errors.AnswerUnreadable,
    ),
    "endless number": (
        Fault(BUURTEN, body=_features(lambda _, f: f["properties"].update(jaar=float("inf")))),
        "buurt_2025",
        errors.AnswerUnreadable,
    ),
    "nesting": (Fault(BUURTEN, raw=b'{"a":' + b"[" * 200_000), "buurt_2025", errors.AnswerUnreadable),
    "shapes left out": (
        Fault(OSM, body=_elements(lambda e: {**e, "geometry": None} if e["type"] == "way" else e)),
        "streets",
        errors.AnswerIncomplete,
    ),
    "shapes left out of places": (
        Fault(OSM, body=_elements(lambda e: {**e, "geometry": None} if e["type"] == "way" else e)),
        "bench",
        errors.AnswerIncomplete,
    ),
    "not on Earth": (
        Fault(OSM, body=_elements(lambda e: {**e, "lat": 9e9} if e["type"] == "node" else e)),
        "bench",
        errors.AnswerUnreadable,
    ),
    "elements that are words": (Fault(OSM, body=_elements(str)), "bench", errors.AnswerUnreadable),
    "tags that are none": (
        Fault(OSM, body=_elements(lambda e: {**e, "tags": ["bench"]})),
        "bench",
        errors.AnswerUnreadable,
    ),
    "statline in lists": (
        Fault("/Observations", body=lambda b: {"value": [[row] for row in b["value"]]}),
        "figures_2025",
        errors.AnswerUnreadable,
    ),
    "statline 404": (Fault("/Properties", status=404), "figures_2025", errors.ServiceRefused),
}


def some(layer: str, **more: Any) -> FetchReport:
    """Bring the layer a fault is about, and the wijken, which it is not about; of one year, as pages are counted."""
    themes = [layer] if layer == "bench" else []
    divisions = ["wijk", "buurt"] if layer == "buurt_2025" else ["wijk"]
    return bring(CODE, themes=themes, divisions=divisions, with_basemap=layer == "streets", **more)


@pytest.mark.parametrize(("fault", "layer", "expected"), FAULTS.values(), ids=FAULTS)
def test_of_what_goes_wrong_nothing_is_kept_and_the_rest_is(
    folder: Path, netherlands: Netherlands, fault: Fault, layer: str, expected: type[Exception]
) -> None:
    """The layer is absent, not empty, or made of the other map alone; when the fault is over all of it comes."""
    netherlands.land.page = 3
    netherlands.faults.append(fault)
    report = some(layer)
    assert {type(failure.problem) for failure in report.failures} == {expected}
    # StatLine has the figures of the belt too, which is beside the layer this is about.
    failed = [failure for failure in report.failures if not failure.layers[0].startswith("belt_")]
    assert [failure.layers for failure in failed] == [tuple(BACKDROPS) if layer == "streets" else (layer,)]
    if layer == "bench":
        source = "BGT" if fault.where == BGT else "OpenStreetMap"
        assert failed[0].source == source
        assert Manifest.read(CODE).layers["bench"].not_fetched == [source]
        assert source not in Manifest.read(CODE).layers["bench"].coverage
    else:
        assert layer not in rows()
    assert {"gemeente_2025", "wijk_2025"} <= set(rows())
    assert corrupt_layers(CODE) == []
    assert not list(folder.rglob(".draft-*"))
    netherlands.faults.clear()
    assert some(layer).is_whole
    assert rows()[layer] == ALL[layer]
    assert Manifest.read(CODE).layers[layer].not_fetched == []


@pytest.mark.parametrize(("fault", "other"), [(BGT, "/interpreter"), (OSM, "/straatmeubilair")])
def test_only_the_half_that_lacks_is_asked_again(
    folder: Path, netherlands: Netherlands, fault: str, other: str
) -> None:
    netherlands.faults.append(Fault(fault, status=404))
    assert not some("bench").is_whole
    netherlands.faults.clear()
    netherlands.asked.clear()
    assert some("bench").is_whole
    assert not [line for line in netherlands.asked if other in line]
    assert rows()["bench"] == ALL["bench"]
    assert not list(folder.rglob("half.*"))


@pytest.mark.parametrize("name", ["500 on page 2", "html", "cut off", "overpass remark"])
def test_an_update_that_fails_leaves_the_old_layer(folder: Path, netherlands: Netherlands, name: str) -> None:
    fault, layer, expected = FAULTS[name]
    some(layer)
    before = Manifest.read(CODE).layers[layer]
    netherlands.land.page = 3
    netherlands.faults.append(fault)
    assert {type(failure.problem) for failure in some(layer, again=True).failures} == {expected}
    assert Manifest.read(CODE).layers[layer] == before
    assert corrupt_layers(CODE) == []


def test_without_the_municipality_nothing_comes(folder: Path, netherlands: Netherlands) -> None:
    netherlands.faults.append(Fault("/gemeenten/items", status=500))
    with pytest.raises(errors.ServiceUnreachable):
        bring(CODE, **LITTLE)
    assert rows() == {}


def test_newer_postcodes_are_found_without_a_change_of_code(folder: Path, netherlands: Netherlands) -> None:
    """The description of the service lists 2025, of which there are the same areas."""
    collection = netherlands.land.collections["/cbs/postcode4/ogc/v1/collections/postcode4"]
    collection.enums = {"jaarcode": (2023, 2024, 2025)}
    collection.table.loc[collection.table["jaarcode"] == 2023, "jaarcode"] = 2025
    bring(CODE, year=None, **LITTLE | {"divisions": ["pc4"]})
    assert "pc4_2025" in rows()


def test_what_goes_wrong_once_is_not_noticed(folder: Path, netherlands: Netherlands) -> None:
    for where in (BUURTEN, OSM, BGT, "/Observations"):
        netherlands.faults.append(Fault(where, times=1, status=503))
    bring(CODE, **LITTLE | {"themes": ["bench"], "divisions": ["buurt"]})
    assert set(rows()) == FEW | {"buurt_2025", "belt_buurt_2025", "bench"}


def test_a_list_of_municipalities_that_is_too_short_is_no_list(
    folder: Path, netherlands: Netherlands
) -> None:
    netherlands.faults.append(
        Fault(
            "gemeente_gegeneraliseerd/items",
            body=lambda b: {**b, "links": [], "features": b["features"][:9], "numberReturned": 9},
        )
    )
    with pytest.raises(errors.AnswerIncomplete, match="9 municipalities"):
        bring()
    assert list(folder.iterdir()) == []


def test_another_patience_may_be_given(folder: Path, netherlands: Netherlands, session: HttpClient) -> None:
    assert fetching.BUDGET_S == 600
    fetch_municipality("GM1999", **LITTLE, session=session)
    assert set(rows()) == FEW | {"gemeente_2024", "figures_2024"}


@pytest.mark.parametrize("body", ["{", '{"year": 2025}', '{"year": null, "municipalities": [{}]}'])
def test_a_list_of_names_that_is_damaged_is_asked_again(
    folder: Path, netherlands: Netherlands, body: str
) -> None:
    (folder / "municipalities.json").write_text(body)
    assert layers.listed_municipalities() == []
    assert bring("Testdam", **LITTLE).code == CODE
    assert len(layers.listed_municipalities()) == 342


def test_a_page_about_room_that_fails_is_no_failure(folder: Path, netherlands: Netherlands) -> None:
    """Overpass is busy once; when it has room stands on a page that breaks off."""
    netherlands.faults += [Fault(OSM, times=1, status=429), Fault("/status", way="cut")]
    some("bench")
    assert rows()["bench"] == ALL["bench"]
