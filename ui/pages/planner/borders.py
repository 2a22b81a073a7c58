"""Borders: where residents stop and where they go on, and what lies there."""

from collections.abc import Hashable
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from maps.charts import DotChart
from maps.class_styles import BORDERS
from maps.interactive.planner_layers import ClassifiedLayer, SelectionLayer
from maps.interactive.topojson import EncodedTopology
from study.analysis import borders
from study.analysis.evidence import border_model
from study.answer_cache import cached_answer
from study.context import Study
from ui import map_data
from ui.components.table import Column, show_table
from ui.pages.planner.section import (
    PlannerContext,
    chart_rows,
    decimal_sign,
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
    card_facts,
    show_map,
)

MIN_PX, MAX_PX = 2.0, 9.0


def show(view: PlannerContext) -> None:
    """Show it."""
    say = view.say
    found = _named(borders.border_table(view.study, view.division))
    known = found[found["kind"] != "unknown"]
    if known.empty:
        st.info(say("planner.borders_none"))
        return
    hardest = known.iloc[0]
    st.markdown(
        say(
            "planner.borders_summary",
            n=len(known),
            hard=int((known["kind"] == "hard").sum()),
            soft=int((known["kind"] == "soft").sum()),
        )
        + " "
        + say("planner.borders_hardest", name=hardest["name"], **_people(hardest))
        + _beyond(view, hardest)
    )
    left, right = two_panes()
    with right:
        code = select_one(view, "grens", say("planner.border"), found["name"])
        if code is not None:
            st.markdown(_sentence(view, found.loc[str(code)]))
        _chart(view, known, code)
        _table(view, found, None if code is None else str(code))
    with left:
        url = map_data.register_shapes(_lines(view.study, view.division))
        layers = [ClassifiedLayer("borders", url, BORDERS, name="borders", select=True, pane="lines")]
        show_map(
            view,
            "borders_map",
            layers if code is None else [*layers, SelectionLayer(url, str(code), name="borders")],
            around=known,
            legend={"borders": [(look, say(f"export.kind_{kind}")) for kind, look in BORDERS.items()]},
            facts=card_facts(
                pd.DataFrame(found), lambda row: _people_card(view, row), lambda row: _beyond_card(view, row)
            ),
            chosen=str(code or ""),
            on_choose=selection_handler("grens"),
        )
        source(view, say("planner.borders_width"))
    _model(view)


def _beyond(view: PlannerContext, row: "pd.Series[Any]") -> str:
    """Return how much harder than chance a border is, with its interval; "" where that is not known."""
    if pd.isna(row["low"]):
        return ""
    facts = {name: float(row[name]) for name in ("beyond", "low", "high")}
    return " " + view.say("planner.borders_beyond", **facts)


def _chart(view: PlannerContext, known: gpd.GeoDataFrame, code: Hashable) -> None:
    say = view.say
    settings = DotChart(
        say("planner.col_beyond"),
        say("planner.chart_borders"),
        decimal=decimal_sign(say),
        rule=0.0,
        chosen=str(code or ""),
    )
    rows = chart_rows(view, pd.DataFrame(known), "beyond", between=("low", "high"))
    show_chart(view, "borders_chart", rows, settings, on_choose=selection_handler("grens"))


def _table(view: PlannerContext, found: gpd.GeoDataFrame, code: str | None) -> None:
    say = view.say
    shown = found.assign(
        ground=[_ground(view, row.lies_on, row.along) for row in found.itertuples()],
        between=[interval(view, row.low, row.high) for row in found.itertuples()],
        reads=[say(f"export.kind_{kind}") for kind in found["kind"]],
    )
    show_rows(
        view,
        shown,
        [
            Column("name", say("planner.col_border")),
            Column("n", say("planner.col_come_there"), ",.0f"),
            Column("beyond", say("planner.col_beyond"), ".0%"),
            Column("between", say("planner.col_fit_between")),
            Column("reads", say("planner.col_kind")),
            Column("people", say("planner.col_stay"), ".0%", is_extra=True),
            Column("chance_people", say("planner.col_chance_people"), ".0%", is_extra=True),
            Column("hardness", say("planner.col_hardness"), ".0%", is_extra=True),
            Column("chance", say("planner.col_chance_metres"), ".0%", is_extra=True),
            *([Column("ground", say("planner.col_ground"), is_extra=True)] if shown["ground"].any() else []),
            Column("length_m", say("planner.col_length"), ",.0f", is_extra=True),
            Column("from_left", say("planner.col_from_left"), ".0%", is_extra=True),
            Column("from_right", say("planner.col_from_right"), ".0%", is_extra=True),
        ],
        key="borders_table",
        published="borders",
        chosen=code,
        on_choose=selection_handler("grens"),
    )
    _notes(view)


def _notes(view: PlannerContext) -> None:
    st.caption(view.say("planner.borders_note"))
    if view.division in ("wijk", "buurt"):
        st.caption(view.say("planner.borders_accuracy"))


def _named(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = [f"{left}-{right}" for left, right in table.index]
    names = [f"{row.left_name} – {row.right_name}" for row in table.itertuples()]
    found = table.set_index(pd.Index(codes, name="border", dtype=object))
    # Areas that touch nowhere have no borders: no names are still names.
    found = found.assign(name=pd.Series(names, found.index, dtype=object))
    found["name"] = unique(found["name"])
    return found


@cached_answer
def _lines(study: Study, division: str) -> EncodedTopology:
    found = _named(borders.border_table(study, division))
    most = max(float(found["n"].max()), 1.0)
    width = MIN_PX + (MAX_PX - MIN_PX) * found["n"] / most
    drawn = gpd.GeoDataFrame(
        {"class": found["kind"], "name": found["name"], "weight": width.fillna(1.5).round(1)},
        geometry=found.geometry,
        crs=found.crs,
    )
    return map_data.encode_shapes({"borders": drawn}, loose_m=2.0)


def _ground(view: PlannerContext, lies_on: str, along: str) -> str:
    kind = view.say(f"export.lies_on_{lies_on}") if lies_on else ""
    return f"{along} ({kind})" if along else kind


def _sentence(view: PlannerContext, row: "pd.Series[Any]") -> str:
    say = view.say
    if pd.isna(row["n"]):
        return say("planner.border_few", name=row["name"])
    text = say("planner.border_told", name=row["name"], **_people(row))
    text += " " + say(f"planner.border_{row['kind']}_told")
    ground = _ground(view, row["lies_on"], row["along"])
    if ground:
        text += " " + say("planner.border_ground", ground=ground)
    for side in ("left", "right"):
        if pd.notna(row[f"from_{side}"]):
            text += " " + say("planner.border_crosses", name=row[f"{side}_name"], share=row[f"from_{side}"])
    return text


def _people_card(view: PlannerContext, row: dict[Hashable, Any]) -> str:
    if pd.isna(row["n"]):
        return view.say("planner.card_few")
    return view.say("planner.card_border", kind=view.say(f"export.kind_{row['kind']}"), n=int(row["n"]))


def _beyond_card(view: PlannerContext, row: dict[Hashable, Any]) -> str:
    if pd.isna(row["beyond"]):
        return ""
    text = view.say("planner.card_beyond", beyond=row["beyond"])
    between = interval(view, row["low"], row["high"])
    return f"{text} ({between})" if between else text


def _people(row: "pd.Series[Any]") -> dict[str, Any]:
    """Return how many come to a border, how many of them cross it nowhere, and what chance gives."""
    return {"n": int(row["n"]), "stay": float(row["people"]), "chance": _chance(row)}


def _chance(row: "pd.Series[Any]") -> float:
    """Return the chance level of people where it is known, else that of metres."""
    return float(row["chance"] if pd.isna(row["chance_people"]) else row["chance_people"])


def _model(view: PlannerContext) -> None:
    """Show what makes a border: how much farther a square seems with something in between."""
    say, found = view.say, border_model.border_model(view.study)
    st.subheader(say("planner.model_title"))
    if not found.n_persons:
        st.info(say("planner.model_few", n=found.n_known, least=found.least))
        return
    known = found.table[found.table["factor"].notna()]
    if known.empty:
        st.info(say("planner.model_none", n=found.n_persons))
        return
    sure = known[known["low"] > 1]
    if sure.empty:
        st.markdown(say("planner.model_nothing", n=found.n_persons))
    else:
        top = sure.iloc[0]
        facts = {end: float(top[end]) for end in ("factor", "low", "high")}
        st.markdown(
            say(
                "planner.model_sentence",
                thing=say(f"planner.between_{sure.index[0]}"),
                n=int(top["persons"]),
                **facts,
            )
        )
    shown = known.assign(
        thing=[say(f"planner.between_{key}") for key in known.index],
        interval=[
            f"{say.number(low, '.1f')} – {say.number(high, '.1f')}"
            for low, high in zip(known["low"], known["high"], strict=True)
        ],
    )
    show_table(
        say,
        shown,
        [
            Column("thing", say("planner.col_between")),
            Column("factor", say("planner.col_factor"), ".1f"),
            Column("interval", say("planner.col_factor_between")),
            Column("persons", say("planner.col_persons"), ",.0f"),
            Column("rows", say("planner.col_squares"), ",.0f"),
        ],
        key="model_table",
    )
    st.caption(
        say("planner.model_note", n=found.n_persons, rows=found.n_rows, guessed=view.n - found.n_known)
    )
    if found.absent:
        things = [say(f"planner.between_{key}") for key in found.absent]
        st.caption(say("planner.model_absent", things=", ".join(one[0].lower() + one[1:] for one in things)))
