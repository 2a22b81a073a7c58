"""Leefbaarheid: how people live together in experienced and official areas, and what they propose."""

from typing import Any

import pandas as pd
import streamlit as st

from geo.clusters import CUT
from maps.layers import Shapes
from maps.planner import CORES, SCORES, Classed, Look
from study import export, liveability
from study.liveability import SignalStatus
from ui import tables
from ui.markdown import plain
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

STEPS = {"mark": (5.5, 7.0), "contact": (1.5, 2.5)}
"""Below the first a score is low, from the second it is high: marks up to 10, contact up to 4."""

OUTLINE = Look(line=CORES["50"].line, weight=2.5)

STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")


def show(view: View) -> None:
    """Show it."""
    say = view.say
    score = st.selectbox(
        say("planner.score"),
        liveability.SCORES,
        format_func=lambda key: say(f"planner.score_{key}"),
        key="score",
        bind="query-params",
    )
    answered = liveability.scores(view.study)[score].notna().sum()
    if not answered:
        st.info(say("planner.score_unasked"))
    else:
        _scores(view, str(score), int(answered))
    _signals(view)


def _scores(view: View, score: str, answered: int) -> None:
    say = view.say
    found = liveability.side_by_side(view.study, view.division, score)
    names = frame.clusters(view)
    found = found.assign(name=names.reindex(found.index))
    areas = liveability.one_score(liveability.by_area(view.study, view.division), score)
    known = areas.dropna(subset=["mean"])
    mine = found.dropna(subset=["mean"])
    if mine.empty and known.empty:
        st.info(say("planner.score_few", n=answered))
    else:
        text = say(
            "planner.score_known",
            score=say(f"planner.score_{score}"),
            n=answered,
            areas=len(known),
            neighbourhoods=len(mine),
        )
        if len(mine):
            top = mine.sort_values("mean").iloc[-1]
            text += " " + say(
                "planner.score_top",
                name=plain(top["name"]),
                mean=top["mean"],
                low=top["low"],
                high=top["high"],
                n=int(top["n"]),
            )
        st.markdown(text)
    left, right = st.columns(2)
    with left:
        steps = STEPS["contact" if score in {"bonding", "bridging"} else "mark"]
        kinds = {str(code): _kind(float(mean), steps) for code, mean in known["mean"].items()}
        layers: list[Shapes] = [
            Classed("scores", frame.official_url(view), SCORES, classes=kinds),
            Classed("cores", frame.cluster_cores_url(view, CUT), {"50": OUTLINE}, labels=True),
            frame.official(view),
        ]
        frame.show_map(view, "scores_map", layers)
        low, high = steps
        frame.legend(
            [
                (SCORES["low"], say("planner.score_low", low=low)),
                (SCORES["middle"], say("planner.score_middle", low=low, high=high)),
                (SCORES["high"], say("planner.score_high", high=high)),
                (OUTLINE, say("planner.cores_clusters")),
            ]
        )
        frame.source(view, say("planner.score_least"))
    with right:
        tables.show(
            say,
            found.assign(score=_told(view, found), official_score=_told(view, found, "official_")),
            [
                Column("name", say("planner.col_experienced")),
                Column("score", say("planner.col_mean")),
                Column("official", say("planner.col_official")),
                Column("official_score", say("planner.col_official_mean")),
            ],
            key="scores_table",
        )
        st.caption(say(f"planner.about_{score}"))


def _told(view: View, found: pd.DataFrame, whose: str = "") -> list[str]:
    """Write means with their interval and number of people; of fewer than ten not even how many they are."""
    return [
        view.say("planner.score_hidden")
        if pd.isna(mean)
        else view.say("planner.score_cell", mean=mean, low=low, high=high, n=int(n))
        for mean, low, high, n in found[
            [f"{whose}{fact}" for fact in ("mean", "low", "high", "n")]
        ].to_numpy()
    ]


def _kind(mean: float, steps: tuple[float, float]) -> str:
    return "low" if mean < steps[0] else "high" if mean >= steps[1] else "middle"


def _signals(view: View) -> None:
    say, found = view.say, liveability.signals(view.study)
    st.subheader(say("planner.signals_title"))
    if found.empty:
        st.info(say("planner.signals_none"))
        return
    st.markdown(
        say(
            "planner.signals",
            signals=int((found["kind"] == "signal").sum()),
            initiatives=int((found["kind"] == "initiative").sum()),
            new=int((found["status"] == "new").sum()),
        )
    )
    shown = found.assign(
        kind=[say(f"planner.signal_{kind}") for kind in found["kind"]],
        theme=[
            say(f"planner.theme_{theme}") if theme in liveability.THEMES else "" for theme in found["theme"]
        ],
        status=[say(f"planner.status_{status}") for status in found["status"]],
    )
    columns = [Column(name, say(f"planner.col_{name}")) for name in ("kind", "words", "theme", "status")]
    chosen = st.session_state.get("signal")
    if chosen in found.index:
        _decide(view, str(chosen), found.T[str(chosen)])
    tables.show(say, shown, columns, key="signals_table", chosen=chosen, on_choose=frame.chooser("signal"))
    st.caption(say("planner.signals_note"))
    listed = shown[[column.name for column in columns]].set_axis(
        [column.label for column in columns], axis="columns"
    )
    st.download_button(
        say("planner.signals_fetch"),
        lambda: export.listing(listed, say("planner.signals_title")),
        file_name=f"signalen-{view.project.id}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
    )


def _decide(view: View, signal: str, row: "pd.Series[Any]") -> None:
    """Let be chosen what becomes of one signal."""
    say, key = view.say, f"status_{signal}"
    st.text(row["words"])

    def changed() -> None:
        liveability.set_status(signal, st.session_state[key], by=view.acting())

    st.pills(
        say("planner.signal_status"),
        STATUSES,
        default=row["status"],
        format_func=lambda status: say(f"planner.status_{status}"),
        key=key,
        on_change=changed,
        required=True,
    )
