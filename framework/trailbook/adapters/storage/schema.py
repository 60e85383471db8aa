"""The schema: made in an empty database, refused when stale, and moved on by `upgrade`."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from trailbook.adapters.storage.database import SqlStorage
from trailbook.adapters.storage.engine import make_engine, unavailable_when_down, wait_for_writers
from trailbook.adapters.storage.tables import Base
from trailbook.domain.errors import Conflict

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "trailbook_schema"  # not alembic's own name: a hub may keep its tables in the same database


@dataclass(frozen=True)
class Upgrade:
    """What `upgrade` did; ``before`` is None for an empty database, ``copy`` the copied SQLite file if one was made."""

    before: str | None
    after: str
    copy: Path | None


def open_storage(url: str) -> SqlStorage:
    """Return the database at an address, after making the schema in an empty one.

    Raises
    ------
    Conflict
        ``schema_outdated``, ``schema_newer`` or ``foreign_tables``: the schema is not this Trailbook's.
    Invalid
        ``bad_database_url``
    """
    engine = make_engine(url)
    try:
        with unavailable_when_down(), engine.begin() as connection:
            wait_for_writers(connection)
            current = _current(connection)
            if current is None:
                _refuse_foreign_tables(connection)
                _migrate(connection)
            elif current != newest():
                raise _other_schema(current)
    except BaseException:
        engine.dispose()
        raise
    return SqlStorage(engine)


def upgrade(url: str) -> Upgrade:
    """Move a database to this Trailbook's schema; an SQLite file is copied first. Safe to repeat.

    Raises
    ------
    Conflict
        ``schema_newer`` or ``foreign_tables``
    Invalid
        ``bad_database_url``
    """
    engine = make_engine(url)
    try:
        with unavailable_when_down(), engine.begin() as connection:
            wait_for_writers(connection)
            before = _current(connection)
            if before == newest():
                return Upgrade(before, newest(), None)
            copy = None
            if before is None:
                _refuse_foreign_tables(connection)
            elif before not in _revisions():
                raise _other_schema(before)
            elif engine.url.database and engine.dialect.name == "sqlite":
                copy = _copy(Path(engine.url.database), before)
            _migrate(connection)
            return Upgrade(before, newest(), copy)
    finally:
        engine.dispose()


def read_schema(url: str) -> str | None:
    """Return the schema revision of a database, None for an empty one; nothing is made or moved.

    Raises
    ------
    Conflict
        ``schema_outdated`` or ``schema_newer``
    Invalid
        ``bad_database_url``
    """
    engine = make_engine(url)
    try:
        with unavailable_when_down(), engine.connect() as connection:
            current = _current(connection)
            if current not in (None, newest()):
                raise _other_schema(str(current))
            return current
    finally:
        engine.dispose()


def newest() -> str:
    """Return the schema revision this Trailbook works with."""
    return str(_scripts().get_current_head())


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _revisions() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _refuse_foreign_tables(connection: Connection) -> None:
    clashing = sorted(set(inspect(connection).get_table_names()) & set(Base.metadata.tables))
    if clashing:
        raise Conflict(
            "foreign_tables",
            f"The database has a table {clashing[0]!r} that is not Trailbook's. Give Trailbook a database of its own.",
            tables=clashing,
        )


def _other_schema(current: str) -> Conflict:
    if current in _revisions():
        return Conflict(
            "schema_outdated",
            f"The database has schema {current}; this Trailbook needs {newest()}. Run `trailbook db upgrade`.",
            current=current,
            needed=newest(),
        )
    return Conflict(
        "schema_newer",
        f"The database has schema {current}, which this Trailbook does not know. Install the Trailbook that made it.",
        current=current,
        needed=newest(),
    )


def _copy(database: Path, revision: str) -> Path:
    """Copy an SQLite database, with what its write-ahead log holds, beside it."""
    number, target = 1, database.with_name(f"{database.name}.before-{revision}")
    while target.exists():
        number += 1
        target = database.with_name(f"{database.name}.before-{revision}-{number}")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target
