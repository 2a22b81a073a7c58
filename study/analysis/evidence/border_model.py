"""What makes a border, by a model of which squares people leave out of their neighbourhood."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.borders.inclusion_model import DISTANCE, inclusion_model, seeming_distance
from geo.borders.inclusion_rows import crossings, squares_at_risk
from geo.grids.census_grid import grid_cell_centre
from geo.road_classes import road_class
from layers.official.dwellings import BUILT, DWELLING
from study import datasets, progress
from study.analysis import comparison
from study.analysis.evidence.certainty import SEED
from study.context import Study, get_project, read_sketches
from study.jobs import heavy_answer

MIN_PERSONS = 50
"""People with a known home from which the model is fitted."""

MIN_CROSSERS = 10
"""People who come to a thing from whom it enters the model."""

MAX_PERSONS = 600
"""Of more people as many are drawn by lot: their rows say enough."""

DIVISIONS = ("buurt", "pc4")
"""Official lines that may make a border."""

HOMES_OF = "pc6"
"""Division whose areas say of which kind the homes are."""

HOME_KINDS = {"building_age": BUILT, "dwelling_type": DWELLING}
"""What may differ between the homes here and there, and the column that says it."""

THINGS = ("main_road", "rail", "water", *DIVISIONS, *HOME_KINDS)
"""Everything that the model looks at."""

COLUMNS = ["factor", "low", "high", "persons", "rows"]


@dataclass(frozen=True, eq=False)
class BorderModel:
    """What keeps people from taking in the next square.

    Attributes
    ----------
    table
        Index thing: one of `THINGS`, those that ten people or more come to.
        ``factor``: how many times as far a square seems when it lies between, ``low`` to ``high`` with 90 %
        certainty (missing where distance does not count), ``persons`` and ``rows`` at risk behind it. The largest
        first.
    n_persons, n_known, n_rows
        People in the model, people with a known home, squares at risk.
    absent
        Things of which the data of this place say nothing, so that the model cannot either. What the data say is
        not there, such as a railway, is none of these.
    least
        People that the model needs; with fewer the table is empty.
    """

    table: pd.DataFrame
    n_persons: int
    n_known: int
    n_rows: int
    least: int = MIN_PERSONS
    absent: tuple[str, ...] = ()


@heavy_answer
def border_model(study: Study) -> BorderModel:
    """Fit the inclusion model to everybody of whom a home is known, as a square of 100 m."""
    homes = _homes(study)
    if len(homes) < MIN_PERSONS:
        return BorderModel(pd.DataFrame(columns=COLUMNS), 0, len(homes), 0)
    kept = sorted(homes)
    if len(kept) > MAX_PERSONS:
        kept = sorted(np.random.default_rng(SEED).choice(kept, MAX_PERSONS, replace=False).tolist())
    drawn, tell, parts = read_sketches(study).geometry, progress.reporter("comparing"), []
    for number, key in enumerate(kept):
        tell(number / len(kept) / 2)
        parts.append(squares_at_risk(drawn[key], homes[key]).assign(person=number))
    rows = pd.concat(parts, ignore_index=True)
    between = crossings(rows, _lines(study), _areas(study))
    persons = {name: int(rows["person"][between[name] > 0].nunique()) for name in between}
    between = between[[name for name, n in persons.items() if n >= MIN_CROSSERS]]
    model = inclusion_model(
        rows["left_out"].to_numpy(),
        between,
        np.log(rows["distance_m"].to_numpy(dtype=np.float64)),
        rows["person"].to_numpy(),
    )
    found = {}
    for name in between.columns:
        factor, low, high = seeming_distance(model, str(name))
        found[str(name)] = (factor, low, high, persons[name], int((between[name] > 0).sum()))
    table = pd.DataFrame.from_dict(found, orient="index", columns=COLUMNS).rename_axis("thing")
    if not model.converged or model.coefficients[DISTANCE] <= 0:
        table[["factor", "low", "high"]] = np.nan
    table = table.sort_values("factor", ascending=False)
    absent = tuple(thing for thing in THINGS if thing not in persons)
    return BorderModel(table, len(kept), len(homes), len(rows), absent=absent)


def _homes(study: Study) -> dict[str, shapely.Point]:
    drawn = read_sketches(study)
    if "home_cell" not in drawn:
        return {}
    middles = {str(key): grid_cell_centre(str(cell)) for key, cell in drawn["home_cell"].items()}
    return {key: middle for key, middle in middles.items() if middle is not None}


def _lines(study: Study) -> dict[str, NDArray[np.object_]]:
    """Return what is known of each thing; without a shape where it is known that there is none."""
    town = get_project(study.project).municipality
    ground, plane = datasets.basemap(town) if town else {}, read_sketches(study).crs
    found: dict[str, list[gpd.GeoDataFrame]] = {"main_road": [], "rail": [], "water": []}
    if "roads" in ground:
        main = ground["roads"]["kind"].map(lambda kind: road_class(kind).is_main).astype(bool)
        found["main_road"].append(ground["roads"][main])
    for name, parts in (("rail", ("rail",)), ("water", ("water", "canals"))):
        found[name] += [ground[part] for part in parts if part in ground]
    return {
        name: np.concatenate([table.to_crs(plane).geometry.to_numpy() for table in tables])
        for name, tables in found.items()
        if tables
    }


def _areas(study: Study) -> dict[str, gpd.GeoDataFrame]:
    known, plane = comparison.divisions(study), read_sketches(study).crs
    found = {
        key: comparison.division_areas(study, key)[["geometry"]].to_crs(plane)
        for key in DIVISIONS
        if key in known
    }
    if HOMES_OF not in known:
        return found
    areas = comparison.division_areas(study, HOMES_OF).to_crs(plane)
    kinds = {thing: areas[column] for thing, column in HOME_KINDS.items() if column in areas}
    return found | {
        thing: gpd.GeoDataFrame({"kind": kind}, geometry=areas.geometry, crs=plane)
        for thing, kind in kinds.items()
        if kind.notna().any()
    }
