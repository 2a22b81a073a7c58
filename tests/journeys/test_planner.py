"""A planner's morning: look, decide, and take along; everything that is pressed does what it was pressed for."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import docx
import geopandas as gpd
import openpyxl
import pytest
import shapely
from playwright.sync_api import Page, expect

import i18n
from geo import crs
from store import Contribution, Project, Store
from tests.journeys.conftest import TOWN
from tests.journeys.test_administrator import sign_in
from tests.support import controls
from tests.support.browser import App, Visit
from tests.ui.test_resident import still

pytestmark = pytest.mark.browser
Visiting = Callable[..., AbstractContextManager[Visit]]
W = i18n.get_translator("nl")


def open_section(page: Page, app: App, section: str) -> None:
    """Go to a section of the made-up town, and wait until it is there."""
    page.goto(f"{app.url}/vergelijk?project=demo&deel={quote(W(f'planner.section_{section}'))}")
    controls.rest(page)


def test_looking_and_deciding(app: App, visiting: Visiting) -> None:
    with visiting(app) as visit:
        page = visit.page
        open_section(page, app, "triage")
        controls.press(page, "planner.triage_look")
        controls.said(page, "planner.triage_found")
        open_section(page, app, "neighbourhoods")
        controls.press(page, "planner.show_disputed")
        page.locator(".canvas[data-arrived~=disputed]").wait_for(timeout=60_000)
        controls.said(page, "planner.disputed")
        controls.press(page, "planner.show_weighted")
        controls.said(page, "planner.weighted_title")
        # Of the made-up town ages and homes are known: both tables stand there.
        page.locator(".st-key-weighted_table tbody tr").first.wait_for(timeout=60_000)
        page.locator(".st-key-weights_of_drawers_table tbody tr").first.wait_for(timeout=60_000)
        counted = page.get_by_text(re.compile(r"U kijkt naar \d+ van de \d+ tekeningen"))
        controls.press(page, "planner.filters")
        controls.press(page, "planner.unflagged")
        counted.wait_for(timeout=60_000)
        left, whole = map(int, re.findall(r"\d+", counted.inner_text())[:2])
        assert 0 < left < whole
        open_section(page, app, "liveability")
        controls.press(page, "planner.single_show")
        page.locator(".st-key-signals_table tbody tr input").first.press("Space")
        controls.press(page, "planner.signal_release")
        listed = openpyxl.load_workbook(io.BytesIO(controls.download(page, "planner.signals_fetch"))).active
        assert listed is not None
        # Only what somebody released is in the file: the heading and one row, under a line of its own.
        assert listed.max_row < page.locator(".st-key-signals_table tbody tr").count()


@pytest.fixture
def second(private_store: Store) -> Project:
    """Return a project with drawings of three days."""
    made = private_store.projects.save(Project("tweede", "Het tweede", TOWN, date(2099, 1, 1)))
    drawn = shapely.box(155_000, 463_000, 155_400, 463_400)
    raw = str(shapely.to_geojson(crs.to_wgs84(drawn)))
    for n, day in enumerate((date(2025, 5, 1), date(2025, 5, 9), date(2025, 6, 2))):
        private_store.contributions.submit(
            Contribution(
                str(uuid.UUID(int=100 + n)),
                made.id,
                raw,
                drawn,
                day,
                answers={"own.Thema": ("groen", "geluid")[n % 2]},
            )
        )
    return made


def test_choosing_what_is_shown(app: App, visiting: Visiting, second: Project) -> None:
    """Whatever is chosen in a list or field stands in the address, so that a colleague opens the same."""
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        open_section(page, app, "overview")
        controls.press(page, "planner.show_turnout")
        page.wait_for_url("**opkomst=true**")
        controls.said(page, "planner.turnout_few")
        controls.pick(page, "planner.sections", W("planner.section_fit"))
        still(page)
        controls.choose(page, "", "Rietkraag", key="gebied")
        page.get_by_text("een oordeel geven wij vanaf tien").wait_for()
        controls.press(page, "planner.with_walks")
        controls.said(page, "planner.division_walk")
        controls.choose(page, "planner.division", W("planner.division_wijk"))
        page.wait_for_url("**indeling=Wijk**")
        open_section(page, app, "neighbourhoods")
        controls.slide(page, "planner.cut", 1)
        page.wait_for_url("**snede=**")
        open_section(page, app, "facilities")
        controls.pick(page, "planner.theme", W("planner.theme_bench"))
        page.wait_for_url("**thema=Banken**")
        still(page)  # until the norm of the other kind has made way
        controls.fill(page, "planner.norm", "250", key="norm_bench")
        page.wait_for_url("**norm_bench=250**")
        open_section(page, app, "groups")
        controls.pick(page, "planner.group_by", W("planner.by_travel"))
        page.wait_for_url("**naar=Vervoer**")
        open_section(page, app, "liveability")
        controls.choose(page, "planner.score", W("planner.score_safe"))
        page.wait_for_url("**score=Veilig**")
        controls.press(page, "planner.filters")
        controls.choose(page, "planner.session", "dorpshuis")
        page.wait_for_url("**avond=dorpshuis**")
        controls.choose(page, "planner.group", "tafel 1")
        page.wait_for_url("**groep=tafel*1**")
        open_section(page, app, "overview")
        controls.choose(page, "planner.project", second.name)
        page.wait_for_url(f"**project={second.id}**")
        still(page)
        controls.press(page, "planner.filters")
        controls.date(page, "planner.period", date(2025, 5, 1), date(2025, 5, 20))
        page.wait_for_url("**periode=2025-05-01&periode=2025-05-20**")
        controls.said(page, "planner.filtered")
        controls.choose(page, "planner.own_columns", "Thema: groen")
        page.wait_for_url("**kolom=Thema*groen**")
        page.get_by_text("U kijkt naar 1 van de 3 tekeningen").wait_for(timeout=60_000)
        page.goto(f"{app.url}/bronnen")
        controls.choose(page, "sources.town", "Noorderwaard")
        controls.said(page, "sources.fetch_title")


@pytest.fixture
def many(private_store: Store) -> Project:
    """Return a project with drawings of four days: of eleven people, of one, of one, and of eleven."""
    made = private_store.projects.save(Project("delen", "Delen", TOWN, date(2099, 1, 1)))
    drawn = shapely.box(155_000, 463_000, 155_400, 463_400)
    told = str(shapely.to_geojson(crs.to_wgs84(drawn)))
    days = [date(2025, 5, day) for day, n in ((1, 11), (2, 1), (3, 1), (4, 11)) for _ in range(n)]
    for n, day in enumerate(days):
        private_store.contributions.submit(
            Contribution(str(uuid.UUID(int=300 + n)), made.id, told, drawn, day)
        )
    return made


def test_sharing_a_selection(app: App, visiting: Visiting, many: Project) -> None:
    """What is chosen is published as an edition of its own; one person more is refused with a sentence."""

    def choose(last: date) -> None:
        page.goto(f"{app.url}/vergelijk?project={many.id}&periode=2025-05-01&periode={last}")
        controls.said(page, "planner.filtered")
        controls.unfold(page, "selection.title")
        controls.press(page, "selection.publish")

    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        choose(date(2025, 5, 2))
        controls.said(page, "selection.made")
        told = json.loads(controls.download(page, "take.geojson"))
        assert told["description"].endswith(
            W("selection.sentence", what=W("selection.until", day=date(2025, 5, 2)))
        )
        choose(date(2025, 5, 3))
        controls.said(page, "errors.SelectionTooClose")
        expect(page.get_by_text(controls.text_of("selection.made"))).to_have_count(0)


def test_judging(app: App, visiting: Visiting, private_store: Store) -> None:
    """Each decision is stated in the list and taken back; what may not be seen is shown to who says why."""
    with visiting(app) as visit:
        page = visit.page
        open_section(page, app, "triage")
        controls.press(page, "planner.triage_look")
        rows = page.locator(".buurt-review li")
        rows.first.wait_for()
        controls.choose(page, "planner.triage_reasons", W("planner.why_several_parts"), key="reden")
        controls.rest(page)
        for row in rows.all():
            expect(row).to_contain_text(W("planner.why_several_parts"))
        name = rows.nth(1).locator("b").inner_text()
        rows.nth(1).click()
        row = page.locator(".buurt-review li.chosen")
        expect(row.locator("b")).to_have_text(name)
        page.wait_for_url("**tekening=**")
        still(page)
        size, state = (row.locator(".buurt-review-facts span").nth(at) for at in (0, 1))
        for action in ("accept", "aside", "proposed"):
            controls.press(page, f"planner.action_{action}", key=f"triage_{action}")
            done = "aside" if action == "aside" else "accept"
            expect(state).to_have_text(W(f"planner.decided_{done}"))
            controls.press(page, "planner.action_undo")
            expect(row).not_to_have_class(re.compile("closed"))
        before = size.inner_text()
        controls.press(page, "planner.triage_largest")
        expect(state).to_have_text(W("planner.decided_adjust"))
        expect(size).not_to_have_text(before)
        controls.press(page, "planner.action_back")
        expect(size).to_have_text(before)
        controls.said(page, "planner.single_drawings")
        expect(page.locator(".canvas, .buurt-review svg")).to_have_count(0)
        controls.press(page, "planner.single_show")
        page.locator(".canvas[data-arrived~=triage]").wait_for(timeout=60_000)
        expect(page.locator(".buurt-review svg")).to_have_count(rows.count())
    assert "demo" in {row.project for row in private_store.accounts.list_audit()}


def test_judging_many_by_keyboard(app: App, visiting: Visiting, private_store: Store) -> None:
    """Three keys in a row decide about three, on the first press each; all of a reason go at once and come back."""
    with visiting(app) as visit:
        page = visit.page
        open_section(page, app, "triage")
        rows, closed = page.locator(".buurt-review li"), page.locator(".buurt-review li.closed")
        rows.first.wait_for()
        controls.rest(page)
        n, before = rows.count(), closed.count()
        expect(page.get_by_role("button", name=controls.text_of("planner.triage_again"))).to_be_disabled()
        page.locator(".buurt-review").focus()
        for key in ("ArrowDown", "g", "o", "g"):
            page.keyboard.press(key)
        expect(closed).to_have_count(before + 3)
        states = [
            row.locator(".buurt-review-facts span").nth(1) for row in (rows.nth(at) for at in (1, 2, 3))
        ]
        for state, action in zip(states, ("accept", "aside", "accept"), strict=True):
            expect(state).to_have_text(W(f"planner.decided_{action}"))
        expect(rows.nth(4)).to_have_class(re.compile("chosen"))
        for _ in range(3):
            page.keyboard.press("z")
        expect(closed).to_have_count(before)

        page.get_by_role(
            "button", name=re.compile("^" + W.section("review_list")["all"].split("(")[0])
        ).click()
        expect(page.get_by_text(W("planner.triage_marked", n=n - before).split("**")[1])).to_be_visible()
        page.locator(".buurt-review").focus()
        page.keyboard.press("Space")  # the chosen one is left out
        controls.rest(page)
        controls.press(page, "planner.action_aside", key="triage_aside")
        expect(closed).to_have_count(n - 1)
        decided = {
            one for one, (action, _) in private_store.moderation.shape_decisions("demo").items() if action
        }
        assert len(decided) >= n - 1
        controls.press(page, "planner.triage_again")
        controls.rest(page)
        expect(page.get_by_text(W("planner.triage_waiting", waiting=1, n=n))).to_be_visible()
        controls.press(page, "planner.action_back")
        expect(closed).to_have_count(before)


def test_taking_along(app: App, visiting: Visiting, private_store: Store) -> None:
    """An edition is made with its names; every file of it is what its button says; raw drawings are logged."""
    with visiting(app, altered=True) as visit:
        page = visit.page
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(page, app, "planner")
        open_section(page, app, "take")
        controls.unfold(page, "publish.title")
        assert not private_store.editions.released_names("demo")
        controls.press(page, "publish.look")
        controls.said(page, "publish.first")
        controls.press(page, "publish.name")
        still(page)
        assert len(private_store.editions.released_names("demo")) == 1
        controls.press(page, "publish.now")
        controls.said(page, "publish.made")
        assert controls.download(page, "take.report_pdf").startswith(b"%PDF")
        assert b"<html" in controls.download(page, "take.report_html")
        word = docx.Document(io.BytesIO(controls.download(page, "take.report_docx")))
        assert next(one.text for one in word.paragraphs if one.style.name == "Heading 1") == W(
            "report.summary"
        )
        assert controls.download(page, "take.gpkg").startswith(b"SQLite format 3")
        assert json.loads(controls.download(page, "take.geojson"))["type"] == "FeatureCollection"
        assert b"," in controls.download(page, "take.csv")
        assert openpyxl.load_workbook(io.BytesIO(controls.download(page, "take.xlsx"))).sheetnames
        with zipfile.ZipFile(io.BytesIO(controls.download(page, "take.zip"))) as packed:
            ends = {Path(name).suffix for name in packed.namelist()}
        assert ends == {".gpkg", ".qgz", ".xml", ".jsonld"}
        assert json.loads(controls.download(page, "take.jsonld"))["@type"] == "dcat:Dataset"
        assert b"MD_Metadata" in controls.download(page, "take.xml")
        stem = "take-beleefde-buurt-demo"
        for name in ("consensus", "borders", "facilities"):
            assert controls.download(page, "take.picture_kind", key=f"{stem}-{name}-png").startswith(
                b"\x89PNG"
            )
            assert b"<svg" in controls.download(page, "take.picture_kind", key=f"{stem}-{name}-svg")
        # Below a table on screen lies the same table of the edition, to keep and to copy; nothing of what is live.
        open_section(page, app, "fit")
        kept = controls.download(page, "planner.edition_csv", key="csv-fit_table").decode("utf-8-sig")
        assert kept.splitlines()[0].startswith("Code;Naam;")
        page.locator(".st-key-fit_table .buurt-table-copy").click()
        expect(page.locator(".st-key-fit_table .buurt-table-count")).to_have_text(W("table.copied"))
        assert page.evaluate("navigator.clipboard.readText()").startswith("Code\tNaam\t")
        open_section(page, app, "take")
        controls.unfold(page, "take.raw_title")
        controls.press(page, "take.raw_confirm")
        raw = controls.download(page, "take.raw_fetch")
        assert raw.startswith(b"SQLite format 3")
        assert private_store.accounts.list_audit()[-1].action == "read raw drawings"


def test_drawings_of_a_file(app: App, visiting: Visiting, private_store: Store) -> None:
    """Drawings that somebody brings are looked at, kept, and opened beside the official areas."""
    squares = [shapely.box(5.2 + n / 1000, 52.57, 5.205 + n / 1000, 52.575) for n in range(6)]
    table = gpd.GeoDataFrame({"tekening": range(6)}, geometry=squares, crs=4326).to_json()
    with visiting(app) as visit:
        page = visit.page
        sign_in(page, app, "planner")
        controls.press(page, "intake.menu")
        controls.upload(page, "intake.file", ("schetsen.geojson", table.encode()), key="intake_file")
        controls.press(page, "intake.keep")
        controls.said(page, "intake.kept")
        with page.expect_popup() as opened:
            controls.press(page, "intake.open")
        beside = opened.value
        expect(beside.get_by_role("heading", level=1)).to_have_text(
            W("planner.section_overview"), timeout=60_000
        )
        kept = re.search(r"project=([^&]+)", beside.url)
    assert kept is not None
    assert len(private_store.contributions.read_sketches(kept.group(1))) == 6
