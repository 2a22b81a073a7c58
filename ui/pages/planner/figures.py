"""Figures: official numbers carried over to an experienced neighbourhood."""

import pandas as pd
import streamlit as st

from maps.planner import CORES, Classed
from study import comparison, figures
from ui import tables
from ui.markdown import plain
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

SPECS = {
    "count": ",.0f",
    "of_people": ",.1f",
    "of_households": ",.1f",
    "of_homes": ",.0f",
    "of_ground": ",.0f",
}


def show(view: View) -> None:
    """Show it."""
    say, names = view.say, frame.clusters(view)
    if names.empty:
        st.info(say("planner.too_few"))
        return
    chosen = frame.choose(view, "buurt", say("planner.neighbourhood"), names, first=True)
    cluster = int(str(chosen))
    found = figures.carried(view.study, view.division, cluster)
    if found.empty:
        st.info(say("planner.no_figures", division=view.named_division.lower()))
        return
    name = str(names[cluster])
    if "aantal_inwoners" in found.index and pd.notna(found["core_50"]["aantal_inwoners"]):
        people = found.T["aantal_inwoners"]
        st.markdown(
            say(
                "planner.figures_people",
                name=plain(name),
                people=float(str(people["core_50"])),
                narrow=float(people["core_75"] or 0.0),
                wide=float(people["core_25"] or 0.0),
            )
        )
    left, right = st.columns([2, 3])
    with left:
        bands = comparison.bands(view.study, cluster, smooth=True)
        frame.show_map(
            view,
            "figures_map",
            [Classed("cores", frame.bands_url(bands), CORES), frame.official(view, labels=True)],
            around=bands,
        )
        frame.core_legend(view, bands, len(comparison.members(view.study, cluster)))
        frame.source(view)
    with right:
        ways = [way for way in ("core_25", "core_50", "core_75", "buurt", "wijk", "pc4") if way in found]
        written = found.copy().astype(object)
        for figure in found.index:
            spec = SPECS[figures.FIGURES[figure]]
            for way in (*ways, "low", "high"):
                value = found[way][figure]
                known = pd.notna(value)
                written.loc[figure, way] = say.number(float(value), spec) if known else None
        written["name"] = [say(f"planner.figure_{figure}") for figure in found.index]
        written["range"] = [
            None if low is None else f"{low} – {high}"
            for low, high in zip(written["low"], written["high"], strict=True)
        ]
        written["year"] = [None if pd.isna(year) else str(int(year)) for year in found["year"]]
        tables.show(
            say,
            written,
            [
                Column("name", say("planner.col_figure")),
                *(Column(way, say(f"planner.way_{way}")) for way in ways),
                Column("range", say("planner.col_range")),
                Column("year", say("planner.col_year")),
            ],
            key="figures_table",
        )
        st.caption(say("planner.figures_note"))
    with st.expander(say("planner.weights_title")):
        weights = figures.weights(view.study, view.division, cluster).reset_index()
        units = comparison.areas(view.study, view.division)["name"]
        weights["name"] = weights["source"].map(units[~units.index.duplicated()])
        weights["basis"] = [say(f"planner.basis_{basis}") for basis in weights["basis"]]
        st.markdown(say("planner.weights"))
        tables.show(
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
