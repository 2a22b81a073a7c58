"""The story on the beamer: step by step from our drawings to the official border, by keyboard or clicker."""

import html
import json

import streamlit as st

from maps.layers import Areas, Shapes
from maps.workshop import Linked, Swipe
from study import atlas, live, story
from study.story import STEPS, Step
from ui import canvas, ground, worker
from ui.pages.workshop import files, frame
from ui.pages.workshop.frame import Room
from ui.stage import Act

TALL = "calc(100dvh - 21.7rem)"
TALL_PAIR = "calc(100dvh - 22rem)"
MODES = ("story", "swipe", "groups", "text")


def page() -> None:
    """Tell the story of an evening."""
    frame.sheet()
    mode = st.query_params.get("vorm", "story")
    # Elsewhere the same keys scroll, and a step taken unseen would be a surprise afterwards.
    keys: tuple[Act, ...] = ("next", "back", "first", "last") if mode not in MODES[1:] else ()
    room = frame.enter(keys=keys, carry_out=_move)
    if room is None:
        return
    shown = worker.run(live.shown, room.evening.id)
    if shown is None or not shown.facts.neighbourhoods:
        frame.heading(room, room.say("reveal_story.page"))
        st.info(room.say("reveal_story.not_yet"))
        frame.ways(room, "verhaal")
        return
    number = _neighbourhood(room, shown)
    steps = story.steps(room.say, shown, number, order(), added())
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
    """Give the steps that are told, in the order chosen; all of them unless somebody chose."""
    asked = st.query_params.get("stappen")
    if asked is None:
        return STEPS
    return tuple(key for key in asked.split(",") if key in STEPS)


def added() -> dict[str, str]:
    """Give the texts that the facilitator added, by step."""
    try:
        found = json.loads(st.query_params.get("tekst", "{}"))
    except json.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    texts = {key: text for key, text in found.items() if key in STEPS and isinstance(text, str)}
    return {key: text[: story.MOST_TEXT] for key, text in texts.items()}


def _at(n: int) -> int:
    asked = st.query_params.get("stap", "1")
    return _clip(int(asked) if asked.isdecimal() else 1, n)


def _clip(at: int, n: int) -> int:
    return min(max(at, 1), n)


def _follow(widget: str, value: object) -> None:
    """Let a widget show what the address says, also after the browser's Back button."""
    if st.session_state.get(widget) != value:
        st.session_state[widget] = value


def _tell(widget: str, name: str) -> None:
    """Put what was chosen into the address: only when somebody chose, or Back would be undone."""
    st.query_params[name] = str(st.session_state[widget])


def _neighbourhood(room: Room, shown: live.Shown) -> int:
    """Give which neighbourhood is told about; asked where there are several."""
    known = {one.number: story.called(room.say, one) for one in shown.facts.neighbourhoods}
    asked = st.query_params.get("buurt", "")
    return int(asked) if asked.isdecimal() and int(asked) in known else next(iter(known))


# --- Forms of the story ---------------------------------------------------------------------------


def _step(room: Room, shown: live.Shown, number: int, steps: list[Step]) -> None:
    at = _at(len(steps))
    st.session_state["steps"] = len(steps)
    step = steps[at - 1]
    _head(room, step.title, f"{at} / {len(steps)}")
    _map(room, shown, number, "story_map", story.SHOWS[step.key], tall=TALL)
    frame.legend(room, frame.signs(room, shown, number, story.SHOWS[step.key]))
    more = f'<p class="story-added">{html.escape(step.added)}</p>' if step.added else ""
    st.html(f'<div role="status"><p class="story-said">{html.escape(step.sentence)}</p>{more}</div>')


def _move(act: Act) -> None:
    """Go where a key asks; the first and the last step are the ends."""
    n = int(st.session_state.get("steps", 1))
    at = _at(n)
    st.query_params["stap"] = str(_clip({"next": at + 1, "back": at - 1, "first": 1}.get(act, n), n))


def _go(at: int) -> None:
    st.query_params["stap"] = str(at)
    st.rerun()


def _head(room: Room, title: str, told: str) -> None:
    made_up = room.say("demo.label") if room.project.is_made_up else ""
    line = " · ".join(text for text in (room.evening.place, made_up, told) if text)
    st.html(f'<div class="story-head"><h1>{html.escape(title)}</h1><p>{html.escape(line)}</p></div>')


def _map(
    room: Room,
    shown: live.Shown,
    number: int,
    key: str,
    names: tuple[str, ...],
    *,
    tall: str,
    more: tuple[Shapes, ...] = (),
) -> None:
    layers = [*ground.layers(room.project.municipality), *frame.layers(shown, number, names), *more]
    bounds = worker.run(shown.bounds, number)
    canvas.show(layers, key, words=room.say, bounds=bounds, credit=room.credit, tall=tall)


def _swipe(room: Room, shown: live.Shown, number: int) -> None:
    """Experienced on the left of a handle, official on its right."""
    one = story.about(shown, number)
    _head(room, room.say("reveal_story.swipe"), room.say("reveal_story.swipe_how"))
    official: tuple[Shapes, ...] = ()
    if one is not None and one.division:
        town = room.project.municipality
        year = one.year or atlas.divisions(town)[one.division][-1]
        official = (Areas(f"geo/{town}/{one.division}-{year}.topojson", one.division, labels=True),)
    handle = (Swipe(room.say("reveal_story.swipe_handle")),)
    _map(room, shown, number, "swipe_map", (story.WIDE,), tall=TALL, more=(*official, *handle))
    frame.legend(room, frame.signs(room, shown, number, (story.WIDE, story.OFFICIAL)))
    st.html(f'<p class="story-said">{html.escape(story.sentence(room.say, shown, number, "outside"))}</p>')


def _groups(room: Room, shown: live.Shown, number: int) -> None:
    """Two groups beside each other; what moves the one moves the other."""
    say, cores = room.say, list(story.group_cores(shown, number))
    _head(room, say("reveal_story.title_groups"), "")
    if len(cores) < 2:
        st.info(say("reveal_story.no_groups"))
        return
    sides = st.columns(2, gap="medium")
    bounds = worker.run(shown.bounds, number)
    for at, side in enumerate(sides):
        with side:
            group = st.selectbox(
                say("reveal_story.group"), cores, index=at, key=f"group_{at}", label_visibility="collapsed"
            )
            mine = frame.group_layers(shown, number, group or cores[at])
            canvas.show(
                [*ground.layers(room.project.municipality), *mine, Linked("groups", bounds=bounds)],
                f"group_map_{at}",
                words=say,
                bounds=bounds,
                credit=room.credit,
                tall=TALL_PAIR,
            )
    st.html(f'<p class="story-said">{html.escape(story.sentence(say, shown, number, "groups"))}</p>')


def _text(room: Room, steps: list[Step]) -> None:
    """Tell the story without a map."""
    _head(room, room.say("reveal_story.as_text"), "")
    told = [(step.title, f"{step.sentence} {step.added}") for step in steps]
    lines = "".join(
        f"<li><strong>{html.escape(title)}.</strong> {html.escape(text)}</li>" for title, text in told
    )
    st.html(f'<ol style="font-size:1.4rem;line-height:1.5;max-width:48em">{lines}</ol>')


def _bar(room: Room, mode: str, n: int) -> None:
    say, at = room.say, _at(max(n, 1))
    with st.container(key="story_forms", horizontal=True, vertical_alignment="center"):
        if mode == "story":
            if st.button(say("reveal_story.back"), key="story_back", disabled=at == 1):
                _go(at - 1)
            if st.button(say("reveal_story.next"), key="story_next", type="primary", disabled=at >= n):
                _go(at + 1)
        _follow("form", mode if mode in MODES else MODES[0])
        st.segmented_control(
            say("reveal_story.forms"), MODES, key="form", required=True, on_change=_tell, args=("form", "vorm"),
            format_func=lambda one: say(f"reveal_story.form_{one}"), label_visibility="collapsed",
        )  # fmt: skip
        frame.ways(room, "verhaal")


# --- Changing it ----------------------------------------------------------------------------------


def _change(room: Room, shown: live.Shown, number: int, steps: list[Step]) -> None:
    say = room.say
    with st.expander(say("reveal_story.change")):
        known = {one.number: story.called(say, one) for one in shown.facts.neighbourhoods}
        if len(known) > 1:
            _follow("which", number)
            st.selectbox(
                say("reveal_story.which"), list(known), format_func=lambda n: known[n], key="which",
                on_change=_tell, args=("which", "buurt"),
            )  # fmt: skip
        st.write(say("reveal_story.change_how"))
        told, texts = list(order()), added()
        for key in [*told, *(key for key in STEPS if key not in told)]:
            _line(room, key, told, texts)
        files.downloads(room, shown, number, steps)


def _line(room: Room, key: str, told: list[str], texts: dict[str, str]) -> None:
    say, on = room.say, key in told
    title, text, up, down = st.columns([2, 4, 1, 1], vertical_alignment="bottom")
    with title:
        _follow(f"tell_{key}", on)
        without = [other for other in told if other != key]
        st.checkbox(
            say(f"reveal_story.title_{key}"), key=f"tell_{key}",
            on_change=_keep, args=(without if on else [*told, key], texts),
        )  # fmt: skip
    with text:
        _follow(f"text_{key}", texts.get(key, ""))
        st.text_input(
            say("reveal_story.text_of", title=say(f"reveal_story.title_{key}")), max_chars=story.MOST_TEXT,
            placeholder=say("reveal_story.text_hint"), key=f"text_{key}", label_visibility="collapsed",
            on_change=_write, args=(key,),
        )  # fmt: skip
    if not on:
        return
    at = told.index(key)
    with up:
        if st.button(say("reveal_story.earlier"), key=f"up_{key}", disabled=at == 0, width="stretch"):
            told[at - 1], told[at] = told[at], told[at - 1]
            _keep(told, texts)
            st.rerun()
    with down:
        if st.button(
            say("reveal_story.later"), key=f"down_{key}", disabled=at == len(told) - 1, width="stretch"
        ):
            told[at + 1], told[at] = told[at], told[at + 1]
            _keep(told, texts)
            st.rerun()


def _write(key: str) -> None:
    _keep(list(order()), {**added(), key: st.session_state[f"text_{key}"]})


def _keep(told: list[str], texts: dict[str, str]) -> None:
    st.query_params["stappen"] = ",".join(told)
    st.query_params["tekst"] = json.dumps({key: text for key, text in texts.items() if text})
