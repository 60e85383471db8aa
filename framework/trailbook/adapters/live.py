"""Live events: listeners of this process are told in the thread that publishes, and of the log's other writers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from trailbook.domain.errors import CourseError
from trailbook.services.ports import Event, LiveEvents, Storage

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


class LogFollower:
    """Tells listeners also of what other processes wrote into the log: a release, a worker of a cluster.

    What this process published itself is told once more, which is harmless: listeners read the log.
    """

    def __init__(self, storage: Storage, live: LiveEvents, *, every_seconds: float) -> None:
        self._storage = storage
        self._live = live
        self._every_seconds = every_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="trailbook-log", daemon=True)
        self._last = self._newest()

    def start(self) -> None:
        """Begin to look into the log."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a look under way."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Tell of every event that came since the last look."""
        with self._storage(read_only=True) as work:
            events = work.events.after(self._last)
        if events:
            self._last = events[-1].id
            self._live.publish(events)

    def _newest(self) -> int:
        with self._storage(read_only=True) as work:
            return work.events.last_id()

    def _follow(self) -> None:
        while not self._ending.wait(self._every_seconds):
            try:
                self.look()
            except CourseError as error:
                log.warning("The log could not be read, to be tried again: %s", error)
