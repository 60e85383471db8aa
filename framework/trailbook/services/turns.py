"""Lets what one learner sends be taken one after the other, however much of it comes at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary


class _Turn:
    """A learner's turn; it is forgotten when nobody has it or waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Turns:
    """One turn at a time for each name, in this process.

    A limit that is read before it is written would let a learner through as often as requests come at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait for the turn of this name, and have it."""
        with self._lock:
            turn = self._turns.get(name)
            if turn is None:
                turn = self._turns[name] = _Turn()
        with turn.lock:
            yield
