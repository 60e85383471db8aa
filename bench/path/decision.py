"""How long a path takes to decide: 200 lessons, a learner with 1,000 past answers, on a database file."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.adapters.storage import SqlStorage, open_storage
from trailbook.domain.course import Course, Lesson, LessonKey, MasteryRules, Module
from trailbook.domain.notebook import exercises_of
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.plan import plan_of
from trailbook.services.ports import Attempt, JobKind, JobStatus, LessonVersion, Notebook, UnitOfWork

LESSONS, ANSWERS, EXERCISES, TRIES = 200, 1_000, 5, 30
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEARNER = "ida"


def decision_milliseconds() -> list[float]:
    """Return how long each of some decisions took, in milliseconds, the slowest last.

    It is the processor's time of the one thread that decides, so that what else a machine does is not counted. The
    first decision, which makes the model, is left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        storage = open_storage(f"sqlite:///{Path(folder) / 'trailbook.db'}")
        storage.learner_models.forgetting = FsrsForgetting()
        course = _course()
        end = _fill(storage, course)
        took = []
        for _ in range(TRIES):
            begin = time.thread_time()
            with storage(read_only=True) as work:
                plan_of(work, course, LEARNER, now=end)
            took.append((time.thread_time() - begin) * 1000)
        storage.close()
    return sorted(took[1:])


def report() -> tuple[float, float]:
    """Print and return the median and the slowest decision, in milliseconds."""
    took = decision_milliseconds()
    what = f"path of {LESSONS} lessons after {ANSWERS:,} answers"
    print(f"\n{what}: median {median(took):.1f} ms, slowest {took[-1]:.1f} ms")
    return median(took), took[-1]


def _course() -> Course:
    keys = [LessonKey("m", f"lesson-{number:03}") for number in range(LESSONS)]
    lessons = tuple(
        Lesson(key, key.name, teaches=(f"skill-{number}",), requires=tuple(keys[max(number - 2, 0) : number]))
        for number, key in enumerate(keys)
    )
    return Course("big", "Big", "", "en", (Module("m", "M", lessons),), mastery=MasteryRules())


def _fill(storage: SqlStorage, course: Course) -> datetime:
    """Let the learner answer each lesson's exercises one after the other, mostly right; return when that ended."""
    draw, now = Random(1), BEGIN
    with storage() as work:
        work.courses.put(course)
        for lesson in course.lessons():
            work.versions.add(_version(lesson.key))
        for number in range(ANSWERS):
            now += timedelta(minutes=3)
            key, exercise = LessonKey("m", f"lesson-{number // EXERCISES:03}"), f"e{number % EXERCISES}"
            _answer(work, key, exercise, number=number, share=float(draw.random() < 0.8), now=now)
    return now


def _answer(work: UnitOfWork, key: LessonKey, exercise: str, *, number: int, share: float, now: datetime) -> None:
    attempt = f"a{number}"
    answers = {exercise: f"x = {number}"}
    work.attempts.add(Attempt(attempt, JobKind.ATTEMPT, attempt, "big", key, 1, LEARNER, exercise, answers, now))
    tests = (TestResult(f"{exercise}-test", share, 1.0),)
    work.attempts.finish(attempt, JobStatus.DONE, GradingResult(Verdict.GRADED, tests), now=now)
    work.progress.mark_started(LEARNER, "big", key)
    done = ExerciseProgress(exercise, ExerciseState.GRADED, share, 1.0, tests)
    work.progress.put_exercise(LEARNER, "big", key, done)


def _version(key: LessonKey) -> LessonVersion:
    notebook = {"cells": [cell for number in range(EXERCISES) for cell in _cells(f"e{number}")], "metadata": {}}
    exercises = exercises_of(notebook)
    return LessonVersion("big", key, 1, key.name, notebook, notebook, exercises, {}, BEGIN, "ida")


def _cells(name: str) -> list[Notebook]:
    def cell(grade_id: str, source: str, **flags: object) -> Notebook:
        marks = {"grade_id": grade_id, "schema_version": 3, "grade": False, "solution": False, "locked": False, **flags}
        return {"cell_type": "code", "id": grade_id, "metadata": {"nbgrader": marks}, "outputs": [], "source": source}

    return [cell(name, "", solution=True), cell(f"{name}-test", f"assert {name}", grade=True, locked=True, points=1)]


if __name__ == "__main__":
    report()
