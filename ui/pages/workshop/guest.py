"""Pages for who takes part, on their own phone: join by code, give dots, and see what came of it."""

import html
import re
from urllib.parse import urlencode

import streamlit as st

from geo.errors import BuurtError
from study import live, projects, story, workshop
from study.workshop import Subject, WorkshopSession
from ui import canvas, ground, stage, worker
from ui.pages.workshop import frame
from ui.pages.workshop.frame import Room
from ui.visitor import words_of_visitor
from words import Words

CODE_LENGTH = 6


def _evening(say: Words, *, closed: bool = False) -> WorkshopSession | None:
    """Give the evening of the code in the address, or ask for a code."""
    code, refused = st.query_params.get("code", ""), ""
    if code:
        try:
            find = workshop.after if closed else workshop.joined
            return worker.run(find, code, device=_device())
        except BuurtError as problem:
            refused = say.error(problem)
    st.html('<span class="buurt-resident"></span>')
    st.title(say("join.title"), anchor=False)
    if refused:
        st.error(refused)
    with st.form("code", border=False):
        typed = st.text_input(say("join.code"), max_chars=12, autocomplete="off", key="typed_code")
        pressed = st.form_submit_button(say("join.find"), type="primary", width="stretch")
    if pressed and typed:
        st.query_params["code"] = re.sub(r"[^0-9A-Za-z]", "", typed).upper()[:CODE_LENGTH]
        st.rerun()
    return None


def _device() -> str:
    return str(st.session_state.setdefault("device", workshop.device()))


def _head(say: Words, evening: WorkshopSession, title: str) -> None:
    about = projects.project(evening.project)
    st.html('<span class="buurt-resident"></span>')
    st.title(title, anchor=False)
    st.html(f'<p class="evening">{html.escape(evening.place)} · {evening.day:%d-%m-%Y}</p>')
    if about.is_made_up:
        st.badge(say("demo.label"), color="gray")


def join() -> None:
    """Join: choose a table, then draw, or try it out first."""
    say = words_of_visitor()
    evening = _evening(say)
    if evening is None:
        return
    say = frame.words_in(evening)
    _head(say, evening, say("join.welcome"))
    group = ""
    if evening.groups:
        asked = st.query_params.get("groep", "")
        found = st.radio(
            say("join.group"),
            evening.groups,
            index=evening.groups.index(asked) if asked in evening.groups else None,
            key="group",
        )
        group = found or ""
    placed = bool(group) or not evening.groups
    kept = {"kiosk": "1"} if st.query_params.get("kiosk") == "1" else {}
    if placed:
        _link(say("join.draw"), _draw(evening, group, **kept), main=True)
        _link(say("join.practise"), _draw(evening, group, oefenen="1", **kept), main=False)
    else:
        st.write(say("join.choose_group"))
    with st.expander(say("join.help")):
        st.write(say("join.help_how"))
        initials = st.text_input(say("join.initials"), max_chars=4, autocomplete="off", key="initials")
        if initials and placed:
            _link(say("join.help_go"), _draw(evening, group, hulp=initials.upper(), **kept), main=False)
        elif initials:
            st.write(say("join.choose_group"))
    _link(say("join.vote"), f"stem?{urlencode({'code': evening.code})}", main=False)


def _draw(evening: WorkshopSession, group: str, **more: str) -> str:
    """Give the address of the drawing page for this evening."""
    asked = {"project": evening.project, "code": evening.code, **({"groep": group} if group else {}), **more}
    taal = st.query_params.get("taal", evening.language)
    return f"./?{urlencode({**asked, **({'taal': taal} if taal != 'nl' else {})})}"


def _link(label: str, target: str, *, main: bool) -> None:
    kind = "big main" if main else "big"
    st.html(
        f'<style>{_BIG}</style><a class="{kind}" target="_self" href="{html.escape(target)}">{html.escape(label)}</a>'
    )


_BIG = (
    "body a.big{display:flex;align-items:center;justify-content:center;min-height:60px;padding:0.4rem 1rem;"
    "border:2px solid #8d867a;border-radius:14px;font-size:1.15rem;font-weight:600;color:#1b2733;text-decoration:none}"
    "body a.big.main{background:#0b5c7a;border-color:#0b5c7a;color:#fff}"
    "body .st-key-group [data-testid=stRadioGroup]{width:100%}"
    "body .st-key-group [data-testid=stRadioOption]{width:100%}"
    "body a.big:focus-visible{outline:3px solid #a3195b;outline-offset:2px}"
)


# --- Dots -----------------------------------------------------------------------------------------


def vote() -> None:
    """Give dots to names and signals, and propose a name."""
    say = words_of_visitor()
    evening = _evening(say)
    if evening is None:
        return
    say = frame.words_in(evening)
    _head(say, evening, say("agree.vote_title"))
    heard = stage.listen(device=True)
    if not heard.device:
        return
    subjects = sorted(
        worker.run(workshop.subjects, evening.id), key=lambda one: (one.kind != "name", one.words)
    )
    given: dict[str, int] = st.session_state.setdefault(f"dots_{evening.id}", {})
    left = evening.dots - sum(given.values())
    dots = f'<span class="dots">{"●" * left}</span>'
    st.html(f'<p class="told" role="status">{html.escape(say("agree.left", n=left))} {dots}</p>')
    for one in subjects:
        _give(say, evening, one, given, left=left, device=heard.device)
    if not subjects:
        st.info(say("agree.nothing"))
    with st.form("propose", border=True, clear_on_submit=True):
        words = st.text_input(say("agree.propose"), max_chars=40, key="proposal")
        pressed = st.form_submit_button(say("agree.add"), width="stretch")
    if pressed and words:
        try:
            worker.run(workshop.propose, evening.id, words, device=heard.device)
        except BuurtError as problem:
            st.error(say.error(problem))
        else:
            st.rerun()
    if st.button(say("agree.refresh"), key="refresh", width="stretch"):
        st.rerun()


def _give(
    say: Words, evening: WorkshopSession, one: Subject, given: dict[str, int], *, left: int, device: str
) -> None:
    mine = given.get(one.id, 0)
    with st.container(border=True):
        kind = say(f"agree.kind_{one.kind}")
        st.html(
            f'<p class="told"><small>{html.escape(kind)}</small><br>{html.escape(one.words)} '
            f'<span class="dots" aria-label="{html.escape(say("agree.dots", n=mine))}">{"●" * mine}</span></p>'
        )
        less, more = st.columns(2)
        with less:
            if st.button(say("agree.less"), key=f"less_{one.id}", disabled=mine == 0, width="stretch"):
                _put(say, evening, {**given, one.id: mine - 1}, device)
        with more:
            if st.button(say("agree.more"), key=f"more_{one.id}", disabled=left == 0, width="stretch"):
                _put(say, evening, {**given, one.id: mine + 1}, device)


def _put(say: Words, evening: WorkshopSession, dots: dict[str, int], device: str) -> None:
    try:
        worker.run(workshop.vote, evening.id, dots, device=device)
    except BuurtError as problem:
        st.error(say.error(problem))
        return
    st.session_state[f"dots_{evening.id}"] = {key: n for key, n in dots.items() if n}
    st.rerun()


# --- Afterwards -----------------------------------------------------------------------------------


def thanks() -> None:
    """Show who took part what came of it: the latest edition, never a drawing."""
    say = words_of_visitor()
    evening = _evening(say, closed=True)
    if evening is None:
        return
    say = frame.words_in(evening)
    _head(say, evening, say("join.thanks"))
    about = projects.project(evening.project)
    shown = worker.run(live.shown, evening.id)
    if shown is None or not shown.facts.neighbourhoods:
        st.info(say("reveal_story.not_yet"))
        return
    room = Room(say, evening, about, frame.NOBODY, frame.address())
    number = shown.facts.neighbourhoods[0].number
    canvas.show(
        [*ground.layers(about.municipality), *frame.layers(shown, number, story.SHOWS["outside"])],
        "thanks_map",
        words=say,
        bounds=worker.run(shown.bounds, number),
        credit=room.credit,
        tall="min(52dvh, 34rem)",
    )
    frame.sheet()
    frame.legend(room, frame.signs(room, shown, number, story.SHOWS["outside"]))
    for step in story.steps(say, shown, number, ("drawings", "core", "official", "outside", "places")):
        st.html(
            f'<p class="told"><strong>{html.escape(step.title)}.</strong> {html.escape(step.sentence)}</p>'
        )
    chosen = [
        one.words for one in worker.run(workshop.subjects, evening.id) if one.status == workshop.TO_WIJKPANEL
    ]
    if chosen:
        st.subheader(say("agree.panel"), anchor=False)
        st.html(f'<ul class="told">{"".join(f"<li>{html.escape(words)}</li>" for words in chosen)}</ul>')
    st.write(say("workshop.file_footer", n=shown.facts.n, edition=shown.number))
