"""To look at: drawings with a remark, in plain words, with what is proposed; nothing is ever deleted."""

from collections import Counter

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
    two_panes,
)
from ui.pages.planner.workbench import review_list
from ui.pages.planner.workbench.planner_map import (
    Legend,
    credit,
    official,
    show_map,
)


def show(view: PlannerContext) -> None:
    """Show it."""
    if review_queue.review_queue(view.study).empty:
        st.info(view.say("planner.triage_none"))
        _look(view)
        return
    _work_through(view)
    _both(view)


def _look(view: PlannerContext) -> None:
    if st.button(
        view.say("planner.triage_look"), icon=":material/search:", key="triage_look", width="stretch"
    ):
        st.toast(view.say("planner.triage_found", n=review_queue.flag_outliers(view.study)))
        st.rerun()


@st.fragment
def _work_through(view: PlannerContext) -> None:
    """Show the list, the map and what can be decided.

    A part of the page by itself: a decision makes this part anew, with the same study. What else the page says of the
    study waits for who asks for it, as every answer is another one by then.
    """
    say, queue = view.say, review_queue.current_queue(view.study)
    waiting = int((queue["decision"] == "").sum())
    st.markdown(
        f"**{say('planner.triage_waiting', waiting=waiting, n=len(queue))}** {say('planner.triage_intro')}"
    )
    is_decided = queue["decision"].tolist() != review_queue.review_queue(view.study)["decision"].tolist()
    places = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    with places[0]:
        queue = _of_reason(view, queue)
    shown = review_list.worded(view, queue)
    with places[1]:
        key = str(select_one(view, "tekening", say("planner.drawing_choose"), shown["name"], first=True))
    with places[2]:
        _look(view)
    # Always there: a list that moves on the page loses the focus of who decides by keyboard.
    if places[3].button(
        say("planner.triage_again"),
        icon=":material/refresh:",
        key="triage_again",
        disabled=not is_decided,
        width="stretch",
    ):
        st.rerun()
    left, right = two_panes()
    with left:
        may_see = require_switch(view, "drawings")
    with right:
        mending = _decide(view, key, shown)
        review_list.show_list(view, shown, chosen=key, with_previews=may_see)
    with left:
        if may_see:
            if not review_queue.can_show_drawing(view.study, key):
                st.caption(say("planner.single_few_addresses"))
            if mending:
                _correct(view, key)
            else:
                _map(view, key, queue)


def _of_reason(view: PlannerContext, queue: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Offer the reasons, each with how many wait for it, and return the rows of the one that is chosen."""
    say, waits = view.say, queue["decision"] == ""
    counted = Counter(reason for reasons in queue["reasons"] for reason in reasons)
    open_ones = Counter(reason for reasons in queue["reasons"][waits] for reason in reasons)
    known = [reason for reason, _ in counted.most_common()]
    if st.session_state.get("reden") not in (None, *known):
        st.session_state["reden"] = None
    chosen = st.selectbox(
        say("planner.triage_reasons"),
        known,
        index=None,
        key="reden",
        bind="query-params",
        format_func=lambda reason: say(
            "planner.triage_reason",
            reason=say(f"planner.why_{reason}"),
            waiting=open_ones[reason],
            n=counted[reason],
        ),
        placeholder=say("planner.triage_any"),
        label_visibility="collapsed",
    )
    return queue if chosen is None else queue[[chosen in reasons for reasons in queue["reasons"]]]


def _map(view: PlannerContext, key: str, queue: gpd.GeoDataFrame) -> None:
    """Show what counts now, and beside it what is proposed or what the resident left."""
    say, now = view.say, queue.loc[[key], ["geometry"]]
    is_adjusted = queue["decision"][key] == "adjust"
    beside = "left" if is_adjusted else "proposed"
    other = (review_queue.original_outline if is_adjusted else review_queue.proposed_outline)(view.study, key)
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
    say, now = view.say, review_queue.current_queue(view.study).geometry[key]
    st.markdown(say("planner.triage_mend_how"))
    name = f"mend-{review_list.batch(view)}-{key}"
    sent = canvas.accepted_drawing(name)
    if sent is not None and st.session_state.get("triage_mended") != sent.turn:
        st.session_state["triage_mended"] = sent.turn
        try:
            outline = workers.run_in_worker(
                review_queue.clean_adjusted_outline, view.study, shape(sent.geometry)
            )
            decided = review_queue.record_decision(
                view.study, key, "adjust", by=view.acting(), outline=outline
            )
        except BuurtError as problem:
            st.session_state[review_list.PROBLEM] = say.explain(problem)
        else:
            review_list.remember(view, decided)
        st.rerun(scope="fragment")
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
    """Offer what can be decided of the drawings that are marked, or of the chosen one; tell whether to mend that."""
    say, row, marked = view.say, shown.loc[key], review_list.marked(view, shown)
    if marked:
        st.markdown(say("planner.triage_marked", n=len(marked)))
    else:
        facts = {
            "name": row["name"],
            "why": row["why_long"],
            "ha": row["area_ha"],
            "offer": row["offer"].lower(),
        }
        st.markdown(say("planner.triage_told", **facts))
    rows = shown.loc[list(marked) or [key]]
    is_open = rows["decision"] == ""
    off = {"undo": bool(is_open.any()), "back": review_list.last_step(view) == 0}
    first = "proposed" if marked else row["proposed"]
    for place, action in enumerate(review_list.KEYS.values()):
        if place % 3 == 0:
            columns = st.columns(3)
        with columns[place % 3]:
            st.button(
                say("planner.triage_largest" if action == "adjust" else f"planner.action_{action}"),
                key=f"triage_{action}",
                on_click=review_list.act,
                args=(view, action, tuple(rows.index)),
                disabled=off.get(action, False),
                type="primary" if action == first and is_open.all() else "secondary",
                width="stretch",
            )
    may_mend = are_items_shown(view) and not marked
    mending = st.toggle(say("planner.triage_mend"), key="triage_mend", disabled=not may_mend)
    problem = st.session_state.pop(review_list.PROBLEM, "")
    if problem:
        st.error(problem)
    return mending and may_mend


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
