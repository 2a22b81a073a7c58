"""Search addresses, online at the Locatieserver or in the municipality's own streets."""

from geo.errors import ServiceUnreachable
from layers.cache import Manifest, cached_codes
from layers.search.local_streets import search_local
from layers.services.addresses import offline
from layers.services.http import HttpClient
from layers.services.locatieserver import AddressMatch, lookup, suggest

SEARCH_S = 20.0
"""What somebody who types an address is willing to wait, in all."""


def search_address(text: str, code: str | None = None) -> list[AddressMatch]:
    """Find streets, postcodes and buurten that are called like this; a house number is not needed.

    What is typed is personal data: it goes from this machine to PDOK and nowhere else, and is neither logged
    nor kept. Offline, and in the made-up town, it does not even go there: the municipality's own map is
    searched.

    Parameters
    ----------
    code
        Only in this municipality; needed to find anything offline.

    Returns
    -------
    list of Place
        At most ten, the best first; some without coordinates: `locate` gives those.

    Raises
    ------
    FetchError
        PDOK does not answer, and there is no map of our own to search.
    """
    ours = code in cached_codes()
    if offline() or (code is not None and ours and Manifest.read(code).made_up):
        return search_local(text, code) if code is not None and ours else []
    with HttpClient(budget_s=SEARCH_S) as session:
        try:
            return suggest(session, text, code=code)
        except ServiceUnreachable:
            if code is None or not ours:
                raise
            return search_local(text, code)


def locate(place: AddressMatch) -> AddressMatch | None:
    """Return a found place its coordinates (RD, metres); None when the service does not know it any more."""
    if place.x is not None:
        return place
    with HttpClient(budget_s=SEARCH_S) as session:
        return lookup(session, place.ident)
