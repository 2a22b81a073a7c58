"""What one map gave while the other failed, kept until the other half comes: nobody is asked the same twice."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pyogrio

from geo.crs import RD
from layers.cache import atomic_write, municipality_folder, only_writer
from layers.services.bgt import BgtObjects
from layers.services.overpass import OsmObjects

FILE, FACTS = "half.gpkg", "half.json"
KEPT = timedelta(days=7)
"""After this both maps are asked again: a theme should be of one moment."""


def write(code: str, osm: OsmObjects | None, bgt: BgtObjects | None) -> None:
    """Write the half that came, as it came; the other is None."""
    half = osm if osm is not None else bgt
    if half is None:
        return
    home = municipality_folder(code)
    home.mkdir(parents=True, exist_ok=True)
    table = half.table.rename_axis("ident").reset_index()
    if isinstance(half, OsmObjects):
        table["tags"] = [json.dumps(tags, ensure_ascii=False) for tags in table["tags"]]
        facts: dict[str, Any] = {"source": "osm", "date": half.date, "incomplete": half.incomplete}
    else:
        dates = {"date": half.date, "retired": half.retired, "planned": half.planned, "others": half.others}
        facts = {"source": "bgt", **dates}
    facts["written"] = datetime.now(UTC).isoformat(timespec="seconds")
    with only_writer(home):
        with atomic_write(home / FILE) as draft:
            pyogrio.write_dataframe(table, draft, layer=facts["source"], driver="GPKG")
        with atomic_write(home / FACTS) as draft:
            draft.write_text(json.dumps(facts, ensure_ascii=False) + "\n", encoding="utf-8")


def delete(code: str) -> None:
    """Delete the half that was kept, if any."""
    for name in (FACTS, FILE):
        (municipality_folder(code) / name).unlink(missing_ok=True)


def read_osm(code: str) -> OsmObjects | None:
    """Return the half of OpenStreetMap that waits for the other; None when there is none that is recent."""
    facts, table = _read(code, "osm")
    if table is None:
        return None
    table["tags"] = [json.loads(tags) for tags in table["tags"]]
    return OsmObjects(table, str(facts["date"]), int(facts["incomplete"]))


def read_bgt(code: str) -> BgtObjects | None:
    """Return the half of the BGT that waits for the other; None when there is none that is recent."""
    facts, table = _read(code, "bgt")
    if table is None:
        return None
    return BgtObjects(
        table, str(facts["date"]), int(facts["retired"]), int(facts["planned"]), dict(facts["others"])
    )


def _read(code: str, source: str) -> tuple[dict[str, Any], gpd.GeoDataFrame | None]:
    home = municipality_folder(code)
    try:
        facts = json.loads((home / FACTS).read_text(encoding="utf-8"))
        recent = datetime.now(UTC) - datetime.fromisoformat(facts["written"]) < KEPT
        if facts["source"] != source or not recent:
            return {}, None
        table = pyogrio.read_dataframe(home / FILE, layer=source).set_crs(RD, allow_override=True)
        return facts, table.set_index("ident")
    except (OSError, ValueError, LookupError, TypeError, pyogrio.errors.DataSourceError):
        return {}, None  # absent or damaged: both are asked
