"""Tests of who shares a transaction, and of when they are told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from trailbook.adapters.storage.group_commit import MAX_TOGETHER, GroupCommit
from trailbook.domain.errors import Unavailable


class Disk:
    """Transactions that end when they may, and the sizes of those that were kept."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.has_begun = threading.Event()
        self.kept: list[list[str]] = []
        self.failing = 0

    @contextmanager
    def begin(self) -> Iterator[list[str]]:
        """Write what is added, once it may end."""
        written: list[str] = []
        yield written
        self.has_begun.set()
        assert self.may_end.wait(timeout=30)
        if self.failing:
            self.failing -= 1
            raise Unavailable("disk_full", "The disk is full.")
        self.kept.append(written)


@pytest.fixture
def disk() -> Disk:
    """A disk on which nothing ends yet."""
    return Disk()


@pytest.fixture
def commit(disk: Disk) -> Iterator[GroupCommit[list[str]]]:
    """Group commit on that disk."""
    made = GroupCommit(disk.begin)
    yield made
    disk.may_end.set()
    made.close()


def submit(commit: GroupCommit[list[str]], *texts: str) -> list[Future[None]]:
    """Write texts, each for itself."""
    return [commit.submit(lambda written, text=text: written.append(text)) for text in texts]


def test_who_comes_while_the_disk_works_shares_the_next_transaction(disk: Disk, commit: GroupCommit[list[str]]) -> None:
    futures = submit(commit, "first")
    assert disk.has_begun.wait(timeout=30)
    futures += submit(commit, "a", "b", "c")
    assert [future.done() for future in futures] == [False] * 4, "nobody is told before it is on the disk"
    disk.may_end.set()
    for future in futures:
        future.result(timeout=30)
    assert disk.kept == [["first"], ["a", "b", "c"]]


def test_no_transaction_is_longer_than_allowed(disk: Disk, commit: GroupCommit[list[str]]) -> None:
    futures = submit(commit, "first")
    assert disk.has_begun.wait(timeout=30)
    futures += submit(commit, *map(str, range(MAX_TOGETHER + 1)))
    disk.may_end.set()
    for future in futures:
        future.result(timeout=30)
    assert [len(each) for each in disk.kept] == [1, MAX_TOGETHER, 1]


def test_transaction_that_fails_is_tried_again_one_by_one(disk: Disk, commit: GroupCommit[list[str]]) -> None:
    futures = submit(commit, "first")
    assert disk.has_begun.wait(timeout=30)
    fails = [1]

    def act(written: list[str]) -> None:
        written.append("a")
        disk.failing = fails.pop() if fails else 0

    futures += [commit.submit(act), *submit(commit, "b")]
    disk.may_end.set()
    for future in futures:
        future.result(timeout=30)
    assert disk.kept == [["first"], ["a"], ["b"]]


def test_disk_that_is_full_is_told_to_each(disk: Disk, commit: GroupCommit[list[str]]) -> None:
    disk.failing = 2
    disk.may_end.set()
    (refused,) = submit(commit, "a")
    with pytest.raises(Unavailable):
        refused.result(timeout=30)
    (refused,) = submit(commit, "b")
    with pytest.raises(Unavailable):
        refused.result(timeout=30)
    (kept,) = submit(commit, "c")
    kept.result(timeout=30)
    assert disk.kept == [["c"]]


def test_who_waits_no_longer_holds_nobody_up(disk: Disk, commit: GroupCommit[list[str]]) -> None:
    first, given_up, last = submit(commit, "first", "given up", "last")
    assert given_up.cancel() or given_up.done()
    disk.may_end.set()
    first.result(timeout=30)
    last.result(timeout=30)
