"""To look at: drawings with a remark, in plain words, with what is proposed; nothing is ever deleted."""

from typing import Literal

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.errors import BuurtError
from maps.planner import TRIAGE, Classed
from study import triage
from ui import shapes, tables
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column


def show(view: View) -> None:
    """Show it."""
    say = view.say
    st.markdown(say("planner.triage_intro"))
    if st.button(say("planner.triage_look"), icon=":material/search:"):
        st.toast(say("planner.triage_found", n=triage.look(view.study)))
        st.rerun()
    queue = triage.queue(view.study)
    if queue.empty:
        st.info(say("planner.triage_none"))
        return
    waiting = int((queue["decision"] == "").sum())
    st.markdown(say("planner.triage_waiting", waiting=waiting, n=len(queue)))
    shown = queue.assign(
        name=[say("planner.drawing", number=number) for number in queue["number"]],
        why=[_why(view, reasons) for reasons in queue["reasons"]],
        offer=[say(f"planner.action_{action}") for action in queue["proposed"]],
        done=[
            say(f"planner.decided_{action}") if action else say("planner.decided_none")
            for action in queue["decision"]
        ],
    )
    left, right = st.columns([3, 2])
    with right:
        key = frame.choose(view, "tekening", say("planner.drawing_choose"), shown["name"], first=True)
        _decide(view, str(key), shown)
        tables.show(
            say,
            pd.DataFrame(shown.drop(columns="geometry")),
            [
                Column("name", say("planner.col_drawing")),
                Column("why", say("planner.col_why")),
                Column("area_ha", say("planner.col_ha"), ",.1f"),
                Column("offer", say("planner.col_offer")),
                Column("done", say("planner.col_done")),
            ],
            key="triage_table",
            chosen=key,
            on_choose=frame.chooser("tekening"),
        )
    with left:
        _map(view, str(key))
    _both(view)


def _why(view: View, reasons: tuple[str, ...]) -> str:
    return " ".join(view.say(f"planner.reason_{reason}") for reason in reasons)


def _map(view: View, key: str) -> None:
    say = view.say
    if not triage.may_be_seen(view.study, key):
        st.info(say("planner.triage_private"))
        return
    now = triage.queue(view.study).loc[[key], ["geometry"]]
    proposed = gpd.GeoDataFrame(geometry=[triage.adjusted(view.study, key)], crs=now.crs, index=["proposed"])
    table = pd.concat([now.set_axis(["now"]), proposed])
    table["class"] = table.index
    url = shapes.address(shapes.packed({"areas": table}))
    frame.show_map(view, "triage_map", [Classed("triage", url, TRIAGE)], around=now)
    frame.legend([(look, say(f"planner.triage_{kind}")) for kind, look in TRIAGE.items()])


def _decide(view: View, key: str, shown: pd.DataFrame) -> None:
    say, row = view.say, shown.loc[key]
    st.markdown(
        say(
            "planner.triage_told",
            name=row["name"],
            why=row["why"],
            ha=row["area_ha"],
            offer=row["offer"].lower(),
        )
    )
    same = triage.adjusted(view.study, key).equals(triage.queue(view.study).geometry[key])
    off = {"undo": not row["decision"], "adjust": same}
    for place, action in enumerate(("accept", "adjust", "aside", "undo")):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            st.button(
                say(f"planner.action_{action}"),
                key=f"triage_{action}",
                on_click=_act,
                args=(view, key, action),
                disabled=off.get(action, False),
                type="primary" if action == row["proposed"] and not row["decision"] else "secondary",
                width="stretch",
            )
    problem = st.session_state.pop("triage_problem", "")
    if problem:
        st.error(problem)


def _act(view: View, key: str, action: Literal["accept", "adjust", "aside", "undo"]) -> None:
    try:
        if action == "undo":
            triage.undo(view.study, key, by=view.acting())
        else:
            triage.decide(view.study, key, action, by=view.acting())
    except BuurtError as problem:
        st.session_state["triage_problem"] = view.say.error(problem)


def _both(view: View) -> None:
    say, both = view.say, triage.both(view.study)
    st.subheader(say("planner.both_title"))
    if both.empty:
        st.markdown(say("planner.both_none"))
        return
    st.markdown(say("planner.both", n=len(both), differ=int(both["matters"].sum())))
    shown = both.assign(
        name=[frame.cluster_name(say, names, int(str(number))) for number, names in both["names"].items()]
    )
    tables.show(
        say,
        shown,
        [
            Column("name", say("planner.col_name")),
            Column("n_all", say("planner.col_n_all"), ",.0f"),
            Column("n_plain", say("planner.col_n_plain"), ",.0f"),
            Column("iou", say("planner.col_same"), ".0%"),
        ],
        key="both_table",
    )
