"""Tests of what answers may import: the exercise's rule before the course's."""

from __future__ import annotations

from trailbook.domain.course import Course, ExerciseRules, GradingRules, Lesson, LessonKey, Module
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.exercise_packages import packages_of

KEY = LessonKey("ps1", "one")
EXERCISES = (
    Exercise("a", ExerciseKind.CODE, "A", ("a", "a2"), ("a-test",), 1.0),
    Exercise("b", ExerciseKind.CODE, "B", ("b",), ("b-test",), 1.0),
)


def course(everywhere: tuple[str, ...] | None, **exercises: ExerciseRules) -> Course:
    """Return a course with these rules."""
    lesson = Lesson(KEY, "One", exercises=exercises)
    return Course("c", "C", "", "en", (Module("ps1", "PS 1", (lesson,)),), rules=GradingRules(packages=everywhere))


def test_without_a_rule_everything_may_be_imported() -> None:
    assert packages_of(course(None), KEY, EXERCISES) == {}


def test_the_courses_rule_holds_for_every_answer_cell() -> None:
    allowed = packages_of(course(("math",)), KEY, EXERCISES)

    assert allowed == {"a": ("math",), "a2": ("math",), "b": ("math",)}


def test_the_exercises_rule_goes_first() -> None:
    allowed = packages_of(course(("math",), a=ExerciseRules(packages=())), KEY, EXERCISES)

    assert allowed == {"a": (), "a2": (), "b": ("math",)}
    assert packages_of(course(None, b=ExerciseRules(packages=("re",))), KEY, EXERCISES) == {"b": ("re",)}
