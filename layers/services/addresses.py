"""Where the data folder is and which addresses the services have: the operator's settings."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import settings
from geo.errors import ServiceAddressRefused
from layers.contracts import SERVICE_TERMS

HOSTS = frozenset(
    urlsplit(address).hostname or address
    for terms in SERVICE_TERMS.values()
    for address in (*terms.hosts, *terms.mirrors)
)
"""The only hosts that are ever asked; a server on this machine itself is allowed too."""

CONTACT = re.compile(r"[\w.+-]{1,64}@[\w.-]{3,100}|https?://[\w./~%-]{4,150}", re.ASCII)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class ServiceAddress:
    """One service.

    Attributes
    ----------
    setting
        What the operator sets to have it elsewhere.
    hosts
        Where it is unless that setting says otherwise.
    path
        Where it is on its host; of an address with a path of its own that counts.
    beside
        Service on the same host: where that is set elsewhere, this one is too.
    any_host
        The operator may name any server, over https: whoever needs much has one of their own.
    """

    key: str
    setting: str
    hosts: tuple[str, ...] = ()
    path: str = ""
    beside: "ServiceAddress | None" = None
    any_host: bool = False

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses in the order they are tried, without a slash at the end.

        Raises
        ------
        ServiceAddressRefused
            An address is not https at an allowed host, nor on this machine.

        Examples
        --------
        >>> PDOK.addresses(), CBS.addresses()
        (('https://api.pdok.nl',), ('https://datasets.cbs.nl/odata/v1/CBS',))
        """
        chosen = tuple(a.strip() for a in settings.service_url(self.setting).split(",") if a.strip())
        if not chosen:
            chosen = tuple(a + self.path for a in self.beside.addresses()) if self.beside else self.hosts
        found = tuple(self._whole(address) for address in chosen)
        for address in found:
            self._admit(address)
        return found

    def _whole(self, address: str) -> str:
        # Pages about Overpass write its address with this last word.
        bare = address.rstrip("/").removesuffix("/interpreter")
        return bare if urlsplit(bare).path else bare + self.path

    def _admit(self, address: str) -> None:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if host in LOOPBACK and parts.scheme in {"http", "https"}:
            return
        if self.any_host and parts.scheme == "https" and host and "@" not in parts.netloc:
            return
        if host not in HOSTS or parts.scheme != "https":
            raise ServiceAddressRefused(setting=self.setting, host=host or address)


def _service(key: str, beside: ServiceAddress | None = None) -> ServiceAddress:
    terms = SERVICE_TERMS[key]
    return ServiceAddress(key, terms.setting, terms.hosts, terms.path, beside, terms.any_host)


PDOK = _service("pdok")
LOCATIE = _service("locatie", beside=PDOK)
OVERPASS = _service("overpass")
CBS = _service("cbs")

SERVICES = (PDOK, LOCATIE, OVERPASS, CBS)


def data_folder() -> Path:
    """Return the folder with one folder a municipality: ``BUURT_DATA``, or what is shipped."""
    return settings.current().data


def offline() -> bool:
    """Return whether the operator forbids every request (``BUURT_OFFLINE=1``, for a workshop)."""
    return settings.current().offline


def contact() -> str:
    """Return the mail or web address at which this installation can be reached (``BUURT_CONTACT``)."""
    stated = settings.current().contact.strip().removeprefix("mailto:")
    return stated if CONTACT.fullmatch(stated) else ""
