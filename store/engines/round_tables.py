"""Tables of what a room sees and gives: dots and guesses in rounds, each under a hash of who gave it."""

from store.engines.table import FID, Table

_OF_ROUND = ("round", "TEXT NOT NULL REFERENCES vote_round(id) ON DELETE CASCADE")

ROUND_TABLES: tuple[Table, ...] = (
    Table(
        "stage",
        (
            ("session", "TEXT PRIMARY KEY REFERENCES session(id)"),
            ("map_hidden", "INTEGER NOT NULL"),
            ("border_free", "INTEGER NOT NULL"),
        ),
        description="What screens of workshops show",
    ),
    Table(
        "vote_round",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            ("session", "TEXT NOT NULL REFERENCES session(id)"),
            ("kind", "TEXT NOT NULL"),
            ("number", "INTEGER NOT NULL"),
            ("dots", "INTEGER NOT NULL"),
            ("state", "TEXT NOT NULL"),
            ("subjects", "TEXT NOT NULL"),
            ("question", "TEXT NOT NULL"),
            ("edition", "TEXT NOT NULL"),
            ("answer", "INTEGER"),
            ("reason", "TEXT NOT NULL"),
            ("by_ticket", "INTEGER NOT NULL DEFAULT 0"),
        ),
        ("UNIQUE (session, number)",),
        description="Rounds of dots and guesses at workshops",
    ),
    Table(
        "round_dot",
        (
            _OF_ROUND,
            ("voter", "TEXT NOT NULL"),
            ("subject", "TEXT NOT NULL"),
            ("dots", "INTEGER NOT NULL"),
        ),
        ("PRIMARY KEY (round, voter, subject)",),
        secret=True,
    ),
    Table(
        "guess",
        (
            _OF_ROUND,
            ("voter", "TEXT NOT NULL"),
            ("workshop_group", "TEXT NOT NULL"),
            ("percent", "INTEGER NOT NULL"),
        ),
        ("PRIMARY KEY (round, voter)",),
        secret=True,
    ),
)
