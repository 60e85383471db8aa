"""Live events inside one process: listeners are told in the thread that publishes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from trailbook.services.ports import Event

Listener = Callable[[Event], None]
"""Called with each event; must return at once, such as ``loop.call_soon_threadsafe(queue.put_nowait, event)``."""

log = logging.getLogger(__name__)


class InProcessLive:
    """Brings events to the listeners of the learner they concern; one about no learner goes to everyone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, tuple[str, Listener]] = {}
        self._next = 0

    def subscribe(self, learner: str, listener: Listener) -> Callable[[], None]:
        """Call the listener with each coming event of the learner; the returned function ends that."""
        with self._lock:
            self._next += 1
            number = self._next
            self._listeners[number] = (learner, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.pop(number, None)

        return unsubscribe

    def publish(self, events: Iterable[Event]) -> None:
        """Tell every listener; what a listener does wrong must not undo or hide what happened, so it is logged."""
        for event in events:
            with self._lock:
                told = [listener for learner, listener in self._listeners.values() if event.learner in ("", learner)]
            for listener in told:
                try:
                    listener(event)
                except Exception:
                    log.exception("A listener failed on event %d.", event.id)
