"""Group commit: what comes in the same moment is written in one transaction and waits for the disk once.

One thread writes. While it waits for the disk others come, and it writes all of them next: nobody waits for company.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
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
        self._turns: queue.SimpleQueue[_Turn[Work] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, act: Callable[[Work], Result]) -> Future[Result]:
        """Return what will have the act's result once it is committed, or what it or its transaction raised."""
        turn: _Turn[Work] = _Turn(act)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="trailbook-commit", daemon=True)
                self._thread.start()
            self._turns.put(turn)
        return turn.future

    def close(self) -> None:
        """Write what waits, and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._turns.put(None)
        if thread is not None:
            thread.join()

    def _follow(self) -> None:
        is_last = False
        while not is_last and (turn := self._turns.get()) is not None:
            batch = [turn]
            is_last = self._write(batch, gather=True)
            for each in batch:
                each.tell()

    def _write(self, batch: list[_Turn[Work]], *, gather: bool = False) -> bool:
        """Write a batch in one transaction; when that fails, each act in a transaction of its own.

        With ``gather`` the batch grows by what came until the transaction began, and comes while it goes on. Returns
        whether the end came with it.
        """
        is_last = False
        try:
            with self._transaction() as work:
                for turn in batch:
                    turn.take(work)
                    is_last = is_last or (gather and self._gather(batch))
        except Exception as error:  # noqa: BLE001 - it is raised where the act came from
            if len(batch) == 1:
                batch[0].error = error
            else:
                for turn in batch:
                    self._write([turn])
        return is_last

    def _gather(self, batch: list[_Turn[Work]]) -> bool:
        """Add what waits, and return whether the end was among it."""
        while len(batch) < MAX_TOGETHER and not self._turns.empty():
            following = self._turns.get()
            if following is None:
                return True
            batch.append(following)
        return False


class _Turn(Generic[Work]):
    """One act that waits to be written."""

    def __init__(self, act: Callable[[Work], Any]) -> None:
        self.act = act
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: Exception | None = None

    def take(self, work: Work) -> None:
        """Act; a refusal is an outcome like another, since nothing was written by then."""
        self.result = self.error = None
        try:
            self.result = self.act(work)
        except CourseError as refusal:
            self.error = refusal

    def tell(self) -> None:
        """Tell who waits; only after the commit, and nobody who waits no longer."""
        if not self.future.set_running_or_notify_cancel():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)
