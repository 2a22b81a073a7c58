"""Values that fields of the records may have."""

from typing import Literal

Mode = Literal["freehand", "points", "keyboard", "paper", "import", "helped"]
MODES: tuple[Mode, ...] = ("freehand", "points", "keyboard", "paper", "import", "helped")

STAFF_MODES: tuple[Mode, ...] = ("paper", "import")
"""How staff enter what residents gave them: no stranger can, so each is a person without a ticket."""

PlaceKind = Literal["met", "missing", "vanished"]
PLACE_KINDS: tuple[PlaceKind, ...] = ("met", "missing", "vanished")

SignalKind = Literal["signal", "initiative"]
SIGNAL_KINDS: tuple[SignalKind, ...] = ("signal", "initiative")

VoteKind = Literal["name", "theme", "signal", "guess"]
VOTE_KINDS: tuple[VoteKind, ...] = ("name", "theme", "signal", "guess")
"""What a round of a workshop session is about: dots for names, themes or signals, or a number to guess."""

VoteState = Literal["waiting", "open", "closed"]
VOTE_STATES: tuple[VoteState, ...] = ("waiting", "open", "closed")

SignalStatus = Literal["new", "wijkpanel", "budget", "planned", "done", "declined"]
SIGNAL_STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")

CardOwner = Literal[
    "municipality", "upkeep", "housing", "welfare", "panel", "residents", "school", "police", "club"
]
CARD_OWNERS: tuple[CardOwner, ...] = (
    "municipality", "upkeep", "housing", "welfare", "panel", "residents", "school", "police", "club",
)  # fmt: skip
"""Who can have a card in hand; a list, so that nobody's name is ever typed there."""

PARTNERS: tuple[CardOwner, ...] = (
    "municipality", "upkeep", "housing", "welfare", "school", "police", "club",
)  # fmt: skip
"""Those of them that are an organisation, and may have an account that answers for it."""

AgendaOutcome = Literal["", "adopted", "changed", "returned"]
AGENDA_OUTCOMES: tuple[AgendaOutcome, ...] = ("", "adopted", "changed", "returned")
"""What a meeting made of a card; "" while it did nothing yet."""

AgendaWay = Literal["", "consent", "vote"]
AGENDA_WAYS: tuple[AgendaWay, ...] = ("", "consent", "vote")

ReactionKind = Literal["join", "same", "solved"]
REACTION_KINDS: tuple[ReactionKind, ...] = ("join", "same", "solved")
"""I join in; it is so where I live too; it is solved."""

Action = Literal["accept", "aside", "adjust", "hide"]
ACTIONS: tuple[Action, ...] = ("accept", "aside", "adjust", "hide")

Role = Literal["resident", "facilitator", "planner", "administrator", "panel", "partner"]
RANKED_ROLES: tuple[Role, ...] = ("resident", "facilitator", "planner", "administrator")
"""In the order of what a person may do, from least to most."""
SCOPED_ROLES: tuple[Role, ...] = ("panel", "partner")
"""Roles outside that order: what they may, they may in one project; a panel member is no weaker planner."""
ROLES: tuple[Role, ...] = (*RANKED_ROLES, *SCOPED_ROLES)
AuditResult = Literal["done", "refused", "failed"]
AUDIT_RESULTS: tuple[AuditResult, ...] = ("done", "refused", "failed")
