"""What the facilitator's pages share: who is let in, which evening, the addresses, the maps of an edition."""

import base64
import html
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import geopandas as gpd
import streamlit as st

from geo.errors import BuurtError, UnknownSession
from maps import picture, qr, style
from maps.layers import Shapes
from maps.planner import Places
from maps.topology import Answer
from maps.workshop import Growing
from study import access, live, projects, story, workshop
from study.workshop import Actor, Project, WorkshopSession
from ui import ground, shapes, stage, worker
from ui.pages.planner.frame import swatch
from ui.stage import Act, Heard
from ui.visitor import actor_of_visitor, project_of_visitor, words_of_visitor
from words import Words

SHEET = Path(__file__).with_name("workshop.css")
PLANNER = Actor("planner", account="demo")
"""Who acts in the made-up town, where everybody may try everything."""

NOBODY = Actor("resident")
SPOT_PX = 34
"""A sign for a place, seen from the back of the room."""

PAGES = ("avond", "scherm", "verhaal", "samen", "papier")


@dataclass(frozen=True)
class Room:
    """One evening, who stands before it, and the address of this app."""

    say: Words
    evening: WorkshopSession
    project: Project
    actor: Actor
    base: str

    @property
    def credit(self) -> str:
        """Who made the map on the screen."""
        return ground.credit(self.project.municipality, ground.areas_credit(self.say, self.project))

    @property
    def own_credit(self) -> str:
        """Who made the map in a file: that keeps our own ground, whatever lies under the one on the screen."""
        return ground.own_credit(self.say, self.project)

    @property
    def join(self) -> str:
        """The address in the QR code."""
        return f"{self.base}/mee?code={self.evening.code}"

    @property
    def after(self) -> str:
        """The address where participants see what came of it."""
        return f"{self.base}/dank?code={self.evening.code}"


def sheet() -> None:
    """Give the page the look of an evening."""
    st.html(SHEET)


def address() -> str:
    """Give where phones find this app: ``BUURT_ADDRESS``, or where this page was asked."""
    chosen = os.environ.get("BUURT_ADDRESS", "").rstrip("/")
    if chosen:
        return chosen
    here = urlsplit(st.context.url or "http://localhost:8501/")
    return f"{here.scheme}://{here.netloc}{here.path.rsplit('/', 1)[0]}"


def only_here() -> bool:
    """Tell whether the address works on this machine only, so that no phone can join."""
    return urlsplit(address()).hostname in {"localhost", "127.0.0.1", "::1"}


def chosen_evening(project: str) -> WorkshopSession | None:
    """Give the evening of the address; the latest one of the made-up town without."""
    asked = st.query_params.get("avond")
    if asked:
        return workshop.evening(asked)
    if projects.project(project).is_made_up:
        return next(iter(workshop.evenings(project)), None)
    return None


def enter(keys: Sequence[Act] = (), carry_out: Callable[[Act], None] | None = None) -> Room | None:
    """Let a facilitator in, and listen to the keys; None where the page should say nothing more.

    The secret of the link comes from behind the # of the address, and by no log.
    """
    say = words_of_visitor()
    try:
        evening = chosen_evening(project_of_visitor())
    except UnknownSession as problem:
        st.error(say.error(problem))
        return None
    if evening is None:
        st.info(say("workshop.none"))
        return None
    about = projects.project(evening.project)
    heard = stage.listen(evening=evening.id, keys=keys, carry_out=carry_out)
    try:
        actor = _actor(about, evening, heard)
    except BuurtError as problem:
        st.error(say.error(problem))
        return None
    if actor is None:
        return None
    return Room(words_in(evening), evening, about, actor, address())


def words_in(evening: WorkshopSession) -> Words:
    """Give the words of the evening's language, unless the address asks for another."""
    if "taal" in st.query_params:
        return words_of_visitor()
    return Words(evening.language) if evening.language == "en" else words_of_visitor()


def _actor(about: Project, evening: WorkshopSession, heard: Heard) -> Actor | None:
    """Give who stands here; None while the browser has not answered."""
    known = actor_of_visitor()
    if not access.may("facilitator", about, known, session=evening.id):
        if heard.link is None:
            return None
        held = st.session_state.get("facilitator")
        if isinstance(held, Actor) and held.session == evening.id:
            return held
        if heard.link:
            let_in = worker.run(workshop.let_in, evening.id, heard.link, device=_device())
            st.session_state["facilitator"] = let_in
            st.session_state["link"] = heard.link
            return let_in
    access.require("facilitator", about, known, session=evening.id)
    return known or PLANNER


def _device() -> str:
    return str(st.session_state.setdefault("device", workshop.device()))


# --- Ways -----------------------------------------------------------------------------------------


def way(room: Room, page: str, *, secret: bool = False) -> str:
    """Give the address of a facilitator's page of this evening, with the secret where a new tab needs it."""
    asked = {"avond": room.evening.id, "project": room.evening.project}
    if "taal" in st.query_params:
        asked["taal"] = st.query_params["taal"]
    link = st.session_state.get("link", "") if secret else ""
    return f"{page}?{urlencode(asked)}" + (f"#{link}" if link else "")


def ways(room: Room, here: str) -> None:
    """Show the way to the other pages of the evening."""
    say = room.say
    links = "".join(
        f'<a target="_self" href="{html.escape(way(room, page))}"'
        f"{' aria-current=page' if page == here else ''}>{html.escape(say(f'workshop.page_{page}'))}</a>"
        for page in PAGES
    )
    st.html(f'<nav class="ways" aria-label="{html.escape(say("workshop.pages"))}">{links}</nav>')


def heading(room: Room, text: str) -> None:
    """Show which evening this is, and that the town is made up."""
    made_up = f" · {room.say('demo.label')}" if room.project.is_made_up else ""
    st.html(
        f'<p class="evening">{html.escape(room.evening.place)} · {room.evening.day:%d-%m-%Y}'
        f"{html.escape(made_up)}</p><h1>{html.escape(text)}</h1>"
    )


def code_picture(target: str, label: str) -> str:
    """Give a QR code as an image tag."""
    packed = base64.b64encode(qr.svg(target).encode()).decode()
    return f'<img class="qr" alt="{html.escape(label)}" src="data:image/svg+xml;base64,{packed}">'


# --- Maps of an edition ---------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _packed(shown: live.Shown, number: int, name: str) -> Answer | None:
    table = story.tables(shown, number)[name]
    if name == story.SPOTS:
        return _spots(table)
    return shapes.packed({"areas": table}) if len(table) else None


def _spots(table: gpd.GeoDataFrame) -> Answer | None:
    if table.empty:
        return None
    parts = table["class"].str.split("-", n=1, expand=True)
    named = table.assign(kind=parts[0], theme=parts[1]).drop(columns="class")
    return shapes.packed({"places": named})


def layers(shown: live.Shown, number: int, names: Sequence[str]) -> list[Shapes]:
    """Give the layers of one neighbourhood's story by the names of `study.story.SHOWS`."""
    found: list[Shapes] = []
    for name in names:
        made = worker.run(_packed, shown, number, name)
        if made is None:
            continue
        url = shapes.address(made)
        if name == story.SPOTS:
            found.append(Places(url, size_px=SPOT_PX))
        else:
            over = name == story.OFFICIAL
            found.append(
                Growing(
                    f"story-{name}",
                    url,
                    picture.LOOKS[name],
                    labels=name in {story.OFFICIAL, story.GROUPS},
                    pane="lines" if over else "cores",
                )
            )
    return found


def all_bands(shown: live.Shown) -> list[Shapes]:
    """Give what is shared in every neighbourhood of an evening, for the live screen."""
    made = worker.run(_bands, shown)
    if made is None:
        return []
    return [Growing("bands", shapes.address(made), picture.LOOKS["wide"])]


@lru_cache(maxsize=16)
def _bands(shown: live.Shown) -> Answer | None:
    if shown.bands.empty:
        return None
    table = shown.bands.reset_index().sort_values(["percent", "neighbourhood"])
    table["class"] = table["percent"].astype(str)
    table.index = (table["neighbourhood"].astype(str) + "-" + table["class"]).rename("code")
    return shapes.packed({"areas": table[["class", "name", "geometry"]]})


Signs = list[tuple[str, str]]
"""What stands on a map: a sample as HTML, and what it means."""


def band_signs(room: Room) -> Signs:
    """Give what a quarter, half and three quarters share."""
    looks = picture.LOOKS[story.WIDE].items()
    return [(swatch(look), room.say(f"reveal_story.band_{percent}")) for percent, look in looks]


def signs(room: Room, shown: live.Shown, number: int, names: Sequence[str]) -> Signs:
    """Give what stands on the map of a step, by the names of `study.story.SHOWS`."""
    say, tables, found = room.say, story.tables(shown, number), Signs()
    for name in (name for name in names if len(tables[name])):
        classes = tables[name].drop_duplicates("class")
        if name == story.WIDE:
            found += band_signs(room)
        elif name == story.SPOTS:
            found += [_spot_sign(room, *each.split("-", 1)) for each in classes["class"]]
        elif name == story.GROUPS:
            rows = zip(tables[name]["class"], tables[name]["name"], strict=True)
            found += [(swatch(picture.LOOKS[name][at]), group) for at, group in rows]
        elif name != story.CORE or story.WIDE not in names:
            found.append(
                (swatch(picture.LOOKS[name][classes["class"].iloc[0]]), say(f"reveal_story.legend_{name}"))
            )
    return found


def _spot_sign(room: Room, kind: str, theme: str) -> tuple[str, str]:
    what = room.say(f"reveal_story.spot_{kind}", what=room.say(f"places.theme_{theme}"))
    mark = "" if kind == "met" else picture.MARKS[kind]
    return f'<i class="spot spot-{kind}" style="--tint:{style.THEMES[theme].color}">{mark}</i>', what


def legend(room: Room, told: Signs) -> None:
    """Say what stands on the map."""
    rows = "".join(f"<li>{sign}<span>{html.escape(text)}</span></li>" for sign, text in told)
    label = html.escape(room.say("reveal_story.legend"))
    st.html(f'<ul class="buurt-legend buurt-classes story-legend" aria-label="{label}">{rows}</ul>')


def group_layers(shown: live.Shown, number: int, group: str) -> list[Shapes]:
    """Give the core of one group, under what the whole room shares."""
    made = worker.run(_group, shown, number, group)
    wide = layers(shown, number, (story.OFFICIAL,))
    if made is None:
        return wide
    return [*wide, Growing("group", shapes.address(made), picture.LOOKS["groups"])]


@lru_cache(maxsize=32)
def _group(shown: live.Shown, number: int, group: str) -> Answer | None:
    table = story.tables(shown, number)[story.GROUPS]
    mine = table[table["name"] == group]
    return shapes.packed({"areas": mine}) if len(mine) else None
