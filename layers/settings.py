"""Where the data folder is and which addresses the services have: the operator's settings."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from geo.errors import ServiceAddressRefused

HOSTS = frozenset(
    {
        "api.pdok.nl",
        "datasets.cbs.nl",
        "overpass-api.de",
        "overpass.private.coffee",
        "overpass.kumi.systems",
    }
)
"""The only hosts that are ever asked; a server on this machine itself is allowed too."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Service:
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
    """

    key: str
    setting: str
    hosts: tuple[str, ...] = ()
    path: str = ""
    beside: "Service | None" = None

    def addresses(self) -> tuple[str, ...]:
        """Give the addresses in the order they are tried, without a slash at the end.

        Raises
        ------
        ServiceAddressRefused
            An address is not https at an allowed host, nor on this machine.

        Examples
        --------
        >>> PDOK.addresses(), CBS.addresses()
        (('https://api.pdok.nl',), ('https://datasets.cbs.nl/odata/v1/CBS',))
        """
        chosen = tuple(a.strip() for a in os.environ.get(self.setting, "").split(",") if a.strip())
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
        if host not in HOSTS or parts.scheme != "https":
            raise ServiceAddressRefused(setting=self.setting, host=host or address)


PDOK = Service("pdok", "BUURT_PDOK_URL", ("https://api.pdok.nl",))
LOCATIE = Service("locatie", "BUURT_LOCATIE_URL", path="/bzk/locatieserver/search/v3_1", beside=PDOK)
OVERPASS = Service(
    "overpass",
    "BUURT_OVERPASS_URL",
    ("https://overpass-api.de", "https://overpass.private.coffee"),
    path="/api",
)
CBS = Service("cbs", "BUURT_CBS_URL", ("https://datasets.cbs.nl",), path="/odata/v1/CBS")

SERVICES = (PDOK, LOCATIE, OVERPASS, CBS)


def data_folder() -> Path:
    """Give the folder with one folder a municipality: ``BUURT_DATA``, or what is shipped."""
    chosen = os.environ.get("BUURT_DATA")
    return Path(chosen) if chosen else Path(__file__).resolve().parent.parent / "data" / "boundaries"


def offline() -> bool:
    """Tell whether the operator forbids every request (``BUURT_OFFLINE=1``, for a workshop)."""
    return os.environ.get("BUURT_OFFLINE", "") not in {"", "0"}
