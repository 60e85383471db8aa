"""What comes in the same moment is written together, and each hears of its own alone."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
from support.courses import TRAP, attempt, key, store_course

from trailbook.adapters.storage import open_storage
from trailbook.domain.errors import Conflict
from trailbook.services.ports import Storage, UnitOfWork

MANY = 50


class Broken(Exception):
    """Something went wrong in a use case."""


def add(name: str, work: UnitOfWork) -> str:
    """Add an attempt."""
    work.attempts.add(attempt(name))
    return name


def add_and_break(name: str, work: UnitOfWork) -> str:
    """Add an attempt, and fail."""
    add(name, work)
    raise Broken


def kept(storage: Storage) -> set[str]:
    """Return the attempts that are there."""
    with storage(read_only=True) as work:
        return {each.id for each in work.attempts.of_learner(TRAP, "course", key("one"))}


def test_what_is_told_is_kept(storage: Storage) -> None:
    assert storage.together(partial(add, "x")).result(timeout=30) == "x"
    assert kept(storage) == {"x"}


def test_all_of_one_moment_are_kept_once(storage: Storage) -> None:
    barrier = threading.Barrier(MANY)

    def send(number: int) -> str:
        barrier.wait()
        return storage.together(partial(add, str(number))).result(timeout=30)

    with ThreadPoolExecutor(MANY) as pool:
        told = list(pool.map(send, range(MANY)))

    assert told == [str(number) for number in range(MANY)]
    assert kept(storage) == set(told)


def test_refusal_is_heard_by_its_own_alone(storage: Storage) -> None:
    futures: list[Future[str]] = [storage.together(partial(add, name)) for name in ("x", "x", "y")]
    assert (futures[0].result(timeout=30), futures[2].result(timeout=30)) == ("x", "y")
    with pytest.raises(Conflict):
        futures[1].result(timeout=30)
    assert kept(storage) == {"x", "y"}


def test_failure_undoes_its_own_alone(storage: Storage) -> None:
    acts = (partial(add, "x"), partial(add_and_break, "broken"), partial(add, "y"))
    first, broken, last = [storage.together(act) for act in acts]
    assert (first.result(timeout=30), last.result(timeout=30)) == ("x", "y")
    with pytest.raises(Broken):
        broken.result(timeout=30)
    assert kept(storage) == {"x", "y"}


def test_closing_writes_what_waits(shared_url: str) -> None:
    storage = open_storage(shared_url)
    store_course(storage)
    futures = [storage.together(partial(add, str(number))) for number in range(MANY)]
    storage.close()
    assert [future.result(timeout=0) for future in futures] == [str(number) for number in range(MANY)]
    again = open_storage(shared_url)
    assert len(kept(again)) == MANY
    again.close()
