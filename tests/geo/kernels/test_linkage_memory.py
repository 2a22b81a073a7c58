"""Grouping as many drawings as there ever were: memory and time, measured in a process of its own."""

import json
import subprocess
import sys

import pytest

GROUPED = """
import json, resource, sys, time
import geopandas as gpd, numpy as np, pyogrio, shapely
from geo import crs
from geo.consensus.clustering import cluster_sketches

table = pyogrio.read_dataframe(sys.argv[1], columns=[])
plane = crs.planar(tuple(table.total_bounds))
shapes = crs.to_planar(table.geometry.to_numpy(), plane)
shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
area = shapely.area(shapes)
shapes = shapes[(area > 0) & (area <= 1e8)]
shapes = np.random.default_rng(1).permutation(shapes)[: int(sys.argv[2])]
drawn = gpd.GeoDataFrame(
    geometry=shapes, crs=plane, index=[f"s{k:05d}" for k in range(len(shapes))]
).rename_axis("sketch_id")
cluster_sketches(drawn.iloc[:300])  # compile
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.process_time()
cluster = cluster_sketches(drawn)
print(json.dumps({
    "n": len(drawn),
    "seconds": time.process_time() - begun,
    "before_mb": before / 1e3,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    "largest": int(cluster.value_counts().iloc[0]),
}))
"""


def grouped(shared, n):
    """Group n drawings of New York; return what it took."""
    file = shared("sketches/new_york_dnainfo_2015.gpkg")
    finished = subprocess.run(
        [sys.executable, "-c", GROUPED, str(file), str(n)], capture_output=True, text=True, check=True
    ).stdout
    return json.loads(finished)


def test_memory_does_not_grow_with_the_square(shared) -> None:
    """5,000 drawings: 25 million pairs, of which 0.4 million share ground. A full table took 800 MB."""
    took = grouped(shared, 5_000)
    assert took["n"] == 5_000
    assert took["peak_mb"] - took["before_mb"] < 200


@pytest.mark.nightly
def test_all_drawings_of_new_york_within_2_gb_and_120_s(shared) -> None:
    """41,584 drawings, 29 million pairs that share ground; a full table would take 55 GB."""
    took = grouped(shared, 50_000)
    assert took["n"] == 41_584
    assert took["peak_mb"] < 2_000
    assert took["seconds"] < 120
