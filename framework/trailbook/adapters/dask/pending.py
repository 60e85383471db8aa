"""The jobs a pool has given to Dask and not heard of again."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


class Pending:
    """Keeps the future of each job, so that Dask does not cancel it, and says when the job ended."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._futures: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        self._closed = False

    def add(self, attempt_id: str, submit: Callable[[str], Any], ended: Callable[[], None]) -> None:
        """Submit the job under a key that was never used: a job that is to run again is a new task.

        ``ended`` is called when it is no longer under way; not for what `forget` forgets.
        """
        key = f"grade-{attempt_id}-{next(self._numbers)}"
        with self._changed:
            if self._closed:
                return
            future = submit(key)
            self._futures[key] = future
        future.add_done_callback(lambda done: self._ended(attempt_id, key, done, ended))

    def wait(self, seconds: float) -> None:
        """Take no more jobs, and wait until none is pending, or the seconds are over."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._futures, timeout=seconds)

    def forget(self) -> None:
        """Take no more jobs, and say nothing about those that are pending."""
        with self._changed:
            self._closed = True
            self._futures.clear()

    def _ended(self, attempt_id: str, key: str, future: Any, ended: Callable[[], None]) -> None:
        with self._changed:
            known = self._futures.pop(key, None) is not None
            self._changed.notify_all()
        if future.status == "error":
            log.error("the job of attempt %s failed and will be run again", attempt_id, exc_info=future.exception())
        elif future.status != "finished" and known:
            log.warning("the job of attempt %s was lost (%s) and will be run again", attempt_id, future.status)
        if known:
            ended()
