"""BGT: street furniture and functional areas from the municipality's own map, which may leave things out."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import RD
from layers import pdok
from layers.catalogue import BGT_COLLECTIONS, BGT_PATH, THEMES
from layers.transport import Session

KNOWN = frozenset(plus for theme in THEMES.values() for kind in theme.kinds for plus in kind.bgt)


@dataclass
class Objects:
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


def fetch(session: Session, box: tuple[float, float, float, float]) -> Objects:
    """Ask for the street furniture and functional areas that touch a box in RD metres."""
    found = [pdok.items(session, BGT_PATH, name, filters={}, box=box) for name in BGT_COLLECTIONS]
    return tidy(pd.concat([table for table in found if len(table)] or found[:1], ignore_index=True))


def tidy(raw: gpd.GeoDataFrame) -> Objects:
    """Keep what is there today and of a plus-type we use; both spellings of the columns are read.

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
    for column in ("bgtplustype", "identificatie", "eindregistratie", "tijdstipregistratie", "status"):
        if column not in raw:
            raw[column] = None
    retired = raw["eindregistratie"].notna() & raw["eindregistratie"].astype(str).ne("")
    planned = raw["status"].eq("plan") & ~retired
    there = raw[~retired & ~planned & ~raw.geometry.is_empty & raw.geometry.notna()]
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
    return Objects(
        table[used],
        str(dates.max()) if dates.notna().any() else "",
        int(retired.sum()),
        int(planned.sum()),
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
