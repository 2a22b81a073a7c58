"""Which theme and kind a place is of: by its tags, by the BGT's type, else by a Dutch or English word."""

import re
from functools import lru_cache
from typing import Any

from layers.catalogue import THEMES

TAG_KEYS = frozenset(
    {
        "amenity",
        "leisure",
        "shop",
        "club",
        "healthcare",
        "playground",
        "landuse",
        "office",
        "place",
        "highway",
    }
)
"""Columns that are tags of OpenStreetMap."""
BARE = ("amenity", "leisure", "shop", "landuse")
"""Keys under which a bare word, such as ``school``, may stand; the others take any word at all."""

KIND_WORDS = (
    ("community_centre", r"buurthuis|buurtcentrum|wijkcentrum|dorpshuis|ontmoetingsplek|community centre"),
    ("social_centre", r"inloophuis|inloop|voedselbank|social cent(?:re|er)"),
    ("library", r"bibliotheek|boekenkast|library"),
    ("hospitality", r"caf[eé]|kroeg|eetcaf[eé]|ijssalon|pub"),
    ("worship", r"kerk|moskee|synagoge|tempel|church|mosque"),
    ("culture_market", r"theater|markt|buurtmarkt|atelier"),
    ("outdoors", r"buurttuin|moestuin|volkstuin(?:en)?|hondenuitlaatplaats|geveltuin(?:en)?"),
    ("picnic_table", r"picknicktafels?|picknickbank(?:en)?|picnic tables?"),
    ("bench", r"bank(?:en|je|jes)?|zitbank(?:en)?|bench(?:es)?"),
    ("pitch", r"trapveld(?:je)?|voetbalveld(?:je)?|sportveld(?:je)?|pannakooi|jeu de boules?|pitch"),
    ("playground", r"speelplek(?:ken)?|speeltuin(?:en)?|speelplaats(?:en)?|speelterrein|playgrounds?"),
    ("equipment", r"speeltoestel(?:len)?|speelvoorziening(?:en)?"),
    ("education", r"school|basisschool|kinderopvang|peuterspeelzaal|kinderdagverblijf|crèche"),
    ("association", r"vereniging|scouting|club"),
    ("sport_play", r"sporthal|gymzaal|zwembad|sportpark|sportschool|sportterrein"),
    ("care", r"huisarts|apotheek|tandarts|verpleeghuis|zorgcentrum|gezondheidscentrum|fysiotherap\w+"),
    ("daily_life", r"supermarkt|bakker(?:ij)?|postkantoor|supermarket"),
)  # fmt: skip
"""Whole words by which people name a place; the first that occurs counts."""

_WORDS = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in KIND_WORDS)


def theme_of(kind: str) -> str | None:
    """Give the theme a kind belongs to, the first where it is shown in two.

    Examples
    --------
    >>> theme_of("bench"), theme_of("community_centre"), theme_of("lamp post")
    ('bench', 'meeting_place', None)
    """
    return next((theme.key for theme in THEMES.values() for one in theme.kinds if one.key == kind), None)


def kind_of(
    row: dict[str, Any], type_column: str | None, name_column: str | None, layer_name: str
) -> str | None:
    """Tell of which kind a place is; ``None`` when nothing says so.

    Parameters
    ----------
    row
        All that is told of it.
    type_column, name_column
        Where its type and its name stand.
    layer_name
        Name of the layer, which may say it for all: ``banken``.

    Examples
    --------
    >>> kind_of({"bgtplustype": "niet-bgt:bank"}, "bgtplustype", None, "")
    'bench'
    >>> kind_of({"osm_keyword": "place_of_worship"}, "osm_keyword", None, "")
    'worship'
    >>> kind_of({"naam": "Buurthuis De Brug"}, None, "naam", "")
    'community_centre'
    """
    tags = {
        key: str(value) for key, value in row.items() if isinstance(value, str | int | float) and value != ""
    }
    told = tags.get(type_column or "", "")
    return (
        _by_tags(tuple(sorted((k, v) for k, v in tags.items() if k in TAG_KEYS)))
        or _by_type(told)
        or _by_word(told)
        or _by_word(tags.get(name_column or "", ""))
        or _by_word(re.sub(r"[_\W]+", " ", layer_name))
    )


@lru_cache(maxsize=4096)
def _by_tags(tags: tuple[tuple[str, str], ...]) -> str | None:
    there = dict(tags)
    return next(
        (one.key for theme in THEMES.values() for one in theme.kinds if there and one.takes(there)), None
    )


@lru_cache(maxsize=4096)
def _by_type(told: str) -> str | None:
    word = told.rsplit(":", 1)[-1].strip().lower()
    if not word:
        return None
    for theme in THEMES.values():
        for one in theme.kinds:
            if word in one.bgt or word == one.key:
                return one.key
    return next((kind for key in BARE if (kind := _by_tags(((key, word),)))), None)


@lru_cache(maxsize=4096)
def _by_word(told: str) -> str | None:
    return next((kind for kind, words in _WORDS if words.search(told)), None)
