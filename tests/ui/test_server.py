"""What the server gives by address, and what it says to every browser."""

import gzip
import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from geo.errors import AssetsAltered, ShapesAbsent
from tests.support.browser import App
from ui import map_data, vendored
from ui.server.security import content_security_policy
from ui.server.shell import STATIC

TOWN = "GM9901"


def get(app: App, path: str, headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
    """Ask for an address, as it is."""
    connection = HTTPConnection("localhost", app.port, timeout=20)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_health(app: App) -> None:
    answer, body = get(app, "/healthz")
    assert (answer.status, json.loads(body)) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"


def test_areas_are_packed_and_not_sent_twice(app: App) -> None:
    """Five wijken in under 5 kB; with the tag of the first answer the second is empty."""
    answer, body = get(app, f"/geo/{TOWN}/wijk-2025.topojson")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(body) < 5_000
    assert len(json.loads(gzip.decompress(body))["objects"]["areas"]["geometries"]) == 5
    again, nothing = get(app, f"/geo/{TOWN}/wijk-2025.topojson", {"If-None-Match": answer.headers["etag"]})
    assert (again.status, nothing) == (304, b"")
    plain, text = get(app, f"/geo/{TOWN}/wijk-2025.topojson", {"Accept-Encoding": "identity"})
    assert plain.headers["content-encoding"] is None
    assert text == gzip.decompress(body)


@pytest.mark.parametrize(
    "path",
    [
        "/geo/GM9901/wijk-1900.topojson",
        "/geo/GM9901/nothing.topojson",
        "/geo/GM9901/..%2F..%2Fapp.py",
        "/geo/..%2FGM9901/wijk-2025.topojson",
        "/geo/GM0000/wijk-2025.topojson",
        "/geo/",
        "/geo/tiles/14/8400/5400",
        "/assets/vendor/axe-core/axe.js",
        "/assets/vendor/..%2F..%2Fpyproject.toml",
        "/assets/x/ui/canvas/canvas.py",
        "/assets/x/nowhere/canvas.js",
        "/assets/x/ui/canvas/src/..%2Fcanvas.py",
        "/assets/x/tests/js/geometry.test.js",
        "/api/anything",
    ],
)
def test_what_is_not_there_is_said_not_to_be(app: App, path: str) -> None:
    """Streamlit answers every unknown address with a page; ours say 404."""
    answer, body = get(app, path, {"Accept": "text/html"})
    assert answer.status in {400, 404}
    assert b"<html" not in body


def test_every_answer_carries_the_policy(app: App) -> None:
    for path in ("/", "/healthz", f"/geo/{TOWN}/wijk-2025.topojson", "/_stcore/health"):
        answer, _ = get(app, path, {"Accept": "text/html"})
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' blob: 'sha256-" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_page_is_dutch_and_asks_nobody_else(app: App) -> None:
    answer, body = get(app, "/", {"Accept": "text/html"})
    page = gzip.decompress(body).decode()
    assert answer.status == 200
    assert '<html lang="nl">' in page
    assert "<title>Beleefde Buurt</title>" in page
    assert "service-desc" not in page
    assert "Zet JavaScript aan" in page
    _, english = get(app, "/?taal=en", {"Accept": "text/html"})
    assert '<html lang="en">' in gzip.decompress(english).decode()


def test_first_answer_holds_the_first_screen_and_a_preview_for_everybody(app: App) -> None:
    """Sender, question, sketch and button before any script; the same for who makes a preview of a link."""
    for accept in ("text/html", "*/*"):
        _, body = get(app, "/", {"Accept": accept})
        page = gzip.decompress(body).decode()
        first = page[page.index('<main id="buurt-first">') : page.index("</main>")]
        assert "Gemeente Zuiderwaard wil weten" in first
        assert "<h1>Welke buurt is van u?</h1>" in first
        assert "buurt-sketch" in first
        assert 'class="join" href="?stap=teken">Ik doe mee</a>' in first
        assert 'property="og:title" content="Welke buurt is van u?"' in page
        assert 'name="description" content="Gemeente Zuiderwaard wil weten' in page
    _, later = get(app, "/?stap=code", {"Accept": "text/html"})
    assert "buurt-first" not in gzip.decompress(later).decode()


@pytest.mark.parametrize(
    ("path", "asked", "language"),
    [
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "pl", "nl"),
        ("/?taal=nl", "en", "nl"),
        ("/?taal=xx", "en", "en"),
        ("/vergelijk", "en", "nl"),
    ],
)
def test_language_of_the_browser_is_heard_unless_the_address_names_one(
    app: App, path: str, asked: str, language: str
) -> None:
    answer, body = get(app, path, {"Accept": "text/html", "Accept-Language": asked})
    assert f'<html lang="{language}">' in gzip.decompress(body).decode()
    assert "Accept-Language" in answer.headers["vary"]


def test_streamlit_files_are_sent_packed(app: App) -> None:
    """The largest script of the page, a third of its size; and nothing outside its folder."""
    script = max((STATIC / "static" / "js").glob("*.js"), key=lambda file: file.stat().st_size)
    answer, body = get(app, f"/static/js/{script.name}")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(body) < script.stat().st_size / 2
    assert gzip.decompress(body) == script.read_bytes()
    outside, _ = get(app, "/static/%2e%2e/index.html", {"Accept": "*/*"})
    assert outside.status in {400, 404}


def test_a_host_that_is_none_has_no_say_in_the_policy() -> None:
    assert "evil" not in content_security_policy("evil.example; script-src *")
    assert "ws://buurt.example:8501" in content_security_policy("buurt.example:8501")


def test_national_tiles_are_allowed_only_when_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    content_security_policy.cache_clear()
    assert "pdok" not in content_security_policy("one.example")
    monkeypatch.setenv("BUURT_TILES", "brt")
    assert "img-src 'self' data: blob: https://service.pdok.nl" in content_security_policy("two.example")
    content_security_policy.cache_clear()


def test_altered_script_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "leaflet/dist/leaflet.js"
    vendored.check.cache_clear()
    monkeypatch.setattr(vendored, "FOLDER", tmp_path)
    with pytest.raises(AssetsAltered, match="npm ci"):
        vendored.check()
    monkeypatch.undo()
    vendored.check()
    assert vendored.digest(name) == vendored.SCRIPTS[name]


def test_lock_file_names_no_address() -> None:
    lock = json.loads((vendored.FOLDER.parent / "package-lock.json").read_text(encoding="utf-8"))
    packages = [facts for name, facts in lock["packages"].items() if name]
    assert all("resolved" not in facts and facts["integrity"].startswith("sha512-") for facts in packages)


def test_unknown_shapes_are_refused() -> None:
    with pytest.raises(ShapesAbsent):
        map_data.shapes_response("GM9901/..", "wijk-2025.topojson")
