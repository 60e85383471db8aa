"""The one lesson to take next."""

from __future__ import annotations

from dataclasses import replace

from support.courses import course, key, lesson, reached

from trailbook.domain.course import LessonKey
from trailbook.domain.path import NextStep
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.domain.recommending import is_finished, next_step
from trailbook.domain.unlocking import decide

COURSE = course(lesson("one"), lesson("two"), lesson("three", requires=["two"]))
ONE, TWO = COURSE.get_lesson(key("one")), COURSE.get_lesson(key("two"))


def step(*lessons: LessonProgress) -> NextStep | None:
    return next_step(decide(COURSE, {each.lesson: each for each in lessons}))


def waiting(name: str, *, and_missing: bool = False) -> LessonProgress:
    """A lesson whose written answer waits for a grader."""
    exercises = {"w": ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, max_score=10.0)}
    if and_missing:
        exercises["a"] = ExerciseProgress("a", max_score=10.0)
    return replace(reached(name, 0), exercises=exercises)


def test_first_open_lesson_comes_first() -> None:
    assert step() == NextStep(ONE, "Open from the start.")


def test_lesson_under_way_comes_before_unopened_ones() -> None:
    assert step(reached("two", 3)) == NextStep(TWO, "You are in the middle of it. You have 3 of 10 points.")


def test_lesson_that_waits_for_a_grader_only_comes_last() -> None:
    assert step(waiting("one")) == NextStep(TWO, "Open from the start.")
    assert step(waiting("one", and_missing=True)) == NextStep(
        ONE, "You are in the middle of it. You have 0 of 10 points."
    )
    done = [reached("two", 10), reached("three", 10)]
    assert step(waiting("one"), *done) == NextStep(
        ONE, "Your answer waits for a grader; there is nothing else to do now."
    )


def test_nothing_is_next_when_all_is_mastered() -> None:
    lessons = {key(name): reached(name, 10) for name in ("one", "two", "three")}
    statuses = decide(COURSE, lessons)
    assert next_step(statuses) is None
    assert is_finished(statuses)


def test_course_without_lessons_is_not_finished() -> None:
    nothing: dict[LessonKey, LessonProgress] = {}
    statuses = decide(course(), nothing)
    assert next_step(statuses) is None
    assert not is_finished(statuses)
