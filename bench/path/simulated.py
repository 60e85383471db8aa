"""Policies on simulated learners of a course of eight lessons: the figures the goals are about."""

from __future__ import annotations

from collections.abc import Mapping

from trailbook.domain.course import Course, Lesson, LessonKey, Module
from trailbook.domain.simulation.compare import Compared, Study
from trailbook.domain.simulation.shape import topics_of
from trailbook.domain.simulation.worlds import Slopes, Steps, worlds_of

REQUIRES = ((), (0,), (0,), (1, 2), (3,), (3,), (5,), (4, 6))
EXERCISES = 4
LEARNERS = 60
SEED = 0


def compare_policies() -> Mapping[str, Compared]:
    """Return each world's comparison; the same numbers every time."""
    keys = [LessonKey("course", f"lesson{number}") for number in range(len(REQUIRES))]
    lessons = tuple(
        Lesson(key, key.name, requires=tuple(keys[place] for place in requires))
        for key, requires in zip(keys, REQUIRES, strict=True)
    )
    course = Course("course", "Eight lessons", "", "en", (Module("course", "Eight lessons", lessons),))
    topics = topics_of(course, dict.fromkeys(keys, EXERCISES))
    return {
        name: Study(world, topics, LEARNERS, SEED).compare() for name, world in worlds_of(Slopes(), Steps()).items()
    }
