"""Rows, digests, codes and hashes of fixed contributions, and the tables of both engines, as in release 0.1."""

import hashlib
import hmac
import json
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
from shapely.affinity import translate

import store
from store import Actor, Contribution, HomeFacts, Place, Project, Signal, ViewFacts, WorkshopSession
from tests.golden import as_json, expected
from tests.support.postgres_cluster import Cluster

NOON_S = 1_777_896_000.0  # 4 May 2026, 12:00 UTC
DAY = date(2026, 5, 3)
POINTED = {"type": "Polygon", "coordinates": [[[5.3, 52.6], [5.31, 52.6], [5.31, 52.61], [5.3, 52.6]]]}
PLANNER = Actor("planner", account="a1")
TABLES = {"contribution": "id", "place": "contribution, seq", "signal": "contribution, seq"}
MADE_UP = ("id", "fid", "geom", "drawer")
"""Columns that are random, counted by the file, or compared as the digest."""


def contributions() -> list[tuple[Contribution, tuple[Place, ...], tuple[Signal, ...]]]:
    """Return a plain contribution, one with every field, and one from a file; in Zuiderwaard."""
    square = shapely.box(150_000.125, 520_000.25, 150_400.5, 520_400.75)
    holed = shapely.MultiPolygon(
        [shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 40, 40)), shapely.box(200, 0, 300, 70)]
    )
    every = Contribution(
        id=str(uuid.UUID(int=2, version=4)),
        project="golden",
        raw_geojson=json.dumps({"type": "Feature", "properties": {"strokes": []}, "geometry": POINTED}),
        geometry=translate(holed, 151_000.0, 521_000.0),
        created=DAY,
        group="Tafel 1",
        repairs=("untangled", "closed"),
        warnings=("very_small",),
        mode="helped",
        view=ViewFacts(2000, 1800, "wide", "home", "phone", "touch", 42, saw_borders=True),
        home=HomeFacts(inside=True, unit="BU99010101", to_centre_m=125, to_edge_m=75),
        answers={"reasons": ("green", "name"), "certainty": 4, "size": 1.5, "why": "Tegen de dijk – é"},
        name="De Driehoek",
        edge_certainty="partly",
        is_practice=True,
        helped_by="AB",
        language="en",
        question_version="2",
    )
    places = (
        Place("met", "meeting_place", shapely.Point(150_100.125, 520_100), subtype="library", note="Lezen"),
        Place("vanished", "bench", shapely.Point(150_200, 520_200), year=2019, what_was_lost="Uitzicht"),
        Place("missing", "play_area", shapely.Point(150_300, 520_300)),
    )
    signals = (
        Signal("initiative", "Samen een moestuin maken"),
        Signal("signal", "Donker bij de brug", theme="bench"),
    )
    raw = json.dumps(POINTED)
    plain = Contribution(str(uuid.UUID(int=1, version=4)), "golden", raw, square, DAY)
    filed = Contribution(
        str(uuid.UUID(int=3, version=4)), "golden", raw, square.buffer(50, 1), DAY, mode="import"
    )
    return [(plain, (), ()), (every, places, signals), (filed, (), ())]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[store.Receipt]]]:
    """Return the file of a store with the fixed contributions, and their receipts."""
    file = tmp_path_factory.mktemp("golden") / "buurt.gpkg"
    with store.open_store(f"sqlite:///{file}", clock=lambda: NOON_S) as opened:
        opened.projects.save(Project("golden", "Zuiderwaard", "GM9901", date(2026, 12, 31), is_demo=True))
        receipts = [opened.contributions.submit(*each, device="phone") for each in contributions()]
        yield file, receipts


def rows(file: Path, sql: str) -> list[dict[str, Any]]:
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def test_digests_ids_and_codes(filled: tuple[Path, list[store.Receipt]]) -> None:
    """The digest is over every value and coordinate: a byte that differs would call every old row altered."""
    file, receipts = filled
    found = {
        "receipts": [[receipt.id, receipt.code, receipt.version] for receipt in receipts],
        "digests": rows(file, "SELECT id, digest FROM contribution ORDER BY id"),
        "codes": rows(file, "SELECT contribution, code_hash FROM withdrawal_code ORDER BY contribution"),
    }
    assert as_json(found) == expected("digests")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_rows_as_they_are_stored(filled: tuple[Path, list[store.Receipt]], table: str) -> None:
    found = [
        {column: value for column, value in row.items() if column not in MADE_UP}
        for row in rows(filled[0], f"SELECT * FROM {table} ORDER BY {TABLES[table]}")
    ]
    assert as_json(found) == expected("rows")[table]


def test_hashes_of_links_and_devices(tmp_path: Path) -> None:
    """A facilitator's link and a device's votes are found again by these hashes, computed here apart."""
    file = tmp_path / "buurt.gpkg"
    with store.open_store(f"sqlite:///{file}", clock=lambda: NOON_S) as opened:
        opened.projects.save(Project("golden", "Zuiderwaard", "GM9901", date(2026, 12, 31)))
        made, link = opened.sessions.create(WorkshopSession("golden", "Buurthuis", DAY), by=PLANNER)
        name = opened.sessions.propose_name(made.id, "De Driehoek", device="phone")
        asked = opened.rounds.create(made.id, "name", subjects=[name.id], is_open=True, by=PLANNER)
        opened.rounds.change_vote(asked.id, name.id, 1, device="phone")
    salt = rows(file, "SELECT value FROM setting WHERE key = 'salt'")[0]["value"]
    assert rows(file, "SELECT secret_hash FROM session_link") == [
        {"secret_hash": hashlib.sha256(b"beleefde buurt: link\0" + link.encode()).hexdigest()}
    ]
    voter = hmac.new(salt.encode(), f"{asked.id} device phone".encode(), "sha256").hexdigest()
    assert rows(file, "SELECT voter FROM round_dot") == [{"voter": voter}]


def test_tables_of_sqlite(filled: tuple[Path, list[store.Receipt]]) -> None:
    found = rows(
        filled[0],
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'rtree%' ORDER BY name",
    )
    assert {row["name"]: row["sql"] for row in found} == expected("tables_sqlite")


def test_tables_of_postgresql() -> None:
    with Cluster.started() as cluster:
        address = cluster.database()
        store.open_store(address).close()
        with psycopg.connect(address) as connection:
            columns = connection.execute(
                "SELECT table_name, column_name, udt_name, is_nullable FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables"
                " WHERE tableowner = 'buurt' AND tablename <> 'spatial_ref_sys')"
                " ORDER BY table_name, ordinal_position"
            ).fetchall()
            indexes = connection.execute(
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " AND tablename <> 'spatial_ref_sys' ORDER BY indexname"
            ).fetchall()
    assert as_json({"columns": columns, "indexes": indexes}) == expected("tables_postgresql")


def test_name_of_a_nightly_backup(filled: tuple[Path, list[store.Receipt]], tmp_path: Path) -> None:
    with store.open_store(f"sqlite:///{filled[0]}", clock=lambda: NOON_S) as opened:
        assert opened.maintenance.write_nightly_backup(tmp_path).name == "buurt-2026-05-04.gpkg"
