"""The recipes of nginx and Caddy, run: what they add, what they take away, and with whom a visitor stays."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.release.proxies import HOST, Proxy, running_proxy

YEAR_S = 31_536_000


class Echo(BaseHTTPRequestHandler):
    """Answers with its own port and the headers it got."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        body = json.dumps({"port": self.server.server_address[1], "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer after reading all of the body."""
        left = int(self.headers["Content-Length"])
        while left > 0 and (part := self.rfile.read(min(left, 1 << 20))):
            left -= len(part)
        if left == 0:
            self.do_GET()

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


@pytest.fixture
def echoes() -> Iterator[list[ThreadingHTTPServer]]:
    """Two upstream processes' worth of servers that tell what reached them."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, echoes: list[ThreadingHTTPServer], tmp_path: Path
) -> Iterator[Proxy]:
    """A proxy before the two."""
    with running_proxy(
        request.param, [int(server.server_address[1]) for server in echoes], tmp_path
    ) as found:
        yield found


def ask(
    proxy: Proxy, path: str = "/", headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask the proxy over TLS, as the host of the recipe."""
    trust = ssl.create_default_context(cafile=str(proxy.certificate))
    plain = socket.create_connection(("127.0.0.1", proxy.https_port), timeout=20)
    with closing(
        http.client.HTTPSConnection(HOST, proxy.https_port, timeout=20, context=trust)
    ) as connection:
        connection.sock = trust.wrap_socket(plain, server_hostname=HOST)
        method = "GET" if body is None else "POST"
        with suppress(OSError):  # who refuses a body need not read all of it
            connection.request(method, path, body=body, headers={"Host": HOST, **(headers or {})})
        answer = connection.getresponse()
        return answer, answer.read()


def test_plain_http_is_sent_to_https_at_the_same_host(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port, timeout=20)
    connection.request("GET", "/mee?code=ABC123", headers={"Host": HOST})
    answer = connection.getresponse()
    assert answer.status in {301, 308}
    assert str(answer.getheader("Location")).startswith(f"https://{HOST}")
    connection.close()


def test_browser_is_told_to_use_https_for_a_year(proxy: Proxy) -> None:
    answer, _ = ask(proxy)
    assert answer.status == 200
    assert f"max-age={YEAR_S}" in str(answer.getheader("Strict-Transport-Security"))


def test_visitor_stays_with_one_process_and_visitors_are_spread(proxy: Proxy) -> None:
    """By a cookie of the proxy, so that fifty phones behind one address are not one visitor."""
    used = set()
    for _ in range(12):
        answer, body = ask(proxy)
        cookie = str(answer.getheader("Set-Cookie")).split(";")[0]
        assert cookie.startswith("buurt_route=")
        port = json.loads(body)["port"]
        used.add(port)
        again = {json.loads(ask(proxy, headers={"Cookie": cookie})[1])["port"] for _ in range(3)}
        assert again == {port}
    assert len(used) == 2


def test_what_a_visitor_says_about_the_protocol_is_not_believed(proxy: Proxy) -> None:
    """The sign-in cookie is Secure because of this header: it must be the proxy's own."""
    _, body = ask(proxy, headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "10.1.2.3"})
    seen = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
    assert seen["x-forwarded-proto"] == "https"
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["host"] == HOST


def test_upload_over_the_limit_is_refused(proxy: Proxy) -> None:
    """50 MB is what the app takes (maxUploadSize). Caddy 2.6 says 502, or hangs up on who goes on sending."""
    try:
        status = ask(proxy, "/upload", body=bytes(60_000_000))[0].status
    except (OSError, http.client.HTTPException):
        status = 413
    assert status in {413, 502}
    answer, _ = ask(proxy, "/upload", body=bytes(1_000_000))
    assert answer.status == 200


def test_loss_of_a_process_is_not_seen(proxy: Proxy, echoes: list[ThreadingHTTPServer]) -> None:
    answer, body = ask(proxy)
    cookie = str(answer.getheader("Set-Cookie")).split(";")[0]
    (lost,) = [server for server in echoes if server.server_address[1] == json.loads(body)["port"]]
    lost.shutdown()
    lost.server_close()
    for _ in range(3):
        answer, _ = ask(proxy, headers={"Cookie": cookie})
        assert answer.status == 200


def test_log_holds_no_code_and_no_address_of_a_visitor(proxy: Proxy) -> None:
    """Join codes and links travel after the question mark."""
    ask(proxy, "/mee?code=SECRET")
    ask(proxy, "/second")
    written = proxy.log.read_text(encoding="utf-8")
    assert "200" in written
    assert "SECRET" not in written
    assert "127.0.0.1 " not in written.replace("127.0.0.1:", "")
