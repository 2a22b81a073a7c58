"""Drawings that arrive over the network: which of them wait for a person before they count for anybody.

When they came and from where stands in `tries`, for an hour: an address as a salted hash only.
"""

import sys

import numpy as np

from geo.release import persons
from store.engines.base import Engine, Transaction
from store.models.contributions import Contribution
from store.repositories import rate_limits
from store.repositories.projects import crs_and_revision
from store.row_mapping import RD_CODE, placeholders

MOST_COMPARED = 200
"""Outlines that a new one is held against, the last ones: a flood may not make every save dearer."""


def reasons_to_wait(
    tx: Transaction,
    engine: Engine,
    contribution_id: str,
    contribution: Contribution,
    *,
    address: str,
    now_s: int,
) -> list[str]:
    """Return why a drawing that arrived waits for a person; empty for most.

    Parameters
    ----------
    address
        Network address it came from; "" where that says nothing, and then only the outline is looked at.
    """
    # Both counts are of the same hour, so that the one is a part of the other.
    reasons, hour = [], f"{now_s // rate_limits.WINDOW_S} {_scope(contribution)}"
    if arrives_as_copy(tx, engine, contribution_id, contribution, now_s=now_s):
        reasons.append(persons.NEAR_COPY)
    whole = rate_limits.consume(tx, "arrived", hour, most=sys.maxsize, now_s=now_s)
    if address:
        n = rate_limits.consume(tx, "address", f"{hour} {address}", most=sys.maxsize, now_s=now_s)
        if persons.is_mostly_one_address(n, whole) and not _is_known_hall(tx, contribution):
            reasons.append(persons.FROM_ONE_ADDRESS)
    return reasons


def _is_known_hall(tx: Transaction, contribution: Contribution) -> bool:
    """Return whether somebody let drawings from one address count at this workshop session, and did not undo it.

    Never outside a session: there nobody is in a room to see who draws.
    """
    if not contribution.session:
        return False
    found = tx.query(
        "SELECT 1 FROM flag f JOIN contribution c ON c.id = f.subject"
        " JOIN decision d ON d.subject = f.subject AND d.aspect = f.aspect AND d.undone = 0"
        f" AND d.action IN ({placeholders(len(persons.RELEASES))})"
        " WHERE f.project = ? AND f.aspect = 'shape' AND f.reason = ? AND c.session = ? LIMIT 1",
        (*sorted(persons.RELEASES), contribution.project, persons.FROM_ONE_ADDRESS, contribution.session),
    )
    return bool(found)


def arrives_as_copy(
    tx: Transaction, engine: Engine, contribution_id: str, contribution: Contribution, *, now_s: int
) -> bool:
    """Write down that an outline arrived; return whether one that is nearly the same just did."""
    kind = f"outline {_scope(contribution)}"
    crs, _ = crs_and_revision(tx, contribution.project)
    others = tx.query(
        f"SELECT s.geom FROM tries t JOIN sketch{'' if crs == RD_CODE else '_elsewhere'} s"
        " ON s.contribution = t.who"
        " WHERE t.what = ? AND t.who <> ? AND t.started_s > ? AND t.started_s <= ?"
        " ORDER BY t.started_s DESC LIMIT ?",
        (kind, contribution_id, now_s - persons.NEAR_COPY_S, now_s, MOST_COMPARED),
    )
    tx.execute(
        "INSERT INTO tries VALUES (?, ?, ?, 1) ON CONFLICT (what, who)"
        " DO UPDATE SET started_s = excluded.started_s",
        (kind, contribution_id, now_s),
    )
    areas = engine.decode_geometries([row[0] for row in others])
    return persons.is_near_copy(contribution.geometry, np.asarray(areas, dtype=object))


def _scope(contribution: Contribution) -> str:
    return f"{contribution.project} {contribution.session}"
