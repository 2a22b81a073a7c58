"""Experienced neighbourhoods: their names, cores, agreement and firmness."""

from functools import lru_cache

import pandas as pd
import streamlit as st

from geo.clusters import CUT
from maps.layers import Shapes
from maps.planner import CORES, DISPUTED, Classed
from maps.topology import Answer
from study import comparison, neighbourhoods
from study.projects import Study
from ui import shapes, tables
from ui.markdown import plain
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

CUTS = (0.6, 0.65, 0.7, 0.75, CUT, 0.85, 0.9)

LEAST_DISPUTED_M2 = 20_000.0
"""Smaller ground that two neighbourhoods share is no dispute, but the width of a pencil."""


def show(view: View) -> None:
    """Show it."""
    say = view.say
    cut = st.select_slider(
        say("planner.cut"),
        CUTS,
        CUT,
        format_func=lambda one: say.number(one, ".2f"),
        key="snede",
        bind="query-params",
    )
    st.caption(say("planner.cut_help"))
    table = neighbourhoods.table(view.study, view.division, cut)
    if table.empty:
        st.info(say("planner.too_few"))
        return
    names = frame.clusters(view, cut)
    certain = [say(f"planner.level_{one}") for one in table["level"]]
    table = table.assign(name=names.reindex(table.index), certain=certain)
    without = table[~table["same_name"] & (table["names"].map(len) > 0)]
    st.markdown(
        say("planner.found", n=len(table), drawers=int(table["n"].sum()), of=view.n)
        + " "
        + (say("planner.no_twin", names=", ".join(without["name"])) if len(without) else "")
    )
    left, right = st.columns(2)
    with right:
        chosen = frame.choose(view, "buurt", say("planner.neighbourhood"), names)
        if chosen is not None:
            _firmness(view, int(str(chosen)), cut, table)
        tables.show(
            say,
            table,
            [
                Column("name", say("planner.col_name")),
                Column("n", say("planner.col_n"), ",.0f"),
                Column("share", say("planner.col_name_share"), ".0%"),
                Column("area_ha", say("planner.col_core_ha"), ",.0f"),
                Column("official", say("planner.col_official")),
                Column("iou", say("planner.col_iou"), ".0%"),
                Column("certain", say("planner.col_certain")),
            ],
            key="neighbourhoods_table",
            chosen=chosen,
            on_choose=frame.chooser("buurt", int),
        )
    with left:
        _map(view, None if chosen is None else int(str(chosen)), cut)


def _map(view: View, cluster: int | None, cut: float) -> None:
    say = view.say
    disputed = st.toggle(say("planner.show_disputed"), key="omstreden", bind="query-params")
    over: list[Shapes] = []
    if disputed:
        over = [Classed("disputed", shapes.address(_disputed(view.study, cut, view.say.language)), DISPUTED)]
    if cluster is None:
        layers: list[Shapes] = [
            Classed("cores", frame.cluster_cores_url(view, cut), CORES, select=True, labels=True),
            *over,
            frame.official(view),
        ]
        frame.show_map(view, "neighbourhoods_map", layers, on_choose=frame.chooser("buurt", int))
        looks = [(CORES["50"], say("planner.cores_clusters"))]
    else:
        bands = comparison.bands(view.study, cluster, cut, smooth=True)
        layers = [Classed("cores", frame.bands_url(bands), CORES), *over, frame.official(view, labels=True)]
        frame.show_map(view, "neighbourhoods_map", layers, around=bands)
        frame.core_legend(view, bands, len(comparison.members(view.study, cluster, cut)))
        looks = []
    if disputed:
        looks.append((DISPUTED["disputed"], say("planner.disputed")))
    if looks:
        frame.legend(looks)
    frame.source(view)


@lru_cache(maxsize=8)
def _disputed(study: Study, cut: float, _language: str) -> Answer:
    found = neighbourhoods.disputed(study, cut)
    found = found[found["area_m2"] >= LEAST_DISPUTED_M2][["geometry"]]
    keyed = found.set_index(pd.Index([f"{one}-{other}" for one, other in found.index], dtype=str))
    return shapes.packed({"areas": keyed.assign(**{"class": "disputed"})}, loose_m=frame.LOOSE_M)


def _firmness(view: View, cluster: int, cut: float, table: pd.DataFrame) -> None:
    say, found, row = view.say, neighbourhoods.firmness(view.study, cluster, cut), table.T[cluster]
    name, n = str(row["name"]), int(row["n"])
    parts = [
        say(
            "planner.firm_agreement",
            name=plain(name),
            n=n,
            agreement=found.agreement,
            low=found.low,
            high=found.high,
        ),
        say(f"planner.agreement_{found.kind}"),
    ]
    if found.area_ha:
        parts.append(
            say("planner.firm_core", ha=found.area_ha, low=found.area_low_ha, high=found.area_high_ha)
        )
    else:
        parts.append(say("planner.no_core", name=plain(name), n=n))
    if found.halves is not None:
        parts.append(say("planner.firm_halves", iou=found.halves))
    if found.largest_pull is not None and found.largest_pull > 0.2:
        parts.append(say("planner.firm_pull", share=found.largest_pull))
    edge = neighbourhoods.edge(view.study, cluster, cut)
    if edge is not None:
        parts.append(
            say(
                "planner.firm_edge",
                n=edge.n,
                vague=edge.vague_percent / 100,
                partly=edge.partly_percent / 100,
            )
        )
    if pd.notna(row["official"]):
        parts.append(say("planner.firm_official", area=row["official"], iou=row["iou"]))
    st.markdown(" ".join(parts))
