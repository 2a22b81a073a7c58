"""Facilities: what the core has and the figures miss, how near it is, and what residents tell."""

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from maps.layers import Facilities, Shapes
from maps.planner import CORES, GAP, Chosen, Classed, Places
from study import comparison, facility_answers
from study.facility_answers import NORMS, THEMES
from ui import shapes, tables
from ui.markdown import plain
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

LEAST_GAP_M2 = 2_500.0
"""A smaller gap is the corner of a cell, not a place."""


def show(view: View) -> None:
    """Show it."""
    say, names = view.say, frame.clusters(view)
    if names.empty:
        st.info(say("planner.too_few"))
        return
    first, second = st.columns(2)
    with first:
        chosen = frame.choose(view, "buurt", say("planner.neighbourhood"), names, first=True)
    with second:
        theme = st.pills(
            say("planner.theme"),
            list(THEMES),
            default=THEMES[0],
            format_func=lambda key: say(f"planner.theme_{key}"),
            key="thema",
            bind="query-params",
            wrap=True,
            required=True,
        )
    cluster = int(str(chosen))
    theme = str(theme or THEMES[0])
    both = facility_answers.ground(view.study, cluster, view.division)
    if both.core.is_empty:
        st.info(say("planner.no_core", name=plain(str(names[cluster])), n=both.n))
        return
    found = facility_answers.summary(view.study, cluster, view.division)
    st.markdown(_sentence(view, plain(str(names[cluster])), both, theme, found.T[theme]))
    left, right = st.columns(2)
    with right:
        _counts(view, both, found)
        reach = _reach(view, cluster, theme, known=bool(found.T[theme]["known"]))
    with left:
        _map(view, cluster, theme, both, reach)
    if found.T[theme]["known"]:
        _lists(view, cluster, theme)
    _places(view, cluster)
    if theme == "bench":
        _benches(view, cluster)


def _sentence(
    view: View,
    name: str,
    both: facility_answers.Ground,
    theme: str,
    row: "pd.Series[Any]",
) -> str:
    say, what = view.say, view.say(f"planner.theme_{theme}").lower()
    if not row["known"]:
        return say("planner.supply_unknown", theme=what)
    if not both.code:
        return say("planner.supply_core", name=name, theme=what, n=int(row["in_core"]), drawers=both.n)
    return say(
        "planner.supply",
        name=name,
        area=both.area,
        theme=what,
        core=int(row["in_core"]),
        official=int(row["in_area"]),
        only_core=int(row["only_core"]),
        only_area=int(row["only_area"]),
        drawers=both.n,
    )


def _counts(view: View, both: facility_answers.Ground, found: pd.DataFrame) -> None:
    say = view.say
    shown = found[found["known"]]
    shown = shown.assign(name=[say(f"planner.theme_{key}") for key in shown.index])
    tables.show(
        say,
        shown,
        [
            Column("name", say("planner.col_theme")),
            Column("in_core", say("planner.col_in_core"), ",.0f"),
            Column("in_area", say("planner.col_in_area"), ",.0f"),
            Column("only_core", say("planner.col_only_core"), ",.0f"),
            Column("only_area", say("planner.col_only_area"), ",.0f"),
            Column("core_per_1000", say("planner.col_core_1000"), ".1f"),
            Column("area_per_1000", say("planner.col_area_1000"), ".1f"),
        ],
        key="supply_table",
    )
    for one, date in dict.fromkeys(zip(shown["source"], shown["date"], strict=True)):
        st.caption(say("planner.supply_source", source=one, date=date))
    if both.area and len(shown):
        st.caption(say("planner.supply_area", area=both.area))


def _reach(view: View, cluster: int, theme: str, *, known: bool) -> facility_answers.Reach:
    say, norm = view.say, NORMS[theme]
    if not known:
        return facility_answers.reach(view.study, cluster, theme, norm.reach_m)
    metres = st.number_input(
        say("planner.norm", theme=say(f"planner.theme_{theme}").lower()),
        min_value=25,
        max_value=2000,
        value=int(norm.reach_m),
        step=25,
        key=f"norm_{theme}",
        bind="query-params",
    )
    st.caption(say("planner.norm_source", metres=norm.reach_m, source=norm.source))
    reach = facility_answers.reach(view.study, cluster, theme, float(metres))
    if reach.within is not None:
        st.markdown(
            say(
                "planner.reach_homes",
                within=reach.within,
                homes=reach.homes,
                metres=int(metres),
                median=reach.median_m or 0.0,
                p90=reach.p90_m or 0.0,
            )
        )
    elif reach.covered is not None:
        st.markdown(say("planner.reach_ground", covered=reach.covered, metres=int(metres)))
    st.caption(say("planner.straight"))
    return reach


def _map(
    view: View, cluster: int, theme: str, both: facility_answers.Ground, reach: facility_answers.Reach
) -> None:
    say = view.say
    bands = comparison.bands(view.study, cluster, smooth=True)
    core = bands.loc[[50]]
    layers: list[Shapes] = [Classed("core", frame.bands_url(core), CORES)]
    crs = bands.crs
    if shapely.area(reach.gap) >= LEAST_GAP_M2:
        gap = gpd.GeoDataFrame({"class": ["gap"]}, geometry=[reach.gap], crs=crs)
        layers.append(Classed("gap", shapes.address(shapes.packed({"areas": gap}, loose_m=2.0)), GAP))
    layers.append(frame.official(view, labels=True))
    if both.code:
        layers.append(Chosen(frame.official_url(view), both.code))
    table = facility_answers.facilities(view.study, theme)[["name", "kind", "geometry"]]
    if len(table):
        points = table.set_geometry(table.representative_point())
        layers.append(Facilities(shapes.address(shapes.packed({"facilities": points})), theme))
    places = facility_answers.places(view.study, cluster, view.division)
    places = places[places["theme"] == theme]
    if len(places):
        named = places.assign(name=[_told(view, row) for row in places.to_dict("records")])
        layers.append(
            Places(shapes.address(shapes.packed({"places": named[["theme", "kind", "name", "geometry"]]})))
        )
    around = gpd.GeoSeries([both.core.union(both.official)], crs=crs)
    frame.show_map(view, "facilities_map", layers, around=around)
    looks = [(CORES["50"], say("planner.band", people=int(bands["people"][50]), n=both.n, percent=50))]
    if shapely.area(reach.gap) >= LEAST_GAP_M2:
        looks.append((GAP["gap"], say("planner.gap", metres=int(reach.reach_m))))
    frame.legend(looks)
    if len(table) or len(places):
        st.caption(say("planner.signs", theme=say(f"planner.theme_{theme}").lower()))
    frame.source(view)


def _told(view: View, row: dict[str, object]) -> str:
    say, kind, theme, year = view.say, row["kind"], row["theme"], row["year"]
    text = say(f"planner.place_{kind}") + ": " + say(f"planner.theme_{theme}").lower()
    return text if pd.isna(year) else f"{text}, {year}"  # type: ignore[call-overload]


def _lists(view: View, cluster: int, theme: str) -> None:
    say = view.say
    listed = facility_answers.listed(view.study, cluster, view.division, theme)
    for column, where in zip(st.columns(2), ("core_only", "official_only"), strict=True):
        mine = listed[listed["where"] == where]
        with column:
            if mine.empty:
                st.markdown(say(f"planner.list_{where}_none"))
                continue
            title = say(f"planner.list_{where}", n=len(mine))
            st.markdown(f"**{title}**")
            shown = mine.assign(
                name=mine["name"].where(mine["name"] != "", say("planner.unnamed")),
                kind=[
                    say(f"export.kind_{kind}") if kind in facility_answers.KINDS else kind
                    for kind in mine["kind"]
                ],
            )
            tables.show(
                say,
                pd.DataFrame(shown.drop(columns="geometry")),
                [
                    Column("name", say("planner.col_name")),
                    Column("kind", say("planner.col_kind")),
                    Column("source", say("planner.col_source")),
                ],
                key=f"list_{where}",
            )


def _places(view: View, cluster: int) -> None:
    say = view.say
    counted = facility_answers.places_counted(view.study, cluster, view.division)
    if not counted.to_numpy().sum():
        return
    st.subheader(say("planner.places_title"))
    shown = counted.assign(name=[say(f"planner.theme_{key}") for key in counted.index])
    tables.show(
        say,
        shown,
        [
            Column("name", say("planner.col_theme")),
            Column("met", say("planner.place_met"), ",.0f"),
            Column("missing", say("planner.place_missing"), ",.0f"),
            Column("vanished", say("planner.place_vanished"), ",.0f"),
        ],
        key="places_table",
    )
    gone = facility_answers.places(view.study, cluster, view.division)
    gone = gone[gone["kind"] == "vanished"]
    if len(gone):
        st.markdown(f"**{say('planner.vanished_title', n=len(gone))}**")
        told = pd.DataFrame(gone.drop(columns="geometry"))
        told["name"] = [say(f"planner.theme_{key}") for key in told["theme"]]
        told["year"] = [None if pd.isna(year) else str(year) for year in told["year"]]
        tables.show(
            say,
            told,
            [
                Column("name", say("planner.col_theme")),
                Column("year", say("planner.col_gone_year")),
                Column("words", say("planner.col_words")),
                Column("lost", say("planner.col_lost")),
            ],
            key="vanished_table",
        )


def _benches(view: View, cluster: int) -> None:
    say = view.say
    found = facility_answers.benches_along(view.study, cluster)
    if found.empty:
        return
    st.subheader(say("planner.benches_title"))
    worst = found.iloc[0]
    st.markdown(
        say(
            "planner.benches",
            street=str(found.index[0]),
            metres=worst["longest_m"],
            norm=int(facility_answers.BENCH_NORM_M),
            short=int((found["longest_m"] > facility_answers.BENCH_NORM_M).sum()),
            streets=len(found),
        )
    )
    tables.show(
        say,
        found.assign(street=found.index),
        [
            Column("street", say("planner.col_street")),
            Column("length_m", say("planner.col_length"), ",.0f"),
            Column("benches", say("planner.col_benches"), ",.0f"),
            Column("longest_m", say("planner.col_longest"), ",.0f"),
            Column("served", say("planner.col_served"), ".0%"),
        ],
        key="benches_table",
    )
