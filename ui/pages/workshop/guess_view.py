"""A round of guesses: the question, the number of guesses while it is open, then bins, answer and map."""

import html

import streamlit as st

from i18n import Translator
from study.workshop import guesses, story
from study.workshop.guesses import BIN, GuessQuestion, GuessResult, VoteRound
from study.workshop.live_editions import session_counters
from ui import canvas, workers
from ui.components import basemap
from ui.pages.workshop import round_view, session_page
from ui.pages.workshop.session_page import WorkshopContext

TALL = "min(44dvh, 36rem)"


def question(say: Translator, asked: GuessQuestion) -> str:
    """Return what is guessed, in words."""
    if asked.neighbourhood is None:
        return say(f"guess.ask_{asked.kind}", what=say(f"rounds.theme_{asked.theme}"))
    named = say(f"reveal_story.named_{asked.neighbourhood.division}", official=asked.neighbourhood.official)
    return say(f"guess.ask_{asked.kind}", named=named)


def show(room: WorkshopContext, one: VoteRound) -> None:
    """Show a round of guesses to the room."""
    say, asked = room.say, workers.run_in_worker(guesses.question_of, one)
    if asked is None:
        round_view.status_line(say("guess.gone"))
        return
    st.subheader(question(say, asked), anchor=False)
    if one.state == "waiting":
        round_view.status_line(say("rounds.waiting"))
    elif one.state == "open":
        n = workers.run_in_worker(guesses.count_guesses, one)
        round_view.status_line(say("guess.open" if n != 1 else "guess.open_one", n=n))
    else:
        result = workers.run_in_worker(guesses.result_of, one)
        drawn = workers.run_in_worker(session_counters, room.workshop_session.id).drawn
        whom = round_view.from_whom(say, one, result.n, drawn)
        round_view.status_line(" ".join([*sentences(say, result), whom]))
        bars, on_map = st.columns([2, 3], gap="medium")
        with bars:
            if result.bins is not None:
                st.html(_bars(say, result))
        with on_map:
            _map(room, one, asked)
    if one.reason:
        st.html(f"<p>{html.escape(say('rounds.again', reason=one.reason))}</p>")


def sentences(say: Translator, result: GuessResult) -> list[str]:
    """Return the answer in words, which guess was nearest, and which table."""
    found = [say("guess.answer", percent=result.answer)]
    if result.nearest:
        found.append(say("guess.nearest", percent=say("guess.and").join(str(one) for one in result.nearest)))
    else:
        found.append(say("guess.few", n=result.n))
    if result.tables:
        found.append(say("guess.tables", tables=say("guess.and").join(result.tables)))
    return found


def _bars(say: Translator, result: GuessResult) -> str:
    """Return the bins as bars on one grid; the one that holds the answer is marked, in words too."""
    bins = result.bins or ()
    most, last = max(1, *bins), len(bins) - 1
    rows = []
    for at, n in enumerate(bins):
        is_right = at == min(result.answer // BIN, last)
        ends = say("guess.bin", first=at * BIN, last=100 if at == last else at * BIN + BIN - 5)
        mark = f" {html.escape(say('guess.here'))}" if is_right else ""
        rows.append(
            f'<li{" class=right" if is_right else ""}><span class="name">{html.escape(ends)}</span>'
            f'<span class="bar"><i style="width:{100 * n / most:.0f}%"></i></span>'
            f"<b>{say.number(n)}{mark}</b></li>"
        )
    return f'<ul class="beamer-groups guesses">{"".join(rows)}</ul>'


def _map(room: WorkshopContext, one: VoteRound, asked: GuessQuestion) -> None:
    """Show what the answer is about on the map."""
    shown = workers.run_in_worker(guesses.edition_of, one)
    if shown is None or not shown.facts.neighbourhoods:
        return
    number = (asked.neighbourhood or shown.facts.neighbourhoods[0]).number
    names = story.LAYERS_OF_STEP["outside" if asked.neighbourhood else "places"]
    canvas.map_view(
        [
            *basemap.basemap_layers(room.project.municipality),
            *session_page.layers(shown, number, names),
        ],
        "guess_map",
        words=room.say,
        bounds=workers.run_in_worker(shown.bounds, number),
        credit=room.credit,
        tall=TALL,
    )
    session_page.legend(room, session_page.map_legend(room, shown, number, names))
