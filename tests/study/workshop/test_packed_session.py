"""A session is packed, held in a hall and brought home: one and the same session all along."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import store
from geo.errors import AccessDenied, KitExists, LayerNotFetched, UnknownSession
from layers.cache import Manifest, municipality_folder
from store import Actor, Store, WorkshopSession, row_mapping
from store.repositories.projects import write_project
from study import context, demo_project
from study.contributions.tickets import create_tickets
from study.workshop import offline_kit, sessions
from tests.study.workshop.test_sessions import DAY, PLANNER, draw, private_store
from tests.support.temp_store import own_store

__all__ = ["private_store"]

PREPARED = WorkshopSession(
    "echt",
    "Buurthuis De Brug",
    DAY,
    groups=("jongeren", "ouders"),
    start_x=142_900.0,
    start_y=510_600.0,
    questions=("at_home", "help"),
    dots=5,
)


def prepare() -> WorkshopSession:
    """Make the session as a planner does at the office."""
    return sessions.create_session(PREPARED, by=PLANNER)[0]


def test_what_was_prepared_is_what_is_held(private_store: Store, tmp_path: Path) -> None:
    """Code, tables, questions and place on the map; no drawing and no account goes along; the link stays the same."""
    made, place = prepare(), tmp_path / "map"
    draw(private_store, made, 1)
    private_store.accounts.create("anna", "planner", "een lang wachtwoord")
    packed = offline_kit.pack_session(made.code.lower(), place, by=PLANNER)
    assert packed.workshop_session == made
    assert (packed.streets > 100, packed.areas > 10, packed.facilities > 100) == (True, True, True)
    first, again = offline_kit.open_kit(place), offline_kit.open_kit(place)
    assert first.workshop_session == again.workshop_session == made
    assert first.link == again.link
    with store.open_store(first.settings["BUURT_STORE"]) as hall:
        assert hall.sessions.find_by_code(made.code, device="d") == made
        assert hall.sessions.authenticate_facilitator(made.id, first.link, device="d").session == made.id
        assert hall.maintenance.count_contributions() == 0
        assert hall.accounts.list_all() == []
        renewed = hall.sessions.rotate_link(made.id, by=PLANNER)
        assert not hall.sessions.is_link_current(made.id, first.link)
    assert offline_kit.open_kit(place).link not in (
        first.link,
        renewed,
    )  # of the renewed one only a hash is kept


def test_what_was_drawn_and_said_comes_home_once(private_store: Store, tmp_path: Path) -> None:
    """Drawings, a name, dots and that it is closed; nothing of the made-up town, also when it is brought home twice."""
    made, place = prepare(), tmp_path / "map"
    before = len(private_store.sessions.list_all(demo_project.PROJECT))
    offline_kit.pack_session(made.code, place, by=PLANNER)
    opened = offline_kit.open_kit(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_STORE", opened.settings["BUURT_STORE"])
        with store.open_store() as hall:
            demo_project.load_demo(hall)
    with store.open_store(opened.settings["BUURT_STORE"]) as hall:
        draw(hall, made, 1)
        draw(hall, made, 2)
        name = hall.sessions.propose_name(made.id, "Vogelbuurt", device="d1")
        asked = hall.rounds.create(made.id, "name", subjects=[name.id], is_open=True, by=PLANNER)
        hall.rounds.change_vote(asked.id, name.id, 1, device="d1")
        hall.rounds.close(asked.id, by=PLANNER)
        hall.sessions.update(replace(made, is_open=False), by=PLANNER)
    for taken, known in ((2, 0), (0, 2)):
        done = private_store.maintenance.merge_from(place / offline_kit.STORE)
        assert (done.taken, done.known, done.conflicts) == (taken, known, ())
        assert private_store.contributions.count_by_session("echt") == {made.id: 2}
        assert [one.name for one in private_store.sessions.list_proposals(made.id)] == ["Vogelbuurt"]
        assert private_store.rounds.tally(asked.id) == {name.id: 1}
        assert not private_store.sessions.get(made.id).is_open
        assert len(private_store.sessions.list_all(demo_project.PROJECT)) == before


def test_tickets_of_the_letters_are_good_in_the_hall(private_store: Store, tmp_path: Path) -> None:
    """Who has a letter counts with it there, and at home it is the same person."""
    made, place = prepare(), tmp_path / "map"
    (letter,) = create_tickets("echt", 1, session="", by=PLANNER)
    offline_kit.pack_session(made.code, place, by=PLANNER)
    with store.open_store(offline_kit.open_kit(place).settings["BUURT_STORE"]) as hall:
        assert hall.tickets.is_needed("echt", session=made.id)
        assert hall.tickets.is_valid("echt", letter, session=made.id)
        assert not hall.tickets.is_valid("echt", "AAAAA-22222", session=made.id)


def test_another_file_does_not_speak_for_a_packed_session(private_store: Store, tmp_path: Path) -> None:
    """Only the kit that went out closes the session and adds what was said in it."""
    made = prepare()
    offline_kit.pack_session(made.code, tmp_path / "map", by=PLANNER)
    forged = tmp_path / "forged.gpkg"
    with store.open_store(f"sqlite:///{forged}") as other, other._engine.write() as tx:  # as a forger would
        write_project(tx, private_store.projects.get("echt"))
        row_mapping.insert_row(
            tx, "session", row_mapping.SESSION.encode_columns(replace(made, is_open=False))
        )
    with store.open_store(f"sqlite:///{forged}") as other:
        other.sessions.propose_name(made.id, "Vals", device="d1")
    private_store.maintenance.merge_from(forged)
    assert private_store.sessions.get(made.id).is_open
    assert private_store.sessions.list_proposals(made.id) == []


def test_packing_is_refused_before_anything_is_written(private_store: Store, tmp_path: Path) -> None:
    made, place = prepare(), tmp_path / "map"
    with pytest.raises(UnknownSession):
        offline_kit.pack_session("ABCDEF", place, by=PLANNER)
    with pytest.raises(AccessDenied):
        offline_kit.pack_session(made.code, place / "x", by=Actor("facilitator", session=made.id))
    offline_kit.pack_session(made.code, place, by=PLANNER)
    with pytest.raises(KitExists):
        offline_kit.pack_session(made.code, place, by=PLANNER)


def test_without_streets_nothing_is_packed(tmp_path: Path) -> None:
    """On grey paper nobody finds their own street."""
    shutil.copytree(municipality_folder("GM9901"), tmp_path / "data" / "GM9901")
    with own_store(tmp_path, BUURT_DATA=str(tmp_path / "data")):
        opened = context.get_store()
        opened.projects.save(store.Project("echt", "Echt", "GM9901", date(2099, 1, 1)))
        made, lock = prepare(), Manifest.read("GM9901")
        del lock.layers["roads"]
        lock.write()
        with pytest.raises(LayerNotFetched):
            offline_kit.pack_session(made.code, tmp_path / "map", by=PLANNER)
        assert not (tmp_path / "map").exists()
