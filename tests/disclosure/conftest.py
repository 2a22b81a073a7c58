"""A store with one real project in it, beside the buurten and wijken of the demo municipality."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyogrio
import pytest

from store import Project, Store
from study import context
from tests.support.temp_store import ROOT, own_store

LAYERS = ("buurt_2025", "wijk_2025")
AGES = ("0_tot_15_jaar", "15_tot_25_jaar", "25_tot_45_jaar", "45_tot_65_jaar", "65_jaar_en_ouder")
COLUMNS = [
    "code", "name", "gemeentecode", "gemeentenaam", "wijkcode", "water", "meest_voorkomende_postcode",
    "aantal_inwoners", *(f"percentage_personen_{age}" for age in AGES), "jaar",
]  # fmt: skip


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the buurten and wijken of the demo municipality, and of each how many live there.

    Drawings are compared with them as in the whole of it. Facilities and other key figures, which rest on nobody who
    drew, would take half of the time of every edition.
    """
    whole, folder = ROOT / "data" / "boundaries" / "GM9901", tmp_path_factory.mktemp("small")
    town = folder / "GM9901"
    town.mkdir()
    for layer in LAYERS:
        table = pyogrio.read_dataframe(whole / "areas.gpkg", layer=layer)
        kept = table[[*(column for column in COLUMNS if column in table), "geometry"]]
        pyogrio.write_dataframe(kept, town / "areas.gpkg", layer=layer, append=layer != LAYERS[0])
    lock = json.loads((whole / "lock.json").read_text(encoding="utf-8"))
    lock["layers"] = [one for one in lock["layers"] if one["layer"] in LAYERS]
    (town / "lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


@pytest.fixture
def private_store(tmp_path: Path, small_town: Path) -> Iterator[Store]:
    with own_store(tmp_path, BUURT_DATA=str(small_town)):
        opened = context.get_store()
        opened.projects.save(Project("echt", "Echt", "GM9901", date(2099, 1, 1), questions=("age", "name")))
        yield opened


@pytest.fixture
def plain_store(private_store: Store) -> Store:
    """The same with no official area beside the drawings: what leaves is of people and neighbourhoods alone."""
    private_store.projects.save(replace(context.get_project("echt"), municipality=""))
    return private_store
