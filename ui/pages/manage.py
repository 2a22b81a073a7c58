"""Looking after the house: projects, accounts, the log, erasing and backing up. For administrators."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from geo.errors import BuurtError
from study import access, collection, managing, projects, questions, signing
from study.access import Actor, Project
from ui import tables, worker
from ui.tables import Column
from ui.visitor import actor_of_visitor, words_of_visitor
from words import LANGUAGES, Words

NEW = ""
MONTHS_DAYS = 365
"""A project keeps drawings for a year at the most, unless somebody writes down why not."""

SHOWABLE = ("gemeente", "wijk", "buurt", "pc4")
WIDTHS_M = (500, 10_000)


def page() -> None:
    """Choose what to look after."""
    say = words_of_visitor()
    st.title(say("manage.title"), anchor=False)
    actor = actor_of_visitor()
    try:
        access.require(access.least("beheer"), None, actor)
    except BuurtError as problem:
        st.info(say.error(problem))
        return
    assert actor is not None  # nobody without a role is let through
    parts = {
        say("manage.projects"): _projects,
        say("manage.accounts"): _accounts,
        say("manage.log"): _log,
        say("manage.keeping"): _keeping,
    }
    for tab, show in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            try:
                show(say, actor)
            except BuurtError as problem:
                st.error(say.error(problem))


# --- Projects -------------------------------------------------------------------------------------


def _projects(say: Words, actor: Actor) -> None:
    known = {one.id: one for one in projects.projects() if not one.is_made_up}
    chosen = st.selectbox(
        say("manage.which"),
        [NEW, *known],
        format_func=lambda key: known[key].name if key else say("manage.new_project"),
        key="which_project",
    )
    here = known.get(str(chosen))
    form = _asked(say, here)
    if form is None:
        return
    kept = managing.save_project(form, is_new=here is None, by=actor)
    st.success(say("manage.saved", name=kept.name))
    st.code(f"/?project={kept.id}", language=None)


def _asked(say: Words, here: Project | None) -> Project | None:
    """Ask everything about a project; give it once the button is pressed."""
    towns = {town.code: town.name for town in collection.municipalities() if not town.is_made_up}
    if here is not None:
        towns.setdefault(here.municipality, here.municipality)
    if not towns:
        st.info(say("manage.no_town"))
        return None
    today, every = datetime.now(UTC).date(), questions.keys()
    old = here or Project("", "", next(iter(towns)), today + timedelta(days=MONTHS_DAYS), questions=every)
    with st.form(f"project_{old.id or 'new'}"):
        key = old.id or st.text_input(say("manage.id"), max_chars=64, key="new_id")
        if not old.id:
            st.caption(say("manage.id_help"))
        name = st.text_input(say("manage.name"), old.name, max_chars=120)
        asked_by = st.text_input(say("manage.asked_by"), old.asked_by, max_chars=120)
        codes = list(towns)
        town = st.selectbox(
            say("manage.municipality"),
            codes,
            index=codes.index(old.municipality),
            format_func=lambda code: towns[code],
            disabled=here is not None,
        )
        until = st.date_input(say("manage.until"), old.retention_until, format="DD-MM-YYYY")
        st.caption(say("manage.until_help"))
        language = st.selectbox(
            say("manage.language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(old.language),
            format_func=lambda one: say(f"start.language_{one}"),
        )
        asked = st.multiselect(
            say("manage.questions"),
            every,
            [one for one in old.questions if one in every],
            format_func=lambda one: say("draw.name") if one == "name" else say(f"questions.{one}"),
            placeholder=say("manage.none"),
        )
        shown = st.multiselect(
            say("manage.shown"),
            SHOWABLE,
            [one for one in old.show_while_drawing if one in SHOWABLE],
            format_func=lambda one: say(f"sources.layer_{one}"),
            placeholder=say("manage.none"),
        )
        st.caption(say("manage.shown_help"))
        width = st.number_input(say("manage.width"), *WIDTHS_M, old.start_width_m, step=100)
        lot = st.checkbox(say("manage.lot"), old.width_experiment)
        st.caption(say("manage.lot_help"))
        pressed = st.form_submit_button(say("manage.save"), type="primary")
    if not pressed:
        return None
    assert isinstance(until, date)  # one day was asked for
    return Project(
        id=key.strip(),
        name=name,
        municipality=str(town),
        retention_until=until,
        language=str(language),
        asked_by=asked_by,
        question_version=questions.version(),
        questions=tuple(one for one in every if one in asked),
        show_while_drawing=tuple(one for one in SHOWABLE if one in shown),
        start_width_m=int(width),
        width_experiment=lot,
        least=old.least,
        least_group=old.least_group,
        batch=old.batch,
        crs=old.crs,
    )


# --- Accounts -------------------------------------------------------------------------------------


def _accounts(say: Words, actor: Actor) -> None:
    known = managing.accounts(by=actor)
    if known:
        table = pd.DataFrame([{"label": one.label, "role": say(f"manage.role_{one.role}")} for one in known])
        columns = [Column("label", say("manage.label")), Column("role", say("manage.role"))]
        tables.show(say, table, columns, key="accounts_table")
    with st.form("new_account", clear_on_submit=True):
        st.subheader(say("manage.new_account"), anchor=False)
        label = st.text_input(say("manage.label"), max_chars=40)
        st.caption(say("manage.label_help"))
        role = st.selectbox(
            say("manage.role"), signing.GIVEN[::-1], format_func=lambda one: say(f"manage.role_{one}")
        )
        password = _password(say, "new_password")
        if st.form_submit_button(say("manage.make"), type="primary"):
            made = managing.add_account(label, role, password, by=actor)
            st.success(say("manage.made", label=made.label))
    if not known:
        return
    labels = {one.id: one.label for one in known}
    with st.form("change_account", clear_on_submit=True):
        st.subheader(say("manage.change_account"), anchor=False)
        which = st.selectbox(say("manage.account"), list(labels), format_func=lambda one: labels[one])
        password = _password(say, "other_password")
        if st.form_submit_button(say("manage.change_password")):
            managing.set_password(which, password, by=actor)
            st.success(say("manage.changed", label=labels[which]))
    with st.form("remove_account", clear_on_submit=True):
        gone = st.selectbox(
            say("manage.remove_account"),
            [one for one in labels if one != actor.account],
            index=None,
            format_func=lambda one: labels[one],
            placeholder=say("manage.none"),
        )
        if st.form_submit_button(say("manage.remove")) and gone is not None:
            managing.remove_account(gone, by=actor)
            st.success(say("manage.removed", label=labels[gone]))


def _password(say: Words, key: str) -> str:
    return st.text_input(
        say("signin.password"), type="password", max_chars=1000, autocomplete="new-password", key=key
    )


# --- Log, erasing, backing up ---------------------------------------------------------------------


def _log(say: Words, actor: Actor) -> None:
    rows = managing.audit(by=actor)
    st.write(say("manage.log_intro"))
    table = pd.DataFrame(
        [
            {
                "day": f"{row.day:%d-%m-%Y}",
                "role": say(f"manage.role_{row.role}"),
                "account": row.account[:13],
                "action": row.action,
                "project": row.project,
                "n": row.n,
            }
            for row in rows
        ],
        columns=["day", "role", "account", "action", "project", "n"],
    )
    names = ["day", "role", "account", "action", "project"]
    columns = [Column(name, say(f"manage.col_{name}")) for name in names]
    tables.show(say, table, [*columns, Column("n", say("manage.col_n"), ",.0f")], key="log_table")


def _keeping(say: Words, actor: Actor) -> None:
    st.subheader(say("manage.retention"), anchor=False)
    st.write(say("manage.retention_intro"))
    for one in projects.projects():
        if not one.is_made_up:
            st.text(say("manage.kept_until", name=one.name, until=one.retention_until))
    if st.button(say("manage.erase"), key="erase_past"):
        done = worker.run(managing.erase_past_date, by=actor)
        st.success(
            say("manage.erased", n_projects=len(done.projects), n=done.contributions, places=done.places)
        )
    st.subheader(say("manage.backup"), anchor=False)
    folder = managing.backups_folder()
    if folder is None:
        st.info(say("manage.no_folder", setting=managing.BACKUPS))
        return
    st.write(say("manage.backup_intro", nights=managing.NIGHTS))
    if st.button(say("manage.backup_now"), key="backup_now"):
        made = worker.run(managing.backup, folder, by=actor)
        st.success(say("manage.backed_up", name=made.name))
