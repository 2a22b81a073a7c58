"""What may leave the house: the answers of a study after the rules of `geo.disclosure`, one table each.

A table here holds no drawing, no point where anybody lives and no sentence anybody wrote; only what at least
five people share (ten, when the study looks at some of the drawers). Everything that is handed out, a file, a
picture or a report, is made of these tables and of nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import layers
from geo import access, consensus, disclosure, overlay
from geo.errors import SelectionGivesAway, TooFewSketches
from geo.frames import AREAS, SKETCHES
from geo.metrics import METHOD
from study import atlas, border_answers, comparison, facility_answers, fits, overview, progress
from study.homes import homes
from study.projects import Study, drawn, project

PREFERRED = ("buurt", "wijk", "pc4")
"""What is compared with, where nobody chose and no division fits better than another."""


@dataclass(frozen=True)
class Origin:
    """Where a table comes from.

    Attributes
    ----------
    table
        Its name; a slash and a theme for a part of the facilities.
    drawn
        Whether it rests on what residents drew, also where official borders come into it.
    source
        Who published it, or the name of the project where only drawings come into it.
    n
        Residents it rests on; None where it rests on none.
    """

    table: str
    drawn: bool
    source: str
    year: str
    licence: str
    n: int | None
    method: str = METHOD


@dataclass(frozen=True, eq=False)
class Publication:
    """One study as it may be handed out.

    Attributes
    ----------
    n
        Residents whose drawings count.
    least
        People behind anything that is shown.
    filtered
        Whether only some of the drawers are looked at.
    division
        Kind of official area it is compared with; empty when there is none.
    tables
        By name; nobody may change them. With a geometry: ``cores`` (neighbourhood, percent), ``disputed``,
        ``areas``, ``borders``, ``facilities``, and further divisions by their own key. Without:
        ``neighbourhoods``, ``divisions``, ``supply``, ``ages``.
    origins
        One a table.
    ground
        The base map in the same plane; empty where there is none.
    credit
        What must stand beside every picture.
    absent
        Keys of what could not be shown because it was never fetched: themes of facilities.
    """

    study: Study
    n: int
    least: int
    filtered: bool
    division: str
    tables: Mapping[str, Any]
    origins: tuple[Origin, ...]
    ground: Mapping[str, gpd.GeoDataFrame]
    credit: str
    absent: tuple[str, ...]

    @property
    def pictured(self) -> dict[str, gpd.GeoDataFrame]:
        """The same for pictures: the outlines of the cores rounded off for the eye."""
        smooth = cores(self.study, self.least, smooth=True)
        return {**self.spatial, "cores": smooth} if len(smooth) else self.spatial

    @property
    def spatial(self) -> dict[str, gpd.GeoDataFrame]:
        """The tables that stand on a map."""
        return {name: table for name, table in self.tables.items() if isinstance(table, gpd.GeoDataFrame)}


@lru_cache(maxsize=4)
def publication(study: Study, division: str | None = None) -> Publication:
    """Make everything that may be handed out of a study.

    Parameters
    ----------
    division
        Kind of official area; the one that fits best when None.

    Raises
    ------
    TooFewSketches
        Fewer drawings than may be shown.
    SelectionGivesAway
        The selection leaves so few out that they could be told from the difference with the whole.
    LayerUnknown, LayerNotFetched
    """
    sketches, asked = drawn(study), project(study.project)
    everybody = drawn(Study(study.project, study.revision)).index
    filtered = set(everybody) != set(sketches.index)
    least = max(disclosure.LEAST_PEOPLE, asked.least)
    if filtered:
        least = max(disclosure.LEAST_SUBGROUP, asked.least_group)
        if not disclosure.safe_together(everybody, sketches.index):
            raise SelectionGivesAway(
                n=len(set(everybody) ^ set(sketches.index)), least=disclosure.LEAST_PEOPLE
            )
    if len(sketches) < least:
        raise TooFewSketches(n=len(sketches), least=least)
    key = division or _best_fitting(study)
    tables: dict[str, Any] = {"cores": cores(study, least)}
    tables["disputed"] = disputed(tables["cores"])
    tables["neighbourhoods"] = neighbourhoods(study, tables["cores"], key)
    if key:
        tables["areas"] = areas(study, key, least)
        tables["borders"] = borders(study, key, least)
        tables["divisions"] = divisions(study)
        for other in comparison.divisions(study):
            if other != key and (division is not None or other in PREFERRED):
                tables[other] = comparison.areas(study, other)[["name", "geometry"]]
    tables["facilities"], absent = facilities(study)
    if len(tables["facilities"]) and key:
        known = [theme for theme in comparison.THEMES if theme not in absent]
        tables["supply"] = supply(study, tables, key, known)
    tables["ages"] = ages(study, least)
    kept = {name: table for name, table in tables.items() if len(table)}
    town = asked.municipality
    return Publication(
        study=study,
        n=len(sketches),
        least=least,
        filtered=filtered,
        division=key,
        tables=MappingProxyType(kept),
        origins=origins(study, kept, key),
        ground=layers.basemap(town) if town else {},
        credit=_credit(study, key),
        absent=absent,
    )


@lru_cache(maxsize=8)
def cores(study: Study, least: int, *, smooth: bool = False) -> gpd.GeoDataFrame:
    """Draw what a quarter, half and three quarters of the drawers of each neighbourhood share.

    Never of fewer than ``least`` people, so in a small neighbourhood the wider bands end where the fifth
    drawer ends. Outlines run along cells of 25 m and follow nobody's hand. With ``smooth`` they are rounded
    off for the eye and snapped to 10 m.

    Returns
    -------
    GeoDataFrame
        Index (neighbourhood, percent): ``name`` (empty when residents do not agree on one), ``n`` drawers,
        ``level``, ``people`` who at least share the ground, ``area_ha``, geometry.
    """
    rows, listed = [], _shown_neighbourhoods(study, least)
    for number, row in progress.over("cores", list(listed.iterrows())):
        base = disclosure.shown(consensus.surface(comparison.members(study, int(str(number)))), least=least)
        bands = consensus.contours(base, comparison.BANDS, least=least, smooth=smooth)
        bands = bands.set_geometry(disclosure.snapped(bands.geometry.to_numpy())) if smooth else bands
        for percent, band in bands[~bands.is_empty].iterrows():
            people = max(least, int(band["people"]))
            facts = (row["name"], int(row["n"]), row["level"], people, band["area_m2"] / 1e4)
            rows.append((number, percent, *facts, band[bands.geometry.name]))
    columns = ["neighbourhood", "percent", "name", "n", "level", "people", "area_ha", "geometry"]
    table = pd.DataFrame(rows, columns=columns).set_index(["neighbourhood", "percent"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=drawn(study).crs)


def _shown_neighbourhoods(study: Study, least: int) -> pd.DataFrame:
    """Give the neighbourhoods that may be shown; two of one name are told apart by their number."""
    found = comparison.neighbourhoods(study)
    found = found[found["n"] >= least]
    name = pd.Series([" / ".join(names) for names in found["names"]], found.index, dtype=object)
    twice = name.duplicated(keep=False) & (name != "")
    return found.assign(name=name.where(~twice, name + " (" + found.index.astype(str) + ")"))


def disputed(bands: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw the ground that two neighbourhoods both hold to be theirs, made of what is shown of both.

    Returns
    -------
    GeoDataFrame
        Index (first, second): numbers of the neighbourhoods. ``first_name``, ``second_name``, ``area_ha``.
    """
    wide = bands.xs(25, level="percent") if len(bands) else bands.droplevel("percent")
    shapes = wide.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    areal = np.array([_areal(shape) for shape in shared], dtype=object)
    index = pd.MultiIndex.from_arrays([wide.index[one], wide.index[other]], names=["first", "second"])
    names = wide["name"].to_numpy()
    table = gpd.GeoDataFrame(
        {"first_name": names[one], "second_name": names[other], "area_ha": shapely.area(areal) / 1e4},
        geometry=list(areal),
        index=index,
        crs=bands.crs,
    )
    return table[table["area_ha"] > 0].sort_values("area_ha", ascending=False)


def _areal(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.area > 0])


def neighbourhoods(study: Study, bands: gpd.GeoDataFrame, division: str) -> pd.DataFrame:
    """List the neighbourhoods, each beside the official area that its core (50 %) resembles most.

    Returns
    -------
    DataFrame
        Index neighbourhood, the largest group first: ``name``, ``n``, ``level``, ``agreement`` (mean IoU of
        two drawers), ``area_ha`` of the core, ``code``, ``official``, ``iou``, ``core_inside`` and
        ``area_inside`` (missing where there is no core or no area).
    """
    groups = bands.droplevel("percent").groupby(level=0).first() if len(bands) else bands.droplevel("percent")
    table = pd.DataFrame({"name": groups["name"], "n": groups["n"], "level": groups["level"]})
    table["agreement"] = _agreement(study, table.index)
    half = bands[bands.index.get_level_values("percent") == 50].droplevel("percent")
    table["area_ha"] = half["area_ha"].reindex(table.index)
    if division and len(half):
        units = comparison.areas(study, division)
        best = overlay.best(overlay.pairs(half.rename_axis(SKETCHES.index), units)).reindex(table.index)
        table["code"] = best["code"]
        table["official"] = best["code"].map(units["name"].groupby(level=AREAS.index).first())
        for column, source in (
            ("iou", "iou"),
            ("core_inside", "share_of_sketch"),
            ("area_inside", "share_of_area"),
        ):
            table[column] = best[source].round(2)
    return table


def _agreement(study: Study, numbers: pd.Index) -> list[float]:
    counted = progress.over("agreement", list(numbers))
    return [round(_mean_iou(comparison.members(study, int(number))), 2) for number in counted]


def _mean_iou(members: gpd.GeoDataFrame) -> float:
    exact = len(members) <= consensus.MOST_EXACT
    alike = consensus.pairwise_iou(members, cell_m=None if exact else 25.0)
    return float(alike[np.triu_indices(len(alike), 1)].mean())


def areas(study: Study, division: str, least: int) -> gpd.GeoDataFrame:
    """Set every official area beside what its own residents drew, as far as that may be told.

    Returns
    -------
    GeoDataFrame
        Index code: ``name``; ``n`` residents who drew (missing for few, and where it could be worked out from
        the others); ``level``; ``iou``, ``core_inside``, ``area_inside``, ``split``, ``verdict`` as in
        `study.fits`, shares of ground in whole percentages; ``own``: part of these residents whose drawing
        resembles this area more than any other, rounded.
    """
    found, units = fits.fits(study, division), comparison.areas(study, division)
    n = homes(study, division)["code"].value_counts().reindex(units.index, fill_value=0)
    drew = n[n > 0]
    told = disclosure.secondary(drew, pd.Series(len(homes(study, division)), drew.index), least=least)
    told = told.reindex(units.index, fill_value=True)
    table = gpd.GeoDataFrame(
        {"name": units["name"], "n": n.where(told).astype("Int64")}, geometry=units.geometry, crs=units.crs
    )
    some = told & (n >= least)
    table["level"] = found["level"].where(some)
    for column in ("iou", "core_inside", "area_inside", "split"):
        table[column] = found[column].where(some).round(2)
    table["verdict"] = found["verdict"].where(some)
    table["own"] = rounded(found["own"].where(some), n)
    table.attrs = units.attrs
    return table


def borders(study: Study, division: str, least: int) -> gpd.GeoDataFrame:
    """Give the borders between official areas with how hard each is, as a whole and never piece by piece.

    The pieces a border is measured in are cut where single drawings cross it; they would show where.

    Returns
    -------
    GeoDataFrame
        Index (left, right): codes. ``left_name``, ``right_name``, ``length_m``, ``n``, ``hardness`` (rounded;
        both missing for few), ``kind``, ``lies_on``, ``along``.
    """
    found = border_answers.table(study, division)
    shown = found["n"] >= least
    columns = ["left_name", "right_name", "length_m", "lies_on", "along", "geometry"]
    table = found[columns].copy()
    table["length_m"] = table["length_m"].round()
    table["n"] = found["n"].where(shown).astype("Int64")
    table["hardness"] = rounded(found["hardness"].where(shown), found["n"].fillna(0))
    table["kind"] = found["kind"].where(shown, "unknown")
    return table


def rounded(shares: "pd.Series[float]", n: "pd.Series[int]") -> "pd.Series[float]":
    """Round shares of people after `geo.disclosure.rounded_percent`, each by its own number of people.

    Examples
    --------
    >>> rounded(pd.Series([0.62, 0.62, None]), pd.Series([20, 60, 3])).tolist()
    [0.6, 0.6, nan]
    """
    found = pd.Series(np.nan, shares.index)
    for each, size in ((n < 50, disclosure.LEAST_PEOPLE), (n >= 50, 50)):
        some = each & shares.notna()
        found[some] = disclosure.rounded_percent(shares[some].to_numpy(), size) / 100
    return found


def divisions(study: Study) -> pd.DataFrame:
    """Rank the official divisions by how well they resemble what residents drew; index division."""
    ranked = comparison.ranking(study, tuple(comparison.divisions(study)))
    return ranked[ranked["n"] >= disclosure.LEAST_PEOPLE].round(
        {"mean_iou": 2, "median_iou": 2, "reached": 2, "split_index": 2}
    )


def facilities(study: Study) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Give the published facilities near the drawings, and the themes of which there is no list."""
    tables = {theme: facility_answers.facilities(study, theme) for theme in comparison.THEMES}
    absent = tuple(theme for theme, table in tables.items() if not table.attrs["covered"])
    columns = ["theme", "kind", "name", "source", "date", "geometry"]
    joined = pd.concat([table[columns] for table in tables.values()])
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=drawn(study).crs), absent


def supply(study: Study, tables: Mapping[str, Any], division: str, themes: Sequence[str]) -> pd.DataFrame:
    """Count the facilities in each neighbourhood's core (50 %) and in the official area it resembles most.

    Parameters
    ----------
    themes
        Those of which we have a list, also one without a single facility.

    Returns
    -------
    DataFrame
        Index (neighbourhood, theme): ``name``, ``in_core``, ``in_area``,
        ``only_core``, ``only_area``.
    """
    rows, places = [], tables["facilities"]
    listed = {theme: places[places["theme"] == theme] for theme in themes}
    units, beside = comparison.areas(study, division).geometry, tables["neighbourhoods"]
    half = tables["cores"].xs(50, level="percent")
    for number, row in half[beside["code"].reindex(half.index).notna()].iterrows():
        official = shapely.union_all(units[[beside["code"][number]]].to_numpy())
        for theme, facilities_of in listed.items():
            where = access.experienced_supply(row["geometry"], official, facilities_of).value_counts()
            both, mine, theirs = (int(where.get(key, 0)) for key in ("both", "core_only", "official_only"))
            rows.append((number, theme, row["name"], both + mine, both + theirs, mine, theirs))
    columns = ["neighbourhood", "theme", "name", "in_core", "in_area", "only_core", "only_area"]
    return pd.DataFrame(rows, columns=columns).set_index(["neighbourhood", "theme"])


def ages(study: Study, least: int) -> pd.DataFrame:
    """Set the ages of the drawers beside those of the inhabitants; see `study.overview.ages`.

    A class of few is left out together with the next smallest, since the total is told too.
    """
    found = overview.ages(study)
    if found.empty:
        return found
    n = found["n"].fillna(0).astype(int)
    drew = n[n > 0]
    told = disclosure.secondary(drew, pd.Series(0, drew.index), least=least).reindex(
        n.index, fill_value=False
    )
    shown = told & (not bool(found["n"].isna().any()))
    table = pd.DataFrame(index=found.index)
    table["n"] = n.where(shown).astype("Int64")
    table["share"] = rounded(found["share"].astype(float).where(shown), pd.Series(len(drawn(study)), n.index))
    table["inhabitants"] = found["inhabitants"].astype(float)
    return table


def origins(study: Study, tables: Mapping[str, Any], division: str) -> tuple[Origin, ...]:
    """Say of every table where it comes from."""
    name, n, days = project(study.project).name, len(drawn(study)), drawn(study)["created"]
    years = "-".join(str(year) for year in sorted({days.min().year, days.max().year}))
    official = comparison.divisions(study)
    found = []
    for table, rows in tables.items():
        if table == "facilities":
            found += [
                _origin_of(study, str(theme), part) for theme, part in rows.groupby("theme", sort=False)
            ]
        elif table in official or table in ("areas", "borders"):
            attrs = comparison.areas(study, table if table in official else division).attrs
            year = str(attrs.get("year") or attrs.get("date") or "")
            told = None if table in official else n
            licence = str(attrs.get("licence", ""))
            found.append(Origin(table, told is not None, str(attrs.get("source", "")), year, licence, told))
        else:
            found.append(Origin(table, drawn=True, source=name, year=years, licence="", n=n))
    return tuple(found)


def _origin_of(study: Study, theme: str, part: gpd.GeoDataFrame) -> Origin:
    sources, dates = (sorted(set(part[column].astype(str))) for column in ("source", "date"))
    licence = str(facility_answers.facilities(study, theme).attrs.get("licence", ""))
    return Origin(f"facilities/{theme}", False, ", ".join(sources), dates[-1], licence, None)


def _best_fitting(study: Study) -> str:
    """Give the division that fits best; the first there is where none has an answer; "" without any."""
    offered = comparison.divisions(study)
    if not offered:
        return ""
    usual = tuple(key for key in offered if key in PREFERRED) or tuple(offered)
    ranked = comparison.ranking(study, usual)
    return str(ranked.index[0]) if len(ranked) else usual[0]


def _credit(study: Study, division: str) -> str:
    """Say who made the lines and the ground of a picture."""
    if not division:
        return ""
    ground = atlas.ground_credit(project(study.project).municipality)
    return " · ".join(filter(None, (comparison.credit(study, division), ground)))
