"""The schema: made, refused when it is another, and moved on with a copy kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from support.courses import course, key, lesson, store_course

from trailbook.adapters.storage import Upgrade, open_storage, upgrade
from trailbook.adapters.storage.engine import make_engine
from trailbook.adapters.storage.schema import VERSION_TABLE, newest
from trailbook.adapters.storage.tables import Base
from trailbook.domain.errors import Conflict, Unavailable

NEXT = "9999"


def execute(url: str, statement: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def tables_of(url: str) -> set[str]:
    engine = make_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def copies_in(url: str) -> list[Path]:
    return sorted(Path(url.removeprefix("sqlite:///")).parent.glob("*.before-*")) if url.startswith("sqlite") else []


def refused(act: Callable[[str], object], url: str) -> Conflict:
    with pytest.raises(Conflict) as refusal:
        act(url)
    return refusal.value


def test_migrations_make_the_tables_the_code_uses(url: str) -> None:
    upgrade(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_upgrade_of_an_empty_database_makes_it_usable(url: str) -> None:
    assert upgrade(url) == Upgrade(None, newest(), None)
    storage = open_storage(url)
    store_course(storage)
    storage.close()


def test_upgrade_again_changes_nothing(url: str) -> None:
    upgrade(url)
    assert upgrade(url) == Upgrade(newest(), newest(), None)
    assert copies_in(url) == []


def test_open_makes_the_schema_in_an_empty_database(url: str) -> None:
    open_storage(url).close()
    assert upgrade(url) == Upgrade(newest(), newest(), None)


def test_stale_schema_is_refused_with_the_command_that_upgrades_it(
    url: str, next_trailbook: Callable[[], None]
) -> None:
    upgrade(url)
    current = newest()
    next_trailbook()
    refusal = refused(open_storage, url)
    assert (refusal.code, refusal.details) == ("schema_outdated", {"current": current, "needed": NEXT})
    assert "trailbook db upgrade" in refusal.message


def test_newer_schema_is_refused_and_left_alone(url: str) -> None:
    upgrade(url)
    execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '{NEXT}'")
    for act in (open_storage, upgrade):
        refusal = refused(act, url)
        assert (refusal.code, refusal.details) == ("schema_newer", {"current": NEXT, "needed": newest()})
    assert copies_in(url) == []


def test_tables_of_another_program_are_refused_and_left_alone(url: str) -> None:
    execute(url, "CREATE TABLE events (id INTEGER)")
    for act in (open_storage, upgrade):
        refusal = refused(act, url)
        assert (refusal.code, refusal.details) == ("foreign_tables", {"tables": ["events"]})
    assert tables_of(url) - {VERSION_TABLE} == {"events"}


def test_unrelated_tables_may_stay_beside_ours(url: str) -> None:
    execute(url, "CREATE TABLE alembic_version (version_num TEXT)")  # a hub's, say
    open_storage(url).close()
    assert set(Base.metadata.tables) < tables_of(url)


def test_upgrade_moves_the_data_on_and_keeps_a_copy(url: str, next_trailbook: Callable[[], None]) -> None:
    storage = open_storage(url)  # still open: what is in the write-ahead log must be in the copy
    store_course(storage)
    current = newest()
    next_trailbook()
    done = upgrade(url)
    storage.close()
    copies = copies_in(url)
    assert done == Upgrade(current, NEXT, copies[0] if copies else None)
    assert upgrade(url) == Upgrade(NEXT, NEXT, None)
    again = open_storage(url)
    with again(read_only=True) as work:
        assert work.courses.all() == [course(lesson("one"))]
        assert work.versions.find_latest("course", key("one")) is not None
    again.close()


def test_copy_is_the_database_before_the_upgrade(tmp_path: Path, next_trailbook: Callable[[], None]) -> None:
    url = f"sqlite:///{tmp_path / 'trailbook.db'}"
    storage = open_storage(url)
    store_course(storage)
    current = newest()
    (tmp_path / f"trailbook.db.before-{current}").write_text("an older copy")
    next_trailbook()
    copy = upgrade(url).copy
    storage.close()
    assert copy == tmp_path / f"trailbook.db.before-{current}-2"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / f"trailbook.db.before-{current}").read_text() == "an older copy"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall() == [(current,)]
        assert connection.execute("SELECT name FROM courses").fetchall() == [("course",)]


def test_upgrade_that_fails_changes_nothing(url: str, next_trailbook: Callable[[], None]) -> None:
    upgrade(url)
    current = newest()
    execute(url, "ALTER TABLE courses ADD COLUMN colour TEXT")  # so that the next migration fails
    next_trailbook()
    with pytest.raises((OperationalError, ProgrammingError, Unavailable)):
        upgrade(url)
    assert refused(open_storage, url).details == {"current": current, "needed": NEXT}


def test_parallel_starts_make_the_schema_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        storages = list(pool.map(open_storage, [url] * 4))
    for storage in storages:
        with storage(read_only=True) as work:
            assert work.courses.all() == []
        storage.close()
