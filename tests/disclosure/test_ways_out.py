"""There is no second way out: no file, picture or page for everybody is made of drawings but by an edition.

The doors are a closed list. Whoever makes a new one writes down here what it hands out, and this test follows
every function that the door can call: it may reach what single residents left through a gate only.
"""

import ast
from collections.abc import Iterator

import pytest

from study.permissions import PERMISSIONS
from tests.disclosure.call_graph import CallGraph

BUILDERS = frozenset(
    {
        "study.publishing.edition_building",
        "study.publishing.editions",
        "study.publishing.sessions.building",
        "study.publishing.sessions.editions:publish_if_due",
    }
)
"""What makes editions: it sees drawings, and hands out what the ledger let through."""

JOBS = frozenset({"study.jobs.running", "study.jobs.worker"})
"""What runs a function in another process and hands it its tables; the function is followed where it is named."""

COUNTS = frozenset(
    {
        "study.workshop.live_editions:session_counters",
        "study.workshop.sessions:count_waiting",
        "ui.pages.planner.section:PlannerContext",
    }
)
"""Numbers of drawings or texts, which say nothing about where anybody drew or what anybody wrote."""

RELEASED_WORDS = frozenset(
    {
        "study.workshop.sessions:released_votables",
        "study.analysis.liveability:released_signals",
        "study.board.cards:public_cards",
        "study.board.meetings:read_agenda",
        "study.board.meetings:since_last",
    }
)
"""Words that somebody read and let go, one by one."""

OWN = frozenset({"study.contributions.submission:find_by_code", "study.contributions.submission:resume"})
"""One's own drawing, to who has its code."""

OWN_CARDS = frozenset({"study.board.cards:own_cards"})
"""One's own cards, to who has their code."""

LOGGED = frozenset(
    {
        "study.publishing.formats:raw_drawings",
        "study.administration:export_raw",
        "study.administration:write_backup",
        "study.administration:write_nightly_backup",
    }
)
"""Named as personal data, for planners and the operator, with a line in the log."""

DOWNLOADS = {
    "ui.components.tickets:offer_codes": frozenset(),
    "ui.pages.audit_log:show": frozenset(),
    "ui.pages.budget.desk:_files": frozenset(),
    "ui.pages.board.desk:_files": RELEASED_WORDS,
    "ui.pages.board.desk:_poster": frozenset(),
    "ui.pages.panel.meeting:_minutes": RELEASED_WORDS,
    "ui.pages.paper:_make": frozenset(),
    "ui.pages.planner.export:_offer": frozenset(),
    "ui.pages.planner.export:report": frozenset(),
    "ui.pages.planner.export:data": frozenset(),
    "ui.pages.planner.export:picture": frozenset(),
    "ui.pages.planner.export:_raw": LOGGED | COUNTS,
    "ui.pages.planner.section:show_rows": COUNTS,
    "ui.pages.planner.liveability:_offer_list": RELEASED_WORDS | COUNTS,
    "ui.pages.resident.children.card:show_card": OWN,
    "ui.pages.resident.thank_you:_picture": OWN,
    "ui.pages.second_factor:_codes": frozenset(),
    "ui.pages.workshop.downloads:downloads": RELEASED_WORDS | COUNTS,
    "ui.pages.workshop.prepare:_pack": frozenset(),
    "ui.pages.workshop.voting:page": RELEASED_WORDS | COUNTS,
}
COMMANDS = {
    "cli.admin:admin": frozenset(),
    "cli.admin:backup": LOGGED,
    "cli.admin:copy": frozenset(),
    "cli.admin:list_projects": frozenset(),
    "cli.admin:merge": frozenset(),
    "cli.admin:restore": frozenset(),
    "cli.admin:retention": frozenset(),
    "cli.admin:unlock": frozenset(),
    "cli.admin:verify": frozenset(),
    "cli.analysis:compare": frozenset(),
    "cli.analysis:consensus": frozenset(),
    "cli.custom_layers:list_or_change": frozenset(),
    "cli.demo:load": frozenset({"study.demo_project:load_demo"}),
    "cli.doctor:doctor": frozenset(),
    "cli.export:archive": RELEASED_WORDS,
    "cli.export:export": LOGGED,
    "cli.export:publish": frozenset(),
    "cli.export:report": frozenset(),
    "cli.ingest:fetch": frozenset(),
    "cli.ingest:import_command": frozenset(),
    "cli.ingest:sources": frozenset(),
    "cli.offline_kit:box": frozenset(),
    "cli.offline_kit:home": frozenset(),
    "cli.offline_kit:open_folder": frozenset(),
    "cli.offline_kit:pack": frozenset(),
    "cli.serve:serve": frozenset(),
    "cli.tickets:tickets": frozenset(),
}
SCREENS = {
    "draw": ("ui.pages.resident.page:page", OWN | OWN_CARDS),
    "board": ("ui.pages.board.public:page", RELEASED_WORDS | OWN | OWN_CARDS),
    "join": ("ui.pages.workshop.participant:join", RELEASED_WORDS | COUNTS),
    "vote": ("ui.pages.workshop.phone:vote", RELEASED_WORDS | COUNTS),
    "thanks": ("ui.pages.workshop.participant:thanks", RELEASED_WORDS | COUNTS),
    "privacy": ("ui.pages.privacy:page", frozenset()),
    "sources": ("ui.pages.sources:page", frozenset()),
    "budget": ("ui.pages.budget.public:page", frozenset()),
    "accessibility": ("ui.pages.accessibility:page", frozenset()),
    "sign_in": ("ui.pages.sign_in:page", frozenset()),
    "live_screen": ("ui.pages.workshop.live_screen:page", COUNTS),
    "story": ("ui.pages.workshop.story:page", RELEASED_WORDS | COUNTS),
    "voting": ("ui.pages.workshop.voting:page", RELEASED_WORDS | COUNTS),
}
"""Pages that everybody may open, and those before a room."""

ON_A_DESK = {
    "compare",
    "panel",
    "meeting",
    "partner",
    "prepare",
    "paper",
    "import_file",
    "administration",
    "budget_desk",
    "own_questions",
}
"""Pages for who works with the drawings: on screen, in a role, single items behind a switch that is logged."""

ROUTES = {
    "/healthz": frozenset(),
    "/readyz": frozenset(),
    "/metrics": frozenset(),
    "/service-worker.js": frozenset(),
    "/away.html": frozenset(),
    "/geo/made/{name}": frozenset(),
    "/geo/{municipality}/{name}": frozenset(),
    "/assets/vendor/{file:path}": frozenset(),
    "/assets/{version}/{file:path}": frozenset(),
    "/geo/tiles/{zoom}/{column}/{row}": frozenset(),
    "/geo/{rest:path}": frozenset(),
    "/assets/{rest:path}": frozenset(),
    "/api/sessie": frozenset(),
    "/api/contributions/{id}": OWN,
    "/api/features/{project}": frozenset(),
    "/api/features/{project}/": frozenset(),
    "/api/features/{project}/openapi": frozenset(),
    "/api/features/{project}/conformance": frozenset(),
    "/api/features/{project}/collections": frozenset(),
    "/api/features/{project}/collections/{collection}": frozenset(),
    "/api/features/{project}/collections/{collection}/items": frozenset(),
    "/api/features/{project}/collections/{collection}/items/{item}": frozenset(),
    "/api/{rest:path}": frozenset(),
}


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return CallGraph()


def mentions(graph: CallGraph, attribute: str) -> Iterator[str]:
    for module, nodes in graph.defined.items():
        for name, node in nodes.items():
            if any(isinstance(one, ast.Attribute) and one.attr == attribute for one in ast.walk(node)):
                yield f"{module}:{name}"


def commands(graph: CallGraph) -> Iterator[str]:
    for module, nodes in graph.defined.items():
        for name, node in nodes.items():
            decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            if module.startswith("cli.") and any("command" in ast.dump(one) for one in decorators):
                yield f"{module}:{name}"


def test_every_door_is_in_the_list(graph: CallGraph) -> None:
    """A download, command, page or address that is not here may not exist."""
    assert set(mentions(graph, "download_button")) <= set(DOWNLOADS)
    assert set(commands(graph)) == set(COMMANDS)
    assert {one.page for one in PERMISSIONS} == set(SCREENS) | ON_A_DESK
    assert {one.page for one in PERMISSIONS if (one.action, one.least) == ("see", "resident")} <= set(SCREENS)
    from ui.server import endpoints  # noqa: PLC0415  # it loads the whole of the server

    assert {str(getattr(route, "path", "")) for route in endpoints.ROUTES} == set(ROUTES)
    assert {*DOWNLOADS, *COMMANDS, *(node for node, _ in SCREENS.values())} <= set(graph.edges)


DOORS = {**DOWNLOADS, **COMMANDS, **dict(SCREENS.values())}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_door_hands_out_editions_only(graph: CallGraph, door: str) -> None:
    way = graph.reach(door, stop=BUILDERS | JOBS | DOORS[door])
    assert not way, " -> ".join(way)


def test_the_server_hands_out_editions_only(graph: CallGraph) -> None:
    gates = frozenset[str]().union(*ROUTES.values())
    way = graph.reach("ui.server.endpoints:ROUTES", stop=BUILDERS | JOBS | gates)
    assert not way, " -> ".join(way)


def test_what_is_read_of_an_edition_never_saw_a_drawing(graph: CallGraph) -> None:
    """Reports and files take a publication, pages of an evening a view of its edition."""
    files = ("files.geopackage", "files.geopackage_schema", "files.package")
    metadata = ("metadata.dataset", "metadata.dcat", "metadata.iso19139")
    for module in ("publication", "report_text", "xlsx", "shared_area", "dictionary", *files, *metadata):
        for name in graph.defined[f"study.publishing.{module}"]:
            assert not graph.reach(f"study.publishing.{module}:{name}"), (module, name)
    for module in ("publishing.sessions.reading", "publishing.sessions.parts", "workshop.story"):
        for name in graph.defined[f"study.{module}"]:
            assert not graph.reach(f"study.{module}:{name}"), (module, name)


def test_nothing_made_of_drawings_is_kept_but_under_all_its_inputs(graph: CallGraph) -> None:
    """A cache of its own would outlive a withdrawal, or answer for other official data."""
    for module, nodes in graph.defined.items():
        for name, node in nodes.items():
            if isinstance(node, ast.FunctionDef):
                kept = [ast.dump(one) for one in node.decorator_list]
                if any("lru_cache" in one or "id='cache'" in one for one in kept):
                    way = graph.reach(f"{module}:{name}")
                    assert not way, " -> ".join(way)


def test_the_walk_sees_a_way_that_is_there(graph: CallGraph) -> None:
    """The planner's page shows live tables: from there the drawings are reached, also through a table."""
    way = graph.reach("ui.pages.planner.page:page")
    assert way[0] == "ui.pages.planner.page:page"
    assert way[-1] == "drawings"
    assert graph.reach("study.publishing.editions:publish")
    assert graph.reach("cli.export:export")
