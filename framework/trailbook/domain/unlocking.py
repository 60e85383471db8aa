"""Which lessons are open for a learner, and why: a pure function of the course and the learner's progress."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Protocol

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.minutes import with_minutes
from trailbook.domain.overrides import Override, overridden, with_mastered
from trailbook.domain.path import LessonStatus, Requirement, Status
from trailbook.domain.progress import ExerciseState, LessonProgress

Progress = Mapping[LessonKey, LessonProgress]


class UnlockPolicy(Protocol):
    """Says what a lesson asks for before it opens; all of it must be met."""

    def requirements(self, course: Course, lesson: Lesson, progress: Progress) -> tuple[Requirement, ...]: ...


class PrerequisitesMet:
    """Each required lesson's share of points must reach that lesson's pass share."""

    def requirements(self, course: Course, lesson: Lesson, progress: Progress) -> tuple[Requirement, ...]:
        """Return one requirement for each lesson of ``requires``, in the author's order."""
        return tuple(points_of(course.get_lesson(key), progress) for key in lesson.requires)


class Judge(Protocol):
    """Says when the learner is done with a lesson, and what cannot be taken away again."""

    def mastered(self, lesson: Lesson, mine: LessonProgress) -> str:
        """Return why a lesson that was begun is mastered, "" when it is not."""

    def stays_open(self, lesson: Lesson) -> str:
        """Return why a lesson opens whatever its requirements say, "" when they decide."""


class PointsReached:
    """A lesson is mastered when the learner's share of its points reaches its pass share."""

    def mastered(self, lesson: Lesson, mine: LessonProgress) -> str:
        """Return why a lesson that was begun is mastered, "" when it is not."""
        return _mastered_because(lesson, mine) if mine.share >= lesson.pass_share - 1e-9 else ""

    def stays_open(self, lesson: Lesson) -> str:
        """Return nothing: the requirements decide."""
        return ""


PREREQUISITES_MET = PrerequisitesMet()
POINTS_REACHED = PointsReached()
NO_OVERRIDES: Mapping[LessonKey, Override] = {}


def decide(
    course: Course,
    progress: Progress,
    *,
    released: Collection[LessonKey] | None = None,
    policy: UnlockPolicy = PREREQUISITES_MET,
    judge: Judge = POINTS_REACHED,
    overrides: Mapping[LessonKey, Override] = NO_OVERRIDES,
) -> dict[LessonKey, LessonStatus]:
    """Return the status of every lesson of the course, in its order, each with a reason the learner can read.

    A lesson the learner has started stays open, even when a new release or a corrected grade would shut it: work is
    not taken away.

    Parameters
    ----------
    progress
        The learner's standing on each lesson; a lesson without one has not been started.
    released
        Lessons that have a released version; None when all have.
    overrides
        What staff decided for the learner, which wins over the policy.
    """
    statuses = {}
    for lesson in course.lessons():
        is_released = released is None or lesson.key in released
        requirements = with_mastered(policy.requirements(course, lesson, progress), overrides)
        decided = _decide_lesson(lesson, progress, is_released=is_released, requirements=requirements, judge=judge)
        statuses[lesson.key] = overridden(decided, overrides.get(lesson.key) if is_released else None)
    return with_minutes(statuses)


def points_of(required: Lesson, progress: Progress) -> Requirement:
    """Return the requirement that a lesson be passed by its points."""
    reached = progress[required.key].share if required.key in progress else 0.0
    return Requirement(required.key, required.title, required.pass_share, reached)


def percent(share: float) -> str:
    """Return a share as a whole percentage, rounded down: 79.9 % must not read as the 80 % that opens a lesson.

    >>> percent(0.799), percent(0.8), percent(1 / 3)
    ('79 %', '80 %', '33 %')
    """
    return f"{math.floor(share * 100 + 1e-7)} %"


def points(value: float) -> str:
    """Return points without needless digits.

    >>> points(2.0), points(1.5)
    ('2', '1.5')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _decide_lesson(
    lesson: Lesson, progress: Progress, *, is_released: bool, requirements: tuple[Requirement, ...], judge: Judge
) -> LessonStatus:
    mine = progress.get(lesson.key, LessonProgress(lesson.key))
    missing = [requirement for requirement in requirements if not requirement.met]
    if not is_released:
        status, because = Status.LOCKED, "This lesson is not released yet."
    elif missing and not mine.started and judge.stays_open(lesson):
        status, because = Status.OPEN, judge.stays_open(lesson)
    elif missing and not mine.started:
        status, because = Status.LOCKED, f"Opens when {_joined(missing, progress)}."
    elif mine.started and (mastered := judge.mastered(lesson, mine)):
        status, because = Status.MASTERED, mastered
    elif mine.started:
        status, because = Status.IN_PROGRESS, _begun_because(mine)
    else:
        status, because = Status.OPEN, _open_because(requirements, progress)
    return LessonStatus(lesson, status, because, requirements, mine)


def _joined(missing: list[Requirement], progress: Progress) -> str:
    return " and ".join(_condition(requirement, progress.get(requirement.lesson)) for requirement in missing)


def _condition(requirement: Requirement, reached: LessonProgress | None) -> str:
    if requirement.condition:
        return requirement.condition
    if reached is not None and not reached.counts:
        return f"you have read {requirement.title}"
    waiting = reached is not None and any(
        exercise.state is ExerciseState.NEEDS_REVIEW for exercise in reached.exercises.values()
    )
    have = f"you have {percent(requirement.reached)}{', and an answer waits for a grader' if waiting else ''}"
    return f"you reach {percent(requirement.needed)} in {requirement.title} ({have})"


def _open_because(requirements: tuple[Requirement, ...], progress: Progress) -> str:
    if not requirements:
        return "Open from the start."
    reached = " and ".join(_fulfilled(requirement, progress.get(requirement.lesson)) for requirement in requirements)
    return f"Open because {reached}."


def _fulfilled(requirement: Requirement, reached: LessonProgress | None) -> str:
    if requirement.fulfilled:
        return requirement.fulfilled
    if reached is not None and not reached.counts:
        return f"you have read {requirement.title}"
    return f"you reached {percent(requirement.reached)} in {requirement.title}"


def _begun_because(mine: LessonProgress) -> str:
    if mine.max_score <= 0:
        return f"You answered {percent(mine.share)} of it; how the answers did is not shown now."
    return f"You have {points(mine.score)} of {points(mine.max_score)} points."


def _mastered_because(lesson: Lesson, mine: LessonProgress) -> str:
    if not mine.counts:
        return "You have read it."
    if mine.max_score <= 0:
        return "You answered its exercises; how they did is not shown now."
    return f"You reached {percent(mine.share)} of its points; {percent(lesson.pass_share)} are needed."
