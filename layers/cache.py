"""What we have on disk: a folder a municipality, with GeoPackages and a lock that says where they come from.

A folder ``GM1621`` holds ``areas.gpkg`` (layers ``wijk_2025``, ``pc6_2024`` ...), ``facilities.gpkg`` (one
layer a theme), ``basemap.gpkg`` and ``lock.json``. A layer exists when the lock names it; a layer is
written whole or not at all.
"""

import contextlib
import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from filelock import FileLock, Timeout

from geo.crs import RD
from geo.errors import CacheBusy, GroundNotChosen, LayerNotFetched, LockUnreadable
from layers.services.addresses import data_folder

FORMAT = 1
LOCK = "lock.json"
AREAS_FILE, FACILITIES_FILE, BASEMAP_FILE = "areas.gpkg", "facilities.gpkg", "basemap.gpkg"
DRAFT = ".draft-"
"""How the name begins of a folder where something is written that is not there yet."""


@dataclass(frozen=True)
class LayerRecord:
    """One layer we have: what it is, whose, from where, when.

    ``date`` is the day or year the facts hold for, ``fetched`` the moment we asked. ``coverage`` tells for
    each source whether it says anything about this municipality. ``notes`` counts what was left out or put
    together.
    """

    layer: str
    file: str
    key: str
    source: str
    licence: str
    date: str
    rows: int
    sha256: str
    fetched: str
    url: str = ""
    year: int | None = None
    attribution: str = ""
    coverage: dict[str, bool] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    not_fetched: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return the line of the lock as data; lists that are empty are left out."""
        facts = asdict(self)
        return {key: value for key, value in facts.items() if value or key not in ("not_fetched", "absent")}


@dataclass(frozen=True)
class Manifest:
    """What a municipality's folder holds."""

    code: str
    name: str
    made_up: bool = False
    layers: dict[str, LayerRecord] = field(default_factory=dict)

    @classmethod
    def read(cls, code: str) -> "Manifest":
        """Read the lock of a municipality.

        Raises
        ------
        LayerNotFetched
            There is no such folder.
        GroundNotChosen
            There is no code: a project of a file has none.
        LockUnreadable
            The lock is not ours or is damaged.
        """
        if not code:
            raise GroundNotChosen
        path = municipality_folder(code) / LOCK
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise LayerNotFetched(key=code, code=code) from None
        except ValueError as problem:
            raise LockUnreadable(path=str(path), reason=str(problem)) from problem
        try:
            if known["format"] != FORMAT:
                raise LockUnreadable(path=str(path), reason=f"format {known['format']} is not {FORMAT}")
            entries = {row["layer"]: LayerRecord(**row) for row in known["layers"]}
            return cls(known["code"], known["name"], known["made_up"], entries)
        except (KeyError, TypeError) as problem:
            raise LockUnreadable(path=str(path), reason=repr(problem)) from problem

    def write(self) -> None:
        """Write the lock, in one move."""
        known = {
            "format": FORMAT,
            "code": self.code,
            "name": self.name,
            "made_up": self.made_up,
            "layers": [self.layers[name].row() for name in sorted(self.layers)],
        }
        text = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
        with atomic_write(municipality_folder(self.code) / LOCK) as draft:
            draft.write_text(text, encoding="utf-8")

    def entry(self, layer: str) -> LayerRecord:
        """Return what is known of a layer, or raise `LayerNotFetched`."""
        if layer not in self.layers:
            raise LayerNotFetched(key=layer, code=self.code)
        return self.layers[layer]

    def attrs(self, entry: LayerRecord) -> dict[str, Any]:
        """Return what goes with the table of a layer wherever it is shown: whose it is, from when, which town."""
        return {
            "source": entry.source,
            "licence": entry.licence,
            "credit": entry.attribution,
            "date": entry.date,
            "made_up": self.made_up,
            "municipality": self.code,
        }


def municipality_folder(code: str) -> Path:
    """Return the folder of a municipality, there or not."""
    return data_folder() / code


def cached_codes() -> list[str]:
    """Return the municipalities that have a lock, and own areas that stand for one, in order of code."""
    grounds = (data_folder().glob(f"{kind}*/{LOCK}") for kind in ("GM", "own_"))
    return sorted(path.parent.name for found in grounds for path in found)


def write_layer(
    table: pd.DataFrame,
    *,
    code: str,
    municipality: str,
    layer: str,
    file: str,
    key: str,
    source: str,
    licence: str,
    date: str,
    fetched: str,
    url: str = "",
    year: int | None = None,
    attribution: str = "",
    made_up: bool = False,
    coverage: dict[str, bool] | None = None,
    notes: dict[str, int] | None = None,
    not_fetched: list[str] | None = None,
    absent: list[str] | None = None,
) -> LayerRecord:
    """Write one layer whole, and then its line in the lock.

    Parameters
    ----------
    table
        In RD, or without geometry; its index (``code``, ``facility_id``, or none) is kept as a column.
    layer, file
        The layer's name, for instance ``buurt_2025``, and the GeoPackage it goes in: ``areas.gpkg``.
    key
        The catalogue's key: a division, a theme, or a part of the base map.
    fetched
        The moment of fetching, ISO 8601 with time zone: a parameter, so that the made-up town can be built
        again alike.

    Returns
    -------
    Entry
        The line in the lock, with the rows counted and the contents' sha256.
    """
    home = municipality_folder(code)
    home.mkdir(parents=True, exist_ok=True)
    if isinstance(table, gpd.GeoDataFrame) and table.crs != RD:
        table = table.to_crs(RD)
    with only_writer(home):
        path = home / file
        there = _layers(path)
        with atomic_write(path) as draft:
            if there:
                shutil.copyfile(path, draft)
            flat = table.reset_index() if table.index.name else table.reset_index(drop=True)
            pyogrio.write_dataframe(flat, draft, layer=layer, driver="GPKG")
            written = pyogrio.read_dataframe(draft, layer=layer)
        entry = LayerRecord(
            layer=layer,
            file=file,
            key=key,
            source=source,
            licence=licence,
            date=date,
            rows=len(written),
            sha256=fingerprint(written),
            fetched=fetched,
            url=url,
            year=year,
            attribution=attribution,
            coverage=dict(coverage or {}),
            notes=dict(notes or {}),
            not_fetched=list(not_fetched or []),
            absent=list(absent or []),
        )
        # What was in a file that is lost or damaged is not there any more.
        known = {name: row for name, row in _known(code).items() if row.file != file or row.layer in there}
        Manifest(code, municipality, made_up, {**known, layer: entry}).write()
    return entry


def available_layers(code: str) -> dict[str, LayerRecord]:
    """Return the lines of the lock whose layers are really there: a disk may lose or damage a file."""
    files: dict[str, frozenset[str]] = {}
    found = _known(code)
    for entry in found.values():
        if entry.file not in files:
            files[entry.file] = _layers(municipality_folder(code) / entry.file)
    return {name: entry for name, entry in found.items() if entry.layer in files[entry.file]}


def _known(code: str) -> dict[str, LayerRecord]:
    """Return the lines of the lock; none where it is damaged: fetching again mends it."""
    try:
        return Manifest.read(code).layers
    except (LayerNotFetched, LockUnreadable):
        return {}


def _layers(path: Path) -> frozenset[str]:
    """Return the layers in a file; none where it cannot be read."""
    try:
        return frozenset(str(name) for name, _ in pyogrio.list_layers(path))
    except pyogrio.errors.DataSourceError:
        return frozenset()


def read_layer(code: str, layer: str) -> Any:
    """Read a layer the lock names: a GeoDataFrame in RD, or a DataFrame where there is no geometry.

    Raises
    ------
    LayerNotFetched
    """
    entry = Manifest.read(code).entry(layer)
    path = municipality_folder(code) / entry.file
    if not path.exists():
        raise LayerNotFetched(key=layer, code=code)
    table = pyogrio.read_dataframe(path, layer=layer, use_arrow=True)
    if isinstance(table, gpd.GeoDataFrame):
        # PROJ may name the same plane in other words after a round trip through SQLite.
        return table.set_crs(RD, allow_override=True)
    return table


def corrupt_layers(code: str) -> list[str]:
    """Return the names of the layers whose contents are not what the lock says they were."""
    lock = Manifest.read(code)
    return [
        name
        for name, entry in lock.layers.items()
        if fingerprint(pyogrio.read_dataframe(municipality_folder(code) / entry.file, layer=name))
        != entry.sha256
    ]


def fingerprint(table: pd.DataFrame) -> str:
    """Return the sha256 of the contents: the order of rows and the bytes of SQLite do not matter.

    Examples
    --------
    >>> spots = shapely.points([[1, 2], [3, 4]])
    >>> spot = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=spots, crs=RD)
    >>> fingerprint(spot) == fingerprint(spot.iloc[::-1])
    True
    >>> fingerprint(spot) == fingerprint(spot.assign(name=["a", "c"]))
    False
    """
    shapes, facts = [""] * len(table), table
    if isinstance(table, gpd.GeoDataFrame):
        shapes = shapely.to_wkb(shapely.normalize(table.geometry.to_numpy()), hex=True)
        facts = table.drop(columns=table.geometry.name)
    rows = (
        json.dumps([shape, *map(_plain, row)], ensure_ascii=False)
        for shape, row in zip(shapes, facts.itertuples(index=False), strict=True)
    )
    whole = hashlib.sha256(json.dumps(sorted(facts.columns)).encode())
    for row in sorted(rows):
        whole.update(row.encode())
    return whole.hexdigest()


def _plain(value: Any) -> Any:
    """One cell as JSON has it; whole numbers alike whether the column holds a null or not."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.integer | np.floating):
        return None if math.isnan(value) else float(value)
    return str(value)


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Return a draft beside `path` that takes its place in one move, or vanishes when something fails."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=DRAFT) as room:
        draft = Path(room) / path.name
        yield draft
        draft.replace(path)


@contextlib.contextmanager
def only_writer(home: Path, patience_s: float = 30.0) -> Iterator[None]:
    """Yield once this is the only writer in a folder; another waits, but not for ever.

    A process that dies holds nothing: what it left half done is swept away by the next.

    Raises
    ------
    CacheBusy
    """
    try:
        with FileLock(home / ".writing", timeout=patience_s, poll_interval=0.05):
            for draft in home.glob(f"{DRAFT}*"):
                shutil.rmtree(draft, ignore_errors=True)
            yield
    except Timeout:
        raise CacheBusy(folder=str(home)) from None
