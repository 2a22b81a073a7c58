"""Attacks T1, T2, T11 and T18 on one row of editions of a town that grows: one apart, a few apart, ten apart.

A row is made once for each seed. The attacker holds all its files together.
"""

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from geo.errors import DivisionNotPublished
from store import Project
from study import context
from study.publishing import editions
from study.publishing.publication import Publication, latest_publication
from tests.disclosure.residents import PLANNER, draw, resident
from tests.disclosure.test_attacks import files, sets_too_close, town
from tests.support.laws import seeds
from tests.support.temp_store import own_store

SIZES = (30, 31, 34, 40, 50)
"""People at each edition: one newcomer, three more, and then enough to hide each other."""

PEOPLE_TABLES = ("areas", "ages", "borders", "divisions", "neighbourhoods", "cores")
"""Tables of which figures or outlines rest on people."""


@dataclass(frozen=True)
class Row:
    """What a reader has of all editions, the first first, and of the truth which sets are too close."""

    made: list[Publication]
    files: list[dict[tuple[str, str, str], object]]
    too_close: list[tuple[str, str, str]]
    n_editions: int


@pytest.fixture(scope="module", params=seeds(2, 200))
def row(request: pytest.FixtureRequest, small_town: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, own_store(Path(folder), BUURT_DATA=str(small_town)):
        store = context.get_store()
        store.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1), questions=("age", "name")))
        chance, drawn, made = town(store, request.param, SIZES[0]), SIZES[0], []
        for n in SIZES:
            for number in range(drawn, n):
                shape, age = resident(chance)
                draw(store, number, shape, age=age)
            editions.publish("echt", by=PLANNER)
            made.append(latest_publication("echt"))
            drawn = n
        n_editions = len(store.editions.list_all("echt"))
        yield Row(made, [files(one) for one in made], sets_too_close(store), n_editions)


def test_editions_a_few_people_apart_say_the_same(row: Row) -> None:
    """T1: one newcomer, and three more, change no figure, no outline and no order of rows; and nothing appears.

    An area with four people behind it waits with its fifth: it would tell where the newcomer lives.
    """
    first, *later = row.made[:3]
    for now in later:
        assert now.tables.keys() == first.tables.keys()
        for name in PEOPLE_TABLES:
            assert now.tables[name].to_csv() == first.tables[name].to_csv(), name
        assert (now.n, now.median_ha, now.years) == (first.n, first.median_ha, first.years)


def test_editions_ten_apart_give_nobody_away(row: Row) -> None:
    """T2: what stands in two editions differs by nobody or by five."""
    for one, other in itertools.combinations(row.files, 2):
        for key in one.keys() & other.keys():
            if key[2] == "n":
                assert not 0 < abs(float(str(one[key])) - float(str(other[key]))) < 5, key
    assert not row.too_close
    assert row.n_editions >= 2


def test_one_tree_carries_numbers_of_people(row: Row) -> None:
    """T11: the other divisions are lines without numbers, and another one is not published later either."""
    assert len({made.division for made in row.made}) == 1
    counted = {table for read in row.files for table, _, column in read if column == "n"}
    assert counted & {"buurt", "wijk", "pc4", "pc5", "pc6"} == set()
    other = next(key for key in ("wijk", "buurt") if key != row.made[-1].division)
    with pytest.raises(DivisionNotPublished):
        latest_publication("echt", other)


def test_no_mean_of_scores_leaves(row: Row) -> None:
    """T18: pairs of means with a few people between them: there is no mean in any file of an edition."""
    columns = {column for read in row.files for _, _, column in read}
    assert not columns & {"mean", "low", "high", "living_together", "safe", "clean"}
