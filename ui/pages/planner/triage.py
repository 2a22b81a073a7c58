"""To look at: drawings with a remark, in plain words, with what is proposed; nothing is ever deleted."""

import json
from typing import Literal

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st
from shapely.geometry import shape

from geo import crs as planes
from geo.disclosure import LEAST_PEOPLE
from geo.errors import BuurtError
from maps.planner import TRIAGE, Classed
from study import triage
from ui import canvas, ground, shapes, tables, worker
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column
from words import Words


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
        key = str(frame.choose(view, "tekening", say("planner.drawing_choose"), shown["name"], first=True))
        mending = _decide(view, key, shown)
        tables.show(
            say,
            pd.DataFrame(shown.drop(columns="geometry")),
            [
                Column("name", say("planner.col_drawing")),
                Column("done", say("planner.col_done")),
                Column("why", say("planner.col_why")),
                Column("area_ha", say("planner.col_ha"), ",.1f"),
                Column("offer", say("planner.col_offer")),
            ],
            key="triage_table",
            chosen=key,
            on_choose=frame.chooser("tekening"),
        )
    with left:
        if not _may_look(view, key):
            st.info(say("planner.triage_private"))
            st.button(say("planner.triage_unlock"), on_click=_unlock, args=(view,))
        elif mending:
            _mend(view, key)
        else:
            _map(view, key, str(queue["decision"][key]))
    _both(view)


def _why(view: View, reasons: tuple[str, ...]) -> str:
    return " ".join(view.say(f"planner.reason_{reason}") for reason in reasons)


def _may_look(view: View, key: str) -> bool:
    return st.session_state.get("triage_unlocked") == _looking(view) or triage.may_be_seen(view.study, key)


def _looking(view: View) -> tuple[str, str]:
    """Say who looks at which project: the next to sign in on this tab asks, and is written down, again."""
    return view.project.id, view.acting().account


def _unlock(view: View) -> None:
    try:
        triage.unlock(view.study, by=view.acting())
    except BuurtError as problem:
        st.session_state["triage_problem"] = view.say.error(problem)
    else:
        st.session_state["triage_unlocked"] = _looking(view)


def _map(view: View, key: str, decision: str) -> None:
    """Show what counts now, and beside it what is proposed or what the resident left."""
    say = view.say
    now = triage.queue(view.study).loc[[key], ["geometry"]]
    beside = "left" if decision == "adjust" else "proposed"
    other = (triage.as_drawn if decision == "adjust" else triage.adjusted)(view.study, key)
    table = now.set_axis(["now"])
    if not other.equals(now.geometry[key]):
        table = pd.concat([table, gpd.GeoDataFrame(geometry=[other], crs=now.crs, index=[beside])])
    table["class"] = table.index
    url = shapes.address(shapes.packed({"areas": table}))
    frame.show_map(view, "triage_map", [Classed("triage", url, TRIAGE)], around=table)
    frame.legend([(TRIAGE[kind], say(f"planner.triage_{kind}")) for kind in table.index])


def _mend(view: View, key: str) -> None:
    """Let the outline be changed or drawn anew, on the canvas that residents use; each acceptance decides."""
    say, now = view.say, triage.queue(view.study).geometry[key]
    st.markdown(say("planner.triage_mend_how"))
    name = f"mend-{st.session_state.get('triage_turn', 0)}-{key}"
    sent = canvas.accepted(name)
    if sent is not None and st.session_state.get("triage_mended") != sent.turn:
        st.session_state["triage_mended"] = sent.turn
        try:
            outline = worker.run(triage.redrawn, view.study, shape(sent.geometry))
            triage.decide(view.study, key, "adjust", by=view.acting(), outline=outline)
        except BuurtError as problem:
            st.session_state["triage_problem"] = say.error(problem)
        st.rerun()
    degrees = worker.run(planes.to_wgs84, now, triage.queue(view.study).crs)
    west, south, east, north = degrees.bounds
    canvas.draw(
        name,
        layers=[*ground.layers(view.project.municipality), frame.official(view)],
        start=canvas.Start((west + east) / 2, (south + north) / 2),
        words=say,
        initial=canvas.Drawing(id=key, geometry=dict(json.loads(str(shapely.to_geojson(degrees))))),
        stored=key,
        own=False,
        bounds=(west, south, east, north),
        credit=frame.credit(view),
    )


def _decide(view: View, key: str, shown: pd.DataFrame) -> bool:
    """Offer what can be decided; tell whether the outline is to be changed by hand."""
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
    for place, action in enumerate(("accept", "aside", "adjust", "undo")):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            st.button(
                say("planner.triage_largest" if action == "adjust" else f"planner.action_{action}"),
                key=f"triage_{action}",
                on_click=_act,
                args=(view, key, action),
                disabled=off.get(action, False),
                type="primary" if action == row["proposed"] and not row["decision"] else "secondary",
                width="stretch",
            )
    mending = st.toggle(say("planner.triage_mend"), key="triage_mend", disabled=not _may_look(view, key))
    problem = st.session_state.pop("triage_problem", "")
    if problem:
        st.error(problem)
    return mending


def _act(view: View, key: str, action: Literal["accept", "adjust", "aside", "undo"]) -> None:
    # The outline may be another one now: a canvas that shows it begins anew.
    st.session_state["triage_turn"] = st.session_state.get("triage_turn", 0) + 1
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
    tables.show(
        say,
        beside(say, both),
        [
            Column("name", say("planner.col_name")),
            Column("n_all", say("planner.col_n_all"), ",.0f"),
            Column("ha_all", say("planner.col_ha_all"), ",.1f"),
            Column("n_plain", say("planner.col_n_plain")),
            Column("ha_plain", say("planner.col_ha_plain")),
            Column("iou", say("planner.col_same")),
        ],
        key="both_table",
    )


def beside(say: Words, both: pd.DataFrame) -> pd.DataFrame:
    """Put both answers in words; of fewer than five drawers nothing is told but that they are too few.

    Parameters
    ----------
    both
        See `study.triage.both`.

    Returns
    -------
    DataFrame
        With ``name``; ``n_plain``, ``ha_plain`` and ``iou`` as text.
    """
    few = say("planner.level_none")
    return both.assign(
        name=[frame.cluster_name(say, names, int(str(number))) for number, names in both["names"].items()],
        n_plain=[say.number(n) if n >= LEAST_PEOPLE else few for n in both["n_plain"]],
        ha_plain=[few if pd.isna(ha) else say.number(ha, ",.1f") for ha in both["ha_plain"]],
        iou=[few if pd.isna(iou) else say.number(iou, ".0%") for iou in both["iou"]],
    )
