"""The ledger of releases on disk: who stood behind every published cell, as tokens.

A token is an HMAC under a secret of the project. The ledger holds no shape, place or answer. Whoever
withdraws is replaced by a fresh random token in every cell: the sizes of differences stay right, and nothing
links the cells of somebody who left.
"""

import secrets
from collections.abc import Sequence

from geo.errors import EditionTooSoon
from geo.release.ledger import WITHDRAWN, ReleasedSet, decide_cells
from store.engines.base import Transaction
from store.models.editions import ReleaseCell, ReleaseLedger, token

_BYTES = 8


def read_ledger(tx: Transaction, project: str) -> ReleaseLedger:
    """Return what was released of a project, with the means to set new cells beside it."""
    sets: dict[str, tuple[str, str, int, str, dict[str, str]]] = {}
    for cell, table, key, release, edition, person, version in tx.query(
        "SELECT s.id, s.table_name, s.key, s.release_number, s.edition, m.token, m.version"
        " FROM release_set s LEFT JOIN release_member m ON m.release_set = s.id WHERE s.project = ?",
        (project,),
    ):
        members = sets.setdefault(cell, (table, key, int(release), edition, {}))[4]
        if person is not None:
            members[person] = version
    released: dict[str, list[ReleasedSet]] = {}
    for table, key, release, edition, members in sets.values():
        released.setdefault(table, []).append(ReleasedSet(key, release, members, edition))
    return ReleaseLedger(released, project_secret(tx, project), people_of_project(tx, project))


def record_cells(
    tx: Transaction, project: str, edition: str, cells: Sequence[ReleaseCell], *, min_people: int
) -> None:
    """Write down the people behind every cell that an edition publishes anew.

    Raises
    ------
    EditionTooSoon
        When a cell differs by a few people from what was released before, or rests on too few: the last
        wall, whatever the caller decided.
    """
    ledger = read_ledger(tx, project)
    for table in sorted({cell.table for cell in cells}):
        candidates = [ledger.candidate(cell) for cell in cells if cell.table == table]
        decided = decide_cells(candidates, ledger.released.get(table, ()), min_people=min_people)
        for candidate in candidates:
            wait_for, n = decided[candidate.key].wait_for, len(candidate.members)
            if n < candidate.min_people:
                raise EditionTooSoon(changed=0, n=n, least=candidate.min_people)
            if wait_for:
                raise EditionTooSoon(changed=min_people - wait_for, n=n, least=min_people)
    number = tx.query(
        "SELECT coalesce(max(release_number), 0) + 1 FROM release_set WHERE project = ?", (project,)
    )[0][0]
    last = {
        (table, one.key): one.members
        for table, sets in ledger.released.items()
        for one in sorted(sets, key=lambda each: each.release)
    }
    for cell in cells:
        members = ledger.candidate(cell).members
        if last.get((cell.table, cell.key)) == members:
            continue  # the same people as in the release before
        made = secrets.token_hex(16)
        tx.execute(
            "INSERT INTO release_set (id, project, edition, release_number, table_name, key)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (made, project, edition, number, cell.table, cell.key),
        )
        for person, version in members.items():
            tx.execute("INSERT INTO release_member VALUES (?, ?, ?)", (made, person, version))


def set_person(tx: Transaction, contribution: str, project: str, device: str) -> None:
    """Remember which contributions of a project came from one device, by a token of that project alone."""
    tx.execute(
        "UPDATE contribution SET drawer = ? WHERE id = ?",
        (token(project_secret(tx, project), "device", device), contribution),
    )


def forget_contribution(tx: Transaction, contribution: str, project: str) -> None:
    """Replace a contribution in every released cell by somebody unknown, in each cell by another one.

    Called before the contribution is erased.
    """
    found = tx.query("SELECT value FROM setting WHERE key = ?", (_key(project),))
    if not found:
        return
    secret = bytes.fromhex(found[0][0])
    people = people_of_project(tx, project)
    person = people.get(contribution)
    if person is None:
        return
    others = sum(one == person for one in people.values()) - 1
    who, version = token(secret, "person", person), token(secret, "contribution", contribution)
    rows = tx.query(
        "SELECT m.release_set FROM release_member m JOIN release_set s ON s.id = m.release_set"
        " WHERE s.project = ? AND m.token = ? AND m.version LIKE ?",
        (project, who, f"%{version}%"),
    )
    for (cell,) in rows:
        tx.execute(
            "UPDATE release_member SET token = ?, version = ? WHERE release_set = ? AND token = ?",
            (who if others else secrets.token_hex(_BYTES), WITHDRAWN, cell, who),
        )


def erase_ledger(tx: Transaction, project: str) -> None:
    """Delete the whole ledger of a project, when its drawings are erased."""
    tx.execute(
        "DELETE FROM release_member WHERE release_set IN (SELECT id FROM release_set WHERE project = ?)",
        (project,),
    )
    tx.execute("DELETE FROM release_set WHERE project = ?", (project,))
    tx.execute("DELETE FROM setting WHERE key = ?", (_key(project),))


def _key(project: str) -> str:
    return f"ledger:{project}"


def project_secret(tx: Transaction, project: str) -> bytes:
    """Return the secret under which a project's people become tokens; made when it is first asked for."""
    found = find_project_secret(tx, project)
    if found is None:
        tx.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING", (_key(project), secrets.token_hex(32))
        )
        found = find_project_secret(tx, project)
    assert found is not None
    return found


def find_project_secret(tx: Transaction, project: str) -> bytes | None:
    """Return the secret under which a project's people become tokens; None before it was first asked for."""
    found = tx.query("SELECT value FROM setting WHERE key = ?", (_key(project),))
    return bytes.fromhex(found[0][0]) if found else None


def use_project_secret(tx: Transaction, project: str, secret: bytes) -> None:
    """Use the secret of another store for a project that has none yet, so that its devices and tickets are known here.

    A project never gets another secret: whoever was counted under the first one would be somebody new.
    """
    tx.execute("INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING", (_key(project), secret.hex()))


def people_of_project(tx: Transaction, project: str) -> dict[str, str]:
    """Return the person behind each contribution: its device or ticket, or else the contribution itself."""
    return {
        contribution: person or f"contribution {contribution}"
        for contribution, person in tx.query(
            "SELECT id, drawer FROM contribution WHERE project = ?", (project,)
        )
    }
