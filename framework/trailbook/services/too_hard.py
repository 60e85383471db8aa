"""Lessons a learner called too hard: the path repairs what they build on, until the learner answers there again."""

from __future__ import annotations

from trailbook.domain.course import Course, LessonKey
from trailbook.services.ports import JobKind, UnitOfWork

TOO_HARD = "too_hard"


def too_hard_lessons(work: UnitOfWork, course: Course, learner: str) -> frozenset[LessonKey]:
    """Return the lessons a learner called too hard since they last answered in them."""
    events = work.events.of_course(course.name, kinds=(TOO_HARD,))
    said = {event.lesson: event.at for event in events if event.learner == learner and event.lesson is not None}
    return frozenset(
        key
        for key, at in said.items()
        if not any(
            each.created_at > at and each.kind is not JobKind.PRACTICE
            for each in work.attempts.of_learner(learner, course.name, key)
        )
    )
