"""What every section of the planner's page shares: what is looked at, the map, the choice, the source."""

import html
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.clusters import CUT
from geo.errors import BuurtError
from maps.layers import Areas, Shapes
from maps.planner import CORES, Look
from maps.topology import Answer
from study import comparison, fits, neighbourhoods
from study.access import Actor, Project
from study.projects import Study, drawn
from ui import canvas, ground, shapes
from ui.visitor import actor_of_visitor
from words import Words

LOOSE_M = 8.0
"""How far the outline of a core may move on a map of a whole town; its steps are 25 m."""


@dataclass(frozen=True)
class View:
    """What one visitor looks at."""

    say: Words
    study: Study
    project: Project
    division: str

    @property
    def n(self) -> int:
        """Drawings that count."""
        return len(drawn(self.study))

    @property
    def named_division(self) -> str:
        """What the division is called."""
        return division_name(self.say, self.division)

    def acting(self) -> Actor:
        """Give who decides; in the made-up town everybody may try."""
        if self.project.is_made_up:
            return Actor("planner", account="demo")
        return actor_of_visitor() or Actor("resident")


def division_name(say: Words, key: str) -> str:
    """Name a division: in words, or the file that people brought."""
    brought = comparison.own_name(key)
    return brought or say(f"planner.division_{key}")


def cluster_name(say: Words, names: Sequence[str], number: int) -> str:
    """Give what residents call a neighbourhood, or its number when they do not agree."""
    return " / ".join(names) or say("planner.nameless", number=number)


# --- The map --------------------------------------------------------------------------------------


def official_url(view: View) -> str:
    """Give the address of the division's areas."""
    if comparison.own_name(view.division):
        return shapes.own_address(view.division)
    year = comparison.areas(view.study, view.division).attrs["year"]
    return f"geo/{view.project.municipality}/{view.division}-{year}.topojson"


def official(view: View, *, select: bool = False, labels: bool = False) -> Areas:
    """Give the official lines, above everything that is filled."""
    return Areas(official_url(view), view.division, select=select, labels=labels)


def bands_url(table: gpd.GeoDataFrame) -> str:
    """Give the address of bands (index percent), the widest first."""
    classed = gpd.GeoDataFrame(
        {"class": table.index.astype(str)}, geometry=table.geometry.array, crs=table.crs
    )
    return shapes.address(shapes.packed({"areas": classed}))


@lru_cache(maxsize=16)
def _area_cores(study: Study, division: str) -> Answer:
    made = fits.cores(study, division)[["geometry"]]
    return shapes.packed({"areas": made.assign(**{"class": "50"})}, loose_m=LOOSE_M)


def area_cores_url(view: View) -> str:
    """Give the address of the cores of the residents of every official area."""
    return shapes.address(_area_cores(view.study, view.division))


@lru_cache(maxsize=16)
def _cluster_cores(study: Study, cut: float, language: Words) -> Answer:
    made = neighbourhoods.cores(study, cut)[["geometry"]]
    names = comparison.neighbourhoods(study, cut)["names"]
    # Without a name they agree on, a number is all that fits on a map.
    called = [
        " / ".join(names[number]) or language("planner.numbered", number=number) for number in made.index
    ]
    named = made.assign(name=called, **{"class": "50"})
    return shapes.packed({"areas": named}, loose_m=LOOSE_M)


def cluster_cores_url(view: View, cut: float) -> str:
    """Give the address of the cores of all experienced neighbourhoods, with their names."""
    return shapes.address(_cluster_cores(view.study, cut, view.say))


def show_map(
    view: View,
    key: str,
    layers: Sequence[Shapes],
    *,
    around: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    on_choose: Callable[[str], None] | None = None,
) -> None:
    """Show a map with the base map below and its makers in the corner."""
    bounds = comparison.extent(view.study) if around is None or around.empty else _bounds(around)

    def clicked() -> None:
        chosen = (st.session_state.get(key) or {}).get("selected")
        if chosen and on_choose is not None:
            on_choose(str(chosen["code"]))

    canvas.show(
        [*ground.layers(view.project.municipality), *layers],
        key,
        words=view.say,
        bounds=bounds,
        credit=credit(view),
        on_select=clicked,
    )


def _bounds(around: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[float, float, float, float]:
    west, south, east, north = around.to_crs("EPSG:4326").total_bounds
    return float(west), float(south), float(east), float(north)


def credit(view: View) -> str:
    """Say who made what is on the map."""
    return ground.credit(view.project.municipality, _areas_credit(view))


def _areas_credit(view: View) -> str:
    if view.project.is_made_up:
        return view.say("demo.label")
    return comparison.credit(view.study, view.division)


def legend(items: Sequence[tuple[Look, str]]) -> None:
    """Say what the looks on the map mean, each with its pattern."""
    rows = "".join(f"<li>{swatch(look)}<span>{html.escape(text)}</span></li>" for look, text in items)
    st.html(f'<ul class="buurt-legend buurt-classes">{rows}</ul>')


def swatch(look: Look) -> str:
    """Give a small sample of a look, as HTML."""
    if not look.fill:
        kind = "solid" if not look.dash else ("dotted" if float(look.dash.split()[0]) < 4 else "dashed")
        return f'<i class="buurt-line" style="border-top:{look.weight}px {kind} {look.line}"></i>'
    pattern = f" buurt-{look.pattern}" if look.pattern else ""
    edge = look.line or "transparent"
    tint = f"--tint:{look.fill};--dense:{look.opacity};border-color:{edge}"
    return f'<i class="buurt-swatch{pattern}" style="{tint}"></i>'


def core_legend(view: View, bands: pd.DataFrame, n: int) -> None:
    """Say in people what the three bands mean."""
    legend(
        [
            (
                CORES[str(percent)],
                view.say("planner.band", people=int(bands["people"][percent]), n=n, percent=percent),
            )
            for percent in comparison.BANDS
            if not bands.geometry[percent].is_empty
        ]
    )


# --- Choosing -------------------------------------------------------------------------------------


def choose(
    view: View, key: str, label: str, names: "pd.Series[str]", *, first: bool = False
) -> Hashable | None:
    """Let one thing be chosen from a list, by keyboard too; the address remembers it.

    None stands for all of them; with `first` the first is chosen to begin with.
    """
    options = list(names.index)
    if key in st.session_state and st.session_state[key] not in ([] if first else [None]) + options:
        st.session_state[key] = options[0] if first else None
    chosen: Hashable | None = st.selectbox(
        label,
        options,
        index=0 if first else None,
        key=key,
        bind="query-params",
        format_func=lambda one: str(names[one]),
        placeholder=view.say("planner.choose"),
    )
    return chosen


def chooser(key: str, kind: type = str) -> Callable[[Hashable], None]:
    """Give a function that chooses what was clicked on a map or in a table."""

    def chosen(code: Hashable) -> None:
        st.session_state[key] = kind(str(code))

    return chosen


def unique(names: "pd.Series[str]") -> "pd.Series[str]":
    """Add the code to names that occur more than once: two buurten of one town may share a name."""
    twice = names.duplicated(keep=False)
    return names.where(~twice, names + " (" + names.index.astype(str) + ")")


def clusters(view: View, cut: float | None = None) -> "pd.Series[str]":
    """Name the experienced neighbourhoods that enough residents drew, by number."""
    table = comparison.neighbourhoods(view.study, CUT if cut is None else cut)
    table = table[table["level"] != "none"]
    named = pd.Series(
        [cluster_name(view.say, table["names"][number], number) for number in table.index],
        table.index,
        dtype=object,
    )
    twice = named.duplicated(keep=False)
    numbered = pd.Series([f"{name} ({number})" for number, name in named.items()], named.index, dtype=object)
    return named.where(~twice, numbered)


# --- Sources --------------------------------------------------------------------------------------


def source(view: View, *more: str) -> None:
    """Say how many drawings an answer rests on, whose borders these are, and of which year."""
    attrs = comparison.areas(view.study, view.division).attrs
    whose = [view.named_division, *(str(attrs.get(fact) or "") for fact in ("source", "year"))]
    if not attrs.get("year") and attrs.get("date"):
        whose[-1] = view.say("planner.source_brought", day=date.fromisoformat(str(attrs["date"])))
    # A file that people brought is its own source.
    borders = ", ".join(dict.fromkeys(filter(None, whose)))
    told = view.say("planner.source", n=view.n, borders=borders)
    st.caption(" ".join([told, *(text for text in more if text)]))


def refused(view: View, problem: BuurtError) -> None:
    """Say in words why there is no answer."""
    st.info(view.say.error(problem))
