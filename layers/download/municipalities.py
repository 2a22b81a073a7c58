"""Which municipalities there are, so that a name may be typed instead of a code."""

import difflib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import geopandas as gpd
import pyogrio
import shapely

from geo.crs import RD
from geo.errors import AnswerIncomplete, LayerNotFetched, MunicipalityUnknown
from layers.cache import Manifest, atomic_write, cached_codes
from layers.catalogue import DIVISIONS
from layers.contracts import CONTRACTS
from layers.search.name_matching import normalised_name
from layers.services.addresses import data_folder
from layers.services.http import HttpClient
from layers.services.pdok import fetch_features

INDEX, BORDERS = "municipalities.json", "municipalities.gpkg"
TERMS = CONTRACTS["municipalities"]
PATH, COLLECTION = TERMS.path, TERMS.collection
MIN_MUNICIPALITIES = 300
"""There are 342 in 2025; a list much shorter is not the list."""


@dataclass(frozen=True)
class Municipality:
    """A municipality by code and name; made up when it is the town of the examples."""

    code: str
    name: str
    is_made_up: bool = False


def cached_municipalities() -> list[Municipality]:
    """Return the municipalities whose layers we have, by name."""
    locks = [Manifest.read(code) for code in cached_codes()]
    return sorted((Municipality(k.code, k.name, k.made_up) for k in locks), key=lambda m: m.name)


def all_municipalities(session: HttpClient | None = None, *, year: int) -> list[Municipality]:
    """Return every Dutch municipality; asked once a year, kept beside the layers.

    Raises
    ------
    LayerNotFetched
        The list is not here and there is no session to ask with.
    FetchError
    """
    of_year, here = cached_list()
    if here and (of_year >= year or session is None):
        return here
    if session is None:
        raise LayerNotFetched(key="municipalities", code="NL")
    raw = fetch_features(session, PATH, COLLECTION, filters={TERMS.year_column: str(year)})
    code_column, name_column = TERMS.needed
    there = set(TERMS.needed) <= {*raw}
    pairs = zip(raw[code_column], raw[name_column], strict=True) if there else ()
    rows = {str(code).strip(): str(name).strip() for code, name in pairs if code and name}
    if len(rows) < MIN_MUNICIPALITIES:
        raise AnswerIncomplete(service=f"PDOK {COLLECTION}", reason=f"it lists {len(rows)} municipalities")
    listed = {
        "year": year,
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        "municipalities": [{"code": code, "name": rows[code]} for code in sorted(rows)],
    }
    path = data_folder() / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    _keep_borders(raw, code_column, name_column)
    with atomic_write(path) as draft:
        draft.write_text(json.dumps(listed, ensure_ascii=False, indent=0), encoding="utf-8")
    return [Municipality(code, name) for code, name in rows.items()]


def _keep_borders(raw: gpd.GeoDataFrame, code_column: str, name_column: str) -> None:
    """Save the generalised borders that come with the list: a ground to see where a file lies."""
    shapes = shapely.make_valid(raw.geometry.to_numpy())
    table = gpd.GeoDataFrame(
        {"code": raw[code_column].astype(str).str.strip(), "name": raw[name_column].astype(str).str.strip()},
        geometry=shapes,
        crs=RD,
    )
    table = table[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    if table.empty:
        return
    with atomic_write(data_folder() / BORDERS) as draft:
        pyogrio.write_dataframe(table, draft, layer="gemeente", driver="GPKG")


def cached_borders() -> gpd.GeoDataFrame | None:
    """Return the generalised borders of all municipalities, in RD; None until their list came with a fetch."""
    path = data_folder() / BORDERS
    return pyogrio.read_dataframe(path).set_crs(RD, allow_override=True) if path.is_file() else None


def cached_list() -> tuple[int, list[Municipality]]:
    """Return the year of the list that is here, and the list; 0 and nothing before it was asked for."""
    path = data_folder() / INDEX
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        rows = [Municipality(str(row["code"]), str(row["name"])) for row in listed["municipalities"]]
        return int(listed["year"]), rows
    except (OSError, ValueError, LookupError, TypeError):  # absent or damaged: it is asked again
        return 0, []


def parse_code(text: str) -> str | None:
    """Read a code however it is written.

    Examples
    --------
    >>> parse_code("1621"), parse_code(" gm0397 "), parse_code("397"), parse_code("Lansingerland")
    ('GM1621', 'GM0397', 'GM0397', None)
    """
    found = re.fullmatch(r"\s*(?:GM)?(\d{1,4})\s*", text, flags=re.IGNORECASE)
    return f"GM{int(found[1]):04d}" if found else None


def find_municipality(text: str, among: list[Municipality]) -> Municipality:
    """Find a municipality by its name, without regard for case, accents or signs.

    Raises
    ------
    MunicipalityUnknown
        With the names that look like it.

    Examples
    --------
    >>> find_municipality("'S GRAVENHAGE", [Municipality("GM0518", "'s-Gravenhage")]).code
    'GM0518'
    """
    wanted = normalised_name(text)
    by_name = {normalised_name(m.name): m for m in among}
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, list(by_name), n=3, cutoff=0.0)
    raise MunicipalityUnknown(name=text, near=", ".join(by_name[name].name for name in near) or "-")


def municipalities() -> list[Municipality]:
    """Return the municipalities whose layers we have, by name; the made-up town among them."""
    return cached_municipalities()


def listed_municipalities() -> list[Municipality]:
    """Return every Dutch municipality, by name; empty until the list of this year came with a fetch."""
    year, listed = cached_list()
    return sorted(listed, key=lambda m: m.name) if year >= DIVISIONS["gemeente"].year else []
