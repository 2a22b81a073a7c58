"""GeoJSON in degrees: geometries, features and collections, as RFC 7946 has them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

__all__ = ["collection", "feature", "geometries", "geometry", "rounded"]


def rounded(shapes: NDArray[np.object_], decimals: int) -> NDArray[np.object_]:
    """Return shapes with coordinates of so many decimals; rings that collapse are left as they are.

    Parameters
    ----------
    shapes
        In degrees; what is missing stays missing.
    decimals
        7 decimals of a degree are a centimetre.

    Returns
    -------
    array of Geometry
        As many.

    Examples
    --------
    >>> print(rounded(np.array([shapely.Point(5.123456789, 52.0)]), 3)[0])
    POINT (5.123 52)
    """
    found: NDArray[np.object_] = shapely.transform(shapes, lambda spots: spots.round(decimals))
    return found


def geometries(shapes: NDArray[np.object_]) -> list[dict[str, Any]]:
    """Return the GeoJSON object of each shape.

    Parameters
    ----------
    shapes
        In degrees, none missing.

    Returns
    -------
    list of dict
        In the same order, each with ``type`` and ``coordinates``.

    Examples
    --------
    >>> geometries(np.array([shapely.Point(5.5, 52.0)]))
    [{'type': 'Point', 'coordinates': [5.5, 52.0]}]
    """
    return [json.loads(text) for text in shapely.to_geojson(shapes)]


def geometry(shape: Geometry) -> dict[str, Any]:
    """Return the GeoJSON object of one shape in degrees.

    Examples
    --------
    >>> geometry(shapely.Point(5.5, 52.0))["coordinates"]
    [5.5, 52.0]
    """
    return dict(json.loads(str(shapely.to_geojson(shape))))


def feature(shape: Mapping[str, Any], properties: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """Return a feature.

    Parameters
    ----------
    shape
        Its geometry, as `geometry` gives it.
    properties
        What is known of it.
    **members
        Others than these three, such as ``bbox``.

    Returns
    -------
    dict
        ``type``, the members, ``properties`` and ``geometry``.

    Examples
    --------
    >>> sorted(feature(geometry(shapely.Point(5.5, 52.0)), {"name": "De Knoop"}))
    ['geometry', 'properties', 'type']
    """
    return {"type": "Feature", **members, "properties": dict(properties), "geometry": dict(shape)}


def collection(features: Iterable[Mapping[str, Any]], **members: Any) -> dict[str, Any]:
    """Return a collection of features, with other members such as ``name`` and ``bbox`` in front.

    Examples
    --------
    >>> collection([], name="Noord")
    {'type': 'FeatureCollection', 'name': 'Noord', 'features': []}
    """
    return {"type": "FeatureCollection", **members, "features": [dict(one) for one in features]}
