"""What a stranger may send: within the budget of an address, and while there is room on the disk."""

import shutil

import settings
from geo.errors import StoreFull, TooManyFromAddress
from ui.session import address_limits

MIN_FREE_BYTES = 500_000_000


def admit(kind: str, address: str, *, burst: int, hour: int) -> int:
    """Admit one more of a kind from an address, and return how many that are in this hour.

    Raises
    ------
    StoreFull
        The rest of the disk is for changing and withdrawing.
    TooManyFromAddress
    """
    require_room()
    wait_s, n = address_limits.consume(kind, address, burst=burst, hour=hour)
    if wait_s:
        raise TooManyFromAddress(wait_s=max(1, round(wait_s)))
    return n


def require_room() -> None:
    """Refuse something new while the disk is nearly full.

    Raises
    ------
    StoreFull
    """
    if settings.store_url().startswith("sqlite:///") and not has_room():
        raise StoreFull(where=settings.data_folder().name)


def has_room() -> bool:
    """Return whether the disk of the store has room for something new."""
    return shutil.disk_usage(settings.data_folder()).free > MIN_FREE_BYTES
