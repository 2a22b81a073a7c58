"""Official areas: the right year, the right place, one row a code, whole."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo import errors
from geo.crs import RD
from layers.official.areas import fetch_areas, normalise_areas
from layers.services.http import HttpClient
from tests.support.fake_services import CODE, Fault, Netherlands, areas, box, postcodes

GROUND = box(0, 0, 2000, 1000)
ITEMS = "/buurten/items"


def buurten(**changes: Any) -> gpd.GeoDataFrame:
    """Return Testdam's buurten as the service sends them, filtered, with some columns changed."""
    table = areas(2025)["/cbs/wijken-en-buurten-2025/ogc/v1/collections/buurten"].table
    return table[table["gemeentecode"].eq(CODE)].assign(**changes)


def tidy(raw: gpd.GeoDataFrame, division: str = "buurt", year: int = 2025) -> tuple[Any, Any]:
    ground = None if division == "gemeente" else GROUND
    return normalise_areas(raw, division, year, code=CODE, ground=ground)


def test_buurten_are_keyed_by_code_with_real_numbers() -> None:
    """Names repeat (two Oranjebuurten), -99997 is no number, "480" is one; the lake is kept, as water."""
    found, notes = tidy(buurten())
    assert found.index.tolist() == ["BU199901A1", "BU199901A2", "BU199902A1", "BU199902A2", "BU19990399"]
    assert found["name"].tolist().count("Oranjebuurt") == 2
    assert found["aantal_inwoners"].fillna(-1).tolist() == [-1, 1000, -1, 1000, -1]
    assert found["aantal_huishoudens"].iloc[0] == 480
    assert found["water"].tolist() == [False] * 4 + [True]
    assert notes == {}


def test_a_municipality_is_its_land_and_its_water_does_not_repeat_it() -> None:
    table = areas(2025)["/cbs/wijken-en-buurten-2025/ogc/v1/collections/gemeenten"].table
    found, notes = tidy(table, "gemeente")
    assert found.index.tolist() == [CODE]
    assert found.area.tolist() == [2_000_000]
    assert found["aantal_inwoners"].tolist() == [4000]
    assert notes == {"outside": 1, "joined": 1}


def test_parts_of_one_code_are_joined() -> None:
    """A buurt of two islands that came as two rows is one row of both."""
    raw = buurten()
    parts = raw.iloc[[0, 0]].assign(geometry=[box(0, 0, 500, 400), box(0, 400, 500, 600)])
    found, notes = tidy(pd.concat([parts, raw.iloc[1:]], ignore_index=True))
    assert found.area["BU199901A1"] == 500_000
    assert notes == {"joined": 1}


def test_height_and_a_crossing_are_repaired() -> None:
    """One corner crosses itself: of its square of 20 x 20 m the left triangle, 100 m2, is cut off."""
    raw = buurten()
    corner = [(0, 0), (500, 0), (500, 1000), (20, 1000), (0, 980), (20, 980), (0, 1000)]
    raw.loc[1, "geometry"] = shapely.Polygon([(93_000 + x, 446_000 + y) for x, y in corner])
    raw.loc[2, "geometry"] = shapely.force_3d(raw.loc[2, "geometry"], 3.0)
    assert raw.is_valid.sum() == 4
    found, notes = tidy(raw)
    assert notes == {"repaired": 1}
    assert found.is_valid.all()
    assert not found.has_z.any()


REFUSED = {
    "mixed years": (buurten(jaar=[2025, 2025, 2024, 2025, 2025]), errors.AnswerUnreadable, "2024, 2025"),
    "another year": (buurten(jaar=2024), errors.AnswerUnreadable, "2024"),
    "not a code": (buurten(buurtcode="1999 01"), errors.AnswerUnreadable, "not a code"),
    "code of elsewhere": (buurten(buurtcode="BU03630101"), errors.AnswerUnreadable, "said to lie"),
    "no code column": (buurten().drop(columns="buurtcode"), errors.AnswerUnreadable, "absent"),
    "nothing": (buurten().iloc[:0], errors.AnswerIncomplete, "no buurt at all"),
    "all elsewhere": (buurten(gemeentecode="GM0363"), errors.AnswerIncomplete, "cover 0%"),
    "a page is missing": (buurten().iloc[:3], errors.AnswerIncomplete, "75%"),
    "no shapes": (buurten(geometry=None).set_crs(RD), errors.AnswerIncomplete, "cover 0%"),
}


@pytest.mark.parametrize(("raw", "expected", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_right_is_refused_whole(raw: gpd.GeoDataFrame, expected: type, words: str) -> None:
    with pytest.raises(expected, match=words):
        tidy(raw)


def test_letters_in_codes_are_read() -> None:
    """Amsterdam has BU0363AF08."""
    raw = buurten(buurtcode=["BU1999AF08", "BU1999AF09", "BU1999AG01", "BU1999AG02", "BU1999ZZ99"])
    assert tidy(raw)[0].index[0] == "BU1999AF08"


def test_postcodes_that_only_touch_are_left_out() -> None:
    """The ninth PC6 lies next door; the second PC4 lies for two thirds in Testdam."""
    collections = postcodes()
    six = collections["/cbs/postcode6/ogc/v1/collections/postcode6"].table
    found, notes = tidy(six[six["jaarcode"].eq(2024)], "pc6", 2024)
    assert (len(found), notes) == (8, {"outside": 1})
    assert not [column for column in found if "inwoners" in column]
    four = collections["/cbs/postcode4/ogc/v1/collections/postcode4"].table
    found, _ = tidy(four[four["jaarcode"].eq(2024)], "pc4", 2024)
    assert found.index.tolist() == ["1990", "1991"]
    assert found["aantal_inwoners"].tolist() == [2000, 2000]


def test_one_municipality_is_asked_where_the_service_can(
    netherlands: Netherlands, session: HttpClient
) -> None:
    found, _ = fetch_areas(session, "buurt", CODE, 2025, ground=GROUND)
    assert len(found) == 5
    assert "gemeentecode=GM1999" in netherlands.asked[-1]


def test_where_it_cannot_a_box_is_asked_and_cut(netherlands: Netherlands, session: HttpClient) -> None:
    """Elders touches the box, and is left out."""
    netherlands.land.collections["/cbs/wijken-en-buurten-2025/ogc/v1/collections/buurten"].queryables = ()
    found, notes = fetch_areas(session, "buurt", CODE, 2025, ground=GROUND)
    assert len(found) == 5
    assert notes == {"outside": 1}
    assert "bbox=" in netherlands.asked[-1]


@pytest.mark.parametrize(
    "words",
    [
        "unknown query parameter(s) found: gemeentecode",
        "request doesn't conform to OpenAPI spec: value is not one of the allowed values",
        "CQL support is not enabled for this API",
        "",
    ],
)
@pytest.mark.parametrize("division", ["gemeente", "buurt"])
def test_a_filter_that_is_refused_in_any_words_is_not_the_end(
    words: str, division: str, netherlands: Netherlands, session: HttpClient
) -> None:
    """The next way asks for less, and the municipality is cut out here."""
    usual, _ = fetch_areas(session, division, CODE, 2025, ground=None if division == "gemeente" else GROUND)
    refusal = json.dumps({"detail": words, "status": 400}).encode()
    netherlands.faults.append(Fault("gemeentecode=", status=400, raw=refusal))
    found, _ = fetch_areas(session, division, CODE, 2025, ground=None if division == "gemeente" else GROUND)
    assert found.equals(usual)
    assert not any("/queryables" in line for line in netherlands.asked)


def test_real_lansingerland_is_cut_out_of_the_country(
    netherlands: Netherlands, session: HttpClient, shared: Callable[[str], Path]
) -> None:
    """14,566 buurten lie behind the service; Lansingerland's 61 come, and cover their municipality."""
    country = gpd.read_file(shared("boundaries/nl_buurten_2024_generalised.gpkg"))
    country.index = range(1, len(country) + 1)
    collection = netherlands.land.collections["/cbs/wijken-en-buurten-2024/ogc/v1/collections/buurten"]
    collection.table = country
    netherlands.land.page = 25
    ground = shapely.union_all(
        shapely.make_valid(country.geometry[country["gemeentecode"].eq("GM1621")].to_numpy())
    )
    found, _ = fetch_areas(session, "buurt", "GM1621", 2024, ground=ground)
    assert len(found) == 61
    assert len(netherlands.asked) == 3
    assert found["name"].eq("Oranjebuurt").sum() == 2


def test_real_ermelo_is_read_whole(shared: Callable[[str], Path]) -> None:
    """17 rows of full detail: 16 of land, and one of water without a name."""
    raw = gpd.read_file(shared("boundaries/ermelo_buurten_2021.gpkg")).assign(
        gemeentecode="GM0233", jaar=2021
    )
    found, _ = normalise_areas(raw, "buurt", 2021, code="GM0233", ground=None)
    assert len(found) == 17
    assert found["water"].sum() == 1
    assert found.loc[found["water"], "name"].tolist() == [""]
