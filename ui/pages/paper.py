"""Paper: make sheets to draw on, and take photos of them back; a person accepts or mends every outline."""

import hashlib
import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import shapely
import streamlit as st
from shapely.geometry import mapping, shape

from geo import crs as planes
from geo import paper_sheet as sheets
from geo.errors import BuurtError, ContributionDiffers, PhotoPagesLeft
from geo.paper_sheet import PaperSheet
from i18n import Translator
from maps.documents.paper_sheet_labels import PENS
from maps.documents.paper_sheet_map import map_version, render_map
from maps.documents.paper_sheet_pdf import MAX_SHEETS, render_sheet_png, render_sheets_pdf
from study import context, datasets, jobs, permissions
from study.answer_cache import cached_answer
from study.paper.photo import count_pages
from study.paper.reading import SheetPart, SheetReading, read_photo, save_reading
from study.paper.sheets import Picture, SheetFilter, create_sheets
from study.permissions import Project
from ui import canvas
from ui.components import file_upload
from ui.components.basemap import basemap_layers, map_attribution
from ui.pages.workshop import session_page
from ui.routes import Page, Query
from ui.session import uploads
from ui.session.request_context import current_actor, current_project, current_translator

DIVISIONS = ("wijk", "buurt")
AROUND = 0.15
"""Ground beside the chosen area, so that nobody's line has to stop at the edge of the paper."""
USUAL = 12
PREVIEW_PX_PER_MM = 4.0
MAX_AT_ONCE = 120


@dataclass(frozen=True)
class PendingPhoto:
    """A sheet in a photo that was looked at and is not settled: read, or refused in words."""

    key: str
    name: str
    page: str = ""
    """The photo or page it lies in."""
    reading: SheetReading | None = None
    refusal: BuurtError | None = None
    differs: bool = False
    """Whether another drawing was kept under the number of this sheet."""


@dataclass(frozen=True)
class PaperContext:
    """Whose sheets lie here."""

    say: Translator
    project: Project
    session: str
    room: session_page.WorkshopContext | None = None
    """The session; None where sheets are made for a project."""

    @property
    def wanted(self) -> SheetFilter:
        """Which sheets are taken."""
        return SheetFilter(self.project.id, self.session)


def page() -> None:
    """Create sheets, or read them."""
    desk = _enter()
    if desk is None:
        return
    say = desk.say
    st.title(say("paper.title"))
    if desk.project.is_demo:
        st.badge(say("demo.label"), color="gray")
    if desk.room is not None:
        session_page.sheet()
        session_page.page_links(desk.room, Page.PAPER)
    with st.container(key="paper"):
        make, take = st.tabs([say("paper.tab_make"), say("paper.tab_read")])
    with make:
        _make(desk)
    with take:
        _take(desk)


def _enter() -> PaperContext | None:
    """Sign in a facilitator: of a session, or of a project when the address names no session."""
    say = current_translator()
    try:
        project = context.get_project(current_project())
        if Query.SESSION in st.query_params:
            room = session_page.open_context()
            return (
                None if room is None else PaperContext(room.say, room.project, room.workshop_session.id, room)
            )
        permissions.require_role("facilitator", project, current_actor())
    except BuurtError as problem:
        st.title(say("paper.title"))
        st.info(say.explain(problem))
        return None
    return PaperContext(say, project, "")


# --- Making ---------------------------------------------------------------------------------------


def _make(desk: PaperContext) -> None:
    say, town = desk.say, desk.project.municipality
    there = datasets.divisions(town)
    known = {
        division: datasets.map_areas(town, division, there[division][-1])
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
        pen = middle.selectbox(say("paper.pen"), PENS, format_func=lambda key: say(f"paper.pen_{key}"))
        n = right.number_input(say("paper.how_many"), 1, MAX_SHEETS, USUAL)
        if st.form_submit_button(say("paper.make"), type="primary", width="stretch"):
            box = known[division].geometry[code].bounds
            with st.spinner(say("paper.making")):
                st.session_state["made_sheets"] = _pack(desk, box, size, pen, int(n))
    if "made_sheets" in st.session_state:
        pdf, preview = st.session_state["made_sheets"]
        st.download_button(
            say("paper.download"), pdf, "bladen.pdf", "application/pdf", type="primary", width="stretch"
        )
        st.caption(say("paper.print_advice"))
        st.image(preview, caption=say("paper.preview"), width="stretch")


def _pack(desk: PaperContext, area_m: sheets.Box, size: sheets.Size, pen: str, n: int) -> tuple[bytes, bytes]:
    west, south, east, north = area_m
    air = AROUND * max(east - west, north - south)
    basemap = datasets.basemap(desk.project.municipality)
    pack = create_sheets(
        desk.project.id,
        desk.session,
        n=n,
        size=size,
        ground_m=(west - air, south - air, east + air, north + air),
        version=lambda at: map_version(basemap, at),
    )
    credit = datasets.basemap_attribution(desk.project.municipality)
    facts: dict[str, Any] = {"pen": pen, "credit": credit, "made_up": desk.project.is_demo}
    asked = ("sheets", pack[0].key, pen, desk.say.language)
    pdf = jobs.run(jobs.DOCUMENT, asked, render_sheets_pdf, pack, basemap, desk.say, **facts)
    preview = render_sheet_png(pack[0], basemap, desk.say, px_per_mm=PREVIEW_PX_PER_MM, **facts)
    return pdf, preview


# --- Reading --------------------------------------------------------------------------------------


def _take(desk: PaperContext) -> None:
    say = desk.say
    st.write(say("paper.read_intro"))
    turn = st.session_state.setdefault("photos_turn", 0)
    pen = st.selectbox(
        say("paper.pen_used"),
        PENS,
        index=len(PENS) - 1,
        format_func=lambda key: say("paper.pen_various" if key == "any" else f"paper.pen_{key}"),
    )
    file_upload.translate_uploader(say("paper.choose"))
    uploads.allow_upload()
    handed = st.file_uploader(
        say("paper.photos"),
        type=["jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif", "pdf"],
        accept_multiple_files=True,
        key=f"photos-{turn}",
    )
    st.caption(say("paper.photos_help"))
    if handed and st.button(say("paper.read"), type="primary", width="stretch"):
        _read_all(desk, [(file.name, file.getvalue()) for file in handed], pen)
        # A fresh uploader: the photos themselves are let go as soon as they were looked at.
        st.session_state["photos_turn"] = turn + 1
        st.rerun()
    counted: Counter[str] = st.session_state.get("photos_counted", Counter())
    if counted:
        n_read, n_refused = counted["read"], counted["refused"]
        st.write(
            say(
                "paper.counted",
                pages=counted["pages"],
                n=n_read + n_refused,
                n_read=n_read,
                n_refused=n_refused,
            )
        )
    for receipt in st.session_state.get("kept_sheets", []):
        st.success(receipt)
    waiting: list[PendingPhoto] = st.session_state.setdefault("waiting", [])
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


def _read_all(desk: PaperContext, handed: list[tuple[str, bytes]], pen: str) -> None:
    """Read all files; each page of each ends as sheets that were read or as refusals, and is counted so."""
    say, waiting = desk.say, cast("list[PendingPhoto]", st.session_state.setdefault("waiting", []))
    known = {one.page for one in waiting}
    counted = st.session_state["photos_counted"] = Counter[str]()
    st.session_state["kept_sheets"] = []
    progress = st.progress(0.0)

    def settle(key: str, found: list[PendingPhoto], n_pages: int = 1) -> None:
        known.add(key)
        waiting.extend(replace(one, page=key) for one in found)
        counted["pages"] += n_pages
        counted["read"] += sum(one.reading is not None for one in found)
        counted["refused"] += max(
            sum(one.refusal is not None for one in found), n_pages if n_pages > 1 else 0
        )

    for done, (name, raw) in enumerate(handed):
        progress.progress(done / len(handed), say("paper.reading", name=name))
        digest = hashlib.sha256(raw).hexdigest()
        try:
            n = jobs.run(jobs.DOCUMENT, ("pages", digest), count_pages, raw)
        except BuurtError as refusal:
            if digest not in known:  # chosen twice it is one, with one button to dismiss it
                settle(digest, [PendingPhoto(digest, name, refusal=refusal)])
            continue
        for number in range(min(n, MAX_AT_ONCE)):
            progress.progress((done + number / n) / len(handed), say("paper.reading", name=name))
            if (key := f"{digest}-{number}") not in known:
                called = name if n == 1 else say("paper.page_of", name=name, number=number + 1)
                settle(key, _looked(desk, PendingPhoto(key, called), raw, number, pen))
        if n > MAX_AT_ONCE and (key := f"{digest}-rest") not in known:
            rest = PhotoPagesLeft(first=MAX_AT_ONCE + 1, last=n)
            settle(key, [PendingPhoto(key, name, refusal=rest)], n - MAX_AT_ONCE)
    progress.empty()


def _looked(desk: PaperContext, one: PendingPhoto, raw: bytes, number: int, pen: str) -> list[PendingPhoto]:
    """Return what became of each sheet in a photo."""
    try:
        asked = ("photo", one.key, desk.wanted, pen)
        found = jobs.run(jobs.DOCUMENT, asked, read_photo, raw, desk.wanted, _render, colour=pen, page=number)
    except BuurtError as refusal:
        return [replace(one, refusal=refusal)]
    return [
        replace(one, key=f"{one.key}-{at}", refusal=sheet)
        if isinstance(sheet, BuurtError)
        else replace(one, key=f"{one.key}-{at}", reading=sheet)
        for at, sheet in enumerate(found)
    ]


def _render(made: PaperSheet, px_per_mm: float) -> tuple[Picture, str]:
    town = context.get_project(made.project).municipality
    return _printed(replace(made, number=1, key=""), px_per_mm, town, datasets.dataset_version(town))


@cached_answer
def _printed(made: PaperSheet, px_per_mm: float, town: str, _edition: str) -> tuple[Picture, str]:
    basemap = datasets.basemap(town)
    picture = render_map(made, basemap, px_per_mm=px_per_mm)
    return picture, map_version(basemap, made.ground)


def _refused(desk: PaperContext, one: PendingPhoto) -> None:
    assert one.refusal is not None  # chosen so
    with st.container(border=True):
        st.markdown(f"**{html.escape(one.name)}**")
        st.warning(desk.say.explain(one.refusal))
        if st.button(desk.say("paper.dismiss"), key=f"dismiss-{one.key}"):
            _settle(one)
            st.rerun()


def _judge(desk: PaperContext, one: PendingPhoto) -> None:
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
    mine, others = _asked_parts(desk, one, found) if found.is_asked else ([], [])
    chosen: dict[str, Any] = {"parts": mine, "others": others}
    if one.differs:
        st.warning(say("paper.differs", number=found.sheet.number))
        if st.button(say("paper.keep_another"), type="primary", width="stretch"):
            _keep(desk, one, corrected=_corrected_outline(one, found), another=one.key.encode(), **chosen)
    elif found.is_asked:
        if st.button(say("paper.keep_parts"), type="primary", width="stretch", disabled=not mine):
            _keep(desk, one, **chosen)
    elif st.button(say("paper.keep"), type="primary", width="stretch"):
        _keep(desk, one)
    left, right = st.columns(2)
    mending = left.toggle(say("paper.mend"), key=f"mend-{one.key}")
    if right.button(say("paper.drop"), width="stretch", key=f"drop-{one.key}"):
        _settle(one)
        st.rerun()
    if mending:
        _correct(desk, one, found)


def _asked_parts(
    desk: PaperContext, one: PendingPhoto, found: SheetReading
) -> tuple[list[SheetPart], list[SheetPart]]:
    """Show a choice for each part: it counts, or is of somebody else; what looks likely is chosen beforehand."""
    say = desk.say
    chosen: dict[str, list[SheetPart]] = {"counts": [], "not": [], "another": []}
    several = len(found.parts) > 1
    for part in found.parts:
        # Crossed out beside another, or of another pen than the largest: likely not the same drawing.
        is_other = part.pen != found.parts[0].pen
        usual = "not" if several and part.is_inked else "another" if is_other else "counts"
        answer = st.segmented_control(
            say("paper.part", letter=part.letter), list(chosen), default=usual, required=True,
            format_func=lambda key: say(f"paper.part_{key}"), key=f"part-{part.letter}-{one.key}",
        )  # fmt: skip
        chosen[str(answer)].append(part)
    mine, others = chosen["counts"], chosen["another"]
    return (mine, others) if mine else (others, [])


def _correct(desk: PaperContext, one: PendingPhoto, found: SheetReading) -> None:
    """Show the outline beside its photo, to change or to draw again."""
    st.write(desk.say("paper.mend_how"))
    town = desk.project.municipality
    plane = found.plane
    degrees = planes.to_wgs84(found.geometry, plane)
    west, south, east, north = degrees.bounds
    canvas.draw_area(
        f"canvas-{one.key}",
        layers=basemap_layers(town),
        start=canvas.InitialView((west + east) / 2, (south + north) / 2, found.sheet.scale / 5),
        words=desk.say,
        initial=canvas.CanvasDrawing(id=one.key, geometry=mapping(degrees)),
        stored=one.key,
        own=False,
        bounds=(west, south, east, north),
        credit=map_attribution(town, desk.say("demo.label") if desk.project.is_demo else ""),
    )
    corrected = _corrected_outline(one, found)
    if corrected is not None and not one.differs:
        _keep(desk, one, corrected=corrected)


def _corrected_outline(one: PendingPhoto, found: SheetReading) -> Any:
    """Return the outline as a person changed it, in the plane of the project; None when nobody did."""
    drawn = canvas.accepted_drawing(f"canvas-{one.key}")
    return None if drawn is None else planes.to_planar(shape(drawn.geometry), found.plane)


def _keep(
    desk: PaperContext,
    one: PendingPhoto,
    *,
    corrected: Any = None,
    parts: Sequence[SheetPart] = (),
    others: Sequence[SheetPart] = (),
    another: bytes = b"",
) -> None:
    """Save what a person accepted; parts of somebody else are a drawing of their own, with its own code."""
    assert one.reading is not None  # chosen so
    wanted: list[tuple[bytes, dict[str, Any]]] = [(b"", {"corrected": corrected, "parts": parts})]
    if others:
        wanted.append((f"parts {''.join(part.letter for part in others)}".encode(), {"parts": others}))
    kept: list[str] = []
    try:
        for whose, how in wanted:
            kept.append(_submit(desk, one.reading, whose, another, how))
    except BuurtError as problem:
        # What was kept before it stands, with the code that its maker takes home.
        st.session_state["kept_sheets"] = [*st.session_state.get("kept_sheets", []), *kept]
        if isinstance(problem, ContributionDiffers):
            waiting = st.session_state["waiting"]
            waiting[waiting.index(one)] = replace(one, differs=True)
            st.rerun()
        st.error(desk.say.explain(problem))
        return
    _settle(one)
    st.session_state["kept_sheets"] = [*st.session_state.get("kept_sheets", []), *kept]
    st.rerun()


def _submit(
    desk: PaperContext, reading: SheetReading, whose: bytes, another: bytes, how: dict[str, Any]
) -> str:
    """Save one person's drawing and return what is said of it.

    Where another was kept under its number, it is kept as that of somebody else if that was asked.
    """
    say, number = desk.say, reading.sheet.number
    try:
        receipt = save_reading(reading, another=whose, language=say.language, **how)
    except ContributionDiffers:
        if not another:
            raise
        receipt = save_reading(reading, another=whose + another, language=say.language, **how)
    key = "paper.known" if receipt.is_replay else "paper.kept"
    return say(key, number=number, code=receipt.code)


def _settle(one: PendingPhoto) -> None:
    """Forget a photo and what was read from it."""
    st.session_state["waiting"] = [other for other in st.session_state["waiting"] if other.key != one.key]
