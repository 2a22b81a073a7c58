"""Who drew: how many, when, where against who lives there, and what was remarked about the drawings."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

import layers
from geo.disclosure_control import complementary_suppression
from geo.errors import LayerError
from geo.intervals import wilson
from geo.overlay.best_match import best_match
from geo.privacy_limits import MIN_PEOPLE
from geo.statistics.survey_scores import mean_score_by_area
from layers import custom_figures, custom_layers
from store import Filters
from study.analysis import comparison
from study.analysis.home_areas import home_area_of_sketch
from study.answer_cache import cached_answer
from study.context import Study, get_project, read_sketches

INHABITANTS = "aantal_inwoners"

MAX_AT_ONCE = 1_000
"""With more drawings than this, finding the neighbourhoods takes longer than a first page may."""

AGES = {
    "young": (("0-15", "16-24"), ("percentage_personen_0_tot_15_jaar", "percentage_personen_15_tot_25_jaar")),
    "adult": (("25-44",), ("percentage_personen_25_tot_45_jaar",)),
    "middle": (("45-64",), ("percentage_personen_45_tot_65_jaar",)),
    "old": (("65-79", "80+"), ("percentage_personen_65_jaar_en_ouder",)),
}
"""Classes that our question and CBS have in common: our answers, and the figures they stand beside."""


@dataclass(frozen=True)
class Overview:
    """A study at a glance.

    Attributes
    ----------
    n
        Drawings that count under the filters.
    n_whole
        Drawings that count without filters.
    repaired
        Drawings that were repaired.
    largest_session
        Share of all drawings made on one session, 0 to 1; above 0.3 people may have copied each other.
    median_ha
        Median area of a drawing, hectares; None without drawings.
    neighbourhoods
        Experienced neighbourhoods drawn by enough residents to be shown; None where finding them would keep
        the first page waiting.
    """

    n: int
    n_whole: int
    sessions: int
    largest_session: float
    first_day: date | None
    last_day: date | None
    repaired: int
    median_ha: float | None
    neighbourhoods: int | None


@cached_answer
def study_overview(study: Study) -> Overview:
    """Count what there is."""
    sketches = read_sketches(study)
    n = len(sketches)
    at_sessions = sketches["session"][sketches["session"] != ""]
    days = sketches["created"]
    return Overview(
        n=n,
        n_whole=len(read_sketches(replace(study, filters=Filters()))),
        sessions=at_sessions.nunique(),
        largest_session=float(at_sessions.value_counts().max() / n) if len(at_sessions) else 0.0,
        first_day=days.min().date() if n else None,
        last_day=days.max().date() if n else None,
        repaired=int(sum(bool(repairs) for repairs in sketches["repairs"])),
        median_ha=float(np.median(sketches.area) / 1e4) if n else None,
        neighbourhoods=_neighbourhoods(study),
    )


def _neighbourhoods(study: Study) -> int | None:
    if len(read_sketches(study)) > MAX_AT_ONCE:
        return None
    return int((comparison.neighbourhoods(study)["n"] >= MIN_PEOPLE).sum())


@cached_answer
def response_by_area(study: Study, division: str) -> pd.DataFrame:
    """Set the number of drawers of each area beside its inhabitants.

    Returns
    -------
    DataFrame
        Index code. ``name``; ``n``: drawers who live there, or whose drawing lies mostly there (missing for
        few, see `geo.disclosure_control.secondary`); ``inhabitants``; ``per_1000``: drawers per 1,000 inhabitants;
        ``ratio``: the area's part of the drawers over its part of the inhabitants, with the 95 % interval
        ``low`` to ``high`` (1 is fair, below 1 too few drew); ``blank``: people live there and nobody drew.
        Unknown is missing, never 0. ``attrs``: source, year, and how many drawers are placed by their home.
    """
    areas, lived = comparison.division_areas(study, division), home_area_of_sketch(study, division)
    n = lived["code"].value_counts().reindex(areas.index, fill_value=0)
    people = inhabitants(study, division).reindex(areas.index)
    total, all_people = int(n.sum()), float(people.sum())
    low, high = wilson(n.to_numpy(), total) if total else (np.nan, np.nan)
    share: pd.Series[float] = people / all_people if all_people else people * np.nan
    drew = n[n > 0]
    can_show = complementary_suppression(drew, pd.Series(total, drew.index)).reindex(n.index, fill_value=True)
    shown = n.where(can_show)
    can_show &= share > 0
    table = pd.DataFrame(
        {
            "name": areas["name"],
            "n": shown,
            "inhabitants": people,
            "per_1000": (shown * 1000 / people).where(people >= 50),
            "ratio": (n / total / share).where(can_show) if total else np.nan,
            "low": pd.Series(low / share, areas.index).where(can_show),
            "high": pd.Series(high / share, areas.index).where(can_show),
            "blank": (n == 0) & (people > 0),
        }
    )
    table.attrs = {
        **dict[Any, Any](division_attribution(study, division)),
        "by_home": int((lived["basis"] == "home").sum()),
        "total": total,
    }
    return table.sort_values(["n", "name"], ascending=[False, True], na_position="last")


@cached_answer
def fit_by_area(study: Study, division: str) -> pd.DataFrame:
    """Return how well the areas of a division fit what was drawn, by the area the drawers belong to.

    The fit of a drawing is its overlap (IoU) with the area it resembles most, 0 where it meets none.

    Returns
    -------
    DataFrame
        The rows of `response_by_area`, with ``fit``: the mean of its drawers with the 95 % interval ``fit_low``
        to ``fit_high``, from ten drawers on (missing below, and where ``n`` is); ``fits``: "worse" or "better"
        where that interval leaves out the mean of all, else "alike"; "few" where it is missing, "blank" where
        nobody drew.
        ``attrs``: as there, and ``fit``, ``fit_low``, ``fit_high`` and ``drawings`` of all drawings.
    """
    sketches, table = read_sketches(study), response_by_area(study, division)
    match = best_match(comparison.overlap_pairs(study, division))["iou"]
    fit = match.reindex(sketches.index).fillna(0.0)
    whole = mean_score_by_area(fit, pd.Series("all", sketches.index)).iloc[0]
    area = home_area_of_sketch(study, division)["code"].reindex(sketches.index)
    found = mean_score_by_area(fit, area).reindex(table.index)
    # A number that is hidden for the sake of another would be known to be ten or more by its fit.
    found = found.where(table["n"].notna())
    # Student's interval of a share may go on above the whole.
    table = table.assign(fit=found["mean"], fit_low=found["low"], fit_high=found["high"].clip(upper=1.0))
    table["fits"] = np.select(
        [
            table["n"] == 0,
            table["fit"].isna(),
            table["fit_high"] < whole["mean"],
            table["fit_low"] > whole["mean"],
        ],
        ["blank", "few", "worse", "better"],
        "alike",
    )
    table.attrs |= {
        "fit": float(whole["mean"]),
        "fit_low": float(whole["low"]),
        "fit_high": min(float(whole["high"]), 1.0),
        "drawings": len(sketches),
    }
    return table


@cached_answer
def age_distribution(study: Study) -> pd.DataFrame:
    """Set the ages of drawers beside those of inhabitants, in classes both have.

    Returns
    -------
    DataFrame
        Index class ("young" to 25, "adult" to 45, "middle" to 65, "old"). ``n`` drawers (missing for 1 to
        4), ``share`` of the drawers who gave an age with its 95 % interval ``low`` to ``high``,
        ``inhabitants``: share of the inhabitants (missing where there are no figures). Empty when nobody gave
        an age.
    """
    given = pd.Series(
        [answer.get("age") for answer in read_sketches(study)["answers"]], dtype=object
    ).dropna()
    if given.empty:
        return pd.DataFrame(columns=["n", "share", "low", "high", "inhabitants"])
    figures, rows = _town_figures(study), dict[str, tuple[float | None, ...]]()
    for key, (answers, columns) in AGES.items():
        n = int(given.isin(answers).sum())
        low, high = wilson(n, len(given))
        can_show = n == 0 or n >= MIN_PEOPLE
        official = None if figures is None else sum(figures.get(column, np.nan) for column in columns) / 100
        rows[key] = (n, n / len(given), float(low), float(high)) if can_show else (None, None, None, None)
        rows[key] += (official,)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "share", "low", "high", "inhabitants"])
    table.index.name = "age"
    table.attrs = {"answered": len(given)}
    return table


def inhabitants(study: Study, division: str) -> "pd.Series[float]":
    """Return the inhabitants of each area where they are published; missing elsewhere."""
    return key_figures(study, division).get(
        INHABITANTS, pd.Series(np.nan, comparison.division_areas(study, division).index)
    )


@cached_answer
def key_figures(study: Study, division: str) -> pd.DataFrame:
    """Return the key figures of a division, uploaded ones included; no columns where none are known.

    Returns
    -------
    DataFrame
        ``attrs["years"]`` tells the year of each figure, where that is known. Uploaded figures come only where
        nothing was fetched.
    """
    town = get_project(study.project).municipality
    areas = comparison.division_areas(study, division)
    is_own = division.startswith(custom_layers.PREFIX)
    if is_own or not town:
        figures = custom_figures.figures_in_areas(areas)
        figures.attrs = {**areas.attrs, "years": {}}
    else:
        figures = layers.read_key_figures(town, division).copy()
    ground = division if is_own else town if town.startswith(custom_layers.PREFIX) else ""
    years = dict(figures.attrs.get("years", {}))
    for own, table in custom_figures.figures_for(areas, ground, study.project):
        for key in table:
            if key not in figures or figures[key].isna().all():
                figures[key] = table[key].reindex(figures.index)
                years[key] = own.year or areas.attrs.get("year")
    figures.attrs["years"] = {key: int(year) for key, year in years.items() if year}
    return figures


def division_attribution(study: Study, division: str) -> dict[str, str]:
    """Return the source and the year of a division's borders."""
    attrs = comparison.division_areas(study, division).attrs
    return {
        "source": str(attrs.get("source") or ""),
        "year": str(attrs.get("year") or attrs.get("date") or ""),
    }


def _town_figures(study: Study) -> "pd.Series[float] | None":
    try:
        return key_figures(study, "gemeente").iloc[0]
    except (LayerError, IndexError):
        return None
