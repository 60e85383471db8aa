"""Engines of SQLite and PostgreSQL, and what both need around a transaction."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from trailbook.adapters.free_space import disk_full
from trailbook.domain.errors import Invalid, Unavailable

BUSY_TIMEOUT_MS = 15_000
SYNCHRONOUS = "FULL"  # an acknowledged answer survives a power cut; with NORMAL it does not, as a test shows
WRITER_LOCK = 0x747261696C  # PostgreSQL's advisory lock that writers hold in turn: "trail"
POSTGRES_DISK_FULL = "53100"
READ_ONLY = "trailbook_read_only"  # execution option of a transaction


def make_engine(url: str) -> Engine:
    """Return an engine for a database address, ``sqlite:///FILE`` or ``postgresql://…``.

    Raises
    ------
    Invalid
        ``bad_database_url``: the address is neither.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        return create_engine(address, pool_pre_ping=True)
    _make_private_file(Path(str(address.database)))
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def wait_for_writers(connection: Connection) -> None:
    """Wait until no other transaction writes, on PostgreSQL; SQLite does it itself.

    It makes the ids of events grow in the order of commits, and gives progress and leases the one order they need.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


@contextmanager
def unavailable_when_down() -> Iterator[None]:
    """Raise `Unavailable` when the database does not answer, or not in time, or its disk is full."""
    try:
        yield
    except OperationalError as error:
        if _is_full(error):
            raise disk_full() from error
        raise _does_not_answer() from error


@contextmanager
def writers_turn(lock: Lock) -> Iterator[None]:
    """Let this process's writers come one after the other; to wait in the database would be to ask again and again.

    Raises
    ------
    Unavailable
        ``database_unavailable``: those before it took too long.
    """
    if not lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
        raise _does_not_answer()
    try:
        yield
    finally:
        lock.release()


def _does_not_answer() -> Unavailable:
    return Unavailable(
        "database_unavailable", "Trailbook's database does not answer now. Nothing was changed; try again."
    )


def _is_full(error: OperationalError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", None) == POSTGRES_DISK_FULL


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    if address is not None and address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if (
        address is not None
        and address.get_backend_name() == "sqlite"
        and address.database not in (None, "", ":memory:")
    ):
        return address
    raise Invalid(
        "bad_database_url", "database_url is no address of a database. Write sqlite:///FILE or postgresql://HOST/NAME."
    )


def _make_private_file(path: Path) -> None:
    """Make an empty database file that only its owner can read; SQLite gives its other files the same mode.

    A file that is there is not even opened: to close it would drop the locks that this process's other connections
    hold on it, and another process could then take the write-ahead log from under them.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    # Python's own transaction handling begins too late and never IMMEDIATE; `_begin_sqlite` does it.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", f"synchronous={SYNCHRONOUS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; of several processes that begin at once, SQLite makes all but one come again."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the writer's turn now: a reader that turns writer later could be refused without waiting.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
