"""Answers of a large study come from a worker and are those that this process would give."""

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from study import administration, context, jobs
from study.administration import OPERATOR
from study.analysis import borders, comparison, neighbourhoods
from study.answer_cache import ANSWERS
from study.jobs import answers, running
from study.publishing import editions
from tests.support.temp_store import own_store


@pytest.fixture
def store_file(tmp_path: Path) -> Iterator[Path]:
    """A store with the made-up town."""
    with own_store(tmp_path, BUURT_JOBS="1") as file:
        yield file


@pytest.fixture(scope="module", autouse=True)
def no_workers_left() -> Iterator[None]:
    yield
    jobs.close()


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A server for which every study is large; give the keys of the jobs it starts."""
    started: list[object] = []
    begin = running.Job.begin
    monkeypatch.setattr(answers, "_serving", True)
    monkeypatch.setattr(answers, "SMALL", 0)
    monkeypatch.setattr(running.Job, "begin", lambda job, *args: (started.append(job.key), begin(job, *args)))
    return started


def test_rule_of_what_becomes_a_job() -> None:
    assert jobs.runs_here(10**6), "a command does its own work"


def test_answers_of_a_worker_are_those_of_this_process(
    store_file: Path, monkeypatch: pytest.MonkeyPatch, serving: list[object]
) -> None:
    ANSWERS.clear()  # what is made of official data alone is that of any store
    study = context.current_study("demo")
    there = (
        neighbourhoods.neighbourhood_cores(study),
        comparison.cluster_of_sketch(study),
        borders.border_pieces(study, "buurt"),
        neighbourhoods.stability(study, 1, "buurt"),
    )
    assert len(serving) == 4, "each was a job"
    again = comparison.cluster_of_sketch(study)
    assert again is there[1], "an answer is kept where it was asked for"
    monkeypatch.setattr(answers, "_serving", False)
    ANSWERS.clear()
    here = (
        neighbourhoods.neighbourhood_cores(study),
        comparison.cluster_of_sketch(study),
        borders.border_pieces(study, "buurt"),
        neighbourhoods.stability(study, 1, "buurt"),
    )
    assert_geodataframe_equal(gpd.GeoDataFrame(there[0]), gpd.GeoDataFrame(here[0]), check_less_precise=False)
    pd.testing.assert_series_equal(there[1], here[1])
    assert_geodataframe_equal(there[2], here[2])
    assert there[3] == here[3]
    assert [one.attrs for one in there[:3]] == [one.attrs for one in here[:3]]


def test_editions_and_backups_are_made_in_a_worker(
    store_file: Path, tmp_path: Path, serving: list[object]
) -> None:
    project = context.get_project("demo")
    made = editions.publish("demo", by=editions.NIGHT)
    assert made is not None
    path = administration.backup(tmp_path / "backups", by=OPERATOR)
    assert path.exists()
    assert [str(key[0]) for key in serving] == ["draft of an edition", "backup"]  # type: ignore[index]
    assert context.get_project("demo") == project
