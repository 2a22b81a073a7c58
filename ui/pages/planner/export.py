"""Export: the report, the data and the pictures, and for planners the raw drawings."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

import settings
from geo.errors import BuurtError, TooFewSketches
from i18n import Translator
from maps.documents.report_docx import DOCX_TYPE, render_docx
from maps.documents.report_html import render_html
from maps.documents.report_pdf import render_pdf
from maps.qgis.project import qgis_files
from maps.static.print_map_parts import MapContent
from maps.static.print_maps import all_maps, png, svg
from study import jobs, permissions
from study.publishing import editions
from study.publishing import report_text as telling
from study.publishing.dictionary import selection_sentence
from study.publishing.features import is_open
from study.publishing.formats import raw_drawings, to_bytes
from study.publishing.publication import Publication, find_publication, latest_publication
from study.publishing.xlsx import XLSX_TYPE
from ui.components import tickets
from ui.pages.planner.section import PlannerContext
from ui.routes import features_address
from ui.session.request_context import current_actor, site_address

MIMES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "docx": DOCX_TYPE,
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "xlsx": XLSX_TYPE,
    "zip": "application/zip",
    "jsonld": "application/ld+json",
    "xml": "application/xml",
    "png": "image/png",
    "svg": "image/svg+xml",
}


def show(view: PlannerContext) -> None:
    """Offer every file of the latest edition; each is made when it is asked for."""
    say, project = view.say, view.study.project
    stem = f"beleefde-buurt-{project}"
    _publish(view)
    if not view.project.is_demo:  # everybody is a planner there
        with st.expander(say("ticket.letters")):
            tickets.offer(say, view.project, site_address(), by=view.acting())
    made = find_publication(project)
    if made is None:
        st.info(say("take.no_edition"))
        _raw(view, stem)
        return
    if view.is_filtered:
        st.caption(say("take.unfiltered"))
    table = made.tables.get("neighbourhoods")
    has_names = table is not None and bool((table["name"] != "").any())
    intro = say("take.intro", edition=made.number, day=made.day)
    st.write(f"{intro} {say('take.names')}" if has_names else intro)
    offer_files(say, made, stem)
    _raw(view, stem)


def offer_files(say: Translator, made: Publication, stem: str, *, scope: str = "") -> None:
    """Offer the report, the data and the pictures of an edition.

    Parameters
    ----------
    stem
        Begins the name of every file.
    scope
        As in `find_publication`.
    """
    pictured = made.pictured
    with st.container(horizontal=True):
        for kind in ("pdf", "docx", "html"):
            _offer(say(f"take.report_{kind}"), partial(_make, report, made, say, scope, kind), stem, kind)
    with st.container(horizontal=True):
        for kind in ("zip", "gpkg", "geojson", "csv", "xlsx", "jsonld", "xml"):
            if kind == "csv" and not made.tables:
                continue
            _offer(say(f"take.{kind}"), partial(_make, data, made, say, scope, kind), stem, kind)
    for name in ("consensus", "borders", "facilities"):
        if len(pictured.get("cores" if name == "consensus" else name, ())):
            with st.container(horizontal=True):
                for kind in ("png", "svg"):
                    label = say("take.picture_kind", name=say(f"take.picture_{name}"), kind=kind.upper())
                    make = partial(_make, picture, made, say, scope, name, kind)
                    _offer(label, make, f"{stem}-{name}", kind)


def offer_selection(view: PlannerContext) -> None:
    """Offer to publish the filtered drawings, and their files once they are; a refusal is a sentence."""
    say, project, filters = view.say, view.study.project, view.study.filters
    with st.expander(say("selection.title")):
        st.write(say("selection.about"))
        if st.button(say("selection.publish"), key="selection-publish"):
            try:
                editions.publish_selection(project, filters, by=view.acting())
            except BuurtError as problem:
                st.info(say.explain(problem))
        made = editions.find_selection(project, filters)
        if made is not None:
            st.write(say("selection.made", day=made.day, n=made.n))
            st.caption(selection_sentence(made, say))
            scope = editions.selection_scope(filters)
            offer_files(say, made, f"beleefde-buurt-{project}-selectie", scope=scope)


def _publish(view: PlannerContext) -> None:
    """Look at what a next edition would say, release names, and make it."""
    say, project = view.say, view.study.project
    with st.expander(say("publish.title")):
        st.write(say("publish.about"))
        if st.button(say("publish.look"), key="publish-look"):
            st.session_state["publish-looked"] = project
            try:
                seen = editions.preview(project)
            except TooFewSketches as few:
                st.info(say.explain(few))
            else:
                if seen.held:
                    st.warning(say("publish.held", n=seen.held))
                st.session_state["publish-seen"] = project
                counts = {"new": seen.new, "kept": seen.kept, "hidden": seen.hidden}
                st.write(say(seen.sentence, **counts))
        if st.session_state.get("publish-looked") == project:
            _names(view)
        if st.session_state.get("publish-seen") == project and st.button(
            say("publish.now"), key="publish-now", type="primary"
        ):
            del st.session_state["publish-seen"]
            made = editions.publish(project, by=view.acting())
            if made is None:
                st.info(say("publish.nothing_new"))
            else:
                st.success(say("publish.made", edition=made.number))


def _names(view: PlannerContext) -> None:
    """Offer the names to release, once somebody looks: grouping thousands of drawings takes a while."""
    say = view.say
    names = editions.names_of_project(view.study.project)
    if names:
        st.write(say("publish.names"))
    for one in names:
        st.checkbox(
            say("publish.name", name=one.name, n=one.n),
            value=one.is_released,
            key=f"publish-name-{one.name}",
            on_change=_release_name,
            args=(view, one.name),
        )
        if one.is_marked:
            st.caption(say("publish.marked"))


def _release_name(view: PlannerContext, name: str) -> None:
    """Release a name or hold it back, when its box is pressed: a second open screen decides nothing."""
    released = bool(st.session_state[f"publish-name-{name}"])
    editions.release_name(view.study.project, name, released=released, by=view.acting())


def _offer(label: str, make: Callable[[], bytes], stem: str, kind: str) -> None:
    st.download_button(
        label,
        make,
        file_name=f"{stem}.{kind}",
        mime=MIMES[kind],
        icon=":material/download:",
        on_click="ignore",
        key=f"take-{stem}-{kind}",
    )


def _make(function: Callable[..., bytes], made: Publication, say: Translator, *args: str) -> bytes:
    """Return a file that is drawn elsewhere than where residents save."""
    project = made.project.id
    key = ("document", function.__name__, project, made.number, say.language, args)
    return jobs.run(jobs.DOCUMENT, key, function, project, say, *args)


def report(project: str, say: Translator, scope: str, kind: str) -> bytes:
    """Create the report, "pdf", "docx" or "html"."""
    made, now = latest_publication(project, scope=scope), datetime.now(UTC)
    document = telling.build_report(made, say, now.astimezone().date())
    sheet = _sheet(made, say, document.label)
    drawn = all_maps(sheet)
    front = "consensus" if made.ground else ""
    if kind == "pdf":
        return render_pdf(document, drawn, now, front=front, credit=made.credit)
    if kind == "docx":
        return render_docx(document, drawn, now, credit=made.credit)
    return render_html(document, drawn, sheet).encode()


def data(project: str, say: Translator, scope: str, kind: str) -> bytes:
    """Create a file with the answers or their metadata; ``kind`` is a key of `MIMES`."""
    made = latest_publication(project, scope=scope)
    look, service = (
        partial(qgis_files, say=say),
        features_address(settings.current().address, made.project.id),
    )
    return to_bytes(made, f".{kind}", say, look, service=service if is_open(made) else "")


def picture(project: str, say: Translator, scope: str, name: str, kind: str) -> bytes:
    """Create one picture, "png" or "svg"."""
    made = latest_publication(project, scope=scope)
    label = telling.demo_label(made, say)
    drawn = all_maps(_sheet(made, say, label))[name]
    return png(drawn) if kind == "png" else svg(drawn)


def _sheet(made: Publication, say: Translator, note: str) -> MapContent:
    return MapContent(made.pictured, made.division, made.ground, made.credit, note, say)


def _raw(view: PlannerContext, stem: str) -> None:
    """Raw drawings: for planners who say that they need them; the store writes down who fetched them."""
    say, actor = view.say, current_actor()
    with st.expander(say("take.raw_title")):
        if actor is None or not permissions.has_role("planner", None, actor):
            st.write(say("take.raw_planner"))
            return
        st.write(say("take.raw_about"))
        if st.checkbox(say("take.raw_confirm"), key="take-raw"):
            make = partial(jobs.run, view.n, ("raw", view.study, actor), raw_drawings, view.study, actor)
            _offer(say("take.raw_fetch"), make, f"{stem}-raw", "gpkg")
