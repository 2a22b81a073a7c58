"""The planner's desk of a budget: make a round and its plans, open it, type paper ballots, close it, and follow up."""

import html
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import streamlit as st

from geo.errors import BuurtError, InputRefused
from i18n import Translator
from study import context, permissions
from study.budget import result as results
from study.budget import rounds
from study.budget.rounds import Actor, BudgetPlan, BudgetRound
from study.contributions.tickets import MAX_TICKETS
from study.permissions import Project
from study.publishing.xlsx import XLSX_TYPE
from ui import workers
from ui.components import tickets
from ui.components.markdown_escape import escape_markdown
from ui.pages.budget import outcome
from ui.routes import Page, Query, page_path
from ui.session.request_context import (
    current_actor,
    current_project,
    current_translator,
    only_here,
    site_address,
)

NEW = ""
"""What stands in a list for a round or plan that is not made yet."""

SAVED, SENTENCE = "budget_saved", "budget_sentence"
"""Keys of what was just saved, and of what to say about it, for the run that shows it."""

MAX_EUR = 10_000_000
USUAL_DAYS = 21


def page() -> None:
    """Choose a round, and do what its state asks for."""
    say = current_translator()
    st.title(say("budget.menu"), anchor=False)
    try:
        project = context.get_project(current_project())
        permissions.require_role("planner", project, current_actor())
    except BuurtError as problem:
        st.info(say.explain(problem))
        return
    actor = current_actor()
    if project.is_demo or actor is None:
        st.info(say("budget.not_in_example"))
        return
    outcome.sheet()
    st.caption(escape_markdown(project.name))
    made = _chosen(say, project)
    if SENTENCE in st.session_state:
        st.success(st.session_state.pop(SENTENCE))
    try:
        if made is None or made.state == "draft":
            _draft(say, project, made, actor)
        elif made.state == "open":
            _open(say, made, actor)
        else:
            _closed(say, made, actor)
    except BuurtError as problem:
        st.error(say.explain(problem))


def _chosen(say: Translator, project: Project) -> BudgetRound | None:
    """Show the choice of a round, and return it; None for a new one."""
    known = {one.id: one for one in context.get_store().budget.list_rounds(project.id)}
    if SAVED in st.session_state:
        st.session_state["budget_round"] = st.session_state.pop(SAVED)
    elif st.session_state.get("budget_round", NEW) not in {NEW, *known}:  # of another project
        del st.session_state["budget_round"]
    chosen = st.selectbox(
        say("budget.which"),
        [*known, NEW],
        format_func=lambda key: (
            f"{known[key].title} ({say(f'budget.state_{known[key].state}')})"
            if key
            else say("budget.new_round")
        ),
        key="budget_round",
    )
    return known.get(str(chosen))


def _done(sentence: str, made: BudgetRound) -> None:
    """Show the page anew, with a round chosen and this sentence above it."""
    st.session_state[SAVED], st.session_state[SENTENCE] = made.id, sentence
    st.rerun()


# --- A draft --------------------------------------------------------------------------------------


def _draft(say: Translator, project: Project, made: BudgetRound | None, actor: Actor) -> None:
    asked = _round_form(say, project, made)
    if asked is not None:
        _done(say("budget.round_saved"), context.get_store().budget.save_round(asked, by=actor))
    if made is None:
        return
    _plans(say, made, actor)
    _tickets(say, made, actor)
    st.subheader(say("budget.open_title"), anchor=False)
    st.write(say("budget.open_about"))
    if st.button(say("budget.open"), key="budget_open", type="primary"):
        opened = context.get_store().budget.open_round(made.id, by=actor)
        for plan in context.get_store().budget.list_plans(made.id):
            rounds.update_card(plan, "budget", say("budget.card_open", title=made.title), by=actor)
        _done(say("budget.opened"), opened)


def _round_form(say: Translator, project: Project, made: BudgetRound | None) -> BudgetRound | None:
    """Show the form of a round, and return it once its button is pressed."""
    today = datetime.now(UTC).date()
    old = made or BudgetRound(project.id, "", 10_000, today, today + timedelta(days=USUAL_DAYS))
    with st.form(f"budget_round_{old.id or 'new'}"):
        title = st.text_input(say("budget.round_title"), old.title, max_chars=80)
        about = st.text_area(say("budget.about"), old.about, max_chars=1000)
        amount = st.number_input(say("budget.amount"), 1, MAX_EUR, old.amount_eur, step=500)
        left, right = st.columns(2)
        opens = left.date_input(say("budget.opens"), old.opens, format="DD-MM-YYYY")
        closes = right.date_input(say("budget.closes"), old.closes, format="DD-MM-YYYY")
        rule = st.radio(
            say("budget.ballot_rule"),
            rounds.BALLOT_RULES,
            index=rounds.BALLOT_RULES.index(old.ballot_rule),
            format_func=lambda key: say(f"budget.ballot_{key}"),
        )
        most = st.number_input(say("budget.most_choices"), 1, 60, old.most_choices)
        method = st.radio(
            say("budget.method"),
            rounds.COUNTING_METHODS,
            index=rounds.COUNTING_METHODS.index(old.method),
            format_func=lambda key: say(f"budget.method_{key}"),
        )
        st.caption(say("budget.method_help"))
        pressed = st.form_submit_button(say("budget.save_round"), type="primary")
    if not pressed:
        return None
    assert isinstance(opens, date)  # one day each was asked for
    assert isinstance(closes, date)
    if closes < opens:
        st.error(say("budget.days_wrong"))
        return None
    if not title.strip():
        st.error(say("budget.title_missing"))
        return None
    return replace(
        old,
        title=title,
        about=about,
        amount_eur=int(amount),
        opens=opens,
        closes=closes,
        ballot_rule=rule,
        most_choices=int(most),
        method=method,
    )


def _plans(say: Translator, made: BudgetRound, actor: Actor) -> None:
    plans = {one.id: one for one in context.get_store().budget.list_plans(made.id)}
    st.subheader(say("budget.plans"), anchor=False)
    _list(say, list(plans.values()))
    if SAVED_PLAN in st.session_state:
        st.session_state["budget_plan"] = st.session_state.pop(SAVED_PLAN)
    elif st.session_state.get("budget_plan", NEW) not in {NEW, *plans}:
        del st.session_state["budget_plan"]
    chosen = st.selectbox(
        say("budget.which_plan"),
        [NEW, *plans],
        format_func=lambda key: plans[key].title if key else say("budget.new_plan"),
        key="budget_plan",
    )
    old = plans.get(str(chosen))
    asked = _plan_form(say, made, old, len(plans), rounds.released_cards(made.project))
    if asked is not None:
        context.get_store().budget.save_plan(asked, by=actor)
        _after_plan(say("budget.plan_saved", title=asked.title), made)
    if old is not None and st.button(say("budget.remove_plan"), key="budget_remove"):
        context.get_store().budget.delete_plan(old.id, by=actor)
        _after_plan(say("budget.plan_removed", title=old.title), made)


SAVED_PLAN = "budget_saved_plan"
"""Key of the plan to show next: a new one, since plans are typed one after the other."""


def _after_plan(sentence: str, made: BudgetRound) -> None:
    st.session_state[SAVED_PLAN] = NEW
    _done(sentence, made)


def _list(say: Translator, plans: list[BudgetPlan]) -> None:
    rows = "".join(f"<li>{outcome.plan_head(say, plan)}</li>" for plan in plans)
    st.html(
        f'<ol class="budget-list">{rows}</ol>' if plans else f"<p>{html.escape(say('budget.no_plans'))}</p>"
    )


def _plan_form(
    say: Translator, made: BudgetRound, old: BudgetPlan | None, n: int, cards: dict[str, str]
) -> BudgetPlan | None:
    """Show the form of a plan, and return it once its button is pressed; empty again for every new one."""
    plan = old or BudgetPlan(made.id, "", 1000)
    with st.form(f"budget_plan_form_{plan.id or n}"):
        title = st.text_input(say("budget.plan_title"), plan.title, max_chars=80)
        cost = st.number_input(say("budget.cost"), 1, MAX_EUR, plan.cost_eur, step=100)
        source = st.text_input(say("budget.cost_source"), plan.cost_source, max_chars=160)
        place = st.text_input(say("budget.place"), plan.place, max_chars=160)
        text = st.text_area(say("budget.plan_text"), plan.text, max_chars=1000)
        # A card that was withdrawn since stays what this plan was made from.
        options = list(dict.fromkeys([NEW, *cards, plan.card]))
        card = st.selectbox(
            say("budget.card"),
            options,
            index=options.index(plan.card),
            format_func=lambda key: cards.get(key, say("budget.card_gone")) if key else say("budget.no_card"),
        )
        pressed = st.form_submit_button(say("budget.save_plan"), type="primary")
    if not pressed:
        return None
    if not title.strip():
        st.error(say("budget.title_missing"))
        return None
    return replace(
        plan, title=title, cost_eur=int(cost), cost_source=source, place=place, text=text, card=card
    )


def _tickets(say: Translator, made: BudgetRound, actor: Actor) -> None:
    """Offer tickets for this round alone, and say which are good for it now."""
    st.subheader(say("budget.tickets"), anchor=False)
    is_own = context.get_store().budget.has_own_tickets(made.id)
    st.write(say("budget.tickets_own" if is_own else "budget.tickets_project"))
    if only_here():
        st.warning(say("workshop.only_here"))
    kept = f"budget-tickets-{made.id}"
    if made.state == "draft" or is_own:
        n = st.number_input(say("budget.how_many"), 1, MAX_TICKETS, 200, key="budget_ticket_n")
        if st.button(say("budget.make_tickets"), key="budget_ticket_make"):
            codes = context.get_store().budget.create_tickets(made.id, int(n), by=actor)
            base = site_address()
            st.session_state[kept] = [(code, f"{base}/{_way(made, code)}") for code in codes]
            st.rerun()
    if kept in st.session_state:
        tickets.offer_codes(say, made.title, say("budget.ticket_sentence"), st.session_state[kept])


def _public_page(say: Translator, made: BudgetRound) -> None:
    """Show the address of the round for everybody, to follow or to pass on."""
    address = html.escape(f"{site_address()}/{_way(made)}")
    label = html.escape(say("budget.public"))
    st.html(f'<p class="budget-way">{label} <a target="_self" href="{address}">{address}</a></p>')


def _way(made: BudgetRound, code: str = "") -> str:
    """Return the address of a round for everybody, or of a ticket for it."""
    ticket: dict[str, str] = {Query.TICKET: code} if code else {}
    return page_path(Page.BUDGET, {Query.PROJECT: made.project, Query.ROUND: made.id, **ticket})


# --- While people vote ----------------------------------------------------------------------------


def _open(say: Translator, made: BudgetRound, actor: Actor) -> None:
    counts = context.get_store().budget.count_ballots(made.id)
    outcome.facts(
        (
            say("budget.days", opens=made.opens, closes=made.closes),
            say("budget.so_far", n=counts.total, paper=counts.paper, tickets=counts.tickets),
            say("budget.no_peeking"),
        )
    )
    _public_page(say, made)
    plans = context.get_store().budget.list_plans(made.id)
    _paper(say, made, plans, actor)
    st.subheader(say("budget.plans_numbered"), anchor=False)
    _list(say, plans)
    with st.expander(say("budget.tickets_more")):
        _tickets(say, made, actor)
    if not counts.total and st.button(say("budget.to_draft"), key="budget_to_draft"):
        draft = context.get_store().budget.reopen_draft(made.id, by=actor)
        rounds.reset_cards(made.id, say("budget.card_draft", title=made.title), by=actor)
        _done(say("budget.is_draft"), draft)
    st.subheader(say("budget.close_title"), anchor=False)
    st.write(say("budget.close_about"))
    sure = st.checkbox(say("budget.close_sure"), key="budget_sure")
    if st.button(say("budget.close"), key="budget_close", disabled=not sure):
        closed = context.get_store().budget.close_round(made.id, by=actor)
        _update_cards(say, closed, actor)
        _done(say("budget.closed"), closed)


def _update_cards(say: Translator, made: BudgetRound, actor: Actor) -> None:
    """Set on the board what the vote decided about the cards that plans were made from."""
    result = results.count_round(made.id)
    for plan, is_chosen in results.decided_cards(result):
        why = say(f"budget.card_{'chosen' if is_chosen else 'not_chosen'}", title=made.title)
        rounds.update_card(plan, "planned" if is_chosen else "wijkpanel", why, by=actor)


def _paper(say: Translator, made: BudgetRound, plans: list[BudgetPlan], actor: Actor) -> None:
    """Show one line to type paper ballots in: code, numbers, Enter, and the next."""
    st.subheader(say("budget.paper"), anchor=False)
    st.write(say("budget.paper_how", invalid=rounds.INVALID))
    with st.form("budget_paper_form", clear_on_submit=True, border=False):
        line = st.text_input(
            say("budget.paper_line"), max_chars=200, autocomplete="off", key="budget_paper_line"
        )
        pressed = st.form_submit_button(say("budget.paper_keep"))
    if not pressed or not line.strip():
        return
    try:
        code, choices = rounds.parse_paper_line(line)
        ballot, is_second = workers.run_in_worker(
            context.get_store().budget.enter_paper, made.id, code, choices, by=actor
        )
    except InputRefused as problem:
        st.error(say(f"budget.paper_{problem.facts['reason']}", line=escape_markdown(line)))
        return
    except BuurtError as problem:
        st.error(f"{escape_markdown(line)}: {say.explain(problem)}")
        return
    chosen = [plan for plan in plans if plan.number in ballot.choices]
    names = ", ".join(escape_markdown(f"{plan.number} {plan.title}") for plan in chosen)
    key = "counted" if chosen else "blank" if ballot.is_valid else "invalid"
    said = say(f"budget.paper_{key}", code=code, plans=names, spent=sum(plan.cost_eur for plan in chosen))
    st.success(f"{said} {say('budget.paper_replaced')}" if is_second else said)


# --- Afterwards -----------------------------------------------------------------------------------


def _closed(say: Translator, made: BudgetRound, actor: Actor) -> None:
    result = outcome.show(say, made)
    _files(say, result, made)
    _public_page(say, made)
    chosen = [result.plan(number) for number in result.allocation.chosen]
    if not chosen:
        return
    st.subheader(say("budget.follow"), anchor=False)
    known = {one.id: one for one in chosen}
    which = st.selectbox(
        say("budget.followed_plan"),
        list(known),
        format_func=lambda key: known[key].title,
        key="budget_followed",
    )
    plan = known[str(which)]
    with st.form(f"budget_follow_{plan.id}_{plan.status}"):
        status = st.selectbox(
            say("budget.status"),
            rounds.PLAN_STATUSES,
            index=rounds.PLAN_STATUSES.index(plan.status),
            format_func=lambda key: say(f"budget.status_{key}"),
        )
        note = st.text_input(say("budget.note"), plan.note, max_chars=160)
        paid = st.number_input(say("budget.paid_field"), 0, MAX_EUR, plan.paid_eur, step=100)
        pressed = st.form_submit_button(say("budget.save_status"), type="primary")
    if pressed:
        seen = results.chosen_plan(result, plan.id)
        context.get_store().budget.set_plan_status(
            seen.id,
            status,
            was=plan.status,
            note=note,
            paid_eur=None if paid is None else int(paid),
            by=actor,
        )
        why = note.strip() or say("budget.card_chosen", title=made.title)
        rounds.update_card(seen, rounds.CARD_STATUS[status], why, by=actor)
        _done(say("budget.status_saved", title=plan.title), made)


def _files(say: Translator, result: results.RoundResult, made: BudgetRound) -> None:
    """Offer the outcome as it stands above, for a spreadsheet."""
    stem = f"wijkbudget-{made.project}-{made.closes:%Y-%m-%d}"
    with st.container(horizontal=True):
        st.download_button(
            say("budget.csv"),
            lambda: results.to_csv(result, say),
            f"{stem}.csv",
            "text/csv",
            key="budget_csv",
            on_click="ignore",
        )
        st.download_button(
            say("budget.xlsx"),
            lambda: results.to_xlsx(result, say),
            f"{stem}.xlsx",
            XLSX_TYPE,
            key="budget_xlsx",
            on_click="ignore",
        )
