"""Records: contributions and what belongs to them. None has a field for a name, address or home."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry import MultiPolygon, Point, Polygon

from geo.schemas import Theme
from store.models.values import Mode, PlaceKind, SignalKind, SignalStatus


@dataclass(frozen=True)
class ViewFacts:
    """Conditions of drawing, so that their influence can be measured.

    The centre of the view is not stored, because it is often the home.

    Attributes
    ----------
    start_width_m, first_width_m
        Ground width of the view at the start and at the first point of the outline, m.
    width_arm
        Start width assigned at random ("narrow", "wide"); empty without the experiment.
    started_from
        Centre of the first view: "home", "project", "session" or "paper".
    screen
        Class of screen: "phone", "tablet", "laptop", "large" or "paper".
    input
        "touch", "mouse", "pen" or "keyboard".
    duration_s
        From the first view to the confirmation, s.
    saw_borders
        Whether official borders or sketches of others were visible.
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
    """All that is stored of where a resident lives; never the point itself.

    Attributes
    ----------
    inside
        Whether the home lies in the sketch; None when not asked.
    unit
        Code of the official buurt or wijk.
    cell
        The 100 m square of CBS, such as "E0935N4475".
    to_centre_m, to_edge_m
        Distances to the centroid and the outline of the sketch, in whole steps of 25 m.

    Notes
    -----
    A square *and* distances together would single out a few addresses, so the store accepts one or
    the other (`HomeTooExact`).
    """

    inside: bool | None = None
    unit: str = ""
    cell: str = ""
    to_centre_m: int | None = None
    to_edge_m: int | None = None


@dataclass(frozen=True)
class Contribution:
    """All that one resident left in one go: a sketch with its name, answers and conditions.

    Attributes
    ----------
    id
        On submission the UUID that the browser made. It is a secret: the withdrawal code is derived
        from it, and only a hash of it is stored. From the store that hash (`Receipt.id`).
    raw_geojson
        GeoJSON of the strokes exactly as received, degrees WGS 84.
    geometry
        The cleaned sketch in the plane of the project (RD New), valid.
    repairs, warnings
        Keys of what was repaired and of what is remarkable, such as "untangled" or "very_small".
    answers
        Question key to answer: text, number, or a tuple of chosen keys.
    name
        What the resident calls this neighbourhood.
    edge_certainty
        "sure", "vague", or "partly", and then strokes of the tool "vague" in `raw_geojson` say where;
        empty when not asked.
    is_practice
        Whether it was drawn to practise; then it never counts.
    helped_by
        Initials of the facilitator who drew for the resident; never those of the resident.
    created
        The day, not the hour; a day that cannot be right becomes the day of storage.
    """

    id: str
    project: str
    raw_geojson: str
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
    edge_certainty: str = ""
    is_practice: bool = False
    helped_by: str = ""
    language: str = "nl"
    question_version: str = "1"


@dataclass(frozen=True)
class Place:
    """A resident place: one to meet, sit or play at, one that is missing, or one that vanished.

    Attributes
    ----------
    subtype
        Key of the kind, such as "library"; may be empty.
    year
        Approximate year in which it vanished.
    note
        What the resident says of it.
    what_was_lost
        What vanished with it, in the resident's words.
    point
        In the plane of the project, m.
    """

    kind: PlaceKind
    theme: Theme
    point: Point
    subtype: str = ""
    year: int | None = None
    note: str = ""
    what_was_lost: str = ""


@dataclass(frozen=True)
class Signal:
    """What a resident notices (signal) or wants to do (initiative).

    The store sets ``id``, ``status`` and ``session``.
    """

    kind: SignalKind
    text: str
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
        Id under which it is stored; the index of the table of sketches.
    code
        Withdrawal code, to see, change or delete it; None for imports. Not stored.
    stored_on
        Day of first storage.
    is_replay
        Whether the same contribution was stored already, so that nothing was added.
    """

    id: str
    code: str | None
    stored_on: date
    version: int
    is_replay: bool


@dataclass(frozen=True)
class ContributionWithDetails:
    """A stored contribution with its places and signals."""

    contribution: Contribution
    places: tuple[Place, ...]
    signals: tuple[Signal, ...]
    version: int
    in_edition: int | None
    """Number of the last edition that counts it, or None."""


@dataclass(frozen=True)
class Withdrawal:
    """Result of a withdrawal: deleted; an edition that counts it stays until the next one."""

    id: str
    in_edition: int | None


@dataclass(frozen=True)
class Flag:
    """A reason for a person to look at a sketch or a text.

    Attributes
    ----------
    subject
        Id of the contribution, signal or proposal.
    aspect
        "shape", "name", "words" or "lost".
    reason
        Key of the reason, such as "outlier" or "many_from_one_device".
    decision
        Decision in force; empty while open.
    """

    project: str
    subject: str
    aspect: str
    reason: str
    day: date
    decision: str = ""
