"""Tables of what goes on all year: cards on the board of a neighbourhood, and rounds of a wijkbudget."""

from store.engines.table import FID, PROJECT, Table

_OF_CARD = ("card", "TEXT NOT NULL REFERENCES card(id) ON DELETE CASCADE")
_OF_ROUND = ("round", "TEXT NOT NULL REFERENCES budget_round(id) ON DELETE CASCADE")

YEAR_TABLES: tuple[Table, ...] = (
    Table(
        "card",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("kind", "TEXT NOT NULL"),
            ("theme", "TEXT NOT NULL"),
            ("words", "TEXT NOT NULL"),
            ("x", "{double}"),
            ("y", "{double}"),
            ("status", "TEXT NOT NULL"),
            ("owner", "TEXT NOT NULL"),
            ("why", "TEXT NOT NULL"),
            ("added", "TEXT NOT NULL"),
            ("changed", "TEXT NOT NULL"),
        ),
        description="Cards for the board of a neighbourhood",
    ),
    Table(
        "card_event",
        (
            FID,
            _OF_CARD,
            ("seq", "INTEGER NOT NULL"),
            ("day", "TEXT NOT NULL"),
            ("role", "TEXT NOT NULL"),
            ("status", "TEXT NOT NULL"),
            ("owner", "TEXT NOT NULL"),
            ("why", "TEXT NOT NULL"),
        ),
        ("UNIQUE (card, seq)",),
        description="What was decided about cards; nothing is changed afterwards",
    ),
    Table(
        "card_sender",
        (
            ("card", "TEXT PRIMARY KEY REFERENCES card(id) ON DELETE CASCADE"),
            ("code_hash", "TEXT NOT NULL"),
        ),
        secret=True,
    ),
    Table(
        "card_reaction",
        (
            _OF_CARD,
            ("kind", "TEXT NOT NULL"),
            ("token", "TEXT NOT NULL"),
            ("reactor", "TEXT NOT NULL DEFAULT ''"),
        ),
        ("PRIMARY KEY (card, kind, token)",),
        secret=True,
    ),
    Table(
        "card_code",
        (PROJECT, ("code_hash", "TEXT NOT NULL")),
        ("PRIMARY KEY (project, code_hash)",),
        secret=True,
    ),
    Table(
        "budget_round",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            PROJECT,
            ("title", "TEXT NOT NULL"),
            ("about", "TEXT NOT NULL"),
            ("amount_eur", "INTEGER NOT NULL"),
            ("opens", "TEXT NOT NULL"),
            ("closes", "TEXT NOT NULL"),
            ("method", "TEXT NOT NULL"),
            ("ballot_rule", "TEXT NOT NULL"),
            ("most_choices", "INTEGER NOT NULL"),
            ("state", "TEXT NOT NULL"),
            ("highest_number", "INTEGER NOT NULL DEFAULT 0"),
        ),
        description="Rounds of a neighbourhood's budget",
    ),
    Table(
        "budget_plan",
        (
            FID,
            ("id", "TEXT NOT NULL UNIQUE"),
            _OF_ROUND,
            ("number", "INTEGER NOT NULL"),
            ("title", "TEXT NOT NULL"),
            ("cost_eur", "INTEGER NOT NULL"),
            ("cost_source", "TEXT NOT NULL"),
            ("place", "TEXT NOT NULL"),
            ("words", "TEXT NOT NULL"),
            ("card", "TEXT NOT NULL"),
            ("status", "TEXT NOT NULL"),
            ("note", "TEXT NOT NULL"),
            ("status_day", "TEXT NOT NULL"),
            ("paid_eur", "INTEGER"),
        ),
        ("UNIQUE (round, number)",),
        description="Plans that people vote on",
    ),
    Table(
        "ballot",
        (
            _OF_ROUND,
            ("voter", "TEXT NOT NULL"),
            ("way", "TEXT NOT NULL"),
            ("is_valid", "INTEGER NOT NULL"),
            ("choices", "TEXT NOT NULL"),
        ),
        ("PRIMARY KEY (round, voter)",),
        secret=True,
    ),
)
