"""Public tables of a study, rounded as they may leave; which rows are shown, the cells of an edition decide."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import accessibility
from geo.consensus.agreement import pairwise_iou
from geo.consensus.surface import MAX_EXACT
from geo.overlay.best_match import best_match
from geo.overlay.pairs import overlap_pairs
from geo.release.rounding import (
    MIN_SIDE_PEOPLE,
    rounded_fraction,
    rounded_people,
    rounded_share,
)
from geo.schemas import AREAS, SKETCHES
from study.analysis import area_fit, borders, comparison, facilities, key_figures, overview
from study.analysis.evidence.certainty import core_certainty
from study.analysis.evidence.division_fit import division_fit
from study.analysis.evidence.sensitivity import sensitivity
from study.analysis.evidence.weighted import compare_cores
from study.analysis.home_areas import home_area_of_sketch
from study.context import Study, get_project, read_sketches
from study.contributions.own_questions import choice_texts, question_text

WEIGHTED_COLUMNS = ("effective_n", "weighted_ha", "weighted_iou")


def band(bands: gpd.GeoDataFrame, percent: int) -> gpd.GeoDataFrame:
    """Return one band of every neighbourhood that has it; index neighbourhood."""
    return bands[bands.index.get_level_values("percent") == percent].droplevel("percent")


def disputed_ground(bands: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw the ground that two neighbourhoods both hold to be theirs, made of what is shown of both.

    Returns
    -------
    GeoDataFrame
        Index (first, second): numbers of the neighbourhoods. ``first_name``, ``second_name``, ``area_ha``.
    """
    wide = bands.sort_index().groupby(level="neighbourhood", sort=True).first()
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


def neighbourhood_table(
    study: Study, about: pd.DataFrame, bands: gpd.GeoDataFrame, division: str
) -> pd.DataFrame:
    """Set the neighbourhoods beside the official area that their core (50 %) resembles most.

    Parameters
    ----------
    about
        Index neighbourhood: ``name``, ``n``, ``level``, ``agreement``, ``as_of``.
    bands
        What is shown of them.

    Returns
    -------
    DataFrame
        The same with ``area_ha`` of the core, ``code``, ``official``, ``iou``, ``core_inside`` and
        ``area_inside`` (missing where there is no core or no area); the largest group first.
    """
    table = about.copy()
    half = band(bands, 50)
    table["area_ha"] = half["area_ha"].reindex(table.index)
    if division:
        units = comparison.division_areas(study, division)
        best = best_match(overlap_pairs(half.rename_axis(SKETCHES.index), units)).reindex(table.index)
        table["code"] = best["code"]
        table["official"] = best["code"].map(units["name"].groupby(level=AREAS.index).first())
        for column, source in (
            ("iou", "iou"),
            ("core_inside", "share_of_sketch"),
            ("area_inside", "share_of_area"),
        ):
            table[column] = best[source].round(2)
    table["as_of"] = table.pop("as_of")
    return table.sort_index().sort_values("n", ascending=False, kind="stable")


def public_level(members: gpd.GeoDataFrame) -> str:
    """Return the level of evidence of a neighbourhood's drawers: the same as on the planner's page."""
    return core_certainty(members).level


def mean_agreement(members: gpd.GeoDataFrame) -> float:
    """Return the mean overlap (IoU) of two drawers of a neighbourhood, to a tenth."""
    exact = len(members) <= MAX_EXACT
    alike = pairwise_iou(members, cell_m=None if exact else 25.0)
    return round(float(alike[np.triu_indices(len(alike), 1)].mean()), 1)


def area_table(study: Study, division: str) -> gpd.GeoDataFrame:
    """Set every official area beside what its own residents drew.

    Returns
    -------
    GeoDataFrame
        Index code: ``name``; ``n`` residents who drew, in fives; ``level``; ``iou``, ``core_inside``,
        ``area_inside``, ``split``, ``verdict`` as in `study.analysis.area_fit`, shares of ground in whole
        percentages; ``own``: part of these residents whose drawing resembles this area more than any other,
        from twenty residents on; ``basis``: whether these residents are known to live there ("home"), are put
        there by where their drawing lies ("drawing"), or some of each ("mixed").
    """
    found, units = area_fit.area_fit(study, division), comparison.division_areas(study, division)
    n = home_area_of_sketch(study, division)["code"].value_counts().reindex(units.index, fill_value=0)
    table = gpd.GeoDataFrame(
        {"name": units["name"], "n": pd.array(rounded_people(n.to_numpy()), dtype="Int64")},
        geometry=units.geometry,
        crs=units.crs,
    )
    some = (n > 0).to_numpy()
    table["level"] = found["level"].where(some)
    for column in ("iou", "core_inside", "area_inside", "split"):
        table[column] = found[column].where(some).round(2)
    table["verdict"] = found["verdict"].where(some)
    table["basis"] = home_basis(found["n_home"] / found["n"]).where(some)
    shares = found["own"].to_numpy(dtype=float)
    table["own"] = [
        None if np.isnan(share) else rounded_share(round(share * homes), int(homes))
        for share, homes in zip(shares, found["n_home"].to_numpy(dtype=float), strict=True)
    ]
    table["own"] = table["own"].astype(float)
    return table


def home_basis(known: "pd.Series[float]") -> "pd.Series[Any]":
    """Return in one word how many of some drawers have a known home: nearly all, nearly none, or some.

    Examples
    --------
    >>> home_basis(pd.Series([1.0, 0.95, 0.5, 0.0, np.nan])).tolist()
    ['home', 'home', 'mixed', 'drawing', None]
    """
    words = np.select([known >= 0.9, known <= 0.1, known.notna()], ["home", "drawing", "mixed"], "")
    found = pd.Series(words, known.index, dtype=object)
    return found.where(known.notna(), None)


def border_table(study: Study, division: str) -> gpd.GeoDataFrame:
    """Return the borders between official areas with how hard each is, as a whole and never piece by piece.

    The pieces a border is measured in are cut where single drawings cross it; they would show where.

    Returns
    -------
    GeoDataFrame
        Index (left, right): codes. ``left_name``, ``right_name``, ``length_m``, ``n`` in fives, ``hardness``
        (from twenty people on), ``kind`` (with five on both sides), ``lies_on``, ``along``.
    """
    # By code: the order of the exact answers would tell what is rounded or hidden.
    found = borders.border_table(study, division).sort_index()
    table = found[["left_name", "right_name", "length_m", "lies_on", "along", "geometry"]].copy()
    table["length_m"] = table["length_m"].round()
    people = found["n"].fillna(0).astype(int).to_numpy()
    table["n"] = pd.array(rounded_people(people), dtype="Int64")
    table["n"] = table["n"].mask(people == 0)
    shares = found["hardness"].to_numpy(dtype=float)
    kinds = [
        None if np.isnan(one) else rounded_fraction(one, n) for one, n in zip(shares, people, strict=True)
    ]
    table["hardness"] = np.array(kinds, dtype=float)
    table["kind"] = [
        _kind(kind, share, rounded, n)
        for kind, share, rounded, n in zip(found["kind"], shares, kinds, people, strict=True)
    ]
    return table


def _kind(kind: str, share: float, vague_share: float | None, n: int) -> str:
    """Return the kind of border where its share is stated, or where five people are on both sides."""
    stop = 0 if np.isnan(share) else round(share * n)
    stated = vague_share is not None or (stop >= MIN_SIDE_PEOPLE and n - stop >= MIN_SIDE_PEOPLE)
    return kind if stated else "unknown"


def division_table(study: Study) -> pd.DataFrame:
    """Rank the official divisions by how much better they fit what residents drew than chance; index division.

    Returns
    -------
    DataFrame
        ``rank``, ``n``, ``fit``, ``mean_iou``, ``chance``, ``median_iou``, ``reached``, ``split_index``, see
        `study.analysis.evidence.division_fit`.
    """
    ranked = division_fit(study)
    digits = {"fit": 2, "mean_iou": 2, "chance": 2, "median_iou": 2, "reached": 1, "split_index": 2}
    columns = ["rank", "n", *digits]
    return ranked[columns].round(digits).assign(n=rounded_people(ranked["n"].to_numpy()))


def sensitivity_table(study: Study, division: str) -> pd.DataFrame:
    """Return what the outcome hangs on, rounded; index setting; see `study.analysis.evidence.sensitivity`.

    Settings that leave people out are for the planner's own screen: two of those, or one of two editions, may
    differ by a single person.
    """
    found = sensitivity(study, division)
    if found.empty:
        return found
    found = found[found["n"] == found.loc["usual", "n"]]
    n = found["n"].astype(int)
    table = pd.DataFrame({"n": rounded_people(n.to_numpy())}, index=found.index)
    table["neighbourhoods"] = found["neighbourhoods"].astype(int)
    table["within"] = [
        rounded_fraction(share, people) for share, people in zip(found["within"], n, strict=True)
    ]
    table["within"] = table["within"].astype(float)
    table["same_groups"] = found["same_groups"].astype(float).round(1)
    table["area_ha"] = [float(f"{size:.2g}") for size in found["area_ha"].astype(float)]
    table["same_area"] = found["same_area"].astype("Int64")
    return table


def weighted_core(members: gpd.GeoDataFrame, weights: "pd.Series[float] | None") -> dict[str, float]:
    """Return what weighing by age and home does to the core (50 %) of a neighbourhood, rounded; missing without.

    Returns
    -------
    dict
        ``effective_n`` down to a multiple of five, ``weighted_ha`` in two digits, ``weighted_iou`` of the cores
        with and without weights to a tenth.
    """
    if weights is None:
        return dict.fromkeys(WEIGHTED_COLUMNS, np.nan)
    found = compare_cores(members, weights)
    return {
        "effective_n": float(found["effective_n"] // 5 * 5),
        "weighted_ha": float(f"{found['weighted_ha']:.2g}"),
        "weighted_iou": round(found["alike"], 1),
    }


def division_lines(study: Study, division: str, others: Sequence[str]) -> dict[str, gpd.GeoDataFrame]:
    """Return the areas of other divisions, name and geometry, by their key."""
    return {
        other: comparison.division_areas(study, other)[["name", "geometry"]]
        for other in comparison.divisions(study)
        if other != division and other in others
    }


def facility_table(study: Study) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Return the published facilities of the municipality, and the themes of which there is no list."""
    tables = {theme: facilities.facilities_of_theme(study, theme) for theme in comparison.THEMES}
    absent = tuple(theme for theme, table in tables.items() if not table.attrs["covered"])
    columns = ["theme", "kind", "name", "source", "date", "geometry"]
    joined = pd.concat([table[columns] for table in tables.values()])
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=read_sketches(study).crs), absent


def facility_supply(
    study: Study, tables: Mapping[str, Any], division: str, themes: Sequence[str]
) -> pd.DataFrame:
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
    units, beside = comparison.division_areas(study, division).geometry, tables["neighbourhoods"]
    half = band(tables["cores"], 50)
    for number, row in half[beside["code"].reindex(half.index).notna()].iterrows():
        official = shapely.union_all(units[[beside["code"][number]]].to_numpy())
        for theme, facilities_of in listed.items():
            where = accessibility.experienced_supply(row["geometry"], official, facilities_of).value_counts()
            both, mine, theirs = (int(where.get(key, 0)) for key in ("both", "core_only", "official_only"))
            rows.append((number, theme, row["name"], both + mine, both + theirs, mine, theirs))
    columns = ["neighbourhood", "theme", "name", "in_core", "in_area", "only_core", "only_area"]
    table = pd.DataFrame(rows, columns=columns).astype(
        dict.fromkeys(("neighbourhood", *columns[3:]), "int64")
    )
    return table.set_index(["neighbourhood", "theme"])


def figure_table(
    study: Study, cores: gpd.GeoDataFrame, names: "pd.Series[str]", division: str
) -> pd.DataFrame:
    """Carry the key figures over to the cores (50 %) that are shown, made of nothing but those and the figures.

    Parameters
    ----------
    cores
        What is shown of the neighbourhoods; index (neighbourhood, percent).
    names
        Name of each neighbourhood.

    Returns
    -------
    DataFrame
        Index (neighbourhood, figure): ``name``, ``value``, ``low``, ``high``, ``telling``, ``unknown``, ``year``, see
        `study.analysis.key_figures.carried_figures`.
    """
    half = band(cores, 50)
    if half.empty:
        return pd.DataFrame()
    found = key_figures.carried_figures(study, division, half).reset_index()
    found = found.rename(columns={"target": "neighbourhood"}).sort_values("neighbourhood", kind="stable")
    found.insert(0, "name", found["neighbourhood"].map(names))
    for column in ("value", "low", "high"):
        found[column] = found[column].astype(float).round(1)
    found["unknown"] = found["unknown"].astype(float).round(2)
    found["year"] = found["year"].astype("Int64")
    return found.set_index(["neighbourhood", "figure"])


def age_table(study: Study, classes: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Set the ages of the drawers, in fives, beside those of the inhabitants.

    Parameters
    ----------
    classes
        Class to the drawers in it.
    """
    found = overview.age_distribution(study)
    if found.empty:
        return found
    n = [len(classes.get(str(key), ())) for key in found.index]
    table = pd.DataFrame({"n": pd.array(rounded_people(n), dtype="Int64")}, index=found.index)
    table["inhabitants"] = found["inhabitants"].astype(float)
    return table


def own_answer_table(study: Study, groups: Mapping[str, Mapping[str, Sequence[str]]]) -> pd.DataFrame:
    """Return how many gave each answer to the questions that were made for a project, in fives.

    Parameters
    ----------
    groups
        Question to choice to the drawers who chose it.

    Returns
    -------
    DataFrame
        Index (question, answer): keys. ``asked`` and ``answered``: their wording in the language of the project;
        ``n``.
    """
    project = get_project(study.project)
    rows = [
        (one.key, choice, question_text(one, project.language), text, len(groups[one.key][choice]))
        for one in project.own_questions
        for choice, text in choice_texts(one, project.language).items()
    ]
    table = pd.DataFrame(rows, columns=["question", "answer", "asked", "answered", "n"])
    table["n"] = pd.array(rounded_people(table["n"].to_numpy(dtype=int)), dtype="Int64")
    return table.set_index(["question", "answer"])


def with_answer_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``part``: each answer among those to its question, where all are stated; leave out questions without any.

    An answer that nobody gave looks like one that few gave: beside a single answer it would tell what the others were.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("q", "yes"), ("q", "no"), ("r", "yes")], names=["question", "answer"])
    >>> table = pd.DataFrame({"asked": "", "answered": "", "n": pd.array([15, 5, 0], dtype="Int64")}, index)
    >>> with_answer_shares(table.assign(as_of="2026-01-01"))["part"].tolist()
    [0.8, 0.2]
    """
    n = table["n"].mask(table["n"] == 0)
    stated = n.notna().groupby(level="question").transform("any").astype(bool)
    found = table.assign(n=n, as_of=table["as_of"].mask(n.isna()))[stated]
    parts = [shares_of_published(some) for _, some in found["n"].groupby(level="question")]
    found.insert(3, "part", pd.concat(parts).reindex(found.index) if parts else pd.Series(dtype=float))
    return found


def shares_of_published(n: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the part each stated number has of all, where all are stated: made of published numbers alone.

    Examples
    --------
    >>> shares_of_published(pd.Series([5, 15, 20], dtype="Int64")).tolist()
    [0.1, 0.4, 0.5]
    """
    total = int(n.sum())
    if n.isna().any() or total < 20:
        return pd.Series(np.nan, n.index)
    step = 10 if total < 50 else 20
    return pd.Series(np.round(n.astype(float) / total * step) / step, n.index)


def best_fitting_division(study: Study, preferred: Sequence[str]) -> str:
    """Return the division that fits best beyond chance, as the table of divisions ranks them.

    The first there is where none has an answer; "" without any.
    """
    offered = comparison.divisions(study)
    if not offered:
        return ""
    usual = tuple(key for key in offered if key in preferred) or tuple(offered)
    return next((str(key) for key in division_fit(study).index if key in usual), usual[0])
