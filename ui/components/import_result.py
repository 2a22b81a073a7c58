"""What would come of a file, or came of it: the account, and the shapes on a ground that can be recognised."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo.crs import WGS84
from i18n import Translator
from maps import style
from maps.interactive.leaflet_layers import AreaLayer, BrowserLayer, DrawingLayer, FacilityLayer
from study import permissions
from study.imports.file_import import ImportResult
from study.imports.preview import DAY, SESSION, SHOWN, preview_ground
from ui import canvas, map_data
from ui.components import basemap
from ui.components.table import Column, show_table

MAX_PLACES = 4
"""Places that are named below the map."""

LATER_WARNINGS = ("codes_doubled", "parts_merged", "numbers_mended", "systems_differ", "may_lack_newest")
"""Warnings that only reading the whole file gives."""


def folded(label: str, key: str, *, is_open: bool = False) -> DeltaGenerator:
    """Return a part of a page that folds; only a person opens or closes it, whatever else the page shows by then.

    Streamlit forgets a part that a page left out once, and folds anew one whose beginning changed or that stands
    at another place: so it is told every time how the part was left.

    Parameters
    ----------
    key
        Of this part; another key is another part.
    is_open
        How it begins.
    """
    left = f"{key}_left"
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(left, is_open)
    part = st.expander(label, key=key, on_change="rerun")
    st.session_state[left] = st.session_state[key]
    return part


def show_account(say: Translator, found: ImportResult, sentence: str) -> None:
    """Show how many were accepted, repaired and rejected, and name every rejected one."""
    st.markdown(
        say(
            sentence,
            n_in=found.n_in,
            n_taken=found.n_taken,
            n_repaired=found.n_repaired,
            n_refused=found.n_refused,
        )
    )
    for kind, n in sorted(found.kinds.items(), key=lambda one: (-one[1], one[0])):
        st.text(say("intake.of_kind", kind=_kind_name(say, found.role, kind), n=n))
    for warning in found.warnings:
        if warning in LATER_WARNINGS:
            st.warning(say(f"files.warning_{warning}"))
    if found.answered:
        listed = ", ".join(
            f"{say(f'intake.field_{key}') if key in (DAY, SESSION) else say(f'questions.{key}')} ({column})"
            for key, column in found.answered.items()
        )
        st.text(say("cli.import_answered", columns=listed))
    if found.own_columns:
        st.text(say("cli.import_own_columns", columns=", ".join(found.own_columns)))
    if found.not_kept:
        with folded(say("intake.not_kept", n=len(found.not_kept)), f"not_kept_{sentence}"):
            for name, reason in found.not_kept.items():
                st.text(say("cli.import_left_out", name=name, why=say(f"files.not_kept_{reason}")))
    if not found.refusals:
        return
    reasons = say.section("refusals")
    with folded(say("intake.refused", n=found.n_refused), f"refusals_{sentence}"):
        account = pd.DataFrame(
            {
                "number": [one.number for one in found.refusals],
                "feature": [one.feature for one in found.refusals],
                "why": [
                    reasons[one.reason]
                    if one.reason in reasons
                    else say(f"files.reason_{one.reason}", **one.facts)
                    for one in found.refusals
                ],
            }
        )
        show_table(
            say,
            account,
            [
                Column("number", say("intake.col_number"), ","),
                Column("feature", say("intake.col_feature")),
                Column("why", say("intake.col_why")),
            ],
            key=f"refused_{sentence}",
        )


def _kind_name(say: Translator, role: str, kind: str) -> str:
    if role == "facilities":
        return say(f"export.kind_{kind}")
    return say.section("planner").get(f"figure_{kind}", kind.replace("_", " "))


def show_preview_map(say: Translator, found: ImportResult, project: permissions.Project, key: str) -> None:
    """Show some of the shapes where they would lie: outlines and marks, no text of the file.

    On a whole country they are too small to be known by their form: a second map shows them from nearby.
    """
    table, layers, credit = found.shown, list[BrowserLayer](), ""
    if table.empty:
        return
    ground = preview_ground(table)
    if ground.municipality:
        layers += basemap.basemap_layers(ground.municipality)
        own = ground.municipality == project.municipality
        text = basemap.areas_credit(say, project) if own else ""
        credit = basemap.map_attribution(ground.municipality, text)
    elif len(ground.borders):
        borders = ground.borders.to_crs(table.crs)
        layers.append(AreaLayer(_address("areas", borders, points=False), "gemeente"))
        credit = say("intake.borders_credit")
        spot = _box_around(ground.bounds_wgs84, table)
        layers.append(DrawingLayer("place", spot.__geo_interface__))
    shapes = _shapes(found)
    canvas.map_view([*layers, *shapes], key, words=say, bounds=ground.bounds_wgs84, credit=credit)
    if not ground.municipality:
        west, south, east, north = (float(edge) for edge in table.to_crs(WGS84).total_bounds)
        canvas.map_view(shapes, f"{key}_near", words=say, bounds=(west, south, east, north))
    is_part = len(table) == SHOWN < found.n_taken
    sentence = "intake.shown_some" if is_part else "intake.shown"
    st.caption(say(sentence, n=len(table), whole=found.n_taken))
    for place, n in ground.places[:MAX_PLACES]:
        named = {"n": n, "whole": sum(count for _, count in ground.places)}
        called = say(f"countries.{place}") if place and ground.of_countries else place
        st.markdown(
            say("intake.lies_in", place=called, **named) if place else say("intake.lies_out", **named)
        )
    st.markdown(say("intake.place_right"))


def _shapes(found: ImportResult) -> list[BrowserLayer]:
    table = found.shown
    if found.role != "facilities":
        return [AreaLayer(_address("areas", table, points=False), "brought")]
    by_theme = {theme: table[table["theme"] == theme] for theme in style.THEMES}
    return [
        FacilityLayer(_address("facilities", here, points=True), theme)
        for theme, here in by_theme.items()
        if len(here)
    ]


def _box_around(bounds_wgs84: tuple[float, float, float, float], table: gpd.GeoDataFrame) -> shapely.Polygon:
    """Return a box round the shapes, in degrees, that can be seen on a map of these bounds."""
    west, south, east, north = bounds_wgs84
    room = max(east - west, north - south) / 60
    box: shapely.Polygon = shapely.box(*table.to_crs(WGS84).total_bounds)
    seen: shapely.Polygon = shapely.buffer(box, room, cap_style="square")
    return seen


def _address(name: str, table: gpd.GeoDataFrame, *, points: bool) -> str:
    bare = table[["geometry"]]
    return map_data.register_shapes(
        map_data.encode_shapes({name: bare.set_geometry(bare.representative_point()) if points else bare})
    )
