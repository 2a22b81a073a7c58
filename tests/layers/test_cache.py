"""The cache: whole layers or none, contents that can be proved, years side by side, fast."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import errors
from geo.crs import RD
from layers import cache
from layers.cache import Manifest, corrupt_layers, fingerprint, read_layer, write_layer
from layers.official import areas
from tests.support.browser import ROOT

FACTS = {
    "code": "GM1999",
    "municipality": "Testdam",
    "file": "areas.gpkg",
    "key": "buurt",
    "source": "CBS",
    "licence": "CC BY 4.0",
    "date": "2025",
    "fetched": "2026-11-21T10:00:00+00:00",
}


def squares(*codes: str, **columns: Any) -> gpd.GeoDataFrame:
    """Return squares of 100 m in a row."""
    shapes = [shapely.box(93_000 + 100 * n, 446_000, 93_100 + 100 * n, 446_100) for n in range(len(codes))]
    index = pd.Index(codes, name="code", dtype=object)
    return gpd.GeoDataFrame({"name": list(codes), **columns}, geometry=shapes, crs=RD, index=index)


def write(table: pd.DataFrame, layer: str = "buurt_2025", **facts: Any) -> cache.LayerRecord:
    return write_layer(table, layer=layer, **(FACTS | {"year": int(layer[-4:])} | facts))


def test_what_is_written_is_read_and_the_lock_tells_of_it(folder: Path) -> None:
    entry = write(squares("a", "b", aantal_inwoners=[1.0, None]), notes={"joined": 2})
    assert (entry.rows, entry.year, entry.notes) == (2, 2025, {"joined": 2})
    found = read_layer("GM1999", "buurt_2025")
    assert found["code"].tolist() == ["a", "b"]
    assert found.crs == RD
    assert found["aantal_inwoners"].isna().tolist() == [False, True]
    assert Manifest.read("GM1999").layers == {"buurt_2025": entry}
    assert corrupt_layers("GM1999") == []


def test_years_stand_side_by_side_and_the_newest_is_given(folder: Path) -> None:
    write(squares("a"), "buurt_2024", year=2024)
    write(squares("a", "b"), "buurt_2025", year=2025)
    assert areas.list_divisions("GM1999") == {"buurt": [2024, 2025]}
    assert len(areas.read_areas("GM1999", "buurt")) == 2
    assert len(areas.read_areas("GM1999", "buurt", 2024)) == 1
    with pytest.raises(errors.LayerNotFetched, match="buurt_2023"):
        areas.read_areas("GM1999", "buurt", 2023)


def test_a_table_without_shapes_is_a_layer_too(folder: Path) -> None:
    figures = pd.DataFrame({"wmo": [1.5]}, index=pd.Index(["a"], name="code"))
    write(figures, "figures_2025")
    assert read_layer("GM1999", "figures_2025")["wmo"].tolist() == [1.5]
    assert corrupt_layers("GM1999") == []


def test_a_write_that_fails_leaves_all_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full half-way: the old layer and the old lock stand, and no draft lies about."""
    write(squares("a"))
    before = {path.name: path.read_bytes() for path in (folder / "GM1999").iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyogrio, "write_dataframe", full)
    with pytest.raises(OSError, match="No space"):
        write(squares("a", "b"))
    assert {path.name: path.read_bytes() for path in (folder / "GM1999").iterdir()} == before


def test_a_layer_without_a_line_in_the_lock_is_not_there(folder: Path) -> None:
    """A crash between the two writes leaves a layer nobody vouches for."""
    write(squares("a"))
    write(squares("b"), "wijk_2025", key="wijk")
    lock = Manifest.read("GM1999")
    Manifest(lock.code, lock.name, False, {"buurt_2025": lock.layers["buurt_2025"]}).write()
    with pytest.raises(errors.LayerNotFetched, match="wijk_2025"):
        read_layer("GM1999", "wijk_2025")


def test_changed_contents_are_found_out(folder: Path) -> None:
    write(squares("a"))
    other = squares("z").reset_index()
    pyogrio.write_dataframe(other, folder / "GM1999" / "areas.gpkg", layer="buurt_2025", driver="GPKG")
    assert corrupt_layers("GM1999") == ["buurt_2025"]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 99}', '{"format": 1}', '{"format": 1, "layers": [{}]}']
)
def test_a_damaged_lock_is_told_of(folder: Path, text: str) -> None:
    (folder / "GM1999").mkdir()
    (folder / "GM1999" / "lock.json").write_text(text)
    with pytest.raises(errors.LockUnreadable):
        Manifest.read("GM1999")


def test_two_writers_take_turns(folder: Path) -> None:
    """Eight threads write eight years: all are there."""
    years = range(2018, 2026)
    threads = [
        threading.Thread(target=write, args=(squares("a"), f"buurt_{year}"), kwargs={"year": year})
        for year in years
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert areas.list_divisions("GM1999") == {"buurt": list(years)}
    assert corrupt_layers("GM1999") == []


WRITING = """
import sys
from pathlib import Path
from layers import cache
home = Path(sys.argv[1])
with cache.only_writer(home), cache.atomic_write(home / "areas.gpkg") as draft:
    draft.touch()
    print("writing", flush=True)
    input()
"""


def test_a_writer_is_waited_for_while_it_lives(folder: Path) -> None:
    """What a writer that was killed had begun is gone, and stands in nobody's way."""
    home = folder / "GM1999"
    home.mkdir()
    command = [sys.executable, "-c", WRITING, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        with pytest.raises(errors.CacheBusy), cache.only_writer(home, patience_s=0.0):
            pytest.fail("two writers at once")
        writer.kill()
        writer.wait()
    assert list(home.glob(".draft-*"))
    assert write(squares("a")).rows == 1
    assert not list(home.glob(".draft-*"))


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_file_that_is_lost_is_written_anew_and_what_was_in_it_is_asked_again(
    folder: Path, harm: str
) -> None:
    """Two layers in one file and one in another: with the first file both of its layers are gone."""
    write(squares("a"), "buurt_2024", year=2024)
    write(squares("a"), "buurt_2025", year=2025)
    write(squares("a"), "bench_2025", file="facilities.gpkg")
    file = folder / "GM1999" / "areas.gpkg"
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(b"no database")
    assert set(cache.available_layers("GM1999")) == {"bench_2025"}
    write(squares("a", "b"), "buurt_2025", year=2025)
    assert (
        set(cache.available_layers("GM1999"))
        == set(Manifest.read("GM1999").layers)
        == {"bench_2025", "buurt_2025"}
    )
    assert corrupt_layers("GM1999") == []


def test_a_lock_that_is_damaged_is_mended_by_fetching(folder: Path) -> None:
    write(squares("a"))
    (folder / "GM1999" / "lock.json").write_text('{"format": 1, "la')
    assert cache.available_layers("GM1999") == {}
    write(squares("a"))
    assert len(Manifest.read("GM1999").layers) == 1


@given(st.permutations(range(5)))
def test_the_order_of_rows_does_not_change_the_fingerprint(order: list[int]) -> None:
    table = squares(*"abcde", figure=[1, 2, None, 4, 5])
    assert fingerprint(table.iloc[order]) == fingerprint(table)


def test_the_lock_is_plain_to_read(folder: Path) -> None:
    write(squares("a"), url="https://api.pdok.nl/x")
    known = json.loads((folder / "GM1999" / "lock.json").read_text())
    assert (known["code"], known["name"], known["made_up"]) == ("GM1999", "Testdam", False)
    assert known["layers"][0]["url"] == "https://api.pdok.nl/x"
    assert len(known["layers"][0]["sha256"]) == 64


def test_fourteen_thousand_buurten_are_read_within_a_second(
    folder: Path, shared: Callable[[str], Path]
) -> None:
    """Measured 0.05 s; the promise is one second."""
    country = gpd.read_file(shared("boundaries/nl_buurten_2024_generalised.gpkg"))
    named = country.rename(columns={"buurtcode": "code", "buurtnaam": "name"}).set_index("code")
    write(named, "buurt_2024", year=2024)
    started = time.process_time()
    found = areas.read_areas("GM1999", "buurt")
    assert time.process_time() - started < 1
    assert len(found) == 14_566
