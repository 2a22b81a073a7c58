"""Errors of official data on disk."""

from geo.errors.files import LayerError


class LayerNotFetched(LayerError):
    """The layer is not in the data folder."""

    message = "layer '{key}' of {code} is absent; run: buurt fetch {code}"


class GroundNotChosen(LayerNotFetched):
    """A project of a file has no municipality yet, and so no ground to draw on."""

    message = "no municipality was chosen for this project"


class ShapesAbsent(LayerError):
    """A map asks for shapes at an address that is none of ours."""

    message = "there are no shapes '{name}' of '{municipality}'; see ui/map_data.py for the addresses"


class LayerUnknown(LayerError):
    """There is no layer of this name or year."""

    message = "there is no layer '{key}'; choose from: {known}"


class GroundElsewhere(LayerError):
    """Own areas outside the Netherlands cannot be the ground of a project."""

    message = "'{name}' lies outside the Netherlands; compare files there with `buurt compare`"


class MunicipalityUnknown(LayerError):
    """No municipality has this name or code."""

    message = "no municipality is called '{name}'; the nearest names are: {near}"


class LockUnreadable(LayerError):
    """The list of what we have is damaged."""

    message = "{path} cannot be read ({reason}); remove the folder and fetch again"


class CacheBusy(LayerError):
    """Somebody else is writing in the folder of this municipality."""

    message = "another process writes in {folder}; wait a minute and try again"
