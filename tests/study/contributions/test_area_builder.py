"""An area without pointing: put together, taken apart, and said in a sentence."""

import pytest
import shapely
from shapely import Point

from geo.grids.census_grid import grid_cell
from study.contributions import area_builder, home_location
from study.contributions.area_builder import AreaPart, PartChange
from study.demo_project import MUNICIPALITY


@pytest.fixture(scope="module")
def start() -> Point:
    found = home_location.locate(home_location.search_address(MUNICIPALITY, "Kerkstraat")[0])
    assert found is not None
    return found


def walk(minutes: int) -> PartChange:
    return PartChange(AreaPart("walk", str(minutes), ()))


def test_nothing_chosen_is_nothing(start: Point) -> None:
    assert area_builder.combine_parts(MUNICIPALITY, start, []).is_empty


def test_longer_walk_holds_the_shorter(start: Point) -> None:
    """Who can walk ten minutes can walk five; nobody comes farther than the crow flies."""
    grounds = [
        area_builder.combine_parts(MUNICIPALITY, start, [walk(minutes)]) for minutes in area_builder.MINUTES
    ]
    for minutes, shorter, longer in zip(area_builder.MINUTES, grounds, grounds[1:], strict=False):
        assert shapely.difference(shorter, longer.buffer(5)).area < 0.02 * shorter.area
        crow = start.buffer(minutes * area_builder.WALK_M_PER_MIN + 250)
        assert shapely.difference(shorter, crow).area < 1.0


def test_walk_does_not_point_at_a_door() -> None:
    """Far from any street it is a circle; two homes in one 100 m square have the same one."""
    one, other = (
        area_builder.walking_area(MUNICIPALITY, Point(x, y), 10)
        for x, y in ((250_012, 500_034), (250_088, 500_071))
    )
    assert one.equals(other)
    assert one.centroid.distance(Point(250_050, 500_050)) < 0.01


@pytest.mark.parametrize("kind", ["street", "pc6", "block"])
def test_parts_are_offered_near_and_can_be_added_and_taken_away(
    kind: area_builder.Kind, start: Point
) -> None:
    parts = area_builder.available_parts(MUNICIPALITY, start, kind)
    assert 2 < len(parts) <= area_builder.MAX_OFFERED
    assert all(part.names for part in parts)
    both = area_builder.combine_parts(MUNICIPALITY, start, [PartChange(parts[0]), PartChange(parts[1])])
    one = area_builder.combine_parts(
        MUNICIPALITY, start, [PartChange(parts[0]), PartChange(parts[1]), PartChange(parts[1], added=False)]
    )
    assert both.is_valid
    assert 0 < one.area < both.area
    assert area_builder.combine_parts(
        MUNICIPALITY, start, [PartChange(parts[0]), PartChange(parts[0], added=False)]
    ).is_empty


def test_a_child_chooses_from_the_streets_of_the_whole_town(start: Point) -> None:
    """By the alphabet, whatever the place: who is not asked where they live finds their streets by name."""
    streets = area_builder.all_streets(MUNICIPALITY)
    near = area_builder.available_parts(MUNICIPALITY, start, "street")
    assert [part.names for part in streets] == sorted(part.names for part in streets)
    assert set(near) < set(streets)
    assert not area_builder.combine_parts(MUNICIPALITY, start, [PartChange(streets[0])]).is_empty


def test_area_is_described(start: Point) -> None:
    description = area_builder.describe_area(
        MUNICIPALITY, area_builder.combine_parts(MUNICIPALITY, start, [walk(10)])
    )
    assert description.parts == 1
    assert len(description.between) == 2
    assert len(set(description.between)) == 2
    assert description.inside["education"] >= 1


def test_home_leaves_three_facts_at_most(start: Point) -> None:
    """Inside or not, the official buurt, and a square where enough people live; never the point."""
    drawn = start.buffer(200)
    found = home_location.home_facts(MUNICIPALITY, start, drawn)
    assert found.inside is True
    assert found.unit.startswith("BU")
    assert found.cell in {"", grid_cell(start)}
    assert found.to_centre_m is None
    assert home_location.home_facts(MUNICIPALITY, Point(start.x + 300, start.y), drawn).inside is False
    assert home_location.home_facts(MUNICIPALITY, None, drawn).unit == ""
