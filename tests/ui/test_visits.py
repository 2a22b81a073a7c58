"""Visits: shapes of an answer for one browser only, an id without its cookie, and more visitors than there is room."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from streamlit import runtime

from benchmarks.streamlit_client import Phone
from geo.errors import ShapesAbsent
from maps import charts
from study import context
from study.answer_cache import ANSWERS
from study.context import Study
from study.contributions.save_request import parse_save_request
from study.contributions.submission import save_sent_drawing, withdraw
from study.permissions import Actor
from tests.study.contributions.test_save_request import body
from tests.support.browser import App, free_port
from tests.support.coroutines import run_coroutine
from tests.support.temp_store import own_store
from ui import map_data
from ui.server import daily_jobs, log_redaction
from ui.session import login_sessions

SQUARE = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10, 10)], crs="EPSG:28992")


def get(app: App, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}, body


def test_shapes_of_an_answer_are_for_one_sign_in_and_gone_after_a_withdrawal(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_store(tmp_path_factory.mktemp("made")):
        token = login_sessions.REGISTER.begin(Actor("planner", account="p"))
        monkeypatch.setattr(map_data, "current_project", lambda: "demo")
        monkeypatch.setattr(login_sessions, "_token", lambda: token)
        name = map_data.register_shapes(map_data.encode_shapes({"areas": SQUARE})).rpartition("/")[2]
        reader = login_sessions.reader_of({login_sessions.COOKIE: token})
        assert map_data.made_shapes(name, reader=reader).body
        other = login_sessions.REGISTER.begin(Actor("planner", account="q"))
        for wrong in ("", login_sessions.reader_of({login_sessions.COOKIE: other})):
            with pytest.raises(ShapesAbsent):
                map_data.made_shapes(name, reader=wrong)

        context.forget_withdrawn()
        with pytest.raises(ShapesAbsent):
            map_data.made_shapes("another.topojson", reader=reader)


def holds(key: object, study: Study) -> bool:
    """Return whether the key of an answer is, or has in it, this study."""
    return key == study or (isinstance(key, tuple) and any(holds(part, study) for part in key))


def test_withdrawal_takes_shapes_and_answers_of_before_it_out_of_memory(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_store(tmp_path_factory.mktemp("withdrawn")):
        monkeypatch.setattr(map_data, "current_project", lambda: "demo")
        asked = parse_save_request(*body())
        saved = save_sent_drawing("demo", asked.sent, code="", home=None, language="nl", device="d")
        name = map_data.register_shapes(map_data.encode_shapes({"areas": SQUARE})).rpartition("/")[2]
        study = context.current_study("demo")
        assert saved.receipt in context.read_sketches(study).index
        ANSWERS.get(("draft", study, 3), lambda: "of before")
        assert context.forget_withdrawn() == []
        assert map_data.made_shapes(name, reader="").body
        withdraw(saved.code, device="d")
        with pytest.raises(ShapesAbsent):
            map_data.made_shapes(name, reader="")
        assert context.forget_withdrawn() == ["demo"]
        assert not [key for key in ANSWERS._kept if holds(key, study)]


def test_what_was_withdrawn_leaves_memory_also_while_visits_cannot_be_released(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Streamlit's manager of visits is not where it was: that is logged, and every round does the rest."""
    monkeypatch.setattr(map_data, "current_project", lambda: "demo")
    monkeypatch.setattr(daily_jobs, "FORGET_S", 0)
    monkeypatch.setattr(log_redaction.OURS, "propagate", True)
    row = {"code": "a", "name": "a", "value": 0.4, "low": 0.3, "high": 0.5, "tick": None, "text": "a"}

    async def rounds(code: str) -> None:
        tried = asyncio.Queue[None]()

        def moved() -> object:
            tried.put_nowait(None)
            return object()

        monkeypatch.setattr(runtime, "get_instance", moved)
        running = asyncio.create_task(daily_jobs.forget_every_half_minute())
        await asyncio.wait_for(tried.get(), 60)
        await asyncio.to_thread(withdraw, code, device="d")
        for _ in range(tried.qsize() + 2):
            await asyncio.wait_for(tried.get(), 60)
        running.cancel()
        await asyncio.wait([running])

    with own_store(tmp_path_factory.mktemp("rounds")):
        saved = save_sent_drawing(
            "demo", parse_save_request(*body()).sent, code="", home=None, language="nl", device="d"
        )
        map_data.register_shapes(map_data.encode_shapes({"areas": SQUARE}))
        charts.dot_chart(pd.DataFrame([row]), charts.DotChart("share", "one area"))
        run_coroutine(rounds(saved.code))
    assert "demo" not in {project for _, project, _ in map_data._made}
    assert not charts._specification.cache_info().currsize
    assert "releasing visits failed: AttributeError" in caplog.messages


def test_made_shapes_are_kept_by_no_cache(app: App) -> None:
    status, headers, _ = get(app, "/geo/made/0000.topojson")
    assert (status, headers["cache-control"]) == (404, "no-store")


def test_id_of_a_visit_opens_nothing_without_its_cookie(app: App) -> None:
    cookie = "_streamlit_xsrf=2|01020304|0500070d|1700000000"

    async def visit(with_cookie: str, session: str = "") -> str:
        phone = Phone(app.url, cookie=with_cookie)
        phone.session = session
        await phone.connect()
        phone.session = ""
        await phone.open("/privacy")
        found = phone.session
        await phone.close()
        return found

    first = run_coroutine(visit(cookie))
    assert first
    assert run_coroutine(visit("", first)) != first, "the id alone opened the visit"
    other = "_streamlit_xsrf=2|01020304|0600070d|1700000000"
    assert run_coroutine(visit(other, first)) != first, "another browser opened the visit"
    again = run_coroutine(visit(cookie, first))
    assert again in (first, ""), "its own browser goes on with it"


def test_who_comes_when_it_is_full_reads_a_sentence_and_who_is_in_goes_on(
    start_app: Callable[..., App],
) -> None:
    """An id that is nobody's lets nobody in; who is in comes back on a second line, as after a tunnel."""
    full = start_app(BUURT_VISITS="2")

    async def fill() -> tuple[int, dict[str, str], bytes]:
        async with Phone(full.url) as first, Phone(full.url) as second:
            await first.open("/privacy")
            await second.open("/privacy")
            answer = await asyncio.to_thread(get, full, "/")
            for named in ("", "00000000-0000-4000-8000-000000000000"):
                with pytest.raises(Exception, match="403"):
                    await Phone(full.url, session=named).connect()
            await first.open("/privacy")
            async with Phone(full.url, session=first.session) as again:
                await again.open("/privacy")
            return answer

    status, headers, body = run_coroutine(fill())
    assert (status, headers["retry-after"]) == (503, "10")
    assert "te veel bezoekers" in body.decode()
    assert get(full, "/healthz")[0] == 200


def test_visits_that_were_left_make_room_for_those_who_come(tmp_path: Path) -> None:
    """Ninety visits, ten at a time, where files are for twenty: all come in, and the server has files left."""
    scarce = App(tmp_path / "store.gpkg", free_port(), tmp_path / "log.txt", nofile=300)
    scarce.start()

    async def ten() -> None:
        async with AsyncExitStack() as stack:
            for _ in range(10):
                phone = await stack.enter_async_context(Phone(scarce.url))
                await phone.open("/privacy")

    try:
        for _ in range(9):
            run_coroutine(ten())
        found = json.loads(get(scarce, "/readyz")[2])
    finally:
        scarce.kill()
    assert found["files_most"] == 300
    assert found["files_open"] < 300
    assert "out of system resource" not in scarce.log.read_text(encoding="utf-8")


def test_readiness_writes_once_for_all_who_ask_together(app: App) -> None:
    get(app, "/readyz")
    before = json.loads(get(app, "/readyz")[2])["commits"]
    begun = datetime.now(UTC)
    for _ in range(30):
        after = json.loads(get(app, "/readyz")[2])["commits"]
    lasted_s = (datetime.now(UTC) - begun).total_seconds()
    assert after - before <= 1 + lasted_s / 2
