"""The BGT as its service answers: every version there ever was, and what is gone beside what is there."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import shape

from layers.catalogue import BGT_COLLECTIONS
from layers.contracts import CONTRACTS
from layers.services import bgt
from layers.services.http import HttpClient
from tests.support.fake_services import Netherlands

BOX = (92_000.0, 445_000.0, 94_000.0, 447_000.0)


def test_removed_objects_are_no_benches(shared: Callable[[str], Path]) -> None:
    """Of six rows one bench and one seat are there today."""
    recorded = json.loads(shared("recorded/evidence/bgt-straatmeubilair.json").read_text(encoding="utf-8"))
    features = recorded.get("body", recorded)["features"]
    raw = gpd.GeoDataFrame(
        [feature["properties"] for feature in features],
        geometry=[shape(feature["geometry"]) for feature in features],
        crs=28992,
    )
    found = bgt.normalise(raw)
    assert sorted(found.table["plus"]) == ["bank", "zitelement"]
    assert found.retired + found.planned == len(features) - 2


@pytest.mark.parametrize("has_moments", [True, False])
def test_a_moment_is_asked_where_that_can_be(
    has_moments: bool, netherlands: Netherlands, session: HttpClient
) -> None:
    for name in BGT_COLLECTIONS:
        netherlands.land.collections[f"{CONTRACTS[name].path}/collections/{name}"].has_moments = has_moments
    found = bgt.fetch_objects(session, BOX)
    assert len(found.table) > 0
    asked = [line for line in netherlands.asked if "datetime=" in line]
    assert len(asked) == len(BGT_COLLECTIONS)
    assert len(netherlands.asked) == (1 if has_moments else 2) * len(BGT_COLLECTIONS)


def test_the_older_path_is_asked_where_the_newer_is_gone(
    netherlands: Netherlands, session: HttpClient
) -> None:
    """One program saw 404 in July 2026; the same collections lie under v1_0 then."""
    whole = bgt.fetch_objects(session, BOX)
    for name in BGT_COLLECTIONS:
        terms = CONTRACTS[name]
        moved = netherlands.land.collections.pop(f"{terms.path}/collections/{name}")
        netherlands.land.collections[f"{terms.aliases[0]}/collections/{name}"] = moved
    assert set(bgt.fetch_objects(session, BOX).table.index) == set(whole.table.index)
