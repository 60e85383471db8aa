"""The log of what staff decided, in a tuple."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from trailbook.domain.overrides import OverrideEntry


class HasOverrides(Protocol):
    """The part of the tables in memory that is changed here."""

    overrides: tuple[OverrideEntry, ...]


@dataclass(frozen=True)
class MemoryOverrides:
    """See `trailbook.services.ports.overrides.Overrides`."""

    tables: HasOverrides

    def append(self, entry: OverrideEntry) -> OverrideEntry:
        """Add an entry and return it with its id."""
        entry = replace(entry, id=len(self.tables.overrides) + 1)
        self.tables.overrides = (*self.tables.overrides, entry)
        return entry

    def of_course(self, course: str) -> Sequence[OverrideEntry]:
        """Return every entry of a course, oldest first."""
        return [entry for entry in self.tables.overrides if entry.course == course]

    def of_learner(self, course: str, learner: str, groups: Collection[str] = ()) -> Sequence[OverrideEntry]:
        """Return the entries for a learner and for any of these groups, oldest first."""
        return [
            entry
            for entry in self.of_course(course)
            if entry.learner == learner or (not entry.learner and entry.group in groups)
        ]
