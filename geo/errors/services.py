"""Errors of services that are asked."""

from geo.errors.files import LayerError


class FetchError(LayerError):
    """A service did not give what we asked."""


class ServiceAddressRefused(FetchError):
    """A setting names a host that is not allowed."""

    message = (
        "{setting} points at '{host}'; use https at a host of layers/services/addresses.py or this machine"
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


class SourceFileRefused(FetchError):
    """A file that is given in the place of a service is not what that service has."""

    message = "{file} cannot be used in the place of a service: {reason}; see docs/sources.md"


class SourceFileAbsent(FetchError):
    """No file was given for what a service would have told."""

    message = "no file was given for {service}; add one, or fetch with internet"
