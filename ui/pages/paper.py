"""Paper: make sheets to draw on, and take photos of them back; a person accepts or mends every outline."""

import hashlib
import html
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

import shapely
import streamlit as st
from shapely.geometry import mapping, shape

from geo import crs as planes
from geo import sheet as sheets
from geo.errors import BuurtError, ContributionDiffers
from geo.sheet import Sheet
from maps import sheet as drawn_sheets
from study import access, atlas, paper, projects
from study.access import Project
from study.paper import Reading, Wanted
from ui import canvas, file_box, ground
from ui.pages.workshop import frame
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import Words

DIVISIONS = ("wijk", "buurt")
AROUND = 0.15
"""Ground beside the chosen area, so that nobody's line has to stop at the edge of the paper."""
USUAL = 12
PREVIEW_PX_PER_MM = 4.0
MOST_AT_ONCE = 120


@dataclass(frozen=True)
class Waiting:
    """A photo that was looked at and is not settled: read, or refused in words."""

    key: str
    name: str
    reading: Reading | None = None
    refusal: BuurtError | None = None
    differs: bool = False
    """Whether another drawing was kept under the number of this sheet."""


@dataclass(frozen=True)
class Desk:
    """Whose sheets lie here."""

    say: Words
    project: Project
    session: str
    room: frame.Room | None = None
    """The evening; None where sheets are made for a project."""

    @property
    def wanted(self) -> Wanted:
        """Which sheets are taken."""
        return Wanted(self.project.id, self.session)


def page() -> None:
    """Make sheets, or read them."""
    desk = _enter()
    if desk is None:
        return
    say = desk.say
    st.title(say("paper.title"))
    if desk.project.is_made_up:
        st.badge(say("demo.label"), color="gray")
    if desk.room is not None:
        frame.sheet()
        frame.ways(desk.room, "papier")
    with st.container(key="paper"):
        make, take = st.tabs([say("paper.tab_make"), say("paper.tab_read")])
    with make:
        _make(desk)
    with take:
        _take(desk)


def _enter() -> Desk | None:
    """Let a facilitator in: of an evening, or of a project when the address names no evening."""
    say = words_of_visitor()
    try:
        project = projects.project(project_of_visitor())
        if "avond" in st.query_params:
            room = frame.enter()
            return None if room is None else Desk(room.say, room.project, room.evening.id, room)
        access.require("facilitator", project, actor_of_visitor())
    except BuurtError as problem:
        st.title(say("paper.title"))
        st.info(say.error(problem))
        return None
    return Desk(say, project, "")


# --- Making ---------------------------------------------------------------------------------------


def _make(desk: Desk) -> None:
    say, town = desk.say, desk.project.municipality
    there = atlas.divisions(town)
    known = {
        division: atlas.areas(town, division, there[division][-1])
        for division in DIVISIONS
        if division in there
    }
    options = [(division, code) for division, table in known.items() for code in table.index]
    if not options:
        st.info(say("paper.no_areas"))
        return
    st.write(say("paper.make_intro"))
    with st.form("sheets", border=False):
        division, code = st.selectbox(
            say("paper.area"),
            options,
            format_func=lambda option: str(known[option[0]].loc[option[1], "name"]),
        )
        left, middle, right = st.columns(3)
        size = left.radio(say("paper.size"), list(sheets.SIZES), horizontal=True)
        pen = middle.selectbox(
            say("paper.pen"), drawn_sheets.PENS, format_func=lambda key: say(f"paper.pen_{key}")
        )
        n = right.number_input(say("paper.how_many"), 1, drawn_sheets.MOST_SHEETS, USUAL)
        if st.form_submit_button(say("paper.make"), type="primary", width="stretch"):
            box = known[division].geometry[code].bounds
            with st.spinner(say("paper.making")):
                st.session_state["sheets"] = _pack(desk, box, size, pen, int(n))
    if "sheets" in st.session_state:
        pdf, preview = st.session_state["sheets"]
        st.download_button(
            say("paper.download"), pdf, "bladen.pdf", "application/pdf", type="primary", width="stretch"
        )
        st.caption(say("paper.print_advice"))
        st.image(preview, caption=say("paper.preview"), width="stretch")


def _pack(desk: Desk, area_m: sheets.Box, size: sheets.Size, pen: str, n: int) -> tuple[bytes, bytes]:
    west, south, east, north = area_m
    air = AROUND * max(east - west, north - south)
    basemap = atlas.basemap(desk.project.municipality)
    pack = paper.pack(
        desk.project.id,
        desk.session,
        n=n,
        size=size,
        ground_m=(west - air, south - air, east + air, north + air),
        version=lambda at: drawn_sheets.version(basemap, at),
    )
    credit = atlas.ground_credit(desk.project.municipality)
    facts: dict[str, Any] = {"pen": pen, "credit": credit, "made_up": desk.project.is_made_up}
    pdf = drawn_sheets.pdf(pack, basemap, desk.say, **facts)
    preview = drawn_sheets.png(pack[0], basemap, desk.say, px_per_mm=PREVIEW_PX_PER_MM, **facts)
    return pdf, preview


# --- Reading --------------------------------------------------------------------------------------


def _take(desk: Desk) -> None:
    say = desk.say
    st.write(say("paper.read_intro"))
    turn = st.session_state.setdefault("photos_turn", 0)
    pen = st.selectbox(
        say("paper.pen_used"),
        drawn_sheets.PENS,
        index=len(drawn_sheets.PENS) - 1,
        format_func=lambda key: say("paper.pen_various" if key == "any" else f"paper.pen_{key}"),
    )
    file_box.in_words(say("paper.choose"))
    handed = st.file_uploader(
        say("paper.photos"),
        type=["jpg", "jpeg", "png", "pdf"],
        accept_multiple_files=True,
        key=f"photos-{turn}",
    )
    st.caption(say("paper.photos_help"))
    if handed and st.button(say("paper.read"), type="primary", width="stretch"):
        _read_all(desk, [(file.name, file.getvalue()) for file in handed], pen)
        # A fresh uploader: the photos themselves are let go as soon as they were looked at.
        st.session_state["photos_turn"] = turn + 1
        st.rerun()
    for receipt in st.session_state.get("kept_sheets", []):
        st.success(receipt)
    waiting: list[Waiting] = st.session_state.setdefault("waiting", [])
    if not waiting:
        return
    refused = [one for one in waiting if one.refusal is not None]
    st.subheader(
        say("paper.looked", n=len(waiting), n_read=len(waiting) - len(refused), n_refused=len(refused))
    )
    for one in refused:
        _refused(desk, one)
    for one in [one for one in waiting if one.reading is not None][:1]:
        _judge(desk, one)


def _read_all(desk: Desk, handed: list[tuple[str, bytes]], pen: str) -> None:
    say, waiting = desk.say, cast("list[Waiting]", st.session_state.setdefault("waiting", []))
    known = {one.key for one in waiting}
    st.session_state["kept_sheets"] = []
    progress = st.progress(0.0)
    for done, (name, raw) in enumerate(handed):
        progress.progress(done / len(handed), say("paper.reading", name=name))
        try:
            photos = paper.pages(raw)
        except BuurtError as refusal:
            waiting.append(Waiting(hashlib.sha256(raw).hexdigest(), name, refusal=refusal))
            continue
        for number, photo in enumerate(photos[:MOST_AT_ONCE], start=1):
            key = hashlib.sha256(photo).hexdigest()
            if key not in known:
                known.add(key)
                called = name if len(photos) == 1 else say("paper.page_of", name=name, number=number)
                waiting.append(_looked(desk, key, called, photo, pen))
    progress.empty()


def _looked(desk: Desk, key: str, name: str, photo: bytes, pen: str) -> Waiting:
    try:
        return Waiting(key, name, reading=paper.read(photo, desk.wanted, _render, colour=pen))
    except BuurtError as refusal:
        return Waiting(key, name, refusal=refusal)


def _render(made: Sheet, px_per_mm: float) -> tuple[paper.Picture, str]:
    town = projects.project(made.project).municipality
    return _printed(replace(made, number=1, key=""), px_per_mm, town, atlas.edition(town))


@lru_cache(maxsize=6)
def _printed(made: Sheet, px_per_mm: float, town: str, _edition: str) -> tuple[paper.Picture, str]:
    basemap = atlas.basemap(town)
    picture = drawn_sheets.printed(made, basemap, px_per_mm=px_per_mm)
    return picture, drawn_sheets.version(basemap, made.ground)


def _refused(desk: Desk, one: Waiting) -> None:
    assert one.refusal is not None  # chosen so
    with st.container(border=True):
        st.markdown(f"**{html.escape(one.name)}**")
        st.warning(desk.say.error(one.refusal))
        if st.button(desk.say("paper.dismiss"), key=f"dismiss-{one.key}"):
            _settle(one)
            st.rerun()


def _judge(desk: Desk, one: Waiting) -> None:
    """Show one outline on its photo, and let a person decide."""
    say, found = desk.say, one.reading
    assert found is not None  # chosen so
    st.subheader(say("paper.sheet_number", number=found.sheet.number))
    for doubt in found.doubts:
        st.warning(say(f"paper.doubt_{doubt}", n=found.n_left_out))
    for note in found.notes:
        st.info(
            say(f"paper.note_{note}", share=found.gap_share, parts=len(shapely.get_parts(found.geometry)))
        )
    st.image(found.picture, caption=say("paper.trace_caption"), width="stretch")
    if one.differs:
        st.warning(say("paper.differs", number=found.sheet.number))
        if st.button(say("paper.keep_another"), type="primary", width="stretch"):
            _keep(desk, one, mended=_mended(one, found), another=one.key.encode())
    elif st.button(say("paper.keep"), type="primary", width="stretch"):
        _keep(desk, one)
    left, right = st.columns(2)
    mending = left.toggle(say("paper.mend"), key=f"mend-{one.key}")
    if right.button(say("paper.drop"), width="stretch", key=f"drop-{one.key}"):
        _settle(one)
        st.rerun()
    if mending:
        _mend(desk, one, found)


def _mend(desk: Desk, one: Waiting, found: Reading) -> None:
    """Let the outline be changed on the screen, or drawn again, beside its photo."""
    st.write(desk.say("paper.mend_how"))
    town = desk.project.municipality
    plane = found.plane
    degrees = planes.to_wgs84(found.geometry, plane)
    west, south, east, north = degrees.bounds
    canvas.draw(
        f"canvas-{one.key}",
        layers=ground.layers(town),
        start=canvas.Start((west + east) / 2, (south + north) / 2, found.sheet.scale / 5),
        words=desk.say,
        initial=canvas.Drawing(id=one.key, geometry=mapping(degrees)),
        stored=one.key,
        own=False,
        bounds=(west, south, east, north),
        credit=ground.credit(town, desk.say("demo.label") if desk.project.is_made_up else ""),
    )
    mended = _mended(one, found)
    if mended is not None and not one.differs:
        _keep(desk, one, mended=mended)


def _mended(one: Waiting, found: Reading) -> Any:
    """Give the outline as a person changed it, in the plane of the project; None when nobody did."""
    drawn = canvas.accepted(f"canvas-{one.key}")
    return None if drawn is None else planes.to_planar(shape(drawn.geometry), found.plane)


def _keep(desk: Desk, one: Waiting, *, mended: Any = None, another: bytes = b"") -> None:
    assert one.reading is not None  # chosen so
    say, number = desk.say, one.reading.sheet.number
    try:
        receipt = paper.accept(one.reading, mended=mended, another=another, language=say.language)
    except ContributionDiffers:
        waiting = st.session_state["waiting"]
        waiting[waiting.index(one)] = replace(one, differs=True)
        st.rerun()
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    _settle(one)
    said = (
        say("paper.known", number=number)
        if receipt.is_replay
        else say("paper.kept", number=number, code=receipt.code)
    )
    st.session_state["kept_sheets"] = [*st.session_state.get("kept_sheets", []), said]
    st.rerun()


def _settle(one: Waiting) -> None:
    """Forget a photo and what was read from it."""
    st.session_state["waiting"] = [other for other in st.session_state["waiting"] if other.key != one.key]
