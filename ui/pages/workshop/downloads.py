"""What a workshop session leaves behind: the presentation, the page everyone takes home, pictures for a newsletter."""

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from maps.documents import slideshow, workshop_handouts
from maps.documents.workshop_handouts import OutcomePage
from maps.static import qr, svg_map
from study import datasets, jobs
from study.publishing.sessions.parts import EditionView
from study.workshop import rounds, sessions, story
from study.workshop.live_editions import session_counters
from study.workshop.rounds import RoundView
from study.workshop.story import StoryStep
from ui import workers
from ui.pages.workshop import round_view, small_view
from ui.pages.workshop.session_page import WorkshopContext

LABELLED = (story.OFFICIAL, story.GROUPS)


def downloads(room: WorkshopContext, shown: EditionView, number: int, steps: list[StoryStep]) -> None:
    """Offer the files; each is made when it is asked for."""
    say, stem = room.say, sessions.file_stem(room.workshop_session)
    st.subheader(say("workshop.files"), anchor=False)
    with st.container(key="files", horizontal=True):
        st.download_button(
            say("workshop.file_story"), lambda: story_file(room, shown, number, steps).encode(),
            file_name=f"{stem}-verhaal.html", mime="text/html", key="file_story", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("workshop.file_outcome"), lambda: outcome_file(room, shown, number),
            file_name=f"{stem}.pdf", mime="application/pdf", key="file_outcome", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("workshop.file_picture"), lambda: workshop_handouts.png(map_of(room, shown, number, "outside")),
            file_name=f"{stem}.png", mime="image/png", key="file_picture", on_click="ignore",
        )  # fmt: skip


def map_of(room: WorkshopContext, shown: EditionView, number: int, key: str) -> str:
    """Draw the map of a step as SVG."""
    return workers.run_in_worker(_map_of, room, shown, number, key)


def _map_of(room: WorkshopContext, shown: EditionView, number: int, key: str) -> str:
    tables, names = story.map_layers(shown, number), story.LAYERS_OF_STEP[key]
    around = pd.concat([tables[story.WIDE].geometry, tables[story.OFFICIAL].geometry])
    return svg_map.render_svg(
        [
            svg_map.SvgLayer(tables[name], svg_map.LOOKS[name], labels=name in LABELLED)
            for name in names
            if name != story.SPOTS
        ],
        around=around,
        ground=datasets.basemap(room.project.municipality),
        title=story.step_sentence(room.say, shown, number, key),
        credit=room.own_credit,
        spots=tables[story.SPOTS] if story.SPOTS in names else None,
    )


def street_map(room: WorkshopContext) -> str:
    """Draw the streets of a workshop session as SVG, for when nothing is shared yet."""
    return workers.run_in_worker(_street_map, room)


def _street_map(room: WorkshopContext) -> str:
    longitude, latitude, width = sessions.initial_view(room.workshop_session)
    middle = shapely.Point(sessions.start_point(room.project.id, longitude, latitude))
    return svg_map.render_svg(
        [],
        around=gpd.GeoSeries([middle.buffer(width / 2)]),
        ground=datasets.basemap(room.project.municipality),
        title=room.say("small.streets"),
        credit=room.own_credit,
    )


def story_file(room: WorkshopContext, shown: EditionView, number: int, steps: list[StoryStep]) -> str:
    """Create the presentation: one HTML file, everything in it."""
    slides = [
        slideshow.Slide(step.title, step.sentence, step.added, map_of(room, shown, number, step.key))
        for step in steps
    ]
    return slideshow.render_slideshow(
        room.say,
        title=room.workshop_session.place,
        subtitle=_subtitle(room),
        slides=slides,
        closing=f"{room.say('workshop.file_footer', n=shown.facts.n, edition=shown.number)} {room.own_credit}",
    )


def _subtitle(room: WorkshopContext) -> str:
    return f"{room.project.name} · {room.workshop_session.day:%d-%m-%Y}"


def outcome_file(room: WorkshopContext, shown: EditionView | None, number: int) -> bytes:
    """Set the page that everyone takes home."""
    say, subjects = room.say, sessions.released_votables(room.workshop_session.id)
    names = tuple((one.words, one.dots) for one in subjects if one.kind == "name")
    signals = [one for one in subjects if one.kind != "name"]
    panel = tuple((one.words, one.dots) for one in signals if one.status == sessions.TO_WIJKPANEL)
    rest = tuple((one.words, one.dots) for one in signals if one.status != sessions.TO_WIJKPANEL)
    drawn = session_counters(room.workshop_session.id).drawn
    sentences: tuple[str, ...] = (small_view.drawn_sentence(say, drawn),)
    if shown is not None:
        steps = ("drawings", "core", "outside", "places")
        sentences = tuple(story.step_sentence(say, shown, number, key) for key in steps)
    sentences += tuple(_counted(room, view, drawn) for view in rounds.closed_rounds(room.workshop_session.id))
    made_up = f" · {say('demo.label')}" if room.project.is_demo else ""
    outcome = OutcomePage(
        language=say.language,
        title=room.workshop_session.place,
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
    picture = street_map(room) if shown is None else map_of(room, shown, number, "outside")
    return jobs.run(
        jobs.DOCUMENT,
        ("outcome page", room.workshop_session.id, number, outcome),
        workshop_handouts.outcome_pdf,
        outcome,
        picture=picture,
        qr=qr.svg(room.after),
    )


def _counted(room: WorkshopContext, view: RoundView, drawn: int) -> str:
    """Return what a closed round was about and from how many phones its dots are; of themes also which came first."""
    whom = round_view.from_whom(room.say, view.round, view.voters, drawn)
    summary = f"{round_view.title(room.say, view)} {whom}"
    if view.round.kind != "theme":  # names and signals stand in their own lists
        return summary
    first = ", ".join(f"{round_view.words(room.say, one)} ({one.dots})" for one in rounds.first_of(view))
    return f"{summary} {first}".rstrip()
