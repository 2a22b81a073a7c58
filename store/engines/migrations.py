"""Forward-only schema migrations."""

STEPS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE project ADD COLUMN first_edition INTEGER NOT NULL DEFAULT 10",
        "ALTER TABLE project ADD COLUMN publish_nightly INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE contribution ADD COLUMN drawer TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE release_set (id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES project(id),"
        " edition TEXT NOT NULL, release_number INTEGER NOT NULL, table_name TEXT NOT NULL,"
        " key TEXT NOT NULL)",
        "CREATE TABLE release_member (release_set TEXT NOT NULL REFERENCES release_set(id)"
        " ON DELETE CASCADE, token TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY (release_set, token))",
        "CREATE TABLE released_name (project TEXT NOT NULL REFERENCES project(id), name TEXT NOT NULL,"
        " role TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (project, name))",
        "CREATE INDEX release_set_project ON release_set (project)",
    ),
    2: (
        "CREATE TABLE ticket (project TEXT NOT NULL REFERENCES project(id), session TEXT NOT NULL,"
        " token TEXT NOT NULL, PRIMARY KEY (project, token))",
    ),
    3: (
        "CREATE TABLE card (fid {key}, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL REFERENCES project(id),"
        " kind TEXT NOT NULL, theme TEXT NOT NULL, words TEXT NOT NULL, x {double}, y {double},"
        " status TEXT NOT NULL, owner TEXT NOT NULL, why TEXT NOT NULL, added TEXT NOT NULL,"
        " changed TEXT NOT NULL)",
        "CREATE TABLE card_event (fid {key}, card TEXT NOT NULL REFERENCES card(id) ON DELETE CASCADE,"
        " seq INTEGER NOT NULL, day TEXT NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL,"
        " owner TEXT NOT NULL, why TEXT NOT NULL, UNIQUE (card, seq))",
        "CREATE TABLE card_sender (card TEXT PRIMARY KEY REFERENCES card(id) ON DELETE CASCADE,"
        " code_hash TEXT NOT NULL)",
        "CREATE TABLE card_reaction (card TEXT NOT NULL REFERENCES card(id) ON DELETE CASCADE,"
        " kind TEXT NOT NULL, token TEXT NOT NULL, PRIMARY KEY (card, kind, token))",
        "CREATE TABLE card_code (project TEXT NOT NULL REFERENCES project(id), code_hash TEXT NOT NULL,"
        " PRIMARY KEY (project, code_hash))",
        "CREATE INDEX card_project ON card (project)",
        "CREATE INDEX card_sender_code ON card_sender (code_hash)",
    ),
    4: (
        "CREATE TABLE budget_round (fid {key}, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL"
        " REFERENCES project(id), title TEXT NOT NULL, about TEXT NOT NULL, amount_eur INTEGER NOT NULL,"
        " opens TEXT NOT NULL, closes TEXT NOT NULL, method TEXT NOT NULL, ballot_rule TEXT NOT NULL,"
        " most_choices INTEGER NOT NULL, state TEXT NOT NULL)",
        "CREATE TABLE budget_plan (fid {key}, id TEXT NOT NULL UNIQUE, round TEXT NOT NULL"
        " REFERENCES budget_round(id) ON DELETE CASCADE, number INTEGER NOT NULL, title TEXT NOT NULL,"
        " cost_eur INTEGER NOT NULL, cost_source TEXT NOT NULL, place TEXT NOT NULL, words TEXT NOT NULL,"
        " card TEXT NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL, status_day TEXT NOT NULL,"
        " paid_eur INTEGER, UNIQUE (round, number))",
        "CREATE TABLE ballot (round TEXT NOT NULL REFERENCES budget_round(id) ON DELETE CASCADE,"
        " voter TEXT NOT NULL, way TEXT NOT NULL, is_valid INTEGER NOT NULL, choices TEXT NOT NULL,"
        " PRIMARY KEY (round, voter))",
        "CREATE INDEX budget_round_project ON budget_round (project)",
    ),
    5: (
        "CREATE TABLE second_factor (account TEXT PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,"
        " secret TEXT NOT NULL, last_step INTEGER NOT NULL)",
        "CREATE TABLE recovery_code (account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,"
        " code_hash TEXT NOT NULL, PRIMARY KEY (account, code_hash))",
    ),
    6: (
        "ALTER TABLE audit ADD COLUMN moment TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE audit ADD COLUMN result TEXT NOT NULL DEFAULT 'done'",
        "ALTER TABLE audit ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    ),
    7: ("ALTER TABLE budget_round ADD COLUMN highest_number INTEGER NOT NULL DEFAULT 0",),
    8: (
        # Whose code reacted before is not to be seen from its token, so nobody is counted for it.
        "ALTER TABLE card_reaction ADD COLUMN reactor TEXT NOT NULL DEFAULT ''",
    ),
    9: (
        "CREATE TABLE vote_round (fid {key}, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL"
        " REFERENCES session(id), kind TEXT NOT NULL, number INTEGER NOT NULL, dots INTEGER NOT NULL,"
        " state TEXT NOT NULL, subjects TEXT NOT NULL, question TEXT NOT NULL, edition TEXT NOT NULL,"
        " answer INTEGER, reason TEXT NOT NULL, UNIQUE (session, number))",
        "CREATE TABLE round_dot (round TEXT NOT NULL REFERENCES vote_round(id) ON DELETE CASCADE,"
        " voter TEXT NOT NULL, subject TEXT NOT NULL, dots INTEGER NOT NULL,"
        " PRIMARY KEY (round, voter, subject))",
        "CREATE TABLE guess (round TEXT NOT NULL REFERENCES vote_round(id) ON DELETE CASCADE,"
        " voter TEXT NOT NULL, workshop_group TEXT NOT NULL, percent INTEGER NOT NULL,"
        " PRIMARY KEY (round, voter))",
        # What was given before there were rounds is a closed round of names and one of signals.
        *(
            statement
            for kind, number, table in (("name", 1, "proposal"), ("signal", 2, "signal"))
            for statement in (
                "INSERT INTO vote_round (id, session, kind, number, dots, state, subjects, question,"
                f" edition, reason) SELECT '{kind} ' || id, id, '{kind}', {number}, dots, 'closed',"
                # Begun anew, it asks about what it was about.
                """ '["' || (SELECT {join_texts}(subject, '","') FROM (SELECT DISTINCT subject FROM dot"""
                f" WHERE dot.session = session.id AND subject IN (SELECT id FROM {table})"
                """ ORDER BY subject) AS given) || '"]', '',"""
                " '', '' FROM session WHERE id IN (SELECT session FROM dot WHERE subject IN"
                f" (SELECT id FROM {table}))",
                f"INSERT INTO round_dot SELECT '{kind} ' || session, device_hash, subject, dots FROM dot"
                f" WHERE subject IN (SELECT id FROM {table})",
            )
        ),
        "DROP TABLE dot",
        "CREATE INDEX vote_round_session ON vote_round (session)",
    ),
    10: (
        "ALTER TABLE account ADD COLUMN project TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE account ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE card ADD COLUMN due TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE card ADD COLUMN joined_into TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE card_event ADD COLUMN due TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE meeting (fid {key}, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL"
        " REFERENCES project(id), day TEXT NOT NULL, place TEXT NOT NULL, organisations TEXT NOT NULL,"
        " n_present INTEGER NOT NULL)",
        "CREATE TABLE agenda_item (fid {key}, meeting TEXT NOT NULL REFERENCES meeting(id) ON DELETE CASCADE,"
        " card TEXT NOT NULL REFERENCES card(id) ON DELETE CASCADE, seq INTEGER NOT NULL,"
        " outcome TEXT NOT NULL, way TEXT NOT NULL, n_for INTEGER NOT NULL, n_against INTEGER NOT NULL,"
        " status TEXT NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL, UNIQUE (meeting, card))",
        "CREATE INDEX meeting_project ON meeting (project)",
        "CREATE INDEX agenda_item_card ON agenda_item (card)",
    ),
    11: (
        "CREATE TABLE stage (session TEXT PRIMARY KEY REFERENCES session(id), map_hidden INTEGER NOT NULL,"
        " border_free INTEGER NOT NULL)",
        # What is over shows what it showed.
        "INSERT INTO stage SELECT id, 0, 1 FROM session WHERE is_open = 0",
    ),
    12: ("ALTER TABLE project ADD COLUMN own_questions TEXT NOT NULL DEFAULT '[]'",),
    13: (
        "ALTER TABLE project ADD COLUMN contact TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE project ADD COLUMN privacy_url TEXT NOT NULL DEFAULT ''",
    ),
    14: (
        "ALTER TABLE vote_round ADD COLUMN by_ticket INTEGER NOT NULL DEFAULT 0",
        # Who has tickets now was read as a room that voted by ticket.
        "UPDATE vote_round SET by_ticket = 1 WHERE state <> 'waiting' AND EXISTS (SELECT 1 FROM ticket t"
        " JOIN session s ON s.project = t.project WHERE s.id = vote_round.session"
        " AND t.session IN ('', s.id))",
    ),
}
"""Version before the step to its statements, in the SQL that both engines share."""


def statements(found: int, kinds: dict[str, str]) -> list[str]:
    """Return the statements that migrate a store of schema `found` to the current one.

    Parameters
    ----------
    found
        Schema of the store.
    kinds
        What the engine calls the kinds of columns, and its function that joins texts.

    Examples
    --------
    >>> statements(15, {})
    []
    """
    return [s.format(**kinds) for version in sorted(STEPS) if version >= found for s in STEPS[version]]
