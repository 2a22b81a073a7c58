"""To look at: drawings with a remark, in plain words, with what is proposed; nothing is ever deleted."""

from typing import Literal

import geopandas as gpd
import pandas as pd
import streamlit as st
from shapely.geometry import shape

from geo import crs as planes
from geo import geojson
from geo.errors import BuurtError
from geo.privacy_limits import MIN_PEOPLE
from i18n import Translator
from maps.class_styles import TRIAGE
from maps.interactive.planner_layers import ClassifiedLayer
from study import review_queue
from ui import canvas, map_data, workers
from ui.components import basemap
from ui.components.table import Column, show_table
from ui.pages.planner.section import (
    PlannerContext,
    are_items_shown,
    cluster_name,
    require_switch,
    select_one,
    selection_handler,
    two_panes,
)
from ui.pages.planner.workbench.planner_map import (
    Legend,
    credit,
    official,
    show_map,
)


def show(view: PlannerContext) -> None:
    """Show it."""
    say = view.say
    st.markdown(say("planner.triage_intro"))
    if st.button(say("planner.triage_look"), icon=":material/search:"):
        st.toast(say("planner.triage_found", n=review_queue.flag_outliers(view.study)))
        st.rerun()
    queue = review_queue.review_queue(view.study)
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
    left, right = two_panes()
    with right:
        key = str(select_one(view, "tekening", say("planner.drawing_choose"), shown["name"], first=True))
        mending = _decide(view, key, shown)
        show_table(
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
            on_choose=selection_handler("tekening"),
        )
    with left:
        if require_switch(view, "drawings"):
            if not review_queue.can_show_drawing(view.study, key):
                st.caption(say("planner.single_few_addresses"))
            if mending:
                _correct(view, key)
            else:
                _map(view, key, str(queue["decision"][key]))
    _both(view)


def _why(view: PlannerContext, reasons: tuple[str, ...]) -> str:
    return " ".join(view.say(f"planner.reason_{reason}") for reason in reasons)


def _map(view: PlannerContext, key: str, decision: str) -> None:
    """Show what counts now, and beside it what is proposed or what the resident left."""
    say = view.say
    now = review_queue.review_queue(view.study).loc[[key], ["geometry"]]
    beside = "left" if decision == "adjust" else "proposed"
    other = (review_queue.original_outline if decision == "adjust" else review_queue.proposed_outline)(
        view.study, key
    )
    table = now.set_axis(["now"])
    if not other.equals(now.geometry[key]):
        table = pd.concat([table, gpd.GeoDataFrame(geometry=[other], crs=now.crs, index=[beside])])
    table["class"] = table.index
    url = map_data.register_shapes(map_data.encode_shapes({"areas": table}))
    seen: Legend = [(TRIAGE[str(kind)], say(f"planner.triage_{kind}")) for kind in table.index]
    show_map(
        view, "triage_map", [ClassifiedLayer("triage", url, TRIAGE)], around=table, legend={"triage": seen}
    )


def _correct(view: PlannerContext, key: str) -> None:
    """Show the outline on the residents' canvas, to change or draw anew; each acceptance decides."""
    say, now = view.say, review_queue.review_queue(view.study).geometry[key]
    st.markdown(say("planner.triage_mend_how"))
    name = f"mend-{st.session_state.get('triage_turn', 0)}-{key}"
    sent = canvas.accepted_drawing(name)
    if sent is not None and st.session_state.get("triage_mended") != sent.turn:
        st.session_state["triage_mended"] = sent.turn
        try:
            outline = workers.run_in_worker(
                review_queue.clean_adjusted_outline, view.study, shape(sent.geometry)
            )
            review_queue.record_decision(view.study, key, "adjust", by=view.acting(), outline=outline)
        except BuurtError as problem:
            st.session_state["triage_problem"] = say.explain(problem)
        st.rerun()
    degrees = workers.run_in_worker(planes.to_wgs84, now, review_queue.review_queue(view.study).crs)
    west, south, east, north = degrees.bounds
    canvas.draw_area(
        name,
        layers=[*basemap.basemap_layers(view.project.municipality), official(view)],
        start=canvas.InitialView((west + east) / 2, (south + north) / 2),
        words=say,
        initial=canvas.CanvasDrawing(id=key, geometry=geojson.geometry(degrees)),
        stored=key,
        own=False,
        bounds=(west, south, east, north),
        credit=credit(view),
    )


def _decide(view: PlannerContext, key: str, shown: pd.DataFrame) -> bool:
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
    same = review_queue.proposed_outline(view.study, key).equals(
        review_queue.review_queue(view.study).geometry[key]
    )
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
    mending = st.toggle(say("planner.triage_mend"), key="triage_mend", disabled=not are_items_shown(view))
    problem = st.session_state.pop("triage_problem", "")
    if problem:
        st.error(problem)
    return mending


def _act(view: PlannerContext, key: str, action: Literal["accept", "adjust", "aside", "undo"]) -> None:
    # The outline may be another one now: a canvas that shows it begins anew.
    st.session_state["triage_turn"] = st.session_state.get("triage_turn", 0) + 1
    try:
        if action == "undo":
            review_queue.undo_decision(view.study, key, by=view.acting())
        else:
            review_queue.record_decision(view.study, key, action, by=view.acting())
    except BuurtError as problem:
        st.session_state["triage_problem"] = view.say.explain(problem)


def _both(view: PlannerContext) -> None:
    say, both = view.say, review_queue.compare_with_without_flagged(view.study)
    st.subheader(say("planner.both_title"))
    if both.empty:
        st.markdown(say("planner.both_none"))
        return
    st.markdown(say("planner.both", n=len(both), differ=int(both["matters"].sum())))
    show_table(
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


def beside(say: Translator, both: pd.DataFrame) -> pd.DataFrame:
    """Return both answers in words; of fewer than five drawers only that they are too few.

    Parameters
    ----------
    both
        See `study.review_queue.both`.

    Returns
    -------
    DataFrame
        With ``name``; ``n_plain``, ``ha_plain`` and ``iou`` as text.
    """
    few = say("planner.level_none")
    return both.assign(
        name=[cluster_name(say, names, int(str(number))) for number, names in both["names"].items()],
        n_plain=[say.number(n) if n >= MIN_PEOPLE else few for n in both["n_plain"]],
        ha_plain=[few if pd.isna(ha) else say.number(ha, ",.1f") for ha in both["ha_plain"]],
        iou=[few if pd.isna(iou) else say.number(iou, ".0%") for iou in both["iou"]],
    )
