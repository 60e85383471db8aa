"""Group commit: what comes in the same moment is written in one transaction and waits for the disk once.

Whoever comes while nobody writes, writes at once; who comes meanwhile waits, and the first of them writes for all who
wait. So no thread is kept for it, and nobody waits for company.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from trailbook.domain.errors import CourseError

Work = TypeVar("Work")
Result = TypeVar("Result")

MAX_TOGETHER = 100
"""Most acts in a transaction; a long one keeps grading from writing."""


class GroupCommit(Generic[Work]):
    """Runs acts together; see `trailbook.services.ports.Storage.together`.

    Parameters
    ----------
    transaction
        Begins a writing transaction, committed on a clean exit.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Work]]) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._waiting: list[_Turn[Work]] = []
        self._is_writing = False

    def run(self, act: Callable[[Work], Result]) -> Result:
        """Return what the act returns, once it is committed; raises what it or its transaction raises."""
        turn: _Turn[Work] = _Turn(act)
        with self._lock:
            self._waiting.append(turn)
            leads, self._is_writing = not self._is_writing, True
        if not leads:
            turn.woken.wait()
        if not turn.is_over:
            self._write_for_all()
        result: Result = turn.outcome()
        return result

    def _write_for_all(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
        try:
            self._write(batch)
        finally:
            with self._lock:
                successor = self._waiting[0] if self._waiting else None
                self._is_writing = successor is not None
            for turn in batch:
                turn.is_over = True
                turn.woken.set()
            if successor is not None:
                successor.woken.set()

    def _write(self, batch: list[_Turn[Work]]) -> None:
        """Write a batch in one transaction; when that fails, each act in a transaction of its own."""
        try:
            with self._transaction() as work:
                for turn in batch:
                    turn.take(work)
        except Exception as error:  # noqa: BLE001 - it is raised where the act came from
            if len(batch) == 1:
                batch[0].error = error
                return
            for turn in batch:
                self._write([turn])


class _Turn(Generic[Work]):
    """One act that waits to be written."""

    def __init__(self, act: Callable[[Work], Any]) -> None:
        self.act = act
        self.woken = threading.Event()
        self.is_over = False
        self.result: Any = None
        self.error: Exception | None = None

    def take(self, work: Work) -> None:
        """Act; a refusal is an outcome like another, since nothing was written by then."""
        self.result = self.error = None
        try:
            self.result = self.act(work)
        except CourseError as refusal:
            self.error = refusal

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result
