"""Cards on the board of a neighbourhood: sent by code, read by a moderator, public with rounded counts only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import shapely
from shapely import Point

from geo import crs as planes
from geo.errors import PlaceOutside
from geo.privacy_limits import MIN_PEOPLE
from geo.release.rounding import rounded_people
from geo.release.words import is_marked
from settings import BUDGETS
from store import (
    CARD_OWNERS,
    REACTION_KINDS,
    SIGNAL_KINDS,
    SIGNAL_STATUSES,
    THEMES,
    Actor,
    Card,
    CardEvent,
    CardOwner,
    ReactionKind,
    SignalKind,
    SignalStatus,
    Theme,
)
from study import context, datasets
from study.answer_cache import ANSWERS
from study.publishing.metadata import dataset
from study.publishing.publication import find_publication

__all__ = [
    "CARD_OWNERS",
    "REACTION_KINDS",
    "SIGNAL_KINDS",
    "SIGNAL_STATUSES",
    "THEMES",
    "Actor",
    "Card",
    "CardEvent",
    "CardOwner",
    "ReactionKind",
    "SignalKind",
    "SignalStatus",
    "Theme",
]

FLOOD = "many_from_one_address"
"""Reason of the flag on a card that came with many others from one address."""

SQUARE_M = 100.0
SHARED_PERCENT = 50


@dataclass(frozen=True)
class PublicCard:
    """A card as everybody sees it.

    Attributes
    ----------
    number
        On the list and on the map; the oldest card is 1.
    people
        People who drew and reacted, in fives; None for fewer than five, none among them.
    """

    number: int
    card: Card
    people: Mapping[ReactionKind, int | None]


@dataclass(frozen=True)
class OwnCard:
    """A card to who sent it, with all that was decided about it, the last first.

    Attributes
    ----------
    events
        Of the card that stands for it, where it was joined.
    joined
        The card on the board that stands for it; None where it stands by itself.
    """

    card: Card
    events: tuple[CardEvent, ...]
    joined: Card | None = None


@dataclass(frozen=True)
class DeskCard:
    """A card to who moderates it.

    Attributes
    ----------
    is_marked
        Whether its words may hold an address or a person's name.
    is_flood
        Whether it came with many others from one address.
    """

    card: Card
    is_marked: bool
    is_flood: bool


# --- by code


def create_code(project: str) -> str:
    """Create a code for somebody without a drawing; it cannot be had again.

    Raises
    ------
    UnknownProject, ProjectClosed
    """
    return context.get_store().board.create_code(project)


def require_code(project: str, code: str, *, device: str) -> None:
    """Raise unless a code is good for the board of a project.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    context.get_store().board.require_code(project, code, device=device)


def send_card(
    card: Card, code: str, *, device: str, degrees: tuple[float, float] | None = None, n_from_address: int = 0
) -> Card:
    """Save a card, that waits until a moderator has read it; the same one again is one card.

    Parameters
    ----------
    degrees
        Longitude and latitude of what it is about; a square of 100 m is kept of it.
    n_from_address
        How many cards came from this address in this hour: above the budget they are flagged.

    Raises
    ------
    CodeUnknown, TooManyTries, InputRefused, InputTooLarge, ProjectClosed
    PlaceOutside
        When it is about a place outside the project.
    """
    private_store = context.get_store()
    x = y = None
    if degrees is not None:
        around = _ground_bounds(card.project)
        if around is not None and not shapely.box(*around).covers(Point(degrees)):
            raise PlaceOutside(field="place", reason="outside")
        spot = planes.to_planar(Point(degrees), context.project_crs(card.project))
        x, y = float(spot.x), float(spot.y)
    placed = Card(card.project, card.kind, card.text, theme=card.theme, x=x, y=y)
    made = private_store.board.add_card(placed, code, device=device)
    if n_from_address > BUDGETS.cards_unremarkable:
        private_store.moderation.add_flag(made.project, made.id, aspect="words", reason=FLOOD)
    return made


def _ground_bounds(project: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of a project's municipality, else of its last edition; None without either."""
    town = context.get_project(project).municipality
    if datasets.dataset_version(town):
        return datasets.bounds_wgs84(town)
    made = find_publication(project)
    found = () if made is None else dataset.bounds_in_degrees(made.spatial.values())
    return (found[0], found[1], found[2], found[3]) if found else None


def set_reaction(card: str, kind: ReactionKind, code: str, *, is_on: bool, device: str) -> None:
    """Save or delete what somebody says about a card on the board.

    Raises
    ------
    CodeUnknown, TooManyTries, UnknownSubject, ProjectClosed
    """
    context.get_store().board.set_reaction(card, kind, code, is_on=is_on, device=device)


def reactions_of(project: str, code: str, *, device: str) -> frozenset[tuple[str, ReactionKind]]:
    """Return (card, kind) of each reaction of a code.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    return context.get_store().board.reactions_of(project, code, device=device)


def own_cards(project: str, code: str, *, device: str) -> list[OwnCard]:
    """Return the cards that were sent with a code, with what became of them.

    Raises
    ------
    CodeUnknown, TooManyTries
    """
    private_store = context.get_store()
    mine = private_store.board.cards_of(project, code, device=device)
    events = private_store.board.list_events(project) if mine else []
    known = {card.id: card for card in private_store.board.list_cards(project)} if mine else {}
    found = []
    for card in mine:
        standing = standing_for(card, known)
        decided = tuple(event for event in reversed(events) if event.card == standing.id)
        is_joined = standing.id != card.id
        if is_joined and not standing.is_released:  # nobody reads words of others that are not on the board
            found.append(OwnCard(card, ()))
        else:
            found.append(OwnCard(card, decided, standing if is_joined else None))
    return found


def standing_for(card: Card, known: Mapping[str, Card]) -> Card:
    """Return the card that stands for this one; itself where it was not joined."""
    while card.joined_into in known:
        card = known[card.joined_into]
    return card


def withdraw_card(card: str, code: str, *, device: str) -> None:
    """Delete a card by the code it was sent with.

    Raises
    ------
    CodeUnknown, TooManyTries, UnknownSubject
    """
    context.get_store().board.withdraw_card(card, code, device=device)


# --- public


def public_cards(project: str, *, theme: str = "", status: str = "") -> list[PublicCard]:
    """Return the cards that somebody read and released: initiatives before signals, the newest first.

    Parameters
    ----------
    theme, status
        Only those; "" for all.

    Raises
    ------
    UnknownProject
    """
    board = context.get_store().board
    released = board.released_cards(project)
    # A digest is no decision about anybody: it only tells that nothing changed since these were counted.
    key = ("count_reactions", project, board.reactions_digest(project))
    counts = ANSWERS.get(key, lambda: board.count_reactions(project))
    numbers = {card.id: n for n, card in enumerate(sorted(released, key=_age), start=1)}
    shown = sorted(released, key=_age, reverse=True)
    return [
        PublicCard(
            numbers[card.id],
            card,
            {kind: rounded_count(counts.get((card.id, kind), 0)) for kind in REACTION_KINDS},
        )
        for card in sorted(shown, key=lambda one: one.kind != "initiative")
        if theme in ("", card.theme or "other") and status in ("", card.status)
    ]


def _age(card: Card) -> tuple[str, str]:
    return card.added.isoformat(), card.id


def rounded_count(n: int) -> int | None:
    """Return a number of people as it may be told: in fives, and None for fewer than five.

    Examples
    --------
    >>> [rounded_count(n) for n in (0, 4, 5, 9)]
    [None, None, 5, 10]
    """
    return int(rounded_people(n)) if n >= MIN_PEOPLE else None


def squares(project: str, cards: list[PublicCard]) -> gpd.GeoDataFrame:
    """Return the squares that cards are about, with the numbers of the cards in each as ``name``."""
    numbers: dict[tuple[float, float], list[int]] = {}
    for one in cards:
        if one.card.x is not None and one.card.y is not None:
            numbers.setdefault((one.card.x, one.card.y), []).append(one.number)
    half = SQUARE_M / 2
    return gpd.GeoDataFrame(
        {
            "class": "card",
            "name": [", ".join(map(str, sorted(found))) for found in numbers.values()],
        },
        geometry=[shapely.box(x - half, y - half, x + half, y + half) for x, y in numbers],
        crs=context.project_crs(project),
        index=[str(n) for n in range(len(numbers))],
    ).rename_axis("code")


def shared_areas(project: str) -> gpd.GeoDataFrame | None:
    """Return what half of the people share in the last edition; None before there is one."""
    made = find_publication(project)
    cores = None if made is None else made.tables.get("cores")
    if cores is None:
        return None
    kept = cores[cores.index.get_level_values("percent") == SHARED_PERCENT]
    kept = kept[~kept.is_empty]
    if kept.empty:
        return None
    return gpd.GeoDataFrame(
        {"class": "50", "name": ""},
        geometry=kept.geometry.to_numpy(),
        crs=kept.crs,
        index=[str(n) for n in range(len(kept))],
    ).rename_axis("code")


def bounds_in_degrees(tables: list[gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Return the box round all shapes: west, south, east, north."""
    around = [shapely.box(*table.total_bounds) for table in tables]
    west, south, east, north = planes.to_wgs84(shapely.union_all(around).envelope, tables[0].crs).bounds
    return float(west), float(south), float(east), float(north)


# --- moderation


def list_desk(project: str) -> list[DeskCard]:
    """Return every card with its remarks, also what was joined: those that wait first, then the newest.

    Raises
    ------
    UnknownProject
    """
    private_store = context.get_store()
    floods = {flag.subject for flag in private_store.moderation.list_flags(project) if flag.reason == FLOOD}
    cards = sorted(
        private_store.board.list_cards(project), key=lambda card: card.is_released or card.is_hidden
    )
    return [DeskCard(card, is_marked(card.text), card.id in floods) for card in cards]


def release_card(card: str, *, by: Actor) -> None:
    """Release the words of a card: from now on it is on the board.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    context.get_store().moderation.release_words(card, by=by)


def hide_card(project: str, card: str, *, by: Actor) -> None:
    """Hide a card: it is on the board no longer, or never was; its sender sees that it is not shown.

    Raises
    ------
    AccessDenied, UnknownSubject
    """
    context.get_store().moderation.record_decision(project, card, "hide", aspect="words", by=by)


def decide(
    card: Card, status: SignalStatus, *, owner: str, why: str, due: date | None = None, by: Actor
) -> Card:
    """Set what becomes of a card, as seen by who saw it as it is.

    Parameters
    ----------
    due
        Day by which it is done; None without a promise.

    Raises
    ------
    AccessDenied, DecidedMeanwhile, InputRefused, InputTooLarge, UnknownSubject
    """
    return context.get_store().board.decide(card, status, owner=owner, why=why, due=due, by=by)
