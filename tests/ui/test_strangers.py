"""What a stranger may reach: our own hosts and pages, none of Streamlit's other routes, no file box unasked."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest
import websockets

from tests.support.browser import App
from tests.support.coroutines import run_coroutine


def status(app: App, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture(scope="module")
def silent() -> Iterator[socket.socket]:
    """Return a proxy that takes connections and never answers, as a firewall that drops."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(50)
    listening.settimeout(0.5)
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def walled(start_app: Callable[..., App], silent: socket.socket) -> App:
    """Return an app whose way out leads to that proxy."""
    proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
    return start_app(http_proxy=proxy, https_proxy=proxy, BUURT_ADDRESS="https://buurt.example")


async def _shake(app: App, origin: str, host: str) -> int:
    """Return the status with which a websocket is answered."""
    try:
        async with websockets.connect(
            f"ws://127.0.0.1:{app.port}/_stcore/stream",
            origin=websockets.Origin(origin),
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Host": host} if host else {},
        ):
            return 101
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


def test_foreign_origin_is_refused_at_once_and_nobody_is_asked(walled: App, silent: socket.socket) -> None:
    begun_s = time.monotonic()
    for _ in range(10):
        assert run_coroutine(_shake(walled, "http://evil.example", "")) == 403
    assert status(walled, "/healthz") == 200
    assert time.monotonic() - begun_s < 10  # two seconds each before, and the whole server with it
    with pytest.raises(TimeoutError):
        silent.accept()


def test_proxy_that_keeps_the_host_to_itself_is_no_other_page(walled: App) -> None:
    assert run_coroutine(_shake(walled, "https://buurt.example", "")) == 101
    assert run_coroutine(_shake(walled, f"http://localhost:{walled.port}", "")) == 403


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {"Host": "evil.example"}, 421),
        ("/", {"Host": "localhost"}, 200),
        ("/", {"Host": "192.0.2.7:8501"}, 200),
        ("/healthz", {"Host": "probe.internal"}, 200),
        ("/", {"Origin": "http://evil.example"}, 403),
        ("/", {"Origin": "null"}, 403),
    ],
)
def test_host_and_origin_are_judged(app: App, path: str, headers: dict[str, str], expected: int) -> None:
    assert status(app, path, Accept="text/html", **headers) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/beheer", 200),
        ("/favicon.png", 200),
        ("/_stcore/health", 200),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/schema", 404),
        ("/_stcore/agent/mcp", 404),
        ("/wp-login.php", 404),
        ("/.env", 404),
        ("/nergens", 404),
        ("/.well-known/security.txt", 404),
        ("/robots.txt", 200),
    ],
)
def test_there_is_what_there_is_and_nothing_else(app: App, path: str, expected: int) -> None:
    assert status(app, path, Accept="text/html") == expected


def test_host_config_names_nobody(app: App) -> None:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.request("GET", "/_stcore/host-config")
    answered = connection.getresponse().read()
    connection.close()
    assert json.loads(answered)["allowedOrigins"] == []


def test_file_that_nobody_asked_for_is_refused(app: App) -> None:
    path = "/_stcore/upload_file/0b6f5c1e-0000-4000-8000-000000000000/file"
    assert status(app, path, "PUT", b"x" * 1000) == 403
