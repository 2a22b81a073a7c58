"""What was done in a role, when and from where: for administrators, to read and to take along."""

import re

import pandas as pd
import streamlit as st

from i18n import Translator
from study import administration
from study.permissions import Actor, AuditRow
from ui.components.table import Column, show_table

MAX_SHOWN = 1000
"""Rows on the page; the file has them all."""

IN_A_FILE = "in a file: "
FILE, SHOWN = "log_file", "log_shown"
"""Keys in the session's state."""


def show(say: Translator, actor: Actor) -> None:
    """Show the latest of the log as a table, and offer all of it as a file."""
    rows = administration.audit(by=actor)
    st.write(say("manage.log_intro"))
    st.caption(say("manage.log_staff"))
    if len(rows) > MAX_SHOWN:
        st.info(say("manage.log_part", n=MAX_SHOWN, whole=len(rows)))
    labels = {one.id: one.label for one in administration.accounts(by=actor)}
    table = pd.DataFrame([_cells(say, row, labels) for row in rows[:MAX_SHOWN]])
    names = ("day", "time", "account", "role", "action", "result", "project", "origin")
    columns = [Column(name, say(f"manage.col_{name}")) for name in names]
    show_table(say, table, [*columns, Column("n", say("manage.col_n"), ",.0f")], key="log_table")
    # The file is made when somebody asks for it, for that is written down.
    if st.button(say("manage.log_make"), key="log_make"):
        st.session_state[FILE] = administration.export_audit(by=actor)
    if FILE in st.session_state:
        st.download_button(
            say("manage.log_file"),
            st.session_state[FILE].encode("utf-8-sig"),
            "logboek.csv",
            "text/csv",
            key="log_csv",
        )


def _cells(say: Translator, row: AuditRow, labels: dict[str, str]) -> dict[str, object]:
    return {
        "day": f"{row.day:%d-%m-%Y}",
        "time": "" if row.moment is None else f"{row.moment:%H:%M:%S}",
        "account": labels.get(row.account) or _known(say, "who", row.account) or row.account[:13],
        "role": say(f"manage.role_{row.role}"),
        "action": _action(say, row.action),
        "result": say(f"manage.result_{row.result}"),
        "project": row.project,
        "origin": _known(say, "origin", row.origin) or row.origin,
        "n": row.n,
    }


def _action(say: Translator, action: str) -> str:
    """Return an action in the words of the reader; as it is stored where those lack, as of a file of elsewhere."""
    if action.startswith(IN_A_FILE):
        return say("manage.log_in_file", action=_action(say, action.removeprefix(IN_A_FILE)))
    return say.section("log_actions").get(key_of(action), action)


def key_of(action: str) -> str:
    """Return the key of the words for an action.

    Examples
    --------
    >>> key_of("decide about a signal: done"), key_of("add an account: planner")
    ('decide_about_a_signal_done', 'add_an_account_planner')
    """
    return re.sub(r"[^a-z]+", "_", action)


def _known(say: Translator, what: str, name: str) -> str:
    """Return the words for a part of this program that acts or is acted from; "" for all others."""
    return say.section("manage").get(f"log_{what}_{key_of(name)}", "")
