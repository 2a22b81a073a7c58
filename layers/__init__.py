"""What institutions publish: official areas, facilities and figures, read-only, dated and sourced.

Other packages use what is exported here, and nothing else of this package but
``layers.download.fetch.fetch``, ``layers.catalogue`` and ``layers.files``.
"""

from layers.basemap.vector import read_basemap
from layers.download.municipalities import Municipality, listed_municipalities, municipalities
from layers.official.areas import list_divisions, read_areas, read_key_figures
from layers.official.neighbours import read_neighbouring_areas
from layers.search.address import locate, search_address
from layers.search.local_streets import list_places
from layers.services.locatieserver import AddressMatch
from layers.sources import SourceRow, data_version, list_sources, neighbours_version
from layers.themes.facilities import read_facilities

__all__ = [
    "AddressMatch",
    "Municipality",
    "SourceRow",
    "data_version",
    "list_divisions",
    "list_places",
    "list_sources",
    "listed_municipalities",
    "locate",
    "municipalities",
    "neighbours_version",
    "read_areas",
    "read_basemap",
    "read_facilities",
    "read_key_figures",
    "read_neighbouring_areas",
    "search_address",
]
