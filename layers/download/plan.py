"""The questions to ask about a municipality, and the layers that are made of each answer."""

from collections.abc import Callable
from dataclasses import dataclass

import shapely

from geo.errors import FetchCancelled, FetchError, FetchOffline
from layers.basemap import vector
from layers.cache import AREAS_FILE, BASEMAP_FILE, LayerRecord
from layers.catalogue import BACKDROPS, DIVISIONS, OSM_CREDIT, OSM_LICENCE, OSM_SOURCE
from layers.contracts import STATLINE_TABLES
from layers.download import theme_tables
from layers.download.suppliers import Asking, DownloadedLayer, Origin, Suppliers
from layers.official import belt
from layers.official import key_figures as figures
from layers.services.statline import SERVICE as STATLINE


@dataclass(frozen=True)
class DownloadRequest:
    """One municipality and the layers asked for.

    Attributes
    ----------
    divisions
        Each with a year; the municipality itself comes first, in the newest year that is asked for.
    """

    code: str
    divisions: tuple[tuple[str, int], ...]
    themes: tuple[str, ...]
    with_basemap: bool

    @property
    def year(self) -> int:
        """The year of the municipality itself."""
        return next(year for key, year in self.divisions if key == "gemeente")

    @property
    def figures_years(self) -> tuple[int, ...]:
        """The years of StatLine's figures: those of the areas, since codes change."""
        years = [year for key, year in self.divisions if key == "gemeente"]
        return tuple(year for year in years if year in STATLINE_TABLES)

    @property
    def belts(self) -> tuple[tuple[str, int], ...]:
        """The divisions of which areas beyond the border come along, each with its years."""
        return tuple((key, year) for key, year in self.divisions if key in belt.DIVISIONS_BESIDE)

    def layers(self) -> list[str]:
        """Name every layer that is asked for."""
        names = [DIVISIONS[key].layer(year) for key, year in self.divisions]
        names += [belt.layer_name(key, year) for key, year in self.belts]
        names += [figures.layer_name(year) for year in self.figures_years]
        return [*names, *self.themes, *(BACKDROPS if self.with_basemap else ())]


@dataclass(frozen=True)
class ServiceQuery:
    """One question: the layers it gives, whom it is put to, and how.

    It needs the ground of the municipality, in ``year`` where codes and borders are of a year.
    """

    layers: tuple[str, ...]
    service: str
    url: str
    ask: Asking
    year: int | None = None


CODE_OF_TOWN = 6
"""How much of the code of a wijk or buurt is of one municipality: ``BU1621`` of ``BU16210101``."""

Origins = Callable[[str, int], Origin]


def plan_queries(wish: DownloadRequest, have: dict[str, LayerRecord], origins: Origins) -> list[ServiceQuery]:
    """Return the questions that must be asked for what we lack; the municipality itself comes first."""
    found: list[ServiceQuery] = []
    for key, year in wish.divisions:
        row = DIVISIONS[key]
        if row.layer(year) not in have:
            origin = origins(key, year)
            asking = _areas(wish.code, key, year, origin)
            of_year = year if row.by_municipality else None
            found.append(ServiceQuery((row.layer(year),), origin.service, origin.url, asking, of_year))
    for key, year in wish.belts:
        layer = belt.layer_name(key, year)
        if layer not in have:
            origin = origins(key, year)
            found.append(
                ServiceQuery((layer,), origin.service, origin.url, _belt(wish.code, key, year, origin), year)
            )
    for year in wish.figures_years:
        layer = figures.layer_name(year)
        if layer not in have:
            origin = origins(figures.KEY, year)
            found.append(
                ServiceQuery((layer,), origin.service, origin.url, _figures(wish.code, year, origin))
            )
    lacking = tuple(theme for theme in wish.themes if theme not in have)
    osm, bgt = origins("osm", 0), origins("bgt", 0)
    if lacking:
        url = f"{osm.url} {bgt.url}"
        asking = theme_tables.query(wish.code, lacking, url)
        found.append(ServiceQuery(lacking, f"{osm.service}, {bgt.service}", url, asking))
    if wish.with_basemap and not all(part in have for part in BACKDROPS):
        found.append(ServiceQuery(tuple(BACKDROPS), osm.service, osm.url, _basemap(osm.url)))
    return found


def _facts_of_division(key: str, year: int, origin: Origin) -> dict[str, object]:
    """Return what the lock tells of the areas of a division in a year, whichever of them were asked for."""
    row = DIVISIONS[key]
    return {
        "source": f"{row.source} {year}",
        "licence": row.licence,
        "attribution": row.credit.format(year=year),
        "date": str(year),
        "year": year,
        "url": origin.url,
    }


def _areas(code: str, key: str, year: int, origin: Origin) -> Asking:
    row = DIVISIONS[key]

    def ask(suppliers: Suppliers, ground: shapely.Geometry) -> list[DownloadedLayer]:
        table, notes = suppliers.areas(key, code, year, None if key == "gemeente" else ground)
        facts = _facts_of_division(key, year, origin)
        facts |= {
            "key": key,
            "notes": notes,
            "absent": figures.absent_figures(table) if row.figures else [],
        }
        return [DownloadedLayer(row.layer(year), AREAS_FILE, table, facts)]

    return ask


def _belt(code: str, key: str, year: int, origin: Origin) -> Asking:
    def ask(suppliers: Suppliers, ground: shapely.Geometry) -> list[DownloadedLayer]:
        table, notes = suppliers.belt(key, code, year, ground)
        lacking: dict[str, FetchError] = {}
        if len(table) and year in STATLINE_TABLES:
            try:
                more = suppliers.figures(sorted({area[:CODE_OF_TOWN] for area in table.index}), year)
                table = figures.fill_figures(table, more)
            except (FetchCancelled, FetchOffline):
                raise
            except FetchError as problem:
                lacking[STATLINE] = problem
        facts = _facts_of_division(key, year, origin) | {"key": belt.key_of(key), "notes": notes}
        return [DownloadedLayer(belt.layer_name(key, year), belt.FILE, table, facts, lacking)]

    return ask


def _figures(code: str, year: int, origin: Origin) -> Asking:
    def ask(suppliers: Suppliers, _ground: shapely.Geometry) -> list[DownloadedLayer]:
        table = suppliers.figures(figures.codes_of(code), year)
        facts = {
            "key": figures.KEY,
            "source": f"CBS StatLine {STATLINE_TABLES[year]}, Kerncijfers wijken en buurten {year}",
            "licence": "CC BY 4.0",
            "attribution": f"Bron: CBS StatLine, Kerncijfers wijken en buurten {year} (CC BY 4.0)",
            "date": str(year),
            "year": year,
            "url": origin.url,
            "absent": figures.absent_figures(table),
        }
        return [DownloadedLayer(figures.layer_name(year), AREAS_FILE, table, facts)]

    return ask


def _basemap(url: str) -> Asking:
    def ask(suppliers: Suppliers, ground: shapely.Geometry) -> list[DownloadedLayer]:
        facts = {
            "source": OSM_SOURCE,
            "licence": OSM_LICENCE,
            "attribution": OSM_CREDIT,
            "url": url,
        }
        return [
            DownloadedLayer(key, BASEMAP_FILE, table, {**facts, "key": key, "date": date})
            for key, (table, date) in vector.fetch_basemap(suppliers.osm, ground).items()
        ]

    return ask
