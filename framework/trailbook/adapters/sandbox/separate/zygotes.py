"""The zygotes at hand: processes that hold imports only, of which each grading forks its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trailbook.adapters.sandbox.isolation import Pair, Tier, Zygote
from trailbook.domain.course import GradingLimits

MOST = 3  # each holds the imports of a course in memory
ALWAYS = ("IPython",)


@dataclass
class _Held:
    """A zygote, how many gradings use it now, and whether it ends when none does."""

    imports: frozenset[str]
    data: tuple[tuple[str, str], ...]
    zygote: Zygote
    users: int = 0
    is_leaving: bool = False


class Zygotes:
    """Keeps a few zygotes, and ends the one that was not used for longest. Safe to use from several threads."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier
        self._lock = threading.Lock()
        self._held: list[_Held] = []  # the last used comes last

    @contextmanager
    def fork(
        self, imports: frozenset[str], data: Mapping[str, str], roles: Sequence[str], limits: GradingLimits
    ) -> Iterator[Pair]:
        """Lend processes forked for one pass; they are gone when it ends.

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
            pair = held.zygote.fork(roles, limits)
            try:
                yield pair
            finally:
                pair.close()
        finally:
            self._give_back(held)

    def warm_up(self, imports: frozenset[str], data: Mapping[str, str]) -> None:
        """Start a zygote for these imports where there is none."""
        self._give_back(self._take(imports, data))

    def close(self) -> None:
        """End every zygote that nobody uses; the others end after their use."""
        with self._lock:
            for held in self._held:
                held.is_leaving = True
            self._end_unused()

    def _take(self, imports: frozenset[str], data: Mapping[str, str]) -> _Held:
        places = tuple(sorted(data.items()))
        with self._lock:
            for held in list(self._held):
                if not held.zygote.is_alive():
                    held.is_leaving = True
            self._end_unused()
            found = next((held for held in self._held if self._serves(held, imports, places)), None)
            if found is None:
                names = sorted({*imports, *ALWAYS})
                folders = {name: Path(folder) for name, folder in places}
                found = _Held(imports, places, Zygote(names, tier=self._tier, data=folders))
                staying = [held for held in self._held if not held.is_leaving]
                for held in staying[: max(0, len(staying) + 1 - MOST)]:
                    held.is_leaving = True
            else:
                self._held.remove(found)
            self._held.append(found)
            found.users += 1
            self._end_unused()
            return found

    def _give_back(self, held: _Held) -> None:
        with self._lock:
            held.users -= 1
            self._end_unused()

    def _serves(self, held: _Held, imports: frozenset[str], data: tuple[tuple[str, str], ...]) -> bool:
        return not held.is_leaving and held.data == data and imports <= held.imports

    def _end_unused(self) -> None:
        for held in [each for each in self._held if each.is_leaving and not each.users]:
            self._held.remove(held)
            held.zygote.close()
