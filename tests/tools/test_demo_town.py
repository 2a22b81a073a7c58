"""The shipped town: made again alike, a sound coverage on every level, and a place that could be Dutch."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import layers
from geo.crs import to_planar
from geo.schemas import AREAS, FACILITIES
from layers.cache import Manifest, corrupt_layers, municipality_folder, read_layer
from layers.catalogue import THEMES
from tools.demo_town import generate, master_plan, residents
from tools.demo_town.areas import _fives
from tools.demo_town.street_names import THEMES as STREET_THEMES
from tools.demo_town.street_names import names

TOWN = "GM9901"
DIVISIONS = ("gemeente", "wijk", "buurt", "pc4", "pc5", "pc6")


@pytest.fixture(autouse=True)
def shipped(monkeypatch):
    """Read what is shipped, wherever another test pointed the data folder."""
    monkeypatch.delenv("BUURT_DATA", raising=False)


@pytest.fixture
def ground():
    """The base map as it is shipped."""
    return layers.read_basemap(TOWN)


@pytest.fixture
def sketches():
    return read_layer(TOWN, "sketches").set_index("sketch_id")


# --- Made again ---------------------------------------------------------------------------------------


def test_rounding_in_fives_keeps_the_sum():
    """12 + 12 + 12 = 36 is printed as 35: 10 + 10 + 15, whichever of three equals gets it."""
    assert _fives([12, 12, 12]) == [10, 10, 15]
    assert _fives([3, 4], total=5) == [0, 5]


def test_the_same_seed_makes_the_same_town():
    """What `python -m tools.demo_town` makes is what is committed, to the decimetre."""
    for layer in generate.layers():
        kept = pyogrio.read_dataframe(municipality_folder(TOWN) / layer.file, layer=layer.name)
        fresh = layer.table.reset_index() if layer.table.index.name else layer.table
        assert len(kept) == len(fresh), layer.name
        for column in fresh.columns.drop(fresh.geometry.name):
            pd.testing.assert_series_equal(
                kept[column].astype(object).where(kept[column].notna(), None),
                fresh[column].astype(object).where(fresh[column].notna(), None),
                check_names=False,
                check_dtype=False,
                check_index=False,
                obj=f"{layer.name}.{column}",
            )
        made, there = (
            shapely.get_coordinates(shapely.normalize(t.geometry.to_numpy())) for t in (fresh, kept)
        )
        assert made == pytest.approx(there, abs=0.11), layer.name


def test_files_hold_what_the_lock_says():
    assert corrupt_layers(TOWN) == []


def test_every_layer_says_that_it_is_made_up():
    lock = Manifest.read(TOWN)
    assert lock.made_up
    assert {entry.source for entry in lock.layers.values()} == {"verzonnen voorbeeld"}
    assert all(layers.read_facilities(TOWN, theme).attrs["made_up"] for theme in THEMES)


def test_no_such_place_exists(shared):
    """No municipality is called like it, and nobody gets post at its postcodes."""
    known = pd.read_csv(
        shared("statistics/nl_kerncijfers_wijken_buurten_2024.csv"), usecols=["gemeentecode", "gemeentenaam"]
    )
    assert master_plan.MUNICIPALITY[0] not in set(known["gemeentecode"])
    assert master_plan.MUNICIPALITY[1] not in set(known["gemeentenaam"])
    posted = pyogrio.read_dataframe(shared("boundaries/nl_pc4_2020.gpkg"), read_geometry=False)["pc4"]
    assert not set(layers.read_areas(TOWN, "pc4").index) & set(posted.astype(str))


# --- Official areas ------------------------------------------------------------------------------------


def test_numbers_of_a_small_municipality():
    count = {division: len(layers.read_areas(TOWN, division)) for division in DIVISIONS}
    assert (count["gemeente"], count["wijk"], count["buurt"], count["pc4"]) == (1, 5, 18, 4)
    assert 30 <= count["pc5"] <= 90
    assert 400 <= count["pc6"] <= 800
    assert 28_000 <= layers.read_areas(TOWN, "gemeente")["aantal_inwoners"].sum() <= 32_000


@pytest.mark.parametrize("division", DIVISIONS)
def test_every_division_covers_the_municipality_without_gap_or_overlap(division):
    areas = AREAS.validate_strict(layers.read_areas(TOWN, division))
    assert shapely.coverage_is_valid(areas.geometry.to_numpy())
    whole = layers.read_areas(TOWN, "gemeente").geometry.iloc[0]
    # Postcodes are drawn with fewer corners along the dike than the municipality is.
    assert shapely.symmetric_difference(areas.union_all(), whole).area < 0.001 * whole.area


def test_codes_nest():
    buurten, wijken = layers.read_areas(TOWN, "buurt"), read_layer(TOWN, "wijk_2025").set_index("code")
    raw = read_layer(TOWN, "buurt_2025").set_index("code")
    assert (("WK" + raw.index.str[2:8]) == raw["wijkcode"]).all()
    assert (("GM" + raw.index.str[2:6]) == raw["gemeentecode"]).all()
    for code, wijk in wijken.geometry.items():
        inside = buurten.geometry[buurten.index.str[2:8] == code[2:8]]
        assert shapely.equals(inside.union_all(), wijk)


@pytest.mark.parametrize(
    "column",
    [
        "aantal_inwoners",
        "mannen",
        "vrouwen",
        "aantal_huishoudens",
        "woningvoorraad",
        "oppervlakte_land_in_ha",
    ],
)
def test_figures_of_buurten_add_up(column):
    raw = {d: read_layer(TOWN, f"{d}_2025").set_index("code") for d in ("gemeente", "wijk", "buurt")}
    by_wijk = raw["buurt"].groupby("wijkcode")[column].sum()
    assert by_wijk.to_dict() == raw["wijk"][column].to_dict()
    assert by_wijk.sum() == raw["gemeente"][column].iloc[0]


def test_figures_of_postcodes_add_up_to_those_of_the_municipality():
    """Rounded in fives on every level; what is left out of PC6 is nothing, because it was rounded to zero."""
    total = layers.read_areas(TOWN, "gemeente")["aantal_inwoners"].sum()
    for division in ("pc4", "pc6"):
        people = read_layer(TOWN, f"{division}_2025")["aantal_inwoners"]
        assert people.sum() == total
        assert (people.dropna() % 5 == 0).all()
        assert people.dropna().min() >= 5


def test_sexes_and_ages_add_up():
    buurten = read_layer(TOWN, "buurt_2025")
    assert (buurten["mannen"] + buurten["vrouwen"] == buurten["aantal_inwoners"]).all()
    ages = buurten.filter(like="percentage_personen_").sum(axis=1, skipna=False).dropna()
    assert ages.between(98, 102).all()


def test_nothing_is_said_about_the_few():
    buurten = read_layer(TOWN, "buurt_2025")
    few = buurten["aantal_inwoners"] < 50
    assert few.any()
    stated = buurten.filter(regex="^percentage_|^gemiddelde_")
    assert stated[few].isna().all().all()
    assert stated[~few].notna().all().all()


def test_postcodes_and_buurten_cut_each_other():
    """Every PC4 lies in several wijken, and many a PC6 lies in two buurten, as in real towns."""
    buurten = layers.read_areas(TOWN, "buurt").geometry
    post = layers.read_areas(TOWN, "pc6").geometry
    inside = [shapely.area(shapely.intersection(post.to_numpy(), buurt)) for buurt in buurten]
    shares = np.array(inside) / post.area.to_numpy()
    assert shares.sum(axis=0) == pytest.approx(1, abs=0.01)
    assert 50 <= ((shares > 0.1).sum(axis=0) > 1).sum() <= 250
    wijken = layers.read_areas(TOWN, "wijk").geometry
    for area in layers.read_areas(TOWN, "pc4").geometry:
        assert sum(shapely.intersection(area, w).area > 20_000 for w in wijken) >= 2


def test_a_pc6_knows_its_streets_and_few_share_one_street_only_by_chance():
    post = read_layer(TOWN, "pc6_2025")
    assert post["straten"].str.len().gt(0).all()
    assert (post["straten"].str.count(",") == 0).mean() == 1.0


# --- A place that could be Dutch -------------------------------------------------------------------------


def test_no_building_stands_in_water_on_a_road_or_in_another(ground):
    buildings = shapely.get_parts(ground["buildings"].geometry.to_numpy())
    wet = shapely.union_all(ground["water"].geometry.to_numpy())
    assert shapely.area(shapely.intersection(buildings, wet)).max() < 1
    tree = shapely.STRtree(ground["roads"].geometry.to_numpy())
    assert len(tree.query(buildings, predicate="intersects")[0]) == 0
    tree = shapely.STRtree(buildings)
    one, other = tree.query(buildings, predicate="intersects")
    pairs = one < other
    overlap = shapely.area(shapely.intersection(buildings[one[pairs]], buildings[other[pairs]]))
    assert overlap.sum() < 1


def test_every_street_can_be_reached(ground):
    pieces = shapely.get_parts(shapely.node(shapely.union_all(ground["roads"].geometry.to_numpy())))
    ends = np.array([[p.coords[0], p.coords[-1]] for p in pieces]).reshape(-1, 2)
    _, node = np.unique(np.round(ends), axis=0, return_inverse=True)
    one, other = node.reshape(-1, 2).T
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(node.max() + 1,) * 2)
    _, group = connected_components(graph, directed=False)
    assert np.bincount(group).max() / len(group) > 0.995


def test_streets_have_dutch_names_and_one_neighbourhood_each(ground):
    roads = ground["roads"]
    assert roads["name"].str.len().gt(2).all()
    for theme in STREET_THEMES:
        given = list(names(theme))
        assert len(given) == len(set(given)) >= 25
    small = roads[roads["kind"].isin(["residential", "living_street"])]
    spread = small.dissolve("name").geometry.bounds
    assert np.hypot(spread["maxx"] - spread["minx"], spread["maxy"] - spread["miny"]).max() < 2_500


def test_labels_never_give_a_neighbourhood_away(ground):
    """A name of a wijk, a buurt or a lived neighbourhood on the map would steer the hand."""
    guarded = {master_plan.WIJKEN[k].split(" ", 2)[2] for k in master_plan.WIJKEN} | {
        q.name for q in master_plan.QUARTERS
    }
    guarded |= {name for lived in residents.LIVED for name, _ in lived.names}
    shown = (
        set(read_layer(TOWN, "landmarks")["name"])
        | set(ground["water"]["name"])
        | set(ground["green"]["name"])
    )
    words = {s: f" {s.lower()} " for s in shown}
    assert not {(g, s) for g in guarded for s in shown if f" {g.lower()} " in words[s]}


def test_most_people_live_near_a_school_and_nobody_lives_on_top_of_another(ground):
    buurten = layers.read_areas(TOWN, "buurt")
    built = buurten[buurten["bevolkingsdichtheid_inwoners_per_km2"] > 1000]
    assert len(built) == 14
    assert built["bevolkingsdichtheid_inwoners_per_km2"].max() < 8_000
    assert built["basisonderwijs_gemiddelde_afstand_in_km"].max() < 1.0
    addresses = ground["addresses"]
    assert set(addresses["pc6"]) == set(layers.read_areas(TOWN, "pc6").index)
    assert addresses["count"].median() == pytest.approx(24, abs=10)


# --- Facilities --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "least", "most"),
    [
        ("bench", 120, 160),
        ("play_area", 38, 52),
        ("meeting_place", 18, 30),
        ("social_infrastructure", 40, 60),
    ],
)
def test_plausible_numbers_of_every_theme(theme, least, most):
    table = FACILITIES.validate_strict(layers.read_facilities(TOWN, theme, every_kind=True))
    assert least <= len(table) <= most
    assert set(table["kind"]) <= {kind.key for kind in THEMES[theme].kinds}
    assert table.attrs["covered"]


def test_benches_stand_on_land_and_have_details(ground):
    benches = layers.read_facilities(TOWN, "bench")
    wet = shapely.union_all(ground["water"].geometry.to_numpy())
    assert not benches.geometry.intersects(wet).any()
    assert set(benches["backrest"]) == set(benches["armrest"]) == {"yes", "no"}
    assert benches["seats"].astype(int).between(1, 6).all()


def test_a_community_centre_is_one_place_in_two_themes():
    meeting = layers.read_facilities(TOWN, "meeting_place")
    social = layers.read_facilities(TOWN, "social_infrastructure")
    assert set(meeting.index[meeting["kind"] == "community_centre"]) == set(
        social.index[social["kind"] == "community_centre"]
    )


# --- Residents ----------------------------------------------------------------------------------------


def test_drawings_have_the_statistics_of_real_ones(sketches):
    """As measured over 59,094 public drawings: spread 0.64, seven corners, one in twenty crosses."""
    assert len(sketches) == 150
    assert 5 <= (~sketches.is_valid).sum() <= 12
    logs = np.log(sketches.area)
    middle = logs.groupby(sketches["lived"]).transform("median")
    usual = (logs - middle).abs() < 2.2
    assert 3 <= (~usual).sum() <= 10
    assert np.std((logs - middle)[usual]) == pytest.approx(residents.LN_AREA_SD, abs=0.12)
    assert 0.3e6 <= sketches.area.median() <= 0.6e6
    corners = pd.Series(shapely.get_num_coordinates(sketches.geometry.to_numpy()), index=sketches.index)
    assert corners[sketches["mode"] == "points"].median() == pytest.approx(7, abs=1)
    assert corners[sketches["mode"] == "freehand"].median() > 20


def test_the_stroke_as_sent_is_the_drawing(sketches):
    for raw, shape in zip(sketches["raw"], sketches.geometry, strict=True):
        ring = json.loads(raw)["geometry"]["coordinates"][0]
        moved = to_planar(shapely.Polygon(ring))
        assert shapely.equals_exact(moved, shape, tolerance=0.02)


def test_most_people_stop_at_the_canal(sketches):
    """Of those who live beside the Hoofdvaart, few draw a tenth of their neighbourhood across it."""
    beside = sketches[
        sketches["lived"].isin(
            ["schippers", "tuig", "lelie", "singels", "centrum", "station", "riet", "zuid"]
        )
    ]
    halves = shapely.get_parts(
        shapely.polygonize(
            [
                shapely.unary_union(
                    [
                        shapely.box(138_000, 500_000, 148_000, 520_000).exterior,
                        master_plan.place(master_plan.lengthened(master_plan.VAART, 20_000)),
                    ]
                )
            ]
        )
    )
    assert len(halves) == 2
    sound = shapely.make_valid(beside.geometry.to_numpy(), method="structure", keep_collapsed=False)
    across = np.min(
        [shapely.area(shapely.intersection(sound, half)) for half in halves], axis=0
    ) / shapely.area(sound)
    assert (across < 0.1).mean() > 0.6


def test_lived_and_official_neighbourhoods_are_not_the_same(sketches):
    """De Vaartkant has no official twin; Noorderschans is two neighbourhoods to those who live there."""
    buurten = layers.read_areas(TOWN, "buurt").geometry
    outlines = {
        lived.key: master_plan.place(shapely.Polygon(master_plan.at(*lived.outline)))
        for lived in residents.LIVED
    }

    def iou(one, other):
        return shapely.intersection(one, other).area / shapely.union(one, other).area

    best = {key: max(iou(outline, buurt) for buurt in buurten) for key, outline in outlines.items()}
    assert best["vaart"] < 0.3
    assert best["schippers"] > 0.8
    split = buurten["BU99010201"]
    for key in ("schans", "molen"):
        assert shapely.intersection(outlines[key], split).area > 0.9 * outlines[key].area
        assert iou(outlines[key], split) < 0.7
    assert sketches["lived"].value_counts().min() >= 8


def test_residents_answer_within_the_scales(sketches):
    for column in ("certainty", "know_little", "get_along", "help", "at_home", "control", "influence"):
        assert sketches[column].between(1, 5).all()
    for column in ("clean", "intact", "safe"):
        assert sketches[column].between(1, 10).all()
    for column in ("bonding", "bridging"):
        assert sketches[column].between(0, 4).all()
    assert set(sketches["age"]) <= set(residents.AGES)
    assert set(sketches["years"]) == set(residents.YEARS)
    assert (
        sketches["reasons"]
        .str.split(",")
        .map(lambda r: 1 <= len(r) <= 3 and set(r) <= set(residents.REASONS))
        .all()
    )
    assert (sketches["session"] == "").mean() == pytest.approx(0.5, abs=0.12)


def test_places_and_signals_belong_to_a_drawing(sketches):
    places, signals = read_layer(TOWN, "places"), read_layer(TOWN, "signals")
    for table in (places, signals):
        assert set(table["sketch_id"]) <= set(sketches.index)
    assert set(places["kind"]) == {"met", "missing", "vanished"}
    assert set(places["theme"]) == set(THEMES)
    assert (places["year"].notna() == (places["kind"] == "vanished")).all()
    assert set(signals["kind"]) == {"signal", "initiative"}
    assert isinstance(places, gpd.GeoDataFrame)
    assert places.within(layers.read_areas(TOWN, "gemeente").geometry.iloc[0].buffer(1)).all()
