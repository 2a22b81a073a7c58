"""Every optional step of a fetch may vanish, and one service that fails takes nothing of the others with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.errors import BuurtError
from layers.cache import Manifest
from layers.catalogue import BACKDROPS, THEMES
from layers.download.fetch import FetchReport, fetch_municipality
from layers.official import belt
from layers.official.areas import read_areas
from tests.layers.conftest import hurried
from tests.support import fake_services
from tests.support.fake_services import CODE, Fault, Land, Netherlands

HTML = {"kind": "text/html", "raw": b"<html><title>Not Acceptable</title></html>"}
ENUM = b'{"detail": "request does not conform to OpenAPI spec: value is not one of the allowed values"}'
KINDS: dict[str, dict[str, Any]] = {
    "404": {"status": 404, "raw": b"{}"},
    "400 enum": {"status": 400, "kind": "application/problem+json", "raw": ENUM},
    "406 HTML": {"status": 406, **HTML},
    "301": {"status": 301},
    "429": {"status": 429},
    "slow": {"way": "hang"},
    "cut": {"way": "cut"},
}
OPTIONAL = {
    "years of postcodes": "/ogc/v1/api",
    "list of measures": "/MeasureCodes",
    "status of Overpass": "/api/status",
}
BUSY = {"status of Overpass": Fault("/interpreter", times=1, status=429)}
"""What must go wrong before a step is asked for at all."""
BELTS = {belt.layer_name(key, year) for key in belt.DIVISIONS_BESIDE for year in (2024, 2025)}
LACKING = {"BGT": "BGT", "Overpass": "OpenStreetMap", "figures": "CBS StatLine"}
"""What the lock says of a layer that came without this source."""
SOURCES = {
    "gemeenten of one year": ("buurten-2025/ogc/v1/collections/gemeenten", {"gemeente_2025"}),
    "wijken": ("/wijken/items", {"wijk_2025", "wijk_2024", "belt_wijk_2025", "belt_wijk_2024"}),
    "buurten": ("/buurten/items", {"buurt_2025", "buurt_2024", "belt_buurt_2025", "belt_buurt_2024"}),
    "beyond the border": ("/buurten/items*bbox=", {"belt_buurt_2025", "belt_buurt_2024"}),
    "postcodes": ("/postcode6/items", {"pc6_2024"}),
    "figures": ("/Observations", {"figures_2025", "figures_2024", *BELTS}),
    "BGT": ("/lv/bgt/", set(THEMES)),
    "Overpass": ("/interpreter", {*THEMES, *BACKDROPS}),
}
BARE = {"themes": [], "with_basemap": False}
"""A fetch of areas and figures alone."""
NIGHTLY = [kind for kind in KINDS if kind != "404"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the sha256 of every layer of Testdam when all goes well."""
    folder = tmp_path_factory.mktemp("whole")
    with fake_services.serving(town()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_DATA", str(folder))
        for setting, address in server.settings().items():
            patch.setenv(setting, address)
        assert fetch().is_whole
        yield prints()


def town() -> Land:
    return fake_services.town("2026-11-21T09:58:00Z")


def fetch(**wish: Any) -> FetchReport:
    return fetch_municipality(CODE, session=hurried(), **wish)


def prints() -> dict[str, str]:
    return {name: entry.sha256 for name, entry in Manifest.read(CODE).layers.items()}


def holds_step(netherlands: Netherlands, whole: dict[str, str], step: str, kind: str) -> None:
    netherlands.faults += [replace(one) for name, one in BUSY.items() if name == step]
    netherlands.faults.append(Fault(OPTIONAL[step], **KINDS[kind]))
    assert fetch().is_whole
    assert prints() == whole
    assert [line for line in netherlands.asked if OPTIONAL[step] in line]


def holds_source(netherlands: Netherlands, whole: dict[str, str], source: str, kind: str) -> None:
    where, lost = SOURCES[source]
    netherlands.faults.append(Fault(where, **KINDS[kind]))
    report = fetch()
    lacking = {layer for failure in report.failures for layer in failure.layers}
    kept = prints()
    assert {name: kept.get(name) for name in whole if name not in lacking} == {
        name: digest for name, digest in whole.items() if name not in lacking
    }
    # A theme for which this map has no kind is whole without it.
    assert lacking <= lost
    assert set(whole) - set(kept) <= lacking
    assert lacking
    for name in lacking & set(kept):
        assert Manifest.read(CODE).layers[name].not_fetched == [LACKING[source]]


@pytest.mark.parametrize("step", OPTIONAL)
def test_an_optional_step_may_be_absent(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], step: str
) -> None:
    holds_step(netherlands, whole, step, "404")


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_that_fails_takes_nothing_of_the_others(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], source: str
) -> None:
    holds_source(netherlands, whole, source, "404")


@pytest.mark.parametrize("at_filter", ["gemeentecode=", "datetime=", "Measure+in"])
def test_a_question_that_is_refused_is_put_in_another_way(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], at_filter: str
) -> None:
    """By box instead of by code, with the history instead of today, in parts instead of as a list."""
    netherlands.faults.append(Fault(at_filter, **KINDS["400 enum"]))
    assert fetch().is_whole
    assert prints() == whole


@pytest.mark.parametrize(
    "kind", ["404", *(pytest.param(kind, marks=pytest.mark.nightly) for kind in NIGHTLY)]
)
def test_a_year_is_asked_for_whatever_the_list_of_services_says(
    folder: Path, netherlands: Netherlands, kind: str
) -> None:
    """2024 is known and needs no list; of 2030 nobody knows without it, and that ends in words of ours."""
    netherlands.faults.append(Fault("/index.json", **KINDS[kind]))
    assert fetch(year=2024, divisions=["buurt"], **BARE).is_whole
    with pytest.raises(BuurtError):
        fetch(year=2030, divisions=["buurt"], **BARE)
    assert set(prints()) == {"gemeente_2024", "buurt_2024", "belt_buurt_2024", "figures_2024"}


def without(column: str) -> Callable[[Any], Any]:
    """Return a change to an answer: this column is in no feature of it."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        for feature in body.get("features", ()):
            feature["properties"].pop(column, None)
        return body

    return change


@pytest.mark.parametrize(
    ("column", "of", "lost"),
    [
        ("water", "/gemeenten/items", set()),
        ("indelingswijziging_wijken_en_buurten", "/buurten/items", set()),
        ("aantal_inwoners", "/buurten/items", set()),
        ("buurtcode", "/buurten/items", SOURCES["buurten"][1]),
    ],
)
def test_a_column_that_is_absent_takes_only_what_needs_it(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], column: str, of: str, lost: set[str]
) -> None:
    """A wished column leaves every layer; the people of buurten then come from StatLine."""
    netherlands.faults.append(Fault(of, body=without(column)))
    report = fetch(**BARE)
    assert {layer for failure in report.failures for layer in failure.layers} == lost
    assert set(prints()) == set(whole) - {*THEMES, *BACKDROPS} - lost
    if column == "aantal_inwoners":
        assert read_areas(CODE, "buurt")["aantal_inwoners"].notna().any()


@pytest.mark.nightly
@pytest.mark.parametrize("kind", NIGHTLY)
@pytest.mark.parametrize("step", OPTIONAL)
def test_an_optional_step_may_fail_in_every_way(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], step: str, kind: str
) -> None:
    holds_step(netherlands, whole, step, kind)


@pytest.mark.nightly
@pytest.mark.parametrize("kind", NIGHTLY)
@pytest.mark.parametrize("source", SOURCES)
def test_a_source_may_fail_in_every_way(
    folder: Path, netherlands: Netherlands, whole: dict[str, str], source: str, kind: str
) -> None:
    if (source, kind) == ("buurten", "400 enum"):
        pytest.skip("a refusal is answered with another question: see above")
    holds_source(netherlands, whole, source, kind)
