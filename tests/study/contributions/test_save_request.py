"""What a browser asks to save: every field is checked before any of it costs something."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from geo.errors import BuurtError, InputRefused, InputTooLarge, UnknownProject, UnknownSession
from study.contributions.save_request import contribution_address, parse_save_request
from study.demo_project import PROJECT
from tests.support.temp_store import own_store

RING = [[5.20, 52.57], [5.21, 52.57], [5.21, 52.58], [5.20, 52.57]]
STROKE = {"tool": "lasso", "points": [[5.20, 52.57, 0], [5.21, 52.58, 40]]}


def body(**changed: Any) -> tuple[bytes, str]:
    """Return a body and the id in its address."""
    key = str(uuid.uuid4())
    request = {
        "version": 1,
        "key": key,
        "project": PROJECT,
        "geometry": {"type": "Polygon", "coordinates": [RING]},
        "strokes": [STROKE],
        "tool": "lasso",
        "seconds": 12,
        "first_width_m": 1500,
        "start_width_m": 1500,
        "screen": "phone",
        "input": "touch",
        "shown": ["ground"],
        "width_arm": "",
        "started_from": "home",
        "language": "en",
        "device": "d" + key,
        "home": [155_000.0, 463_000.0],
        "session": "",
        "group": "",
        "practice": False,
        "helped_by": "",
        "code": "",
        **changed,
    }
    return json.dumps(request, separators=(",", ":")).encode(), contribution_address(str(request["key"]))


@pytest.fixture(scope="module", autouse=True)
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with own_store(tmp_path_factory.mktemp("store")):
        yield


def test_every_field_arrives() -> None:
    found = parse_save_request(*body(shown=["ground", "areas-buurt"]))
    assert (found.project, found.language, found.code) == (PROJECT, "en", "")
    assert found.home is not None
    assert (found.home.x, found.home.y) == (155_000.0, 463_000.0)
    assert (found.sent.seconds, found.sent.first_width_m, found.sent.saw_borders) == (12, 1500, True)
    assert found.sent.strokes == (STROKE,)
    assert found.sent.started_from == "home"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"key": "x" * 90}, "key"),
        ({"key": ["a"]}, "key"),
        ({"version": 2}, "key"),
        ({"geometry": "x"}, "geometry"),
        ({"geometry": None}, "geometry"),
        ({"strokes": 5}, "strokes"),
        ({"strokes": ["x"]}, "strokes"),
        ({"strokes": None}, "strokes"),
        ({"strokes": [STROKE] * 201}, "strokes"),
        ({"strokes": [{"tool": "pencil", "points": []}]}, "strokes"),
        ({"strokes": [{"tool": "lasso", "points": [[1, 2]]}]}, "strokes"),
        ({"strokes": [{"tool": "lasso", "points": [[1, 2, "x"]]}]}, "strokes"),
        ({"strokes": [{"tool": "lasso", "points": [[5, 52, n] for n in range(20_001)]}]}, "strokes"),
        ({"strokes": [{"tool": "vague", "points": [], "reach_m": True}]}, "strokes"),
        ({"tool": "pencil"}, "tool"),
        ({"width_arm": "huge"}, "width_arm"),
        ({"home": [1]}, "home"),
        ({"home": "here"}, "home"),
        ({"language": 5}, "language"),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises((InputRefused, InputTooLarge)) as refused:
        parse_save_request(*body(**changed))
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b'{"key": NaN}', b"[" * 100_000])
def test_what_is_no_record_is_refused(text: bytes) -> None:
    with pytest.raises(InputRefused):
        parse_save_request(text, contribution_address("x"))


def test_address_belongs_to_the_key() -> None:
    request, _ = body()
    with pytest.raises(InputRefused):
        parse_save_request(request, contribution_address(str(uuid.uuid4())))


def test_more_than_is_read_is_refused() -> None:
    request, address = body()
    with pytest.raises(InputTooLarge):
        parse_save_request(request + b" " * 300_000, address)


@pytest.mark.parametrize("nonsense", [-1, 1e9, float("1e300"), "x", True, None, [1], {"a": 1}], ids=str)
def test_drawing_is_not_lost_to_a_fact_that_cannot_be(nonsense: Any) -> None:
    found = parse_save_request(*body(seconds=nonsense, first_width_m=nonsense))
    assert (found.sent.seconds, found.sent.first_width_m) == (None, None)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"project": "nowhere"}, UnknownProject), ({"session": "nowhere"}, UnknownSession)],
)
def test_visit_is_looked_up_in_the_store(changed: dict[str, Any], refusal: type[BuurtError]) -> None:
    with pytest.raises(refusal):
        parse_save_request(*body(**changed))
