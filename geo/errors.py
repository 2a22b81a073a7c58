"""Every error raised on purpose, in one tree.

An error carries facts; the sentence for the visitor lives in ``words/`` under the name of the class.

::

    BuurtError
    ├── SketchError      a drawing that cannot be a neighbourhood
    ├── FrameError       a table that breaks its promise
    ├── LayerError       what institutions publish, or a file somebody hands us
    ├── StoreError       what residents told cannot be kept or found
    ├── StudyError       a question that has no answer
    ├── PaperError       a sheet that cannot be made or read
    └── AccessDenied     the role does not allow this
"""

from typing import Any, ClassVar


class BuurtError(Exception):
    """Something we can explain; ``facts`` are what the explanation needs.

    Examples
    --------
    >>> class TooWet(BuurtError):
    ...     message = "depth is {depth_m:.1f} m; choose dry land"
    >>> str(TooWet(depth_m=1.25))
    'depth is 1.2 m; choose dry land'
    >>> TooWet(depth_m=1.25).facts
    {'depth_m': 1.25}
    """

    message: ClassVar[str] = "something went wrong; see the log"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error travel between processes with its facts."""
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[BuurtError], facts: dict[str, Any]) -> BuurtError:
    return kind(**facts)


# --- A drawing ------------------------------------------------------------------------------------


class SketchError(BuurtError):
    """A drawing that cannot be a neighbourhood."""


class BrokenGeoJSON(SketchError):
    """What was sent is not a drawing in GeoJSON."""

    message = "the drawing is not GeoJSON: {reason}; send a Feature with a Polygon in degrees"


class DrawingEmpty(SketchError):
    """There is no drawing."""

    message = "the drawing has no points; draw at least three"


class DrawingIsPoint(SketchError):
    """All points of the drawing are the same place."""

    message = "the drawing is one point; draw around the neighbourhood"


class DrawingIsLine(SketchError):
    """The drawing goes to and fro and encloses no ground."""

    message = "the drawing has {n_points} different points but encloses no ground; draw round a place"


class DrawingNotFinite(SketchError):
    """A coordinate is not a number."""

    message = "the drawing has a coordinate that is not a finite number; draw it again"


class DrawingOutside(SketchError):
    """A point of the drawing lies outside the part of the world we look at."""

    message = (
        "the drawing has a point at ({lon:.4f}, {lat:.4f}), outside {west:g} to {east:g} east and "
        "{south:g} to {north:g} north; draw inside, or set other limits"
    )


class DrawingTooManyPoints(SketchError):
    """The drawing has more points than any hand makes."""

    message = "the drawing has {n_points:,} points, at most {most_points:,} are taken; simplify it"


class SketchTooSmall(SketchError):
    """The drawing is smaller than the limits allow."""

    message = "the drawing covers {area_m2:,.2f} m2, more than {least_m2:,.2f} m2 is needed; draw it larger"


class SketchTooLarge(SketchError):
    """The drawing is larger than any neighbourhood."""

    message = "the drawing covers {area_km2:,.1f} km2, at most {most_km2:,.0f} km2 is taken; draw a part"


# --- A table --------------------------------------------------------------------------------------


class FrameError(BuurtError):
    """A table that breaks the promise of its kind."""


class FrameColumnsMissing(FrameError):
    """The table lacks columns or has another index than promised."""

    message = "table '{frame}' lacks {missing}; add these columns"


class FrameNotPlanar(FrameError):
    """The table is in degrees, or has no coordinate reference system."""

    message = "table '{frame}' has CRS {crs}, not metres; convert with geo.crs.to_planar"


class FrameIndexRepeats(FrameError):
    """Two rows have the same key."""

    message = "table '{frame}' has key '{key}' more than once; make keys unique"


class FrameGeometryUnsound(FrameError):
    """A geometry is absent, empty or invalid."""

    message = "table '{frame}' row '{key}': {reason}; repair the geometry first"


# --- Layers and files -----------------------------------------------------------------------------


class LayerError(BuurtError):
    """What institutions publish could not be had."""


class FileRefused(LayerError):
    """A file somebody hands us is not taken in; nothing of it was kept."""

    message = "file '{name}' is refused; hand over another file"


class FileAbsent(FileRefused):
    """There is no ordinary file at this place."""

    message = "no file at '{name}'; give the path of a file on this computer"


class FileTooBig(FileRefused):
    """The file is larger than we read, packed or unpacked."""

    message = "file '{name}' is over {most_mb:,.0f} MB; cut it into smaller files"


class FileKindUnknown(FileRefused):
    """The contents are none of the formats we read, whatever the name says."""

    message = (
        "file '{name}' is none of the formats we read; save it as GeoJSON, GeoPackage, zipped Shapefile, "
        "KML, GPX, CSV or xlsx"
    )


class FileBroken(FileRefused):
    """The file is damaged: it stops half-way or breaks the rules of its own format."""

    message = "file '{name}' cannot be read as {format}; save it again from the program it came from"


class FileUnsafe(FileRefused):
    """The file holds something that could harm the computer that reads it."""

    message = "file '{name}' holds '{part}', which is not safe to read; save it again without"


class FileNestsTooDeep(FileRefused):
    """Brackets or elements lie inside each other without end."""

    message = "file '{name}' nests deeper than {most} levels; save it again from the program it came from"


class FileReadTooLong(FileRefused):
    """Reading took longer, or more memory, than any honest file of its size needs."""

    message = "reading file '{name}' was stopped after {seconds:.0f} s; save it again as GeoJSON"


class FileLayerUnknown(FileRefused):
    """The file has no layer of this name."""

    message = "file '{name}' has no layer '{layer}'; choose one of: {layers}"


class FileLayerChoice(FileRefused):
    """The file has several layers and none was chosen."""

    message = "file '{name}' has several layers; choose one of: {layers}"


class FileLayerNotTable(FileRefused):
    """A layer of a GeoPackage is computed when it is read (a view), so it can run without end."""

    message = "layer '{layer}' of file '{name}' is a view; save it as an ordinary layer"


class FileWithoutShapes(FileRefused):
    """There is nothing in the file that lies anywhere."""

    message = "file '{name}' has no shapes; export it with its geometry"


class FileTooManyFeatures(FileRefused):
    """The file has more features than we take at once."""

    message = "file '{name}' has over {most:,} features; cut it into smaller files"


class FileTooManyVertices(FileRefused):
    """The shapes have more corners than we take at once."""

    message = "file '{name}' has {n:,} corners, more than {most:,}; simplify the shapes"


class FileTooManyValues(FileRefused):
    """The file is made of more pieces than shapes and columns of its limits can need."""

    message = "file '{name}' has over {most:,} values; cut it into smaller files"


class FileCrsUnknown(FileRefused):
    """Nothing tells which coordinate reference system the numbers are in."""

    message = "file '{name}' has coordinates near ({x:.6g}, {y:.6g}) of unknown CRS; give an EPSG code"


class FileCrsWrong(FileRefused):
    """The coordinate reference system that was asked for does not exist or does not fit the numbers."""

    message = "CRS '{crs}' does not fit file '{name}'; give another EPSG code, such as 28992 or 4326"


class FileAxesSwapped(FileRefused):
    """East and north are the wrong way round; turning them is proposed, never done unasked."""

    message = "file '{name}' has north before east; confirm that they must be turned"


class FileRoleUnknown(FileRefused):
    """Nothing tells whether these are sketches, areas or facilities."""

    message = "file '{name}' may be sketches, areas or facilities; say which"


class FileColumnUnknown(FileRefused):
    """The mapping names a column that the file does not have."""

    message = "file '{name}' has no column '{column}'; choose one of: {columns}"


class FileThemeUnknown(FileRefused):
    """Nothing tells of which theme these places are."""

    message = "file '{name}' does not say what its places are, such as '{feature}'; choose a theme"


class FileNothingTaken(FileRefused):
    """Every feature was refused; the first one says why."""

    message = "file '{name}': none of {n:,} features fits; the first, '{feature}', says {reason}; mend that"


class FileOnlyPoints(FileNothingTaken):
    """Areas are wanted and the file has points."""

    message = "file '{name}' has {n:,} points, such as '{feature}', no areas; import it as facilities"


class FileOnlyOpenLines(FileNothingTaken):
    """Areas are wanted and the file has lines that do not close."""

    message = "file '{name}' has {n:,} open lines, such as '{feature}', no areas; close the lines"


class TilesUnknown(FileRefused):
    """The file is no base map of pictures, whatever its name says."""

    message = "file '{name}' is no base map of pictures; choose MBTiles or PMTiles with png, jpg or webp"


class TilesAreVector(FileRefused):
    """The tiles are shapes, which wait for somebody to draw them; we show pictures."""

    message = "file '{name}' holds vector tiles; export it again as pictures (png), from QGIS for instance"


class TilesZoomed(FileRefused):
    """The tiles are too coarse to find a street on, or so fine that there is no way to look around."""

    message = "file '{name}' has zoom levels {least} to {most}; export it again with at least level {needed}"


class TilesElsewhere(FileRefused):
    """The tiles are of another place."""

    message = "file '{name}' does not touch {municipality}; choose a base map of {municipality}"


class TilesNotCopied(FileRefused):
    """There is no room for the base map in the folder, or nothing may be written there."""

    message = "file '{name}' cannot be copied into '{folder}'; make room there, or choose another folder"


class LayerNotFetched(LayerError):
    """The layer is not in the data folder."""

    message = "layer '{key}' of {code} is absent; run: buurt fetch {code}"


class ShapesAbsent(LayerError):
    """A map asks for shapes at an address that is none of ours."""

    message = "there are no shapes '{name}' of '{municipality}'; see ui/shapes.py for the addresses"


class LayerUnknown(LayerError):
    """There is no layer of this name or year."""

    message = "there is no layer '{key}'; choose from: {known}"


class MunicipalityUnknown(LayerError):
    """No municipality has this name or code."""

    message = "no municipality is called '{name}'; the nearest names are: {near}"


class LockUnreadable(LayerError):
    """The list of what we have is damaged."""

    message = "{path} cannot be read ({reason}); remove the folder and fetch again"


class CacheBusy(LayerError):
    """Somebody else is writing in the folder of this municipality."""

    message = "another process writes in {folder}; wait a minute and try again"


class FetchError(LayerError):
    """A service did not give what we asked."""


class ServiceAddressRefused(FetchError):
    """A setting names a host that is not allowed."""

    message = (
        "{setting} points at '{host}'; use https at an allowed host (layers/settings.py) or this machine"
    )


class ServiceUnreachable(FetchError):
    """The service did not answer, or was too busy, each time we tried."""

    message = "{service} did not answer after {tries} tries ({reason}); try again later"


class ServiceRefused(FetchError):
    """The service says the question itself is wrong."""

    message = "{service} refused with status {status}: {detail}; check the request against docs/sources.md"


class AnswerUnreadable(FetchError):
    """The answer is not what the service promises: nothing of it is kept."""

    message = "the answer of {service} is unusable: {reason}; nothing was kept, try again later"


class AnswerIncomplete(FetchError):
    """The service gave a part of the answer: nothing of it is kept."""

    message = "the answer of {service} is incomplete: {reason}; nothing was kept, try again later"


class FetchTooSlow(FetchError):
    """The whole took longer than we are willing to wait."""

    message = "{service} took longer than {budget_s:.0f} s in all; try again at a quieter hour"


class FetchCancelled(FetchError):
    """The user stopped the fetching."""

    message = "fetching was stopped; layers that were complete are kept, run it again for the rest"


class FetchOffline(FetchError):
    """The operator forbids every request."""

    message = "BUURT_OFFLINE is set, so {service} is not asked; unset it to fetch"


# --- The store ------------------------------------------------------------------------------------


class StoreError(BuurtError):
    """What residents told cannot be kept or found."""


class StoreFailed(StoreError):
    """The database refused for a reason of its own."""

    message = "store '{where}' failed ({why}); see docs/reliability.md"


class StoreAddressUnknown(StoreError):
    """The address of the store is of no kind we know."""

    message = "store address begins with '{scheme}'; use sqlite:///path/buurt.gpkg or postgresql://..."


class StoreUnreachable(StoreError):
    """The database server does not answer. Whether the last write was kept is unknown: send it again."""

    message = "store '{where}' does not answer; check the server, then send again (nothing is stored twice)"


class StoreReadOnly(StoreError):
    """Nothing may be written where the store is."""

    message = "store '{where}' cannot be written; give this user write access to the file and its folder"


class StoreFull(StoreError):
    """The disk is full. What was receipted before is safe."""

    message = "no room on the disk of store '{where}'; make room, then send again"


class StoreBusy(StoreError):
    """Another process kept the store to itself for too long."""

    message = "store '{where}' was locked for {waited_s:.0f} s; end the other program, then send again"


class StoreDamaged(StoreError):
    """The file is not a store, or no longer a whole one."""

    message = "store '{where}' is damaged or no store at all ({why}); restore the last backup: buurt restore"


class StoreTooNew(StoreError):
    """The store was written by a newer program."""

    message = "store '{where}' has schema {found}, this program knows up to {known}; update the program"


class StoreNotEmpty(StoreError):
    """Drawings would be overwritten."""

    message = "store '{where}' already holds {n} contributions; choose an empty place, or confirm replacing"


class BackupBroken(StoreError):
    """The backup is not whole; nothing was done with it."""

    message = "backup '{where}' is not whole ({why}); take an older one"


class UnknownProject(StoreError):
    """There is no project with this id."""

    message = "no project '{project}'; see: buurt projects"


class UnknownSession(StoreError):
    """There is no workshop with this code or id, or not in this project."""

    message = "no workshop session '{session}'; check the six characters"


class UnknownSubject(StoreError):
    """There is no contribution, signal or proposal with this id."""

    message = "no contribution, signal or proposal '{subject}'; load the list again"


class ProjectClosed(StoreError):
    """The last day for drawings has passed; what came later would be erased at once."""

    message = "project '{project}' took drawings until {until}; extend its retention date or make a new one"


class SessionClosed(StoreError):
    """The workshop was ended by its facilitator."""

    message = "workshop session '{session}' is closed; the facilitator can open it again"


class ContributionWithdrawn(StoreError):
    """A contribution that was erased before; a late retry does not bring it back."""

    message = "contribution {id} was erased before; draw anew under a new id"


class ContributionDiffers(StoreError):
    """Another drawing is filed under this id; neither is lost."""

    message = "contribution {id} is filed already with other contents; use Store.change with its code"


class CodeUnknown(StoreError):
    """No contribution has this withdrawal code."""

    message = "no contribution has this code; check the twelve characters"


class TooManyTries(StoreError):
    """A device or an evening tried something too often."""

    message = "too many tries; wait {wait_min} minutes"


class InputRefused(StoreError):
    """A field holds something it cannot hold."""

    message = "field '{field}' is refused: {reason}; send what store/records.py describes"


class InputTooLarge(StoreError):
    """A field is longer than we keep."""

    message = "field '{field}' has size {size:,}, at most {most:,} is kept; shorten it"


class HomeTooExact(StoreError):
    """The facts about the home would point at a few doors."""

    message = "home facts are too exact; give a 100 m cell or distances in steps of 25 m, not both"


class EditionTooSoon(StoreError):
    """Publishing now would show what single residents drew."""

    message = "{changed} of {n} drawings changed since the last edition; wait until at least {least} did"


class TooManyDots(StoreError):
    """A device gave away more dots than it has."""

    message = "{given} dots given, a device has {most}; give fewer"


class NothingToUndo(StoreError):
    """There is no decision to take back."""

    message = "nothing was decided about '{subject}'; load the list again"


class PasswordTooWeak(StoreError):
    """The password is too short to be one."""

    message = "password is shorter than {least} characters; use a sentence"


class AccountExists(StoreError):
    """There is an account with this label."""

    message = "account '{label}' exists already; choose another label"


# --- A study --------------------------------------------------------------------------------------


class StudyError(BuurtError):
    """A question that has no answer as it was put."""


class TooFewSketches(StudyError):
    """Fewer drawings than may be shown or than carry the conclusion."""

    message = "{n} sketches, at least {least} are needed; wait for more or join groups"


class TooManySketches(StudyError):
    """More drawings than the exact method can handle."""

    message = "{n} sketches, the exact faces take at most {most}; use geo.consensus.surface"


class GridTooLarge(StudyError):
    """The drawings lie too far apart for one grid."""

    message = (
        "the grid would need {cells:,} cells of {cell_m:g} m, at most {most:,}; leave out stray sketches"
    )


class SurfacesDiffer(StudyError):
    """Two surfaces that do not fit on each other."""

    message = "surfaces differ in {what}; make both with the same cell size, plane and kind of weights"


class SketchNotCounted(StudyError):
    """A drawing is taken off a surface it was never on."""

    message = "surface of {n} sketches does not hold this sketch; remove only what was added"


class PercentOutOfRange(StudyError):
    """A share of residents that is not a whole number from 1 to 100."""

    message = "percent is {percent}; give a whole number from 1 to 100"


# --- A paper sheet --------------------------------------------------------------------------------


class PaperError(BuurtError):
    """A sheet cannot be made, or a photo of one cannot be read; the photo is not kept."""


class SheetUnfit(PaperError):
    """A sheet is asked for that cannot be printed."""

    message = "a sheet with {what} '{value}' cannot be printed; choose another {what}"


class SheetTextUnknown(PaperError):
    """A QR that is not on one of our sheets."""

    message = "QR '{text}' is not of a sheet of ours; use the sheets of this project"


class PhotoTooBig(PaperError):
    """A photo is larger than we take."""

    message = "the photo has {size:,.0f} {unit}, at most {most:,.0f} is taken; make a smaller photo"


class PhotoUnreadable(PaperError):
    """What was handed over is no photo that can be opened."""

    message = "the file is not a JPEG or PNG picture, or it is damaged; make a photo again"


class PhotoWithoutMarks(PaperError):
    """Fewer corner marks are in sight than are needed to lay the sheet straight."""

    message = "{found} of {n_marks} marks found, {least} are needed; photograph the whole sheet"


class PhotoWithoutCode(PaperError):
    """The QR of the sheet cannot be read, so nobody knows which ground it is."""

    message = "marks found but the QR cannot be read; make a sharper photo without a thumb on the QR"


class PhotoTooVague(PaperError):
    """The printed map cannot be recognised in the photo."""

    message = "the printed map is recognised for {share:.0%} only; make a sharper photo in better light"


class SheetElsewhere(PaperError):
    """A sheet of another project, evening or municipality."""

    message = "sheet {number} belongs to '{found}', not to '{wanted}'; upload it there"


class SheetBlank(PaperError):
    """Nothing is drawn on the sheet, or nothing in the chosen colour."""

    message = "no pen line is found on sheet {number}; check the colour, or draw thicker"


class SheetLineOpen(PaperError):
    """There is a line on the sheet, but it goes round nothing."""

    message = "the line on sheet {number} goes round nothing (open for {share:.0%}); draw it on the screen"


# --- What a screen shows --------------------------------------------------------------------------


class ScreenError(BuurtError):
    """A page or a map cannot be shown as it was asked."""


class TextInMap(ScreenError):
    """Somebody put words in a folium map, which runs them as a program."""

    message = "folium element '{kind}' carries text; send the text beside the map and show it as text"


class AssetsAltered(ScreenError):
    """A script or sheet of others is not the one we looked at."""

    message = "{file} is absent or altered; run: npm ci"


class ExportKindUnknown(StudyError):
    """A file or table was asked for that we do not make."""

    message = "cannot export '{asked}'; choose one of: {known}"


class SelectionGivesAway(StudyError):
    """So few are left out of a selection that its difference with the whole would show them."""

    message = "{n} sketches differ from the whole, at least {least} are needed; widen or narrow the selection"


class GroupTooSmall(StudyError):
    """A group too small to say that it draws differently."""

    message = "group '{group}' has {n} sketches, at least {least} are needed; join groups or wait for more"


class GroupsTooFew(StudyError):
    """There are no two groups to compare."""

    message = "{n} groups with sketches, at least 2 are needed; choose another question to compare by"


# --- Roles ----------------------------------------------------------------------------------------


class AccessDenied(BuurtError):
    """The role does not allow this action."""

    message = "role '{role}' may not '{action}'; sign in with another role"


class SignInRefused(AccessDenied):
    """The account, the password or the secret link is wrong; which of them is not told."""

    message = "account, password or link is wrong; try again or ask the administrator"
