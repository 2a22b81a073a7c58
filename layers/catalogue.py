"""Every layer we want, one row each: add a row here and the layer is fetched, shown, sourced and documented.

What we *have* is another matter: that is written by machine, in the lock of each municipality
(``layers/cache.py``). Rules for tags are written as in OpenStreetMap: ``amenity=cafe|pub``, ``club=*``,
both of two with ``&``, not one of with ``!=``. docs/sources.md describes each row, and a test keeps both
alike.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from layers.contracts import CONTRACTS, FIGURE_TERMS, Contract

CBS_SOURCE = "CBS / Kadaster, Wijk- en Buurtkaart"
CBS_CREDIT = "Bron: CBS / Kadaster, Wijk- en Buurtkaart {year}, via PDOK (CC BY 4.0); bewerkt"
POSTCODE_CREDIT = "Bron: © CBS, © ESRI Nederland, {what} {year}, via PDOK (CC BY 4.0); bewerkt"
HOMES = "aantal_woningen"
"""Column of CBS with the homes of an area; with it come those by building period and in blocks."""
OSM_SOURCE, OSM_LICENCE, OSM_CREDIT = "OpenStreetMap", "ODbL 1.0", "© OpenStreetMap-bijdragers (ODbL)"
BGT_SOURCE, BGT_LICENCE, BGT_CREDIT = "BGT", "CC0 1.0", "Bron: Kadaster / PDOK, BGT (CC0)"


# --- Official areas ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Division:
    """One way institutions divide the land; what the service is asked stands in its contract."""

    key: str
    contract: Contract
    code: str
    name: str
    pattern: str
    source: str
    licence: str
    credit: str

    @property
    def path(self) -> str:
        """Of the service, with ``{year}`` where every year has its own."""
        return self.contract.path

    @property
    def collection(self) -> str:
        """Of the service."""
        return self.contract.collection

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """What the service filters by itself."""
        return tuple(self.contract.parameters.items())

    @property
    def year_column(self) -> str:
        """Where a row has its year."""
        return self.contract.year_column

    @property
    def years(self) -> tuple[int, ...]:
        """The years known to exist."""
        return self.contract.years

    @property
    def year(self) -> int:
        """The newest year that is fetched unless somebody says otherwise."""
        return self.contract.year

    @property
    def figures(self) -> bool:
        """Whether areas carry figures; not where an area is so small that they would tell about households."""
        return self.contract.figures

    @property
    def dwellings(self) -> bool:
        """Whether the service says when the homes of an area were built, and of what kind they are."""
        return HOMES in self.contract.wished

    @property
    def by_municipality(self) -> bool:
        """Whether the service can be asked for one municipality; if not, a box is asked and cut."""
        return any("{code}" in value for _, value in self.filters)

    def layer(self, year: int) -> str:
        """Name the layer of a year.

        Examples
        --------
        >>> DIVISIONS["buurt"].layer(2025)
        'buurt_2025'
        """
        return f"{self.key}_{year}"


def _cbs_division(key: str, code: str, name: str, pattern: str) -> Division:
    return Division(key, CONTRACTS[key], code, name, pattern, CBS_SOURCE, "CC BY 4.0", CBS_CREDIT)


def _postcode_division(key: str, column: str, pattern: str, what: str) -> Division:
    credit = POSTCODE_CREDIT.replace("{what}", what)
    source = f"CBS / PDOK, {what}"
    return Division(key, CONTRACTS[key], column, column, pattern, source, "CC BY 4.0", credit)


DIVISIONS: dict[str, Division] = {
    row.key: row
    for row in (
        _cbs_division("gemeente", "gemeentecode", "gemeentenaam", r"GM\d{4}"),
        _cbs_division("wijk", "wijkcode", "wijknaam", r"WK\d{4}[0-9A-Z]{2}"),
        _cbs_division("buurt", "buurtcode", "buurtnaam", r"BU\d{4}[0-9A-Z]{4}"),
        _postcode_division("pc4", "postcode", r"\d{4}", "Postcode4"),
        _postcode_division("pc6", "postcode6", r"\d{4}[A-Z]{2}", "Postcode6"),
    )
}

DERIVED = {"pc5": "pc6"}
"""Divisions that PDOK does not serve but follow from another: PC5 is PC6 without its last letter.

CBS publishes PC5 as a file of its own, not through this service.
"""


# --- Key figures ------------------------------------------------------------------------------------


FIGURES = FIGURE_TERMS
"""Every key figure under CBS' own name in the OGC API, with its unit and its measure in StatLine."""

MAX_MISSING = -99_990
"""CBS writes -99997, -99995, -99999999 ...: secret, unknown or not yet published. None of them is a
number."""


# --- Facilities -------------------------------------------------------------------------------------

Condition = tuple[str, str, bool]


@dataclass(frozen=True)
class Rule:
    """One combination of tags, written as OpenStreetMap writes them.

    Examples
    --------
    >>> rule = Rule("amenity=social_facility & social_facility!=outreach|day_care")
    >>> rule.matches({"amenity": "social_facility", "social_facility": "group_home"})
    True
    >>> rule.matches({"amenity": "social_facility", "social_facility": "day_care"})
    False
    >>> Rule("amenity=cafe|pub").overpass()
    'nwr["amenity"~"^(cafe|pub)$"];'
    """

    text: str

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Key, values and whether they must hold, for each part."""
        parts = [re.fullmatch(r"\s*([\w:]+)(!?)=(\S+)\s*", part) for part in self.text.split("&")]
        return tuple((p[1], p[3], not p[2]) for p in parts if p)

    def matches(self, tags: dict[str, str]) -> bool:
        """Return whether an object with these tags falls under the rule."""
        for key, values, wanted in self.conditions:
            # OpenStreetMap writes two values in one tag with a semicolon.
            found = {value.strip() for value in tags.get(key, "").split(";")} - {""}
            hit = bool(found) if values == "*" else bool(found & set(values.split("|")))
            if hit is not wanted:
                return False
        return True

    def overpass(self) -> str:
        """Write the rule as a statement of Overpass QL."""
        parts = []
        for key, values, wanted in self.conditions:
            if values == "*":
                parts.append(f'["{key}"]' if wanted else f'[!"{key}"]')
            elif "|" in values:
                parts.append(f'["{key}"{"" if wanted else "!"}~"^({values})$"]')
            else:
                parts.append(f'["{key}"{"" if wanted else "!"}="{values}"]')
        return f"nwr{''.join(parts)};"


@dataclass(frozen=True)
class Kind:
    """A sub-theme: which tags of OpenStreetMap, which plus-types of the BGT, and whether it is on by default.

    ``apart`` are tags that keep an object out. ``also`` takes over kinds of other themes: a community
    centre is a meeting place and social infrastructure, and has the same key in both.
    """

    key: str
    rules: tuple[Rule, ...]
    icon: str
    bgt: tuple[str, ...] = ()
    apart: tuple[Rule, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    shown: bool = True

    def takes(self, tags: dict[str, str]) -> bool:
        """Return whether an object of OpenStreetMap belongs here."""
        return any(r.matches(tags) for r in self.rules) and not any(r.matches(tags) for r in self.apart)


@dataclass(frozen=True)
class Theme:
    """One of the four themes: its kinds, its default reach in metres (straight line), and norms to test.

    ``norms`` are editable defaults in metres, each for whom; ``norm_source`` says who set them. No norm
    here is law.
    """

    key: str
    icon: str
    reach_m: float
    norms: tuple[tuple[str, float], ...]
    norm_source: str
    kinds: tuple[Kind, ...]

    def kind(self, key: str) -> Kind:
        """Return one sub-theme by its key."""
        return next(kind for kind in self.kinds if kind.key == key)

    @property
    def shown(self) -> tuple[str, ...]:
        """The kinds that are on unless somebody turns them off."""
        return tuple(kind.key for kind in self.kinds if kind.shown)


def _rules(*texts: str) -> tuple[Rule, ...]:
    return tuple(Rule(text) for text in texts)


_NOT_FOR_ALL = _rules("access=private|customers|no")
_MEMBERS_ONLY = _rules("access=private|members|no")
_WALK = (
    "Kenniscentrum Sport & Bewegen (allesoversport.nl): "
    "ten minutes on foot is 500 m for older people, 800 m on average"
)
_SEATS = "Kenniscentrum Sport & Bewegen (allesoversport.nl): a bench every 100 to 125 m on important routes"
_PLAY = "Beleidsplan Spelen Midden-Drenthe 2011-2020, table 1: one municipality's example, straight line"
_MEETING_HELP = "outreach|day_care|soup_kitchen|food_bank"

THEMES: dict[str, Theme] = {
    row.key: row
    for row in (
        Theme(
            "meeting_place", "groups", 500.0, (("older_people", 500.0), ("everyone", 800.0)), _WALK,
            (
                Kind("community_centre", _rules("amenity=community_centre"), "home_work"),
                Kind(
                    "social_centre",
                    _rules(
                        "amenity=social_centre",
                        f"amenity=social_facility & social_facility={_MEETING_HELP}",
                    ),
                    "volunteer_activism",
                ),
                Kind("library", _rules("amenity=library|public_bookcase"), "local_library"),
                Kind("hospitality", _rules("amenity=cafe|pub|bar|ice_cream|biergarten"), "local_cafe"),
                Kind("restaurant", _rules("amenity=restaurant|fast_food"), "restaurant", shown=False),
                Kind("worship", _rules("amenity=place_of_worship"), "church"),
                Kind(
                    "culture_market",
                    _rules("amenity=arts_centre|theatre|marketplace|townhall",
                    "leisure=hackerspace|bandstand"), "theater_comedy",
                ),
                Kind(
                    "outdoors",
                    _rules(
                        "landuse=allotments",
                        "garden:type=community",
                        "leisure=dog_park|firepit",
                        "amenity=bbq",
                        "amenity=shelter & shelter_type=picnic_shelter|gazebo",
                        "place=square",
                    ),
                    "nature_people",
                    bgt=("volkstuin", "hondenuitlaatplaats"),
                    apart=_rules("access=private|no"),
                ),
            ),
        ),
        Theme(
            "bench", "chair", 125.0, (("routes", 125.0), ("routes_strict", 100.0)),
            _SEATS,
            (
                Kind(
                    "bench", _rules("amenity=bench|lounger", "memorial=bench"), "chair",
                    bgt=("bank", "zitelement"), apart=_NOT_FOR_ALL,
                ),
                Kind(
                    "picnic_table", _rules("leisure=picnic_table"), "table_restaurant",
                    bgt=("picknicktafel",), apart=_NOT_FOR_ALL,
                ),
                Kind(
                    "stop_seat",
                    _rules(
                        "bench=yes & highway=bus_stop",
                        "bench=yes & amenity=shelter",
                        "bench=yes & public_transport=platform",
                    ),
                    "directions_bus", bgt=("abri",), apart=_NOT_FOR_ALL, shown=False,
                ),
            ),
        ),
        Theme(
            "play_area", "toys", 400.0,
            (("age_0_5", 100.0), ("age_6_11", 400.0), ("age_12_up", 1000.0)),
            _PLAY,
            (
                Kind(
                    "playground", _rules("leisure=playground|schoolyard"), "toys",
                    bgt=("speeltuin", "speelterrein"), apart=_MEMBERS_ONLY,
                ),
                Kind(
                    "pitch", _rules("leisure=pitch|fitness_station"), "sports_soccer", apart=_MEMBERS_ONLY,
                ),
                Kind(
                    "equipment", _rules("playground=*"), "toys_fan",
                    bgt=("speelvoorziening", "speeltoestel",), apart=_MEMBERS_ONLY,
                ),
            ),
        ),
        Theme(
            "social_infrastructure", "diversity_3", 800.0, (("older_people", 500.0), ("everyone", 800.0)),
            _WALK,
            (
                Kind("education", _rules("amenity=school|kindergarten|childcare|music_school"), "school"),
                Kind("community_centre", (), "home_work", also=(("meeting_place", "community_centre"),)),
                Kind("association", _rules("club=*", "office=association|ngo"), "handshake"),
                Kind(
                    "sport_play",
                    _rules(
                        "leisure=sports_centre|sports_hall|fitness_centre|ice_rink|stadium",
                        "leisure=swimming_pool & access=yes|public|permissive|customers",
                        "amenity=public_bath",
                    ),
                    "sports", bgt=("sportterrein",),
                    also=(("play_area", "playground"), ("play_area", "pitch"), ("play_area", "equipment")),
                ),
                Kind(
                    "care",
                    _rules(
                        "amenity=doctors|clinic|pharmacy|dentist|hospital|nursing_home",
                        f"amenity=social_facility & social_facility!={_MEETING_HELP}|shelter",
                        "healthcare=*",
                    ),
                    "medical_services",
                ),
                Kind(
                    "shelter", _rules("amenity=social_facility & social_facility=shelter"), "night_shelter",
                    shown=False,
                ),
                Kind(
                    "daily_life",
                    _rules(
                        "shop=supermarket|convenience|bakery|greengrocer",
                        "amenity=post_office",
                        "highway=bus_stop",
                    ),
                    "storefront", shown=False,
                ),
            ),
        ),
    )
}  # fmt: skip

SHELTERED = Rule("leisure=sports_centre")
"""A pitch inside such a ground is the club's: it counts as sport, not as a place to play."""

BGT_COLLECTIONS = ("straatmeubilair", "functioneelgebied")

VANISHED_SINCE = "2018-01-01T00:00:00Z"
"""The day with which today's benches are compared, to find the ones that are gone."""


# --- Base map ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Backdrop:
    """One part of the base map that works without internet; drawn in this order, under everything else."""

    key: str
    rules: tuple[Rule, ...]
    form: str
    """``area`` or ``line``."""


BACKDROPS: dict[str, Backdrop] = {
    row.key: row
    for row in (
        Backdrop(
            "green",
            _rules(
                "leisure=park|garden|nature_reserve|golf_course",
                "landuse=grass|forest|meadow|recreation_ground|village_green|cemetery",
                "natural=wood|heath|scrub",
            ),
            "area",
        ),
        Backdrop("water", _rules("natural=water", "landuse=basin"), "area"),
        Backdrop("canals", _rules("waterway=river|canal"), "line"),
        Backdrop(
            "railways", _rules("railway=rail|light_rail|tram|subway & service!=yard|siding|spur"), "line"
        ),
        Backdrop(
            "streets",
            _rules(
                "highway=motorway|trunk|primary|secondary|tertiary|unclassified|residential|living_street|pedestrian",
                "highway=cycleway|footway|path & name=*",
            ),
            "line",
        ),
        # Not drawn: what is walked besides streets, footbridges and tunnels above all.
        Backdrop(
            "paths",
            _rules(
                "highway=cycleway|footway|path & name!=* & foot!=no & access!=private|no",
                "highway=steps|service|track|bridleway & foot!=no & access!=private|no",
            ),
            "line",
        ),
    )
}
