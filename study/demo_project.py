"""The demo municipality as a project: its invented residents are stored like real ones."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

import settings
from geo.sketches.cleaning import clean_sketches
from layers.cache import Manifest, available_layers, read_layer
from store import Actor, Contribution, HomeFacts, Place, Project, Signal, Store, ViewFacts, WorkshopSession
from study import context
from study.context import DEMO_PROJECT
from study.contributions import questionnaire

PROJECT = DEMO_PROJECT
MUNICIPALITY = "GM9901"
MAKER = Actor("administrator", account="demo")
FOREVER = date(2099, 12, 31)
"""Invented residents have no date after which they must be forgotten."""

NUMBERS = (
    "certainty", "know_little", "get_along", "help", "at_home", "bonding", "bridging", "control",
    "clean", "intact", "safe", "influence",
)  # fmt: skip
CHOICES = ("age", "years", "travel")


def load_open_demo() -> None:
    """Load the demo project into the store of this process, unless it is there, switched off or without its data.

    A data folder of one's own need not hold the made-up town; only who asks for it by `BUURT_EXAMPLE` must have it.
    """
    is_asked_for = settings.current().example == "on"
    if context.is_example_open() and (is_asked_for or available_layers(MUNICIPALITY)):
        load_demo(context.get_store())


def load_demo(store: Store) -> None:
    """Load the demo project into a store that lacks it, all of it or nothing; what is there already stays.

    A load that was killed before its one transaction ended has left no contribution, and the next one does
    the whole again.
    """
    if any(known.id == PROJECT for known in store.projects.list_all()) and len(
        store.contributions.read_sketches(PROJECT)
    ):
        return
    manifest = Manifest.read(MUNICIPALITY)
    store.projects.save(
        Project(
            PROJECT,
            manifest.name,
            MUNICIPALITY,
            FOREVER,
            asked_by=f"Gemeente {manifest.name}",
            questions=questionnaire.question_keys(),
            is_demo=True,
        )
    )
    drawn = read_layer(MUNICIPALITY, "sketches").set_index("sketch_id")
    places = read_layer(MUNICIPALITY, "places").groupby("sketch_id")
    signals = read_layer(MUNICIPALITY, "signals").groupby("sketch_id")
    sessions = {place: _workshop_session(store, place) for place in sorted(set(drawn["session"]) - {""})}
    details = {
        _client_id(key): (_places(_of(places, key)), _signals(_of(signals, key))) for key in drawn.index
    }
    store.contributions.import_many(_contributions(drawn, sessions), details=details)


def _client_id(sketch_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{MUNICIPALITY}/{sketch_id}"))


def _contributions(drawn: gpd.GeoDataFrame, sessions: Mapping[str, str]) -> Iterator[Contribution]:
    cleaned = clean_sketches(drawn.geometry.to_numpy())
    repairs, warnings = kinds_by_position(cleaned.repairs), kinds_by_position(cleaned.warnings)
    for position, (key, row) in enumerate(zip(drawn.index, drawn.to_dict("records"), strict=True)):
        shape = cleaned.geometry[position]
        if shape is None:
            raise cleaned.refusals[position]
        yield Contribution(
            id=_client_id(key),
            project=PROJECT,
            raw_geojson=row["raw"],
            geometry=shape,
            created=date(2025, 4, 1),
            session=sessions.get(row["session"], ""),
            group=row["group"],
            repairs=repairs.get(position, ()),
            warnings=warnings.get(position, ()),
            mode=row["mode"],
            view=_view(row),
            home=HomeFacts(inside=bool(row["home_inside"]), cell=row["home_cell"]),
            answers=_answers(row),
            name=row["name"],
            edge_certainty=row["edge"],
        )


def kinds_by_position(table: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """Gather what was repaired or remarked (columns position, kind) per position.

    Examples
    --------
    >>> kinds_by_position(pd.DataFrame({"position": [3, 3, 3], "kind": ["closed", "untangled", "closed"]}))
    {3: ('closed', 'untangled')}
    """
    found: dict[int, dict[str, None]] = {}
    for position, kind in zip(table["position"].tolist(), table["kind"], strict=True):
        found.setdefault(position, {})[str(kind)] = None
    return {position: tuple(each) for position, each in found.items()}


def _workshop_session(store: Store, place: str) -> str:
    """Return the id of the session at this place; made when it is not there."""
    known = {session.place: session.id for session in store.sessions.list_all(PROJECT)}
    if place in known:
        return known[place]
    year, month = place.split("-")[-2:]
    workshop_session = WorkshopSession(PROJECT, place, date(int(year), int(month), 15), is_open=False)
    return store.sessions.create(workshop_session, by=MAKER)[0].id


def _of(groups: Any, sketch_id: str) -> list[dict[str, Any]]:
    if sketch_id not in groups.groups:
        return []
    return list(groups.get_group(sketch_id).to_dict("records"))


def _view(row: dict[str, Any]) -> ViewFacts:
    return ViewFacts(
        start_width_m=int(row["start_width_m"]),
        first_width_m=int(row["first_width_m"]),
        started_from="session" if row["session"] else "home",
        screen=row["screen"],
        input=row["input"],
        duration_s=int(row["duration_s"]),
    )


def _answers(row: dict[str, Any]) -> dict[str, str | int | float | tuple[str, ...]]:
    found: dict[str, str | int | float | tuple[str, ...]] = {key: int(row[key]) for key in NUMBERS}
    found.update({key: str(row[key]) for key in CHOICES})
    found["reasons"] = tuple(str(row["reasons"]).split(","))
    return found


def _places(rows: list[dict[str, Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(
            row["kind"],
            row["theme"],
            row["geometry"],
            year=None if pd.isna(row["year"]) else int(row["year"]),
            note=row["words"],
        )
        for row in rows
    )


def _signals(rows: list[dict[str, Any]]) -> tuple[Signal, ...]:
    return tuple(Signal(row["kind"], row["words"], theme=row["theme"]) for row in rows)
