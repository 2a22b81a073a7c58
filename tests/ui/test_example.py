"""The made-up town, in which everybody may try everything: gone once there is an account, or when switched off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import i18n
import store
from benchmarks.streamlit_client import Phone
from geo.errors import ExampleClosed, GroundNotChosen, SettingRefused, UnknownProject
from layers.cache import Manifest
from store import Actor, Project
from study import context
from tests.study.contributions.test_save_request import body
from tests.support.browser import App
from tests.support.coroutines import run_coroutine
from tests.support.temp_store import own_store
from tests.ui.test_save_route import put
from ui.components import first_screen
from ui.pages import import_file

W = i18n.get_translator("nl")
CLOSED = W.section("errors")["ExampleClosed"]
WORDS = "een lange zin van vier"
PLANNER = Actor("planner", account="ruimte")


def read_pages(app: App, *addresses: str) -> list[str]:
    """Return what a stranger reads at each address, in one visit."""

    async def read() -> list[str]:
        async with Phone(app.url) as phone:
            texts = []
            for address in addresses:
                await phone.open(address)
                texts.append(phone.text())
            return texts

    return run_coroutine(read())


def test_example_ends_with_the_first_account_and_the_real_project_takes_its_place(
    start_app: Callable[..., App],
) -> None:
    app = start_app(BUURT_EXAMPLE="")
    before = read_pages(app, "/", "/vergelijk", "/inlezen")
    assert W("demo.label") in before[0]
    assert not any(CLOSED in text for text in before)
    assert put(app, *body())[0] == 201
    code = str(put(app, *body())[2]["code"])
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.accounts.create("beheer", "administrator", WORDS)
    assert all(CLOSED in text for text in read_pages(app, "/", "/?project=demo", "/vergelijk", "/inlezen"))
    status, _, answer = put(app, *body())
    assert (status, answer["error"]) == (422, "ExampleClosed")
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.projects.save(Project("noord", "Noord", "GM9901", date(2099, 1, 1), asked_by="Noord"))
    start, privacy = read_pages(app, "/", "/privacy")
    assert CLOSED not in start
    assert W("demo.label") not in start
    assert "Noord" in privacy
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.projects.save(Project("zuid", "Zuid", "GM9901", date(2099, 1, 1)))
        assert CLOSED in read_pages(app, "/")[0], "of two projects nobody guesses which was meant"
        private_store.contributions.withdraw(code, device="t")


def test_address_without_a_project_means_the_example_whatever_else_is_made_up(tmp_path: Path) -> None:
    """Another made-up project stands before it by name; without the example the only project is meant."""
    with own_store(tmp_path):
        made_up = Project("a", "Aa", "GM9901", date(2099, 1, 1), is_demo=True)
        context.get_store().projects.save(made_up)
        assert context.default_project() == "demo"
    other = tmp_path / "other"
    other.mkdir()
    with own_store(other, BUURT_EXAMPLE="off"):
        context.get_store().projects.save(Project("b", "Bb", "GM9901", date(2099, 1, 1)))
        assert context.default_project() == "b"
        context.get_store().projects.save(Project("c", "Cc", "GM9901", date(2099, 1, 1)))
        assert (context.default_project(), context.default_project(for_staff=True)) == ("demo", "b")


def test_operator_has_the_last_word(tmp_path: Path) -> None:
    # Undone before the store goes: else what that had set would come back, and stay.
    with own_store(tmp_path, BUURT_EXAMPLE="off"), pytest.MonkeyPatch.context() as patch:
        assert context.list_projects() == []
        with pytest.raises(ExampleClosed):
            context.get_project("demo")
        with pytest.raises(UnknownProject):
            context.get_project("nowhere")
        patch.setenv("BUURT_EXAMPLE", "on")
        context.get_store().accounts.create("beheer", "administrator", WORDS)
        assert [one.id for one in context.list_projects()] == ["demo"]
        patch.delenv("BUURT_EXAMPLE")
        assert context.list_projects() == []
        patch.setenv("BUURT_EXAMPLE", "sometimes")
        with pytest.raises(SettingRefused):
            context.is_example_open()


def test_a_server_without_a_project_lets_a_planner_begin_with_a_file(tmp_path: Path) -> None:
    """No town, no project: a planner may bring a file, a stranger reads that the example is closed."""
    with own_store(tmp_path, BUURT_EXAMPLE="off"):
        assert import_file._project(PLANNER).municipality == ""
        with pytest.raises(ExampleClosed):
            import_file._project(None)
        context.get_store().projects.save(Project("noord", "Noord", "GM9901", date(2099, 1, 1)))
        assert import_file._project(PLANNER).id == "noord"


def test_a_project_of_a_file_asks_nobody_to_draw(tmp_path: Path) -> None:
    """Its first screen has no button, and what needs a ground says whom to ask, without the key of a layer."""
    made = Project("oud", "Oud onderzoek", "", date(2099, 1, 1))
    screen = first_screen.first_screen(made, "nl", {})
    assert W("start.no_ground") in screen.body
    assert W("start.join") not in screen.body
    assert W("start.join") in first_screen.first_screen(replace(made, municipality="GM9901"), "nl", {}).body
    with pytest.raises(GroundNotChosen) as refused:
        Manifest.read("")
    assert "''" not in W.explain(refused.value)
