"""Pairs of processes forked ahead from one zygote: a learner should not wait for namespaces to be made."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from trailbook.adapters.sandbox.isolation import Pair, Zygote
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable

APART, TOGETHER = ("learner", "tester"), ("learner",)


class Spares:
    """Keeps pairs with a tester waiting for the limits that were asked for last. Safe to use from several threads.

    Parameters
    ----------
    background
        Where they are forked.
    count
        How many wait; 0 for none. Each takes a few MB.
    """

    def __init__(self, zygote: Zygote, background: Executor, *, count: int) -> None:
        self._zygote = zygote
        self._background = background
        self._count = count
        self._lock = threading.Lock()
        self._limits: GradingLimits | None = None
        self._waiting: list[Future[Pair]] = []

    def take(self, roles: Sequence[str], limits: GradingLimits) -> Pair:
        """Return processes for one pass: those that wait, else new ones.

        Raises
        ------
        Unavailable
            ``grading_failed``: nothing could be forked.
        """
        while tuple(roles) == APART:
            with self._lock:
                spare = self._waiting.pop(0) if self._waiting and self._limits == limits else None
            if spare is None:
                break
            with contextlib.suppress(Unavailable):  # it is tried again below, and said if it fails there
                pair = spare.result()
                if pair.learner.is_alive() and pair.tester is not None and pair.tester.is_alive():
                    return pair
                pair.close()
        return self._zygote.fork(roles, limits)

    def fill(self, limits: GradingLimits) -> None:
        """Fork, in the background, until enough wait for these limits; those for others end."""
        with self._lock:
            others: list[Future[Pair]] = []
            if self._limits != limits:
                others, self._waiting, self._limits = self._waiting, [], limits
            missing = self._count - len(self._waiting)
            self._waiting += [self._background.submit(self._zygote.fork, APART, limits) for _ in range(missing)]
        _end(others)

    def close(self) -> None:
        """End those that wait."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        _end(waiting)


def _end(spares: Sequence[Future[Pair]]) -> None:
    for spare in spares:
        spare.add_done_callback(_end_one)


def _end_one(spare: Future[Pair]) -> None:
    if not spare.cancelled() and spare.exception() is None:
        spare.result().close()
