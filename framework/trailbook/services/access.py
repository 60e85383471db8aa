"""Who may enter a course, and which release of a lesson there is."""

from __future__ import annotations

from trailbook.domain.course import Course, Lesson, LessonKey
from trailbook.domain.errors import NotAllowed, NotFound
from trailbook.domain.names import nearest_of
from trailbook.domain.people import Identity, Role
from trailbook.services.ports import LessonSummary, LessonVersion, UnitOfWork


def enter_course(work: UnitOfWork, identity: Identity, name: str) -> Course:
    """Return the course when the person has a role in it.

    Raises
    ------
    NotFound
        ``unknown_course``: there is none with this name.
    NotAllowed
        ``not_in_course``: the person has no role in it.
    """
    course = work.courses.find(name)
    if course is None:
        raise NotFound("unknown_course", f"There is no course {name!r} here. Go back to Home.", course=name)
    if identity.is_service or not identity.has(name, *Role):
        raise NotAllowed(
            "not_in_course", f"You are not in the course {course.title}. Ask its instructor to add you.", course=name
        )
    return course


def is_staff(identity: Identity, course: str) -> bool:
    """Return whether the person may look into any lesson and any learner's work of the course."""
    return identity.has(course, Role.GRADER, Role.INSTRUCTOR)


def enter_course_as_staff(work: UnitOfWork, identity: Identity, name: str) -> Course:
    """Return the course when the person is its grader or instructor.

    Raises
    ------
    NotFound, NotAllowed
        As `enter_course`; ``not_staff``.
    """
    course = enter_course(work, identity, name)
    if not is_staff(identity, name):
        raise NotAllowed(
            "not_staff", f"Only graders and instructors of {course.title} can see this. Go back to Home.", course=name
        )
    return course


def refuse_unknown_learner(work: UnitOfWork, course: Course, learner: str) -> None:
    """Raise `NotFound` (``unknown_learner``) for who neither began nor is in a group: most likely a slip."""
    known = {*work.progress.learners(course.name), *(name for names in course.groups.values() for name in names)}
    if learner not in known:
        hint = nearest_of(learner, known) or " Somebody who has not begun can be put in a group of course.yaml."
        raise NotFound("unknown_learner", f"Nobody named {learner!r} is in the course yet.{hint}", learner=learner)


def latest_version(work: UnitOfWork, course: Course, key: LessonKey) -> LessonVersion:
    """Return the newest release of a lesson of the course.

    Raises
    ------
    NotFound
        ``unknown_lesson``: the course has none with this key; ``not_released``: it has no release yet.
    """
    lesson = course.get_lesson(key)
    version = work.versions.find_latest(course.name, key)
    if version is None:
        raise _not_released(course, lesson)
    return version


def latest_summary(work: UnitOfWork, course: Course, key: LessonKey) -> LessonSummary:
    """Return the newest release of a lesson of the course without its notebooks; raises as `latest_version`."""
    lesson = course.get_lesson(key)
    summary = work.versions.find_summary(course.name, key)
    if summary is None:
        raise _not_released(course, lesson)
    return summary


def _not_released(course: Course, lesson: Lesson) -> NotFound:
    return NotFound(
        "not_released",
        f"{lesson.title} is not released yet. Ask the instructor, or come back later.",
        course=course.name,
        lesson=str(lesson.key),
    )
