"""A course as simulated learners meet it: every lesson as one thing to learn, with as many exercises as it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.errors import Invalid

LEAST_ITEMS = 10  # exercises of a lesson to draw from: fewer are filled up with variants
EXERCISE_MINUTES = 3.0  # for an exercise whose author says nothing


@dataclass(frozen=True)
class Topic:
    """One lesson, and the one skill it stands for.

    Attributes
    ----------
    items
        Exercises to draw from; the course's own first, then variants of them.
    minutes
        To read the lesson once.
    exercise_minutes
        To answer one exercise.
    requires
        Names of topics that come before, in the author's order.
    """

    name: str
    lesson: Lesson
    items: tuple[str, ...]
    minutes: float
    exercise_minutes: float
    requires: tuple[str, ...]


def topics_of(course: Course, exercises: Mapping[LessonKey, int]) -> tuple[Topic, ...]:
    """Return the lessons that have exercises, each after those it requires; the author's order otherwise.

    A lesson without exercises can only be read: what it requires is asked of the lessons behind it instead.

    Parameters
    ----------
    exercises
        How many exercises each lesson has; a lesson that is not in it has none.

    Raises
    ------
    Invalid
        ``nothing_to_simulate``: no lesson has an exercise.
    """
    lessons = {lesson.key: lesson for lesson in course.lessons()}
    found: dict[LessonKey, Topic] = {}
    for key in _sorted(lessons):
        if exercises.get(key):
            requires = tuple(map(str, dict.fromkeys(_required(lessons[key], lessons, exercises))))
            found[key] = _topic(lessons[key], exercises[key], requires)
    if not found:
        raise Invalid(
            "nothing_to_simulate",
            f"No lesson of {course.title} has an exercise, so there is nothing to practise. Add one and try again.",
        )
    return tuple(found.values())


def _topic(lesson: Lesson, exercises: int, requires: tuple[str, ...]) -> Topic:
    name = str(lesson.key)
    told = [rules.minutes for rules in lesson.exercises.values() if rules.minutes]
    return Topic(
        name=name,
        lesson=lesson,
        items=tuple(f"{name}#{number}" for number in range(max(exercises, LEAST_ITEMS))),
        minutes=float(lesson.minutes),
        exercise_minutes=sum(told) / len(told) if told else EXERCISE_MINUTES,
        requires=requires,
    )


def _required(
    lesson: Lesson, lessons: Mapping[LessonKey, Lesson], exercises: Mapping[LessonKey, int]
) -> list[LessonKey]:
    """Return what a lesson requires; of one that can only be read, what that requires."""
    found: list[LessonKey] = []
    for key in lesson.requires:
        if key in lessons:
            found += [key] if exercises.get(key) else _required(lessons[key], lessons, exercises)
    return found


def _sorted(lessons: Mapping[LessonKey, Lesson]) -> list[LessonKey]:
    """Return the lessons, each after those it requires.

    Raises
    ------
    Invalid
        ``circular_requires``: some require each other.
    """
    left, done = dict(lessons), dict[LessonKey, None]()
    while left:
        ready = [key for key, lesson in left.items() if not any(needed in left for needed in lesson.requires)]
        if not ready:
            names = ", ".join(map(str, left))
            raise Invalid("circular_requires", f"These lessons require each other, so none can open: {names}.")
        for key in ready[:1]:
            done[key] = None
            del left[key]
    return list(done)
