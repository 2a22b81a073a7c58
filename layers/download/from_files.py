"""A municipality without the services: the same tables from files that anybody can download."""

import io
import re
import threading
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo.crs import RD
from geo.errors import MunicipalityUnknown, SourceFileAbsent, SourceFileRefused
from layers.catalogue import BGT_SOURCE, DIVISIONS, OSM_SOURCE, Rule
from layers.contracts import COLUMN_NAMES, STATLINE_TABLES
from layers.download.municipalities import Municipality, find_municipality, parse_code
from layers.download.osm_extract import UNREADABLE, OsmExtract, select
from layers.download.suppliers import AreaTable, Box, Origin, Suppliers
from layers.official import areas, belt
from layers.official import key_figures as figures
from layers.official.number_notation import plain_numbers
from layers.services import bgt, overpass, statline

MAP_LAYERS = {"gemeente": "gemeenten", "wijk": "wijken", "buurt": "buurten"}
CHUNK = 500_000
"""Rows of StatLine's table that are in memory at once; the whole of it has millions."""


@dataclass(frozen=True)
class SourceFiles:
    """The files that stand in the place of the services.

    Attributes
    ----------
    maps
        The Wijk- en Buurtkaart, one file a year: PDOK's GeoPackage, or CBS' zip.
    postcodes
        CBS' maps of PC4 and PC6.
    figures
        StatLine's table as a zip (``Observations.csv``), or a table of CBS with a column of codes.
    osm, osm_date
        An extract of OpenStreetMap, and the day it is of where its name does not say it.
    bgt
        A GeoPackage with the columns of the BGT.
    """

    maps: tuple[Path, ...]
    postcodes: tuple[Path, ...] = ()
    figures: tuple[Path, ...] = ()
    osm: Path | None = None
    osm_date: str = ""
    bgt: Path | None = None


@dataclass(frozen=True)
class MapLayer:
    """One layer of official areas in a file: which division, of which year."""

    path: Path
    layer: str
    division: str
    year: int
    columns: dict[str, str]
    """Our name of a column -> the name in the file."""

    def read(self, *, code: str = "", box: Box | None = None) -> gpd.GeoDataFrame:
        """Return the rows of a municipality, or those that touch a box; never the whole country.

        Raises
        ------
        SourceFileRefused
            The file breaks off or is damaged.
        """
        try:
            return self._rows(code, box)
        except UNREADABLE as problem:
            raise SourceFileRefused(file=self.path.name, reason="unreadable") from problem

    def _rows(self, code: str, box: Box | None) -> gpd.GeoDataFrame:
        where = f"\"{self.columns['gemeentecode']}\" = '{code}'" if code else None
        raw = pyogrio.read_dataframe(_place(self.path), layer=self.layer, where=where, bbox=box)
        if raw.crs != RD:
            raw = raw.to_crs(RD)
        return raw.rename(columns={name: ours for ours, name in self.columns.items()})


@dataclass
class FileSuppliers:
    """Answers from files; what no file was given for is refused by name."""

    files: SourceFiles
    _objects: dict[Box, overpass.OsmObjects] = field(default_factory=dict)
    _reading: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def layers(self) -> dict[tuple[str, int], MapLayer]:
        """Every layer of official areas, by division and year.

        Raises
        ------
        SourceFileRefused
            A file holds none.
        """
        found: dict[tuple[str, int], MapLayer] = {}
        for path in (*self.files.maps, *self.files.postcodes):
            here = list(_map_layers(path))
            if not here:
                raise SourceFileRefused(file=path.name, reason="no_areas")
            found |= {(layer.division, layer.year): layer for layer in here}
        return found

    @cached_property
    def extract(self) -> OsmExtract:
        """The extract of OpenStreetMap, opened once.

        Raises
        ------
        SourceFileAbsent, SourceFileRefused
        """
        if self.files.osm is None:
            raise SourceFileAbsent(service=OSM_SOURCE)
        return OsmExtract.open(self.files.osm, self.files.osm_date)

    def municipality(self, text: str) -> Municipality:
        """Return the municipality of a name or code in the newest map.

        Raises
        ------
        MunicipalityUnknown, SourceFileRefused
        """
        newest = self._layer("gemeente", max(self.years("gemeente"), default=0))
        names = [newest.columns["gemeentecode"], newest.columns["gemeentenaam"]]
        rows = pyogrio.read_dataframe(
            _place(newest.path), layer=newest.layer, columns=names, read_geometry=False
        ).drop_duplicates(names[0])
        listed = [
            Municipality(str(c).strip(), str(n).strip()) for c, n in rows[names].itertuples(index=False)
        ]
        code = parse_code(text)
        if code is None:
            return find_municipality(text, listed)
        for town in listed:
            if town.code == code:
                return town
        raise MunicipalityUnknown(name=text, near="-")

    def years(self, division: str) -> list[int]:
        """Return the years of a division that the files hold."""
        return sorted(year for key, year in self.layers if key == division)

    def suppliers(self) -> Suppliers:
        """Return these files as a way to get every table."""
        return Suppliers(self._areas, self._belt, self._figures, self._osm, self._bgt, self._origin)

    def _layer(self, division: str, year: int) -> MapLayer:
        if (division, year) not in self.layers:
            raise SourceFileAbsent(service=f"{DIVISIONS[division].source} {year or ''}".strip())
        return self.layers[division, year]

    def _areas(self, division: str, code: str, year: int, ground: shapely.Geometry | None) -> AreaTable:
        layer = self._layer(division, year)
        if DIVISIONS[division].by_municipality:
            raw = layer.read(code=code)
        elif ground is not None:
            west, south, east, north = shapely.bounds(ground).tolist()
            raw = layer.read(box=(west, south, east, north))
            column = DIVISIONS[division].year_column
            if column in raw:
                raw = raw[figures.parse_figures(raw[column]).eq(year)]
        return areas.normalise_areas(raw, division, year, code=code, ground=ground)

    def _belt(self, division: str, code: str, year: int, ground: shapely.Geometry) -> AreaTable:
        raw = self._layer(division, year).read(box=belt.box(ground))
        return belt.normalise_belt(raw, division, year, code=code, ground=ground)

    def _figures(self, begins: Sequence[str], year: int) -> pd.DataFrame:
        for path in self.files.figures:
            if figures_year(path) == year:
                return read_figures_file(path, begins)
        raise SourceFileAbsent(service=f"{statline.SERVICE} {year}")

    def _osm(self, rules: Iterable[Rule], box: Box) -> overpass.OsmObjects:
        with self._reading:  # themes and base map want the same box: it is read once
            if box not in self._objects:
                self._objects[box] = self.extract.objects(box)
        return select(self._objects[box], rules)

    def _bgt(self, box: Box) -> bgt.BgtObjects:
        if self.files.bgt is None:
            raise SourceFileAbsent(service=BGT_SOURCE)
        try:
            tables = _bgt_tables(self.files.bgt, box)
        except UNREADABLE as problem:
            raise SourceFileRefused(file=self.files.bgt.name, reason="unreadable") from problem
        if not tables:
            raise SourceFileRefused(file=self.files.bgt.name, reason="bgt")
        return bgt.normalise(pd.concat(tables, ignore_index=True))

    def _origin(self, key: str, year: int) -> Origin:
        path: Path | None = None
        if key in DIVISIONS:
            path = self.layers[key, year].path if (key, year) in self.layers else None
        elif key == figures.KEY:
            path = next((file for file in self.files.figures if figures_year(file) == year), None)
        else:
            path = self.files.osm if key == "osm" else self.files.bgt
        service = {"osm": OSM_SOURCE, "bgt": BGT_SOURCE}.get(key, "CBS")
        return Origin(service, f"file:{path.name}" if path else "")


def _bgt_tables(path: Path, box: Box) -> list[gpd.GeoDataFrame]:
    """Return what touches a box of every layer with plus-types."""
    tables = []
    for layer, _ in pyogrio.list_layers(path):
        columns = {str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]}
        if columns & {"plus_type", "bgtplustype"}:
            tables.append(pyogrio.read_dataframe(path, layer=layer, bbox=box))
    return tables


def _place(path: Path) -> str:
    """Return how GDAL opens a file, also one in a zip."""
    return f"/vsizip/{path}" if path.suffix.casefold() == ".zip" else str(path)


def _map_layers(path: Path) -> Iterable[MapLayer]:
    """Yield the layers of official areas in a file, told by their columns.

    Raises
    ------
    SourceFileRefused
    """
    try:
        listed = [str(name) for name, _ in pyogrio.list_layers(_place(path))]
    except UNREADABLE as problem:
        raise SourceFileRefused(file=path.name, reason="unreadable") from problem
    for layer in listed:
        present = [str(name) for name in pyogrio.read_info(_place(path), layer=layer)["fields"]]
        columns: dict[str, str] = {}
        for ours, names in COLUMN_NAMES.items():
            name = next((name for name in names if name in present), None)
            if name is not None:
                columns[ours] = name
        division = _division(columns)
        if division:
            yield MapLayer(path, layer, division, _year(path, layer, division, columns), columns)


def _division(columns: dict[str, str]) -> str:
    """Return which division a layer is, by the smallest code it has.

    Examples
    --------
    >>> _division({"gemeentecode": "GM_CODE", "wijkcode": "WK_CODE"})
    'wijk'
    """
    for division, column in (
        ("pc6", "postcode6"),
        ("pc4", "postcode"),
        ("buurt", "buurtcode"),
        ("wijk", "wijkcode"),
        ("gemeente", "gemeentecode"),
    ):
        if column in columns:
            return division
    return ""


def _year(path: Path, layer: str, division: str, columns: dict[str, str]) -> int:
    """Return the year of a layer: its first row says it, else its name or that of the file.

    Raises
    ------
    SourceFileRefused
    """
    column = columns.get(DIVISIONS[division].year_column) or columns.get("jaar")
    if column is not None:
        row = pyogrio.read_dataframe(
            _place(path), layer=layer, columns=[column], read_geometry=False, max_features=1
        )
        years = figures.parse_figures(row[column]).dropna()
        if len(years):
            return int(years.iloc[0])
    return _named_year(f"{layer} {path.stem}", path)


def _named_year(text: str, path: Path) -> int:
    named = re.search(r"(?<!\d)(20\d{2})(?!\d)", text)
    if named is None:
        raise SourceFileRefused(file=path.name, reason="year")
    return int(named[1])


# --- Figures ----------------------------------------------------------------------------------------

CODE_COLUMNS = ("code", "gwb_code_10", "gwb_code", "Codering_3", "WijkenEnBuurten")


def figures_year(path: Path) -> int:
    """Return the year of a table of figures: by StatLine's name of the table, or a year in the file's name.

    Raises
    ------
    SourceFileRefused

    Examples
    --------
    >>> figures_year(Path("86165NED.zip")), figures_year(Path("kwb-2024.csv"))
    (2025, 2024)
    """
    for year, table in STATLINE_TABLES.items():
        if table.casefold() in path.name.casefold():
            return year
    return _named_year(path.stem, path)


def read_figures_file(path: Path, begins: Sequence[str]) -> pd.DataFrame:
    """Return the figures from a file of CBS, of every area whose code begins in one of some ways.

    Parameters
    ----------
    path
        StatLine's table as a zip with ``Observations.csv``, or a CSV with a column of codes.
    begins
        See `layers.official.key_figures.codes_of`.

    Returns
    -------
    DataFrame
        Index ``code``, columns under the catalogue's names.

    Raises
    ------
    SourceFileRefused
    """
    wanted = tuple(begins)
    if zipfile.is_zipfile(path):
        return figures.from_measures(_observations(path, wanted))
    raw = pd.read_csv(path, sep=None, engine="python", dtype=str, encoding="utf-8-sig")
    column = next((name for name in CODE_COLUMNS if name in raw), None)
    if column is None:
        raise SourceFileRefused(file=path.name, reason="no_codes")
    raw.index = pd.Index(raw[column].astype(str).str.strip(), name="code")
    numbers, doubtful = plain_numbers(raw, figures.figure_columns(raw))
    if doubtful:
        raise SourceFileRefused(file=path.name, reason="decimal_mark")
    found = figures.read_figure_columns(numbers[numbers.index.str.startswith(wanted)])
    if found.empty or not len(found.columns):
        raise SourceFileRefused(file=path.name, reason="no_figures")
    return found.sort_index()


def _observations(path: Path, wanted: tuple[str, ...]) -> pd.DataFrame:
    measures = figures.wanted_measures()
    kept = []
    with zipfile.ZipFile(path) as packed:
        member = next((name for name in packed.namelist() if name.endswith("Observations.csv")), None)
        if member is None:
            raise SourceFileRefused(file=path.name, reason="no_figures")
        with packed.open(member) as opened:
            text = io.TextIOWrapper(opened, encoding="utf-8-sig")
            for part in pd.read_csv(text, sep=";", dtype=str, chunksize=CHUNK):
                mine = part["WijkenEnBuurten"].str.strip().str.startswith(wanted)
                kept.append(part[mine & part["Measure"].isin(measures)])
    rows = pd.concat(kept) if kept else pd.DataFrame()
    if rows.empty:
        raise SourceFileRefused(file=path.name, reason="no_figures")
    plain = rows.astype(object).where(rows.notna(), None)
    plain["ValueAttribute"] = plain["ValueAttribute"].fillna("None")
    return statline.wide_table(
        [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")], measures
    )
