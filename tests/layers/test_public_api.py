"""The door: what other rooms get, with source, year and whether anything is known at all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import layers
from geo import errors
from geo.crs import RD
from layers.cache import LayerRecord, write_layer
from layers.catalogue import THEMES
from layers.download.fetch import fetch_municipality
from tests.layers.conftest import hurried
from tests.support.fake_services import CODE, Fault, Netherlands


def made_up(layer: str = "bench", **columns: object) -> LayerRecord:
    """Write one layer of a made-up town, of one place."""
    table = gpd.GeoDataFrame(
        {"theme": "bench", "kind": ["bench"], "name": "", "source": "made up", "date": "2026", **columns},
        geometry=[shapely.Point(93_000, 446_000)],
        crs=RD,
        index=pd.Index(["x:1"], name="facility_id"),
    )
    return write_layer(
        table,
        code="GM9901",
        municipality="Zuiderwaard",
        layer=layer,
        file="facilities.gpkg",
        key=layer,
        source="made up",
        licence="CC0 1.0",
        date="2026",
        fetched="2026-01-01T00:00:00+00:00",
        made_up=True,
        coverage={"made up": True},
    )


def test_areas_say_what_they_are(testdam: Netherlands) -> None:
    found = layers.read_areas(CODE, "buurt")
    assert found.attrs == {
        "division": "buurt",
        "year": 2025,
        "source": "CBS / Kadaster, Wijk- en Buurtkaart 2025",
        "licence": "CC BY 4.0",
        "credit": "Bron: CBS / Kadaster, Wijk- en Buurtkaart 2025, via PDOK (CC BY 4.0); bewerkt",
        "date": "2025",
        "made_up": False,
        "municipality": CODE,
    }


def test_water_is_drawn_but_not_compared(testdam: Netherlands) -> None:
    assert len(layers.read_areas(CODE, "buurt")) == 4
    assert layers.read_areas(CODE, "buurt", water=True)["water"].sum() == 1


def test_a_pc6_says_when_most_of_its_homes_were_built_and_whether_they_are_flats(
    testdam: Netherlands,
) -> None:
    """The commonest only, no count: so small an area would tell about households."""
    areas = layers.read_areas(CODE, "pc6")
    assert areas["built"].head(4).tolist() == ["voor_1945"] * 4
    assert set(areas["built"].tail(4)) == {"75_tot_85"}
    assert set(areas["dwelling"]) == {"flat", "house"}
    assert not [column for column in areas if column.startswith("aantal")]


def test_pc5_is_pc6_without_its_last_letter(testdam: Netherlands) -> None:
    """Eight PC6 of 250 by 1,000 m are two PC5 of 1,000 by 1,000 m."""
    assert layers.read_areas(CODE, "pc5").area.to_dict() == {"1990A": 1_000_000, "1991A": 1_000_000}
    assert layers.list_divisions(CODE)["pc5"] == [2024]


def test_every_division_keeps_its_promise(testdam: Netherlands) -> None:
    for division in layers.list_divisions(CODE):
        assert layers.read_areas(CODE, division).index.name == "code"


def test_figures_are_numbers_with_their_year(testdam: Netherlands) -> None:
    found = layers.read_key_figures(CODE, "buurt")
    assert found["aantal_inwoners"].fillna(-1).tolist() == [-1, 1000, -1, 1000]
    assert found["wmo_clienten_relatief"].fillna(-1).tolist() == [-1, 45, 45, -1]
    assert found["woningvoorraad"].fillna(-1).tolist() == [-1, 3, 3, -1]
    years = found.attrs["years"]
    assert (years["aantal_inwoners"], years["woningvoorraad"]) == (2025, 2025)
    assert years["wmo_clienten_relatief"] == 2024
    assert layers.read_key_figures(CODE, "pc4", 2024)["aantal_inwoners"].tolist() == [2000, 2000]


def test_small_areas_have_no_figures(testdam: Netherlands) -> None:
    assert layers.read_key_figures(CODE, "pc6").columns.tolist() == []


@pytest.mark.parametrize("theme", THEMES)
def test_facilities_say_what_they_are(testdam: Netherlands, theme: str) -> None:
    found = layers.read_facilities(CODE, theme)
    assert found.attrs["covered"] is True
    assert found.attrs["date"] == "2026-11-21"
    assert "OpenStreetMap" in found.attrs["source"]
    assert set(found["kind"]) <= set(THEMES[theme].shown)
    assert (shapely.get_dimensions(found.geometry.to_numpy()) == 0).all()


def test_kinds_that_are_off_come_only_when_asked_for(testdam: Netherlands) -> None:
    """A shelter for victims is not on the map of just anybody."""
    assert "shelter" not in set(layers.read_facilities(CODE, "social_infrastructure")["kind"])
    every = layers.read_facilities(CODE, "social_infrastructure", every_kind=True)
    assert {"shelter", "daily_life"} <= set(every["kind"])


def test_not_fetched_is_not_none(folder: Path) -> None:
    """Nobody asked, so nobody knows: an error with the name of the layer, never an empty table."""
    made_up()
    for ask in (
        lambda: layers.read_facilities("GM9901", "play_area"),
        lambda: layers.read_areas("GM9901", "buurt"),
        lambda: layers.read_key_figures("GM9901", "buurt"),
        lambda: layers.read_facilities("GM0000", "bench"),
        lambda: layers.read_basemap("GM0000"),
        lambda: layers.list_divisions("GM0000"),
    ):
        with pytest.raises(errors.LayerNotFetched) as found:
            ask()
        assert found.value.facts["key"]


def test_what_does_not_exist_is_told_with_what_does(folder: Path) -> None:
    made_up()
    with pytest.raises(errors.LayerUnknown, match="meeting_place"):
        layers.read_facilities("GM9901", "parking")
    with pytest.raises(errors.LayerUnknown, match="pc5"):
        layers.read_areas("GM9901", "street")


def test_where_no_source_covers_the_theme_it_says_so(folder: Path, netherlands: Netherlands) -> None:
    """Only a presumed seat and a thing to play on are left of the BGT, and no bench in OpenStreetMap."""
    land = netherlands.land
    land.elements = [e for e in land.elements if "bench" not in {e["tags"].get("amenity"), *e["tags"]}]
    furniture = land.collections["/lv/bgt/ogc/v1/collections/straatmeubilair"]
    furniture.table = furniture.table[~furniture.table["plus_type"].str.contains("bank|picknick")]
    fetch_municipality(CODE, themes=["bench"], divisions=[], with_basemap=False, session=hurried())
    found = layers.read_facilities(CODE, "bench")
    assert found.empty
    assert found.attrs["coverage"] == {"OpenStreetMap": False, "BGT": False}
    assert found.attrs["covered"] is False


def test_the_made_up_town_says_that_it_is(folder: Path) -> None:
    made_up()
    assert layers.municipalities() == [layers.Municipality("GM9901", "Zuiderwaard", True)]
    assert layers.read_facilities("GM9901", "bench").attrs["made_up"] is True


def test_sources_tell_of_every_layer_and_its_age(testdam: Netherlands) -> None:
    then = max(datetime.fromisoformat(row.entry.fetched) for row in layers.list_sources()).astimezone(UTC)
    found = layers.list_sources(now=then + timedelta(days=365))
    assert {row.entry.layer for row in found} >= {"buurt_2025", "bench"}
    assert {row.age_days for row in found} == {365}


def test_what_is_made_up_has_no_age(folder: Path) -> None:
    made_up()
    assert [row.age_days for row in layers.list_sources()] == [None]


def test_the_base_map_is_drawn_from_the_ground_up(testdam: Netherlands) -> None:
    parts = layers.read_basemap(CODE)
    assert list(parts) == ["green", "water", "canals", "railways", "streets", "paths"]
    assert parts["streets"]["name"].tolist() == ["Kerkstraat", "Kerkstraat", "'s-Gravenweg"]
    assert parts["streets"]["kind"].tolist() == ["residential", "residential", "secondary"]
    assert parts["streets"]["level"].tolist() == [0, 0, 0]
    # A footbridge without a name; the private way is not there.
    assert parts["paths"][["kind", "level"]].to_numpy().tolist() == [["footway", 1]]


def test_a_part_of_another_name_is_drawn_last(folder: Path) -> None:
    made_up()
    assert layers.read_basemap("GM9901") == {}


# --- Searching --------------------------------------------------------------------------------------


def test_a_street_is_searched_at_pdok_and_located(testdam: Netherlands) -> None:
    found = layers.search_address("Kerkstraat", CODE)
    assert [place.label for place in found] == ["Kerkstraat, Testdam", "Kerkstraat, 1990AA Testdam"]
    there = layers.locate(found[0])
    assert there is not None
    assert (there.x, there.y, there.buurt) == (94_000, 446_200, "BU19990101")


def test_offline_the_own_map_is_searched(testdam: Netherlands, monkeypatch: pytest.MonkeyPatch) -> None:
    """The street's two pieces are one, found half-way; a house number is passed over; nobody is asked."""
    monkeypatch.setenv("BUURT_OFFLINE", "1")
    for typed in ("kerkstr", "Kerkstraat 12", "KERKSTRAAT 12 a", "kerksraat"):
        (found,) = [p for p in layers.search_address(typed, CODE) if p.kind == "street"]
        assert found.label == "Kerkstraat"
        assert (found.x, found.y) == (pytest.approx(94_000, abs=1), pytest.approx(446_200, abs=1))
        assert layers.locate(found) == found
    assert layers.search_address("s gravenweg", CODE)[0].label == "'s-Gravenweg"
    assert layers.search_address("1990 ab", CODE)[0].label == "1990AB"
    both = layers.search_address("Oranjebuurt", CODE)
    assert {place.buurt for place in both} == {"BU199901A2", "BU199902A2"}
    assert layers.search_address("ab", CODE) == []
    assert layers.search_address("Kerkstraat") == []
    assert testdam.asked == []


def test_where_pdok_is_silent_the_own_map_is_searched(
    testdam: Netherlands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.search.address.HttpClient", lambda **_: hurried())
    testdam.faults.append(Fault("/suggest", status=503))
    assert layers.search_address("Kerkstraat", CODE)[0].ident == "own:Kerkstraat"
    with pytest.raises(errors.ServiceUnreachable):
        layers.search_address("Kerkstraat")


def test_in_the_made_up_town_pdok_is_never_asked(folder: Path, netherlands: Netherlands) -> None:
    made_up()
    assert layers.search_address("Kerkstraat", "GM9901") == []
    assert netherlands.asked == []
