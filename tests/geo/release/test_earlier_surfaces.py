"""No row of releases is anybody's drawing."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.release.earlier_surfaces import MAX_EVER, MAX_FREED, EarlierGround, EarlierSurface
from geo.release.give_away import Band, shown_bands

CELL_M = 100.0


def boxes(*spans):
    """Strips of a hundred metres, from one x to another."""
    return np.array([shapely.box(west, 0, east, 100) for west, east in spans], dtype=object)


def strip(west, east):
    return shapely.box(west, 0, east, 100)


def beside(person, *spans):
    """One person, and others who share a stretch with them and much more with each other."""
    others = [shapely.union(strip(west, east), shapely.box(0, 500, 9000, 600)) for west, east in spans]
    return np.array([strip(*person), *others], dtype=object)


def released(areas, position, *shown, n_erased=0):
    return EarlierSurface(areas, np.array(position, dtype=np.int64), n_erased, shown)


def test_ground_that_goes_with_somebody_shows_their_drawing():
    """Of a drawing of 1,000 m 200 m are gone; ground outside it went with others."""
    now = boxes(*[(200, 1000)] * 6)
    was = released(boxes((0, 1000), *[(200, 1000)] * 5), [-1, 0, 1, 2, 3, 4], (5, strip(-500, 1000)))
    ground = EarlierGround(now, [was], CELL_M)
    assert ground.largest_part_freed(5) == 0.2
    assert ground.largest_part_freed(6) == 0.0, "of more people than before nothing can be said"
    assert shown_bands(now, [Band(5, 50)], cell_m=CELL_M) == (Band(5, 50),)
    assert shown_bands(now, [Band(5, 50)], earlier=[was], cell_m=CELL_M) == ()


def test_a_tenth_may_go():
    """Exactly `MAX_FREED` is no more than it."""
    now = boxes(*[(100, 1000)] * 6)
    was = released(boxes((0, 1000)), [-1], (5, strip(0, 1000)))
    assert EarlierGround(now, [was], CELL_M).largest_part_freed(5) == MAX_FREED
    assert shown_bands(now, [Band(5, 50)], earlier=[was], cell_m=CELL_M) == (Band(5, 50),)


def test_a_band_of_fewer_people_is_held_against_all_earlier_ones():
    """What seven shared before and not even five share now is gone, whatever the band is called."""
    now = boxes(*[(500, 1000)] * 6)
    was = released(boxes((0, 1000)), [-1], (7, strip(0, 600)), (4, strip(0, 900)))
    assert EarlierGround(now, [was], CELL_M).largest_part_freed(5) == 0.5
    assert EarlierGround(now, [was], CELL_M).largest_part_freed(8) == 0.0


def test_an_erased_drawing_counts_for_the_smallest():
    """Two of six were erased: 100 m are gone, and the smallest drawing that is there is 500 m."""
    now = boxes(*[(100, 1000)] * 4, (100, 600), (100, 600))
    was = released(now[:4], [0, 1, 2, 3], (5, strip(0, 600)), n_erased=2)
    # Fewer than five share 600..1000 now, but nothing of that was shown.
    assert EarlierGround(now, [was], CELL_M).largest_part_freed(5) == 0.2
    nobody = released(now[:0], [], (5, strip(0, 600)), n_erased=6)
    assert EarlierGround(now, [nobody], CELL_M).largest_part_freed(5) == 0.2


def test_releases_together_leave_nobody_more_than_three_quarters():
    """Alone in 0..400 before; 400..700 now makes seven tenths, and 400..800 eight."""
    person = (0, 1000)
    was = released(boxes(person, *[(0, 400)] * 4), [0, -1, -1, -1, -1], (5, strip(0, 400)))
    for east, shown in ((700, True), (800, False)):
        now = beside(person, *[(400, east)] * 4)
        assert EarlierGround(now, [was], CELL_M).gives_too_much([5]) is not shown
        assert EarlierGround(now, [], CELL_M).gives_too_much([5]) is False


def test_while_somebody_passes_the_limit_bands_wait():
    """Eight tenths may have been decided alone before: a band waits, unless that person decides nothing of it."""
    person = (0, 1000)
    was = released(boxes(person, *[(0, 800)] * 4), [0, -1, -1, -1, -1], (5, strip(0, 800)))
    again, none = beside(person, *[(0, 300)] * 4), beside(person, *[(0, 300)] * 6)
    assert EarlierGround(again, [was], CELL_M).gives_too_much([5]) is True
    assert EarlierGround(none, [was], CELL_M).gives_too_much([5]) is False


def test_what_was_erased_may_have_been_decided_alone():
    """Four of five are there: the ground of the four may have been the fifth's and theirs alone."""
    person = (0, 1000)
    there = boxes(person, *[(0, 600)] * 3)
    was = released(there, [0, -1, -1, -1], (5, strip(0, 600)), n_erased=1)
    now = beside(person, *[(600, 800)] * 4)
    assert EarlierGround(now, [was], CELL_M).gives_too_much([5]) is True


def test_the_more_was_erased_the_less_is_known():
    """Five are there in the band of five: with three more who were erased it was hardly decided alone."""
    person = (0, 1000)
    there = beside(person, *[(0, 600)] * 4)
    now = beside(person, *[(600, 800)] * 4)
    for n_erased, waits in ((0, True), (3, False)):
        was = released(there, [0, -1, -1, -1, -1], (5, strip(0, 600)), n_erased=n_erased)
        assert EarlierGround(now, [was], CELL_M).gives_too_much([5]) is waits


def test_another_outline_begins_anew():
    """Who drew anew is held against nothing that the drawing of before decided."""
    was = released(boxes((0, 1000), *[(0, 700)] * 4), [-1] * 5, (5, strip(0, 700)))
    now = beside((0, 1000), *[(700, 1000)] * 4)
    assert EarlierGround(now, [was], CELL_M).gives_too_much([5]) is False


cells = st.integers(0, 14)
spans = st.tuples(cells, cells).map(lambda two: (100 * min(two), 100 * max(two) + 100))


@given(st.lists(st.lists(spans, min_size=6, max_size=9), min_size=2, max_size=4), st.data())
def test_no_row_of_releases_passes_the_limits(rows, data):
    """Counted by hand, cell by cell, over releases of people who join, leave and draw anew."""
    people = {}
    history = []
    for release, drawn in enumerate(rows):
        people = {key: people[key] for key in people if data.draw(st.booleans())}
        people |= {f"{release} {at}": span for at, span in enumerate(drawn[len(people) :])}
        keys = sorted(people)
        areas = boxes(*[people[key] for key in keys])
        earlier = [
            released(boxes(*was.values()), [keys.index(key) if key in keys else -1 for key in was], *shown)
            for was, shown in history
            if shown
        ]
        bands = [Band(k, percent) for percent, k in ((50, 3), (75, 4))]
        kept = shown_bands(areas, bands, earlier=earlier, cell_m=CELL_M)
        count = lay(people)
        shown = tuple((band.people, union(np.flatnonzero(count >= band.people))) for band in kept)
        history.append((dict(people), tuple(one for one in shown if not one[1].is_empty)))
    for at, (now, shown) in enumerate(history):
        for was, before in history[:at]:
            for key in was.keys() - now.keys():
                own = lay({key: was[key]}) > 0
                assert (freed(before, lay(now), shown) & own).sum() <= MAX_FREED * own.sum()
    for key in {key for now, _ in history for key in now}:
        alone, own = decided_alone(key, history)
        assert alone <= MAX_EVER * own


def freed(before, count, shown):
    """The cells that some band of before shows, and a band of now of as many people or fewer does not."""
    gone = np.zeros(15, dtype=bool)
    for people, _ in shown:
        for k, ground in before:
            gone |= cells_of(ground) & (count < people) & (k >= people)
    return gone


def decided_alone(key, history):
    """Count the cells of a drawing that its maker decided alone at any time, and all of its cells."""
    alone, own = np.zeros(15, dtype=bool), np.zeros(15, dtype=bool)
    for now, shown in history:
        if key in now:
            own = lay({key: now[key]}) > 0
            for k, _ in shown:
                alone |= own & (lay(now) == k)
    return alone.sum(), own.sum()


def lay(people):
    """Count the people on each of fifteen cells."""
    count = np.zeros(15, dtype=int)
    for west, east in people.values():
        count[west // 100 : east // 100] += 1
    return count


def union(found):
    return shapely.union_all([strip(100 * at, 100 * at + 100) for at in found])


def cells_of(ground):
    return np.array([ground.covers(shapely.Point(100 * at + 50, 50)) for at in range(15)])


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_before_changes_nothing(n):
    now = boxes(*[(0, 400)] * 12)
    was = [released(boxes((0, 400)), [0])] * n
    assert shown_bands(now, [Band(6, 50)], earlier=was) == (Band(6, 50),)
