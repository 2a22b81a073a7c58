"""Flags and what people decide about them. Nothing is deleted: a decision can always be undone."""

from datetime import date

import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import NothingToUndo, UnknownSubject
from store import secret
from store.contributions import locked, touch
from store.engine import Transaction
from store.records import Action, Actor, Flag

Standing = dict[tuple[str, str], tuple[str, str | None]]


def standing(tx: Transaction, project: str) -> Standing:
    """Give the last decision that was not undone: (subject, aspect) to (action, adjusted outline in hex)."""
    return {
        (subject, aspect): (action, adjusted)
        for subject, aspect, action, adjusted in tx.rows(
            "SELECT subject, aspect, action, adjusted FROM decision"
            " WHERE project = ? AND undone = 0 ORDER BY seq",
            (project,),
        )
    }


def reasons(tx: Transaction, project: str) -> dict[str, tuple[str, ...]]:
    """Give the reasons for which the shape of a drawing was flagged."""
    found: dict[str, tuple[str, ...]] = {}
    for subject, reason in tx.rows(
        "SELECT subject, reason FROM flag WHERE project = ? AND aspect = 'shape' ORDER BY reason", (project,)
    ):
        found[subject] = (*found.get(subject, ()), reason)
    return found


def _known(tx: Transaction, project: str, subject: str) -> None:
    asked = (
        "SELECT 1 FROM contribution WHERE id = ? AND project = ?",
        "SELECT 1 FROM signal WHERE id = ? AND project = ?",
        "SELECT 1 FROM proposal p JOIN session s ON s.id = p.session WHERE p.id = ? AND s.project = ?",
    )
    if not any(tx.rows(sql, (subject, project)) for sql in asked):
        raise UnknownSubject(subject=subject)


def raise_flag(tx: Transaction, project: str, subject: str, aspect: str, reason: str, *, today: date) -> bool:
    """Put something in the queue; tell whether it was not there yet."""
    locked(tx, project)
    _known(tx, project, subject)
    added = tx.run(
        "INSERT INTO flag (project, subject, aspect, reason, day) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (project, subject, aspect, reason, today.isoformat()),
    )
    if added:
        touch(tx, project)
    return bool(added)


def queue(tx: Transaction, project: str) -> list[Flag]:
    """Give every flag with the decision that stands; open ones first."""
    stands = standing(tx, project)
    flags = [
        Flag(project, s, a, r, date.fromisoformat(d), stands.get((s, a), ("", None))[0])
        for s, a, r, d in tx.rows(
            "SELECT subject, aspect, reason, day FROM flag"
            " WHERE project = ? ORDER BY subject, aspect, reason",
            (project,),
        )
    ]
    return sorted(flags, key=lambda flag: flag.decision != "")


def decide(
    tx: Transaction,
    project: str,
    *,
    subject: str,
    aspect: str,
    action: Action,
    adjusted: Polygon | MultiPolygon | None,
    by: Actor,
    today: date,
) -> None:
    """Write down a decision on top of those before."""
    locked(tx, project)
    _known(tx, project, subject)
    seq = tx.rows(
        "SELECT coalesce(max(seq), 0) + 1 FROM decision WHERE subject = ? AND aspect = ?", (subject, aspect)
    )[0][0]
    outline = None if adjusted is None else shapely.to_wkb(adjusted, hex=True, byte_order=1)
    tx.run(
        "INSERT INTO decision (id, project, subject, aspect, seq, action, adjusted, role, day, undone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (secret.random_id(), project, subject, aspect, seq, action, outline, by.role, today.isoformat()),
    )
    touch(tx, project)


def undo(tx: Transaction, project: str, subject: str, aspect: str) -> None:
    """Take back the last decision that stands; the one before it stands again."""
    locked(tx, project)
    last = tx.rows(
        "SELECT id FROM decision WHERE project = ? AND subject = ? AND aspect = ? AND undone = 0"
        " ORDER BY seq DESC LIMIT 1",
        (project, subject, aspect),
    )
    if not last:
        raise NothingToUndo(subject=subject)
    tx.run("UPDATE decision SET undone = 1 WHERE id = ?", (last[0][0],))
    touch(tx, project)
