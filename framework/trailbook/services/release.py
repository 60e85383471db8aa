"""Releases lessons: checked, stripped, versioned by content, known to nbgrader, and told to the learners."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.course_rules import MANIFEST
from trailbook.domain.problem import Problem, refuse_problems
from trailbook.services.check import CheckedLesson, check
from trailbook.services.context import Context
from trailbook.services.decide import update_path
from trailbook.services.ports import (
    CourseFolder,
    Event,
    Gradebook,
    Grader,
    LessonVersion,
    Notebook,
    Stripper,
    UnitOfWork,
)


@dataclass(frozen=True)
class ReleasedLesson:
    """A lesson's newest version; ``changed`` is False when the content was released before."""

    lesson: str
    version: int
    changed: bool


@dataclass(frozen=True)
class ReleaseReport:
    """What a release did, and the warnings of its check."""

    items: tuple[ReleasedLesson, ...]
    warnings: tuple[Problem, ...]


def release(
    context: Context,
    folder: CourseFolder,
    stripper: Stripper,
    gradebook: Gradebook,
    *,
    course: str,
    lessons: Sequence[LessonKey] | None = None,
    by: str,
    grader: Grader | None = None,
) -> ReleaseReport:
    """Release lessons of a course folder; the same content again changes nothing.

    Scores and drafts stay: they belong to a cell's ``grade_id``, not to a version.

    Parameters
    ----------
    course
        The name the folder's manifest must have. A name belongs to one folder: its staff may not take another's.
    lessons
        The lessons to release; a key without a lesson's name stands for its module, and None for the whole course.
    by
        Who releases.
    grader
        Tries the lessons that are not released as they are: reference solution and blank start. None releases
        without a trial, and what the tests need of an answer is then recorded at the first grading.

    Raises
    ------
    ProblemsFound
        The course did not pass its check; nothing was released.
    NotFound
        ``unknown_lesson``: one of the lessons is not in the manifest.
    """

    def known(course: Course, lesson: CheckedLesson) -> Mapping[str, Any]:
        return _contract_of(context, course, lesson)

    report = check(folder, stripper, lessons=lessons, grader=grader, known=known)
    problems = [*report.problems, *_renamed(report.course, course)]
    refuse_problems(problems, "Nothing was released")
    assert report.course is not None  # noqa: S101  # without a course there are errors, refused above
    # Before the transaction: nbgrader's rows can be written again, but a version without them could not be graded.
    gradebook.register(report.course, {lesson.key: lesson.source for lesson in report.lessons})
    now = context.clock()
    with context.storage() as work:
        items, events, is_changed = _store(work, report.course, report.lessons, by=by, now=now)
    for lesson in report.lessons:
        folder.write_release(lesson.key, lesson.released, lesson.files)
    context.live.publish(events)
    if is_changed:
        _update_paths(context, report.course)
    return ReleaseReport(items, tuple(problem for problem in problems if problem.warning))


def content_sha256(released: Notebook, files: Mapping[str, bytes]) -> str:
    """Return the hash of what a learner receives of a lesson."""
    digest = hashlib.sha256(json.dumps(released, sort_keys=True, separators=(",", ":")).encode())
    for path, content in sorted(files.items()):
        digest.update(f"\n{path}\n{hashlib.sha256(content).hexdigest()}".encode())
    return digest.hexdigest()


def _contract_of(context: Context, course: Course, lesson: CheckedLesson) -> Mapping[str, Any]:
    """Return the contract of a lesson that was released exactly as it is, under the rules of now; empty otherwise."""
    with context.storage(read_only=True) as work:
        before = work.courses.find(course.name)
        latest = work.versions.find_latest(course.name, lesson.key)
    if before is None or latest is None or (before.rules, before.grading) != (course.rules, course.grading):
        return {}
    return latest.contract if _is_same(latest, lesson) and latest.source == lesson.source else {}


def _is_same(latest: LessonVersion, lesson: CheckedLesson) -> bool:
    """Whether learners would receive the same."""
    return latest.sha256 == content_sha256(lesson.released, lesson.files)


def _renamed(course: Course | None, expected: str) -> list[Problem]:
    if course is None or course.name == expected:
        return []
    message = f"The course is known as {expected}, and a name cannot change. Write name: {expected}"
    return [Problem("course_renamed", message, MANIFEST)]


def _store(
    work: UnitOfWork, course: Course, lessons: Sequence[CheckedLesson], *, by: str, now: datetime
) -> tuple[tuple[ReleasedLesson, ...], list[Event], bool]:
    """Store what is new; return what there is now, what to tell, and whether a path may look different."""
    is_changed = work.courses.find(course.name) != course
    if is_changed:
        work.courses.put(course)
    items = tuple(_store_lesson(work, course, lesson, by=by, now=now) for lesson in lessons)
    events = [
        work.events.append(
            Event("lesson_released", now, course.name, "", lesson.key, actor=by, data={"version": item.version})
        )
        for lesson, item in zip(lessons, items, strict=True)
        if item.changed
    ]
    return items, events, is_changed or bool(events)


def _update_paths(context: Context, course: Course) -> None:
    """Decide every learner's path anew, a transaction each: a large course must not keep all writers waiting."""
    with context.storage(read_only=True) as work:
        learners = work.progress.learners(course.name)
    for learner in learners:
        with context.storage() as work:
            events = update_path(work, course, learner, context.clock())
        context.live.publish(events)


def _store_lesson(work: UnitOfWork, course: Course, lesson: CheckedLesson, *, by: str, now: datetime) -> ReleasedLesson:
    latest = work.versions.find_latest(course.name, lesson.key)
    # A mended solution or hidden test changes nothing a learner receives, and must still be graded with.
    if (
        latest is not None
        and _is_same(latest, lesson)
        and (latest.source, latest.contract) == (lesson.source, lesson.contract or latest.contract)
    ):
        return ReleasedLesson(str(lesson.key), latest.number, changed=False)
    version = LessonVersion(
        course=course.name,
        lesson=lesson.key,
        number=1 if latest is None else latest.number + 1,
        sha256=content_sha256(lesson.released, lesson.files),
        source=lesson.source,
        released=lesson.released,
        exercises=lesson.exercises,
        files=lesson.files,
        released_at=now,
        released_by=by,
        contract=lesson.contract,
    )
    work.versions.add(version)
    return ReleasedLesson(str(lesson.key), version.number, changed=True)
