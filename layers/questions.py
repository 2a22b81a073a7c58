"""The questions to ask about a municipality, and the layers that are made of each answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from geo.errors import AnswerIncomplete
from layers import backdrop, benches, bgt, boundaries, meeting_places, osm, play_areas, social_infrastructure
from layers import statistics as figures
from layers.cache import AREAS_FILE, BASEMAP_FILE, FACILITIES_FILE, Entry
from layers.catalogue import (
    BACKDROPS,
    BGT_CREDIT,
    BGT_LICENCE,
    BGT_PATH,
    DIVISIONS,
    OSM_CREDIT,
    OSM_LICENCE,
    OSM_SOURCE,
    SHELTERED,
    STATLINE_TABLES,
    THEMES,
    Rule,
)
from layers.places import Finds, Gathered
from layers.settings import CBS, OVERPASS, PDOK
from layers.transport import Session


@dataclass(frozen=True)
class Wish:
    """One municipality and the layers asked for; divisions with the year of each."""

    code: str
    divisions: dict[str, int]
    themes: tuple[str, ...]
    with_basemap: bool

    @property
    def figures_year(self) -> int | None:
        """The year of StatLine's figures: that of the areas, since codes change."""
        year = self.divisions["gemeente"]
        return year if year in STATLINE_TABLES else None

    def layers(self) -> list[str]:
        """Name every layer that is asked for."""
        names = [DIVISIONS[key].layer(year) for key, year in self.divisions.items()]
        names += [figures.layer(self.figures_year)] if self.figures_year else []
        return [*names, *self.themes, *(BACKDROPS if self.with_basemap else ())]


@dataclass(frozen=True)
class Gift:
    """One layer that came: its name, its file, its table, and what the lock says of it."""

    layer: str
    file: str
    table: pd.DataFrame
    facts: dict[str, Any]


Asking = Callable[[Session, shapely.Geometry], list[Gift]]


@dataclass(frozen=True)
class Question:
    """One question: the layers it gives, whom it is put to, and how. It needs the municipality's ground."""

    layers: tuple[str, ...]
    service: str
    url: str
    ask: Asking


def questions(wish: Wish, have: dict[str, Entry]) -> list[Question]:
    """Give the questions that must be asked for what we lack; the municipality itself comes first."""
    found: list[Question] = []
    for key, year in wish.divisions.items():
        row = DIVISIONS[key]
        if row.layer(year) not in have:
            url = f"{PDOK.addresses()[0]}{row.path.format(year=year)}/collections/{row.collection}/items"
            found.append(Question((row.layer(year),), "PDOK", url, _areas(wish.code, key, year, url)))
    if wish.figures_year and figures.layer(wish.figures_year) not in have:
        url = f"{CBS.addresses()[0]}/{STATLINE_TABLES[wish.figures_year]}/Observations"
        asking = _figures(wish.code, wish.figures_year, url)
        found.append(Question((figures.layer(wish.figures_year),), "CBS StatLine", url, asking))
    overpass = f"{OVERPASS.addresses()[0]}/interpreter"
    lacking = tuple(theme for theme in wish.themes if theme not in have)
    if lacking:
        url = f"{overpass} {PDOK.addresses()[0]}{BGT_PATH}"
        found.append(Question(lacking, "Overpass, PDOK BGT", url, _facilities(lacking, url)))
    if wish.with_basemap and not all(part in have for part in BACKDROPS):
        found.append(Question(tuple(BACKDROPS), "Overpass", overpass, _basemap(overpass)))
    return found


def _areas(code: str, key: str, year: int, url: str) -> Asking:
    row = DIVISIONS[key]

    def ask(session: Session, ground: shapely.Geometry) -> list[Gift]:
        whole = None if key == "gemeente" else ground
        table, notes = boundaries.fetch(session, key, code, year, ground=whole)
        facts = {
            "key": key,
            "source": f"{row.source} {year}",
            "licence": row.licence,
            "attribution": row.credit.format(year=year),
            "date": str(year),
            "year": year,
            "url": url,
            "notes": notes,
        }
        return [Gift(row.layer(year), AREAS_FILE, table, facts)]

    return ask


def _figures(code: str, year: int, url: str) -> Asking:
    def ask(session: Session, _ground: shapely.Geometry) -> list[Gift]:
        facts = {
            "key": figures.KEY,
            "source": f"CBS StatLine {STATLINE_TABLES[year]}, Kerncijfers wijken en buurten {year}",
            "licence": "CC BY 4.0",
            "attribution": f"Bron: CBS StatLine, Kerncijfers wijken en buurten {year} (CC BY 4.0)",
            "date": str(year),
            "year": year,
            "url": url,
        }
        return [Gift(figures.layer(year), AREAS_FILE, figures.fetch(session, code, year), facts)]

    return ask


def _facilities(lacking: tuple[str, ...], url: str) -> Asking:
    def ask(session: Session, ground: shapely.Geometry) -> list[Gift]:
        finds = _finds(session, ground)
        gathered = gather(finds)
        return [
            Gift(
                theme,
                FACILITIES_FILE,
                gathered[theme].table,
                {
                    "key": theme,
                    "source": ", ".join(gathered[theme].coverage),
                    "licence": f"{OSM_LICENCE}, {BGT_LICENCE}",
                    "attribution": f"{OSM_CREDIT}; {BGT_CREDIT}",
                    "date": finds.osm.date[:10],
                    "url": url,
                    "coverage": gathered[theme].coverage,
                    "notes": dict(+gathered[theme].notes),
                },
            )
            for theme in lacking
        ]

    return ask


def _finds(session: Session, ground: shapely.Geometry) -> Finds:
    box = shapely.bounds(ground).tolist()
    play = [rule for kind in THEMES["play_area"].kinds for rule in kind.rules]
    rest = [
        rule
        for theme in THEMES.values()
        if theme.key != "play_area"
        for kind in theme.kinds
        for rule in kind.rules
    ]
    objects = _both(_some(session, rest, box), _some(session, [*play, SHELTERED], box))
    return Finds(ground, objects, bgt.fetch(session, box))


def _some(session: Session, rules: list[Rule], box: tuple[float, float, float, float]) -> osm.Objects:
    found = osm.objects(session, rules, box)
    if found.table.empty:
        # No Dutch municipality is without a bus stop, a shop and a pitch: this is a fault, not a finding.
        raise AnswerIncomplete(service=osm.SERVICE, reason="not a single object in the whole municipality")
    return found


def _both(one: osm.Objects, other: osm.Objects) -> osm.Objects:
    table = pd.concat([one.table, other.table])
    table = table[~table.index.duplicated()]
    return osm.Objects(table, min(one.date, other.date), one.incomplete + other.incomplete)


def gather(finds: Finds) -> dict[str, Gathered]:
    """Make the four themes of what two maps gave.

    Returns
    -------
    dict
        Per theme its FACILITIES, coverage and notes.
    """
    found = {
        "meeting_place": meeting_places.gather(finds),
        "bench": benches.gather(finds),
        "play_area": play_areas.gather(finds),
    }
    tables = {theme: gathered.table for theme, gathered in found.items()}
    found["social_infrastructure"] = social_infrastructure.gather(finds, tables)
    left_out = {
        "retired": finds.bgt.retired,
        "planned": finds.bgt.planned,
        "incomplete": finds.osm.incomplete,
    }
    for gathered in found.values():
        gathered.notes.update(left_out)
    return found


def _basemap(url: str) -> Asking:
    def ask(session: Session, ground: shapely.Geometry) -> list[Gift]:
        facts = {
            "source": OSM_SOURCE,
            "licence": OSM_LICENCE,
            "attribution": OSM_CREDIT,
            "url": url,
        }
        return [
            Gift(key, BASEMAP_FILE, table, {**facts, "key": key, "date": date})
            for key, (table, date) in backdrop.fetch(session, ground).items()
        ]

    return ask
