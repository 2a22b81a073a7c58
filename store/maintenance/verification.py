"""Verification of every page, row and digest of a store."""

import shapely

from geo.errors import StoreDamaged
from store.engines.base import Engine, Transaction
from store.models.reports import VerificationReport
from store.repositories.contribution_rows import ContributionBundle, read_contribution

_COUNTED = {
    "contributions": ("contribution",),
    "sketches": ("sketch", "sketch_elsewhere"),
    "places": ("place", "place_elsewhere"),
    "signals": ("signal",),
}


def verify(engine: Engine) -> VerificationReport:
    """Return counts of the store, after comparing every contribution with its digest.

    Raises
    ------
    StoreDamaged
        When the file is not whole, or a contribution lacks its sketch.
    """
    wrong = engine.integrity_errors()
    if wrong:
        raise StoreDamaged(where=engine.label, why=wrong)
    with engine.read() as tx:
        counts = {
            what: sum(tx.query(f"SELECT count(*) FROM {table}")[0][0] for table in tables)
            for what, tables in _COUNTED.items()
        }
        if counts["sketches"] != counts["contributions"]:
            raise StoreDamaged(where=engine.label, why="contributions without a drawing")
        altered = tuple(
            contribution_id
            for contribution_id, digest in tx.query("SELECT id, digest FROM contribution ORDER BY id")
            if _digest(tx, engine, contribution_id) != digest
        )
    return VerificationReport(**counts, altered=altered)


def _digest(tx: Transaction, engine: Engine, contribution_id: str) -> str:
    """Return the digest of what is stored now, or "" when that cannot be read."""
    try:
        return read_bundle(tx, engine, contribution_id).digest
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return ""


def read_bundle(tx: Transaction, engine: Engine, contribution_id: str) -> ContributionBundle:
    """Return a contribution with its places and signals."""
    stored = read_contribution(tx, engine, contribution_id)
    return ContributionBundle(stored.contribution, stored.places, stored.signals)
