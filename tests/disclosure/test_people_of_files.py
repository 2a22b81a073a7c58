"""Rows of a file are people: of one project, once for each person, and the same file counts once."""

import json
from pathlib import Path

import pytest
import shapely

from geo.crs import to_wgs84
from geo.errors import InputRefused
from store import Store
from study.context import read_sketches
from study.imports.file_import import import_file
from study.publishing.editions import publishing_study
from tests.disclosure.residents import NARROW


def rows(path: Path, n: int, *, east_m: float = 0.0) -> Path:
    """Write rows of two for each person: the second a little to the east."""
    features = [
        {
            "type": "Feature",
            "properties": {"wie": f"p{number // 2}"},
            "geometry": shapely.geometry.mapping(
                to_wgs84(shapely.affinity.translate(NARROW, east_m + 7 * number))
            ),
        }
        for number in range(n)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_rows_of_one_person_count_once_in_the_project_they_are_added_to(
    private_store: Store, tmp_path: Path
) -> None:
    first = rows(tmp_path / "een.geojson", 12)
    for _ in range(2):  # the same file once more adds nothing
        made = import_file(first, role="sketches", project="wijk", person="wie")
        assert made.kept_as == "wijk"
    assert len(private_store.contributions.read_sketches("wijk")) == 12
    assert len(read_sketches(publishing_study("wijk"))) == 6
    import_file(rows(tmp_path / "twee.geojson", 4, east_m=300), role="sketches", project="wijk")
    assert len(private_store.contributions.read_sketches("wijk")) == 16
    # Without a column each of the four rows is a person.
    assert len(read_sketches(publishing_study("wijk"))) == 10


def test_a_file_never_goes_among_invented_residents(private_store: Store, tmp_path: Path) -> None:
    file = rows(tmp_path / "een.geojson", 2)
    before = len(private_store.contributions.read_sketches("demo"))
    with pytest.raises(InputRefused):
        import_file(file, role="sketches", project="demo")
    with pytest.raises(InputRefused):
        import_file(file, role="sketches", project="wijk", person="no such column")
    assert len(private_store.contributions.read_sketches("demo")) == before
