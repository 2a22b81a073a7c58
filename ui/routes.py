"""Every address of the application: pages, steps, what an address carries, and what the server answers.

People wrote these down, on paper and in mails: what stands here keeps working. No other module spells one.
"""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlencode

__all__ = [
    "API",
    "ASSETS",
    "AWAY",
    "FEATURES",
    "FOR_RESIDENTS",
    "HEALTH",
    "METRICS",
    "READY",
    "SAVE",
    "SHAPES",
    "TICKET",
    "TILES",
    "WORKER",
    "Page",
    "Query",
    "Step",
    "features_address",
    "page_path",
    "relative",
    "ticket_path",
]


class Page(StrEnum):
    """Address of each page, under the name that `study.permissions` has for it."""

    DRAW = "teken"
    COMPARE = "vergelijk"
    PREPARE = "avond"
    LIVE_SCREEN = "scherm"
    STORY = "verhaal"
    VOTING = "samen"
    PAPER = "papier"
    JOIN = "mee"
    VOTE = "stem"
    THANKS = "dank"
    BOARD = "bord"
    PANEL = "bordbeheer"
    MEETING = "vergadering"
    PARTNER = "partnerkaartjes"
    PRIVACY = "privacy"
    SOURCES = "bronnen"
    IMPORT_FILE = "inlezen"
    ACCESSIBILITY = "toegankelijkheid"
    SIGN_IN = "inloggen"
    ADMINISTRATION = "beheer"
    BUDGET = "wijkbudget"
    BUDGET_DESK = "budgetbeheer"
    OWN_QUESTIONS = "eigen-vragen"

    @property
    def key(self) -> str:
        """Name of the page in the table of permissions.

        Examples
        --------
        >>> Page.LIVE_SCREEN.key, Page("mee").key
        ('live_screen', 'join')
        """
        return self.name.lower()


class Step(StrEnum):
    """Steps of a resident on the page `Page.DRAW`, as ``stap`` in its address."""

    START = "begin"
    HOME = "wonen"
    DRAW = "teken"
    PARTS = "samenstellen"
    PLACES = "plekken"
    PLACE = "plek"
    QUESTIONS = "vragen"
    THANKS = "klaar"
    CODE = "code"


class Query(StrEnum):
    """What an address carries behind the question mark.

    The other choices of a planner's page stand in the address under the keys of their widgets.
    """

    PROJECT = "project"
    SESSION = "avond"
    CODE = "code"
    GROUP = "groep"
    STEP = "stap"
    LANGUAGE = "taal"
    CHILDREN = "kinderen"
    KIOSK = "kiosk"
    HELPER = "hulp"
    PRACTICE = "oefenen"
    TURN = "beurt"
    TICKET = "kaart"
    FROZEN = "stil"
    MODE = "vorm"
    STEPS = "stappen"
    TEXT = "tekst"
    NEIGHBOURHOOD = "buurt"
    ROUND = "ronde"


FOR_RESIDENTS = frozenset({"", Page.DRAW, Page.BOARD, Page.PRIVACY, Page.ACCESSIBILITY})
"""Pages on which nobody signs in: a site that the operator names may show them within its own."""

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
WORKER, AWAY = "/service-worker.js", "/away.html"
SHAPES, ASSETS, API = "/geo", "/assets", "/api"
FEATURES = f"{API}/features"
TILES = f"{SHAPES}/tiles"
SAVE = f"{API}/contributions"
TICKET = f"{API}/sessie"


def page_path(page: Page, query: Mapping[str, str] | None = None) -> str:
    """Return the address of a page below that of the application.

    Parameters
    ----------
    page
        The page.
    query
        What the address carries; values are escaped.

    Returns
    -------
    str
        Without a slash in front.

    Examples
    --------
    >>> page_path(Page.JOIN, {Query.CODE: "ABC123"}), page_path(Page.PRIVACY)
    ('mee?code=ABC123', 'privacy')
    """
    return f"{page}?{urlencode(query)}" if query else str(page)


def ticket_path(project: str, code: str, *, join: str = "") -> str:
    """Return the address on a ticket, below that of the application; `join` is the code of its session.

    Examples
    --------
    >>> ticket_path("noord", "ABCDE-23456")
    '?project=noord&kaart=ABCDE-23456'
    """
    of_session: dict[str, str] = {Query.CODE: join} if join else {}
    # Drawing is the page at the root: its own name is for links within the application only.
    return f"?{urlencode({Query.PROJECT: project, **of_session, Query.TICKET: code})}"


def features_address(site: str, project: str) -> str:
    """Return the address of the OGC API of a project; empty where that of the application is not known.

    Examples
    --------
    >>> features_address("https://buurt.example/", "noord"), features_address("", "noord")
    ('https://buurt.example/api/features/noord', '')
    """
    return f"{site.rstrip('/')}{FEATURES}/{project}" if site else ""


def relative(path: str) -> str:
    """Return an address as a page links to it: below whatever prefix a proxy serves the application under.

    Examples
    --------
    >>> relative(SAVE)
    'api/contributions'
    """
    return path.removeprefix("/")
