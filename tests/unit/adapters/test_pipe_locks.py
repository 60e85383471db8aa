"""Locks made of pipes do what those of the C library do."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from trailbook.adapters.sandbox.inside.pipe_locks import PipeLock


@pytest.fixture(autouse=True, params=["of pipes", "of the C library"])
def locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both kinds, so that each test says what both do."""
    if request.param == "of pipes":
        monkeypatch.setattr("multiprocessing.synchronize._multiprocessing.SemLock", PipeLock)
    return None


FORKING: Any = multiprocessing.get_context("fork")


def in_a_child(does: Any) -> int:
    """Run in a forked process and return its exit status."""
    process = FORKING.Process(target=lambda: os._exit(int(bool(does()))))
    process.start()
    process.join()
    status: int = process.exitcode
    return status


def test_lock_is_one_for_all_processes() -> None:
    lock = FORKING.Lock()
    assert in_a_child(lambda: lock.acquire(block=False)) == 1
    lock = FORKING.Lock()
    with lock:
        assert in_a_child(lambda: lock.acquire(block=False)) == 0
        assert in_a_child(lambda: lock.acquire(timeout=0.02)) == 0
    assert lock.acquire(timeout=1)


def test_waiting_ends_when_another_gives_the_lock_back() -> None:
    lock = FORKING.Lock()
    lock.acquire()
    threading.Timer(0.02, lock.release).start()
    assert lock.acquire(timeout=10)


def test_recursive_lock_is_taken_again_by_its_owner_only() -> None:
    lock = FORKING.RLock()
    assert lock.acquire()
    assert lock.acquire()
    assert in_a_child(lambda: lock.acquire(block=False)) == 0
    lock.release()
    lock.release()
    with pytest.raises(AssertionError, match="not owned by thread"):
        lock.release()


def test_semaphore_counts() -> None:
    semaphore = FORKING.BoundedSemaphore(2)
    assert [semaphore.acquire(block=False) for _ in range(3)] == [True, True, False]
    assert semaphore.get_value() == 0
    semaphore.release()
    semaphore.release()
    with pytest.raises(ValueError, match="released too many times"):
        semaphore.release()


def test_event_and_condition_work_between_processes() -> None:
    event = FORKING.Event()
    assert in_a_child(lambda: (event.set(), True)[1]) == 1
    assert event.wait(timeout=10)


def test_lock_of_pipes_cannot_be_found_by_a_process_that_is_not_forked() -> None:
    with pytest.raises(OSError, match="no shared memory"):
        PipeLock._rebuild(3, 1, 1, "name")
