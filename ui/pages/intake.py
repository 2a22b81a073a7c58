"""Taking in a file: what it seems to be, where it lies, how it looks on the map; only then is it kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from geo.errors import AccessDenied, BuurtError
from maps import style
from maps.layers import Areas, Facilities, Shapes
from study import access, atlas, intake, projects
from ui import canvas, file_box, ground, shapes, tables
from ui.markdown import plain
from ui.tables import Column
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import Words

SYSTEMS = ("EPSG:28992", "EPSG:4326", "EPSG:3857")
"""Reference systems to choose from; any other EPSG code can be typed."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Handed:
    """A file that somebody brought, and how much of it may be read."""

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


def page() -> None:
    """Ask for a file, show what would come of it, and keep it when somebody who may says so."""
    say = words_of_visitor()
    st.title(say("intake.title"), anchor=False)
    actor = actor_of_visitor()
    try:
        project = projects.project(project_of_visitor())
        access.require(access.least("inlezen"), project, actor)
    except BuurtError as problem:
        st.info(say.error(problem))
        return
    st.write(say("intake.intro"))
    handed = _handed(say, is_planner=access.may("planner", None, actor))
    if handed is None:
        return
    try:
        _look(say, handed, project, actor)
    except BuurtError as problem:
        st.error(say.error(problem))


def _handed(say: Words, *, is_planner: bool) -> Handed | None:
    file_box.in_words(say("intake.choose_file"))
    given = st.file_uploader(say("intake.file"), key="intake_file")
    if given is None:
        return None
    contents = given.getvalue()
    # Whoever was let in as a planner may bring a whole country; anybody else a town.
    most = intake.TRUSTED if is_planner else intake.UPLOAD
    return Handed(given.name, contents, hashlib.sha256(contents).hexdigest()[:16], most)


def _look(say: Words, handed: Handed, project: access.Project, actor: access.Actor | None) -> None:
    first = _inspected(handed, Choice("", None, None))
    layer = first.layer
    if len(first.layers) > 1:
        layer = str(st.radio(say("intake.layer"), first.layers, key=f"intake_layer_{handed.digest}"))
    found = _inspected(handed, Choice(layer, None, None))
    st.markdown(say("intake.seems", format=found.format.upper(), n=found.rows))
    role = st.segmented_control(
        say("intake.role"),
        list(intake.FIELDS),
        default=found.role,
        format_func=lambda key: say(f"intake.role_{key}"),
        key=f"intake_role_{handed.digest}_{layer}",
    )
    if role is None:
        st.info(say("intake.role_unknown"))
        return
    choice = _placed(say, handed, Choice(layer, role, None))
    if choice is None:
        return
    mapping = _columns(say, handed, choice)
    whole = Choice(choice.layer, choice.role, choice.crs, choice.swap, mapping)
    with st.spinner(say("intake.reading")):
        coming = _once("preview", (handed.digest, whole), lambda: _take(handed, whole))
    _account(say, coming, "intake.would")
    _map(say, coming, project, f"intake_map_{handed.digest}")
    _keep(say, handed, whole, project, actor)


def _placed(say: Words, handed: Handed, choice: Choice) -> Choice | None:
    """Say where the file lies and by what proof, and let it be said otherwise; None while that is open."""
    system = st.selectbox(
        say("intake.crs"),
        SYSTEMS,
        index=None,
        key=f"intake_crs_{handed.digest}_{choice.layer}",
        accept_new_options=True,
        format_func=lambda key: say(f"intake.crs_{key[5:]}") if key in SYSTEMS else key,
        placeholder=say("intake.crs_as_found"),
    )
    choice = Choice(choice.layer, choice.role, system)
    found = _inspected(handed, choice)
    if found.place.crs is not None:
        named = found.place.crs.name
        st.markdown(say("intake.place", crs=plain(named), proof=say(f"files.proof_{found.place.proof}")))
    for warning in found.warnings:
        if warning not in {"axes_swapped", "several_layers"}:
            st.warning(say(f"files.warning_{warning}"))
    if found.personal:
        st.info(say("intake.personal", columns=plain(", ".join(found.personal))))
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
    return None if swap is None else Choice(choice.layer, choice.role, system, swap)


def _columns(say: Words, handed: Handed, choice: Choice) -> tuple[tuple[str, str], ...]:
    """Show which column is taken for what, and let it be changed."""
    found = _inspected(handed, choice)
    chosen = {}
    with st.expander(say("intake.columns"), expanded=not found.mapping):
        for field in intake.FIELDS[found.role or ""]:
            options = ["", *found.columns]
            if field == "kind":
                options += [f"={kind}" for kind in intake.KINDS]
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
        told = [column for column in found.columns if column not in found.personal]
        st.caption(say("intake.values"))
        longest = max((len(found.preview[column]) for column in told), default=0)
        values = {column: [*found.preview[column], *[""] * longest][:longest] for column in told}
        columns = [Column(column, column) for column in told]
        tables.show(say, pd.DataFrame(values), columns, key=f"intake_values_{handed.digest}")
    return tuple(chosen.items())


def _column(say: Words, key: str) -> str:
    if not key:
        return say("intake.no_column")
    return say("intake.all_are", kind=say(f"export.kind_{key[1:]}")) if key.startswith("=") else key


def _account(say: Words, found: intake.Intake, sentence: str) -> None:
    """Say how many were taken, repaired and refused, and name every one that was refused."""
    st.markdown(
        say(
            sentence,
            n_in=found.n_in,
            n_taken=found.n_taken,
            n_repaired=found.n_repaired,
            n_refused=found.n_refused,
        )
    )
    if not found.refusals:
        return
    reasons = say.section("refusals")
    with st.expander(say("intake.refused", n=found.n_refused)):
        told = pd.DataFrame(
            {
                "number": [one.number for one in found.refusals],
                "feature": [one.feature for one in found.refusals],
                "why": [
                    reasons[one.reason] if one.reason in reasons else say(f"files.reason_{one.reason}")
                    for one in found.refusals
                ],
            }
        )
        tables.show(
            say,
            told,
            [
                Column("number", say("intake.col_number"), ","),
                Column("feature", say("intake.col_feature")),
                Column("why", say("intake.col_why")),
            ],
            key=f"refused_{sentence}",
        )


def _map(say: Words, found: intake.Intake, project: access.Project, key: str) -> None:
    """Show some of the shapes where they would lie: outlines and marks, no text of the file."""
    table, layers, credit = found.shown, list[Shapes](), ""
    if table.empty:
        return
    box = shapely.box(*table.to_crs("EPSG:4326").total_bounds)
    town = project.municipality
    if town and atlas.edition(town) and box.intersects(shapely.box(*atlas.bounds(town))):
        layers += ground.layers(town)
        credit = ground.credit(town, ground.areas_credit(say, project))
    if found.role == "facilities":
        for theme in style.THEMES:
            here = table[table["theme"] == theme]
            if len(here):
                layers.append(Facilities(_address("facilities", here, points=True), theme))
    else:
        layers.append(Areas(_address("areas", table, points=False), "brought"))
    west, south, east, north = box.bounds
    canvas.show(layers, key, words=say, bounds=(west, south, east, north), credit=credit)
    st.caption(say("intake.shown", n=len(table)))


def _address(name: str, table: gpd.GeoDataFrame, *, points: bool) -> str:
    bare = table[["geometry"]]
    return shapes.address(
        shapes.packed({name: bare.set_geometry(bare.representative_point()) if points else bare})
    )


def _keep(
    say: Words, handed: Handed, choice: Choice, project: access.Project, actor: access.Actor | None
) -> None:
    only_here = st.get_option("server.address") in LOOPBACK
    if not intake.may_keep(project, actor, only_here=only_here):
        st.info(say("intake.look_only"))
        return
    pressed = st.button(say("intake.keep"), type="primary", key="intake_keep")
    if pressed:
        if not intake.may_keep(project, actor, only_here=only_here):
            raise AccessDenied(role="resident" if actor is None else actor.role, action="keep a file")
        bar = st.progress(0.0, say("intake.keeping"))

        def progress(part: float) -> None:
            bar.progress(min(part, 1.0), say("intake.keeping"))

        kept = _take(handed, choice, keep=True, by=actor, progress=progress)
        bar.empty()
        st.session_state["intake_kept"] = (handed.digest, choice, kept)
    digest, of, kept = st.session_state.get("intake_kept", ("", None, None))
    if (digest, of) != (handed.digest, choice):
        return
    with st.container(key="intake_done"):
        if kept.kept_as is None:
            st.warning(say("intake.nothing_kept"))
            return
        st.success(say("intake.kept"))
        _account(say, kept, "intake.did")
        if kept.role == "sketches":
            st.link_button(say("intake.open"), f"vergelijk?project={kept.kept_as}&taal={say.language}")


def _inspected(handed: Handed, choice: Choice) -> intake.Inspection:
    def work() -> intake.Inspection:
        return intake.look(
            handed.contents,
            name=handed.name,
            layer=choice.layer or None,
            crs_name=choice.crs,
            role=choice.role,
            most=handed.most,
        )

    key = (handed.digest, choice.layer, choice.role, choice.crs)
    found: intake.Inspection = _once("look", key, work)
    return found


def _take(
    handed: Handed,
    choice: Choice,
    *,
    keep: bool = False,
    by: access.Actor | None = None,
    progress: Callable[[float], None] = lambda _part: None,
) -> intake.Intake:
    return intake.take(
        handed.contents,
        name=handed.name,
        role=choice.role,
        layer=choice.layer,
        crs_name=choice.crs,
        mapping=dict(choice.mapping),
        swap=choice.swap,
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
