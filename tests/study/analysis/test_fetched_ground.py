"""Borders in a municipality as it is really fetched: streets and railways under their own names, homes by postcode."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

import layers
from geo.crs import RD
from layers.cache import AREAS_FILE, BASEMAP_FILE, LOCK, fingerprint, write_layer
from layers.official import belt
from layers.services.addresses import data_folder
from study import demo_project
from study.analysis import borders, comparison, facilities, key_figures
from study.analysis.evidence import border_model
from study.context import Study, current_study
from study.demo_project import PROJECT
from tests.conftest import ROOT
from tests.support.temp_store import own_store

FETCHED = {"roads": "streets", "rail": "railways"}


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """The shipped town under the names of OpenStreetMap, its postcodes with the homes of CBS."""
    folder = tmp_path_factory.mktemp("fetched")
    shutil.copytree(ROOT / "data" / "boundaries" / "GM9901", folder / "GM9901")
    home = folder / "GM9901"
    lock = json.loads((home / "lock.json").read_text("utf-8"))
    for entry in lock["layers"]:
        if entry["layer"] in FETCHED:
            table = pyogrio.read_dataframe(home / entry["file"], layer=entry["layer"])
            entry["layer"] = entry["key"] = FETCHED[entry["layer"]]
            pyogrio.write_dataframe(table, home / entry["file"], layer=entry["layer"], append=True)
        if entry["layer"] == "pc6_2025":
            table = pyogrio.read_dataframe(home / entry["file"], layer="pc6_2025")
            table["built"] = ["voor_1945" if at % 2 else "75_tot_85" for at in range(len(table))]
            table["dwelling"] = None
            pyogrio.write_dataframe(table, home / entry["file"], layer="pc6_2025", append=False)
            entry["sha256"] = fingerprint(table)
    (home / "lock.json").write_text(json.dumps(lock), "utf-8")
    with own_store(folder, BUURT_DATA=str(folder)):
        yield current_study(PROJECT)


def test_a_fetched_street_or_railway_lies_on_a_border(fetched: Study) -> None:
    """They come as streets and railways; under other names nothing would seem to run along a border."""
    assert {"main_road", "rail"} & set(borders.border_table(fetched, "buurt")["lies_on"])


def test_the_model_knows_streets_and_building_years_of_a_fetched_town(fetched: Study) -> None:
    """Every second postcode is of before 1945; of the kind of home nothing is known, and that is said."""
    found = border_model.border_model(fetched)
    assert {"main_road", "building_age"} <= set(found.table.index)
    assert found.absent == ("dwelling_type",)


def test_what_is_not_there_is_no_gap_in_what_is_known(
    fetched: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A town without a railway has a layer without rows: that is known. Of water there is no layer: that is not."""
    home = tmp_path / "GM9901"
    shutil.copytree(data_folder() / "GM9901", home)
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    lock = json.loads((home / "lock.json").read_text("utf-8"))
    lock["layers"] = [entry for entry in lock["layers"] if entry["layer"] not in ("water", "canals")]
    (home / "lock.json").write_text(json.dumps(lock), "utf-8")
    railways = layers.read_basemap("GM9901")["railways"]
    write_layer(
        railways.iloc[:0], code="GM9901", municipality=lock["name"], layer="railways", file=BASEMAP_FILE,
        key="railways", made_up=True, **ABOUT,
    )  # fmt: skip
    found = border_model.border_model(current_study(PROJECT))
    assert "rail" not in found.table.index
    assert found.absent == ("water", "dwelling_type")


ABOUT = {"source": "made up", "licence": "", "date": "2025", "fetched": "2025-05-01T00:00:00+00:00"}


def land_around(**figures: float | None) -> gpd.GeoDataFrame:
    """Return all land round the shipped town, as one buurt of 1,000 people a km2."""
    town = layers.read_areas(demo_project.MUNICIPALITY, "buurt", water=True)
    shape = shapely.difference(shapely.box(*town.total_bounds).buffer(5_000), town.union_all())
    known = dict.fromkeys(key_figures.FIGURES, 40.0) | {"aantal_inwoners": shape.area / 1_000} | figures
    return gpd.GeoDataFrame(
        {"name": ["Rondom"], "water": [False], **{key: [value] for key, value in known.items()}},
        geometry=[shape],
        crs=RD,
        index=pd.Index(["BU99020001"], name="code"),
    )


def neighbour(made_up: bool, **figures: float | None) -> None:
    """Write a municipality that is all land round the shipped town."""
    write_layer(
        land_around(**figures), code="GM9902", municipality="Rondom", layer="buurt_2025", file=AREAS_FILE,
        key="buurt", year=2025, made_up=made_up, **ABOUT,
    )  # fmt: skip


def on_the_border(study: Study) -> gpd.GeoDataFrame:
    """Circles round spots on the border of the municipality."""
    units = comparison.division_areas(study, "buurt")
    edge = units.union_all().boundary
    spots = [edge.interpolate(part, normalized=True).buffer(600) for part in np.linspace(0, 0.9, 10)]
    return gpd.GeoDataFrame(geometry=spots, crs=units.crs, index=[f"edge-{at}" for at in range(len(spots))])


def people_in(study: Study) -> pd.DataFrame:
    return key_figures.carried_figures(study, "buurt", on_the_border(study)).loc["aantal_inwoners"]


def test_a_neighbour_on_disk_makes_a_bound_a_figure(fetched: Study) -> None:
    """Beyond the border live 1,000 a km2: that many are added to the lower bound, and nothing lies outside."""
    before = people_in(fetched)
    assert (before["telling"] == "at_least").any()
    neighbour(True)
    study = current_study(PROJECT)
    ground = on_the_border(study)
    found = key_figures.carried_figures(study, "buurt", ground)
    assert found.attrs["neighbours"] == ("Rondom",)
    assert found.attrs["outside"].max() == pytest.approx(0, abs=0.01)
    people = found.loc["aantal_inwoners"]
    assert "at_least" not in set(people["telling"])
    beyond = ground.difference(layers.read_areas(demo_project.MUNICIPALITY, "buurt", water=True).union_all())
    bounded = before.index[before["telling"] == "at_least"]
    added = (people["value"] - before["value"])[bounded]
    assert added.to_numpy() == pytest.approx(beyond.area[bounded].to_numpy() / 1_000, rel=0.01, abs=1)


def test_the_belt_that_came_along_makes_a_bound_a_figure_too(
    fetched: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in the municipality's own folder, under a key of its own, and is no area of it."""
    shutil.copytree(data_folder() / "GM9901", tmp_path / "GM9901")
    monkeypatch.setenv("BUURT_DATA", str(tmp_path))
    before = people_in(current_study(PROJECT))
    assert (before["telling"] == "at_least").any()
    write_layer(
        land_around().assign(municipality="Rondom"), code="GM9901", municipality="Zuiderwaard", file=belt.FILE,
        layer=belt.layer_name("buurt", 2025), key=belt.key_of("buurt"), year=2025, made_up=True, **ABOUT,
    )  # fmt: skip
    study = current_study(PROJECT)
    found = key_figures.carried_figures(study, "buurt", on_the_border(study))
    assert found.attrs["neighbours"] == ("Rondom",)
    assert "at_least" not in set(found.loc["aantal_inwoners", "telling"])
    assert "BU99020001" not in comparison.division_areas(study, "buurt").index


def test_a_fetch_elsewhere_keeps_every_answer_but_figures_beyond_the_border(fetched: Study) -> None:
    """What residents drew and the own areas stay the key; a kept answer is the very same table."""
    before = current_study(PROJECT)
    cluster = int(comparison.neighbourhoods(before).index[0])

    def answers(study: Study) -> list[object]:
        return [
            comparison.cluster_of_sketch(study),
            comparison.contours(study, cluster),
            key_figures.interpolated_figures(study, "buurt", cluster),
            facilities.facility_counts(study, cluster, "buurt"),
        ]

    kept = answers(before)
    assert [one is other for one, other in zip(answers(current_study(PROJECT)), kept, strict=True)] == [
        True
    ] * 4
    neighbour(True)
    after = current_study(PROJECT)
    assert after == before
    assert [one is other for one, other in zip(answers(after), kept, strict=True)] == [
        True,
        True,
        False,
        False,
    ]
    # A fetch of the municipality itself makes another key of everything.
    (data_folder() / "GM9901" / LOCK).touch()
    assert current_study(PROJECT) != before


def test_a_municipality_whose_lock_is_gone_has_a_token_all_the_same(fetched: Study) -> None:
    """A folder may vanish between looking for its lock and looking at it."""
    assert layers.data_version("GM0001") not in ("", layers.data_version("GM9901"))
    assert layers.neighbours_version("own_streets") == ""


@pytest.mark.parametrize(("made_up", "figures"), [(True, {"woningvoorraad": None}), (False, {})])
def test_a_neighbour_without_a_figure_or_of_another_world_leaves_the_bound(
    fetched: Study, made_up: bool, figures: dict[str, float | None]
) -> None:
    """What is not published is not nobody, and a real municipality is no neighbour of a made-up one."""
    neighbour(made_up, **figures)
    found = people_in(current_study(PROJECT))
    assert (found["telling"] == "at_least").any()
