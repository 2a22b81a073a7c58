"""Fetch a municipality: every layer whole or not at all, and what is there already is not asked again."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime

import shapely
from shapely.errors import ShapelyError

from geo.errors import (
    AnswerUnreadable,
    FetchCancelled,
    FetchError,
    LayerNotFetched,
    LayerUnknown,
    LockUnreadable,
    MunicipalityUnknown,
)
from layers import boundaries, directory, pdok
from layers.cache import Entry, Lock, present, write_layer
from layers.catalogue import DIVISIONS, THEMES, Division
from layers.questions import Gift, Question, Wish, questions
from layers.settings import PDOK
from layers.transport import Session

__all__ = ["Lock", "Progress", "Report", "fetch", "write_layer"]

BUDGET_S = 600.0
WORKERS = 4
POLL_S = 0.1
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    ShapelyError,
)
"""What comes of reading an answer that is made otherwise than any we know of."""


@dataclass(frozen=True)
class Progress:
    """How far it is: `done` of `total` questions, the layers that came last, all bytes so far."""

    layers: tuple[str, ...]
    done: int
    total: int
    received_bytes: int


@dataclass
class Report:
    """What came of it: layers that are new, layers that were there, and what was (or would be) asked."""

    code: str
    name: str
    questions: list[Question]
    kept: list[Entry]
    new: list[Entry] = field(default_factory=list)


def fetch(
    name_or_code: str,
    *,
    themes: Iterable[str] | None = None,
    divisions: Iterable[str] | None = None,
    year: int | None = None,
    with_basemap: bool = True,
    again: bool = False,
    dry_run: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    cancel: Callable[[], bool] = lambda: False,
    session: Session | None = None,
) -> Report:
    """Fetch what we lack of a municipality.

    Parameters
    ----------
    name_or_code
        ``Lansingerland``, ``GM1621`` or ``1621``.
    themes, divisions
        Keys of the catalogue; all when None. The municipality itself always comes along.
    year
        Of the official areas; the catalogue's when None. A division without it gives its newest before it.
    again
        Also what is there already, to bring it up to date.
    dry_run
        Ask nothing; only tell what would be asked.
    progress, cancel
        Called in the thread of the caller, about ten times a second.
    session
        For another budget or patience; it is closed afterwards.

    Raises
    ------
    MunicipalityUnknown, LayerUnknown
    FetchError
        A layer could not be had. Layers that were complete are kept; the next call asks for the rest.
    FetchCancelled
        `cancel` said so.
    """
    stop = threading.Event()
    with session or Session(budget_s=BUDGET_S) as asking:
        asking.cancelled = stop.is_set
        asked = None if dry_run else asking
        names: list[Question] = []
        try:
            town = _resolve(name_or_code, asked)
        except LayerNotFetched:
            # Only a dry run may not ask for the list of names: then that is the first question it tells of.
            town, names = directory.Municipality("GM????", name_or_code), [_names_question()]
        wish = Wish(town.code, _divisions(divisions, year, asked), _themes(themes), with_basemap)
        have = {} if again else present(town.code)
        kept = [have[name] for name in wish.layers() if name in have]
        report = Report(town.code, town.name, names + questions(wish, have), kept)
        if not dry_run:
            try:
                _run(wish, report, asking, _Watch(progress, cancel, len(report.questions)))
            finally:
                stop.set()
    return report


def _divisions(wanted: Iterable[str] | None, year: int | None, session: Session | None) -> dict[str, int]:
    chosen = {}
    for key in DIVISIONS if wanted is None else ["gemeente", *wanted]:
        if key not in DIVISIONS:
            raise LayerUnknown(key=key, known=", ".join(DIVISIONS))
        row = DIVISIONS[key]
        chosen[key] = row.year if year is None else _year(row, year, session)
    return chosen


def _year(row: Division, year: int, session: Session | None) -> int:
    """Give the year to ask for: of a postcode map the newest until then; else that year, if it exists."""
    years = set(row.years)
    if "{year}" not in row.path:
        years = {known for known in years if known <= year}
        year = max(years, default=year)
    elif year not in years and session is not None:
        years |= set(pdok.years(session, row.path))
    if year not in years:
        raise LayerUnknown(key=row.layer(year), known=", ".join(map(row.layer, sorted(years or row.years))))
    return year


def _themes(wanted: Iterable[str] | None) -> tuple[str, ...]:
    keys = tuple(THEMES) if wanted is None else tuple(wanted)
    for key in keys:
        if key not in THEMES:
            raise LayerUnknown(key=key, known=", ".join(THEMES))
    return keys


def _resolve(text: str, session: Session | None) -> directory.Municipality:
    """Find the municipality: by code without asking anybody, by name first among what we have."""
    try:
        ours = [town for town in directory.fetched() if not town.is_made_up]
    except LockUnreadable:  # of another town, or of this one, which fetching mends
        ours = []
    code = directory.as_code(text)
    if code:
        return directory.Municipality(code, next((town.name for town in ours if town.code == code), code))
    try:
        return directory.find(text, ours)
    except MunicipalityUnknown:
        return directory.find(text, directory.known(session, year=DIVISIONS["gemeente"].year))


def _names_question() -> Question:
    url = f"{PDOK.addresses()[0]}{directory.PATH}/collections/{directory.COLLECTION}/items"
    return Question(("municipalities",), "PDOK", url, lambda _session, _ground: [])


@dataclass
class _Watch:
    """The caller's eyes and hand: told how far it is, asked whether to stop."""

    progress: Callable[[Progress], None]
    cancel: Callable[[], bool]
    total: int
    done: int = 0
    last: tuple[str, ...] = ()

    def look(self, session: Session) -> None:
        if self.cancel():
            raise FetchCancelled
        self.progress(Progress(self.last, self.done, self.total, session.received_bytes))


def _run(wish: Wish, report: Report, session: Session, watch: _Watch) -> None:
    """Ask for the municipality, then for the rest side by side; write each answer as soon as it is whole."""
    year = wish.divisions["gemeente"]
    whole = DIVISIONS["gemeente"].layer(year)
    first = [question for question in report.questions if whole in question.layers]
    rest = [question for question in report.questions if whole not in question.layers]
    for gifts in _answers(first, shapely.Polygon(), session, watch):
        report.name = str(gifts[0].table["name"].iloc[0])
        _keep(gifts, report)
    ground = boundaries.areas(wish.code, "gemeente", year).geometry.union_all()
    for gifts in _answers(rest, ground, session, watch):
        _keep(gifts, report)


def _answers(
    asked: list[Question], ground: shapely.Geometry, session: Session, watch: _Watch
) -> Iterator[list[Gift]]:
    """Ask all questions in threads of their own and give each answer as it comes.

    A question that fails does not stop the others; the first failure is raised when all have ended. Whoever
    cancels does not wait for threads: they write nothing, and stop at the next piece of their answer.
    """
    pool = ThreadPoolExecutor(WORKERS)
    failure: FetchError | None = None
    try:
        pending: dict[Future[list[Gift]], Question] = {
            pool.submit(_gifts, question, session, ground): question for question in asked
        }
        while pending:
            watch.look(session)
            ended, _ = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in ended:
                question = pending.pop(future)
                try:
                    gifts = future.result()
                except FetchError as problem:
                    failure = failure or problem
                    continue
                watch.done, watch.last = watch.done + 1, question.layers
                yield gifts
        watch.look(session)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if failure is not None:
        raise failure


def _gifts(question: Question, session: Session, ground: shapely.Geometry) -> list[Gift]:
    """Ask; an answer of another form than its service promises is unreadable, whatever it breaks on.

    Raises
    ------
    FetchError
    """
    try:
        gifts = question.ask(session, ground)
        for gift in gifts:
            texts = gift.table.select_dtypes(["object", "string"])
            "".join(map(str, texts.to_numpy().flat)).encode()  # half a sign cannot be written
    except MALFORMED as problem:
        raise AnswerUnreadable(service=question.service, reason=repr(problem)[:200]) from problem
    return gifts


def _keep(gifts: list[Gift], report: Report) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for gift in gifts:
        entry = write_layer(
            gift.table,
            code=report.code,
            municipality=report.name,
            layer=gift.layer,
            file=gift.file,
            fetched=now,
            **gift.facts,
        )
        report.new.append(entry)
