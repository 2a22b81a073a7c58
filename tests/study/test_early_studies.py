"""What a study may be: empty, one drawing, all alike, spread thin, with one far away, or without a municipality."""

import re
import uuid
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from shapely.geometry import Polygon, box
from streamlit.testing.v1 import AppTest

import i18n
from geo import crs
from geo.errors import NoTablePublished, TooFewSketches
from layers import custom_layers
from store import Contribution, Project
from study import context, demo_project
from study.analysis import comparison, groups, overview
from study.context import Study
from tests.support.editions import published
from tests.support.temp_store import own_data, own_store
from ui.pages.planner import export
from ui.pages.planner.page import SECTIONS

DIVISIONS = ("buurt", "wijk", "pc4", "pc5", "pc6", "own")
SIDE_M = 300
EMPTY = "Er zijn nog geen tekeningen. Vraag bewoners om hun buurt te tekenen."


def around(x: float, y: float, side_m: float = SIDE_M) -> Polygon:
    """A square round a point."""
    return box(x - side_m / 2, y - side_m / 2, x + side_m / 2, y + side_m / 2)


def middles() -> list[tuple[float, float]]:
    """A point in each official neighbourhood of the made-up town."""
    units = comparison.division_areas(context.current_study(), "buurt")
    points = shapely.point_on_surface(units.geometry.to_numpy())
    return [tuple(point) for point in shapely.get_coordinates(points).tolist()]


def states() -> dict[str, list[Polygon]]:
    """The drawings of each state; nobody told anything else."""
    spots = middles()
    x, y = spots[0]
    full = [around(x + 10 * at, y) for at in range(12)] + [around(*spots[1])] * 12
    return {
        "empty": [],
        "one": [around(x, y)],
        "identical": [around(x, y)] * 20,
        "outside": [around(x + 30_000, y)] * 20,
        "thin": [around(*spot) for spot in spots[:6]],
        "apart": [around(x + 60 * at, y, 50) for at in range(-3, 3)],
        "full": full,
        # A quarter of the world away, as far as the plane of the drawings goes without losing its measure.
        "far": [*full, around(x + 2_000_000, y - 3_000_000)],
        "brought": full,
        # Five who each drew something else of the same street, and others far apart: counted, and nothing on a map.
        "scattered": [around(x + 30_000 + 25 * at, y, 60) for at in range(5)]
        + [around(x + 30_000 + 2_000 * at, y) for at in range(1, 10)],
        # Three are few, so twelve are hidden with them; what these drew fits worse.
        "hidden": [around(*spots[1])] * 3 + [around(*spots[2], 40)] * 12 + [around(x, y)] * 20,
    }


STATES = ("empty", "one", "identical", "outside", "thin", "apart", "full", "far", "brought", "scattered")
MADE = ("identical", "full", "far", "brought", "scattered")
"""States of ten drawings and more on the town's ground: there is something to hand out."""


def save_own_areas() -> None:
    """Save two areas that lie over each other, as people uploaded them."""
    (x, y), (east, north) = middles()[:2]
    areas = gpd.GeoDataFrame(
        {"name": ["West", "West"]},
        geometry=[around(x, y, 800), around((x + east) / 2, (y + north) / 2, 800)],
        index=["W", "O"],
        crs=crs.RD,
    ).rename_axis("code")
    custom_layers.save_custom_layer(areas, role="areas", name="eigen", date="2026-01-01")


@pytest.fixture(scope="module", autouse=True)
def studies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Study]]:
    """A project a state, beside the made-up town and with its areas and lists, or brought with own areas alone."""
    folder = tmp_path_factory.mktemp("early")
    with own_store(folder, BUURT_DATA=str(own_data(folder))):
        save_own_areas()
        made = {}
        for key, drawings in states().items():
            private_store = context.get_store()
            town = "" if key in ("brought", "scattered") else demo_project.MUNICIPALITY
            private_store.projects.save(Project(key, key, town, date(2099, 1, 1), is_demo=True))
            for at, shape in enumerate(drawings):
                sent = str(shapely.to_geojson(crs.to_wgs84(shape)))
                name = uuid.uuid5(uuid.UUID(int=3), f"{key}{at}")
                private_store.contributions.submit(Contribution(str(name), key, sent, shape, date.today()))
            made[key] = context.current_study(key)
        yield made


def page() -> None:
    """Show the planner's page; runs in a script of its own."""
    from ui.pages.planner import page as page_module  # noqa: PLC0415

    page_module.page()


def cells() -> list[Any]:
    """Every state with every kind of area there is where its drawings lie; half of them at night.

    By day every state stands over the first kind of area it has and one more, and every kind under a full study.
    """
    absent = {("outside", "own")}
    absent |= {(state, division) for state in ("brought", "scattered") for division in DIVISIONS[:-1]}
    found: list[Any] = []
    for at, state in enumerate(STATES):
        there = [division for division in DIVISIONS if (state, division) not in absent]
        by_day = there if state == "full" else {there[0], there[at % len(there)]}
        found += [
            pytest.param(state, division, marks=[] if division in by_day else pytest.mark.nightly)
            for division in there
        ]
    return found


@pytest.mark.parametrize(("state", "division"), cells())
def test_every_section_of_the_planner_shows(state: str, division: str) -> None:
    """Each section, by each kind of area: an answer or a true sentence, never an error, and something in view."""
    if division == "own":
        division = custom_layers.list_custom_layers("areas")[0].key
    seen = AppTest.from_function(page, default_timeout=120)
    seen.query_params["project"] = state
    for section in SECTIONS:
        if section == "triage" and division != DIVISIONS[0]:
            continue
        seen.session_state["deel"], seen.session_state["indeling"] = section, division
        seen.run()
        assert [problem.proto for problem in seen.exception] == [], section
        texts = [one.value for one in (*seen.markdown, *seen.info, *seen.caption, *seen.title)]
        assert not [text for text in texts if re.search(r"\b(nan|None|NA|inf)\b", text)], section
        if state == "empty":
            assert [one.value for one in seen.info] == [EMPTY]
            return


def test_a_drawing_far_away_leaves_the_first_view_as_it_was(studies: dict[str, Study]) -> None:
    """The map opens on the others to a metre, says how many are out of it, and shows them to who asks."""
    view = comparison.bounds_wgs84(studies["far"])
    assert view == comparison.bounds_wgs84(studies["full"])
    whole = comparison.bounds_wgs84(studies["far"], with_far=True)
    assert whole[2] - whole[0] > 100 * (view[2] - view[0])
    assert comparison.divisions(studies["far"]) == comparison.divisions(studies["full"])
    seen = AppTest.from_function(page, default_timeout=120)
    for state, n in (("full", 0), ("far", 1)):
        seen.query_params["project"] = state
        seen.session_state["deel"] = "overview"
        seen.run()
        assert [one.label for one in seen.toggle if "ver weg" in one.label] == [
            f"Toon ook de tekeningen die ver weg liggen ({n})"
        ] * n


def test_a_number_hidden_for_another_is_not_told_by_its_fit(studies: dict[str, Study]) -> None:
    where = overview.fit_by_area(studies["hidden"], "buurt")
    assert where["n"].isna().sum() == 2
    assert where[["fit", "fit_low", "fit_high"]][where["n"].isna()].isna().all(axis=None)
    assert set(where["fits"][where["n"].isna()]) == {"few"}
    assert where["fit"].notna().sum() == 1


@pytest.mark.parametrize("by", groups.GROUPINGS)
@pytest.mark.parametrize("state", ["one", "thin", "full"])
def test_groups_by_what_nobody_told(state: str, by: str, studies: dict[str, Study]) -> None:
    """Whichever of the six is chosen, a fact that is missing of everybody is said to be missing."""
    seen = AppTest.from_function(page, default_timeout=120)
    seen.query_params["project"] = state
    seen.session_state["deel"], seen.session_state["naar"] = "groups", by
    seen.run()
    assert [problem.proto for problem in seen.exception] == []
    known = by == "session"  # everybody drew at home
    assert ("Dit is bij geen enkele tekening bekend." in [one.value for one in seen.info]) is not known
    assert groups.group_sizes(studies[state], by).empty is not known


@pytest.mark.parametrize("state", MADE)
def test_every_file_can_be_taken_along(state: str, studies: dict[str, Study]) -> None:
    say = i18n.get_translator("nl")
    first = published(state)
    assert first.number == 1
    kinds = ["gpkg", "geojson", "xlsx", *(["csv"] if first.tables else [])]
    made = {kind: export.data(state, say, "", kind) for kind in kinds}
    assert all(made.values())
    if not first.tables:
        with pytest.raises(NoTablePublished):
            export.data(state, say, "", "csv")
    assert len(openpyxl.load_workbook(BytesIO(made["xlsx"])).sheetnames) > 1
    page_made = export.report(state, say, "", "html").decode()
    assert "</html>" in page_made
    assert not re.search(r">\s*(nan|none|<na>)\b", page_made, re.IGNORECASE)
    assert export.report(state, say, "", "pdf").startswith(b"%PDF")


@pytest.mark.parametrize("state", ["empty", "one", "thin", "apart"])
def test_too_few_are_refused_in_a_sentence(state: str, studies: dict[str, Study]) -> None:
    """A first edition is of ten people at least."""
    with pytest.raises(TooFewSketches):
        published(state)
