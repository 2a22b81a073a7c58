"""Errors of the server and its settings."""

from geo.errors.base import BuurtError


class ServerBusy(BuurtError):
    """As many save at this moment as can; nothing was kept."""

    message = "too many saves wait already; send again in {wait_s} seconds"


class TooManyFromAddress(BuurtError):
    """One address sent more than its share; nothing was kept."""

    message = "too much came from one address; send again in {wait_s} seconds"


class SettingUnknown(BuurtError):
    """A variable of ours stands in the environment that we do not know."""

    message = "setting {setting} is unknown; did you mean {nearest}? All of them stand in README.md"


class SettingRefused(BuurtError):
    """A setting has a value that cannot be."""

    message = "setting {setting} must be {wanted}"


class ThemeUnreadable(BuurtError):
    """The file of design tokens cannot be read, or names no colour."""

    message = "BUURT_THEME: {file} cannot be read as design tokens ({reason}); see docs/house-style.md"


# --- Heavy work -----------------------------------------------------------------------------------


class JobError(BuurtError):
    """Heavy work that gave no answer; residents noticed nothing of it."""


class JobTooLarge(JobError):
    """The work needed more memory than a job may hold; its process was ended."""

    message = "this needs more memory than BUURT_JOB_MEMORY allows; choose fewer drawings or raise it"


class JobTooSlow(JobError):
    """The work took longer than a job may take; it was ended."""

    message = "this takes longer than {most_s} s (BUURT_JOB_SECONDS); choose fewer drawings or raise it"


class JobEnded(JobError):
    """The process that did the work ended before the work was done."""

    message = "the process that computed this was ended; try again"


class JobStopped(JobError):
    """The work was stopped by who asked for it."""

    message = "the work was stopped; ask for it again"


class ClusterUnreachable(JobError):
    """Nothing answers at the address of the cluster."""

    message = "no cluster answers at {address}; check BUURT_DASK and the scheduler"


class ClusterDiffers(JobError):
    """The cluster runs another version of something that decides the answer."""

    message = "the cluster has {what} {theirs}, we have {ours}; install the same on both"


class StoreNotHere(JobError):
    """A worker on another machine was asked for what only the store has."""

    message = "this worker cannot open the store; the job must run beside it"
