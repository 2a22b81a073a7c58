"""Rounds of a workshop session from a merged file: all of them arrive, and follow the hall until the office acts.

A kit begins counting at 1, and so does the office: what comes home is numbered on from what is here.
"""

import hashlib
from typing import Any

from store import row_mapping
from store.engines.base import Row, Transaction
from store.models.workshop_sessions import VoteRound
from store.repositories.workshop.rounds import list_rounds

_GIVEN = ("round_dot", "guess")


class MergedRounds:
    """The rounds of a file, written in this store.

    Parameters
    ----------
    box
        The file.
    office
        This store.
    mark
        How the key of a setting begins under which it is kept how a round of this file was left here.
    origin
        What tells the file from every other one.
    """

    def __init__(self, box: Transaction, office: Transaction, mark: str, origin: str) -> None:
        self.box, self.office, self.mark, self.origin = box, office, mark, origin

    def copy(self, found: VoteRound) -> bool:
        """Write a round with all that was given in it, and return whether the two stores agree about it now.

        One that came from this file, and was not touched here since, becomes as it is there now.
        """
        here = _find(self.office, found.id)
        if here is None:
            last = max((one.number for one in list_rounds(self.office, found.session)), default=0)
            made = {**row_mapping.VOTE_ROUND.encode_columns(found), "number": last + 1, "state": "waiting"}
            row_mapping.insert_row(self.office, "vote_round", made)
            self._follow(found)
            return True
        left = self._left_as(found.id)
        if self._print(self.office, here) == left:
            self._follow(found)
            return True
        return left == self._print(self.box, found) or _contents(self.office, here) == _contents(
            self.box, found
        )

    def _follow(self, found: VoteRound) -> None:
        """Replace the state of a round, and what was given in it, by that of the file."""
        is_room_busy = any(
            one.state == "open" and one.id != found.id for one in list_rounds(self.office, found.session)
        )
        # A room has one round to do: what is open in the hall waits beside another one, with what was given in it.
        state = "waiting" if found.state == "open" and is_room_busy else found.state
        self.office.execute(
            "UPDATE vote_round SET state = ?, answer = ?, reason = ? WHERE id = ?",
            (state, found.answer, found.reason, found.id),
        )
        for table in _GIVEN:
            self.office.execute(f"DELETE FROM {table} WHERE round = ?", (found.id,))
            for row in _given(self.box, table, found.id):
                self.office.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", row)
        here = _find(self.office, found.id)
        assert here is not None
        self.office.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (f"{self.mark}{found.id}", self._print(self.office, here)),
        )

    def _left_as(self, round_id: str) -> str:
        """Return the print of a round as this file left it here; "" where it came from elsewhere."""
        found = self.office.query("SELECT value FROM setting WHERE key = ?", (f"{self.mark}{round_id}",))
        return str(found[0][0]) if found else ""

    def _print(self, tx: Transaction, found: VoteRound) -> str:
        """Return what changes with everything that is told of a round, and with the file that brought it."""
        return hashlib.sha256(row_mapping.to_json([self.origin, _contents(tx, found)]).encode()).hexdigest()


def _find(tx: Transaction, round_id: str) -> VoteRound | None:
    found = tx.query(f"SELECT {row_mapping.VOTE_ROUND.select()} FROM vote_round WHERE id = ?", (round_id,))
    return row_mapping.VOTE_ROUND.decode(found[0]) if found else None


def _given(tx: Transaction, table: str, round_id: str) -> list[Row]:
    return sorted(tx.query(f"SELECT * FROM {table} WHERE round = ?", (round_id,)), key=str)


def _contents(tx: Transaction, found: VoteRound) -> list[Any]:
    """Return all that is told of a round but its number, which each store gives by itself."""
    content = row_mapping.VOTE_ROUND.encode_columns(found) | {"number": 0}
    return [content, *([list(row) for row in _given(tx, table, found.id)] for table in _GIVEN)]
