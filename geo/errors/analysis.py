"""Errors of analysis."""

from geo.errors.base import BuurtError

# --- A study --------------------------------------------------------------------------------------


class StudyError(BuurtError):
    """A question that has no answer as it was put."""


class TooFewSketches(StudyError):
    """Fewer drawings than may be shown or than carry the conclusion."""

    message = "{n} sketches, at least {least} are needed; wait for more or join groups"


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


class OutputExists(StudyError):
    """There is a file of this name already; no command replaces one."""

    message = "there is a file '{where}' already; choose another name"


class ExportKindUnknown(StudyError):
    """A file or table was asked for that we do not make."""

    message = "cannot export '{asked}'; choose one of: {known}"


class NoTablePublished(StudyError):
    """A table was asked for of an edition that holds none yet."""

    message = "this edition has no table yet: no neighbourhood was drawn by enough people"


class DivisionNotPublished(StudyError):
    """The editions of a project compare with another division."""

    message = "editions of this project compare with {known}, not with {asked}; leave the division out"


class SelectionGivesAway(StudyError):
    """So few are left out of a selection that its difference with the whole would show them."""

    message = "{n} sketches differ from the whole, at least {least} are needed; widen or narrow the selection"


class GroupTooSmall(StudyError):
    """A group too small to say that it draws differently."""

    message = "group '{group}' has {n} sketches, at least {least} are needed; join groups or wait for more"


class GroupsTooFew(StudyError):
    """There are no two groups to compare."""

    message = "{n} groups with sketches, at least 2 are needed; choose another question to compare by"
