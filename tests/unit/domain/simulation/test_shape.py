"""A course as simulated learners meet it."""

from __future__ import annotations

import pytest

from trailbook.domain.course import Course, ExerciseRules, Lesson, LessonKey, Module
from trailbook.domain.errors import Invalid
from trailbook.domain.simulation.shape import topics_of


def key(name: str) -> LessonKey:
    return LessonKey("m", name)


def course_of(*lessons: Lesson) -> Course:
    return Course("c", "A course", "", "en", (Module("m", "M", lessons),))


def test_a_lesson_comes_after_those_it_requires() -> None:
    course = course_of(Lesson(key("late"), "Late", requires=(key("early"),)), Lesson(key("early"), "Early"))
    topics = topics_of(course, {key("late"): 1, key("early"): 1})
    assert [(topic.name, topic.requires) for topic in topics] == [("m/early", ()), ("m/late", ("m/early",))]


def test_what_a_lesson_to_read_requires_is_asked_of_the_lesson_behind_it() -> None:
    course = course_of(
        Lesson(key("one"), "One"),
        Lesson(key("text"), "Text", requires=(key("one"),)),
        Lesson(key("two"), "Two", requires=(key("text"),)),
    )
    topics = topics_of(course, {key("one"): 2, key("two"): 2})
    assert [(topic.name, topic.requires) for topic in topics] == [("m/one", ()), ("m/two", ("m/one",))]


def test_few_exercises_are_filled_up_and_many_are_kept() -> None:
    course = course_of(Lesson(key("few"), "Few"), Lesson(key("many"), "Many"))
    few, many = topics_of(course, {key("few"): 2, key("many"): 14})
    assert (len(few.items), len(many.items)) == (10, 14)


def test_minutes_are_the_authors() -> None:
    rules = {"a": ExerciseRules(minutes=4.0), "b": ExerciseRules(minutes=6.0)}
    told, untold = topics_of(
        course_of(Lesson(key("told"), "Told", minutes=20, exercises=rules), Lesson(key("untold"), "Untold")),
        {key("told"): 2, key("untold"): 1},
    )
    assert (told.minutes, told.exercise_minutes, untold.exercise_minutes) == (20.0, 5.0, 3.0)


def test_a_course_without_exercises_is_refused() -> None:
    with pytest.raises(Invalid, match="Add one") as refused:
        topics_of(course_of(Lesson(key("text"), "Text")), {})
    assert refused.value.code == "nothing_to_simulate"


def test_lessons_that_require_each_other_are_refused() -> None:
    course = course_of(
        Lesson(key("one"), "One", requires=(key("two"),)), Lesson(key("two"), "Two", requires=(key("one"),))
    )
    with pytest.raises(Invalid, match="m/one, m/two") as refused:
        topics_of(course, {key("one"): 1, key("two"): 1})
    assert refused.value.code == "circular_requires"
