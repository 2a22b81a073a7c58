"""What the screens of a session may show: the map is hidden and the official border waits, until they are set free."""

from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.workshop_sessions import Stage
from store.repositories.accounts import require_session_role
from store.repositories.audit_log import append
from store.repositories.projects import lock_project
from store.repositories.workshop_sessions import get_session
from store.repository import Repository


class StageRepository(Repository):
    """What the screens of a workshop session may show."""

    def get(self, session: str) -> Stage:
        """Return what the screens of a session may show; that of a new one before anything was set."""
        with self._engine.read() as tx:
            return read_stage(tx, session)

    def set_map_hidden(self, session: str, hidden: bool, *, by: Actor) -> Stage:
        """Hide the map on the screens of the room, or show it; the same again changes nothing.

        Raises
        ------
        AccessDenied
            When `by` is neither a planner nor the facilitator of the session.
        UnknownSession
        """
        return self._set(session, "map_hidden", hidden, "hide the map" if hidden else "show the map", by)

    def set_border_free(self, session: str, free: bool, *, by: Actor) -> Stage:
        """Set the official border free for phones, or have it wait for the room; the same again changes nothing.

        Raises
        ------
        AccessDenied
            When `by` is neither a planner nor the facilitator of the session.
        UnknownSession
        """
        return self._set(session, "border_free", free, "free the border" if free else "hold the border", by)

    def _set(self, session: str, column: str, value: bool, action: str, by: Actor) -> Stage:
        require_session_role(by, session, action)
        with self._engine.write() as tx:
            about = get_session(tx, session)
            lock_project(tx, about.project)
            was = read_stage(tx, session)
            tx.execute(
                "INSERT INTO stage VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (session, int(was.map_hidden), int(was.border_free)),
            )
            tx.execute(f"UPDATE stage SET {column} = ? WHERE session = ?", (int(value), session))
            now = read_stage(tx, session)
            if now != was:
                append(tx, by, action, project=about.project, now_s=self._clock())
        return now


def read_stage(tx: Transaction, session: str) -> Stage:
    """Return what the screens of a session may show."""
    found = tx.query("SELECT map_hidden, border_free FROM stage WHERE session = ?", (session,))
    return Stage(*(bool(value) for value in found[0])) if found else Stage()
