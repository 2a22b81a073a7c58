"""Facilities: what the core has and the figures miss, how near it is, and what residents tell."""

import math
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from geo.privacy_limits import MIN_PEOPLE
from maps.charts import DotChart
from maps.class_styles import CORES, GAP
from maps.interactive.leaflet_layers import BrowserLayer, FacilityLayer
from maps.interactive.planner_layers import ClassifiedLayer, ResidentPlaceLayer, SelectionLayer
from study.analysis import comparison, facilities
from study.analysis.facilities import NORMS, THEMES
from ui import map_data
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column, show_table
from ui.pages.planner.section import (
    PlannerContext,
    are_items_shown,
    chart_rows,
    clusters,
    decimal_sign,
    no_core,
    require_switch,
    select_one,
    show_chart,
    show_rows,
    source,
    two_panes,
)
from ui.pages.planner.workbench.planner_map import (
    Legend,
    bands_url,
    official,
    official_url,
    place_signs,
    show_map,
)

MIN_GAP_M2 = 2_500.0
"""A smaller gap is the corner of a cell, not a place."""

MIN_CUT_OFF = 0.01
"""From so many homes without a way to any facility on it is said."""


def show(view: PlannerContext) -> None:
    """Show it."""
    say, names = view.say, clusters(view)
    if names.empty:
        st.info(say("planner.too_few"))
        return
    first, second = st.columns([1, 2], vertical_alignment="bottom")
    with first:
        chosen = select_one(view, "buurt", say("planner.neighbourhood"), names, first=True)
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
    both = facilities.compared_areas(view.study, cluster, view.division)
    if both.core.is_empty:
        st.info(no_core(view, str(names[cluster]), both.n))
        return
    found = facilities.facility_counts(view.study, cluster, view.division)
    st.markdown(_sentence(view, escape_markdown(str(names[cluster])), both, theme, found.T[theme]))
    for one in facilities.facilities_of_theme(view.study, theme).attrs.get("not_fetched", ()):
        st.warning(view.say("download.not_fetched", source=one))
    left, right = two_panes()
    with right:
        _chart(view, found)
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
    view: PlannerContext,
    name: str,
    both: facilities.ComparedAreas,
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


def _chart(view: PlannerContext, found: pd.DataFrame) -> None:
    """Show of every kind how many lie in the core and in the official area."""
    say = view.say
    shown = found[found["known"]]
    shown = pd.DataFrame(shown.assign(name=[say(f"planner.theme_{key}") for key in shown.index]))
    # How many lie there is known, not estimated from people: no interval, and no number of people.
    series = {"in_core": say("planner.col_in_core"), "in_area": say("planner.col_in_area")}
    rows = [
        chart_rows(view, shown.drop(columns="n", errors="ignore"), column, spec=",.0f", series=name)
        for column, name in series.items()
    ]
    settings = DotChart(
        say("planner.chart_supply_axis"),
        say("planner.chart_supply"),
        "number",
        decimal=decimal_sign(say),
        series=tuple(series.values()),
    )
    show_chart(view, "supply_chart", pd.concat(rows), settings)


def _counts(view: PlannerContext, both: facilities.ComparedAreas, found: pd.DataFrame) -> None:
    say = view.say
    shown = found[found["known"]]
    shown = shown.assign(name=[say(f"planner.theme_{key}") for key in shown.index])
    show_rows(
        view,
        shown,
        [
            Column("name", say("planner.col_theme")),
            Column("in_core", say("planner.col_in_core"), ",.0f"),
            Column("in_area", say("planner.col_in_area"), ",.0f"),
            Column("only_core", say("planner.col_only_core"), ",.0f"),
            Column("only_area", say("planner.col_only_area"), ",.0f"),
            Column("core_per_1000", say("planner.col_core_1000"), ".1f", is_extra=True),
            Column("area_per_1000", say("planner.col_area_1000"), ".1f", is_extra=True),
        ],
        key="supply_table",
        published="supply",
    )
    for one, date in dict.fromkeys(zip(shown["source"], shown["date"], strict=True)):
        st.caption(say("planner.supply_source", source=one, date=date))
    if both.area and len(shown):
        st.caption(say("planner.supply_area", area=both.area))


def _reach(view: PlannerContext, cluster: int, theme: str, *, known: bool) -> facilities.CoreAccessibility:
    say, norm = view.say, NORMS[theme]
    if not known:
        return facilities.core_accessibility(view.study, cluster, theme, norm.reach_m)
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
    reach = facilities.core_accessibility(view.study, cluster, theme, float(metres))
    way = "" if reach.basis == "streets" else "_straight"
    if reach.within is not None:
        # Without a way to any facility there is no distance that nine in ten have at most.
        full = "" if math.isfinite(reach.p90_m or 0.0) else "_part"
        st.markdown(
            say(
                f"planner.reach_homes{full}{way}",
                within=reach.within,
                homes=reach.homes,
                metres=int(metres),
                **({} if full else {"median": reach.median_m or 0.0, "p90": reach.p90_m or 0.0}),
            )
        )
        if (reach.cut_off or 0.0) > MIN_CUT_OFF:
            st.markdown(say("planner.cut_off", share=reach.cut_off))
    elif reach.covered is not None:
        st.markdown(say(f"planner.reach_ground{way}", covered=reach.covered, metres=int(metres)))
    if reach.basis == "streets":
        st.caption(say("planner.along_streets", date=reach.streets_date))
    else:
        st.caption(say("planner.straight"))
    return reach


def _map(
    view: PlannerContext,
    cluster: int,
    theme: str,
    both: facilities.ComparedAreas,
    reach: facilities.CoreAccessibility,
) -> None:
    say = view.say
    bands = comparison.contours(view.study, cluster, smooth=True)
    core = bands.loc[[50]]
    layers: list[BrowserLayer] = [ClassifiedLayer("core", bands_url(core), CORES)]
    crs = bands.crs
    if shapely.area(reach.gap) >= MIN_GAP_M2:
        gap = gpd.GeoDataFrame({"class": ["gap"]}, geometry=[reach.gap], crs=crs)
        layers.append(
            ClassifiedLayer(
                "gap", map_data.register_shapes(map_data.encode_shapes({"areas": gap}, loose_m=2.0)), GAP
            )
        )
    layers.append(official(view))
    if both.code:
        layers.append(SelectionLayer(official_url(view), both.code))
    table = facilities.facilities_of_theme(view.study, theme)[["name", "kind", "geometry"]]
    if len(table):
        points = table.set_geometry(table.representative_point())
        layers.append(
            FacilityLayer(map_data.register_shapes(map_data.encode_shapes({"facilities": points})), theme)
        )
    places = facilities.resident_places(view.study, cluster, view.division)
    places = places[places["theme"] == theme]
    if len(places) and are_items_shown(view):
        named = places.assign(name=[_place_label(view, row) for row in places.to_dict("records")])
        layers.append(
            ResidentPlaceLayer(
                map_data.register_shapes(
                    map_data.encode_shapes({"places": named[["theme", "kind", "name", "geometry"]]})
                )
            )
        )
    around = gpd.GeoSeries([both.core.union(both.official)], crs=crs)
    way = "" if reach.basis == "streets" else "_straight"
    legend: dict[str, Legend] = {
        "core": [(CORES["50"], say("planner.band", people=int(bands["people"][50]), n=both.n, percent=50))],
        "gap": [(GAP["gap"], say(f"planner.gap{way}", metres=int(reach.reach_m)))],
        "places": place_signs(view, theme),
    }
    show_map(view, "facilities_map", layers, around=around, legend=legend)
    if len(table) or len(places):
        st.caption(say("planner.signs", theme=say(f"planner.theme_{theme}").lower()))
    source(view)


def _place_label(view: PlannerContext, row: dict[str, object]) -> str:
    say, kind, theme, year = view.say, row["kind"], row["theme"], row["year"]
    text = say(f"planner.place_{kind}") + ": " + say(f"planner.theme_{theme}").lower()
    return text if pd.isna(year) else f"{text}, {year}"  # type: ignore[call-overload]


def _lists(view: PlannerContext, cluster: int, theme: str) -> None:
    say = view.say
    listed = facilities.list_facilities(view.study, cluster, view.division, theme)
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
                    say(f"export.kind_{kind}") if kind in facilities.KINDS else kind for kind in mine["kind"]
                ],
            )
            show_table(
                say,
                pd.DataFrame(shown.drop(columns="geometry")),
                [
                    Column("name", say("planner.col_name")),
                    Column("kind", say("planner.col_kind")),
                    Column("source", say("planner.col_source")),
                ],
                key=f"list_{where}",
            )


def _places(view: PlannerContext, cluster: int) -> None:
    say = view.say
    counted = facilities.count_resident_places(view.study, cluster, view.division)
    if not counted.to_numpy().any():
        return
    st.subheader(say("planner.places_title"))
    few = say("planner.fewer_than", n=MIN_PEOPLE)
    numbers = counted.map(lambda n: few if 0 < n < MIN_PEOPLE else say.number(float(n)))
    shown = numbers.assign(name=[say(f"planner.theme_{key}") for key in numbers.index])
    show_table(
        say,
        shown,
        [
            Column("name", say("planner.col_theme")),
            Column("met", say("planner.place_met")),
            Column("missing", say("planner.place_missing")),
            Column("vanished", say("planner.place_vanished")),
        ],
        key="places_table",
    )
    if not require_switch(view, "places"):
        return
    gone = facilities.resident_places(view.study, cluster, view.division)
    gone = gone[gone["kind"] == "vanished"]
    if len(gone):
        st.markdown(f"**{say('planner.vanished_title', n=len(gone))}**")
        places = pd.DataFrame(gone.drop(columns="geometry"))
        places["name"] = [say(f"planner.theme_{key}") for key in places["theme"]]
        places["year"] = [None if pd.isna(year) else str(year) for year in places["year"]]
        show_table(
            say,
            places,
            [
                Column("name", say("planner.col_theme")),
                Column("year", say("planner.col_gone_year")),
                Column("words", say("planner.col_words")),
                Column("lost", say("planner.col_lost")),
            ],
            key="vanished_table",
        )


def _benches(view: PlannerContext, cluster: int) -> None:
    say = view.say
    found = facilities.bench_spacing(view.study, cluster)
    if found.empty:
        return
    st.subheader(say("planner.benches_title"))
    worst = found.iloc[0]
    st.markdown(
        say(
            "planner.benches",
            street=str(found.index[0]),
            metres=worst["longest_m"],
            norm=int(facilities.BENCH_NORM_M),
            short=int((found["longest_m"] > facilities.BENCH_NORM_M).sum()),
            streets=len(found),
        )
    )
    show_table(
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
