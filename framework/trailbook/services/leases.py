"""Keeps the leases of jobs that are under way, however long they wait for a worker elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from trailbook.domain.errors import CourseError
from trailbook.services.ports import Attempt, Clock, Storage

RENEWALS_PER_LEASE = 3

log = logging.getLogger(__name__)


class Leases:
    """The leases this process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, float]] = {}

    @contextmanager
    def holding(self, attempt: Attempt, *, seconds: float) -> Iterator[None]:
        """Hold the lease of a job while it is graded; ``seconds`` is how long a renewal lasts."""
        with self._lock:
            self._held[attempt.id] = (attempt.tries, seconds)
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(attempt.id, None)

    def renew(self, storage: Storage, clock: Clock) -> None:
        """Renew every lease that is held, in one transaction."""
        with self._lock:
            held = dict(self._held)
        if not held:
            return
        with storage() as work:
            for attempt_id, (tries, seconds) in held.items():
                work.attempts.renew(attempt_id, tries=tries, until=clock() + timedelta(seconds=seconds))


class LeaseKeeper:
    """Renews the leases from time to time, in a thread.

    Parameters
    ----------
    lease_seconds
        How long a lease lasts at least.
    """

    def __init__(self, leases: Leases, storage: Storage, clock: Clock, *, lease_seconds: float) -> None:
        self._leases = leases
        self._storage = storage
        self._clock = clock
        self._pause = lease_seconds / RENEWALS_PER_LEASE
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="trailbook-leases", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a renewal under way."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        while not self._ending.wait(self._pause):
            try:
                self._leases.renew(self._storage, self._clock)
            except CourseError as error:
                log.warning("The leases of gradings under way could not be renewed, to be tried again: %s", error)
