"""Protect without blinding: honest neighbourhoods keep what they share."""

import numpy as np
import pyogrio
import pytest
import shapely

from geo.release.give_away import shown_bands, true_bands

CELL_M = 25.0


@pytest.fixture(scope="module")
def groups(shared):
    """Drawings of 0.2 to 6 km2 of everybody who named one neighbourhood of New York, in metres."""
    drawn = pyogrio.read_dataframe(
        shared("sketches/new_york_dnainfo_2015.gpkg"), columns=["neighborhoodLive"]
    )
    drawn = drawn[drawn["neighborhoodLive"] != "Other"].to_crs(32618)
    drawn = drawn.set_geometry(
        shapely.make_valid(drawn.geometry.to_numpy(), method="structure", keep_collapsed=False)
    )
    drawn = drawn[drawn.area.between(0.2e6, 6e6)]
    counted = drawn["neighborhoodLive"].value_counts()
    names = sorted(counted.index[counted >= 60])[:90]
    return [drawn.geometry[drawn["neighborhoodLive"] == name].to_numpy() for name in names]


def hidden(groups, n, percent):
    """Return the part of the groups whose band of a percentage is not shown, of those who share any ground."""
    chance, lost = np.random.default_rng(5), []
    for everybody in groups:
        some = chance.choice(everybody, size=n, replace=False)
        bands = true_bands(n)
        if any(band.percent == percent for band in bands):
            lost.append(percent not in {band.percent for band in shown_bands(some, bands, cell_m=CELL_M)})
    return float(np.mean(lost))


@pytest.mark.parametrize(("n", "most"), [(10, 0.2), (12, 0.1), (20, 0.1), (50, 0.02)])
def test_honest_neighbourhoods_keep_their_core(groups, n, most):
    """At most so many of ninety neighbourhoods lose the band that half of n drawers share."""
    assert len(groups) >= 80
    assert hidden(groups, n, 50) <= most


def test_most_bands_of_six_people_are_hidden(groups):
    """Where five of six decide, more than a third of the neighbourhoods would give somebody away."""
    assert hidden(groups, 6, 75) > 0.3
