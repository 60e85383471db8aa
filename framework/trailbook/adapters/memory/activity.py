"""What a class does, read from the tables in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trailbook.domain.class_flow import Decided, Moment
from trailbook.domain.course import LessonKey
from trailbook.domain.progress import ExerciseState
from trailbook.services.ports import Attempt, Decision, Event, JobKind, StoredProgress


class HasActivity(Protocol):
    """The part of the tables in memory that is read here."""

    attempts: dict[str, Attempt]
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    progress: dict[tuple[str, str], dict[LessonKey, StoredProgress]]


@dataclass(frozen=True)
class MemoryActivity:
    """See `trailbook.services.ports.activity.Activity`."""

    tables: HasActivity

    def moments(self, course: str, *, learner: str | None = None) -> Sequence[Moment]:
        """Return what learners (or one) did in lessons: first what they opened and reported, then what they sent."""
        found = [
            Moment(event.learner, event.lesson, event.at, event.exercise)
            for event in self.tables.events
            if event.course == course and event.lesson and (event.kind == "lesson_opened" or not event.trusted)
        ]
        found += [
            Moment(each.learner, each.lesson, each.created_at, each.exercise, _share(each))
            for each in self.tables.attempts.values()
            if each.course == course
        ]
        return [each for each in found if learner in (None, each.learner)]

    def decided(self, course: str) -> Mapping[str, Mapping[LessonKey, Decided]]:
        """Return the latest decision on each lesson by learner."""
        found: dict[str, dict[LessonKey, Decided]] = defaultdict(dict)
        for each in self.tables.decisions:
            if each.course == course:
                found[each.learner][each.lesson] = Decided(each.status, each.at)
        return dict(found)

    def for_grader(self, course: str) -> Collection[tuple[str, LessonKey]]:
        """Return learner and lesson of every answer that waits for a person's points."""
        return {
            (learner, lesson)
            for (name, learner), lessons in self.tables.progress.items()
            for lesson, stored in lessons.items()
            if name == course and any(each.state is ExerciseState.NEEDS_REVIEW for each in stored.exercises.values())
        }

    def decisions_on(self, learner: str, course: str, *, limit: int) -> Sequence[Decision]:
        """Return the latest decisions on a learner, newest first."""
        mine = [each for each in self.tables.decisions if (each.learner, each.course) == (learner, course)]
        return mine[::-1][:limit]


def _share(attempt: Attempt) -> float | None:
    """Return the share of points an attempt got, None for one without tests and for practice, which is no try."""
    result = attempt.result if attempt.kind is not JobKind.PRACTICE else None
    most = sum(test.max_score for test in result.tests) if result else 0.0
    return sum(test.score for test in result.tests) / most if result and most > 0 else None
