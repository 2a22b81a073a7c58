"""Finding a street or postcode without asking anybody: in the municipality's own map."""

import difflib
import re
import unicodedata
from collections.abc import Iterator

import geopandas as gpd
import shapely

from geo.errors import LayerNotFetched
from layers import backdrop, boundaries
from layers.pdok import LEAST_LETTERS, Place

MOST = 10


def find(text: str, code: str) -> list[Place]:
    """Give the streets, postcodes and buurten of a municipality that are called like this, the likest first.

    Names that only resemble what was typed are given when none holds it: then it was a slip. A house number
    is passed over: nobody needs to give it.
    """
    wanted = bare(re.sub(r"\s+\d+\s*\w?$", "", text) if not _POSTCODE.match(text.strip()) else text)
    if len(wanted) < LEAST_LETTERS:
        return []
    ranked = [(_likeness(wanted, bare(place.label)), place) for place in _places(code)]
    held = [(score, place) for score, place in ranked if score >= 1.0]
    fit = held or [(score, place) for score, place in ranked if score >= 0.75]
    fit.sort(key=lambda pair: (-pair[0], pair[1].label))
    return [place for _, place in fit[:MOST]]


_POSTCODE = re.compile(r"^\d{4}(\s?[A-Za-z]{2})?$")


def bare(text: str) -> str:
    """Give a name without case, accents, spaces and signs.

    Examples
    --------
    >>> bare("'s-Gravenweg"), bare("Súdwest-Fryslân"), bare("2651 ab")
    ('sgravenweg', 'sudwestfryslan', '2651ab')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _likeness(wanted: str, name: str) -> float:
    """Score 1.5 for the name itself, over 1 when it begins so, 1 when it holds it, below 1 for a slip."""
    if name == wanted:
        return 1.5
    if name.startswith(wanted):
        return 1.0 + len(wanted) / (2 * len(name))
    if wanted in name:
        return 1.0
    return difflib.SequenceMatcher(None, wanted, name).ratio() * 0.99


def _places(code: str) -> Iterator[Place]:
    for part in backdrop.read(code).values():
        if "name" in part and len(part) and (shapely.get_dimensions(part.geometry.to_numpy()) == 1).all():
            yield from _streets(part)
    for division in ("pc6", "pc4", "buurt"):
        try:
            areas = boundaries.areas(code, division)
        except LayerNotFetched:
            continue
        kind = "buurt" if division == "buurt" else "postcode"
        for key, name, spot in zip(areas.index, areas["name"], areas.geometry.centroid, strict=True):
            buurt = str(key) if division == "buurt" else None
            yield Place(str(name), kind, str(key), spot.x, spot.y, gemeente=code, buurt=buurt)


def _streets(lines: gpd.GeoDataFrame) -> Iterator[Place]:
    """Give each street once, with the point on it that is nearest to the middle of all its pieces."""
    named = lines[lines["name"].fillna("").ne("")]
    for name, pieces in named.groupby("name"):
        whole = shapely.union_all(pieces.geometry.to_numpy())
        spot = shapely.get_point(shapely.shortest_line(whole, shapely.centroid(whole)), 0)
        x, y = shapely.get_coordinates(spot)[0].tolist()
        yield Place(str(name), "street", f"own:{name}", x, y)
