"""Records to rows and back, one `Field` per column, and the digest that reveals a silent change."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

import shapely

from store.engines.base import Row, Transaction
from store.models.accounts import Account, AuditRow
from store.models.board import Card, CardEvent
from store.models.budget import Ballot, BudgetPlan, BudgetRound
from store.models.contributions import Contribution, HomeFacts, Place, Signal, ViewFacts
from store.models.panel import AgendaItem, Meeting
from store.models.projects import OwnQuestion, Project
from store.models.workshop_sessions import Proposal, VoteRound, WorkshopSession

RD_CODE = "EPSG:28992"
Record = TypeVar("Record")

_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""Made once: thousands of rows of a file are written with it."""


def to_json(value: Any) -> str:
    """Return canonical JSON: sorted keys, no spaces, no escapes beyond those that JSON needs.

    Examples
    --------
    >>> to_json({"b": ("x",), "a": 1})
    '{"a":1,"b":["x"]}'
    """
    return _CANONICAL(value)


def from_json_list(value: str) -> tuple[str, ...]:
    """Parse a JSON list of keys.

    Examples
    --------
    >>> from_json_list('["school","water"]')
    ('school', 'water')
    """
    return tuple(json.loads(value))


def answers_from_json(value: str) -> dict[str, Any]:
    """Parse the answers of one resident; several chosen keys become a tuple.

    Examples
    --------
    >>> answers_from_json('{"certainty":4,"reasons":["school","water"]}')
    {'certainty': 4, 'reasons': ('school', 'water')}
    """
    found: dict[str, Any] = json.loads(value)
    return {key: tuple(answer) if isinstance(answer, list) else answer for key, answer in found.items()}


def _unchanged(value: Any) -> Any:
    return value


def _flag_or_none(value: bool | None) -> int | None:
    return None if value is None else int(value)


@dataclass(frozen=True, eq=False)
class Codec:
    """How the value of a field becomes the value of a column, and back."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


PLAIN = Codec(_unchanged, _unchanged)
WHOLE_OR_NONE = Codec(_unchanged, _unchanged)
DAY = Codec(date.isoformat, date.fromisoformat)
MOMENT_OR_NONE = Codec(
    lambda value: "" if value is None else value.astimezone(UTC).isoformat(timespec="seconds"),
    lambda value: datetime.fromisoformat(value) if value else None,
)
FLAG = Codec(int, bool)
FLAG_OR_NONE = Codec(_flag_or_none, lambda value: None if value is None else bool(value))
TEXT_OR_NULL = Codec(lambda value: value or None, lambda value: value or "")
DAY_OR_EMPTY = Codec(
    lambda value: "" if value is None else value.isoformat(),
    lambda value: date.fromisoformat(value) if value else None,
)
KEYS = Codec(to_json, from_json_list)
NUMBERS = Codec(to_json, lambda value: tuple(json.loads(value)))
KEYS_OR_NONE = Codec(
    lambda value: None if value is None else to_json(value),
    lambda value: None if value is None else from_json_list(value),
)
OWN_QUESTIONS = Codec(
    lambda value: to_json([asdict(one) for one in value]),
    lambda value: tuple(
        OwnQuestion(**{**one, "choices": tuple(map(tuple, one["choices"]))}) for one in json.loads(value)
    ),
)
ANSWERS = Codec(lambda value: to_json(dict(value)), answers_from_json)


@dataclass(frozen=True)
class Field:
    """One field of a record and the column that holds it.

    Attributes
    ----------
    name
        Attribute of the record; ``view.screen`` is the attribute of a record within it.
    column
        Column of the table; by default of the same name.
    codec
        How the value is written and read.
    analysis
        Column in the table of sketches for analysis; empty for what analysis has no need of.
    """

    name: str
    column: str = ""
    codec: Codec = PLAIN
    analysis: str = ""

    @property
    def stored_as(self) -> str:
        """Name of the column."""
        return self.column or self.name


class RecordMapping(Generic[Record]):
    """Fields of one kind of record, in the order of its columns.

    Parameters
    ----------
    record
        Class of the record.
    fields
        Its stored fields; a geometry is written and read by the engine.
    parts
        Classes of the records within the record, by attribute.
    """

    def __init__(
        self, record: type[Record], *fields: Field, parts: Mapping[str, type[Any]] | None = None
    ) -> None:
        self.fields = fields
        self.columns = tuple(field.stored_as for field in fields)
        self._record = record
        self._parts = dict(parts or {})
        self._getter = attrgetter(*(field.name for field in fields))
        self._encoders = tuple(
            (position, field.codec.encode)
            for position, field in enumerate(fields)
            if field.codec.encode is not _unchanged
        )

    def select(self, table: str = "") -> str:
        """Return the columns for a SELECT, each qualified by `table` if that is given."""
        return ", ".join(f"{table}.{column}" if table else column for column in self.columns)

    def encode(self, record: Record) -> tuple[Any, ...]:
        """Return the values of `columns`."""
        values = list(self._getter(record))
        for position, encode in self._encoders:
            values[position] = encode(values[position])
        return tuple(values)

    def encode_columns(self, record: Record) -> dict[str, Any]:
        """Return column name to value."""
        return dict(zip(self.columns, self.encode(record), strict=True))

    def decode(self, row: Row, **unmapped: Any) -> Record:
        """Return the record of a row that begins with `columns`.

        Parameters
        ----------
        row
            Values in the order of `columns`; what follows is left to the caller.
        **unmapped
            Fields without a column in this table, such as the geometry.
        """
        whole: dict[str, Any] = {}
        parts: dict[str, dict[str, Any]] = {part: {} for part in self._parts}
        for field, value in zip(self.fields, row, strict=False):
            part, _, name = field.name.rpartition(".")
            (parts[part] if part else whole)[name] = field.codec.decode(value)
        made = {part: self._parts[part](**values) for part, values in parts.items()}
        return self._record(**whole, **made, **unmapped)


PROJECT = RecordMapping(
    Project,
    Field("id"),
    Field("name"),
    Field("municipality"),
    Field("retention_until", codec=DAY),
    Field("language"),
    Field("asked_by"),
    Field("question_version"),
    Field("questions", codec=KEYS),
    Field("show_while_drawing", codec=KEYS),
    Field("start_width_m"),
    Field("width_experiment", codec=FLAG),
    Field("min_group_size", "least"),
    Field("min_subgroup_size", "least_group"),
    Field("min_edition_changes", "batch"),
    Field("crs"),
    Field("is_demo", "is_made_up", FLAG),
    Field("min_first_edition", "first_edition"),
    Field("publish_nightly", codec=FLAG),
    Field("own_questions", codec=OWN_QUESTIONS),
    Field("contact"),
    Field("privacy_url"),
)
SESSION = RecordMapping(
    WorkshopSession,
    Field("id"),
    Field("project"),
    Field("code"),
    Field("place"),
    Field("day", codec=DAY),
    Field("groups", codec=KEYS),
    Field("start_x"),
    Field("start_y"),
    Field("start_width_m"),
    Field("questions", codec=KEYS_OR_NONE),
    Field("language"),
    Field("dots"),
    Field("is_open", codec=FLAG),
)
CONTRIBUTION = RecordMapping(
    Contribution,
    Field("project"),
    Field("session", codec=TEXT_OR_NULL, analysis="session"),
    Field("group", "workshop_group", analysis="group"),
    Field("mode", analysis="mode"),
    Field("is_practice", "practice", FLAG, "practice"),
    Field("created", codec=DAY, analysis="created"),
    Field("name", "area_name", analysis="name"),
    Field("edge_certainty", "edge", analysis="edge"),
    Field("repairs", codec=KEYS, analysis="repairs"),
    Field("warnings", codec=KEYS, analysis="warnings"),
    Field("answers", codec=ANSWERS, analysis="answers"),
    Field("helped_by"),
    Field("language", analysis="language"),
    Field("question_version", analysis="question_version"),
    Field("view.start_width_m", "view_start_width_m", WHOLE_OR_NONE, "start_width_m"),
    Field("view.first_width_m", "view_first_width_m", WHOLE_OR_NONE, "first_width_m"),
    Field("view.width_arm", "view_width_arm", analysis="width_arm"),
    Field("view.started_from", "view_started_from", analysis="started_from"),
    Field("view.screen", "view_screen", analysis="screen"),
    Field("view.input", "view_input", analysis="input"),
    Field("view.duration_s", "view_duration_s", WHOLE_OR_NONE, "duration_s"),
    Field("view.saw_borders", "view_saw_borders", FLAG, "saw_borders"),
    Field("home.inside", "home_inside", FLAG_OR_NONE, "home_inside"),
    Field("home.unit", "home_unit", analysis="home_unit"),
    Field("home.cell", "home_cell", analysis="home_cell"),
    Field("home.to_centre_m", "home_to_centre_m", WHOLE_OR_NONE, "home_to_centre_m"),
    Field("home.to_edge_m", "home_to_edge_m", WHOLE_OR_NONE, "home_to_edge_m"),
    Field("raw_geojson", "raw"),
    parts={"view": ViewFacts, "home": HomeFacts},
)
"""A field that is added enters the digest, so its migration must renew the digests of stored rows."""

PLACE = RecordMapping(
    Place,
    Field("kind"),
    Field("theme"),
    Field("subtype", "sub"),
    Field("year"),
    Field("note", "words"),
    Field("what_was_lost", "lost"),
)
SIGNAL = RecordMapping(
    Signal,
    Field("id"),
    Field("kind"),
    Field("theme"),
    Field("text", "words"),
    Field("status"),
    Field("session", codec=TEXT_OR_NULL),
)
PROPOSAL = RecordMapping(Proposal, Field("id"), Field("session"), Field("name", "words"))
VOTE_ROUND = RecordMapping(
    VoteRound,
    Field("id"),
    Field("session"),
    Field("kind"),
    Field("number"),
    Field("dots"),
    Field("state"),
    Field("subjects", codec=KEYS),
    Field("question"),
    Field("edition"),
    Field("answer"),
    Field("reason"),
    Field("by_ticket", codec=FLAG),
)
CARD = RecordMapping(
    Card,
    Field("id"),
    Field("project"),
    Field("kind"),
    Field("theme"),
    Field("text", "words"),
    Field("x"),
    Field("y"),
    Field("status"),
    Field("owner"),
    Field("why"),
    Field("added", codec=DAY),
    Field("changed", codec=DAY),
    Field("due", codec=DAY_OR_EMPTY),
    Field("joined_into"),
)
CARD_EVENT = RecordMapping(
    CardEvent,
    Field("card"),
    Field("day", codec=DAY),
    Field("role"),
    Field("status"),
    Field("owner"),
    Field("why"),
    Field("due", codec=DAY_OR_EMPTY),
)
BUDGET_ROUND = RecordMapping(
    BudgetRound,
    Field("id"),
    Field("project"),
    Field("title"),
    Field("about"),
    Field("amount_eur"),
    Field("opens", codec=DAY),
    Field("closes", codec=DAY),
    Field("method"),
    Field("ballot_rule"),
    Field("most_choices"),
    Field("state"),
)
BUDGET_PLAN = RecordMapping(
    BudgetPlan,
    Field("id"),
    Field("round"),
    Field("number"),
    Field("title"),
    Field("cost_eur"),
    Field("cost_source"),
    Field("place"),
    Field("text", "words"),
    Field("card"),
    Field("status"),
    Field("note"),
    Field("status_day", codec=DAY_OR_EMPTY),
    Field("paid_eur"),
)
BALLOT = RecordMapping(Ballot, Field("way"), Field("is_valid", codec=FLAG), Field("choices", codec=NUMBERS))
ACCOUNT = RecordMapping(Account, Field("id"), Field("label"), Field("role"), Field("project"), Field("owner"))
MEETING = RecordMapping(
    Meeting,
    Field("id"),
    Field("project"),
    Field("day", codec=DAY),
    Field("place"),
    Field("organisations", codec=KEYS),
    Field("n_present"),
)
AGENDA_ITEM = RecordMapping(
    AgendaItem,
    Field("meeting"),
    Field("card"),
    Field("seq"),
    Field("outcome"),
    Field("way"),
    Field("n_for"),
    Field("n_against"),
    Field("status"),
    Field("owner"),
    Field("reason"),
)
AUDIT = RecordMapping(
    AuditRow,
    Field("day", codec=DAY),
    Field("role"),
    Field("account"),
    Field("action"),
    Field("project"),
    Field("n"),
    Field("moment", codec=MOMENT_OR_NONE),
    Field("result"),
    Field("origin"),
)


def placeholders(n: int) -> str:
    """Return `n` placeholders for values.

    Examples
    --------
    >>> placeholders(3)
    '?, ?, ?'
    """
    return ", ".join("?" * n)


def insert_row(
    tx: Transaction, table: str, values: Mapping[str, Any], *, skip_existing: bool = False
) -> bool:
    """Insert one row and return whether it was added.

    Parameters
    ----------
    values
        Column name to value.
    skip_existing
        Leave a row with the same key as it is, instead of raising.
    """
    conflict = " ON CONFLICT DO NOTHING" if skip_existing else ""
    n = tx.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({placeholders(len(values))}){conflict}",
        tuple(values.values()),
    )
    return n > 0


def contribution_digest(
    contribution: Contribution, places: Sequence[Place], signals: Sequence[Signal]
) -> str:
    """Return the SHA-256 of a contribution with its details, to the last bit of every coordinate.

    The day is left out, so that a retry after midnight is still a retry.
    """
    values = CONTRIBUTION.encode_columns(contribution) | {"created": ""}
    whole = [
        list(values.values()),
        shapely.to_wkb(contribution.geometry, hex=True, byte_order=1),
        [[*PLACE.encode(place), shapely.to_wkb(place.point, hex=True, byte_order=1)] for place in places],
        [[signal.kind, signal.theme, signal.text] for signal in signals],
    ]
    return hashlib.sha256(to_json(whole).encode()).hexdigest()
