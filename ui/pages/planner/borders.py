"""Borders: where residents stop and where they go on, and what lies there."""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from maps.planner import BORDERS, Chosen, Classed
from maps.topology import Answer
from study import border_answers
from study.projects import Study
from ui import shapes, tables
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

LEAST_PX, MOST_PX = 2.0, 9.0


def show(view: View) -> None:
    """Show it."""
    say = view.say
    found = _named(border_answers.table(view.study, view.division))
    known = found[found["kind"] != "unknown"]
    if known.empty:
        st.info(say("planner.borders_none"))
        return
    hard, soft = known.iloc[0], known.iloc[-1]
    st.markdown(
        say(
            "planner.borders_summary",
            n=len(known),
            hard=int((known["kind"] == "hard").sum()),
            soft=int((known["kind"] == "soft").sum()),
            hardest=hard["name"],
            stops=hard["hardness"],
            softest=soft["name"],
            goes=1 - soft["hardness"],
        )
    )
    left, right = st.columns(2)
    with right:
        code = frame.choose(view, "grens", say("planner.border"), found["name"])
        if code is not None:
            st.markdown(_sentence(view, found.loc[str(code)]))
        shown = found.assign(
            ground=[_ground(view, row.lies_on, row.along) for row in found.itertuples()],
            reads=[say(f"planner.border_{kind}") for kind in found["kind"]],
        )
        tables.show(
            say,
            shown,
            [
                Column("name", say("planner.col_border")),
                Column("hardness", say("planner.col_hardness"), ".0%"),
                Column("n", say("planner.col_come_there"), ",.0f"),
                *([Column("ground", say("planner.col_ground"))] if shown["ground"].any() else []),
                Column("length_m", say("planner.col_length"), ",.0f"),
                Column("from_left", say("planner.col_from_left"), ".0%"),
                Column("from_right", say("planner.col_from_right"), ".0%"),
                Column("reads", say("planner.col_kind")),
            ],
            key="borders_table",
            chosen=code,
            on_choose=frame.chooser("grens"),
        )
        st.caption(say("planner.borders_note"))
    with left:
        url = shapes.address(_lines(view.study, view.division))
        layers = [Classed("borders", url, BORDERS, name="borders", select=True, pane="lines")]
        frame.show_map(
            view,
            "borders_map",
            layers if code is None else [*layers, Chosen(url, str(code), name="borders")],
            around=known,
            on_choose=frame.chooser("grens"),
        )
        frame.legend([(look, say(f"planner.border_{kind}")) for kind, look in BORDERS.items()])
        frame.source(view, say("planner.borders_width"))
    _by_ground(view)


def _named(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = [f"{left}-{right}" for left, right in table.index]
    names = [f"{row.left_name} – {row.right_name}" for row in table.itertuples()]
    found = table.assign(name=names).set_index(pd.Index(codes, name="border"))
    found["name"] = frame.unique(found["name"])
    return found


@lru_cache(maxsize=8)
def _lines(study: Study, division: str) -> Answer:
    found = _named(border_answers.table(study, division))
    most = max(float(found["n"].max()), 1.0)
    width = LEAST_PX + (MOST_PX - LEAST_PX) * found["n"] / most
    drawn = gpd.GeoDataFrame(
        {"class": found["kind"], "name": found["name"], "weight": width.fillna(1.5).round(1)},
        geometry=found.geometry,
        crs=found.crs,
    )
    return shapes.packed({"borders": drawn}, loose_m=2.0)


def _ground(view: View, lies_on: str, along: str) -> str:
    kind = view.say(f"planner.ground_{lies_on}") if lies_on else ""
    return f"{along} ({kind})" if along else kind


def _sentence(view: View, row: "pd.Series[Any]") -> str:
    say = view.say
    if row["kind"] == "unknown":
        return say("planner.border_few", name=row["name"])
    text = say("planner.border_told", name=row["name"], stops=row["hardness"], n=int(row["n"]))
    ground = _ground(view, row["lies_on"], row["along"])
    if ground:
        text += " " + say("planner.border_ground", ground=ground)
    for side in ("left", "right"):
        if pd.notna(row[f"from_{side}"]):
            text += " " + say("planner.border_crosses", name=row[f"{side}_name"], share=row[f"from_{side}"])
    return text


def _by_ground(view: View) -> None:
    say, found = view.say, border_answers.by_ground(view.study, view.division)
    named = found[found.index != ""]
    if named.empty:
        return
    st.subheader(say("planner.ground_title"))
    shown = found.assign(
        ground=[say(f"planner.ground_{key}") if key else say("planner.ground_none") for key in found.index]
    )
    tables.show(
        say,
        shown,
        [
            Column("ground", say("planner.col_ground")),
            Column("borders", say("planner.col_borders"), ",.0f"),
            Column("length_m", say("planner.col_length"), ",.0f"),
            Column("hardness", say("planner.col_hardness"), ".0%"),
        ],
        key="ground_table",
    )
    st.caption(say("planner.ground_note"))
