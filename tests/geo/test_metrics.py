"""The register of reported numbers and the document made from it."""

import importlib.util
import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from geo import metrics
from geo.metrics import METHOD, METRICS

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


def test_every_metric_is_explained_and_every_explanation_has_a_metric() -> None:
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == [metric.key for metric in METRICS]
    assert METHOD in text


def test_keys_and_functions_are_registered_once() -> None:
    for what in ([metric.key for metric in METRICS], [metric.function for metric in METRICS]):
        assert [item for item, times in Counter(what).items() if times > 1] == []


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_every_metric_has_a_unit_a_version_and_a_docstring(metric) -> None:
    assert metric.unit in UNITS
    assert metric.version >= 1
    assert len(inspect.getdoc(metric.function).split("\n")[0]) > 20


def test_another_version_is_another_method() -> None:
    """The name changes with any formula, and stays the same from one machine to the next."""
    assert re.fullmatch(r"[0-9a-f]{10}", METHOD)
    raised = metrics.FORMULAS.replace("iou1", "iou2", 1)
    assert raised != metrics.FORMULAS


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
