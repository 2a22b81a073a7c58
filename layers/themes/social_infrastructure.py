"""Social infrastructure: schools, associations, sport, care and what daily life needs."""

from collections import Counter

import geopandas as gpd

from layers.catalogue import THEMES
from layers.themes.merging import (
    SourceData,
    ThemeTable,
    concat,
    coverage,
    drop_duplicates,
    from_bgt,
    from_osm,
    merge_sources,
    to_facilities,
)

THEME = "social_infrastructure"
SAME_GROUND_TOLERANCE_M = 25.0
"""A sports ground that both maps have lies at most this far apart."""


def gather(finds: SourceData, others: dict[str, gpd.GeoDataFrame]) -> ThemeTable:
    """Return the theme's own places, and those of other themes that belong here too under the same id.

    Parameters
    ----------
    others
        FACILITIES of the themes that the catalogue's ``also`` names.
    """
    ours, doubles = drop_duplicates(from_osm(finds, THEME))
    own, both = merge_sources(ours, from_bgt(finds, THEME), within_m=SAME_GROUND_TOLERANCE_M)
    tables = [to_facilities(own)]
    for kind in THEMES[THEME].kinds:
        for theme, key in kind.also:
            shared = others[theme]
            shared = shared[shared["kind"].eq(key) & ~shared.index.isin(tables[0].index)]
            tables.append(shared.assign(theme=THEME, kind=kind.key))
    table = concat([part.reset_index() for part in tables]).set_index("facility_id").sort_index()
    notes = Counter(in_both=both, drawn_twice=doubles, of_other_themes=len(table) - len(tables[0]))
    return ThemeTable(table, coverage(table, THEME), notes)
