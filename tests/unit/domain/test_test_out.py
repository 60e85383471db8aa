"""A test-out asks a few of a lesson's exercises and ends as soon as it is clear."""

from __future__ import annotations

import pytest
from support.courses import exercise, key

from trailbook.domain.course import ExerciseRules, Lesson
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.test_out import Ending, Outcome, choose_exercises, outcome

KNOWN = "You know this: {} right. The lesson counts as mastered."
NOT_YET = "Not yet: {} right. Nothing is lost, and what you solved is yours."


def ids(lesson: Lesson, exercises: list[Exercise], **predicted: float) -> list[str]:
    return [each.id for each in choose_exercises(lesson, exercises, lambda name: predicted.get(name, 0.5))]


def lesson(**rules: ExerciseRules) -> Lesson:
    return Lesson(key("one"), "One", teaches=("loops",), exercises=rules)


def test_choose_the_hardest_in_the_lessons_order() -> None:
    exercises = [exercise(name) for name in "abcd"]
    assert ids(lesson(), exercises, a=0.9, b=0.4, c=0.3, d=0.2) == ["b", "c", "d"]
    assert ids(lesson(), exercises) == ["a", "b", "c"], "equal ones from the beginning"


def test_choose_covers_every_skill_before_it_asks_one_twice() -> None:
    rules = {name: ExerciseRules(skills=(skill,)) for name, skill in zip("abcd", ["x", "x", "y", "z"], strict=True)}
    chosen = ids(lesson(**rules), [exercise(name) for name in "abcd"], a=0.1, b=0.2, c=0.9, d=0.8)
    assert chosen == ["a", "c", "d"]


def test_choose_takes_no_variant_of_what_is_asked() -> None:
    rules = {"b": ExerciseRules(variant_of="a"), "c": ExerciseRules(variant_of="a")}
    assert ids(lesson(**rules), [exercise(name) for name in "abcd"], c=0.1) == ["c", "d"]


def test_choose_only_what_is_graded_at_once_and_has_points() -> None:
    written = Exercise("w", ExerciseKind.TEXT, "W", ("w",), (), 5.0)
    assert ids(lesson(), [written, exercise("free", points=0.0), exercise("a")]) == ["a"]
    assert ids(lesson(), [written]) == []


TWO = [exercise("a", points=8.0), exercise("b", points=2.0)]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({}, Outcome(Ending.RUNNING, "Answer these to show that you know the lesson.")),
        ({"a": [0.0]}, Outcome(Ending.RUNNING, "So far 0 of 2 right.")),
        ({"b": [0.0, 0.0]}, Outcome(Ending.RUNNING, "So far 0 of 2 right.")),
        ({"a": [0.0, 1.0]}, Outcome(Ending.PASSED, KNOWN.format("1 of 2"))),
        ({"a": [0.75], "b": [0.0, 1.0]}, Outcome(Ending.PASSED, KNOWN.format("1 of 2"))),
        ({"a": [1.0], "b": [1.0]}, Outcome(Ending.PASSED, KNOWN.format("2 of 2"))),
        ({"a": [0.0, 0.5]}, Outcome(Ending.FAILED, NOT_YET.format("0 of 2"))),
        ({"a": [0.0, 0.0, 1.0]}, Outcome(Ending.FAILED, NOT_YET.format("0 of 2"))),
    ],
)
def test_outcome_after_answers(shares: dict[str, list[float]], expected: Outcome) -> None:
    assert outcome(TWO, shares, pass_share=0.8) == expected
