"""Minutes of a meeting of a panel, in words: cards, outcomes, reasons, organisations and numbers; no names."""

from datetime import date

from i18n import Translator
from i18n.document import Chapter, Document, Table
from store import Card, CardEvent, Meeting, Project
from study.board.meetings import AgendaCard, LastTime
from study.publishing.report_text import page_words


def build_minutes(
    project: Project,
    meeting: Meeting,
    say: Translator,
    *,
    agenda: list[AgendaCard],
    before: tuple[Meeting | None, list[LastTime]],
    today: date,
) -> Document:
    """Build the minutes as they stand now: what was not decided yet says so.

    Parameters
    ----------
    agenda
        As `study.board.meetings.read_agenda` returns it.
    before
        As `study.board.meetings.since_last` returns them.
    today
        Day against which promises are late.

    Returns
    -------
    Document
        For `maps.documents.minutes_pdf`.
    """
    decided = [one for one in agenda if one.item.outcome]
    present = ", ".join(say(f"board.owner_{one}") for one in meeting.organisations)
    imprint = [say("minutes.where", day=meeting.day, place=meeting.place)]
    imprint += [say("minutes.present", organisations=present)] if present else []
    return Document(
        language=say.language,
        title=say("minutes.title"),
        subtitle=f"{project.name}, {say('minutes.day', day=meeting.day)}",
        label="",
        imprint=(*imprint, say("minutes.no_names")),
        facts=(
            (say.number(len(agenda)), say("minutes.fact_cards")),
            (say.number(len(decided)), say("minutes.fact_decided")),
            *([(say.number(meeting.n_present), say("minutes.fact_present"))] if meeting.n_present else []),
        ),
        chapters=(
            Chapter("minutes_summary", say("minutes.summary"), tuple(_summary(agenda, decided, say))),
            _since_chapter(*before, say, today=today),
            Chapter(
                "minutes_decisions",
                say("minutes.decisions"),
                () if agenda else (say("minutes.nothing"),),
                tables=(_decisions(agenda, say),) if agenda else (),
            ),
        ),
        contents=say("report.contents"),
        page=page_words(say),
        footer=f"{say('minutes.title')} · {project.name} · {say('minutes.day', day=meeting.day)}",
    )


def _summary(agenda: list[AgendaCard], decided: list[AgendaCard], say: Translator) -> list[str]:
    lines = [say("minutes.summary_text", n=len(agenda), decided=len(decided))]
    for outcome in ("adopted", "changed", "returned"):
        n = sum(one.item.outcome == outcome for one in decided)
        if n:
            lines.append(say(f"minutes.count_{outcome}", n=n))
    return lines


def _since_chapter(last: Meeting | None, since: list[LastTime], say: Translator, *, today: date) -> Chapter:
    title = say("meeting.since_title")
    if last is None:
        return Chapter("minutes_since", title, (say("meeting.first"),))
    if not since:
        return Chapter("minutes_since", title, (say("meeting.since_nothing", day=last.day),))
    heads = tuple(say(f"minutes.col_{name}") for name in ("card", "then", "now"))
    rows = tuple(
        (
            card_words(one.decided.card, say),
            decision_words(one.decided, say),
            since_words(one, say, today=today),
        )
        for one in since
    )
    table = Table(say("meeting.since_day", day=last.day), heads, rows, (False,) * len(heads))
    return Chapter("minutes_since", title, tables=(table,))


def _decisions(agenda: list[AgendaCard], say: Translator) -> Table:
    heads = tuple(say(f"minutes.col_{name}") for name in ("number", "card", "decision", "how"))
    rows = tuple(
        (str(n), card_words(one.card, say), decision_words(one, say), way_words(one, say))
        for n, one in enumerate(agenda, start=1)
    )
    return Table(say("minutes.table"), heads, rows, (True, False, False, False))


def card_words(card: Card | None, say: Translator) -> str:
    """Return the words of a card; of one that is hidden by now only that it is."""
    return say("minutes.card_gone") if card is None else card.text


def decision_words(one: AgendaCard, say: Translator) -> str:
    """Return what was decided about a card, with who has it in hand and why, and what it was joined into since."""
    item = one.item
    joined = "" if one.standing is None else say("minutes.joined", words=one.standing.text)
    if not item.outcome:
        return joined or say("meeting.undecided")
    parts = [f"{say(f'meeting.outcome_{item.outcome}')}: {say(f'board.status_{item.status}')}."]
    if item.owner:
        parts.append(say("board.owner", owner=say(f"board.owner_{item.owner}")))
    return " ".join(filter(None, (*parts, item.reason, joined)))


def way_words(one: AgendaCard, say: Translator) -> str:
    """Return how it was decided: by consent, or by a vote with its numbers; "" before that."""
    item = one.item
    if not item.way:
        return ""
    return say(f"meeting.told_{item.way}", n_for=item.n_for, n_against=item.n_against)


def since_words(one: LastTime, say: Translator, *, today: date) -> str:
    """Return what happened to a card since it was decided about, and whether a promise is late."""
    lines = [event_words(event, say) for event in one.events]
    if not lines:
        lines = [say("meeting.since_none")]
    if one.decided.card is not None and is_late(one.decided.card, today=today):
        lines.append(say("board.late"))
    return " ".join(lines)


def event_words(event: CardEvent, say: Translator) -> str:
    """Return one decision about a card as a sentence, with its day."""
    status = say("board.event", day=event.day, status=say(f"board.status_{event.status}"))
    owner = say("board.owner", owner=say(f"board.owner_{event.owner}")) if event.owner else ""
    due = "" if event.due is None else say("board.due", day=event.due)
    return " ".join(filter(None, (status, owner, due, event.why)))


def is_late(card: Card, *, today: date) -> bool:
    """Return whether what was promised about a card should have been done by now.

    Examples
    --------
    >>> promised = Card("demo", "signal", "Bank weg", status="planned", due=date(2026, 5, 1))
    >>> is_late(promised, today=date(2026, 5, 1)), is_late(promised, today=date(2026, 5, 2))
    (False, True)
    """
    return card.status == "planned" and card.due is not None and card.due < today
