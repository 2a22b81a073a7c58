"""Tables and indexes, defined once for both engines, copies, exports and tests.

Every column is text, a whole number, a double or a geometry, so that it means the same in both
engines. Days are ISO text; no time of day is stored, except in `tries`, for an hour, and in `audit` of staff who
signed in.
"""

from store.engines.round_tables import ROUND_TABLES
from store.engines.table import FID, PROJECT, Table
from store.engines.year_tables import YEAR_TABLES

__all__ = ["INDEXES", "TABLES", "VERSION", "Table", "statements"]

VERSION = 15
"""Increased by one with every change; `store.engines.migrations` has the steps from older versions."""


_OWNED = ("contribution", "TEXT NOT NULL REFERENCES contribution(id) ON DELETE CASCADE")


def _sketch(name: str, *, elsewhere: bool) -> Table:
    return Table(
        name,
        (
            FID,
            ("contribution", "TEXT NOT NULL UNIQUE REFERENCES contribution(id) ON DELETE CASCADE"),
            ("geom", "{area_elsewhere}" if elsewhere else "{area}"),
        ),
        geometry="area",
        elsewhere=elsewhere,
        description="Drawings as cleaned",
    )


def _place(name: str, *, elsewhere: bool) -> Table:
    return Table(
        name,
        (
            FID,
            _OWNED,
            ("seq", "INTEGER NOT NULL"),
            ("kind", "TEXT NOT NULL"),
            ("theme", "TEXT NOT NULL"),
            ("sub", "TEXT NOT NULL"),
            ("year", "INTEGER"),
            ("words", "TEXT NOT NULL"),
            ("lost", "TEXT NOT NULL"),
            ("geom", "{point_elsewhere}" if elsewhere else "{point}"),
        ),
        ("UNIQUE (contribution, seq)",),
        geometry="point",
        elsewhere=elsewhere,
        description="Places met, missing and vanished",
    )


TABLES: tuple[Table, ...] = (
    Table("setting", (("key", "TEXT PRIMARY KEY"), ("value", "TEXT NOT NULL")), secret=True),
    Table(
        "project",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            ("name", "TEXT NOT NULL"),
            ("municipality", "TEXT NOT NULL"),
            ("retention_until", "TEXT NOT NULL"),
            ("language", "TEXT NOT NULL"),
            ("asked_by", "TEXT NOT NULL"),
            ("question_version", "TEXT NOT NULL"),
            ("questions", "TEXT NOT NULL"),
            ("show_while_drawing", "TEXT NOT NULL"),
            ("start_width_m", "INTEGER NOT NULL"),
            ("width_experiment", "INTEGER NOT NULL"),
            ("least", "INTEGER NOT NULL"),
            ("least_group", "INTEGER NOT NULL"),
            ("batch", "INTEGER NOT NULL"),
            ("crs", "TEXT NOT NULL"),
            ("is_made_up", "INTEGER NOT NULL"),
            ("revision", "TEXT NOT NULL"),
            ("first_edition", "INTEGER NOT NULL DEFAULT 10"),
            ("publish_nightly", "INTEGER NOT NULL DEFAULT 1"),
            ("own_questions", "TEXT NOT NULL DEFAULT '[]'"),
            ("contact", "TEXT NOT NULL DEFAULT ''"),
            ("privacy_url", "TEXT NOT NULL DEFAULT ''"),
        ),
        description="Questions put to residents",
    ),
    Table(
        "session",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("code", "TEXT NOT NULL UNIQUE"),
            ("place", "TEXT NOT NULL"),
            ("day", "TEXT NOT NULL"),
            ("groups", "TEXT NOT NULL"),
            ("start_x", "{double}"),
            ("start_y", "{double}"),
            ("start_width_m", "INTEGER"),
            ("questions", "TEXT"),
            ("language", "TEXT NOT NULL"),
            ("dots", "INTEGER NOT NULL"),
            ("is_open", "INTEGER NOT NULL"),
        ),
        description="Workshop evenings",
    ),
    Table(
        "session_link",
        (("session", "TEXT PRIMARY KEY REFERENCES session(id)"), ("secret_hash", "TEXT NOT NULL")),
        secret=True,
    ),
    Table(
        "contribution",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("session", "TEXT REFERENCES session(id)"),
            ("workshop_group", "TEXT NOT NULL"),
            ("mode", "TEXT NOT NULL"),
            ("practice", "INTEGER NOT NULL"),
            ("created", "TEXT NOT NULL"),
            ("stored_on", "TEXT NOT NULL"),
            ("version", "INTEGER NOT NULL"),
            ("digest", "TEXT NOT NULL"),
            ("area_name", "TEXT NOT NULL"),
            ("edge", "TEXT NOT NULL"),
            ("repairs", "TEXT NOT NULL"),
            ("warnings", "TEXT NOT NULL"),
            ("answers", "TEXT NOT NULL"),
            ("helped_by", "TEXT NOT NULL"),
            ("language", "TEXT NOT NULL"),
            ("question_version", "TEXT NOT NULL"),
            ("view_start_width_m", "INTEGER"),
            ("view_first_width_m", "INTEGER"),
            ("view_width_arm", "TEXT NOT NULL"),
            ("view_started_from", "TEXT NOT NULL"),
            ("view_screen", "TEXT NOT NULL"),
            ("view_input", "TEXT NOT NULL"),
            ("view_duration_s", "INTEGER"),
            ("view_saw_borders", "INTEGER NOT NULL"),
            ("home_inside", "INTEGER"),
            ("home_unit", "TEXT NOT NULL"),
            ("home_cell", "TEXT NOT NULL"),
            ("home_to_centre_m", "INTEGER"),
            ("home_to_edge_m", "INTEGER"),
            ("raw", "TEXT NOT NULL"),
            ("drawer", "TEXT NOT NULL DEFAULT ''"),
        ),
        description="What residents told",
    ),
    Table(
        "withdrawal_code",
        (
            ("contribution", "TEXT PRIMARY KEY REFERENCES contribution(id) ON DELETE CASCADE"),
            ("code_hash", "TEXT NOT NULL UNIQUE"),
        ),
        secret=True,
    ),
    _sketch("sketch", elsewhere=False),
    _sketch("sketch_elsewhere", elsewhere=True),
    _place("place", elsewhere=False),
    _place("place_elsewhere", elsewhere=True),
    Table(
        "signal",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("contribution", "TEXT REFERENCES contribution(id) ON DELETE CASCADE"),
            ("session", "TEXT REFERENCES session(id)"),
            ("seq", "INTEGER NOT NULL"),
            ("kind", "TEXT NOT NULL"),
            ("theme", "TEXT NOT NULL"),
            ("words", "TEXT NOT NULL"),
            ("status", "TEXT NOT NULL"),
        ),
        description="Signals and initiatives",
    ),
    Table(
        "erased",
        (("contribution", "TEXT PRIMARY KEY"), ("project", "TEXT NOT NULL"), ("reason", "TEXT NOT NULL")),
        secret=True,
    ),
    Table(
        "flag",
        (
            FID,
            PROJECT,
            ("subject", "TEXT NOT NULL"),
            ("aspect", "TEXT NOT NULL"),
            ("reason", "TEXT NOT NULL"),
            ("day", "TEXT NOT NULL"),
        ),
        ("UNIQUE (subject, aspect, reason)",),
        description="Remarks that a person must look at",
    ),
    Table(
        "decision",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("subject", "TEXT NOT NULL"),
            ("aspect", "TEXT NOT NULL"),
            ("seq", "INTEGER NOT NULL"),
            ("action", "TEXT NOT NULL"),
            ("adjusted", "TEXT"),
            ("role", "TEXT NOT NULL"),
            ("day", "TEXT NOT NULL"),
            ("undone", "INTEGER NOT NULL"),
        ),
        ("UNIQUE (subject, aspect, seq)",),
        description="What was decided about flags; nothing is deleted",
    ),
    Table(
        "edition",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("session", "TEXT NOT NULL"),
            ("number", "INTEGER NOT NULL"),
            ("day", "TEXT NOT NULL"),
            ("n", "INTEGER NOT NULL"),
            ("added", "INTEGER NOT NULL"),
            ("withdrawn", "INTEGER NOT NULL"),
            ("changed", "INTEGER NOT NULL"),
            ("method", "TEXT NOT NULL"),
        ),
        ("UNIQUE (project, session, number)",),
        description="Frozen published batches",
    ),
    Table(
        "edition_part",
        (
            FID,
            ("edition", "TEXT NOT NULL REFERENCES edition(id)"),
            ("name", "TEXT NOT NULL"),
            ("contents", "TEXT NOT NULL"),
        ),
        ("UNIQUE (edition, name)",),
        description="The aggregates of an edition",
    ),
    Table(
        "edition_member",
        (
            ("edition", "TEXT NOT NULL REFERENCES edition(id)"),
            ("contribution", "TEXT NOT NULL"),
            ("version", "INTEGER NOT NULL"),
        ),
        ("PRIMARY KEY (edition, contribution)",),
        secret=True,
    ),
    Table(
        "release_set",
        (
            ("id", "TEXT PRIMARY KEY"),
            PROJECT,
            ("edition", "TEXT NOT NULL"),
            ("release_number", "INTEGER NOT NULL"),
            ("table_name", "TEXT NOT NULL"),
            ("key", "TEXT NOT NULL"),
        ),
        secret=True,
    ),
    Table(
        "release_member",
        (
            ("release_set", "TEXT NOT NULL REFERENCES release_set(id) ON DELETE CASCADE"),
            ("token", "TEXT NOT NULL"),
            ("version", "TEXT NOT NULL"),
        ),
        ("PRIMARY KEY (release_set, token)",),
        secret=True,
    ),
    Table(
        "ticket",
        (PROJECT, ("session", "TEXT NOT NULL"), ("token", "TEXT NOT NULL")),
        ("PRIMARY KEY (project, token)",),
        secret=True,
    ),
    Table(
        "released_name",
        (
            PROJECT,
            ("name", "TEXT NOT NULL"),
            ("role", "TEXT NOT NULL"),
            ("day", "TEXT NOT NULL"),
        ),
        ("PRIMARY KEY (project, name)",),
        secret=True,
    ),
    Table(
        "proposal",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            ("session", "TEXT NOT NULL REFERENCES session(id)"),
            ("words", "TEXT NOT NULL"),
        ),
        description="Names proposed at workshops",
    ),
    *ROUND_TABLES,
    *YEAR_TABLES,
    Table(
        "account",
        (
            ("id", "TEXT PRIMARY KEY"),
            ("label", "TEXT NOT NULL UNIQUE"),
            ("role", "TEXT NOT NULL"),
            ("password_hash", "TEXT NOT NULL"),
            ("project", "TEXT NOT NULL DEFAULT ''"),
            ("owner", "TEXT NOT NULL DEFAULT ''"),
        ),
        secret=True,
    ),
    Table(
        "second_factor",
        (
            ("account", "TEXT PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE"),
            ("secret", "TEXT NOT NULL"),
            ("last_step", "INTEGER NOT NULL"),
        ),
        secret=True,
    ),
    Table(
        "recovery_code",
        (
            ("account", "TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE"),
            ("code_hash", "TEXT NOT NULL"),
        ),
        ("PRIMARY KEY (account, code_hash)",),
        secret=True,
    ),
    Table(
        "audit",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            ("day", "TEXT NOT NULL"),
            ("role", "TEXT NOT NULL"),
            ("account", "TEXT NOT NULL"),
            ("action", "TEXT NOT NULL"),
            ("project", "TEXT NOT NULL"),
            ("n", "INTEGER NOT NULL"),
            ("moment", "TEXT NOT NULL DEFAULT ''"),
            ("result", "TEXT NOT NULL DEFAULT 'done'"),
            ("origin", "TEXT NOT NULL DEFAULT ''"),
        ),
        description="Who did what, by role",
    ),
    Table(
        "tries",
        (
            ("what", "TEXT NOT NULL"),
            ("who", "TEXT NOT NULL"),
            ("started_s", "INTEGER NOT NULL"),
            ("n", "INTEGER NOT NULL"),
        ),
        ("PRIMARY KEY (what, who)",),
        secret=True,
    ),
)

INDEXES: tuple[tuple[str, str, str], ...] = (
    ("contribution_project", "contribution", "project"),
    ("contribution_session", "contribution", "session"),
    ("place_contribution", "place", "contribution"),
    ("signal_project", "signal", "project"),
    ("signal_contribution", "signal", "contribution"),
    ("flag_project", "flag", "project"),
    ("decision_project", "decision", "project"),
    ("edition_member_contribution", "edition_member", "contribution"),
    ("proposal_session", "proposal", "session"),
    ("vote_round_session", "vote_round", "session"),
    ("release_set_project", "release_set", "project"),
    ("card_project", "card", "project"),
    ("card_sender_code", "card_sender", "code_hash"),
    ("budget_round_project", "budget_round", "project"),
    ("meeting_project", "meeting", "project"),
    ("agenda_item_card", "agenda_item", "card"),
)


def statements(kinds: dict[str, str]) -> list[str]:
    """Return the CREATE statements, with the types that the engine has for the kinds of columns.

    Examples
    --------
    >>> kinds = dict.fromkeys(("key", "double", "area", "point", "area_elsewhere", "point_elsewhere"), "X")
    >>> statements(kinds)[0]
    'CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)'
    """
    tables = []
    for table in TABLES:
        columns = [f"{name} {kind.format(**kinds)}" for name, kind in table.columns]
        tables.append(f"CREATE TABLE {table.name} ({', '.join([*columns, *table.more])})")
    return tables + [f"CREATE INDEX {name} ON {table} ({column})" for name, table, column in INDEXES]
