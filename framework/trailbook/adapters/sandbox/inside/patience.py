"""Locks of `multiprocessing` that look again now and then, for a sandbox in which no process wakes another.

A program of the sandbox. The seccomp filter lets no process sleep on memory it shares with others, since that can carry
bits out of the sandbox. The C library then looks without pause, and knows no timeout; this is the same with pauses.
"""

from __future__ import annotations

import _multiprocessing  # type: ignore[import-not-found]  # C, and without annotations
import time
from typing import Any

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0002, 0.01


class PatientLock(_multiprocessing.SemLock):  # type: ignore[misc]  # as above
    """A semaphore or lock between processes."""

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; wait for it when ``block`` is true, for ``timeout`` seconds at most."""
        end = None if timeout is None else time.monotonic() + max(timeout, 0)
        pause = FIRST_PAUSE_SECONDS
        while not super().acquire(False):
            left = pause if end is None else end - time.monotonic()
            if not block or left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return True

    def __enter__(self) -> bool:
        return self.acquire()


def install() -> None:
    """Have every lock that `multiprocessing` makes from now on be a patient one."""
    module: Any = _multiprocessing
    module.SemLock = PatientLock
