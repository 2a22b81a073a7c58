"""The workshop box: one folder with everything of a municipality, for a workshop session without internet.

In the folder: ``kaarten`` (areas, facilities and base map of the municipality, and the made-up town to practise
in), ``avond.gpkg`` (a store of its own with the project and the session) and ``doos.json`` (which session that is,
and the secret of its link); ``ondergrond`` where somebody uploaded a base map of pictures; and a file to start it with.
Afterwards ``buurt evening home FOLDER`` takes the store home, without doubles.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import settings
import store
from geo.errors import (
    KitExists,
    LayerNotFetched,
    MunicipalityUnknown,
    TilesElsewhere,
    TilesNotCopied,
    TilesZoomed,
)
from layers.basemap.raster_tiles import TileFile
from layers.cache import (
    AREAS_FILE,
    FACILITIES_FILE,
    Manifest,
    atomic_write,
    cached_codes,
    municipality_folder,
)
from layers.search.name_matching import slugify
from store import Actor, Project, WorkshopSession
from study import context, datasets, demo_project
from study.workshop import sessions

MAPS, STORE, FACTS, TILES = "kaarten", "avond.gpkg", "doos.json", "ondergrond"
STREETS = ("roads", "streets")
"""Layers of a base map by which people find their own street."""
START_FILES = {
    "Start avond.bat": '@echo off\r\nchcp 65001 > nul\r\npy "{start}" evening "%~dp0."\r\npause\r\n',
    "Start avond.command": '#!/bin/sh\nexec python3 "{start}" evening "$(dirname "$0")"\n',
}
"""What starts the session by a double click, on Windows and on other laptops: name to contents."""
STREETS_ZOOM = 14
"""Level at which streets can be told apart; a first view of 1,500 m on a phone is at 14.6."""
RETENTION = timedelta(days=365)
MAKER = Actor("planner", account="box")


@dataclass(frozen=True)
class OfflineKit:
    """A folder that is ready for a workshop session.

    Attributes
    ----------
    link
        The secret of the facilitator's link: the same every time, until somebody makes another on the page.
    """

    folder: Path
    workshop_session: WorkshopSession
    link: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings the app is started with: nothing outside this folder, and nobody on the internet."""
        return {
            "BUURT_STORE": f"sqlite:///{(self.folder / STORE).absolute()}",
            "BUURT_DATA": str((self.folder / MAPS).absolute()),
            "BUURT_OFFLINE": "1",
            "BUURT_TILES": str((self.folder / TILES).absolute()) if (self.folder / TILES).is_file() else "",
        }


def is_kit(place: Path) -> bool:
    """Return whether this folder is a box already."""
    return (place / FACTS).is_file()


def create_kit(
    municipality: str, place: Path, *, where: str, day: date, tables: tuple[str, ...], project: str = ""
) -> None:
    """Prepare a folder.

    Parameters
    ----------
    municipality
        Name or code; its layers must have been fetched.
    where, day, tables
        Of the session.
    project
        Id of a project in the store of this office; a new one for this municipality without.

    Raises
    ------
    MunicipalityUnknown, LayerNotFetched, UnknownProject, InputRefused, OSError
    """
    code = find_municipality_code(municipality)
    about = context.get_project(project) if project else _project(code)
    _copy_maps(code, place)
    with store.open_store(f"sqlite:///{(place / STORE).absolute()}") as private_store:
        private_store.projects.save(about)
        made, link = private_store.sessions.create(
            WorkshopSession(about.id, where, day, groups=tables), by=MAKER
        )
    _write_facts(place, made.id, link)


@dataclass(frozen=True)
class PackedKit:
    """What went into a folder: the session, and what its maps hold.

    Attributes
    ----------
    areas
        Of the official division that has the most.
    """

    workshop_session: WorkshopSession
    streets: int
    areas: int
    facilities: int


def pack_session(code: str, place: Path, *, by: Actor, ground: Path | None = None) -> PackedKit:
    """Prepare a folder with a session that was made before: the same code, questions, tables and place on the map.

    Parameters
    ----------
    code
        Join code of the session, as typed.
    place
        Folder; it may be there, but not with a session in it.
    by
        A planner.
    ground
        A raster base map to add, as with `add_basemap`.

    Raises
    ------
    AccessDenied, UnknownSession, SessionClosed, KitExists, LayerNotFetched, StoreFull, StoreReadOnly, OSError
    """
    if is_kit(place):
        raise KitExists(where=place.name)
    packed = sessions.find_open_session(code, device="kit")
    municipality = context.get_project(packed.project).municipality
    kit = _count_maps(packed, Manifest.read(municipality))
    if not kit.streets and ground is None:  # on grey paper nobody finds their own street
        raise LayerNotFetched(key="roads", code=municipality)
    place.mkdir(parents=True, exist_ok=True)
    if (place / STORE).exists():
        # Packing was cut off: without the file that is written last nobody could open it, and nobody drew in it.
        (place / STORE).unlink()
    link = context.get_store().maintenance.pack_session(packed.id, place / STORE, by=by)
    _copy_maps(municipality, place)
    if ground is not None:
        add_basemap(municipality, place, ground)
    for name, text in START_FILES.items():
        (place / name).write_bytes(text.format(start=settings.ROOT / "start.py").encode())
        (place / name).chmod(0o700)
    _write_facts(place, packed.id, link)
    return kit


def _count_maps(session: WorkshopSession, held: Manifest) -> PackedKit:
    rows = {name: entry.rows for name, entry in held.layers.items()}
    official = [entry.rows for entry in held.layers.values() if entry.file == AREAS_FILE]
    return PackedKit(
        session,
        streets=sum(rows.get(name, 0) for name in STREETS),
        areas=max(official, default=0),
        facilities=sum(entry.rows for entry in held.layers.values() if entry.file == FACILITIES_FILE),
    )


def _copy_maps(code: str, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for each in sorted({code, demo_project.MUNICIPALITY}):
        shutil.copytree(municipality_folder(each), place / MAPS / each, dirs_exist_ok=True)


def _write_facts(place: Path, session: str, link: str) -> None:
    (place / FACTS).write_text(json.dumps({"evening": session, "link": link}), encoding="utf-8")


def add_basemap(municipality: str, place: Path, file: Path) -> TileFile:
    """Add a raster base map to a kit, replacing an older one; return its facts.

    Raises
    ------
    FileAbsent, FileBroken, TilesAreVector, TilesUnknown
        It is not a sound base map of pictures.
    TilesZoomed, TilesElsewhere
        It is, but not one to draw a neighbourhood of this municipality on.
    TilesNotCopied
        There is no room for it, or the folder cannot be written.
    MunicipalityUnknown, LayerNotFetched
    """
    code = find_municipality_code(municipality)
    found = datasets.open_tile_file(str(file))
    least, most = found.zooms
    if not least <= STREETS_ZOOM <= most:
        raise TilesZoomed(name=file.name, least=least, most=most, needed=STREETS_ZOOM)
    if not datasets.tiles_cover(code, found):
        raise TilesElsewhere(name=file.name, municipality=Manifest.read(code).name)
    try:
        with atomic_write(place / TILES) as draft:
            shutil.copyfile(file, draft)
    except OSError as problem:
        raise TilesNotCopied(name=file.name, folder=str(place)) from problem
    return found


def open_kit(place: Path) -> OfflineKit:
    """Open a box that was prepared; its link is the one of before, so that what was saved of it still works."""
    facts = json.loads((place / FACTS).read_text(encoding="utf-8"))
    session, link = facts["evening"], facts.get("link", "")
    with store.open_store(f"sqlite:///{(place / STORE).absolute()}") as private_store:
        if not private_store.sessions.is_link_current(session, link):
            link = private_store.sessions.rotate_link(session, by=MAKER)
            _write_facts(place, session, link)
        return OfflineKit(place, private_store.sessions.get(session), link)


def find_municipality_code(municipality: str) -> str:
    """Return the code of a municipality that was fetched, by its name or code.

    Raises
    ------
    MunicipalityUnknown, LayerNotFetched

    Examples
    --------
    >>> find_municipality_code("zuiderwaard"), find_municipality_code("GM9901")
    ('GM9901', 'GM9901')
    """
    known = {code: Manifest.read(code).name for code in cached_codes()}
    for code, name in known.items():
        if municipality.casefold() in {code.casefold(), name.casefold()}:
            return code
    if municipality.upper().startswith("GM"):
        raise LayerNotFetched(key=municipality, code=municipality)
    raise MunicipalityUnknown(name=municipality, near=", ".join(sorted(known.values())))


def _project(code: str) -> Project:
    lock = Manifest.read(code)
    if code == demo_project.MUNICIPALITY:
        return Project(
            demo_project.PROJECT, lock.name, code, demo_project.FOREVER, asked_by=lock.name, is_demo=True
        )
    return Project(
        slugify(lock.name) or "import", lock.name, code, date.today() + RETENTION, asked_by=lock.name
    )
