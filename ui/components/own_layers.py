"""The layers people uploaded themselves: what they are called, whose they are, who sees them; and deleting one."""

import streamlit as st

from geo.errors import BuurtError
from i18n import Translator
from study import context, datasets
from study.datasets import CustomLayer

CHANGED = "own_layers_changed"
"""Key in the session's state of the text of what was just done, for the run that shows it."""


def own_layers(say: Translator) -> None:
    """Show the own layers to who may keep them: choose one, say what is known of it, or delete it."""
    there = {own.key: own for role in datasets.OWN_ROLES for own in datasets.list_custom_layers(role)}
    if CHANGED in st.session_state:
        st.success(st.session_state.pop(CHANGED))
    if not there:
        return
    st.subheader(say("layers.title"), anchor=False)
    key = st.selectbox(
        say("layers.which"),
        list(there),
        index=None,
        format_func=lambda key: layer_line(say, there[key]),
        placeholder=say("layers.pick"),
        key="own_layer",
    )
    if key in there:
        _form(say, there[key])
        _ground(say, there[key])
        _delete(say, there[key])


def layer_line(say: Translator, own: CustomLayer) -> str:
    """Return one line about an own layer: its name, what it is, how many rows, of which day."""
    facts = {"name": own.shown_name, "role": say(f"cli.role_{own.role}"), "n": own.rows, "day": own.date}
    return say("layers.line", **facts)


def _form(say: Translator, own: CustomLayer) -> None:
    projects = {project.id: project.name for project in context.list_projects()}
    with st.form(f"own_layer_{own.key}"):
        title = st.text_input(say("layers.name"), own.shown_name, max_chars=80)
        source = st.text_input(say("layers.source"), own.source, max_chars=120)
        licence = st.text_input(say("layers.licence"), own.licence, max_chars=80)
        year = st.number_input(say("layers.year"), 0, 2100, own.year)
        options = ["", *projects]
        project = st.selectbox(
            say("layers.project"),
            options,
            index=options.index(own.project) if own.project in options else 0,
            format_func=lambda one: projects.get(one, say("layers.all_projects")),
        )
        instead = own.role == "facilities" and st.checkbox(say("layers.instead"), own.replaces)
        pressed = st.form_submit_button(say("layers.save"), type="primary")
    if pressed:
        kept = datasets.describe_custom_layer(
            own.key, title=title.strip(), source=source.strip(), licence=licence.strip(), year=int(year),
            project=str(project), replaces=bool(instead),
        )  # fmt: skip
        st.session_state[CHANGED] = say("layers.saved", name=kept.shown_name)
        st.rerun()  # the list above has it now


def _ground(say: Translator, own: CustomLayer) -> None:
    """Show the button that makes own areas the ground of projects, as a municipality is."""
    if own.role != "areas":
        return
    if datasets.is_ground(own.key):
        st.caption(say("layers.is_ground"))
    elif st.button(say("layers.ground"), key="own_layer_ground"):
        try:
            datasets.make_ground(own.key)
        except BuurtError as problem:
            st.error(say.explain(problem))
            return
        st.session_state[CHANGED] = say("layers.ground_made", name=own.shown_name)
        st.rerun()


def _delete(say: Translator, own: CustomLayer) -> None:
    for figures in datasets.carried_figures(own.key, []):
        st.warning(say("cli.layers_figures_go", name=figures.name, n=figures.n_lost))
    sure = st.checkbox(say("layers.sure", name=own.shown_name, n=own.rows), key=f"own_layer_sure_{own.key}")
    if st.button(say("layers.delete"), disabled=not sure, key="own_layer_delete"):
        datasets.delete_layer(own.key)
        st.session_state[CHANGED] = say("layers.deleted", name=own.shown_name)
        st.rerun()
