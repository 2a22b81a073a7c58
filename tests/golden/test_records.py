"""Records that are written as JSON or read by a template under the names of their fields."""

import dataclasses
import hashlib
import json
from typing import Any

import pytest

from geo import errors, metric_registry
from geo.paper_sheet import PaperSheet, parse_qr_text
from i18n import document
from layers import cache, custom_layers
from maps.documents import workshop_handouts
from study.analysis import batch
from study.contributions import questionnaire
from study.publishing.sessions.parts import STORED_FIELDS, EditionFacts, MentionShare, Neighbourhood
from tests.golden import HERE, as_json, expected
from ui.canvas import canvas

ROOT = HERE.parent.parent

RECORDS: dict[str, Any] = {
    "lock.json, a layer": cache.LayerRecord,
    "own layer, its JSON": custom_layers.CustomLayer,
    "facts.json of an edition": EditionFacts,
    "facts.json, a neighbourhood": Neighbourhood,
    "facts.json, what was told": MentionShare,
    "compare --summary": batch.BatchResult,
    "compare --summary, a file": batch.AreasResult,
    "consensus --summary": batch.ConsensusResult,
    "consensus --summary, a group": batch.GroupResult,
    "outcome page, read by Typst": workshop_handouts.OutcomePage,
    "print pack, read by Typst": workshop_handouts.PrintPack,
    "report, read by Typst": document.Document,
    "spot, read by the canvas": canvas.CanvasPoint,
    "question, read from TOML": questionnaire.Question,
}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_fields_of_a_record(name: str) -> None:
    stored = [STORED_FIELDS.get(field.name, field.name) for field in dataclasses.fields(RECORDS[name])]
    assert stored == expected("records")[name]


def test_keys_of_a_lock_file() -> None:
    """The shipped town's, as it lies on disk."""
    lock = json.loads((ROOT / "data" / "boundaries" / "GM9901" / "lock.json").read_text(encoding="utf-8"))
    assert sorted(lock) == expected("records")["lock.json"]
    # Fields that came later may lack: they have a default.
    assert all(set(layer) <= set(expected("records")["lock.json, a layer"]) for layer in lock["layers"])


def test_text_of_a_sheet() -> None:
    """Sheets on paper lie in a drawer for months; the text of their code is read by every later release."""
    sheet = PaperSheet("demo", "e1", 7, "A3", 142_000, 509_000, 8_000, "3f2a", "b81c")
    assert sheet.qr_text == "BB1|demo|e1|7|A3|142000|509000|8000|3f2a|b81c"
    assert parse_qr_text(sheet.qr_text) == sheet


def test_metrics_and_method() -> None:
    """Keys and versions are in every export, and the method is a hash of them; a formula may be added.

    One leaves only when no page, report, file or command tells it.
    """
    found = [[metric.key, metric.unit, metric.version] for metric in metric_registry.METRICS]
    assert [each for each in expected("metrics") if each not in as_json(found)] == []
    formulas = "+".join(f"{metric.key}{metric.version}" for metric in metric_registry.METRICS)
    assert hashlib.sha256(formulas.encode()).hexdigest()[:10] == metric_registry.METHOD


def test_names_of_errors() -> None:
    """Keys of the sentences for visitors, and reasons in summaries; an error may be added."""
    classes = [errors.BuurtError]
    for each in classes:
        classes += each.__subclasses__()
    ours = {each.__name__ for each in classes if each.__module__.startswith("geo.")}
    assert set(expected("errors")) - ours == set()
