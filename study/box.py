"""The workshop box: one folder with everything of a municipality, for an evening without internet.

In the folder: ``kaarten`` (areas, facilities and base map of the municipality, and the made-up town to practise
in), ``avond.gpkg`` (a store of its own with the project and the evening) and ``doos.json`` (which evening that is);
``ondergrond`` where somebody brought a base map of pictures.
Afterwards ``buurt store merge avond.gpkg`` takes the store home, without doubles.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import store
from geo.errors import LayerNotFetched, MunicipalityUnknown, TilesElsewhere, TilesNotCopied, TilesZoomed
from layers.cache import Lock, codes, folder, replacing
from layers.files.tiles import TileFile
from store import Actor, Project, WorkshopSession
from study import atlas, demo, intake, projects

MAPS, STORE, FACTS, TILES = "kaarten", "avond.gpkg", "doos.json", "ondergrond"
STREETS_ZOOM = 14
"""Level at which streets can be told apart; a first view of 1,500 m on a phone is at 14.6."""
KEPT = timedelta(days=365)
MAKER = Actor("planner", account="box")


@dataclass(frozen=True)
class Box:
    """A folder that is ready for an evening.

    Attributes
    ----------
    link
        The secret of the facilitator's link, made anew every time the box is opened.
    """

    folder: Path
    evening: WorkshopSession
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


def is_packed(place: Path) -> bool:
    """Tell whether this folder is a box already."""
    return (place / FACTS).is_file()


def pack(
    municipality: str, place: Path, *, where: str, day: date, tables: tuple[str, ...], project: str = ""
) -> None:
    """Prepare a folder.

    Parameters
    ----------
    municipality
        Name or code; its layers must have been fetched.
    where, day, tables
        Of the evening.
    project
        Id of a project in the store of this office; a new one for this municipality without.

    Raises
    ------
    MunicipalityUnknown, LayerNotFetched, UnknownProject, InputRefused, OSError
    """
    code = code_of(municipality)
    about = projects.project(project) if project else _project(code)
    place.mkdir(parents=True, exist_ok=True)
    for each in sorted({code, demo.TOWN}):
        shutil.copytree(folder(each), place / MAPS / each, dirs_exist_ok=True)
    with store.open(f"sqlite:///{(place / STORE).absolute()}") as bank:
        bank.save_project(about)
        made, _ = bank.add_session(WorkshopSession(about.id, where, day, groups=tables), by=MAKER)
    (place / FACTS).write_text(json.dumps({"evening": made.id}), encoding="utf-8")


def lay_ground(municipality: str, place: Path, file: Path) -> TileFile:
    """Put a base map of pictures in a folder, over an older one; gives what it is.

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
    code = code_of(municipality)
    found = atlas.tiles(str(file))
    least, most = found.zooms
    if not least <= STREETS_ZOOM <= most:
        raise TilesZoomed(name=file.name, least=least, most=most, needed=STREETS_ZOOM)
    if not atlas.is_touched(code, found):
        raise TilesElsewhere(name=file.name, municipality=Lock.read(code).name)
    try:
        with replacing(place / TILES) as draft:
            shutil.copyfile(file, draft)
    except OSError as problem:
        raise TilesNotCopied(name=file.name, folder=str(place)) from problem
    return found


def unpack(place: Path) -> Box:
    """Open a box that was prepared: gives the evening with a new secret for its facilitator."""
    evening = json.loads((place / FACTS).read_text(encoding="utf-8"))["evening"]
    with store.open(f"sqlite:///{(place / STORE).absolute()}") as bank:
        return Box(place, bank.session(evening), bank.new_link(evening, by=MAKER))


def code_of(municipality: str) -> str:
    """Give the code of a municipality that was fetched, by its name or code.

    Raises
    ------
    MunicipalityUnknown, LayerNotFetched

    Examples
    --------
    >>> code_of("zuiderwaard"), code_of("GM9901")
    ('GM9901', 'GM9901')
    """
    known = {code: Lock.read(code).name for code in codes()}
    for code, name in known.items():
        if municipality.casefold() in {code.casefold(), name.casefold()}:
            return code
    if municipality.upper().startswith("GM"):
        raise LayerNotFetched(key=municipality, code=municipality)
    raise MunicipalityUnknown(name=municipality, near=", ".join(sorted(known.values())))


def _project(code: str) -> Project:
    lock = Lock.read(code)
    if code == demo.TOWN:
        return Project(demo.PROJECT, lock.name, code, demo.FOREVER, asked_by=lock.name, is_made_up=True)
    return Project(intake.slug(lock.name), lock.name, code, date.today() + KEPT, asked_by=lock.name)
