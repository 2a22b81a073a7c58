"""Thousands of bad inputs: each is refused in a sentence, and leaves not a row behind."""

import json
import math
import random
import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geo.errors as E
import store
from store import (
    ALL,
    Actor,
    Contribution,
    HomeFacts,
    Place,
    Signal,
    Store,
    ViewFacts,
    WorkshopSession,
    text_cleaning,
    validation,
)
from tests.support.store_factories import PLACES, SIGNALS, TODAY, contribution, new_id, project

WORDS = Path(__file__).resolve().parents[2] / "i18n"
PLANNER = Actor("planner", "an-account")

TEXTS: tuple[Any, ...] = (
    "x" * 5000,
    None,
    7,
    b"bytes",
    ["list"],
    {"a": 1},
    3.5,
    object(),
    "ﷺ" * 41,  # one character that NFKC makes eighteen of
)
KEYS: tuple[Any, ...] = (
    "",
    "a b",
    "é",
    "x" * 65,
    "'; DROP TABLE contribution; --",
    "\x00",
    "../../etc/passwd",
    "<script>",
    None,
    1,
    [],
    "\n",
)
NUMBERS: tuple[Any, ...] = (-1, 10**12, 1.5, math.nan, math.inf, "5", True, [], 2**63, -(2**70))
RAWS: tuple[Any, ...] = (
    "",
    "null",
    "[]",
    "{",
    "{}",
    '{"type": 1}',
    '{"type": "Feature", "bbox": [NaN]}',
    '{"type": "Feature", "a": Infinity}',
    "[" * 100_000,
    '{"type":' * 50_000,
    '{"type": "Feature", "a": "' + "x" * 2_100_000 + '"}',
    "\ud800",
    b"{}",
    None,
    7,
    "<script>alert(1)</script>",
    '{"type": "Feature"\x00}',
)
SHAPES: tuple[Any, ...] = (
    None,
    "POLYGON",
    shapely.Point(150_000, 500_000),
    shapely.LineString([(150_000, 500_000), (150_001, 500_001)]),
    shapely.Polygon(),
    shapely.MultiPolygon(),
    shapely.GeometryCollection(),
    shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)]),
    shapely.Polygon([(1000, 1000), (2000, 1000), (1000, 1000)]),
    shapely.box(4.3, 52.0, 4.4, 52.1),
    shapely.box(1e8, 1e8, 1e9, 1e9),
    shapely.Polygon([(150_000, 500_000), (math.inf, 500_000), (150_000, 600_000)]),
    shapely.Point(150_000, 500_000).buffer(100, quad_segs=6000),
    shapely.MultiPolygon([shapely.box(1000, 1000, 3000, 3000), shapely.box(2000, 2000, 4000, 4000)]),
)


def bad_contributions() -> Iterator[Contribution]:
    """Return contributions that differ from a good one in one bad field."""
    good = contribution()
    for name in ("group", "name", "helped_by"):
        yield from (replace(good, **{name: bad}) for bad in TEXTS)
    for name in ("session", "edge_certainty", "language", "question_version"):
        yield from (replace(good, **{name: bad}) for bad in KEYS if bad != "")
    for bad in KEYS:
        yield replace(good, id=bad)
        yield replace(good, project=bad)
        yield replace(good, mode=bad)
        yield replace(good, is_practice=bad)
        yield replace(good, created=bad)
        yield replace(good, view=bad)
        yield replace(good, home=bad)
        if bad != "":
            yield replace(good, answers={bad if isinstance(bad, str) else "no key": 1})
            yield replace(good, repairs=(bad,), warnings=())
            yield replace(good, view=ViewFacts(width_arm=bad))
            yield replace(good, view=ViewFacts(screen=bad))
            yield replace(good, home=HomeFacts(unit=bad))
            yield replace(good, home=HomeFacts(cell=bad))
    for number in NUMBERS:
        yield replace(good, view=ViewFacts(start_width_m=number))
        yield replace(good, view=ViewFacts(duration_s=number))
        yield replace(good, home=HomeFacts(to_edge_m=number))
        yield replace(good, home=HomeFacts(to_centre_m=number))
        unlisted: Any = number or None
        yield replace(good, repairs=unlisted)
        yield replace(good, answers=number)
    yield from (replace(good, raw_geojson=bad) for bad in RAWS)
    yield from (replace(good, geometry=bad) for bad in SHAPES)
    unfit: tuple[Any, ...] = (
        math.nan,
        math.inf,
        10**12,
        "x" * 501,
        None,
        {"a": 1},
        ["y"] * 41,
        [[]],
        object(),
    )
    for bad in unfit:
        yield replace(good, answers={"question": bad})
    yield replace(good, answers={f"q{n}": 1 for n in range(81)})
    yield replace(good, home=HomeFacts(cell="E0935N4475", to_edge_m=25))
    yield replace(good, home=HomeFacts(to_edge_m=30))
    yield replace(good, home=HomeFacts(cell="E09351N44752"))
    yield replace(good, session="nowhere")
    yield replace(good, project="nowhere")


def bad_companions() -> Iterator[tuple[Any, Any]]:
    """Return places and signals of which one is bad."""
    place, signal = PLACES[0], SIGNALS[0]
    for bad in (*TEXTS, *KEYS):
        yield bad or None, ()
        yield (), bad or None
        yield [place, bad], ()
        yield PLACES, [signal, bad]
        if bad != "":
            yield [replace(place, subtype=bad)], ()
            yield [place], [replace(signal, theme=bad)]
        yield [replace(place, kind=bad)], ()
        yield [replace(place, theme=bad)], ()
        yield [place], [replace(signal, kind=bad)]
    for bad in TEXTS:
        yield [replace(place, note=bad)], ()
        yield [replace(place, what_was_lost=bad)], ()
        yield [], [replace(signal, text=bad)]
    for bad in (*NUMBERS, 1700, 3000):
        yield [replace(place, year=bad)], ()
    for bad in (
        *SHAPES[1:2],
        *SHAPES[3:],
        shapely.Point(),
        shapely.Point(math.nan, 1),
        shapely.Point(4.3, 52),
    ):
        yield [place, replace(place, point=bad)], ()
    yield [place] * 51, ()
    yield [], [signal] * 21
    yield [], [replace(signal, text=" \u200e ")]


def scribbles(n: int) -> Iterator[Contribution]:
    """Return `n` contributions with several bad fields at once, drawn by lot from all of the above."""
    chance = random.Random(20260504)
    pools: dict[str, tuple[Any, ...]] = {
        "name": TEXTS,
        "group": TEXTS,
        "mode": KEYS,
        "edge_certainty": tuple(key for key in KEYS if key != ""),
        "geometry": SHAPES,
        "raw_geojson": tuple(raw for raw in RAWS if not isinstance(raw, str) or len(raw) < 1000),
        "answers": NUMBERS,
        "created": NUMBERS,
        "is_practice": KEYS,
        "view": KEYS,
        "home": KEYS,
    }
    good = contribution()
    for _ in range(n):
        chosen = chance.sample(sorted(pools), chance.randint(1, 4))
        yield replace(good, **{name: chance.choice(pools[name]) for name in chosen})


def rows_in(private_store: Store) -> tuple[int, int, int]:
    sound = private_store.maintenance.verify()
    return sound.contributions, sound.places, sound.signals


def spoken(problem: E.BuurtError) -> None:
    """Demand a sentence of its own in each language, made of facts the error has."""
    for language in ("nl", "en"):
        words = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))["errors"]
        assert words[type(problem).__name__].format(**problem.facts).strip()


@pytest.mark.parametrize("n", [800, pytest.param(5000, marks=pytest.mark.nightly)])
def test_bad_inputs_are_refused_and_leave_nothing(private_store: Store, n: int) -> None:
    private_store.contributions.submit(contribution(), PLACES, SIGNALS)
    before, revision = rows_in(private_store), private_store.projects.revision_token("demo")
    tried = 0
    kinds: dict[type[E.StoreError], E.StoreError] = {}
    for invalid in (*bad_contributions(), *scribbles(n - 500)):
        with pytest.raises(E.StoreError) as refused:
            private_store.contributions.submit(invalid, PLACES, SIGNALS)
        kinds[type(refused.value)] = refused.value
        tried += 1
    for places, signals in bad_companions():
        with pytest.raises(E.StoreError) as refused:
            private_store.contributions.submit(contribution(), places, signals)
        kinds[type(refused.value)] = refused.value
        tried += 1
    for problem in kinds.values():
        spoken(problem)
    assert tried >= n
    assert rows_in(private_store) == before
    assert private_store.projects.revision_token("demo") == revision


def test_wrong_codes_are_only_wrong(private_store: Store) -> None:
    private_store.contributions.submit(contribution())
    for typed in (*KEYS, *TEXTS, "2" * 14, "%", "' OR 1=1 --", "𝟚𝟚𝟚𝟚"):
        only_wrong(private_store, typed)
    assert len(private_store.contributions.read_sketches("demo")) == 1


def only_wrong(private_store: Store, typed: Any) -> None:
    for ask in (private_store.contributions.find_by_code, private_store.contributions.withdraw):
        with pytest.raises(E.CodeUnknown):
            ask(typed, device=new_id())
    with pytest.raises(E.UnknownSession):
        private_store.sessions.find_by_code(typed, device=new_id())
    with pytest.raises(E.SignInRefused):
        private_store.accounts.authenticate(typed, typed, device=new_id())
    with pytest.raises(E.SignInRefused):
        private_store.sessions.authenticate_facilitator(
            typed if isinstance(typed, str) and typed.isprintable() else "", typed, device=new_id()
        )
    assert len(private_store.contributions.read_sketches("demo")) == 1


def test_foreign_ids_find_nothing(private_store: Store) -> None:
    receipt = private_store.contributions.submit(contribution())
    private_store.projects.save(project("other"))
    for subject in (new_id(), receipt.id):
        with pytest.raises(E.UnknownSubject):
            private_store.moderation.add_flag("other", subject, aspect="shape", reason="odd")
        with pytest.raises(E.UnknownSubject):
            private_store.moderation.record_decision("other", subject, "aside", by=PLANNER)
    with pytest.raises(E.UnknownSubject):
        private_store.sessions.set_signal_status(new_id(), "done", was="new", by=PLANNER)
    with pytest.raises(E.UnknownSubject):
        private_store.editions.publish("other", [receipt.id], {}, [], method="x", by=PLANNER)


UNLIKELY_PROJECTS: tuple[dict[str, Any], ...] = (
    {"id": ""},
    {"id": "a b"},
    {"name": ""},
    {"name": "x" * 200},
    {"retention_until": None},
    {"min_group_size": 4},
    {"min_subgroup_size": 5},
    {"min_edition_changes": 1},
    {"start_width_m": 0},
    {"crs": "EPSG:4326"},
    {"crs": "nonsense"},
    {"questions": "text"},
    {"questions": ("a b",)},
)


def test_a_project_that_cannot_be(private_store: Store) -> None:
    """Fewer than five residents behind a number is no option either."""
    for bad in UNLIKELY_PROJECTS:
        with pytest.raises(E.StoreError):
            private_store.projects.save(replace(project("new"), **bad))
    assert [p.id for p in private_store.projects.list_all()] == ["demo"]


UNLIKELY_EVENINGS: tuple[dict[str, Any], ...] = (
    {"place": None},
    {"day": "today"},
    {"groups": ("",)},
    {"groups": "AB"},
    {"start_x": 1.0},
    {"start_x": math.nan, "start_y": 1.0},
    {"dots": -1},
    {"questions": ("<b>",)},
)


def test_a_session_that_cannot_be(private_store: Store) -> None:
    for bad in UNLIKELY_EVENINGS:
        with pytest.raises(E.StoreError):
            private_store.sessions.create(replace(WorkshopSession("demo", "Zaal", TODAY), **bad), by=PLANNER)
    assert private_store.sessions.list_all("demo") == []


def test_a_wrong_clock_costs_no_drawing(private_store: Store) -> None:
    for day in (date(2099, 1, 1), date(1970, 1, 1)):
        private_store.contributions.submit(contribution(created=day))
    assert set(private_store.contributions.read_sketches("demo", filters=ALL).created.dt.date) == {TODAY}


# --- free text


@given(st.text(max_size=300))
def test_clean_text_is_clean_and_stays_so(words: str) -> None:
    """Cleaning twice is cleaning once; nothing invisible is left; nothing is cut off."""
    try:
        tidy = text_cleaning.clean_text(words, field="name", most=280)
    except E.InputTooLarge:
        return
    assert text_cleaning.clean_text(tidy, field="name", most=280) == tidy
    assert tidy == tidy.strip()
    assert len(tidy) <= 280
    assert not set(tidy) & set("\n\r\t\x00\u200b\u200e\u202e\u2066\ufeff")
    tidy.encode()


def test_ordinary_names_pass_as_they_are(private_store: Store) -> None:
    names = [
        "'t Hof",
        "Sint-Jan & Co",
        "Île de la Cité",
        "北京街",
        "حيّ السلام",
        "<b>Vet</b>",
        "🏳️‍🌈 buurt",
        "a=1;--",
    ]
    for name in names:
        private_store.contributions.submit(contribution(name=name))
    assert set(private_store.contributions.read_sketches("demo").name) == set(names)


def test_no_record_has_a_field_for_who_somebody_is() -> None:
    """The fields of everything a resident hands in, by hand: none is a person."""
    names = {
        field.name for kind in (Contribution, Place, Signal, HomeFacts, ViewFacts) for field in fields(kind)
    }
    assert not names & {
        "email",
        "e_mail",
        "ip",
        "address",
        "phone",
        "user_agent",
        "person",
        "surname",
        "birth",
    }
    assert not {name for name in names if name.startswith("home_") or name in {"lat", "lon", "postcode"}}
    assert {field.name for field in fields(store.HomeFacts)} == {
        "inside",
        "unit",
        "cell",
        "to_centre_m",
        "to_edge_m",
    }


def test_json_goes_in_and_out_untouched(private_store: Store) -> None:
    """Spaces, order and the last digit of the stroke are evidence too."""
    raw = '{ "type":"Feature",\n "geometry" : {"coordinates":[4.30000000000000001e0, 52], "type":"Point"} }'
    assert json.loads(raw)
    private_store.contributions.submit(contribution(raw_geojson=raw))
    assert private_store.contributions.read_sketches("demo", raw=True, by=PLANNER).raw.tolist() == [raw]


@pytest.mark.parametrize(
    "address",
    ["http://noord.example", "javascript:alert(1)", "https://", "https://noord.example/a b", "noord.example"],
)
def test_an_address_that_residents_press_is_a_page_with_https(address: str) -> None:
    with pytest.raises(E.PageAddressRefused):
        validation.validate_project(project(privacy_url=address))
    assert validation.validate_project(project(privacy_url="https://noord.example/a?b=1")).privacy_url
    assert validation.validate_project(project()).privacy_url == ""
