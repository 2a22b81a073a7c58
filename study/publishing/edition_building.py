"""Everything of a project that may leave, built once: tables, shapes, and the people behind each cell.

The only module that sees drawings and makes what leaves. What it makes is frozen by the store as an edition;
files, pictures, pages and screens read the edition.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import SelectionTooClose
from geo.release.ledger import Decision
from geo.release.partitions import Partition
from geo.release.rounding import rounded_people, rounded_share
from store import ReleaseCell, ReleaseLedger
from study import datasets
from study.analysis import borders, comparison, facilities, overview
from study.analysis.evidence.weights import drawer_weights
from study.analysis.home_areas import home_area_of_sketch
from study.context import Study, get_project, get_store, read_sketches
from study.contributions import own_questions
from study.filters import own_column_name
from study.publishing import public_tables
from study.publishing.cell_decisions import (
    PEOPLE,
    CellDecisions,
    NeighbourhoodCell,
    follow_cells,
    outline_versions,
    released_name,
)
from study.publishing.publication import (
    FACTS,
    PREFERRED,
    SUFFIX,
    Provenance,
    Publication,
    encode_table,
    find_publication,
)

WHOLE = "project"
"""Scope of the edition of all who drew."""

MIN_MEAN_PEOPLE = 10
"""People behind a mean."""

MEDIAN_STEP_HA = 5
AREA_COLUMNS = ("n", "level", "iou", "core_inside", "area_inside", "split", "verdict", "basis", "own")
BORDER_COLUMNS = ("n", "hardness", "kind")
BAND_COLUMNS = ["neighbourhood", "percent", "name", "n", "level", "people", "area_ha", "as_of", "geometry"]
ABOUT_COLUMNS = [
    "neighbourhood", "name", "n", "level", "agreement", *public_tables.WEIGHTED_COLUMNS, "as_of"
]  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """An edition before it is frozen.

    Attributes
    ----------
    parts
        Name to text; empty when nothing may be shown.
    cells
        Cells that are published anew, for the ledger.
    members
        Contributions that count.
    verdicts
        Table of the ledger and key to what happens to the cell.
    """

    parts: Mapping[str, str]
    cells: tuple[ReleaseCell, ...]
    members: tuple[str, ...]
    verdicts: Mapping[tuple[str, str], Decision]

    def count(self, verdict: str) -> int:
        """Return how many cells are "new", "kept" or "hidden"."""
        return sum(one.verdict == verdict for one in self.verdicts.values())


class EditionBuilder:
    """One build: cells are decided table by table, and the rows of the tables follow their cells.

    Parameters
    ----------
    study
        One drawing a person.
    ledger
        What was released of the project before.
    before
        The last edition; its values stand where a cell is kept.
    day
        Day of the edition.
    scope
        Begins the keys of its cells in the ledger: "project" for everybody, else a selection, whose cells rest
        on the people a subgroup needs.
    """

    def __init__(
        self,
        study: Study,
        ledger: ReleaseLedger,
        before: Publication | None,
        day: date,
        *,
        scope: str = WHOLE,
    ) -> None:
        asked = get_project(study.project)
        self.study, self.before, self.day = study, before, day.isoformat()
        self.scope, self.total = scope, f"{scope}/total"
        self.least = asked.min_group_size if scope == WHOLE else asked.min_subgroup_size
        self.drawn = read_sketches(study)
        self.versions = outline_versions(self.drawn)
        self.decisions = CellDecisions(study.project, ledger, asked.min_edition_changes, total=self.total)
        frozen = released_division(study.project, ledger, before)
        self.division = public_tables.best_fitting_division(study, PREFERRED) if frozen is None else frozen

    def build(self) -> Draft:
        """Build every public table and decide for each cell whether it is new, kept or hidden.

        Raises
        ------
        SelectionTooClose
            A selection of which the people differ by a few from what was published before, as a whole.
        """
        areas, ages, own = self._areas(), self._ages(), own_questions.answer_groups(self.study)
        divided: list[tuple[Mapping[str, list[str]], Callable[[str], str]]] = [
            (areas, self._area_key), (ages, self._age_key),
            *((own[question], partial(self._own_key, question)) for question in own),
        ]  # fmt: skip
        self._decide_people(divided)
        total = self._verdict(self.total)
        if self.scope != WHOLE and total.verdict != "new":
            raise SelectionTooClose(wait_for=total.wait_for)
        tables = self._neighbourhood_tables()
        if self.division:
            tables["areas"] = self._area_table(areas)
            tables["borders"] = self._border_table()
            tables |= public_tables.division_lines(self.study, self.division, PREFERRED)
        tables |= self._project_tables()
        places, absent = public_tables.facility_table(self.study)
        tables["facilities"] = places.astype({"date": str, "name": str})
        if len(places) and self.division and len(tables["cores"]):
            known = [theme for theme in comparison.THEMES if theme not in absent]
            tables["supply"] = public_tables.facility_supply(self.study, tables, self.division, known)
        if self.division and len(tables["cores"]):
            names = tables["neighbourhoods"]["name"]
            tables["figures"] = public_tables.figure_table(self.study, tables["cores"], names, self.division)
        tables["ages"] = self._age_table(ages)
        tables["own_answers"] = self._own_table(own)
        kept = {name: table for name, table in tables.items() if len(table)}
        verdicts = self.decisions.verdicts
        empty = {name(key) for groups, name in divided for key, people in groups.items() if not people}
        if all(one.verdict == "hidden" for (_, key), one in verdicts.items() if key not in empty):
            return Draft({}, (), tuple(self.versions), verdicts)
        parts = {f"{name}{SUFFIX}": encode_table(table) for name, table in kept.items()}
        parts[FACTS] = self._facts(kept, absent)
        return Draft(parts, tuple(self.decisions.new), tuple(self.versions), verdicts)

    def _earlier(self, name: str) -> pd.DataFrame:
        table = None if self.before is None else self.before.tables.get(name)
        return pd.DataFrame() if table is None else pd.DataFrame(table)

    # --- People: the total, areas, ages

    def _areas(self) -> dict[str, list[str]]:
        if not self.division:
            return {}
        lived = home_area_of_sketch(self.study, self.division)["code"].dropna()
        found = {str(code): [str(key) for key in part.index] for code, part in lived.groupby(lived)}
        units = comparison.division_areas(self.study, self.division).index
        return {str(code): found.get(str(code), []) for code in units.unique()}

    def _ages(self) -> dict[str, list[str]]:
        given = pd.Series([answer.get("age") for answer in self.drawn["answers"]], self.drawn.index)
        found = {
            name: [str(key) for key in given.index[given.isin(answers)]]
            for name, (answers, _) in overview.AGES.items()
        }
        return found if any(found.values()) else {}

    def _decide_people(self, divided: Sequence[tuple[Mapping[str, list[str]], Callable[[str], str]]]) -> None:
        cells = [ReleaseCell(PEOPLE, self.total, self.versions, self.least)]
        partitions = []
        for groups, name in divided:
            ordered = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
            cells += [
                ReleaseCell(
                    PEOPLE,
                    name(key),
                    {one: self.versions[one] for one in people},
                    self.least if people else 0,
                )
                for key, people in ordered
            ]
            rest = len(self.versions) - sum(len(people) for people in groups.values())
            partitions.append(Partition(tuple(name(key) for key in groups), rest))
        self.decisions.decide(PEOPLE, cells, partitions)

    def _area_key(self, code: str) -> str:
        return f"{self.scope}/area/{self.division}/{code}"

    def _age_key(self, name: str) -> str:
        return f"{self.scope}/age/{name}"

    def _own_key(self, question: str, choice: str) -> str:
        return f"{self.scope}/own/{question}/{choice}"

    def _verdict(self, key: str) -> Decision:
        return self.decisions.verdicts[PEOPLE, key]

    def _area_table(self, areas: dict[str, list[str]]) -> gpd.GeoDataFrame:
        table = public_tables.area_table(self.study, self.division)
        verdict = {code: self._verdict(self._area_key(code)) for code in areas}
        followed: gpd.GeoDataFrame = follow_cells(
            table, self._earlier("areas"), verdict, AREA_COLUMNS, self.day
        )
        return followed

    def _age_table(self, ages: dict[str, list[str]]) -> pd.DataFrame:
        table: pd.DataFrame = public_tables.age_table(self.study, ages)
        if table.empty:
            return table
        verdict = {name: self._verdict(self._age_key(name)) for name in ages}
        followed: pd.DataFrame = follow_cells(table, self._earlier("ages"), verdict, ("n",), self.day)
        if followed["n"].isna().all():
            return followed.iloc[:0]
        followed.insert(1, "share", public_tables.shares_of_published(followed["n"]))
        return followed

    def _own_table(self, own: dict[str, dict[str, list[str]]]) -> pd.DataFrame:
        verdict = {(one, key): self._verdict(self._own_key(one, key)) for one in own for key in own[one]}
        table, before = public_tables.own_answer_table(self.study, own), self._earlier("own_answers")
        return public_tables.with_answer_shares(follow_cells(table, before, verdict, ("n",), self.day))

    def _border_table(self) -> gpd.GeoDataFrame:
        table = public_tables.border_table(self.study, self.division)
        verdict = {}
        for (left, right), people in borders.border_visitors(self.study, self.division).items():
            cell = ReleaseCell(
                f"border/{self.division}/{left}/{right}",
                "stop" if self.scope == WHOLE else f"{self.scope}/stop",
                {key: self.versions[key] for key in people},
                self.least,
            )
            verdict[left, right] = self.decisions.decide(cell.table, [cell])[cell.key]
        followed: gpd.GeoDataFrame = follow_cells(
            table, self._earlier("borders"), verdict, BORDER_COLUMNS, self.day
        )
        followed["kind"] = followed["kind"].fillna("unknown")
        # A day beside a border that nobody crosses would go with the first who does.
        followed["as_of"] = followed["as_of"].mask(followed["n"].isna())
        return followed

    # --- Neighbourhoods: bands and all that hangs on them are one cell

    def _neighbourhood_tables(self) -> dict[str, Any]:
        cluster = comparison.cluster_of_sketch(self.study)
        names = get_store().editions.released_names(self.study.project)
        about: list[dict[str, Any]] = []
        bands: list[dict[str, Any]] = []
        for one in self.decisions.neighbourhoods(
            cluster, self.versions, prefix=f"{self.scope}/", least=self.least
        ):
            some = self.drawn.loc[list(one.people)]
            name = released_name(some["name"], len(some), names)
            if one.verdict == "new":
                about.append(self._about(one, some))
                bands += self._bands(one, some)
            elif one.verdict == "kept":
                about += self._earlier_rows("neighbourhoods", one.number)
                bands += self._earlier_rows("cores", one.number)
            for row in (*about, *bands):
                if row["neighbourhood"] == one.number:
                    row["name"] = name
        self._keep_days(about, bands)
        cores = pd.DataFrame(bands, columns=BAND_COLUMNS).astype(
            {"neighbourhood": "int64", "percent": "int64"}
        )
        cores = gpd.GeoDataFrame(
            cores.set_index(["neighbourhood", "percent"]).sort_index(),
            geometry="geometry",
            crs=self.drawn.crs,
        )
        facts = pd.DataFrame(about, columns=ABOUT_COLUMNS).astype(
            {"neighbourhood": "int64", **dict.fromkeys(("agreement", *public_tables.WEIGHTED_COLUMNS), float)}
        )
        tables = {"cores": cores, "disputed": public_tables.disputed_ground(cores)}
        tables["neighbourhoods"] = public_tables.neighbourhood_table(
            self.study, facts.set_index("neighbourhood"), cores, self.division
        )
        return tables

    def _about(self, one: NeighbourhoodCell, some: gpd.GeoDataFrame) -> dict[str, Any]:
        n = int(rounded_people(len(some)))
        agreement = public_tables.mean_agreement(some) if len(some) >= MIN_MEAN_PEOPLE else np.nan
        facts = {"n": n, "level": public_tables.public_level(some), "agreement": agreement}
        return {
            "neighbourhood": one.number,
            "name": "",
            **facts,
            **self._weighted(one, some),
            "as_of": self.day,
        }

    def _weighted(self, one: NeighbourhoodCell, some: gpd.GeoDataFrame) -> dict[str, Any]:
        """Return what weighing does to a neighbourhood: it rests on all who drew, so it waits for all of them too."""
        verdict = self._verdict(self.total).verdict
        if verdict == "new":
            found = drawer_weights(self.study)
            return public_tables.weighted_core(some, None if found is None else found.weights)
        earlier = self._earlier_rows("neighbourhoods", one.number)
        if verdict == "kept" and one.is_unchanged and earlier:
            return {column: earlier[0][column] for column in public_tables.WEIGHTED_COLUMNS}
        return dict.fromkeys(public_tables.WEIGHTED_COLUMNS, np.nan)

    def _bands(self, one: NeighbourhoodCell, some: gpd.GeoDataFrame) -> list[dict[str, Any]]:
        n, level = int(rounded_people(len(some))), public_tables.public_level(some)
        return [
            {
                "neighbourhood": one.number,
                "percent": band.percent,
                "name": "",
                "n": n,
                "level": level,
                # Down to a multiple of five: the exact number beside the percentage would tell n.
                "people": band.people // 5 * 5,
                "area_ha": area_m2 / 1e4,
                "as_of": self.day,
                "geometry": shape,
            }
            for band, shape, area_m2 in self.decisions.neighbourhood_bands(
                some, self.versions, least=self.least
            )
        ]

    def _earlier_rows(self, name: str, number: int) -> list[dict[str, Any]]:
        table = self._earlier(name)
        if table.empty:
            return []
        some = table[table.index.get_level_values("neighbourhood") == number].reset_index()
        columns = BAND_COLUMNS if name == "cores" else ABOUT_COLUMNS
        # An edition of before a column came has none.
        return [{column: row.get(column) for column in columns} for row in some.to_dict("records")]

    def _keep_days(self, about: list[dict[str, Any]], bands: list[dict[str, Any]]) -> None:
        """Set the earlier day of a neighbourhood that says the same as before."""
        for row in about:
            number = row["neighbourhood"]
            for name, rows in (("neighbourhoods", [row]), ("cores", bands)):
                mine = [each for each in rows if each["neighbourhood"] == number]
                earlier = self._earlier_rows(name, number)
                if len(mine) == len(earlier) and all(map(_says_the_same, mine, earlier)):
                    for each, was in zip(mine, earlier, strict=True):
                        each["as_of"] = was["as_of"]

    # --- The project as a whole

    def _project_tables(self) -> dict[str, Any]:
        verdict = self._verdict(self.total).verdict
        if not self.division or verdict == "hidden" or len(self.drawn) < MIN_MEAN_PEOPLE:
            return {}
        if verdict == "kept":
            earlier = {name: self._earlier(name) for name in ("divisions", "sensitivity")}
            return {name: table for name, table in earlier.items() if len(table)}
        return {
            "divisions": public_tables.division_table(self.study),
            "sensitivity": public_tables.sensitivity_table(self.study, self.division),
        }

    def _facts(self, tables: Mapping[str, Any], absent: tuple[str, ...]) -> str:
        verdict = self._verdict(self.total).verdict
        sizes = self.drawn["session"][self.drawn["session"] != ""].value_counts()
        facts: dict[str, Any] = {"n": int(rounded_people(len(self.drawn)))}
        facts["median_ha"] = max(
            MEDIAN_STEP_HA, MEDIAN_STEP_HA * round(float(self.drawn.area.median()) / 1e4 / MEDIAN_STEP_HA)
        )
        facts["largest_session"] = rounded_share(int(sizes.max()), len(self.drawn)) if len(sizes) else None
        facts["years"] = self._years()
        if verdict == "kept" and self.before is not None:
            earlier = self.before
            facts |= {"n": earlier.n, "median_ha": earlier.median_ha, "years": earlier.years}
            facts |= {"largest_session": earlier.largest_session}
        elif verdict != "new":
            # Somebody left: what is stated of the whole is what the neighbourhoods that are stated add up to.
            n = int(tables["neighbourhoods"]["n"].sum()) if "neighbourhoods" in tables else self.least
            facts |= {"n": n, "median_ha": None, "largest_session": None, "years": ""}
        facts |= {"least": self.least, "division": self.division, "absent": list(absent)}
        facts["tables"] = list(tables)
        facts["credit"] = self._credit()
        if self.scope != WHOLE:
            facts["selection"] = self._selection()
        origins = self._origins(tables, facts["n"], facts["years"])
        facts["origins"] = [asdict(one) for one in origins]
        return json.dumps(facts, ensure_ascii=False, sort_keys=True)

    def _selection(self) -> dict[str, Any]:
        """Return which drawings these are, for whoever opens a file of them."""
        filters = self.study.filters
        held = get_store().sessions.list_all(self.study.project)
        return {
            "sessions": [f"{one.place} ({one.day:%d-%m-%Y})" for one in held if one.id in filters.sessions],
            "groups": [*filters.groups, *self._chosen_answers()],
            "first_day": filters.first_day.isoformat() if filters.first_day else "",
            "last_day": filters.last_day.isoformat() if filters.last_day else "",
            "without_flagged": not filters.include_flagged,
        }

    def _chosen_answers(self) -> list[str]:
        """Return which values of own columns were chosen: one that too few gave may be what somebody wrote."""
        named: dict[str, list[str]] = {}
        for key, value in self.study.filters.answers:
            n = sum(given.get(key) == value for given in self.drawn["answers"])
            named.setdefault(own_column_name(key), []).extend([value] if n >= self.least else [])
        return [f"{column}: {', '.join(values)}" if values else column for column, values in named.items()]

    def _years(self) -> str:
        """Return the years in which enough people drew."""
        counted = self.drawn["created"].dt.year.value_counts()
        known = sorted(int(year) for year, n in counted.items() if n >= self.least)
        return "-".join(str(year) for year in sorted({known[0], known[-1]})) if known else ""

    def _credit(self) -> str:
        if not self.division:
            return ""
        ground = datasets.basemap_attribution(get_project(self.study.project).municipality)
        lines = comparison.division_attribution(self.study, self.division)
        return " · ".join(filter(None, (lines, ground)))

    def _origins(self, tables: Mapping[str, Any], n: int, years: str) -> list[Provenance]:
        name, official = get_project(self.study.project).name, comparison.divisions(self.study)
        found = []
        for table, rows in tables.items():
            if table == "facilities":
                found += [self._facility_origin(str(theme), part) for theme, part in rows.groupby("theme")]
            elif table in official or table in ("areas", "borders", "figures"):
                attrs = comparison.division_areas(
                    self.study, table if table in official else self.division
                ).attrs
                year = str(attrs.get("year") or attrs.get("date") or "")
                n_stated = None if table in official else n
                licence = str(attrs.get("licence", ""))
                found.append(
                    Provenance(
                        table, n_stated is not None, str(attrs.get("source", "")), year, licence, n_stated
                    )
                )
            else:
                found.append(Provenance(table, drawn=True, source=name, year=years, licence="", n=n))
        return found

    def _facility_origin(self, theme: str, part: gpd.GeoDataFrame) -> Provenance:
        sources, dates = (sorted(set(part[column].astype(str))) for column in ("source", "date"))
        licence = str(facilities.facilities_of_theme(self.study, theme).attrs.get("licence", ""))
        return Provenance(f"facilities/{theme}", False, ", ".join(sources), dates[-1], licence, None)


def released_division(project: str, ledger: ReleaseLedger, before: Publication | None) -> str | None:
    """Return the kind of official area that carries numbers of people in all that is released of a project.

    Parameters
    ----------
    before
        The last edition of the same scope.

    Returns
    -------
    str or None
        "" where the editions have no official areas; None before anything was released.
    """
    made = find_publication(project) or before
    if made is not None:
        return made.division
    for one in ledger.released.get(PEOPLE, ()):  # an edition that was taken down, or a kit's
        if division := one.key.partition("/area/")[2].partition("/")[0]:
            return division
    return None


def _says_the_same(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Return whether two rows differ in nothing but their day."""
    for column, value in now.items():
        other = before.get(column)
        if column == "as_of" or value is other:
            continue
        if column == "geometry":
            if not value.equals(other):
                return False
        elif value != other and not (pd.isna(value) and pd.isna(other)):
            return False
    return True
