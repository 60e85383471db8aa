"""Boxes started ahead: a kernel takes a second to start, and a learner should not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from trailbook.adapters.sandbox.cgroups import remove_stale_groups
from trailbook.adapters.sandbox.kernel.box import Box
from trailbook.domain.course import GradingLimits

Wanted = tuple[GradingLimits, str]


class Spares:
    """Keeps boxes started for the limits and the kernel that were asked for last.

    Every box is started by one thread that lives as long as this object: bubblewrap's ``--die-with-parent`` means the
    thread that started it.
    """

    def __init__(self, *, insecure: bool, count: int) -> None:
        self._insecure = insecure
        self._count = count
        self._lock = threading.Lock()
        self._waiting: list[tuple[Wanted, Future[Box]]] = []
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trailbook-boxes")
        self._closed = False
        remove_stale_groups()

    def take(self, limits: GradingLimits, *, kernel: str) -> Box:
        """Return a box for these limits and this kernel: a waiting one that still lives, else a new one."""
        while True:
            with self._lock:
                match = next((each for each in self._waiting if each[0] == (limits, kernel)), None)
                if match is not None:
                    self._waiting.remove(match)
            if match is None:
                return self._starter.submit(self._start, limits, kernel).result()
            box = match[1].result()
            if box.is_alive():
                return box
            box.close()

    def give_back(self, box: Box) -> None:
        """End a box that was used, without making anyone wait for it."""
        self._starter.submit(box.close)

    def fill(self, limits: GradingLimits, *, kernel: str) -> None:
        """Start boxes until enough wait for these limits; boxes for others end."""
        with self._lock:
            if self._closed:
                return
            others = [each for each in self._waiting if each[0] != (limits, kernel)]
            self._waiting = [each for each in self._waiting if each not in others]
            while len(self._waiting) < self._count:
                self._waiting.append(((limits, kernel), self._starter.submit(self._start, limits, kernel)))
        _end(others)

    def close(self) -> None:
        """End every waiting box, and wait for those given back to be gone."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, []
        _end(waiting)
        self._starter.submit(lambda: None).result()

    def _start(self, limits: GradingLimits, kernel: str) -> Box:
        return Box(limits, kernel=kernel, insecure=self._insecure)


def _end(waiting: Iterable[tuple[Wanted, Future[Box]]]) -> None:
    for _, future in waiting:
        if future.exception() is None:  # one that could not start is told to whoever takes it
            future.result().close()
