"""Who may see and do what: the whole table, tried in the real app in every role, over its own protocol."""

import asyncio
import secrets
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import store
import words
from benchmarks.phone import Phone
from geo.errors import AccessDenied, BuurtError
from store import ROLES, Account, Actor, Project, Role, WorkshopSession
from study import access, managing, projects, signing
from study.access import TABLE
from tests.browser import App
from ui.signed_in import COOKIE, KEPT_S, TICKET_S, Register

W = words.of("nl")
DENIED = W.section("errors")["AccessDenied"]
WORDS = "een lange zin van vier"
REAL, OTHER = "echt", "ander"
SECRET_NAME = "Geheim project achter de dijk"
EVENING_PAGES = ("avond", "scherm", "verhaal", "samen", "papier")
SEEN = [right for right in TABLE if right.action == "see"]


@dataclass(frozen=True)
class House:
    """An app with two real projects, an account of each kind, and an evening in each project."""

    app: App
    planner: Account
    administrator: Account
    evening: str
    link: str
    other_evening: str
    other_link: str


@pytest.fixture(scope="module")
def house(start_app: Callable[..., App]) -> House:
    app = start_app()
    with store.open(f"sqlite:///{app.store}") as door:
        for key, name in ((REAL, SECRET_NAME), (OTHER, "Nog een project")):
            door.save_project(Project(key, name, "GM9901", date(2099, 1, 1), questions=("name",)))
        maker = Actor("administrator", account="test")
        made = [
            door.add_session(WorkshopSession(key, "Buurthuis", date(2026, 5, 1)), by=maker)
            for key in (REAL, OTHER)
        ]
        return House(
            app,
            door.add_account("planner-noord", "planner", WORDS),
            door.add_account("beheer", "administrator", WORDS),
            made[0][0].id,
            made[0][1],
            made[1][0].id,
            made[1][1],
        )


def visit(house: House, steps: Callable[[Phone], Awaitable[Any]], *, cookie: str = "") -> Any:
    """Do something as one visitor."""

    async def whole() -> Any:
        async with Phone(house.app.url, cookie=cookie) as phone:
            return await steps(phone)

    return asyncio.run(whole())


async def enter(phone: Phone, role: Role) -> None:
    """Sign in, or stay nobody."""
    if role in {"planner", "administrator"}:
        await phone.open("/inloggen")
        phone.fill("label", "planner-noord" if role == "planner" else "beheer")
        phone.fill("password", WORDS)
        await phone.press(W("signin.enter"))
        assert W(f"signin.as_{role}") in phone.text()


def broken(phone: Phone) -> bool:
    """Tell whether the page fell over: it says so in the general sentence."""
    return W("errors.unexpected") in phone.text() or any(
        one.WhichOneof("type") == "exception" for one in phone.elements
    )


async def look(phone: Phone, house: House, role: Role, page: str, project: str) -> str:
    """Open a page of a project, as a browser of this role would; give what is on it."""
    address = f"/{page}?project={project}"
    if page in EVENING_PAGES:
        address += f"&avond={house.evening if project == REAL else house.other_evening}"
    await phone.open(address)
    if page in EVENING_PAGES:
        await phone.send("buurt_stage", "stage", {"link": house.link if role == "facilitator" else ""})
    return phone.text()


# --- The table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_page_in_every_role(house: House, role: Role) -> None:
    """A page of a real project shows itself to the roles of the table, and to nobody else."""

    async def all_pages(phone: Phone) -> dict[str, bool]:
        await enter(phone, role)
        seen = {}
        for right in SEEN:
            text = await look(phone, house, role, right.page, REAL)
            assert not broken(phone), right.page
            refused = DENIED in text
            if refused:
                whole = b"".join(one.SerializeToString() for one in phone.elements)
                assert SECRET_NAME.encode() not in whole, right.page
            seen[right.page] = not refused
        return seen

    found = visit(house, all_pages)
    assert found == {right.page: Actor(role).may(right.least) for right in SEEN}


def test_every_page_is_in_the_table(house: House) -> None:
    async def pages(phone: Phone) -> set[str]:
        await phone.open("/")
        return set(phone.pages)

    assert visit(house, pages) - {""} == {right.page for right in TABLE} - {"teken"}


def test_facilitator_has_one_evening(house: House) -> None:
    """The link of one evening opens no page of another, nor one for planners."""

    async def elsewhere(phone: Phone) -> list[str]:
        texts = [await look(phone, house, "facilitator", page, OTHER) for page in EVENING_PAGES]
        return [*texts, await look(phone, house, "facilitator", "vergelijk", REAL)]

    for text in visit(house, elsewhere):
        assert DENIED in text or W.section("errors")["SignInRefused"] in text


def test_made_up_town_is_open_but_its_keys_are_not(house: House) -> None:
    """Everybody may try the planner's page of the example; other projects and managing stay shut."""

    async def example(phone: Phone) -> tuple[str, bytes, str, str]:
        await phone.open("/vergelijk")
        text, whole = phone.text(), b"".join(one.SerializeToString() for one in phone.elements)
        await phone.open("/beheer")
        managing_text = phone.text()
        await phone.open("/bronnen")
        return text, whole, managing_text, phone.text()

    text, whole, managing_text, sources_text = visit(house, example)
    assert DENIED not in text
    assert SECRET_NAME.encode() not in whole
    assert DENIED in managing_text
    assert W("sources.fetch_title") not in sources_text


@pytest.mark.parametrize("role", ROLES)
def test_fetching_is_for_planners(house: House, role: Role) -> None:
    async def sources(phone: Phone) -> bool:
        await enter(phone, role)
        await phone.open("/bronnen")
        return W("sources.fetch_title") in phone.text()

    assert visit(house, sources) == Actor(role).may(access.least("bronnen", "fetch"))


# --- What pages ask for, without the pages --------------------------------------------------------


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Store]:
    """Give the store that answers use, empty."""
    with closing(store.open(f"sqlite:///{tmp_path}/buurt.gpkg")) as door:
        monkeypatch.setattr(projects, "opened", lambda: door)
        yield door


MANAGING: dict[str, Callable[[Actor | None, Path], object]] = {
    "save project": lambda by, _: managing.save_project(
        Project("nieuw", "Nieuw", "GM9901", date(2099, 1, 1)), is_new=True, by=by
    ),
    "accounts": lambda by, _: managing.accounts(by=by),
    "audit": lambda by, _: managing.audit(by=by),
    "retention": lambda by, _: managing.erase_past_date(by=by),
    "backup": lambda by, folder: managing.backup(folder, by=by),
}


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize("action", [r.action for r in TABLE if r.page == "beheer" and r.action != "see"])
def test_every_answer_asks_for_the_role(
    bank: store.Store, tmp_path: Path, action: str, role: Role | None
) -> None:
    """A page that forgot to ask gives nothing away: the answer itself refuses."""
    by = None if role is None else Actor(role, account="test")
    if by is not None and by.may(access.least("beheer", action)):
        MANAGING[action](by, tmp_path / "backups")
        return
    with pytest.raises(AccessDenied):
        MANAGING[action](by, tmp_path / "backups")
    assert bank.projects() == []
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("work", ["add_account", "set_password", "remove_account"])
@pytest.mark.parametrize("role", [None, "resident", "facilitator", "planner"])
def test_only_an_administrator_touches_accounts(bank: store.Store, work: str, role: Role | None) -> None:
    by = None if role is None else Actor(role, account="test")
    known = bank.add_account("beheer", "administrator", WORDS)
    arguments = {
        "add_account": ("nieuw", "planner", WORDS),
        "set_password": (known.id, "een heel ander wachtwoord"),
        "remove_account": (known.id,),
    }[work]
    with pytest.raises(AccessDenied):
        getattr(managing, work)(*arguments, by=by)
    assert bank.accounts() == [known]
    assert bank.sign_in("beheer", WORDS, device="test").role == "administrator"


def test_a_new_project_takes_nobodys_place(bank: store.Store) -> None:
    """Neither that of another project nor that of the made-up town, which everybody may look into."""
    by = Actor("administrator", account="test")
    made_up = Project("demo", "Voorbeeld", "GM9901", date(2099, 1, 1), is_made_up=True)
    bank.save_project(made_up)
    first = managing.save_project(Project("a", "A", "GM9901", date(2099, 1, 1)), is_new=True, by=by)
    for project, is_new in (
        (Project("a", "Weg", "GM9901", date(2099, 1, 1)), True),
        (Project("demo", "Weg", "GM9901", date(2099, 1, 1)), False),
        (Project("b", "Open", "GM9901", date(2099, 1, 1), is_made_up=True), True),
        (Project("c", "Geen", "GM9901", date(2099, 1, 1)), False),
    ):
        with pytest.raises(BuurtError):
            managing.save_project(project, is_new=is_new, by=by)
    assert sorted(bank.projects(), key=lambda one: one.id) == [first, made_up]


# --- Signing in -----------------------------------------------------------------------------------


def redeem(house: House, ticket: str) -> str | None:
    """Exchange a ticket as the browser's script does; give the cookie, or None for a refusal."""
    asked = urllib.request.Request(f"{house.app.url}/api/sessie", data=ticket.encode(), method="POST")
    try:
        with urllib.request.urlopen(asked) as answer:
            return str(answer.headers["set-cookie"])
    except urllib.error.HTTPError as refused:
        with refused:
            return None


def test_signed_in_lasts_through_a_reload_and_ends_when_left(house: House) -> None:
    """The cookie is for no script, works in another connection, and opens nothing after signing out."""

    async def begin(phone: Phone) -> str:
        await enter(phone, "administrator")
        return str(phone.data("buurt_session")["ticket"])

    async def managed(phone: Phone) -> bool:
        await phone.open("/beheer")
        return DENIED not in phone.text()

    async def leave(phone: Phone) -> None:
        await phone.open("/inloggen")
        await phone.press(W("signin.leave"))

    ticket = visit(house, begin)
    cookie = redeem(house, ticket)
    assert cookie is not None
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert redeem(house, ticket) is None, "a ticket works once"
    held = cookie.split(";", maxsplit=1)[0]
    assert visit(house, managed, cookie=held)
    visit(house, leave, cookie=held)
    assert not visit(house, managed, cookie=held)


def test_guessed_tokens_and_tickets_open_nothing(house: House) -> None:
    async def managed(phone: Phone) -> bool:
        await phone.open("/beheer")
        return DENIED not in phone.text()

    for guess in ("", "administrator", secrets.token_urlsafe(32), "'; DROP TABLE account;--"):
        assert not visit(house, managed, cookie=f"{COOKIE}={guess}")
    for ticket in ("", secrets.token_urlsafe(16), "a" * 500, "\0"):
        assert redeem(house, ticket) is None


def test_a_removed_account_is_out_at_once(house: House) -> None:
    async def removed(phone: Phone) -> tuple[bool, bool]:
        with store.open(f"sqlite:///{house.app.store}") as door:
            extra = door.add_account("tijdelijk", "administrator", WORDS)
            await phone.open("/inloggen")
            phone.fill("label", "tijdelijk")
            phone.fill("password", WORDS)
            await phone.press(W("signin.enter"))
            await phone.open("/beheer")
            before = DENIED not in phone.text()
            door.remove_account(extra.id)
        await phone.open("/beheer")
        return before, DENIED not in phone.text()

    assert visit(house, removed) == (True, False)


def test_wrong_passwords_are_counted_per_account(house: House) -> None:
    """Ten tries an hour, from however many visitors; the account is not even told to exist."""

    async def guess(phone: Phone) -> str:
        await phone.open("/inloggen")
        phone.fill("label", "bestaat-niet")
        phone.fill("password", "welkom123welkom")
        await phone.press(W("signin.enter"))
        return phone.text()

    texts = [visit(house, guess) for _ in range(11)]
    assert all(W.section("errors")["SignInRefused"] in text for text in texts[:10])
    assert "te vaak" in texts[10]


def test_there_is_no_default_account(tmp_path: Path) -> None:
    with store.open(f"sqlite:///{tmp_path}/buurt.gpkg") as door:
        assert door.accounts() == []


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_tokens_and_tickets_do_not_last() -> None:
    """A token eight hours, a ticket a minute; what is in memory is not what a browser holds."""
    clock = Clock()
    register = Register(clock)
    token = register.begin(Actor("planner", account="a"))
    ticket = register.ticket(token)
    assert token not in repr(vars(register)["_entries"])
    clock.now = TICKET_S + 1
    assert register.redeem(ticket) is None
    assert register.actor(token) == Actor("planner", account="a")
    clock.now = KEPT_S + 1
    assert register.actor(token) is None


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["beheer"]}, "administrator"),
        ({"groups": ["plan", "beheer"]}, "administrator"),
        ({"groups": "plan"}, "planner"),
        ({"groups": ["planner"]}, None),
        ({"groups": [None, 3, {"a": 1}]}, None),
        ({}, None),
    ],
)
def test_roles_from_the_municipality(claims: dict[str, Any], role: Role | None) -> None:
    """Only what the operator listed gives a role; who it is, is not kept."""
    rules = {"auth": {"client_id": "x"}, "roles": {"planner": ["plan"], "administrator": ["beheer"]}}
    told = {"iss": "https://id.example", "sub": "123", "email": "jan@example.nl", "name": "Jan", **claims}
    found = signing.role_of(told, rules)
    assert (found.role if found else None) == role
    assert "jan" not in repr(found).lower()
    assert signing.role_of({**told, "sub": ""}, rules) is None


def test_an_unchecked_address_gives_no_role() -> None:
    rules = {"auth": {"client_id": "x"}, "roles": {"claim": "email", "planner": ["jan@example.nl"]}}
    told = {"iss": "https://id.example", "sub": "123", "email": "jan@example.nl"}
    assert signing.role_of(told, rules) is None
    assert signing.role_of({**told, "email_verified": True}, rules) is not None


# --- Ids, addresses, and what the log holds -------------------------------------------------------

STRANGE = (
    "project=../../etc/passwd", "project=%00", "project=" + "x" * 3000, "project=demo'--", "taal=xx",
    "taal=%E2%80%AE", "stap=klaar", "stap=vragen-999", "stap=../beheer", "code=ABC123",
    "code=%7B%7B7*7%7D%7D", "avond=demo", "avond=%00", "kinderen=2", "groep=%3Cscript%3E",
    "hulp=" + "j" * 500, "deel=geheim", "indeling=pc8", "gebied=BU00000000",
)  # fmt: skip


def test_strange_addresses_get_a_sentence(house: House) -> None:
    """Whatever stands in the address: no traceback, and no page that falls over."""
    pages = sorted({right.page for right in TABLE if right.page != "teken"})

    async def all_of_them(phone: Phone) -> list[str]:
        bad = []
        for number, query in enumerate(STRANGE):
            for page in ("", pages[number % len(pages)], pages[(7 * number + 3) % len(pages)]):
                await phone.open(f"/{page}?{query}")
                if any(one.WhichOneof("type") == "exception" for one in phone.elements):
                    bad.append(f"/{page}?{query[:60]}")
        return bad

    assert visit(house, all_of_them) == []


def test_shapes_of_answers_have_addresses_that_cannot_be_guessed(house: House) -> None:
    for guess in (
        "made/1.topojson",
        f"made/{secrets.token_hex(10)}.topojson",
        "own/own_1.topojson",
        "made/..",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{house.app.url}/geo/{guess}")
        with refused.value as answer:
            assert answer.code in {400, 404}


def test_the_log_keeps_secrets_to_itself(house: House) -> None:
    """After all these visits: no query, no link, no password, no search and no account in the log."""

    async def typed(phone: Phone) -> None:
        await phone.open(f"/?project={REAL}&stap=wonen")
        phone.fill("typed", "Geheimstraat 12")
        await phone.press(W("home.find"))
        await phone.open(f"/avond?avond={house.evening}&link={house.link}&code=Q7W8E9")

    visit(house, typed)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{house.app.url}/geo/x?link={house.link}&code=Q7W8E9")
    refused.value.close()
    log = house.app.log.read_text(encoding="utf-8")
    for hidden in (
        house.link,
        house.other_link,
        WORDS,
        "Geheimstraat",
        "Q7W8E9",
        "welkom123",
        "planner-noord",
    ):
        assert hidden not in log
    assert "retention: 0 projects" in log
