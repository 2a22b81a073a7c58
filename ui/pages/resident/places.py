"""Places: where people meet, sit and play, what they miss, and what was here and is gone."""

from datetime import UTC, datetime

import streamlit as st

from maps import style
from maps.layers import Drawing, Facilities
from study import contributing, where
from study.contributing import Place, PlaceKind, Theme
from ui import canvas, ground, worker
from ui.pages.resident.draw import box, in_degrees
from ui.pages.resident.visit import Visit, credit, go, heading, kept, onward
from words import Words

SORTS: dict[str, tuple[PlaceKind, Theme | None]] = {
    "meet": ("met", "meeting_place"),
    "sit": ("met", "bench"),
    "play": ("met", "play_area"),
    "missing": ("missing", None),
    "vanished": ("vanished", None),
}
"""What can be told of a spot; where the theme is open, it is asked."""

THEMES: tuple[Theme, ...] = ("bench", "play_area", "meeting_place", "social_infrastructure")
AGO = {"this_year": 0, "few": 2, "some": 5, "long": 10, "very_long": 20}
"""How many years ago, about."""

MOST = 20
"""Spots one resident may tell."""


def title(say: Words, _visit: Visit) -> str:
    """Give the title."""
    return say("places.title")


def show(say: Words, visit: Visit) -> None:
    """Offer what can be told, and list what was."""
    heading(say, visit, title(say, visit))
    st.write(say("places.ask"))
    told = visit.mine.told.places if visit.mine else ()
    for sort in SORTS:
        if st.button(
            say(f"places.sort_{sort}"), key=f"sort_{sort}", width="stretch", disabled=len(told) >= MOST
        ):
            st.session_state["places_turn"] = len(told) + 1000 * st.session_state.get("places_shown", 0)
            st.session_state["places_shown"] = st.session_state.get("places_shown", 0) + 1
            go(f"plek-{sort}")
    if told:
        st.subheader(say("places.told"), anchor=False)
        for number, place in enumerate(told, start=1):
            _line(say, visit, number, place)
    onward(say, visit, label=say("steps.next") if told else say("places.none"))


def _line(say: Words, visit: Visit, number: int, place: Place) -> None:
    text, button = st.columns([3, 2], vertical_alignment="center")
    with text:
        st.text(f"{number}. {_named(say, place)}")
    with button:
        if st.button(say("places.remove", number=number), key=f"remove_{number}", width="stretch"):
            assert visit.mine is not None  # the step is shown to who has a drawing
            others = [p for n, p in enumerate(visit.mine.told.places, start=1) if n != number]
            if kept(say, lambda: _tell(visit, others)):
                st.rerun()


def _tell(visit: Visit, places: list[Place]) -> None:
    assert visit.mine is not None
    visit.mine = worker.run(contributing.tell_places, visit.mine, places, device=visit.device)


def _named(say: Words, place: Place) -> str:
    if place.kind == "met":
        return say(f"places.met_{place.theme}")
    return say(f"places.{place.kind}", what=say(f"places.theme_{place.theme}"))


def _sort(visit: Visit) -> str:
    sort = visit.step.removeprefix("plek-")
    return sort if sort in SORTS else "meet"


def title_of_one(say: Words, visit: Visit) -> str:
    """Give the title of the screen for one spot."""
    return say(f"places.sort_{_sort(visit)}")


def show_one(say: Words, visit: Visit) -> None:
    """Let them tap one spot and say what it is."""
    heading(say, visit, title_of_one(say, visit))
    sort = _sort(visit)
    kind, theme = SORTS[sort]
    if theme is None:
        theme = st.radio(
            say(f"places.what_{sort}"),
            THEMES,
            index=None,
            format_func=lambda key: say(f"places.theme_{key}"),
            key=f"what_{sort}",
        )
    spot = _spot(say, visit, sort)
    words, lost, year = "", "", None
    if spot is not None and not visit.children:
        if kind == "vanished":
            lost = st.text_input(say("places.lost"), max_chars=280, key="place_lost")
        words = st.text_input(say(f"places.words_{kind}"), max_chars=280, key="place_words")
    if spot is not None and kind == "vanished":
        ago = st.radio(
            say("places.when"),
            list(AGO),
            index=None,
            format_func=lambda key: say(f"places.ago_{key}"),
            key="place_when",
        )
        year = datetime.now(UTC).year - AGO[ago] if ago else None

    first = st.empty()  # a fixed slot: the buttons below it stay the same buttons
    if spot is not None and theme is None:
        first.info(say(f"places.first_{sort}"))

    def done() -> None:
        assert spot is not None  # the button is off without one
        assert theme is not None
        assert visit.mine is not None
        there = worker.run(where.from_degrees, spot.longitude, spot.latitude)
        near = worker.run(contributing.facility_at, visit.project.municipality, tuple(_shown()), there)
        place = Place(
            kind, near.theme if near else theme, near.point if near else there,
            sub=near.kind if near else "", year=year, words=words, lost=lost,
        )  # fmt: skip
        _tell(visit, [*visit.mine.told.places, place])

    with st.container(horizontal=True):
        if st.button(say("steps.back"), key="back_place", width="stretch"):
            go("plekken")
        pressed = st.button(
            say("places.keep"),
            key="keep_place",
            type="primary",
            width="stretch",
            disabled=spot is None or theme is None,
        )
    if pressed and kept(say, done):
        go("plekken")


def _shown() -> list[Theme]:
    return list(st.session_state.get("place_themes") or [])


def _spot(say: Words, visit: Visit, sort: str) -> canvas.Spot | None:
    assert visit.mine is not None
    town = visit.project.municipality
    drawn = in_degrees(visit.mine.geometry)
    west, south, east, north = box(drawn)
    turn = int(st.session_state.get("places_turn", 0))
    spot = canvas.point(
        "place_map",
        layers=[
            *ground.layers(town),
            Drawing("own", drawn, filled=0.08),
            *(Facilities(f"geo/{town}/facilities-{theme}.topojson", theme) for theme in _shown()),
        ],
        start=canvas.Start((west + east) / 2, (south + north) / 2, visit.width_m),
        bounds=(west, south, east, north),
        words=say,
        turn=turn,
        spots=_told_spots(visit),
        credit=credit(say, visit),
    )
    if sort in {"meet", "sit", "play"}:
        st.pills(
            say("places.themes"),
            list(style.THEMES),
            selection_mode="multi",
            format_func=lambda theme: say(f"places.theme_{theme}"),
            key="place_themes",
        )
    return spot


def _told_spots(visit: Visit) -> list[canvas.Spot]:
    assert visit.mine is not None
    points = [worker.run(where.in_degrees, place.point) for place in visit.mine.told.places]
    kinds = [place.kind for place in visit.mine.told.places]
    return [
        canvas.Spot(x, y, str(n), kind)
        for n, ((x, y), kind) in enumerate(zip(points, kinds, strict=True), start=1)
    ]
