"""The zygotes at hand: processes that hold imports only, of which each grading forks its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trailbook.adapters.sandbox.isolation import Pair, Tier, Zygote
from trailbook.adapters.sandbox.separate.spares import Spares
from trailbook.domain.course import GradingLimits

MOST = 3  # each holds the imports of a course in memory
ALWAYS = ("IPython",)
BACKGROUND_THREADS = 2

log = logging.getLogger(__name__)


@dataclass
class _Held:
    """A zygote, how many gradings use it now, and whether it ends when none does."""

    imports: frozenset[str]
    data: tuple[tuple[str, str], ...]
    zygote: Zygote
    spares: Spares
    users: int = 0
    is_leaving: bool = False


class Zygotes:
    """Keeps a few zygotes, and ends the one that was not used for longest. Safe to use from several threads.

    Parameters
    ----------
    spares
        Pairs of processes that wait, forked ahead, for the next grading.
    """

    def __init__(self, tier: Tier, *, spares: int) -> None:
        self._tier = tier
        self._spares = spares
        self._lock = threading.Lock()
        self._held: list[_Held] = []  # the last used comes last
        self._background = ThreadPoolExecutor(BACKGROUND_THREADS, thread_name_prefix="trailbook-forks")
        self._closed = False

    @contextmanager
    def fork(
        self, imports: frozenset[str], data: Mapping[str, str], roles: Sequence[str], limits: GradingLimits
    ) -> Iterator[Pair]:
        """Lend processes forked for one pass; they are gone soon after it ends.

        Parameters
        ----------
        imports
            Modules the lesson's author uses; a zygote with more of them serves as well.
        data
            Folders the code can read, by relative path.

        Raises
        ------
        Unavailable
            ``grading_failed``: nothing could be forked.
        """
        held = self._take(imports, data)
        try:
            pair = held.spares.take(roles, limits)
        except BaseException:
            self._give_back(held)
            raise
        try:
            yield pair
        finally:
            self._later(lambda: self._end(held, pair, limits))

    def warm_up(self, imports: frozenset[str], data: Mapping[str, str], limits: GradingLimits) -> None:
        """Start a zygote for these imports where there is none, and fork ahead for the first grading."""
        held = self._take(imports, data)
        held.spares.fill(limits)
        self._give_back(held)

    def close(self) -> None:
        """End every zygote that nobody uses, and wait until all that was used is gone; others end after their use."""
        with self._lock:
            self._closed = True
            for held in self._held:
                held.is_leaving = True
            self._end_unused()
        self._background.shutdown(wait=True)
        with self._lock:
            self._end_unused()

    def _later(self, act: Callable[[], None]) -> None:
        """Do something when nobody waits for it; at once when this is closed."""
        with self._lock:
            if not self._closed:
                self._background.submit(act).add_done_callback(_say_why)
                return
        act()

    def _end(self, held: _Held, pair: Pair, limits: GradingLimits) -> None:
        """End what was lent, and see to the next grading."""
        try:
            pair.close()
            with self._lock:
                if not self._closed and not held.is_leaving:
                    held.spares.fill(limits)
        finally:
            self._give_back(held)

    def _take(self, imports: frozenset[str], data: Mapping[str, str]) -> _Held:
        places = tuple(sorted(data.items()))
        with self._lock:
            for held in list(self._held):
                if not held.zygote.is_alive():
                    held.is_leaving = True
            self._end_unused()
            found = next((held for held in self._held if self._serves(held, imports, places)), None)
            if found is None:
                found = self._start(imports, places)
            else:
                self._held.remove(found)
            self._held.append(found)
            found.users += 1
            self._end_unused()
            return found

    def _start(self, imports: frozenset[str], places: tuple[tuple[str, str], ...]) -> _Held:
        folders = {name: Path(folder) for name, folder in places}
        zygote = Zygote(sorted({*imports, *ALWAYS}), tier=self._tier, data=folders)
        staying = [held for held in self._held if not held.is_leaving]
        for held in staying[: max(0, len(staying) + 1 - MOST)]:
            held.is_leaving = True
        return _Held(imports, places, zygote, Spares(zygote, self._background, count=self._spares))

    def _give_back(self, held: _Held) -> None:
        with self._lock:
            held.users -= 1
            self._end_unused()

    def _serves(self, held: _Held, imports: frozenset[str], data: tuple[tuple[str, str], ...]) -> bool:
        return not held.is_leaving and held.data == data and imports <= held.imports

    def _end_unused(self) -> None:
        for held in [each for each in self._held if each.is_leaving and not each.users]:
            self._held.remove(held)
            held.spares.close()
            held.zygote.close()


def _say_why(done: Future[None]) -> None:
    """Log why something failed that nobody waits for."""
    if done.exception() is not None:
        log.error("the processes of a grading could not be ended", exc_info=done.exception())
