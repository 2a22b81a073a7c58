"""Taking in what people hand us: drawings become a project, official areas and facilities become layers."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import RD
from geo.errors import (
    FileDecimalAsked,
    FileFiguresAsked,
    FileFiguresUnmatched,
    FileLayerChoice,
    FileOwnTable,
    FileRefused,
    FileWithoutShapes,
    InputRefused,
)
from geo.sketches.cleaning import CleanedSketches, clean_sketches
from geo.sketches.limits import MAX_STORED_POINTS, limits_of_table
from layers import custom_figures, custom_layers, files, layer_replacement
from layers.custom_layers import CustomLayer
from layers.files import TRUSTED, UNTOLD, TableHints
from layers.layer_replacement import FiguresCarried
from store import Actor
from study import context
from study.imports.answers_from_columns import (
    CHOSEN,
    SESSION,
    ColumnMeaning,
    match_columns,
    require_columns,
    require_sessions,
)
from study.imports.preview import is_own_table, preview_shapes
from study.imports.project_from_file import build_contributions, past_sessions, project_by_id, project_of_file


@dataclass(frozen=True)
class RejectedFeature:
    """One feature that was not taken: its number in the file from 1, its name there, and why (a key)."""

    number: int
    feature: str
    reason: str
    facts: dict[str, object] = field(default_factory=dict, compare=False)
    """Numbers and names for the sentence of the reason."""


@dataclass(frozen=True)
class OwnLayerWish:
    """What becomes of a layer beside those that are there.

    Attributes
    ----------
    replaces
        Key of an older own layer that goes once this one is kept; nothing is ever replaced otherwise.
    instead
        Of facilities: the list comes instead of the fetched places of its kinds; beside them unless said.
    figures_of
        Of figures: key of the own areas that their codes are of; found by the codes when empty.
    """

    replaces: str = ""
    instead: bool = False
    figures_of: str = ""


PLAIN = OwnLayerWish()
"""Beside what is there."""


@dataclass(frozen=True)
class ImportResult:
    """What came of a file; ``n_in == n_taken + n_refused``."""

    role: str
    kept_as: str | None
    """Id of the project, or key of the layer; None when nothing was kept."""

    n_in: int
    n_taken: int
    n_repaired: int
    refusals: tuple[RejectedFeature, ...]
    stripped: tuple[str, ...]
    """Columns left out because they say who somebody is."""

    warnings: tuple[str, ...]
    layer: str
    layers: tuple[str, ...]
    crs: str
    """The system that the numbers of the file are in."""

    kinds: dict[str, int]
    """How many facilities of each kind were taken; of figures, how many areas have each."""

    not_kept: dict[str, str]
    """Columns, layers and members that were left out, and why (a key)."""

    shown: gpd.GeoDataFrame = field(repr=False, compare=False)
    """A few hundred of the shapes that were taken, simplified, for a map: no text goes with them, only the
    theme of a facility."""

    there: tuple[CustomLayer, ...] = field(default=(), repr=False, compare=False)
    """Own layers of this name that were there before."""

    own_columns: tuple[str, ...] = ()
    """Of drawings: columns kept as they are, to filter and to compare by."""

    answered: dict[str, str] = field(default_factory=dict)
    """Of drawings: what a column answers (the day, or a question of ours) -> the column."""

    carried: tuple[FiguresCarried, ...] = ()
    """Of areas that take the place of others: what becomes of the figures of those."""

    @property
    def n_refused(self) -> int:
        """How many features were not taken."""
        return len(self.refusals)


def _name_of_file(name: str | None, handed: Path | bytes, layer: str, layers: tuple[str, ...]) -> str:
    """Return what an import is called: its file, and its layer where there are several."""
    stem = Path(_stated_name(name, handed)).stem[:80]
    return stem if len(layers) < 2 else f"{stem}: {layer}"[:80]


def _rejected_sketches(
    frame: gpd.GeoDataFrame, cleaned: CleanedSketches, numbers: np.ndarray
) -> list[RejectedFeature]:
    """Return the rows of a file that are no sound sketch, each with its number in the file."""
    return [
        RejectedFeature(int(numbers[row]), str(frame.index[row]), str(cleaned.refused[row]))
        for row in np.flatnonzero(shapely.is_missing(cleaned.geometry)).tolist()
    ]


def _log(by: Actor | None, kept_as: str | None, n: int) -> None:
    """Write an import to the audit log, where something was kept on somebody's behalf."""
    if kept_as is not None and by is not None:
        context.get_store().accounts.append_audit(by, "take in a file", n=n)


def _count_repaired(taken: files.ImportResult, cleaned: CleanedSketches, numbers: np.ndarray) -> int:
    """Return how many of the accepted sketches were repaired, by the reader or by the cleaning."""
    repaired = np.union1d(
        numbers[cleaned.repairs["position"].to_numpy(np.intp)], [note.number for note in taken.repairs]
    )
    return int(np.isin(repaired, numbers[~shapely.is_missing(cleaned.geometry)]).sum())


def import_file(
    handed: Path | bytes,
    *,
    name: str | None = None,
    role: str | None = None,
    layer: str | None = None,
    crs_name: str | None = None,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    swap: bool | None = None,
    hints: TableHints = UNTOLD,
    keep: bool = True,
    project: str = "",
    person: str = "",
    most: files.FileLimits = TRUSTED,
    by: Actor | None = None,
    progress: Callable[[float], None] = lambda _part: None,
    own: OwnLayerWish = PLAIN,
) -> ImportResult:
    """Import a file, or with ``keep=False`` only report what the import would do.

    Parameters
    ----------
    handed
        The file, or its bytes.
    name
        What it is called; what is kept is called after it.
    role
        ``"sketches"``, ``"areas"``, ``"facilities"`` or ``"figures"``; guessed from the file when None.
    layer, crs_name
        Which layer, and what its numbers mean, where the file does not say.
    kind
        What kind of facility every row is, where the file does not say.
    mapping
        Our column -> theirs, over what `preview_file` proposed; an empty text takes one away. Of drawings also
        the keys of `answers_from_columns.CHOSEN`.
    swap
        Turn north and east where they seem swapped; None refuses such a file, so that somebody looks.
    hints
        Which columns of a table hold the place, in which row the names stand, and its decimal mark.
    project
        Of drawings: the project they are added to, made where there is none of this id. A project of their own
        when empty. Of a layer: the only project that sees it.
    person
        Of drawings: the column that says who made a row. Rows with one value count as one person; without it
        each row is one.
    most
        How much may be read: the operator's own file unless said.
    by
        Who keeps it, for the log; None for the operator.
    progress
        Called with the part of the drawings that is written, 0 to 1, while none of it is final: nothing is kept
        when it raises.
    own
        What becomes of a layer beside those that are there.

    Raises
    ------
    FileRefused, StoreError
        With one clear sentence; nothing was kept.
    """
    figures = partial(
        _import_figures,
        handed, name=name, layer=layer, hints=hints, keep=keep, project=project, most=most, own=own, by=by,
    )  # fmt: skip
    if role == custom_figures.ROLE:
        return figures()
    chosen = {**(mapping or {}), **({} if kind is None else {"kind": f"={kind}"})}
    asked = {key: chosen.pop(key) for key in CHOSEN if key in chosen}
    try:
        taken = files.import_layer(
            handed,
            name=name,
            role=role,
            layer=layer,
            crs=crs_name,
            mapping=chosen,
            swap=swap,
            hints=hints,
            limits=most,
        )
    except FileWithoutShapes:
        if role is None and _holds_figures(handed, name, layer, hints, most):
            return figures()
        if is_own_table(handed, name=_stated_name(name, handed), layer=layer, most=most):
            raise FileOwnTable(name=_stated_name(name, handed)) from None
        raise
    _require_target(taken, project, person)
    called = _name_of_file(name, handed, taken.layer, taken.layers)
    digest = _digest(handed, taken.role, taken.layer, taken.layers)
    found = _described(taken, called)
    if taken.role == "sketches":
        require_columns(taken.frame, asked.values(), called)
        require_sessions(taken.frame, asked.get(SESSION, ""), called)
        meaning = match_columns(taken.frame, {*taken.mapping.values(), person}, asked)
        cleaned = clean_sketches(
            taken.frame.geometry.to_numpy(),
            limits=replace(limits_of_table(taken.frame), max_points=MAX_STORED_POINTS),
        )
        found = _with_sketches(found, taken, cleaned, meaning)
        if keep and found.n_taken:
            key = _settle(
                digest,
                called,
                taken.frame,
                cleaned,
                progress,
                project=project,
                person=person,
                meaning=meaning,
            )
            found = replace(found, kept_as=key)
    if own.replaces and taken.role == "areas":
        carried = layer_replacement.carried_figures(own.replaces, taken.frame.index)
        found = replace(found, carried=carried)
    if keep and taken.role != "sketches":
        key = _keep_layer(taken.frame, role=taken.role, name=called, digest=digest, project=project, own=own)
        found = replace(found, kept_as=key)
    _log(by, found.kept_as, found.n_taken)
    return found


def _described(taken: files.ImportResult, called: str) -> ImportResult:
    """Return what came of a file, as far as the reader knows."""
    counts = Counter(taken.frame["kind"]) if taken.role == "facilities" else {}
    return ImportResult(
        role=taken.role,
        kept_as=None,
        n_in=taken.n_in,
        n_taken=taken.n_taken,
        n_repaired=taken.n_repaired,
        refusals=tuple(
            RejectedFeature(note.number, note.feature, note.reason, note.facts) for note in taken.refusals
        ),
        stripped=taken.stripped,
        warnings=taken.warnings,
        layer=taken.layer,
        layers=taken.layers,
        crs=name_crs(taken.place.crs),
        kinds=dict(counts),
        not_kept=dict(taken.not_kept),
        shown=preview_shapes(taken.frame),
        there=_there_before(taken.role, called),
    )


def _with_sketches(
    found: ImportResult, taken: files.ImportResult, cleaned: CleanedSketches, meaning: ColumnMeaning
) -> ImportResult:
    """Return what came of a file of drawings, those that are no sound sketch refused by name."""
    # One row a drawing: the rows are the features of the file without those that were refused.
    numbers = np.setdiff1d(np.arange(1, taken.n_in + 1), [note.number for note in taken.refusals])
    kept = ~shapely.is_missing(cleaned.geometry)
    rejected = _rejected_sketches(taken.frame, cleaned, numbers)
    refusals = sorted([*found.refusals, *rejected], key=lambda one: one.number)
    return replace(
        found,
        n_taken=taken.n_in - len(refusals),
        n_repaired=_count_repaired(taken, cleaned, numbers),
        refusals=tuple(refusals),
        not_kept=found.not_kept | dict.fromkeys(meaning.not_kept, "column"),
        own_columns=tuple(meaning.own.values()),
        answered={key: column for key, column in meaning.answered() if column},
        shown=preview_shapes(gpd.GeoDataFrame(geometry=cleaned.geometry[kept], crs=taken.frame.crs)),
        there=(),
    )


def _there_before(role: str, called: str) -> tuple[CustomLayer, ...]:
    return tuple(custom_layers.custom_layers_alike(role, called))


def _keep_layer(
    table: pd.DataFrame,
    *,
    role: str,
    name: str,
    digest: bytes,
    project: str,
    own: OwnLayerWish,
    year: int = 0,
    areas: str = "",
) -> str:
    """Save a layer and return its key; an older one goes only where somebody named it."""
    older = custom_layers.find_custom_layer(own.replaces) if own.replaces else None
    kept = custom_layers.save_custom_layer(
        table,
        role=role,
        name=name,
        date=date.today().isoformat(),
        digest=digest.hex()[:6],
        year=year,
        project=project,
        replaces=own.instead,
        areas=areas,
    )
    if older is not None and older.key != kept.key:
        layer_replacement.replace_layer(older.key, kept)
    return kept.key


# --- Figures ----------------------------------------------------------------------------------------


def _holds_figures(
    handed: Path | bytes, name: str | None, layer: str | None, hints: TableHints, most: files.FileLimits
) -> bool:
    """Return whether a file without any place has codes of areas with figures."""
    try:
        custom_figures.read_figures(
            handed, name=_stated_name(name, handed), layer=layer, areas="", hints=hints, limits=most,
        )  # fmt: skip
    except (FileFiguresUnmatched, FileFiguresAsked, FileDecimalAsked, FileLayerChoice):
        return True
    except FileRefused:
        return False
    return True


def _import_figures(
    handed: Path | bytes,
    *,
    name: str | None,
    layer: str | None,
    hints: TableHints,
    keep: bool,
    project: str,
    most: files.FileLimits,
    own: OwnLayerWish,
    by: Actor | None,
) -> ImportResult:
    """Import a table of figures; its rows are joined to areas by their code wherever they are asked for."""
    found = custom_figures.read_figures(
        handed, name=_stated_name(name, handed), layer=layer, areas=own.figures_of,
        hints=hints, limits=most,
    )  # fmt: skip
    called = _name_of_file(name, handed, found.layer, found.layers)
    kept_as = None
    if keep and len(found.frame):
        digest = _digest(handed, custom_figures.ROLE, found.layer, found.layers)
        kept_as = _keep_layer(
            found.frame, role=custom_figures.ROLE, name=called, digest=digest, project=project, own=own,
            year=found.year, areas=found.areas,
        )  # fmt: skip
    _log(by, kept_as, len(found.frame))
    return ImportResult(
        role=custom_figures.ROLE,
        kept_as=kept_as,
        n_in=found.n_in,
        n_taken=len(found.frame),
        n_repaired=0,
        refusals=tuple(
            RejectedFeature(note.number, note.feature, note.reason, note.facts) for note in found.refusals
        ),
        stripped=(),
        warnings=(),
        layer=found.layer,
        layers=found.layers,
        crs="",
        kinds={str(key): int(n) for key, n in found.frame.notna().sum().items()},
        not_kept=dict.fromkeys(found.not_kept, "column"),
        shown=gpd.GeoDataFrame(geometry=[], crs=RD),
        there=_there_before(custom_figures.ROLE, called),
    )


def _stated_name(name: str | None, handed: Path | bytes) -> str:
    return name or (handed.name if isinstance(handed, Path) else "import")


# --- What is kept under which name ------------------------------------------------------------------


def _require_target(taken: files.ImportResult, project: str, person: str) -> None:
    """Raise where drawings cannot go to this project, or the file has no such column of people."""
    if project and taken.role == "sketches":
        there = {one.id: one for one in context.get_store().projects.list_all()}.get(project)
        if there is not None and there.is_demo:
            raise InputRefused(field="project", reason="taken")
    if person and person not in taken.frame.columns:
        raise InputRefused(field="person", reason="unknown_choice")


def _digest(handed: Path | bytes, role: str, layer: str, layers: tuple[str, ...]) -> bytes:
    """Return the digest of what was read: the file, and of several layers which."""
    contents = handed if isinstance(handed, bytes) else handed.read_bytes()
    read = hashlib.sha256(contents)
    if len(layers) > 1:
        read.update(f"\0{layer}".encode())
    if role != "sketches":
        read.update(f"\0{role}".encode())
    return read.digest()


def name_crs(crs: CRS | None) -> str:
    """Return the short name of a reference system: its code where it has one."""
    if crs is None:
        return ""
    return crs.name if crs.to_authority() is None else ":".join(crs.to_authority())


def _settle(
    digest: bytes,
    stem: str,
    table: gpd.GeoDataFrame,
    cleaned: CleanedSketches,
    progress: Callable[[float], None],
    *,
    project: str,
    person: str,
    meaning: ColumnMeaning,
) -> str:
    """Save the sketches as a project named after the file, or in a project; the same file twice is saved once."""
    private_store = context.get_store()
    source = uuid.UUID(bytes=digest[:16])
    if project:
        source = uuid.uuid5(source, project)
        target, is_new = project_by_id(private_store, project, table)
        shapes = gpd.GeoSeries(cleaned.geometry, crs=table.crs).to_crs(target.crs)
        cleaned = replace(cleaned, geometry=shapes.to_numpy())
    else:
        target, is_new = project_of_file(private_store, stem, table, digest)
    places = np.flatnonzero(~shapely.is_missing(cleaned.geometry)).tolist()
    people = {}
    if person:
        ids = [str(uuid.uuid5(source, str(one))) for one in table.index]
        people = {
            one: f"{digest.hex()} {value}"
            for one, value in zip(ids, table[person].tolist(), strict=True)
            if value not in (None, "") and value == value  # noqa: PLR0124  # a missing number is not itself
        }
    private_store.contributions.import_many(
        build_contributions(target.id, source, table, cleaned, places, meaning=meaning),
        people=people,
        project=target if is_new else None,
        sessions=past_sessions(target.id, table, meaning),
        progress=lambda done: progress(done / len(places)),
    )
    return target.id
