"""An administrator's day: a project, accounts, erasing what is past its date, a backup; everything pressed works."""

import re
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Page, expect

import i18n
from geo import crs
from store import Actor, Contribution, Project, Store, authenticator
from study.contributions.questionnaire import question_keys
from tests.journeys.conftest import PASSWORD, TOWN
from tests.support import controls
from tests.support.browser import App, Visit
from tests.support.identity_provider import IdentityProvider

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")


def sign_in(page: Page, app: App, label: str, password: str = PASSWORD) -> None:
    """Sign in with an account."""
    page.goto(f"{app.url}/inloggen")
    controls.fill(page, "signin.label", label)
    controls.fill(page, "signin.password", password, key="password")
    with page.expect_response("**/api/sessie"):
        controls.press(page, "signin.enter")


def past(private_store: Store) -> Project:
    """Return a project whose day is over, with a drawing in it."""
    running = private_store.projects.save(Project("voorbij", "Voorbij", TOWN, date(2099, 1, 1)))
    drawn = shapely.box(155_000, 463_000, 155_400, 463_400)
    sent = str(shapely.to_geojson(crs.to_wgs84(drawn)))
    private_store.contributions.submit(
        Contribution(str(uuid.UUID(int=7)), running.id, sent, drawn, date(2019, 5, 1))
    )
    return private_store.projects.save(replace(running, retention_until=date(2020, 1, 1)))


def test_a_day_of_an_administrator(app: App, visiting: Visiting, private_store: Store, rooms: Path) -> None:
    over, until = past(private_store), date(date.today().year + 3, 12, 31)
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "beheer")
        controls.press(page, "foot.manage")
        controls.fill(page, "manage.id", "noord-2026")
        controls.fill(page, "manage.name", "Noord")
        controls.fill(page, "manage.asked_by", "Dorpsraad Noord")
        controls.fill(page, "manage.contact", "Sam <b>de Boer</b>, 0511 12 34 56")
        controls.fill(page, "manage.privacy_url", "https://noord.example/privacy?van=buurt")
        controls.slide(page, "manage.first_edition", 1)
        controls.press(page, "manage.nightly")
        controls.choose(page, "manage.municipality", "Noorderwaard")
        controls.date(page, "manage.until", until)
        controls.choose(page, "manage.language", "English")
        asked = page.get_by_role("combobox", name=W("manage.questions"))
        for _ in range(2):
            asked.press("Backspace")
        controls.choose(page, "manage.questions", W("questions.signal"))
        controls.choose(page, "manage.shown", W("sources.layer_wijk"))
        controls.fill(page, "manage.width", "2500")
        controls.press(page, "manage.lot")
        controls.press(page, "manage.save")
        controls.said(page, "manage.saved")
        expect(page.get_by_role("combobox", name=W("manage.which"))).to_have_value("Noord")
        (made,) = [one for one in private_store.projects.list_all() if one.id == "noord-2026"]
        assert (made.name, made.width_experiment, made.municipality) == ("Noord", True, TOWN)
        assert (made.asked_by, made.retention_until, made.language) == (
            "Dorpsraad Noord",
            until,
            "en",
        )
        assert (made.show_while_drawing, made.start_width_m) == (("wijk",), 2500)
        assert made.questions == (*question_keys()[:-2], "signal")
        with visiting(app) as resident:  # it stands there as typed, before any script and after it
            english = i18n.get_translator("en")
            first = resident.page.request.get(
                f"{app.url}/?project=noord-2026&taal=en", headers={"Accept": "text/html"}
            ).text()
            assert "Sam &lt;b&gt;de Boer&lt;/b&gt;, 0511 12 34 56" in first
            for path in ("/", "/privacy"):
                resident.page.goto(f"{app.url}{path}?project=noord-2026&taal=en")
                shown = resident.page.get_by_test_id("stMain")
                expect(shown).to_contain_text("Sam <b>de Boer</b>, 0511 12 34 56")
                way = shown.get_by_role("link", name=english("start.privacy_url", asked_by="Dorpsraad Noord"))
                expect(way).to_have_attribute("href", "https://noord.example/privacy?van=buurt")
        controls.choose(page, "manage.which", W("manage.new_project"), key="which_project")
        controls.said(page, "manage.id_help")

        page.get_by_role("tab", name=W("manage.accounts")).click()
        controls.fill(page, "manage.label", "planner-zuid")
        controls.choose(page, "manage.role", W("manage.role_administrator"))
        controls.choose(page, "manage.role", W("manage.role_planner"))
        controls.fill(page, "signin.password", PASSWORD, key="new_password")
        controls.press(page, "manage.make")
        controls.said(page, "manage.made")
        row = page.locator(".st-key-accounts_table tr").filter(has_text="planner-zuid")
        expect(row).to_have_count(1)
        assert {one.label: one.role for one in private_store.accounts.list_all()}["planner-zuid"] == "planner"
        controls.choose(page, "manage.account", "planner-zuid")
        controls.fill(page, "signin.password", f"{PASSWORD} en nog een", key="other_password")
        controls.press(page, "manage.change_password")
        page.get_by_text(W("manage.changed", label="planner-zuid")).wait_for(timeout=30_000)
        with visiting(app) as other:
            sign_in(other.page, app, "planner-zuid", f"{PASSWORD} en nog een")
            controls.said(other.page, "signin.as_planner")
        controls.choose(page, "manage.remove_account", "planner-zuid")
        controls.press(page, "manage.remove")
        page.get_by_text(W("manage.removed", label="planner-zuid")).wait_for(timeout=30_000)
        expect(row).to_have_count(0)
        assert "planner-zuid" not in {one.label for one in private_store.accounts.list_all()}

        page.get_by_role("tab", name=W("manage.log"), exact=True).click()
        said = page.locator(".st-key-log_table tbody tr").filter(has_text=W("log_actions.change_a_password"))
        expect(said.first).to_contain_text(re.compile(rf"\d\d:\d\d:\d\d.*{W('manage.result_done')}"))
        controls.press(page, "manage.log_make")
        log = controls.download(page, "manage.log_file").decode("utf-8-sig")
        assert "beheer;change a password;;0;done;this machine" in log
        assert "127.0.0.1" not in log

        page.get_by_role("tab", name=W("manage.keeping")).click()
        assert len(private_store.contributions.read_sketches(over.id)) == 1
        controls.press(page, "manage.erase")
        controls.said(page, "manage.erased")
        assert len(private_store.contributions.read_sketches(over.id)) == 0
        controls.press(page, "manage.backup_now")
        controls.said(page, "manage.backed_up")
        (copy,) = (rooms / "backups").glob("*-extra.gpkg")
        assert copy.read_bytes().startswith(b"SQLite format 3")
        controls.press(page, "manage.verify_now")
        controls.said(page, "manage.verified")

        controls.press(page, "foot.signin")
        controls.press(page, "signin.leave", key="leave")
        controls.said(page, "signin.left")
        page.goto(f"{app.url}/beheer")
        expect(page.get_by_role("tab")).to_have_count(0)


def code_now(secret: str) -> str:
    """Return what the app on a phone shows now."""
    return authenticator.code_at(secret, time.time())


def test_an_extra_code_from_a_phone(app: App, visiting: Visiting, private_store: Store) -> None:
    """Set up with what the page shows, signed in with, lost with the phone, and reset by an administrator."""
    actor = Actor("planner", account=private_store.accounts.create("planner-oost", "planner", PASSWORD).id)
    with visiting(app) as visit, visiting(app) as other:
        page = visit.page
        sign_in(other.page, app, "planner-oost")
        sign_in(page, app, "planner-oost")
        controls.press(page, "factor.begin")
        controls.press(page, "factor.not_now")
        controls.press(page, "factor.begin")
        expect(page.get_by_role("img", name=W("factor.qr"))).to_be_visible()
        secret = page.get_by_test_id("stCode").inner_text().replace(" ", "").strip()
        controls.fill(page, "factor.password", PASSWORD, key="factor_password")
        controls.fill(page, "factor.code", "12", key="factor_code")
        controls.press(page, "factor.turn_on")
        page.get_by_text(W("errors.CodeRefused")).wait_for()
        controls.fill(page, "factor.code", code_now(secret), key="factor_code")
        controls.press(page, "factor.turn_on")
        controls.said(page, "factor.is_on")
        codes = controls.download(page, "factor.codes_file").decode().split()
        assert page.get_by_test_id("stCode").inner_text().split() == codes
        controls.press(page, "factor.kept")
        controls.said(page, "factor.active")
        other.page.goto(f"{app.url}/inloggen")
        controls.said(other.page, "signin.who")  # a sign-in with the password alone is over
        controls.press(page, "signin.leave", key="leave")
        controls.said(page, "signin.left")

    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/inloggen")
        controls.fill(page, "signin.label", "planner-oost")
        controls.fill(page, "signin.password", PASSWORD, key="password")
        controls.press(page, "signin.enter")
        controls.said(page, "signin.code_intro")
        controls.press(page, "signin.again")
        controls.fill(page, "signin.label", "planner-oost")
        controls.fill(page, "signin.password", PASSWORD, key="password")
        controls.press(page, "signin.enter")
        controls.fill(page, "signin.code", codes[0], key="code")
        with page.expect_response("**/api/sessie"):
            controls.press(page, "signin.confirm")
        controls.said(page, "signin.as_planner")
        page.reload()
        controls.said(page, "signin.as_planner")
        controls.unfold(page, "factor.other_phone")
        controls.fill(page, "signin.code", codes[1], key="off_code")
        controls.press(page, "factor.turn_off")
        controls.said(page, "factor.why")

    private_store.second_factors.activate(actor, secret, code_now(secret))
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "beheer")
        controls.press(page, "foot.manage")
        page.get_by_role("tab", name=W("manage.accounts")).click()
        controls.choose(page, "manage.reset_factor", "planner-oost")
        controls.press(page, "manage.reset")
        page.get_by_text(W("manage.was_reset", label="planner-oost")).wait_for()
        assert not private_store.second_factors.is_active(actor.account)


def test_the_foot_leads_everywhere(app: App, visiting: Visiting) -> None:
    """Every link at the foot of a page leads to the page of its name."""
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "beheer")
        heading = page.get_by_role("heading", level=1)
        controls.press(page, "foot.manage")
        expect(heading).to_have_text(W("manage.title"))
        controls.press(page, "foot.privacy")
        expect(heading).to_have_text(W("privacy.title"))
        controls.press(page, "foot.sources")
        expect(heading).to_have_text(W("sources.title"))
        controls.press(page, "foot.accessibility")
        expect(heading).to_have_text(W("accessibility.title"))
        controls.press(page, "workshop.title")
        expect(heading).to_have_text(W("workshop.title"))
        controls.press(page, "paper.title")
        expect(heading).to_have_text(W("paper.title"))
        controls.press(page, "intake.menu")
        expect(heading).to_have_text(W("intake.title"))
        controls.press(page, "planner.menu")
        expect(heading).to_have_text(W("planner.section_overview"))
        controls.press(page, "foot.signin")
        expect(heading).to_have_text(W("signin.title"))


def test_the_municipality_vouches(app: App, visiting: Visiting, municipality: IdentityProvider) -> None:
    """Somebody without a role leaves again; with the right group they are a planner, until they leave."""
    with visiting(app) as visit:
        page = visit.page
        page.goto(f"{app.url}/inloggen")
        controls.press(page, "signin.with_municipality")
        controls.said(page, "signin.no_role")
        municipality.groups = ["plan"]
        controls.press(page, "signin.leave", key="leave_oidc")
        controls.press(page, "signin.with_municipality")
        controls.said(page, "signin.as_planner")
        controls.press(page, "signin.leave", key="leave")
        controls.said(page, "signin.who")
