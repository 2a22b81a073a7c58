"""Classes of roads: how important each is, whether it is a main road, and whether one walks along it.

The kinds are the values of ``highway`` in OpenStreetMap [1]_. This is the one table of roads: the maps on screen, in
reports and on paper take their widths and colours by class (`maps.style`), the analyses ask whether a road is a
main one or walkable.

References
----------
.. [1] OpenStreetMap Wiki, Key:highway, https://wiki.openstreetmap.org/wiki/Key:highway
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoadClass:
    """A class of roads.

    Attributes
    ----------
    name
        Name of the class.
    rank
        Importance, from 0 (a path) to 5 (a motorway): the higher one is drawn on top and named first.
    is_main
        Whether the road carries traffic from one neighbourhood to another.
    is_walkable
        Whether people walk along it or over it.
    """

    name: str
    rank: int
    is_main: bool = False
    is_walkable: bool = True


STREET = RoadClass("street", 2)
"""The class of every kind that is not in the table."""

ROAD_CLASSES: dict[str, RoadClass] = {
    row.name: row
    for row in (
        RoadClass("motorway", 5, is_main=True, is_walkable=False),
        RoadClass("trunk", 5, is_main=True, is_walkable=False),
        RoadClass("primary", 4, is_main=True),
        RoadClass("secondary", 4, is_main=True),
        RoadClass("tertiary", 3, is_main=True),
        STREET,
        RoadClass("service", 1),
        RoadClass("path", 0),
    )
}
"""Classes by name."""

PATHS = ("footway", "cycleway", "track", "steps")
"""Kinds that are paths too. A pedestrian street is a street."""


def road_class(kind: object) -> RoadClass:
    """Return the class of a road.

    Parameters
    ----------
    kind
        Value of ``highway``; anything else gives a street.

    Returns
    -------
    RoadClass
        An element of `ROAD_CLASSES`.

    Examples
    --------
    >>> road_class("secondary").is_main, road_class("residential").is_main
    (True, False)
    >>> road_class("cycleway").name, road_class("pedestrian").name, road_class(None).name
    ('path', 'street', 'street')
    """
    if kind in PATHS:
        return ROAD_CLASSES["path"]
    return ROAD_CLASSES.get(str(kind), STREET)
