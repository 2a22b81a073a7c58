"""What every section of the planner's page shares: what is looked at, the map, the choice, the source."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo.consensus.clustering import CUT
from geo.errors import BuurtError
from geo.privacy_limits import MIN_PEOPLE
from i18n import Translator
from maps import charts
from study import review_queue
from study.analysis import comparison
from study.analysis.evidence.bands import MIN_CORE_DRAWERS
from study.context import Study, read_sketches
from study.permissions import Actor, Project
from study.publishing.formats import to_clipboard, to_csv
from study.publishing.publication import find_publication
from ui.components.markdown_escape import escape_markdown
from ui.components.table import Column, show_table
from ui.session.request_context import acting_actor


@dataclass(frozen=True)
class PlannerContext:
    """What one visitor looks at."""

    say: Translator
    study: Study
    project: Project
    division: str

    @property
    def n(self) -> int:
        """Drawings that count."""
        return len(read_sketches(self.study))

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the drawings are looked at."""
        return self.study != replace(self.study, filters=type(self.study.filters)())

    @property
    def named_division(self) -> str:
        """What the division is called."""
        return division_name(self.say, self.division)

    def acting(self) -> Actor:
        """Return who decides; in the made-up town everybody may try."""
        if self.project.is_demo:
            return Actor("planner", account="demo")
        return acting_actor()


def division_name(say: Translator, key: str) -> str:
    """Name a division: in words, or the file that people uploaded."""
    custom_name = comparison.custom_division_name(key)
    return custom_name or say(f"planner.division_{key}")


def cluster_name(say: Translator, names: Sequence[str], number: int) -> str:
    """Return what residents call a neighbourhood, or its number when they do not agree."""
    return " / ".join(names) or say("planner.nameless", number=number)


# --- Words ------------------------------------------------------------------------------------------


def no_core(view: PlannerContext, name: str, n: int) -> str:
    """Return why a neighbourhood has no core: too few drawers, or nothing that half of them share."""
    name = escape_markdown(name)
    if n < MIN_CORE_DRAWERS:
        return view.say("planner.core_few", name=name, n=n, least=MIN_CORE_DRAWERS)
    return view.say("planner.no_core", name=name, n=n)


def interval(view: PlannerContext, low: float, high: float) -> str:
    """Return a range of shares for a table; "" where it is not known."""
    return "" if pd.isna(low) else f"{view.say.number(low, '.0%')} – {view.say.number(high, '.0%')}"


# --- The first screen: a map, and beside it a chart and a table ------------------------------------


def two_panes() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the place of the map and the place of the chart and the table, side by side where there is room."""
    return st.container(key="planner_panes").columns(2)


def show_chart(
    view: PlannerContext,
    key: str,
    rows: pd.DataFrame,
    settings: charts.DotChart,
    *,
    on_choose: Callable[[Hashable], None] | None = None,
) -> None:
    """Show a chart of the first rows of a table; nothing where no value is known.

    Parameters
    ----------
    rows
        As `maps.charts.dot_chart`, in the order in which they matter.
    on_choose
        Called with the code of a dot that is clicked.
    """
    known = rows.dropna(subset=["value"])
    if known.empty:
        return
    names = list(dict.fromkeys(known["name"]))[: charts.MAX_ROWS]
    drawn = charts.dot_chart(known[known["name"].isin(names)], settings)
    if on_choose is None:
        st.vega_lite_chart(spec=drawn, theme=None, key=key)
    else:

        def clicked() -> None:
            chosen = st.session_state[key]["selection"].get(charts.CHOSEN)
            if chosen:
                on_choose(chosen[0]["code"])

        st.vega_lite_chart(spec=drawn, theme=None, key=key, on_select=clicked, selection_mode=charts.CHOSEN)
    if len(names) < known["name"].nunique():
        st.caption(view.say("planner.chart_first", n=len(names), of=known["name"].nunique()))


def show_rows(
    view: PlannerContext,
    table: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    published: str,
    chosen: Hashable = None,
    on_choose: Callable[[Hashable], None] | None = None,
) -> None:
    """Show a table, and offer what the latest edition says of the same: a live row goes nowhere.

    Parameters
    ----------
    published
        Name of that table in an edition.
    """
    say, made = view.say, find_publication(view.study.project)
    if made is None or published not in made.tables or made.division != view.division:
        show_table(say, table, columns, key=key, chosen=chosen, on_choose=on_choose)
        return
    public = to_clipboard(made, say, published)
    show_table(say, table, columns, key=key, chosen=chosen, on_choose=on_choose, public=public)
    st.download_button(
        say("planner.edition_csv", edition=made.number, day=made.day),
        partial(to_csv, made, say, published),
        file_name=f"beleefde-buurt-{view.study.project}-{published}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv-{key}",
    )


def decimal_sign(say: Translator) -> str:
    """Return the sign between whole and part in the visitor's language."""
    return say.number(0.5, ".1f")[1]


def chart_rows(
    view: PlannerContext,
    table: pd.DataFrame,
    value: str,
    *,
    between: tuple[str, str] | None = None,
    tick: str = "",
    spec: str = ".0%",
    ends: str = "planner.chart_between",
    series: str = "",
) -> pd.DataFrame:
    """Return the rows of a chart from those of a table, each with its sentence.

    Parameters
    ----------
    table
        The index names the rows for a click; ``name`` is what they are called, ``n`` how many people they rest on.
    value
        Column of the dot.
    between
        Columns of both ends of its interval, which `ends` words.
    tick
        Column of the value to compare with.
    spec
        How a number is written.
    series
        Name of the series that all rows belong to, where there are several.
    """
    missing = pd.Series(np.nan, table.index)
    rows = pd.DataFrame(
        {
            "code": table.index.astype(str),
            "name": unique(table["name"].astype(str)),
            "value": table[value],
            "low": table[between[0]] if between else missing,
            "high": table[between[1]] if between else missing,
            "tick": table[tick] if tick else missing,
            "n": table.get("n", missing),
        },
        index=table.index,
    )
    if series:
        rows["series"] = series
    rows["text"] = [_chart_text(view.say, row, spec, ends) for row in rows.to_dict("records")]
    return rows


def _chart_text(say: Translator, row: dict[Hashable, Any], spec: str, between: str) -> str:
    """Return what a dot says: name, series, value, interval and number of people, as far as they are known."""
    if pd.isna(row["value"]):
        return ""
    name = ", ".join(filter(None, (row["name"], row.get("series"))))
    text = f"{name}: {say.number(float(row['value']), spec)}"
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        ends = {end: say.number(float(row[end]), spec) for end in ("low", "high")}
        text += " " + say(between, **ends)
    if pd.notna(row["tick"]):
        text += "; " + say("planner.chart_beside", value=say.number(float(row["tick"]), spec))
    if pd.notna(row["n"]):
        text += "; " + say("planner.chart_n", n=int(row["n"]))
    return text


# --- Choosing -------------------------------------------------------------------------------------


def select_one(
    view: PlannerContext, key: str, label: str, names: "pd.Series[str]", *, first: bool = False
) -> Hashable | None:
    """Show a choice of one from a list, by keyboard too; the address remembers it.

    None stands for all of them; with `first` the first is chosen to begin with.
    """
    options = list(names.index)
    if key in st.session_state and st.session_state[key] not in ([] if first else [None]) + options:
        st.session_state[key] = options[0] if first else None
    chosen: Hashable | None = st.selectbox(
        label,
        options,
        index=0 if first else None,
        key=key,
        bind="query-params",
        format_func=lambda one: str(names[one]),
        placeholder=view.say("planner.choose"),
        label_visibility="collapsed",
    )
    return chosen


def selection_handler(key: str, kind: type = str) -> Callable[[Hashable], None]:
    """Return a function that chooses what was clicked on a map or in a table."""

    def chosen(code: Hashable) -> None:
        st.session_state[key] = kind(str(code))

    return chosen


def unique(names: "pd.Series[str]") -> "pd.Series[str]":
    """Add the code to names that occur more than once: two buurten of one town may share a name."""
    twice = names.duplicated(keep=False)
    return names.where(~twice, names + " (" + names.index.astype(str) + ")")


def clusters(view: PlannerContext, cut: float | None = None) -> "pd.Series[str]":
    """Name the experienced neighbourhoods that enough residents drew, by number."""
    table = comparison.neighbourhoods(view.study, CUT if cut is None else cut)
    table = table[table["n"] >= MIN_PEOPLE]
    named = pd.Series(
        [cluster_name(view.say, table["names"][number], number) for number in table.index],
        table.index,
        dtype=object,
    )
    twice = named.duplicated(keep=False)
    numbered = pd.Series([f"{name} ({number})" for number, name in named.items()], named.index, dtype=object)
    return named.where(~twice, numbered)


# --- Sources --------------------------------------------------------------------------------------


def source(view: PlannerContext, *more: str) -> None:
    """Show how many drawings an answer rests on, whose borders these are, and of which year."""
    attrs = comparison.division_areas(view.study, view.division).attrs
    whose = [view.named_division, *(str(attrs.get(fact) or "") for fact in ("source", "year"))]
    if not attrs.get("year") and attrs.get("date"):
        whose[-1] = view.say("planner.source_brought", day=date.fromisoformat(str(attrs["date"])))
    # A file that people uploaded is its own source.
    borders = ", ".join(dict.fromkeys(filter(None, whose)))
    sentence = view.say("planner.source", n=view.n, borders=borders)
    st.caption(" ".join([sentence, *(text for text in more if text)]))


def refused(view: PlannerContext, problem: BuurtError) -> None:
    """Show in words why there is no answer."""
    st.info(view.say.explain(problem))


# --- What single residents left --------------------------------------------------------------------

Items = Literal["drawings", "places", "words"]
ITEMS_SHOWN, ITEMS_LOGGED = "single_items_shown", "single_items_logged"
"""Keys in the session's state: for whom the switch is on, and what was logged for them."""

ITEMS_PROBLEM = "single_items_problem"


def are_items_shown(view: PlannerContext) -> bool:
    """Return whether the switch is on; the next to sign in on this tab asks, and is logged, again."""
    return bool(st.session_state.get(ITEMS_SHOWN) == _looking(view))


def require_switch(view: PlannerContext, what: Items) -> bool:
    """Return whether single items may be shown here, with a line in the log; offer the switch where not.

    Parameters
    ----------
    what
        What would be shown; each is written down once a day.
    """
    if are_items_shown(view):
        logged: set[object] = st.session_state.setdefault(ITEMS_LOGGED, set())
        if (*_looking(view), what) not in logged:
            review_queue.log_single_items(view.study, what, by=view.acting())
            logged.add((*_looking(view), what))
        return True
    st.info(view.say(f"planner.single_{what}"))
    problem = st.session_state.pop(ITEMS_PROBLEM, "")
    if problem:
        st.error(problem)
    st.button(view.say("planner.single_show"), key=f"single_{what}", on_click=_switch, args=(view, what))
    return False


def _looking(view: PlannerContext) -> tuple[str, str]:
    return view.project.id, view.acting().account


def _switch(view: PlannerContext, what: Items) -> None:
    try:
        review_queue.log_single_items(view.study, what, by=view.acting())
    except BuurtError as problem:
        st.session_state[ITEMS_PROBLEM] = view.say.explain(problem)
    else:
        st.session_state[ITEMS_SHOWN] = _looking(view)
