"""Attacks on editions as a reader has them: rows of releases, people who leave, and texts.

The attacker reads what left: the tables of a publication, the parts of an edition and the live screen. The
drawings go into a store of a real project, beside the demo municipality's areas.
"""

import dataclasses
import json
import uuid

import pytest
import shapely

from geo.crs import to_wgs84
from geo.errors import TooFewSketches
from store import Contribution, Store, WorkshopSession
from study import context
from study.publishing import editions
from study.publishing.publication import Publication, find_publication
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.publishing.shared_area import find_shared_area
from study.workshop import sessions
from tests.disclosure.residents import DAY, NARROW, PLANNER, WIDE, draw


def released(made: Publication | None) -> dict[str, str]:
    """Everything a reader has of an edition, table by table."""
    assert made is not None
    return {name: str(dict(table.to_dict("tight"))) for name, table in made.tables.items()}


def test_nobody_who_withdrew_is_in_an_edition_made_after(plain_store: Store) -> None:
    """T3: six wide and four narrow drawings; four of the wide leave, others come two kilometres off.

    The neighbourhood was 54 ha and n = 10. Six people are left of whom the truth is 36 ha: hidden or true,
    never the old value.
    """
    workshop_session = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0].id
    codes = [draw(plain_store, at, WIDE, session=workshop_session) for at in range(6)]
    for at in range(6, 10):
        draw(plain_store, at, NARROW, session=workshop_session)
    assert publish_if_due(workshop_session, by=PLANNER)
    shown = latest_edition(workshop_session)
    assert shown is not None
    assert shown.facts.neighbourhoods[0].core_ha == pytest.approx(54, abs=0.5)
    for code in codes[:4]:
        plain_store.contributions.withdraw(code, device="phone")
    far = shapely.affinity.translate(WIDE, 2000, 0)
    for at in range(10, 30):
        draw(plain_store, at, far, session=workshop_session)
        publish_if_due(workshop_session, by=PLANNER)
        shown = latest_edition(workshop_session)
        near = [] if shown is None else [s for s in shown.bands.geometry if s.intersects(WIDE)]
        assert not any(shape.area > 37e4 for shape in near)


def test_a_session_of_which_all_withdrew_shows_nothing(plain_store: Store) -> None:
    """T4: all ten withdraw; beamer and thanks page have nothing, without anybody pressing anything."""
    workshop_session = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0].id
    codes = [draw(plain_store, at, NARROW, session=workshop_session) for at in range(10)]
    assert publish_if_due(workshop_session, by=PLANNER)
    for code in codes:
        plain_store.contributions.withdraw(code, device="phone")
    assert latest_edition(workshop_session) is None
    assert not any(
        edition.parts for edition in plain_store.editions.list_all("echt", session=workshop_session)
    )


def test_a_line_of_text_leaves_only_when_five_gave_it_and_it_was_ticked(plain_store: Store) -> None:
    """T14: twelve people draw; three, then five of them type a person's name and a house number."""
    line = "bij Jan Jansen op 12"
    for at in range(12):
        draw(plain_store, at, NARROW, name=line if at < 3 else "")
    assert editions.publish("echt", by=PLANNER) is not None
    assert line not in str(released(find_publication("echt")))
    assert editions.names_of_project("echt") == []
    for at in range(12, 22):
        draw(plain_store, at, NARROW, name=line)
    editions.publish("echt", by=PLANNER)
    assert line not in str(released(find_publication("echt")))
    found = editions.names_of_project("echt")
    assert [(one.name, one.is_released, one.is_marked) for one in found] == [(line, False, True)]
    editions.release_name("echt", line, released=True, by=PLANNER)
    editions.publish("echt", by=PLANNER)
    assert line in str(released(find_publication("echt")))


def test_the_tenth_resident_sees_what_neighbours_share(plain_store: Store) -> None:
    """T19: of nine there is no edition, of ten there is one, and its core is the square they drew."""
    for at in range(9):
        draw(plain_store, at, NARROW)
    with pytest.raises(TooFewSketches):
        editions.publish("echt", by=PLANNER)
    assert find_shared_area("echt", NARROW) is None
    draw(plain_store, 9, NARROW)
    assert editions.publish_nightly() == 2  # and that of the demo municipality
    shared = find_shared_area("echt", NARROW)
    assert shared is not None
    assert shared.overlap == pytest.approx(1.0, abs=0.05)
    assert editions.publish_nightly() == 0


def test_several_drawings_of_one_phone_publish_nothing(plain_store: Store) -> None:
    """T13: one phone plants nineteen drawings round a neighbour: two people, and nothing leaves."""
    raw = json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(to_wgs84(WIDE))})
    for at in range(19):
        planted = Contribution(str(uuid.UUID(int=at + 1, version=4)), "echt", raw, WIDE, DAY)
        plain_store.contributions.submit(planted, device="one phone")
    draw(plain_store, 50, NARROW)
    with pytest.raises(TooFewSketches) as refused:
        editions.publish("echt", by=PLANNER)
    assert refused.value.facts["n"] == 2
    asked = dataclasses.replace(context.get_project("echt"), min_first_edition=30)
    assert plain_store.projects.save(asked).min_first_edition == 30
