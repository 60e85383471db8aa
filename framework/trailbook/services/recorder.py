"""Writes results to the gradebooks in a thread of its own: the learner has seen the verdict by then."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from trailbook.services.arrivals import Arrivals

MOST_SECONDS = 2.0
"""How long a result is kept from the gradebook by answers that arrive."""

STOP_SECONDS = 2.0
"""How long the end may wait for records that are due; the rest is recorded after the next start."""

log = logging.getLogger(__name__)


class Recorder:
    """Records ended jobs one after the other; what it was not told of, or did not come to, `record_missing` does.

    Parameters
    ----------
    record
        Records the attempt with this id.
    """

    def __init__(self, record: Callable[[str], None], arrivals: Arrivals) -> None:
        self._record = record
        self._arrivals = arrivals
        self._ended: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._deadline = float("inf")
        self._thread = threading.Thread(target=self._follow, name="trailbook-record", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def add(self, attempt_id: str) -> None:
        """Have a job recorded soon; returns at once."""
        self._ended.put(attempt_id)

    def stop(self) -> None:
        """End when what waits is recorded, or the time for it is over."""
        self._deadline = time.monotonic() + STOP_SECONDS
        self._ended.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        while (attempt_id := self._ended.get()) is not None and time.monotonic() < self._deadline:
            self._arrivals.give_way(most_seconds=MOST_SECONDS)
            try:
                self._record(attempt_id)
            except Exception:  # without this thread gradebooks would get nothing any more until the next start
                log.exception("attempt %s could not be recorded in the gradebook, to be tried again", attempt_id)
