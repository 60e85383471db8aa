"""The jobs a queue has given to Dask and not heard of again."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


class Pending:
    """Keeps a future for each dispatched attempt, so that none is dispatched twice at a time and none is cancelled.

    Parameters
    ----------
    on_result
        Called with what a task returned, when it ended well.
    """

    def __init__(self, on_result: Callable[[Any], None] = lambda result: None) -> None:
        self._on_result = on_result
        self._lock = threading.Lock()
        self._futures: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    def key(self, attempt_id: str) -> str:
        """Return a key for Dask that was never used: a job that is to run again is a new task."""
        return f"grade-{attempt_id}-{next(self._numbers)}"

    def add(self, attempt_id: str, submit: Callable[[], Any]) -> None:
        """Submit the attempt unless it is pending."""
        with self._lock:
            if attempt_id in self._futures:
                return
            future = submit()
            self._futures[attempt_id] = future
        future.add_done_callback(lambda done: self._ended(attempt_id, done))

    def _ended(self, attempt_id: str, future: Any) -> None:
        with self._lock:
            self._futures.pop(attempt_id, None)
        if future.status == "error":
            log.error("the job of attempt %s failed and will be run again", attempt_id, exc_info=future.exception())
        elif future.status != "finished":
            log.warning("the job of attempt %s was lost (%s) and will be run again", attempt_id, future.status)
        else:
            self._on_result(future.result())
