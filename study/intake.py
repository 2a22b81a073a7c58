"""Taking in what people hand us: drawings become a project, official areas and facilities become layers."""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs, sketch
from layers import files, own
from store import Contribution, Project
from study import demo, projects

KEPT_DAYS = 365
"""Drawings of an imported project are kept for a year, as those of any other."""


@dataclass(frozen=True)
class Refusal:
    """One feature that was not taken: its number in the file from 1, its name there, and why (a key)."""

    number: int
    feature: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """What came of a file; ``n_in == n_taken + n_refused``."""

    role: str
    kept_as: str | None
    """Id of the project, or key of the layer; None when nothing was kept."""

    n_in: int
    n_taken: int
    n_repaired: int
    refusals: tuple[Refusal, ...]
    stripped: tuple[str, ...]
    """Columns left out because they say who somebody is."""

    warnings: tuple[str, ...]

    @property
    def n_refused(self) -> int:
        """How many features were not taken."""
        return len(self.refusals)


def take(
    path: Path,
    *,
    role: str | None = None,
    layer: str | None = None,
    crs_name: str | None = None,
    kind: str | None = None,
    swap: bool | None = None,
    keep: bool = True,
    progress: Callable[[float], None] = lambda _part: None,
) -> Intake:
    """Take a file in, or with ``keep=False`` only say what would come of it.

    Parameters
    ----------
    role
        ``"sketches"``, ``"areas"`` or ``"facilities"``; guessed from the file when None.
    layer, crs_name
        Which layer, and what its numbers mean, where the file does not say.
    kind
        What kind of facility every row is, where the file does not say.
    swap
        Turn north and east where they seem swapped; None refuses such a file, so that somebody looks.

    Raises
    ------
    FileRefused, StoreError
        With one clear sentence; nothing was kept.
    """
    mapping = None if kind is None else {"kind": f"={kind}"}
    taken = files.take(
        path, role=role, layer=layer, crs=crs_name, mapping=mapping, swap=swap, limits=files.TRUSTED
    )
    refusals = [Refusal(note.number, note.feature, note.reason) for note in taken.refusals]
    repaired, kept_as = taken.n_repaired, None
    if taken.role == "sketches":
        cleaned = sketch.clean_many(taken.frame.geometry.to_numpy(), limits=limits(taken.frame))
        kept = ~shapely.is_missing(cleaned.geometry)
        refusals += [
            Refusal(place + 1, str(taken.frame.index[place]), str(cleaned.refused[place]))
            for place in np.flatnonzero(~kept).tolist()
        ]
        repaired = int(cleaned.repairs["position"].nunique())
        if keep:
            kept_as = _settle(path, taken.frame, cleaned, kept, progress)
    elif keep:
        today = date.today().isoformat()
        kept_as = own.keep(taken.frame, role=taken.role, name=path.stem, date=today).key
    return Intake(
        role=taken.role,
        kept_as=kept_as,
        n_in=taken.n_in,
        n_taken=taken.n_in - len(refusals),
        n_repaired=repaired,
        refusals=tuple(refusals),
        stripped=taken.stripped,
        warnings=taken.warnings,
    )


def limits(table: gpd.GeoDataFrame) -> sketch.Limits:
    """Give the limits for the drawings of a file: those of the Netherlands, or the same sizes elsewhere."""
    if table.crs == crs.RD:
        return sketch.NETHERLANDS
    box = shapely.total_bounds(crs.to_wgs84(shapely.box(*table.total_bounds), table.crs))
    west, south, east, north = (float(edge) for edge in box)
    return sketch.Limits(box_wgs84=(west, south, east, north), crs=table.crs)


def _settle(
    path: Path,
    table: gpd.GeoDataFrame,
    cleaned: sketch.CleanedMany,
    kept: NDArray[np.bool_],
    progress: Callable[[float], None],
) -> str:
    """Keep the drawings as a project named after the file; the same file twice is kept once."""
    door, today = projects.opened(), date.today()  # the day here, as the store keeps it
    key = slug(path.stem)
    door.save_project(
        Project(
            id=key,
            name=path.stem,
            municipality="",
            retention_until=today + timedelta(days=KEPT_DAYS),
            crs=table.crs.to_string(),
        )
    )
    source = uuid.UUID(bytes=hashlib.sha256(path.read_bytes()).digest()[:16])
    repairs, warnings = demo.kinds(cleaned.repairs), demo.kinds(cleaned.warnings)
    places = np.flatnonzero(kept)
    degrees = shapely.to_geojson(crs.to_wgs84(table.geometry.to_numpy(), table.crs))
    for done, place in enumerate(places.tolist()):
        door.submit(
            Contribution(
                id=str(uuid.uuid5(source, str(table.index[place]))),
                project=key,
                raw=str(degrees[place]),
                geometry=cleaned.geometry[place],
                created=today,
                mode="import",
                repairs=repairs.get(place, ()),
                warnings=warnings.get(place, ()),
                name=str(table["name"].iloc[place] or "")[:40],
            )
        )
        progress(done / len(places))
    return key


def slug(text: str) -> str:
    """Make a short key of a name: lower case, no accents, words joined by a dash.

    Examples
    --------
    >>> slug("Súdwest Fryslân 2015")
    'sudwest-fryslan-2015'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "import"
