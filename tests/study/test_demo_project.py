"""The demo project is loaded as a whole or not at all, by an explicit step."""

from pathlib import Path

import pytest

import store
from geo.errors import LayerNotFetched
from store.repositories import contributions
from study import context, demo_project


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_load_that_is_killed_half_way_is_repaired_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after ten contributions nothing of them is left; the next load has them all, and a third adds none."""
    whole, ten, insert = len(demo_project.read_layer("GM9901", "sketches")), 10, contributions.insert_once
    done = 0

    def killed(*args: object, **kwargs: object) -> object:
        nonlocal done
        done += 1
        if done > ten:
            raise Killed
        return insert(*args, **kwargs)

    with store.open_store(f"sqlite:///{tmp_path}/store.gpkg") as opened:
        monkeypatch.setattr(contributions, "insert_once", killed)
        with pytest.raises(Killed):
            demo_project.load_demo(opened)
        assert len(opened.contributions.read_sketches("demo")) == 0
        monkeypatch.undo()
        demo_project.load_demo(opened)
        loaded = opened.contributions.read_sketches("demo", filters=store.ALL)
        assert len(loaded) == whole
        revision = opened.projects.revision_token("demo")
        demo_project.load_demo(opened)
        assert opened.projects.revision_token("demo") == revision


def test_opening_the_store_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.open_store(f"sqlite:///{tmp_path}/store.gpkg") as opened:
        assert opened.projects.list_all() == []


def test_a_data_folder_without_the_made_up_town_has_no_demo_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may be asked to fetch a town that is made up; who wants it by name is told that it is not there."""
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    monkeypatch.setenv("BUURT_STORE", f"sqlite:///{tmp_path}/store.gpkg")
    monkeypatch.delenv("BUURT_EXAMPLE", raising=False)
    context.get_store.cache_clear()
    try:
        demo_project.load_open_demo()
        assert context.list_projects() == []
        monkeypatch.setenv("BUURT_EXAMPLE", "on")
        with pytest.raises(LayerNotFetched):
            demo_project.load_open_demo()
    finally:
        context.get_store().close()
        context.get_store.cache_clear()
