"""The project opens in QGIS itself, Debian's, with everything where a planner looks for it."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import i18n
from maps import style
from maps.qgis.project import qgis_files
from study.publishing.files.package import package_of, package_words
from study.publishing.formats import write_companions, write_publication
from study.publishing.publication import Publication
from tests.support import qgis_reader
from tests.support.editions import published
from tests.support.temp_store import own_store

pytestmark = pytest.mark.nightly

W = i18n.get_translator("nl")
LOOK = partial(qgis_files, say=W)
PYTHON = "/usr/bin/python3"
"""Which Debian's QGIS is made for."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publication]:
    with own_store(tmp_path_factory.mktemp("store"), BUURT_LICENCE="CC-BY-4.0"):
        yield published()


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sheet") / "sheet.png"


@pytest.fixture(scope="module")
def opened(made: Publication, picture: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What QGIS says of the project, in a folder that both files were moved to."""
    assert shutil.which("qgis"), "QGIS is absent: start.py nightly installs it"
    first, folder = tmp_path_factory.mktemp("first") / "buurt.gpkg", tmp_path_factory.mktemp("elders")
    write_publication(made, first, W, LOOK)
    for file in (first, *write_companions(made, first, W, LOOK)):
        shutil.move(file, folder / file.name)
    command = [PYTHON, qgis_reader.__file__, str(folder / "buurt.qgz"), str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_qgis_opens_every_layer_without_a_complaint(opened: dict[str, Any], made: Publication) -> None:
    assert opened["read"]
    assert opened["complaints"] == []
    assert (opened["title"], opened["plane"]) == (
        W("metadata.title", name="Zuiderwaard", edition=1),
        "EPSG:28992",
    )
    package = package_of(made)
    assert {key.removeprefix("beleefde_buurt_") for key in opened["layers"]} == set(package.tables)
    for key, layer in opened["layers"].items():
        name = key.removeprefix("beleefde_buurt_")
        assert layer["valid"], key
        assert layer["rows"] == len(package.tables[name]), key
        assert layer["plane"] == ("EPSG:28992" if name in package.spatial else ""), key
    assert {k for k, one in opened["layers"].items() if one["shown"]} == {
        "beleefde_buurt_disputed", "beleefde_buurt_cores_smooth", "beleefde_buurt_areas"
    }  # fmt: skip


def test_qgis_says_columns_and_keys_in_words(opened: dict[str, Any], made: Publication) -> None:
    for layer in package_words(package_of(made), W).layers:
        seen = opened["layers"][f"beleefde_buurt_{layer.name}"]
        assert seen["aliases"] == {"fid": "", **{field.name: field.title for field in layer.fields}}
        words = {
            field.name: [{word: key} for key, word in field.values] for field in layer.fields if field.values
        }
        assert seen["words"] == words
        assert seen["licences"] == ["CC-BY-4.0"]
        assert seen["title"] == layer.title


def test_qgis_draws_our_styles_and_labels(opened: dict[str, Any]) -> None:
    cores, areas = (opened["layers"][f"beleefde_buurt_{name}"] for name in ("cores_smooth", "areas"))
    assert cores["renderer"] == "QgsCategorizedSymbolRenderer"
    assert cores["legend"] == [W("figure.band", percent=percent) for percent in (25, 50, 75)]
    assert cores["labels"]
    assert areas["labels"]


def test_the_sheet_shows_the_cores(opened: dict[str, Any], picture: Path) -> None:
    assert opened["sheet"] == ["about", "legend", "map", "north", "page", "rules", "scale", "title"]
    assert opened["drawn"]
    with Image.open(picture) as drawn:
        seen = Counter(drawn.convert("RGB").get_flattened_data())
    # Half of the drawers, at 150 of 255 over white; and the edge of all cores.
    red, green, blue = (
        round(int(style.CORES[75][at : at + 2], 16) * 150 / 255 + 255 - 150) for at in (1, 3, 5)
    )
    near = sum(
        n for (r, g, b), n in seen.items() if abs(r - red) < 6 and abs(g - green) < 6 and abs(b - blue) < 6
    )
    assert near > 1000
