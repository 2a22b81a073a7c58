"""The shipped, made-up town as a project: its invented residents go through the same door as real ones."""

import uuid
from datetime import date
from typing import Any

import pandas as pd

from geo import sketch
from layers.cache import Lock, read_layer
from store import Actor, Contribution, HomeFacts, Place, Project, Signal, Store, ViewFacts, WorkshopSession
from study import questions

PROJECT = "demo"
TOWN = "GM9901"
MAKER = Actor("administrator", account="demo")
FOREVER = date(2099, 12, 31)
"""Invented residents have no date after which they must be forgotten."""

NUMBERS = (
    "certainty", "know_little", "get_along", "help", "at_home", "bonding", "bridging", "control",
    "clean", "intact", "safe", "influence",
)  # fmt: skip
CHOICES = ("age", "years", "travel")


def settle(door: Store) -> None:
    """Put the invented residents in a store that does not have them; what is there already stays."""
    if any(known.id == PROJECT for known in door.projects()) and len(door.sketches(PROJECT)):
        return
    lock = Lock.read(TOWN)
    door.save_project(
        Project(
            PROJECT,
            lock.name,
            TOWN,
            FOREVER,
            asked_by=f"Gemeente {lock.name}",
            questions=questions.keys(),
            is_made_up=True,
        )
    )
    drawn = read_layer(TOWN, "sketches")
    places = read_layer(TOWN, "places").groupby("sketch_id")
    signals = read_layer(TOWN, "signals").groupby("sketch_id")
    evenings = {place: _evening(door, place) for place in sorted(set(drawn["session"]) - {""})}
    cleaned = sketch.clean_many(drawn.geometry.to_numpy())
    repairs, warnings = kinds(cleaned.repairs), kinds(cleaned.warnings)
    for position, row in enumerate(drawn.to_dict("records")):
        shape = cleaned.geometry[position]
        if shape is None:
            raise cleaned.refusals[position]
        door.submit(
            Contribution(
                id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{TOWN}/{row['sketch_id']}")),
                project=PROJECT,
                raw=row["raw"],
                geometry=shape,
                created=date(2025, 4, 1),
                session=evenings.get(row["session"], ""),
                group=row["group"],
                repairs=repairs.get(position, ()),
                warnings=warnings.get(position, ()),
                mode=row["mode"],
                view=_view(row),
                home=HomeFacts(inside=bool(row["home_inside"]), cell=row["home_cell"]),
                answers=_answers(row),
                name=row["name"],
                edge=row["edge"],
            ),
            _places(_of(places, row["sketch_id"])),
            _signals(_of(signals, row["sketch_id"])),
        )


def kinds(table: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """Gather what was mended or remarked (columns position, kind) per position.

    Examples
    --------
    >>> kinds(pd.DataFrame({"position": [3, 3, 3], "kind": ["closed", "untangled", "closed"]}))
    {3: ('closed', 'untangled')}
    """
    found: dict[int, dict[str, None]] = {}
    for position, kind in zip(table["position"].tolist(), table["kind"], strict=True):
        found.setdefault(position, {})[str(kind)] = None
    return {position: tuple(each) for position, each in found.items()}


def _evening(door: Store, place: str) -> str:
    """Give the id of the evening at this place; made when it is not there."""
    known = {session.place: session.id for session in door.sessions(PROJECT)}
    if place in known:
        return known[place]
    year, month = place.split("-")[-2:]
    evening = WorkshopSession(PROJECT, place, date(int(year), int(month), 15), is_open=False)
    return door.add_session(evening, by=MAKER)[0].id


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
            words=row["words"],
        )
        for row in rows
    )


def _signals(rows: list[dict[str, Any]]) -> tuple[Signal, ...]:
    return tuple(Signal(row["kind"], row["words"], theme=row["theme"]) for row in rows)
