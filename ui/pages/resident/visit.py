"""One resident's visit: at which step they are, what they told so far, and the way on and back."""

import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from shapely import Point

from geo.errors import BuurtError, CodeUnknown, SketchError, StoreError
from maps.layers import Areas
from study import atlas, contributing, projects, questions, workshop
from study.contributing import Mine, Project
from study.workshop import Guest
from ui import ground, tab, worker
from ui.visitor import guest_of_visitor, is_for_children, project_of_visitor, words_of_visitor
from words import Words

WIDTHS_M = {"narrow": 1500, "wide": 3000}
"""Start widths of the experiment that measures what the map does to the answer."""

HEAD = ("begin", "wonen", "teken", "plekken")
END = "klaar"
BESIDE = {"samenstellen": "teken", "code": "begin"}
"""Steps that are another way to do one of the counted ones."""


@dataclass
class Visit:
    """What the server knows of a visit while it lasts; nothing of it outlives the visit.

    Attributes
    ----------
    home
        Where the resident said to live, in RD: used for the first view and for `HomeFacts`, then dropped.
    start
        Where the map begins, in RD; None for the middle of the town.
    browser_id
        The name the browser gave the drawing; from it comes the code.
    taken
        The drawing that was handed to the store last.
    guest
        The evening they take part in, and how; None without one.
    """

    project: Project
    guest: Guest | None = None
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    arm: str = ""
    mine: Mine | None = None
    home: Point | None = None
    start: Point | None = None
    browser_id: str = ""
    taken: object = None
    remarks: tuple[str, ...] = ()
    asked_tab: bool = False
    drafted: bool = False
    done: bool = False

    @property
    def width_m(self) -> int:
        """Metres of ground across the first view: the same for everyone, or by lot."""
        return WIDTHS_M[self.arm] if self.arm else self.project.start_width_m

    @property
    def name(self) -> str:
        """Under which a browser keeps this visit apart from others: trying out is not taking part."""
        if self.guest is None:
            return self.project.id
        how = ["practice"] if self.guest.practice else ["helped"] if self.guest.helped_by else []
        return ".".join([self.project.id, self.guest.session.code, *how])

    @property
    def begun_at(self) -> str:
        """What the first view is of, without a home."""
        return "session" if self.guest else "project"

    @property
    def at_evening(self) -> dict[str, Any]:
        """What a drawing tells of the evening it was made at."""
        if self.guest is None:
            return {}
        return {
            "session": self.guest.session.id,
            "group": self.guest.group,
            "practice": self.guest.practice,
            "helped_by": self.guest.helped_by,
        }

    def middle(self) -> tuple[float, float]:
        """Give the longitude and latitude of the first view: of the evening, or of the town."""
        if self.guest is None:
            return atlas.heart(self.project.municipality)
        longitude, latitude, _ = workshop.view(self.guest.session)
        return longitude, latitude

    @property
    def children(self) -> bool:
        """Whether this is children's mode: no home, nothing to write."""
        return is_for_children()

    @property
    def screens(self) -> tuple[questions.Screen, ...]:
        """The screens of questions; the name is asked with the drawing."""
        found = questions.screens(self.project.questions, children=self.children)
        return tuple(screen for screen in found if screen.key != "name")

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step of this visit, in order."""
        head = tuple(step for step in HEAD if not (self.children and step == "wonen"))
        return (*head, *(f"vragen-{n}" for n in range(1, len(self.screens) + 1)), END)

    @property
    def step(self) -> str:
        """The step of the address; steps that need a drawing wait for one."""
        asked = st.query_params.get("stap", "begin")
        if asked in BESIDE or asked in self.steps[: self.steps.index("teken") + 1]:
            return asked
        known = asked in self.steps or asked.startswith("plek-")
        return asked if known and self.mine is not None else "begin"

    @property
    def at(self) -> int:
        """Number of the step among the counted ones, from 0."""
        step = BESIDE.get(self.step, "plekken" if self.step.startswith("plek-") else self.step)
        return self.steps.index(step)

    def after(self) -> str:
        """Give the next step."""
        return self.steps[min(self.at + 1, len(self.steps) - 1)]

    def before(self) -> str:
        """Give the step before."""
        if self.step in BESIDE:
            return BESIDE[self.step]
        return "plekken" if self.step.startswith("plek-") else self.steps[max(self.at - 1, 0)]


def words_and_visit() -> tuple[Words, Visit]:
    """Give the visitor's words, and their visit: a new one for a new tab or another project."""
    project, guest = projects.project(project_of_visitor()), guest_of_visitor()
    if guest is not None:
        project = workshop.asked(project, guest.session)
    visit = st.session_state.get("visit")
    fresh = Visit(project, guest, arm=secrets.choice(tuple(WIDTHS_M)) if project.width_experiment else "")
    if not isinstance(visit, Visit) or visit.name != fresh.name:
        visit = st.session_state["visit"] = fresh
    visit.project, visit.guest = project, guest
    return words_of_visitor(), visit


def remember(visit: Visit, title: str) -> bool:
    """Let the tab remember the code of this visit, or take the visit up again that it remembers.

    Tells whether the tab has answered: what is pressed before that would be lost in the rerun of its answer.
    """
    key = "" if visit.done else (visit.browser_id or visit.mine.code if visit.mine else None)
    kept = tab.remember(visit.name, key=key, step=visit.step, title=title)
    if visit.mine is not None or visit.asked_tab:
        return True
    if kept is None:
        return False
    visit.asked_tab = True
    visit.drafted = kept.drafted
    if kept.key and not visit.done:
        try:
            visit.mine = worker.run(contributing.resumed, kept.key, device=visit.device)
        except CodeUnknown:  # it was erased meanwhile: this is a new visit
            return True
        visit.browser_id = kept.key if kept.key != visit.mine.code else ""
        st.rerun()
    elif kept.drafted:
        st.rerun()
    return True


def keep(say: Words, visit: Visit, sent: contributing.Sent, taken: object) -> None:
    """Keep a drawing; what stops it is said in words, and the drawing stays on the screen.

    Parameters
    ----------
    taken
        What tells this drawing from another of the same visit, so that it is not taken twice.
    """
    is_first = visit.mine is None
    try:
        visit.mine = worker.run(
            contributing.keep,
            visit.project.id,
            sent,
            mine=visit.mine,
            home=visit.home,
            language=say.language,
            device=visit.device,
        )
    except (SketchError, StoreError) as problem:
        st.error(say.error(problem))
        if isinstance(problem, StoreError):
            st.button(say("steps.again"), key="again", type="primary", width="stretch")
        return
    visit.taken = taken
    if is_first:  # who came by the code has a drawing that another browser named
        visit.browser_id = sent.id


def go(step: str) -> None:
    """Go to a step; the browser's own back button knows the way back."""
    st.query_params["stap"] = step
    st.rerun()


def heading(say: Words, visit: Visit, title: str, *, counted: bool = True) -> None:
    """Show the title of a step, and how far it is."""
    st.title(title, anchor=False)
    told = ""
    if counted:
        last = len(visit.steps) - 1
        share = 100 * min(visit.at + 1, last) / last
        told = (
            '<span class="buurt-steps-bar" aria-hidden="true">'
            f'<span style="width:{share:.0f}%"></span></span>'
            f"<span>{html.escape(say('steps.at', n=min(visit.at + 1, last), last=last))}</span>"
        )
    st.html(f'<div class="buurt-resident buurt-steps">{told}</div>')


def onward(
    say: Words, visit: Visit, *, label: str = "", done: Callable[[], None] | None = None, off: bool = False
) -> None:
    """Show the way on, large, and the way back beside it."""
    with st.container(horizontal=True):
        if st.button(say("steps.back"), key=f"back_{visit.step}", width="stretch"):
            go(visit.before())
        pressed = st.button(
            label or say("steps.next"),
            key=f"next_{visit.step}",
            type="primary",
            width="stretch",
            disabled=off,
        )
    if pressed and (done is None or kept(say, done)):
        go(visit.after())


def kept(say: Words, work: Callable[[], None]) -> bool:
    """Do something that keeps what was told; say it when that failed. Tells whether it worked."""
    try:
        work()
    except BuurtError as problem:
        st.error(say.error(problem))
        return False
    return True


def official(municipality: str, divisions: tuple[str, ...]) -> list[Areas]:
    """Give the official areas of these divisions, the newest year of each."""
    years = atlas.divisions(municipality)
    return [
        Areas(f"geo/{municipality}/{division}-{years[division][-1]}.topojson", division)
        for division in reversed(divisions)
        if division in years
    ]


def credit(say: Words, visit: Visit) -> str:
    """Say who made the map on the screen."""
    return ground.credit(visit.project.municipality, ground.areas_credit(say, visit.project))
