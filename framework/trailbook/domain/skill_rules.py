"""What must hold of the skills a course names: each is taught, and each title belongs to one."""

from __future__ import annotations

from collections.abc import Iterator

from trailbook.domain.course import Course, Lesson
from trailbook.domain.names import nearest_of

SKILL_WARNINGS = ("untaught_skill",)
"""Codes of what an author should know but may want: a skill can be brought along from elsewhere."""

Finding = tuple[str, str, Lesson | None]
"""Code, message and the lesson it is about."""


def skill_faults(course: Course) -> Iterator[Finding]:
    """Yield everything that is wrong with the course's skills."""
    taught = {skill for lesson in course.lessons() for skill in lesson.teaches}
    yield from _untaught(course, taught)
    yield from _titles(course, taught)
    yield from _variants(course)
    if course.mastery is not None and course.mastery.zone[0] >= course.mastery.zone[1]:
        lower, upper = course.mastery.zone
        message = f"mastery.zone goes from {lower} to {upper}. Put the lower number first, and a greater one after it."
        yield "bad_zone", message, None


def practised_skills(course: Course) -> set[str]:
    """Return every skill a lesson teaches or an exercise is said to practise."""
    return {
        skill
        for lesson in course.lessons()
        for skill in (*lesson.teaches, *(each for rules in lesson.exercises.values() for each in rules.skills or ()))
    }


def _untaught(course: Course, taught: set[str]) -> Iterator[Finding]:
    for lesson in course.lessons():
        for exercise, rules in lesson.exercises.items():
            for skill in rules.skills or ():
                if skill not in taught:
                    message = (
                        f"The exercise {exercise} of {lesson.key} practises {skill}, which no lesson teaches, so "
                        "nobody can be sent to learn it. Add it to teaches of the lesson that does."
                    )
                    yield "untaught_skill", message + nearest_of(skill, sorted(taught)), lesson


def _titles(course: Course, taught: set[str]) -> Iterator[Finding]:
    known = practised_skills(course)
    for skill in course.skills:
        if skill not in known:
            message = f"skills has a title for {skill}, which no lesson teaches and no exercise practises."
            yield "unknown_skill", message + (nearest_of(skill, sorted(taught)) or " Remove it."), None


def _variants(course: Course) -> Iterator[Finding]:
    for lesson in course.lessons():
        for exercise, rules in lesson.exercises.items():
            if rules.variant_of == exercise:
                message = f"The exercise {exercise} of {lesson.key} is a variant of itself. Name another one."
                yield "variant_of_itself", message, lesson
