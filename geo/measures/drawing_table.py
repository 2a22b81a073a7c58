"""One row a drawing with everything the literature measures of it, for who goes on in another program."""

import geopandas as gpd
import pandas as pd

from geo.measures import shape_metrics, similarity

FORM = {
    "ground_m2": shape_metrics.area_m2,
    "perimeter_m": shape_metrics.perimeter_m,
    "radius_m": shape_metrics.equal_area_radius_m,
    "polsby_popper": shape_metrics.polsby_popper,
    "reock": shape_metrics.reock,
    "hull_ratio": shape_metrics.hull_ratio,
}
"""Measures of a drawing by itself."""

LIKENESS = {
    "iou": similarity.iou,
    "dice": similarity.dice,
    "overlap_coefficient": similarity.overlap_coefficient,
    "symmetric_difference_m2": similarity.symmetric_difference_m2,
    "size_ratio": similarity.size_ratio,
    "hausdorff_m": similarity.hausdorff_m,
    "frechet_m": similarity.frechet_m,
    "mean_boundary_distance_m": similarity.mean_boundary_distance_m,
    "boundary_tolerance_m": similarity.boundary_tolerance_m,
}
"""Measures of a drawing beside the official area that it resembles most."""


def measure_drawings(
    sketches: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, best: "pd.Series[str]"
) -> pd.DataFrame:
    """Return the form of every drawing, and how it lies beside the official area it resembles most.

    Parameters
    ----------
    sketches
        One row per resident, in metres.
    areas
        Official areas in the same plane, one row a code.
    best
        Code of the area each drawing is set beside, on the index of the drawings; missing where there is none.

    Returns
    -------
    DataFrame
        Index of `sketches`; ``code``; the columns of :data:`FORM` and of :data:`LIKENESS`, and
        ``coincidence_15m``, ``coincidence_30m``, ``coincidence_50m``: the share of the drawn outline so near that
        of the area. Square metres, metres, or 0 to 1; missing where a drawing has no such area.

    Examples
    --------
    A square of 1 ha, half of it over an area of 1 ha.

    >>> from shapely import box
    >>> drawn = gpd.GeoDataFrame(geometry=[box(50, 0, 150, 100)], index=["s"], crs=28992)
    >>> official = gpd.GeoDataFrame(geometry=[box(0, 0, 100, 100)], index=["a"], crs=28992)
    >>> found = measure_drawings(drawn, official, pd.Series({"s": "a"})).loc["s"]
    >>> float(found["ground_m2"]), round(float(found["iou"]), 3), round(found["hausdorff_m"])
    (10000.0, 0.333, 50)
    """
    shapes = sketches.geometry.to_numpy()
    beside = areas.geometry.reindex(best.reindex(sketches.index)).to_numpy()
    columns = {name: measure(shapes) for name, measure in FORM.items()}
    columns |= {name: measure(shapes, beside) for name, measure in LIKENESS.items()}
    columns |= {
        f"coincidence_{width_m:.0f}m": similarity.boundary_coincidence(shapes, beside, width_m=width_m)
        for width_m in similarity.WIDTHS_M
    }
    return pd.DataFrame(columns, index=sketches.index).assign(code=best.reindex(sketches.index))
