"""Where somebody lives, asked on the map they draw on: by street or postcode, or not at all. It is not kept."""

from dataclasses import replace

from shapely import Point

from geo.errors import LayerError
from i18n import Translator
from study.contributions import home_location
from ui import canvas, map_data, workers
from ui.canvas import PlaceRequest, PlaceSearch
from ui.components import basemap
from ui.pages.resident.visit_state import ResidentVisit

MAX_FOUND = 4
MIN_LETTERS = 2


def search_field(say: Translator, visit: ResidentVisit, key: str) -> PlaceSearch:
    """Return the search field of the canvas of this name, with the answer to what was asked last.

    Children are not asked where they live: theirs is only the button to where the device is.
    """
    has_tiles = basemap.has_tiles(visit.project.municipality)
    if visit.children:
        return PlaceSearch(has_field=False, has_tiles=has_tiles)
    asked = canvas.place_request(key)
    if asked is not None and asked.turn != visit.search.turn:
        visit.search = _answer(say, visit, asked)
    return replace(visit.search, names=map_data.names_url(visit.project.municipality), has_tiles=has_tiles)


def _answer(say: Translator, visit: ResidentVisit, asked: PlaceRequest) -> PlaceSearch:
    try:
        if asked.spot is None and asked.chosen is None:
            return _search(say, visit, asked)
        return _go(say, visit, asked)
    except LayerError as problem:
        return PlaceSearch(turn=asked.turn, problem=say.explain(problem))


def _search(say: Translator, visit: ResidentVisit, asked: PlaceRequest) -> PlaceSearch:
    """Return the places that are called like this: also where what was typed only resembles a name."""
    typed = asked.text.strip()
    found = (
        home_location.search_address(visit.project.municipality, typed)[:MAX_FOUND]
        if len(typed) >= MIN_LETTERS
        else []
    )
    visit.found = tuple(found)
    labels = tuple(place.label for place in found)
    return PlaceSearch(turn=asked.turn, found=labels, problem="" if found else say("home.none"))


def _go(say: Translator, visit: ResidentVisit, asked: PlaceRequest) -> PlaceSearch:
    """Begin the map at the place that was chosen; only a street or a postcode tells where somebody lives."""
    spot: Point | None = None
    kind = asked.kind
    if asked.spot is not None:
        spot = workers.run_in_worker(home_location.point_from_degrees, *asked.spot)
    elif asked.chosen is not None and asked.chosen in range(len(visit.found)):
        spot = home_location.locate(visit.found[asked.chosen])
        kind = visit.found[asked.chosen].kind
    if spot is None:
        return PlaceSearch(turn=asked.turn, problem=say("home.none"))
    visit.start = spot
    visit.home = spot if kind in home_location.HOMES else None
    there = workers.run_in_worker(home_location.in_degrees, spot)
    return PlaceSearch(turn=asked.turn, home=there, label=asked.text)
