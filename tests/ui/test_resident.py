"""The resident's way from link to thank-you, in a real browser, with what may go wrong on it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

import store
from store import ContributionWithDetails
from tests.support import controls
from tests.support.browser import DESK, App, Visit, serious, until

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
    """Return the drawings in the store of an app."""
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        return private_store.contributions.read_sketches("demo")


def stored_contribution(app: App, code: str) -> ContributionWithDetails:
    """Return what is in the store under a code."""
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        return private_store.contributions.find_by_code(code, device="test")


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def at(page: Page, title: str) -> None:
    """Wait for the screen with this title."""
    expect(page.get_by_role("heading", level=1)).to_have_text([title], timeout=30_000)
    still(page)


def still(page: Page) -> None:
    """Wait until nothing of the screen before is left, and a press counts."""
    expect(page.locator("#buurt-first")).to_have_count(0)
    page.wait_for_selector("body:not(.buurt-gate)", state="attached", timeout=30_000)
    controls.rest(page)


def accept(
    visit: Visit, *, touch: bool = False, radius: float = 90.0, kept: str = "Uw tekening is bewaard."
) -> None:
    """Draw a loop and say that it is right; it is in the store when this returns."""
    loop = visit.loop(radius)
    (visit.finger().stroke if touch else visit.mouse)(loop)
    visit.wait("drawn")
    visit.press("right")
    visit.page.get_by_text(kept).wait_for()


def search_street(page: Page, typed: str) -> None:
    """Type in the search field on the map, as by hand, and wait until something is suggested."""
    field = page.get_by_role("combobox", name="Uw straat of postcode")
    field.focus()
    field.press_sequentially(typed)
    page.get_by_role("option").first.wait_for()


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
        page.get_by_text("Dit is een verzonnen gemeente.").wait_for()
        button(page, "Ik doe mee").tap()
        visit.wait("ready")
        page.wait_for_selector(".canvas[data-arrived~=ground]")
        search_street(page, "kerkst")
        page.get_by_role("option", name="Kerkstraat", exact=True).tap()
        expect(page.locator(".home-sign")).to_have_text("Kerkstraat")
        expect(page.locator(".home-sign")).to_be_in_viewport()
        for part in ("[data-act=corners]", ".message", ".st-key-without button"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
        assert "areas" not in (page.locator(".canvas").get_attribute("data-arrived") or "")
        accept(visit, touch=True)
        assert len(drawings(app)) == before + 1, "kept before anything else is asked"
        until(page, f"localStorage.getItem('{DRAFT}') === null")
        controls.fill(page, "draw.name", "De Plas")
        controls.pick(page, "draw.edge", "Nee, de rand is vaag")
        button(page, "Verder").tap()
        at(page, "Plekken in uw buurt")
        button(page, "Hier was iets, en het is weg").tap()
        controls.pick(page, "places.what_vanished", "Bankje")
        visit.wait("picking")
        page.touchscreen.tap(*visit.middle())
        controls.fill(page, "places.lost", "Een praatje met de buren")
        controls.fill(page, "places.words_vanished", "Bij de vijver")
        controls.pick(page, "places.when", "3 tot 7 jaar geleden")
        button(page, "Bewaar deze plek").tap()
        page.get_by_text("1. Verdwenen: Bankje").wait_for()
        button(page, "Verder").tap()
        at(page, "Waarom is dit uw buurt?")
        page.get_by_text("Mensen die ik ken").tap()
        controls.pick(page, "questions.certainty", "4", key="answer_certainty")
        button(page, "Verder").tap()
        for title in ("Samen leven", "Contact", "Uw rapportcijfers", "Over u"):
            at(page, title)
            button(page, "Verder").tap()
        at(page, "Uw ideeën")
        controls.fill(page, "questions.initiative", "Een moestuin " + NASTY, key="text_initiative")
        button(page, "Verder").tap()
        at(page, "Dank u wel")
        page.wait_for_selector(".canvas[data-arrived~=areas-pc4][data-arrived~=areas-wijk]")
        expect(page.locator(".buurt-legend")).to_contain_text("van uw buurt ligt in de wijk")
        with page.expect_download() as picture:
            button(page, "Bewaar de afbeelding").tap()
        assert picture.value.path().read_bytes()[:4] == b"\x89PNG"
        code = page.locator(".buurt-code").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    mine = stored_contribution(app, code)
    saved_so_far = mine.contribution
    assert (saved_so_far.name, saved_so_far.edge_certainty, saved_so_far.mode) == (
        "De Plas",
        "vague",
        "freehand",
    )
    assert saved_so_far.answers == {"reasons": ("people",), "certainty": 4}
    assert [(p.kind, p.theme, p.what_was_lost) for p in mine.places] == [
        ("vanished", "bench", "Een praatje met de buren")
    ]
    assert [(s.kind, s.text) for s in mine.signals] == [("initiative", "Een moestuin " + NASTY)]
    assert saved_so_far.home.inside is True
    assert saved_so_far.home.unit.startswith("BU")
    assert saved_so_far.view.started_from == "home"
    assert saved_so_far.view.saw_borders is False
    assert saved_so_far.view.start_width_m == 2000
    assert "Kerkstraat" not in app.log.read_text(encoding="utf-8")


def test_press_before_the_app_is_there_is_carried_out(app: App, visiting: Visiting) -> None:
    """The first screen is plain HTML; its button works before the app has arrived, and nothing of it is left."""
    with visiting(app, touch=True) as visit:
        page = visit.page
        page.route("**/_stcore/health", lambda _asked: None)  # the app does not begin before this is answered
        page.goto(app.url, wait_until="domcontentloaded")
        page.locator("#buurt-first .join").tap()
        page.unroute("**/_stcore/health")  # answers what was asked meanwhile
        at(page, "Teken uw buurt")
        expect(page.locator("#buurt-first")).to_have_count(0)


def test_name_is_shown_as_typed_and_never_runs(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        visit.open()
        accept(visit)
        visit.page.get_by_label("Hoe noemt u deze buurt?").fill(NASTY[:40])
        code = skip_to_end(visit.page)
        assert "4242" not in visit.page.content()
    assert stored_contribution(app, code).contribution.name == NASTY[:40]


def test_line_that_crosses_itself_is_told(app: App, visiting: Visiting) -> None:
    """A figure of eight is two areas; the resident is told so in one sentence, before it is accepted.

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
        visit.page.get_by_text("Uw lijn ging over zichzelf heen.").wait_for()
        visit.page.get_by_text("heeft 2 delen").wait_for()
        visit.press("right")
        visit.page.get_by_text("Uw tekening is bewaard.").wait_for()


def between(corners: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """Return the point at this share of a closed way along the corners."""
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
    assert stored_contribution(app, code).contribution.name == "Na de storing"
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
        at(page, "Bewaard")
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
    assert stored_contribution(app, code).version > 1


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
        assert stored_contribution(app, skip_to_end(visit.page)).contribution.created.year > 2020


# --- Other ways -----------------------------------------------------------------------------------


def press(page: Page, name: str) -> None:
    """Go to a button with the keyboard and press it."""
    wanted = button(page, name)
    wanted.wait_for()
    page.wait_for_selector("body:not(.buurt-gate)", state="attached")
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
        visit.wait("ready")
        search_street(page, "Kerkstraat")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".home-sign")).to_have_text("Kerkstraat")
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
        still(page)
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
        # An answer of less than one look of the gate counts too: without it the page was deaf for 5 s.
        page.wait_for_selector("body:not(.buurt-gate)", state="attached", timeout=3_000)
        first_m2 = stored_contribution(app, code).contribution.geometry.area
        button(page, "Teken opnieuw of pas aan").click()
        visit.wait("accepted")
        visit.press("again")
        visit.wait("ready")
        accept(visit, radius=40)
        assert stored_contribution(app, code).contribution.geometry.area < first_m2
        assert stored_contribution(app, code).contribution.name == "Oud"
        page.goto(f"{app.url}/?stap=code")
        at(page, "Uw tekening")
        page.get_by_text("Ik wil alles wissen").click()
        page.get_by_text("Uw tekening staat nog in geen enkele uitgave.").wait_for()
        page.get_by_text("Ja, wis mijn tekening").click()
        button(page, "Wis alles").click()
        page.get_by_text("Alles wat u vertelde, is gewist.").wait_for()
    assert len(drawings(app)) == before


def test_a_child_draws_points_answers_and_colours(app: App, visiting: Visiting) -> None:
    """Four screens of their own: no home is asked, nothing is to be written, and no question is an adult's."""
    texts = ":is(input[type=text], input[type=search], textarea):visible"
    with visiting(app, touch=True, altered=True) as visit:
        page = visit.page
        page.add_init_script(SPOKEN + "window.offer('nl-NL', true);")
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto(f"{app.url}/?kinderen=1")
        at(page, "Welke buurt is van jou?")
        expect(page.get_by_text("Je juf of meester kan dat niet beslissen.")).to_be_visible()
        button(page, "Ja, ik mag meedoen").click()
        at(page, "Teken je buurt")
        visit.wait("ready")
        expect(button(page, "Mijn plek")).to_be_visible()
        expect(button(page, "Lees voor")).to_be_in_viewport()
        expect(page.get_by_role("combobox")).to_have_count(0)
        accept(visit, touch=True, kept="Je tekening is bewaard.")
        still(page)
        expect(page.locator(texts)).to_have_count(0)
        expect(page.get_by_role("radio")).to_have_count(0)
        controls.rest(page)  # what is made anew is faint
        assert serious(page) == []
        code = page.locator(".buurt-code").inner_text()
        button(page, "Verder").click()
        at(page, "Plekken in je buurt")
        for sort, picture in (("play", "swing"), ("meet", "friends"), ("missing", "idea")):
            shown = page.locator(f".st-key-sort_{sort} button")
            assert "svg" in shown.evaluate("(e) => getComputedStyle(e).backgroundImage"), picture
        expect(page.locator("[class*=st-key-sort_] button")).to_have_count(3)
        controls.rest(page)  # what is made anew is faint
        assert serious(page) == []
        button(page, "Hier wil ik iets nieuws").click()
        visit.wait("picking")
        controls.pick(page, "places.what_missing", "Een bankje")
        page.locator(".canvas .message").scroll_into_view_if_needed()
        page.touchscreen.tap(*visit.middle())
        expect(page.locator(texts)).to_have_count(0)
        button(page, "Bewaar deze plek").click()
        page.get_by_text("1. Nieuw: Een bankje").wait_for()
        button(page, "Verder").click()
        at(page, "Hoe is je buurt?")
        controls.pick(page, "questions.child_fun", "Ja", key="answer_child_fun")
        controls.pick(page, "questions.child_safe", "Een beetje", key="answer_child_safe")
        controls.pick(page, "questions.child_age", "8 tot en met 10 jaar", key="answer_child_age")
        expect(page.locator(texts)).to_have_count(0)
        controls.rest(page)  # what is made anew is faint
        assert serious(page) == []
        still(page)
        button(page, "Verder").click()
        at(page, "Dank je wel")
        expect(page.locator(".swipe")).to_have_count(0)
        assert controls.download(page, "children.card").startswith(b"%PDF")
        controls.rest(page)  # what is made anew is faint
        assert serious(page) == []
    mine = stored_contribution(app, code)
    assert mine.contribution.answers == {"child_fun": 3, "child_safe": 2, "child_age": "8-10"}
    assert [(place.kind, place.theme) for place in mine.places] == [("missing", "bench")]
    assert mine.contribution.view.started_from == "project"


def test_a_child_who_does_not_draw_is_asked_no_street_of_their_own(app: App, visiting: Visiting) -> None:
    """The streets of the whole town are offered at once: which of them belong to the neighbourhood."""
    with visiting(app) as visit:
        page = visit.page
        visit.open("/?stap=teken&kinderen=1")
        button(page, "Zonder tekenen").click()
        at(page, "Je buurt zonder tekenen")
        expect(page.get_by_text("Welke straten horen bij je buurt?")).to_be_visible()
        expect(page.get_by_role("radio")).to_have_count(0)
        expect(page.locator(".st-key-parts_typed")).to_have_count(0)
        controls.choose(page, "parts.which_street", "Stationslaan")
        controls.press(page, "parts.add")
        expect(page.locator(".buurt-read-out")).to_contain_text("km²")
        controls.press(page, "parts.right")
        page.get_by_text("Je tekening is bewaard.").wait_for()


SPOKEN = """
window.spoken = [];
const offered = [];
const voice = (lang, localService) => ({ lang, localService, name: lang, voiceURI: lang, default: false });
window.offer = (lang, localService) => {
  offered.push(voice(lang, localService));
  speechSynthesis.dispatchEvent(new Event("voiceschanged"));
};
for (const lang of ["nl-NL", "en-GB"]) offered.push(voice(lang, false));
speechSynthesis.getVoices = () => offered;
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
speechSynthesis.speak = (said) =>
  window.spoken.push([said.lang, said.text, said.voice !== null && said.voice.localService]);
Object.defineProperty(speechSynthesis, "speaking", { get: () => window.spoken.length > 0 });
speechSynthesis.cancel = () => { window.spoken = []; };
"""
"""A browser that notes what its voice is to say: that of a machine without sound says nothing.

At first it has voices over the network only; those of the device come with ``offer``, as in some browsers.
"""


@pytest.mark.parametrize(("language", "read"), [("nl", "Lees voor"), ("en", "Read aloud")])
def test_a_screen_is_read_aloud_when_it_is_asked(
    app: App, visiting: Visiting, language: str, read: str
) -> None:
    with visiting(app, altered=True) as visit:
        page = visit.page
        page.add_init_script(SPOKEN)
        page.goto(f"{app.url}/?kinderen=1&taal={language}")
        page.locator(".st-key-join button").wait_for()
        controls.rest(page)
        page.evaluate("window.offer('fy-NL', true)")
        expect(button(page, read)).to_have_count(0)
        page.evaluate(f"window.offer('{language}-XX', true)")
        button(page, read).wait_for()
        assert page.evaluate("window.spoken") == []
        button(page, read).click()
        expect(button(page, "Stop")).to_be_visible()
        spoken = page.evaluate("window.spoken")
        assert {(said, is_local) for said, _, is_local in spoken} == {(f"{language}-XX", True)}
        for _, sentence, _ in spoken:
            expect(page.get_by_text(sentence)).to_be_visible()
        button(page, "Stop").click()
        expect(button(page, read)).to_be_visible()
        assert page.evaluate("window.spoken") == []


def test_page_in_english(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        page.goto(app.url)
        page.get_by_role("link", name="English").click()
        at(page, "Which neighbourhood is yours?")
        assert page.evaluate("document.documentElement.lang") == "en"
        button(page, "I take part").click()
        at(page, "Draw your neighbourhood")


def test_an_address_that_leads_nowhere_shows_the_way_to_the_start(app: App, visiting: Visiting) -> None:
    with visiting(app, forgiving=True) as visit:
        answer = visit.page.goto(f"{app.url}/bestaat-niet")
        assert answer is not None
        assert answer.status == 404
        expect(visit.page.get_by_role("heading", name="Deze pagina is er niet.")).to_be_visible()
        visit.page.get_by_role("link", name="Naar het begin").click()
        at(visit.page, "Welke buurt is van u?")


# --- For everybody --------------------------------------------------------------------------------


def screens(visit: Visit) -> Iterator[str]:
    """Walk from start to erasing, and stop at every screen."""
    page, app = visit.page, visit.app
    page.goto(app.url)
    at(page, "Welke buurt is van u?")
    yield "start"
    button(page, "Ik doe mee").click()
    visit.wait("ready")
    page.wait_for_selector(".canvas[data-arrived~=ground]")
    search_street(page, "Kerkstraat")
    yield "search"
    page.keyboard.press("Enter")
    expect(page.locator(".home-sign")).to_have_text("Kerkstraat")
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
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def small(page: Page) -> list[str]:
    """Return the buttons that are less than 44 pixels wide or high."""
    boxes = page.locator(TARGETS).evaluate_all(
        "all => all.map((one) => [one.innerText, one.getBoundingClientRect()]).map(([t, b]) => [t, b.width, b.height])"
    )
    return [text for text, width, height in boxes if min(width, height) < 44]


def wide(page: Page) -> list[Any]:
    """Return the sizes at which something runs off the side of the page, and what is too small on a phone."""
    found: list[Any] = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        try:
            until(page, f"{OVER} <= 0", timeout_s=2)
        except TookTooLong:
            found.append(("wide", width, page.evaluate(OVER)))
        found += [("small", width, name) for name in small(page)]
    page.set_viewport_size(DESK)
    return found
