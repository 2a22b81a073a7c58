"""Whatever happens to a project: two public artefacts never differ by a few people in any cell.

Random histories on a real store: people draw, draw again on the same phone, change, withdraw; the project, an
evening and selections are published in between. The truth is kept beside the store, person by person, and never
forgets who withdrew.
"""

import contextlib
import json
import random
import tempfile
import uuid
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from numpy.typing import NDArray

from geo.crs import to_wgs84
from geo.errors import DivisionNotPublished, EditionAbsent, SelectionTooClose, TooFewSketches
from geo.release.ledger import ReleasedSet, outline_version
from store import ALL, Contribution, Filters, Project, ReleaseCell, ReleaseLedger, WorkshopSession
from store.models.editions import token
from study import context
from study.publishing import editions
from study.publishing.cell_decisions import NEIGHBOURHOODS
from study.publishing.publication import find_publication, latest_publication
from study.publishing.sessions.editions import latest_edition, publish_if_due
from study.workshop import sessions
from tests.disclosure.residents import DAY, PLANNER, resident
from tests.support.temp_store import own_store

FEWEST = 5
Inside = NDArray[np.bool_]
GROUND = np.meshgrid(np.arange(142_012.5, 145_000, 25.0), np.arange(509_512.5, 512_000, 25.0))
"""Middles of the cells of 25 m on all the ground where anybody draws."""


class History(RuleBasedStateMachine):
    """One project, from its first drawing on."""

    municipality = ""

    def __init__(self) -> None:
        super().__init__()
        self.closing = contextlib.ExitStack()
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory()))
        self.closing.enter_context(own_store(folder))
        self.store = context.get_store()
        town = Project("echt", "Echt", self.municipality, date(2099, 1, 1), questions=("age",))
        self.store.projects.save(town)
        self.session_id = sessions.create_session(WorkshopSession("echt", "Zaal", DAY), by=PLANNER)[0].id
        self.codes: dict[str, str] = {}
        self.phone: dict[str, int] = {}
        self.drawn = 0
        self.truth: dict[str, list[dict[str, str]]] = {}
        self.known: set[str] = set()
        self.outlines: dict[tuple[str, str], Inside] = {}
        self.is_anything_gone = False
        """Whether an outline was changed or erased: from then on what was decided alone is estimated."""
        self.alone: dict[tuple[str, str], Inside] = {}

    def teardown(self) -> None:
        self.closing.close()

    def contribution(self, chance: random.Random, *, at_session: bool) -> Contribution:
        shape, age = resident(chance)
        raw = json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(to_wgs84(shape))})
        return Contribution(
            str(uuid.uuid4()), "echt", raw, shape, DAY + timedelta(days=self.drawn // 12),
            session=self.session_id if at_session else "", answers={"age": age}, group=chance.choice(("", "a")),
        )  # fmt: skip

    def draw(self, chance: random.Random, phone: int, *, at_session: bool) -> None:
        kept = self.store.contributions.submit(
            self.contribution(chance, at_session=at_session), device=f"phone {phone}"
        )
        self.codes[kept.id], self.phone[kept.id] = kept.code or "", phone
        self.drawn += 1

    @initialize(seed=st.integers(0, 10_000), n=st.integers(10, 22))
    def people_draw_first(self, seed: int, n: int) -> None:
        chance = random.Random(seed)
        for phone in range(n):
            self.draw(chance, phone, at_session=phone % 3 > 0)

    @rule(seed=st.integers(0, 10_000), n=st.integers(1, 6), at_session=st.booleans())
    def others_draw(self, seed: int, n: int, at_session: bool) -> None:
        chance = random.Random(seed)
        for _ in range(n):
            self.draw(chance, 1000 + self.drawn, at_session=at_session)

    @rule(seed=st.integers(0, 10_000), pick=st.integers(0, 1000))
    def somebody_draws_again_on_the_same_phone(self, seed: int, pick: int) -> None:
        if self.phone:
            phone = sorted(self.phone.values())[pick % len(self.phone)]
            self.draw(random.Random(seed), phone, at_session=False)

    @rule(seed=st.integers(0, 10_000), pick=st.integers(0, 1000), n=st.integers(1, 5))
    def some_change(self, seed: int, pick: int, n: int) -> None:
        chance = random.Random(seed)
        for key in sorted(self.codes)[pick % max(1, len(self.codes)) :][:n]:
            contribution, self.is_anything_gone = self.contribution(chance, at_session=False), True
            self.store.contributions.replace(self.codes[key], contribution, device="phone")

    @rule(pick=st.integers(0, 1000), n=st.integers(1, 6))
    def some_withdraw(self, pick: int, n: int) -> None:
        for key in sorted(self.codes)[pick % max(1, len(self.codes)) :][:n]:
            self.store.contributions.withdraw(self.codes.pop(key), device="phone")
            self.is_anything_gone = True
            del self.phone[key]

    @rule()
    def the_project_is_published(self) -> None:
        with contextlib.suppress(TooFewSketches):
            editions.publish("echt", by=PLANNER)
        self.look()

    @rule()
    def the_session_is_published(self) -> None:
        publish_if_due(self.session_id, by=PLANNER)
        self.look()

    @rule(day=st.integers(0, 3), by_session=st.booleans())
    def a_selection_is_published(self, day: int, by_session: bool) -> None:
        filters = (
            Filters(sessions=(self.session_id,)) if by_session else Filters(last_day=DAY + timedelta(day))
        )
        with contextlib.suppress(TooFewSketches, SelectionTooClose):
            editions.publish_selection("echt", filters, by=PLANNER)
        self.look()

    @rule(division=st.sampled_from(["buurt", "wijk", "pc4", "pc6"]))
    def another_division_is_asked_for(self, division: str) -> None:
        made = find_publication("echt")
        with pytest.raises(EditionAbsent if made is None else DivisionNotPublished):
            latest_publication("echt", "gemeente" if made and made.division == division else division)

    def look(self) -> None:
        """Hold what was released just now against all that was released before, by who is in it."""
        ledger = self.store.editions.read_ledger("echt")
        self.remember_outlines(ledger)
        people = {token(ledger.secret, "person", one): one for one in set(ledger.person.values())}
        for table, sets in ledger.released.items():
            for one in sets:
                name = f"{table} {one.key} {one.release}"
                if name in self.known:
                    continue
                self.known.add(name)
                # Nobody in it has withdrawn: each token is of somebody who is there.
                now = {people[who]: version for who, version in one.members.items()}
                for before in self.truth.setdefault(table, []):
                    apart = len(now.keys() ^ before.keys())
                    changed = sum(now.get(who) != before.get(who) for who in now.keys() | before.keys())
                    assert apart == 0 or apart >= FEWEST, (name, apart)
                    assert changed == 0 or changed >= FEWEST, (name, changed)
                self.truth[table].append(now)
                if table == NEIGHBOURHOODS:
                    self.look_at_bands(one)

    def remember_outlines(self, ledger: ReleaseLedger) -> None:
        """Keep the ground of every drawing there is, for when it is changed or withdrawn."""
        drawn = self.store.contributions.read_sketches("echt", filters=ALL)
        for key, shape in drawn.geometry.items():
            cell = ReleaseCell("", "", {str(key): outline_version(shape)})
            (member,) = ledger.candidate(cell).members.items()
            if member not in self.outlines:
                self.outlines[member] = shapely.contains_xy(shape, *GROUND)

    def look_at_bands(self, one: ReleasedSet) -> None:
        """Count what each person decided alone of a neighbourhood that was released just now, and ever before."""
        drawn = {who: self.outlines[who] for who in one.members.items()}
        count = np.sum(list(drawn.values()), axis=0)
        for percent, shape in self.bands(one):
            people = -(-percent * len(drawn) // 100)
            assert (shapely.contains_xy(shape, *GROUND) == (count >= people)).all()
            for who, inside in drawn.items():
                self.alone[who] = self.alone.get(who, inside & False) | (inside & (count == people))
        for who, inside in drawn.items():
            if who in self.alone and not self.is_anything_gone:
                assert self.alone[who].sum() <= 0.75 * inside.sum() + 1

    def bands(self, one: ReleasedSet) -> list[tuple[int, shapely.Geometry]]:
        """Return the bands of a neighbourhood that a reader has: percentage and ground."""
        scope, number = one.key.split("/")
        if scope == self.session_id:
            shown = latest_edition(scope)
            table = None if shown is None else shown.bands
        else:
            made = find_publication("echt", scope="" if scope == "project" else scope)
            table = None if made is None else made.tables.get("cores")
        rows = [] if table is None else list(table.geometry.items())
        return [(percent, shape) for (at, percent), shape in rows if at == int(number)]

    @invariant()
    def what_is_shown_rests_on_enough_people_who_are_there(self) -> None:
        made = find_publication("echt")
        if made is None:
            return
        assert made.n >= FEWEST
        for table in ("neighbourhoods", "ages"):
            if table in made.tables:
                shown = made.tables[table]["n"].dropna()
                assert (shown[shown > 0] >= FEWEST).all()
                assert (shown % FEWEST == 0).all()


def test_no_history_gives_a_few_people_away() -> None:
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=5, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


class HistoryOfATown(History):
    """The same with official areas, borders and facilities."""

    municipality = "GM9901"


@pytest.mark.nightly
@pytest.mark.parametrize("kind", [History, HistoryOfATown])
def test_no_long_history_gives_a_few_people_away(kind: type[History]) -> None:
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=40, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
