"""Neighbourhoods with and without weights, side by side: had the drawers been a fair part of the inhabitants."""

import pandas as pd
import streamlit as st

from maps.class_styles import CORES
from maps.interactive.planner_layers import ClassifiedLayer
from study.analysis import comparison, neighbourhoods
from study.analysis.evidence import weighted
from study.analysis.evidence.weights import UNKNOWN, DrawerWeights, drawer_weights
from ui.components.table import Column, show_table
from ui.pages.planner.section import PlannerContext, source
from ui.pages.planner.workbench.planner_map import bands_url, core_legend, official, show_map


def show(view: PlannerContext, cluster: int | None, cut: float, names: "pd.Series[str]") -> None:
    """Show the maps, the neighbourhoods and the classes by which drawers are weighed."""
    say, found = view.say, drawer_weights(view.study)
    st.subheader(say("planner.weighted_title"))
    if found is None:
        st.info(say("planner.weighted_none"))
        return
    st.markdown(
        say(
            "planner.weighted_text",
            n=found.n,
            effective=int(found.effective_n),
            ages=found.n_age,
            homes=found.n_home,
            guessed=found.n - found.n_home,
        )
    )
    if cluster is None:
        st.caption(say("planner.weighted_choose"))
    else:
        _maps(view, cluster, cut)
    _neighbourhoods(view, cut, names)
    _classes(view, found)


def _maps(view: PlannerContext, cluster: int, cut: float) -> None:
    say, n = view.say, len(comparison.cluster_members(view.study, cluster, cut))
    plain = comparison.contours(view.study, cluster, cut, smooth=True)
    weighed = weighted.weighted_contours(view.study, cluster, cut, smooth=True)
    around = plain[~plain.is_empty]
    for column, key, bands in zip(st.columns(2), ("plain", "weighted"), (plain, weighed), strict=True):
        with column:
            st.markdown(f"**{say(f'planner.map_{key}')}**")
            if bands is None or bands.is_empty.all():
                st.info(say("planner.weighted_few"))
                continue
            layers = [ClassifiedLayer("cores", bands_url(bands), CORES), official(view)]
            legend = [] if key == "weighted" else core_legend(view, bands, n)
            show_map(
                view,
                f"{key}_cores_map",
                layers,
                around=around if len(around) else bands,
                legend={"cores": legend},
            )
            if key == "weighted":
                st.caption(view.say("planner.weighted_bands"))
    source(view)


def _neighbourhoods(view: PlannerContext, cut: float, names: "pd.Series[str]") -> None:
    say, table = view.say, weighted.weighted_neighbourhoods(view.study, cut)
    plain = neighbourhoods.neighbourhood_certainty(view.study, cut)["level"].reindex(table.index)
    shown = table.assign(
        name=names.reindex(table.index),
        plain=[say(f"planner.level_{level}") for level in plain],
        certain=[say(f"planner.level_{level}") for level in table["level"]],
        by=[
            class_name(view, by, key) if by else "" for by, key in zip(table["by"], table["key"], strict=True)
        ],
    )
    show_table(
        say,
        shown,
        [
            Column("name", say("planner.col_name")),
            Column("n", say("planner.col_n"), ",.0f"),
            Column("effective_n", say("planner.col_effective_n"), ",.0f"),
            Column("area_ha", say("planner.col_core_ha"), ",.0f"),
            Column("weighted_ha", say("planner.col_weighted_ha"), ",.0f"),
            Column("alike", say("planner.col_alike"), ".0%"),
            Column("plain", say("planner.col_certain")),
            Column("certain", say("planner.col_certain_weighted")),
            Column("by", say("planner.col_shift_by")),
        ],
        key="weighted_table",
    )


def _classes(view: PlannerContext, found: DrawerWeights) -> None:
    say = view.say
    shown = found.classes.reset_index()
    shown["name"] = [class_name(view, by, key) for by, key in zip(shown["by"], shown["key"], strict=True)]
    show_table(
        say,
        shown,
        [
            Column("name", say("planner.col_class")),
            Column("share", say("planner.col_share"), ".0%"),
            Column("weighted", say("planner.col_share_weighted"), ".0%"),
            Column("inhabitants", say("planner.col_share_inhabitants"), ".0%"),
        ],
        key="weights_of_drawers_table",
    )
    st.caption(say("planner.weighted_note"))


def class_name(view: PlannerContext, by: str, key: str) -> str:
    """Name a class of drawers: its ages, its buurten, or unknown."""
    say = view.say
    if key == UNKNOWN:
        return say(f"planner.unknown_{by}")
    if by == "age":
        return ", ".join(say(f"planner.age_{one}") for one in key.split("+"))
    names = comparison.division_areas(view.study, "buurt")["name"]
    called = [str(names[code]) for code in key.split("+")]
    return called[0] if len(called) == 1 else say("planner.and_more", first=called[0], n=len(called) - 1)
