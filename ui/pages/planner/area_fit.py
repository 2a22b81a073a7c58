"""Experienced against official: what residents of each area share, and which division fits best."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from geo.errors import TooFewSketches
from maps.charts import DotChart
from maps.class_styles import CORES
from maps.interactive.leaflet_layers import BrowserLayer
from maps.interactive.planner_layers import ClassifiedLayer, SelectionLayer
from study.analysis import area_fit, comparison
from study.analysis.evidence import division_fit
from study.analysis.evidence.certainty import MIN_INTERVAL_PEOPLE
from ui.components.table import Column, show_table
from ui.pages.planner.section import (
    PlannerContext,
    chart_rows,
    decimal_sign,
    division_name,
    interval,
    select_one,
    selection_handler,
    show_chart,
    show_rows,
    source,
    two_panes,
    unique,
)
from ui.pages.planner.workbench.planner_map import (
    Legend,
    area_cores_url,
    bands_url,
    card_facts,
    core_legend,
    official,
    official_url,
    show_map,
)


def show(view: PlannerContext) -> None:
    """Show it."""
    say, table = view.say, area_fit.area_fit(view.study, view.division)
    table = table.assign(
        reads=[_verdict(view, row) for row in table.to_dict("records")],
        between=[_between(view, row) for row in table.to_dict("records")],
        certain=[say(f"planner.level_{level}") for level in table["level"]],
        needs=[say(f"planner.needed_{needed}") for needed in table["needed"]],
    ).sort_values(["iou", "n"], ascending=False, na_position="last")
    shared = table.dropna(subset=["iou"])
    if len(shared):
        sure = shared.dropna(subset=["iou_low"])
        ends = {"low": sure["iou_low"].median(), "high": sure["iou_high"].median()}
        st.markdown(
            say(
                "planner.fit_summary",
                division=view.named_division.lower(),
                areas=len(shared),
                near=int((shared["verdict"] == "coincides").sum()),
                median=float(shared["iou"].median()),
                between=say("planner.between", **ends) if len(sure) else "",
            )
        )
    else:
        st.info(say("planner.fit_nothing", division=view.named_division.lower()))
    left, right = two_panes()
    with right:
        code = select_one(view, "gebied", say("planner.area"), unique(table["name"]))
        if code is not None:
            st.markdown(_sentence(view, table.T[str(code)]))
        _chart(view, table, code)
    with left:
        _map(view, None if code is None else str(code), table)
    with right:
        show_rows(
            view,
            table,
            [
                Column("name", say("planner.col_area")),
                Column("n", say("planner.col_n"), ",.0f"),
                Column("iou", say("planner.col_iou"), ".0%"),
                Column("between", say("planner.col_iou_between")),
                Column("reads", say("planner.col_verdict")),
                Column("repeatability", say("planner.col_repeatability"), ".0%", is_extra=True),
                Column("certain", say("planner.col_certain"), is_extra=True),
                Column("needs", say("planner.col_needed"), is_extra=True),
                Column("core_inside", say("planner.col_core_inside"), ".0%", is_extra=True),
                Column("area_inside", say("planner.col_area_inside"), ".0%", is_extra=True),
                Column("split", say("planner.col_split"), ".0%", is_extra=True),
            ],
            key="fit_table",
            published="areas",
            chosen=code,
            on_choose=selection_handler("gebied"),
        )
        st.caption(say("planner.fit_note"))
    _ranking(view)


def _chart(view: PlannerContext, table: pd.DataFrame, code: Hashable) -> None:
    say = view.say
    settings = DotChart(
        say("planner.col_iou"),
        say("planner.chart_cores"),
        decimal=decimal_sign(say),
        chosen=str(code or ""),
    )
    rows = chart_rows(view, table.sort_values("iou"), "iou", between=("iou_low", "iou_high"))
    show_chart(view, "fit_chart", rows, settings, on_choose=selection_handler("gebied"))


def _map(view: PlannerContext, code: str | None, table: pd.DataFrame) -> None:
    url = official_url(view)
    lines = official(view, select=True)
    facts = card_facts(
        table, lambda row: _people(view, row), lambda row: _overlap(view, row), lambda row: str(row["reads"])
    )
    if code is None:
        layers: list[BrowserLayer] = [ClassifiedLayer("cores", area_cores_url(view), CORES), lines]
        seen: Legend = [(CORES["50"], view.say("planner.cores_all"))]
        show_map(
            view,
            "fit_map",
            layers,
            legend={"cores": seen},
            facts=facts,
            on_choose=selection_handler("gebied"),
        )
        source(view)
        return
    units = comparison.division_areas(view.study, view.division)
    around = units.loc[[code], ["geometry"]]
    mine = area_fit.residents_of(view.study, view.division, code)
    try:
        bands = area_fit.area_contours(view.study, view.division, code, smooth=True)
    except TooFewSketches:
        bands = None
    drawn = [] if bands is None else [ClassifiedLayer("cores", bands_url(bands), CORES)]
    if bands is not None:
        around = pd.concat([around, bands[~bands.is_empty][["geometry"]]])
    show_map(
        view,
        "fit_map",
        [*drawn, lines, SelectionLayer(url, code)],
        around=around,
        legend={} if bands is None else {"cores": core_legend(view, bands, len(mine))},
        facts=facts,
        chosen=code,
        on_choose=selection_handler("gebied"),
    )
    source(view)


def _people(view: PlannerContext, row: Mapping[Hashable, Any]) -> str:
    """Return of how many people an answer is: few are not counted out."""
    return view.say("planner.card_few") if pd.isna(row["n"]) else view.say("planner.chart_n", n=int(row["n"]))


def _overlap(view: PlannerContext, row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["iou"]):
        return ""
    text = view.say("planner.card_core", iou=row["iou"])
    return f"{text} ({row['between']})" if row["between"] else text


def _verdict(view: PlannerContext, row: Mapping[Hashable, Any]) -> str:
    """Return the verdict as a word where it is likely enough, else the two likeliest in tenths."""
    say = view.say
    if isinstance(row["verdict"], str):
        return say(f"export.verdict_{row['verdict']}")
    if not isinstance(row["verdict_first"], str):
        return say("planner.verdict_few") if row["n"] < MIN_INTERVAL_PEOPLE else ""
    first = {
        "first": say(f"export.verdict_{row['verdict_first']}"),
        "n_first": round(10 * row["share_first"]),
    }
    # A verdict that hardly ever comes out is no alternative.
    if not isinstance(row["verdict_second"], str) or round(10 * row["share_second"]) == 0:
        return say("planner.verdict_unsure", **first)
    second = say(f"export.verdict_{row['verdict_second']}")
    return say("planner.verdict_mostly", **first, second=second, n_second=round(10 * row["share_second"]))


def _between(view: PlannerContext, row: Mapping[Hashable, Any]) -> str:
    return "" if pd.isna(row["iou"]) else interval(view, row["iou_low"], row["iou_high"])


def _sentence(view: PlannerContext, row: "pd.Series[Any]") -> str:
    say = view.say
    if pd.isna(row["n"]):
        return say("planner.fit_few", name=row["name"])
    about = {"name": row["name"], "n": int(row["n"])}
    level = say(f"planner.level_{row['level']}")
    if row["n"] < MIN_INTERVAL_PEOPLE:
        return say("planner.fit_core_few", **about, level=level)
    if pd.isna(row["iou"]):
        return say("planner.fit_no_core", **about, level=level)
    between = (
        "" if pd.isna(row["iou_low"]) else say("planner.between", low=row["iou_low"], high=row["iou_high"])
    )
    parts = [
        say(f"planner.fit_{row['verdict']}", **about)
        if isinstance(row["verdict"], str)
        else say("planner.fit_unsure", **about, verdict=_verdict(view, row.to_dict())),
        say(
            "planner.fit_numbers",
            iou=row["iou"],
            between=between,
            core=row["core_inside"],
            area=row["area_inside"],
            level=level,
            needed=say(f"planner.needed_{row['needed']}"),
        ),
    ]
    homes = {"n": about["n"], "n_home": int(row["n_home"])}
    parts.append(
        say("planner.fit_placed", **homes)
        if pd.isna(row["own"])
        else say("planner.fit_own", **homes, own=row["own"], low=row["low"], high=row["high"])
    )
    return " ".join(parts)


def _ranking(view: PlannerContext) -> None:
    say, ranked = view.say, division_fit.division_fit(view.study)
    if not (ranked["n"] > 0).any():
        return
    st.subheader(say("planner.ranking_title"))
    # A walk round every home takes seconds: only for who asks.
    if st.toggle(say("planner.with_walks"), key="with_walks"):
        ranked = division_fit.division_fit(view.study, walks=True)
    ranked = ranked[ranked["n"] > 0]
    st.markdown(_ranking_sentence(view, ranked))
    shown = ranked.assign(
        division=[_division_name(view, str(key)) for key in ranked.index],
        fit_between=[
            interval(view, low, high) for low, high in zip(ranked["low"], ranked["high"], strict=True)
        ],
    )
    show_table(
        say,
        shown,
        [
            Column("rank", say("planner.col_rank"), ".0f"),
            Column("division", say("planner.col_division")),
            Column("n", say("planner.col_n_drawings"), ",.0f"),
            Column("fit", say("planner.col_fit"), ".0%"),
            Column("fit_between", say("planner.col_fit_between")),
            Column("mean_iou", say("planner.col_mean_iou"), ".0%"),
            Column("chance", say("planner.col_chance"), ".0%"),
            Column("reached", say("planner.col_reached"), ".0%"),
            Column("split_index", say("planner.col_split_chance"), ".0%"),
        ],
        key="ranking_table",
    )
    st.caption(say("planner.ranking_note"))


def _ranking_sentence(view: PlannerContext, ranked: pd.DataFrame) -> str:
    say, first = view.say, ranked.iloc[0]
    facts: dict[str, Any] = {
        "division": _division_name(view, str(ranked.index[0])),
        "fit": float(first["fit"]),
        "iou": float(first["mean_iou"]),
        "chance": float(first["chance"]),
        "n": int(first["n"]),
    }
    if not division_fit.is_beyond_chance(facts["fit"]):
        sentence = say("planner.ranking_chance", **facts)
    elif len(ranked) == 1:
        sentence = say("planner.ranking_only", **facts)
    elif division_fit.is_sure_best(ranked):
        sentence = say("planner.ranking", **facts)
    else:
        sentence = say("planner.ranking_unsure", **facts, second=_division_name(view, str(ranked.index[1])))
    walks = [str(key) for key in ranked.index if str(key).startswith(division_fit.WALK_PREFIX)]
    official = [str(key) for key in ranked.index if str(key) not in walks]
    if not walks or not official:
        return sentence
    order = list(ranked.index)
    beaten = order.index(official[0]) < order.index(walks[0])
    key = "planner.walks_beaten" if beaten else "planner.walks_win"
    best = {"walk": _division_name(view, walks[0]), "official": _division_name(view, official[0])}
    return f"{sentence} {say(key, **best)}"


def _division_name(view: PlannerContext, key: str) -> str:
    if key.startswith(division_fit.WALK_PREFIX):
        return view.say("planner.division_walk", minutes=int(key.removeprefix(division_fit.WALK_PREFIX)))
    return division_name(view.say, key)
