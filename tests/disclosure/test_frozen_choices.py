"""What later editions keep to: one kind of official area, and every band that was ever shown of the same people."""

import dataclasses
from datetime import timedelta

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.release.ledger import ReleasedSet
from store import Filters, ReleaseCell, ReleaseLedger, Store
from study.analysis import comparison
from study.context import current_study
from study.publishing import editions
from study.publishing.cell_decisions import NEIGHBOURHOODS, PEOPLE, CellDecisions, outline_versions
from study.publishing.public_tables import best_fitting_division
from study.publishing.publication import PREFERRED, SUFFIX, encode_table, latest_publication
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE, draw


def test_a_selection_keeps_to_the_official_areas_of_the_project(private_store: Store) -> None:
    """T11 for filters: the whole fits wijken best and the selection buurten; numbers stand by wijk in both."""
    areas = {
        key: comparison.division_areas(editions.publishing_study("echt"), key) for key in ("wijk", "buurt")
    }
    wijk = areas["wijk"].geometry.iloc[0]
    buurten = areas["buurt"].geometry
    buurt = next(
        one for one in buurten if wijk.covers(one.representative_point()) and one.area < wijk.area / 2
    )
    for number in range(42):
        shape = shapely.affinity.translate(
            (buurt if number < 12 else wijk).simplify(50), number % 7, number % 5
        )
        draw(private_store, number, shape, day=DAY + timedelta(days=number // 12))
    assert editions.publish("echt", by=PLANNER) is not None
    first_day = Filters(last_day=DAY)
    own = current_study("echt", dataclasses.replace(first_day, one_per_person=True))
    assert best_fitting_division(own, PREFERRED) == "buurt"
    made = editions.publish_selection("echt", first_day, by=PLANNER)
    assert made.division == latest_publication("echt").division == "wijk"
    keys = {one.key for one in private_store.editions.read_ledger("echt").released[PEOPLE]}
    assert {key.partition("/area/")[2].partition("/")[0] for key in keys} == {"", "wijk"}


def test_a_band_that_a_later_edition_adds_is_held_against_as_well(private_store: Store) -> None:
    """Its people stay the same, so that the ledger writes them down once; a reader has both editions."""
    for number in range(10):
        draw(private_store, number, WIDE)
    drawn = private_store.contributions.read_sketches("echt")
    cell = ReleaseCell(NEIGHBOURHOODS, "project/1", outline_versions(drawn))
    rows = pd.MultiIndex.from_tuples([(1, 50), (1, 75)], names=["neighbourhood", "percent"])
    cores = gpd.GeoDataFrame({"n": 10}, geometry=[WIDE, NARROW], index=rows, crs=drawn.crs)
    for some in (cores.iloc[:1], cores):
        parts = {f"cores{SUFFIX}": encode_table(some)}
        private_store.editions.publish("echt", list(cell.members), parts, [cell], method="test", by=PLANNER)
    ledger = private_store.editions.read_ledger("echt")
    (released,) = ledger.released[NEIGHBOURHOODS]
    shown = CellDecisions("echt", ledger, 5, total="project/total")._shown_before(NEIGHBOURHOODS, released)
    assert sorted(people for people, _ in shown) == [5, 8]


@pytest.mark.parametrize(("released", "verdict"), [([], "new"), (["hall/1"], "hidden")])
def test_nothing_appears_at_an_evening_of_which_the_whole_was_never_stated(
    released: list[str], verdict: str
) -> None:
    """Twelve at an evening, all fourteen in an edition before: the twelve stay unstated, whoever joins five of them."""
    people = {f"c{number}": "" for number in range(14)}
    cells = {
        "all": ReleaseCell(PEOPLE, "project/total", people),
        "hall/total": ReleaseCell(PEOPLE, "hall/total", dict(list(people.items())[:12])),
        "hall/1": ReleaseCell(NEIGHBOURHOODS, "hall/1", dict(list(people.items())[:7])),
        "hall/2": ReleaseCell(NEIGHBOURHOODS, "hall/2", dict(list(people.items())[7:12])),
    }
    empty = ReleaseLedger({}, b"secret", {key: key for key in people})
    sets: dict[str, list[ReleasedSet]] = {PEOPLE: [], NEIGHBOURHOODS: []}
    for name in ("all", *released):
        found = empty.candidate(cells[name])
        sets[cells[name].table].append(ReleasedSet(found.key, 1, found.members))
    decisions = CellDecisions("echt", dataclasses.replace(empty, released=sets), 5, total="hall/total")
    assert decisions.decide(PEOPLE, [cells["hall/total"]])["hall/total"].verdict == "hidden"
    assert decisions.decide(NEIGHBOURHOODS, [cells["hall/2"]])["hall/2"].verdict == verdict
