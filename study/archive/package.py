"""What an archive package holds: editions, reports, the public board, results of budgets, and what was erased.

Everything in it was published before, and is read where everybody reads it. No drawing, answer or word that
somebody held back is among it, so that the package may be kept when the drawings are gone.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

import settings
from geo.errors import EditionAbsent, ExportKindUnknown
from i18n import Translator
from layers.cache import atomic_write
from store import Project
from study.archive.bag import to_bag
from study.board import export as board_export
from study.board.cards import public_cards, rounded_count
from study.budget.result import count_round, turnout_in_words
from study.budget.result import to_csv as result_to_csv
from study.context import get_project, get_store
from study.publishing.cell_values import to_builtin
from study.publishing.dictionary import data_dictionary, provenance_table, results_licence
from study.publishing.formats import Look, list_to_csv, to_bytes, to_csv
from study.publishing.metadata.dataset import Dataset, describe
from study.publishing.publication import Publication, list_publications

EDITION_FILES = {
    "gegevens.gpkg": ".gpkg",
    "gegevens.geojson": ".geojson",
    "metadata.iso19139.xml": ".xml",
    "metadata.dcat.jsonld": ".jsonld",
}
"""Files of every edition, by the end that `write_publication` knows."""

Reports = Callable[[Publication], Mapping[str, bytes]]
"""Makes the reports of an edition, by file name; the same edition gives the same bytes."""


def write_archive(project: str, path: Path, say: Translator, look: Look, reports: Reports) -> int:
    """Write the archive package of a project; the same contents of the store give the same bytes.

    Parameters
    ----------
    path
        Ends in ``.zip``.
    look
        How a GeoPackage looks in QGIS.

    Returns
    -------
    int
        Number of files in it, without those of the bag itself.

    Raises
    ------
    ExportKindUnknown
        Another end than ``.zip``.
    UnknownProject
    EditionAbsent
        There is none yet, or it was taken down: nothing may be kept.
    """
    if path.suffix.lower() != ".zip":
        raise ExportKindUnknown(asked=path.suffix or path.name, known=".zip")
    asked, editions = get_project(project), list_publications(project)
    numbered = [one for key, one in editions.items() if key.isdecimal()]
    if not numbered:
        raise EditionAbsent(project=project)
    latest = numbered[-1]
    about = describe(latest, say)
    files = dict(_editions(editions, say, look))
    files |= {f"rapport/{name}": contents for name, contents in reports(latest).items()}
    files |= {**_board(project, say), **_budgets(project, say)}
    files["vernietiging/logboek.csv"] = _erasures(asked, say)
    record = _record(asked, about, numbered[0].day, sorted(files), say)
    files["metadata.dcterms.jsonld"] = _as_json(record)
    files["LEESMIJ.txt"] = _readme(asked, len(editions), files, say)
    labels = {
        "Source-Organization": about.publisher,
        "Contact-Email": about.contact.removeprefix("mailto:") if "@" in about.contact else "",
        "External-Description": say("archive.title", name=asked.name),
        "External-Identifier": record["dcterms:identifier"],
        "Bag-Software-Agent": f"Beleefde Buurt {settings.program_version()}",
    }
    with atomic_write(path.absolute()) as draft:
        draft.write_bytes(to_bag(f"archief-{asked.id}", files, labels))
    return len(files)


def _editions(
    editions: Mapping[str, Publication], say: Translator, look: Look
) -> Iterator[tuple[str, bytes]]:
    for key, made in editions.items():
        folder = f"uitgaven/{key}"
        for name, end in EDITION_FILES.items():
            yield f"{folder}/{name}", to_bytes(made, end, say, look)
        for name in made.tables:
            yield f"{folder}/tabellen/{name}.csv", to_csv(made, say, name)
        yield f"{folder}/feiten.json", _as_json(_facts(made, say))


def _facts(made: Publication, say: Translator) -> dict[str, Any]:
    """Return an edition without its shapes, which are in the other files: numbers, origins and what they mean."""
    return {
        "project": {
            "id": made.project.id,
            "name": made.project.name,
            "municipality": made.project.municipality,
        },
        "edition": made.number,
        "day": made.day.isoformat(),
        "people": made.n,
        "least": made.least,
        "division": made.division,
        "median_ha": made.median_ha,
        "largest_session": made.largest_session,
        "selection": dict(made.selection),
        "years": made.years,
        "absent": list(made.absent),
        "credit": made.credit,
        "provenance": _records(provenance_table(made, say)),
        "dictionary": _records(data_dictionary(made, say)),
        "tables": {name: _records(to_builtin(table)) for name, table in made.tables.items()},
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def _as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _board(project: str, say: Translator) -> dict[str, bytes]:
    if not public_cards(project):
        return {}
    return {
        "kaartjes/kaartjes.csv": board_export.to_csv(project, say),
        "kaartjes/kaartjes.gpkg": board_export.to_geopackage(project, say),
    }


def _budgets(project: str, say: Translator) -> dict[str, bytes]:
    """Return the outcome of every round that is closed, the first one first."""
    files: dict[str, bytes] = {}
    closed = [one for one in get_store().budget.list_rounds(project) if one.state == "closed"]
    for number, made in enumerate(sorted(closed, key=lambda one: (one.opens, one.closes, one.id)), start=1):
        result = count_round(made.id)
        days = say("archive.round_days", opens=made.opens, closes=made.closes)
        lines = [made.title, days, *turnout_in_words(say, result.counts)]
        files[f"rondes/ronde-{number}/uitslag.csv"] = result_to_csv(result, say)
        files[f"rondes/ronde-{number}/opkomst.txt"] = _as_text(lines)
    return files


def _erasures(project: Project, say: Translator) -> bytes:
    """Return the log of destruction: days, and numbers in fives, for one more or less would be somebody."""
    log = get_store().maintenance.erasure_log(project.id)
    cards = log.reasons.get("card withdrawn", 0)
    withdrawn = sum(n for reason, n in log.reasons.items() if reason not in {"card withdrawn", "retention"})
    rows = [(day.isoformat(), say("archive.erased_past_date"), _count(n, say)) for day, n in log.past_date]
    if not rows and "retention" in log.reasons:  # the log itself is kept for two years
        rows = [("", say("archive.erased_past_date"), _count(log.reasons["retention"], say))]
    rows += [
        ("", say(f"archive.erased_{key}"), _count(n, say))
        for key, n in (("withdrawn", withdrawn), ("cards", cards))
    ]
    heads = [say(f"archive.head_{name}") for name in ("day", "what", "n")]
    return list_to_csv(pd.DataFrame(rows, columns=heads), say)


def _count(n: int, say: Translator) -> str:
    about = rounded_count(n)
    return say("board_file.few") if about is None else str(about)


def _record(
    project: Project, about: Dataset, first: date, names: list[str], say: Translator
) -> dict[str, Any]:
    """Return what the package is, in Dublin Core: nothing that project, editions or settings do not say."""
    # Another edition is another package.
    name = f"beleefde-buurt/archive/{project.id}/{about.edition}/{about.day.isoformat()}"
    identifier = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
    box = " ".join(f"{side:.6f}" for side in about.bounds)
    found = {
        "@context": {"dcterms": "http://purl.org/dc/terms/"},
        "@id": identifier,
        "dcterms:identifier": identifier,
        "dcterms:title": say("archive.title", name=project.name),
        "dcterms:description": about.abstract,
        "dcterms:creator": about.publisher,
        "dcterms:language": about.language,
        "dcterms:created": first.isoformat(),
        "dcterms:issued": about.day.isoformat(),
        "dcterms:temporal": about.years.replace("-", "/"),
        "dcterms:spatial": [one for one in (project.municipality, box) if one],
        "dcterms:license": about.licence_url,
        "dcterms:provenance": say("archive.retention", day=project.retention_until),
        "dcterms:hasPart": names,
    }
    return {key: value for key, value in found.items() if value}


def _readme(project: Project, n: int, files: Mapping[str, bytes], say: Translator) -> bytes:
    folders = {path.partition("/")[0] for path in files}
    listed = ("uitgaven", "rapport", "kaartjes", "rondes", "vernietiging")
    licence = results_licence()
    lines = [
        say("archive.title", name=project.name),
        *([say("archive.demo")] if project.is_demo else []),
        "",
        say("archive.about", n=n),
        say("archive.people"),
        "",
        *(f"- {name}: {say(f'archive.folder_{name}')}" for name in listed if name in folders),
        f"- metadata.dcterms.jsonld: {say('archive.folder_metadata')}",
        "",
        say("archive.retention", day=project.retention_until),
        say("archive.checksums"),
        *([say("archive.licence", licence=licence)] if licence else []),
        say("archive.appraisal"),
    ]
    return _as_text(lines)


def _as_text(lines: list[str]) -> bytes:
    return ("\n".join(lines).rstrip() + "\n").encode()
