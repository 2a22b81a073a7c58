"""Groups: do the young, newcomers or people at a workshop draw differently."""

import pandas as pd
import streamlit as st

from geo.errors import GroupsTooFew
from maps.charts import DotChart
from study.analysis import groups
from study.filters import own_column_name
from ui.components import table
from ui.components.table import Column
from ui.pages.planner import section
from ui.pages.planner.section import PlannerContext, chart_rows, decimal_sign, show_chart, source

CLEAR_P = 0.05


def show(view: PlannerContext) -> None:
    """Show it."""
    say = view.say
    by = st.pills(
        say("planner.group_by"),
        list(groups.groupings(view.study)),
        default="age",
        format_func=lambda key: say(f"planner.by_{key}") if key in groups.GROUPINGS else own_column_name(key),
        key="naar",
        bind="query-params",
        required=True,
    )
    by = str(by or "age")
    sizes = groups.group_sizes(view.study, by)
    if sizes.empty:
        st.info(say("planner.groups_unasked"))
        return
    refused = [_name(view, by, str(name)) for name in sizes.index if sizes[name] < 10]
    if refused:
        st.caption(say("planner.groups_refused", groups=", ".join(refused)))
    try:
        found = groups.compare_groups(view.study, by, view.division)
    except GroupsTooFew as problem:
        section.refused(view, problem)
        return
    size_tests = pd.DataFrame(found.xs("size", level="measure"))
    clear = size_tests[size_tests["p_holm"] < CLEAR_P]
    st.markdown(
        _no_difference(view, size_tests)
        if clear.empty
        else " ".join(_size(view, by, row) for row in clear.itertuples())
    )
    _chart(view, by, found)
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
        if measure == "size":
            columns += [
                Column("smallest", say("planner.col_smallest"), spec),
                Column("n_within", say("planner.col_n_within"), ",.0f"),
            ]
        table.show_table(
            say, part, [*columns, Column("p_holm", say("planner.col_p"), ".3f")], key=f"groups_{measure}"
        )
    sampled = found.attrs["sampled"]
    source(view, say("planner.groups_note"), say("planner.groups_sampled", n=sampled) if sampled else "")


def _chart(view: PlannerContext, by: str, found: pd.DataFrame) -> None:
    """Show all comparisons of size in one look; an interval of a place that was chosen for it is too kind."""
    say = view.say
    part = pd.DataFrame(found.xs("size", level="measure"))
    names = [f"{_name(view, by, str(one))} – {_name(view, by, str(other))}" for one, other in part.index]
    part = part.assign(name=names, n=part["n_first"] + part["n_second"])
    part.index = pd.Index(names, name="pair")
    settings = DotChart(
        say("planner.measure_size"),
        say("planner.measure_size_help"),
        "ratio",
        decimal=decimal_sign(say),
        rule=1.0,
    )
    show_chart(
        view, "groups_chart", chart_rows(view, part, "effect", between=("low", "high"), spec=".2f"), settings
    )


def _name(view: PlannerContext, by: str, group: str) -> str:
    if by not in groups.GROUPINGS:
        return group
    if by == "session":
        return view.say("planner.at_home") if group == "home" else group
    if by == "age":
        return view.say(f"planner.age_{group}")
    if by == "years":
        return view.say(f"planner.years_{group}")
    if by == "travel":
        return view.say(f"planner.travel_{group}")
    return view.say(f"planner.screen_{group}") if by == "screen" else view.say(f"planner.width_{group}")


def _no_difference(view: PlannerContext, sizes: pd.DataFrame) -> str:
    """Return that nothing differs clearly, and how large a difference would have had to be to be seen."""
    smallest = sizes["smallest"].min()
    if pd.isna(smallest):
        return view.say("planner.groups_apart")
    return view.say("planner.groups_none", smallest=float(smallest))


def _size(view: PlannerContext, by: str, row: "pd.core.frame.Pandas") -> str:  # type: ignore[name-defined]
    first, second = (_name(view, by, str(name)) for name in row.Index)
    if pd.isna(row.effect):
        return view.say("planner.groups_size_apart", first=first, second=second)
    facts = {"effect": row.effect, "low": row.low, "high": row.high, "n": int(row.n_within)}
    return view.say("planner.groups_size", first=first, second=second, **facts)
