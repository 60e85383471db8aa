"""Answers on their way to the disk. Learners wait for them, so whatever can wait gives way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import Any

QUIET_SECONDS = 0.01
"""Answers that come within this time of each other are one rush."""

MOST_SECONDS = 0.1
"""How long grading gives way to a rush; gradings' learners wait too."""


class Arrivals:
    """Knows whether answers are arriving; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._expected = 0
        self._last = float("-inf")

    def expect(self, future: Future[Any]) -> None:
        """Count an answer as arriving until its future is done."""
        with self._changed:
            self._expected += 1
        future.add_done_callback(self._arrived)

    def give_way(self, *, most_seconds: float = MOST_SECONDS) -> None:
        """Return when no answer is arriving and none came just before, at the latest after ``most_seconds``."""
        deadline = time.monotonic() + most_seconds
        with self._changed:
            while (now := time.monotonic()) < deadline:
                quiet_in = self._last + QUIET_SECONDS - now if not self._expected else deadline - now
                if quiet_in <= 0:
                    return
                self._changed.wait(min(quiet_in, deadline - now))

    def _arrived(self, _: Future[Any]) -> None:
        with self._changed:
            self._expected -= 1
            self._last = time.monotonic()
            if not self._expected:
                self._changed.notify_all()
