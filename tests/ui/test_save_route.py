"""A save over plain HTTP: answered after it is on disk, once, from our own pages only, within the budgets."""

import json
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import numpy as np
import pytest

import store
from study.contributions.save_request import contribution_address
from tests.study.contributions.test_save_request import RING, body
from tests.support.browser import App

HEADERS = {"Content-Type": "application/json", "X-Buurt": "1"}
Answer = tuple[int, dict[str, str], dict[str, Any]]


def put(
    app: App, payload: bytes, address: str, *, method: str = "PUT", source: str = "", **headers: str
) -> Answer:
    """Send one save; give status, headers and what was said."""
    connection = HTTPConnection(
        "127.0.0.1", app.port, timeout=60, source_address=(source, 0) if source else None
    )
    connection.request(
        method,
        f"/api/contributions/{address}",
        payload,
        {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}},
    )
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return (
        answer.status,
        {k.lower(): v for k, v in answer.headers.items()},
        json.loads(text) if text[:1] == b"{" else {},
    )


def rows(app: App) -> Any:
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        return private_store.contributions.read_sketches("demo")


def test_receipt_and_code_come_after_the_drawing_is_in_the_store(app: App) -> None:
    before = len(rows(app))
    payload, address = body()
    status, headers, first = put(app, payload, address)
    assert (status, headers["cache-control"], first["version"]) == (201, "no-store", 1)
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        assert (
            private_store.contributions.find_by_code(first["code"], device="t").contribution.view.screen
            == "phone"
        )
    assert first["receipt"] in rows(app).index
    again = put(app, payload, address)
    assert (again[0], again[2]["code"], again[2]["version"]) == (200, first["code"], 1)
    assert len(rows(app)) == before + 1
    wider = [[5.19, 52.57], [5.21, 52.57], [5.21, 52.58], [5.19, 52.57]]
    changed, _ = body(key=json.loads(payload)["key"], geometry={"type": "Polygon", "coordinates": [wider]})
    status, _, later = put(app, changed, address)
    assert (status, later["code"], later["version"]) == (200, first["code"], 2)
    assert len(rows(app)) == before + 1


def test_key_and_code_stand_in_no_log(app: App) -> None:
    payload, address = body()
    code = put(app, payload, address)[2]["code"]
    log = app.log.read_text(encoding="utf-8")
    assert json.loads(payload)["key"] not in log
    assert code not in log


def test_withdrawn_drawing_does_not_come_back(app: App) -> None:
    payload, address = body()
    code = put(app, payload, address)[2]["code"]
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        private_store.contributions.withdraw(code, device="t")
    status, _, answer = put(app, payload, address)
    assert (status, answer["error"]) == (409, "ContributionWithdrawn")
    assert answer["sentence"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Buurt": "0"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example"}, 421),
    ],
)
def test_page_of_others_cannot_save(app: App, headers: dict[str, str], status: int) -> None:
    before = len(rows(app))
    assert put(app, *body(), **headers)[0] == status
    assert len(rows(app)) == before


def test_what_does_not_fit_is_refused_in_a_sentence(app: App) -> None:
    chance = np.random.default_rng(7)
    points = np.column_stack(
        [5.2 + chance.uniform(-0.01, 0.01, 2000), 52.57 + chance.uniform(-6e-3, 6e-3, 2000)]
    )
    scribble = {"type": "Polygon", "coordinates": [points.tolist()]}
    for changed, expected in (
        ({"geometry": scribble, "language": "nl"}, (422, "DrawingTooManyCrossings")),
        ({"strokes": 5}, (422, "InputRefused")),
        ({"note": "x" * 300_000}, (413, "InputTooLarge")),
        ({"project": "nowhere"}, (422, "UnknownProject")),
    ):
        begun_s = time.monotonic()
        status, _, answer = put(app, *body(**changed))
        assert (status, answer["error"]) == expected
        assert answer["sentence"]
        assert time.monotonic() - begun_s < 5  # seconds on a busy machine, minutes before


def test_saves_of_a_hall_share_their_commits(app: App) -> None:
    """Sixty at once through the application: every one there once, in at most 25 commits."""
    before = set(rows(app).index)
    sent = [body() for _ in range(60)]
    with ThreadPoolExecutor(60) as hall:
        answers = list(hall.map(lambda one: put(app, *one), sent))
    assert Counter(status for status, _, _ in answers) == {201: 60}
    assert set(rows(app).index) - before == {answer["receipt"] for _, _, answer in answers}


def test_flood_from_one_address_waits_and_others_do_not(app: App) -> None:
    statuses = [put(app, *body(), source="127.0.0.9")[0] for _ in range(22)]
    assert statuses[:20] == [201] * 20
    status, headers, answer = put(app, *body(), source="127.0.0.9")
    assert (status, answer["error"]) == (429, "TooManyFromAddress")
    assert int(headers["retry-after"]) >= 1
    assert put(app, *body(), source="127.0.0.10")[0] == 201


def test_address_of_another_key_is_refused(app: App) -> None:
    payload, _ = body(geometry={"type": "Polygon", "coordinates": [RING]})
    assert put(app, payload, contribution_address(str(uuid.uuid4())))[0] == 422


def test_sixty_saves_at_once_share_their_waits_for_the_disk(app: App) -> None:
    """Sixty phones press in the same second: at most 25 commits, the largest of at least four saves."""

    def commits() -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", app.port, timeout=60)
        connection.request("GET", "/readyz")
        text = connection.getresponse().read()
        connection.close()
        return dict(json.loads(text))

    before = commits()["commits"]
    sent = [body() for _ in range(60)]
    ready = threading.Barrier(60)

    def press(sent: bytes, address: str) -> int:
        ready.wait(60)
        return put(app, sent, address)[0]

    with ThreadPoolExecutor(60) as pool:
        statuses = list(pool.map(lambda one: press(*one), sent))
    assert statuses == [201] * 60
    after = commits()
    assert after["commits"] - before - 1 <= 25  # one is the write by which /readyz tries the store
    assert after["largest_batch"] >= 4
