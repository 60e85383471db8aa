"""Refuses new answers while very many wait to be graded: better now than after hours of waiting."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from trailbook.domain.errors import Unavailable
from trailbook.services.ports import Clock, Storage

LOOK_EVERY = timedelta(seconds=1)
TRY_AGAIN_SECONDS = 60


class Overload:
    """Looks at how many jobs are queued, at most once a second.

    Parameters
    ----------
    max_waiting
        So many jobs may be queued, ≥ 1.
    """

    def __init__(self, storage: Storage, clock: Clock, *, max_waiting: int) -> None:
        self._storage = storage
        self._clock = clock
        self._max_waiting = max_waiting
        self._lock = threading.Lock()
        self._looked: datetime | None = None
        self._is_full = False

    def refuse(self) -> None:
        """Do nothing unless too many jobs are queued.

        Raises
        ------
        Unavailable
            ``too_busy``, with the ``seconds`` after which to try again.
        """
        with self._lock:
            now = self._clock()
            if self._looked is None or now - self._looked >= LOOK_EVERY:
                with self._storage(read_only=True) as work:
                    self._is_full = work.attempts.count_queued(limit=self._max_waiting) >= self._max_waiting
                self._looked = now
        if self._is_full:
            raise Unavailable(
                "too_busy",
                "Very many answers wait to be graded just now. Yours was not taken; send it again in a minute.",
                seconds=TRY_AGAIN_SECONDS,
            )
