"""Figures: official numbers carried over to an experienced neighbourhood."""

from typing import Any

import pandas as pd
import streamlit as st

from i18n import Translator
from maps.charts import DotChart
from maps.class_styles import CORES
from maps.interactive.planner_layers import ClassifiedLayer
from study.analysis import comparison, key_figures
from study.publishing.cell_values import write_bounds
from ui.components import table
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column
from ui.pages.planner.section import (
    PlannerContext,
    chart_rows,
    clusters,
    decimal_sign,
    no_core,
    select_one,
    show_chart,
    source,
    two_panes,
)
from ui.pages.planner.workbench.planner_map import (
    bands_url,
    core_legend,
    official,
    show_map,
)

MAIN_WAYS = ("core_50", "buurt")
"""Columns that stand in the table at first; the others are chosen."""

SPECS = {
    "count": ",.0f",
    "of_people": ",.1f",
    "of_households": ",.1f",
    "of_homes": ",.0f",
    "of_ground": ",.0f",
}


def show(view: PlannerContext) -> None:
    """Show it."""
    say, names = view.say, clusters(view)
    if names.empty:
        st.info(say("planner.too_few"))
        return
    chosen = select_one(view, "buurt", say("planner.neighbourhood"), names, first=True)
    cluster = int(str(chosen))
    if comparison.contours(view.study, cluster).geometry[50].is_empty:
        n = len(comparison.cluster_members(view.study, cluster))
        st.info(no_core(view, str(names[cluster]), n))
        return
    found = key_figures.interpolated_figures(view.study, view.division, cluster)
    if found.empty:
        st.info(say("planner.no_figures", division=view.named_division.lower()))
        return
    name = str(names[cluster])
    _people(say, name, found)
    left, right = two_panes()
    with left:
        bands = comparison.contours(view.study, cluster, smooth=True)
        show_map(
            view,
            "figures_map",
            [ClassifiedLayer("cores", bands_url(bands), CORES), official(view)],
            around=bands,
            legend={"cores": core_legend(view, bands, len(comparison.cluster_members(view.study, cluster)))},
        )
        source(view)
    with right:
        _chart(view, found, len(comparison.cluster_members(view.study, cluster)))
        _figures(say, found)
    _weights(view, cluster)


def _people(say: Translator, name: str, found: pd.DataFrame) -> None:
    if "aantal_inwoners" not in found.index:
        return
    if found.attrs.get("neighbours"):
        st.caption(say("planner.figures_neighbours", names=", ".join(found.attrs["neighbours"])))
    people = found.T["aantal_inwoners"]
    stated: str = people["core_50_telling"]
    facts: dict[str, Any] = {"name": escape_markdown(name)}
    if stated == "missing":
        st.markdown(say("planner.figures_people_unknown", **facts))
    elif stated == "range_only":
        low, high = float(people["core_50_low"]), float(people["core_50_high"])
        st.markdown(say("planner.figures_people_range", **facts, low=low, high=high))
    elif stated == "at_least":
        outside = float(found.attrs["outside"])
        st.markdown(
            say("planner.figures_people_least", **facts, people=float(people["core_50"]), outside=outside)
        )
    else:
        facts |= {"people": float(people["core_50"])}
        # A band that rests on too few drawers is not known: that is not nobody.
        if not {people["core_25_telling"], people["core_75_telling"]} <= set(key_figures.FIRM):
            st.markdown(say("planner.figures_people_core", **facts))
            return
        narrow, wide = float(people["core_75"]), float(people["core_25"])
        st.markdown(say("planner.figures_people", **facts, narrow=narrow, wide=wide))


def _chart(view: PlannerContext, found: pd.DataFrame, n: int) -> None:
    """Show of every share how far it moves with the line that is drawn, by `n` drawers: cores and areas."""
    say = view.say
    # Kilometres and people do not stand on one axis; shares do.
    percents = [key for key in found.index if str(key).startswith("percentage")]
    tick = next((way for way in key_figures.OFFICIAL if way in found), "")
    shown = [way for way in ("core_50", "low", "high", tick) if way]
    shares = found.loc[percents, shown].astype(float)
    shares = shares.assign(name=[say(f"planner.figure_{key}") for key in shares.index], n=n)
    settings = DotChart(
        say("planner.chart_figures_axis"),
        say("planner.chart_figures"),
        "number",
        decimal=decimal_sign(say),
    )
    between = ("low", "high")
    rows = chart_rows(
        view, shares, "core_50", between=between, tick=tick, spec=".1f", ends="planner.chart_range"
    )
    show_chart(view, "figures_chart", rows, settings)


def _figures(say: Translator, found: pd.DataFrame) -> None:
    cores = [f"core_{percent}" for percent in comparison.CONTOUR_PERCENTS]
    areas = [way for way in key_figures.OFFICIAL if way in found]
    written = found.copy().astype(object)
    for figure, row in found.iterrows():
        spec = SPECS[key_figures.FIGURES[str(figure)]]
        for way in (*areas, "low", "high"):
            written.loc[figure, way] = say.number(float(row[way]), spec) if pd.notna(row[way]) else None
        for way in cores:
            ends = (row[way], row[f"{way}_low"], row[f"{way}_high"])
            written.loc[figure, way] = write_bounds(say, *ends, row[f"{way}_telling"], spec=spec) or None
    written["name"] = [say(f"planner.figure_{figure}") for figure in found.index]
    written["range"] = [
        None if low is None else f"{low} – {high}"
        for low, high in zip(written["low"], written["high"], strict=True)
    ]
    written["year"] = [None if pd.isna(year) else str(int(year)) for year in found["year"]]
    table.show_table(
        say,
        written,
        [
            Column("name", say("planner.col_figure")),
            *(
                Column(way, say(f"planner.way_{way}"), is_extra=way not in MAIN_WAYS)
                for way in (*cores, *areas)
            ),
            Column("range", say("planner.col_range")),
            Column("year", say("planner.col_year"), is_extra=True),
        ],
        key="figures_table",
    )
    st.caption(say("planner.figures_note"))
    # Where the core of a half is empty, nothing tells what it was weighed by.
    st.caption(say("planner.figures_bounds", basis=say(f"planner.basis_{found.attrs['basis'] or 'area'}")))


def _weights(view: PlannerContext, cluster: int) -> None:
    say = view.say
    with st.expander(say("planner.weights_title")):
        weights = key_figures.crosswalk_weights(view.study, view.division, cluster).reset_index()
        units = comparison.division_areas(view.study, view.division)["name"]
        weights["name"] = weights["source"].map(units[~units.index.duplicated()])
        weights["basis"] = [say(f"planner.basis_{basis}") for basis in weights["basis"]]
        st.markdown(say("planner.weights"))
        table.show_table(
            say,
            weights,
            [
                Column("source", say("planner.col_code")),
                Column("name", say("planner.col_area")),
                Column("target", say("planner.col_target"), ".0f"),
                Column("weight", say("planner.col_weight"), ".3f"),
                Column("basis", say("planner.col_basis")),
            ],
            key="weights_table",
        )
