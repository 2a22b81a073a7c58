"""Which theme and kind a place is of: by its tags, by the type stated, else by a Dutch or English word.

What is stated beats what is guessed: tags of OpenStreetMap and a stated type decide alone, and refuse the row
when they fit no kind of ours. Only without them the subject of the sheet or a name of the place may tell.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
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
        "memorial",
        "public_transport",
        "garden:type",
    }
)
"""Columns that are tags of OpenStreetMap."""
BARE = ("amenity", "leisure", "shop", "landuse")
"""Keys under which a bare word, such as ``school``, may stand; the others take any word at all."""

OSM_KEYS = frozenset({"amenity", "leisure", "healthcare", "landuse", "highway", "playground"})
"""Columns that nothing but OpenStreetMap has: where one of them is filled, tags alone decide."""
OSM_BARE = ("osm_keyword",)
"""Columns with a bare value of OpenStreetMap: ``bank`` is where money is, a bench is ``bench``."""

_HEADS: dict[str, str] = {
    "bench": "bank zitbank parkbank straatbank rustbank boombank tuinbank ligbank houtenbank betonbank praatbank "
    "loungebank wandelbank zitelement zitrand zitmuur zitplek rustplek rustpunt bench lounger",
    "picnic_table": "picknicktafel picknickset picknickbank picknickplaats picnictable",
    "playground": "speelplek speelplaats speeltuin speelterrein speelbos speelweide natuurspeelplaats "
    "speelpleintje speelplein waterspeelplaats speelstraat playground",
    "equipment": "speeltoestel speelvoorziening glijbaan schommel wip wipkip veerelement klimrek klimtoestel duikelrek "
    "zandbak draaimolen kabelbaan nestschommel speelhuisje trampoline evenwichtsbalk",
    "pitch": "trapveld voetbalveld sportveld voetbalkooi pannakooi pannaveld basketbalveld speelveld skatebaan "
    "skatepark pumptrack tafeltennistafel beweegtuin pitch",
    "community_centre": "buurthuis buurtcentrum buurtkamer wijkcentrum wijkhuis dorpshuis ontmoetingscentrum "
    "ontmoetingsplek mfa kulturhus jongerencentrum",
    "social_centre": "inloophuis inloop odensehuis voedselbank weggeefwinkel ruilwinkel wijkteam",
    "outdoors": "buurttuin moestuin volkstuin geveltuin buurtmoestuin pluktuin hondenuitlaatplaats "
    "hondenlosloopveld jop jongerenontmoetingsplek vuurplaats",
    "library": "bibliotheek bieb boekenkast minibieb leeszaal library",
    "culture_market": "theater museum muziekschool markt weekmarkt buurtmarkt atelier gemeentehuis theatre",
    "education": "school basisschool ikc kindcentrum kinderopvang kinderdagverblijf kdv bso peuterspeelzaal creche",
    "association": "vereniging club scouting harmonie koor buurtvereniging",
    "sport_play": "sporthal gymzaal sportzaal zwembad sportpark sportschool sportterrein",
    "care": "huisarts apotheek tandarts fysiotherapeut fysiotherapie gezondheidscentrum consultatiebureau verpleeghuis "
    "zorgcentrum dagbesteding thuiszorg",
    "worship": "kerk kapel moskee synagoge tempel gebedshuis church mosque temple",
    "hospitality": "cafe kroeg eetcafe ijssalon koffiehuis pub",
    "daily_life": "supermarkt bakker bakkerij postkantoor supermarket",
    "": "geldbank ruilbank databank bankgebouw afvalbak prullenbak lantaarnpaal lichtmast boom paal bord bushokje "
    "parkeerplaats laadpaal glasbak kunstwerk hek brug bloembak fietsenrek parkeren",
}
"""Kind -> singular words it is known by, also as the head of a compound; under "" what is none of ours."""

_PHRASES = (
    ("community_centre", r"huis van de (?:wijk|buurt)|multifunctioneel centrum|community cent(?:re|er)"),
    ("social_centre", r"huiskamer van de wijk|repair ?cafe|sociaal steunpunt|social cent(?:re|er)"),
    ("pitch", r"cruyff court|krajicek playground|jeu[ -]de[ -]boules(?:baan|banen)?"),
    ("picnic_table", r"picnic tables?"),
    ("library", r"openbare bibliotheek"),
    ("association", r"speel-o-theek"),
)
"""Names of more than one word; accents and capitals are off."""

_OURS: dict[str, str] = {
    "restaurant of snackbar": "restaurant",
    "restaurant or snack bar": "restaurant",
    "sociaal centrum": "social_centre",
    "buiten ontmoeten": "outdoors",
    "meeting outdoors": "outdoors",
    "zitplek bij een halte": "stop_seat",
    "seat at a stop": "stop_seat",
    "play equipment": "equipment",
    "sport en spelen": "sport_play",
    "sport and play": "sport_play",
    "zorg en welzijn": "care",
    "care and welfare": "care",
    "opvang": "shelter",
    "winkels en bushalte": "daily_life",
    "shops and bus stop": "daily_life",
    "culture, market or town hall": "culture_market",
}
"""Words by which we export a kind and which are in no list of words here: they come back as that kind."""

_BEHIND = {
    "bij", "naast", "to", "tegenover", "achter", "voor", "langs", "nabij", "hoek", "thv", "richting", "aan",
    "tussen", "near", "opposite", "behind",
}  # fmt: skip
"""Behind these words stands another place, by which this one is found."""
_GONE = frozenset(
    ["geen", "weg", "verwijderd", "vervallen", "opgeheven", "gesloten", "no", "removed", "closed"]
)
"""With one of these words the place is not there."""
_MONEY = re.compile(r"rabo|abn[ -]?amro|\bing\b|\b(?:sns|asn|regio|volks|geld)[ -]?bank|geldautomaat|triodos")
_LOOSE_HEADS = frozenset(
    {"bank", "wip", "jop", "mfa", "ikc", "kdv", "bso", "koor", "club", "boom", "paal", "bord", "hek"}
)
"""Too short, or too much in other words (``databank``), to be the head of a compound."""

_KIND_OF_WORD = {word: kind for kind, words in _HEADS.items() for word in words.split()}
_COMPOUND_HEADS = tuple(
    sorted(
        (word for word in _KIND_OF_WORD if word not in _LOOSE_HEADS and len(word) > 3), key=len, reverse=True
    )
)
_KIND_OF_PHRASE = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for kind, words in _PHRASES)


def theme_of(kind: str) -> str | None:
    """Return the theme a kind belongs to, the first where it is shown in two.

    Examples
    --------
    >>> theme_of("bench"), theme_of("community_centre"), theme_of("lamp post")
    ('bench', 'meeting_place', None)
    """
    return next((theme.key for theme in THEMES.values() for one in theme.kinds if one.key == kind), None)


def kind_of(
    row: Mapping[str, Any], type_column: str | None, name_columns: Iterable[str], subject: str | None
) -> str | None:
    """Return of which kind a place is; ``None`` when nothing says so.

    Parameters
    ----------
    row
        All that is stated of it.
    type_column
        Where its type is stated; a filled type decides alone.
    name_columns
        Where its name or a description stands, the surest first.
    subject
        The kind that the sheet, layer or file is about, as `kind_of_subject` finds it.

    Examples
    --------
    >>> kind_of({"bgtplustype": "niet-bgt:bank"}, "bgtplustype", (), None)
    'bench'
    >>> kind_of({"osm_keyword": "bank"}, "osm_keyword", (), "bench") is None
    True
    >>> kind_of({"naam": "Buurthuis De Brug"}, None, ("naam",), None)
    'community_centre'
    >>> kind_of({"naam": "t.o. café"}, None, ("naam",), "bench")
    'bench'
    """
    tags = {
        key: str(value) for key, value in row.items() if isinstance(value, str | int | float) and value != ""
    }
    names = [tags[column] for column in name_columns if column in tags]
    if tags.keys() & OSM_KEYS:
        return _by_tags(tuple(sorted((key, tags[key]) for key in tags if key in TAG_KEYS)))
    stated = tags.get(type_column or "", "").strip()
    if stated:
        if type_column in OSM_BARE:
            return _by_bare_tag(stated)
        kind = kind_of_type(stated)
        return None if kind == "bench" and any(_MONEY.search(_plain(name)) for name in names) else kind
    if any(_GONE & set(_words(name)) for name in names):
        return None
    if subject is not None:
        return subject
    return next((kind for name in names if (kind := kind_of_words(name))), None)


@lru_cache(maxsize=4096)
def kind_of_type(stated: str) -> str | None:
    """Return the kind that a stated type means: a type of the BGT, a key of ours, a word, or a bare tag.

    Examples
    --------
    >>> kind_of_type("Zitbankje"), kind_of_type("niet-bgt:speelvoorziening"), kind_of_type("Lantaarnpaal")
    ('bench', 'equipment', None)
    """
    word = stated.rsplit(":", 1)[-1].strip().lower()
    if word in _OURS:
        return _OURS[word]
    for theme in THEMES.values():
        for one in theme.kinds:
            if word in one.bgt or word == one.key:
                return one.key
    return kind_of_words(stated) or _by_bare_tag(word)


@lru_cache(maxsize=4096)
def kind_of_words(text: str) -> str | None:
    """Return the kind of the first word that is known, but of none behind *bij*, *naast*, *t.o.* and the like.

    Examples
    --------
    >>> kind_of_words("Speeltuintjes"), kind_of_words("glijbanen"), kind_of_words("Houten picknickbank")
    ('playground', 'equipment', 'picnic_table')
    >>> kind_of_words("bij de kerk") is None, kind_of_words("Rabobank") is None
    (True, True)
    """
    plain = _plain(text)
    for kind, words in _KIND_OF_PHRASE:
        if words.search(plain):
            return kind
    stated_words = _words(text)
    if _GONE & set(stated_words):
        return None
    for word in stated_words:
        if word in _BEHIND:
            return None
        stated_kind = _kind_of_word(word)
        if stated_kind is not None:
            return stated_kind or None
    return None


def kind_of_subject(*titles: str) -> str | None:
    """Return the one kind that the names of a sheet, layer or file are about; ``None`` for none or several.

    Examples
    --------
    >>> kind_of_subject("levering/banken_2024"), kind_of_subject("banken en speelplekken") is None
    ('bench', True)
    """
    found = {
        kind
        for title in titles
        for word in _words(re.sub(r"[\d_]+", " ", title))
        if (kind := _kind_of_word(word)) is not None
    }
    return found.pop() or None if len(found) == 1 else None


def known_types(texts: Iterable[str]) -> bool:
    """Return whether any of these stated types is a kind of ours; a column without one states no types."""
    return any(kind_of_type(text) for text in set(texts))


def _plain(text: str) -> str:
    """Return a text without accents and capitals."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _words(text: str) -> list[str]:
    """Return the words of a text: no accents, capitals or dots within (``t.o.`` is ``to``)."""
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\.\w)\.", "", _plain(text)).replace("-", "")
    return re.findall(r"[a-z]+", plain)


@lru_cache(maxsize=4096)
def _kind_of_word(word: str) -> str | None:
    """Return the kind of one word, "" for a word that is none of ours, ``None`` for an unknown one."""
    forms = _singulars(word)
    for form in forms:
        if form in _KIND_OF_WORD:
            return _KIND_OF_WORD[form]
    for head in _COMPOUND_HEADS:
        if any(form.endswith(head) for form in forms):
            return _KIND_OF_WORD[head]
    return None


def _singulars(word: str) -> list[str]:
    """Return the forms a Dutch plural or diminutive may come from, the word itself first."""
    forms = [word]
    forms += [
        word.removesuffix(ending)
        for ending in ("etjes", "etje", "tjes", "tje", "pjes", "pje", "jes", "je", "s")
        if word.endswith(ending) and len(word) > len(ending) + 2
    ]
    for stem in [form.removesuffix("en") for form in forms if form.endswith("en") and len(form) > 4]:
        forms.append(stem)
        last = {"z": "s", "v": "f"}.get(stem[-1], stem[-1])
        if len(stem) > 2 and stem[-1] == stem[-2]:
            forms.append(stem[:-1])
        elif len(stem) > 1 and stem[-2] in "aeou":
            forms.append(f"{stem[:-1]}{stem[-2]}{last}")
        forms.append(stem[:-1] + last)
    return forms


@lru_cache(maxsize=4096)
def _by_tags(tags: tuple[tuple[str, str], ...]) -> str | None:
    there = dict(tags)
    return next(
        (one.key for theme in THEMES.values() for one in theme.kinds if there and one.takes(there)), None
    )


def _by_bare_tag(word: str) -> str | None:
    return next((kind for key in BARE if (kind := _by_tags(((key, word),)))), None)
