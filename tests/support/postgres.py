"""A PostgreSQL for the test session: in a temporary folder, reachable by a socket in it alone, gone at the end."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from trailbook.adapters.storage import upgrade

BINARIES = "/usr/lib/postgresql"  # where Debian puts them, beside those on PATH
TEMPLATE = "migrated"


class Cluster:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def empty_database(self) -> str:
        """Make an empty database and return its address."""
        return self._make(template="template0")

    def database(self) -> str:
        """Make a database with today's schema and return its address."""
        return self._make(template=TEMPLATE)

    def make_template(self) -> None:
        """Make the migrated database that others are copied from."""
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        upgrade(self.url(TEMPLATE))

    def _make(self, *, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def find_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version first, or None."""
    on_path = shutil.which("postgres")
    found = sorted(Path(BINARIES).glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return Path(on_path).parent if on_path else found[-1].parent if found else None


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Run a server as an unprivileged user: it refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tb-pg-"))
    user = _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    data = str(folder / "data")
    # Durability is PostgreSQL's own matter; the tests want it fast.
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"], user)
        _run([binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], user)
        try:
            cluster = Cluster(folder)
            cluster.make_template()
            yield cluster
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder)


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(command: list[str | Path], user: str | None) -> None:
    identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        list(map(str, command)), cwd="/", capture_output=True, text=True, check=False, timeout=120, **identity
    )
    assert done.returncode == 0, done.stderr or done.stdout
