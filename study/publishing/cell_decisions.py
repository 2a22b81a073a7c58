"""Cells of an edition against the ledger of releases: which are new, which stay as they were, which go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.consensus.clustering import normalised_name
from geo.consensus.surface import consensus_surface
from geo.grids.outlining import trace_outline
from geo.release.earlier_surfaces import EarlierSurface
from geo.release.give_away import Band, shown_bands, true_bands
from geo.release.ledger import (
    Decision,
    Members,
    ReleasedSet,
    Verdict,
    await_total,
    decide_cells,
    is_same_cell,
    match_keys,
    outline_version,
)
from geo.release.partitions import Partition, decide_partitions
from store import ALL, ReleaseCell, ReleaseLedger
from study.context import current_study, get_store, project_crs, read_sketches
from study.publishing.publication import SUFFIX, decode_table
from study.publishing.sessions.parts import BANDS, GROUPS
from study.publishing.sessions.reading import read_table

PEOPLE, NEIGHBOURHOODS, GROUP_TABLE = "people", "neighbourhoods", "groups"
"""Tables of the ledger: project and sessions share the first two; the third is of tables and classes at a session."""

BandsOfEdition = dict[tuple[str, str], list[tuple[int, Any]]]
"""Number of a neighbourhood and a group of it, "" for all, to percentage and ground of each band."""

HALF = 50
"""Percentage of a group's drawers behind its surface."""

MIN_NAMING, MIN_NAMING_PERCENT = 5, 30
"""People, and part of a neighbourhood's drawers, who give a name before it may be released."""


class CellDecisions:
    """Decisions about the cells of one edition, table by table.

    Parameters
    ----------
    project
        Id of the project.
    ledger
        What was released of the project before, by whatever edition.
    min_people
        Fewest people by which two sets of one table differ.
    total
        Key of the cell of everybody, which is decided with the first table. While it waits for more people
        nothing appears and nothing changes: who knows the one who came would know whom it tells of.

    Attributes
    ----------
    new
        Cells that are published anew, for the ledger.
    verdicts
        Table and key of each cell to what happens to it.
    """

    def __init__(self, project: str, ledger: ReleaseLedger, min_people: int, *, total: str) -> None:
        self.project, self.ledger, self.min_people, self.total = project, ledger, min_people, total
        self.new: list[ReleaseCell] = []
        self.verdicts: dict[tuple[str, str], Decision] = {}
        self._bands: dict[tuple[str, str], BandsOfEdition] = {}
        self._made: list[tuple[str, Members, tuple[tuple[int, Any], ...]]] = []

    def decide(
        self, table: str, cells: Sequence[ReleaseCell], partitions: Sequence[Partition] = ()
    ) -> dict[str, Decision]:
        """Return the decision on each cell of a table; the most wanted cells come first."""
        candidates = [self.ledger.candidate(cell) for cell in cells]
        released = self.ledger.released.get(table, ())
        if partitions:
            decided = decide_partitions(candidates, released, partitions, min_people=self.min_people)
        else:
            decided = decide_cells(candidates, released, min_people=self.min_people)
        whole = decided.get(self.total) or self.verdicts[PEOPLE, self.total]
        if whole.verdict != "new" and self._was_released:
            decided = await_total(candidates, released, decided, whole)
        self.verdicts |= {(table, key): one for key, one in decided.items()}
        self.new += [cell for cell in cells if decided[cell.key].verdict == "new"]
        return decided

    @cached_property
    def _was_released(self) -> bool:
        """Whether anything of this scope was released: in a first edition nobody came since."""
        scope = self.total.removesuffix("total")
        return any(one.key.startswith(scope) for sets in self.ledger.released.values() for one in sets)

    def neighbourhoods(
        self, cluster: "pd.Series[int]", versions: dict[str, str], *, prefix: str, least: int
    ) -> "list[NeighbourhoodCell]":
        """Decide on every experienced neighbourhood of enough people, the largest first."""
        groups = [tuple(map(str, part.index)) for _, part in cluster.groupby(cluster, sort=True)]
        groups = sorted((one for one in groups if len(one) >= least), key=lambda one: (-len(one), one[0]))
        cells = [
            ReleaseCell(NEIGHBOURHOODS, "", {key: versions[key] for key in people}, least)
            for people in groups
        ]
        released = self.ledger.released.get(NEIGHBOURHOODS, ())
        members = [self.ledger.candidate(one).members for one in cells]
        keys = match_keys(members, released, prefix=prefix)
        cells = [replace(cell, key=key) for cell, key in zip(cells, keys, strict=True)]
        decided = self.decide(NEIGHBOURHOODS, cells)
        last = {one.key: one.members for one in sorted(released, key=lambda one: one.release)}
        return [
            NeighbourhoodCell(
                int(key.removeprefix(prefix)), people, decided[key].verdict, last.get(key) == mine
            )
            for key, people, mine in zip(keys, groups, members, strict=True)
        ]

    # --- Surfaces: beside what was released before

    def neighbourhood_bands(
        self, drawn: gpd.GeoDataFrame, versions: Mapping[str, str], *, least: int
    ) -> list[tuple[Band, Any, float]]:
        """Return the bands of a neighbourhood that may be released beside those before: band, shape, area in m²."""
        return self._surface(NEIGHBOURHOODS, drawn, versions, true_bands(len(drawn), min_people=least))

    def group_bands(
        self, drawn: gpd.GeoDataFrame, versions: Mapping[str, str]
    ) -> list[tuple[Band, Any, float]]:
        """Return what half of a group share, where that may be released beside what was before."""
        return self._surface(GROUP_TABLE, drawn, versions, [Band(-(-len(drawn) // 2), HALF)])

    def _surface(
        self, table: str, drawn: gpd.GeoDataFrame, versions: Mapping[str, str], bands: Sequence[Band]
    ) -> list[tuple[Band, Any, float]]:
        people = [next(iter(self._member(key, versions[key]).items())) for key in drawn.index]
        now = dict(people)
        if any(not now.keys().isdisjoint(members) for members in self._unseen):
            return []
        position = {person: at for at, (person, _) in enumerate(people)}
        earlier = []
        for other, members, shown in [*self._before, *self._made]:
            if shown and not now.keys().isdisjoint(members):
                there = {who: self._outlines[who] for who in members.items() if who in self._outlines}
                at = [position[one] if now.get(one) == version else -1 for one, version in there]
                is_same = other == table and is_same_cell(now, members)
                if is_same or max(at, default=-1) >= 0:
                    areas, n_erased = np.array(list(there.values()), dtype=object), len(members) - len(there)
                    earlier.append(EarlierSurface(areas, np.array(at, np.int64), n_erased, shown, is_same))
        found = shared_bands(drawn, bands, earlier)
        # A group of a neighbourhood stands beside that neighbourhood in one edition.
        self._made.append(("", now, tuple((band.people, shape) for band, shape, _ in found)))
        return found

    @cached_property
    def _unseen(self) -> list[Members]:
        """The people of every surface that is out in an edition which is not here.

        A kit published it, and what it showed did not come along: nothing can be held against it.
        """
        return [
            one.members
            for table in (NEIGHBOURHOODS, GROUP_TABLE)
            for one in self.ledger.released.get(table, ())
            if one.edition not in self._numbers
        ]

    @cached_property
    def _numbers(self) -> Mapping[str, tuple[str, int]]:
        """Scope and number of every edition that is here."""
        return get_store().editions.numbers(self.project)

    @cached_property
    def _before(self) -> list[tuple[str, Members, tuple[tuple[int, Any], ...]]]:
        """Every surface that was released of the project: its table, its people and its bands."""
        return [
            (table, one.members, self._shown_before(table, one))
            for table in (NEIGHBOURHOODS, GROUP_TABLE)
            for one in self.ledger.released.get(table, ())
        ]

    def _member(self, key: str, version: str) -> Members:
        return self.ledger.candidate(ReleaseCell("", "", {key: version})).members

    @cached_property
    def _outlines(self) -> dict[tuple[str, str], Any]:
        """Person and version, as the ledger knows them, to every outline that is still in the store."""
        found: dict[tuple[str, str], Any] = {}
        for filters in (ALL, replace(ALL, use_adjusted=False)):
            drawn = read_sketches(current_study(self.project, filters))
            for (key, version), outline in zip(
                outline_versions(drawn).items(), drawn.geometry.to_numpy(), strict=True
            ):
                found |= dict.fromkeys(self._member(key, version).items(), outline)
            if not drawn["adjusted"].any():
                break
        return found

    def _shown_before(self, table: str, one: ReleasedSet) -> tuple[tuple[int, Any], ...]:
        """Return the bands of an earlier release; none where it showed none, or was taken down.

        While its people stay the same it is written down once: a band that a later edition added is one of them.
        """
        number, _, group = one.key.partition("/")[2].partition("/")
        shown: dict[int, Any] = {}
        for edition in self._editions_with(table, one):
            for percent, shape in self._bands_of_edition(edition, table).get((number, group), ()):
                shown[-(-percent * len(one.members) // 100)] = shape
        return tuple(shown.items())

    def _editions_with(self, table: str, one: ReleasedSet) -> list[str]:
        """Return the editions that say something of a set: from its release until other people stand in its place."""
        if one.edition not in self._numbers:
            return []
        scope, first = self._numbers[one.edition]
        later = [
            self._numbers[other.edition][1]
            for other in self.ledger.released.get(table, ())
            if other.key == one.key and other.release > one.release and other.edition in self._numbers
        ]
        return [
            edition
            for edition, (where, number) in self._numbers.items()
            if where == scope and first <= number and (not later or number < min(later))
        ]

    def _bands_of_edition(self, edition: str, table: str) -> BandsOfEdition:
        """Return the bands in an edition of a project, a selection or a session."""
        if (edition, table) not in self._bands:
            read, plane = get_store().editions.read_part, project_crs(self.project)
            bands: Any = None
            if table == GROUP_TABLE:
                if text := read(edition, GROUPS):
                    bands = read_table(text, ["neighbourhood", "group"], [], plane).assign(percent=HALF)
            elif text := read(edition, BANDS):
                bands = read_table(text, ["neighbourhood", "percent"], [], plane).assign(group="")
            elif text := read(edition, f"cores{SUFFIX}"):
                bands = decode_table(text).assign(group="")
            found: BandsOfEdition = {}
            if bands is not None:
                rows = bands.reset_index()
                for number, group, percent, shape in zip(
                    rows["neighbourhood"], rows["group"], rows["percent"], rows.geometry, strict=True
                ):
                    found.setdefault((str(number), str(group)), []).append((int(percent), shape))
            self._bands[edition, table] = found
        return self._bands[edition, table]


@dataclass(frozen=True)
class NeighbourhoodCell:
    """An experienced neighbourhood: its number over all releases, its people, and what happens to it.

    Attributes
    ----------
    is_unchanged
        The same people, with the same outlines, as in its last release.
    """

    number: int
    people: tuple[str, ...]
    verdict: Verdict
    is_unchanged: bool


def outline_versions(drawn: gpd.GeoDataFrame) -> dict[str, str]:
    """Return for each drawing a digest of its outline: another outline is another version."""
    return {str(key): outline_version(shape) for key, shape in drawn.geometry.items()}


def shared_bands(
    drawn: gpd.GeoDataFrame, bands: Sequence[Band], earlier: Sequence[EarlierSurface] = ()
) -> list[tuple[Band, Any, float]]:
    """Return which bands may be drawn of one neighbourhood or group: band, shape along cells, area in m²."""
    base = consensus_surface(drawn)
    found = []
    for band in shown_bands(drawn.geometry.to_numpy(), bands, earlier=earlier):
        inside = base.counts >= band.people
        if inside.any():
            found.append((band, trace_outline(inside, base.grid), float(inside.sum() * base.cell_m2)))
    return found


def names_to_release(given: "pd.Series[str]", n: int) -> list[tuple[str, int]]:
    """Return the names that enough people give a neighbourhood, as most of them spell it, the most given first.

    Examples
    --------
    >>> names_to_release(pd.Series(["Oost", "oost", "Oost ", "OOST", "Oost", "Plan Zuid"]), 12)
    [('Oost', 5)]
    """
    spelled = pd.Series(
        [" ".join(str(name).split()) for name in given if isinstance(name, str)], dtype=object
    )
    spelled = spelled[spelled != ""]
    found = []
    for _, some in spelled.groupby([normalised_name(name) for name in spelled], sort=True):
        if len(some) >= MIN_NAMING and 100 * len(some) >= MIN_NAMING_PERCENT * n:
            usual = some.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
            found.append((str(usual.index[0]), len(some)))
    return sorted(found, key=lambda one: -one[1])


def released_name(given: "pd.Series[str]", n: int, released: frozenset[str]) -> str:
    """Return the name of a neighbourhood that enough people give and somebody released; "" without one."""
    names = [name for name, _ in names_to_release(given, n) if normalised_name(name) in released]
    return names[0] if names else ""


def follow_cells(
    now: Any,
    before: pd.DataFrame,
    verdict: dict[Any, Decision],
    columns: Sequence[str],
    day: str,
) -> Any:
    """Return a table in which each row follows its cell: as of now, as it was, or without figures.

    Parameters
    ----------
    now
        All rows as they would be.
    before
        The same table in the last edition; empty where there is none.
    verdict
        Index of a row to the decision on its cell; a row without one rests on nobody.
    columns
        Columns that the cell decides about.
    day
        Day of the edition; column ``as_of`` holds the day of each row's figures.
    """
    found = now.copy()
    found["as_of"] = day
    earlier_rows = before[~before.index.duplicated()].reindex(found.index)
    kept = {key for key, one in verdict.items() if one.verdict == "kept" and key in before.index}
    hidden = {key for key, one in verdict.items() if one.verdict != "new"} - kept
    is_kept = np.array([key in kept for key in found.index], dtype=bool)
    is_hidden = np.array([key in hidden for key in found.index], dtype=bool)
    same = np.ones(len(found), dtype=bool)
    for column in (one for one in columns if one in found):
        if column in earlier_rows:
            found[column] = found[column].mask(is_kept, earlier_rows[column])
            one, other = found[column].astype(object), earlier_rows[column].astype(object)
            same &= ((one == other) | (one.isna() & other.isna())).to_numpy(dtype=bool)
        found[column] = found[column].mask(is_hidden)
    if "as_of" in earlier_rows:
        known = earlier_rows["as_of"].notna().to_numpy()
        found["as_of"] = found["as_of"].mask((same & known) | is_kept, earlier_rows["as_of"])
    found["as_of"] = found["as_of"].mask(is_hidden)
    return found
