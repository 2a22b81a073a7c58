"""Errors of paper sheets and photos."""

from geo.errors.base import BuurtError

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


class PhotoPagesLeft(PaperError):
    """A file has more pages than are read at once; those behind are named."""

    message = "pages {first} to {last} were not read; make a file of them and read that too"


class PhotoUnreadable(PaperError):
    """What was handed over is no photo that can be opened."""

    message = "the file is not a JPEG or PNG picture, or it is damaged; make a photo again"


class PhotoWithoutMarks(PaperError):
    """Fewer corner marks are in sight than are needed to lay the sheet straight."""

    message = "{found} of {n_marks} marks found, {least} are needed; photograph the whole sheet"


class PhotoWithoutCode(PaperError):
    """The QR of the sheet cannot be read, so nobody knows which ground it is."""

    message = "marks found but the QR cannot be read; make a sharper photo without a thumb on the QR"


class PhotoSheetLeft(PaperError):
    """Another sheet lies in the photo, of which too few marks are in sight."""

    message = "another sheet lies in the photo with too few marks in sight; photograph it by itself"


class PhotoTooVague(PaperError):
    """The printed map cannot be recognised in the photo."""

    message = "the printed map is recognised for {share:.0%} only; make a sharper photo in better light"


class SheetElsewhere(PaperError):
    """A sheet of another project, workshop session or municipality."""

    message = "sheet {number} belongs to '{found}', not to '{wanted}'; upload it there"


class SheetBlank(PaperError):
    """Nothing is drawn on the sheet, or nothing in the chosen colour."""

    message = "no pen line is found on sheet {number}; check the colour, or draw thicker"


class SheetCrossedOut(PaperError):
    """A cross goes through the whole sheet: its maker took another."""

    message = "sheet {number} is crossed out from corner to corner; it does not count"


class SheetLineOpen(PaperError):
    """There is a line on the sheet, but it goes round nothing."""

    message = "the line on sheet {number} goes round nothing (open for {share:.0%}); draw it on the screen"
