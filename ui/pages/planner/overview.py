"""Overview: how many drew, where against who lives there, and what was remarked."""

from typing import Any

import pandas as pd
import streamlit as st

from maps.planner import TURNOUT, Chosen, Classed
from study import overview
from ui import tables
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column
from words import Words


def show(view: View) -> None:
    """Show it."""
    say, found = view.say, overview.overview(view.study)
    facts = [
        (say("planner.metric_n"), say.number(found.n)),
        *(
            []
            if found.neighbourhoods is None
            else [(say("planner.metric_neighbourhoods"), say.number(found.neighbourhoods))]
        ),
        (say("planner.metric_sessions"), say.number(found.sessions)),
        (say("planner.metric_flags"), say.number(found.flagged)),
    ]
    for column, (label, value) in zip(st.columns(len(facts)), facts, strict=True):
        column.metric(label, value, border=True)
    where = overview.where(view.study, view.division)
    st.markdown(_summary(view, found, where))
    st.subheader(say("planner.where_title", division=view.named_division.lower()))
    kinds, told = _kinds(where), where["inhabitants"].notna().any()
    left, right = st.columns(2)
    with right:
        code = frame.choose(view, "gebied", say("planner.area"), frame.unique(where["name"]))
        if code is not None:
            st.markdown(_area(view, where.T[str(code)]))
        tables.show(
            say,
            where,
            [
                Column("name", say("planner.col_area")),
                Column("n", say("planner.col_n"), ",.0f"),
                *(
                    [
                        Column("inhabitants", say("planner.col_inhabitants"), ",.0f"),
                        Column("per_1000", say("planner.col_per_1000"), ".1f"),
                        Column("ratio", say("planner.col_ratio"), ".2f"),
                        Column("low", say("planner.col_low"), ".2f"),
                        Column("high", say("planner.col_high"), ".2f"),
                    ]
                    if told
                    else []
                ),
            ],
            key="where_table",
            chosen=code,
            on_choose=frame.chooser("gebied"),
        )
        st.caption(say("planner.hidden_few" if told else "planner.hidden_few_plain"))
    with left:
        url = frame.official_url(view)
        layers = [
            Classed("turnout", url, TURNOUT, classes=kinds),
            frame.official(view, select=True, labels=len(where) < 60),
        ]
        frame.show_map(
            view,
            "overview_map",
            [*layers, Chosen(url, str(code))] if code is not None else layers,
            on_choose=frame.chooser("gebied"),
        )
        seen = [kind for kind in TURNOUT if kind in kinds.values()]
        frame.legend([(TURNOUT[kind], say(f"planner.turnout_{kind}")) for kind in seen])
        frame.source(view, say("planner.by_home", n=where.attrs["by_home"], total=where.attrs["total"]))
    _ages(view)


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


def _summary(view: View, found: overview.Overview, where: pd.DataFrame) -> str:
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
    if found.repaired or found.flagged:
        parts.append(say("planner.summary_quality", repaired=found.repaired, flagged=found.flagged))
    return " ".join(parts)


def _hectares(say: Words, size_ha: float) -> str:
    """Write a size so that a small one does not become 0."""
    return say.number(size_ha, ",.0f" if size_ha >= 10 else ",.1f" if size_ha >= 1 else ",.2f")


def _area(view: View, row: "pd.Series[Any]") -> str:
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


def _ages(view: View) -> None:
    say, ages = view.say, overview.ages(view.study)
    if ages.empty:
        return
    st.subheader(say("planner.ages_title"))
    fewer = ages[(ages["high"] < ages["inhabitants"]).fillna(False)]
    names = [say(f"planner.age_{key}") for key in fewer.index]
    st.markdown(say("planner.ages_few", groups=", ".join(names)) if names else say("planner.ages_fair"))
    shown = ages.assign(name=[say(f"planner.age_{key}") for key in ages.index])
    tables.show(
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
