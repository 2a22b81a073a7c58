"""Where the makers of drawings live, as far as that was kept: the official area, never the address."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd
import shapely

from geo import overlay
from study import comparison
from study.projects import Study, drawn

CELL_M = 100
"""Side of the squares in which CBS publishes, m."""


@lru_cache(maxsize=32)
def homes(study: Study, division: str) -> pd.DataFrame:
    """Give for each drawing the official area its maker belongs to.

    What was kept of the home decides: its area, or the 100 m square it lies in. Where nothing was kept, the
    area that holds most of the drawing stands in for it.

    Returns
    -------
    DataFrame
        Index sketch_id. ``code``: of the area, None for outside all areas. ``basis``: "home" or "drawing".
    """
    sketches, areas = drawn(study), comparison.areas(study, division)
    known = pd.Series(None, sketches.index, dtype=object)
    if "home_unit" in sketches:
        unit = sketches["home_unit"].astype(object)
        known = unit.where(unit.isin(areas.index), None)
    if "home_cell" in sketches and len(sketches):
        places = np.array([cell_middle(str(cell)) for cell in sketches["home_cell"]], dtype=object)
        found = pd.Series(None, sketches.index, dtype=object)
        cells, hits = shapely.STRtree(areas.geometry.to_numpy()).query(places, predicate="intersects")
        found.iloc[cells[::-1]] = areas.index.to_numpy()[hits[::-1]]
        known = known.where(known.notna(), found)
    main = overlay.best(comparison.pairs(study, division))["main_code"].reindex(sketches.index)
    return pd.DataFrame(
        {
            "code": known.where(known.notna(), main.astype(object)),
            "basis": np.where(known.notna(), "home", "drawing"),
        },
        index=sketches.index,
    )


def cell_middle(cell: str) -> shapely.Point | None:
    """Give the middle of a 100 m square of CBS in RD, m; None for what is no square.

    Examples
    --------
    >>> print(cell_middle("E0935N4475"))
    POINT (93550 447550)
    """
    read = re.fullmatch(r"E(\d{4})N(\d{4})", cell)
    if read is None:
        return None
    east, north = (int(part) * CELL_M + CELL_M / 2 for part in read.groups())
    return shapely.Point(east, north)
