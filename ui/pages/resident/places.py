"""Places: where people meet, sit and play, what they miss, and what was here and is gone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import streamlit as st

from i18n import Translator
from maps import style
from maps.interactive.leaflet_layers import DrawingLayer, FacilityLayer
from study.contributions import home_location
from study.contributions.facilities_near_tap import facility_near_tap
from study.contributions.submission import Place, PlaceKind, Theme, save_places
from ui import canvas, workers
from ui.components import basemap
from ui.pages.resident import answer_fields, children
from ui.pages.resident.drawing import box, in_degrees
from ui.pages.resident.visit_state import (
    ResidentVisit,
    credit,
    go_to_step,
    save_or_explain,
    step_buttons,
    step_header,
)
from ui.routes import Step

Choice = TypeVar("Choice", bound=str)

SORTS: dict[str, tuple[PlaceKind, Theme | None]] = {
    "meet": ("met", "meeting_place"),
    "sit": ("met", "bench"),
    "play": ("met", "play_area"),
    "missing": ("missing", None),
    "vanished": ("vanished", None),
}
"""What can be said of a spot; where the theme is open, it is asked."""

CHILD_SORTS = ("play", "meet", "missing")
"""What a child can say of a spot, each with its picture."""

CHILD_THEMES: tuple[Theme, ...] = ("play_area", "bench", "meeting_place")
"""What a child can wish for."""

THEMES: tuple[Theme, ...] = ("bench", "play_area", "meeting_place", "social_infrastructure")
AGO = {"this_year": 0, "few": 2, "some": 5, "long": 10, "very_long": 20}
"""How many years ago, about."""

MAX_PLACES = 20
"""Spots one resident may tell."""


def title(say: Translator, _visit: ResidentVisit) -> str:
    """Return the title."""
    return say("places.title")


def show(say: Translator, visit: ResidentVisit) -> None:
    """Offer what can be said, and list what was."""
    step_header(say, visit, title(say, visit))
    if visit.children:
        children.show_pictures()
        children.read_aloud(say, say("places.ask"), *(say(f"places.sort_{sort}") for sort in CHILD_SORTS))
    st.write(say("places.ask"))
    places = visit.mine.details.places if visit.mine else ()
    for sort in CHILD_SORTS if visit.children else SORTS:
        if st.button(
            say(f"places.sort_{sort}"),
            key=f"sort_{sort}",
            width="stretch",
            disabled=len(places) >= MAX_PLACES,
        ):
            st.session_state["places_turn"] = len(places) + 1000 * st.session_state.get("places_shown", 0)
            st.session_state["places_shown"] = st.session_state.get("places_shown", 0) + 1
            go_to_step(f"{Step.PLACE}-{sort}")
    if places:
        st.subheader(say("places.told"), anchor=False)
        for number, place in enumerate(places, start=1):
            _line(say, visit, number, place)
    step_buttons(say, visit, label=say("steps.next") if places else say("places.none"), is_plain=not places)


def _line(say: Translator, visit: ResidentVisit, number: int, place: Place) -> None:
    text, button = st.columns([3, 2], vertical_alignment="center")
    with text:
        st.text(f"{number}. {_named(say, place)}")
    with button:
        if st.button(say("places.remove", number=number), key=f"remove_{number}", width="stretch"):
            assert visit.mine is not None  # the step is shown to who has a drawing
            others = [p for n, p in enumerate(visit.mine.details.places, start=1) if n != number]
            if save_or_explain(say, lambda: _save(visit, others)):
                st.rerun()


def _save(visit: ResidentVisit, places: list[Place]) -> None:
    assert visit.mine is not None
    visit.mine = workers.run_in_worker(save_places, visit.mine, places, device=visit.device)


def _named(say: Translator, place: Place) -> str:
    if place.kind == "met":
        return say(f"places.met_{place.theme}")
    return say(f"places.{place.kind}", what=say(f"places.theme_{place.theme}"))


def _sort(visit: ResidentVisit) -> str:
    sort = visit.step.removeprefix("plek-")
    return sort if sort in (CHILD_SORTS if visit.children else SORTS) else "meet"


def title_of_one(say: Translator, visit: ResidentVisit) -> str:
    """Return the title of the screen for one spot."""
    return say(f"places.sort_{_sort(visit)}")


def show_one(say: Translator, visit: ResidentVisit) -> None:
    """Show the map to tap one spot and the choice of what it is."""
    step_header(say, visit, title_of_one(say, visit))
    sort = _sort(visit)
    kind, fixed = SORTS[sort]
    if visit.children:
        children.show_pictures()
        children.read_aloud(say, title_of_one(say, visit), say("canvas.hint_picking"))
    begun = visit.begun_places.setdefault(sort, {})
    what = f"places.what_{sort}"
    themes = CHILD_THEMES if visit.children else THEMES
    theme: Theme | None = fixed or _chosen(begun, f"what_{sort}", themes, say(what), _named_by(say, "theme"))
    spot = _spot(say, visit, sort, begun)
    if spot is not None:
        if not visit.children:
            st.caption(say("places.words_shown"))
            if kind == "vanished":
                _written(say, begun, "lost", "places.lost", sort)
            _written(say, begun, "words", f"places.words_{kind}", sort)
        if kind == "vanished":
            _chosen(begun, f"when_{sort}", tuple(AGO), say("places.when"), _named_by(say, "ago"))
    first = st.empty()  # a fixed slot: the buttons below it stay the same buttons
    if spot is not None and theme is None:
        first.info(say(f"places.first_{sort}"))

    def done() -> None:
        assert spot is not None  # the button is off without one
        assert theme is not None
        assert visit.mine is not None
        there = workers.run_in_worker(home_location.point_from_degrees, spot.longitude, spot.latitude)
        near = workers.run_in_worker(facility_near_tap, visit.project.municipality, tuple(_shown()), there)
        ago = begun.get("when")
        place = Place(
            kind, near.theme if near else theme, near.point if near else there,
            subtype=near.kind if near else "", year=datetime.now(UTC).year - AGO[ago] if ago in AGO else None,
            note=begun.get("words", ""), what_was_lost=begun.get("lost", ""),
        )  # fmt: skip
        _save(visit, [*visit.mine.details.places, place])

    with st.container(horizontal=True):
        if st.button(say("steps.back"), key="back_place", width="stretch"):
            go_to_step(Step.PLACES)
        pressed = st.button(
            say("places.keep"),
            key="keep_place",
            type="primary",
            width="stretch",
            disabled=spot is None or theme is None,
        )
    if pressed and save_or_explain(say, done):
        del visit.begun_places[sort]
        go_to_step(Step.PLACES)


def _named_by(say: Translator, word: str) -> Callable[[str], str]:
    return lambda option: say(f"places.{word}_{option}")


def _chosen(
    begun: dict[str, Any],
    field: str,
    options: Sequence[Choice],
    label: str,
    named: Callable[[str], str],
) -> Choice | None:
    """Show the choice of one part of a place that is not complete yet; the visit remembers it."""
    key, part = f"answer_{field}", field.partition("_")[0]

    def keep() -> None:
        begun[part] = st.session_state.get(key)

    before = begun.get(part)
    return answer_fields.choose_one(
        label,
        options,
        key=key,
        stored=before if before in options else None,
        keep=keep,
        format_func=named,
    )


def _written(say: Translator, begun: dict[str, Any], part: str, label: str, sort: str) -> None:
    """Show a field for words about a place that is not complete yet; the visit remembers them."""
    key = f"text_{part}_{sort}"

    def keep() -> None:
        begun[part] = st.session_state.get(key) or ""

    answer_fields.write_line(say(label), key=key, stored=str(begun.get(part) or ""), keep=keep, max_chars=280)


def _shown() -> list[Theme]:
    return list(st.session_state.get("place_themes") or [])


def _spot(
    say: Translator, visit: ResidentVisit, sort: str, begun: dict[str, Any]
) -> canvas.CanvasPoint | None:
    assert visit.mine is not None
    town = visit.project.municipality
    drawn = in_degrees(visit.mine.geometry)
    west, south, east, north = box(drawn)
    turn = int(st.session_state.get("places_turn", 0))

    def picked() -> None:
        found = canvas.picked_point("place_map", turn)
        if found is not None:
            begun["spot"] = [found.longitude, found.latitude]

    spot = canvas.pick_point(
        "place_map",
        layers=[
            *basemap.basemap_layers(town),
            DrawingLayer("own", drawn, filled=0.08),
            *(FacilityLayer(f"geo/{town}/facilities-{theme}.topojson", theme) for theme in _shown()),
        ],
        start=canvas.InitialView((west + east) / 2, (south + north) / 2, visit.width_m),
        bounds=(west, south, east, north),
        words=say,
        turn=turn,
        spot=_begun_spot(begun),
        on_pick=picked,
        spots=_place_spots(visit),
        credit=credit(say, visit),
    )
    if sort in {"meet", "sit", "play"} and not visit.children:
        st.pills(
            say("places.themes"),
            list(style.THEMES),
            selection_mode="multi",
            format_func=lambda theme: say(f"places.theme_{theme}"),
            key="place_themes",
        )
    return spot


def _begun_spot(begun: dict[str, Any]) -> canvas.CanvasPoint | None:
    """Return the spot that was chosen before this place was left; what a tab sends may be no spot."""
    spot = begun.get("spot")
    if not isinstance(spot, list) or len(spot) != 2 or not all(isinstance(x, int | float) for x in spot):
        return None
    return canvas.CanvasPoint(float(spot[0]), float(spot[1]))


def _place_spots(visit: ResidentVisit) -> list[canvas.CanvasPoint]:
    assert visit.mine is not None
    points = [
        workers.run_in_worker(home_location.in_degrees, place.point) for place in visit.mine.details.places
    ]
    kinds = [place.kind for place in visit.mine.details.places]
    return [
        canvas.CanvasPoint(x, y, str(n), kind)
        for n, ((x, y), kind) in enumerate(zip(points, kinds, strict=True), start=1)
    ]
