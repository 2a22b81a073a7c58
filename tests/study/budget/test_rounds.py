"""A whole round: two hundred ballots, twenty of them on paper, counted by us and by a plain count of our own."""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

import i18n
import store
from geo.errors import InputRefused, VotingNotClosed
from store import Actor, BudgetPlan, BudgetRound, Card, CountingMethod, Store
from study import context
from study.budget import result as results
from study.budget import rounds
from tests.support.store_factories import TODAY, Clock, project

PLANNER = Actor("planner", account="test")
COSTS = (6000, 4500, 3500, 2500, 2500, 1500, 900)
AMOUNT = 12_000
W = i18n.get_translator("nl")


@pytest.fixture
def private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return the store that answers use, with a project in it."""
    with closing(store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg", clock=Clock())) as private_store:
        private_store.projects.save(project("noord", is_demo=False))
        monkeypatch.setattr(context, "get_store", lambda: private_store)
        yield private_store


def open_round(kept: Store, method: CountingMethod, n: int, *titles: str) -> tuple[str, list[str]]:
    """Return an open round and the codes of its tickets."""
    made = kept.budget.save_round(
        BudgetRound("noord", "Ons plein", AMOUNT, TODAY, TODAY + timedelta(days=9), method=method), by=PLANNER
    )
    for at, cost in enumerate(COSTS):
        title = titles[at] if at < len(titles) else f"Plan van {cost}"
        kept.budget.save_plan(BudgetPlan(made.id, title, cost), by=PLANNER)
    codes = kept.budget.create_tickets(made.id, n, by=PLANNER)
    kept.budget.open_round(made.id, by=PLANNER)
    return made.id, list(codes)


def plain_recount(costs: dict[int, int], ballots: list[set[int]]) -> list[int]:
    """Count by votes with nothing of ours: sort on paper, pay while it fits."""
    votes = Counter(number for ballot in ballots for number in ballot)
    left, chosen = AMOUNT, []
    for number in sorted(votes, key=lambda one: (-votes[one], costs[one], one)):
        if costs[number] <= left:
            left -= costs[number]
            chosen.append(number)
    return chosen


def plain_shares(costs: dict[int, int], ballots: list[set[int]]) -> list[int]:
    """Count with equal shares in cents of a cent, each voter apart, by trying ever larger payments."""
    purses = [AMOUNT / len(ballots)] * len(ballots)
    votes = Counter(number for ballot in ballots for number in ballot)
    waiting, chosen = set(votes), []
    while True:
        best: tuple[float, int, int, int, float] | None = None
        for number in waiting:
            mine = sorted(purse for purse, ballot in zip(purses, ballots, strict=True) if number in ballot)
            rest = float(costs[number])
            for at, purse in enumerate(mine):
                share = rest / (len(mine) - at)
                if purse + 1e-7 >= share:
                    key = (round(share / costs[number], 12), -votes[number], costs[number], number, share)
                    best = key if best is None or key[:4] < best[:4] else best
                    break
                rest -= purse
        if best is None:
            break
        number, share = best[3], best[4]
        waiting.discard(number)
        chosen.append(number)
        purses = [
            purse - min(purse, share) if number in ballot else purse
            for purse, ballot in zip(purses, ballots, strict=True)
        ]
    left = AMOUNT - sum(costs[number] for number in chosen)
    for number in sorted(waiting, key=lambda one: (-votes[one], costs[one], one)):
        if costs[number] <= left:
            left -= costs[number]
            chosen.append(number)
    return chosen


@pytest.mark.parametrize("method", ["votes", "equal_shares"])
def test_two_hundred_ballots_recount_equal(private_store: Store, method: CountingMethod) -> None:
    """180 on phones, thirty of them changed afterwards; 20 on paper, one blank, one invalid, one typed twice."""
    made, codes = open_round(private_store, method, 210)
    costs = {plan.number: plan.cost_eur for plan in private_store.budget.list_plans(made)}
    chance = random.Random(11)

    def some() -> set[int]:
        chosen: set[int] = set()
        for number in chance.sample(sorted(costs), chance.randint(1, 4)):
            if sum(costs[one] for one in chosen) + costs[number] <= AMOUNT:
                chosen.add(number)
        return chosen

    given: dict[str, set[int]] = {}
    for code in [*codes[:180], *chance.sample(codes[:180], 30)]:
        given[code] = some()
        private_store.budget.vote(made, code, tuple(given[code]), device=code)
    for code in codes[180:198]:
        given[code] = some()
        line = f"{code.lower().replace('-', '')} {' '.join(map(str, sorted(given[code])))}"
        private_store.budget.enter_paper(made, *rounds.parse_paper_line(line), by=PLANNER)
    private_store.budget.enter_paper(made, *rounds.parse_paper_line(f"{codes[198]} 1"), by=PLANNER)
    private_store.budget.enter_paper(made, *rounds.parse_paper_line(codes[198]), by=PLANNER)
    private_store.budget.enter_paper(made, *rounds.parse_paper_line(f"{codes[199]} X"), by=PLANNER)
    with pytest.raises(VotingNotClosed):
        results.count_round(made)
    private_store.budget.close_round(made, by=PLANNER)

    found = results.count_round(made)
    ballots = list(given.values())
    assert (found.counts.total, found.counts.paper, found.n_counted) == (200, 20, 198)
    assert (found.counts.blank, found.counts.invalid, found.counts.tickets) == (1, 1, 210)
    votes = Counter(number for ballot in ballots for number in ballot)
    assert {one.number: one.votes for one in found.allocation.decisions} == dict(votes)
    count = plain_recount if method == "votes" else plain_shares
    assert list(found.allocation.chosen) == count(costs, ballots)
    assert results.count_round(made) == found
    lines = results.turnout_in_words(W, found.counts)
    assert lines == (
        "Stemmen uitgebracht: 200. Uitgedeelde kaarten: 210. Opkomst: 95\u00a0%.",
        "Op papier: 20.",
        "Blanco of ongeldig: minder dan vijf, of bijna alle.",
    )


def test_files_say_what_the_page_says_and_no_text_is_a_formula(private_store: Store) -> None:
    made, codes = open_round(private_store, "votes", 20, "=1+1", "Bankjes; en groen")
    at = {plan.title: plan.number for plan in private_store.budget.list_plans(made)}
    for number, code in enumerate(codes):
        chosen = (
            (at["=1+1"],)
            if number < 3
            else (at["Bankjes; en groen"],)
            if number < 10
            else (at["Plan van 900"],)
        )
        private_store.budget.vote(made, code, chosen, device=code)
    private_store.budget.close_round(made, by=PLANNER)
    found = results.count_round(made)
    text = results.to_csv(found, W).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == [W(f"budget.col_{name}") for name in results.COLUMNS]
    by_plan = {row[1]: row for row in rows[1:]}
    assert by_plan["'=1+1"][4] == "minder dan vijf"
    assert by_plan["Bankjes; en groen"][3:6] == ["4500", "7", "gaat door"]
    sheet = openpyxl.load_workbook(io.BytesIO(results.to_xlsx(found, W))).active
    assert sheet is not None
    cells = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    assert cells["=1+1"][1].data_type == "s"
    assert (cells["Bankjes; en groen"][3].value, cells["Plan van 900"][4].value) == (4500, "10")


def test_a_few_people_are_not_singled_out(private_store: Store) -> None:
    """Seven ballots, all for one plan: neither "7 of 7" nor who was on paper is told."""
    made, codes = open_round(private_store, "votes", 8)
    cheap = next(plan.number for plan in private_store.budget.list_plans(made) if plan.cost_eur == 900)
    for code in codes[:5]:
        private_store.budget.vote(made, code, (cheap,), device=code)
    for code in codes[5:7]:
        private_store.budget.enter_paper(made, code, (cheap,), by=PLANNER)
    private_store.budget.close_round(made, by=PLANNER)
    found = results.count_round(made)
    table = results.result_table(found, W).set_index(W("budget.col_number"))
    told = table[W("budget.col_votes")]
    assert told[cheap] == "bijna iedereen (op hooguit vier na)"
    assert set(told.drop(cheap)) == {"minder dan vijf"}
    said = " ".join(results.turnout_in_words(W, found.counts))
    assert "Stemmen uitgebracht: 7." in said
    assert "Op papier: " not in said
    assert "Blanco of ongeldig: 0." in said


def test_fewer_than_five_does_not_follow_from_the_rest(private_store: Store) -> None:
    """Of 22 ballots with one plan each (10, 9, 3 and no other plan) the 3 is not 22 - 10 - 9."""
    made = private_store.budget.save_round(
        BudgetRound(
            "noord", "Een", AMOUNT, TODAY, TODAY + timedelta(days=9), ballot_rule="number", most_choices=1
        ),
        by=PLANNER,
    )
    for cost in (100, 200, 300):
        private_store.budget.save_plan(BudgetPlan(made.id, "Plan", cost, card="a"), by=PLANNER)
    codes = private_store.budget.create_tickets(made.id, 22, by=PLANNER)
    private_store.budget.open_round(made.id, by=PLANNER)
    for at, code in enumerate(codes):
        private_store.budget.vote(made.id, code, (1 if at < 10 else 2 if at < 19 else 3,), device=code)
    private_store.budget.close_round(made.id, by=PLANNER)
    found = results.count_round(made.id)
    told = {one.number: results.count_in_words(W, found.votes(one)) for one in found.allocation.decisions}
    assert told == {1: "10", 2: "vijf of meer", 3: "minder dan vijf"}


def test_a_card_of_two_plans_hears_once_that_one_is_chosen(private_store: Store) -> None:
    """One plan of 6,000 and one of 4,500 are paid; whichever of them is left out, the card is chosen."""
    made, codes = open_round(private_store, "votes", 1)
    plans = private_store.budget.list_plans(made)
    private_store.budget.reopen_draft(made, by=PLANNER)
    dear, cheap = (next(plan for plan in plans if plan.cost_eur == cost) for cost in (6000, 900))
    for plan in (dear, cheap):
        private_store.budget.save_plan(replace(plan, card="card"), by=PLANNER)
    private_store.budget.open_round(made, by=PLANNER)
    private_store.budget.vote(made, codes[0], (cheap.number,), device="phone")
    private_store.budget.close_round(made, by=PLANNER)
    found = results.count_round(made)
    assert [(plan.id, chosen) for plan, chosen in results.decided_cards(found)] == [(cheap.id, True)]


def test_what_becomes_of_a_plan_is_read_at_the_card_that_stands_for_its_own(private_store: Store) -> None:
    board = private_store.board
    code = board.create_code("noord")
    own, other = (board.add_card(Card("noord", "initiative", f"Kaart {n}"), code) for n in range(2))
    for card in (own, other):
        private_store.moderation.release_words(card.id, by=PLANNER)
    made = private_store.budget.save_round(
        BudgetRound("noord", "Een", AMOUNT, TODAY, TODAY + timedelta(days=9)), by=PLANNER
    )
    plan = private_store.budget.save_plan(BudgetPlan(made.id, "Plan", 100, card=own.id), by=PLANNER)
    board.join_card(own.id, other.id, was="", by=PLANNER)
    assert rounds.update_card(plan, "budget", "In de stemming", by=PLANNER)
    assert [(card.id, card.status) for card in board.released_cards("noord")] == [(other.id, "budget")]
    rounds.reset_cards(made.id, "Weer een ontwerp", by=PLANNER)
    assert [card.status for card in board.released_cards("noord")] == ["new"]


def test_a_draft_again_gives_its_cards_back(private_store: Store) -> None:
    """What it was before "budget": decided by hand, or new; a status set since stays."""
    board = private_store.board
    code = board.create_code("noord")
    cards = [board.add_card(Card("noord", "initiative", f"Kaart {n}"), code) for n in range(3)]
    board.decide(cards[0], "planned", why="Wij kijken", by=PLANNER)
    made = private_store.budget.save_round(
        BudgetRound("noord", "Een", AMOUNT, TODAY, TODAY + timedelta(days=9)), by=PLANNER
    )
    for card in cards:
        private_store.budget.save_plan(BudgetPlan(made.id, "Plan", 100, card=card.id), by=PLANNER)
    private_store.budget.open_round(made.id, by=PLANNER)
    for plan in private_store.budget.list_plans(made.id):
        rounds.update_card(plan, "budget", "In de stemming", by=PLANNER)
    now = next(card for card in board.list_cards("noord") if card.id == cards[2].id)
    board.decide(now, "declined", why="Kan niet", by=PLANNER)
    private_store.budget.reopen_draft(made.id, by=PLANNER)
    rounds.reset_cards(made.id, "Weer een ontwerp", by=PLANNER)
    found = {card.id: card.status for card in board.list_cards("noord")}
    assert [found[card.id] for card in cards] == ["planned", "new", "declined"]


@pytest.mark.parametrize(
    "line",
    ["", "2 5", "ABCDE-2345", "ABCDE-234567 1", "ABCDE-23456 een", "ABCDE-23456 1 x", "ABCDE-23456 1000"],
)
def test_a_line_that_is_no_ballot_is_refused(line: str) -> None:
    with pytest.raises(InputRefused):
        rounds.parse_paper_line(line)


def test_only_a_chosen_plan_is_followed(private_store: Store) -> None:
    made, codes = open_round(private_store, "votes", 2)
    plans = {plan.number: plan.id for plan in private_store.budget.list_plans(made)}
    private_store.budget.vote(made, codes[0], (1,), device="phone")
    private_store.budget.close_round(made, by=PLANNER)
    found = results.count_round(made)
    assert results.chosen_plan(found, plans[1]).number == 1
    with pytest.raises(InputRefused):
        results.chosen_plan(found, plans[2])
