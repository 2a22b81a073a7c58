"""Every HTTP route in every role: what a stranger may not have, no cookie of a revoked right opens either."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date
from http.client import HTTPConnection

import pytest

import store
from store import Actor, Project, SignIn, Store
from tests.support.browser import App
from ui.server.closed_routes import FILES, OF_STREAMLIT, OPEN_CORE, SIGN_IN, UPLOAD
from ui.server.endpoints import ROUTES
from ui.session.login_sessions import COOKIE

WORDS = "een lange zin van vier"
UNTIL_S = 4e9

TABLE = {
    ("GET", "/healthz"): 200,
    ("GET", "/readyz"): 200,
    ("GET", "/metrics"): 200,
    ("GET", "/service-worker.js"): 200,
    ("GET", "/away.html"): 200,
    ("GET", "/geo/made/00000000000000000000000000000000.topojson"): 404,
    ("GET", "/geo/GM9901/buurt-2025.topojson"): 200,
    ("GET", "/geo/tiles/14/0/0"): 404,
    ("GET", "/geo/anything/at/all"): 404,
    ("GET", "/assets/vendor/nothing.js"): 404,
    ("GET", "/assets/1/nothing.js"): 404,
    ("GET", "/assets/nothing"): 404,
    ("POST", "/api/sessie"): 403,
    ("PUT", "/api/contributions/0000"): 403,
    ("GET", "/api/contributions/0000"): 404,
    ("DELETE", "/api/contributions/0000"): 405,
    ("GET", "/api/accounts"): 404,
    ("GET", "/api/features/demo"): 404,
    ("GET", "/api/features/demo/"): 404,
    ("GET", "/api/features/demo/openapi"): 404,
    ("GET", "/api/features/demo/conformance"): 404,
    ("GET", "/api/features/demo/collections"): 404,
    ("GET", "/api/features/demo/collections/cores"): 404,
    ("GET", "/api/features/demo/collections/cores/items"): 404,
    ("GET", "/api/features/demo/collections/cores/items/1"): 404,
    ("GET", "/favicon.png"): 200,
    ("GET", "/manifest.json"): 200,
    ("GET", "/_stcore/health"): 200,
    ("GET", "/_stcore/host-config"): 200,
    ("GET", "/_stcore/stream"): 200,
    ("GET", "/_stcore/metrics"): 404,
    ("GET", "/_stcore/agent/schema"): 404,
    ("PUT", "/_stcore/upload_file/00000000-0000-4000-8000-000000000000/file"): 403,
    ("GET", "/static/nothing.js"): 404,
    ("GET", "/media/0000.pdf"): 404,
    ("GET", "/component/nothing/index.html"): 404,
    ("GET", "/bidi-component/nothing/index.js"): 404,
    ("GET", "/_stcore/bidi-components/nothing/index.js"): 404,
    ("GET", "/auth/login"): 302,
    ("GET", "/oauth2callback"): 302,
}
"""Method and address to the status, which no role changes: what a role adds is on its pages."""

OTHER_METHODS = ("POST", "PUT", "DELETE", "PATCH", "TRACE")


def cookie_of(private_store: Store, actor: Actor, *, version: str = "", until_s: float = UNTIL_S) -> str:
    """Return the cookie of somebody who signed in."""
    token = secrets.token_urlsafe(32)
    private_store.sign_ins.begin(hashlib.sha256(token.encode()).hexdigest(), SignIn(actor, version, until_s))
    return token


@pytest.fixture(scope="module")
def cookies(start_app: Callable[..., App], app: App) -> dict[str, str]:
    """Role to cookie, those of rights that were taken away among them."""
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        found = {"stranger": "", "made up": secrets.token_urlsafe(32), "resident": ""}
        for role in ("planner", "administrator"):
            account = private_store.accounts.create(f"rol-{role}", role, WORDS)
            version = private_store.accounts.password_version(account.id)
            found[role] = cookie_of(private_store, Actor(role, account=account.id), version=version)
        for role, owner in (("panel", ""), ("partner", "upkeep")):
            private_store.projects.save(Project("rol", "Rol", "GM9901", date(2099, 1, 1)))
            account = private_store.accounts.create(f"rol-{role}", role, WORDS, project="rol", owner=owner)
            version = private_store.accounts.password_version(account.id)
            actor = Actor(role, account=account.id, project="rol", owner=owner)
            found[role] = cookie_of(private_store, actor, version=version)
        for what in ("removed", "another password", "over"):
            account = private_store.accounts.create(f"rol-{what.replace(' ', '-')}", "administrator", WORDS)
            actor, version = (
                Actor("administrator", account=account.id),
                private_store.accounts.password_version(account.id),
            )
            found[what] = cookie_of(
                private_store, actor, version=version, until_s=1.0 if what == "over" else UNTIL_S
            )
            if what == "removed":
                private_store.accounts.delete(account.id)
            if what == "another password":
                private_store.accounts.set_password(account.id, f"{WORDS} anders")
        return found


def status(app: App, method: str, path: str, cookie: str) -> int:
    connection = HTTPConnection("127.0.0.1", app.port, timeout=60)
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    body = None if method in {"GET", "DELETE", "TRACE"} else b"{}"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_every_route_is_in_the_table() -> None:
    """Those of ours, and every beginning of Streamlit's that stays open."""
    paths = [path for _, path in TABLE]
    for route in ROUTES:
        pattern = getattr(route, "path_regex", None)
        assert pattern is not None
        assert any(pattern.match(path) for path in paths), route
    for start in (*FILES, *OPEN_CORE, *OF_STREAMLIT, *SIGN_IN, UPLOAD):
        assert any(path.startswith(start) for path in paths), start


def test_no_route_gives_a_role_more_than_a_stranger(app: App, cookies: dict[str, str]) -> None:
    """Each route with each cookie: the status of the table."""
    found = {route: {status(app, *route, cookie) for cookie in cookies.values()} for route in TABLE}
    wrong = [(*route, codes) for route, codes in found.items() if codes != {TABLE[route]}]
    assert not wrong, "\n".join(map(str, wrong))


def test_no_route_writes_by_another_method(app: App, cookies: dict[str, str]) -> None:
    """What is read with GET answers to no other method, in whatever role."""
    for method, path in TABLE:
        if method == "GET" and path.startswith(
            ("/healthz", "/readyz", "/metrics", "/geo/", "/assets/", "/api/")
        ):
            for other in OTHER_METHODS:
                if (other, path) in TABLE or (path.startswith("/api/contributions") and other == "PUT"):
                    continue
                codes = {status(app, other, path, cookie) for cookie in cookies.values()}
                # 308: the same method at the address without the slash, which is in the table too.
                assert codes <= {403, 404, 405, 501} | ({308} if path.endswith("/") else set()), (other, path)
