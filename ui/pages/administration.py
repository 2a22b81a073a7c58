"""Looking after the house: projects, accounts, erasing and backing up. For administrators."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import streamlit as st

from geo.crs import RD
from geo.errors import BuurtError
from geo.privacy_limits import MAX_FIRST_EDITION, MIN_FIRST_EDITION
from i18n import LANGUAGES, Translator
from study import administration, context, datasets, permissions
from study.contributions import questionnaire
from study.permissions import Account, Actor, Project
from ui import workers
from ui.components import progress
from ui.components.table import Column, show_table
from ui.pages import audit_log
from ui.routes import Page, page_path
from ui.session.request_context import current_actor, current_translator

NEW = ""

SAVED, DONE = "saved_project", "done_with_accounts"
"""Keys in the session's state of what was just done, for the run that shows it."""

MONTHS_DAYS = 365
"""A project keeps drawings for a year at the most, unless somebody writes down why not."""

SHOWABLE = ("gemeente", "wijk", "buurt", "pc4")
WIDTHS_M = (500, 10_000)


def page() -> None:
    """Choose what to look after."""
    say = current_translator()
    st.title(say("manage.title"), anchor=False)
    actor = current_actor()
    try:
        permissions.require_role(permissions.minimum_role("administration"), None, actor)
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    assert actor is not None  # nobody without a role is let through
    parts = {
        say("manage.projects"): _projects,
        say("manage.accounts"): _accounts,
        say("manage.log"): audit_log.show,
        say("manage.keeping"): _retention,
    }
    for tab, show in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            try:
                show(say, actor)
            except BuurtError as problem:
                st.error(say.explain(problem))


# --- Projects -------------------------------------------------------------------------------------


def _projects(say: Translator, actor: Actor) -> None:
    known = {one.id: one for one in context.list_projects() if not one.is_demo}
    saved = known.get(st.session_state.pop(SAVED, NEW))
    if saved is not None:
        st.session_state["which_project"] = saved.id
    chosen = st.selectbox(
        say("manage.which"),
        [NEW, *known],
        format_func=lambda key: known[key].name if key else say("manage.new_project"),
        key="which_project",
    )
    here = known.get(str(chosen))
    form = _asked(say, here)
    if form is not None:
        st.session_state[SAVED] = administration.save_project(form, is_new=here is None, by=actor).id
        st.rerun()  # the list above has it now
    if saved is not None and not saved.municipality:
        st.info(say("manage.saved_without_town", name=saved.name))
    elif saved is not None:
        st.success(say("manage.saved", name=saved.name))
        st.code(f"/?project={saved.id}", language=None)


def _towns(say: Translator, here: Project | None) -> dict[str, str]:
    """Return the municipalities a project can be of; say so where there are none."""
    own = {} if here is None else {here.municipality: here.municipality or say("manage.without_town")}
    if here is not None and here.crs != RD:
        return own  # residents draw in the Netherlands only
    towns = {town.code: town.name for town in datasets.municipalities() if not town.is_made_up}
    towns = {**towns, **{code: name for code, name in own.items() if code not in towns}}
    if not towns:
        st.info(say("manage.no_town"))
        st.markdown(f"[{say('manage.to_sources')}]({page_path(Page.SOURCES)})")
    return towns


def _sender(say: Translator, old: Project) -> tuple[str, str]:
    """Show whom residents may ask and where they read about personal data, and return both."""
    contact = st.text_input(say("manage.contact"), old.contact, max_chars=120)
    st.caption(say("manage.contact_help"))
    address = st.text_input(say("manage.privacy_url"), old.privacy_url, max_chars=300)
    st.caption(say("manage.privacy_url_help"))
    return contact, address


def _questions(say: Translator, old: Project, every: tuple[str, ...]) -> list[str]:
    """Show the choice of questions and return what is chosen."""
    return st.multiselect(
        say("manage.questions"),
        every,
        [one for one in old.questions if one in every],
        format_func=lambda one: say("draw.name") if one == "name" else say(f"questions.{one}"),
        placeholder=say("manage.none"),
    )


def _layers(say: Translator, old: Project) -> list[str]:
    """Show the choice of layers that residents may see while drawing, and return what is chosen."""
    chosen = st.multiselect(
        say("manage.shown"),
        SHOWABLE,
        [one for one in old.show_while_drawing if one in SHOWABLE],
        format_func=lambda one: say(f"sources.layer_{one}"),
        placeholder=say("manage.none"),
    )
    st.caption(say("manage.shown_help"))
    return chosen


def _editions(say: Translator, old: Project) -> tuple[int, bool]:
    """Show when editions are made, and return from how many people and whether at night."""
    first = st.slider(
        say("manage.first_edition"), MIN_FIRST_EDITION, MAX_FIRST_EDITION, old.min_first_edition
    )
    st.caption(say("manage.first_edition_help"))
    nightly = st.checkbox(say("manage.nightly"), old.publish_nightly)
    st.caption(say("manage.nightly_help"))
    return int(first), bool(nightly)


def _asked(say: Translator, here: Project | None) -> Project | None:
    """Show the form of a project and return it once the button is pressed."""
    towns = _towns(say, here)
    if not towns:
        return None
    today, every = datetime.now(UTC).date(), questionnaire.question_keys()
    old = here or Project("", "", next(iter(towns)), today + timedelta(days=MONTHS_DAYS), questions=every)
    with st.form(f"project_{old.id or 'new'}"):
        key = old.id or st.text_input(say("manage.id"), max_chars=64, key="new_id")
        if not old.id:
            st.caption(say("manage.id_help"))
        name = st.text_input(say("manage.name"), old.name, max_chars=120)
        asked_by = st.text_input(say("manage.asked_by"), old.asked_by, max_chars=120)
        contact, privacy_url = _sender(say, old)
        codes = list(towns)
        town = st.selectbox(
            say("manage.municipality"),
            codes,
            index=codes.index(old.municipality),
            format_func=lambda code: towns[code],
            disabled=here is not None and here.municipality != "",
        )
        until = st.date_input(say("manage.until"), old.retention_until, format="DD-MM-YYYY")
        st.caption(say("manage.until_help"))
        language = st.selectbox(
            say("manage.language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(old.language),
            format_func=lambda one: LANGUAGES[one].name,
        )
        asked = _questions(say, old, every)
        shown = _layers(say, old)
        width = st.number_input(say("manage.width"), *WIDTHS_M, old.start_width_m, step=100)
        lot = st.checkbox(say("manage.lot"), old.width_experiment)
        st.caption(say("manage.lot_help"))
        first, nightly = _editions(say, old)
        pressed = st.form_submit_button(say("manage.save"), type="primary")
    if not pressed:
        return None
    assert isinstance(until, date)  # one day was asked for
    # What the form does not ask stays as it was.
    return replace(
        old,
        id=key.strip(),
        name=name,
        municipality=str(town),
        retention_until=until,
        language=str(language),
        asked_by=asked_by,
        contact=contact,
        privacy_url=privacy_url.strip(),
        question_version=questionnaire.question_set_version(),
        questions=tuple(one for one in every if one in asked),
        show_while_drawing=tuple(one for one in SHOWABLE if one in shown),
        start_width_m=int(width),
        width_experiment=lot,
        min_first_edition=first,
        publish_nightly=nightly,
    )


# --- Accounts -------------------------------------------------------------------------------------


def _accounts(say: Translator, actor: Actor) -> None:
    known = administration.accounts(by=actor)
    guarded = administration.accounts_with_second_factor(by=actor)
    if DONE in st.session_state:
        st.success(st.session_state.pop(DONE))
    if known:
        _account_table(say, known, guarded)
    with st.form("new_account", clear_on_submit=True):
        st.subheader(say("manage.new_account"), anchor=False)
        label = st.text_input(say("manage.label"), max_chars=40)
        st.caption(say("manage.label_help"))
        role = st.selectbox(
            say("manage.role"),
            administration.ACCOUNT_ROLES,
            format_func=lambda one: say(f"manage.role_{one}"),
        )
        project, owner = _scope_of_account(say)
        password = _password(say, "new_password")
        if st.form_submit_button(say("manage.make"), type="primary"):
            is_scoped = role in permissions.SCOPED_ROLES
            made = administration.add_account(
                label,
                role,
                password,
                project=project if is_scoped else "",
                owner=owner if role == "partner" else "",
                by=actor,
            )
            _done(say("manage.made", label=made.label))
    if not known:
        return
    labels = {one.id: one.label for one in known}
    with st.form("change_account", clear_on_submit=True):
        st.subheader(say("manage.change_account"), anchor=False)
        which = st.selectbox(say("manage.account"), list(labels), format_func=lambda one: labels[one])
        password = _password(say, "other_password")
        if st.form_submit_button(say("manage.change_password")):
            administration.set_password(which, password, by=actor)
            _done(say("manage.changed", label=labels[which]))
    _reset_factor(say, actor, {key: label for key, label in labels.items() if key in guarded})
    with st.form("remove_account", clear_on_submit=True):
        gone = st.selectbox(
            say("manage.remove_account"),
            [one for one in labels if one != actor.account],
            index=None,
            format_func=lambda one: labels[one],
            placeholder=say("manage.none"),
        )
        if st.form_submit_button(say("manage.remove")) and gone is not None:
            administration.remove_account(gone, by=actor)
            _done(say("manage.removed", label=labels[gone]))


def _scope_of_account(say: Translator) -> tuple[str, str]:
    """Show which project a panel or partner is of, and which organisation a partner is."""
    names = {one.id: one.name for one in context.list_projects() if not one.is_demo}
    project = st.selectbox(
        say("manage.scope"),
        list(names),
        index=None,
        format_func=lambda one: names[one],
        placeholder=say("manage.none"),
        key="account_project",
    )
    owner = st.selectbox(
        say("manage.organisation"),
        permissions.PARTNERS,
        index=None,
        format_func=lambda one: say(f"board.owner_{one}"),
        placeholder=say("manage.none"),
        key="account_owner",
    )
    st.caption(say("manage.scope_help"))
    return project or "", owner or ""


def _account_table(say: Translator, known: list[Account], guarded: set[str]) -> None:
    table = pd.DataFrame(
        [
            {
                "label": one.label,
                "role": _role_in_words(say, one),
                "factor": say(f"manage.second_factor_{'on' if one.id in guarded else 'off'}"),
            }
            for one in known
        ]
    )
    names = {"label": "manage.label", "role": "manage.role", "factor": "manage.second_factor"}
    show_table(say, table, [Column(name, say(key)) for name, key in names.items()], key="accounts_table")


def _role_in_words(say: Translator, account: Account) -> str:
    """Return the role of an account, of a panel or partner with its project and organisation."""
    organisation = say(f"board.owner_{account.owner}") if account.owner else ""
    return " · ".join(filter(None, (say(f"manage.role_{account.role}"), organisation, account.project)))


def _reset_factor(say: Translator, actor: Actor, labels: dict[str, str]) -> None:
    """Offer to take the second factor off an account, where any has one."""
    if not labels:
        return
    with st.form("reset_factor", clear_on_submit=True):
        which = st.selectbox(
            say("manage.reset_factor"),
            list(labels),
            index=None,
            format_func=lambda one: labels[one],
            placeholder=say("manage.none"),
        )
        st.caption(say("manage.reset_factor_help"))
        if st.form_submit_button(say("manage.reset")) and which is not None:
            administration.reset_second_factor(which, by=actor)
            _done(say("manage.was_reset", label=labels[which]))


def _done(sentence: str) -> None:
    """Show the page anew, with what was done in every list, and this sentence above them."""
    st.session_state[DONE] = sentence
    st.rerun()


def _password(say: Translator, key: str) -> str:
    return st.text_input(
        say("signin.password"), type="password", max_chars=1000, autocomplete="new-password", key=key
    )


# --- Erasing, backing up --------------------------------------------------------------------------


def _retention(say: Translator, actor: Actor) -> None:
    st.subheader(say("manage.retention"), anchor=False)
    st.write(say("manage.retention_intro"))
    for one in context.list_projects():
        if not one.is_demo:
            st.text(say("manage.kept_until", name=one.name, until=one.retention_until))
    if st.button(say("manage.erase"), key="erase_past"):
        done = workers.run_in_worker(administration.erase_past_date, by=actor)
        st.success(
            say("manage.erased", n_projects=len(done.projects), n=done.contributions, places=done.places)
        )
    _verification(say, actor)
    st.subheader(say("manage.backup"), anchor=False)
    folder = administration.backups_folder()
    if folder is None:
        st.info(say("manage.no_folder", setting=administration.BACKUPS))
        return
    st.write(say("manage.backup_intro", nights=administration.NIGHTS))
    _when_pressed(say, "backup_now", lambda: _back_up(say, folder, actor))


def _when_pressed(say: Translator, key: str, work: Callable[[], None]) -> None:
    """Offer work that takes long: the page says how far it is, and a button ends it."""
    if st.button(say(f"manage.{key}"), key=key):
        progress.run_with_progress(say, key, work)
    elif progress.was_stopped(key):
        st.info(say("waiting.stopped"))


def _back_up(say: Translator, folder: Path, actor: Actor) -> None:
    made = administration.backup(folder, by=actor)
    st.success(say("manage.backed_up", name=made.name))


def _verification(say: Translator, actor: Actor) -> None:
    """Offer to check every drawing, and warn of a database with a fault."""
    risky = administration.risky_database_version()
    if risky:
        st.warning(say("manage.risky_sqlite", version=risky))
    _when_pressed(say, "verify_now", lambda: _verify(say, actor))


def _verify(say: Translator, actor: Actor) -> None:
    found = administration.verify(by=actor)
    if found.altered:
        st.error(say("manage.verified_altered", n=found.contributions, n_altered=len(found.altered)))
    else:
        st.success(say("manage.verified", n=found.contributions))
