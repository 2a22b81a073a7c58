"""Overview: how well official areas fit what was drawn and where they do not, who drew, and where."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from geo.privacy_limits import MIN_SUBGROUP
from i18n import Translator
from maps.charts import DotChart
from maps.class_styles import FITS, TURNOUT
from maps.interactive.planner_layers import ClassifiedLayer, SelectionLayer
from study import review_queue
from study.analysis import overview
from ui.components import table
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column
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
    official,
    official_url,
    show_map,
)

MAX_NAMED = 3
"""Areas that the first sentence names; the others are in the table."""


def _response_columns(say: Translator, *, is_extra: bool) -> list[Column]:
    """Return the columns that need the number of inhabitants."""
    return [
        Column("inhabitants", say("planner.col_inhabitants"), ",.0f", is_extra=True),
        Column("per_1000", say("planner.col_per_1000"), ".1f", is_extra=is_extra),
        Column("ratio", say("planner.col_ratio"), ".2f", is_extra=is_extra),
        Column("low", say("planner.col_low"), ".2f", is_extra=is_extra),
        Column("high", say("planner.col_high"), ".2f", is_extra=is_extra),
    ]


def show(view: PlannerContext) -> None:
    """Show how well the official areas fit, where they do not, and who drew."""
    say, found = view.say, overview.study_overview(view.study)
    where = overview.fit_by_area(view.study, view.division)
    st.markdown(_headline(view, where))
    st.caption(" · ".join(_facts(view, found)))
    left, right = two_panes()
    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            code = select_one(view, "gebied", say("planner.area"), unique(where["name"]))
            turnout = st.toggle(say("planner.show_turnout"), key="opkomst", bind="query-params")
        if code is not None:
            st.markdown(_area(view, where.T[str(code)]))
        _chart(view, where, turnout=turnout, code=code)
        _table(view, where, turnout=turnout, code=code)
    with left:
        _map(view, where, turnout=turnout, code=code)
    st.subheader(say("planner.where_title", division=view.named_division.lower()))
    st.markdown(_summary(view, found, where))
    _ages(view)


def _facts(view: PlannerContext, found: overview.Overview) -> list[str]:
    """Return what there is in numbers, each with its word."""
    say = view.say
    facts = [] if found.neighbourhoods is None else [say("planner.n_neighbourhoods", n=found.neighbourhoods)]
    return [*facts, say("planner.n_sessions", n=found.sessions), say("planner.n_waiting", n=_waiting(view))]


def _waiting(view: PlannerContext) -> int:
    """Return how many drawings wait for a decision, as the section of decisions counts them."""
    return int((review_queue.review_queue(view.study)["decision"] == "").sum())


def _headline(view: PlannerContext, where: pd.DataFrame) -> str:
    """Return how well areas fit what was drawn, with its interval, and where they do not."""
    say, facts = view.say, where.attrs
    if pd.isna(facts["fit"]):
        return say("planner.overview_few", n=facts["drawings"], least=MIN_SUBGROUP)
    ends = {"low": facts["fit_low"], "high": facts["fit_high"]}
    division = view.named_division.lower()
    parts = [say("planner.overview_fit", division=division, n=facts["drawings"], fit=facts["fit"], **ends)]
    worse = where[where["fits"] == "worse"].sort_values("fit")
    named = [
        say("planner.overview_one", name=escape_markdown(row["name"]), fit=row["fit"], n=int(row["n"]))
        for row in worse.head(MAX_NAMED).to_dict("records")
    ]
    if named:
        more = say("planner.overview_more", n=len(worse) - MAX_NAMED) if len(worse) > MAX_NAMED else ""
        parts.append(say("planner.overview_worse", areas=", ".join(named) + more))
    elif where["fit"].notna().any():
        parts.append(say("planner.overview_even"))
    else:
        parts.append(say("planner.overview_nowhere", least=MIN_SUBGROUP))
    return " ".join(parts)


def _chart(view: PlannerContext, where: pd.DataFrame, *, turnout: bool, code: Hashable) -> None:
    say = view.say
    chosen, decimal = str(code or ""), decimal_sign(say)
    if turnout:
        rows = chart_rows(view, where.sort_values("ratio"), "ratio", between=("low", "high"), spec=".1f")
        axis, about = say("planner.col_ratio"), say("planner.chart_turnout")
        settings = DotChart(axis, about, "ratio", rule=1.0, decimal=decimal, chosen=chosen)
    else:
        rows = chart_rows(view, where.sort_values("fit"), "fit", between=("fit_low", "fit_high"))
        axis, about = say("planner.chart_fit_axis"), say("planner.chart_fit")
        settings = DotChart(axis, about, rule=where.attrs["fit"], decimal=decimal, chosen=chosen)
    show_chart(view, "overview_chart", rows, settings, on_choose=selection_handler("gebied"))


def _table(view: PlannerContext, where: pd.DataFrame, *, turnout: bool, code: Hashable) -> None:
    say = view.say
    has_inhabitants = bool(where["inhabitants"].notna().any())
    shown = where.assign(
        between=[interval(view, *ends) for ends in where[["fit_low", "fit_high"]].to_numpy()]
    )
    if not turnout:
        shown = shown.sort_values("fit", na_position="last")
    show_rows(
        view,
        shown,
        [
            Column("name", say("planner.col_area")),
            Column("n", say("planner.col_n"), ",.0f"),
            Column("fit", say("planner.col_mean_iou"), ".0%", is_extra=turnout),
            Column("between", say("planner.col_iou_between"), is_extra=turnout),
            *(_response_columns(say, is_extra=not turnout) if has_inhabitants else ()),
        ],
        key="where_table",
        published="areas",
        chosen=code,
        on_choose=selection_handler("gebied"),
    )
    st.caption(say("planner.hidden_few" if has_inhabitants else "planner.hidden_few_plain"))


def _map(view: PlannerContext, where: pd.DataFrame, *, turnout: bool, code: Hashable) -> None:
    say, url = view.say, official_url(view)
    kinds = _kinds(where) if turnout else {str(key): str(kind) for key, kind in where["fits"].items()}
    looks, word = (TURNOUT, "turnout") if turnout else (FITS, "fits")
    layers = [
        ClassifiedLayer(word, url, looks, classes=kinds),
        official(view, select=True),
    ]
    seen = [kind for kind in looks if kind in kinds.values()]
    show_map(
        view,
        "overview_map",
        [*layers, SelectionLayer(url, str(code))] if code is not None else layers,
        legend={word: [(looks[kind], say(f"planner.{word}_{kind}")) for kind in seen]},
        facts=card_facts(where, lambda row: _drawers(say, row), lambda row: _fit(say, row)),
        chosen=str(code or ""),
        on_choose=selection_handler("gebied"),
    )
    source(view, _known_homes(say, int(where.attrs["by_home"]), int(where.attrs["total"])))


def _known_homes(say: Translator, n: int, total: int) -> str:
    """Return of how many it is known where they live; nothing where it is known of all."""
    if n == total:
        return ""
    return say("planner.by_home", n=n, total=total) if n else say("planner.by_home_nobody")


def _drawers(say: Translator, row: Mapping[Any, Any]) -> str:
    """Return of how many people an answer is: few are not counted out."""
    return say("planner.card_few") if pd.isna(row["n"]) else say("planner.chart_n", n=int(row["n"]))


def _fit(say: Translator, row: Mapping[Any, Any]) -> str:
    if pd.isna(row["fit"]):
        return ""
    text = say("planner.card_fit", fit=row["fit"])
    if pd.isna(row["fit_low"]):
        return text
    ends = {end: say.number(row[f"fit_{end}"], ".0%") for end in ("low", "high")}
    return text + " " + say("planner.chart_between", **ends)


def _kinds(where: pd.DataFrame) -> dict[str, str]:
    if where["inhabitants"].isna().all():
        return {str(code): "drawn" for code in where.index[where["n"].notna() & (where["n"] > 0)]}
    kinds = {}
    for code, blank, low, high in zip(where.index, where["blank"], where["low"], where["high"], strict=True):
        if blank:
            kinds[str(code)] = "blank"
        elif pd.notna(low):
            kinds[str(code)] = "many" if low > 1 else "few" if high < 1 else "fair"
    return kinds


def _summary(view: PlannerContext, found: overview.Overview, where: pd.DataFrame) -> str:
    say = view.say
    parts = [
        say(
            "planner.summary_many"
            if found.neighbourhoods is None
            else "planner.summary_one_day"
            if found.first_day == found.last_day
            else "planner.summary",
            n=found.n,
            first=f"{found.first_day:%d-%m-%Y}",
            last=f"{found.last_day:%d-%m-%Y}",
            neighbourhoods=found.neighbourhoods,
            size=_hectares(say, found.median_ha or 0.0),
        )
    ]
    if where["inhabitants"].notna().any():
        kinds = list(_kinds(where).values())
        parts.append(
            say(
                "planner.summary_where",
                blank=kinds.count("blank"),
                few=kinds.count("few"),
                areas=len(where),
                division=view.named_division.lower(),
            )
        )
    if found.largest_session > 0.3:
        parts.append(say("planner.summary_session", share=found.largest_session))
    waiting = _waiting(view)
    if found.repaired or waiting:
        parts.append(say("planner.summary_quality", repaired=found.repaired, waiting=waiting))
    return " ".join(parts)


def _hectares(say: Translator, size_ha: float) -> str:
    """Write a size so that a small one does not become 0."""
    return say.number(size_ha, ",.0f" if size_ha >= 10 else ",.1f" if size_ha >= 1 else ",.2f")


def _area(view: PlannerContext, row: "pd.Series[Any]") -> str:
    say = view.say
    if row["blank"]:
        return say("planner.where_blank", name=row["name"], inhabitants=row["inhabitants"])
    if pd.isna(row["n"]):
        return say("planner.where_hidden", name=row["name"])
    if pd.isna(row["ratio"]):
        return say("planner.where_plain", name=row["name"], n=int(row["n"]))
    return say(
        "planner.where_area",
        name=row["name"],
        n=int(row["n"]),
        inhabitants=row["inhabitants"],
        ratio=row["ratio"],
        low=row["low"],
        high=row["high"],
    )


def _ages(view: PlannerContext) -> None:
    say, ages = view.say, overview.age_distribution(view.study)
    if ages.empty:
        return
    st.subheader(say("planner.ages_title"))
    fewer = ages[(ages["high"] < ages["inhabitants"]).fillna(False)]
    names = [say(f"planner.age_{key}") for key in fewer.index]
    # A difference that is found in four cases of five is 2.8 standard errors; an interval is 3.92 wide.
    smallest = float((ages["high"] - ages["low"]).max()) * 2.8 / 3.92
    if names:
        st.markdown(say("planner.ages_few", groups=", ".join(names)))
    elif pd.notna(smallest):
        st.markdown(say("planner.ages_fair", n=ages.attrs["answered"], smallest=smallest))
    shown = ages.assign(name=[say(f"planner.age_{key}") for key in ages.index])
    settings = DotChart(say("planner.col_share"), say("planner.chart_ages"), decimal=decimal_sign(say))
    rows = chart_rows(view, shown, "share", between=("low", "high"), tick="inhabitants")
    show_chart(view, "ages_chart", rows, settings)
    table.show_table(
        say,
        shown,
        [
            Column("name", say("planner.col_age")),
            Column("n", say("planner.col_n"), ",.0f"),
            Column("share", say("planner.col_share"), ".0%"),
            Column("low", say("planner.col_low"), ".0%"),
            Column("high", say("planner.col_high"), ".0%"),
            Column("inhabitants", say("planner.col_share_inhabitants"), ".0%"),
        ],
        key="ages_table",
    )
    st.caption(say("planner.ages_note", n=ages.attrs["answered"]))
