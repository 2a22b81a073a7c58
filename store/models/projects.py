"""Records: projects and the filters on their contributions."""

from dataclasses import dataclass
from datetime import date

from geo.privacy_limits import MIN_FIRST_EDITION, MIN_PEOPLE, MIN_SUBGROUP
from store.models.values import Mode


@dataclass(frozen=True)
class OwnQuestion:
    """A question that a planner made for one project.

    Attributes
    ----------
    key
        Under which answers are kept; never changes.
    kind
        "scale" for five steps, "choice" for one of `choices`.
    text_nl, text_en
        What it says; the English may be empty.
    choices
        Key that is stored, wording in Dutch and in English of each, in order.
    is_ended
        Whether it is no longer asked.
    """

    key: str
    kind: str
    text_nl: str
    text_en: str
    choices: tuple[tuple[str, str, str], ...]
    is_ended: bool = False


@dataclass(frozen=True)
class Project:
    """One study: residents of one municipality draw their neighbourhood.

    Attributes
    ----------
    questions
        Keys of the questions that are asked, in order; empty means none.
    show_while_drawing
        Keys of layers that residents may see while drawing; empty by default, because they influence it.
    start_width_m
        Ground width of the first view, m.
    width_experiment
        Whether the start width is random, to measure the influence of the map.
    retention_until
        Last day of storage; after it contributions are deleted and no new ones accepted.
    min_group_size, min_subgroup_size, min_edition_changes
        Fewest residents behind anything published (k), the same for subgroups, and the fewest
        changed drawings between two editions.
    min_first_edition
        Fewest people in the first edition of the project or of one of its sessions, 10 to 30.
    publish_nightly
        Whether an edition is made every night that the rules allow one.
    own_questions
        Questions made for this project, in the order in which they are asked.
    contact
        Whom residents may ask, in words: a name, a mail address, a telephone number.
    privacy_url
        Page of who asks about what they do with personal data, ``https://…``.
    crs
        Plane of the geometries, in metres: RD New, or that of `geo.crs.planar` elsewhere.
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
    min_group_size: int = MIN_PEOPLE
    min_subgroup_size: int = MIN_SUBGROUP
    min_edition_changes: int = MIN_PEOPLE
    crs: str = "EPSG:28992"
    is_demo: bool = False
    min_first_edition: int = MIN_FIRST_EDITION
    publish_nightly: bool = True
    own_questions: tuple[OwnQuestion, ...] = ()
    contact: str = ""
    privacy_url: str = ""


@dataclass(frozen=True)
class Filters:
    """Which contributions a table has.

    By default those that count: no practice, none drawn with official borders in sight, none excluded.
    An empty tuple does not filter.
    """

    sessions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    """Question and answer in text: of one question any of the answers named, of several questions all."""

    first_day: date | None = None
    last_day: date | None = None
    include_practice: bool = False
    include_saw_borders: bool = False
    include_excluded: bool = False
    include_flagged: bool = True
    one_per_person: bool = False
    """Of several drawings of one person only the last one, none that waits for somebody to look at it, and none
    without the ticket that is asked for: what is published counts people."""

    use_adjusted: bool = True
    """Whether to use the outline as adjusted in review, instead of as the resident left it."""


ALL = Filters(include_practice=True, include_saw_borders=True, include_excluded=True)
"""Every sketch there is."""

COUNTED = Filters()
"""The sketches that count."""
