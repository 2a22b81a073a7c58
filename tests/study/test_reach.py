"""An area without pointing: put together, taken apart, and said in a sentence."""

import pytest
import shapely
from shapely import Point

from study import reach, where
from study.demo import TOWN
from study.reach import Part, Step


@pytest.fixture(scope="module")
def start() -> Point:
    found = where.point(where.search(TOWN, "Kerkstraat")[0])
    assert found is not None
    return found


def walk(minutes: int) -> Step:
    return Step(Part("walk", str(minutes), ()))


def test_nothing_chosen_is_nothing(start: Point) -> None:
    assert reach.built(TOWN, start, []).is_empty


def test_longer_walk_holds_the_shorter(start: Point) -> None:
    """Who can walk ten minutes can walk five; nobody comes farther than the crow flies."""
    grounds = [reach.built(TOWN, start, [walk(minutes)]) for minutes in reach.MINUTES]
    for minutes, shorter, longer in zip(reach.MINUTES, grounds, grounds[1:], strict=False):
        assert shapely.difference(shorter, longer.buffer(5)).area < 0.02 * shorter.area
        crow = start.buffer(minutes * reach.WALK_M_PER_MIN + 250)
        assert shapely.difference(shorter, crow).area < 1.0


def test_walk_does_not_point_at_a_door() -> None:
    """Far from any street it is a circle; two homes in one 100 m square have the same one."""
    one, other = (reach.walk(TOWN, Point(x, y), 10) for x, y in ((250_012, 500_034), (250_088, 500_071)))
    assert one.equals(other)
    assert one.centroid.distance(Point(250_050, 500_050)) < 0.01


@pytest.mark.parametrize("kind", ["street", "pc6", "block"])
def test_parts_are_offered_near_and_can_be_added_and_taken_away(kind: reach.Kind, start: Point) -> None:
    parts = reach.offered(TOWN, start, kind)
    assert 2 < len(parts) <= reach.MOST_OFFERED
    assert all(part.names for part in parts)
    both = reach.built(TOWN, start, [Step(parts[0]), Step(parts[1])])
    one = reach.built(TOWN, start, [Step(parts[0]), Step(parts[1]), Step(parts[1], added=False)])
    assert both.is_valid
    assert 0 < one.area < both.area
    assert reach.built(TOWN, start, [Step(parts[0]), Step(parts[0], added=False)]).is_empty


def test_area_is_described(start: Point) -> None:
    told = reach.described(TOWN, reach.built(TOWN, start, [walk(10)]))
    assert told.parts == 1
    assert len(told.between) == 2
    assert len(set(told.between)) == 2
    assert told.inside["education"] >= 1


def test_home_leaves_three_facts_at_most(start: Point) -> None:
    """Inside or not, the official buurt, and a square where enough people live; never the point."""
    drawn = start.buffer(200)
    found = where.facts(TOWN, start, drawn)
    assert found.inside is True
    assert found.unit.startswith("BU")
    assert found.cell in {"", where.cell(start)}
    assert found.to_centre_m is None
    assert where.facts(TOWN, Point(start.x + 300, start.y), drawn).inside is False
    assert where.facts(TOWN, None, drawn).unit == ""
