"""The one lesson to take next where points open lessons: what is under way, then what is open, in order."""

from __future__ import annotations

from collections.abc import Mapping

from trailbook.domain.course import LessonKey
from trailbook.domain.path import LessonStatus, NextStep, Status
from trailbook.domain.progress import ExerciseState


def next_step(statuses: Mapping[LessonKey, LessonStatus]) -> NextStep | None:
    """Return the lesson to take next, or None when no open lesson is left to master.

    Lessons under way come first, then open ones, each in the course's order; a lesson in which everything waits
    for a grader comes last, because there is nothing to do in it now.

    Parameters
    ----------
    statuses
        Every lesson in the course's order, as `unlocking.decide` returns them.
    """
    under_way = [status for status in statuses.values() if status.status is Status.IN_PROGRESS]
    waiting = [status for status in under_way if waits_for_grader(status)]
    active = [status for status in under_way if not waits_for_grader(status)]
    unopened = [status for status in statuses.values() if status.status is Status.OPEN]
    if active:
        return NextStep(active[0].lesson, f"You are in the middle of it. {active[0].because}")
    if unopened:
        return NextStep(unopened[0].lesson, unopened[0].because)
    if waiting:
        return NextStep(waiting[0].lesson, "Your answer waits for a grader; there is nothing else to do now.")
    return None


def is_finished(statuses: Mapping[LessonKey, LessonStatus]) -> bool:
    """Return whether every lesson of the course is mastered; a course without lessons is not finished."""
    return bool(statuses) and all(status.status in (Status.MASTERED, Status.DUE) for status in statuses.values())


def waits_for_grader(status: LessonStatus) -> bool:
    """Whether the lesson's only missing points are those a grader has yet to give."""
    exercises = status.progress.exercises.values()
    missing = [exercise for exercise in exercises if exercise.score < exercise.max_score]
    return bool(missing) and all(exercise.state is ExerciseState.NEEDS_REVIEW for exercise in missing)
