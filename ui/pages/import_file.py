"""Taking in a file: what it seems to be, where it lies, how it looks on the map; only then is it kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from geo.errors import (
    AccessDenied,
    BuurtError,
    ExampleClosed,
    FileColumnsAsked,
    FileDecimalAsked,
    FileLayerChoice,
    FileWithoutShapes,
)
from i18n import Translator
from study import context, permissions
from study.imports.file_import import PLAIN, ImportResult, OwnLayerWish, import_file
from study.imports.preview import (
    CHOSEN,
    DAY,
    FIELDS,
    KINDS,
    SESSION,
    TRUSTED,
    UNTOLD,
    UPLOAD,
    Inspection,
    TableHints,
    can_import,
    preview_file,
    propose_answers,
    table_columns,
)
from ui.components import file_upload
from ui.components.import_result import folded, show_account, show_preview_map
from ui.components.markdown_escape import escape_markdown
from ui.components.own_layers import own_layers
from ui.components.progress import last_attempt, new_attempt, was_stopped
from ui.components.table import Column, show_table
from ui.routes import Page, Query, page_path
from ui.session import uploads
from ui.session.request_context import current_actor, current_project, current_translator

SYSTEMS = ("EPSG:28992", "EPSG:4326", "EPSG:3857")
"""Reference systems to choose from; any other EPSG code can be typed."""

DECIMAL_MARKS = ("comma", "point")

KEEPING = "intake_keeping"
"""What is worked at while a file is kept."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Handed:
    """A file that somebody uploaded, and how much of it may be read."""

    name: str
    contents: bytes
    digest: str
    most: Any


@dataclass(frozen=True)
class Choice:
    """What somebody chose for a file; empty and None leave it to what the file proves."""

    layer: str
    role: str | None
    crs: str | None
    swap: bool | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    hints: TableHints = UNTOLD
    own: OwnLayerWish = PLAIN


START = Choice("", None, None)
"""Nothing chosen yet."""


def page() -> None:
    """Show a file before it is imported, and import it when somebody who may says so."""
    say = current_translator()
    st.title(say("intake.title"), anchor=False)
    actor = current_actor()
    try:
        project = _project(actor)
        permissions.require_role(permissions.minimum_role("import_file"), project, actor)
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    st.write(say("intake.intro"))
    is_planner = permissions.has_role("planner", None, actor)
    handed = _handed(say, is_planner=is_planner)
    if handed is None:
        if may_keep(project, actor):
            own_layers(say)
        return
    try:
        _open(say, handed, project, actor)
    except BuurtError as problem:
        st.error(say.explain(problem))


def _project(actor: permissions.Actor | None) -> permissions.Project:
    """Return the project of the address; before there is any, a nameless one to a planner, who makes one of a file."""
    try:
        return context.get_project(current_project())
    except ExampleClosed:
        if context.list_projects() or not permissions.has_role("planner", None, actor):
            raise
        return permissions.Project("", "", "", date.max)


def _handed(say: Translator, *, is_planner: bool) -> Handed | None:
    file_upload.translate_uploader(say("intake.choose_file"))
    uploads.allow_upload()
    given = st.file_uploader(say("intake.file"), key="intake_file")
    if given is None:
        return None
    contents = given.getvalue()
    # Whoever was let in as a planner may bring a whole country; anybody else a town.
    most = TRUSTED if is_planner else UPLOAD
    return Handed(given.name, contents, hashlib.sha256(contents).hexdigest()[:16], most)


def may_keep(project: permissions.Project, actor: permissions.Actor | None) -> bool:
    """Return whether somebody may keep what a file holds, and see to the layers that were kept."""
    return can_import(project, actor, only_here=st.get_option("server.address") in LOOPBACK)


def _open(
    say: Translator, handed: Handed, project: permissions.Project, actor: permissions.Actor | None
) -> None:
    """Show a file; where a table does not say which columns are its place, ask; without any place they are figures."""
    try:
        _inspected(handed, START)
    except (FileColumnsAsked, FileWithoutShapes) as problem:
        tables = table_columns(handed.contents, name=handed.name, most=handed.most)
        if not tables:
            raise
        chosen = _choose_place(say, handed, problem, tables)
        if chosen is None:
            return
        if chosen.role == "figures":
            _figures(say, handed, chosen, project, actor)
            return
        _look(say, handed, chosen, project, actor)
        return
    _look(say, handed, START, project, actor)


def _choose_place(
    say: Translator, handed: Handed, problem: BuurtError, tables: dict[str, tuple[str, ...]]
) -> Choice | None:
    """Show the question what a table without a known place is, and which columns hold it; None while open."""
    asked = isinstance(problem, FileColumnsAsked)
    if asked:
        st.info(say.explain(problem))
    what = st.radio(
        say("intake.table"),
        ("place", "figures"),
        index=0 if asked else 1,
        format_func=lambda one: say(f"intake.table_{one}"),
        key=f"intake_table_{handed.digest}",
    )
    if what == "figures":
        return Choice("", "figures", None)
    columns = list(dict.fromkeys(column for names in tables.values() for column in names if column))
    found = {}
    for axis in ("x", "y"):
        proposed = str(problem.facts.get(axis, ""))
        found[axis] = st.selectbox(
            say(f"intake.place_{axis}"),
            columns,
            index=columns.index(proposed) if proposed in columns else None,
            placeholder=say("intake.place_pick"),
            key=f"intake_place_{axis}_{handed.digest}",
        )
    if not found["x"] or not found["y"]:
        return None
    return Choice("", None, None, hints=TableHints(found["x"], found["y"]))


def _figures(
    say: Translator,
    handed: Handed,
    choice: Choice,
    project: permissions.Project,
    actor: permissions.Actor | None,
) -> None:
    """Show what would come of a table of figures, and keep it."""
    try:
        coming = _previewed(say, handed, choice)
    except FileLayerChoice as problem:
        layers = str(problem.facts["layers"]).split(", ")
        layer = st.radio(say("intake.layer"), layers, key=f"intake_layer_{handed.digest}")
        _figures(say, handed, replace(choice, layer=str(layer)), project, actor)
        return
    except FileDecimalAsked as problem:
        st.info(say.explain(problem))
        mark = st.radio(
            say("intake.decimal"),
            DECIMAL_MARKS,
            index=None,
            format_func=lambda one: say(f"intake.decimal_{one}"),
            key=f"intake_decimal_{handed.digest}",
        )
        if mark is not None:
            marked = replace(choice, hints=replace(choice.hints, decimal=str(mark)))
            _figures(say, handed, marked, project, actor)
        return
    show_account(say, coming, "intake.would")
    _keep(say, handed, _beside(say, handed, choice, coming), project, actor)


def _look(
    say: Translator,
    handed: Handed,
    start: Choice,
    project: permissions.Project,
    actor: permissions.Actor | None,
) -> None:
    first = _inspected(handed, start)
    layer = first.layer
    if len(first.layers) > 1:
        layer = str(st.radio(say("intake.layer"), first.layers, key=f"intake_layer_{handed.digest}"))
    start = replace(start, layer=layer)
    found = _inspected(handed, start)
    st.markdown(say("intake.seems", format=found.format.upper(), n=found.rows))
    role = st.segmented_control(
        say("intake.role"),
        [role for role in FIELDS if role != "figures"],
        default=found.role,
        format_func=lambda key: say(f"intake.role_{key}"),
        key=f"intake_role_{handed.digest}_{layer}",
    )
    if role is None:
        st.info(say("intake.role_unknown"))
        return
    choice = _placed(say, handed, replace(start, role=role))
    if choice is None:
        return
    whole = replace(choice, mapping=_columns(say, handed, choice))
    coming = _previewed(say, handed, whole)
    show_account(say, coming, "intake.would")
    show_preview_map(say, coming, project, f"intake_map_{handed.digest}")
    _keep(say, handed, _beside(say, handed, whole, coming), project, actor)


def _previewed(say: Translator, handed: Handed, choice: Choice) -> ImportResult:
    with st.spinner(say("intake.reading")):
        found: ImportResult = _once("preview", (handed.digest, choice), lambda: _take(handed, choice))
    return found


def _beside(say: Translator, handed: Handed, choice: Choice, coming: ImportResult) -> Choice:
    """Show the question what becomes of an older layer of this name, or of the places that were fetched."""
    own = choice.own
    for older in coming.there[:1]:
        replaces = st.radio(
            say("intake.there", name=older.shown_name, day=older.date, n=older.rows),
            (False, True),
            format_func=lambda yes: say("intake.there_replace") if yes else say("intake.there_keep"),
            key=f"intake_there_{handed.digest}",
        )
        own = replace(own, replaces=older.key if replaces else "")
        if replaces and coming.role == "areas":
            for one in _previewed(say, handed, replace(choice, own=own)).carried:
                lines = {"name": one.name, "n_kept": one.n_kept, "n_lost": one.n_lost}
                st.warning(say("cli.import_carried", **lines))
    if coming.role == "facilities":
        instead = st.radio(
            say("intake.list"),
            (False, True),
            format_func=lambda yes: say("intake.list_instead") if yes else say("intake.list_beside"),
            key=f"intake_list_{handed.digest}",
        )
        own = replace(own, instead=bool(instead))
    return replace(choice, own=own)


def _placed(say: Translator, handed: Handed, choice: Choice) -> Choice | None:
    """Show where the file lies and why, and return another place if chosen; None while that is open."""
    system = st.selectbox(
        say("intake.crs"),
        SYSTEMS,
        index=None,
        key=f"intake_crs_{handed.digest}_{choice.layer}",
        accept_new_options=True,
        format_func=lambda key: say(f"intake.crs_{key[5:]}") if key in SYSTEMS else key,
        placeholder=say("intake.crs_as_found"),
    )
    choice = replace(choice, crs=system)
    found = _inspected(handed, choice)
    if found.place.crs is not None:
        named = found.place.crs.name
        st.markdown(
            say("intake.place", crs=escape_markdown(named), proof=say(f"files.proof_{found.place.proof}"))
        )
    for warning in found.warnings:
        if warning not in {"axes_swapped", "several_layers"}:
            st.warning(say(f"files.warning_{warning}"))
    if found.personal:
        st.info(say("intake.personal", columns=escape_markdown(", ".join(found.personal))))
        st.caption(say("intake.personal_name"))
    if found.place.crs is None:
        return None
    if not found.swap:
        return choice
    swap = st.radio(
        say("files.warning_axes_swapped"),
        (True, False),
        index=None,
        format_func=lambda yes: say("intake.swap_yes") if yes else say("intake.swap_no"),
        key=f"intake_swap_{handed.digest}_{choice.layer}_{system}",
    )
    return None if swap is None else replace(choice, swap=swap)


def _columns(say: Translator, handed: Handed, choice: Choice) -> tuple[tuple[str, str], ...]:
    """Show which column is taken for what, and let it be changed."""
    found = _inspected(handed, choice)
    chosen = {}
    part = f"intake_columns_{handed.digest}_{choice.layer}"
    with folded(say("intake.columns"), part, is_open=not found.mapping):
        for field in FIELDS[found.role or ""]:
            options = ["", *found.columns]
            if field == "kind":
                options += [f"={kind}" for kind in KINDS]
            proposed = found.mapping.get(field, "")
            chosen[field] = str(
                st.selectbox(
                    say(f"intake.field_{field}"),
                    options,
                    index=options.index(proposed),
                    format_func=lambda key: _column(say, key),
                    key=f"intake_{field}_{handed.digest}_{choice.layer}_{found.role}",
                )
            )
        choices = [column for column in found.columns if column not in found.personal]
        st.caption(say("intake.values"))
        longest = max((len(found.preview[column]) for column in choices), default=0)
        values = {column: [*found.preview[column], *[""] * longest][:longest] for column in choices}
        columns = [Column(column, column) for column in choices]
        show_table(say, pd.DataFrame(values), columns, key=f"intake_values_{handed.digest}")
    if found.role == "sketches":
        chosen |= _answers(say, handed, choice, found)
    return tuple(chosen.items())


def _answers(say: Translator, handed: Handed, choice: Choice, found: Inspection) -> dict[str, str]:
    """Show which column answers which question of ours, and let it be changed."""
    proposed = propose_answers(found)
    options = ["", *(column for column in found.columns if column not in found.personal)]
    chosen = {}
    with folded(say("intake.answers"), f"intake_answers_{handed.digest}_{choice.layer}"):
        st.caption(say("intake.answers_how"))
        for key in CHOSEN:
            with st.container(key=f"intake_answer_{key}"):
                column = str(
                    st.selectbox(
                        say("intake.field_day")
                        if key == DAY
                        else say("intake.field_session")
                        if key == SESSION
                        else say("intake.field_answer", question=say(f"questions.{key}")),
                        options,
                        index=options.index(proposed.get(key, "")),
                        format_func=lambda column: _column(say, column),
                        key=f"intake_answer_{key}_{handed.digest}_{choice.layer}",
                    )
                )
                # What nobody changed is decided on the whole file: the first rows may be empty.
                if column != proposed.get(key, ""):
                    chosen[key] = column
    return chosen


def _column(say: Translator, key: str) -> str:
    if not key:
        return say("intake.no_column")
    return say("intake.all_are", kind=say(f"export.kind_{key[1:]}")) if key.startswith("=") else key


def _keep(
    say: Translator,
    handed: Handed,
    choice: Choice,
    project: permissions.Project,
    actor: permissions.Actor | None,
) -> None:
    if not may_keep(project, actor):
        st.info(say("intake.look_only"))
        return
    pressed = st.button(say("intake.keep"), type="primary", key="intake_keep")
    last = last_attempt(KEEPING, (handed.digest, choice), say("intake.keeping"))
    if pressed:
        if not may_keep(project, actor):
            raise AccessDenied(role="resident" if actor is None else actor.role, action="keep a file")
        last = new_attempt(
            say,
            KEEPING,
            (handed.digest, choice),
            say("intake.keeping"),
            lambda show: _take(handed, choice, keep=True, by=actor, progress=show),
        )
    elif was_stopped(KEEPING) and (last is None or last.outcome is None):
        st.info(say("intake.stopped"))
    if last is None or last.outcome is None:
        return
    kept: ImportResult = last.outcome
    with st.container(key="intake_done"):
        if kept.kept_as is None:
            st.warning(say("intake.nothing_kept"))
            return
        st.success(say("intake.kept"))
        show_account(say, kept, "intake.did")
        if kept.role == "areas":
            st.write(say("intake.kept_areas"))
        if kept.role == "sketches":
            st.link_button(
                say("intake.open"),
                page_path(Page.COMPARE, {Query.PROJECT: kept.kept_as, Query.LANGUAGE: say.language}),
            )


def _inspected(handed: Handed, choice: Choice) -> Inspection:
    def work() -> Inspection:
        return preview_file(
            handed.contents,
            name=handed.name,
            layer=choice.layer or None,
            crs_name=choice.crs,
            role=choice.role,
            hints=choice.hints,
            most=handed.most,
        )

    key = (handed.digest, choice.layer, choice.role, choice.crs, choice.hints)
    found: Inspection = _once("look", key, work)
    return found


def _take(
    handed: Handed,
    choice: Choice,
    *,
    keep: bool = False,
    by: permissions.Actor | None = None,
    progress: Callable[[float], None] = lambda _part: None,
) -> ImportResult:
    return import_file(
        handed.contents,
        name=handed.name,
        role=choice.role,
        layer=choice.layer or None,
        crs_name=choice.crs,
        mapping=dict(choice.mapping),
        swap=choice.swap,
        hints=choice.hints,
        own=choice.own,
        keep=keep,
        most=handed.most,
        by=by,
        progress=progress,
    )


def _once(name: str, key: object, work: Callable[[], Any]) -> Any:
    """Do work once for a visitor as long as what it is about stays the same."""
    known: dict[object, Any] = st.session_state.setdefault(f"intake_{name}s", {})
    if key not in known:
        made = work()
        if len(known) >= 8:
            known.clear()
        known[key] = made
    return known[key]
