"""The resident's way from link to thank-you, in a real browser, with what may go wrong on it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

import store
from store import Told
from tests.browser import DESK, App, Visit, serious

pytestmark = pytest.mark.browser
Visiting = Callable[..., Any]
TARGETS = (
    ".canvas button:visible, [data-testid=stButton] button:visible,"
    " [data-testid=stRadioOption]:visible, [data-testid=stCheckbox] > label:visible,"
    " [data-testid=stButtonGroup] button:visible, .buurt-languages a:visible"
)
NASTY = "{{ 42*101 }} ${alert(1)} `<img src=x onerror=alert(1)>"
DRAFT = "buurt:draft:demo"


def drawings(app: App) -> Any:
    """Give the drawings in the store of an app."""
    with store.open(f"sqlite:///{app.store}") as door:
        return door.sketches("demo")


def told(app: App, code: str) -> Told:
    """Give what is in the store under a code."""
    with store.open(f"sqlite:///{app.store}") as door:
        return door.find(code, device="test")


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def at(page: Page, title: str) -> None:
    """Wait for the screen with this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text([title], timeout=30_000)
    still(page)


def still(page: Page) -> None:
    """Wait until nothing of the screen before is left."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)


def accept(
    visit: Visit, *, touch: bool = False, radius: float = 90.0, kept: str = "Uw tekening is bewaard."
) -> None:
    """Draw a loop and say that it is right; it is in the store when this returns."""
    loop = visit.loop(radius)
    (visit.finger().stroke if touch else visit.mouse)(loop)
    visit.wait("drawn")
    visit.press("right")
    visit.page.get_by_text(kept).wait_for()


def skip_to_end(page: Page) -> str:
    """Pass over everything after the drawing; give the code."""
    still(page)
    button(page, "Verder").click()
    at(page, "Plekken in uw buurt")
    button(page, "Sla dit over").click()
    for title in (
        "Waarom is dit uw buurt?", "Samen leven", "Contact", "Uw rapportcijfers", "Over u", "Uw ideeën",
    ):  # fmt: skip
        at(page, title)
        button(page, "Verder").click()
    at(page, "Dank u wel")
    return str(page.locator(".buurt-code").inner_text())


def test_from_link_to_thank_you_on_a_phone(app: App, visiting: Visiting) -> None:
    """Four taps and one drag until the area is accepted; everything told is in the store, the home is not."""
    before = len(drawings(app))
    with visiting(app, touch=True) as visit:
        page = visit.page
        page.goto(app.url)
        at(page, "Welke buurt is van u?")
        page.get_by_text("Wij vragen niet naar uw naam of adres").wait_for()
        button(page, "Ik doe mee").tap()
        at(page, "Waar woont u?")
        page.get_by_label("Straat of postcode").fill("Kerkstraat")
        button(page, "Zoek").tap()
        button(page, "Kerkstraat").tap()
        visit.wait("ready")
        page.wait_for_selector(".canvas[data-arrived~=ground]")
        assert "areas" not in (page.locator(".canvas").get_attribute("data-arrived") or "")
        accept(visit, touch=True)
        assert len(drawings(app)) == before + 1, "kept before anything else is asked"
        assert page.evaluate(f"localStorage.getItem('{DRAFT}')") is None
        page.get_by_label("Hoe noemt u deze buurt?").fill("De Plas")
        page.get_by_text("Nee, de rand is vaag").tap()
        button(page, "Verder").tap()
        at(page, "Plekken in uw buurt")
        button(page, "Hier was iets, en het is weg").tap()
        page.get_by_text("Bankje", exact=True).tap()
        visit.wait("picking")
        page.touchscreen.tap(*visit.middle())
        page.get_by_label("Wat is daarmee verloren gegaan?").fill("Een praatje met de buren")
        page.get_by_text("3 tot 7 jaar geleden").tap()
        button(page, "Bewaar deze plek").tap()
        page.get_by_text("1. Verdwenen: Bankje").wait_for()
        button(page, "Verder").tap()
        at(page, "Waarom is dit uw buurt?")
        page.get_by_text("Mensen die ik ken").tap()
        page.get_by_role("radiogroup", name="Hoe zeker").get_by_text("4", exact=True).tap()
        button(page, "Verder").tap()
        for title in ("Samen leven", "Contact", "Uw rapportcijfers", "Over u"):
            at(page, title)
            button(page, "Verder").tap()
        at(page, "Uw ideeën")
        page.get_by_label("Wat wilt u zelf doen").fill("Een moestuin " + NASTY)
        button(page, "Verder").tap()
        at(page, "Dank u wel")
        page.wait_for_selector(".canvas[data-arrived~=areas-pc4][data-arrived~=areas-wijk]")
        expect(page.locator(".buurt-legend")).to_contain_text("van uw buurt ligt in de wijk")
        with page.expect_download() as picture:
            button(page, "Bewaar de afbeelding").tap()
        assert picture.value.path().read_bytes()[:4] == b"\x89PNG"
        code = page.locator(".buurt-code").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    mine = told(app, code)
    told_so_far = mine.contribution
    assert (told_so_far.name, told_so_far.edge, told_so_far.mode) == ("De Plas", "vague", "freehand")
    assert told_so_far.answers == {"reasons": ("people",), "certainty": 4}
    assert [(p.kind, p.theme, p.lost) for p in mine.places] == [
        ("vanished", "bench", "Een praatje met de buren")
    ]
    assert [(s.kind, s.words) for s in mine.signals] == [("initiative", "Een moestuin " + NASTY)]
    assert told_so_far.home.inside is True
    assert told_so_far.home.unit.startswith("BU")
    assert told_so_far.view.started_from == "home"
    assert told_so_far.view.saw_borders is False
    assert told_so_far.view.start_width_m == 2000
    assert "Kerkstraat" not in app.log.read_text(encoding="utf-8")


def test_name_is_shown_as_typed_and_never_runs(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        visit.open()
        accept(visit)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill(NASTY[:40])
        code = skip_to_end(visit.page)
        assert "4242" not in visit.page.content()
    assert told(app, code).contribution.name == NASTY[:40]


def test_line_that_crosses_itself_is_told(app: App, visiting: Visiting) -> None:
    """A figure of eight is two areas; the resident is told so in one sentence.

    Two triangles of 120 pixels wide and 90 high are 10,800 square pixels, of 2000 m over the width of the map.
    """
    with visiting(app) as visit:
        visit.open()
        x, y = visit.middle()
        box = visit.page.locator(".canvas .map").bounding_box()
        assert box is not None
        hectares = 10_800 * (2_000 / box["width"]) ** 2 / 10_000
        eight = [(x - 90, y - 60), (x + 90, y + 60), (x + 90, y - 60), (x - 90, y + 60)]
        visit.mouse([between(eight, n / 40) for n in range(40)])
        visit.wait("drawn")
        size = re.search(r"Uw buurt is (\d+),(\d) hectare", visit.page.locator(".message").inner_text())
        assert size is not None
        assert float(".".join(size.groups())) == pytest.approx(hectares, rel=0.05)
        visit.press("right")
        visit.page.get_by_text("Uw lijn kruist zichzelf").wait_for()
        visit.page.get_by_text("heeft uw buurt nu 2 delen").wait_for()


def between(corners: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """Give the point at this share of a closed way along the corners."""
    side, along = divmod(share * len(corners), 1)
    (ax, ay), (bx, by) = corners[int(side)], corners[(int(side) + 1) % len(corners)]
    return ax + along * (bx - ax), ay + along * (by - ay)


# --- Never lost, never twice ----------------------------------------------------------------------


def test_server_that_falls_over_loses_no_drawing(app: App, visiting: Visiting) -> None:
    """Killed while somebody draws, started again: our own banner meanwhile, and the drawing is kept, once."""
    before = len(drawings(app))
    with visiting(app, forgiving=True) as visit:
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        app.kill()
        visit.page.get_by_text("Even geen verbinding").wait_for(timeout=20_000)
        expect(visit.page.get_by_text("streamlit run")).to_be_hidden()
        visit.press("right")
        app.start()
        visit.page.get_by_text("De verbinding is terug").wait_for(timeout=30_000)
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for(timeout=30_000)
        skip_to_end(visit.page)
    assert len(drawings(app)) == before + 1


def test_server_that_falls_over_after_saving_keeps_one(app: App, visiting: Visiting) -> None:
    """The receipt may be lost on the way; the answers that follow still belong to the one drawing."""
    before = len(drawings(app))
    with visiting(app, forgiving=True) as visit:
        visit.open()
        accept(visit)
        app.kill()
        visit.page.get_by_text("Even geen verbinding").wait_for(timeout=20_000)
        app.start()
        visit.page.get_by_text("De verbinding is terug").wait_for(timeout=30_000)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill("Na de storing")
        code = skip_to_end(visit.page)
    assert told(app, code).contribution.name == "Na de storing"
    assert len(drawings(app)) == before + 1


def test_network_that_is_away_while_sending(app: App, visiting: Visiting) -> None:
    before = len(drawings(app))
    with visiting(app, forgiving=True, altered=True) as visit:
        visit.open()
        visit.context.set_offline(True)
        visit.mouse(visit.loop())
        visit.wait("drawn")
        assert visit.page.evaluate(f"localStorage.getItem('{DRAFT}')") is not None
        visit.press("right")
        visit.page.get_by_text("Even geen verbinding").wait_for(timeout=20_000)
        visit.context.set_offline(False)
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for(timeout=60_000)
    assert len(drawings(app)) == before + 1


def test_draft_comes_back_and_loading_again_goes_on(app: App, visiting: Visiting) -> None:
    """A page that is closed halfway: the draft is there. After saving: the step is, and the answers are."""
    before = len(drawings(app))
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        page.goto(app.url)
        page.get_by_text("Uw tekening van de vorige keer staat nog op dit apparaat.").wait_for()
        button(page, "Ik doe mee").click()
        visit.wait("drawn")
        visit.press("right")
        page.get_by_text("Uw tekening is bewaard.").wait_for()
        page.reload()
        page.get_by_text("Uw tekening is bewaard.").wait_for()
        visit.wait("accepted")
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
        page.reload()
        at(page, "Plekken in uw buurt")
        page.go_back()
        at(page, "Teken uw buurt")
        visit.wait("accepted")
        button(page, "Verder").click()
        at(page, "Plekken in uw buurt")
        skipped = page.get_by_text("U kunt dit ook overslaan")
        skipped.wait_for()
    assert len(drawings(app)) == before + 1


def test_two_taps_two_tabs_and_a_second_thought_keep_one(app: App, visiting: Visiting) -> None:
    before = len(drawings(app))
    with visiting(app) as visit:
        visit.open()
        visit.mouse(visit.loop())
        visit.wait("drawn")
        other = Visit(app, visit.context.new_page(), visit.context)
        other.open(state="drawn")
        visit.page.locator("[data-act=right]").dblclick()
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for()
        other.press("right")
        other.page.get_by_text("Uw tekening is bewaard.").wait_for()
        assert len(drawings(app)) == before + 1
        visit.page.bring_to_front()  # a browser makes a page behind another one wait
        visit.press("again")
        visit.wait("ready")
        expect(visit.page.get_by_label("Hoe noemt u deze buurt?")).to_have_count(0)
        accept(visit, radius=55)
        code = skip_to_end(visit.page)
    assert len(drawings(app)) == before + 1
    assert told(app, code).version > 1


def test_device_that_keeps_nothing_says_so(app: App, visiting: Visiting) -> None:
    """A private window or a full device: said in a sentence, and the drawing still arrives."""
    with visiting(app, altered=True) as visit:
        visit.context.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
        )
        visit.open()
        visit.mouse(visit.loop())
        visit.page.get_by_text("kan uw tekening niet tussendoor bewaren").wait_for()
        visit.press("right")
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for()


def test_wrong_clock_costs_nothing(app: App, visiting: Visiting) -> None:
    with visiting(app, altered=True) as visit:
        visit.context.add_init_script("Date.now = () => 0")
        visit.open()
        accept(visit)
        assert told(app, skip_to_end(visit.page)).contribution.created.year > 2020


# --- Other ways -----------------------------------------------------------------------------------


def press(page: Page, name: str) -> None:
    """Go to a button with the keyboard and press it."""
    wanted = button(page, name)
    wanted.wait_for()
    for _ in range(80):
        if wanted.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        pytest.fail(f"no way to '{name}' with the Tab key")
    page.keyboard.press("Enter")


def test_without_pointing_by_keyboard_alone(app: App, visiting: Visiting) -> None:
    """From start to an accepted area without a pointer; read out in a sentence; equal in the data."""
    before = len(drawings(app))
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        at(page, "Welke buurt is van u?")
        press(page, "Ik doe mee")
        at(page, "Waar woont u?")
        page.get_by_label("Straat of postcode").focus()
        page.keyboard.type("Kerkstraat")
        page.keyboard.press("Enter")
        press(page, "Kerkstraat")
        visit.wait("ready")
        press(page, "Zonder tekenen")
        at(page, "Uw buurt zonder tekenen")
        said = page.get_by_role("status").filter(has_text="gekozen")
        said.wait_for()
        page.get_by_role("combobox").fill("qqqq")
        none = page.locator("[role=listbox][data-empty] span")
        assert none.evaluate("node => getComputedStyle(node, '::after').content") == '"Niets gevonden"'
        page.keyboard.press("Escape")
        press(page, "Erbij")
        spoken = page.locator(".buurt-read-out[role=status]")
        expect(spoken).to_contain_text(re.compile(r"^0,\d\d km², tussen .+ en .+, met .+\.$"))
        press(page, "Klopt")
        page.get_by_text("Uw tekening is bewaard.").wait_for()
        page.get_by_role("radio", name="Nee, de rand is vaag").focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("radio", name="Nee, de rand is vaag")).to_be_checked()
        still(page)
        press(page, "Verder")
        at(page, "Plekken in uw buurt")
        press(page, "Hier zit ik graag")
        visit.wait("picking")
        page.locator("[data-act=middle]").focus()
        page.keyboard.press("Enter")
        expect(button(page, "Bewaar deze plek")).to_be_enabled()
        press(page, "Bewaar deze plek")
        page.get_by_text("1. Zitplek").wait_for()
    newest = drawings(app)
    made = newest[newest["mode"] == "keyboard"]
    assert len(newest) == before + 1
    assert len(made) >= 1
    assert made.geometry.area.min() > 10_000
    assert "vague" in set(made["edge"])


def test_seen_changed_and_erased_by_code(app: App, visiting: Visiting) -> None:
    before = len(drawings(app))
    with visiting(app) as visit:
        visit.open()
        accept(visit)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill("Oud")
        code = skip_to_end(visit.page)
        button(visit.page, "Klaar").click()
        at(visit.page, "Welke buurt is van u?")
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/?stap=code")
        page.get_by_label("Uw code van twaalf tekens").fill("ABCD-EFGH-2345")
        button(page, "Laat zien").click()
        page.get_by_text("Bij deze code hoort geen tekening.").wait_for()
        page.get_by_label("Uw code van twaalf tekens").fill(code.lower())
        button(page, "Laat zien").click()
        page.get_by_text(re.compile(r"^Oud: \d+,\d\d km²")).wait_for()
        first_m2 = told(app, code).contribution.geometry.area
        button(page, "Teken opnieuw of pas aan").click()
        visit.wait("accepted")
        visit.press("again")
        visit.wait("ready")
        accept(visit, radius=40)
        assert told(app, code).contribution.geometry.area < first_m2
        assert told(app, code).contribution.name == "Oud"
        page.goto(f"{app.url}/?stap=code")
        at(page, "Uw tekening")
        page.get_by_text("Ik wil alles wissen").click()
        page.get_by_text("Uw tekening staat nog in geen enkele uitgave.").wait_for()
        page.get_by_text("Ja, wis mijn tekening").click()
        button(page, "Wis alles").click()
        page.get_by_text("Alles wat u vertelde, is gewist.").wait_for()
    assert len(drawings(app)) == before


def test_childrens_mode_asks_no_home_and_nothing_to_write(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        button(page, "Een kind gaat tekenen").click()
        at(page, "Welke buurt is van jou?")
        button(page, "Ik doe mee").click()
        at(page, "Teken je buurt")
        visit.wait("ready")
        accept(visit, kept="Je tekening is bewaard.")
        expect(page.locator("input[type=text], textarea")).to_have_count(0)
        button(page, "Verder").click()
        at(page, "Plekken in je buurt")
        button(page, "Hier was iets, en het is weg").click()
        visit.wait("picking")
        page.mouse.click(*visit.middle())
        page.get_by_text("Wanneer is het ongeveer verdwenen?").wait_for()
        expect(page.locator("input[type=text], textarea")).to_have_count(0)


def test_page_in_english(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        page.get_by_role("link", name="English").click()
        at(page, "Which neighbourhood is yours?")
        assert page.evaluate("document.documentElement.lang") == "en"
        button(page, "I take part").click()
        at(page, "Where do you live?")


def test_an_address_that_leads_nowhere_is_the_start(app: App, visiting: Visiting) -> None:
    """Streamlit says in English that there is no such page: in the browser's log, and not on the page."""
    with visiting(app, forgiving=True) as visit:
        with visit.page.expect_console_message(lambda said: "does not seem to exist" in said.text):
            visit.page.goto(f"{app.url}/bestaat-niet")
        at(visit.page, "Welke buurt is van u?")
        expect(visit.page.get_by_text("does not seem to exist")).to_have_count(0)


# --- For everybody --------------------------------------------------------------------------------


def screens(visit: Visit) -> Iterator[str]:
    """Walk from start to erasing, and stop at every screen."""
    page, app = visit.page, visit.app
    page.goto(app.url)
    at(page, "Welke buurt is van u?")
    yield "start"
    button(page, "Ik doe mee").click()
    at(page, "Waar woont u?")
    page.get_by_label("Straat of postcode").fill("Kerkstraat")
    button(page, "Zoek").click()
    button(page, "Kerkstraat").wait_for()
    yield "home"
    button(page, "Kerkstraat").click()
    visit.wait("ready")
    page.wait_for_selector(".canvas[data-arrived~=ground]")
    yield "ready"
    button(page, "Zonder tekenen").click()
    at(page, "Uw buurt zonder tekenen")
    button(page, "Erbij").click()
    page.get_by_text("km²").first.wait_for()
    yield "parts"
    button(page, "Toch tekenen").click()
    visit.wait("ready")
    visit.mouse(visit.loop(70))
    visit.wait("drawn")
    yield "drawn"
    visit.press("adjust")
    visit.wait("add")
    yield "adjusting"
    visit.press("ready")
    visit.press("right")
    page.get_by_text("Uw tekening is bewaard.").wait_for()
    yield "accepted"
    button(page, "Verder").click()
    at(page, "Plekken in uw buurt")
    button(page, "Hier mis ik iets").click()
    visit.wait("picking")
    page.mouse.click(*visit.middle())
    page.get_by_label("Waarom hier?").wait_for()
    yield "place"
    page.get_by_text("Bankje", exact=True).click()
    expect(button(page, "Bewaar deze plek")).to_be_enabled()
    button(page, "Bewaar deze plek").click()
    page.get_by_text("1. Gemist: Bankje").wait_for()
    yield "places"
    button(page, "Verder").click()
    for title in (
        "Waarom is dit uw buurt?", "Samen leven", "Contact", "Uw rapportcijfers", "Over u", "Uw ideeën",
    ):  # fmt: skip
        at(page, title)
        expect(button(page, "Verder")).to_be_visible()
        yield title
        button(page, "Verder").click()
    at(page, "Dank u wel")
    page.wait_for_selector(".canvas[data-arrived~=areas-wijk]")
    yield "reveal"
    button(page, "Veranderen of wissen").click()
    at(page, "Uw tekening")
    page.get_by_text("Ik wil alles wissen").click()
    page.get_by_text("Ja, wis mijn tekening").click()
    expect(button(page, "Wis alles")).to_be_enabled()
    yield "code"
    button(page, "Wis alles").click()
    page.get_by_text("Alles wat u vertelde, is gewist.").wait_for()
    yield "erased"


SIZES = ((320, 640), (360, 640), (768, 1024), (683, 384))
"""Narrowest phone, small phone, tablet, and a laptop at 200 %."""

OVER = """Math.max(document.documentElement.scrollWidth,
    document.querySelector('[data-testid=stMain]').scrollWidth) - window.innerWidth"""


def test_no_barrier_on_any_screen(app: App, visiting: Visiting) -> None:
    """Axe finds nothing serious, every button is at least 44 pixels each way, nothing runs off the side."""
    found = {}
    with visiting(app) as visit:
        for name in screens(visit):
            found[name] = serious(visit.page) + wide(visit.page)
    assert {name: told for name, told in found.items() if told} == {}


def small(page: Page) -> list[str]:
    """Give the buttons that are less than 44 pixels wide or high."""
    boxes = page.locator(TARGETS).evaluate_all(
        "all => all.map((one) => [one.innerText, one.getBoundingClientRect()]).map(([t, b]) => [t, b.width, b.height])"
    )
    return [text for text, width, height in boxes if min(width, height) < 44]


def wide(page: Page) -> list[Any]:
    """Give the sizes at which something runs off the side of the page, and what is too small on a phone."""
    found: list[Any] = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        try:
            page.wait_for_function(f"{OVER} <= 0", timeout=2_000)
        except TookTooLong:
            found.append(("wide", width, page.evaluate(OVER)))
        found += [("small", width, name) for name in small(page)]
    page.set_viewport_size(DESK)
    return found
