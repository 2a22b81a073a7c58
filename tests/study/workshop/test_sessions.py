"""A workshop session: prepared, joined, grown in batches that give nobody away, agreed on, and taken home."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Polygon, box

import i18n
import store
from geo.crs import to_wgs84
from geo.errors import (
    AccessDenied,
    FileRefused,
    SessionClosed,
    SignInRefused,
    TilesAreVector,
    TilesElsewhere,
    TilesNotCopied,
    TilesZoomed,
)
from store import Actor, Contribution, Place, Project, Store, WorkshopSession
from study import context, datasets
from study.demo_project import MUNICIPALITY, PROJECT
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.workshop import offline_kit as boxes
from study.workshop import practice_data, rounds, sessions, story
from study.workshop.live_editions import session_counters
from tests.support.temp_store import own_store
from tests.support.tile_files import Bounds, mbtiles, over, over_town, picture, pmtiles

PLANNER = Actor("planner", account="p1")
DAY = date(2026, 3, 4)
SQUARE = box(142_600, 510_300, 143_200, 510_900)


@pytest.fixture
def private_store(tmp_path: Path) -> Iterator[Store]:
    """Return the store of this process, empty but for the made-up town and one real project."""
    with own_store(tmp_path):
        opened = context.get_store()
        opened.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1)))
        yield opened


def new_session(project: str = "echt", tables: tuple[str, ...] = ()) -> WorkshopSession:
    """Open a workshop session."""
    return sessions.create_session(WorkshopSession(project, "Buurthuis", DAY, groups=tables), by=PLANNER)[0]


def draw(
    private_store: Store,
    at: WorkshopSession,
    number: int,
    shape: Polygon = SQUARE,
    *,
    group: str = "",
    practice: bool = False,
) -> None:
    """Let resident `number` draw."""
    raw = json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(to_wgs84(shape))})
    client = str(uuid.UUID(int=number + 1, version=4))
    private_store.contributions.submit(
        Contribution(
            client, at.project, raw, shape, DAY, session=at.id, group=group, is_practice=practice, name="Het Hart"
        ),
        (Place("met", "bench", shape.centroid),),
    )  # fmt: skip


def test_code_is_six_friendly_characters_and_link_opens_one_session(private_store: Store) -> None:
    made, link = sessions.create_session(WorkshopSession("echt", "Buurthuis", DAY), by=PLANNER)
    assert len(made.code) == 6
    assert not set(made.code) & set("01OI")
    assert sessions.find_open_session(f" {made.code[:3]} {made.code[3:].lower()}", device="d") == made
    assert sessions.authenticate_facilitator(made.id, link, device="d") == Actor(
        "facilitator", session=made.id
    )
    with pytest.raises(SignInRefused):
        sessions.authenticate_facilitator(new_session().id, link, device="d")


def test_closed_session_takes_no_new_guest_but_shows_what_came_of_it(private_store: Store) -> None:
    made = new_session()
    sessions.set_open(made.id, by=PLANNER)
    with pytest.raises(SessionClosed):
        sessions.find_open_session(made.code, device="d")
    assert sessions.find_session_any_state(made.code, device="d").id == made.id
    assert sessions.find_session("echt", made.code).id == made.id


def test_map_begins_at_ten_and_grows_by_five(private_store: Store) -> None:
    """Nothing at 9, an edition at 10, the same one until 14, the next at 15; numbers are stated in fives."""
    made = new_session()
    editions = []
    for number in range(16):
        draw(private_store, made, number)
        publish_if_due(made.id, by=PLANNER)
        shown = latest_edition(made.id)
        editions.append((shown.number, shown.facts.n) if shown else (0, 0))
    assert editions == [(0, 0)] * 9 + [(1, 10)] * 5 + [(2, 15)] * 2
    assert session_counters(made.id).drawn == 16
    assert session_counters(made.id).wait_for == 4


def test_twenty_alike_share_their_square(private_store: Store) -> None:
    """600 m by 600 m is 36 ha, of which all twenty drew all. More than 90 % named a bench: told as 90.

    The name they all give is stated once a planner released it.
    """
    made = new_session()
    for number in range(20):
        draw(private_store, made, number)
    assert publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    one = shown.facts.neighbourhoods[0]
    assert (one.n, one.percent, one.name) == (20, 50, "")
    assert one.core_ha == pytest.approx(36.0, abs=0.1)
    assert [(mention.kind, mention.theme, mention.percent) for mention in shown.facts.mentions] == [
        ("met", "bench", 90)
    ]
    private_store.editions.release_name("echt", "het hart", by=PLANNER)
    assert publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    assert shown.facts.neighbourhoods[0].name == "Het Hart"


def test_story_says_how_large_the_middle_drawing_is_and_claims_no_more(private_store: Store) -> None:
    """Squares of 63 m are 0.4 ha: less than 5 and no football pitch. Squares of 600 m are 36 ha: about 35."""
    sentences = {}
    for side_m in (63, 600):
        made = new_session()
        for number in range(10):
            west, south, *_ = SQUARE.bounds
            draw(private_store, made, number + side_m, box(west, south, west + side_m, south + side_m))
        assert publish_if_due(made.id, by=PLANNER)
        shown = latest_edition(made.id)
        assert shown is not None
        sentences[side_m] = story.step_sentence(i18n.get_translator("nl"), shown, 1, "drawings")
        assert "vanaf 20 tekenaars" in story.step_sentence(i18n.get_translator("nl"), shown, 1, "places")
    assert "minder dan 5 hectare" in sentences[63]
    assert "voetbalvelden" not in sentences[63]
    assert "ongeveer 35 hectare, zo groot als 50 voetbalvelden" in sentences[600]


def test_edition_holds_no_drawing(private_store: Store) -> None:
    """One of ten drew 100 m more to the east; that strip is nobody's to see."""
    made = new_session()
    for number in range(9):
        draw(private_store, made, number)
    draw(private_store, made, 9, box(142_600, 510_300, 143_300, 510_900))
    publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    strip = box(143_230, 510_330, 143_270, 510_870)
    assert not shown.bands.intersects(strip).any()
    assert not any(
        word in str(private_store.editions.latest("echt", session=made.id))
        for word in ("stroke", "sketch_id")
    )


def test_trying_out_is_kept_out(private_store: Store) -> None:
    made = new_session()
    for number in range(12):
        draw(private_store, made, number, practice=True)
    assert session_counters(made.id).drawn == 0
    assert not publish_if_due(made.id, by=PLANNER)


def test_table_of_nine_is_not_shown_beside_one_of_twelve(private_store: Store) -> None:
    """A table is a subgroup: ten at least; and the hidden one must not follow from the rest."""
    made = new_session(tables=("a", "b", "c"))
    for number in range(33):
        draw(private_store, made, number, group="a" if number < 12 else "b" if number < 24 else "c")
    publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    assert len(story.group_cores(shown, 1)) < 2
    assert dict(session_counters(made.id).groups) == {"a": 12, "b": 12, "c": 9}


def test_tables_of_twelve_stand_side_by_side(private_store: Store) -> None:
    """The same square twice shares all its ground."""
    made = new_session(tables=("a", "b"))
    for number in range(24):
        draw(private_store, made, number, group="ab"[number % 2])
    publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    assert set(story.group_cores(shown, 1)) == {"a", "b"}
    assert "100" in story.step_sentence(i18n.get_translator("nl"), shown, 1, "groups")


def test_a_facilitator_grows_own_session_only(private_store: Store) -> None:
    mine, other = new_session(), new_session()
    for number in range(10):
        draw(private_store, other, number)
    with pytest.raises(AccessDenied):
        publish_if_due(other.id, by=Actor("facilitator", session=mine.id))
    assert publish_if_due(other.id, by=Actor("facilitator", session=other.id))


def test_story_tells_the_steps_that_are_asked_in_that_order(private_store: Store) -> None:
    made = new_session(PROJECT)
    practice_data.add_practice_drawings(made.id, 30)
    publish_if_due(made.id, by=PLANNER)
    shown = latest_edition(made.id)
    assert shown is not None
    for language in ("nl", "en"):
        say = i18n.get_translator(language)
        steps = story.build_steps(say, shown, 1, ("core", "drawings"), {"core": "Eigen tekst"})
        assert [step.key for step in steps] == ["core", "drawings"]
        assert steps[0].added == "Eigen tekst"
        assert "30" in steps[1].sentence
        assert all(step.sentence for step in story.build_steps(say, shown, 1))


def test_invented_residents_never_come_among_real_ones(private_store: Store) -> None:
    with pytest.raises(AccessDenied):
        practice_data.add_practice_drawings(new_session("echt").id, 5)


def test_words_are_seen_once_somebody_read_them(private_store: Store) -> None:
    """What a phone sent waits for somebody to read it; what the room wrote down was read."""
    made = new_session()
    name = sessions.propose_name(made.id, "Vogelbuurt", device="d1")
    signal = sessions.add_signal(made.id, "signal", "Bankje bij de brug", by=PLANNER)
    assert [one.words for one in sessions.released_votables(made.id)] == ["Bankje bij de brug"]
    assert rounds.subjects(made.id, "name") == ()
    sessions.release_words(name.id, by=PLANNER)
    assert [one.words for one in sessions.released_votables(made.id)] == ["Bankje bij de brug", "Vogelbuurt"]
    asked = rounds.start_round(made.id, "name", by=PLANNER)
    rounds.change_vote(asked.id, name.id, 1, device="d1")
    sessions.release_words(name.id, released=False, by=PLANNER)
    assert [one.words for one in sessions.released_votables(made.id)] == ["Bankje bij de brug"]
    assert rounds.view_round(asked).lines == (), "held back in a round that is open too"
    with pytest.raises(AccessDenied):
        sessions.release_words(name.id, by=Actor("facilitator", session="another"))
    sessions.set_signal_status(signal.id, sessions.TO_WIJKPANEL, was="new", by=PLANNER)
    assert [one.status for one in sessions.list_votables(made.id)] == ["wijkpanel", ""]


def test_box_goes_out_and_comes_home_without_doubles(private_store: Store, tmp_path: Path) -> None:
    place = tmp_path / "doos"
    boxes.create_kit("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=("a",), project="echt")
    opened = boxes.open_kit(place)
    assert opened.settings["BUURT_OFFLINE"] == "1"
    assert (place / "kaarten" / "GM9901" / "basemap.gpkg").is_file()
    with store.open_store(opened.settings["BUURT_STORE"]) as kit_store:
        kit_store.sessions.authenticate_facilitator(opened.workshop_session.id, opened.link, device="d")
        draw(kit_store, opened.workshop_session, 1)
    assert private_store.maintenance.merge_from(place / boxes.STORE).taken == 1
    again = private_store.maintenance.merge_from(place / boxes.STORE)
    assert (again.taken, again.known) == (0, 1)
    assert private_store.contributions.count_by_session("echt") == {opened.workshop_session.id: 1}


def test_box_takes_a_base_map_of_pictures(private_store: Store, tmp_path: Path) -> None:
    """The app of the box is pointed at the copy in its folder; without the copy it draws the map itself."""
    place, bounds = tmp_path / "doos", ",".join(map(str, datasets.bounds_wgs84(MUNICIPALITY)))
    file = mbtiles(tmp_path / "kaart.mbtiles", over_town(), bounds=bounds, attribution="Makers")
    boxes.create_kit("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=(), project="echt")
    assert boxes.open_kit(place).settings["BUURT_TILES"] == ""
    laid = boxes.add_basemap("Zuiderwaard", place, file)
    assert (laid.format, laid.zooms, laid.credit) == ("MBTiles", (13, 16), "Makers")
    chosen = boxes.open_kit(place).settings["BUURT_TILES"]
    assert Path(chosen).read_bytes() == file.read_bytes()
    assert Path(chosen).is_relative_to(place)
    Path(chosen).unlink()
    assert boxes.open_kit(place).settings["BUURT_TILES"] == ""


FAR: Bounds = (5.9, 50.7, 6.0, 50.8)
"""The other end of the country."""


def test_box_refuses_a_base_map_nobody_could_draw_on(private_store: Store, tmp_path: Path) -> None:
    """Too coarse, too fine, of another place, vector: one sentence each, and nothing is laid."""
    here, place = datasets.bounds_wgs84(MUNICIPALITY), tmp_path / "doos"
    boxes.create_kit("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=(), project="echt")
    vector = mbtiles(tmp_path / "vector", {(14, 0, 0): b"\x1f\x8b"}, format="pbf")
    elsewhere = {at: picture("red") for at in over(FAR, range(13, 15))}
    files = {
        TilesZoomed: pmtiles(tmp_path / "coarse", over_town(zooms=range(9, 14)), here),
        TilesElsewhere: pmtiles(tmp_path / "elsewhere", elsewhere, FAR),
        TilesAreVector: vector,
    }
    for kind, file in files.items():
        with pytest.raises(kind) as caught:
            boxes.add_basemap("Zuiderwaard", place, file)
        assert isinstance(caught.value, FileRefused)
        for language in ("nl", "en"):
            assert file.name in i18n.get_translator(language).explain(caught.value)
    with pytest.raises(TilesZoomed):
        boxes.add_basemap(
            "Zuiderwaard", place, pmtiles(tmp_path / "fine", over_town(zooms=range(15, 16)), here)
        )
    assert not (place / boxes.TILES).exists()
    with pytest.raises(TilesNotCopied):
        boxes.add_basemap("Zuiderwaard", tmp_path / "nowhere", mbtiles(tmp_path / "good", over_town()))


def test_nothing_is_published_before_there_are_enough_drawings(private_store: Store) -> None:
    """A first edition from twelve: nothing is tried at eleven, so who may not publish is not refused yet."""
    private_store.projects.save(Project("acht", "Acht", "GM9901", date(2099, 1, 1), min_first_edition=12))
    made, stranger = new_session("acht"), Actor("resident")
    for number in range(11):
        draw(private_store, made, number)
    assert not publish_if_due(made.id, by=stranger)
    draw(private_store, made, 11)
    with pytest.raises(AccessDenied):
        publish_if_due(made.id, by=stranger)
    assert publish_if_due(made.id, by=PLANNER)
