"""A PostgreSQL cluster for the length of a test run: own folder, free port, ordinary user."""

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psycopg

_BIN = Path("/usr/lib/postgresql/15/bin")


class ClusterUnavailable(RuntimeError):
    """PostgreSQL 15 with PostGIS cannot be started here."""


class Cluster:
    """A running cluster that gives out empty databases."""

    def __init__(self, folder: Path, port: int, *, durable: bool) -> None:
        self.folder = folder
        self.port = port
        self.durable = durable
        self._numbers = itertools.count()

    @classmethod
    @contextlib.contextmanager
    def started(cls, *, durable: bool = False) -> Iterator[Self]:
        """Start a cluster and throw it away afterwards.

        Raises
        ------
        ClusterUnavailable
            Loudly: a test that needs the server is never skipped.
        """
        folder = Path(tempfile.mkdtemp(prefix="buurt-pg-"))
        _hand_over(folder)
        cluster = cls(folder, _free_port(), durable=durable)
        _run("initdb", "-D", str(folder / "data"), "-U", "buurt", "-A", "trust", "-E", "UTF8", "--no-locale")
        try:
            cluster.start()
            cluster._make_template()
            yield cluster
        finally:
            cluster.stop("immediate")
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        settings += (
            f" -c fsync={'on' if self.durable else 'off'}"  # off guards against everything but power cuts
        )
        if not self.durable:
            settings += " -c max_wal_size=64MB -c min_wal_size=32MB"  # its folder may be in memory
        _run(
            "pg_ctl",
            "-D",
            str(self.folder / "data"),
            "-w",
            "-o",
            settings,
            "-l",
            str(self.folder / "log"),
            "start",
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; "immediate" is as a power cut."""
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def database(self) -> str:
        """Create an empty database; give its address."""
        name = f"buurt_{next(self._numbers)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE with_postgis")
        return self.address(name)

    def drop(self, address: str) -> None:
        """Remove a database that `database` created: one takes 12 MB, and a whole run asks for hundreds."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {address.rsplit('/', 1)[1]} WITH (FORCE)")

    def _make_template(self) -> None:
        """Create PostGIS once: it takes seconds."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE with_postgis")
        with psycopg.connect(self.address("with_postgis"), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")

    def address(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://buurt@127.0.0.1:{self.port}/{database}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hand_over(folder: Path) -> None:
    """Return the folder to the ordinary user that will run the server, when we are root."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(_ordinary_user())
        os.chown(folder, user.pw_uid, user.pw_gid)


def _ordinary_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise ClusterUnavailable("no ordinary user 'postgres' or 'nobody' to run the server as")


def _run(program: str, *arguments: str) -> None:
    found = _BIN / program if (_BIN / program).exists() else shutil.which(program)
    if found is None:
        raise ClusterUnavailable(f"{program} is absent; install Debian's postgresql-15-postgis-3")
    command = [str(found), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _ordinary_user(), "--", *command]
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise ClusterUnavailable(f"{program}: {done.stderr or done.stdout}")
