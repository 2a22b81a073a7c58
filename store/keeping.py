"""Keeping it all safe: checking, backing up, restoring, moving house, merging, and erasing in time."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely

from geo.errors import (
    BackupBroken,
    InputRefused,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNotEmpty,
    StoreReadOnly,
)
from store import contributions, geopackage, rows, schema, secret
from store.contributions import RD_CODE, Parcel
from store.engine import Engine, Transaction
from store.records import Erased, Moved, Soundness
from store.sqlite import SqliteEngine, header_is_sound

_BLOCK = 1000
_AUDIT_KEPT = timedelta(days=730)
_MERGED_AS_THEY_ARE = ("proposal", "flag", "decision", "audit", "dot")
_COUNTED = {
    "contributions": ("contribution",),
    "sketches": ("sketch", "sketch_elsewhere"),
    "places": ("place", "place_elsewhere"),
    "signals": ("signal",),
}
_DRAWING_VIEW = """CREATE VIEW drawing{tail} AS SELECT s.fid AS fid, s.geom AS geom, c.id AS sketch_id,
    c.project, c.session, c.workshop_group, c.mode, c.practice, c.created, c.area_name, c.edge, c.answers,
    c.view_start_width_m, c.view_screen, c.view_input, c.view_duration_s, c.view_saw_borders
    FROM sketch{tail} s JOIN contribution c ON c.id = s.contribution"""


# --- checking


def verify(engine: Engine) -> Soundness:
    """Look at every page and every row.

    Raises
    ------
    StoreDamaged
        When the file is not whole, or a contribution lacks its drawing.
    """
    wrong = engine.check()
    if wrong:
        raise StoreDamaged(where=engine.where, why=wrong)
    with engine.read() as tx:
        counts = {
            what: sum(tx.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)
            for what, tables in _COUNTED.items()
        }
        if counts["sketches"] != counts["contributions"]:
            raise StoreDamaged(where=engine.where, why="contributions without a drawing")
        altered = tuple(
            filed
            for filed, digest in tx.rows("SELECT id, digest FROM contribution ORDER BY id")
            if _digest(tx, engine, filed) != digest
        )
    return Soundness(**counts, altered=altered)


def _digest(tx: Transaction, engine: Engine, filed: str) -> str:
    """Give the digest of what is stored now; "" when it can no longer be read at all."""
    try:
        return _parcel(tx, engine, filed).digest
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return ""


def _parcel(tx: Transaction, engine: Engine, filed: str) -> Parcel:
    told = contributions.told(tx, engine, filed)
    return Parcel(told.contribution, told.places, told.signals)


# --- copying


def _blocks(tx: Transaction, table: schema.Table) -> Iterator[list[tuple[Any, ...]]]:
    names = ", ".join(table.names)
    if table.columns[0][0] != "fid":
        yield tx.rows(f"SELECT {names} FROM {table.name}")
        return
    last = -1
    while True:
        found = tx.rows(
            f"SELECT fid, {names} FROM {table.name} WHERE fid > ? ORDER BY fid LIMIT {_BLOCK}", (last,)
        )
        if not found:
            return
        last = found[-1][0]
        yield [row[1:] for row in found]


def _pour(source: Transaction, here: Engine, target: Transaction, there: Engine) -> int:
    """Copy every row of every table; shapes change their wrapping, not a bit of their contents."""
    taken = 0
    for table in schema.TABLES:
        if table.name == "tries":
            continue
        marks = ", ".join("?" * len(table.names))
        for block in _blocks(source, table):
            for row in _rewrapped(block, table, here, there) if table.geometry else block:
                if table.name == "setting" and row[0] == "schema":
                    continue
                target.run(f"INSERT INTO {table.name} ({', '.join(table.names)}) VALUES ({marks})", row)
            taken += len(block) if table.name == "contribution" else 0
    return taken


def _rewrapped(
    block: list[tuple[Any, ...]], table: schema.Table, here: Engine, there: Engine
) -> Iterator[tuple[Any, ...]]:
    shapes = here.from_columns([row[-1] for row in block])
    for row, shape in zip(block, shapes, strict=True):
        yield (*row[:-1], there.to_column(shape, elsewhere=table.elsewhere))


def _emptied(tx: Transaction) -> None:
    for table in reversed(schema.TABLES):
        tx.run(f"DELETE FROM {table.name}" + (" WHERE key <> 'schema'" if table.name == "setting" else ""))


def copy(source: Engine, target: Engine) -> Moved:
    """Move house: everything of one store into an empty other one, checked row by row afterwards.

    Raises
    ------
    StoreNotEmpty, StoreDamaged
    """
    with source.read() as old, target.write() as new:
        n = new.rows("SELECT count(*) FROM contribution")[0][0]
        if n:
            raise StoreNotEmpty(where=target.where, n=n)
        _emptied(new)
        taken = _pour(old, source, new, target)
    found = verify(target)
    if found.contributions != taken or found.altered:
        raise StoreDamaged(where=target.where, why="copy differs")
    return Moved(taken)


# --- backups


def backup(engine: Engine, path: Path) -> Soundness:
    """Write one moment of the store to a new file; it gets its name only when it is whole and checked."""
    with _new_file(path) as partial:
        if not engine.snapshot(partial):
            _written_by_row(engine, partial)
        return _checked(partial)


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    if path.exists():
        raise StoreNotEmpty(where=path.name, n=0)
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.chmod(0o600)
        partial.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise (StoreFull if error.errno in {27, 28} else StoreReadOnly)(where=path.name) from error
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):  # the error that brought us here tells more
                partial.with_name(partial.name + rest).unlink(missing_ok=True)


def _written_by_row(engine: Engine, partial: Path) -> None:
    target = SqliteEngine(partial, patience_s=5)
    try:
        with engine.read() as old, target.write() as new:
            _emptied(new)
            _pour(old, engine, new, target)
        target.fold()
    finally:
        target.close()


def _checked(path: Path) -> Soundness:
    """Open a backup, without writing in it, and look at every row.

    Raises
    ------
    BackupBroken
    """
    if not path.is_file() or not header_is_sound(path):
        raise BackupBroken(where=path.name, why="not a whole file")
    try:
        engine = SqliteEngine(path, patience_s=5, read_only=True)
        try:
            found = verify(engine)
        finally:
            engine.close()
    except StoreError as error:
        raise BackupBroken(where=path.name, why=str(error.facts.get("why", error))) from error
    if found.altered:
        raise BackupBroken(where=path.name, why="altered rows")
    return found


def nightly(engine: Engine, folder: Path, today: date, keep: int) -> Path:
    """Write today's backup, once a day; remove those beyond the last `keep`."""
    path = folder / f"buurt-{today.isoformat()}.gpkg"
    if not path.exists():
        backup(engine, path)
    for old in sorted(folder.glob("buurt-????-??-??.gpkg"))[:-keep]:
        old.unlink()
    return path


def restore(path: Path, engine: Engine, *, replace: bool) -> Moved:
    """Put a backup back, in one transaction; what was erased since the backup stays erased.

    Raises
    ------
    BackupBroken
        The backup is not whole; nothing was done.
    StoreNotEmpty
        There are drawings, and `replace` is not set.
    """
    _checked(path)
    source = SqliteEngine(path, patience_s=5, read_only=True)
    try:
        with source.read() as old, engine.write() as new:
            n = new.rows("SELECT count(*) FROM contribution")[0][0]
            if n and not replace:
                raise StoreNotEmpty(where=engine.where, n=n)
            gone = new.rows("SELECT contribution, project, reason FROM erased")
            _emptied(new)
            taken = _pour(old, source, new, engine)
            withdrawn = sum(_gone_again(new, *one) for one in gone)
            for (project,) in new.rows("SELECT id FROM project"):
                contributions.touch(new, project)
    finally:
        source.close()
    engine.scrub(thoroughly=True)
    return Moved(taken - withdrawn, withdrawn=withdrawn)


def _gone_again(tx: Transaction, filed: str, project: str, reason: str) -> bool:
    here = bool(tx.rows("SELECT 1 FROM contribution WHERE id = ?", (filed,)))
    contributions.erase(tx, filed, project, reason=reason)
    return here


def export_raw(engine: Engine, path: Path) -> Soundness:
    """Write a GeoPackage of everything but hashes and counters, with extents and a layer to look at."""
    with _new_file(path) as partial:
        if not engine.snapshot(partial):
            _written_by_row(engine, partial)
        found = _checked(partial)
        connection = sqlite3.connect(partial, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = OFF")
            for table in reversed(schema.TABLES):
                if table.secret:
                    connection.execute(f"DROP TABLE {table.name}")
            for tail, srs in (("", geopackage.RD_SRS), ("_elsewhere", geopackage.ELSEWHERE)):
                connection.execute(_DRAWING_VIEW.format(tail=tail))
                geopackage.register_view(connection, f"drawing{tail}", srs, "Drawings with what was answered")
            geopackage.stamp(connection, _extents(connection))
            connection.execute("VACUUM")
        finally:
            connection.close()
    return found


def _extents(connection: sqlite3.Connection) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for (name,) in connection.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
        shapes = [geopackage.wkb(row[0]) for row in connection.execute(f"SELECT geom FROM {name}")]
        if shapes:
            west, south, east, north = shapely.total_bounds(shapely.from_wkb(shapes)).tolist()
            found[name] = (west, south, east, north)
    return found


# --- the workshop box comes home


def merge(engine: Engine, path: Path) -> Moved:
    """Take in another store's file, in one transaction; the file itself is left as it is.

    Raises
    ------
    BackupBroken
        The file is not a whole store; nothing was taken.
    """
    with tempfile.TemporaryDirectory(prefix="buurt-merge-") as folder:
        source = _opened_copy(path, Path(folder))
        try:
            found = verify(source)
            if found.altered:
                raise BackupBroken(where=path.name, why="altered rows")
            with source.read() as box, engine.write() as office:
                return _merged(box, source, office, engine)
        except StoreDamaged as error:
            raise BackupBroken(where=path.name, why=error.facts["why"]) from error
        finally:
            source.close()


def _opened_copy(path: Path, folder: Path) -> SqliteEngine:
    try:
        for rest in ("", "-wal"):
            part = path.with_name(path.name + rest)
            if part.exists() or not rest:
                shutil.copyfile(part, folder / f"box.gpkg{rest}")
        if not (folder / "box.gpkg-wal").exists() and not header_is_sound(folder / "box.gpkg"):
            raise BackupBroken(where=path.name, why="not a whole file")
        return SqliteEngine(folder / "box.gpkg", patience_s=5)
    except OSError as error:
        raise BackupBroken(where=path.name, why="cannot be read") from error
    except StoreDamaged as error:
        raise BackupBroken(where=path.name, why=error.facts["why"]) from error


def _merged(box: Transaction, source: Engine, office: Transaction, engine: Engine) -> Moved:
    count = dict.fromkeys(("taken", "known", "updated", "withdrawn"), 0)
    conflicts: list[str] = []
    for row in box.rows(f"SELECT {rows.PROJECT} FROM project"):
        _merge_project(office, row)
    _merge_sessions(box, office)
    for filed, project, reason in box.rows("SELECT contribution, project, reason FROM erased"):
        count["withdrawn"] += _gone_again(office, filed, project, reason)
    for filed, project, stored_on, version, digest in box.rows(
        "SELECT id, project, stored_on, version, digest FROM contribution ORDER BY id"
    ):
        if office.rows("SELECT 1 FROM erased WHERE contribution = ?", (filed,)):
            continue
        here = office.rows("SELECT version, digest FROM contribution WHERE id = ?", (filed,))
        elsewhere = office.rows("SELECT crs FROM project WHERE id = ?", (project,))[0][0] != RD_CODE
        if here and (here[0][1] == digest or here[0][0] > version):
            count["known"] += 1
        elif here and here[0][0] == version:
            conflicts.append(filed)
        elif here:
            parcel = _parcel(box, source, filed)
            contributions.replaced(office, engine, filed, parcel, elsewhere=elsewhere, version=version)
            count["updated"] += 1
        else:
            parcel = _parcel(box, source, filed)
            contributions.write(
                office,
                engine,
                filed,
                parcel,
                elsewhere=elsewhere,
                stored_on=date.fromisoformat(stored_on),
                version=version,
            )
            for (code_hash,) in box.rows(
                "SELECT code_hash FROM withdrawal_code WHERE contribution = ?", (filed,)
            ):
                office.run("INSERT INTO withdrawal_code VALUES (?, ?)", (filed, code_hash))
            count["taken"] += 1
    _merge_rest(box, office)
    for (project,) in box.rows("SELECT id FROM project"):
        contributions.touch(office, project)
    return Moved(**count, conflicts=tuple(conflicts))


def _merge_project(office: Transaction, row: tuple[Any, ...]) -> None:
    project = rows.project(row)
    here = office.lock_project(project.id)
    if here is None:
        office.run(
            f"INSERT INTO project ({rows.PROJECT}, revision) VALUES ({', '.join('?' * 17)})", (*row, "")
        )
    elif here[0] != project.crs:
        raise InputRefused(field="crs", reason="planes_differ")


def _merge_sessions(box: Transaction, office: Transaction) -> None:
    for row in box.rows(f"SELECT {rows.SESSION} FROM session"):
        if office.rows("SELECT 1 FROM session WHERE id = ?", (row[0],)):
            continue
        code = row[2]
        while office.rows("SELECT 1 FROM session WHERE code = ?", (code,)):
            code = secret.join_code()  # two evenings chose the same six characters; this one is over
        office.run(
            f"INSERT INTO session ({rows.SESSION}) VALUES ({', '.join('?' * 13)})", (*row[:2], code, *row[3:])
        )
        for link in box.rows("SELECT session, secret_hash FROM session_link WHERE session = ?", (row[0],)):
            office.run("INSERT INTO session_link VALUES (?, ?)", link)


def _merge_rest(box: Transaction, office: Transaction) -> None:
    tables = {table.name: table for table in schema.TABLES}
    for name in _MERGED_AS_THEY_ARE:
        names = ", ".join(tables[name].names)
        marks = ", ".join("?" * len(tables[name].names))
        for row in box.rows(f"SELECT {names} FROM {name}"):
            office.run(f"INSERT INTO {name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING", row)
    for row in box.rows(
        "SELECT id, project, contribution, session, seq, kind, theme, words, status FROM signal"
        " WHERE contribution IS NULL"
    ):
        office.run(
            "INSERT INTO signal (id, project, contribution, session, seq, kind, theme, words, status)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            row,
        )
    editions = ", ".join(tables["edition"].names)
    for row in box.rows(f"SELECT {editions} FROM edition"):
        if office.run(
            f"INSERT INTO edition ({editions}) VALUES ({', '.join('?' * 10)}) ON CONFLICT DO NOTHING", row
        ):
            for part in box.rows(
                "SELECT edition, name, contents FROM edition_part WHERE edition = ?", row[:1]
            ):
                office.run("INSERT INTO edition_part (edition, name, contents) VALUES (?, ?, ?)", part)
            for member in box.rows(
                "SELECT edition, contribution, version FROM edition_member WHERE edition = ?", row[:1]
            ):
                office.run("INSERT INTO edition_member VALUES (?, ?, ?)", member)


# --- erasing in time


def retention(engine: Engine, today: date) -> Erased:
    """Erase what residents told in projects past their date; editions, which show nobody, stay."""
    with engine.write() as tx:
        past = [
            row[0]
            for row in tx.rows(
                "SELECT DISTINCT p.id FROM project p WHERE p.retention_until < ? AND ("
                "EXISTS (SELECT 1 FROM contribution c WHERE c.project = p.id)"
                " OR EXISTS (SELECT 1 FROM signal s WHERE s.project = p.id)) ORDER BY p.id",
                (today.isoformat(),),
            )
        ]
        counts = [_erase_project(tx, project) for project in past]
        tx.run("DELETE FROM audit WHERE day < ?", ((today - _AUDIT_KEPT).isoformat(),))
    return Erased(
        tuple(past), sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)
    )


def _erase_project(tx: Transaction, project: str) -> tuple[int, int, int]:
    contributions.locked(tx, project)
    mine = "contribution IN (SELECT id FROM contribution WHERE project = ?)"
    places = sum(tx.run(f"DELETE FROM {t} WHERE {mine}", (project,)) for t in ("place", "place_elsewhere"))
    for table in ("sketch", "sketch_elsewhere", "withdrawal_code"):
        tx.run(f"DELETE FROM {table} WHERE {mine}", (project,))
    signals = tx.run("DELETE FROM signal WHERE project = ?", (project,))
    for table in ("flag", "decision"):
        tx.run(f"DELETE FROM {table} WHERE project = ?", (project,))
    for table in ("dot", "proposal"):
        tx.run(f"DELETE FROM {table} WHERE session IN (SELECT id FROM session WHERE project = ?)", (project,))
    tx.run(
        "DELETE FROM edition_member WHERE edition IN (SELECT id FROM edition WHERE project = ?)", (project,)
    )
    tx.run(
        "INSERT INTO erased SELECT id, project, 'retention' FROM contribution WHERE project = ?"
        " ON CONFLICT DO NOTHING",
        (project,),
    )
    n = tx.run("DELETE FROM contribution WHERE project = ?", (project,))
    contributions.touch(tx, project)
    return n, places, signals
