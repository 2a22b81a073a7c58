"""What the facilitator's pages share: who is let in, which session, the addresses, the maps of an edition."""

import base64
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import streamlit as st

from geo.errors import BuurtError, UnknownSession
from i18n import Translator
from maps import style
from maps.interactive.leaflet_layers import BrowserLayer
from maps.interactive.planner_layers import ResidentPlaceLayer
from maps.interactive.topojson import EncodedTopology
from maps.interactive.workshop_layers import LiveLayer
from maps.static import qr, svg_map
from study import context, permissions
from study.answer_cache import cached_answer
from study.publishing.sessions.parts import EditionView
from study.workshop import sessions, story
from study.workshop.sessions import Actor, Project, WorkshopSession
from ui import map_data, workers
from ui.components import basemap
from ui.components.legend import legend_swatch
from ui.routes import Page, Query, page_path
from ui.session import presenter_bridge
from ui.session.presenter_bridge import Act, BrowserState
from ui.session.request_context import current_actor, current_project, current_translator, site_address

SHEET = Path(__file__).with_name("workshop.css")
PLANNER = Actor("planner", account="demo")
"""Who acts in the made-up town, where everybody may try everything."""

NOBODY = Actor("resident")
SPOT_PX = 34
"""A sign for a place, seen from the back of the room."""

PAGES = (Page.PREPARE, Page.LIVE_SCREEN, Page.STORY, Page.VOTING, Page.PAPER)


@dataclass(frozen=True)
class WorkshopContext:
    """One session, who stands before it, and the address of this app.

    A page stays open for an evening, in which a link is renewed and an account ends: who acts is asked anew.
    """

    say: Translator
    workshop_session: WorkshopSession
    project: Project
    base: str

    def acting(self) -> Actor:
        """Return who stands here now; nobody once the link was renewed or the account ended."""
        return _standing(self.project, self.workshop_session.id) or NOBODY

    def require_standing(self) -> None:
        """Run the whole page again where nobody stands here any more: it says so, and shows nothing else."""
        if self.acting() == NOBODY:
            st.rerun(scope="app")

    @property
    def credit(self) -> str:
        """Who made the map on the screen."""
        return basemap.map_attribution(
            self.project.municipality, basemap.areas_credit(self.say, self.project)
        )

    @property
    def own_credit(self) -> str:
        """Who made the map in a file: that keeps our own ground, whatever lies under the one on the screen."""
        return basemap.file_attribution(self.say, self.project)

    @property
    def join(self) -> str:
        """The address in the QR code."""
        return f"{self.base}/{page_path(Page.JOIN, {Query.CODE: self.workshop_session.code})}"

    @property
    def after(self) -> str:
        """The address where participants see what came of it."""
        return f"{self.base}/{page_path(Page.THANKS, {Query.CODE: self.workshop_session.code})}"


def sheet() -> None:
    """Return the page the look of a workshop session."""
    st.html(SHEET)


def chosen_session(project: str) -> WorkshopSession | None:
    """Return the session of the address; the latest one of the made-up town without."""
    asked = st.query_params.get(Query.SESSION)
    if asked:
        return sessions.get_session(asked)
    if context.get_project(project).is_demo:
        return next(iter(sessions.list_sessions(project)), None)
    return None


def open_context(
    keys: Sequence[Act] = (),
    carry_out: Callable[[Act], None] | None = None,
    *,
    map_hidden: bool = False,
) -> WorkshopContext | None:
    """Authenticate the facilitator and listen to the keys; None where the page is done.

    With `map_hidden` the browser hides what is shared. The secret of the link comes from behind the # of the
    address, and by no log.
    """
    say = current_translator()
    try:
        workshop_session = chosen_session(current_project())
    except UnknownSession as problem:
        st.error(say.explain(problem))
        return None
    if workshop_session is None:
        st.info(say("workshop.none"))
        return None
    about = context.get_project(workshop_session.project)
    heard = presenter_bridge.listen_to_browser(
        workshop_session=workshop_session.id, keys=keys, carry_out=carry_out, map_hidden=map_hidden
    )
    try:
        is_known = _let_in(about, workshop_session, heard)
    except BuurtError as problem:
        st.error(say.explain(problem))
        return None
    if not is_known:
        return None
    return WorkshopContext(words_in(workshop_session), workshop_session, about, site_address())


def words_in(workshop_session: WorkshopSession) -> Translator:
    """Return the words of the session's language, unless the address asks for another."""
    if Query.LANGUAGE in st.query_params:
        return current_translator()
    return Translator(workshop_session.language)


def _standing(about: Project, session: str) -> Actor | None:
    """Return who leads the session here by a role or a link that still holds; None for nobody."""
    known = current_actor()
    if permissions.has_role("facilitator", about, known, session=session):
        return known or PLANNER
    held = st.session_state.get("facilitator")
    link = str(st.session_state.get("link", ""))
    if isinstance(held, Actor) and held.session == session and sessions.is_link_current(session, link):
        return held
    return None


def _let_in(about: Project, workshop_session: WorkshopSession, heard: BrowserState) -> bool:
    """Sign in who leads the session; return whether the browser has answered.

    Raises
    ------
    AccessDenied, SignInRefused, TooManyTries
    """
    if _standing(about, workshop_session.id) is not None:
        return True
    st.session_state.pop("facilitator", None)  # the link was renewed: who holds the old one is out
    if heard.link is None:
        return False
    if not heard.link:
        permissions.require_role("facilitator", about, current_actor(), session=workshop_session.id)
    st.session_state["facilitator"] = workers.run_in_worker(
        sessions.authenticate_facilitator, workshop_session.id, heard.link, device=_device()
    )
    st.session_state["link"] = heard.link
    return True


def _device() -> str:
    return str(st.session_state.setdefault("device", sessions.new_device_token()))


# --- Ways -----------------------------------------------------------------------------------------


def page_url(room: WorkshopContext, page: Page, *, secret: bool = False) -> str:
    """Return the address of a facilitator's page of this session, with the secret where a new tab needs it."""
    asked: dict[str, str] = {
        Query.SESSION: room.workshop_session.id,
        Query.PROJECT: room.workshop_session.project,
    }
    if Query.LANGUAGE in st.query_params:
        asked[Query.LANGUAGE] = st.query_params[Query.LANGUAGE]
    link = st.session_state.get("link", "") if secret else ""
    return page_path(page, asked) + (f"#{link}" if link else "")


def page_links(room: WorkshopContext, here: Page) -> None:
    """Show the way to the other pages of the session."""
    say = room.say
    links = "".join(
        f'<a target="_self" href="{html.escape(page_url(room, page))}"'
        f"{' aria-current=page' if page == here else ''}>{html.escape(say(f'workshop.page_{page}'))}</a>"
        for page in PAGES
    )
    st.html(f'<nav class="ways" aria-label="{html.escape(say("workshop.pages"))}">{links}</nav>')


def heading(room: WorkshopContext, text: str) -> None:
    """Show which session this is, and that the town is made up."""
    made_up = f" · {room.say('demo.label')}" if room.project.is_demo else ""
    st.html(
        f'<p class="session">{html.escape(room.workshop_session.place)} · {room.workshop_session.day:%d-%m-%Y}'
        f"{html.escape(made_up)}</p><h1>{html.escape(text)}</h1>"
    )


def code_picture(target: str, label: str) -> str:
    """Return a QR code as an image tag."""
    packed = base64.b64encode(qr.svg(target).encode()).decode()
    return f'<img class="qr" alt="{html.escape(label)}" src="data:image/svg+xml;base64,{packed}">'


# --- Maps of an edition ---------------------------------------------------------------------------


@cached_answer
def _packed(shown: EditionView, number: int, name: str) -> EncodedTopology | None:
    table = story.map_layers(shown, number)[name]
    if name == story.SPOTS:
        return _spots(table)
    return map_data.encode_shapes({"areas": table}) if len(table) else None


def _spots(table: gpd.GeoDataFrame) -> EncodedTopology | None:
    if table.empty:
        return None
    parts = table["class"].str.split("-", n=1, expand=True)
    named = table.assign(kind=parts[0], theme=parts[1]).drop(columns="class")
    return map_data.encode_shapes({"places": named})


def layers(shown: EditionView, number: int, names: Sequence[str]) -> list[BrowserLayer]:
    """Return the layers of one neighbourhood's story by the names of `study.workshop.story.SHOWS`."""
    found: list[BrowserLayer] = []
    for name in names:
        made = workers.run_in_worker(_packed, shown, number, name)
        if made is None:
            continue
        url = map_data.register_shapes(made)
        if name == story.SPOTS:
            found.append(ResidentPlaceLayer(url, size_px=SPOT_PX))
        else:
            over = name == story.OFFICIAL
            found.append(
                LiveLayer(
                    f"story-{name}",
                    url,
                    svg_map.LOOKS[name],
                    labels=name in {story.OFFICIAL, story.GROUPS},
                    pane="lines" if over else "cores",
                )
            )
    return found


def all_bands(shown: EditionView) -> list[BrowserLayer]:
    """Return what is shared in every neighbourhood of a workshop session, for the live screen."""
    made = workers.run_in_worker(_bands, shown)
    if made is None:
        return []
    return [LiveLayer("bands", map_data.register_shapes(made), svg_map.LOOKS["wide"])]


@cached_answer
def _bands(shown: EditionView) -> EncodedTopology | None:
    if shown.bands.empty:
        return None
    table = shown.bands.reset_index().sort_values(["percent", "neighbourhood"])
    table["class"] = table["percent"].astype(str)
    table.index = (table["neighbourhood"].astype(str) + "-" + table["class"]).rename("code")
    return map_data.encode_shapes({"areas": table[["class", "name", "geometry"]]})


Signs = list[tuple[str, str]]
"""What stands on a map: a sample as HTML, and what it means."""


def band_signs(room: WorkshopContext) -> Signs:
    """Return what a quarter, half and three quarters share."""
    looks = svg_map.LOOKS[story.WIDE].items()
    return [(legend_swatch(look), room.say(f"reveal_story.band_{percent}")) for percent, look in looks]


def map_legend(room: WorkshopContext, shown: EditionView, number: int, names: Sequence[str]) -> Signs:
    """Return what stands on the map of a step, by the names of `study.workshop.story.SHOWS`."""
    say, tables, found = room.say, story.map_layers(shown, number), Signs()
    for name in (name for name in names if len(tables[name])):
        classes = tables[name].drop_duplicates("class")
        if name == story.WIDE:
            found += band_signs(room)
        elif name == story.SPOTS:
            found += [_spot_sign(room, *each.split("-", 1)) for each in classes["class"]]
        elif name == story.GROUPS:
            rows = zip(tables[name]["class"], tables[name]["name"], strict=True)
            found += [(legend_swatch(svg_map.LOOKS[name][at]), group) for at, group in rows]
        elif name != story.CORE or story.WIDE not in names:
            found.append(
                (
                    legend_swatch(svg_map.LOOKS[name][classes["class"].iloc[0]]),
                    say(f"reveal_story.legend_{name}"),
                )
            )
    return found


def _spot_sign(room: WorkshopContext, kind: str, theme: str) -> tuple[str, str]:
    what = room.say(f"reveal_story.spot_{kind}", what=room.say(f"places.theme_{theme}"))
    mark = "" if kind == "met" else svg_map.MARKS[kind]
    return f'<i class="spot spot-{kind}" style="--tint:{style.THEMES[theme].color}">{mark}</i>', what


def legend(room: WorkshopContext, signs: Signs) -> None:
    """Show what is on the map."""
    rows = "".join(f"<li>{sign}<span>{html.escape(text)}</span></li>" for sign, text in signs)
    label = html.escape(room.say("reveal_story.legend"))
    st.html(f'<ul class="buurt-legend buurt-classes story-legend" aria-label="{label}">{rows}</ul>')


def group_layers(shown: EditionView, number: int, group: str) -> list[BrowserLayer]:
    """Return the core of one group, under what the whole room shares."""
    made = workers.run_in_worker(_group, shown, number, group)
    wide = layers(shown, number, (story.OFFICIAL,))
    if made is None:
        return wide
    return [*wide, LiveLayer("group", map_data.register_shapes(made), svg_map.LOOKS["groups"])]


@cached_answer
def _group(shown: EditionView, number: int, group: str) -> EncodedTopology | None:
    table = story.map_layers(shown, number)[story.GROUPS]
    mine = table[table["name"] == group]
    return map_data.encode_shapes({"areas": mine}) if len(mine) else None
