"""Fetch a municipality: every layer whole or not at all, and what is there already is not asked again."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime

import shapely

from geo.errors import (
    AnswerUnreadable,
    FetchCancelled,
    FetchError,
    FetchOffline,
    LayerNotFetched,
    LayerUnknown,
    LockUnreadable,
    MunicipalityUnknown,
)
from layers.cache import LayerRecord, Manifest, available_layers, write_layer
from layers.catalogue import DIVISIONS, THEMES, Division
from layers.download import halves, municipalities
from layers.download.from_files import FileSuppliers, SourceFiles
from layers.download.plan import DownloadRequest, ServiceQuery, plan_queries
from layers.download.suppliers import MALFORMED, DownloadedLayer, Suppliers, from_services
from layers.official import areas
from layers.services.addresses import PDOK, offline
from layers.services.http import HttpClient
from layers.services.pdok import list_filter_values, list_years

__all__ = ["FetchFailure", "FetchProgress", "FetchReport", "Manifest", "fetch_municipality", "write_layer"]

BUDGET_S = 600.0
"""For each service its own: a map that is slow takes no time from the others."""
WORKERS = 4
POLL_S = 0.1


@dataclass(frozen=True)
class FetchProgress:
    """How far it is: `done` of `total` questions, the layers that came last, all bytes so far."""

    layers: tuple[str, ...]
    done: int
    total: int
    received_bytes: int


@dataclass(frozen=True)
class FetchFailure:
    """What did not come: these layers, or (with ``source``) what one source has for them, and why."""

    layers: tuple[str, ...]
    problem: FetchError
    source: str = ""
    had: str = ""
    """The sources the layers are made of now, where one of them is lacking."""


@dataclass
class FetchReport:
    """What came of it: layers that are new, layers that were there, what was (or would be) asked, what lacks."""

    code: str
    name: str
    questions: list[ServiceQuery]
    kept: list[LayerRecord]
    new: list[LayerRecord] = field(default_factory=list)
    failures: list[FetchFailure] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was asked for is here now."""
        return not self.failures


def fetch_municipality(
    name_or_code: str,
    *,
    themes: Iterable[str] | None = None,
    divisions: Iterable[str] | None = None,
    year: int | None = None,
    with_basemap: bool = True,
    again: bool = False,
    dry_run: bool = False,
    progress: Callable[[FetchProgress], None] = lambda _: None,
    cancel: Callable[[], bool] = lambda: False,
    session: HttpClient | None = None,
    files: SourceFiles | None = None,
) -> FetchReport:
    """Fetch what we lack of a municipality.

    Parameters
    ----------
    name_or_code
        ``Lansingerland``, ``GM1621`` or ``1621``.
    themes, divisions
        Keys of the catalogue; all when None. The municipality itself always comes along.
    year
        Of the official areas; when None the catalogue's, and beside it the last year with all figures. A division
        without it gives its newest before it.
    again
        Also what is there already, to bring it up to date.
    dry_run
        Ask nothing; only tell what would be asked.
    progress, cancel
        Called in the thread of the caller, about ten times a second.
    session
        For another budget or patience; it is closed afterwards.
    files
        Stand in the place of the services: then nobody is asked, and the years are those of the files.

    Returns
    -------
    FetchReport
        With ``failures`` for what did not come: the rest is kept, and the next call asks only for what lacks.

    Raises
    ------
    MunicipalityUnknown, LayerUnknown
    FetchError
        The municipality itself could not be had, so nothing could.
    FetchCancelled
        `cancel` said so.
    """
    stop = threading.Event()
    with session or HttpClient(budget_s=BUDGET_S) as asking:
        asking.cancelled = stop.is_set
        asked = None if dry_run else asking
        names: list[ServiceQuery] = []
        if files is not None:
            held = FileSuppliers(files)
            town, suppliers = held.municipality(name_or_code), held.suppliers()
            chosen = _years_of(held, divisions, year)
        else:
            suppliers = from_services(asking)
            try:
                town = _resolve(name_or_code, asked)
            except LayerNotFetched:
                # Only a dry run may not ask for the list of names: that is the first question it tells of.
                town, names = municipalities.Municipality("GM????", name_or_code), [_names_question()]
            chosen = _divisions(divisions, year, asked)
        wish = DownloadRequest(town.code, chosen, _themes(themes), with_basemap)
        have = _whole_layers(town.code)
        kept = [] if again else [have[name] for name in wish.layers() if name in have]
        wanted = plan_queries(wish, {} if again else have, suppliers.origins)
        report = FetchReport(town.code, town.name, names + wanted, kept)
        if again and not dry_run:
            halves.delete(town.code)
        if not dry_run:
            try:
                watch = _CallerCallbacks(progress, cancel, len(report.questions))
                _Download(wish, report, suppliers, asking, watch, have).run()
            finally:
                stop.set()
    return report


def _whole_layers(code: str) -> dict[str, LayerRecord]:
    """Return the layers that are there and lack no source."""
    return {name: entry for name, entry in available_layers(code).items() if not entry.not_fetched}


def _divisions(
    wanted: Iterable[str] | None, year: int | None, session: HttpClient | None
) -> tuple[tuple[str, int], ...]:
    """Return divisions with their years, the newest first; the municipality comes along in each of its years."""
    chosen = []
    for key in dict.fromkeys(DIVISIONS if wanted is None else ["gemeente", *wanted]):
        if key not in DIVISIONS:
            raise LayerUnknown(key=key, known=", ".join(DIVISIONS))
        row = DIVISIONS[key]
        if year is not None:
            chosen.append((key, _year(row, year, session)))
            continue
        chosen.append((key, _newest(row, session)))
        if row.contract.complete and row.contract.complete != chosen[-1][1]:
            chosen.append((key, row.contract.complete))
    return tuple(chosen)


def _years_of(
    held: FileSuppliers, wanted: Iterable[str] | None, year: int | None
) -> tuple[tuple[str, int], ...]:
    """Return the divisions of which there are files, each in every year they hold, the newest first."""
    chosen: list[tuple[str, int]] = []
    for key in dict.fromkeys(DIVISIONS if wanted is None else ["gemeente", *wanted]):
        if key not in DIVISIONS:
            raise LayerUnknown(key=key, known=", ".join(DIVISIONS))
        found = [one for one in held.years(key) if year in (None, one)]
        chosen += [(key, one) for one in sorted(found or [DIVISIONS[key].year], reverse=True)]
    return tuple(chosen)


def _newest(row: Division, session: HttpClient | None) -> int:
    """Return the newest year: of a map without a year in its path the service says itself which it has."""
    if "{year}" in row.path or session is None or offline():
        return row.year
    return max([row.year, *list_filter_values(session, row.path, row.collection, row.year_column)])


def _year(row: Division, year: int, session: HttpClient | None) -> int:
    """Return the year to ask for: of a postcode map the newest until then; else that year, if it exists."""
    years = set(row.years)
    if "{year}" not in row.path:
        years = {known for known in years if known <= year}
        year = max(years, default=year)
    elif year not in years and session is not None:
        years |= set(list_years(session, row.path))
    if year not in years:
        raise LayerUnknown(key=row.layer(year), known=", ".join(map(row.layer, sorted(years or row.years))))
    return year


def _themes(wanted: Iterable[str] | None) -> tuple[str, ...]:
    keys = tuple(THEMES) if wanted is None else tuple(wanted)
    for key in keys:
        if key not in THEMES:
            raise LayerUnknown(key=key, known=", ".join(THEMES))
    return keys


def _resolve(text: str, session: HttpClient | None) -> municipalities.Municipality:
    """Find the municipality: by code without asking anybody, by name first among what we have."""
    try:
        ours = [town for town in municipalities.cached_municipalities() if not town.is_made_up]
    except LockUnreadable:  # of another town, or of this one, which fetching mends
        ours = []
    code = municipalities.parse_code(text)
    if code:
        return municipalities.Municipality(
            code, next((town.name for town in ours if town.code == code), code)
        )
    try:
        return municipalities.find_municipality(text, ours)
    except MunicipalityUnknown:
        return municipalities.find_municipality(
            text, municipalities.all_municipalities(session, year=DIVISIONS["gemeente"].year)
        )


def _names_question() -> ServiceQuery:
    url = f"{PDOK.addresses()[0]}{municipalities.PATH}/collections/{municipalities.COLLECTION}/items"
    return ServiceQuery(("municipalities",), "PDOK", url, lambda _suppliers, _ground: [])


@dataclass
class _CallerCallbacks:
    """The caller's eyes and hand: told how far it is, asked whether to stop."""

    progress: Callable[[FetchProgress], None]
    cancel: Callable[[], bool]
    total: int
    done: int = 0
    last: tuple[str, ...] = ()

    def look(self, session: HttpClient) -> None:
        if self.cancel():
            raise FetchCancelled
        self.progress(FetchProgress(self.last, self.done, self.total, session.received_bytes))


@dataclass
class _Download:
    """One download on its way: the municipality first, then the rest side by side."""

    wish: DownloadRequest
    report: FetchReport
    suppliers: Suppliers
    session: HttpClient
    watch: _CallerCallbacks
    have: dict[str, LayerRecord]
    """What was whole before: never replaced by something that lacks a source."""

    def run(self) -> None:
        """Write each answer once it is complete.

        Raises
        ------
        FetchError
            The municipality could not be had in any year.
        """
        key, newest = DIVISIONS["gemeente"].key, DIVISIONS["gemeente"].layer(self.wish.year)
        towns = [question for question in self.report.questions if question.layers[0].startswith(f"{key}_")]
        came = sorted(self._answers(towns), key=lambda gifts: gifts[0].layer)
        if not came and any(newest in question.layers for question in towns):
            raise self.report.failures[0].problem
        for gifts in came:
            self.report.name = str(came[-1][0].table["name"].iloc[0])
            self._save(gifts)
        for gifts in self._answers([question for question in self.report.questions if question not in towns]):
            self._save(gifts)

    def _divisions(self) -> dict[str, list[int]]:
        """Return the divisions of the municipality that are here by now, each with its years, the oldest first."""
        return areas.list_divisions(self.wish.code) if available_layers(self.wish.code) else {}

    def _ground(self, year: int | None) -> shapely.Geometry:
        """Return the municipality as it was in a year, or as it is now; nothing before it is here."""
        years = self._divisions().get("gemeente", [])
        if not years:
            return shapely.Polygon()
        chosen = year if year in years else years[-1]
        ground: shapely.Geometry = areas.read_areas(self.wish.code, "gemeente", chosen).geometry.union_all()
        return ground

    def _answers(self, asked: list[ServiceQuery]) -> Iterator[list[DownloadedLayer]]:
        """Yield the answers to all queries as they come, each query in a thread of its own.

        A question that fails does not stop the others: it is noted. Whoever cancels does not wait for threads:
        they write nothing, and stop at the next piece of their answer.
        """
        pool = ThreadPoolExecutor(WORKERS)
        grounds = {year: self._ground(year) for year in {question.year for question in asked}}
        try:
            pending: dict[Future[list[DownloadedLayer]], ServiceQuery] = {
                pool.submit(_gifts, question, self.suppliers, grounds[question.year]): question
                for question in asked
            }
            while pending:
                self.watch.look(self.session)
                ended, _ = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in ended:
                    question = pending.pop(future)
                    try:
                        gifts = future.result()
                    except (FetchCancelled, FetchOffline):
                        raise
                    except FetchError as problem:
                        self.report.failures.append(FetchFailure(question.layers, problem))
                        continue
                    self.watch.done, self.watch.last = self.watch.done + 1, question.layers
                    yield gifts
                    self._note_lacking(question, gifts)
            self.watch.look(self.session)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _note_lacking(self, question: ServiceQuery, gifts: list[DownloadedLayer]) -> None:
        """Note layers that did not come with the others, and sources that layers lack."""
        problems: dict[str, list[DownloadedLayer]] = {}
        for gift in gifts:
            for source in gift.lacking:
                problems.setdefault(source, []).append(gift)
        absent = tuple(layer for layer in question.layers if layer not in {gift.layer for gift in gifts})
        for source, lacking in problems.items():
            names = tuple(gift.layer for gift in lacking)
            problem = lacking[0].lacking[source]
            self.report.failures.append(FetchFailure(names, problem, source, lacking[0].facts["source"]))
            if absent:
                self.report.failures.append(FetchFailure(absent, problem))

    def _save(self, gifts: list[DownloadedLayer]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for gift in gifts:
            if gift.lacking and gift.layer in self.have:
                continue
            entry = write_layer(
                gift.table,
                code=self.report.code,
                municipality=self.report.name,
                layer=gift.layer,
                file=gift.file,
                fetched=now,
                not_fetched=list(gift.lacking),
                **gift.facts,
            )
            self.report.new.append(entry)


def _gifts(question: ServiceQuery, suppliers: Suppliers, ground: shapely.Geometry) -> list[DownloadedLayer]:
    """Fetch a layer; an answer of another form than the service promises is unreadable.

    Raises
    ------
    FetchError
    """
    try:
        gifts = question.ask(suppliers, ground)
        for gift in gifts:
            texts = gift.table.select_dtypes(["object", "string"])
            "".join(map(str, texts.to_numpy().flat)).encode()  # half a sign cannot be written
    except MALFORMED as problem:
        raise AnswerUnreadable(service=question.service, reason=repr(problem)[:200]) from problem
    return gifts
