"""The board of a neighbourhood: cards, and what people say about them with a code."""

from dataclasses import replace
from datetime import date

from geo.errors import (
    AccessDenied,
    CardInHand,
    CodeUnknown,
    DecidedMeanwhile,
    InputRefused,
    ProjectClosed,
    UnknownSubject,
)
from store import credentials, validation
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.board import Card, CardEvent
from store.models.values import REACTION_KINDS, CardOwner, ReactionKind, SignalStatus
from store.repositories import rate_limits
from store.repositories.accounts import require_board_role
from store.repositories.audit_log import append
from store.repositories.board import rows
from store.repositories.projects import crs_and_revision, lock_project
from store.repository import Repository


class BoardRepository(Repository):
    """Cards of a project. Residents act by a code: that of their drawing, or one made for the board."""

    # --- by code

    def create_code(self, project: str) -> str:
        """Create a code for somebody without a drawing, and return it: this once, for only its hash is stored.

        Raises
        ------
        UnknownProject, ProjectClosed
        """
        code = credentials.new_board_code()
        code_hash = credentials.hash_withdrawal_code(code)
        with self._engine.write() as tx:
            self._require_open(tx, project)
            tx.execute("INSERT INTO card_code VALUES (?, ?)", (project, code_hash))
        return code

    def require_code(self, project: str, code: str, *, device: str) -> None:
        """Raise unless a code is that of a drawing of this project, or one of its board.

        Parameters
        ----------
        code
            As typed, in any case and spacing.
        device
            Device token, for the limit on wrong codes.

        Raises
        ------
        CodeUnknown, TooManyTries
        """
        self._known_hash(project, code, device)

    def add_card(self, card: Card, code: str, *, device: str = "") -> Card:
        """Save a card, that waits until somebody releases its words; the same one again is one card.

        Parameters
        ----------
        card
            Its project, kind, text, theme and place; the rest is ignored.
        code
            Of a drawing or of the board.

        Returns
        -------
        Card
            As it is on disk: its place is the centre of a square of 100 m.

        Raises
        ------
        CodeUnknown, TooManyTries
        InputRefused, InputTooLarge
            When a field is not valid, or the code has twenty cards already.
        UnknownProject, ProjectClosed
        """
        checked = validation.validate_card(card)
        code_hash, today = self._known_hash(checked.project, code, device), self._today()
        with self._engine.write() as tx:
            self._require_open(tx, checked.project)
            mine = rows.cards_of_code(tx, checked.project, code_hash)
            for there in mine:
                if (there.kind, there.text) == (checked.kind, checked.text):
                    return there
            if len(mine) >= rows.MAX_CARDS:
                raise InputRefused(field="card", reason="too_many")
            made = replace(checked, id=credentials.new_id(), added=today, changed=today)
            rows.insert_card(tx, made, code_hash)
        return made

    def set_reaction(
        self, card: str, kind: ReactionKind, code: str, *, is_on: bool = True, device: str = ""
    ) -> None:
        """Save or delete what somebody says about a card on the board; one of each kind a code.

        What was said is taken back also while the card is hidden. Only the code of a drawing counts, for the
        person who drew; that of others is kept and counted nowhere.

        Raises
        ------
        CodeUnknown, TooManyTries
        InputRefused
            When there is no such kind.
        UnknownSubject
            When there is no such card on the board.
        """
        if kind not in REACTION_KINDS:
            raise InputRefused(field="reaction", reason="unknown_choice")
        with self._engine.read() as tx:
            project = rows.read_card(tx, card).project
        code_hash = self._known_hash(project, code, device)
        with self._engine.write() as tx:
            self._require_open(tx, project)
            found = rows.read_card(tx, card)
            if is_on and not found.is_released:
                raise UnknownSubject(subject=card)
            rows.set_reaction(tx, found, kind, code_hash, is_on=is_on)

    def reactions_of(
        self, project: str, code: str, *, device: str = ""
    ) -> frozenset[tuple[str, ReactionKind]]:
        """Return (card, kind) of each reaction of a code to what is on the board.

        Raises
        ------
        CodeUnknown, TooManyTries
        """
        code_hash = self._known_hash(project, code, device)
        with self._engine.read() as tx:
            released = [
                card.id for card in rows.read_cards(tx, "project = ?", (project,)) if card.is_released
            ]
            return frozenset(
                (card, kind) for card, kind, _ in rows.reactions_of(tx, project, released, code_hash)
            )

    def cards_of(self, project: str, code: str, *, device: str = "") -> list[Card]:
        """Return the cards that were sent with a code, the last one first, also those that wait.

        Raises
        ------
        CodeUnknown, TooManyTries
        """
        code_hash = self._known_hash(project, code, device)
        with self._engine.read() as tx:
            return rows.cards_of_code(tx, project, code_hash)

    def withdraw_card(self, card: str, code: str, *, device: str = "") -> None:
        """Delete a card with its reactions, by the code it was sent with; no backup restores it.

        Raises
        ------
        CodeUnknown, TooManyTries
        UnknownSubject
            When there is no such card of this code.
        """
        with self._engine.read() as tx:
            project = rows.read_card(tx, card).project
        code_hash = self._known_hash(project, code, device)
        with self._engine.write() as tx:
            lock_project(tx, project)
            if card not in {one.id for one in rows.cards_of_code(tx, project, code_hash)}:
                raise UnknownSubject(subject=card)
            rows.erase_card(tx, card, project)
        self._engine.purge_deleted(thoroughly=False)

    def withdraw_all(self, project: str, code: str, *, device: str = "") -> int:
        """Delete all that was sent to the board with a code, and return how many cards that were.

        Raises
        ------
        CodeUnknown, TooManyTries
        """
        code_hash = self._known_hash(project, code, device)
        with self._engine.write() as tx:
            lock_project(tx, project)
            n = rows.erase_of_code(tx, project, code_hash)
        self._engine.purge_deleted(thoroughly=False)
        return n

    # --- read

    def released_cards(self, project: str) -> list[Card]:
        """Return the cards whose words somebody read and released, the last one first: what is public.

        One that was joined into another is none of them: that one stands for both.

        Raises
        ------
        UnknownProject
        """
        return [card for card in self.list_cards(project) if card.is_released and not card.joined_into]

    def list_cards(self, project: str) -> list[Card]:
        """Return all cards of a project, also those that wait or are hidden: for who moderates.

        Raises
        ------
        UnknownProject
        """
        with self._engine.read() as tx:
            crs_and_revision(tx, project)
            return rows.read_cards(tx, "project = ?", (project,))

    def count_reactions(self, project: str) -> dict[tuple[str, ReactionKind], int]:
        """Return how many people reacted, by card and kind: exact, so never for a page as it is.

        A card that was joined into another counts for that one, and who reacted to both counts once.
        """
        with self._engine.read() as tx:
            return rows.count_reactions(tx, project)

    def reactions_digest(self, project: str) -> str:
        """Return a digest of all that `count_reactions` depends on: the same one means the same counts."""
        with self._engine.read() as tx:
            return rows.reactions_digest(tx, project)

    def list_events(self, project: str, *, since: date = date.min) -> list[CardEvent]:
        """Return what was decided about the cards of a project from a day on, the oldest first."""
        with self._engine.read() as tx:
            return rows.read_events(tx, project, since=since)

    # --- decide

    def decide(
        self,
        card: Card,
        status: SignalStatus,
        *,
        owner: CardOwner | str = "",
        why: str = "",
        due: date | None = None,
        by: Actor,
    ) -> Card:
        """Update the status of a card, with who has it in hand, why and until when, and log the decision.

        Parameters
        ----------
        card
            As it is on the screen of who decides.
        due
            Day by which it is done; None without a promise.
        by
            A planner, the panel of the project, or the partner that has the card in hand: such a partner takes it,
            closes it, or returns it to the panel.

        Returns
        -------
        Card
            As it is on disk.

        Raises
        ------
        AccessDenied
            When `by` may not decide this.
        DecidedMeanwhile
            When somebody else decided otherwise after this was seen.
        InputRefused, InputTooLarge
            When a value is not valid, or a status other than "new" has neither owner nor reason.
        UnknownSubject
            When there is no such card, or it was joined into another one, which stands for it.
        """
        sentence, today = validation.validate_card_status(status, owner, why), self._today()
        with self._engine.write() as tx:
            project = rows.read_card(tx, card.id).project
            lock_project(tx, project)
            now = rows.read_card(tx, card.id)
            if now.joined_into:  # what is decided is read at the card that stands for it
                raise UnknownSubject(subject=card.id)
            if not _is_answer_of_partner(now, status, owner, by):
                require_board_role(by, project, "decide about cards")
            if (now.status, now.owner, now.why, now.due) == (status, owner, sentence, due):
                return now
            rows.require_as_seen(now, card)
            if by.role == "partner" and not now.can_be_answered:
                raise AccessDenied(role=by.role, action="open a card again")
            rows.save_decision(tx, CardEvent(card.id, today, by.role, status, owner, sentence, due))
            append(tx, by, f"decide about a card: {status}", project=project, n=1, now_s=self._clock())
            return rows.read_card(tx, card.id)

    def join_card(self, card: str, into: str, *, was: str, by: Actor) -> None:
        """Join a card into another one that says the same, or with "" undo that; nothing of either is lost.

        Parameters
        ----------
        into
            Id of the card that stands for both from now on; "" to have the card stand by itself again.
        was
            What it was joined into on the screen of who does so.
        by
            A planner, or the panel of the project.

        Raises
        ------
        AccessDenied, UnknownSubject
        DecidedMeanwhile
            When somebody else joined it elsewhere after this was seen.
        InputRefused
            When the other card is not on the board of this project, or was joined into this one.
        CardInHand
            When somebody promised something about this card, or an organisation has it in hand.
        """
        with self._engine.write() as tx:
            project = rows.read_card(tx, card).project
            require_board_role(by, project, "join cards")
            lock_project(tx, project)
            known = {one.id: one for one in rows.read_cards(tx, "project = ?", (project,))}
            now = known[card].joined_into
            if now == into:
                return
            if now != was:
                raise DecidedMeanwhile(status=now, was=was)
            joined = {one.id: one.joined_into for one in known.values()}
            shown = {one.id for one in known.values() if one.is_released}
            chain = rows.chain_of(into, joined)
            # A card that is moved from one to another may stand half-way the chain of the other: that is a ring too.
            if into and (card in chain or not {into, chain[-1]} <= shown):
                raise InputRefused(field="card", reason="unknown_choice")
            if into and known[card].is_in_hand:
                raise CardInHand(card=card, status=known[card].status, owner=known[card].owner)
            tx.execute("UPDATE card SET joined_into = ? WHERE id = ?", (into, card))
            action = "join cards" if into else "undo joining cards"
            append(tx, by, action, project=project, n=1, now_s=self._clock())

    # --- common

    def _known_hash(self, project: str, code: str, device: str) -> str:
        """Return the hash of a code that is good here; a right one writes nothing."""
        # The hash is slow on purpose, so it is computed before the transaction.
        code_hash = credentials.hash_withdrawal_code(code)
        most, now_s = rate_limits.MAX_WRONG_CODES, self._now_s()
        with self._engine.read() as tx:
            rate_limits.check(tx, "code", device, most=most, now_s=now_s)
            is_known = rows.is_code_known(tx, project, code_hash)
        if not is_known:
            with self._engine.write() as tx:
                rate_limits.consume(tx, "code", device, most=most, now_s=now_s)
            raise CodeUnknown()
        return code_hash

    def _require_open(self, tx: Transaction, project: str) -> None:
        _, until = lock_project(tx, project)
        if self._today() > until:
            raise ProjectClosed(project=project, until=until)


def _is_answer_of_partner(now: Card, status: SignalStatus, owner: CardOwner | str, by: Actor) -> bool:
    """Return whether this is a partner's to say: about a released card that it has in hand, and nothing but its own."""
    if by.role != "partner" or by.project != now.project or not now.is_released:
        return False
    answers = {("planned", by.owner), ("done", by.owner), ("wijkpanel", "panel")}
    return bool(by.owner) and now.owner == by.owner and (status, owner) in answers
