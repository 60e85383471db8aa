"""A small course for simulated learners: three lessons in a row and one beside them."""

from __future__ import annotations

from trailbook.domain.course import Course, Lesson, LessonKey, Module
from trailbook.domain.simulation.shape import Topic, topics_of

ONE, TWO, THREE, ASIDE = (LessonKey("m", name) for name in ("one", "two", "three", "aside"))

COURSE = Course(
    "c",
    "A <small> course",
    "",
    "en",
    (
        Module(
            "m",
            "M",
            (
                Lesson(ONE, "One", teaches=("loops",)),
                Lesson(ASIDE, "Aside", teaches=("loops",)),
                Lesson(TWO, "Two", teaches=("lists",), requires=(ONE,)),
                Lesson(THREE, "Three", teaches=("sums",), requires=(TWO,)),
            ),
        ),
    ),
)

EXERCISES = dict.fromkeys((ONE, TWO, THREE, ASIDE), 3)


def topics() -> tuple[Topic, ...]:
    """Return the course's topics."""
    return topics_of(COURSE, EXERCISES)
