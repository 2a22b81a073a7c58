"""Every setting of the operator: read from the environment here and nowhere else, typed and checked at the start.

``python -m settings`` prints the table of docs/settings.md.
"""

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geo.errors import SettingRefused, SettingUnknown

ROOT = Path(__file__).resolve().parent
SHIPPED_DATA = ROOT / "data" / "boundaries"
PREFIX = "BUURT_"
OF_TESTS = {"BUURT_SHARED", "BUURT_CHROMIUM"}
"""Settings of the tests and benchmarks, which the program does not read."""


EMBEDDING_SITE = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")
"""Scheme and name of a site; without TLS only on this machine."""


def _setting(
    default: Any,
    about: str,
    shown: str = "",
    *,
    choices: tuple[str, ...] = (),
    each: re.Pattern[str] | None = None,
    endings: tuple[str, ...] = (),
    wanted: str = "",
) -> Any:
    """Return a field with the sentence and the default that stand in the table, and what it may be if not anything."""
    facts = {"about": about, "shown": shown, "choices": choices, "each": each, "endings": endings}
    facts |= {"wanted": wanted}
    return field(default=default, metadata=facts)


@dataclass(frozen=True)
class Settings:
    """The settings of one process; a field ``store`` is the variable ``BUURT_STORE``."""

    store: str = _setting(
        "", "where drawings are kept: `sqlite:///…` or `postgresql://…`", "`data/store/buurt.gpkg`"
    )
    data: Path = _setting(  # noqa: RUF009  # a path does not change
        SHIPPED_DATA, "folder of official areas and facilities", "`data/boundaries`"
    )
    tiles: str = _setting(
        "",
        "`brt`: the national base map in grey, online; or the path of an MBTiles or PMTiles file with pictures",
        "the town's own shapes",
    )
    basemaps: tuple[str, ...] = _setting(
        (),
        "online maps that a planner may choose as ground: `grey`, `colour` and `aerial`, with commas between",
        "none",
        each=re.compile("grey|colour|aerial"),
        wanted="grey, colour or aerial, with commas between several",
    )
    language: str = _setting("nl", "language of the command line")
    address: str = _setting("", "address of the app as phones reach it", "where the page was asked")
    hosts: tuple[str, ...] = _setting(
        (), "more host names that are ours, with commas between", "this machine and `BUURT_ADDRESS`"
    )
    embed_in: tuple[str, ...] = _setting(
        (),
        "sites that may show the residents' pages within a page of theirs: `https://…`, with commas between",
        "none",
        each=EMBEDDING_SITE,
        wanted="https://site.example, with commas between several",
    )
    theme: str = _setting(
        "",
        "file with NL Design System tokens of your municipality (`.json` or `.css`): colours of pages and reports",
        "our own colours",
        endings=(".json", ".css"),
        wanted="an existing file of design tokens that ends in .json or .css",
    )
    proxy: str = _setting(
        "127.0.0.1", "addresses of proxies whose `X-Forwarded-For` and `-Proto` are believed"
    )
    offline: bool = _setting(False, "`1` forbids every request to others, for a workshop", "`0`")
    backups: str = _setting("", "folder of the nightly backups", "no backups")
    contact: str = _setting(
        "",
        "whom to tell of a leak or ask about data: `mailto:…` or `https://…`, in `security.txt` and in metadata",
        "none",
    )
    licence: str = _setting(
        "",
        "licence of what editions say, in every file: `CC0-1.0` or `CC-BY-4.0`",
        "none is stated",
        choices=("CC0-1.0", "CC-BY-4.0"),
    )
    metrics_token: str = _setting(
        "",
        "who sends this as `Authorization: Bearer …` may read `/metrics` from elsewhere",
        "this machine itself only",
    )
    example: str = _setting(
        "",
        "`on` or `off`: the made-up town, in which everybody may try every page",
        "on until there is an account",
        choices=("on", "off"),
    )
    session_hours: int = _setting(8, "hours that somebody stays signed in")
    visits: int = _setting(500, "visits at once; fewer where the limit of open files says so")
    jobs: int = _setting(0, "heavy jobs at once, each in a process of its own", "one for every two cores")
    job_memory: int = _setting(
        0, "memory of one heavy job in MB; above it the job is ended", "2000, at most half of what is free"
    )
    job_seconds: int = _setting(300, "seconds that a heavy job may take")
    dask: str = _setting(
        "", "a dask.distributed cluster for heavy answers: `tls://…` or `tcp://…`", "processes of our own"
    )
    pdok_url: str = _setting("", "another server of the same shape as PDOK", "the public service")
    locatie_url: str = _setting(
        "", "another server of the same shape as the Locatieserver", "the public service"
    )
    overpass_url: str = _setting("", "other servers of the same shape as Overpass", "the public services")
    cbs_url: str = _setting("", "another server of the same shape as CBS StatLine", "the public service")


def current() -> Settings:
    """Return the settings as the environment is now.

    Raises
    ------
    SettingUnknown, SettingRefused
    """
    return _read(tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith(PREFIX))))


@lru_cache(maxsize=8)
def _read(given: tuple[tuple[str, str], ...]) -> Settings:
    known = {PREFIX + one.name.upper(): one for one in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in given:
        if name in OF_TESTS:
            continue
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise SettingUnknown(setting=name, nearest=near)
        if text.strip():
            choices = known[name].metadata["choices"]
            if choices and text.strip() not in choices:
                raise SettingRefused(setting=name, wanted=" or ".join(choices))
            value = values[known[name].name] = _typed(name, known[name].default, text.strip())
            each = known[name].metadata["each"]
            if each and not all(each.fullmatch(part) for part in value):
                raise SettingRefused(setting=name, wanted=known[name].metadata["wanted"])
            endings = known[name].metadata["endings"]
            if endings and not (Path(value).suffix.lower() in endings and Path(value).is_file()):
                raise SettingRefused(setting=name, wanted=known[name].metadata["wanted"])
    return Settings(**values)


def _typed(name: str, default: object, text: str) -> Any:
    """Return a value in the type of its default."""
    if isinstance(default, bool):
        return text != "0"
    if isinstance(default, int):
        if not text.isdecimal() or int(text) < 1:
            raise SettingRefused(setting=name, wanted="a whole number above 0")
        return int(text)
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def given() -> dict[str, str]:
    """Return every variable of ours as it stands in the environment, for a process that works for this one."""
    return {name: text for name, text in os.environ.items() if name.startswith(PREFIX)}


def use_contact(text: str) -> None:
    """Set whom services can write to, for the rest of this process; nothing when the text is empty."""
    if text.strip():
        os.environ["BUURT_CONTACT"] = text.strip()


def chosen_language() -> str:
    """Return the language of the command line; it is known before anything else is checked."""
    return os.environ.get("BUURT_LANGUAGE", "").strip() or "nl"


def child_environment(own: Mapping[str, str], *, only: Collection[str] | None = None) -> dict[str, str]:
    """Return the environment of a process that we start.

    Parameters
    ----------
    own
        What is set for it, before what this process has.
    only
        Names of the variables it inherits; all of them by default.

    Examples
    --------
    >>> child_environment({"LANG": "C"}, only=())
    {'LANG': 'C'}
    """
    inherited = (
        dict(os.environ) if only is None else {key: os.environ[key] for key in only if key in os.environ}
    )
    return {**inherited, **own}


def set_for_process(values: Mapping[str, str], *, forget: Collection[str] = ()) -> None:
    """Set variables for the rest of this process, such as those of the server in a process that works for it.

    Parameters
    ----------
    values
        Name to value.
    forget
        Names that are unset first.
    """
    for name in forget:
        os.environ.pop(name, None)
    os.environ.update(values)


def shared_data() -> Path:
    """Return the folder of real data for tests and benchmarks; it may not be there."""
    return Path(os.environ.get("BUURT_SHARED") or ROOT.parent / "shared" / "data")


def service_url(setting: str) -> str:
    """Return what the operator chose for a service, by the full name of the setting.

    Examples
    --------
    >>> service_url("BUURT_PDOK_URL")
    ''
    """
    return str(getattr(current(), setting.removeprefix(PREFIX).lower(), ""))


def store_url() -> str:
    """Return the address of the store: what was chosen, else a file in ``data/store``."""
    return current().store or f"sqlite:///{ROOT / 'data' / 'store' / 'buurt.gpkg'}"


def data_folder() -> Path:
    """Return the folder that this process may write in: that of the store, where the store is a file."""
    url = store_url()
    return (
        Path(url.removeprefix("sqlite:///")).parent
        if url.startswith("sqlite:///")
        else ROOT / "data" / "store"
    )


def cache_folder() -> Path:
    """Return the folder for what can be made again: beside the program, else beside the store."""
    return ROOT / "build" / "cache" if os.access(ROOT, os.W_OK) else data_folder() / "cache"


def prepare_process() -> None:
    """Limit the files of this process to its own user; compiled kernels go where it may write."""
    os.umask(0o077)
    if not os.access(ROOT / "geo" / "kernels", os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))


def program_version() -> str:
    """Return the version of this program: that of the files it runs from, else of what was installed.

    Examples
    --------
    >>> program_version().count(".")
    2
    """
    stated = ROOT / "pyproject.toml"
    if stated.is_file():  # an installation beside a newer release still says what it was
        return str(tomllib.loads(stated.read_text(encoding="utf-8"))["project"]["version"])
    try:
        return version("beleefde-buurt")
    except PackageNotFoundError:
        return "0"


def table(of: Mapping[str, Any] = Settings.__dataclass_fields__) -> str:
    """Return the table of docs/settings.md.

    Examples
    --------
    >>> table().splitlines()[2]
    '| `BUURT_STORE` | where drawings are kept: `sqlite:///…` or `postgresql://…` | `data/store/buurt.gpkg` |'
    """
    rows = ["| setting | what | default |", "|---|---|---|"]
    rows += [
        f"| `{PREFIX}{name.upper()}` | {one.metadata['about']} | {one.metadata['shown'] or f'`{one.default}`'} |"
        for name, one in of.items()
    ]
    return "\n".join(rows)


# --- Budgets of strangers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Budgets:
    """What one stranger may cost everybody else; the budgets of a drawing's shape are `geo.sketches.limits`.

    Attributes
    ----------
    header_s, body_s
        How long the head and the body of a request may take to arrive.
    connections
        From one address at once; that of a hall that is on its way is far below it.
    saves_at_once, saves_waiting
        In one process; above it a phone tries again by itself.
    drawings_burst, drawings_hour
        New drawings from one address: at once, and an hour.
    session_burst, session_hour
        The same for a workshop session that is open: a hall shares one address.
    ballots_burst, ballots_hour
        Codes of tickets and ballots of a wijkbudget from one address: at once, and an hour; a hall votes together.
    votes_burst, votes_hour
        Dots and guesses at a workshop from one address: at once, and an hour; each dot of a hall is one.
    cards_burst, cards_hour, reactions_burst, reactions_hour
        Cards and codes for the board, and reactions to cards, from one address: at once, and an hour.
    cards_unremarkable
        More cards than this from one address in an hour are kept, and flagged for who moderates.
    sign_ins
        Tries from one address in ten minutes.
    features_burst, features_hour
        Questions to the OGC API from one address: at once, and an hour.
    websocket_bytes
        One frame from a browser.
    """

    header_s: float = 10.0
    body_s: float = 60.0
    connections: int = 400
    saves_at_once: int = 8
    saves_waiting: int = 64
    drawings_burst: int = 20
    drawings_hour: int = 600
    session_burst: int = 400
    session_hour: int = 1_500
    ballots_burst: int = 400
    ballots_hour: int = 1_500
    votes_burst: int = 1_000
    votes_hour: int = 6_000
    cards_burst: int = 10
    cards_hour: int = 120
    cards_unremarkable: int = 8
    reactions_burst: int = 60
    reactions_hour: int = 600
    sign_ins: int = 20
    features_burst: int = 200
    features_hour: int = 6_000
    websocket_bytes: int = 1_000_000


BUDGETS = Budgets()

if __name__ == "__main__":
    print(table())  # noqa: T201
