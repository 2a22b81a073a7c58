"""The story of a workshop session: its steps, and of each step what it shows and the sentence its numbers make."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.release.rounding import MIN_SHARE_PEOPLE
from i18n import Translator
from study.answer_cache import cached_answer
from study.publishing.sessions.building import STEP_HA
from study.publishing.sessions.parts import EditionFacts, EditionView, MentionShare, Neighbourhood

STEPS = ("drawings", "core", "official", "outside", "places", "groups")
"""The steps in the order that is offered."""

WIDE, CORE, OFFICIAL, OUTSIDE, SPOTS, GROUPS = "wide", "core", "official", "outside", "spots", "groups"
LAYERS_OF_STEP: dict[str, tuple[str, ...]] = {
    "drawings": (WIDE,),
    "core": (WIDE, CORE),
    "official": (CORE, OFFICIAL),
    "outside": (CORE, OUTSIDE, OFFICIAL),
    "places": (CORE, SPOTS),
    "groups": (GROUPS,),
}
"""What stands on the map at each step."""

MAX_THEMES = 2
"""Themes of one kind in a sentence: more is not heard."""

MAX_TEXT = 300
PITCH_HA = 0.7
"""A football pitch: nobody in the room knows what a hectare looks like."""

HALF = 50


@dataclass(frozen=True)
class StoryStep:
    """One step as it is shown: its title, the sentence of its numbers, and what the facilitator added."""

    key: str
    title: str
    sentence: str
    added: str = ""


def build_steps(
    say: Translator,
    shown: EditionView,
    number: int,
    order: tuple[str, ...] = STEPS,
    added: dict[str, str] | None = None,
) -> list[StoryStep]:
    """Return the steps of one neighbourhood, in the order asked for; those that have nothing to tell say so.

    Parameters
    ----------
    number
        Which neighbourhood of the session.
    order
        Keys of `STEPS`; what is left out is not told.
    added
        Texts of the facilitator by key.
    """
    extra = added or {}
    return [
        StoryStep(
            key,
            say(f"reveal_story.title_{key}"),
            step_sentence(say, shown, number, key),
            extra.get(key, "")[:MAX_TEXT],
        )
        for key in order
        if key in STEPS
    ]


def neighbourhood(shown: EditionView, number: int) -> Neighbourhood | None:
    """Return the facts of one neighbourhood of a workshop session; None where no five drew the same."""
    return next((one for one in shown.facts.neighbourhoods if one.number == number), None)


def display_name(say: Translator, one: Neighbourhood) -> str:
    """Name a neighbourhood as its drawers do, or by its number."""
    return one.name or say("reveal_story.nameless", number=one.number)


def step_sentence(say: Translator, shown: EditionView, number: int, key: str) -> str:
    """Create the one sentence of a step from the numbers of the edition."""
    one = neighbourhood(shown, number)
    if key == "drawings":
        return _drawings(say, shown.facts)
    if key == "places":
        return _places(say, shown.facts.mentions)
    if one is None:
        return say("reveal_story.nothing_shared")
    return {"core": _core, "groups": _groups, "official": _official, "outside": _outside}[key](
        say, shown, one
    )


def _drawings(say: Translator, facts: EditionFacts) -> str:
    if not facts.median_ha:
        return say("reveal_story.drawings_small", n=facts.n, least_ha=STEP_HA)
    pitches = round(facts.median_ha / PITCH_HA)
    return say("reveal_story.drawings", n=facts.n, median_ha=facts.median_ha, pitches=pitches)


def _core(say: Translator, _shown: EditionView, one: Neighbourhood) -> str:
    sentence = "reveal_story.core_half" if one.percent >= HALF else "reveal_story.core_quarter"
    named = say("reveal_story.called", name=one.name) if one.name else ""
    return say(sentence, n=one.n, core_ha=one.core_ha, called=named)


def _named(say: Translator, one: Neighbourhood) -> str:
    return say(f"reveal_story.named_{one.division}", official=one.official)


def _official(say: Translator, _shown: EditionView, one: Neighbourhood) -> str:
    if not one.code:
        return say("reveal_story.no_official")
    return say("reveal_story.official", named=_named(say, one), year=one.year)


def _outside(say: Translator, _shown: EditionView, one: Neighbourhood) -> str:
    if not one.code:
        return say("reveal_story.no_official")
    sentence = "reveal_story.outside" if one.outside else "reveal_story.inside"
    return say(sentence, named=_named(say, one), outside=one.outside / 100, unused=one.unused / 100)


def _places(say: Translator, mentions: tuple[MentionShare, ...]) -> str:
    lines = []
    for kind in ("met", "missing", "vanished"):
        found = [one for one in mentions if one.kind == kind][:MAX_THEMES]
        if found:
            named = say("reveal_story.and").join(
                say(f"reveal_story.theme_{one.theme}", percent=one.percent / 100) for one in found
            )
            lines.append(say(f"reveal_story.places_{kind}", themes=named))
    return " ".join(lines) or say("reveal_story.no_places", n=MIN_SHARE_PEOPLE)


def _groups(say: Translator, shown: EditionView, one: Neighbourhood) -> str:
    cores = group_cores(shown, one.number)
    if len(cores) < 2:
        return say("reveal_story.no_groups")
    pairs = {pair: _share(cores[pair[0]], cores[pair[1]]) for pair in combinations(cores, 2)}
    (first, second), share = min(pairs.items(), key=lambda pair: pair[1])
    if len(pairs) == 1:
        return say("reveal_story.two_groups", first=first, second=second, share=share)
    return say("reveal_story.groups", first=first, second=second, share=share, n=len(cores))


def _share(one: Any, other: Any) -> float:
    """Ground that both share, as a part of the ground of either, in steps of 5 %."""
    both, either = shapely.area(shapely.intersection(one, other)), shapely.area(shapely.union(one, other))
    return round(20 * float(both / either)) / 20


def group_cores(shown: EditionView, number: int) -> dict[str, Any]:
    """Return what half of each group share, of one neighbourhood, as far as it may be shown."""
    mine = shown.groups[shown.groups.index.get_level_values(0) == number]
    return {str(group): shape for (_, group), shape in mine.geometry.items()}


@cached_answer
def map_layers(shown: EditionView, number: int) -> dict[str, gpd.GeoDataFrame]:
    """Return the shapes on the map, by the names in `SHOWS`: ``name`` and ``class`` a row, in metres."""
    bands = shown.bands[shown.bands.index.get_level_values(0) == number].droplevel(0)
    one, plane = neighbourhood(shown, number), shown.bands.crs
    percent = one.percent if one else 50
    core = bands[bands.index == percent]
    official = shown.official[shown.official.index == number]
    outside = core.geometry.to_numpy()
    if len(official) and len(core):
        outside = shapely.difference(outside, official.geometry.iloc[0])
    groups = shown.groups[shown.groups.index.get_level_values(0) == number].droplevel(0)
    spots = [(f"{row['kind']}-{row['theme']}", "", row["geometry"]) for _, row in shown.spots.iterrows()]
    borders = [("official", str(row["name"]), row["geometry"]) for _, row in official.iterrows()]
    rows: dict[str, list[tuple[str, str, Any]]] = {
        WIDE: [(str(p), "", shape) for p, shape in sorted(bands.geometry.items())],
        CORE: [(str(p), one.name if one else "", shape) for p, shape in core.geometry.items()],
        OFFICIAL: borders,
        OUTSIDE: [("outside", "", shape) for shape in outside if not shapely.is_empty(shape)],
        SPOTS: spots,
        GROUPS: [(str(at % 4), str(group), s) for at, (group, s) in enumerate(groups.geometry.items())],
    }
    return {name: _table(each, plane) for name, each in rows.items()}


def _table(rows: list[tuple[str, str, Any]], plane: object) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["class", "name", "geometry"])
    table.index = pd.Index([str(at) for at in range(len(table))], name="code", dtype=str)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=plane)
