"""A round of a workshop session as it is read: its title, its words, and its dots once it is closed."""

import html

import streamlit as st

from i18n import Translator
from study.workshop.rounds import RoundLine, RoundView, VoteRound

MAX_DOTS = 20
"""More signs on a line are not counted by anybody; the number stands beside them."""


def title(say: Translator, view: RoundView) -> str:
    """Return what a round asks."""
    return say(f"rounds.title_{view.round.kind}", number=view.number)


def words(say: Translator, line: RoundLine) -> str:
    """Return the words of a line: of a theme ours, else those that somebody released."""
    return say(f"rounds.theme_{line.words}") if line.kind == "theme" else line.words


def status_line(text: str) -> None:
    """Show one sentence that is read out when it changes."""
    st.html(f'<p class="line" role="status"><b>{html.escape(text)}</b></p>')


def result(say: Translator, view: RoundView) -> None:
    """Show the dots of a closed round."""
    st.html("".join(line_html(words(say, line), dots_text(say, line.dots or 0)) for line in view.lines))


def dots_text(say: Translator, n: int) -> str:
    """Return a number of dots as signs and in words."""
    return f"{'●' * min(n, MAX_DOTS)} {say('agree.dot' if n == 1 else 'agree.dots', n=n)}"


def line_html(text: str, dots: str = "") -> str:
    """Return one line as HTML, with its dots once they are known."""
    counted = f' <span class="dots">{html.escape(dots)}</span>' if dots else ""
    return f'<p class="line">{html.escape(text)}{counted}</p>'


def from_whom(say: Translator, one: VoteRound, voters: int, drawn: int) -> str:
    """Return from how many phones or cards a round was given, with a warning where those are more than people.

    Parameters
    ----------
    drawn
        People who drew.
    """
    kind = "tickets" if one.by_ticket else "phones"
    if one.kind == "guess":
        sentence = say(f"guess.from_{kind}" if voters != 1 else f"guess.from_one_{kind}", n=voters)
    else:
        sentence = say(f"rounds.from_{kind}" if voters != 1 else f"rounds.from_one_{kind}", n=voters)
    if one.by_ticket or voters <= drawn:
        return sentence
    return f"{sentence} {say('rounds.more_phones', n=voters, drawn=drawn)}"
