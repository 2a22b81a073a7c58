"""A formula is written once, over whole arrays, and answers for a single shape as well.

One shape in: a float out, or None where the measure has no meaning (nothing drawn, no ground, no home). An
array in: an array of float64 out, NaN where it has none. So a table never holds a 0 that means "unknown".
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]
Options = ParamSpec("Options")


class OfOne(Protocol[Options]):
    """A measure of shapes, each by itself."""

    @overload
    def __call__(
        self, shape: Geometry | None, /, *args: Options.args, **options: Options.kwargs
    ) -> float | None: ...
    @overload
    def __call__(self, shape: Any, /, *args: Options.args, **options: Options.kwargs) -> Numbers: ...


class OfTwo(Protocol[Options]):
    """A measure of pairs of shapes; one shape meets all of an array."""

    @overload
    def __call__(
        self, one: Geometry | None, other: Geometry | None, /, *args: Options.args, **options: Options.kwargs
    ) -> float | None: ...
    @overload
    def __call__(
        self, one: Any, other: Any, /, *args: Options.args, **options: Options.kwargs
    ) -> Numbers: ...


def shape_measure(formula: Callable[Concatenate[Shapes, Options], Numbers]) -> OfOne[Options]:
    """Return a formula over an array of shapes that also accepts one shape.

    Parameters
    ----------
    formula
        Function of an array of shapes that returns one number per shape, NaN where it has no answer.

    Returns
    -------
    callable
        The same measure. A single shape (or None) gives a float, or None in place of NaN; an array gives an
        array of the same shape.

    Examples
    --------
    >>> @shape_measure
    ... def width_m(shapes):
    ...     west, _, east, _ = shapely.bounds(shapes).T
    ...     return east - west
    >>> width_m(shapely.box(0, 0, 3, 4)), width_m(shapely.Polygon()), width_m([shapely.box(0, 0, 3, 4), None])
    (3.0, None, array([ 3., nan]))
    """

    @wraps(formula)
    def measure(shape: Any, /, *args: Options.args, **options: Options.kwargs) -> Any:
        shapes, single = _array(shape)
        return _answer(formula(shapes, *args, **options), single=single)

    return measure


def pair_measure(formula: Callable[Concatenate[Shapes, Shapes, Options], Numbers]) -> OfTwo[Options]:
    """Return a formula over two arrays of shapes that also accepts single shapes.

    Parameters
    ----------
    formula
        Function of two arrays of shapes, equally long, that returns one number per pair.

    Returns
    -------
    callable
        The same measure. Two single shapes give a float, or None in place of NaN. An array on either side
        gives an array, NaN where there is no answer; a single shape is paired with every element.

    Examples
    --------
    >>> @pair_measure
    ... def gap_m(one, other):
    ...     return shapely.distance(one, other)
    >>> here, there = shapely.Point(0, 0), shapely.Point(3, 4)
    >>> gap_m(here, there), gap_m(here, [there, None])
    (5.0, array([ 5., nan]))
    """

    @wraps(formula)
    def measure(one: Any, other: Any, /, *args: Options.args, **options: Options.kwargs) -> Any:
        (ones, one_single), (others, other_single) = _array(one), _array(other)
        ones, others = np.broadcast_arrays(ones, others)
        return _answer(formula(ones, others, *args, **options), single=one_single and other_single)

    return measure


def _array(shape: Any) -> tuple[Shapes, bool]:
    """Return an array of at least one dimension, and whether a single shape came in."""
    if shape is None or isinstance(shape, Geometry):
        single: Shapes = np.empty(1, dtype=object)
        single[0] = shape
        return single, True
    return np.asarray(shape, dtype=object), False


def _answer(numbers: Numbers, *, single: bool) -> Any:
    if not single:
        return numbers
    return float(numbers[0]) if np.isfinite(numbers[0]) else None


def divide_or_nan(above: Any, below: Any) -> Numbers:
    """Divide elementwise; NaN where the divisor is not positive or a value is unknown.

    Parameters
    ----------
    above
        Numerator; broadcast against `below`.
    below
        Denominator.

    Returns
    -------
    array
        The quotients. NaN where `below` is 0, negative or NaN, or `above` is NaN.

    Examples
    --------
    >>> divide_or_nan(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    above, below = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    found = np.full(below.shape, np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def area_or_nan_m2(shapes: Shapes) -> Numbers:
    """Return the area of each shape, NaN for shapes without area.

    Parameters
    ----------
    shapes
        Shapes in metres; None and empty shapes are allowed.

    Returns
    -------
    array
        Square metres, above 0. NaN for None, empty shapes, points and lines.

    Examples
    --------
    >>> area_or_nan_m2(np.array([shapely.box(0, 0, 2, 2), shapely.Polygon(), None])).tolist()
    [4.0, nan, nan]
    """
    area = shapely.area(shapes)
    return np.where(area > 0, area, np.nan)
