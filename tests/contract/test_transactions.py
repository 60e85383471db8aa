"""Transactions: all or nothing, one writer at a time, readers that wait for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from support.courses import NOW, attempt, key, store_course

from trailbook.adapters.storage import open_storage
from trailbook.adapters.storage.engine import make_engine
from trailbook.domain.errors import Conflict, Invalid, Unavailable
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.ports import Event, JobStatus, Storage, UnitOfWork

WORKERS = 8


class Broken(Exception):
    """Something went wrong in a use case."""


def event(number: int) -> Event:
    return Event("run", NOW, "course", "ann", data={"number": number})


def in_parallel(act: Callable[[int], object]) -> list[object]:
    """Run the act in several threads that begin together."""
    barrier = threading.Barrier(WORKERS)

    def begin(number: int) -> object:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


def test_exception_rolls_everything_back(storage: Storage) -> None:
    def fail(work: UnitOfWork) -> None:
        work.attempts.add(attempt("x"))
        work.events.append(event(1))
        work.progress.mark_started("ann", "course", key("one"))
        raise Broken

    with pytest.raises(Broken), storage() as work:
        fail(work)
    with storage(read_only=True) as work:
        assert work.attempts.find("x") is None
        assert work.events.after(0) == []
        assert work.progress.of_learner("ann", "course") == {}


def test_reader_sees_one_state_and_waits_for_no_writer(storage: Storage) -> None:
    with storage(read_only=True) as reader:
        assert reader.events.after(0) == []
        with storage() as writer:
            writer.events.append(event(1))
            assert reader.events.after(0) == []
        assert reader.events.after(0) == []
    with storage(read_only=True) as reader:
        assert len(reader.events.after(0)) == 1


def test_parallel_leases_give_the_job_to_one_worker(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))

    def lease(_: int) -> object:
        with storage() as work:
            return work.attempts.lease("x", now=NOW, until=NOW + timedelta(seconds=60))

    assert len([taken for taken in in_parallel(lease) if taken]) == 1


def test_parallel_attempts_with_one_key_are_one_attempt(storage: Storage) -> None:
    def send(number: int) -> bool:
        try:
            with storage() as work:
                work.attempts.add(attempt(f"x{number}", key="same", learner="ann"))
        except Conflict:
            return False
        return True

    assert sum(map(bool, in_parallel(send))) == 1


def test_parallel_writers_lose_no_update(storage: Storage) -> None:
    def add_point(_: int) -> None:
        with storage() as work:
            stored = work.progress.of_learner("ann", "course").get(key("one"))
            before = stored.exercises["a"].score if stored else 0.0
            work.progress.put_exercise("ann", "course", key("one"), ExerciseProgress("a", score=before + 1))

    in_parallel(add_point)
    with storage(read_only=True) as work:
        assert work.progress.of_learner("ann", "course")[key("one")].exercises["a"].score == WORKERS


def test_reader_of_the_log_never_misses_an_event(storage: Storage) -> None:
    """While others write, what was read up to an id stays all there is up to it."""
    done = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        last_look = False
        while not last_look:
            last_look = done.is_set()
            with storage(read_only=True) as work:
                seen.extend(each.id for each in work.events.after(seen[-1] if seen else 0))

    def write(number: int) -> None:
        for turn in range(5):
            with storage() as work:
                work.events.append(event(number * 10 + turn))
                work.events.append(event(number * 10 + turn))

    reader = threading.Thread(target=follow)
    reader.start()
    in_parallel(write)
    done.set()
    reader.join()
    with storage(read_only=True) as work:
        assert seen == [each.id for each in work.events.after(0)]
    assert len(seen) == WORKERS * 10


def test_log_and_results_refuse_to_be_changed(shared_url: str) -> None:
    storage = open_storage(shared_url)
    store_course(storage)
    with storage() as work:
        work.events.append(event(1))
        work.attempts.add(attempt("x"))
        work.attempts.finish("x", JobStatus.DONE, GradingResult(Verdict.GRADED), now=NOW)
    storage.close()
    engine = make_engine(shared_url)
    statements = (
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "UPDATE grading_results SET result = 'x'",
        "DELETE FROM grading_results",
    )
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_attempt_of_a_version_that_was_never_released_is_refused(shared_url: str) -> None:
    storage = open_storage(shared_url)
    store_course(storage)
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), storage() as work:
        work.attempts.add(attempt("x", version=9))
    storage.close()


def test_read_only_transaction_cannot_write(shared_url: str) -> None:
    storage = open_storage(shared_url)
    with pytest.raises((DatabaseError, Unavailable)), storage(read_only=True) as work:
        work.events.append(event(1))
    with storage(read_only=True) as work:
        assert work.events.last_id() == 0
    storage.close()


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "trailbook.db"
    open_storage(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        values = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert values == ["wal", 2, 1]  # 2 is FULL: an acknowledged answer survives a power cut


def test_busy_database_says_to_try_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbook.adapters.storage.engine.BUSY_TIMEOUT_MS", 50)
    storage = open_storage(f"sqlite:///{tmp_path / 'trailbook.db'}")
    with storage(), pytest.raises(Unavailable, match="try again") as refusal, storage():
        pass
    storage.close()
    assert refusal.value.code == "database_unavailable"


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://host/x", "no address"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="postgresql://") as refusal:
        open_storage(url)
    assert refusal.value.code == "bad_database_url"


def test_unreachable_postgres_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refusal:
        open_storage(f"postgresql://nobody@/none?host={tmp_path}")
    assert refusal.value.code == "database_unavailable"
