"""Files in, an answer out: many drawings from a file against official areas from files."""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from geo import consensus, overlay, sketch
from geo.errors import FileColumnUnknown
from geo.frames import SKETCHES
from layers import files
from study import intake
from study.progress import Progress

AGREED = (25, 50, 75, 90)
"""Percentages of drawers for which the agreed ground is given."""

CELL_M = 10.0
"""Cells for quoted figures: where 25 m cells happen to lie costs 1 to 3 % of a small core."""


@dataclass(frozen=True)
class Kept:
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
    """What a comparison of files came to."""

    n_in: int
    n_kept: int
    n_repaired: int
    n_refused: int
    refused: dict[str, int]
    areas: list[AreasResult]
    seconds: float
    peak_mb: float | None

    def as_json(self) -> dict[str, object]:
        """Give plain numbers and names, ready to be written."""
        return asdict(self)


def compare(
    sketches: Path, areas: list[Path], out: Path, *, progress: Progress = lambda _step, _part: None
) -> BatchResult:
    """Compare the drawings of a file with the official areas of files, and write every pair.

    Parameters
    ----------
    sketches, areas
        Files as people hand them to us; any CRS.
    out
        A GeoPackage with the layers `sketches`, per areas file `areas_NAME` and `pairs_NAME`.
    progress
        Called with the name of a step and how far it is.

    Raises
    ------
    FileRefused, SketchError
        Nothing is written then.
    """
    start = time.perf_counter()
    progress("read", 0.0)
    official = {name: read_areas(path) for name, path in zip(_names(areas), areas, strict=True)}
    # Official areas are where they should be; one stray drawing would move the plane.
    plane = next(iter(official.values())).crs
    kept = read_sketches(sketches, plane)
    results, layers = [], {}
    for done, (path, name) in enumerate(zip(areas, official, strict=True)):
        progress("compare", done / len(official))
        units = official[name].to_crs(plane)
        pairs = overlay.pairs(kept.sketches, units)
        best = overlay.best(pairs)
        covered = overlay.covered(pairs)
        iou = best["iou"].reindex(kept.sketches.index[covered.reindex(kept.sketches.index, fill_value=False)])
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
        kept.sketches[f"best_{name}"] = best["code"].reindex(kept.sketches.index)
        kept.sketches[f"iou_{name}"] = best["iou"].reindex(kept.sketches.index)
    progress("write", 0.9)
    write_layers(out, {"sketches": kept.sketches, **layers})
    progress("write", 1.0)
    return BatchResult(
        n_in=kept.n_in,
        n_kept=len(kept.sketches),
        n_repaired=kept.n_repaired,
        n_refused=kept.n_refused,
        refused=kept.refused,
        areas=results,
        seconds=round(time.perf_counter() - start, 2),
        peak_mb=peak_mb(),
    )


@dataclass(frozen=True)
class GroupResult:
    """What one group of drawers agrees on; areas None where the group is too small to show.

    ``level`` is the key of how firm it is (`geo.consensus.level`); ``area_km2`` the ground agreed by at least
    so many percent; ``best`` the official area most like the core of 50 %, with its ``best_iou``.
    """

    group: str
    n: int
    n_set_aside: int
    level: str
    median_pairwise_iou: float | None
    area_km2: dict[str, float] | None
    best: dict[str, str]
    best_iou: dict[str, float]


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

    def as_json(self) -> dict[str, object]:
        """Give plain numbers and names, ready to be written."""
        return asdict(self)


def agree(
    sketches: Path,
    by: str,
    out: Path,
    *,
    areas: list[Path],
    least_ha: float = 2.0,
    most_km2: float = 25.0,
    progress: Progress = lambda _step, _part: None,
) -> ConsensusResult:
    """Draw what each group of a file agrees on, and set its core beside official areas.

    Parameters
    ----------
    by
        Column that names the group, such as the neighbourhood a resident lives in.
    out
        A GeoPackage with the layer `cores`: one row a group and percentage.
    least_ha, most_km2
        Drawings smaller or larger are set aside and counted: a speck or half a city says nothing about
        where a neighbourhood ends. The defaults are those of the published New York figures.

    Raises
    ------
    FileRefused, FileColumnUnknown
    """
    start = time.perf_counter()
    progress("read", 0.0)
    official = {name: read_areas(path) for name, path in zip(_names(areas), areas, strict=True)}
    kept = read_sketches(sketches, next(iter(official.values())).crs if official else None)
    if by not in kept.sketches.columns:
        raise FileColumnUnknown(name=sketches.name, column=by, columns=", ".join(kept.sketches.columns))
    units = {name: table.to_crs(kept.sketches.crs) for name, table in official.items()}
    fair = kept.sketches.area.between(least_ha * 1e4, most_km2 * 1e6)
    groups, cores = [], []
    parts = list(kept.sketches.groupby(kept.sketches[by].astype(str), sort=True))
    for done, (group, part) in enumerate(parts):
        progress("compare", done / len(parts))
        result, bands = _agreed(group, part[fair.reindex(part.index)], int((~fair[part.index]).sum()), units)
        groups.append(result)
        cores += [bands] if bands is not None else []
    progress("write", 0.9)
    write_layers(out, {"cores": pd.concat(cores, ignore_index=True)} if cores else {})
    return ConsensusResult(
        kept.n_in,
        len(kept.sketches),
        kept.n_refused,
        kept.refused,
        groups,
        round(time.perf_counter() - start, 2),
        peak_mb(),
    )


def _agreed(
    group: str, part: gpd.GeoDataFrame, n_set_aside: int, units: dict[str, gpd.GeoDataFrame]
) -> tuple[GroupResult, gpd.GeoDataFrame | None]:
    n, level = len(part), consensus.level(len(part))
    if level == "none":
        return GroupResult(group, n, n_set_aside, level, None, None, {}, {}), None
    alike = consensus.pairwise_iou(part, cell_m=None if n <= consensus.MOST_EXACT else 25.0)
    bands = consensus.contours(consensus.surface(part, cell_m=CELL_M), AGREED)
    core = bands.loc[[50]].set_index(pd.Index([group], name=SKETCHES.index))
    fits = {name: overlay.best(overlay.pairs(core[~core.is_empty], table)) for name, table in units.items()}
    fits = {name: fit for name, fit in fits.items() if len(fit)}
    result = GroupResult(
        group=group,
        n=n,
        n_set_aside=n_set_aside,
        level=level,
        median_pairwise_iou=float(np.median(alike[np.triu_indices(n, 1)])),
        area_km2={str(percent): bands["area_m2"][percent] / 1e6 for percent in AGREED},
        best={name: str(units[name]["name"][[fit["code"].iloc[0]]].iloc[0]) for name, fit in fits.items()},
        best_iou={name: float(fit["iou"].iloc[0]) for name, fit in fits.items()},
    )
    shown = bands[~bands.is_empty].reset_index(names="percent")
    return result, shown.assign(group=group, n=n, level=level)


def _names(paths: list[Path]) -> list[str]:
    """Give each file a layer name of its own, also when two are called alike."""
    stems = [path.stem for path in paths]
    return [stem if stems.count(stem) == 1 else f"{stem}_{i + 1}" for i, stem in enumerate(stems)]


def read_areas(path: Path, plane: CRS | None = None) -> gpd.GeoDataFrame:
    """Read official areas: AREAS in RD New in the Netherlands, else in a local equal-area plane."""
    return files.take(path, role="areas", plane=plane, limits=files.TRUSTED).frame


def read_sketches(path: Path, plane: CRS | None = None) -> Kept:
    """Read the drawings of a file and make them sound; nothing is dropped without being counted."""
    taken = files.take(path, role="sketches", plane=plane, limits=files.TRUSTED)
    table = taken.frame
    cleaned = sketch.clean_many(table.geometry.to_numpy(), limits=intake.limits(table))
    kept = ~shapely.is_missing(cleaned.geometry)
    sound = table.set_geometry(gpd.GeoSeries(cleaned.geometry, index=table.index, crs=table.crs))[kept]
    refused = Counter(note.reason for note in taken.refusals)
    refused.update(str(reason) for reason in cleaned.refused[~kept])
    return Kept(
        sketches=SKETCHES.admit(sound),
        n_in=taken.n_in,
        n_repaired=int(cleaned.repairs["position"].nunique()),
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


def peak_mb() -> float | None:
    """Give the most memory this process has held, MB; None where the system does not tell (Windows).

    Linux counts in `ru_maxrss` also what the process that started this one held; its own status does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak_kib = next(
            int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")
        )
        return round(peak_kib * 1024 / 1e6, 1)
    try:
        import resource  # noqa: PLC0415  # Unix only
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (1e6 if sys.platform == "darwin" else 1e3), 1)
