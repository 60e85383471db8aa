"""What staff decided for one learner, as the path needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.overrides import Action, Override, overrides_of, taken_back
from trailbook.domain.progress import ExerciseProgress
from trailbook.domain.scoring import progress_after_grading
from trailbook.services.ports import Attempt, Decision, JobKind, LessonSummary, StoredProgress, UnitOfWork

MAX_DECISIONS = 10_000  # on one learner; older ones are forgotten where staff took something back


def overrides_for(work: UnitOfWork, course: Course, learner: str) -> dict[LessonKey, Override]:
    """Return what holds for a learner, by lesson."""
    groups = course.groups_of(learner)
    return overrides_of(work.overrides.of_learner(course.name, learner, groups), learner, groups)


def decided_by_policy(work: UnitOfWork, course: Course, learner: str) -> Mapping[LessonKey, Decision]:
    """Return the latest decision on each lesson that followed from nothing staff took back.

    What a withdrawn decision opened must not stay open because it once was: the lesson itself, and those requiring it.
    """
    spans = taken_back(work.overrides.of_learner(course.name, learner, course.groups_of(learner)))
    if not spans:
        return work.decisions.latest(learner, course.name)
    found: dict[LessonKey, Decision] = {}
    for decision in work.activity.decisions_on(learner, course.name, limit=MAX_DECISIONS):
        lesson = course.find_lesson(decision.lesson)
        touching = (decision.lesson, *lesson.requires) if lesson else (decision.lesson,)
        if not any(span.lesson in touching and span.covers(decision.at) for span in spans):
            found.setdefault(decision.lesson, decision)
    return found


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
