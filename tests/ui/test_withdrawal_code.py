"""The withdrawal code stands by "bewaard" at once, can be sent to oneself, and is remembered by choice only."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

import store
from store import Signal
from study.contributions.questionnaire import list_screens, question_keys
from tests.support import controls
from tests.support.browser import App
from tests.ui.test_resident import Visiting, accept, at, button, still

pytestmark = pytest.mark.browser
REMEMBERED = "localStorage.getItem('buurt:remembered:demo')"


def test_code_is_in_view_on_the_smallest_phone_and_can_be_copied_and_sent(
    app: App, visiting: Visiting
) -> None:
    """Right after *Klopt* at 320 x 568; copying and composing a message ask our server nothing."""
    with visiting(app, touch=True, altered=True) as visit:
        page = visit.page
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.set_viewport_size({"width": 320, "height": 568})
        visit.open()
        accept(visit, touch=True, radius=70)
        at(page, "Bewaard")
        code = page.locator(".buurt-code")
        expect(code).to_be_in_viewport(ratio=1)
        asked = len(visit.asked)
        button(page, "Kopieer").tap()
        page.get_by_text("De code is gekopieerd.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == code.inner_text()
        message = page.get_by_role("link", name="Mail naar mezelf").get_attribute("href") or ""
        assert message.startswith("mailto:?subject=")
        assert code.inner_text() in message
        assert f"{app.url}/?project=demo&stap=code" in unquote(message)
        assert [url for url in visit.asked[asked:] if "healthz" not in url] == []
        assert not [url for url in visit.asked if code.inner_text() in url]


def test_phone_remembers_the_code_by_choice_only(app: App, visiting: Visiting) -> None:
    """Without the tick a new tab knows nothing; with it the start leads to the drawing, until it is erased."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        still(page)
        assert page.evaluate(REMEMBERED) is None
        other = visit.context.new_page()
        other.goto(app.url)
        at(other, "Welke buurt is van u?")
        expect(other.get_by_role("button", name="U tekende op")).to_have_count(0)
        page.bring_to_front()
        page.get_by_label("Onthoud dit op deze telefoon").check()
        other.reload()
        other.bring_to_front()
        controls.press(other, "start.remembered")
        at(other, "Uw tekening")
        other.get_by_text("Ik wil alles wissen").click()
        other.get_by_text("Ja, wis mijn tekening").click()
        button(other, "Wis alles").click()
        other.get_by_text("Alles wat u vertelde, is gewist.").wait_for()
        controls.rest(other)
        assert other.evaluate(REMEMBERED) is None


def test_who_stops_at_the_code_is_done_in_one_press(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        visit.open()
        accept(visit)
        still(visit.page)
        controls.press(visit.page, "steps.stop")
        at(visit.page, "Dank u wel")


def test_who_comes_back_by_code_is_led_to_the_first_question_that_is_left(
    app: App, visiting: Visiting
) -> None:
    """Nineteen less the name: of the others each answer takes one off, and the button leads past what is full."""
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        code = page.locator(".buurt-code").inner_text()
        page.goto(f"{app.url}/?stap=code")
        at(page, "Uw tekening")
        expect(button(page, "Nog 18 vragen")).to_be_visible()
        with store.open_store(f"sqlite:///{app.store}") as opened:
            mine = opened.contributions.find_by_code(code, device="test")
            answers = {"reasons": ("green",), "certainty": 4}
            opened.contributions.replace(
                code, replace(mine.contribution, answers=answers), mine.places, mine.signals, device="test"
            )
        page.goto(f"{app.url}/?stap=klaar")  # the server looks it up anew
        at(page, "Dank u wel")
        page.goto(f"{app.url}/?stap=code")
        controls.press(page, "withdraw.left_many")
        at(page, "Samen leven")
        rest = {q.key: q.low for s in list_screens(question_keys()) for q in s.questions if q.kind == "scale"}
        rest |= {"age": "25-44", "years": "2-10", "travel": "bike", "reasons": ("green",)}
        with store.open_store(f"sqlite:///{app.store}") as opened:
            mine = opened.contributions.find_by_code(code, device="test")
            signals = [Signal("initiative", "Een bankje")]
            opened.contributions.replace(
                code, replace(mine.contribution, answers=rest), mine.places, signals, device="test"
            )
        page.goto(f"{app.url}/?stap=code")
        controls.press(page, "withdraw.left_one")
        at(page, "Uw ideeën")
        controls.fill(page, "questions.signal", "De lamp is stuk", key="text_signal")
        still(page)
        page.goto(f"{app.url}/?stap=code")
        controls.said(page, "withdraw.answered")
        expect(page.get_by_role("button", name="Nog")).to_have_count(0)


def test_a_child_goes_on_with_the_questions_of_a_child(app: App, visiting: Visiting) -> None:
    """By the code, by an address that does not say so, after a reload and in another language."""
    with visiting(app) as visit:
        page = visit.page
        visit.open("/?stap=teken&kinderen=1")
        accept(visit, kept="Je tekening is bewaard.")
        still(page)
        code = page.locator(".buurt-code").inner_text()
        page.goto(f"{app.url}/?stap=vragen-1")  # the tab knows who drew, before there is any answer
        at(page, "Hoe is je buurt?")
        page.reload()
        at(page, "Hoe is je buurt?")
        page.goto(f"{app.url}/?stap=vragen-1&taal=en")
        at(page, "How is your neighbourhood?")
        assert visit.context.browser is not None
        phone = visit.context.browser.new_context(locale="nl-NL")
        other = phone.new_page()
        other.goto(f"{app.url}/?stap=code")
        other.get_by_label("Uw code van twaalf tekens").fill(code)
        controls.press(other, "withdraw.show")
        controls.press(other, "withdraw.by_child")
        at(other, "Je tekening")
        button(other, "Nog 4 vragen").click()
        at(other, "Hoe is je buurt?")
        controls.pick(other, "questions.child_fun", "Ja", key="answer_child_fun")
        still(other)
        other.goto(f"{app.url}/?stap=code")
        at(other, "Je tekening")  # the answer tells
        phone.close()
        page.goto(f"{app.url}/?stap=begin&kinderen=1")
        controls.press(page, "start.adults")
        button(page, "Ik doe mee").click()
        at(page, "Teken uw buurt")  # somebody else: nothing of the child is theirs
        visit.wait("ready")


def test_a_mode_in_the_address_does_not_change_who_drew(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        visit.open()
        accept(visit)
        still(page)
        code = page.locator(".buurt-code").inner_text()
        page.goto(f"{app.url}/?stap=vragen-1&kinderen=1")
        at(page, "Waarom is dit uw buurt?")
        assert visit.context.browser is not None
        phone = visit.context.browser.new_context(locale="nl-NL")
        other = phone.new_page()
        other.goto(f"{app.url}/?stap=code&kinderen=1")
        other.locator(".st-key-code_typed input").fill(code)
        controls.press(other, "withdraw.show")
        controls.press(other, "withdraw.by_adult")
        at(other, "Uw tekening")
        phone.close()
