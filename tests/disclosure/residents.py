"""People of a real project: each draws on a phone of their own."""

import json
import random
import uuid
from datetime import date

import shapely
from shapely import Polygon, box

from geo.crs import to_wgs84
from store import Actor, Contribution, Store

PLANNER = Actor("planner", account="p1")
DAY = date(2026, 3, 4)
WIDE, NARROW = box(142_600, 510_300, 143_500, 510_900), box(142_600, 510_300, 143_200, 510_900)
AGES = ("16-24", "25-44", "45-64", "65-79")


def draw(
    private_store: Store,
    number: int,
    shape: Polygon,
    *,
    session: str = "",
    age: str = "",
    name: str = "",
    day: date = DAY,
    address: str | None = None,
    ticket: str = "",
) -> str:
    """Let one person draw on a phone of their own, from an address or with a ticket; return the withdrawal code."""
    raw = json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(to_wgs84(shape))})
    sent = Contribution(
        str(uuid.UUID(int=number + 1, version=4)), "echt", raw, shape, day, session=session, name=name,
        answers={"age": age} if age else {},
    )  # fmt: skip
    receipt = private_store.contributions.submit(
        sent, device=f"phone {number}", address=address, ticket=ticket
    )
    return receipt.code or ""


def resident(chance: random.Random) -> tuple[Polygon, str]:
    """A square somewhere in two neighbourhoods of the demo municipality, and an age."""
    x = chance.choice((142_600, 143_400)) + chance.uniform(-120, 120)
    y = 510_300 + chance.uniform(-120, 120)
    return box(x, y, x + chance.uniform(450, 750), y + chance.uniform(450, 750)), chance.choice(AGES)
