"""The register of reported numbers and the document made from it."""

import importlib.util
import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from geo import metric_registry
from geo.metric_registry import METHOD, METRICS
from tests.support.callers import direct, reached

ROOT = Path(__file__).resolve().parents[2]
UNITS = {"m", "m2", "share", "ratio", "degrees", "nats", "people", "score", "name", "index"}


def builder():
    spec = importlib.util.spec_from_file_location("build_methods", ROOT / "docs" / "build_methods.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_is_what_the_code_says() -> None:
    """After changing a docstring or a metric run: python docs/build_methods.py."""
    assert (ROOT / "docs" / "methods.md").read_text(encoding="utf-8") == builder().document()


def test_what_figures_do_not_say_stands_in_the_documents_too() -> None:
    """The page, the report and the document say the same. After a change run: python docs/build_methods.py."""
    made = builder()
    assert made.LIMITS.read_text(encoding="utf-8") == made.limits()


def test_every_metric_is_explained_and_every_explanation_has_a_metric() -> None:
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    keys = [metric.key for metric in METRICS]
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == keys
    assert METHOD in text


def test_keys_and_functions_are_registered_once() -> None:
    for what in ([metric.key for metric in METRICS], [metric.function for metric in METRICS]):
        assert [item for item, times in Counter(what).items() if times > 1] == []


def name_of(metric):
    return metric.function.__module__, metric.function.__name__


HELPERS = {
    ("geo.borders.inclusion_rows", "crossings"),  # what the inclusion model is fitted to
    ("geo.borders.permeability", "visitors"),  # lists who comes to a border, for the ledger
    ("geo.consensus.clustering", "normalised_name"),
    ("geo.disclosure_control", "bounded_count"),  # how a small count reads, not a count of its own
    ("geo.crosswalk", "target_sizes"),  # what bounds are made of
    ("geo.overlay.beyond_chance", "best_iou"),  # what fit_beyond_chance is made of
    ("geo.overlay.beyond_chance", "paired_iou"),
    ("geo.overlay.resampled_fit", "resample_cores"),  # resampled_fit for several divisions at once
    ("geo.overlay.divisions", "rank_divisions"),  # means of `divisions`
    ("geo.overlay.pairs", "double_counted_m2"),  # warns of a layer that is not a division
    ("geo.overlay.pairs", "mostly_inside"),
    ("geo.release.ledger", "await_total"),  # a decision, no number
    ("geo.release.ledger", "is_same_cell"),
    ("geo.release.ledger", "match_keys"),
    ("geo.release.ledger", "outline_version"),
    ("geo.statistics.weighting", "join_small_classes"),  # before `weights`
}
"""Functions beside a metric that are called but tell nobody a number of their own."""


def test_what_is_registered_reaches_somebody() -> None:
    """A metric that no page, report, file or command comes to leaves the register, and the house."""
    assert [metric.key for metric in METRICS if name_of(metric) not in reached()] == []


def test_what_is_told_is_registered() -> None:
    registered = {name_of(metric) for metric in METRICS}
    homes = {module for module, _ in registered}
    called = {name for name in direct() if name[0] in homes and name[1].islower()}
    assert called - registered == HELPERS


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_every_metric_has_a_unit_a_version_and_a_docstring(metric) -> None:
    assert metric.unit in UNITS
    assert metric.version >= 1
    assert len(inspect.getdoc(metric.function).split("\n")[0]) > 20


def test_another_version_is_another_method() -> None:
    """The name changes with any formula, and stays the same from one machine to the next."""
    assert re.fullmatch(r"[0-9a-f]{10}", METHOD)
    raised = metric_registry.FORMULAS.replace("iou1", "iou2", 1)
    assert raised != metric_registry.FORMULAS


def test_definition_lists_become_bullets() -> None:
    found = builder().listed(
        "low, high\n    Between 0 and 1.\nDataFrame\n    Columns:\n\n    size\n        How large."
    )
    assert found == "- low, high: Between 0 and 1.\n- DataFrame:\n  - Columns:\n  - size: How large."


def test_pictures_are_those_of_metrics_and_as_the_code_draws_them() -> None:
    """After changing a picture or what it shows run: python docs/build_methods.py."""
    made = builder()
    folder = ROOT / "docs" / "img" / "methods"
    assert set(made.PICTURES) <= {metric.key for metric in METRICS}
    assert {path.stem for path in folder.iterdir()} == set(made.PICTURES)
    for key, picture in made.PICTURES.items():
        assert (folder / f"{key}.svg").read_bytes() == made.svg(picture), key
