"""What one address may do in an hour, counted under a hash: in memory, and in the store where processes share one.

In memory the key of the hash lives an hour and is never kept; in the store the hash itself lives an hour.
"""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from threading import Lock

from study import context

WINDOW_S = 3600.0
MAX_KNOWN = 100_000
"""Addresses that are remembered at once; above it all are forgotten, so that memory never grows with a flood."""
UNLIMITED = {"127.0.0.1", "::/64", ""}
"""This machine itself: a proxy that passes no address on, or a test. Else all residents would be one address."""


class AddressLimits:
    """Buckets that fill up slowly, one for each kind of act and address.

    Parameters
    ----------
    clock
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._renew(clock())

    def _renew(self, now_s: float) -> None:
        self._key = secrets.token_bytes(32)
        self._since_s = now_s
        self._buckets: dict[bytes, tuple[float, float, int]] = {}

    def consume(self, kind: str, address: str, *, burst: int, hour: int) -> tuple[float, int]:
        """Consume one from a bucket; return the wait in seconds (0: go on) and the count of this hour.

        Examples
        --------
        >>> limits = AddressLimits(lambda: 0.0)
        >>> [limits.consume("save", "192.0.2.7", burst=2, hour=60) for _ in range(3)]
        [(0.0, 1), (0.0, 2), (60.0, 2)]
        >>> limits.consume("save", "192.0.2.8", burst=2, hour=60)
        (0.0, 1)
        """
        known = network(address)
        if known in UNLIMITED:
            return 0.0, 0
        now_s = self._clock()
        with self._lock:
            if now_s - self._since_s > WINDOW_S or len(self._buckets) > MAX_KNOWN:
                self._renew(now_s)
            name = hmac.digest(self._key, f"{kind}\0{known}".encode(), "sha256")
            left, at_s, n = self._buckets.get(name, (float(burst), now_s, 0))
            left = min(float(burst), left + (now_s - at_s) * hour / WINDOW_S)
            if left < 1.0:
                self._buckets[name] = (left, now_s, n)
                return (1.0 - left) * WINDOW_S / hour, n
            self._buckets[name] = (left - 1.0, now_s, n + 1)
            return 0.0, n + 1


def known_network(address: str) -> str:
    """Return what counts as one address; "" where it says nothing of who sent something.

    Examples
    --------
    >>> known_network("192.0.2.7"), known_network("127.0.0.1")
    ('192.0.2.7', '')
    """
    found = network(address)
    return "" if found in UNLIMITED else found


def network(address: str) -> str:
    """Return what counts as one address: an IPv6 household has a whole /64 of them.

    Examples
    --------
    >>> network("192.0.2.7"), network("2001:db8::1") == network("2001:db8::2"), network("unix")
    ('192.0.2.7', True, 'unix')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


LIMITS = AddressLimits()


def consume(kind: str, address: str, *, burst: int, hour: int) -> tuple[float, int]:
    """Consume one from the bucket of an address, whichever process it comes to; as `AddressLimits.consume`."""
    limits = context.get_store().limits
    if limits.is_shared and network(address) not in UNLIMITED:
        return limits.consume(kind, network(address), burst=burst, hour=hour)
    return LIMITS.consume(kind, address, burst=burst, hour=hour)
