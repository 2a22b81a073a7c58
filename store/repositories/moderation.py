"""Flags and the decisions on them. Nothing is deleted, so every decision can be undone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import cast

import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import InputRefused, NothingToUndo, UnknownSubject
from store import credentials, row_mapping, text_cleaning, validation
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.contributions import Flag
from store.models.values import ACTIONS, Action
from store.repositories.accounts import require_board_role, require_role, require_session_role
from store.repositories.audit_log import append
from store.repositories.board import rows
from store.repositories.projects import bump_revision, lock_project
from store.repository import Repository

WORDS = "words"
"""Aspect of a decision about what somebody wrote."""

ActiveDecisions = dict[tuple[str, str], tuple[str, str | None]]


class ModerationRepository(Repository):
    """Flags and the decisions on them."""

    def add_flag(self, project: str, subject: str, *, aspect: str, reason: str) -> bool:
        """Save a flag and return whether it is new.

        Parameters
        ----------
        subject
            Id of a contribution, signal or proposal.
        aspect
            "shape", "name", "words" or "lost".
        reason
            Key of the reason.

        Raises
        ------
        InputRefused
            When a value is not a key.
        UnknownProject, UnknownSubject
            When the project does not exist, or the subject is not of it.
        """
        with self._engine.write() as tx:
            return add_flag(
                tx,
                project,
                text_cleaning.validate_key(subject, field="subject"),
                text_cleaning.validate_key(aspect, field="aspect"),
                text_cleaning.validate_key(reason, field="reason"),
                today=self._today(),
            )

    def list_flags(self, project: str) -> list[Flag]:
        """Return the review queue: every flag with the decision in force, open ones first."""
        with self._engine.read() as tx:
            decisions = active_decisions(tx, project)
            found = tx.query(
                "SELECT subject, aspect, reason, day FROM flag"
                " WHERE project = ? ORDER BY subject, aspect, reason",
                (project,),
            )
        flags = [
            Flag(
                project=project,
                subject=subject,
                aspect=aspect,
                reason=reason,
                day=date.fromisoformat(day),
                decision=decisions.get((subject, aspect), ("", None))[0],
            )
            for subject, aspect, reason, day in found
        ]
        return sorted(flags, key=lambda flag: flag.decision != "")

    def record_decision(
        self,
        project: str,
        subject: str,
        action: Action,
        *,
        aspect: str = "shape",
        adjusted: Polygon | MultiPolygon | None = None,
        by: Actor,
    ) -> None:
        """Save a decision on a subject; what the resident gave stays as it is.

        Parameters
        ----------
        subject
            Id of a contribution, signal or proposal.
        action
            "accept", "aside", "adjust" or "hide".
        aspect
            What of the subject it concerns.
        adjusted
            Outline that analysis uses instead, in the plane of the project; for "adjust" only.
        by
            A planner, or the panel of the project about the words of a card; the decision is in the audit log.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        InputRefused
            When there is no such action, or `adjusted` is missing, superfluous or not valid.
        UnknownProject, UnknownSubject
            When the project does not exist, or the subject is not of it.
        """
        outlines = {} if adjusted is None else {subject: adjusted}
        self.record_decisions(project, {subject: action}, aspect=aspect, adjusted=outlines, by=by)

    def record_decisions(
        self,
        project: str,
        actions: Mapping[str, Action],
        *,
        aspect: str = "shape",
        adjusted: Mapping[str, Polygon | MultiPolygon],
        by: Actor,
    ) -> dict[str, str]:
        """Save a decision on each of these subjects, or on none of them; see `record_decision`.

        What was withdrawn meanwhile is left out: there is nothing of it to decide about.

        Parameters
        ----------
        actions
            Id of each subject to what is decided of it; one revision, and a line in the log for each action.
        adjusted
            Outline that analysis uses instead, of those with "adjust" and no others.

        Returns
        -------
        dict
            Id of each subject that is there to the id of its decision, for `undo_step`.

        Raises
        ------
        AccessDenied, InputRefused, UnknownProject
        UnknownSubject
            When none of them is there.
        """
        if aspect != WORDS or not by.is_panel_of(project):
            require_role(by, "planner", "decide about drawings")
        drawn_anew = {subject for subject, action in actions.items() if action == "adjust"}
        if not set(actions.values()) <= set(ACTIONS) or drawn_anew != set(adjusted):
            raise InputRefused(field="action", reason="unknown_choice")
        checked_aspect = text_cleaning.validate_key(aspect, field="aspect")
        outlines = {
            subject: str(shapely.to_wkb(validation.validate_adjusted_outline(one), hex=True, byte_order=1))
            for subject, one in adjusted.items()
        }
        today = self._today()
        with self._engine.write() as tx:
            lock_project(tx, project)
            here = {
                subject: action for subject, action in actions.items() if _is_subject(tx, project, subject)
            }
            if not here:
                raise UnknownSubject(subject=next(iter(actions), ""))
            made = {}
            for subject, action in here.items():
                if not _is_card(tx, subject):
                    require_role(by, "planner", "decide about drawings")
                made[subject] = _insert_decision(
                    tx,
                    project,
                    subject,
                    aspect=checked_aspect,
                    action=action,
                    outline=outlines.get(subject),
                    by=by,
                    today=today,
                )
                if aspect == WORDS:
                    rows.split_unless_released(tx, subject)
            if not all(_is_card(tx, subject) for subject in here):
                bump_revision(tx, project)
            for action, n in Counter(here.values()).items():
                append(tx, by, f"decide: {action}", project=project, n=n, now_s=self._clock())
        return made

    def undo_decisions(
        self, project: str, subjects: Collection[str], *, aspect: str = "shape", by: Actor
    ) -> None:
        """Undo the last decision on each of these subjects, or on none of them; the one before it is in force again.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        UnknownProject
            When there is no such project.
        NothingToUndo
            When no decision is in force on one of them.
        """
        require_role(by, "planner", "undo a decision")
        with self._engine.write() as tx:
            lock_project(tx, project)
            for subject in subjects:
                last = tx.query(
                    "SELECT id FROM decision WHERE project = ? AND subject = ? AND aspect = ? AND undone = 0"
                    " ORDER BY seq DESC LIMIT 1",
                    (project, subject, aspect),
                )
                if not last:
                    raise NothingToUndo(subject=subject)
                _undo(tx, last[0][0], subject, aspect)
            bump_revision(tx, project)
            append(tx, by, "undo a decision", project=project, n=len(subjects), now_s=self._clock())

    def undo_step(self, project: str, decisions: Collection[str], *, by: Actor) -> int:
        """Undo these decisions where they are still in force: what others decided after them stays.

        Parameters
        ----------
        decisions
            Ids, as `record_decisions` returned them.

        Returns
        -------
        int
            How many were undone; those of withdrawn subjects, and those that others went over, are left.

        Raises
        ------
        AccessDenied
            When `by` is less than a planner.
        UnknownProject
            When there is no such project.
        NothingToUndo
            When none of them is in force any more.
        """
        require_role(by, "planner", "undo a decision")
        with self._engine.write() as tx:
            lock_project(tx, project)
            in_force = [
                row
                for one in decisions
                for row in tx.query(
                    "SELECT id, subject, aspect FROM decision d WHERE id = ? AND project = ? AND undone = 0 AND seq = ("
                    "SELECT max(l.seq) FROM decision l WHERE l.subject = d.subject AND l.aspect = d.aspect"
                    " AND l.undone = 0)",
                    (one, project),
                )
            ]
            for key, subject, aspect in in_force:
                _undo(tx, key, subject, aspect)
            if not in_force:
                raise NothingToUndo(subject=next(iter(decisions), ""))
            bump_revision(tx, project)
            append(tx, by, "undo a decision", project=project, n=len(in_force), now_s=self._clock())
        return len(in_force)

    def shape_decisions(self, project: str) -> dict[str, tuple[str, Polygon | MultiPolygon | None]]:
        """Return the decision in force on the shape of each sketch, with the outline that counts instead, if any."""
        with self._engine.read() as tx:
            decisions = active_decisions(tx, project)
        return {
            subject: (
                action,
                None if outline is None else cast("Polygon | MultiPolygon", shapely.from_wkb(outline)),
            )
            for (subject, aspect), (action, outline) in decisions.items()
            if aspect == "shape"
        }

    def release_drawings(
        self, project: str, subjects: Sequence[str], *, session: str, released: bool = True, by: Actor
    ) -> None:
        """Release drawings that wait, so that they count, or hold them again; it is logged.

        Parameters
        ----------
        subjects
            Ids of contributions of this session; others are left as they are.
        session
            Workshop session whose facilitator may do so; empty for a planner.

        Raises
        ------
        AccessDenied, UnknownProject
        """
        require_session_role(by, session, "release drawings")
        with self._engine.write() as tx:
            lock_project(tx, project)
            here = {
                row[0]
                for row in tx.query(
                    "SELECT id FROM contribution WHERE project = ? AND coalesce(session, '') = ?",
                    (project, session),
                )
            }
            asked = [subject for subject in subjects if subject in here]
            for subject in asked:
                if released:
                    _insert_decision(
                        tx, project, subject, aspect="shape", action="accept", by=by, today=self._today()
                    )
                else:
                    tx.execute(
                        "UPDATE decision SET undone = 1 WHERE project = ? AND subject = ?"
                        " AND aspect = 'shape' AND action = 'accept'",
                        (project, subject),
                    )
            bump_revision(tx, project)
            action = "release drawings" if released else "hold drawings"
            append(tx, by, action, project=project, n=len(asked), now_s=self._clock())

    def released_words(self, project: str) -> frozenset[str]:
        """Return the ids of the signals, proposals and cards that somebody read and released."""
        with self._engine.read() as tx:
            decisions = active_decisions(tx, project)
        return frozenset(
            subject
            for (subject, aspect), (action, _) in decisions.items()
            if aspect == WORDS and action == "accept"
        )

    def release_words(self, subject: str, *, released: bool = True, by: Actor) -> None:
        """Release the words of a signal, proposal or card for everybody, or take that back; it is logged.

        Parameters
        ----------
        subject
            Id of a signal, proposal or card.
        by
            A planner, the facilitator of its session, or the panel of the project of a card.

        Raises
        ------
        AccessDenied, UnknownSubject
        """
        today = self._today()
        with self._engine.write() as tx:
            project, session = _session_of_words(tx, subject)
            if _is_card(tx, subject):
                require_board_role(by, project, "release words")
            else:
                require_session_role(by, session, "release words")
            lock_project(tx, project)
            if released:
                _insert_decision(tx, project, subject, aspect=WORDS, action="accept", by=by, today=today)
            else:
                tx.execute(
                    "UPDATE decision SET undone = 1 WHERE subject = ? AND aspect = ? AND action = 'accept'",
                    (subject, WORDS),
                )
                rows.split_unless_released(tx, subject)
            if not _is_card(tx, subject):
                bump_revision(tx, project)
            append(
                tx,
                by,
                "release words" if released else "hold back words",
                project=project,
                n=1,
                now_s=self._clock(),
            )


def active_decisions(tx: Transaction, project: str) -> ActiveDecisions:
    """Return the decisions in force: (subject, aspect) to (action, adjusted outline as hex WKB)."""
    return {
        (subject, aspect): (action, adjusted)
        for subject, aspect, action, adjusted in tx.query(
            "SELECT subject, aspect, action, adjusted FROM decision"
            " WHERE project = ? AND undone = 0 ORDER BY seq",
            (project,),
        )
    }


def _insert_decision(
    tx: Transaction,
    project: str,
    subject: str,
    *,
    aspect: str,
    action: Action,
    outline: str | None = None,
    by: Actor,
    today: date,
) -> str:
    """Insert a decision, the last one on its subject, and return its id."""
    key = credentials.new_id()
    last = tx.query(
        "SELECT coalesce(max(seq), 0) FROM decision WHERE subject = ? AND aspect = ?", (subject, aspect)
    )[0][0]
    row_mapping.insert_row(
        tx,
        "decision",
        {
            "id": key,
            "project": project,
            "subject": subject,
            "aspect": aspect,
            "seq": last + 1,
            "action": action,
            "adjusted": outline,
            "role": by.role,
            "day": today.isoformat(),
            "undone": 0,
        },
    )
    return key


def _undo(tx: Transaction, decision: str, subject: str, aspect: str) -> None:
    """Undo a decision, with what followed from it."""
    tx.execute("UPDATE decision SET undone = 1 WHERE id = ?", (decision,))
    if aspect == WORDS:
        rows.split_unless_released(tx, subject)


def _is_card(tx: Transaction, subject: str) -> bool:
    """Return whether a subject is a card of the board: no analysis reads it, so what is known of it stays good."""
    return bool(tx.query("SELECT 1 FROM card WHERE id = ?", (subject,)))


def _session_of_words(tx: Transaction, subject: str) -> tuple[str, str]:
    """Return (project, session or "") of a signal, proposal or card."""
    lookups = (
        "SELECT project, coalesce(session, '') FROM signal WHERE id = ?",
        "SELECT s.project, s.id FROM proposal p JOIN session s ON s.id = p.session WHERE p.id = ?",
        "SELECT project, '' FROM card WHERE id = ?",
    )
    for sql in lookups:
        if found := tx.query(sql, (subject,)):
            return found[0][0], found[0][1]
    raise UnknownSubject(subject=subject)


def flag_reasons(tx: Transaction, project: str) -> dict[str, tuple[str, ...]]:
    """Return the reasons for which the shape of each sketch is flagged."""
    found: dict[str, tuple[str, ...]] = {}
    for subject, reason in tx.query(
        "SELECT subject, reason FROM flag WHERE project = ? AND aspect = 'shape' ORDER BY reason", (project,)
    ):
        found[subject] = (*found.get(subject, ()), reason)
    return found


def add_flag(tx: Transaction, project: str, subject: str, aspect: str, reason: str, *, today: date) -> bool:
    """Insert a flag and return whether it is new.

    Raises
    ------
    UnknownProject, UnknownSubject
        When the project does not exist, or the subject is not of it.
    """
    lock_project(tx, project)
    _require_subject(tx, project, subject)
    flag = {
        "project": project,
        "subject": subject,
        "aspect": aspect,
        "reason": reason,
        "day": today.isoformat(),
    }
    is_new = row_mapping.insert_row(tx, "flag", flag, skip_existing=True)
    if is_new:
        bump_revision(tx, project)
    return is_new


def _require_subject(tx: Transaction, project: str, subject: str) -> None:
    if not _is_subject(tx, project, subject):
        raise UnknownSubject(subject=subject)


def _is_subject(tx: Transaction, project: str, subject: str) -> bool:
    lookups = (
        "SELECT 1 FROM contribution WHERE id = ? AND project = ?",
        "SELECT 1 FROM signal WHERE id = ? AND project = ?",
        "SELECT 1 FROM proposal p JOIN session s ON s.id = p.session WHERE p.id = ? AND s.project = ?",
        "SELECT 1 FROM card WHERE id = ? AND project = ?",
    )
    return any(tx.query(sql, (subject, project)) for sql in lookups)
