"""Leefbaarheid: how people live together in experienced and official areas, and what they propose."""

from typing import Any

import pandas as pd
import streamlit as st

from geo.consensus.clustering import CUT
from geo.errors import BuurtError
from maps.charts import DotChart
from maps.class_styles import CORES, SCORES, ClassStyle
from maps.interactive.leaflet_layers import BrowserLayer
from maps.interactive.planner_layers import ClassifiedLayer
from study.analysis import comparison, liveability
from study.analysis.liveability import SignalStatus
from study.publishing.xlsx import XLSX_TYPE, list_to_xlsx
from ui.components import table
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column
from ui.pages.planner.section import (
    PlannerContext,
    chart_rows,
    clusters,
    decimal_sign,
    require_switch,
    select_one,
    selection_handler,
    show_chart,
    source,
    two_panes,
)
from ui.pages.planner.workbench.planner_map import (
    Legend,
    card_facts,
    cluster_cores_url,
    official,
    official_url,
    show_map,
)

STEPS = {"mark": (5.5, 7.0), "contact": (1.5, 2.5)}
"""Below the first a score is low, from the second it is high: marks up to 10, contact up to 4."""

OUTLINE = ClassStyle(line=CORES["50"].line, weight=2.5)

PROBLEM = "undecided"
"""Key in the session's state of why a decision was not taken, for the run that shows it."""

SIGNAL_COLUMNS = ("kind", "words", "theme", "status")

STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")


def show(view: PlannerContext) -> None:
    """Show it."""
    say = view.say
    score = st.selectbox(
        say("planner.score"),
        liveability.SCORES,
        format_func=lambda key: say(f"planner.score_{key}"),
        key="score",
        bind="query-params",
    )
    answered = liveability.resident_scores(view.study)[score].notna().sum()
    if not answered:
        st.info(say("planner.score_unasked"))
    else:
        _scores(view, str(score), int(answered))
    _signals(view)


def _score_summary(
    view: PlannerContext, score: str, answered: int, *, known: pd.DataFrame, mine: pd.DataFrame
) -> None:
    say = view.say
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
                name=escape_markdown(top["name"]),
                mean=top["mean"],
                low=top["low"],
                high=top["high"],
                n=int(top["n"]),
            )
        st.markdown(text)


def _scores(view: PlannerContext, score: str, answered: int) -> None:
    say = view.say
    found = liveability.scores_side_by_side(view.study, view.division, score)
    names = clusters(view)
    found = found.assign(name=names.reindex(found.index))
    areas = liveability.select_score(liveability.scores_by_area(view.study, view.division), score)
    known = areas.dropna(subset=["mean"])
    mine = found.dropna(subset=["mean"])
    _score_summary(view, score, answered, known=known, mine=mine)
    left, right = two_panes()
    with right:
        chosen = select_one(view, "buurt", say("planner.neighbourhood"), names)
    with left:
        steps = STEPS["contact" if score in {"bonding", "bridging"} else "mark"]
        kinds = {str(code): _kind(float(mean), steps) for code, mean in known["mean"].items()}
        layers: list[BrowserLayer] = [
            ClassifiedLayer("scores", official_url(view), SCORES, classes=kinds),
            ClassifiedLayer("cores", cluster_cores_url(view, CUT), {"50": OUTLINE}, select=True, labels=True),
            official(view),
        ]
        low, high = steps
        legend: dict[str, Legend] = {
            "scores": [
                (SCORES["low"], say("planner.score_low", low=low)),
                (SCORES["middle"], say("planner.score_middle", low=low, high=high)),
                (SCORES["high"], say("planner.score_high", high=high)),
            ],
            "cores": [(OUTLINE, say("planner.cores_clusters"))],
        }
        show_map(
            view,
            "scores_map",
            layers,
            legend=legend,
            facts=_cards(view, areas, found),
            chosen="" if chosen is None else f"cores/{chosen}",
            on_choose=selection_handler("buurt", int),
        )
        source(view, say("planner.score_least"))
    with right:
        _chart(view, score, found, "" if chosen is None else str(chosen))
        table.show_table(
            say,
            found.assign(
                score=_score_texts(view, found),
                official_score=_score_texts(view, found, "official_"),
                leaning=_leaning(view, found),
            ),
            [
                Column("name", say("planner.col_experienced")),
                Column("score", say("planner.col_mean")),
                Column("leaning", say("planner.col_shrunk"), is_extra=True),
                Column("official", say("planner.col_official")),
                Column("official_score", say("planner.col_official_mean")),
            ],
            key="scores_table",
            chosen=chosen,
            on_choose=selection_handler("buurt", int),
        )
        st.caption(f"{say(f'planner.about_{score}')} {say('planner.about_shrunk')}")


def _chart(view: PlannerContext, score: str, found: pd.DataFrame, chosen: str) -> None:
    """Show the mean of each experienced neighbourhood beside that of the official area it resembles."""
    say = view.say
    series = {"": say("planner.col_experienced"), "official_": say("planner.chart_official")}
    parts = []
    for prefix, name in series.items():
        part = found[["name", *(f"{prefix}{fact}" for fact in ("mean", "low", "high", "n"))]]
        part = part.set_axis(["name", "mean", "low", "high", "n"], axis="columns")
        part = part[found["mean"].notna().to_numpy()]
        parts.append(chart_rows(view, part, "mean", between=("low", "high"), spec=".1f", series=name))
    settings = DotChart(
        say(f"planner.score_{score}"),
        say("planner.chart_scores"),
        "number",
        decimal=decimal_sign(say),
        series=tuple(series.values()),
        chosen=chosen,
    )
    show_chart(view, "scores_chart", pd.concat(parts), settings, on_choose=selection_handler("buurt", int))


def _cards(view: PlannerContext, areas: pd.DataFrame, found: pd.DataFrame) -> dict[str, list[str]]:
    """Return what the card of each official area and of each core says: its mean, or that too few answered."""
    names = comparison.division_areas(view.study, view.division)["name"]
    cards: dict[str, list[str]] = {}
    for part in (
        areas.assign(name=names.reindex(areas.index)),
        found.set_axis([f"cores/{cluster}" for cluster in found.index]).dropna(subset=["name"]),
    ):
        said = part.assign(said=_score_texts(view, part))
        cards |= card_facts(said, lambda row: str(row["said"]))
    return cards


def _score_texts(view: PlannerContext, found: pd.DataFrame, whose: str = "") -> list[str]:
    """Write means with their interval and number of people; of fewer than ten not even how many they are."""
    return [
        view.say("planner.score_hidden")
        if pd.isna(mean)
        else view.say("planner.score_cell", mean=mean, low=low, high=high, n=int(n))
        for mean, low, high, n in found[
            [f"{whose}{fact}" for fact in ("mean", "low", "high", "n")]
        ].to_numpy()
    ]


def _leaning(view: PlannerContext, found: pd.DataFrame) -> list[str]:
    """Write the means drawn towards that of all, with their interval and how much is the area's own."""
    return [
        view.say("planner.shrunk_few")
        if pd.isna(mean)
        else view.say("planner.shrunk_cell", mean=mean, low=low, high=high, own=own)
        for mean, low, high, own in found[["shrunk", "shrunk_low", "shrunk_high", "own"]].to_numpy()
    ]


def _kind(mean: float, steps: tuple[float, float]) -> str:
    return "low" if mean < steps[0] else "high" if mean >= steps[1] else "middle"


def _signals(view: PlannerContext) -> None:
    say, found = view.say, liveability.list_signals(view.study)
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
    if not require_switch(view, "words"):
        return
    shown = _in_words(view, found)
    columns = [Column(name, say(f"planner.col_{name}")) for name in SIGNAL_COLUMNS]
    chosen = st.session_state.get("signal")
    if chosen in found.index:
        _decide(view, str(chosen), found.T[str(chosen)])
    table.show_table(
        say, shown, columns, key="signals_table", chosen=chosen, on_choose=selection_handler("signal")
    )
    st.caption(say("planner.signals_note"))
    _offer_list(view)


def _in_words(view: PlannerContext, found: pd.DataFrame) -> pd.DataFrame:
    say = view.say
    return found.assign(
        kind=[say(f"planner.signal_{kind}") for kind in found["kind"]],
        theme=[
            say(f"planner.theme_{theme}") if theme in liveability.THEMES else "" for theme in found["theme"]
        ],
        status=[say(f"planner.status_{status}") for status in found["status"]],
    )


def _offer_list(view: PlannerContext) -> None:
    """Offer the texts that somebody released as a list."""
    say, released = view.say, liveability.released_signals(view.study)
    st.caption(say("planner.signals_released", n=len(released)))
    if released.empty:
        return
    heads = [say(f"planner.col_{name}") for name in SIGNAL_COLUMNS]
    listed = _in_words(view, released)[list(SIGNAL_COLUMNS)].set_axis(heads, axis="columns")
    st.download_button(
        say("planner.signals_fetch"),
        lambda: list_to_xlsx(listed, say("planner.signals_title")),
        file_name=f"signalen-{view.project.id}.xlsx",
        mime=XLSX_TYPE,
        icon=":material/download:",
        on_click="ignore",
    )


def _decide(view: PlannerContext, signal: str, row: "pd.Series[Any]") -> None:
    """Show the choice of a signal's status, and whether its words may go to lists and screens."""
    say, key = view.say, f"status_{signal}"
    st.text(row["words"])
    if row["is_marked"]:
        st.caption(say("publish.marked"))

    def changed() -> None:
        try:
            liveability.set_signal_status(signal, st.session_state[key], was=row["status"], by=view.acting())
        except BuurtError as problem:
            st.session_state[PROBLEM] = say.explain(problem)

    def released() -> None:
        liveability.release_words(signal, released=not row["is_released"], by=view.acting())

    # What the store says, whatever this page showed before: somebody else may have decided.
    st.session_state[key], st.session_state[f"release_{signal}"] = row["status"], bool(row["is_released"])
    st.checkbox(say("planner.signal_release"), key=f"release_{signal}", on_change=released)
    if PROBLEM in st.session_state:
        st.error(st.session_state.pop(PROBLEM))
    st.pills(
        say("planner.signal_status"),
        STATUSES,
        format_func=lambda status: say(f"planner.status_{status}"),
        key=key,
        on_change=changed,
        required=True,
    )
