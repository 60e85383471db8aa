"""Which packages the answers of a lesson may import, as `course.yaml` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise


def packages_of(course: Course, key: LessonKey, exercises: Iterable[Exercise]) -> Mapping[str, tuple[str, ...]]:
    """Return the packages each answer cell may import, by its ``grade_id``; a cell that is not there may import any.

    What is said of an exercise goes before what is said of the course.
    """
    allowed = {}
    for exercise in exercises:
        rules = course.rules_of(key, exercise.id)
        packages = course.rules.packages if rules is None or rules.packages is None else rules.packages
        if packages is not None:
            allowed.update(dict.fromkeys(exercise.answer_cells, packages))
    return allowed
