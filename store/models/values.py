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

SignalStatus = Literal["new", "wijkpanel", "budget", "planned", "done", "declined"]
SIGNAL_STATUSES: tuple[SignalStatus, ...] = ("new", "wijkpanel", "budget", "planned", "done", "declined")

CardOwner = Literal[
    "municipality", "upkeep", "housing", "welfare", "panel", "residents", "school", "police", "club"
]
CARD_OWNERS: tuple[CardOwner, ...] = (
    "municipality", "upkeep", "housing", "welfare", "panel", "residents", "school", "police", "club",
)  # fmt: skip
"""Who can have a card in hand; a list, so that nobody's name is ever typed there."""

ReactionKind = Literal["join", "same", "solved"]
REACTION_KINDS: tuple[ReactionKind, ...] = ("join", "same", "solved")
"""I join in; it is so where I live too; it is solved."""

Action = Literal["accept", "aside", "adjust", "hide"]
ACTIONS: tuple[Action, ...] = ("accept", "aside", "adjust", "hide")

Role = Literal["resident", "facilitator", "planner", "administrator"]
ROLES: tuple[Role, ...] = ("resident", "facilitator", "planner", "administrator")
AuditResult = Literal["done", "refused", "failed"]
AUDIT_RESULTS: tuple[AuditResult, ...] = ("done", "refused", "failed")
"""In the order of what a person may do, from least to most."""
