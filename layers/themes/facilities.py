"""Places where people meet, sit, play or are helped, as they lie in the cache."""

import geopandas as gpd

from geo.errors import LayerUnknown
from geo.schemas import FACILITIES
from layers.cache import Manifest, read_layer
from layers.catalogue import THEMES


def read_facilities(code: str, theme: str, *, every_kind: bool = False) -> gpd.GeoDataFrame:
    """Return the places of a theme in a municipality, one point each, in RD.

    Parameters
    ----------
    theme
        ``meeting_place``, ``bench``, ``play_area`` or ``social_infrastructure``.
    every_kind
        Also the kinds that are off by default: seats at stops, restaurants, daily life, and shelters, whose
        spots must not be shown to just anybody.

    Returns
    -------
    FACILITIES
        ``attrs``: ``theme``, ``source``, ``licence``, ``credit``, ``date``, ``made_up``, ``municipality``,
        ``coverage`` (per source), ``covered``: whether any source says anything about this theme here. When
        it is False an empty table means "unknown", never "none". ``not_fetched``: sources that did not answer.

    Raises
    ------
    LayerUnknown
    LayerNotFetched
        Nobody fetched the theme: that too is "unknown".
    """
    if theme not in THEMES:
        raise LayerUnknown(key=theme, known=", ".join(THEMES))
    lock = Manifest.read(code)
    entry = lock.entry(theme)
    table = read_layer(code, theme).set_index("facility_id")
    if not every_kind:
        hidden = {kind.key for kind in THEMES[theme].kinds if not kind.shown}
        table = table[~table["kind"].isin(hidden)]
    table.attrs = {
        "theme": theme,
        **lock.attrs(entry),
        "coverage": dict(entry.coverage),
        "covered": any(entry.coverage.values()),
        "not_fetched": list(entry.not_fetched),
    }
    return FACILITIES.validate(table)
