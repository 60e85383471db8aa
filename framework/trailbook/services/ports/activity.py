"""What a class does, read in one go, as a protocol of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from trailbook.domain.class_flow import Decided, Moment
from trailbook.domain.course import LessonKey
from trailbook.services.ports.records import Decision


class Activity(Protocol):
    """What everybody in a course did and where they stand; for staff, read only."""

    def moments(self, course: str, *, learner: str | None = None) -> Sequence[Moment]:
        """Return what learners (or one) did in lessons, in no order: opened, reported, answered, handed in."""

    def decided(self, course: str) -> Mapping[str, Mapping[LessonKey, Decided]]:
        """Return the latest decision on each lesson by learner."""

    def for_grader(self, course: str) -> Collection[tuple[str, LessonKey]]:
        """Return learner and lesson of every answer that waits for a person's points."""

    def decisions_on(self, learner: str, course: str, *, limit: int) -> Sequence[Decision]:
        """Return the latest decisions on a learner, newest first."""
