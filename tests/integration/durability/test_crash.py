"""Answers sent while all that handles them is killed: the short form of `make bench-durability`."""

from __future__ import annotations

from pathlib import Path

import pytest
from durability.crash import Crashes, crash
from durability.ledger import Audit
from support.postgres import Cluster

ANSWERS, KILLS = 40, 4


def played(folder: Path, database_url: str = "") -> Crashes:
    """Return what was left in a folder with a space in its name."""
    place = folder / "a place"
    place.mkdir()
    return crash(place, submissions=ANSWERS, kills=KILLS, database_url=database_url)


def check(crashes: Crashes) -> None:
    """Nothing is lost, nothing is there twice, and each kind of process was killed."""
    assert crashes.audit == Audit(acknowledged=ANSWERS, lost=0, twice=0, ungraded=0)
    assert set(crashes.kills) == {"service", "worker", "database client"}
    assert sum(crashes.kills.values()) == KILLS


def test_kills_lose_nothing_and_double_nothing_on_sqlite(tmp_path: Path) -> None:
    check(played(tmp_path))


@pytest.mark.postgres
def test_kills_lose_nothing_and_double_nothing_on_postgresql(tmp_path: Path, postgres: Cluster) -> None:
    check(played(tmp_path, postgres.database()))
