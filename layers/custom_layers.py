"""Layers people uploaded themselves: their own division or list of facilities, each with its origin."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo.crs import WGS84
from geo.errors import LayerNotFetched
from layers.cache import atomic_write
from layers.search.name_matching import slugify
from layers.services.addresses import data_folder

PREFIX = "own_"
"""Begins the key of every own layer, so that it is never taken for an official one."""


@dataclass(frozen=True)
class CustomLayer:
    """One layer somebody uploaded.

    Attributes
    ----------
    role
        ``"areas"``, ``"facilities"`` or ``"figures"``.
    name
        Of the file it came from.
    bounds_wgs84
        West, south, east, north, degrees: where it can be set beside drawings.
    date
        The day it was taken in, ISO 8601.
    title, source, licence, year
        How its owner calls it, whose it is, what one may do with it, and of which year; empty and 0 until told.
    project
        Id of the only project that sees it; empty when every project near it does.
    replaces
        Of facilities: whether the list comes instead of the fetched places of its kinds, or beside them.
    areas
        Of figures: key of the own areas they are of; empty for national codes.
    """

    key: str
    role: str
    name: str
    rows: int
    bounds_wgs84: tuple[float, float, float, float]
    date: str
    title: str = ""
    source: str = ""
    licence: str = ""
    year: int = 0
    project: str = ""
    replaces: bool = False
    areas: str = ""

    @property
    def shown_name(self) -> str:
        """How it is called wherever it is shown."""
        return self.title or self.name


def save_custom_layer(
    table: pd.DataFrame,
    *,
    role: str,
    name: str,
    date: str,
    digest: str = "",
    year: int = 0,
    project: str = "",
    replaces: bool = False,
    areas: str = "",
) -> CustomLayer:
    """Save a checked table (AREAS or FACILITIES in metres, or figures by code) under its name and digest.

    Only the very same contents, read in the same role, replace an older layer: a name is no key, since several
    names clean to one, and two files may have the same.
    """
    key = PREFIX + "_".join(part for part in (_slug(name), digest) if part)
    west, south, east, north = (
        (float(edge) for edge in table.to_crs(WGS84).total_bounds)
        if isinstance(table, gpd.GeoDataFrame)
        else (0.0,) * 4
    )
    own = CustomLayer(
        key, role, name, len(table), (west, south, east, north), date, year=year,
        project=project, replaces=replaces, areas=areas,
    )  # fmt: skip
    path = _path(key)
    if path.exists():
        # The very same contents again: what its owner told of it stays.
        then = _facts(key)
        own = replace(
            own, title=then.title, source=then.source, licence=then.licence, year=year or then.year,
            project=project or then.project, replaces=replaces or then.replaces,
        )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as draft:
        _write_table(table, draft, role)
    _write_facts(own)
    return own


def _write_table(table: pd.DataFrame, draft: Path, role: str) -> None:
    pyogrio.write_dataframe(table.reset_index(), draft, layer=role, driver="GPKG")


def _as_text(own: CustomLayer) -> str:
    return json.dumps(asdict(own), ensure_ascii=False) + "\n"


def _write_facts(own: CustomLayer) -> None:
    with atomic_write(_path(own.key).with_suffix(".json")) as draft:
        draft.write_text(_as_text(own), encoding="utf-8")


def _facts(key: str) -> CustomLayer:
    row = json.loads(_path(key).with_suffix(".json").read_text(encoding="utf-8"))
    return CustomLayer(**{**row, "bounds_wgs84": tuple(row["bounds_wgs84"])})


def describe_custom_layer(
    key: str,
    *,
    title: str | None = None,
    source: str | None = None,
    licence: str | None = None,
    year: int | None = None,
    project: str | None = None,
    replaces: bool | None = None,
) -> CustomLayer:
    """Set what is known of an own layer; None leaves it as it was.

    Raises
    ------
    LayerNotFetched
    """
    own = find_custom_layer(key)
    changes: dict[str, Any] = {
        "title": title, "source": source, "licence": licence,
        "year": year, "project": project, "replaces": replaces,
    }  # fmt: skip
    own = replace(own, **{name: value for name, value in changes.items() if value is not None})
    _write_facts(own)
    return own


def find_custom_layer(key: str) -> CustomLayer:
    """Return what is known of an own layer.

    Raises
    ------
    LayerNotFetched
    """
    if not re.fullmatch(rf"{PREFIX}[a-z0-9_]+", key) or not _path(key).exists():
        raise LayerNotFetched(key=key, code="own")
    return _facts(key)


def remove_files(key: str) -> None:
    """Delete the files of an own layer, and of no other: `layer_replacement` sees to what belongs to it."""
    path = _path(key)
    path.with_suffix(".json").unlink()  # first: a layer exists when its facts do
    path.unlink()


@contextlib.contextmanager
def changed_layer(key: str, table: pd.DataFrame, *, areas: str) -> Iterator[None]:
    """Write figures anew under their key, for other areas; both files take their place once this ends well."""
    own = replace(_facts(key), rows=len(table), areas=areas)
    path = _path(key)
    with atomic_write(path.with_suffix(".json")) as facts, atomic_write(path) as draft:
        _write_table(table, draft, own.role)
        facts.write_text(_as_text(own), encoding="utf-8")
        yield


def list_custom_layers(role: str) -> list[CustomLayer]:
    """Return the own layers of a role, by name."""
    found = [_facts(path.stem) for path in sorted(_path("").parent.glob(f"{PREFIX}*.json"))]
    return [own for own in found if own.role == role]


def custom_layers_version() -> str:
    """Return a token of all own layers together; another one once a layer is saved or deleted."""
    paths = sorted(_path("").parent.glob(f"{PREFIX}*.json"))
    return " ".join(f"{path.stem}:{path.stat().st_mtime_ns:x}" for path in paths)


def custom_layers_near(
    role: str, bounds_wgs84: tuple[float, float, float, float], project: str
) -> list[CustomLayer]:
    """Return the own layers of a role that lie where these bounds lie, and that a project may see."""
    place = shapely.box(*bounds_wgs84)
    return [
        own
        for own in list_custom_layers(role)
        if own.project in ("", project) and shapely.intersects(place, shapely.box(*own.bounds_wgs84))
    ]


def custom_layers_alike(role: str, name: str) -> list[CustomLayer]:
    """Return the own layers of a role that are called like a file, whatever stands in it."""
    wanted = _slug(name)
    return [own for own in list_custom_layers(role) if wanted in (_slug(own.name), _slug(own.title))]


def _slug(name: str) -> str:
    return slugify(name, "_", max_length=32)


def read_custom_layer(key: str) -> Any:
    """Read an own layer back; its index is ``code`` or ``facility_id``, and figures have no geometry.

    Raises
    ------
    LayerNotFetched
    """
    path = _path(key)
    if not path.exists():
        raise LayerNotFetched(key=key, code="own")
    own = _facts(key)
    table = pyogrio.read_dataframe(path, layer=own.role)
    table = table.set_index("facility_id" if own.role == "facilities" else "code")
    table.attrs = {
        "division": key,
        "year": own.year or None,
        "source": own.source or own.shown_name,
        "date": own.date,
        "made_up": False,
    }
    if own.licence:
        table.attrs["licence"] = own.licence
    return table


def _path(key: str) -> Path:
    return data_folder() / "own" / f"{key}.gpkg"
