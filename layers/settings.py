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
    """One service: its setting, and the addresses it has unless that setting says otherwise."""

    key: str
    setting: str
    default: tuple[str, ...]

    def addresses(self) -> tuple[str, ...]:
        """Give the addresses in the order they are tried, without a slash at the end.

        Raises
        ------
        ServiceAddressRefused
            An address is not https at an allowed host, nor on this machine.

        Examples
        --------
        >>> PDOK.addresses()
        ('https://api.pdok.nl',)
        """
        chosen = os.environ.get(self.setting, "").split(",")
        found = tuple(a.strip().rstrip("/") for a in chosen if a.strip()) or self.default
        for address in found:
            self._admit(address)
        return found

    def _admit(self, address: str) -> None:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if host in LOOPBACK and parts.scheme in {"http", "https"}:
            return
        if host not in HOSTS or parts.scheme != "https":
            raise ServiceAddressRefused(setting=self.setting, host=host or address)


PDOK = Service("pdok", "BUURT_PDOK_URL", ("https://api.pdok.nl",))
LOCATIE = Service("locatie", "BUURT_LOCATIE_URL", ("https://api.pdok.nl/bzk/locatieserver/search/v3_1",))
OVERPASS = Service(
    "overpass",
    "BUURT_OVERPASS_URL",
    ("https://overpass-api.de/api", "https://overpass.private.coffee/api"),
)
CBS = Service("cbs", "BUURT_CBS_URL", ("https://datasets.cbs.nl/odata/v1/CBS",))

SERVICES = (PDOK, LOCATIE, OVERPASS, CBS)


def data_folder() -> Path:
    """Give the folder with one folder a municipality: ``BUURT_DATA``, or what is shipped."""
    chosen = os.environ.get("BUURT_DATA")
    return Path(chosen) if chosen else Path(__file__).resolve().parent.parent / "data" / "boundaries"


def offline() -> bool:
    """Tell whether the operator forbids every request (``BUURT_OFFLINE=1``, for a workshop)."""
    return os.environ.get("BUURT_OFFLINE", "") not in {"", "0"}
