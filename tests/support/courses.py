"""Courses, releases and progress, with only what a test is about said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from support.notebooks import answer, check, notebook
from trailbook.domain.course import Course, Lesson, LessonKey, Module
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.notebook import exercises_of
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.services.ports import Attempt, JobKind, LessonVersion, Storage

MODULE = "Übung 1"
NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
TRAP = """te<s'&">t ü"""
"""A learner whose name has what breaks HTML, addresses and shells."""


def key(name: str) -> LessonKey:
    """Return the key of a lesson of the one module."""
    return LessonKey(MODULE, name)


def lesson(name: str, *, requires: Sequence[str] = (), pass_share: float = 0.8) -> Lesson:
    """Return a lesson titled as its name."""
    return Lesson(key(name), name.title(), requires=tuple(map(key, requires)), pass_share=pass_share)


def course(*lessons: Lesson, name: str = "course") -> Course:
    """Return a course of one module."""
    return Course(name, name.title(), "A course.", "en", (Module(MODULE, "Module", lessons),))


def exercise(name: str = "a", *, points: float = 10.0) -> Exercise:
    """Return a code exercise with one test."""
    return Exercise(name, ExerciseKind.CODE, name.title(), (name,), (f"{name}-test",), points)


def reached(name: str, score: float, *, of: float = 10.0, started: bool = True) -> LessonProgress:
    """Return progress on a lesson with one exercise."""
    done = ExerciseProgress("a", ExerciseState.GRADED, score=score, max_score=of)
    return LessonProgress(key(name), {"a": done}, max_score=of, started=started)


def version(
    name: str,
    source: dict[str, Any],
    *,
    number: int = 1,
    of: str = "course",
    files: Mapping[str, bytes] | None = None,
) -> LessonVersion:
    """Return a release whose source is what learners get."""
    return LessonVersion(
        course=of,
        lesson=key(name),
        number=number,
        sha256=hashlib.sha256(json.dumps(source).encode()).hexdigest(),
        source=source,
        released=source,
        exercises=exercises_of(source),
        files=files or {},
        released_at=NOW,
        released_by="ida",
    )


def attempt(attempt_id: str, *, learner: str = TRAP, name: str = "one", **changes: Any) -> Attempt:
    """Return an attempt of exercise ``a`` whose key is its id."""
    values = {
        "id": attempt_id,
        "kind": JobKind.ATTEMPT,
        "key": attempt_id,
        "course": "course",
        "lesson": key(name),
        "version": 1,
        "learner": learner,
        "exercise": "a",
        "answers": {"a": "a = 1"},
        "created_at": NOW,
    }
    return Attempt(**{**values, **changes})


def store_course(storage: Storage) -> None:
    """Put a course with lesson ``one`` and its first release into a database."""
    with storage() as work:
        work.courses.put(course(lesson("one")))
        work.versions.add(version("one", notebook(answer("a"), check("a-test"))))
