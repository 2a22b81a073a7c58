"""Figures for operators: to this machine and to who has the token, in the format that Prometheus reads."""

import re
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from tests.support.browser import App

TOKEN = "een lange sleutel voor de bewaking"
LINE = re.compile(r'buurt_[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+-]+')


@pytest.fixture(scope="module")
def watched(start_app: Callable[..., App]) -> App:
    return start_app(BUURT_METRICS_TOKEN=TOKEN)


def read(app: App, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=60)
    connection.request("GET", "/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_every_line_is_one_that_prometheus_reads(watched: App) -> None:
    """Each figure has one help and one type before its values, and no value twice."""
    status, text = read(watched)
    assert status == 200
    lines = text.splitlines()
    values = [line for line in lines if not line.startswith("#")]
    assert [line for line in values if not LINE.fullmatch(line)] == []
    names = [re.split(r"[{ ]", line)[0] for line in values]
    for name in set(names):
        assert sum(line.startswith(f"# HELP {name} ") for line in lines) == 1
        assert sum(line.startswith(f"# TYPE {name} ") for line in lines) == 1
    assert len({line.rpartition(" ")[0] for line in values}) == len(values)
    assert 'buurt_ready{check="store"} 1.0' in lines


def test_from_elsewhere_only_with_the_token(watched: App) -> None:
    elsewhere = {"X_Forwarded_For": "192.0.2.7"}
    assert read(watched, **elsewhere)[0] == 404
    assert read(watched, **elsewhere, Authorization="Bearer anders")[0] == 404
    assert read(watched, **elsewhere, Authorization="Bearer ")[0] == 404
    assert read(watched, **elsewhere, Authorization=f"Bearer {TOKEN}")[0] == 200


def test_without_a_token_nobody_from_elsewhere(app: App) -> None:
    for said in ("", "Bearer ", "Bearer None"):
        assert read(app, X_Forwarded_For="192.0.2.7", Authorization=said)[0] == 404


def test_no_project_and_no_count_of_people(watched: App) -> None:
    _, text = read(watched)
    assert not re.search("Zuiderwaard|demo|contribution|drawing|project|account", text)
