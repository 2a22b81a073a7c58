"""Who drew: how many, when, where against who lives there, and what was remarked about the drawings."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import layers
from geo import consensus, disclosure
from geo.errors import LayerError
from layers import own
from study import comparison
from study.homes import homes
from study.projects import Study, drawn, opened, project

INHABITANTS = "aantal_inwoners"

MOST_AT_ONCE = 1_000
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
    flagged, repaired, remarked, aside
        Drawings with a flag, mended, with a remark, set aside.
    largest_session
        Share of all drawings made on one evening, 0 to 1; above 0.3 people may have copied each other.
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
    flagged: int
    repaired: int
    remarked: int
    aside: int
    median_ha: float | None
    neighbourhoods: int | None


@lru_cache(maxsize=32)
def overview(study: Study) -> Overview:
    """Count what there is."""
    sketches = drawn(study)
    n = len(sketches)
    at_sessions = sketches["session"][sketches["session"] != ""]
    aside = {flag.subject for flag in opened().flags(study.project) if flag.decision == "aside"}
    days = sketches["created"]
    return Overview(
        n=n,
        n_whole=len(drawn(Study(study.project, study.revision))),
        sessions=at_sessions.nunique(),
        largest_session=float(at_sessions.value_counts().max() / n) if len(at_sessions) else 0.0,
        first_day=days.min().date() if n else None,
        last_day=days.max().date() if n else None,
        flagged=int(sum(bool(reasons) for reasons in sketches["flagged_for"])),
        repaired=int(sum(bool(repairs) for repairs in sketches["repairs"])),
        remarked=int(sum(bool(warnings) for warnings in sketches["warnings"])),
        aside=len(aside),
        median_ha=float(np.median(sketches.area) / 1e4) if n else None,
        neighbourhoods=_neighbourhoods(study),
    )


def _neighbourhoods(study: Study) -> int | None:
    if len(drawn(study)) > MOST_AT_ONCE:
        return None
    return int((comparison.neighbourhoods(study)["n"] >= disclosure.LEAST_PEOPLE).sum())


@lru_cache(maxsize=32)
def where(study: Study, division: str) -> pd.DataFrame:
    """Set the number of drawers of each area beside its inhabitants.

    Returns
    -------
    DataFrame
        Index code. ``name``; ``n``: drawers who live there, or whose drawing lies mostly there (missing for
        few, see `geo.disclosure.secondary`); ``inhabitants``; ``per_1000``: drawers per 1,000 inhabitants;
        ``ratio``: the area's part of the drawers over its part of the inhabitants, with the 95 % interval
        ``low`` to ``high`` (1 is fair, below 1 too few drew); ``blank``: people live there and nobody drew.
        Unknown is missing, never 0. ``attrs``: source, year, and how many drawers are placed by their home.
    """
    areas, lived = comparison.areas(study, division), homes(study, division)
    n = lived["code"].value_counts().reindex(areas.index, fill_value=0)
    people = inhabitants(study, division).reindex(areas.index)
    total, all_people = int(n.sum()), float(people.sum())
    low, high = consensus.wilson(n.to_numpy(), total) if total else (np.nan, np.nan)
    share: pd.Series[float] = people / all_people if all_people else people * np.nan
    drew = n[n > 0]
    told = disclosure.secondary(drew, pd.Series(total, drew.index)).reindex(n.index, fill_value=True)
    shown = n.where(told)
    told &= share > 0
    table = pd.DataFrame(
        {
            "name": areas["name"],
            "n": shown,
            "inhabitants": people,
            "per_1000": (shown * 1000 / people).where(people >= 50),
            "ratio": (n / total / share).where(told) if total else np.nan,
            "low": pd.Series(low / share, areas.index).where(told),
            "high": pd.Series(high / share, areas.index).where(told),
            "blank": (n == 0) & (people > 0),
        }
    )
    table.attrs = {
        **dict[Any, Any](credit(study, division)),
        "by_home": int((lived["basis"] == "home").sum()),
        "total": total,
    }
    return table.sort_values(["n", "name"], ascending=[False, True], na_position="last")


@lru_cache(maxsize=32)
def ages(study: Study) -> pd.DataFrame:
    """Set the ages of drawers beside those of inhabitants, in classes both have.

    Returns
    -------
    DataFrame
        Index class ("young" to 25, "adult" to 45, "middle" to 65, "old"). ``n`` drawers (missing for 1 to
        4), ``share`` of the drawers who gave an age with its 95 % interval ``low`` to ``high``,
        ``inhabitants``: share of the inhabitants (missing where there are no figures). Empty when nobody gave
        an age.
    """
    given = pd.Series([answer.get("age") for answer in drawn(study)["answers"]], dtype=object).dropna()
    if given.empty:
        return pd.DataFrame(columns=["n", "share", "low", "high", "inhabitants"])
    figures, rows = _town_figures(study), dict[str, tuple[float | None, ...]]()
    for key, (answers, columns) in AGES.items():
        n = int(given.isin(answers).sum())
        low, high = consensus.wilson(n, len(given))
        told = n == 0 or n >= disclosure.LEAST_PEOPLE
        official = None if figures is None else sum(figures.get(column, np.nan) for column in columns) / 100
        rows[key] = (n, n / len(given), float(low), float(high)) if told else (None, None, None, None)
        rows[key] += (official,)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "share", "low", "high", "inhabitants"])
    table.index.name = "age"
    table.attrs = {"answered": len(given)}
    return table


def inhabitants(study: Study, division: str) -> "pd.Series[float]":
    """Give the inhabitants of each area where they are published; missing elsewhere."""
    return figures(study, division).get(
        INHABITANTS, pd.Series(np.nan, comparison.areas(study, division).index)
    )


@lru_cache(maxsize=32)
def figures(study: Study, division: str) -> pd.DataFrame:
    """Give the key figures of a division; a table without columns where none are known."""
    town = project(study.project).municipality
    if division.startswith(own.PREFIX) or not town:
        return pd.DataFrame(index=comparison.areas(study, division).index)
    return layers.figures(town, division)


def credit(study: Study, division: str) -> dict[str, str]:
    """Give the source and the year of a division's borders."""
    attrs = comparison.areas(study, division).attrs
    return {
        "source": str(attrs.get("source") or ""),
        "year": str(attrs.get("year") or attrs.get("date") or ""),
    }


def _town_figures(study: Study) -> "pd.Series[float] | None":
    try:
        return figures(study, "gemeente").iloc[0]
    except (LayerError, IndexError):
        return None
