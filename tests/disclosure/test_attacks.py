"""Attacks T5 to T7 of the design: what a reader works out of several publications together.

The attacker holds the files that left, and the truth is read from the ledger only afterwards, to count what was
recovered: sets of people behind two figures of one table that differ by one to four.
"""

import csv
import dataclasses
import io
import itertools
import json
import random
from datetime import timedelta

import pytest
import shapely

import i18n
from geo.errors import SelectionTooClose, TooFewSketches
from store import Filters, Store, WorkshopSession
from study import context
from study.publishing import editions
from study.publishing.formats import to_csv, to_geojson
from study.publishing.publication import Publication, find_publication, latest_publication
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.workshop import sessions
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE, draw, resident

SAY = i18n.get_translator("en")


def files(made: Publication) -> dict[tuple[str, str, str], object]:
    """Return every figure in the files of an edition: (table, row, column) to value."""
    found: dict[tuple[str, str, str], object] = {}
    for feature in json.loads(to_geojson(made, SAY))["features"]:
        facts = feature["properties"]
        row = str(
            [facts[key] for key in ("code", "left", "right", "neighbourhood", "percent") if key in facts]
        )
        found |= {
            (facts["layer"], row, column): value
            for column, value in facts.items()
            if isinstance(value, int | float) and column not in {"neighbourhood", "percent"}
        }
    for table in ("ages", "divisions", "neighbourhoods"):
        if table in made.tables:
            for row in csv.DictReader(io.StringIO(to_csv(made, SAY, table).decode("utf-8-sig"))):
                key, *columns = row
                found |= {(table, row[key], column): row[column] for column in columns if row[column]}
    return found


def sets_too_close(private_store: Store, *, fewest: int = 5) -> list[tuple[str, str, str]]:
    """Return the truth: pairs of sets that were published for one table and differ by a few people."""
    return [
        (table, one.key, other.key)
        for table, sets in private_store.editions.read_ledger("echt").released.items()
        for one, other in itertools.combinations(sets, 2)
        if 0 < len(one.members.keys() ^ other.members.keys()) < fewest
    ]


def town(private_store: Store, seed: int, n: int, *, session: str = "") -> random.Random:
    """Let people of two neighbourhoods draw, with an age; return the chance for those who come after."""
    chance = random.Random(seed)
    for number in range(n):
        shape, age = resident(chance)
        draw(private_store, number, shape, age=age, session=session)
    return chance


def test_four_who_leave_and_four_who_join_are_eight_people(plain_store: Store) -> None:
    """T5: of ten two leave and two join: the number stays ten, and the figure goes; so it does for four and four."""
    codes = [draw(plain_store, number, NARROW) for number in range(10)]
    assert editions.publish("echt", by=PLANNER) is not None
    for code in codes[:2]:
        plain_store.contributions.withdraw(code, device="phone")
    for number in (20, 21):
        draw(plain_store, number, NARROW)
    editions.publish("echt", by=PLANNER)
    made = find_publication("echt")
    assert made is None or "cores" not in made.tables
    for code in codes[2:4]:
        plain_store.contributions.withdraw(code, device="phone")
    for number in (22, 23):
        draw(plain_store, number, NARROW)
    # Eight people differ now: the figure is true, and old and new hide each other.
    editions.publish("echt", by=PLANNER)
    assert not sets_too_close(plain_store)
    made = find_publication("echt")
    assert made is not None
    assert made.tables["neighbourhoods"]["n"].tolist() == [10]


def test_a_selection_a_day_later_is_refused_or_the_same(plain_store: Store) -> None:
    """T6: one newcomer a day for thirteen days; a file until day d beside one until the day after."""
    for number in range(26):
        draw(plain_store, number, WIDE, day=DAY + timedelta(days=max(0, number - 12)))
    assert editions.publish("echt", by=PLANNER) is not None
    given = []
    for days in range(13):
        try:
            editions.publish_selection("echt", Filters(last_day=DAY + timedelta(days=days)), by=PLANNER)
        except SelectionTooClose:
            continue
        given.append(days)
    assert len(given) < 4
    assert all(other - one >= 5 for one, other in itertools.pairwise(given))
    assert not sets_too_close(plain_store)


def test_the_whole_less_an_evening_is_nobody(plain_store: Store) -> None:
    """T7: all but three of a neighbourhood were at an evening; its edition beside that of the project."""
    hall = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0].id
    for number in range(20):
        draw(plain_store, number, NARROW, session=hall if number < 17 else "")
    far = shapely.affinity.translate(WIDE, 2000, 0)
    for number in range(20, 40):
        draw(plain_store, number, far, session=hall if number < 34 else "")
    assert publish_if_due(hall, by=PLANNER)
    assert editions.publish("echt", by=PLANNER) is not None
    assert not sets_too_close(plain_store)
    shown, made = latest_edition(hall), find_publication("echt")
    assert shown is not None
    assert made is not None
    near = [shape for shape in shown.bands.geometry if shape.intersects(NARROW)]
    cores = made.tables.get("cores")
    beside = [] if cores is None else [shape for shape in cores.geometry if shape.intersects(NARROW)]
    assert near
    assert not beside  # three people lie between the two


def test_a_selection_of_few_is_refused(plain_store: Store) -> None:
    """A part of the drawers needs ten people, whatever the whole may say."""
    for number in range(30):
        draw(plain_store, number, NARROW, day=DAY + timedelta(days=number // 9))
    with pytest.raises(TooFewSketches):
        editions.publish_selection("echt", Filters(last_day=DAY), by=PLANNER)
    made = editions.publish_selection("echt", Filters(last_day=DAY + timedelta(days=1)), by=PLANNER)
    assert made is not None
    assert editions.publish("echt", by=PLANNER) is not None
    assert not sets_too_close(plain_store)
    chosen = editions.find_selection("echt", Filters(last_day=DAY + timedelta(days=1)))
    assert chosen is not None
    assert (chosen.n, latest_publication("echt").n) == (20, 30)


def test_a_higher_number_of_changes_is_kept_to(private_store: Store) -> None:
    """A project that wants ten people between two sets gets ten, in tables that add up as well."""
    asked = dataclasses.replace(context.get_project("echt"), min_edition_changes=10)
    private_store.projects.save(asked)
    chance = town(private_store, 3, 20)
    assert editions.publish("echt", by=PLANNER) is not None
    for number in range(20, 27):
        shape, age = resident(chance)
        draw(private_store, number, shape, age=age)
    editions.publish("echt", by=PLANNER)
    assert not sets_too_close(private_store, fewest=10)
