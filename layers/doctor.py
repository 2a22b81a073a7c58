"""`buurt doctor`: one small question a contract line, and what of it is there, lacks, or is newer than we know."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.request import getproxies

from geo.errors import FetchCancelled, FetchError, FetchOffline, ServiceRefused, ServiceUnreachable
from layers.cache import atomic_write
from layers.catalogue import Rule
from layers.contracts import CONTRACTS, SERVICE_TERMS, STATLINE_TABLES, Contract, map_columns
from layers.services.addresses import CBS, LOCATIE, OVERPASS, PDOK, contact, data_folder
from layers.services.http import HttpClient
from layers.services.overpass import build_query
from layers.services.pdok import RD_URI, years_listed

OUTCOME = "doctor.json"
BAD_REQUEST = 400
BUDGET_S = 60.0
LEAST_FREE_BYTES = 1_000_000_000
MOST_CLOCK_S = 300.0
SOMEWHERE = (4.470, 51.990, 4.472, 51.992)
"""A box of two hundred metres: the least one can ask Overpass."""
MUNICIPALITY = "GM1621"
STREET = "Dorpsstraat"
ADDRESSES = {"pdok": PDOK, "locatie": LOCATIE, "overpass": OVERPASS, "cbs": CBS}
NEEDED_LACKS, WISHED_LACKS = 2, 3


@dataclass(frozen=True)
class CheckResult:
    """What came of one check.

    Attributes
    ----------
    line, service
        Of the contract; a check of this machine has the service ``here``.
    state
        ``ok``; ``columns`` (some lack), ``filter`` (it does not filter), ``empty``, ``unreachable``, ``refused``,
        ``unreadable``, ``offline``; of this machine ``ok``, ``lacks`` or ``used``.
    severity
        0, 2 where something needed lacks, 3 where something wished for does.
    names
        Columns, filters, or a status: what the state is about.
    newer
        A year that exists and is newer than the one we fetch; 0 for none.
    """

    line: str
    service: str
    state: str
    severity: int = 0
    names: tuple[str, ...] = ()
    newer: int = 0


@dataclass
class Diagnosis:
    """All checks together, with the day they were made."""

    day: str
    results: list[CheckResult] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when all is there, 2 when something needed lacks, else 3.

        Examples
        --------
        >>> Diagnosis("", [CheckResult("a", "pdok", "columns", 3), CheckResult("b", "pdok", "refused", 2)]).exit_code
        2
        """
        found = {result.severity for result in self.results}
        return NEEDED_LACKS if NEEDED_LACKS in found else max(found, default=0)

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data, without a name of a person, a host or a computer."""
        return {
            "day": self.day,
            "exit_code": self.exit_code,
            "results": [{**asdict(result), "names": list(result.names)} for result in self.results],
        }


def diagnose(
    code: str = MUNICIPALITY,
    *,
    session: HttpClient | None = None,
    record: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Diagnosis:
    """Check this machine and ask every service one small question a line.

    Parameters
    ----------
    code
        Of the municipality that is asked for.
    record
        Folder in which each answer is written, cut to one feature, so that it can be sent to the makers.
    progress
        Told after each line how many of how many are done.

    Returns
    -------
    Diagnosis
        It is also written in the data folder, for the page that shows the last one.
    """
    found = Diagnosis(datetime.now(UTC).date().isoformat(), _this_machine())
    with session or HttpClient(budget_s=BUDGET_S, waits_s=(1.0, 1.0)) as asking:
        examination = _Examination(asking, code, record)
        for done, terms in enumerate(CONTRACTS.values(), 1):
            found.results.append(examination.check(terms))
            progress(done, len(CONTRACTS))
        found.results.append(examination.clock())
    _write_outcome(found)
    return found


def last_diagnosis() -> Diagnosis | None:
    """Return the outcome of the last examination; None when there was none, or its file is damaged."""
    try:
        outcome = json.loads((data_folder() / OUTCOME).read_text(encoding="utf-8"))
        rows = [CheckResult(**{**row, "names": tuple(row["names"])}) for row in outcome["results"]]
        return Diagnosis(str(outcome["day"]), rows)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write_outcome(found: Diagnosis) -> None:
    folder = data_folder()
    try:
        with atomic_write(folder / OUTCOME) as draft:
            draft.write_text(
                json.dumps(found.as_data(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
    except OSError:
        return  # the table says that the folder cannot be written


def _this_machine() -> list[CheckResult]:
    """Check the data folder, the room on disk, and whether operators can reach us."""
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-"):
            writable = True
        free = shutil.disk_usage(folder).free
    except OSError:
        writable, free = False, LEAST_FREE_BYTES
    checks = (
        ("folder", writable, NEEDED_LACKS),
        ("disk", free >= LEAST_FREE_BYTES, WISHED_LACKS),
        ("contact", bool(contact()), WISHED_LACKS),
    )
    found = [
        CheckResult(name, "here", "ok" if there else "lacks", 0 if there else severity)
        for name, there, severity in checks
    ]
    return [*found, CheckResult("proxy", "here", "used" if getproxies().get("https") else "ok")]


@dataclass
class _Examination:
    """One round along all lines."""

    session: HttpClient
    code: str
    record: Path | None
    dates: list[tuple[datetime, float]] = field(default_factory=list)

    def check(self, terms: Contract) -> CheckResult:
        """Request what a line promises and judge the answer."""
        lacks = _severity(terms)
        try:
            result = self._asked(terms)
        except FetchOffline:
            return CheckResult(terms.key, terms.service, "offline", WISHED_LACKS)
        except FetchCancelled:
            raise
        except ServiceRefused as problem:
            self._write(terms, {"status": problem.facts["status"], "detail": problem.facts["detail"]})
            names = (str(problem.facts["status"]),)
            return CheckResult(terms.key, terms.service, "refused", lacks, names)
        except FetchError as problem:
            self._write(terms, {"problem": type(problem).__name__, **problem.facts})
            silent = isinstance(problem, ServiceUnreachable)
            return CheckResult(terms.key, terms.service, "unreachable" if silent else "unreadable", lacks)
        return result

    def clock(self) -> CheckResult:
        """Compare our clock with the one in the answers: with a wrong one no secure connection is made."""
        wrong = [abs(theirs.timestamp() - ours) > MOST_CLOCK_S for theirs, ours in self.dates]
        state = "lacks" if wrong and all(wrong) else "ok"
        return CheckResult("clock", "here", state, WISHED_LACKS if state == "lacks" else 0)

    def _asked(self, terms: Contract) -> CheckResult:
        if terms.key == "slots":
            text = self.session.get_text(
                SERVICE_TERMS[terms.service].name, OVERPASS.addresses()[0] + terms.path
            )
            self._write(terms, {"text": text})
            return CheckResult(
                terms.key, terms.service, "ok" if text else "unreachable", 0 if text else WISHED_LACKS
            )
        base = ADDRESSES[terms.service].addresses()[0]
        url = base + terms.path.format(year=terms.year, table=STATLINE_TABLES.get(terms.year, ""))
        if terms.collection:
            return self._collection(terms, f"{url}/collections/{terms.collection}/items")
        form = None
        params: dict[str, str] = {}
        if terms.key == "interpreter":
            form = {"data": build_query([Rule("amenity=bench").overpass()], SOMEWHERE)}
        elif terms.key == "suggest":
            params = {"q": STREET, "rows": "1", "fq": "type:(weg)"}
        elif terms.key == "observations":
            wanted = f"(startswith(WijkenEnBuurten,'{self.code}')) and Measure in ('T001036')"
            params = {"$filter": wanted, "$select": ",".join([*terms.needed, *terms.wished])}
        elif terms.service == "pdok":
            params = {"f": "json"}
        body = self._json(terms, url, params, form)
        rows = body.get("value") if terms.service == "cbs" and terms.key != "properties" else None
        if terms.service == "cbs" and terms.key != "properties" and not rows:
            return CheckResult(terms.key, terms.service, "empty", _severity(terms))
        result = _judged(terms, rows[0] if rows else body)
        if terms.key == "index":
            newest = max(years_listed(body, CONTRACTS["buurt"].path), default=0)
            return replace(result, newer=newest if newest > CONTRACTS["buurt"].year else 0)
        return result

    def _collection(self, terms: Contract, url: str) -> CheckResult:
        plain = {"f": "json", "limit": "1", "crs": RD_URI}
        moment = datetime.fromtimestamp(self.session.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {**terms.parameters, **terms.optional_parameters}
        filters = {
            key: value.format(code=self.code, year=terms.year, moment=moment) for key, value in asked.items()
        }
        unfiltered: tuple[str, ...] = ()
        try:
            body = self._json(terms, url, plain | filters, None)
        except ServiceRefused as problem:
            if problem.facts["status"] != BAD_REQUEST or not filters:
                raise
            unfiltered = tuple(filters)
            body = self._json(terms, url, plain, None)
        features = body.get("features") or []
        if not features:
            return CheckResult(terms.key, terms.service, "empty", NEEDED_LACKS)
        judged = _judged(terms, features[0].get("properties") or {})
        if judged.state == "ok" and unfiltered:
            return CheckResult(terms.key, terms.service, "filter", WISHED_LACKS, unfiltered)
        return judged

    def _json(
        self, terms: Contract, url: str, params: Mapping[str, str], form: Mapping[str, str] | None
    ) -> dict[str, Any]:
        service = SERVICE_TERMS[terms.service].name
        answer = self.session.get_json(service, url, params=params or None, form=form)
        if dated := answer.headers.get("date"):
            self.dates.append((parsedate_to_datetime(dated), self.session.now()))
        body: dict[str, Any] = answer.body
        headers = {key: answer.headers.get(key, "") for key in ("content-type", "content-crs")}
        self._write(terms, {"status": 200, "headers": headers, "body": trimmed(body)})
        return body

    def _write(self, terms: Contract, facts: Mapping[str, Any]) -> None:
        if self.record is None:
            return
        self.record.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"line": terms.key, **facts}, ensure_ascii=False, indent=1, default=str) + "\n"
        (self.record / f"{terms.key}.json").write_text(text, encoding="utf-8")


def _severity(terms: Contract) -> int:
    """Return how bad it is when a line gives nothing."""
    return WISHED_LACKS if terms.optional else NEEDED_LACKS


def _judged(terms: Contract, row: Mapping[str, Any]) -> CheckResult:
    """Return which columns of a line are absent in one row of its answer."""
    needed = tuple(name for name in terms.needed if name not in row)
    wished = [*terms.wished]
    if terms.figures and terms.path.startswith("/cbs/wijken"):
        wished += sorted(map_columns(terms.year))
    lacking = tuple(name for name in wished if name not in row)
    if needed:
        return CheckResult(terms.key, terms.service, "columns", _severity(terms), needed)
    if lacking:
        return CheckResult(terms.key, terms.service, "columns", WISHED_LACKS, lacking)
    return CheckResult(terms.key, terms.service, "ok")


def trimmed(body: Any, most: int = 3) -> Any:
    """Return an answer with at most some items of every list, for a recording.

    Examples
    --------
    >>> trimmed({"value": [1, 2, 3, 4, 5]})
    {'value': [1, 2, 3]}
    """
    if isinstance(body, dict):
        return {key: trimmed(value, most) for key, value in list(body.items())[:200]}
    if isinstance(body, list):
        return [trimmed(value, most) for value in body[:most]]
    return body
