"""What a catalogue asks of an edition, once, for each form of metadata; what is not known stays empty."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

import settings
from geo.crs import to_wgs84
from i18n import WHOLE, Translator, get_translator
from study.publishing.cell_values import table_title
from study.publishing.dictionary import LICENCES, description, licence_of, results_licence
from study.publishing.files.package import plane_number, plane_of
from study.publishing.publication import Publication

CORE_CELL_M = 25
"""Side of the cells in which cores are counted, m: nothing in an edition is sharper."""


@dataclass(frozen=True)
class Dataset:
    """An edition as a catalogue describes it.

    Attributes
    ----------
    identifier
        The same for the same edition, whoever writes it and whenever: ``urn:uuid:…``.
    day
        Of the edition.
    language
        Two letters, of all texts here.
    licence, licence_url
        As the operator chose it; empty where nobody did.
    publisher
        Who asked for the study; empty where nobody said so.
    contact
        ``mailto:…`` or ``https://…`` of the operator; empty where there is none.
    service
        Address of the OGC API of the project; empty where it is not known.
    lineage
        One sentence a table: what it rests on.
    restrictions
        What sources other than the drawings ask, by licence and name.
    crs
        ``EPSG:28992``; empty for a plane without a number.
    bounds
        West, south, east, north in degrees; empty without shapes.
    years
        In which enough people drew, such as ``2024`` or ``2023-2025``; may be empty.
    """

    identifier: str
    title: str
    abstract: str
    day: date
    edition: int
    language: str
    keywords: tuple[str, ...]
    licence: str
    licence_url: str
    publisher: str
    contact: str
    service: str
    lineage: tuple[str, ...]
    restrictions: tuple[str, ...]
    crs: str
    bounds: tuple[float, ...]
    years: str


def describe(made: Publication, say: Translator, *, service: str = "") -> Dataset:
    """Return what catalogues are told of an edition: nothing that the edition or the settings do not say.

    Parameters
    ----------
    service
        Address of the OGC API of the project; empty where it is not known.

    Returns
    -------
    Dataset
        In the language of `say` where every sentence is said in it; residents alone read others.
    """
    if say.language not in WHOLE:
        say = get_translator(WHOLE[-1])
    asked = made.project
    # Of a selection too: another selection with the same number is another edition.
    name = f"beleefde-buurt/{asked.id}/{made.number}/{made.day.isoformat()}/{sorted(made.selection.items())}"
    licence = results_licence()
    drawn = [one for one in made.origins if one.drawn and one.source == asked.name]
    return Dataset(
        identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        title=say("metadata.title", name=asked.name, edition=made.number),
        abstract=f"{description(made, say)} {say('export.rules', least=made.least)}",
        day=made.day,
        edition=made.number,
        language=say.language,
        keywords=tuple(say(f"metadata.keyword_{key}") for key in ("neighbourhood", "experience", "borders")),
        licence=licence,
        licence_url=LICENCES.get(licence, ""),
        publisher=asked.asked_by,
        contact=_contact(),
        service=service,
        lineage=tuple(_lineage(made, say)),
        restrictions=tuple(dict.fromkeys(_restrictions(made, say))),
        crs=plane_number(plane_of(made)),
        bounds=bounds_in_degrees(made.spatial.values()),
        years=drawn[0].year if drawn else "",
    )


def _contact() -> str:
    given = settings.current().contact
    return f"mailto:{given}" if "@" in given and ":" not in given else given


def _lineage(made: Publication, say: Translator) -> list[str]:
    lines = []
    for origin in made.origins:
        key = "drawn" if origin.source == made.project.name else "beside" if origin.drawn else "source"
        source = ", ".join(part for part in (origin.source, origin.year) if part)
        table = table_title(origin.table, say)
        lines.append(say(f"metadata.lineage_{key}", table=table, source=source, method=origin.method))
    return lines


def _restrictions(made: Publication, say: Translator) -> list[str]:
    return [
        say("metadata.licence_of", source=origin.source, licence=licence_of(origin))
        for origin in made.origins
        if origin.licence
    ]


def bounds_in_degrees(tables: Iterable[pd.DataFrame]) -> tuple[float, ...]:
    """Return west, south, east and north of all shapes of some tables; empty where none has any.

    Parameters
    ----------
    tables
        With or without shapes, each in its own plane.

    Returns
    -------
    tuple of float
        Degrees; the box of each table in its plane lies within.
    """
    boxes = []
    for table in tables:
        if isinstance(table, gpd.GeoDataFrame) and table.geometry.notna().any():
            box = shapely.box(*table.total_bounds)
            boxes.append(to_wgs84(shapely.segmentize(box, max(box.length / 100, 1.0)), crs=table.crs))
    return tuple(float(side) for side in shapely.total_bounds(boxes)) if boxes else ()
