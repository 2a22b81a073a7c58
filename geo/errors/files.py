"""Errors of files that somebody hands in."""

from geo.errors.base import BuurtError

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


class FileIsWebPage(FileKindUnknown):
    """The file is a web page, often one that asks to sign in."""

    message = "file '{name}' is a web page, not a map; sign in and download it again"


class FileIsQgisProject(FileKindUnknown):
    """The file is a project of QGIS: how a map looks, without the map."""

    message = "file '{name}' is a QGIS project; export the layer as GeoPackage"


class FileIsServiceError(FileKindUnknown):
    """A map service answered with a fault, and that answer was saved as a file."""

    message = "file '{name}' holds a fault message of a map service; download it again"


class FileIsOldExcel(FileKindUnknown):
    """The file is a workbook of before 2007 that cannot be read."""

    message = "file '{name}' is old Excel; save it as .xlsx"


class FileIsWordProcessing(FileKindUnknown):
    """The file is a text or a presentation."""

    message = "file '{name}' is a document, not a map; save the table as .xlsx"


class FileIsShapefilePart(FileKindUnknown):
    """The file is one part of a Shapefile, which is several files."""

    message = "file '{name}' is one part of a Shapefile; put .shp, .shx, .dbf and .prj in one zip"


class FileIsGeodatabase(FileKindUnknown):
    """The file is a geodatabase of ArcGIS."""

    message = "file '{name}' is an ArcGIS geodatabase; export the layer as GeoPackage"


class FileIsMapInfo(FileKindUnknown):
    """The file is a table of MapInfo."""

    message = "file '{name}' is MapInfo; open it in QGIS and save it as GeoPackage"


class FileIsCadDrawing(FileKindUnknown):
    """The file is a drawing of AutoCAD."""

    message = "file '{name}' is a CAD drawing; save it as GeoPackage in QGIS"


class FileIsDatabase(FileKindUnknown):
    """The file is a database without the layers of a GeoPackage."""

    message = "file '{name}' is a database but no GeoPackage; save it as GeoPackage"


class FileIsMapImages(FileKindUnknown):
    """The file holds pictures of a map."""

    message = "file '{name}' holds map images; hand over the shapes themselves"


class FileIsPdf(FileKindUnknown):
    """The file is a PDF."""

    message = "file '{name}' is a PDF; ask for the map as GeoPackage"


class FileIsImage(FileKindUnknown):
    """The file is a photo or a scan."""

    message = "file '{name}' is an image; paper sketches go to the page for paper"


class FileNotUnpacked(FileKindUnknown):
    """The file is packed in a way we do not unpack."""

    message = "file '{name}' is packed; unpack it first"


class FileIsLocked(FileKindUnknown):
    """The zip has a password."""

    message = "file '{name}' has a password; hand it over without"


class FileIsLinkOnly(FileKindUnknown):
    """The file only points to a map on the internet."""

    message = "file '{name}' only links to a map online; export it again without the link"


class FileFormulasNotComputed(FileKindUnknown):
    """The cells hold formulas that were never computed."""

    message = "file '{name}' has formulas without values; open and save it in Excel"


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


class FileOwnTable(FileRefused):
    """A table of an edition as a spreadsheet has it: without the shapes it is about."""

    message = (
        "file '{name}' is a table of an edition without its shapes; use the edition as .gpkg or .geojson"
    )


class FileOwnBorders(FileRefused):
    """The layer holds borders that this program judged: an answer, made anew of areas and drawings."""

    message = "layer '{layer}' of '{name}' holds borders that were judged here; import the areas instead"


class FileSessionsDoubtful(FileRefused):
    """A column that should say at which session somebody drew has too many or too long values."""

    message = (
        "column '{column}' of '{name}' has {n} different values; sessions are at most {most} short names"
    )


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


class FileColumnsAsked(FileRefused):
    """Only the values of a table propose which columns hold the place; somebody must agree."""

    message = "file '{name}' may have its places in columns '{x}' and '{y}'; confirm the columns"


class FileNumbersChanged(FileColumnsAsked):
    """A spreadsheet lost the decimal point of the coordinates; where it was is proposed, never assumed."""

    message = (
        "file '{name}' has '{was}' in column '{y}', which may mean {meant}; confirm columns '{x}', '{y}'"
    )


class FileWithoutFigures(FileRefused):
    """The table has no column of codes, or no figure of the catalogue."""

    message = "file '{name}' has no codes of areas with figures; its columns are: {columns}"


class FileFiguresUnmatched(FileRefused):
    """The codes of a table of figures are of no areas that are here."""

    message = "file '{name}' has codes such as '{code}', which no areas here have; import the areas first"


class FileFiguresAsked(FileRefused):
    """The codes of a table of figures are of several own layers of areas; somebody must say which."""

    message = "file '{name}' may be figures of several layers; choose one of: {keys}"


class FileDecimalAsked(FileRefused):
    """Figures can be read with thousands or with decimals; somebody must say which mark is the decimal one."""

    message = "file '{name}' has numbers that can be read both ways in: {columns}; say which mark is the decimal one"


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
