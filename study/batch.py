"""Files in, an answer out: many drawings from a file against official areas from files."""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from geo import overlay, sketch
from geo.frames import SKETCHES
from layers import files
from study import intake

Progress = Callable[[str, float], None]
"""Told the name of a step and how far it is (0 to 1)."""


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
    """Give the most memory this process has held, MB; None where the system does not tell (Windows)."""
    try:
        import resource  # noqa: PLC0415  # Unix only
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (1e6 if sys.platform == "darwin" else 1e3), 1)
