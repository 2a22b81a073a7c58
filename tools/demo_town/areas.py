"""Official areas of the town: buurten along roads and water, postcodes after streets; key figures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely import Point

from geo.crs import RD
from tools.demo_town import master_plan
from tools.demo_town.buildings import Built
from tools.demo_town.master_plan import Floats
from tools.demo_town.street_network import Network

MAX_IN_PC6 = 46
"""Addresses behind one full postcode; a block of flats may have more."""

LONG_STREET_M = 300.0
"""A longer street may lie in two districts; a shorter one is kept together."""

_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"


@dataclass(frozen=True)
class Profile:
    """Who lives in a buurt: mean household, ages, and what they live in."""

    household: float
    ages: tuple[float, float, float, float, float]
    """Shares of 0-15, 15-25, 25-45, 45-65, 65 and over."""
    owned: float
    value: int
    """Mean value of a home, 1000 euro."""


PROFILES = {
    "BU99010101": Profile(2.0, (0.12, 0.11, 0.24, 0.29, 0.24), 0.66, 352),
    "BU99010102": Profile(1.7, (0.09, 0.13, 0.29, 0.25, 0.24), 0.44, 288),
    "BU99010103": Profile(1.8, (0.11, 0.15, 0.31, 0.25, 0.18), 0.38, 266),
    "BU99010201": Profile(2.2, (0.15, 0.11, 0.24, 0.27, 0.23), 0.62, 327),
    "BU99010202": Profile(2.3, (0.16, 0.12, 0.25, 0.26, 0.21), 0.58, 311),
    "BU99010203": Profile(2.2, (0.15, 0.12, 0.24, 0.26, 0.23), 0.49, 296),
    "BU99010204": Profile(2.3, (0.15, 0.10, 0.21, 0.28, 0.26), 0.74, 398),
    "BU99010301": Profile(1.9, (0.14, 0.12, 0.26, 0.24, 0.24), 0.33, 248),
    "BU99010302": Profile(2.0, (0.13, 0.11, 0.24, 0.25, 0.27), 0.41, 271),
    "BU99010303": Profile(2.2, (0.16, 0.13, 0.26, 0.26, 0.19), 0.52, 289),
    "BU99010304": Profile(1.8, (0.08, 0.12, 0.35, 0.33, 0.12), 0.80, 410),
    "BU99010401": Profile(2.7, (0.22, 0.13, 0.27, 0.28, 0.10), 0.79, 421),
    "BU99010402": Profile(2.5, (0.20, 0.13, 0.28, 0.27, 0.12), 0.71, 386),
    "BU99010403": Profile(2.8, (0.23, 0.13, 0.28, 0.27, 0.09), 0.84, 447),
    "BU99010404": Profile(2.7, (0.24, 0.11, 0.32, 0.24, 0.09), 0.77, 436),
    "BU99010501": Profile(2.6, (0.16, 0.14, 0.20, 0.31, 0.19), 0.83, 602),
    "BU99010502": Profile(2.5, (0.15, 0.13, 0.20, 0.32, 0.20), 0.85, 618),
    "BU99010503": Profile(2.6, (0.17, 0.14, 0.21, 0.30, 0.18), 0.81, 590),
}

_AGES = ("0_tot_15_jaar", "15_tot_25_jaar", "25_tot_45_jaar", "45_tot_65_jaar", "65_jaar_en_ouder")


def people(town: Built, network: Network, seed: int) -> gpd.GeoDataFrame:
    """Return the addresses, one row a building: street, postcode, homes, and who lives there.

    Returns
    -------
    GeoDataFrame
        In the plan's metres: ``quarter``, ``street``, ``addresses``, ``homes``, ``households``, ``single``,
        ``children`` (households with), ``inhabitants``, ``men``, five age columns, ``pc6``.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for building in town.buildings:
        profile = PROFILES[building.quarter]
        works = 1 if building.kind == "hall" else 0
        if not building.homes and not works:
            continue
        # Here and there somebody lives above or beside the works.
        homes = int(rng.random() < 0.15) if works else building.homes
        lived_in = int(rng.binomial(homes, 0.97))
        spread = profile.household - 1
        flat = 0.6 if building.kind == "flat" else 1.06
        sizes = 1 + np.minimum(rng.poisson(spread * flat, lived_in), 6)
        count = int(sizes.sum())
        rows.append(
            (
                building.quarter,
                network.pieces[building.street].name,
                homes + works,
                homes,
                lived_in,
                int((sizes == 1).sum()),
                int(rng.binomial(int((sizes >= 3).sum()), 0.9) + rng.binomial(int((sizes == 2).sum()), 0.08)),
                count,
                int(rng.binomial(count, 0.495)),
                *rng.multinomial(count, profile.ages),
                shapely.centroid(building.shape),
            )
        )
    columns = [
        "quarter",
        "street",
        "addresses",
        "homes",
        "households",
        "single",
        "children",
        "inhabitants",
        "men",
        *_AGES,
        "geometry",
    ]
    found = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry")
    return found.assign(pc6=_postcodes(found))


def _postcodes(homes: gpd.GeoDataFrame) -> list[str]:
    """Hand out postcodes street by street, and along the street by number; they do not look at buurten."""
    spots = shapely.get_coordinates(homes.geometry.to_numpy())
    weights = homes["addresses"].to_numpy()
    chunks: list[tuple[str, Floats, list[int]]] = []
    for _, rows in sorted(homes.groupby("street").indices.items()):
        middle = spots[rows].mean(axis=0)
        long = float(np.hypot(*np.ptp(spots[rows], axis=0))) > LONG_STREET_M
        parts: defaultdict[str, list[int]] = defaultdict(list)
        for row in rows:
            parts[_pc4(*(spots[row] if long else middle))].append(row)
        for district, part in sorted(parts.items()):
            pieces = _halved(spots, weights, part, MAX_IN_PC6)
            chunks += [(district, spots[c].mean(axis=0) if long else middle, c) for c in pieces]
    found = [""] * len(homes)
    for district in sorted({c[0] for c in chunks}):
        mine = [c for c in chunks if c[0] == district]
        # A hair of their own place keeps the parts of one street in order.
        places = np.array([c[1] + 0.02 * (spots[c[2]].mean(axis=0) - c[1]) for c in mine])
        groups = _halved(places, np.ones(len(mine), dtype=int), list(range(len(mine))), len(_LETTERS) - 3)
        assert len(groups) <= len(_LETTERS)
        for first, group in zip(_LETTERS, groups, strict=False):
            seconds = [s for s in _LETTERS if first + s not in ("SA", "SD", "SS")]
            for second, member in zip(
                seconds, sorted(group, key=lambda m: (*places[m].round(3),)), strict=False
            ):
                for row in mine[member][2]:
                    found[row] = f"{district}{first}{second}"
    return found


def _pc4(x: float, y: float) -> str:
    """Return the post's district, of four: their lines are not those of wijken or buurten."""
    x, y = x / master_plan.SCALE, y / master_plan.SCALE
    vaart = 2965 + max(0.0, y - 4560) * 0.3
    if x < vaart:
        return "8296" if y > 3180 + 0.1 * x else "8299"
    return "8297" if y > 3080 - 0.05 * (x - 3000) else "8298"


def _halved(spots: Floats, weights: Any, rows: list[int], most: int) -> list[list[int]]:
    """Split a set of points along its length until no part weighs more than `most`."""
    if len(rows) == 1 or int(np.sum(weights[rows])) <= most:
        return [rows]
    here = spots[rows] - spots[rows].mean(axis=0)
    _, _, axes = np.linalg.svd(here, full_matrices=False)
    axis = axes[0] * (1 if axes[0][np.argmax(np.abs(axes[0]))] > 0 else -1)
    order = [rows[k] for k in np.argsort(here @ axis, kind="stable")]
    running = np.cumsum(weights[order])
    cut = int(np.clip(np.searchsorted(running, running[-1] / 2) + 1, 1, len(order) - 1))
    return _halved(spots, weights, order[:cut], most) + _halved(spots, weights, order[cut:], most)


def postcode_areas(homes: gpd.GeoDataFrame, town: Built) -> dict[str, Any]:
    """Return the ground of every PC6: nearest to its own addresses, as statistics offices derive them.

    Returns
    -------
    dict
        Area by PC6 in RD; together they are the municipality, and neighbours share their corners.
    """
    seeds, owners = [], []
    with_address = [b for b in town.buildings if b.homes or b.kind == "hall"]
    for building, code in zip(with_address, homes["pc6"], strict=True):
        ring = shapely.get_coordinates(building.shape)[:4]
        sides = np.hypot(*(ring - np.roll(ring, -1, axis=0)).T)
        along = ring[1] - ring[0] if sides[0] > sides[1] else ring[2] - ring[1]
        length = float(np.hypot(*along))
        middle = ring.mean(axis=0)
        for share in (np.arange(max(1, round(length / 13))) + 0.5) / max(1, round(length / 13)) - 0.5:
            seeds.append(middle + along * share)
            owners.append(code)
    ground = master_plan.place(master_plan.ground())
    spots = shapely.get_coordinates(master_plan.place(shapely.points(seeds), 3))
    cells = shapely.voronoi_polygons(
        shapely.multipoints(spots), extend_to=shapely.buffer(ground, 50), only_edges=True
    )
    # Noded on one grid, so that neighbours share every corner and nothing opens between them.
    edges = shapely.unary_union([cells, shapely.boundary(ground)], grid_size=0.1)
    faces = shapely.get_parts(shapely.polygonize([edges]))
    insides = shapely.point_on_surface(faces)
    within = shapely.contains(shapely.buffer(ground, 0.5), insides) & (shapely.area(faces) > 0.5)
    _, nearest = cKDTree(spots).query(shapely.get_coordinates(insides[within]))
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for face, owner in zip(faces[within], nearest, strict=True):
        groups[owners[owner]].append(face)
    codes = sorted(groups)
    wholes = np.array([shapely.coverage_union_all(groups[c]) for c in codes], dtype=object)
    return dict(zip(codes, shapely.coverage_simplify(wholes, 15.0), strict=True))


def _fives(counts: Iterable[int], total: int | None = None) -> list[int]:
    """Round to fives so that the sum is the rounded sum (largest remainders).

    Examples
    --------
    >>> _fives([12, 12, 12])
    [10, 10, 15]
    """
    exact = np.asarray(list(counts), dtype=float) / 5
    whole = np.floor(exact)
    target = round(exact.sum()) if total is None else total // 5
    lacking = int(target - whole.sum())
    # Ties go to the last row, so that the order of codes never favours the first.
    order = sorted(range(len(exact)), key=lambda k: (whole[k] - exact[k], -k))
    for k in order[:lacking]:
        whole[k] += 1
    return [int(5 * w) for w in whole]


def _table(codes: list[str], names: list[str], shapes: Any, columns: dict[str, Any]) -> gpd.GeoDataFrame:
    found = gpd.GeoDataFrame({"name": names, **columns}, geometry=np.asarray(shapes, dtype=object), crs=RD)
    found.index = pd.Index(codes, name="code")
    return found


def tables(
    homes: gpd.GeoDataFrame, town: Built, spots: dict[str, list[Point]]
) -> dict[str, gpd.GeoDataFrame]:
    """Return AREAS of every division, in RD, with key figures under CBS' names.

    Parameters
    ----------
    spots
        Places in the plan's metres for the distances: ``huisartsenpraktijk``, ``grote_supermarkt``,
        ``kinderdagverblijf``, ``basisonderwijs``, ``treinstation``.
    """
    post = postcode_areas(homes, town)
    near = _nearness(homes, spots)
    homes = homes.assign(**near, density=_density(homes))
    exact = _counted(homes)
    grounds = [master_plan.place(ground) for ground in master_plan.faces().values()]
    wijk_of = [_wijk(buurt) for buurt in exact.index]
    code, name = master_plan.MUNICIPALITY
    levels = {
        "gemeente": ([code] * len(exact), {code: name}),
        "wijk": (wijk_of, master_plan.WIJKEN),
        "buurt": (list(exact.index), {q.code: q.name for q in master_plan.QUARTERS}),
    }
    found = {}
    for division, (codes, names) in levels.items():
        counted = exact if division == "buurt" else _merged(exact, codes)
        shapes = [_together(grounds, [c == own for c in codes]) for own in counted.index]
        table = _figures(counted, [names[own] for own in counted.index], shapes)
        if division == "buurt":
            table.insert(1, "wijkcode", wijk_of)
        table.insert(1, "gemeentecode", code)
        table.insert(2, "gemeentenaam", name)
        table.insert(len(table.columns) - 1, "jaar", master_plan.YEAR)
        found[division] = table
    return {**found, **_post_tables(homes, post)}


def _wijk(buurt: str) -> str:
    return buurt[:8].replace("BU", "WK")


def _together(grounds: list[Any], chosen: list[bool]) -> Any:
    return shapely.coverage_union_all([g for g, mine in zip(grounds, chosen, strict=True) if mine])


def _post_tables(homes: gpd.GeoDataFrame, post: dict[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    codes = sorted(post)
    six = np.array([post[c] for c in codes], dtype=object)
    by = homes.groupby("pc6")
    counts = {
        "aantal_inwoners": by["inhabitants"].sum(),
        "aantal_part_huishoudens": by["households"].sum(),
        "aantal_inwoners_65_jaar_en_ouder": by[_AGES[4]].sum(),
        "aantal_eenpersoonshuishoudens": by["single"].sum(),
    }
    levels: dict[int, list[str]] = {n: sorted({c[:n] for c in codes}) for n in (4, 5, 6)}
    figures: dict[int, dict[str, list[int]]] = {4: {}, 5: {}, 6: {}}
    for key, exact in counts.items():
        four = _fives([exact[exact.index.str[:4] == c].sum() for c in levels[4]])
        figures[4][key] = four
        totals = dict(zip(levels[4], four, strict=True))
        for n, up in ((5, 4), (6, 5)):
            totals_here: dict[str, int] = {}
            for parent in levels[up]:
                mine = [c for c in levels[n] if c[:up] == parent]
                rounded = _fives([exact[exact.index.str[:n] == c].sum() for c in mine], totals[parent])
                totals_here |= dict(zip(mine, rounded, strict=True))
            figures[n][key] = [totals_here[c] for c in levels[n]]
            totals = totals_here
    found = {}
    for n in (4, 5, 6):
        own = levels[n]
        short = np.array([c[:n] for c in codes])
        shapes = [shapely.coverage_union_all(six[short == c]) for c in own] if n < 6 else six
        columns: dict[str, Any] = {key: _nulled(values) for key, values in figures[n].items()}
        if n == 6:
            streets = by["street"].agg(lambda s: ", ".join(sorted(set(s))))
            columns["straten"] = [streets[c] for c in own]
        columns["jaarcode"] = master_plan.YEAR
        found[f"pc{n}"] = _table(own, own, shapes, columns)
    return found


def _nulled(values: list[int]) -> Any:
    """Small counts are kept secret, as CBS does: nothing under five."""
    return pd.array([v if v >= 5 else None for v in values], dtype="Int64")


def _nearness(homes: gpd.GeoDataFrame, spots: dict[str, list[Point]]) -> dict[str, Floats]:
    """Distances over the road are taken as 1.3 times the straight line; km."""
    here = shapely.get_coordinates(homes.geometry.to_numpy())
    found = {}
    for key, points in spots.items():
        away, _ = cKDTree(shapely.get_coordinates(np.asarray(points, dtype=object))).query(here)
        found[f"{key}_gemiddelde_afstand_in_km"] = 1.3 * away / 1000
    return found


def _density(homes: gpd.GeoDataFrame) -> Floats:
    """Addresses within 1 km of each address, per km2."""
    here = shapely.get_coordinates(homes.geometry.to_numpy())
    tree = cKDTree(here)
    weights = homes["addresses"].to_numpy()
    return np.array([weights[near].sum() for near in tree.query_ball_point(here, 1000.0)]) / np.pi


_DISTANCES = [
    f"{key}_gemiddelde_afstand_in_km"
    for key in (
        "huisartsenpraktijk",
        "grote_supermarkt",
        "kinderdagverblijf",
        "basisonderwijs",
        "treinstation",
    )
]
_EXACT = ["inhabitants", "men", "households", "single", "children", "homes", "addresses", *_AGES]


def _counted(homes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count each buurt, exactly and in fives."""
    grounds = master_plan.faces()
    wet = shapely.union_all([area for _, _, area in master_plan.waters()])
    sums = homes.groupby("quarter")[_EXACT].sum()
    rows = []
    for quarter in master_plan.QUARTERS:
        mine = homes[homes["quarter"] == quarter.code]
        weights = mine["addresses"]
        mean = {key: float(np.average(mine[key], weights=weights)) for key in ("density", *_DISTANCES)}
        profile = PROFILES[quarter.code]
        total = grounds[quarter.code].area / 1e4
        water = shapely.intersection(grounds[quarter.code], wet).area / 1e4
        pc4 = mine.groupby(mine["pc6"].str[:4])["addresses"].sum()
        rows.append(
            {
                **sums.loc[quarter.code].to_dict(),
                **mean,
                "owned": profile.owned,
                "value": profile.value,
                "total_ha": round(total),
                "water_ha": round(water),
                "post": str(pc4.idxmax()),
                "share": float(pc4.max() / pc4.sum()),
            }
        )
    exact = pd.DataFrame(rows, index=[q.code for q in master_plan.QUARTERS])
    exact["rounded"] = _fives(exact["inhabitants"])
    exact["rounded_men"] = _fives(exact["men"])
    exact["rounded_households"] = _fives(exact["households"])
    return exact


_MEANS: dict[str, str] = {
    "density": "addresses",
    "owned": "homes",
    "value": "homes",
    **dict.fromkeys(_DISTANCES, "inhabitants"),
}
_SUMS = [*_EXACT, "rounded", "rounded_men", "rounded_households", "total_ha", "water_ha"]


def _merged(exact: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Count wijken or the municipality: the sums and weighted means of their buurten."""
    rows: dict[str, dict[str, Any]] = {}
    for code, group in exact.groupby(codes):
        by_post = group.groupby("post")["addresses"].sum()
        means = {key: _mean(group[key], group[weight]) for key, weight in _MEANS.items()}
        rows[str(code)] = {
            **{key: group[key].sum() for key in _SUMS},
            **means,
            "post": str(by_post.idxmax()),
            "share": float(by_post.max() / by_post.sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _mean(values: "pd.Series[float]", weights: "pd.Series[float]") -> float:
    return float((values * weights).sum() / max(float(weights.sum()), 1.0))


def _figures(exact: pd.DataFrame, names: list[str], shapes: Any) -> gpd.GeoDataFrame:
    """Publish as CBS does: counts in fives, whole percentages, nothing about fewer than 50 inhabitants."""
    quiet = exact["rounded"] < 50
    land = exact["total_ha"] - exact["water_ha"]

    def percentage(part: Any, of: Any) -> Any:
        value = (100 * part / of.where(of > 0)).round()
        return value.mask(quiet).astype("Int64")

    density = exact["density"]
    columns: dict[str, Any] = {
        "water": False,
        "meest_voorkomende_postcode": exact["post"],
        "dekkingspercentage": np.digitize(exact["share"], [0.9, 0.8, 0.7, 0.6, 0.5]) + 1,
        "omgevingsadressendichtheid": density.round().astype("Int64"),
        "stedelijkheid_adressen_per_km2": np.digitize(density, [2500, 1500, 1000, 500]) + 1,
        "bevolkingsdichtheid_inwoners_per_km2": (exact["rounded"] / (land / 100)).round().astype("Int64"),
        "aantal_inwoners": exact["rounded"].astype("Int64"),
        "mannen": exact["rounded_men"].astype("Int64"),
        "vrouwen": (exact["rounded"] - exact["rounded_men"]).astype("Int64"),
        **{f"percentage_personen_{age}": percentage(exact[age], exact["inhabitants"]) for age in _AGES},
        "aantal_huishoudens": exact["rounded_households"].astype("Int64"),
        "percentage_eenpersoonshuishoudens": percentage(exact["single"], exact["households"]),
        "percentage_huishoudens_zonder_kinderen": percentage(
            exact["households"] - exact["single"] - exact["children"], exact["households"]
        ),
        "percentage_huishoudens_met_kinderen": percentage(exact["children"], exact["households"]),
        "gemiddelde_huishoudsgrootte": (
            exact["inhabitants"] / exact["households"].where(exact["households"] > 0)
        )
        .round(1)
        .mask(quiet),
        "oppervlakte_totaal_in_ha": exact["total_ha"].astype("Int64"),
        "oppervlakte_land_in_ha": land.astype("Int64"),
        "oppervlakte_water_in_ha": exact["water_ha"].astype("Int64"),
        "woningvoorraad": exact["homes"].astype("Int64"),
        "gemiddelde_woningwaarde": exact["value"].round().astype("Int64").mask(quiet),
        "percentage_koopwoningen": (100 * exact["owned"]).round().astype("Int64").mask(quiet),
        "percentage_huurwoningen": (100 - 100 * exact["owned"]).round().astype("Int64").mask(quiet),
        **{key: exact[key].round(1).mask(quiet) for key in _DISTANCES},
    }
    return _table(
        list(exact.index), names, shapes, {key: getattr(v, "array", v) for key, v in columns.items()}
    )
