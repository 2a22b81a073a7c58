"""The story on the beamer: step by step from our drawings to the official border, by keyboard or clicker."""

import html
import json

import streamlit as st

from maps.interactive.leaflet_layers import AreaLayer, BrowserLayer
from maps.interactive.workshop_layers import LinkedMaps, SwipeControl
from study import datasets
from study.publishing.sessions.editions import latest_edition
from study.publishing.sessions.parts import EditionView
from study.workshop import sessions, story
from study.workshop.story import STEPS, StoryStep
from ui import canvas, workers
from ui.components import basemap
from ui.pages.workshop import downloads, session_page, small_view
from ui.pages.workshop.session_page import WorkshopContext
from ui.routes import Page, Query
from ui.session.presenter_bridge import Act

TALL = "calc(100dvh - 21.7rem)"
TALL_PAIR = "calc(100dvh - 22rem)"
ROOM = "story_room"
"""Key in the session's state of who tells the story, for a key that is pressed."""

AT_THE_BORDER = ("official", "outside")
"""Steps that show the official border."""

MODES = ("story", "swipe", "groups", "text")


def page() -> None:
    """Return the story of a workshop session."""
    session_page.sheet()
    mode = st.query_params.get(Query.MODE, "story")
    # Elsewhere the same keys scroll, and a step taken unseen would be a surprise afterwards.
    keys: tuple[Act, ...] = ("next", "back", "first", "last") if mode not in MODES[1:] else ()
    room = session_page.open_context(keys=keys, carry_out=_move)
    if room is None:
        return
    st.session_state[ROOM] = room
    shown = workers.run_in_worker(latest_edition, room.workshop_session.id)
    if shown is None or not shown.facts.neighbourhoods:
        session_page.heading(room, room.say("reveal_story.page"))
        small_view.show(room)
        session_page.page_links(room, Page.STORY)
        return
    number = _neighbourhood(room, shown)
    steps = story.build_steps(room.say, shown, number, order(), added())
    if mode == "swipe":
        _swipe(room, shown, number)
    elif mode == "groups":
        _groups(room, shown, number)
    elif mode == "text":
        _text(room, steps)
    elif steps:
        _step(room, shown, number, steps)
    _bar(room, mode, len(steps))
    _change(room, shown, number, steps)


# --- What the address remembers -------------------------------------------------------------------


def order() -> tuple[str, ...]:
    """Return the steps that are shown, in the order chosen; all of them unless somebody chose."""
    asked = st.query_params.get(Query.STEPS)
    if asked is None:
        return STEPS
    return tuple(key for key in asked.split(",") if key in STEPS)


def added() -> dict[str, str]:
    """Return the texts that the facilitator added, by step."""
    try:
        found = json.loads(st.query_params.get(Query.TEXT, "{}"))
    except json.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    texts = {key: text for key, text in found.items() if key in STEPS and isinstance(text, str)}
    return {key: text[: story.MAX_TEXT] for key, text in texts.items()}


def _at(n: int) -> int:
    asked = st.query_params.get(Query.STEP, "1")
    return _clip(int(asked) if asked.isdecimal() else 1, n)


def _clip(at: int, n: int) -> int:
    return min(max(at, 1), n)


def _follow(widget: str, value: object) -> None:
    """Set a widget to what the address says, also after the browser's Back button.

    In every run, not only where they differ: of a run that was interrupted the browser may have got nothing,
    and a widget that never heard its value would report an empty one with the next press on anything else.
    """
    st.session_state[widget] = value


def _write_query(widget: str, name: str) -> None:
    """Write a choice to the address, only when somebody chose: else Back would be undone."""
    st.query_params[name] = str(st.session_state[widget])


def _neighbourhood(room: WorkshopContext, shown: EditionView) -> int:
    """Return which neighbourhood the story is about; asked where there are several."""
    known = {one.number: story.display_name(room.say, one) for one in shown.facts.neighbourhoods}
    asked = st.query_params.get(Query.NEIGHBOURHOOD, "")
    return int(asked) if asked.isdecimal() and int(asked) in known else next(iter(known))


# --- Forms of the story ---------------------------------------------------------------------------


def _step(room: WorkshopContext, shown: EditionView, number: int, steps: list[StoryStep]) -> None:
    at = _at(len(steps))
    st.session_state["steps"] = len(steps)
    step = steps[at - 1]
    _head(room, step.title, f"{at} / {len(steps)}")
    _map(room, shown, number, "story_map", story.LAYERS_OF_STEP[step.key], tall=TALL)
    session_page.legend(room, session_page.map_legend(room, shown, number, story.LAYERS_OF_STEP[step.key]))
    more = f'<p class="story-added">{html.escape(step.added)}</p>' if step.added else ""
    st.html(f'<div role="status"><p class="story-said">{html.escape(step.sentence)}</p>{more}</div>')


def _move(act: Act) -> None:
    """Go where a key asks; the first and the last step are the ends."""
    n = int(st.session_state.get("steps", 1))
    at = _at(n)
    to = _clip({"next": at + 1, "back": at - 1, "first": 1}.get(act, n), n)
    st.query_params[Query.STEP] = str(to)
    if to <= len(order()) and order()[to - 1] in AT_THE_BORDER:
        _reveal()


def _reveal() -> None:
    """Set the official border free for phones: the room has seen it."""
    room = st.session_state.get(ROOM)
    if isinstance(room, WorkshopContext):
        workers.run_in_worker(sessions.free_border, room.workshop_session.id, by=room.acting())


def _choose_form() -> None:
    _write_query("form", Query.MODE)
    if st.session_state["form"] == "swipe":
        _reveal()


def _head(room: WorkshopContext, title: str, sentence: str) -> None:
    made_up = room.say("demo.label") if room.project.is_demo else ""
    line = " · ".join(text for text in (room.workshop_session.place, made_up, sentence) if text)
    st.html(f'<div class="story-head"><h1>{html.escape(title)}</h1><p>{html.escape(line)}</p></div>')


def _map(
    room: WorkshopContext,
    shown: EditionView,
    number: int,
    key: str,
    names: tuple[str, ...],
    *,
    tall: str,
    more: tuple[BrowserLayer, ...] = (),
) -> None:
    layers = [
        *basemap.basemap_layers(room.project.municipality),
        *session_page.layers(shown, number, names),
        *more,
    ]
    bounds = workers.run_in_worker(shown.bounds, number)
    canvas.map_view(layers, key, words=room.say, bounds=bounds, credit=room.credit, tall=tall)


def _swipe(room: WorkshopContext, shown: EditionView, number: int) -> None:
    """Experienced on the left of a handle, official on its right."""
    one = story.neighbourhood(shown, number)
    _head(room, room.say("reveal_story.swipe"), room.say("reveal_story.swipe_how"))
    official: tuple[BrowserLayer, ...] = ()
    if one is not None and one.division:
        town = room.project.municipality
        year = one.year or datasets.divisions(town)[one.division][-1]
        official = (AreaLayer(f"geo/{town}/{one.division}-{year}.topojson", one.division, labels=True),)
    handle = (SwipeControl(room.say("reveal_story.swipe_handle")),)
    _map(room, shown, number, "swipe_map", (story.WIDE,), tall=TALL, more=(*official, *handle))
    session_page.legend(room, session_page.map_legend(room, shown, number, (story.WIDE, story.OFFICIAL)))
    st.html(
        f'<p class="story-said">{html.escape(story.step_sentence(room.say, shown, number, "outside"))}</p>'
    )


def _groups(room: WorkshopContext, shown: EditionView, number: int) -> None:
    """Two groups beside each other; what moves the one moves the other."""
    say, cores = room.say, list(story.group_cores(shown, number))
    _head(room, say("reveal_story.title_groups"), "")
    if len(cores) < 2:
        st.info(say("reveal_story.no_groups"))
        return
    sides = st.columns(2, gap="medium")
    bounds = workers.run_in_worker(shown.bounds, number)
    for at, side in enumerate(sides):
        with side:
            group = st.selectbox(
                say("reveal_story.group"), cores, index=at, key=f"group_{at}", label_visibility="collapsed"
            )
            mine = session_page.group_layers(shown, number, group or cores[at])
            canvas.map_view(
                [
                    *basemap.basemap_layers(room.project.municipality),
                    *mine,
                    LinkedMaps("groups", bounds=bounds),
                ],
                f"group_map_{at}",
                words=say,
                bounds=bounds,
                credit=room.credit,
                tall=TALL_PAIR,
            )
    st.html(f'<p class="story-said">{html.escape(story.step_sentence(say, shown, number, "groups"))}</p>')


def _text(room: WorkshopContext, steps: list[StoryStep]) -> None:
    """Return the story without a map."""
    _head(room, room.say("reveal_story.as_text"), "")
    steps_text = [(step.title, f"{step.sentence} {step.added}") for step in steps]
    lines = "".join(
        f"<li><strong>{html.escape(title)}.</strong> {html.escape(text)}</li>" for title, text in steps_text
    )
    st.html(f'<ol style="font-size:1.4rem;line-height:1.5;max-width:48em">{lines}</ol>')


def _bar(room: WorkshopContext, mode: str, n: int) -> None:
    say, at = room.say, _at(max(n, 1))
    with st.container(key="story_forms", horizontal=True, vertical_alignment="center"):
        if mode == "story":
            st.button(
                say("reveal_story.back"), key="story_back", disabled=at == 1, on_click=_move, args=("back",)
            )
            st.button(
                say("reveal_story.next"), key="story_next", type="primary", disabled=at >= n,
                on_click=_move, args=("next",),
            )  # fmt: skip
        _follow("form", mode if mode in MODES else MODES[0])
        st.segmented_control(
            say("reveal_story.forms"), MODES, key="form", required=True,
            on_change=_choose_form,
            format_func=lambda one: say(f"reveal_story.form_{one}"), label_visibility="collapsed",
        )  # fmt: skip
        session_page.page_links(room, Page.STORY)


# --- Changing it ----------------------------------------------------------------------------------


def _change(room: WorkshopContext, shown: EditionView, number: int, steps: list[StoryStep]) -> None:
    say = room.say
    with st.expander(say("reveal_story.change")):
        known = {one.number: story.display_name(say, one) for one in shown.facts.neighbourhoods}
        if len(known) > 1:
            _follow("which", number)
            st.selectbox(
                say("reveal_story.which"), list(known), format_func=lambda n: known[n], key="which",
                on_change=_write_query, args=("which", Query.NEIGHBOURHOOD),
            )  # fmt: skip
        st.write(say("reveal_story.change_how"))
        keys, texts = list(order()), added()
        for key in [*keys, *(key for key in STEPS if key not in keys)]:
            _line(room, key, keys, texts)
        downloads.downloads(room, shown, number, steps)


def _line(room: WorkshopContext, key: str, keys: list[str], texts: dict[str, str]) -> None:
    say, on = room.say, key in keys
    title, text, up, down = st.columns([2, 4, 1, 1], vertical_alignment="bottom")
    with title:
        _follow(f"tell_{key}", on)
        st.checkbox(
            say(f"reveal_story.title_{key}"), key=f"tell_{key}", on_change=_switch, args=(key,)
        )  # fmt: skip
    with text:
        _follow(f"text_{key}", texts.get(key, ""))
        st.text_input(
            say("reveal_story.text_of", title=say(f"reveal_story.title_{key}")), max_chars=story.MAX_TEXT,
            placeholder=say("reveal_story.text_hint"), key=f"text_{key}", label_visibility="collapsed",
            on_change=_write, args=(key,),
        )  # fmt: skip
    if not on:
        return
    at = keys.index(key)
    with up:
        st.button(
            say("reveal_story.earlier"), key=f"up_{key}", disabled=at == 0, width="stretch",
            on_click=_shift, args=(key, -1),
        )  # fmt: skip
    with down:
        st.button(
            say("reveal_story.later"), key=f"down_{key}", disabled=at == len(keys) - 1, width="stretch",
            on_click=_shift, args=(key, 1),
        )  # fmt: skip


def _switch(key: str) -> None:
    """Show a step, as the last, or leave it out; from what the address says by now, as in all of these."""
    keys = [other for other in order() if other != key]
    _keep([*keys, key] if st.session_state[f"tell_{key}"] else keys, added())


def _shift(key: str, by: int) -> None:
    """Move a step so many places; it stays where there is no such place."""
    keys = list(order())
    if key in keys and 0 <= (to := keys.index(key) + by) < len(keys):
        keys.insert(to, keys.pop(to - by))
    _keep(keys, added())


def _write(key: str) -> None:
    _keep(list(order()), {**added(), key: st.session_state[f"text_{key}"]})


def _keep(keys: list[str], texts: dict[str, str]) -> None:
    st.query_params[Query.STEPS] = ",".join(keys)
    st.query_params[Query.TEXT] = json.dumps({key: text for key, text in texts.items() if text})
