"""Errors of the store."""

from geo.errors.base import BuurtError

# --- The store ------------------------------------------------------------------------------------


class StoreError(BuurtError):
    """What residents contributed cannot be kept or found."""


class StoreFailed(StoreError):
    """The database refused for a reason of its own."""

    message = "store '{where}' failed ({why}); see docs/reliability.md"


class StoreAddressUnknown(StoreError):
    """The address of the store is of no kind we know."""

    message = "store address begins with '{scheme}'; use sqlite:///path/buurt.gpkg or postgresql://..."


class StoreUnreachable(StoreError):
    """The database server does not answer. Whether the last write was kept is unknown: send it again."""

    message = "store '{where}' does not answer; check the server, then send again (nothing is stored twice)"


class StoreReadOnly(StoreError):
    """Nothing may be written where the store is."""

    message = "store '{where}' cannot be written; give this user write access to the file and its folder"


class StoreFull(StoreError):
    """The disk is full. What was receipted before is safe."""

    message = "no room on the disk of store '{where}'; make room, then send again"


class StoreBusy(StoreError):
    """Another process kept the store to itself for too long."""

    message = "store '{where}' was locked for {waited_s:.0f} s; end the other program, then send again"


class StoreDamaged(StoreError):
    """The file is not a store, or no longer a whole one."""

    message = "store '{where}' is damaged or no store at all ({why}); restore the last backup: buurt restore"


class StoreTooNew(StoreError):
    """The store was written by a newer program."""

    message = "store '{where}' has schema {found}, this program knows up to {known}; update the program"


class StoreNotEmpty(StoreError):
    """Drawings would be overwritten."""

    message = "store '{where}' already holds {n} contributions; choose an empty place, or confirm replacing"


class BackupBroken(StoreError):
    """The backup is not whole; nothing was done with it."""

    message = "backup '{where}' is not whole ({why}); take an older one"


class BackupExists(StoreError):
    """There is a file of this name already; a backup never replaces another."""

    message = "there is a file '{where}' already; choose another name"


class KitExists(StoreError):
    """A folder holds the session of a kit already; what was drawn in it is never written over."""

    message = "the folder '{where}' holds a packed session already; open it, or choose another name"


class UnknownProject(StoreError):
    """There is no project with this id."""

    message = "no project '{project}'; see: buurt projects"


class ExampleClosed(UnknownProject):
    """The made-up town is switched off, as by itself once there is an account."""

    message = "the example is switched off; set BUURT_EXAMPLE=on, or name a project"


class UnknownSession(StoreError):
    """There is no workshop with this code or id, or not in this project."""

    message = "no workshop session '{session}'; check the six characters"


class UnknownSubject(StoreError):
    """There is no contribution, signal or proposal with this id."""

    message = "no contribution, signal or proposal '{subject}'; load the list again"


class ProjectClosed(StoreError):
    """The last day for drawings has passed; what came later would be erased at once."""

    message = "project '{project}' took drawings until {until}; extend its retention date or make a new one"


class SessionClosed(StoreError):
    """The workshop was ended by its facilitator."""

    message = "workshop session '{session}' is closed; the facilitator can open it again"


class ContributionWithdrawn(StoreError):
    """A contribution that was erased before; a late retry does not bring it back."""

    message = "contribution {id} was erased before; draw anew under a new id"


class ContributionDiffers(StoreError):
    """Another drawing is filed under this id; neither is lost."""

    message = "contribution {id} is filed already with other contents; use ContributionRepository.replace with its code"


class CodeUnknown(StoreError):
    """No contribution has this withdrawal code."""

    message = "no contribution has this code; check the twelve characters"


class TooManyTries(StoreError):
    """A device or a workshop session tried something too often."""

    message = "too many tries; wait {wait_min} minutes"


class InputRefused(StoreError):
    """A field holds something it cannot hold."""

    message = "field '{field}' is refused: {reason}; send what store/models describes"


class PageAddressRefused(InputRefused):
    """An address that residents are sent to is no page with https."""


class PlaceOutside(InputRefused):
    """A place lies outside the ground of its project."""

    message = "the place lies outside the ground of the project; choose one within it"


class InputTooLarge(StoreError):
    """A field is longer than we keep."""

    message = "field '{field}' has size {size:,}, at most {most:,} is kept; shorten it"


class HomeTooExact(StoreError):
    """The facts about the home would point at a few doors."""

    message = "home facts are too exact; give a 100 m cell or distances in steps of 25 m, not both"


class EditionTooSoon(StoreError):
    """Publishing now would show what single residents drew."""

    message = "{changed} of {n} drawings changed since the last edition; wait until at least {least} did"


class SelectionTooClose(StoreError):
    """A selection differs by a few people from something that was published before."""

    message = (
        "this selection lies {wait_for} people from what was published before; choose it wider or narrower"
    )


class EditionAbsent(StoreError):
    """A project has no edition yet, so there is nothing to hand out."""

    message = "project {project} has no edition; publish one with `buurt publish --project {project}`"


class TooManyDots(StoreError):
    """A device gave away more dots than it has."""

    message = "{given} dots given, a device has {most}; give fewer"


class RoundNotOpen(StoreError):
    """Dots or a guess for a round that is not open: it waits, or it is frozen."""

    message = "this round is '{state}', so nothing can be given; look at the screen in the room"


class AnotherRoundOpen(StoreError):
    """A room has one thing to do at a time."""

    message = "round {number} is still open; close it first"


class RoundNotClosed(StoreError):
    """What was given in a round is told once it is frozen, so that nobody follows the others."""

    message = "round {number} is '{state}'; close it, then count"


class DecidedMeanwhile(StoreError):
    """Somebody else decided after this screen showed what stood."""

    message = "it is '{status}' by now and no longer '{was}'; look again and decide"


class CardInHand(StoreError):
    """A card that was promised, or that an organisation has in hand, stands by itself: others are joined into it."""

    message = "card '{card}' is '{status}' with '{owner}'; join the other one into it"


class NothingToUndo(StoreError):
    """There is no decision to take back."""

    message = "nothing was decided about '{subject}'; load the list again"


class PasswordTooWeak(StoreError):
    """The password is too short to be one."""

    message = "password is shorter than {least} characters; use a sentence"


class AccountExists(StoreError):
    """There is an account with this label."""

    message = "account '{label}' exists already; choose another label"


# --- The wijkbudget -------------------------------------------------------------------------------


class UnknownBudgetRound(StoreError):
    """There is no round of a budget with this id, or not in this project."""

    message = "no budget round '{round}'; choose one from the list"


class BudgetRoundFrozen(StoreError):
    """What people vote on, or have voted on, does not change any more."""

    message = "the round is '{state}', so this can no longer be changed; make a new round"


class BudgetRoundIncomplete(StoreError):
    """There is too little to choose from."""

    message = "{n} plans in the round; make at least {least} before it opens"


class VotingNotOpen(StoreError):
    """Nobody can vote in this round today."""

    message = "voting runs from {opens} to {closes} and is not open; come back on one of those days"


class VotingNotClosed(StoreError):
    """Ballots are counted once nobody can add one any more."""

    message = "round '{round}' is not closed; close it, then count"


class TicketUnknown(StoreError):
    """No ticket of this round has this code."""

    message = "no ticket has this code; check the ten characters"


class VotedOnPhone(StoreError):
    """A paper ballot for a ticket that voted on a phone: only the voter replaces that."""

    message = "this ticket voted on a phone; the ballot on paper is not counted"


class PlansChanged(StoreError):
    """A vote for plans that were changed after they were shown."""

    message = "the plans were changed after you saw them; read them again, then vote"


class VotedOnPaper(StoreError):
    """A vote on a phone for a ticket whose ballot came in on paper."""

    message = "this ticket voted on paper; ask who took the ballot"


class BallotTooDear(StoreError):
    """The plans on a ballot cost more than the amount of the round."""

    message = "the plans cost {cost_eur:,} euros together, the amount is {amount_eur:,}; choose fewer"


class TooManyPlansChosen(StoreError):
    """A ballot names more plans than the rule allows."""

    message = "{given} plans chosen, at most {most} are allowed; choose fewer"
