"""What staff decided for one learner, as the path needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.overrides import Action, Override, overrides_of
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.scoring import progress_after_grading
from trailbook.services.ports import Attempt, JobKind, LessonSummary, StoredProgress, UnitOfWork


def overrides_for(work: UnitOfWork, course: Course, learner: str) -> dict[LessonKey, Override]:
    """Return what holds for a learner, by lesson."""
    groups = course.groups_of(learner)
    return overrides_of(work.overrides.of_learner(course.name, learner, groups), learner, groups)


def is_locked_by_staff(work: UnitOfWork, course: Course, learner: str, lesson: LessonKey) -> bool:
    """Return whether staff locked a lesson for a learner: the one lock on what was started."""
    held = overrides_for(work, course, learner).get(lesson)
    return held is not None and held.action is Action.LOCK


def with_resets(
    work: UnitOfWork,
    course: Course,
    learner: str,
    *,
    stored: Mapping[LessonKey, StoredProgress],
    released: Mapping[LessonKey, LessonSummary],
    overrides: Mapping[LessonKey, Override],
) -> Mapping[LessonKey, StoredProgress]:
    """Return a learner's progress where each lesson that was reset has only what was done in it since."""
    resets = {key: each.at for key, each in overrides.items() if each.action is Action.RESET and key in released}
    if not resets:
        return stored
    found = dict(stored)
    for key, since in resets.items():
        if key in stored:
            attempts = work.attempts.of_learner(learner, course.name, key)
            found[key] = _since(stored[key], released[key].exercises, attempts, since=since)
    return found


def _since(
    stored: StoredProgress, exercises: Sequence[Exercise], attempts: Sequence[Attempt], *, since: datetime
) -> StoredProgress:
    """Return progress made anew of the attempts after a moment.

    A person's points count again once the exercise was answered again: then it is that answer they stand for.
    """
    later = [each for each in attempts if each.created_at > since and each.kind is not JobKind.PRACTICE]
    handed_in = any(each.kind is JobKind.SUBMISSION for each in later)
    anew: dict[str, ExerciseProgress] = {}
    for exercise in exercises:
        before = stored.exercises.get(exercise.id)
        if before is None or not any(each.exercise in (None, exercise.id) for each in later):
            continue
        if not exercise.graded_by_person:
            anew[exercise.id] = ExerciseProgress(exercise.id, comment=before.comment, overrides=before.overrides)
        elif handed_in:
            anew[exercise.id] = before
    by_tests = [each for each in exercises if not each.graded_by_person]
    for attempt in later:
        if attempt.result is not None:
            changed = progress_after_grading(by_tests, anew, attempt.result, exercise=attempt.exercise)
            anew.update({each.exercise: each for each in changed})
    return StoredProgress(anew, started=bool(later), handed_in=handed_in)
