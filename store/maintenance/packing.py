"""Copy of one workshop session into the store of an offline kit: the same session, with the same code."""

from pathlib import Path

from geo.errors import KitExists
from store import credentials, row_mapping
from store.engines.base import Engine, Transaction
from store.engines.sqlite import SqliteEngine
from store.maintenance.merge import PACKED, origin_of
from store.models.accounts import Actor
from store.models.workshop_sessions import WorkshopSession
from store.repositories.audit_log import append
from store.repositories.projects import project_rows, write_project
from store.repositories.release_ledger import project_secret, use_project_secret
from store.repositories.workshop.stage import read_stage
from store.repositories.workshop_sessions import get_session
from store.tickets import ticketed_sessions


def pack_session(engine: Engine, session: str, path: Path, *, by: Actor, now_s: float) -> str:
    """Write the store of a kit with one session and its project in it, and return the secret of a link there.

    No drawing, account or word of a resident goes along. Tickets do, since the kit asks for them at the table.

    Raises
    ------
    KitExists
        When the file is there: what was drawn in it is not written over.
    UnknownSession
    StoreFull, StoreReadOnly
    """
    if path.exists():
        raise KitExists(where=path.parent.name)
    target = SqliteEngine(path, patience_s=5)
    try:
        with engine.write() as office, target.write() as kit:
            packed = get_session(office, session)
            link = _copy(office, kit, packed)
            office.execute(
                "INSERT INTO setting VALUES (?, ?)",
                (f"{PACKED}{origin_of(kit)} session {packed.id}", packed.project),
            )
            append(office, by, "pack a workshop", project=packed.project, now_s=now_s)
    finally:
        target.close()
    return link


def _copy(office: Transaction, kit: Transaction, session: WorkshopSession) -> str:
    """Copy a session, its project and the tickets that are good for it; return the secret of a new link."""
    project, link = session.project, credentials.new_link_secret()
    write_project(kit, row_mapping.PROJECT.decode(project_rows(office, project)[0]))
    row_mapping.insert_row(kit, "session", row_mapping.SESSION.encode_columns(session))
    kit.execute("INSERT INTO session_link VALUES (?, ?)", (session.id, credentials.hash_link_secret(link)))
    stage = read_stage(office, session.id)
    kit.execute(
        "INSERT INTO stage VALUES (?, ?, ?)", (session.id, int(stage.map_hidden), int(stage.border_free))
    )
    if not ticketed_sessions(office, project).isdisjoint({"", session.id}):
        use_project_secret(kit, project, project_secret(office, project))
        for ticket in office.query(
            "SELECT project, session, token FROM ticket WHERE project = ? AND session IN ('', ?)",
            (project, session.id),
        ):
            kit.execute("INSERT INTO ticket VALUES (?, ?, ?)", ticket)
    return link
