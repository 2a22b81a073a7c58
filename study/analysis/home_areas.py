"""Where the makers of drawings live, as far as that was kept: the official area, never the address."""

import numpy as np
import pandas as pd
import shapely

from geo.grids.census_grid import grid_cell_centre
from geo.overlay.best_match import best_match
from study.analysis import comparison
from study.context import Study, read_sketches
from study.jobs import heavy_answer


@heavy_answer
def home_area_of_sketch(study: Study, division: str) -> pd.DataFrame:
    """Return for each drawing the official area its maker belongs to.

    What was kept of the home decides: its area, or the 100 m square it lies in. Where nothing was kept, the
    area that holds most of the drawing stands in for it.

    Returns
    -------
    DataFrame
        Index sketch_id. ``code``: of the area, None for outside all areas. ``basis``: "home" or "drawing".
    """
    sketches, areas = read_sketches(study), comparison.division_areas(study, division)
    known = pd.Series(None, sketches.index, dtype=object)
    if "home_unit" in sketches:
        unit = sketches["home_unit"].astype(object)
        known = unit.where(unit.isin(areas.index), None)
    if "home_cell" in sketches and len(sketches):
        places = np.array([grid_cell_centre(str(cell)) for cell in sketches["home_cell"]], dtype=object)
        found = pd.Series(None, sketches.index, dtype=object)
        cells, hits = shapely.STRtree(areas.geometry.to_numpy()).query(places, predicate="intersects")
        found.iloc[cells[::-1]] = areas.index.to_numpy()[hits[::-1]]
        known = known.where(known.notna(), found)
    main = best_match(comparison.overlap_pairs(study, division))["main_code"].reindex(sketches.index)
    return pd.DataFrame(
        {
            "code": known.where(known.notna(), main.astype(object)),
            "basis": np.where(known.notna(), "home", "drawing"),
        },
        index=sketches.index,
    )
