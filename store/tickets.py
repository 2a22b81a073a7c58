"""Tickets: one-time codes on letters and table cards. Where they were handed out, only who has one counts.

A ticket is one person: whatever is drawn with it counts once. Of a code only a token of its project is stored.
"""

from collections.abc import Iterable

from geo.errors import InputRefused
from geo.release.persons import HELD_FOR
from store import credentials
from store.engines.base import Transaction
from store.models.accounts import Actor
from store.models.contributions import Contribution
from store.models.editions import token
from store.models.values import STAFF_MODES
from store.repositories.accounts import require_session_role
from store.repositories.audit_log import append
from store.repositories.projects import bump_revision, lock_project
from store.repositories.release_ledger import forget_contribution, project_secret
from store.repositories.workshop_sessions import get_session
from store.repository import Repository

MAX_TICKETS = 5000
"""Made at once; a project may ask more often."""


EXEMPT = "no ticket:"
"""How the keys of settings begin that name a contribution of an evening where nobody could give a ticket."""


class TicketRepository(Repository):
    """Tickets."""

    def create(self, project: str, n: int, *, session: str = "", by: Actor) -> tuple[str, ...]:
        """Create tickets, and return their codes: this once, for the store keeps none.

        Parameters
        ----------
        session
            Workshop session they are for; empty for everybody who draws for the project.

        Raises
        ------
        AccessDenied, InputRefused, UnknownProject, UnknownSession
        """
        require_session_role(by, session, "make tickets")
        codes = new_codes(n)
        with self._engine.write() as tx:
            lock_project(tx, project)
            if session:
                get_session(tx, session)
            insert_tickets(tx, project, codes, of=session)
            bump_revision(tx, project)
            append(tx, by, "make tickets", project=project, n=n, now_s=self._clock())
        return codes

    def is_needed(self, project: str, *, session: str = "") -> bool:
        """Return whether a drawing counts with a ticket only: some were made for its project or session."""
        with self._engine.read() as tx:
            return not ticketed_sessions(tx, project).isdisjoint({"", session})

    def count_without(self, project: str, *, session: str = "") -> int:
        """Return how many drawings of residents have no ticket: of a project, or of one session of it."""
        with self._engine.read() as tx:
            return len(_drawn_without(tx, project, frozenset({session})))

    def is_valid(self, project: str, code: str, *, session: str = "") -> bool:
        """Return whether a code is that of a ticket for this project or session."""
        with self._engine.write() as tx:  # the secret of the project is made when it is first asked for
            return find_ticket(tx, project, session, code) is not None


def new_codes(n: int) -> tuple[str, ...]:
    """Create the codes of so many tickets.

    Raises
    ------
    InputRefused
        When it is none, or more than `MAX_TICKETS`.
    """
    if not 1 <= n <= MAX_TICKETS:
        raise InputRefused(field="tickets", reason="number_out_of_range")
    return tuple(credentials.new_ticket() for _ in range(n))


def insert_tickets(tx: Transaction, project: str, codes: Iterable[str], *, of: str) -> None:
    """Insert tickets of a project ("") or of one session or budget round of it."""
    secret = project_secret(tx, project)
    for code in codes:
        tx.execute("INSERT INTO ticket VALUES (?, ?, ?)", (project, of, ticket_token(secret, code)))


def find_ticket(tx: Transaction, project: str, session: str, code: str) -> str | None:
    """Return the token of a ticket that is good for a project and session; None for another code."""
    asked = ticket_token(project_secret(tx, project), code)
    found = tx.query(
        "SELECT token FROM ticket WHERE project = ? AND token = ? AND session IN ('', ?)",
        (project, asked, session),
    )
    return str(found[0][0]) if found else None


def redeem(
    tx: Transaction, contribution_id: str, contribution: Contribution, code: str, *, is_new: bool
) -> None:
    """Make a contribution that of the person with a ticket, for whom nothing waits; another code changes nothing.

    To what was released, one that was stored before is withdrawn and drawn anew by that person.
    """
    project = contribution.project
    found = find_ticket(tx, project, contribution.session, code) if code else None
    if found is None:
        return
    if not tx.query("SELECT 1 FROM contribution WHERE id = ? AND drawer = ?", (contribution_id, found)):
        if not is_new:
            forget_contribution(tx, contribution_id, project)
        tx.execute("UPDATE contribution SET drawer = ? WHERE id = ?", (found, contribution_id))
        for reason in sorted(HELD_FOR):
            tx.execute("DELETE FROM flag WHERE subject = ? AND reason = ?", (contribution_id, reason))
        bump_revision(tx, project)


def has_ticket(tx: Transaction, contribution_id: str) -> bool:
    """Return whether a contribution is that of a person with a ticket, from when it was sent before."""
    return bool(
        tx.query(
            "SELECT 1 FROM contribution c JOIN ticket t ON t.project = c.project AND t.token = c.drawer"
            " WHERE c.id = ?",
            (contribution_id,),
        )
    )


def ticketed_sessions(tx: Transaction, project: str) -> frozenset[str]:
    """Return the sessions that tickets were made for, "" among them when the whole project has some."""
    return frozenset(
        row[0] for row in tx.query("SELECT DISTINCT session FROM ticket WHERE project = ?", (project,))
    )


def exempt(tx: Transaction, contribution_id: str, project: str) -> None:
    """Note that a contribution counts without a ticket, unless its own session asks for one."""
    tx.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING", (EXEMPT + contribution_id, project)
    )


def without_ticket(tx: Transaction, project: str) -> frozenset[str]:
    """Return the contributions that count for nobody, as a ticket is asked for where they were drawn."""
    asked = ticketed_sessions(tx, project)
    if not asked:
        return frozenset()
    return _drawn_without(tx, project, asked)


def _drawn_without(tx: Transaction, project: str, asked: frozenset[str]) -> frozenset[str]:
    """Return the contributions without a ticket that were drawn for these sessions; "" stands for all of them."""
    known = {row[0] for row in tx.query("SELECT token FROM ticket WHERE project = ?", (project,))}
    exempted = {
        row[0].removeprefix(EXEMPT)
        for row in tx.query("SELECT key FROM setting WHERE key LIKE ? AND value = ?", (f"{EXEMPT}%", project))
    }
    return frozenset(
        contribution
        for contribution, session, mode, drawer in tx.query(
            "SELECT id, coalesce(session, ''), mode, drawer FROM contribution WHERE project = ?", (project,)
        )
        if mode not in STAFF_MODES
        and not asked.isdisjoint({session} if contribution in exempted else {"", session})
        and drawer not in known
    )


def ticket_token(secret: bytes, code: str) -> str:
    """Return the token under which the ticket of a code is stored, however it is typed."""
    return token(secret, "ticket", "".join(c for c in code.upper() if c.isalnum())[:64])
