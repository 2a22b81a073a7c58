"""Which municipalities there are, so that a name may be typed instead of a code."""

import difflib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.errors import AnswerIncomplete, LayerNotFetched, MunicipalityUnknown
from layers import pdok
from layers.cache import Lock, codes, replacing
from layers.settings import data_folder
from layers.streets import bare
from layers.transport import Session

INDEX = "municipalities.json"
PATH, COLLECTION = "/cbs/gebiedsindelingen/ogc/v1", "gemeente_gegeneraliseerd"
LEAST = 300
"""There are 342 in 2025; a list much shorter is not the list."""


@dataclass(frozen=True)
class Municipality:
    """A municipality by code and name; made up when it is the town of the examples."""

    code: str
    name: str
    is_made_up: bool = False


def fetched() -> list[Municipality]:
    """Give the municipalities whose layers we have, by name."""
    locks = [Lock.read(code) for code in codes()]
    return sorted((Municipality(k.code, k.name, k.made_up) for k in locks), key=lambda m: m.name)


def known(session: Session | None = None, *, year: int) -> list[Municipality]:
    """Give every Dutch municipality; asked once a year, kept beside the layers.

    Raises
    ------
    LayerNotFetched
        The list is not here and there is no session to ask with.
    FetchError
    """
    of_year, here = kept()
    if here and (of_year >= year or session is None):
        return here
    if session is None:
        raise LayerNotFetched(key="municipalities", code="NL")
    raw = pdok.items(session, PATH, COLLECTION, filters={"jaarcode": str(year)})
    pairs = zip(raw["statcode"], raw["statnaam"], strict=True) if {"statcode", "statnaam"} <= {*raw} else ()
    rows = {str(code).strip(): str(name).strip() for code, name in pairs if code and name}
    if len(rows) < LEAST:
        raise AnswerIncomplete(service=f"PDOK {COLLECTION}", reason=f"it lists {len(rows)} municipalities")
    listed = {
        "year": year,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "municipalities": [{"code": code, "name": rows[code]} for code in sorted(rows)],
    }
    path = data_folder() / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft:
        draft.write_text(json.dumps(listed, ensure_ascii=False, indent=0), encoding="utf-8")
    return [Municipality(code, name) for code, name in rows.items()]


def kept() -> tuple[int, list[Municipality]]:
    """Give the year of the list that is here, and the list; 0 and nothing before it was asked for."""
    path = data_folder() / INDEX
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        rows = [Municipality(str(row["code"]), str(row["name"])) for row in listed["municipalities"]]
        return int(listed["year"]), rows
    except (OSError, ValueError, LookupError, TypeError):  # absent or damaged: it is asked again
        return 0, []


def as_code(text: str) -> str | None:
    """Read a code however it is written.

    Examples
    --------
    >>> as_code("1621"), as_code(" gm0397 "), as_code("397"), as_code("Lansingerland")
    ('GM1621', 'GM0397', 'GM0397', None)
    """
    found = re.fullmatch(r"\s*(?:GM)?(\d{1,4})\s*", text, flags=re.IGNORECASE)
    return f"GM{int(found[1]):04d}" if found else None


def find(text: str, among: list[Municipality]) -> Municipality:
    """Find a municipality by its name, without regard for case, accents or signs.

    Raises
    ------
    MunicipalityUnknown
        With the names that look like it.

    Examples
    --------
    >>> find("'S GRAVENHAGE", [Municipality("GM0518", "'s-Gravenhage")]).code
    'GM0518'
    """
    wanted = bare(text)
    by_name = {bare(m.name): m for m in among}
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, list(by_name), n=3, cutoff=0.0)
    raise MunicipalityUnknown(name=text, near=", ".join(by_name[name].name for name in near) or "-")
