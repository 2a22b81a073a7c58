"""What an offline kit released is held against whatever the office releases afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely

from store import Project, ReleaseCell, Store, WorkshopSession
from store.models.editions import token
from study import context
from study.publishing import editions
from study.publishing.cell_decisions import NEIGHBOURHOODS, outline_versions
from study.publishing.publication import find_publication
from study.publishing.sessions.editions import latest_edition, publish_if_due, session_study
from study.workshop import sessions
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE, draw
from tests.disclosure.test_attacks import sets_too_close
from tests.support.temp_store import own_store


@contextmanager
def kit(folder: Path, project: Project) -> Iterator[Store]:
    """A store of its own with the office's project in it, used by this process meanwhile."""
    folder.mkdir()
    with own_store(folder):
        box = context.get_store()
        # Every store of the tests is a copy of one file; a kit is made anew, and has a salt of its own.
        with box._engine.write() as tx:
            tx.execute("DELETE FROM setting WHERE key = 'salt'")
            tx.execute("INSERT INTO setting VALUES ('salt', ?)", (secrets.token_hex(16),))
        box.projects.save(project)
        yield box


@pytest.fixture
def hall(plain_store: Store, tmp_path: Path) -> str:
    """An evening of seventeen people with a kit, published there and brought home."""
    with kit(tmp_path / "kit", plain_store.projects.get("echt")) as box:
        made = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0].id
        for number in range(17):
            draw(box, number, NARROW, session=made)
        far = shapely.affinity.translate(WIDE, 2000, 0)
        codes = [draw(box, number, far, session=made) for number in range(20, 34)]
        assert publish_if_due(made, by=PLANNER)
        box.contributions.withdraw(codes[0], device="phone")
    plain_store.maintenance.merge_from(tmp_path / "kit" / "store.gpkg")
    return made


def test_the_whole_less_the_evening_of_a_kit_is_nobody(plain_store: Store, hall: str) -> None:
    """Three neighbours who were not there draw at home: the project's edition beside that of the evening."""
    for number in range(100, 103):
        draw(plain_store, number, NARROW)
    far = shapely.affinity.translate(WIDE, 2000, 0)
    for number in range(103, 109):
        draw(plain_store, number, far)
    assert latest_edition(hall) is not None
    assert editions.publish("echt", by=PLANNER) is not None
    assert not sets_too_close(plain_store)
    made = find_publication("echt")
    assert made is not None
    cores = made.tables.get("cores")
    assert cores is None or not any(shape.intersects(NARROW) for shape in cores.geometry)
    for number in range(109, 111):
        draw(plain_store, number, NARROW)
    editions.publish("echt", by=PLANNER)
    made = find_publication("echt")
    assert made is not None
    cores = made.tables.get("cores")
    assert cores is None or not any(shape.intersects(NARROW) for shape in cores.geometry), "two came since"
    for number in range(111, 114):
        draw(plain_store, number, far)
    editions.publish("echt", by=PLANNER)
    made = find_publication("echt")
    assert made is not None
    assert any(shape.intersects(NARROW) for shape in made.tables["cores"].geometry), "five are enough"


def test_the_people_of_a_kit_are_the_same_people_here(plain_store: Store, hall: str) -> None:
    """By tokens of the office; who withdrew is somebody unknown, once, and nothing new is said of the rest."""
    ledger = plain_store.editions.read_ledger("echt")
    here = {token(ledger.secret, "person", person) for person in ledger.person.values()}
    unknown = {len(one.members): len(one.members.keys() - here) for one in ledger.released[NEIGHBOURHOODS]}
    assert unknown == {17: 0, 14: 1}
    drawn = context.read_sketches(session_study(hall))
    near = {key: version for key, version in outline_versions(drawn).items() if drawn.geometry[key] == NARROW}
    now = ledger.candidate(ReleaseCell(NEIGHBOURHOODS, "", near)).members
    assert now in [one.members for one in ledger.released[NEIGHBOURHOODS]], "with the same outlines"


def test_a_kit_that_comes_home_twice_is_written_down_once(
    plain_store: Store, hall: str, tmp_path: Path
) -> None:
    before = plain_store.editions.read_ledger("echt").released
    plain_store.maintenance.merge_from(tmp_path / "kit" / "store.gpkg")
    assert plain_store.editions.read_ledger("echt").released == before


def test_what_a_kit_released_of_the_whole_project_counts_too(plain_store: Store, tmp_path: Path) -> None:
    """Its edition of the office's project is none of the office, and yet whoever was there has it."""
    with kit(tmp_path / "kit", plain_store.projects.get("echt")) as box:
        for number in range(12):
            draw(box, number, NARROW)
        assert editions.publish("echt", by=PLANNER) is not None
    plain_store.maintenance.merge_from(tmp_path / "kit" / "store.gpkg")
    assert plain_store.editions.latest("echt") is None
    for number in range(100, 103):
        draw(plain_store, number, NARROW)
    editions.publish("echt", by=PLANNER)
    assert not sets_too_close(plain_store)
    for number in range(103, 105):
        draw(plain_store, number, NARROW)
    editions.publish("echt", by=PLANNER)
    made = find_publication("echt")
    assert made is not None
    assert made.tables["neighbourhoods"]["n"].tolist() == [15]
    cores = made.tables.get("cores")
    assert cores is None or cores.empty, "nobody here knows which ground the kit showed of those twelve"
    far = shapely.affinity.translate(WIDE, 2000, 0)
    for number in range(200, 212):
        draw(plain_store, number, far)
    editions.publish("echt", by=PLANNER)
    made = find_publication("echt")
    assert made is not None
    cores = made.tables["cores"].geometry
    assert any(shape.intersects(far) for shape in cores), "none of them was in the kit"
    assert not any(shape.intersects(NARROW) for shape in cores)
