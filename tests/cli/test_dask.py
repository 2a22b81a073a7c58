"""`--dask`: a cluster on this machine gives the answer of one process, also when it loses a worker midway."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from benchmarks import national
from geo.errors import ClusterUnreachable
from study.analysis import batch
from study.jobs import parts
from tests.support import dask_cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on the loopback address; give its address and the workers."""
    with dask_cluster.started(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """400 drawings in a file and in a folder of four parts, and a hundred squares of 500 m."""
    folder, chance = tmp_path_factory.mktemp("files"), np.random.default_rng(7)
    x, y = chance.uniform(150_000, 155_000, 400), chance.uniform(460_000, 465_000, 400)
    r = chance.uniform(100, 600, 400)
    drawn = gpd.GeoDataFrame(
        {
            "home": [
                f"h{int(a // 1250)}{int(b // 1250)}" for a, b in zip(x - 150_000, y - 460_000, strict=True)
            ]
        },
        geometry=shapely.buffer(shapely.points(x, y), r, quad_segs=5),
        crs=28992,
    )
    corners = [(150_000 + 500 * i, 460_000 + 500 * j) for i in range(10) for j in range(10)]
    areas = gpd.GeoDataFrame(
        {"code": [f"a{n}" for n in range(100)], "name": [f"area {n}" for n in range(100)]},
        geometry=[shapely.box(a, b, a + 500, b + 500) for a, b in corners],
        crs=28992,
    )
    drawn.to_file(folder / "drawn.gpkg")
    areas.to_file(folder / "areas.gpkg")
    (folder / "parts").mkdir()
    for n in range(4):
        drawn.iloc[100 * n : 100 * (n + 1)].to_parquet(folder / "parts" / f"part-{n}.parquet")
    return folder / "drawn.gpkg", folder / "parts", folder / "areas.gpkg"


def plain(found: batch.BatchResult | batch.ConsensusResult) -> dict[str, object]:
    return {name: value for name, value in found.as_json().items() if name not in ("seconds", "peak_mb")}


def test_cluster_that_does_not_answer_is_named(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ClusterUnreachable):
        batch.compare_files(files[0], [files[2]], tmp_path / "out.gpkg", dask="tcp://127.0.0.1:9")


def test_folder_of_parts_is_read_as_one_file(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    one = batch.compare_files(files[0], [files[2]], tmp_path / "one.gpkg")
    many = batch.compare_files(files[1], [files[2]], tmp_path / "many.gpkg")
    assert plain(one) == plain(many)
    assert one.n_in == 400


@pytest.mark.nightly
def test_cluster_gives_the_answer_of_one_process_also_when_it_loses_a_worker(
    files: tuple[Path, Path, Path],
    tmp_path: Path,
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn, folder, areas = files
    address, workers = cluster
    monkeypatch.setattr(batch, "ROWS", 20)
    here = batch.compare_files(folder, [areas], tmp_path / "here.gpkg")
    agreed = batch.group_consensus(drawn, "home", tmp_path / "agreed.gpkg", areas=[areas])
    there = batch.compare_files(folder, [areas], tmp_path / "there.gpkg", dask=address)
    assert plain(here) == plain(there)
    for layer in ("sketches", "pairs_areas"):
        one, other = (
            pyogrio.read_dataframe(tmp_path / f"{name}.gpkg", layer=layer) for name in ("here", "there")
        )
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), rtol=1e-9, atol=0)

    done = threading.Event()

    def lose(part: float) -> None:
        if part >= 0.25 and not done.is_set():
            workers[0].send_signal(signal.SIGKILL)
            done.set()

    lost = batch.group_consensus(
        drawn,
        "home",
        tmp_path / "lost.gpkg",
        areas=[areas],
        dask=address,
        progress=lambda step, part: lose(part) if step == "compare" else None,
    )
    assert done.is_set()
    assert plain(lost) == plain(agreed)
    assert parts.MAX_UNDER_WAY > 4, "there was work left to lose"


@pytest.mark.nightly
def test_a_country_is_the_same_on_a_cluster() -> None:
    """The benchmark of a million drawings, with a thousand: all buurten, by the command itself."""
    found = national.run(1_000)
    assert found["kept"] == 1_000
    assert found["equal"]
