"""Experienced neighbourhoods: their names, cores, agreement and firmness."""

from collections.abc import Hashable

import pandas as pd
import streamlit as st

from geo.consensus.clustering import CUT
from i18n import Translator
from maps.charts import DotChart
from maps.class_styles import CORES, DISPUTED
from maps.interactive.leaflet_layers import BrowserLayer
from maps.interactive.planner_layers import ClassifiedLayer
from maps.interactive.topojson import EncodedTopology
from study.analysis import comparison, neighbourhoods
from study.answer_cache import cached_answer
from study.context import Study
from ui import map_data
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column
from ui.pages.planner.evidence import weighted
from ui.pages.planner.section import (
    PlannerContext,
    chart_rows,
    clusters,
    decimal_sign,
    interval,
    no_core,
    select_one,
    selection_handler,
    show_chart,
    show_rows,
    source,
    two_panes,
)
from ui.pages.planner.workbench.planner_map import (
    LOOSE_M,
    Legend,
    bands_url,
    card_facts,
    cluster_cores_url,
    core_legend,
    official,
    show_map,
)

CUTS = (0.6, 0.65, 0.7, 0.75, CUT, 0.85, 0.9)

MAX_PULL = 0.2
"""Part of the core that one drawing may change before we warn."""

MIN_DISPUTED_M2 = 20_000.0
"""Smaller ground that two neighbourhoods share is no dispute, but the width of a pencil."""


def show(view: PlannerContext) -> None:
    """Show it; how widely drawings are grouped is chosen below what it changes."""
    top = st.container()
    cut = _cut(view.say)
    with top:
        _show_grouped(view, cut)


def _show_grouped(view: PlannerContext, cut: float) -> None:
    say = view.say
    table = neighbourhoods.neighbourhood_table(view.study, view.division, cut)
    if table.empty:
        st.info(say("planner.too_few"))
        return
    names = clusters(view, cut)
    certain = [say(f"planner.level_{one}") for one in table["level"]]
    needed = [say(f"planner.needed_{one}") for one in table["needed"]]
    between = [interval(view, *ends) for ends in table[["share_low", "share_high"]].to_numpy()]
    table = table.assign(name=names.reindex(table.index), certain=certain, needed=needed, between=between)
    without = table[~table["same_name"] & (table["names"].map(len) > 0)]
    st.markdown(
        say("planner.found", n=len(table), drawers=int(table["n"].sum()), of=view.n)
        + " "
        + (say("planner.no_twin", names=", ".join(without["name"])) if len(without) else "")
    )
    left, right = two_panes()
    with right:
        chosen = select_one(view, "buurt", say("planner.neighbourhood"), names)
        if chosen is not None:
            _firmness(view, int(str(chosen)), cut, table)
        _chart(view, table, chosen)
        show_rows(
            view,
            table,
            [
                Column("name", say("planner.col_name")),
                Column("n", say("planner.col_n"), ",.0f"),
                Column("share", say("planner.col_name_share"), ".0%"),
                Column("official", say("planner.col_official")),
                Column("iou", say("planner.col_iou"), ".0%"),
                Column("area_ha", say("planner.col_core_ha"), ",.0f", is_extra=True),
                Column("between", say("planner.col_name_between"), is_extra=True),
                Column("repeatability", say("planner.col_repeatability"), ".0%", is_extra=True),
                Column("certain", say("planner.col_certain"), is_extra=True),
                Column("needed", say("planner.col_needed"), is_extra=True),
            ],
            key="neighbourhoods_table",
            published="neighbourhoods",
            chosen=chosen,
            on_choose=selection_handler("buurt", int),
        )
    cluster = None if chosen is None else int(str(chosen))
    with left:
        _map(view, cluster, cut, table)
    if st.toggle(say("planner.show_weighted"), key="gewogen", bind="query-params"):
        weighted.show(view, cluster, cut, table["name"])


def _cut(say: Translator) -> float:
    """Show how widely drawings are grouped, let it be changed, and return it."""
    cut: float = st.select_slider(
        say("planner.cut"),
        CUTS,
        CUT,
        format_func=lambda one: say.number(one, ".2f"),
        key="snede",
        bind="query-params",
    )
    st.caption(say("planner.cut_help"))
    return cut


def _chart(view: PlannerContext, table: pd.DataFrame, chosen: Hashable) -> None:
    say = view.say
    settings = DotChart(
        say("planner.col_name_share"),
        say("planner.chart_names"),
        decimal=decimal_sign(say),
        chosen="" if chosen is None else str(chosen),
    )
    rows = chart_rows(view, table, "share", between=("share_low", "share_high"))
    show_chart(view, "neighbourhoods_chart", rows, settings, on_choose=selection_handler("buurt", int))


def _map(view: PlannerContext, cluster: int | None, cut: float, table: pd.DataFrame) -> None:
    say = view.say
    disputed = st.toggle(say("planner.show_disputed"), key="omstreden", bind="query-params")
    over: list[BrowserLayer] = []
    legend: dict[str, Legend] = {"disputed": [(DISPUTED["disputed"], say("planner.disputed"))]}
    if disputed:
        over = [
            ClassifiedLayer(
                "disputed", map_data.register_shapes(_disputed(view.study, cut, view.say.language)), DISPUTED
            )
        ]
    if cluster is None:
        layers: list[BrowserLayer] = [
            ClassifiedLayer("cores", cluster_cores_url(view, cut), CORES, select=True, labels=True),
            *over,
            official(view),
        ]
        legend["cores"] = [(CORES["50"], say("planner.cores_clusters"))]
        around = None
    else:
        bands = comparison.contours(view.study, cluster, cut, smooth=True)
        layers = [ClassifiedLayer("cores", bands_url(bands), CORES), *over, official(view)]
        legend["cores"] = core_legend(view, bands, len(comparison.cluster_members(view.study, cluster, cut)))
        around = bands
    show_map(
        view,
        "neighbourhoods_map",
        layers,
        around=around,
        legend=legend,
        facts=_cards(say, table),
        chosen="" if cluster is None else f"cores/{cluster}",
        on_choose=selection_handler("buurt", int),
    )
    source(view)


def _cards(say: Translator, table: pd.DataFrame) -> dict[str, list[str]]:
    """Return what the card of each core says; an official area of the same code has no part in it."""
    return card_facts(
        table.set_axis([f"cores/{cluster}" for cluster in table.index]),
        lambda row: say("planner.chart_n", n=int(row["n"])),
        lambda row: say("planner.card_name", share=row["share"]) if pd.notna(row["share"]) else "",
        lambda row: say("planner.card_core_ha", ha=row["area_ha"]) if pd.notna(row["area_ha"]) else "",
        lambda row: (
            say("planner.card_like", area=row["official"], iou=row["iou"])
            if pd.notna(row["official"]) and pd.notna(row["iou"])
            else ""
        ),
    )


@cached_answer
def _disputed(study: Study, cut: float, _language: str) -> EncodedTopology:
    found = neighbourhoods.disputed_ground(study, cut)
    found = found[found["area_m2"] >= MIN_DISPUTED_M2][["geometry"]]
    keyed = found.set_index(pd.Index([f"{one}-{other}" for one, other in found.index], dtype=str))
    return map_data.encode_shapes({"areas": keyed.assign(**{"class": "disputed"})}, loose_m=LOOSE_M)


def _firmness(view: PlannerContext, cluster: int, cut: float, table: pd.DataFrame) -> None:
    say, row = view.say, table.T[cluster]
    found = neighbourhoods.stability(view.study, cluster, view.division, cut)
    name, n = str(row["name"]), int(row["n"])
    agreed = {"name": escape_markdown(name), "n": n, "agreement": found.agreement}
    parts = [
        say("planner.firm_agreement", **agreed, low=found.low, high=found.high)
        if found.low is not None
        else say("planner.firm_agreement_few", **agreed)
    ]
    parts += _core_sentences(view, found, name, n)
    if found.largest_pull is not None and found.largest_pull > MAX_PULL:
        parts.append(say("planner.firm_pull", share=found.largest_pull))
    edge = neighbourhoods.edge_certainty(view.study, cluster, cut)
    if edge is not None:
        vague, partly = edge.vague_percent / 100, edge.partly_percent / 100
        parts.append(say("planner.firm_edge", n=edge.n, vague=vague, partly=partly))
    if pd.notna(row["official"]):
        official_fit = {"area": row["official"], "iou": row["iou"]}
        parts.append(
            say("planner.firm_official", **official_fit)
            if found.iou_low is None
            else say("planner.firm_official_between", **official_fit, low=found.iou_low, high=found.iou_high)
        )
        if found.edge_m is not None:
            parts.append(
                say("planner.firm_edge_distance", area=row["official"], metres=round(found.edge_m, -1))
            )
    if found.together:
        names = comparison.division_areas(view.study, view.division)["name"]
        listed = ", ".join(escape_markdown(str(names[code])) for code in found.together)
        parts.append(say("planner.firm_together", areas=listed, iou=found.together_iou))
    st.markdown(" ".join(parts))


def _core_sentences(view: PlannerContext, found: neighbourhoods.Stability, name: str, n: int) -> list[str]:
    """Return what is said of the core: how large, how sure, and how many more drawings it needs."""
    say = view.say
    if found.area_ha is None:
        return [no_core(view, name, n)]
    if found.area_low_ha is None:
        return [say("planner.firm_core_few", ha=found.area_ha)]
    parts = [say("planner.firm_core", ha=found.area_ha, low=found.area_low_ha, high=found.area_high_ha)]
    if found.repeatability is not None:
        parts.append(say("planner.firm_repeatability", iou=found.repeatability))
        parts.append(say("planner.firm_needed", needed=say(f"planner.needed_{found.needed}")))
    return parts
