"""Own layers: what their owner tells of them stays, two that look alike stay apart, and one can be deleted."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo import errors
from geo.crs import RD
from layers import custom_figures, custom_layers, layer_replacement
from tests.support.fake_services import box


def save(name: str, digest: str, n: int = 1) -> custom_layers.CustomLayer:
    shapes = [box(100 * number, 0, 100, 100) for number in range(n)]
    codes = pd.Index([f"a{number}" for number in range(n)], name="code")
    table = gpd.GeoDataFrame({"name": list(codes)}, geometry=shapes, crs=RD, index=codes)
    return custom_layers.save_custom_layer(table, role="areas", name=name, date="2026-11-30", digest=digest)


def test_two_names_that_clean_to_one_stay_apart(folder: Path) -> None:
    first, second = save("Buurten (oost)", "aaa111", 3), save("Buurten-oost", "bbb222")
    assert first.key != second.key
    assert [own.rows for own in custom_layers.list_custom_layers("areas")] == [3, 1]


def test_what_is_told_of_a_layer_goes_with_its_table_and_stays_when_it_comes_again(folder: Path) -> None:
    key = save("buurten", "aaa111").key
    assert custom_layers.read_custom_layer(key).attrs["source"] == "buurten"
    custom_layers.describe_custom_layer(key, title="Onze buurten", source="Gemeente Testdam", year=2025)
    custom_layers.describe_custom_layer(key, licence="CC0 1.0")
    attrs = custom_layers.read_custom_layer(key).attrs
    assert (attrs["source"], attrs["year"], attrs["licence"]) == ("Gemeente Testdam", 2025, "CC0 1.0")
    assert save("buurten", "aaa111").title == "Onze buurten"


def test_a_deleted_layer_is_gone_and_another_is_not(folder: Path) -> None:
    first, second = save("een", "aaa111"), save("twee", "bbb222")
    layer_replacement.delete_layer(first.key)
    assert custom_layers.list_custom_layers("areas") == [second]
    assert [path.stem for path in sorted((folder / "own").iterdir())] == [second.key] * 2
    for key in (first.key, "own_nooit", "../lock", "own_../../x"):
        with pytest.raises(errors.LayerNotFetched):
            layer_replacement.delete_layer(key)


def test_a_layer_of_a_project_is_seen_by_that_project_only(folder: Path) -> None:
    key = save("buurten", "aaa111").key
    everywhere = (3.0, 47.0, 8.0, 54.0)
    assert [own.key for own in custom_layers.custom_layers_near("areas", everywhere, "oost")] == [key]
    custom_layers.describe_custom_layer(key, project="west")
    assert custom_layers.custom_layers_near("areas", everywhere, "oost") == []
    assert [own.key for own in custom_layers.custom_layers_near("areas", everywhere, "west")] == [key]


def test_layers_of_one_name_are_found_whatever_stands_in_them(folder: Path) -> None:
    save("Banken (oost)", "aaa111"), save("Bomen", "ccc333")
    assert [own.name for own in custom_layers.custom_layers_alike("areas", "banken oost")] == [
        "Banken (oost)"
    ]
    assert custom_layers.custom_layers_alike("facilities", "banken oost") == []


def save_figures(codes: list[str], areas: str, digest: str = "fff999") -> str:
    table = pd.DataFrame({"aantal_inwoners": [10.0 * n for n, _ in enumerate(codes, 1)]}, index=codes)
    return custom_layers.save_custom_layer(
        table.rename_axis("code"),
        role="figures",
        name="cijfers",
        date="2026-11-30",
        digest=digest,
        areas=areas,
    ).key


def test_figures_go_with_the_areas_that_take_the_place_of_theirs(folder: Path) -> None:
    """Of codes a0, a1, a2 the new areas have the first two: two rows stay, under their own key and values."""
    older = save("buurten", "aaa111", 3)
    key = save_figures(["a0", "a1", "a2"], older.key)
    newer = save("buurten", "bbb222", 2)
    told = layer_replacement.replace_layer(older.key, newer)
    assert [(one.key, one.n_kept, one.n_lost) for one in told] == [(key, 2, 1)]
    assert custom_layers.list_custom_layers("areas") == [newer]
    own = custom_layers.find_custom_layer(key)
    assert (own.areas, own.rows) == (newer.key, 2)
    ((_, shown),) = custom_figures.figures_for(custom_layers.read_custom_layer(newer.key), newer.key, "")
    assert shown["aantal_inwoners"].tolist() == [10, 20]


def test_figures_without_any_code_left_go_with_their_areas(folder: Path) -> None:
    older, other = save("buurten", "aaa111"), save("andere", "ccc333")
    save_figures(["a0"], older.key)
    stays = save_figures(["a0"], other.key, "eee555")
    assert [(one.n_kept, one.n_lost) for one in layer_replacement.carried_figures(older.key, [])] == [(0, 1)]
    layer_replacement.delete_layer(older.key)
    assert [own.key for own in custom_layers.list_custom_layers("figures")] == [stays]


def test_a_replacement_that_fails_leaves_all_as_it_was(folder: Path) -> None:
    older = save("buurten", "aaa111", 2)
    first, second = (save_figures(["a0"], older.key, digest) for digest in ("eee555", "fff999"))
    newer = save("buurten", "bbb222", 2)
    damaged = folder / "own" / f"{second}.gpkg"
    damaged.write_bytes(b"no table")
    before = {path.name: path.read_bytes() for path in (folder / "own").iterdir()}
    with pytest.raises(Exception, match="not recognized"):
        layer_replacement.replace_layer(older.key, newer)
    assert {path.name: path.read_bytes() for path in (folder / "own").iterdir()} == before
    assert custom_layers.find_custom_layer(first).areas == older.key
