"""Files in, an answer out: many drawings from a file against official areas from files."""

import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from geo.consensus.agreement import krippendorff_alpha, pairwise_iou
from geo.consensus.cores import contours
from geo.consensus.dispersion import centre_dispersion, fuzziness
from geo.consensus.surface import MAX_EXACT, consensus_surface
from geo.errors import FileAbsent, FileColumnUnknown
from geo.overlay.best_match import best_match
from geo.overlay.pairs import mostly_inside, overlap_pairs
from geo.schemas import SKETCHES
from geo.sketches.cleaning import clean_sketches
from geo.sketches.limits import limits_of_table
from layers import files
from layers.files import UNTOLD, TableHints
from study import jobs
from study.analysis.evidence.certainty import core_and_fits
from study.analysis.evidence.drawing_layers import measured_layers
from study.analysis.evidence.persons import (
    RepeatedPersons,
    count_persons,
    repeated_persons,
    unite_by_person,
)
from study.jobs.parts import ROWS, peak_mb
from study.progress import ProgressListener

CORE_PERCENTS = (25, 50, 75, 90)
"""Percentages of drawers for which the agreed ground is given."""

CELL_M = 10.0
"""Cells for quoted figures: where 25 m cells happen to lie costs 1 to 3 % of a small core."""


@dataclass(frozen=True)
class CleanedFile:
    """Drawings of a file, cleaned; what was refused is counted by reason."""

    sketches: gpd.GeoDataFrame
    n_in: int
    n_repaired: int
    refused: dict[str, int]

    @property
    def n_refused(self) -> int:
        """Number of drawings that could not be a neighbourhood."""
        return sum(self.refused.values())


@dataclass(frozen=True)
class AreasResult:
    """How drawings fit one file of official areas; the drawings counted lie for more than half in them."""

    file: str
    n_areas: int
    n_covered: int
    median_best_iou: float | None
    share_best_iou_at_least_0_8: float | None


@dataclass(frozen=True)
class BatchResult:
    """What a comparison of files came to.

    ``n_persons`` is how many people the kept drawings are of, where a column said who drew; ``repeated`` warns
    where none was named and one looks as if it does.
    """

    n_in: int
    n_kept: int
    n_repaired: int
    n_refused: int
    refused: dict[str, int]
    areas: list[AreasResult]
    seconds: float
    peak_mb: float | None
    n_persons: int | None = None
    repeated: RepeatedPersons | None = None

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and names, ready to be written."""
        return asdict(self)


@dataclass(frozen=True)
class FileOptions:
    """How a file is read where that is not clear of itself: the same choices as for an import."""

    layer: str | None = None
    crs: str | None = None
    swap: bool | None = None
    hints: TableHints = UNTOLD


AS_FOUND = FileOptions()
"""Nothing is chosen: the file must speak for itself."""


def compare_files(
    sketches: Path,
    areas: list[Path],
    out: Path,
    *,
    options: FileOptions = AS_FOUND,
    areas_options: FileOptions = AS_FOUND,
    columns: tuple[str, ...] = (),
    person: str | None = None,
    measures: bool = False,
    progress: ProgressListener = lambda _step, _part: None,
    dask: str = "",
) -> BatchResult:
    """Compare the drawings of a file with the official areas of files, and write every pair.

    Parameters
    ----------
    sketches, areas
        Files as people hand them to us; any CRS. ``FILE:LAYER`` is one layer of a file of areas.
    out
        A GeoPackage with the layers `sketches`, per areas file `areas_NAME` and `pairs_NAME`.
    options, areas_options
        How they are read, where that is not clear of itself.
    columns
        Columns of the sketches that are written along; ids and results only when there are none.
    person
        Column that says who drew: the drawings of one person are one, the ground that any of them covers.
    measures
        Whether to write per areas file also `measures_NAME`, the form of each drawing and how it lies beside the
        area it resembles most, and `borders_NAME`, the official borders with how many drawings follow each.
    progress
        Called with the name of a step and how far it is.
    dask
        Address of a dask.distributed cluster that does the work; the answer is the same.

    Raises
    ------
    FileRefused, SketchError, ClusterUnreachable, ClusterDiffers
        Nothing is written then.
    """
    start = time.perf_counter()
    progress("read", 0.0)
    official = _read_all(areas, areas_options)
    # Official areas are where they should be; one stray drawing would move the plane.
    plane = next(iter(official.values())).crs
    read = _read_votes(sketches, plane, options, person=person, columns=columns)
    votes = read.votes[[*dict.fromkeys([*columns, "geometry"])]]
    results, layers = [], {}
    for done, (path, name) in enumerate(zip(areas, official, strict=True)):
        progress("compare", done / len(official))
        units = official[name].to_crs(plane)
        parts = [votes[["geometry"]].iloc[at : at + ROWS] for at in range(0, len(votes), ROWS)]
        pairs = pd.concat(jobs.map_parts(overlap_pairs, parts, units, address=dask))
        best = best_match(pairs)
        covered = mostly_inside(pairs)
        iou = best["iou"].reindex(votes.index[covered.reindex(votes.index, fill_value=False)])
        results.append(
            AreasResult(
                file=path.name,
                n_areas=len(units),
                n_covered=len(iou),
                median_best_iou=float(iou.median()) if len(iou) else None,
                share_best_iou_at_least_0_8=float((iou >= 0.8).mean()) if len(iou) else None,
            )
        )
        layers[f"areas_{name}"] = units
        layers[f"pairs_{name}"] = pairs.reset_index()
        if measures:
            layers |= measured_layers(name, votes, units, best["code"], dask=dask)
        votes[f"best_{name}"] = best["code"].reindex(votes.index)
        votes[f"iou_{name}"] = best["iou"].reindex(votes.index)
    progress("write", 0.9)
    write_layers(out, {"sketches": votes, **layers})
    progress("write", 1.0)
    return BatchResult(**read.counts(start), n_repaired=read.file.n_repaired, areas=results)


@dataclass(frozen=True)
class _Votes:
    """The drawings of a file as votes: one row a person where a column says who drew, else one a drawing."""

    file: CleanedFile
    votes: gpd.GeoDataFrame
    n_persons: int | None
    repeated: RepeatedPersons | None

    def counts(self, start: float) -> dict[str, Any]:
        """Return the fields that both answers have, for one that was begun at `start`."""
        return {
            "n_in": self.file.n_in,
            "n_kept": len(self.file.sketches),
            "n_refused": self.file.n_refused,
            "refused": self.file.refused,
            "seconds": round(time.perf_counter() - start, 2),
            "peak_mb": peak_mb(),
            "n_persons": self.n_persons,
            "repeated": self.repeated,
        }


def _read_votes(
    path: Path,
    plane: CRS | None,
    options: FileOptions,
    *,
    person: str | None,
    by: str | None = None,
    columns: tuple[str, ...] = (),
) -> _Votes:
    """Read drawings; those of one person become one, within each group where `by` names its column.

    Raises
    ------
    FileRefused, FileColumnUnknown
        When a column that is asked for is not there.
    """
    file = read_sketches(path, plane, options)
    _require_columns(path, file, (*columns, by, person))
    if person is None:
        return _Votes(file, file.sketches, None, repeated_persons(file.sketches, by))
    n_persons = count_persons(file.sketches, person)
    return _Votes(file, unite_by_person(file.sketches, person, by), n_persons, None)


def _require_columns(file: Path, kept: CleanedFile, wanted: tuple[str | None, ...]) -> None:
    for column in wanted:
        if column is not None and column not in kept.sketches.columns:
            known = ", ".join(kept.sketches.columns)
            raise FileColumnUnknown(name=file.name, column=column, columns=known)


@dataclass(frozen=True)
class GroupResult:
    """What one group of drawers agrees on; areas None where the group is too small to show.

    ``n`` counts persons where a column says who drew, else drawings. ``repeatability`` is how far the core of
    50 % would be the same with other drawers (None without one), ``level`` the key of how firm it is and
    ``needed`` that of how many more drawers it asks (`geo.consensus.evidence`); ``area_km2`` the ground agreed
    by at least so many percent; ``best`` the official area most like the core of 50 %, with its ``best_iou``
    and, from ten drawers on, its 95 % interval ``best_iou_interval``. ``alpha`` is Krippendorff's, to set beside
    other studies; ``fuzziness`` (0 all alike, 1 undecided everywhere) and ``edge_m`` say how blurred the border is,
    ``spread_m`` how far the middles of the drawings lie apart.
    """

    group: str
    n: int
    n_set_aside: int
    level: str
    median_pairwise_iou: float | None
    area_km2: dict[str, float] | None
    best: dict[str, str]
    best_iou: dict[str, float]
    repeatability: float | None = None
    needed: str = "over_30"
    best_iou_interval: dict[str, tuple[float, float]] = field(default_factory=dict)
    alpha: float | None = None
    fuzziness: float | None = None
    edge_m: float | None = None
    spread_m: float | None = None


@dataclass(frozen=True)
class ConsensusResult:
    """What the groups of a file agree on."""

    n_in: int
    n_kept: int
    n_refused: int
    refused: dict[str, int]
    groups: list[GroupResult]
    seconds: float
    peak_mb: float | None
    n_persons: int | None = None
    repeated: RepeatedPersons | None = None

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and names, ready to be written."""
        return asdict(self)


def group_consensus(
    sketches: Path,
    by: str,
    out: Path,
    *,
    areas: list[Path],
    person: str | None = None,
    options: FileOptions = AS_FOUND,
    areas_options: FileOptions = AS_FOUND,
    least_ha: float = 2.0,
    most_km2: float = 25.0,
    progress: ProgressListener = lambda _step, _part: None,
    dask: str = "",
) -> ConsensusResult:
    """Draw what each group of a file agrees on, and set its core beside official areas.

    Parameters
    ----------
    by
        Column that names the group, such as the neighbourhood a resident lives in.
    person
        Column that says who drew: within a group the drawings of one person are one voice.
    options, areas_options
        How the files are read, where that is not clear of itself.
    out
        A GeoPackage with the layer `cores`: one row a group and percentage.
    least_ha, most_km2
        Drawings smaller or larger are set aside and counted: a speck or half a city says nothing about
        where a neighbourhood ends. The defaults are those of the published New York figures.

    Raises
    ------
    FileRefused, FileColumnUnknown, ClusterUnreachable, ClusterDiffers
    """
    start = time.perf_counter()
    progress("read", 0.0)
    official = _read_all(areas, areas_options)
    plane = next(iter(official.values())).crs if official else None
    read = _read_votes(sketches, plane, options, person=person, by=by)
    votes = read.votes
    units = {name: table.to_crs(votes.crs) for name, table in official.items()}
    fair = votes.area.between(least_ha * 1e4, most_km2 * 1e6)
    groups, cores = [], []
    parts = [
        (group, part[fair.reindex(part.index)], int((~fair[part.index]).sum()))
        for group, part in votes.groupby(votes[by].astype(str), sort=True)
    ]
    compared = jobs.map_parts(
        _agreed, parts, units, address=dask, progress=lambda part: progress("compare", part)
    )
    for result, bands in compared:
        groups.append(result)
        cores += [bands] if bands is not None else []
    progress("write", 0.9)
    write_layers(out, {"cores": pd.concat(cores, ignore_index=True) if cores else _no_cores(votes)})
    return ConsensusResult(**read.counts(start), groups=groups)


def _no_cores(sketches: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer of a file in which no group is large enough: a layer without rows, not an absent one."""
    columns: dict[str, list[str]] = {"group": [], "level": [], "needed": []}
    return gpd.GeoDataFrame(columns, geometry=[], crs=sketches.crs)


def _agreed(
    asked: tuple[str, gpd.GeoDataFrame, int], units: dict[str, gpd.GeoDataFrame]
) -> tuple[GroupResult, gpd.GeoDataFrame | None]:
    group, part, n_set_aside = asked
    sure, again = core_and_fits(part, units)
    n, level = sure.n, sure.level
    if level == "none":
        return GroupResult(group, n, n_set_aside, level, None, None, {}, {}, None, sure.needed), None
    alike = pairwise_iou(part, cell_m=None if n <= MAX_EXACT else 25.0)
    base = consensus_surface(part, cell_m=CELL_M)
    bands, blurred, spread = contours(base, CORE_PERCENTS), fuzziness(base), centre_dispersion(part)
    core = bands.loc[[50]].set_index(pd.Index([group], name=SKETCHES.index))
    fits = {name: best_match(overlap_pairs(core[~core.is_empty], table)) for name, table in units.items()}
    fits = {name: fit for name, fit in fits.items() if len(fit)}
    intervals = (
        {}
        if again is None
        else {name: again.interval(name, fit["code"].iloc[0])[1:] for name, fit in fits.items()}
    )
    result = GroupResult(
        group=group,
        n=n,
        n_set_aside=n_set_aside,
        level=level,
        median_pairwise_iou=float(np.median(alike[np.triu_indices(n, 1)])),
        area_km2={str(percent): bands["area_m2"][percent] / 1e6 for percent in CORE_PERCENTS},
        best={name: str(units[name]["name"][[fit["code"].iloc[0]]].iloc[0]) for name, fit in fits.items()},
        best_iou={name: float(fit["iou"].iloc[0]) for name, fit in fits.items()},
        repeatability=sure.repeatability,
        needed=sure.needed,
        best_iou_interval=intervals,
        alpha=krippendorff_alpha(base),
        fuzziness=blurred.fuzziness,
        edge_m=blurred.zone_m,
        spread_m=None if spread is None else spread.distance_m,
    )
    shown = bands[~bands.is_empty].reset_index(names="percent")
    shown = shown.assign(group=group, n=n, level=level, repeatability=sure.repeatability, needed=sure.needed)
    return result, shown


def _names(paths: list[Path]) -> list[str]:
    """Return each file a layer name of its own, also when two are called alike."""
    stems = [path.stem for path in paths]
    return [stem if stems.count(stem) == 1 else f"{stem}_{i + 1}" for i, stem in enumerate(stems)]


def _read_all(areas: list[Path], options: FileOptions) -> dict[str, gpd.GeoDataFrame]:
    return {name: read_areas(path, options) for name, path in zip(_names(areas), areas, strict=True)}


def read_areas(path: Path, options: FileOptions = AS_FOUND) -> gpd.GeoDataFrame:
    """Read official areas: AREAS in RD New in the Netherlands, else in a local equal-area plane."""
    if not path.exists() and ":" in path.name:
        name, layer = path.name.rsplit(":", 1)
        path, options = path.with_name(name), replace(options, layer=layer)
    return files.import_layer(
        path,
        role="areas",
        layer=options.layer,
        crs=options.crs,
        swap=options.swap,
        hints=options.hints,
        limits=files.TRUSTED,
    ).frame


def read_sketches(path: Path, plane: CRS | None = None, options: FileOptions = AS_FOUND) -> CleanedFile:
    """Read the drawings of a file and make them sound; nothing is dropped without being counted.

    A folder is read as one file: the parts (GeoParquet) in it in the order of their names.
    """
    if path.is_dir():
        return _read_parts(path, plane, options)
    taken = files.import_layer(
        path,
        role="sketches",
        layer=options.layer,
        crs=options.crs,
        swap=options.swap,
        hints=options.hints,
        plane=plane,
        limits=files.TRUSTED,
    )
    table = taken.frame
    cleaned = clean_sketches(table.geometry.to_numpy(), limits=limits_of_table(table))
    kept = ~shapely.is_missing(cleaned.geometry)
    sound = table.set_geometry(gpd.GeoSeries(cleaned.geometry, index=table.index, crs=table.crs))[kept]
    refused = Counter(note.reason for note in taken.refusals)
    refused.update(str(reason) for reason in cleaned.refused[~kept])
    return CleanedFile(
        sketches=SKETCHES.validate_strict(sound),
        n_in=taken.n_in,
        n_repaired=int(cleaned.repairs["position"].nunique()),
        refused=dict(sorted(refused.items())),
    )


def _read_parts(folder: Path, plane: CRS | None, options: FileOptions) -> CleanedFile:
    found = sorted(folder.glob("*.parquet"))
    if not found:
        raise FileAbsent(name=folder.name)
    parts: list[CleanedFile] = []
    for path in found:
        parts.append(read_sketches(path, plane, options))
        plane = parts[0].sketches.crs  # that of the first, where nobody chose one
    refused: Counter[str] = Counter()
    for part in parts:
        refused.update(part.refused)
    together = pd.concat([part.sketches for part in parts])
    if together.index.has_duplicates:  # rows that were numbered in each part
        ids = [
            f"{path.stem}/{key}"
            for path, part in zip(found, parts, strict=True)
            for key in part.sketches.index
        ]
        together.index = pd.Index(ids, name=SKETCHES.index)
    return CleanedFile(
        sketches=SKETCHES.validate_strict(together),
        n_in=sum(part.n_in for part in parts),
        n_repaired=sum(part.n_repaired for part in parts),
        refused=dict(sorted(refused.items())),
    )


def write_layers(out: Path, layers: dict[str, pd.DataFrame]) -> None:
    """Write tables as the layers of one GeoPackage, in one move: the whole file or no file."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".buurt-") as folder:
        draft = Path(folder) / "out.gpkg"
        for name, table in layers.items():
            plain = table.reset_index() if table.index.name else table
            pyogrio.write_dataframe(plain, draft, layer=name, append=draft.exists(), promote_to_multi=True)
        draft.replace(out)
