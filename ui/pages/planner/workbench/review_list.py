"""The list of drawings to look at: what is marked in it, what was decided about them, and the steps to take back."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from geo.errors import BuurtError, NothingToUndo
from maps.static.thumbnail import outline_paths
from study import review_queue
from study.answer_cache import cached_answer
from study.context import Study
from ui.components.browser_component import run_component
from ui.pages.planner.section import PlannerContext

KEYS = {"g": "accept", "o": "aside", "d": "adjust", "v": "proposed", "u": "undo", "z": "back"}
"""What a key of the keyboard does; the same as the button with that text."""

LIST = "triage_list"
PROBLEM = "triage_problem"
STEPS, BATCH, HEARD = "triage_steps", "triage_batch", "triage_heard"
"""Keys in the session's state: what was decided together, step by step; how many acts there were; the last one that
the list told of. The first two are kept by project."""


def worded(view: PlannerContext, queue: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows of the list in words."""
    say = view.say
    facts = pd.DataFrame(queue.drop(columns="geometry"))
    return facts.assign(
        name=[say("planner.drawing", number=number) for number in queue["number"]],
        why=[", ".join(say(f"planner.why_{one}") for one in reasons) for reasons in queue["reasons"]],
        why_long=[" ".join(say(f"planner.reason_{one}") for one in reasons) for reasons in queue["reasons"]],
        offer=[say(f"planner.action_{action}") for action in queue["proposed"]],
        done=[say(f"planner.decided_{action}") if action else "" for action in queue["decision"]],
    )


def show_list(view: PlannerContext, shown: pd.DataFrame, *, chosen: str, with_previews: bool) -> None:
    """Show the list, with a preview of each drawing where single drawings may be seen.

    Parameters
    ----------
    shown
        As `worded` makes it.
    """
    say = view.say
    pictures = _previews(view.study) if with_previews else {}
    rows = [
        {
            "key": str(key),
            "name": row["name"],
            "why": row["why"],
            "size": say("planner.triage_ha", ha=row["area_ha"]),
            "state": row["done"] or say("planner.triage_offer", offer=row["offer"].lower()),
            "isOpen": not row["done"],
            "paths": pictures.get(key, []),
        }
        for key, row in zip(shown.index, shown.to_dict("records"), strict=True)
    ]
    run_component(
        "ui/browser/review_list.js",
        key=LIST,
        data={
            "rows": rows,
            "chosen": chosen,
            "label": say("planner.section_triage"),
            "heard": st.session_state.get(HEARD),
            "batch": batch(view),
            "keys": KEYS,
            "words": say.section("review_list"),
        },
        heard={"chosen": _choose, "marked": None, "acts": lambda: _hear(view, list(shown.index))},
        isolate_styles=False,
    )


@cached_answer
def _previews(study: Study) -> dict[Hashable, list[str]]:
    """Return the outline as each resident left it, and its largest part where that is less."""
    found = {}
    for key, outline in review_queue.outlines_left(study).items():
        largest = review_queue.largest_part(outline)
        found[key] = outline_paths([outline] if largest.equals(outline) else [outline, largest])
    return found


# --- Marks ----------------------------------------------------------------------------------------


def marked(view: PlannerContext, shown: pd.DataFrame) -> tuple[str, ...]:
    """Return the rows that are marked; what was marked before the last act was dealt with by it."""
    sent = (st.session_state.get(LIST) or {}).get("marked") or {}
    if sent.get("batch") != batch(view):
        return ()
    return tuple(key for key in sent["keys"] if key in shown.index)


def batch(view: PlannerContext) -> int:
    """Return how many acts there were in this visit."""
    return int(st.session_state.get(BATCH, {}).get(view.project.id, 0))


# --- Deciding -------------------------------------------------------------------------------------


def act(view: PlannerContext, action: str, keys: Sequence[str]) -> None:
    """Decide about these drawings, or take back what was decided; all of them or none.

    Parameters
    ----------
    action
        One of `KEYS`: "proposed" decides of each what is proposed, "undo" takes back the last decision about each,
        and "back" all that was decided in the last step, whichever drawings these are.
    """
    try:
        if action == "back":
            _take_back(view)
        elif action == "undo":
            review_queue.undo_decisions(view.study, keys, by=view.acting())
            _forget(view, keys)
        else:
            decided: dict[str, Any] = dict.fromkeys(keys, action)
            if action == "proposed":
                decided = dict(review_queue.review_queue(view.study)["proposed"][list(keys)])
            remember(view, review_queue.record_decisions(view.study, decided, by=view.acting()))
    except BuurtError as problem:
        st.session_state[PROBLEM] = view.say.explain(problem)


def _take_back(view: PlannerContext) -> None:
    """Undo the last step; one that others went over whole is forgotten, and any other problem leaves it."""
    step = _steps(view)[-1]
    try:
        review_queue.undo_step(view.study, step.values(), by=view.acting())
    except NothingToUndo:
        _steps(view).pop()
        raise
    _steps(view).pop()
    _count(view)


def remember(view: PlannerContext, decided: Mapping[str, str]) -> None:
    """Remember what was decided together, as drawing to decision, so that one press takes it back."""
    _steps(view).append(dict(decided))
    _count(view)


def last_step(view: PlannerContext) -> int:
    """Return about how many drawings the last step decided that can be taken back; 0 without one."""
    return len(_steps(view)[-1]) if _steps(view) else 0


def _forget(view: PlannerContext, keys: Collection[str]) -> None:
    """Leave out of the last step about each of these drawings what was taken back by itself."""
    steps = _steps(view)
    for key in keys:
        at = next((place for place in reversed(range(len(steps))) if key in steps[place]), None)
        if at is not None:
            del steps[at][key]
    st.session_state[STEPS][view.project.id] = [step for step in steps if step]
    _count(view)


def _steps(view: PlannerContext) -> list[dict[str, str]]:
    found: list[dict[str, str]] = st.session_state.setdefault(STEPS, {}).setdefault(view.project.id, [])
    return found


def _count(view: PlannerContext) -> None:
    st.session_state.setdefault(BATCH, {})[view.project.id] = batch(view) + 1


# --- What the list tells --------------------------------------------------------------------------


def _choose() -> None:
    sent = st.session_state[LIST].get("chosen")
    if sent:
        st.session_state["tekening"] = sent


def _hear(view: PlannerContext, shown: Sequence[str]) -> None:
    """Do what the list asks that was not done yet; it tells everything again until it knows it was heard."""
    last = st.session_state.get(HEARD) or {}
    for sent in st.session_state[LIST].get("acts") or ():
        if sent["visit"] == last.get("visit") and sent["turn"] <= last["turn"]:
            continue
        st.session_state[HEARD] = last = {"visit": sent["visit"], "turn": sent["turn"]}
        keys = [key for key in sent["keys"] if key in shown]
        if sent["action"] not in KEYS.values() or not keys or (sent["action"] == "back" and not _steps(view)):
            continue
        act(view, sent["action"], keys)
        if sent["action"] not in ("back", "undo"):
            st.session_state["tekening"] = _next_open(view, keys, shown)


def _next_open(view: PlannerContext, keys: Sequence[str], shown: Sequence[str]) -> str:
    """Return the first drawing that waits after the last of these, or else from the top of the list."""
    decided = review_queue.current_queue(view.study)["decision"]
    at = list(shown).index(keys[-1])
    after = [*shown[at + 1 :], *shown[: at + 1]]
    return next((key for key in after if decided.get(key) == ""), keys[-1])
