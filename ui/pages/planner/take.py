"""Take it along: the report, the data and the pictures, and for planners the raw drawings."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from maps import figures, qgis
from maps import report as setting
from study import access, export, publication
from study import report as telling
from study.projects import Study
from ui.pages.planner.frame import View
from ui.visitor import actor_of_visitor
from words import Words

MIMES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "svg": "image/svg+xml",
}


def show(view: View) -> None:
    """Offer every file; each is made when it is asked for."""
    say, study, division = view.say, view.study, view.division
    # Refused here, before any button: an answer that may not be given is told at once. And computed here,
    # where it can be stopped: a file that is being made cannot, since no page waits for it.
    made = publication.publication(study, division)
    pictured = made.pictured
    st.write(say("take.intro"))
    stem = f"beleefde-buurt-{study.project}"
    with st.container(horizontal=True):
        for kind in ("pdf", "html"):
            _offer(say(f"take.report_{kind}"), partial(report, study, division, say, kind), stem, kind)
    with st.container(horizontal=True):
        for kind in ("gpkg", "geojson", "csv", "xlsx"):
            _offer(say(f"take.{kind}"), partial(data, study, division, say, kind), stem, kind)
    for name in ("consensus", "borders", "facilities"):
        if len(pictured.get("cores" if name == "consensus" else name, ())):
            with st.container(horizontal=True):
                for kind in ("png", "svg"):
                    label = say("take.picture_kind", name=say(f"take.picture_{name}"), kind=kind.upper())
                    make = partial(picture, study, division, say, name, kind)
                    _offer(label, make, f"{stem}-{name}", kind)
    _raw(view, stem)


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


def report(study: Study, division: str, say: Words, kind: str) -> bytes:
    """Make the report, "pdf" or "html"."""
    made, now = publication.publication(study, division), datetime.now(UTC)
    told = telling.document(made, say, now.astimezone().date())
    sheet = _sheet(made, say, told.label)
    drawn = figures.pictures(sheet)
    front = "consensus" if made.ground else ""
    if kind == "pdf":
        return setting.pdf(told, drawn, now, front=front, credit=made.credit)
    return setting.html(told, drawn, sheet).encode()


def data(study: Study, division: str, say: Words, kind: str) -> bytes:
    """Make a file with the answers, "gpkg", "geojson", "csv" or "xlsx"."""
    made = publication.publication(study, division)
    return export.packed(made, f".{kind}", say, qgis.styles(list(made.spatial), made.division, say))


def picture(study: Study, division: str, say: Words, name: str, kind: str) -> bytes:
    """Make one picture, "png" or "svg"."""
    made = publication.publication(study, division)
    label = telling.label(made, say)
    drawn = figures.pictures(_sheet(made, say, label))[name]
    return figures.png(drawn) if kind == "png" else figures.svg(drawn)


def _sheet(made: publication.Publication, say: Words, note: str) -> figures.Sheet:
    return figures.Sheet(made.pictured, made.division, made.ground, made.credit, note, say)


def _raw(view: View, stem: str) -> None:
    """Raw drawings: for planners who say that they need them; the store writes down who fetched them."""
    say, actor = view.say, actor_of_visitor()
    with st.expander(say("take.raw_title")):
        if actor is None or not access.may("planner", None, actor):
            st.write(say("take.raw_planner"))
            return
        st.write(say("take.raw_about"))
        if st.checkbox(say("take.raw_confirm"), key="take-raw"):
            _offer(say("take.raw_fetch"), partial(export.raw, view.study, actor), f"{stem}-raw", "gpkg")
