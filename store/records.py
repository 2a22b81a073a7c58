"""What the store keeps, as plain records: projects, evenings, drawings, places, signals, editions.

None of them has a field for a resident's name, e-mail address, network address or home.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shapely.geometry import MultiPolygon, Point, Polygon

Mode = Literal["freehand", "points", "keyboard", "paper", "import", "helped"]
MODES: tuple[Mode, ...] = ("freehand", "points", "keyboard", "paper", "import", "helped")

PlaceKind = Literal["met", "missing", "vanished"]
PLACE_KINDS: tuple[PlaceKind, ...] = ("met", "missing", "vanished")

Theme = Literal["meeting_place", "bench", "play_area", "social_infrastructure"]
THEMES: tuple[Theme, ...] = ("meeting_place", "bench", "play_area", "social_infrastructure")

SignalKind = Literal["signal", "initiative"]
SIGNAL_KINDS: tuple[SignalKind, ...] = ("signal", "initiative")

SignalStatus = Literal["new", "wijkpanel", "budget", "planned", "done", "declined"]
SIGNAL_STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")

Action = Literal["accept", "aside", "adjust", "hide"]
ACTIONS: tuple[Action, ...] = ("accept", "aside", "adjust", "hide")

Role = Literal["resident", "facilitator", "planner", "administrator"]
ROLES: tuple[Role, ...] = ("resident", "facilitator", "planner", "administrator")
"""From the least to the most that a person may do."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a role, and a random account id or session id; never a name.

    Examples
    --------
    >>> Actor("planner").may("facilitator"), Actor("planner").may("administrator")
    (True, False)
    """

    role: Role
    account: str = ""
    session: str = ""

    def may(self, least: Role) -> bool:
        """Tell whether this role reaches `least`."""
        return ROLES.index(self.role) >= ROLES.index(least)


@dataclass(frozen=True)
class Project:
    """One question put to the residents of one place.

    Attributes
    ----------
    questions
        Keys of the questions that are asked, in order; empty means none.
    show_while_drawing
        Keys of layers a resident may see while drawing; empty by default, because they steer the hand.
    start_width_m
        Ground width of the first view, m.
    width_experiment
        Whether the start width is drawn by lot, to measure what the map does to the answer.
    retention_until
        Last day that drawings are kept; after it they are erased and no new ones are taken.
    least, least_group, batch
        Fewest residents behind anything published (k), the same for subgroups, and the fewest
        changed drawings between two editions.
    crs
        The metre plane of the geometries: RD New, or what `geo.crs.planar` gives elsewhere.
    """

    id: str
    name: str
    municipality: str
    retention_until: date
    language: str = "nl"
    asked_by: str = ""
    question_version: str = "1"
    questions: tuple[str, ...] = ()
    show_while_drawing: tuple[str, ...] = ()
    start_width_m: int = 2000
    width_experiment: bool = False
    least: int = 5
    least_group: int = 10
    batch: int = 5
    crs: str = "EPSG:28992"
    is_made_up: bool = False


@dataclass(frozen=True)
class WorkshopSession:
    """One evening with one facilitator.

    Attributes
    ----------
    id, code
        Leave both empty to let the store choose them; `code` is what people type: six characters
        that cannot be mistaken for one another.
    start_x, start_y, start_width_m
        First view, m in the project's plane; `None` means the project's own view.
    questions
        Keys of the questions asked tonight; `None` means those of the project.
    dots
        How many dots a device may give away.
    """

    project: str
    place: str
    day: date
    groups: tuple[str, ...] = ()
    start_x: float | None = None
    start_y: float | None = None
    start_width_m: int | None = None
    questions: tuple[str, ...] | None = None
    language: str = "nl"
    dots: int = 3
    is_open: bool = True
    id: str = ""
    code: str = ""


@dataclass(frozen=True)
class ViewFacts:
    """How the map stood and what it was drawn with, so that its influence can be measured.

    The centre of the view is not kept: it is often the home.

    Attributes
    ----------
    start_width_m, first_width_m
        Ground width of the view at the start and at the first point of the line, m.
    width_arm
        Which start width the lot gave ("narrow", "wide"); empty without the experiment.
    started_from
        What the first view was centred on: "home", "project", "session" or "paper".
    screen
        Class of screen: "phone", "tablet", "laptop", "large" or "paper".
    input
        "touch", "mouse", "pen" or "keyboard".
    duration_s
        From the first view to "klopt", s.
    saw_borders
        Whether official borders or others' drawings were visible.
    """

    start_width_m: int | None = None
    first_width_m: int | None = None
    width_arm: str = ""
    started_from: str = ""
    screen: str = ""
    input: str = ""
    duration_s: int | None = None
    saw_borders: bool = False


@dataclass(frozen=True)
class HomeFacts:
    """All that is kept of where somebody lives. The point itself is forgotten before this is made.

    Attributes
    ----------
    inside
        Whether the home lies in the drawing; `None` when not asked.
    unit
        Code of the official buurt or wijk.
    cell
        The 100 m square of CBS, such as "E0935N4475".
    to_centre_m, to_edge_m
        Distances to the centroid and the outline of the drawing, in whole steps of 25 m.

    Notes
    -----
    A square *and* distances together would point at a few doors again, so the store takes one or
    the other (`HomeTooExact`).
    """

    inside: bool | None = None
    unit: str = ""
    cell: str = ""
    to_centre_m: int | None = None
    to_edge_m: int | None = None


@dataclass(frozen=True)
class Contribution:
    """What one resident told about one neighbourhood.

    Attributes
    ----------
    id
        Going in: the UUID that the phone made up. It is as secret as a key: the code to withdraw
        is derived from it, and only a hash of it is stored. Coming out: that hash (`Receipt.id`).
    raw
        GeoJSON text of the stroke exactly as it came, degrees WGS 84.
    geometry
        The cleaned drawing in the plane of the project (RD New), valid.
    repairs, warnings
        Keys of what was mended and what was remarked, such as "untangled" or "very_small".
    answers
        Question key to answer: text, number, or a tuple of chosen keys.
    name
        What the resident calls this neighbourhood.
    edge
        How sure the outline is: "sure", "vague", or "partly", and then strokes of the tool "vague" in `raw`
        say where; empty when not asked.
    practice
        Tried out, not meant: never counted.
    helped_by
        Initials of the facilitator who drew for somebody else; never the resident's.
    created
        The day, not the hour; one that cannot be right becomes the day it was stored.
    """

    id: str
    project: str
    raw: str
    geometry: Polygon | MultiPolygon
    created: date
    session: str = ""
    group: str = ""
    repairs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    mode: Mode = "freehand"
    view: ViewFacts = field(default_factory=ViewFacts)
    home: HomeFacts = field(default_factory=HomeFacts)
    answers: Mapping[str, str | int | float | tuple[str, ...]] = field(default_factory=dict)
    name: str = ""
    edge: str = ""
    practice: bool = False
    helped_by: str = ""
    language: str = "nl"
    question_version: str = "1"


@dataclass(frozen=True)
class Place:
    """A spot where somebody meets, sits or plays, misses such a spot, or lost one.

    Attributes
    ----------
    sub
        Sub-theme key, such as "library"; may be empty.
    year
        About when it vanished.
    lost
        What was lost with it.
    point
        In the plane of the project, m.
    """

    kind: PlaceKind
    theme: Theme
    point: Point
    sub: str = ""
    year: int | None = None
    words: str = ""
    lost: str = ""


@dataclass(frozen=True)
class Signal:
    """Something a resident notices, or wants to do.

    ``id`` and ``status`` are the store's; leave them out when handing one in.
    """

    kind: SignalKind
    words: str
    theme: str = ""
    id: str = ""
    status: SignalStatus = "new"
    session: str = ""


@dataclass(frozen=True)
class Receipt:
    """Proof that a contribution is on disk.

    Attributes
    ----------
    id
        Key under which it is filed; the index of `Store.sketches`.
    code
        What the resident needs to see, change or erase it; `None` for imports. Not stored.
    stored_on
        The day it was first stored.
    is_replay
        The same contribution was here already; nothing was added.
    """

    id: str
    code: str | None
    stored_on: date
    version: int
    is_replay: bool


@dataclass(frozen=True)
class Told:
    """Everything one resident told, as found by the code."""

    contribution: Contribution
    places: tuple[Place, ...]
    signals: tuple[Signal, ...]
    version: int
    in_edition: int | None
    """Number of the last edition it is counted in, or `None`."""


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal did: it is erased; an edition it was counted in stays until the next one."""

    id: str
    in_edition: int | None


@dataclass(frozen=True)
class Filters:
    """Which drawings are asked for.

    By default those that count: no practice, none drawn with borders in sight, none set aside.
    An empty tuple filters nothing.
    """

    sessions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    practice: bool = False
    saw_borders: bool = False
    aside: bool = False
    flagged: bool = True
    adjusted: bool = True
    """Use the outline as adjusted in triage; False gives it as the resident left it."""


@dataclass(frozen=True)
class Edition:
    """A frozen published batch: finished aggregates, never drawings.

    Attributes
    ----------
    session
        Empty for the whole project.
    number
        1, 2, 3 ... within the project or session.
    n
        Residents counted.
    added, withdrawn, changed
        Against the edition before.
    parts
        Name to text, such as "cores.geojson": what `geo.disclosure` let through.
    """

    id: str
    project: str
    session: str
    number: int
    day: date
    n: int
    added: int
    withdrawn: int
    changed: int
    method: str
    parts: Mapping[str, str]


@dataclass(frozen=True)
class Flag:
    """A remark on a shape or a text that a person must look at.

    Attributes
    ----------
    subject
        Id of the contribution, signal or proposal.
    aspect
        "shape", "name", "words" or "lost".
    reason
        Key of the reason, such as "outlier" or "many_from_one_device".
    decision
        What was decided last; empty while open.
    """

    project: str
    subject: str
    aspect: str
    reason: str
    day: date
    decision: str = ""


@dataclass(frozen=True)
class Proposal:
    """A name that was proposed at a workshop."""

    id: str
    session: str
    words: str


@dataclass(frozen=True)
class Account:
    """A planner or administrator who signs in with a password; `label` is a function, not a person."""

    id: str
    label: str
    role: Role


@dataclass(frozen=True)
class AuditRow:
    """Who did what, by role and account id; nothing about a resident."""

    day: date
    role: Role
    account: str
    action: str
    project: str
    n: int


@dataclass(frozen=True)
class Moved:
    """What `copy`, `merge`, `backup` or `restore` did, counted per contribution.

    `conflicts` are contributions that differ on both sides in the same version: both files keep
    their own, nothing is overwritten.
    """

    taken: int
    known: int = 0
    updated: int = 0
    withdrawn: int = 0
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Erased:
    """What retention removed."""

    projects: tuple[str, ...]
    contributions: int
    places: int
    signals: int


@dataclass(frozen=True)
class Soundness:
    """What `Store.verify` counted after looking at every row."""

    contributions: int
    sketches: int
    places: int
    signals: int
    altered: tuple[str, ...]
    """Contributions whose contents no longer match the digest made when they came in."""
