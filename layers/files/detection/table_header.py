"""In which row of a table the names of its columns stand."""

from typing import Any

import numpy as np

from layers.files.detection.place_columns import number


def is_title(lines: list[list[Any]], at: int) -> bool:
    """Return whether one value stands alone above wider rows.

    Examples
    --------
    >>> is_title([["Banken in Oost", ""], ["x", "y"]], 0), is_title([["x"], ["1"]], 0)
    (True, False)
    """
    return sum(map(is_filled, lines[at])) == 1 and any(
        sum(map(is_filled, line)) > 1 for line in lines[at + 1 :]
    )


def widest_row(lines: list[list[Any]], filled: list[int]) -> int:
    """Return the first of the rows with the most values: a title above a table has fewer."""
    return max(filled, key=lambda at: sum(map(is_filled, lines[at])), default=0)


def is_filled(cell: Any) -> bool:
    """Return whether a cell holds anything."""
    return cell is not None and str(cell).strip() != ""


def is_number(cell: Any) -> bool:
    """Return whether a cell holds a number."""
    return is_filled(cell) and bool(np.isfinite(number(cell)))
