"""The page of a budget for everybody: what it is about, one's ballot by ticket, and afterwards the result."""

import html

import streamlit as st

from geo.errors import BuurtError, TooManyTries, UnknownBudgetRound
from i18n import Translator
from settings import BUDGETS
from study import context
from study.budget import rounds
from study.budget.rounds import Ballot, BudgetPlan, BudgetRound, Way
from study.workshop.sessions import new_device_token
from ui import workers
from ui.components.markdown_escape import escape_markdown
from ui.pages.budget import outcome
from ui.routes import Page, Query, page_path
from ui.session import address_limits
from ui.session.request_context import current_project, current_ticket, current_translator

VOTER = "budget_voter"
"""Key in the session's state of who votes here: round, code, how they voted, and the ballot cast in this visit."""

CHANGING = "budget_changing"
"""Key for whether they are changing that ballot."""

SHOWN = "budget_shown"
"""Key of the plans as they stand on the screen: a vote is for those."""


def page() -> None:
    """Show the round of the address, or else the latest one that was opened."""
    say = current_translator()
    st.html('<span class="buurt-resident"></span>')
    outcome.sheet()
    try:
        project = context.get_project(current_project())
        known = [one for one in context.get_store().budget.list_rounds(project.id) if one.state != "draft"]
        made = _asked(known)
    except BuurtError as problem:
        st.title(say("budget.title"), anchor=False)
        st.info(say.explain(problem))
        return
    if made is None:
        st.title(say("budget.title"), anchor=False)
        st.info(say("budget.none"))
        return
    st.title(escape_markdown(made.title), anchor=False)
    if project.is_demo:
        st.badge(say("demo.label"), color="gray")
    if made.state == "closed":
        outcome.show(say, made)
    else:
        _open(say, made)
    _others(say, [one for one in known if one.id != made.id])


def _asked(known: list[BudgetRound]) -> BudgetRound | None:
    """Return the round of the address; without one an open round, else the latest; None where there is none."""
    asked = st.query_params.get(Query.ROUND)
    if asked:
        found = next((one for one in known if one.id == asked), None)
        if found is None:
            raise UnknownBudgetRound(round=asked[:64])
        return found
    return next(iter(sorted(known, key=lambda one: one.state != "open")), None)


def _others(say: Translator, known: list[BudgetRound]) -> None:
    if known:
        st.subheader(say("budget.others"), anchor=False)
        links = "".join(
            f'<li><a target="_self" href="{html.escape(page_path(Page.BUDGET, _address(one)))}">'
            f"{html.escape(one.title)}</a></li>"
            for one in known
        )
        st.html(f'<ul class="budget-facts">{links}</ul>')


def _address(made: BudgetRound) -> dict[str, str]:
    asked: dict[str, str] = {Query.PROJECT: made.project, Query.ROUND: made.id}
    if Query.LANGUAGE in st.query_params:
        asked[Query.LANGUAGE] = st.query_params[Query.LANGUAGE]
    return asked


# --- Voting ---------------------------------------------------------------------------------------


def _open(say: Translator, made: BudgetRound) -> None:
    """Show a round that is not closed: before, on and after the days of voting."""
    today = context.get_store().budget.voting_day()
    days = {"opens": made.opens, "closes": made.closes}
    voter = _voter(made)
    is_today = made.opens <= today <= made.closes
    if voter is not None and is_today:
        _ballot(say, made, *voter)
        return
    if made.about:
        st.write(escape_markdown(made.about))
    if is_today:
        st.write(say("budget.days", **days))
        _ask_code(say, made)
    else:
        st.info(say("budget.too_early" if today < made.opens else "budget.too_late", **days))
    with st.expander(say("budget.rules"), expanded=True):
        outcome.facts(outcome.rules_in_words(say, made))
    _plans(say, made)


def _voter(made: BudgetRound) -> tuple[str, Way | None, Ballot | None] | None:
    """Return the code of who votes in this round, how they voted before, and what they cast in this visit."""
    found = st.session_state.get(VOTER)
    return (found[1], found[2], found[3]) if found and found[0] == made.id else None


def _plans(say: Translator, made: BudgetRound) -> None:
    st.subheader(say("budget.plans"), anchor=False)
    rows = "".join(
        f"<li>{outcome.plan_head(say, plan)}<p>{html.escape(plan.text)}</p></li>"
        for plan in workers.run_in_worker(context.get_store().budget.list_plans, made.id)
    )
    st.html(f'<ol class="budget-list">{rows}</ol>')


def _ask_code(say: Translator, made: BudgetRound) -> None:
    """Find the ballot of a ticket: that of the address once, or that of a code that is typed."""
    scanned = current_ticket()
    with st.form("budget_ticket", border=False):
        typed = st.text_input(
            say("budget.code"), scanned, max_chars=20, autocomplete="off", key="budget_code"
        )
        pressed = st.form_submit_button(say("budget.start"), type="primary", width="stretch")
    if not pressed:
        return
    try:
        _spend()
        found = workers.run_in_worker(context.get_store().budget.find_way, made.id, typed, device=_device())
    except BuurtError as problem:
        st.error(say.explain(problem))
        return
    _forget()
    st.session_state[VOTER] = (made.id, typed, found, None)
    st.rerun()


def _forget() -> None:
    """Forget who voted here and what they ticked: the next person begins anew."""
    for key in [key for key in st.session_state if str(key).startswith("budget_")]:
        del st.session_state[key]


def _ballot(say: Translator, made: BudgetRound, code: str, way: Way | None, cast: Ballot | None) -> None:
    plans = workers.run_in_worker(context.get_store().budget.list_plans, made.id)
    if way is not None and not st.session_state.get(CHANGING):
        _given(say, made, plans, way, cast)
        return
    st.write(say("budget.choose"))
    chosen = {plan.number for plan in plans if st.session_state.get(f"budget_plan_{plan.id}")}
    shown, st.session_state[SHOWN] = st.session_state.get(SHOWN, plans), plans
    for plan in plans:
        _offer(say, made, plans, plan, chosen)
    with st.container(key="budget_total"):
        st.html(_sum(say, made, plans, chosen))
        if st.button(
            say("budget.vote"), key="budget_vote", type="primary", disabled=not chosen, width="stretch"
        ):
            try:
                _spend()
                choices = tuple(sorted(chosen))
                seen = tuple(plan for plan in shown if st.session_state.get(f"budget_plan_{plan.id}"))
                kept = workers.run_in_worker(
                    context.get_store().budget.vote, made.id, code, choices, device=_device(), shown=seen
                )
            except BuurtError as problem:
                st.error(say.explain(problem))
            else:
                st.session_state[VOTER] = (made.id, code, kept.way, kept)
                st.session_state[CHANGING] = False
                st.rerun()


def _fits(made: BudgetRound, plans: list[BudgetPlan], chosen: set[int]) -> bool:
    """Return whether the rule of the round allows a ballot."""
    try:
        rounds.check_choices(made, {plan.number: plan.cost_eur for plan in plans}, chosen)
    except BuurtError:
        return False
    return True


def _offer(
    say: Translator, made: BudgetRound, plans: list[BudgetPlan], plan: BudgetPlan, chosen: set[int]
) -> None:
    """Show a plan with its box; one that no longer fits says so."""
    fits = plan.number in chosen or _fits(made, plans, chosen | {plan.number})
    name, cost = escape_markdown(f"{plan.number}. {plan.title}"), say("budget.euros", n=plan.cost_eur)
    st.checkbox(f"{name} · **{cost}**", key=f"budget_plan_{plan.id}", disabled=not fits)
    about = " · ".join(html.escape(part) for part in (plan.place, plan.text) if part)
    full = "" if fits else f"<br><b>{html.escape(say(f'budget.full_{made.ballot_rule}'))}</b>"
    st.html(f'<p class="budget-plan">{about}{full}</p>')


def _sum(say: Translator, made: BudgetRound, plans: list[BudgetPlan], chosen: set[int]) -> str:
    """Return the running total in euros, which a screen reader reads out as it changes."""
    spent = sum(plan.cost_eur for plan in plans if plan.number in chosen)
    key = f"budget.sum_{made.ballot_rule}"
    words = say(
        key,
        n=len(chosen),
        spent=spent,
        amount=made.amount_eur,
        left=made.amount_eur - spent,
        most=made.most_choices,
    )
    part = spent / made.amount_eur if made.ballot_rule == "amount" else len(chosen) / made.most_choices
    bar = f'<span class="budget-bar" aria-hidden="true"><span style="width:{100 * part:.0f}%"></span></span>'
    return f'<div class="budget-sum"><p role="status">{html.escape(words)}</p>{bar}</div>'


def _given(
    say: Translator, made: BudgetRound, plans: list[BudgetPlan], way: Way, cast: Ballot | None
) -> None:
    """Show that there is a ballot, and offer the ways on; what it chose is shown in the visit that cast it only."""
    choices = () if cast is None else cast.choices
    if way == "paper":
        st.info(say("budget.on_paper"))
    else:
        if cast is None:
            st.info(say("budget.already_cast", closes=made.closes))
        else:
            st.success(say("budget.saved", closes=made.closes))
            rows = "".join(
                f'<li class="chosen">{outcome.plan_head(say, plan)}</li>'
                for plan in plans
                if plan.number in choices
            )
            st.html(f'<ol class="budget-list">{rows}</ol>')
        if st.button(say("budget.change"), key="budget_change", width="stretch"):
            st.session_state[CHANGING] = True
            for plan in plans:
                st.session_state[f"budget_plan_{plan.id}"] = plan.number in choices
            st.rerun()
    if st.button(say("budget.next"), key="budget_next", width="stretch"):
        _forget()
        st.query_params.pop(Query.TICKET, None)
        st.rerun()


def _device() -> str:
    return str(st.session_state.setdefault("device", new_device_token()))


def _spend() -> None:
    """Count one try of this address.

    Raises
    ------
    TooManyTries
        When there were too many.
    """
    address = st.context.ip_address or ""
    wait_s, _ = address_limits.consume(
        "ballot", address, burst=BUDGETS.ballots_burst, hour=BUDGETS.ballots_hour
    )
    if wait_s:
        raise TooManyTries(wait_min=max(1, round(wait_s / 60)))
