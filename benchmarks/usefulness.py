"""What protection costs the honest: how much of the live answer an edition still shows.

``python -m benchmarks.usefulness [--town | --row]``

Real neighbourhoods: everybody who named one neighbourhood of New York (2 ha to 10 km2), each a neighbourhood of
its own. Per number of drawers: the part of the neighbourhoods of which the core (what half share) is in the edition
at all, and of which its area is within 5 % of the live one; before the rules of `geo.release` (five people behind a
band, nothing else) and with them. ``--town``: the same of the edition of the demo municipality, with the
cells of its tables. ``--row``: a row of releases of neighbourhoods that grow from ten drawers to sixty, each beside
those before it, while nobody leaves and while one leaves each time. Prints Markdown.
"""

import argparse
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

import settings
from geo.consensus.surface import consensus_surface
from geo.privacy_limits import MIN_PEOPLE
from geo.release.earlier_surfaces import EarlierSurface
from geo.release.give_away import Band, true_bands
from geo.schemas import SKETCHES
from store import Actor
from study import context, demo_project
from study.analysis import comparison
from study.publishing import editions
from study.publishing.cell_decisions import shared_bands
from study.publishing.publication import latest_publication

NEW_YORK = "sketches/new_york_dnainfo_2015.gpkg"
CLASSES = ((10, 14), (15, 19), (20, 29), (30, 49), (50, 99), (100, 10_000))
ROW, CORE = (10, 20, 30, 40, 50, 60), 50
"""Drawers at each release of a row, and the percentage that makes a core."""

NEAR = 0.05
"""Areas that differ less than this part say the same."""


def neighbourhoods() -> Iterator[gpd.GeoDataFrame]:
    """Return the drawings of each named neighbourhood of ten drawers or more, in metres."""
    drawn = pyogrio.read_dataframe(settings.shared_data() / NEW_YORK, columns=["neighborhoodLive"])
    drawn = drawn[drawn["neighborhoodLive"] != "Other"].to_crs(32618)
    drawn = drawn.set_geometry(
        shapely.make_valid(drawn.geometry.to_numpy(), method="structure", keep_collapsed=False)
    )
    drawn = drawn[drawn.area.between(0.02e6, 10e6)]
    drawn.index = drawn.index.astype(str).rename(SKETCHES.index)
    for _, part in drawn.groupby("neighborhoodLive"):
        if len(part) >= CLASSES[0][0]:
            yield part


def core_areas(drawn: gpd.GeoDataFrame) -> tuple[float, float, float]:
    """Return the area of the core live, before the rules and with them, m2; 0 where there is none."""
    base, n = consensus_surface(drawn), len(drawn)
    half = -(-n // 2)
    live = float((base.counts >= half).sum() * base.cell_m2)
    before = float((base.counts >= max(half, MIN_PEOPLE)).sum() * base.cell_m2)
    shown = {band.percent: area for band, _, area in shared_bands(drawn, true_bands(len(drawn)))}
    return live, before, shown.get(50, 0.0)


def table_of_new_york() -> list[str]:
    """Return the rows for real neighbourhoods."""
    found = np.array([(len(drawn), *core_areas(drawn)) for drawn in neighbourhoods()])
    found = found[found[:, 1] > 0]
    rows = [
        "| drawers | neighbourhoods | core shown before | core shown now | within 5 % of live, now |",
        "| --- | --- | --- | --- | --- |",
    ]
    for least, most in (*CLASSES, (CLASSES[0][0], CLASSES[-1][1])):
        n, live, before, now = found[(found[:, 0] >= least) & (found[:, 0] <= most)].T
        near = np.abs(now - live) <= NEAR * live
        label = f"{least} to {most}" if most < CLASSES[-1][1] else f"{least} and more"
        parts = " | ".join(f"{100 * part.mean():.0f} %" for part in (before > 0, now > 0, near))
        rows.append(f"| {label} | {len(n)} | {parts} |")
    return rows


def table_of_a_row() -> list[str]:
    """Return the rows for neighbourhoods that are released after every ten drawers, each beside those before it."""
    groups = [drawn for drawn in neighbourhoods() if len(drawn) >= ROW[-1] + len(ROW)]
    shown = np.zeros((3, len(ROW)))
    for seed, drawn in enumerate(groups):
        order = drawn.sample(frac=1.0, random_state=seed)
        for n_leaving in (0, 1):
            releases: list[tuple[list[str], list[tuple[Band, Any, float]]]] = []
            for at, n in enumerate(ROW):
                some = order.iloc[n_leaving * at : n + n_leaving * at]
                keys = list(some.index)
                earlier = [_earlier(order, was, keys, bands) for was, bands in releases if bands]
                bands = shared_bands(some, true_bands(n), earlier)
                releases.append((keys, bands))
                shown[1 + n_leaving, at] += any(band.percent == CORE for band, _, _ in bands)
                if not n_leaving:
                    alone = shared_bands(some, true_bands(n))
                    shown[0, at] += any(band.percent == CORE for band, _, _ in alone)
    rows = [
        f"Neighbourhoods: {len(groups)}",
        "",
        "| drawers | core shown by itself | in a row, nobody leaves | in a row, one leaves each time |",
        "| --- | --- | --- | --- |",
    ]
    for n, parts in zip(ROW, (100 * shown / len(groups)).T, strict=True):
        rows.append(f"| {n} | " + " | ".join(f"{part:.0f} %" for part in parts) + " |")
    return rows


def _earlier(
    order: gpd.GeoDataFrame, was: list[str], now: list[str], bands: list[tuple[Band, Any, float]]
) -> EarlierSurface:
    """Return an earlier release; who left has erased their drawing."""
    position = {key: at for at, key in enumerate(now)}
    there = [key for key in was if key in position]
    return EarlierSurface(
        order.loc[there].geometry.to_numpy(),
        np.array([position[key] for key in there], dtype=np.int64),
        len(was) - len(there),
        tuple((band.people, shape) for band, shape, _ in bands),
    )


def table_of_the_town() -> list[str]:
    """Return the rows for the edition of the demo municipality."""
    demo_project.load_demo(context.get_store())
    editions.publish(context.DEMO_PROJECT, by=Actor("planner", account="benchmark"))
    made, study = latest_publication(context.DEMO_PROJECT), editions.publishing_study(context.DEMO_PROJECT)
    cluster = comparison.cluster_of_sketch(study)
    drawn = context.read_sketches(study)
    cores = made.tables["cores"]
    shown = {int(number): part for number, part in cores.groupby(level="neighbourhood")}
    live = [drawn.loc[part.index] for _, part in cluster.groupby(cluster) if len(part) >= CLASSES[0][0]]
    kept = near = 0
    for some in live:
        area, _, _ = core_areas(some)
        areas = [
            float(row["area_ha"]) * 1e4
            for part in shown.values()
            for (_, percent), row in part.iterrows()
            if percent == 50 and row.geometry.intersects(some.union_all())
        ]
        kept += bool(areas)
        near += any(abs(one - area) <= NEAR * area for one in areas)
    cells = [made.tables[name]["n"] for name in ("areas", "ages", "borders") if name in made.tables]
    figures = sum(int(one.notna().sum()) for one in cells)
    return [
        "| the demo municipality | |",
        "| --- | --- |",
        f"| neighbourhoods of ten drawers or more | {len(live)} |",
        f"| with their core in the edition | {kept} |",
        f"| with its area within 5 % of the live one | {near} |",
        f"| cells of areas, ages and borders with a figure | {figures} of {sum(map(len, cells))} |",
    ]


def main() -> None:
    """Print the table that was asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    which = asked.add_mutually_exclusive_group()
    which.add_argument("--town", action="store_true")
    which.add_argument("--row", action="store_true")
    given = asked.parse_args()
    rows = table_of_a_row() if given.row else table_of_the_town() if given.town else table_of_new_york()
    print("\n".join(rows))


if __name__ == "__main__":
    main()
