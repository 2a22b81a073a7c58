"""Facilities, figures, groups and liveability on a town of two squares, where one can work the answers out."""

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box

import layers
from geo import agreement, crs
from geo.clusters import CUT
from geo.errors import GroupsTooFew, SketchTooSmall
from layers import cache, own
from maps.topology import topology
from store import Contribution, Project
from store.records import Place, ViewFacts
from study import (
    border_answers,
    comparison,
    facility_answers,
    figures,
    fits,
    group_answers,
    liveability,
    neighbourhoods,
    overview,
    progress,
    projects,
    publication,
    triage,
)
from study.projects import Study
from tests.conftest import ROOT
from tests.maps.test_topology import read
from tests.stores import own_store

WEST, SOUTH = 155_000, 463_000
DIVISION = "own_two_squares"


def ground(left: float, right: float, low: float = 0, high: float = 400) -> Polygon:
    """A rectangle, m from the corner of the town."""
    return box(WEST + left, SOUTH + low, WEST + right, SOUTH + high)


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two official squares side by side, 400 m each way, and four benches; no town, no figures."""
    folder: Path = tmp_path_factory.mktemp("house")
    with own_store(folder, BUURT_DATA=str(folder)):
        shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", folder / "GM9901")
        squares = gpd.GeoDataFrame(
            {"name": ["West", "Oost"]},
            geometry=[ground(0, 400), ground(400, 800)],
            index=["W", "O"],
            crs=crs.RD,
        ).rename_axis("code")
        own.keep(squares, role="areas", name="two squares", date="2026-01-01")
        benches = gpd.GeoDataFrame(
            {
                "theme": "bench",
                "kind": "bench",
                "name": list("abcd"),
                "source": "made up",
                "date": "2026-01-01",
            },
            geometry=[shapely.Point(WEST + x, SOUTH + 200) for x in (50, 200, 450, 700)],
            index=list("abcd"),
            crs=crs.RD,
        ).rename_axis("facility_id")
        own.keep(benches, role="facilities", name="benches", date="2026-01-01")
        yield


def town(
    key: str,
    drawings: Sequence[Polygon],
    *,
    screens: Sequence[str] = (),
    answers: Sequence[Mapping[str, int]] = (),
    edges: Sequence[str] = (),
    places: Sequence[Place] = (),
    municipality: str = "",
) -> Study:
    """Give a project with these drawings; the places are told by the first resident."""
    door = projects.opened()
    door.save_project(Project(key, key, municipality, date(2099, 1, 1)))
    for at, drawn in enumerate(drawings):
        door.submit(
            Contribution(
                str(uuid.uuid5(uuid.UUID(int=1), f"{key}{at}")),
                key,
                str(shapely.to_geojson(crs.to_wgs84(drawn))),
                drawn,
                date.today(),
                view=ViewFacts(screen=screens[at] if screens else ""),
                answers=answers[at] if answers else {},
                edge=edges[at] if edges else "",
            ),
            places if at == 0 else (),
        )
    return projects.now(key)


# --- Facilities -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def six(house: None) -> Study:
    """Six people draw the same rectangle: 300 m of West and 100 m of Oost."""
    told = [
        Place("met", "bench", shapely.Point(WEST + 204, SOUTH + 204)),
        Place("vanished", "bench", shapely.Point(WEST + 300, SOUTH + 100), year=2011, lost="praatje"),
        Place("missing", "bench", shapely.Point(WEST + 9_000, SOUTH)),
    ]
    return town("six", [ground(100, 500)] * 6, places=told)


def test_benches_in_the_core_in_the_square_and_in_only_one(six: Study) -> None:
    """Core 100-500, West 0-400: bench a is West's only, b is both's, c the core's only, d is neither's."""
    both = facility_answers.ground(six, 1, DIVISION)
    assert (both.area, both.n) == ("West", 6)
    assert both.core.area == pytest.approx(160_000)
    row = facility_answers.summary(six, 1, DIVISION).T["bench"]
    assert [row[key] for key in ("in_core", "in_area", "only_core", "only_area")] == [2, 2, 1, 1]
    where = facility_answers.listed(six, 1, DIVISION, "bench")["where"]
    assert where.to_dict() == {"a": "official_only", "b": "both", "c": "core_only"}


def test_no_list_is_not_a_gap(six: Study) -> None:
    """We have no list of play areas: nothing is said of them, and no ground is called far from one."""
    assert not facility_answers.summary(six, 1, DIVISION).T["play_area"]["known"]
    reach = facility_answers.reach(six, 1, "play_area", 400.0)
    assert (reach.covered, reach.within, reach.homes) == (None, None, 0)
    assert reach.gap.is_empty


def test_a_list_without_one_play_area_is_a_gap(six: Study) -> None:
    """The town was asked and is covered: there are none, so the whole core is far from one."""
    empty = layers.facilities("GM9901", "play_area").iloc[:0]
    kept = {
        "file": "facilities.gpkg",
        "key": "play_area",
        "source": "made up",
        "licence": "",
        "made_up": True,
    }
    day = {"date": "2026-01-01", "fetched": "2026-01-01T00:00:00+00:00"}
    for covered in (True, False):
        cache.write_layer(
            empty,
            code="GM9901",
            municipality="Zuiderwaard",
            layer="play_area",
            coverage={"made up": covered},
            **kept,
            **day,
        )
        key = f"covered-{covered}"
        found = town(key, [ground(100, 500)] * 6, municipality="GM9901")
        reach = facility_answers.reach(found, 1, "play_area", 400.0)
        known = facility_answers.summary(found, 1, DIVISION)["known"]
        assert known["play_area"] == covered
        assert reach.covered == (0 if covered else None)
        assert reach.gap.area == pytest.approx(160_000 if covered else 0)
        made = publication.publication(found, DIVISION)
        assert ("play_area" in made.absent) == (not covered)
        assert ("play_area" in made.tables["supply"].index.unique("theme")) == covered


def test_with_a_norm_of_half_a_kilometre_everybody_is_near_a_bench(six: Study) -> None:
    near = facility_answers.reach(six, 1, "bench", 500.0)
    assert near.covered == pytest.approx(1.0)
    assert near.gap.is_empty
    # No bench within 10 m of most of the ground: two discs of 10 m lie in the core, and half of none.
    scarce = facility_answers.reach(six, 1, "bench", 10.0)
    assert scarce.covered == pytest.approx(2 * np.pi * 100 / 160_000, rel=0.01)


def test_places_lie_in_the_ground_and_tell_nobodys_spot_exactly(six: Study) -> None:
    """The one far away does not count; the others are told to the nearest 10 m."""
    counted = facility_answers.places_counted(six, 1, DIVISION)
    assert counted.T["bench"].to_dict() == {"met": 1, "missing": 0, "vanished": 1}
    places = facility_answers.places(six, 1, DIVISION).set_index("kind")
    assert places.geometry["met"].equals(shapely.Point(WEST + 200, SOUTH + 200))
    assert (places["year"]["vanished"], places["lost"]["vanished"]) == (2011, "praatje")
    assert "sketch_id" not in places


# --- Figures --------------------------------------------------------------------------------------


def test_weights_are_parts_of_the_squares(six: Study) -> None:
    """300 of West's 400 m and 100 of Oost's lie in the core."""
    weights = figures.weights(six, DIVISION, 1)["weight"]
    assert weights["W", 50] == pytest.approx(0.75)
    assert weights["O", 50] == pytest.approx(0.25)


def test_without_figures_there_is_no_figure(six: Study) -> None:
    assert figures.carried(six, DIVISION, 1).empty
    assert figures.inhabitants(six, DIVISION, comparison.areas(six, DIVISION)).isna().all()


def test_a_count_is_carried_over_by_the_weights_of_the_town() -> None:
    """The made-up town: people in a core are the weights times the people of each buurt."""
    demo = projects.now()
    cluster = int(comparison.neighbourhoods(demo).index[0])
    weights = figures.weights(demo, "buurt", cluster)["weight"].xs(50, level="target")
    people = overview.inhabitants(demo, "buurt")
    found = figures.carried(demo, "buurt", cluster).T["aantal_inwoners"]
    assert found["core_50"] == pytest.approx(float((weights * people.reindex(weights.index)).sum()))
    assert found["low"] <= found["core_50"] <= found["high"]


# --- Groups ---------------------------------------------------------------------------------------


def test_one_group_draws_smaller(house: None) -> None:
    """Squares of 200, 202 ... 218 m by phone, of 300, 302 ... 318 m by laptop; three by tablet are too few.

    The middle two of each are 208 and 210, and 308 and 310: phones draw 208 x 210 over 308 x 310.
    """
    sides = [low + 2 * step for low in (200, 300) for step in range(10)] + [250] * 3
    study = town(
        "groups",
        [ground(0, side, 0, side) for side in sides],
        screens=["phone"] * 10 + ["laptop"] * 10 + ["tablet"] * 3,
    )
    assert group_answers.sizes(study, "screen").to_dict() == {"phone": 10, "laptop": 10, "tablet": 3}
    found = group_answers.compare(study, "screen", DIVISION)
    assert found.attrs["refused"] == ["tablet"]
    row = found.xs("size", level="measure").T["laptop", "phone"]
    assert row["effect"] == pytest.approx(208 * 210 / (308 * 310))
    assert row["high"] < 1
    assert row["p"] < 0.01
    with pytest.raises(GroupsTooFew):
        group_answers.compare(study, "age", DIVISION)


# --- Stopping -------------------------------------------------------------------------------------


class Stopped(Exception):
    """Nobody waits for the answer any longer."""


def test_work_that_is_stopped_is_kept_nowhere(house: None) -> None:
    """Five draw West and five Oost: two neighbourhoods. Stopped after the first there is no answer, then both."""
    apart = town("apart", [ground(0, 400)] * 5 + [ground(400, 800)] * 5)
    told: list[float] = []

    def stop(step: str, part: float) -> None:
        assert step == "grouping"
        told.append(part)
        if part >= 0.5:
            raise Stopped

    before = comparison.membership.cache_info().currsize
    with progress.heard(stop), pytest.raises(Stopped):
        comparison.neighbourhoods(apart, CUT)
    assert told == sorted(told)
    assert comparison.membership.cache_info().currsize == before
    assert comparison.neighbourhoods(apart, CUT)["n"].to_list() == [5, 5]


# --- How sure the edge is -------------------------------------------------------------------------


def test_part_of_the_drawers_that_calls_the_edge_vague(house: None) -> None:
    """Twelve drew it, ten told: three call it vague, two a part of it. That is 30 % and 20 % of ten."""
    told = ["vague"] * 3 + ["partly"] * 2 + ["sure"] * 5 + [""] * 2
    hazy = town("hazy", [ground(100, 500)] * 12, edges=told)
    assert neighbourhoods.edge(hazy, 1) == neighbourhoods.Edge(n=10, vague_percent=30, partly_percent=20)


def test_parts_that_call_the_edge_vague_are_never_more_than_all(house: None) -> None:
    """Of eight two call it vague (25 %, told as 30) and six a part of it (75 %, told as 70 and not as 80)."""
    unsure = town("unsure", [ground(100, 500)] * 8, edges=["vague"] * 2 + ["partly"] * 6)
    assert neighbourhoods.edge(unsure, 1) == neighbourhoods.Edge(n=8, vague_percent=30, partly_percent=70)


def test_of_four_who_told_how_sure_the_edge_is_nothing_is_told(house: None) -> None:
    """Nine drew it, and four told: one less than may be shown."""
    reticent = town("reticent", [ground(100, 500)] * 9, edges=["vague"] * 4 + [""] * 5)
    assert neighbourhoods.edge(reticent, 1) is None


# --- Leefbaarheid ---------------------------------------------------------------------------------


def test_marks_of_ten_people_have_a_mean_and_those_of_three_have_none(house: None) -> None:
    """In West five say 6 and five say 8: 7. In Oost three answer: no mean."""
    study = town(
        "marks",
        [ground(0, 400)] * 10 + [ground(400, 800)] * 3,
        answers=[{"clean": 6}] * 5 + [{"clean": 8}] * 5 + [{"clean": 1}] * 3,
    )
    means = liveability.one_score(liveability.by_area(study, DIVISION), "clean")
    assert means["mean"]["W"] == pytest.approx(7.0)
    assert means["low"]["W"] < 7.0 < means["high"]["W"]
    assert np.isnan(means["mean"]["O"])
    assert liveability.one_score(liveability.by_area(study, DIVISION), "safe").empty
    beside = liveability.side_by_side(study, DIVISION, "clean").iloc[0]
    assert (beside["mean"], beside["official"], beside["official_mean"]) == (7.0, "West", 7.0)


# --- Bad input ------------------------------------------------------------------------------------


def test_all_alike_is_seen_and_the_core_is_that_one_shape(six: Study) -> None:
    assert comparison.all_alike(six)
    core = comparison.bands(six, 1).geometry[75]
    assert core.symmetric_difference(ground(100, 500)).area == pytest.approx(0)


def test_one_drawing_has_no_neighbourhood_and_nothing_to_review(house: None) -> None:
    one = town("one", [ground(0, 400)])
    assert not comparison.all_alike(one)
    assert (comparison.neighbourhoods(one)["level"] == "none").all()
    assert triage.queue(one).empty
    assert triage.both(one).empty


def test_an_outline_of_a_planner_is_judged_like_a_residents(six: Study) -> None:
    with pytest.raises(SketchTooSmall):
        triage.redrawn(six, crs.to_wgs84(shapely.Point(WEST, SOUTH).buffer(1e-7)))


# --- The shipped town -----------------------------------------------------------------------------


def test_the_shipped_town_gives_the_answers_it_gave() -> None:
    """Pins, not proofs: where a formula or the town itself changes, these are read again and set anew."""
    demo = projects.now()
    assert comparison.extent(demo) == pytest.approx((5.17541, 52.55434, 5.24827, 52.59731), abs=1e-5)
    fit = fits.fits(demo, "buurt").dropna(subset=["iou"]).nlargest(3, "iou")
    assert list(fit["name"]) == ["Oude Haven", "Schippersbuurt", "Centrum"]
    assert list(fit["n"]) == [15, 10, 12]
    assert list(fit["iou"]) == pytest.approx([0.793, 0.719, 0.710], abs=0.005)
    borders = border_answers.table(demo, "buurt")
    assert borders["kind"].value_counts().to_dict() == {"soft": 25, "between": 10, "unknown": 3}
    assert borders["hardness"].iloc[0] == pytest.approx(0.384, abs=0.005)
    found = neighbourhoods.table(demo, "buurt")
    assert (len(found), list(found["n"].head(3))) == (17, [13, 12, 9])
    assert list(found["area_ha"].head(3)) == pytest.approx([28.4, 51.9, 23.4], abs=0.1)
    where = overview.where(demo, "buurt")
    assert (int(where["n"].max()), int(where["blank"].sum())) == (17, 3)


def test_map_data_of_the_shipped_town_are_the_cores_where_they_lie() -> None:
    """One shape a neighbourhood, on the same ground to a hundredth."""
    cores = neighbourhoods.cores(projects.now(), CUT)[["geometry"]]
    sent = topology({"areas": cores})
    assert [shape["id"] for shape in sent["objects"]["areas"]["geometries"]] == [
        str(key) for key in cores.index
    ]
    for core, shown in zip(cores.geometry, read(sent), strict=True):
        assert agreement.iou(core, shown) > 0.99
