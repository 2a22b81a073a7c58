"""Meetings of the panel of a neighbourhood: the cards on their agenda, and what was made of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.errors import DecidedMeanwhile, InputRefused, UnknownSubject
from store import credentials, row_mapping, validation
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.board import Card, CardEvent
from store.models.panel import AgendaItem, Meeting
from store.repositories.accounts import require_board_role
from store.repositories.audit_log import append
from store.repositories.board import rows
from store.repositories.projects import crs_and_revision, lock_open_project, lock_project
from store.repository import Repository

MAX_ITEMS = 100
"""Cards on one agenda."""


class MeetingRepository(Repository):
    """Meetings of the panel of a project. A planner may do all that the panel may.

    Past the last day of a project nothing is held or decided any more: that raises `ProjectClosed`.
    """

    # --- meetings

    def save(self, meeting: Meeting, *, was: Meeting | None, by: Actor) -> Meeting:
        """Save a meeting, new or changed.

        Parameters
        ----------
        was
            The meeting on the screen of who changes it; None for a new one.

        Returns
        -------
        Meeting
            As it is on disk, with its id.

        Raises
        ------
        AccessDenied, UnknownProject, ProjectClosed
        DecidedMeanwhile
            When somebody else changed it after it was seen.
        InputRefused, InputTooLarge
            When a field is not valid.
        UnknownSubject
            When it was deleted meanwhile.
        """
        checked = validation.validate_meeting(meeting)
        project = checked.project if was is None else was.project
        require_board_role(by, project, "hold a meeting")
        with self._engine.write() as tx:
            lock_open_project(tx, project, self._today())
            if was is None:
                made = replace(checked, id=credentials.new_id())
                row_mapping.insert_row(tx, "meeting", row_mapping.MEETING.encode_columns(made))
            else:
                now = _read_meeting(tx, was.id)
                made = replace(checked, id=now.id, project=now.project)
                if now == made:
                    return made
                if now != was:
                    raise DecidedMeanwhile(status=now.place, was=was.place)
                tx.execute(
                    "UPDATE meeting SET day = ?, place = ?, organisations = ?, n_present = ? WHERE id = ?",
                    (
                        made.day.isoformat(),
                        made.place,
                        row_mapping.to_json(made.organisations),
                        made.n_present,
                        made.id,
                    ),
                )
            append(tx, by, "save a meeting", project=project, n=1, now_s=self._clock())
        return made

    def delete(self, meeting: str, *, by: Actor) -> None:
        """Delete a meeting that decided nothing yet.

        Raises
        ------
        AccessDenied, UnknownSubject
        InputRefused
            When it decided about a card: that stays in the minutes.
        """
        with self._engine.write() as tx:
            found = _read_meeting(tx, meeting)
            require_board_role(by, found.project, "hold a meeting")
            lock_project(tx, found.project)
            if any(item.outcome for item in _read_items(tx, meeting)):
                raise InputRefused(field="meeting", reason="decided")
            tx.execute("DELETE FROM agenda_item WHERE meeting = ?", (meeting,))
            tx.execute("DELETE FROM meeting WHERE id = ?", (meeting,))
            append(tx, by, "delete a meeting", project=found.project, n=1, now_s=self._clock())

    def list_meetings(self, project: str) -> list[Meeting]:
        """Return the meetings of a project, the latest day first.

        Raises
        ------
        UnknownProject
        """
        with self._engine.read() as tx:
            crs_and_revision(tx, project)
            found = tx.query(
                f"SELECT {row_mapping.MEETING.select()} FROM meeting WHERE project = ? ORDER BY day DESC, id",
                (project,),
            )
        return [row_mapping.MEETING.decode(row) for row in found]

    # --- agenda

    def list_items(self, meeting: str) -> list[AgendaItem]:
        """Return the agenda of a meeting, in its order."""
        with self._engine.read() as tx:
            return _read_items(tx, meeting)

    def add_items(self, meeting: str, cards: Sequence[str], *, by: Actor) -> None:
        """Add cards to the end of an agenda; a new one is with the panel from then on, one that is there stays.

        Raises
        ------
        AccessDenied
        InputRefused
            When the agenda would be longer than a hundred cards.
        UnknownSubject
            When a card is not on the board of this project.
        """
        with self._engine.write() as tx:
            found = _read_meeting(tx, meeting)
            require_board_role(by, found.project, "hold a meeting")
            lock_open_project(tx, found.project, self._today())
            items = _read_items(tx, meeting)
            there, seq = {item.card for item in items}, max((item.seq for item in items), default=0)
            wanted = [card for card in dict.fromkeys(cards) if card not in there]
            if len(items) + len(wanted) > MAX_ITEMS:
                raise InputRefused(field="agenda", reason="too_many")
            for n, card in enumerate(wanted, start=seq + 1):
                self._add_item(tx, found, card, n, by)
            append(
                tx, by, "put cards on an agenda", project=found.project, n=len(wanted), now_s=self._clock()
            )

    def _add_item(self, tx: Transaction, meeting: Meeting, card: str, seq: int, by: Actor) -> None:
        known = rows.read_card(tx, card)
        if known.project != meeting.project or not known.is_released or known.joined_into:
            raise UnknownSubject(subject=card)
        item = AgendaItem(meeting.id, card, seq)
        row_mapping.insert_row(tx, "agenda_item", row_mapping.AGENDA_ITEM.encode_columns(item))
        if known.status == "new":
            event = CardEvent(card, self._today(), by.role, "wijkpanel", "panel", "")
            rows.save_decision(tx, event)

    def remove_item(self, meeting: str, card: str, *, by: Actor) -> None:
        """Remove a card from an agenda, while nothing was decided about it there.

        Raises
        ------
        AccessDenied, UnknownSubject
        DecidedMeanwhile
            When somebody decided about it after this was seen.
        """
        with self._engine.write() as tx:
            project, item = self._open_item(tx, meeting, card, by)
            if item.outcome:
                raise DecidedMeanwhile(status=item.outcome, was="")
            tx.execute("DELETE FROM agenda_item WHERE meeting = ? AND card = ?", (meeting, card))
            append(tx, by, "take a card off an agenda", project=project, n=1, now_s=self._clock())

    def move_earlier(self, meeting: str, card: str, *, was: int, by: Actor) -> None:
        """Move a card one place up on an agenda.

        Parameters
        ----------
        was
            Its place on the screen of who moves it.

        Raises
        ------
        AccessDenied, UnknownSubject
        DecidedMeanwhile
            When somebody else moved it after this was seen.
        """
        with self._engine.write() as tx:
            project, item = self._open_item(tx, meeting, card, by)
            if item.seq != was:
                raise DecidedMeanwhile(status=str(item.seq), was=str(was))
            before = [one for one in _read_items(tx, meeting) if one.seq < item.seq]
            if not before:
                return
            for one, seq in ((item.card, before[-1].seq), (before[-1].card, item.seq)):
                tx.execute(
                    "UPDATE agenda_item SET seq = ? WHERE meeting = ? AND card = ?", (seq, meeting, one)
                )
            append(tx, by, "order an agenda", project=project, n=1, now_s=self._clock())

    def decide_item(
        self, item: AgendaItem, *, was: AgendaItem, seen: Card, due: date | None = None, by: Actor
    ) -> None:
        """Save what a meeting made of a card; the card follows, with what was decided as its status.

        Where only the way or the votes of an earlier decision are corrected, the card stays as it is: what was
        done about it since then is not undone.

        Parameters
        ----------
        item
            What was decided: outcome, way, votes, status, owner, reason.
        was
            The item on the screen of who decides.
        seen
            The card on that screen.
        due
            Day by which it is done; None without a promise.

        Raises
        ------
        AccessDenied
        UnknownSubject
            When it is on the agenda no longer, or the card was hidden, or joined into another one.
        DecidedMeanwhile
            When somebody else decided about it after this was seen, in this meeting or elsewhere.
        InputRefused, InputTooLarge
            When a field is not valid: a card that is returned stays with the panel, and that or a change has a reason.
        """
        checked = validation.validate_agenda_item(item)
        with self._engine.write() as tx:
            project, now = self._open_item(tx, was.meeting, was.card, by)
            made = replace(checked, meeting=now.meeting, card=now.card, seq=now.seq)
            card = rows.read_card(tx, now.card)
            if not card.is_released or card.joined_into:
                raise UnknownSubject(subject=card.id)
            if made == now and card.due == due:
                return
            if replace(now, seq=was.seq) != was:
                raise DecidedMeanwhile(status=now.outcome, was=was.outcome)
            rows.require_as_seen(card, seen)
            tx.execute("DELETE FROM agenda_item WHERE meeting = ? AND card = ?", (now.meeting, now.card))
            row_mapping.insert_row(tx, "agenda_item", row_mapping.AGENDA_ITEM.encode_columns(made))
            decided = made.status, made.owner, made.reason
            if decided != (now.status, now.owner, now.reason) or card.due != due:
                status = made.status or card.status  # it is never "" once it is valid
                event = CardEvent(card.id, self._today(), by.role, status, made.owner, made.reason, due)
                rows.save_decision(tx, event)
            append(tx, by, f"decide in a meeting: {made.outcome}", project=project, n=1, now_s=self._clock())

    def _open_item(self, tx: Transaction, meeting: str, card: str, by: Actor) -> tuple[str, AgendaItem]:
        """Return (project, item) of an agenda that `by` may change, with its project locked."""
        project = _read_meeting(tx, meeting).project
        require_board_role(by, project, "hold a meeting")
        lock_open_project(tx, project, self._today())
        for item in _read_items(tx, meeting):
            if item.card == card:
                return project, item
        raise UnknownSubject(subject=card)


def _read_meeting(tx: Transaction, meeting: str) -> Meeting:
    found = tx.query(f"SELECT {row_mapping.MEETING.select()} FROM meeting WHERE id = ?", (meeting,))
    if not found:
        raise UnknownSubject(subject=meeting)
    return row_mapping.MEETING.decode(found[0])


def _read_items(tx: Transaction, meeting: str) -> list[AgendaItem]:
    found = tx.query(
        f"SELECT {row_mapping.AGENDA_ITEM.select()} FROM agenda_item WHERE meeting = ? ORDER BY seq, card",
        (meeting,),
    )
    return [row_mapping.AGENDA_ITEM.decode(row) for row in found]
