"""One resident's visit: at which step they are, what they contributed so far, and the way on and back."""

import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from shapely import Point

from geo.errors import BuurtError, CodeUnknown, SketchError, StoreError
from i18n import Translator
from maps.interactive.leaflet_layers import AreaLayer
from study import context, datasets
from study.contributions import own_questions, questionnaire, submission
from study.contributions.home_location import SearchResult
from study.contributions.submission import DrawingSubmission, Project, SavedContribution, resume
from study.workshop import sessions
from study.workshop.sessions import Participant
from ui import workers
from ui.canvas import PlaceSearch
from ui.components import basemap
from ui.pages.resident import answer_fields
from ui.routes import Query, Step
from ui.session import browser_tab
from ui.session.address_limits import known_network
from ui.session.browser_tab import RememberedCode
from ui.session.request_context import (
    current_participant,
    current_project,
    current_ticket,
    is_for_children,
    resident_translator,
)

WIDTHS_M = {"narrow": 1500, "wide": 3000}
"""Start widths of the experiment that measures what the map does to the answer."""

HEAD = (Step.START, Step.DRAW, Step.PLACES)
BESIDE: dict[str, Step] = {Step.PARTS: Step.DRAW, Step.CODE: Step.START}
"""Steps that are another way to do one of the counted ones."""


@dataclass
class ResidentVisit:
    """What the server knows of a visit while it lasts; nothing of it outlives the visit.

    Attributes
    ----------
    home
        Where the resident said to live, in RD: used for the first view and for `HomeFacts`, then dropped.
    start
        Where the map begins, in RD; None for the middle of the town.
    search
        The search field on the map, with the answer to what was asked last.
    found
        The places that were found last.
    browser_id
        The name the browser gave the drawing; from it comes the code.
    taken
        The drawing that was handed to the store last.
    guest
        The session they take part in, and how; None without one.
    begun_places
        Places that are not complete yet, by their kind: what was chosen and written for each.
    remembered
        The code that this phone remembers of an earlier visit, by the resident's own choice.
    stated_child
        Whether a child made the drawing, by the mode it was made in; None where nobody told.
    problem
        Why the last change on this step is not in the store; None when it is.
    """

    project: Project
    guest: Participant | None = None
    device: str = field(default_factory=lambda: secrets.token_hex(16))
    arm: str = ""
    mine: SavedContribution | None = None
    home: Point | None = None
    start: Point | None = None
    search: PlaceSearch = field(default_factory=PlaceSearch)
    found: tuple[SearchResult, ...] = ()
    browser_id: str = ""
    taken: object = None
    remarks: tuple[str, ...] = ()
    begun_places: dict[str, dict[str, Any]] = field(default_factory=dict)
    problem: BuurtError | None = None
    remembered: RememberedCode | None = None
    stated_child: bool | None = None
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
        helped = ["helped", self.guest.turn]
        how = ["practice"] if self.guest.practice else helped if self.guest.helped_by else []
        return ".".join([self.project.id, self.guest.session.code, *how])

    @property
    def begun_at(self) -> str:
        """What the first view is of, without a home."""
        return "session" if self.guest else "project"

    @property
    def started_from(self) -> str:
        """What the first view is of; never of a child's home, which is not asked."""
        return "home" if self.start and not self.children else self.begun_at

    @property
    def workshop_fields(self) -> dict[str, Any]:
        """What a drawing tells of the session it was made at."""
        if self.guest is None:
            return {}
        return {
            "session": self.guest.session.id,
            "group": self.guest.group,
            "practice": self.guest.practice,
            "helped_by": self.guest.helped_by,
        }

    def save_facts(self, language: str) -> dict[str, Any]:
        """Return what goes with a drawing that the canvas saves: fields of a save request."""
        is_named_here = self.mine is None or bool(self.browser_id)
        return {
            "project": self.project.id,
            "code": "" if self.mine is None or is_named_here else self.mine.code,
            "device": self.device,
            "language": language,
            "ticket": current_ticket(),
            "home": None if self.home is None else [self.home.x, self.home.y],
            "width_arm": self.arm,
            "started_from": self.started_from,
            **self.workshop_fields,
        }

    def look_up(self, key: str) -> None:
        """Look up in the store what this resident contributed, by the key of their browser or by their code.

        Raises
        ------
        StoreError
        """
        if self.mine is not None and not self.browser_id:  # another browser named their drawing
            self.mine = workers.run_in_worker(submission.find_by_code, self.mine.code, device=self.device)
            return
        self.mine = workers.run_in_worker(resume, key, device=self.device)
        self.browser_id = key

    def forget_home(self) -> None:
        """Forget where this resident lives: once the drawing is saved nobody needs to know any more."""
        self.home, self.found = None, ()
        self.search = PlaceSearch(turn=self.search.turn)  # what was asked stays answered

    @property
    def is_on_shared_screen(self) -> bool:
        """Whether others use this screen after this resident."""
        return self.guest is not None and bool(self.guest.kiosk or self.guest.helped_by)

    @property
    def stored_texts(self) -> dict[str, str]:
        """The texts that the server has, by the key of the field they are written in."""
        begun = {
            f"text_{part}_{kind}": str(place[part])
            for kind, place in self.begun_places.items()
            for part in ("words", "lost")
            if part in place
        }
        if self.mine is None:
            return begun
        signals = {f"text_{signal.kind}": signal.text for signal in self.mine.details.signals}
        return {"text_name": self.mine.details.contribution.name, **signals, **begun}

    def keep(self, work: Callable[[], None]) -> None:
        """Save what was just changed; what prevents it is said on the screen, above the buttons."""
        self.problem = None
        try:
            work()
        except BuurtError as problem:
            self.problem = problem

    def middle(self) -> tuple[float, float]:
        """Return the longitude and latitude of the first view: of the session, or of the town."""
        if self.guest is None:
            return datasets.initial_view(self.project.municipality)
        longitude, latitude, _ = sessions.initial_view(self.guest.session)
        return longitude, latitude

    @property
    def children(self) -> bool:
        """Whether this is children's mode: no home, nothing to write."""
        return is_for_children()

    @property
    def drawn_by_child(self) -> bool | None:
        """Whether a child made the drawing, by what is stored or else told of it; None where nothing tells.

        A child is asked neither a name nor an edge nor where they live.
        """
        if self.mine is None:
            return None
        details = self.mine.details
        own = details.contribution
        answered = questionnaire.is_of_child({*own.answers, *(signal.kind for signal in details.signals)})
        if answered is not None:
            return answered
        return (
            False if own.name or own.edge_certainty or own.view.started_from == "home" else self.stated_child
        )

    @property
    def screens(self) -> tuple[questionnaire.Screen, ...]:
        """The screens of questions; the name is asked with the drawing."""
        found = questionnaire.list_screens(self.project.questions, children=self.children)
        usual = tuple(screen for screen in found if screen.key != "name")
        # Children have questions of their own; what a planner asks was not made for them.
        return usual if self.children else (*usual, *own_questions.own_screens(self.project))

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step of this visit, in order."""
        return (*HEAD, *(f"{Step.QUESTIONS}-{n}" for n in range(1, len(self.screens) + 1)), Step.THANKS)

    @property
    def step(self) -> str:
        """The step of the address; steps that need a drawing wait for one."""
        asked = st.query_params.get(Query.STEP, Step.START)
        if asked == Step.HOME:  # of links from when the home had a screen of its own
            return Step.DRAW
        if asked in BESIDE or asked in self.steps[: self.steps.index(Step.DRAW) + 1]:
            return asked
        known = asked in self.steps or asked.startswith(f"{Step.PLACE}-")
        return asked if known and self.mine is not None else Step.START

    @property
    def at(self) -> int:
        """Number of the step among the counted ones, from 0."""
        step = BESIDE.get(self.step, Step.PLACES if self.step.startswith(f"{Step.PLACE}-") else self.step)
        return self.steps.index(step)

    def after(self) -> str:
        """Return the next step."""
        return self.steps[min(self.at + 1, len(self.steps) - 1)]

    def before(self) -> str:
        """Return the step before."""
        if self.step in BESIDE:
            return BESIDE[self.step]
        return Step.PLACES if self.step.startswith(f"{Step.PLACE}-") else self.steps[max(self.at - 1, 0)]


def words_and_visit() -> tuple[Translator, ResidentVisit]:
    """Return the visitor's words, and their visit: a new one for a new tab or another project."""
    project, guest = context.get_project(current_project()), current_participant()
    if guest is not None:
        project = sessions.with_session_settings(project, guest.session)
        if guest.helped_by and not guest.turn:
            guest = _begun_turn(guest) or begin_turn(project, guest)
    visit = st.session_state.get("visit")
    fresh = ResidentVisit(
        project, guest, arm=secrets.choice(tuple(WIDTHS_M)) if project.width_experiment else ""
    )
    if not isinstance(visit, ResidentVisit) or visit.name != fresh.name:
        visit = st.session_state["visit"] = fresh
    visit.project, visit.guest = project, guest
    return resident_translator(), visit


def _begun_turn(guest: Participant) -> Participant | None:
    """Return the turn that this visit began already, where the browser does not know it yet; None without one.

    A browser that asks for the page again before it heard of the turn is with the same person. Were another one begun,
    the address could end with one turn and the drawing with the other, and a page loaded again would find none.
    """
    visit = st.session_state.get("visit")
    known = visit.guest if isinstance(visit, ResidentVisit) else None
    if known is None or not known.turn:
        return None
    if (known.session.id, known.helped_by) != (guest.session.id, guest.helped_by):
        return None
    st.query_params[Query.TURN] = known.turn
    return replace(guest, turn=known.turn)


def begin_turn(project: Project, guest: Participant) -> Participant:
    """Begin with the next person who is helped: nothing of the one before is theirs.

    The address holds the turn, so that a page that is loaded again goes on with the same person.
    """
    mine = replace(guest, turn=secrets.token_hex(6))
    for key in list(st.session_state.keys()):
        if key != "tab":
            del st.session_state[key]
    # No browser remembers anything of a turn that begins now, so a tab that answered before is not asked again. One
    # that has yet to answer is waited for: what is pressed before that would be lost in the rerun of its answer.
    st.session_state["visit"] = ResidentVisit(project, mine, asked_tab="tab" in st.session_state)
    # Last: a run that is ended here, as the browser asks for the page again, has begun the turn all the same.
    st.query_params[Query.TURN] = mine.turn
    return mine


def match_audience(visit: ResidentVisit) -> None:
    """Go on in the mode in which the drawing was made, whichever way somebody came to it.

    The address tells the mode; one that was typed, sent or kept before may tell the other one. The start is left out:
    there somebody else may begin.
    """
    drawn_by_child = visit.drawn_by_child
    if visit.mine is None or visit.step == Step.START:
        return
    if drawn_by_child is None:
        # With a code alone nobody knows: there they can tell.
        visit.stated_child = visit.children if visit.step != Step.CODE else None
    elif drawn_by_child != visit.children:
        choose_audience(visit, children=drawn_by_child)


def choose_audience(visit: ResidentVisit, *, children: bool) -> None:
    """Go on in children's mode, or in that of adults, at the same step."""
    visit.stated_child = children
    st.query_params[Query.CHILDREN] = "1" if children else "0"
    st.rerun()


def remember(visit: ResidentVisit, title: str) -> bool:
    """Restore the visit that the tab remembers, or store the code of this one in it.

    Tells whether the tab has answered: what is pressed before that would be lost in the rerun of its answer.
    """
    key = "" if visit.done else (visit.browser_id or visit.mine.code if visit.mine else None)
    kept = browser_tab.sync_tab(
        visit.name,
        key=key,
        children=bool(visit.drawn_by_child),
        step=visit.step,
        title=title,
        stored=visit.stored_texts,
        unsaved={kind: begun for kind, begun in visit.begun_places.items() if begun},
        forget=bool(st.session_state.get("erased")),
        on_clear=answer_fields.clear_choice,
    )
    if visit.mine is not None or visit.asked_tab:
        return True
    if kept is None:
        return False
    visit.asked_tab = True
    visit.drafted = kept.drafted
    visit.remembered = kept.remembered
    if kept.key and not visit.done:
        try:
            visit.mine = workers.run_in_worker(resume, kept.key, device=visit.device)
        except CodeUnknown:  # it was erased meanwhile: this is a new visit
            return True
        visit.browser_id = kept.key if kept.key != visit.mine.code else ""
        visit.begun_places, visit.stated_child = dict(kept.unsaved), kept.children
        st.rerun()
    elif kept.drafted or kept.remembered:
        st.rerun()
    return True


def save_drawing(say: Translator, visit: ResidentVisit, sent: DrawingSubmission, taken: object) -> None:
    """Save a drawing; what prevents it is explained, and the drawing stays on the screen.

    Parameters
    ----------
    taken
        What tells this drawing from another of the same visit, so that it is not taken twice.
    """
    is_first = visit.mine is None
    try:
        visit.mine = workers.run_in_worker(
            submission.save_drawing,
            visit.project.id,
            sent,
            mine=visit.mine,
            home=visit.home,
            language=say.language,
            device=visit.device,
            address=known_network(st.context.ip_address or ""),
            ticket=current_ticket(),
        )
    except (SketchError, StoreError) as problem:
        st.error(say.explain(problem))
        if isinstance(problem, StoreError):
            st.button(say("steps.again"), key="again", type="primary", width="stretch")
        return
    visit.taken = taken
    if is_first:  # who came by the code has a drawing that another browser named
        visit.browser_id = sent.id


def go_to_step(step: str) -> None:
    """Go to a step; the browser's own back button knows the way back."""
    st.query_params[Query.STEP] = step
    st.rerun()


def step_header(
    say: Translator, visit: ResidentVisit, title: str, *, counted: bool = True, fills: bool = False
) -> None:
    """Show the title of a step, and how far it is; where a map fills the screen, in one thin line."""
    st.title(title, anchor=False)
    announced = ""
    if counted:
        last = len(visit.steps) - 1
        share = 100 * min(visit.at + 1, last) / last
        announced = (
            '<span class="buurt-steps-bar" aria-hidden="true">'
            f'<span style="width:{share:.0f}%"></span></span>'
            f"<span>{html.escape(say('steps.at', n=min(visit.at + 1, last), last=last))}</span>"
        )
    st.html(f'<div class="buurt-resident buurt-steps{" buurt-fills" if fills else ""}">{announced}</div>')


def step_buttons(
    say: Translator,
    visit: ResidentVisit,
    *,
    label: str = "",
    done: Callable[[], None] | None = None,
    off: bool = False,
    may_stop: bool = False,
    is_plain: bool = False,
) -> None:
    """Show the way on, large, and the way back beside it; with `may_stop` also the way to the end.

    Parameters
    ----------
    is_plain
        Whether the way on looks like any other button: where it passes something over.
    """
    problem = st.empty()  # a fixed slot: the buttons below it stay the same buttons
    with st.container(horizontal=True):
        back = st.button(say("steps.back"), key=f"back_{visit.step}", width="stretch")
        pressed = st.button(
            label or say("steps.next"),
            key=f"next_{visit.step}",
            type="secondary" if is_plain else "primary",
            width="stretch",
            disabled=off,
        )
    stops = may_stop and st.button(say("steps.stop"), key=f"next_stop_{visit.step}", width="stretch")
    if pressed or back or stops:
        if done is not None and not off:
            visit.keep(done)
        if visit.problem is None:
            go_to_step(Step.THANKS if stops else visit.after() if pressed else visit.before())
    if visit.problem is not None:
        problem.error(say.explain(visit.problem))


def save_or_explain(say: Translator, work: Callable[[], None]) -> bool:
    """Save a change, or show why it failed; return whether it worked."""
    try:
        work()
    except BuurtError as problem:
        st.error(say.explain(problem))
        return False
    return True


def official(municipality: str, divisions: tuple[str, ...]) -> list[AreaLayer]:
    """Return the official areas of these divisions, the newest year of each."""
    years = datasets.divisions(municipality)
    return [
        AreaLayer(f"geo/{municipality}/{division}-{years[division][-1]}.topojson", division)
        for division in reversed(divisions)
        if division in years
    ]


def credit(say: Translator, visit: ResidentVisit) -> str:
    """Show the attribution of the map on the screen."""
    return basemap.map_attribution(visit.project.municipality, basemap.areas_credit(say, visit.project))
