"""What staff decided, as a protocol of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from trailbook.domain.overrides import OverrideEntry


class Overrides(Protocol):
    """Decisions of staff and their withdrawals, append-only, oldest first."""

    def append(self, entry: OverrideEntry) -> OverrideEntry:
        """Add an entry and return it with its id."""

    def of_course(self, course: str) -> Sequence[OverrideEntry]:
        """Return every entry of a course."""

    def of_learner(self, course: str, learner: str, groups: Collection[str] = ()) -> Sequence[OverrideEntry]:
        """Return the entries for a learner and for any of these groups."""
