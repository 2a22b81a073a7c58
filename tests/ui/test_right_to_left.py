"""A language that reads from right to left, added by the steps of docs/translating.md: from the link to the code."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from i18n import FOR_RESIDENTS, read_sentences
from tests.support.browser import App, serious
from tests.support.releases import copied_release
from tests.ui.test_resident import accept, at, still

pytestmark = pytest.mark.browser
HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
LINE = '"he": Locale("עברית", "he_IL", decimal=".", thousands=",", percent="%", direction="rtl"),'


def strange(sentence: str) -> str:
    """Return a sentence in letters that read from right to left; what is between braces stays.

    >>> strange("Go {n}")
    'עב {n}'
    """
    parts = re.split(r"(\{[^}]*\})", sentence)
    changed = [
        part
        if part.startswith("{")
        else re.sub("[A-Za-z]", lambda one: HEBREW[ord(one[0].lower()) % 22], part)
        for part in parts
    ]
    return "".join(changed)


@pytest.fixture(scope="module")
def mirrored(start_app: Callable[..., App], tmp_path_factory: pytest.TempPathFactory) -> App:
    """Return the app with one language more: a made-up one in Hebrew letters."""
    root = copied_release(tmp_path_factory.mktemp("mirrored"))
    said = read_sentences("en")
    lines = []
    for section in FOR_RESIDENTS:
        lines.append(f"[{section}]")
        for key, sentence in said[section].items():
            text = strange(sentence).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            lines.append(f'{key} = "{text}"')
    (root / "i18n/he.toml").write_text("\n".join(lines), encoding="utf-8")
    code = root / "i18n/__init__.py"
    text = code.read_text(encoding="utf-8")
    text = text.replace('"en": ENGLISH}', f'"en": ENGLISH, {LINE}}}')
    code.write_text(text, encoding="utf-8")
    app = start_app()
    app.kill()
    app.root = root
    app.start()
    return app


NARROW = "document.querySelector('[data-testid=stMain]').scrollWidth <= document.documentElement.clientWidth"
TO_THE_RIGHT = """(element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return document.documentElement.clientWidth - range.getBoundingClientRect().right;
}"""


def test_a_visit_from_right_to_left(mirrored: App, visiting: Callable[..., Any]) -> None:
    """Nothing sticks out at 320 pixels, sentences begin at the right, and the line is drawn where the finger goes."""
    with visiting(mirrored, touch=True) as visit:
        page = visit.page
        page.set_viewport_size({"width": 320, "height": 640})

        def mirrored_well(title: str) -> None:
            at(page, strange(title))
            assert page.evaluate("document.documentElement.dir") == "rtl"
            assert page.evaluate(NARROW)
            assert page.get_by_role("heading", level=1).evaluate(TO_THE_RIGHT) < 40
            assert serious(page) == []

        page.goto(f"{mirrored.url}/?taal=nl")
        at(page, "Welke buurt is van u?")
        page.get_by_role("link", name="עברית").click()
        mirrored_well("Which neighbourhood is yours?")
        page.locator(".st-key-join button").click()
        visit.wait("ready")
        page.wait_for_selector(".canvas[data-arrived~=ground]")
        accept(visit, touch=True, radius=70, kept=strange("Your drawing is saved."))
        mirrored_well("Saved")
        code = page.locator(".buurt-code")
        assert code.evaluate("(e) => getComputedStyle(e).direction") == "ltr"
        still(page)
        page.locator(".st-key-next_teken button").click()
        mirrored_well("Places in your neighbourhood")
        back, on = (
            page.locator(f".st-key-{key} button").bounding_box() for key in ("back_plekken", "next_plekken")
        )
        assert back
        assert on
        assert back["x"] > on["x"]
        still(page)
        page.locator(".st-key-next_plekken button").click()
        mirrored_well("Why is this your neighbourhood?")
        page.goto(f"{mirrored.url}/?stap=klaar&taal=he")
        mirrored_well("Thank you")
        expect(page.locator(".buurt-code")).to_be_visible()
