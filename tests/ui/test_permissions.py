"""Who may see and do what: the whole table, tried in the real app in every role, over its own protocol."""

import secrets
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import i18n
import store
from benchmarks.streamlit_client import Phone
from geo.errors import AccessDenied, BuurtError
from store import ROLES, SCOPED_ROLES, Account, Actor, Project, Role, WorkshopSession
from study import administration, authentication, context, permissions
from study.permissions import PERMISSIONS
from tests.support.browser import App
from tests.support.coroutines import run_coroutine
from ui.pages import sign_in
from ui.routes import Page
from ui.session import login_sessions, uploads
from ui.session.login_sessions import COOKIE, TICKET_S, LoginSessions, retention_s

W = i18n.get_translator("nl")
DENIED = W.section("errors")["AccessDenied"]
WORDS = "een lange zin van vier"
REAL, OTHER = "echt", "ander"
SECRET_NAME = "Geheim project achter de dijk"
SESSION_PAGES = ("avond", "scherm", "verhaal", "samen", "papier")
ADDRESS = {page.key: str(page) for page in Page}
SEEN = [right for right in PERMISSIONS if right.action == "see"]


@dataclass(frozen=True)
class ServedRoles:
    """An app with two real projects, an account of each kind, and a workshop session in each project."""

    app: App
    planner: Account
    administrator: Account
    panel: Account
    partner: Account
    workshop_session: str
    link: str
    other_session: str
    other_link: str


@pytest.fixture(scope="module")
def served(start_app: Callable[..., App]) -> ServedRoles:
    app = start_app()
    with store.open_store(f"sqlite:///{app.store}") as private_store:
        for key, name in ((REAL, SECRET_NAME), (OTHER, "Nog een project")):
            private_store.projects.save(Project(key, name, "GM9901", date(2099, 1, 1), questions=("name",)))
        maker = Actor("administrator", account="test")
        made = [
            private_store.sessions.create(WorkshopSession(key, "Buurthuis", date(2026, 5, 1)), by=maker)
            for key in (REAL, OTHER)
        ]
        return ServedRoles(
            app,
            private_store.accounts.create("planner-noord", "planner", WORDS),
            private_store.accounts.create("beheer", "administrator", WORDS),
            private_store.accounts.create("panel", "panel", WORDS, project=REAL),
            private_store.accounts.create("partner", "partner", WORDS, project=REAL, owner="housing"),
            made[0][0].id,
            made[0][1],
            made[1][0].id,
            made[1][1],
        )


def visit(served: ServedRoles, steps: Callable[[Phone], Awaitable[Any]], *, cookie: str = "") -> Any:
    """Do something as one visitor."""

    async def whole() -> Any:
        async with Phone(served.app.url, cookie=cookie) as phone:
            return await steps(phone)

    return run_coroutine(whole())


async def enter(phone: Phone, role: Role) -> None:
    """Sign in, or stay nobody."""
    labels = {"planner": "planner-noord", "administrator": "beheer", "panel": "panel", "partner": "partner"}
    if role in labels:
        await phone.open("/inloggen")
        phone.fill("label", labels[role])
        phone.fill("password", WORDS)
        await phone.press(W("signin.enter"))
        assert W(f"signin.as_{role}") in phone.text()


def broken(phone: Phone) -> bool:
    """Return whether the page fell over: it says so in the general sentence."""
    return W("errors.unexpected") in phone.text() or any(
        one.WhichOneof("type") == "exception" for one in phone.elements
    )


async def look(phone: Phone, served: ServedRoles, role: Role, page: str, project: str) -> str:
    """Open a page of a project, as a browser of this role would; give what is on it."""
    address = f"/{page}?project={project}"
    if page in SESSION_PAGES:
        address += f"&avond={served.workshop_session if project == REAL else served.other_session}"
    await phone.open(address)
    if page in SESSION_PAGES:
        await phone.send(
            "buurt_presenter_bridge", "stage", {"link": served.link if role == "facilitator" else ""}
        )
    return phone.text()


# --- The table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_page_in_every_role(served: ServedRoles, role: Role) -> None:
    """A page of a real project shows itself to the roles of the table, and to nobody else."""

    async def all_pages(phone: Phone) -> dict[str, bool]:
        await enter(phone, role)
        seen = {}
        for right in SEEN:
            text = await look(phone, served, role, ADDRESS[right.page], REAL)
            assert not broken(phone), right.page
            refused = DENIED in text
            if refused:
                whole = b"".join(one.SerializeToString() for one in phone.elements)
                assert SECRET_NAME.encode() not in whole, right.page
            seen[right.page] = not refused
        return seen

    found = visit(served, all_pages)
    assert found == {right.page: Actor(role).has_role(right.least) or role in right.also for right in SEEN}


@pytest.mark.parametrize("role", SCOPED_ROLES)
def test_a_panel_and_a_partner_have_one_project(served: ServedRoles, role: Role) -> None:
    """In another project they are what a resident is there."""

    async def elsewhere(phone: Phone) -> dict[str, bool]:
        await enter(phone, role)
        return {
            right.page: DENIED not in await look(phone, served, role, ADDRESS[right.page], OTHER)
            for right in SEEN
        }

    assert visit(served, elsewhere) == {right.page: right.least == "resident" for right in SEEN}


def test_every_page_is_in_the_table(served: ServedRoles) -> None:
    async def pages(phone: Phone) -> set[str]:
        await phone.open("/")
        return set(phone.pages)

    assert visit(served, pages) - {""} == set(ADDRESS.values()) - {Page.DRAW}


def test_facilitator_has_one_session(served: ServedRoles) -> None:
    """The link of one session opens no page of another, nor one for planners."""

    async def elsewhere(phone: Phone) -> list[str]:
        texts = [await look(phone, served, "facilitator", page, OTHER) for page in SESSION_PAGES]
        return [*texts, await look(phone, served, "facilitator", "vergelijk", REAL)]

    for text in visit(served, elsewhere):
        assert DENIED in text or W.section("errors")["SignInRefused"] in text


def test_made_up_town_is_open_but_its_keys_are_not(served: ServedRoles) -> None:
    """Everybody may try the planner's page of the example; other projects and managing stay shut."""

    async def example(phone: Phone) -> tuple[str, bytes, str, str]:
        await phone.open("/vergelijk")
        text, whole = phone.text(), b"".join(one.SerializeToString() for one in phone.elements)
        await phone.open("/beheer")
        managing_text = phone.text()
        await phone.open("/bronnen")
        return text, whole, managing_text, phone.text()

    text, whole, managing_text, sources_text = visit(served, example)
    assert DENIED not in text
    assert SECRET_NAME.encode() not in whole
    assert DENIED in managing_text
    assert W("sources.fetch_title") not in sources_text


@pytest.mark.parametrize("role", ROLES)
def test_fetching_is_for_planners(served: ServedRoles, role: Role) -> None:
    async def sources(phone: Phone) -> bool:
        await enter(phone, role)
        await phone.open("/bronnen")
        return W("sources.fetch_title") in phone.text()

    assert visit(served, sources) == Actor(role).has_role(permissions.minimum_role("sources", "fetch"))


# --- What pages ask for, without the pages --------------------------------------------------------


@pytest.fixture
def private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Store]:
    """Return the store that answers use, empty."""
    with closing(store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg")) as private_store:
        monkeypatch.setattr(context, "get_store", lambda: private_store)
        yield private_store


MANAGING: dict[str, Callable[[Actor | None, Path], object]] = {
    "save project": lambda by, _: administration.save_project(
        Project("nieuw", "Nieuw", "GM9901", date(2099, 1, 1)), is_new=True, by=by
    ),
    "accounts": lambda by, _: administration.accounts(by=by),
    "audit": lambda by, _: administration.audit(by=by),
    "retention": lambda by, _: administration.erase_past_date(by=by),
    "backup": lambda by, folder: administration.backup(folder, by=by),
}


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize(
    "action", [r.action for r in PERMISSIONS if r.page == "administration" and r.action != "see"]
)
def test_every_answer_asks_for_the_role(
    private_store: store.Store, tmp_path: Path, action: str, role: Role | None
) -> None:
    """A page that forgot to ask gives nothing away: the answer itself refuses."""
    by = None if role is None else Actor(role, account="test")
    if by is not None and by.has_role(permissions.minimum_role("administration", action)):
        MANAGING[action](by, tmp_path / "backups")
        return
    with pytest.raises(AccessDenied):
        MANAGING[action](by, tmp_path / "backups")
    assert private_store.projects.list_all() == []
    assert not (tmp_path / "backups").exists()


def test_only_an_administrator_touches_accounts(private_store: store.Store) -> None:
    known = private_store.accounts.create("beheer", "administrator", WORDS)
    for by in (None, *(Actor(role, account="test") for role in ROLES if role != "administrator")):
        for work, arguments in {
            "add_account": ("nieuw", "planner", WORDS),
            "set_password": (known.id, "een heel ander wachtwoord"),
            "remove_account": (known.id,),
            "reset_second_factor": (known.id,),
        }.items():
            with pytest.raises(AccessDenied):
                getattr(administration, work)(*arguments, by=by)
            assert private_store.accounts.list_all() == [known], (by, work)
    assert private_store.accounts.authenticate("beheer", WORDS, device="test").role == "administrator"


def test_a_new_project_takes_nobodys_place(private_store: store.Store) -> None:
    """Neither that of another project nor that of the made-up town, which everybody may look into."""
    by = Actor("administrator", account="test")
    made_up = Project("demo", "Voorbeeld", "GM9901", date(2099, 1, 1), is_demo=True)
    private_store.projects.save(made_up)
    first = administration.save_project(Project("a", "A", "GM9901", date(2099, 1, 1)), is_new=True, by=by)
    for project, is_new in (
        (Project("a", "Weg", "GM9901", date(2099, 1, 1)), True),
        (Project("demo", "Weg", "GM9901", date(2099, 1, 1)), False),
        (Project("b", "Open", "GM9901", date(2099, 1, 1), is_demo=True), True),
        (Project("c", "Geen", "GM9901", date(2099, 1, 1)), False),
    ):
        with pytest.raises(BuurtError):
            administration.save_project(project, is_new=is_new, by=by)
    assert sorted(private_store.projects.list_all(), key=lambda one: one.id) == [first, made_up]


# --- Signing in -----------------------------------------------------------------------------------


def redeem(served: ServedRoles, ticket: str) -> str | None:
    """Exchange a ticket as the browser's script does; give the cookie, or None for a refusal."""
    asked = urllib.request.Request(f"{served.app.url}/api/sessie", data=ticket.encode(), method="POST")
    try:
        with urllib.request.urlopen(asked) as answer:
            return str(answer.headers["set-cookie"])
    except urllib.error.HTTPError as refused:
        with refused:
            return None


def test_signed_in_lasts_through_a_reload_and_ends_when_left(served: ServedRoles) -> None:
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

    ticket = visit(served, begin)
    cookie = redeem(served, ticket)
    assert cookie is not None
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert redeem(served, ticket) is None, "a ticket works once"
    held = cookie.split(";", maxsplit=1)[0]
    assert visit(served, managed, cookie=held)
    visit(served, leave, cookie=held)
    assert not visit(served, managed, cookie=held)


def test_guessed_tokens_and_tickets_open_nothing(served: ServedRoles) -> None:
    async def managed(phone: Phone) -> bool:
        await phone.open("/beheer")
        return DENIED not in phone.text()

    for guess in ("", "administrator", secrets.token_urlsafe(32), "'; DROP TABLE account;--"):
        assert not visit(served, managed, cookie=f"{COOKIE}={guess}")
    for ticket in ("", secrets.token_urlsafe(16), "a" * 500, "\0"):
        assert redeem(served, ticket) is None


def test_a_removed_account_is_out_at_once(served: ServedRoles) -> None:
    async def removed(phone: Phone) -> tuple[bool, bool]:
        with store.open_store(f"sqlite:///{served.app.store}") as private_store:
            extra = private_store.accounts.create("tijdelijk", "administrator", WORDS)
            await phone.open("/inloggen")
            phone.fill("label", "tijdelijk")
            phone.fill("password", WORDS)
            await phone.press(W("signin.enter"))
            await phone.open("/beheer")
            before = DENIED not in phone.text()
            private_store.accounts.delete(extra.id)
        await phone.open("/beheer")
        return before, DENIED not in phone.text()

    assert visit(served, removed) == (True, False)


def test_wrong_passwords_wait_longer_every_time(served: ServedRoles) -> None:
    """From however many visitors of one address; the account is not even told to exist."""

    async def guess(phone: Phone) -> str:
        await phone.open("/inloggen")
        phone.fill("label", "bestaat-niet")
        phone.fill("password", "welkom123welkom")
        await phone.press(W("signin.enter"))
        return phone.text()

    texts = [visit(served, guess) for _ in range(4)]
    assert W.section("errors")["SignInRefused"] in texts[0]
    too_soon = W.section("errors")["SignInTooSoon"].split("{")[0]
    assert any(too_soon in text for text in texts[1:])
    assert all(W("signin.as_planner") not in text for text in texts)


def test_there_is_no_default_account(tmp_path: Path) -> None:
    with store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg") as private_store:
        assert private_store.accounts.list_all() == []


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_tokens_and_tickets_do_not_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token eight hours, a ticket a minute; what is in the store is not what a browser holds."""
    clock = Clock()
    with closing(store.open_store(f"sqlite:///{tmp_path}/buurt.gpkg", clock=clock)) as private_store:
        monkeypatch.setattr(context, "get_store", lambda: private_store)
        register = LoginSessions(clock)
        token = register.begin(Actor("planner", account="a"))
        ticket, used = register.ticket(token), register.ticket(token)
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not any(secret.encode() in written for secret in (token, ticket, used))
        assert register.redeem(used) == token
        assert register.redeem(used) is None
        clock.now += TICKET_S + 1
        assert register.redeem(ticket) is None
        found = register.find(token)
        assert found is not None
        assert found.actor == Actor("planner", account="a")
        clock.now += retention_s()
        assert register.find(token) is None
        assert register.begin(Actor("planner", account="b"))
        assert sum(key.startswith("sign-in:") for key in settings_of(tmp_path)) == 1, "what is over is gone"


def settings_of(folder: Path) -> list[str]:
    """Return the keys in the table of settings of a store, without the program."""
    with closing(sqlite3.connect(folder / "buurt.gpkg")) as file:
        return [str(key) for (key,) in file.execute("SELECT key FROM setting")]


def test_another_password_or_no_account_ends_every_sign_in(
    private_store: store.Store, tmp_path: Path
) -> None:
    register, by = LoginSessions(), Actor("administrator", account="test")
    for end in (
        lambda account: administration.set_password(account, f"{WORDS} en nog een", by=by),
        lambda account: administration.remove_account(account, by=by),
    ):
        account = administration.add_account("tijdelijk", "planner", WORDS, by=by)
        mine, other = (register.begin(Actor("planner", account=who)) for who in (account.id, "another"))
        end(account.id)
        assert register.find(mine) is None
        assert register.find(other) is not None
        if any(one.id == account.id for one in private_store.accounts.list_all()):
            administration.remove_account(account.id, by=by)


def test_a_role_of_the_municipality_ends_within_the_session_hours(
    private_store: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the browser still holds of hours ago gives no role any more, and what it gives ends at the same hour."""
    clock, said = Clock(), {"sub": "7", "groups": ["plan"], "is_logged_in": True}
    begun: list[float | None] = []
    user = SimpleNamespace(is_logged_in=True, to_dict=lambda: said)
    secrets = {"auth": {"client_id": "x"}, "roles": {"planner": ["plan"]}}
    monkeypatch.setattr(sign_in, "st", SimpleNamespace(user=user))
    monkeypatch.setattr(sign_in, "_secrets", lambda: secrets)
    monkeypatch.setattr(sign_in.login_sessions, "sign_in", lambda _who, since_s: begun.append(since_s))
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(time=clock))
    clock.now = 1e10  # later than the clock of the store
    for ago_s, is_in in ((60.0, True), (retention_s() - 1, True), (retention_s(), False)):
        said["iat"] = clock.now - ago_s
        assert (sign_in._by_municipality(W) is not None) == is_in
    del said["iat"]
    assert sign_in._by_municipality(W) is None, "claims that do not say of when they are"
    assert begun == [clock.now - 60.0, clock.now - retention_s() + 1]
    register = LoginSessions(clock)
    token = register.begin(Actor("planner", account="oidc:7"), since_s=clock.now - retention_s() + 60)
    assert LoginSessions(lambda: clock.now + 59).find(token) is not None
    assert LoginSessions(lambda: clock.now + 61).find(token) is None


def test_file_is_handed_in_only_by_who_is_still_signed_in(
    private_store: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was shown a file box as a planner, and signed out since, hands in no more; totals are kept to."""
    token = login_sessions.REGISTER.begin(Actor("planner", account="a"))
    held = {COOKIE: token}
    monkeypatch.setattr(login_sessions, "_token", lambda: token)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="visit"))
    assert not uploads.is_allowed("visit", 1000, held), "no page asked for a file"
    uploads.allow_upload()
    assert uploads.is_allowed("visit", 50_000_000, held)
    assert not uploads.is_allowed("visit", 1000, {}), "without the cookie of the sign-in"
    assert not uploads.is_allowed("visit", 52_000_000, held)
    assert not uploads.is_allowed("visit", 50_000_001, held), "more than a visit may"
    monkeypatch.setattr(uploads, "held_bytes", lambda: uploads.MAX_HELD_BYTES - 999)
    assert not uploads.is_allowed("visit", 1000, held)
    assert uploads.is_allowed("visit", 999, held)
    monkeypatch.undo()
    monkeypatch.setattr(context, "get_store", lambda: private_store)
    login_sessions.REGISTER.end(token)
    assert not uploads.is_allowed("visit", 1000, held), "signed out"


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
    claimed = {"iss": "https://id.example", "sub": "123", "email": "jan@example.nl", "name": "Jan", **claims}
    found = authentication.role_from_claims(claimed, rules)
    assert (found.role if found else None) == role
    assert "jan" not in repr(found).lower()
    assert authentication.role_from_claims({**claimed, "sub": ""}, rules) is None


def test_an_unchecked_address_gives_no_role() -> None:
    rules = {"auth": {"client_id": "x"}, "roles": {"claim": "email", "planner": ["jan@example.nl"]}}
    claimed = {"iss": "https://id.example", "sub": "123", "email": "jan@example.nl"}
    assert authentication.role_from_claims(claimed, rules) is None
    assert authentication.role_from_claims({**claimed, "email_verified": True}, rules) is not None


# --- Ids, addresses, and what the log holds -------------------------------------------------------

STRANGE = (
    "project=../../etc/passwd", "project=%00", "project=" + "x" * 3000, "project=demo'--", "taal=xx",
    "taal=%E2%80%AE", "stap=klaar", "stap=vragen-999", "stap=../beheer", "code=ABC123",
    "code=%7B%7B7*7%7D%7D", "avond=demo", "avond=%00", "kinderen=2", "groep=%3Cscript%3E",
    "hulp=" + "j" * 500, "deel=geheim", "indeling=pc8", "gebied=BU00000000",
)  # fmt: skip


def test_strange_addresses_get_a_sentence(served: ServedRoles) -> None:
    """Whatever stands in the address: no traceback, and no page that falls over."""
    pages = sorted(set(Page) - {Page.DRAW})

    async def all_of_them(phone: Phone) -> list[str]:
        bad = []
        for number, query in enumerate(STRANGE):
            for page in ("", pages[number % len(pages)], pages[(7 * number + 3) % len(pages)]):
                await phone.open(f"/{page}?{query}")
                if any(one.WhichOneof("type") == "exception" for one in phone.elements):
                    bad.append(f"/{page}?{query[:60]}")
        return bad

    assert visit(served, all_of_them) == []


def test_shapes_of_answers_have_addresses_that_cannot_be_guessed(served: ServedRoles) -> None:
    for guess in (
        "made/1.topojson",
        f"made/{secrets.token_hex(10)}.topojson",
        "own/own_1.topojson",
        "made/..",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{served.app.url}/geo/{guess}")
        with refused.value as answer:
            assert answer.code in {400, 404}


def test_the_log_keeps_secrets_to_itself(served: ServedRoles) -> None:
    """After all these visits: no query, no link, no password, no search and no account in the log."""

    async def typed(phone: Phone) -> None:
        await phone.open(f"/?project={REAL}&stap=samenstellen")
        phone.fill("parts_typed", "Geheimstraat 12")
        await phone.press(W("home.find"))
        await phone.open(f"/avond?avond={served.workshop_session}&link={served.link}&code=Q7W8E9")

    visit(served, typed)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.app.url}/geo/x?link={served.link}&code=Q7W8E9")
    refused.value.close()
    log = served.app.log.read_text(encoding="utf-8")
    for hidden in (
        served.link,
        served.other_link,
        WORDS,
        "Geheimstraat",
        "Q7W8E9",
        "welkom123",
        "planner-noord",
    ):
        assert hidden not in log
    assert "retention: 0 projects" in log
