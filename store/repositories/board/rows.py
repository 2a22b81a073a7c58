"""Rows of cards, their senders and their reactions."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from geo.errors import DecidedMeanwhile, UnknownSubject
from store import credentials, row_mapping
from store.engines.base import Transaction
from store.models.board import Card, CardEvent
from store.models.editions import token
from store.models.values import REACTION_KINDS, ReactionKind
from store.repositories.release_ledger import (
    find_project_secret,
    people_of_project,
    project_secret,
)
from store.tickets import without_ticket

MAX_CARDS = 20
"""Cards of one code in one project."""

_AT_ONCE = 100
"""Cards that are looked up in one query."""

_COUNTED = (
    "SELECT DISTINCT r.card, r.kind, r.reactor FROM card_reaction r JOIN card c ON c.id = r.card"
    " WHERE c.project = ? AND r.reactor <> ''"
)
_JOINED = "SELECT id, joined_into FROM card WHERE project = ?"
_DELETE_REACTION = "DELETE FROM card_reaction WHERE card = ? AND kind = ? AND token = ?"
_OF_CODE = "id IN (SELECT card FROM card_sender WHERE code_hash = ?)"


def is_code_known(tx: Transaction, project: str, code_hash: str) -> bool:
    """Return whether a code is that of a drawing of this project, or was made for its board."""
    asked = (
        "SELECT w.code_hash FROM withdrawal_code w JOIN contribution c ON c.id = w.contribution"
        " WHERE c.project = ? AND w.code_hash = ?",
        "SELECT code_hash FROM card_code WHERE project = ? AND code_hash = ?",
    )
    found = [row[0] for sql in asked for row in tx.query(sql, (project, code_hash))]
    return any(credentials.constant_time_equal(one, code_hash) for one in found)


def insert_card(tx: Transaction, card: Card, code_hash: str) -> None:
    """Insert a card and whose it is; "" for one that staff wrote."""
    row_mapping.insert_row(tx, "card", row_mapping.CARD.encode_columns(card))
    if code_hash:
        tx.execute("INSERT INTO card_sender VALUES (?, ?)", (card.id, code_hash))


def read_cards(tx: Transaction, where: str, values: tuple[str, ...]) -> list[Card]:
    """Return cards with what was decided about their words, the last that came in first."""
    found = tx.query(
        f"SELECT {row_mapping.CARD.select()} FROM card WHERE {where} ORDER BY added DESC, id", values
    )
    decisions = tx.query(
        "SELECT subject, action FROM decision WHERE aspect = 'words' AND undone = 0"
        f" AND subject IN (SELECT id FROM card WHERE {where}) ORDER BY seq",
        values,
    )
    decided = {row[0]: row[1] for row in decisions}
    cards = [row_mapping.CARD.decode(row) for row in found]
    return [
        replace(
            card,
            is_released=decided.get(card.id) == "accept",
            is_hidden=decided.get(card.id) in {"hide", "aside"},
        )
        for card in cards
    ]


def read_card(tx: Transaction, card: str) -> Card:
    """Return one card.

    Raises
    ------
    UnknownSubject
    """
    found = read_cards(tx, "id = ?", (card,))
    if not found:
        raise UnknownSubject(subject=card)
    return found[0]


def cards_of_code(tx: Transaction, project: str, code_hash: str) -> list[Card]:
    """Return the cards that were sent with a code."""
    return read_cards(tx, f"project = ? AND {_OF_CODE}", (project, code_hash))


def require_as_seen(now: Card, seen: Card) -> None:
    """Raise unless nothing was decided about a card since somebody saw it: status, owner, reason and day.

    Raises
    ------
    DecidedMeanwhile
    """
    if (now.status, now.owner, now.why, now.due) != (seen.status, seen.owner, seen.why, seen.due):
        raise DecidedMeanwhile(status=now.status, was=seen.status)


def save_decision(tx: Transaction, event: CardEvent) -> None:
    """Update a card to what was decided about it, and insert that as an event."""
    due = "" if event.due is None else event.due.isoformat()
    tx.execute(
        "UPDATE card SET status = ?, owner = ?, why = ?, changed = ?, due = ? WHERE id = ?",
        (event.status, event.owner, event.why, event.day.isoformat(), due, event.card),
    )
    append_event(tx, event)


def append_event(tx: Transaction, event: CardEvent) -> None:
    """Insert what was decided about a card."""
    ((last,),) = tx.query("SELECT coalesce(max(seq), 0) FROM card_event WHERE card = ?", (event.card,))
    row_mapping.insert_row(
        tx, "card_event", row_mapping.CARD_EVENT.encode_columns(event) | {"seq": int(last) + 1}
    )


def read_events(tx: Transaction, project: str, *, since: date) -> list[CardEvent]:
    """Return what was decided about the cards of a project from a day on, the oldest first."""
    found = tx.query(
        f"SELECT {row_mapping.CARD_EVENT.select('e')} FROM card_event e JOIN card c ON c.id = e.card"
        " WHERE c.project = ? AND e.day >= ? ORDER BY e.day, e.card, e.seq",
        (project, since.isoformat()),
    )
    return [row_mapping.CARD_EVENT.decode(row) for row in found]


def reaction_token(secret: bytes, card: str, kind: str, code_hash: str) -> str:
    """Return what stands for a code at one card and kind, so that no two reactions can be tied to each other."""
    return token(secret, f"reaction {card} {kind}", code_hash)


def _person_of_code(tx: Transaction, project: str, code_hash: str) -> str:
    """Return the person who drew with a code; "" without a drawing, or without the ticket that is asked for.

    Anybody may have any number of codes of the board, so nobody is counted by those.
    """
    drawn = tx.query(
        "SELECT c.id FROM withdrawal_code w JOIN contribution c ON c.id = w.contribution"
        " WHERE c.project = ? AND w.code_hash = ?",
        (project, code_hash),
    )
    if not drawn or drawn[0][0] in without_ticket(tx, project):
        return ""
    return people_of_project(tx, project)[drawn[0][0]]


def set_reaction(tx: Transaction, card: Card, kind: ReactionKind, code_hash: str, *, is_on: bool) -> None:
    """Insert or delete the reaction of a code; the same again only sees anew who is counted for it."""
    secret = project_secret(tx, card.project)
    key = (card.id, kind, reaction_token(secret, card.id, kind, code_hash))
    if is_on:
        person = _person_of_code(tx, card.project, code_hash)
        counted = token(secret, f"reactor {card.id} {kind}", person) if person else ""
        tx.execute(
            "INSERT INTO card_reaction VALUES (?, ?, ?, ?)"
            " ON CONFLICT (card, kind, token) DO UPDATE SET reactor = excluded.reactor",
            (*key, counted),
        )
    else:
        tx.execute(_DELETE_REACTION, key)


def reactions_of(
    tx: Transaction, project: str, cards: Sequence[str], code_hash: str
) -> list[tuple[str, ReactionKind, str]]:
    """Return (card, kind, token) of each reaction of a code to these cards; it writes nothing."""
    secret = find_project_secret(tx, project)
    if secret is None:  # it is made with the first reaction
        return []
    found: list[tuple[str, ReactionKind, str]] = []
    for first in range(0, len(cards), _AT_ONCE):
        asked = [
            (card, kind, reaction_token(secret, card, kind, code_hash))
            for card in cards[first : first + _AT_ONCE]
            for kind in REACTION_KINDS
        ]
        places = ", ".join(["(?, ?, ?)"] * len(asked))
        sql = f"SELECT card, kind, token FROM card_reaction WHERE (card, kind, token) IN (VALUES {places})"
        found += tx.query(sql, tuple(value for key in asked for value in key))
    return found


def count_reactions(tx: Transaction, project: str) -> dict[tuple[str, ReactionKind], int]:
    """Return how many people reacted, by card and kind; what was joined counts for the card it is in, each person once.

    What stands for a person differs from card to card, so who reacted to several of them is found by making it
    anew for those who drew, until everybody is found: the card with most reactions needs no looking for.
    """
    found = tx.query(_COUNTED, (project,))
    reactors: dict[tuple[str, ReactionKind], set[str]] = {}
    for card, kind, reactor in found:
        reactors.setdefault((card, kind), set()).add(reactor)
    into: dict[str, str] = dict(tx.query(_JOINED, (project,)))
    groups: dict[tuple[str, ReactionKind], list[str]] = {}
    for card, kind in reactors:
        groups.setdefault((root_of(card, into), kind), []).append(card)
    secret, people = find_project_secret(tx, project), frozenset(people_of_project(tx, project).values())
    counts = {}
    for (root, kind), cards in groups.items():
        held = {card: reactors[card, kind] for card in cards}
        n = sum(map(len, held.values()))
        counts[root, kind] = n if secret is None else n - _n_again(secret, kind, held, people)
    return counts


def reactions_digest(tx: Transaction, project: str) -> str:
    """Return a digest of all that `count_reactions` depends on; nobody is found back in it."""
    made = hashlib.sha256(project.encode() + b"\0" + (find_project_secret(tx, project) or b""))
    people = sorted(set(people_of_project(tx, project).values()))
    for part in (
        sorted(map(tuple, tx.query(_COUNTED, (project,)))),
        sorted(tx.query(_JOINED, (project,))),
        people,
    ):
        made.update(repr(part).encode())
    return made.hexdigest()


def _n_again(secret: bytes, kind: str, held: Mapping[str, set[str]], people: frozenset[str]) -> int:
    """Return how many reactions to cards are of somebody who reacted to another of them as well."""
    *fewer, most = sorted(held, key=lambda card: len(held[card]))
    left = {card: len(held[card]) for card in fewer}
    n = 0
    for person in people:
        sought = [card for card in fewer if left[card]]
        if not sought:
            break
        found = [card for card in sought if token(secret, f"reactor {card} {kind}", person) in held[card]]
        for card in found:
            left[card] -= 1
        if found:
            n += len(found) - 1 + (token(secret, f"reactor {most} {kind}", person) in held[most])
    return n


def root_of(card: str, into: Mapping[str, str]) -> str:
    """Return the card that a card was joined into in the end; itself where it was not.

    Examples
    --------
    >>> root_of("a", {"a": "b", "b": "c", "c": ""}), root_of("c", {"c": ""})
    ('c', 'c')
    """
    return chain_of(card, into)[-1]


def chain_of(card: str, into: Mapping[str, str]) -> list[str]:
    """Return a card, the one that it was joined into, the one that that was joined into, and so on.

    Examples
    --------
    >>> chain_of("a", {"a": "b", "b": "c", "c": ""})
    ['a', 'b', 'c']
    """
    chain = [card]
    while into.get(chain[-1]):
        chain.append(into[chain[-1]])
    return chain


def split_unless_released(tx: Transaction, card: str) -> None:
    """Have what was joined into a card stand by itself again, unless that card is on the board."""
    if any(not one.is_released for one in read_cards(tx, "id = ?", (card,))):
        _split(tx, card)


def _split(tx: Transaction, card: str) -> None:
    # What others said in the same sense was theirs: it does not go with the card that stood for it.
    tx.execute("UPDATE card SET joined_into = '' WHERE joined_into = ?", (card,))


def erase_card(tx: Transaction, card: str, project: str) -> None:
    """Delete a card with all about it; its random id is kept, so that no backup restores it."""
    for table in ("flag", "decision", "round_dot"):
        tx.execute(f"DELETE FROM {table} WHERE subject = ?", (card,))
    for table in ("card_event", "card_reaction", "card_sender", "agenda_item"):
        tx.execute(f"DELETE FROM {table} WHERE card = ?", (card,))
    _split(tx, card)
    tx.execute("DELETE FROM card WHERE id = ?", (card,))
    row_mapping.insert_row(
        tx,
        "erased",
        {"contribution": card, "project": project, "reason": "card withdrawn"},
        skip_existing=True,
    )


def erase_of_code(tx: Transaction, project: str, code_hash: str) -> int:
    """Delete all that was sent to the board with a code, its reactions too, and return the number of cards."""
    mine = cards_of_code(tx, project, code_hash)
    for card in mine:
        erase_card(tx, card.id, project)
    left = [row[0] for row in tx.query("SELECT id FROM card WHERE project = ?", (project,))]
    for key in reactions_of(tx, project, left, code_hash):
        tx.execute(_DELETE_REACTION, key)
    tx.execute("DELETE FROM card_code WHERE project = ? AND code_hash = ?", (project, code_hash))
    return len(mine)


def erase_of_contribution(tx: Transaction, contribution: str, project: str) -> None:
    """Delete what was sent to the board with the code of a drawing; called before its code is forgotten."""
    erase_card_if_present(tx, contribution, project)
    for (code_hash,) in tx.query(
        "SELECT code_hash FROM withdrawal_code WHERE contribution = ?", (contribution,)
    ):
        erase_of_code(tx, project, code_hash)


def erase_card_if_present(tx: Transaction, card: str, project: str) -> None:
    """Delete a card that was withdrawn before, such as in a backup that is put back."""
    if tx.query("SELECT 1 FROM card WHERE id = ? AND project = ?", (card, project)):
        erase_card(tx, card, project)


def erase_of_project(tx: Transaction, project: str) -> None:
    """Delete the whole board of a project."""
    cards = "card IN (SELECT id FROM card WHERE project = ?)"
    for table in ("card_event", "card_reaction", "card_sender", "agenda_item"):
        tx.execute(f"DELETE FROM {table} WHERE {cards}", (project,))
    for table in ("card", "card_code", "meeting"):
        tx.execute(f"DELETE FROM {table} WHERE project = ?", (project,))
