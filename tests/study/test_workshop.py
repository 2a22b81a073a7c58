"""An evening: prepared, joined, grown in batches that give nobody away, agreed on, and taken home."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Polygon, box

import store
import words
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
    TooManyDots,
)
from store import Actor, Contribution, Place, Project, Store, WorkshopSession
from study import atlas, live, projects, story, trying, workshop
from study import box as boxes
from study.demo import PROJECT, TOWN
from tests.stores import own_store
from tests.tiles import Bounds, mbtiles, over, over_town, picture, pmtiles

PLANNER = Actor("planner", account="p1")
DAY = date(2026, 3, 4)
SQUARE = box(142_600, 510_300, 143_200, 510_900)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Store]:
    """Give the store of this process, empty but for the made-up town and one real project."""
    with own_store(tmp_path):
        opened = projects.opened()
        opened.save_project(Project("echt", "Echt", "GM9901", date(2099, 1, 1)))
        yield opened


def evening(project: str = "echt", tables: tuple[str, ...] = ()) -> WorkshopSession:
    """Open an evening."""
    return workshop.prepare(WorkshopSession(project, "Buurthuis", DAY, groups=tables), by=PLANNER)[0]


def draw(
    door: Store,
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
    door.submit(
        Contribution(
            client, at.project, raw, shape, DAY, session=at.id, group=group, practice=practice, name="Het Hart"
        ),
        (Place("met", "bench", shape.centroid),),
    )  # fmt: skip


def test_code_is_six_friendly_characters_and_link_opens_one_evening(door: Store) -> None:
    made, link = workshop.prepare(WorkshopSession("echt", "Buurthuis", DAY), by=PLANNER)
    assert len(made.code) == 6
    assert not set(made.code) & set("01OI")
    assert workshop.joined(f" {made.code[:3]} {made.code[3:].lower()}", device="d") == made
    assert workshop.let_in(made.id, link, device="d") == Actor("facilitator", session=made.id)
    with pytest.raises(SignInRefused):
        workshop.let_in(evening().id, link, device="d")


def test_closed_evening_takes_no_new_guest_but_shows_what_came_of_it(door: Store) -> None:
    made = evening()
    workshop.close(made.id, by=PLANNER)
    with pytest.raises(SessionClosed):
        workshop.joined(made.code, device="d")
    assert workshop.after(made.code, device="d").id == made.id
    assert workshop.known("echt", made.code).id == made.id


def test_map_grows_by_five_and_never_by_one(door: Store) -> None:
    """Nothing at 4, an edition at 5, the same one until 9, the next at 10."""
    made = evening()
    editions = []
    for number in range(10):
        draw(door, made, number)
        live.grow(made.id, by=PLANNER)
        shown = live.shown(made.id)
        editions.append((shown.number, shown.facts.n) if shown else (0, 0))
    assert editions == [(0, 0)] * 4 + [(1, 5)] * 5 + [(2, 10)]
    assert live.counters(made.id).drawn == 10


def test_five_alike_share_their_square(door: Store) -> None:
    """600 m by 600 m is 36 ha, of which all five drew all."""
    made = evening()
    for number in range(5):
        draw(door, made, number)
    assert live.grow(made.id, by=PLANNER)
    shown = live.shown(made.id)
    assert shown is not None
    one = shown.facts.neighbourhoods[0]
    assert (one.n, one.percent, one.name) == (5, 50, "Het Hart")
    assert one.core_ha == pytest.approx(36.0, abs=0.1)
    assert [(told.kind, told.theme, told.percent) for told in shown.facts.told] == [("met", "bench", 100)]


def test_story_says_how_large_the_middle_drawing_is_and_claims_no_more(door: Store) -> None:
    """Squares of 63 m are 0.4 ha: less than 5 and no football pitch. Squares of 600 m are 36 ha: about 35."""
    told = {}
    for side_m in (63, 600):
        made = evening()
        for number in range(5):
            west, south, *_ = SQUARE.bounds
            draw(door, made, number + side_m, box(west, south, west + side_m, south + side_m))
        assert live.grow(made.id, by=PLANNER)
        shown = live.shown(made.id)
        assert shown is not None
        told[side_m] = story.sentence(words.of("nl"), shown, 1, "drawings")
    assert "minder dan 5 hectare" in told[63]
    assert "voetbalvelden" not in told[63]
    assert "ongeveer 35 hectare, zo groot als 50 voetbalvelden" in told[600]


def test_edition_holds_no_drawing(door: Store) -> None:
    """One of six drew 100 m more to the east; that strip is nobody's to see."""
    made = evening()
    for number in range(5):
        draw(door, made, number)
    draw(door, made, 5, box(142_600, 510_300, 143_300, 510_900))
    live.grow(made.id, by=PLANNER)
    shown = live.shown(made.id)
    assert shown is not None
    strip = box(143_230, 510_330, 143_270, 510_870)
    assert not shown.bands.intersects(strip).any()
    assert not any(word in str(door.latest("echt", session=made.id)) for word in ("stroke", "sketch_id"))


def test_trying_out_is_kept_out(door: Store) -> None:
    made = evening()
    for number in range(6):
        draw(door, made, number, practice=True)
    assert live.counters(made.id).drawn == 0
    assert not live.grow(made.id, by=PLANNER)


def test_table_of_nine_is_not_shown_beside_one_of_twelve(door: Store) -> None:
    """A table is a subgroup: ten at least; and the hidden one must not follow from the rest."""
    made = evening(tables=("a", "b", "c"))
    for number in range(33):
        draw(door, made, number, group="a" if number < 12 else "b" if number < 24 else "c")
    live.grow(made.id, by=PLANNER)
    shown = live.shown(made.id)
    assert shown is not None
    assert len(story.group_cores(shown, 1)) < 2
    assert dict(live.counters(made.id).groups) == {"a": 12, "b": 12, "c": 9}


def test_tables_of_twelve_stand_side_by_side(door: Store) -> None:
    """The same square twice shares all its ground."""
    made = evening(tables=("a", "b"))
    for number in range(24):
        draw(door, made, number, group="ab"[number % 2])
    live.grow(made.id, by=PLANNER)
    shown = live.shown(made.id)
    assert shown is not None
    assert set(story.group_cores(shown, 1)) == {"a", "b"}
    assert "100" in story.sentence(words.of("nl"), shown, 1, "groups")


def test_a_facilitator_grows_own_evening_only(door: Store) -> None:
    mine, other = evening(), evening()
    for number in range(5):
        draw(door, other, number)
    with pytest.raises(AccessDenied):
        live.grow(other.id, by=Actor("facilitator", session=mine.id))
    assert live.grow(other.id, by=Actor("facilitator", session=other.id))


def test_story_tells_the_steps_that_are_asked_in_that_order(door: Store) -> None:
    made = evening(PROJECT)
    trying.fill(made.id, 30)
    live.grow(made.id, by=PLANNER)
    shown = live.shown(made.id)
    assert shown is not None
    for language in ("nl", "en"):
        say = words.of(language)
        told = story.steps(say, shown, 1, ("core", "drawings"), {"core": "Eigen tekst"})
        assert [step.key for step in told] == ["core", "drawings"]
        assert told[0].added == "Eigen tekst"
        assert "30" in told[1].sentence
        assert all(step.sentence for step in story.steps(say, shown, 1))


def test_invented_residents_never_come_among_real_ones(door: Store) -> None:
    with pytest.raises(AccessDenied):
        trying.fill(evening("echt").id, 5)


def test_one_device_divides_its_dots_once(door: Store) -> None:
    made = evening()
    name = workshop.propose(made.id, "Vogelbuurt", device="d1")
    signal = workshop.note(made.id, "signal", "Bankje bij de brug", by=PLANNER)
    workshop.vote(made.id, {name.id: 3}, device="d1")
    workshop.vote(made.id, {name.id: 1, signal.id: 2}, device="d1")
    workshop.vote(made.id, {signal.id: 3}, device="d2")
    assert [(one.words, one.dots) for one in workshop.subjects(made.id)] == [
        ("Bankje bij de brug", 5),
        ("Vogelbuurt", 1),
    ]
    with pytest.raises(TooManyDots):
        workshop.vote(made.id, {name.id: 4}, device="d3")
    workshop.decide(signal.id, workshop.TO_WIJKPANEL, by=PLANNER)
    assert workshop.subjects(made.id)[0].status == "wijkpanel"


def test_box_goes_out_and_comes_home_without_doubles(door: Store, tmp_path: Path) -> None:
    place = tmp_path / "doos"
    boxes.pack("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=("a",), project="echt")
    opened = boxes.unpack(place)
    assert opened.settings["BUURT_OFFLINE"] == "1"
    assert (place / "kaarten" / "GM9901" / "basemap.gpkg").is_file()
    with store.open(opened.settings["BUURT_STORE"]) as bank:
        bank.facilitator(opened.evening.id, opened.link, device="d")
        draw(bank, opened.evening, 1)
    assert door.merge(place / boxes.STORE).taken == 1
    again = door.merge(place / boxes.STORE)
    assert (again.taken, again.known) == (0, 1)
    assert door.counts("echt") == {opened.evening.id: 1}


def test_box_takes_a_base_map_of_pictures(door: Store, tmp_path: Path) -> None:
    """The app of the box is pointed at the copy in its folder; without the copy it draws the map itself."""
    place, bounds = tmp_path / "doos", ",".join(map(str, atlas.bounds(TOWN)))
    file = mbtiles(tmp_path / "kaart.mbtiles", over_town(), bounds=bounds, attribution="Makers")
    boxes.pack("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=(), project="echt")
    assert boxes.unpack(place).settings["BUURT_TILES"] == ""
    laid = boxes.lay_ground("Zuiderwaard", place, file)
    assert (laid.format, laid.zooms, laid.credit) == ("MBTiles", (13, 16), "Makers")
    chosen = boxes.unpack(place).settings["BUURT_TILES"]
    assert Path(chosen).read_bytes() == file.read_bytes()
    assert Path(chosen).is_relative_to(place)
    Path(chosen).unlink()
    assert boxes.unpack(place).settings["BUURT_TILES"] == ""


FAR: Bounds = (5.9, 50.7, 6.0, 50.8)
"""The other end of the country."""


def test_box_refuses_a_base_map_nobody_could_draw_on(door: Store, tmp_path: Path) -> None:
    """Too coarse, too fine, of another place, vector: one sentence each, and nothing is laid."""
    here, place = atlas.bounds(TOWN), tmp_path / "doos"
    boxes.pack("Zuiderwaard", place, where="Buurthuis", day=DAY, tables=(), project="echt")
    vector = mbtiles(tmp_path / "vector", {(14, 0, 0): b"\x1f\x8b"}, format="pbf")
    elsewhere = {at: picture("red") for at in over(FAR, range(13, 15))}
    files = {
        TilesZoomed: pmtiles(tmp_path / "coarse", over_town(zooms=range(9, 14)), here),
        TilesElsewhere: pmtiles(tmp_path / "elsewhere", elsewhere, FAR),
        TilesAreVector: vector,
    }
    for kind, file in files.items():
        with pytest.raises(kind) as caught:
            boxes.lay_ground("Zuiderwaard", place, file)
        assert isinstance(caught.value, FileRefused)
        for language in ("nl", "en"):
            assert file.name in words.of(language).error(caught.value)
    with pytest.raises(TilesZoomed):
        boxes.lay_ground(
            "Zuiderwaard", place, pmtiles(tmp_path / "fine", over_town(zooms=range(15, 16)), here)
        )
    assert not (place / boxes.TILES).exists()
    with pytest.raises(TilesNotCopied):
        boxes.lay_ground("Zuiderwaard", tmp_path / "nowhere", mbtiles(tmp_path / "good", over_town()))
