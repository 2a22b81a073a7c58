"""Taking in what people hand us: drawings become a project, official areas and facilities become layers."""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo import crs, sketch
from layers import catalogue, files, own
from layers.files import TRUSTED, UPLOAD, Inspection
from store import Actor, Contribution, Project, Store
from study import access, demo, projects

__all__ = [
    "TRUSTED",
    "UPLOAD",
    "Inspection",
    "Intake",
    "Refusal",
    "limits",
    "look",
    "may_keep",
    "slug",
    "take",
]

KEPT_DAYS = 365
"""Drawings of an imported project are kept for a year, as those of any other."""

MOST_POINTS = 20_000
"""A drawing with more points than the store takes is refused by name, and does not stop the others."""

SHOWN = 300
"""Shapes on the map that is looked at before anything is kept."""

SHOWN_STEPS = 1_500
"""How many steps of simplifying lie across that map."""

BESIDE_DEGREES = 0.01
"""Room around drawings from elsewhere, so that rounding puts none of them outside."""

FIELDS: dict[str, tuple[str, ...]] = {
    "sketches": ("sketch_id", "name"),
    "areas": ("code", "name"),
    "facilities": ("kind", "name", "date", "facility_id"),
}
"""Our columns of each role, for which a column of the file can be chosen."""

KINDS: tuple[str, ...] = tuple(dict.fromkeys(one.key for t in catalogue.THEMES.values() for one in t.kinds))
"""What a facility can be."""


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
    shown: gpd.GeoDataFrame = field(repr=False, compare=False)
    """A few hundred of the shapes that were taken, simplified, for a map: no text goes with them, only the
    theme of a facility."""

    @property
    def n_refused(self) -> int:
        """How many features were not taken."""
        return len(self.refusals)


def look(
    handed: Path | bytes,
    *,
    name: str | None = None,
    layer: str | None = None,
    crs_name: str | None = None,
    role: str | None = None,
    most: files.Limits = UPLOAD,
) -> Inspection:
    """Look at a file before anything is taken in: what it seems to be, where it lies and by what proof.

    Raises
    ------
    FileRefused
    """
    return files.inspect(handed, name=name, layer=layer, crs=crs_name, role=role, limits=most)


def may_keep(project: Project, actor: Actor | None, *, only_here: bool) -> bool:
    """Tell whether somebody may keep what a file holds; everybody may look.

    Parameters
    ----------
    only_here
        The app listens to this computer only. While it has no accounts either, its only visitor is the one
        who started it, and the made-up town is theirs to try.
    """
    if access.may("planner", None, actor):
        return True
    return only_here and project.is_made_up and not projects.opened().accounts()


def take(
    handed: Path | bytes,
    *,
    name: str | None = None,
    role: str | None = None,
    layer: str | None = None,
    crs_name: str | None = None,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    swap: bool | None = None,
    keep: bool = True,
    most: files.Limits = TRUSTED,
    by: Actor | None = None,
    progress: Callable[[float], None] = lambda _part: None,
) -> Intake:
    """Take a file in, or with ``keep=False`` only say what would come of it.

    Parameters
    ----------
    handed
        The file, or its bytes.
    name
        What it is called; what is kept is called after it.
    role
        ``"sketches"``, ``"areas"`` or ``"facilities"``; guessed from the file when None.
    layer, crs_name
        Which layer, and what its numbers mean, where the file does not say.
    kind
        What kind of facility every row is, where the file does not say.
    mapping
        Our column -> theirs, over what `look` proposed; an empty text takes one away.
    swap
        Turn north and east where they seem swapped; None refuses such a file, so that somebody looks.
    most
        How much may be read: the operator's own file unless said.
    by
        Who keeps it, for the log; None for the operator.
    progress
        Called with the part that is kept, 0 to 1.

    Raises
    ------
    FileRefused, StoreError
        With one clear sentence; nothing was kept.
    """
    chosen = {**(mapping or {}), **({} if kind is None else {"kind": f"={kind}"})}
    taken = files.take(
        handed, name=name, role=role, layer=layer, crs=crs_name, mapping=chosen, swap=swap, limits=most
    )
    stem = Path(name or (handed.name if isinstance(handed, Path) else "import")).stem[:80]
    refusals = [Refusal(note.number, note.feature, note.reason) for note in taken.refusals]
    repaired, kept_as, sound = taken.n_repaired, None, taken.frame
    if taken.role == "sketches":
        # One row a drawing: the rows are the features of the file without those that were refused.
        numbers = np.setdiff1d(np.arange(1, taken.n_in + 1), [note.number for note in taken.refusals])
        cleaned = sketch.clean_many(
            taken.frame.geometry.to_numpy(), limits=replace(limits(taken.frame), most_points=MOST_POINTS)
        )
        kept = ~shapely.is_missing(cleaned.geometry)
        refusals += [
            Refusal(int(numbers[place]), str(taken.frame.index[place]), str(cleaned.refused[place]))
            for place in np.flatnonzero(~kept).tolist()
        ]
        refusals.sort(key=lambda refusal: refusal.number)
        mended = np.union1d(
            numbers[cleaned.repairs["position"].to_numpy(np.intp)], [n.number for n in taken.repairs]
        )
        repaired = int(np.isin(mended, numbers[kept]).sum())
        sound = gpd.GeoDataFrame(geometry=cleaned.geometry[kept], crs=taken.frame.crs)
        if keep and kept.any():
            contents = handed if isinstance(handed, bytes) else handed.read_bytes()
            digest = hashlib.sha256(contents).digest()
            kept_as = _settle(digest, stem, taken.frame, cleaned, progress)
    elif keep:
        today = date.today().isoformat()
        kept_as = own.keep(taken.frame, role=taken.role, name=stem, date=today).key
    n_taken = taken.n_in - len(refusals)
    if kept_as is not None and by is not None:
        projects.opened().log(by, "take in a file", n=n_taken)
    return Intake(
        role=taken.role,
        kept_as=kept_as,
        n_in=taken.n_in,
        n_taken=n_taken,
        n_repaired=repaired,
        refusals=tuple(refusals),
        stripped=taken.stripped,
        warnings=taken.warnings,
        shown=_shown(sound),
    )


def limits(table: gpd.GeoDataFrame) -> sketch.Limits:
    """Give the limits for the drawings of a file: those of the Netherlands, or the same sizes elsewhere.

    The plane is the table's own, which lies where most drawings lie; a stray one far away neither moves it
    nor is refused for being there, since sizes are true all over an equal-area plane.
    """
    if table.crs == crs.RD:
        return sketch.NETHERLANDS
    degrees = shapely.get_coordinates(crs.to_wgs84(table.geometry.to_numpy(), table.crs))
    west, south = (float(edge) - BESIDE_DEGREES for edge in degrees.min(axis=0))
    east, north = (float(edge) + BESIDE_DEGREES for edge in degrees.max(axis=0))
    return sketch.Limits(box_wgs84=(west, max(south, -90.0), east, min(north, 90.0)), crs=table.crs)


def _shown(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give some of the shapes, spread over the file, simple enough for a first look."""
    places = np.unique(np.linspace(0, max(len(table) - 1, 0), min(SHOWN, len(table))).astype(np.intp))
    some = table.iloc[places]
    west, south, east, north = shapely.total_bounds(some.geometry.to_numpy())
    step_m = max(east - west, north - south) / SHOWN_STEPS
    found = gpd.GeoDataFrame(
        {"theme": some["theme"].to_numpy()} if "theme" in some.columns else {},
        geometry=shapely.simplify(some.geometry.to_numpy(), step_m),
        crs=table.crs,
    )
    return found.set_index(found.index.astype(str))


def _settle(
    digest: bytes,
    stem: str,
    table: gpd.GeoDataFrame,
    cleaned: sketch.CleanedMany,
    progress: Callable[[float], None],
) -> str:
    """Keep the drawings as a project named after the file; the same file twice is kept once."""
    door = projects.opened()
    key = _project(door, stem, table, digest)
    places = np.flatnonzero(~shapely.is_missing(cleaned.geometry)).tolist()
    door.submit_all(
        _contributions(key, uuid.UUID(bytes=digest[:16]), table, cleaned, places),
        progress=lambda done: progress(done / len(places)),
    )
    progress(1.0)
    return key


def _project(door: Store, stem: str, table: gpd.GeoDataFrame, digest: bytes) -> str:
    """Give the project of a file: the one made of it before, else a new one that changes no other."""
    known = {project.id: project for project in door.projects()}
    plane, today = table.crs.to_string(), date.today()  # the day here, as the store keeps it
    key = slug(stem)
    there = known.get(key)
    if there is not None and (there.name, there.municipality, there.crs) != (stem, "", plane):
        key = f"{key[:33]}-{digest.hex()[:6]}"
        there = known.get(key)
    if there is None:
        door.save_project(
            Project(
                id=key,
                name=stem,
                municipality="",
                retention_until=today + timedelta(days=KEPT_DAYS),
                crs=plane,
            )
        )
    return key


def _contributions(
    project: str,
    source: uuid.UUID,
    table: gpd.GeoDataFrame,
    cleaned: sketch.CleanedMany,
    places: list[int],
) -> Iterator[Contribution]:
    repairs, warnings = demo.kinds(cleaned.repairs), demo.kinds(cleaned.warnings)
    degrees = shapely.to_geojson(crs.to_wgs84(table.geometry.to_numpy(), table.crs))
    names = table["name"].to_numpy()
    today = date.today()
    for place in places:
        yield Contribution(
            id=str(uuid.uuid5(source, str(table.index[place]))),
            project=project,
            raw=str(degrees[place]),
            geometry=cleaned.geometry[place],
            created=today,
            mode="import",
            repairs=repairs.get(place, ()),
            warnings=warnings.get(place, ()),
            name=str(names[place] or "")[:40],
        )


def slug(text: str) -> str:
    """Make a short key of a name: lower case, no accents, words joined by a dash.

    Examples
    --------
    >>> slug("Súdwest Fryslân 2015")
    'sudwest-fryslan-2015'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "import"
