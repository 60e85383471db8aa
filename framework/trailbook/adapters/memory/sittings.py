"""Practice, test-outs, placements and preferences, in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trailbook.domain.preferences import NO_PREFERENCES, Preferences
from trailbook.domain.sittings import Sitting


@dataclass(frozen=True)
class MemorySittings:
    """See `trailbook.services.ports.sittings.Sittings`."""

    sittings: dict[str, Sitting]

    def put(self, sitting: Sitting) -> None:
        """Store a sitting, in place of its state before."""
        self.sittings[sitting.id] = sitting

    def of_learner(self, learner: str, course: str) -> Sequence[Sitting]:
        """Return all of a learner's, in the order they began."""
        return [each for each in self.of_course(course) if each.learner == learner]

    def of_course(self, course: str) -> Sequence[Sitting]:
        """Return all of a course's, in the order they began."""
        return [each for each in self.sittings.values() if each.course == course]


@dataclass(frozen=True)
class MemoryPreferences:
    """See `trailbook.services.ports.sittings.PreferencesTable`."""

    preferences: dict[tuple[str, str], Preferences]

    def put(self, learner: str, course: str, preferences: Preferences) -> None:
        """Store a learner's choice, in place of the one before."""
        self.preferences[learner, course] = preferences

    def get(self, learner: str, course: str) -> Preferences:
        """Return the learner's choice, `NO_PREFERENCES` before there is one."""
        return self.preferences.get((learner, course), NO_PREFERENCES)
