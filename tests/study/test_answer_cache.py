"""Answers are kept under all their inputs, computed once, within a budget."""

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers import custom_layers
from layers.cache import LOCK
from study import context
from study.analysis import comparison
from study.answer_cache import AnswerCache, size_in_bytes
from tests.support.browser import ROOT
from tests.support.temp_store import own_store


def test_a_key_is_computed_once_by_eight_who_ask_together() -> None:
    cache, begun, n = AnswerCache(), threading.Event(), 0

    def compute() -> str:
        nonlocal n
        n += 1
        begun.wait(5)
        return "answer"

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(cache.get, "key", compute) for _ in range(8)]
        begun.set()
        assert {one.result(5) for one in asked} == {"answer"}
    assert n == 1


def test_who_waited_for_work_that_was_stopped_computes_it() -> None:
    cache, begun, stop = AnswerCache(), threading.Event(), threading.Event()

    def stopped() -> str:
        begun.set()
        stop.wait(5)
        raise InterruptedError

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, "key", stopped)
        begun.wait(5)
        second = pool.submit(cache.get, "key", lambda: "whole")
        stop.set()
        assert isinstance(first.exception(5), InterruptedError)
        assert second.result(5) == "whole"
    assert len(cache) == 1


def test_the_longest_unused_answer_makes_way_and_what_is_too_large_is_not_kept() -> None:
    """Room for two arrays of 1,000 bytes: of a, b, a again and c, b goes."""
    cache = AnswerCache(max_bytes=2_200)
    for key in "abac":
        cache.get(key, lambda: np.zeros(1_000, np.uint8))
    assert [key in cache for key in "abc"] == [True, False, True]
    assert cache.n_bytes <= cache.max_bytes
    cache.get("huge", lambda: np.zeros(10_000, np.uint8))
    assert "huge" not in cache


def test_shapes_count_by_their_coordinates() -> None:
    few, many = (gpd.GeoSeries([shapely.Point(0, 0).buffer(1, quad_segs=n)]) for n in (2, 2_000))
    assert size_in_bytes(many) - size_in_bytes(few) == 16 * 4 * (2_000 - 2)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Official data and a store of this test's own, the demo municipality in both."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", folder / "GM9901")
    with own_store(tmp_path, BUURT_DATA=str(folder)):
        yield folder


def test_a_division_taken_in_shows_at_once(data: Path) -> None:
    """The list of divisions was asked before the layer came: asked again, it has the layer; replaced, its new area."""
    before = comparison.divisions(context.current_study())
    here = comparison.division_areas(context.current_study(), "wijk").geometry
    for keep in (slice(0, 1), slice(0, 2)):
        table = gpd.GeoDataFrame(
            {"name": ["x"] * len(here[keep])},
            geometry=here[keep].to_list(),
            index=range(len(here[keep])),
            crs=here.crs,
        )
        table.index = table.index.astype(str).rename("code")
        own = custom_layers.save_custom_layer(table, role="areas", name="Eigen.gpkg", date="2026-05-04")
        study = context.current_study()
        assert comparison.divisions(study) == [*before, own.key]
        assert len(comparison.division_areas(study, own.key)) == len(table)


def test_after_a_fetch_every_answer_is_another_one(data: Path) -> None:
    """What a fetch writes last is the manifest: written again, it makes another study."""
    before = context.current_study()
    assert context.current_study() == before
    manifest = data / "GM9901" / LOCK
    os.utime(manifest, ns=(manifest.stat().st_mtime_ns + 10**9,) * 2)
    after = context.current_study()
    assert (before.revision, before.project) == (after.revision, after.project)
    assert before != after
