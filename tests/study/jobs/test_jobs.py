"""Heavy work in processes of its own: what ends there ends in a sentence, and nothing else ends with it."""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import psutil
import pytest

import i18n
from geo.errors import JobEnded, JobStopped, JobTooLarge, JobTooSlow
from study import jobs, progress
from study.jobs import cluster, running
from study.jobs.running import run_outside
from tests.study.jobs import work

WAIT_S = 60


@pytest.fixture(scope="module", autouse=True)
def one_worker() -> Iterator[None]:
    """One worker process of 700 MB for this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUURT_JOBS", "1")
        patch.setenv("BUURT_JOB_MEMORY", "700")
        yield
        jobs.close()


def until(is_true: Callable[[], bool]) -> None:
    last_s = time.monotonic() + WAIT_S
    while not is_true():
        assert time.monotonic() < last_s, "it took too long"
        time.sleep(0.02)


def listen_and_leave(_step: str, part: float) -> None:
    """Press stop once the work is half way."""
    if part >= 0.5:
        raise KeyboardInterrupt


def test_work_is_done_in_another_process_and_its_error_comes_back() -> None:
    assert run_outside("a", work.process) != os.getpid()
    with pytest.raises(ValueError, match="no"):
        run_outside("b", work.refuse)


def test_workers_that_cannot_start_end_in_a_sentence_and_leave_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker begins with the file of the main module, which is gone here."""
    main = ModuleType("__main__")
    main.__file__ = str(tmp_path / "gone.py")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(JobEnded):
        cluster.JobCluster("", on_progress=list, on_memory=list)
    assert list(tmp_path.glob("buurt-jobs-*")) == []


def test_job_over_its_memory_ends_in_a_sentence_and_the_next_one_runs() -> None:
    """A job that wants 2 GB where 700 MB are allowed."""
    with pytest.raises(JobTooLarge) as ended:
        run_outside("large", work.hold, 2_000_000_000)
    assert "geheugen" in i18n.get_translator("nl").explain(ended.value)
    assert run_outside("small", work.hold, 20_000_000) == 1


def test_killed_worker_ends_in_a_sentence_and_a_new_try_works(tmp_path: Path) -> None:
    file, go_on = tmp_path / "lines", tmp_path / "go on"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(run_outside, "killed", work.write_line, file, go_on)
        until(lambda: file.exists() and file.read_text().endswith("\n"))
        os.kill(int(file.read_text()), signal.SIGKILL)
        assert isinstance(asked.exception(WAIT_S), JobEnded)
    go_on.touch()
    assert run_outside("killed", work.write_line, file, go_on) == "answer"


def test_eight_who_ask_the_same_share_one_job(tmp_path: Path) -> None:
    file, go_on = tmp_path / "lines", tmp_path / "go on"
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(run_outside, "same", work.write_line, file, go_on) for _ in range(8)]
        until(lambda: sum(job.n_waiting for job in list(running._running.values())) == 8)
        go_on.touch()
        assert {one.result(WAIT_S) for one in asked} == {"answer"}
    assert len(file.read_text().splitlines()) == 1


def test_who_stops_ends_the_job_unless_somebody_else_waits_for_it(tmp_path: Path) -> None:
    file, go_on = tmp_path / "lines", tmp_path / "go on"

    def stop_half_way() -> None:
        with progress.listen(listen_and_leave):
            run_outside("shared", work.write_line, file, go_on)

    with ThreadPoolExecutor(2) as pool:
        stays = pool.submit(run_outside, "shared", work.write_line, file, go_on)
        leaves = pool.submit(stop_half_way)
        assert isinstance(leaves.exception(WAIT_S), KeyboardInterrupt)
        assert not stays.done()
        go_on.touch()
        assert stays.result(WAIT_S) == "answer"
    go_on.unlink()
    with ThreadPoolExecutor(1) as pool:
        alone = pool.submit(stop_half_way)
        assert isinstance(alone.exception(WAIT_S), KeyboardInterrupt)
    assert run_outside("next", work.process) == int(file.read_text().split()[-1]), "the process was not ended"


@pytest.mark.nightly
def test_work_that_does_not_tell_how_far_it_is_is_ended_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURT_JOB_SECONDS", "1")
    file = tmp_path / "pid"
    with pytest.raises(JobTooSlow):
        run_outside("mute", work.never_tell, file)
    monkeypatch.delenv("BUURT_JOB_SECONDS")
    until(lambda: not psutil.pid_exists(int(file.read_text())))
    assert run_outside("next", work.process) != int(file.read_text())


def test_job_that_waits_for_its_turn_is_taken_out_of_the_queue(tmp_path: Path) -> None:
    file, go_on, left = tmp_path / "lines", tmp_path / "go on", threading.Event()

    def leave(_step: str, _part: float) -> None:
        left.wait(WAIT_S)
        raise KeyboardInterrupt

    def queued() -> None:
        with progress.listen(leave):
            run_outside("queued", work.write_line, tmp_path / "never", go_on)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run_outside, "first", work.write_line, file, go_on)
        until(file.exists)
        second = pool.submit(queued)
        left.set()
        assert isinstance(second.exception(WAIT_S), KeyboardInterrupt)
        go_on.touch()
        assert first.result(WAIT_S) == "answer"
    assert run_outside("last", work.process)
    assert not (tmp_path / "never").exists()


@pytest.mark.nightly
def test_cluster_without_workers_is_given_up_and_the_next_job_starts_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run_outside("there", work.process)
    where = cluster._open[""]
    assert where._local is not None
    where._local.scale(0)
    until(lambda: not where.has_workers())
    monkeypatch.setattr(running, "PATIENCE_S", 1.0)
    with pytest.raises(JobEnded):
        run_outside("nobody", work.process)
    monkeypatch.undo()
    assert run_outside("there again", work.process)


def test_error_of_a_stopped_job_has_a_sentence() -> None:
    assert i18n.get_translator("en").explain(JobStopped()).startswith("The computing was stopped")
