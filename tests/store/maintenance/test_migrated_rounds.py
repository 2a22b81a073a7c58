"""What was voted for before there were rounds: a closed round about just that, which can be begun anew."""

from store import Actor, Signal, Store, WorkshopSession
from store.engines import geopackage, migrations, postgres
from tests.support.store_factories import TODAY

PLANNER = Actor("planner", "an-account")
BEFORE_ROUNDS = 9
"""Schema of a store whose dots are in no round."""


def test_a_migrated_round_asks_the_same_again(private_store: Store, url: str) -> None:
    """Two devices gave 2 and 1 dots to one name and 1 to another; one signal got 1; a third name got none."""
    made, _ = private_store.sessions.create(WorkshopSession("demo", "Zaal", TODAY), by=PLANNER)
    names = ("Vogelbuurt", "Molenhoek", "Niemandsland")
    bird, mill, nobody = (private_store.sessions.propose_name(made.id, one, device="d").id for one in names)
    signal = private_store.sessions.add_signal(
        "demo", Signal("signal", "Donkere hoek"), session=made.id, by=PLANNER
    )
    dots = [("d1", bird, 2), ("d2", bird, 1), ("d2", mill, 1), ("d1", signal.id, 1)]
    kinds = geopackage.KINDS if url.startswith("sqlite") else postgres.KINDS
    with private_store._engine.write() as tx:
        for table in ("round_dot", "guess", "vote_round"):
            tx.execute(f"DROP TABLE {table}")
        tx.execute("CREATE TABLE dot (session TEXT, device_hash TEXT, subject TEXT, dots INTEGER)")
        for device, subject, n in dots:
            tx.execute("INSERT INTO dot VALUES (?, ?, ?, ?)", (made.id, device, subject, n))
        first = migrations.STEPS[BEFORE_ROUNDS]
        later = [one for one in migrations.statements(BEFORE_ROUNDS + 1, kinds) if " vote_round " in one]
        for statement in (*(one.format(**kinds) for one in first), *later):
            tx.execute(statement)
    rounds = private_store.rounds
    about_names, about_signals = rounds.list_all(made.id)
    assert rounds.tally(about_names.id) == {bird: 3, mill: 1}
    assert rounds.tally(about_signals.id) == {signal.id: 1}
    assert nobody not in about_names.subjects
    rounds.reset(about_names.id, "Tafel 3 deed nog niet mee", by=PLANNER)
    rounds.open(about_names.id, by=PLANNER)
    rounds.change_vote(about_names.id, mill, 1, device="d3")
    rounds.close(about_names.id, by=PLANNER)
    assert rounds.tally(about_names.id) == {bird: 0, mill: 1}
