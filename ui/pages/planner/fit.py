"""Experienced against official: what residents of each area share, and which division fits best."""

from typing import Any

import pandas as pd
import streamlit as st

from geo.errors import TooFewSketches
from maps.layers import Shapes
from maps.planner import CORES, Chosen, Classed
from study import comparison, fits
from ui import tables
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column


def show(view: View) -> None:
    """Show it."""
    say, table = view.say, fits.fits(view.study, view.division)
    table = table.assign(
        reads=[
            say(f"planner.verdict_{verdict}") if isinstance(verdict, str) else ""
            for verdict in table["verdict"]
        ],
        certain=[say(f"planner.level_{level}") for level in table["level"]],
    ).sort_values(["iou", "n"], ascending=False, na_position="last")
    shared = table.dropna(subset=["iou"])
    if len(shared):
        st.markdown(
            say(
                "planner.fit_summary",
                division=view.named_division.lower(),
                areas=len(shared),
                near=int((shared["verdict"] == "coincides").sum()),
                median=float(shared["iou"].median()),
            )
        )
    else:
        st.info(say("planner.fit_nothing", division=view.named_division.lower()))
    left, right = st.columns(2)
    with right:
        code = frame.choose(view, "gebied", say("planner.area"), frame.unique(table["name"]))
        if code is not None:
            st.markdown(_sentence(view, table.T[str(code)]))
    with left:
        _map(view, None if code is None else str(code), len(table))
    with right:
        tables.show(
            say,
            table,
            [
                Column("name", say("planner.col_area")),
                Column("n", say("planner.col_n"), ",.0f"),
                Column("iou", say("planner.col_iou"), ".0%"),
                Column("reads", say("planner.col_verdict")),
                Column("certain", say("planner.col_certain")),
                Column("core_inside", say("planner.col_core_inside"), ".0%"),
                Column("area_inside", say("planner.col_area_inside"), ".0%"),
                Column("split", say("planner.col_split"), ".0%"),
            ],
            key="fit_table",
            chosen=code,
            on_choose=frame.chooser("gebied"),
        )
        st.caption(say("planner.fit_note"))
    _ranking(view)


def _map(view: View, code: str | None, areas: int) -> None:
    url = frame.official_url(view)
    official = frame.official(view, select=True, labels=areas < 60)
    if code is None:
        layers: list[Shapes] = [Classed("cores", frame.area_cores_url(view), CORES), official]
        frame.show_map(view, "fit_map", layers, on_choose=frame.chooser("gebied"))
        frame.legend([(CORES["50"], view.say("planner.cores_all"))])
        frame.source(view)
        return
    units = comparison.areas(view.study, view.division)
    around = units.loc[[code], ["geometry"]]
    mine = fits.residents_of(view.study, view.division, code)
    try:
        bands = fits.area_bands(view.study, view.division, code, smooth=True)
    except TooFewSketches:
        bands = None
    drawn = [] if bands is None else [Classed("cores", frame.bands_url(bands), CORES)]
    if bands is not None:
        around = pd.concat([around, bands[~bands.is_empty][["geometry"]]])
    frame.show_map(
        view,
        "fit_map",
        [*drawn, official, Chosen(url, code)],
        around=around,
        on_choose=frame.chooser("gebied"),
    )
    if bands is not None:
        frame.core_legend(view, bands, len(mine))
    frame.source(view)


def _sentence(view: View, row: "pd.Series[Any]") -> str:
    say = view.say
    if pd.isna(row["n"]):
        return say("planner.fit_few", name=row["name"])
    level = say(f"planner.level_{row['level']}")
    if pd.isna(row["iou"]):
        return say("planner.fit_no_core", name=row["name"], n=int(row["n"]), level=level)
    return " ".join(
        [
            say(f"planner.fit_{row['verdict']}", name=row["name"], n=int(row["n"])),
            say(
                "planner.fit_numbers",
                iou=row["iou"],
                core=row["core_inside"],
                area=row["area_inside"],
                own=row["own"],
                low=row["low"],
                high=row["high"],
                level=level,
            ),
        ]
    )


def _ranking(view: View) -> None:
    say, ranked = view.say, comparison.ranking(view.study)
    ranked = ranked[ranked["n"] > 0]
    if ranked.empty:
        return
    first = ranked.iloc[0]
    if len(ranked) > 1:
        st.subheader(say("planner.ranking_title"))
    st.markdown(
        say(
            "planner.ranking" if len(ranked) > 1 else "planner.ranking_only",
            division=frame.division_name(say, str(ranked.index[0])),
            iou=float(first["mean_iou"]),
            n=int(first["n"]),
        )
    )
    shown = ranked.assign(division=[frame.division_name(say, str(key)) for key in ranked.index])
    tables.show(
        say,
        shown,
        [
            Column("rank", say("planner.col_rank"), ".0f"),
            Column("division", say("planner.col_division")),
            Column("n", say("planner.col_n"), ",.0f"),
            Column("mean_iou", say("planner.col_mean_iou"), ".0%"),
            Column("reached", say("planner.col_reached"), ".0%"),
            Column("split_index", say("planner.col_split_chance"), ".0%"),
        ],
        key="ranking_table",
    )
