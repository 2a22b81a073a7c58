"""BGT: street furniture and functional areas from the municipality's own map, which may leave things out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import RD
from geo.errors import ServiceRefused
from layers.catalogue import BGT_COLLECTIONS, THEMES
from layers.contracts import CONTRACTS
from layers.services.http import HttpClient
from layers.services.pdok import fetch_features

BAD_REQUEST, NOT_FOUND = 400, 404
ENDED = ("eind_registratie", "eindregistratie", "termination_date", "objecteindtijd")
STATES = ("status", "plus_status", "bgt_status")
KNOWN = frozenset(plus for theme in THEMES.values() for kind in theme.kinds for plus in kind.bgt)


@dataclass
class BgtObjects:
    """What the BGT has of the plus-types we use.

    Attributes
    ----------
    table
        Index ``ident`` (BGT's ``lokaal_id``); columns ``plus``, ``date`` and ``geometry``, in RD.
    date
        The newest day on which any object was registered: the BGT changes every day.
    retired, planned
        Objects left out: gone, or not yet there.
    others
        How many objects have each plus-type that we do not use.
    """

    table: gpd.GeoDataFrame
    date: str
    retired: int
    planned: int
    others: dict[str, int]


def fetch_objects(session: HttpClient, box: tuple[float, float, float, float]) -> BgtObjects:
    """Fetch the street furniture and functional areas of today that touch a box in RD metres.

    The service gives every version there ever was: today's are asked for where it can, and what is gone or has
    a type we do not use is counted and left out page by page.
    """
    counts: Counter[str] = Counter()
    others: Counter[str] = Counter()

    def keep(row: dict[str, Any]) -> bool:
        plus = _plus(row)
        gone = reason_absent(row)
        if gone:
            counts[gone] += 1
        elif plus not in KNOWN:
            others[plus] += 1
        return not gone and plus in KNOWN

    found = [_fetch(session, name, box, keep) for name in BGT_COLLECTIONS]
    objects = normalise(pd.concat([table for table in found if len(table)] or found[:1], ignore_index=True))
    return replace(
        objects,
        retired=objects.retired + counts["retired"],
        planned=objects.planned + counts["planned"],
        others=dict(others),
    )


def _fetch(
    session: HttpClient,
    name: str,
    box: tuple[float, float, float, float],
    keep: Callable[[dict[str, Any]], bool],
) -> gpd.GeoDataFrame:
    """Fetch one collection as it is now, or with its history where it cannot be asked for a moment.

    Raises
    ------
    FetchError
    """
    terms = CONTRACTS[name]
    moment = datetime.fromtimestamp(session.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    of_today = {key: value.format(moment=moment) for key, value in terms.optional_parameters.items()}
    failure: ServiceRefused | None = None
    for path in (terms.path, *terms.aliases):
        for filters in (of_today, {}):
            try:
                return fetch_features(session, path, name, filters=filters, box=box, keep=keep)
            except ServiceRefused as problem:
                failure = failure or problem
                if problem.facts["status"] == NOT_FOUND:
                    break
                if problem.facts["status"] != BAD_REQUEST or not filters:
                    raise
    raise failure or ServiceRefused(service=name, status=NOT_FOUND, detail="no path is known")


def _plus(row: dict[str, Any]) -> str:
    stated = row.get("plus_type", row.get("bgtplustype"))
    return str(plus_type(pd.Series([stated], dtype=object)).iloc[0])


def reason_absent(row: dict[str, Any]) -> str:
    """Return why an object is not there: ``retired``, ``planned``, or empty for one that is.

    Examples
    --------
    >>> reason_absent({"status": "bestaand"}), reason_absent({"status": "plan"})
    ('', 'planned')
    >>> reason_absent({"status": "bestaand", "termination_date": "2024-05-01"})
    'retired'
    """
    if any(row.get(column) for column in ENDED):
        return "retired"
    states = {str(row[column]).strip().lower() for column in STATES if row.get(column)}
    if "plan" in states:
        return "planned"
    return "retired" if states - {"bestaand"} else ""


def normalise(raw: gpd.GeoDataFrame) -> BgtObjects:
    """Return what exists today and has a plus-type we use; both spellings of columns are read.

    Parameters
    ----------
    raw
        Columns ``plus_type`` or ``bgtplustype``, ``lokaal_id`` or ``identificatie``, ``status`` ...; any CRS.
    """
    raw = raw.rename(
        columns={
            "plus_type": "bgtplustype",
            "lokaal_id": "identificatie",
            "eind_registratie": "eindregistratie",
            "tijdstip_registratie": "tijdstipregistratie",
        }
    ).to_crs(RD)
    for column in ("bgtplustype", "identificatie", "tijdstipregistratie"):
        if column not in raw:
            raw[column] = None
    plain = raw.drop(columns="geometry").astype(object).where(raw.drop(columns="geometry").notna(), None)
    absent = pd.Series(
        [reason_absent(row) for row in plain.to_dict("records")], index=raw.index, dtype=object
    )
    there = raw[absent.eq("") & ~shapely.is_missing(raw.geometry.to_numpy()) & ~raw.geometry.is_empty]
    plus = plus_type(there["bgtplustype"])
    dates = pd.to_datetime(there["tijdstipregistratie"], errors="coerce", utc=True).dt.strftime("%Y-%m-%d")
    table = gpd.GeoDataFrame(
        {"plus": plus, "date": dates.fillna("")},
        geometry=shapely.force_2d(there.geometry.to_numpy()),
        crs=RD,
    )
    table.index = pd.Index(there["identificatie"].astype(str), name="ident")
    table = table[~table.index.duplicated(keep="last")]
    used = table["plus"].isin(KNOWN)
    return BgtObjects(
        table[used],
        str(dates.max()) if dates.notna().any() else "",
        int(absent.eq("retired").sum()),
        int(absent.eq("planned").sum()),
        {str(name): int(n) for name, n in table["plus"][~used].value_counts().items()},
    )


def plus_type(column: "pd.Series[str]") -> "pd.Series[str]":
    """Read a plus-type however it is spelled.

    Examples
    --------
    >>> plus_type(pd.Series(["bank", "niet-bgt:bank", "niet-bgt:recreatie: Speeltuin", None])).tolist()
    ['bank', 'bank', 'speeltuin', '']
    """
    return column.fillna("").astype(str).str.split(":").str[-1].str.strip().str.casefold()
