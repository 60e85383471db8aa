"""What learners take on by their own choice, and what they prefer, as the services need it kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trailbook.domain.preferences import Preferences
from trailbook.domain.sittings import Sitting


class Sittings(Protocol):
    """Practice, test-outs and placements. A sitting only changes until it ended; the log has each step."""

    def put(self, sitting: Sitting) -> None:
        """Store a sitting, in place of its state before."""

    def of_learner(self, learner: str, course: str) -> Sequence[Sitting]:
        """Return all of a learner's, in the order they began."""

    def of_course(self, course: str) -> Sequence[Sitting]:
        """Return all of a course's, in the order they began."""


class PreferencesTable(Protocol):
    """What each learner prefers in each course."""

    def put(self, learner: str, course: str, preferences: Preferences) -> None: ...
    def get(self, learner: str, course: str) -> Preferences:
        """Return the learner's choice, `NO_PREFERENCES` before there is one."""
