"""Values of an export: translated, rounded and safe in a spreadsheet."""

import re
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import to_wgs84
from i18n import Translator
from study.analysis import comparison

SHARES = (
    "agreement", "iou", "core_inside", "area_inside", "split", "own", "hardness", "mean_iou", "median_iou",
    "reached", "split_index", "share", "inhabitants", "fit", "chance", "within", "weighted_iou", "unknown", "part",
)  # fmt: skip
"""Columns from 0 to 1 that people read as percentages."""

KEYED = {
    "level": "export.level_",
    "verdict": "export.verdict_",
    "kind": "export.kind_",
    "lies_on": "export.lies_on_",
    "theme": "export.theme_",
    "age": "export.age_",
    "division": "export.division_",
    "figure": "planner.figure_",
    "telling": "export.telling_",
    "basis": "export.basis_",
    "setting": "export.setting_",
}
"""Columns that hold keys, and where their words are."""

BOOK = (
    "neighbourhoods", "areas", "divisions", "borders", "disputed", "supply", "figures", "ages", "own_answers",
    "facilities",
    "sensitivity",
)  # fmt: skip
"""Sheets of a workbook, in order."""

FORMULA = re.compile(r"[=+\-@\t\r]")
"""A text that begins like this is a formula to a spreadsheet."""

PLACES = ("lon", "lat")
"""Columns of `point_places`."""

DEGREES = 7
"""Decimals of a degree: about a centimetre."""


def escape_formula(text: str) -> str:
    """Write text so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("Oranjebuurt")
    ("'=1+1", 'Oranjebuurt')
    """
    return f"'{text}" if FORMULA.match(text) else text


# --- Words of tables ------------------------------------------------------------------------------


def translate_value(column: str, key: object, say: Translator) -> str:
    """Translate a key of a column; one without a sentence is returned as it is.

    Examples
    --------
    >>> import i18n
    >>> translate_value("theme", "bench", i18n.get_translator("nl"))
    'Banken'
    """
    if column == "division" and (custom_name := comparison.custom_division_name(str(key))):
        return custom_name
    section, start = KEYED[column].split(".")
    return say.section(section).get(f"{start}{key}", str(key))


def translate_columns(table: pd.DataFrame, say: Translator) -> pd.DataFrame:
    """Return a table as people read it: heads and keys in words, no geometry but where points lie, in degrees."""
    rows = to_builtin(table).assign(**point_places(table))
    for column in rows.columns:
        if column in KEYED:
            rows[column] = [_cell(column, key, say) for key in rows[column]]
    heads = [say(f"export.head_{column}") for column in rows.columns]
    rows.attrs = {
        "shares": [heads[at] for at, column in enumerate(rows.columns) if column in SHARES],
        "degrees": [heads[at] for at, column in enumerate(rows.columns) if column in PLACES],
    }
    return rows.set_axis(heads, axis="columns")


def point_places(table: pd.DataFrame) -> dict[str, list[float]]:
    """Return longitude and latitude of a table of points, as columns; nothing for any other table.

    A list of places without their place is of no use in another program, nor in this one.

    Examples
    --------
    >>> spot = gpd.GeoDataFrame({"name": ["x"]}, geometry=gpd.points_from_xy([155_000], [463_000]), crs=28992)
    >>> {key: round(values[0], 4) for key, values in point_places(spot).items()}
    {'lon': 5.3872, 'lat': 52.1552}
    """
    if not isinstance(table, gpd.GeoDataFrame) or not (len(table) and table.geom_type.eq("Point").all()):
        return {}
    places = shapely.get_coordinates(to_wgs84(table.geometry.to_numpy(), table.crs)).round(DEGREES)
    return {"lon": places[:, 0].tolist(), "lat": places[:, 1].tolist()}


def _cell(column: str, key: Any, say: Translator) -> str:
    if key is None or pd.isna(key) or key == "":
        return ""
    return translate_value(column, key, say)


def write_bounds(
    say: Translator, value: float | None, low: float | None, high: float | None, telling: str, *, spec: str
) -> str:
    """Write a figure as it may be told: plain, with its range, as a range, or as a lower bound; "" if missing.

    Parameters
    ----------
    telling
        Key of `geo.statistics.figure_bounds.Telling`.
    spec
        Format of a number.

    Examples
    --------
    >>> import i18n
    >>> say = i18n.get_translator("nl")
    >>> write_bounds(say, 50, 50, 52, "with_range", spec=",.0f")
    '50 (50 – 52)'
    >>> write_bounds(say, 50, None, None, "at_least", spec=",.0f")
    'ten minste 50'
    """
    if telling == "missing":
        return ""
    between = (
        "" if low is None or pd.isna(low) else f"{say.number(low, spec)} – {say.number(high or 0.0, spec)}"
    )
    if value is None or pd.isna(value):
        return between
    text = say.number(value, spec)
    if telling == "at_least":
        return say("export.at_least", value=text)
    text = f"{text} ({between})" if between else text
    return f"{text} *" if telling == "inside_only" else text


def to_builtin(table: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of a table, its index as columns, without geometry."""
    facts = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).reset_index()
    for column in facts.columns:
        if pd.api.types.is_float_dtype(facts[column]):
            facts[column] = facts[column].round(4)
        elif facts[column].dtype == object:
            facts[column] = [
                None if value is None or pd.isna(value) else str(value) for value in facts[column]
            ]
    return facts


def table_title(name: str, say: Translator) -> str:
    """Return the title of a table; a further division has its own name.

    Examples
    --------
    >>> import i18n
    >>> table_title("cores", i18n.get_translator("nl")), table_title("wijk", i18n.get_translator("nl"))
    ('Kernen van beleefde buurten, precies', 'Officiële lijnen: wijk')
    """
    table, _, theme = name.partition("/")
    if table not in {*BOOK, "cores", "cores_smooth", "dictionary", "provenance"}:
        return say("export.table_lines", division=translate_value("division", table, say))
    title = say(f"export.table_{table}")
    return f"{title}: {say(f'export.theme_{theme}')}" if theme else title
