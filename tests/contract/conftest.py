"""The databases that must behave alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.courses import store_course
from support.postgres import Cluster

from trailbook.adapters.memory import MemoryStorage
from trailbook.adapters.storage import SqlStorage, open_storage

Database = MemoryStorage | SqlStorage


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Each kind of database, with nothing in it."""
    makers: dict[str, Callable[[], Database]] = {
        "memory": MemoryStorage,
        "sqlite": lambda: open_storage(f"sqlite:///{tmp_path / 'a folder' / 'trailbook.db'}"),
        "postgres": lambda: open_storage(request.getfixturevalue("postgres").database()),
    }
    storage = makers[request.param]()
    yield storage
    storage.close()


@pytest.fixture
def storage(empty_storage: Database) -> Database:
    """Each kind of database, with the course and a release of lesson one."""
    store_course(empty_storage)
    return empty_storage


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of each kind of database that several processes can use."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'trailbook.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.database()
