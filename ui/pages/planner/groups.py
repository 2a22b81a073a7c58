"""Groups: do the young, newcomers or people at a workshop draw differently."""

import pandas as pd
import streamlit as st

from geo.errors import GroupsTooFew
from study import group_answers
from ui import tables
from ui.pages.planner import frame
from ui.pages.planner.frame import View
from ui.tables import Column

CLEAR_P = 0.05


def show(view: View) -> None:
    """Show it."""
    say = view.say
    by = st.pills(
        say("planner.group_by"),
        list(group_answers.BY),
        default="age",
        format_func=lambda key: say(f"planner.by_{key}"),
        key="naar",
        bind="query-params",
        required=True,
    )
    by = str(by or "age")
    sizes = group_answers.sizes(view.study, by)
    if sizes.empty:
        st.info(say("planner.groups_unasked"))
        return
    refused = [_name(view, by, str(name)) for name in sizes.index if sizes[name] < 10]
    if refused:
        st.caption(say("planner.groups_refused", groups=", ".join(refused)))
    try:
        found = group_answers.compare(view.study, by, view.division)
    except GroupsTooFew as problem:
        frame.refused(view, problem)
        return
    sizes_told = found.xs("size", level="measure")
    clear = sizes_told[sizes_told["p_holm"] < CLEAR_P]
    st.markdown(
        say("planner.groups_none")
        if clear.empty
        else " ".join(_size(view, by, row) for row in clear.itertuples())
    )
    for measure in ("size", "place", "surface"):
        st.subheader(say(f"planner.measure_{measure}"))
        st.caption(say(f"planner.measure_{measure}_help"))
        part = found.xs(measure, level="measure").reset_index()
        part["pair"] = [
            f"{_name(view, by, str(r.first))} – {_name(view, by, str(r.second))}" for r in part.itertuples()
        ]
        spec = ".2f" if measure == "size" else ".0%"
        columns = [
            Column("pair", say("planner.col_pair")),
            Column("n_first", say("planner.col_n_first"), ",.0f"),
            Column("n_second", say("planner.col_n_second"), ",.0f"),
            Column("effect", say("planner.col_effect"), spec),
        ]
        if measure != "place":
            columns += [
                Column("low", say("planner.col_low"), spec),
                Column("high", say("planner.col_high"), spec),
            ]
        tables.show(
            say, part, [*columns, Column("p_holm", say("planner.col_p"), ".3f")], key=f"groups_{measure}"
        )
    sampled = found.attrs["sampled"]
    frame.source(
        view, say("planner.groups_note"), say("planner.groups_sampled", n=sampled) if sampled else ""
    )


def _name(view: View, by: str, group: str) -> str:
    if by == "session":
        return view.say("planner.at_home") if group == "home" else group
    if by == "age":
        return view.say(f"planner.age_{group}")
    if by == "years":
        return view.say(f"planner.years_{group}")
    if by == "travel":
        return view.say(f"planner.travel_{group}")
    return view.say(f"planner.screen_{group}") if by == "screen" else view.say(f"planner.width_{group}")


def _size(view: View, by: str, row: "pd.core.frame.Pandas") -> str:  # type: ignore[name-defined]
    first, second = (_name(view, by, str(name)) for name in row.Index)
    return view.say(
        "planner.groups_size", first=first, second=second, effect=row.effect, low=row.low, high=row.high
    )
