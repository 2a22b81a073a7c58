"""T15 and T16: what a planner looks at live is written down, and stays with that planner."""

import httpx
import shapely
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from store import Actor, Store
from study import context, review_queue
from study.analysis import comparison
from tests.disclosure.residents import NARROW, PLANNER, WIDE, draw
from tests.support.coroutines import run_coroutine
from ui.server.endpoints import ROUTES
from ui.session import login_sessions

LOOKING = """
import geopandas
import shapely
import streamlit as st
from ui import map_data

shown = geopandas.GeoDataFrame(
    {"class": ["now"]}, geometry=[shapely.box(142600, 510300, 143200, 510900)], crs="EPSG:28992", index=["now"]
)
st.text(map_data.register_shapes(map_data.encode_shapes({"areas": shown})))
"""


def look(token: str) -> str:
    """Let somebody who is signed in look at a drawing; return the address of its shape."""
    tab = AppTest.from_string(LOOKING, default_timeout=60)
    tab.session_state[login_sessions.IN_VISIT] = token
    tab.query_params["project"] = "echt"
    tab.run()
    assert not tab.exception
    return "/" + str(tab.text[0].value).lstrip("/")


def fetched(address: str, token: str = "") -> tuple[int, str]:
    """Return the status and what caches are told, to who holds this cookie."""

    async def fetch() -> httpx.Response:
        server = httpx.ASGITransport(app=Starlette(routes=ROUTES))
        async with httpx.AsyncClient(transport=server, base_url="http://localhost") as client:
            cookie = {"Cookie": f"{login_sessions.COOKIE}={token}"} if token else {}
            return await client.get(address, headers=cookie)

    answer = run_coroutine(fetch())
    return answer.status_code, answer.headers["cache-control"]


def test_what_a_planner_looks_at_is_for_that_planner_and_not_for_ever(private_store: Store) -> None:
    """T16: without a cookie, with another planner's, after withdrawal and after signing out it is not there."""
    code = draw(private_store, 1, NARROW)
    one, other = (
        login_sessions.REGISTER.begin(Actor("planner", account=name)) for name in ("first", "second")
    )
    address = look(one)
    assert fetched(address, one) == (200, "private, no-store")
    assert fetched(address) == fetched(address, other) == (404, "no-store")
    draw(private_store, 2, NARROW)  # somebody else who draws takes nothing away
    assert fetched(address, one)[0] == 200
    private_store.contributions.withdraw(code, device="phone")
    assert fetched(address, one) == (404, "no-store")
    address = look(one)
    assert fetched(address, one)[0] == 200
    login_sessions.REGISTER.end(one)
    assert fetched(address, one)[0] == 404


def test_looking_at_single_items_is_one_line_a_day_for_each_kind(private_store: Store) -> None:
    """T15: who looked at drawings, places and words stands in the log."""
    draw(private_store, 1, NARROW)
    study = context.current_study("echt")
    for _ in range(2):
        for what in ("drawings", "places", "words"):
            review_queue.log_single_items(study, what, by=PLANNER)
    logged = [row for row in private_store.accounts.list_audit() if row.action.startswith("look at")]
    assert [(row.action, row.account, row.project) for row in logged] == [
        (f"look at single {what}", PLANNER.account, "echt") for what in ("drawings", "places", "words")
    ]


def test_no_live_band_rests_on_fewer_than_five(private_store: Store) -> None:
    """T15: of six drawers a quarter are two people, whose ground is on no map."""
    for number in range(4):
        draw(private_store, number, NARROW)
    for number in (4, 5):
        draw(private_store, number, WIDE)
    bands = comparison.contours(context.current_study("echt"), 1)
    beyond = WIDE.difference(NARROW)
    assert not any(shapely.intersection(shape, beyond).area > 1e4 for shape in bands.geometry)
