"""What an evening leaves behind: the presentation, the page everyone takes home, pictures for a newsletter."""

import re

import pandas as pd
import streamlit as st

from maps import handout, picture, presentation, qr
from maps.handout import Outcome
from study import atlas, live, story, workshop
from study.story import Step
from ui import worker
from ui.pages.workshop.frame import Room

LABELLED = (story.OFFICIAL, story.GROUPS)


def downloads(room: Room, shown: live.Shown, number: int, steps: list[Step]) -> None:
    """Offer the files; each is made when it is asked for."""
    say = room.say
    st.subheader(say("workshop.files"), anchor=False)
    with st.container(key="files", horizontal=True):
        st.download_button(
            say("workshop.file_story"), lambda: story_file(room, shown, number, steps).encode(),
            file_name=f"{_name(room)}-verhaal.html", mime="text/html", key="file_story", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("workshop.file_outcome"), lambda: outcome_file(room, shown, number),
            file_name=f"{_name(room)}.pdf", mime="application/pdf", key="file_outcome", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("workshop.file_picture"), lambda: handout.png(map_of(room, shown, number, "outside")),
            file_name=f"{_name(room)}.png", mime="image/png", key="file_picture", on_click="ignore",
        )  # fmt: skip


def _name(room: Room) -> str:
    place = re.sub(r"[^a-z0-9]+", "-", room.evening.place.lower()).strip("-") or "avond"
    return f"{place[:40]}-{room.evening.day:%Y-%m-%d}"


def map_of(room: Room, shown: live.Shown, number: int, key: str) -> str:
    """Draw the map of a step as SVG."""
    return worker.run(_map_of, room, shown, number, key)


def _map_of(room: Room, shown: live.Shown, number: int, key: str) -> str:
    tables, names = story.tables(shown, number), story.SHOWS[key]
    around = pd.concat([tables[story.WIDE].geometry, tables[story.OFFICIAL].geometry])
    return picture.svg(
        [
            picture.Layer(tables[name], picture.LOOKS[name], labels=name in LABELLED)
            for name in names
            if name != story.SPOTS
        ],
        around=around,
        ground=atlas.basemap(room.project.municipality),
        title=story.sentence(room.say, shown, number, key),
        credit=room.own_credit,
        spots=tables[story.SPOTS] if story.SPOTS in names else None,
    )


def story_file(room: Room, shown: live.Shown, number: int, steps: list[Step]) -> str:
    """Make the presentation: one HTML file, everything in it."""
    slides = [
        presentation.Slide(step.title, step.sentence, step.added, map_of(room, shown, number, step.key))
        for step in steps
    ]
    return presentation.page(
        room.say,
        title=room.evening.place,
        subtitle=_subtitle(room),
        slides=slides,
        closing=f"{room.say('workshop.file_footer', n=shown.facts.n, edition=shown.number)} {room.own_credit}",
    )


def _subtitle(room: Room) -> str:
    return f"{room.project.name} · {room.evening.day:%d-%m-%Y}"


def outcome_file(room: Room, shown: live.Shown | None, number: int) -> bytes:
    """Set the page that everyone takes home."""
    say, subjects = room.say, workshop.subjects(room.evening.id)
    names = tuple((one.words, one.dots) for one in subjects if one.kind == "name")
    signals = [one for one in subjects if one.kind != "name"]
    panel = tuple((one.words, one.dots) for one in signals if one.status == workshop.TO_WIJKPANEL)
    rest = tuple((one.words, one.dots) for one in signals if one.status != workshop.TO_WIJKPANEL)
    sentences: tuple[str, ...] = (say("reveal_story.nothing_shared"),)
    if shown is not None:
        told = ("drawings", "core", "outside", "places")
        sentences = tuple(story.sentence(say, shown, number, key) for key in told)
    made_up = f" · {say('demo.label')}" if room.project.is_made_up else ""
    outcome = Outcome(
        language=say.language,
        title=room.evening.place,
        subtitle=f"{_subtitle(room)}{made_up}",
        sentences=sentences,
        names_title=say("agree.names"),
        names=names,
        panel_title=say("agree.panel"),
        panel=panel,
        rest_title=say("agree.rest"),
        rest=rest,
        closing=say("agree.closing"),
        qr_title=room.after,
    )
    drawn = _BLANK if shown is None else map_of(room, shown, number, "outside")
    return worker.run(handout.outcome_pdf, outcome, picture=drawn, qr=qr.svg(room.after))


_BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1"/>'
