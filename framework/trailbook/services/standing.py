"""Where one learner stands in one course: read from the database, decided by the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.path import LessonStatus
from trailbook.domain.scoring import lesson_progress
from trailbook.domain.unlocking import decide
from trailbook.services.ports import LessonSummary, StoredProgress, UnitOfWork

NOTHING = StoredProgress({}, started=False, handed_in=False)


@dataclass(frozen=True)
class Standing:
    """A learner's status on every lesson of a course, with the releases it was decided for."""

    course: Course
    learner: str
    released: Mapping[LessonKey, LessonSummary]
    statuses: Mapping[LessonKey, LessonStatus]


def standing_of(work: UnitOfWork, course: Course, learner: str) -> Standing:
    """Return the learner's standing, decided anew from scores and the releases of now."""
    released = work.versions.latest_of_course(course.name)
    stored = work.progress.of_learner(learner, course.name)
    progress = {}
    for key, summary in released.items():
        mine = stored.get(key, NOTHING)
        progress[key] = lesson_progress(
            key, summary.exercises, mine.exercises, started=mine.started, handed_in=mine.handed_in
        )
    return Standing(course, learner, released, decide(course, progress, released=released))
