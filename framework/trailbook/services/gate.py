"""The release gate: runs a lesson's reference solution and its blank start as any answer is run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from trailbook.domain.course import Course, InProcess, LessonKey
from trailbook.domain.errors import Unavailable
from trailbook.domain.exercise import Exercise
from trailbook.domain.exercise_packages import packages_of
from trailbook.domain.in_process import declared_cells
from trailbook.domain.problem import Problem
from trailbook.domain.release_gate import Trial, trial_problems, unsolved_cells
from trailbook.domain.results import Mode
from trailbook.services.ports import Grader, LessonToGrade, Notebook, Recording

AT_ONCE = 2
TRIES = 2

log = logging.getLogger(__name__)


class Candidate(Protocol):
    """A lesson that is to be released, as far as a trial needs it."""

    @property
    def key(self) -> LessonKey: ...
    @property
    def source(self) -> Notebook: ...
    @property
    def released(self) -> Notebook: ...
    @property
    def files(self) -> Mapping[str, bytes]: ...
    @property
    def exercises(self) -> tuple[Exercise, ...]: ...


@dataclass(frozen=True)
class TriedTest:
    """How one test cell did with the reference solution.

    Attributes
    ----------
    mode
        How it runs: anything but ``separate`` can be forged.
    trusts
        Methods of the learner's objects that its verdict depends on.
    """

    grade_id: str
    mode: Mode
    score: float
    max_score: float
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What a trial found, and the contract to keep with the release."""

    problems: tuple[Problem, ...]
    contract: Mapping[str, Any] = field(default_factory=dict)
    tests: tuple[TriedTest, ...] = ()


def try_lessons(
    grader: Grader, course: Course, lessons: Sequence[Candidate], *, folder: str
) -> Mapping[LessonKey, Tried]:
    """Return the trial of each lesson.

    Parameters
    ----------
    folder
        The course folder: data folders are relative to it.

    Raises
    ------
    Unavailable
        ``no_sandbox``: learner code cannot be run safely here.
    """
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="trailbook-gate") as pool:
        found = pool.map(lambda lesson: _try_lesson(grader, course, lesson, folder), lessons)
        return {lesson.key: tried for lesson, tried in zip(lessons, found, strict=True)}


def declared_in_manifest(course: Course, key: LessonKey) -> tuple[str, ...]:
    """Return the ``grade_id`` of the test cells that `course.yaml` declares for a lesson."""
    start = f"{key}/"
    return tuple(name.removeprefix(start) for name in course.rules.in_process_cells if name.startswith(start))


def _try_lesson(grader: Grader, course: Course, lesson: Candidate, folder: str) -> Tried:
    rule, declared = course.rules.in_process, declared_in_manifest(course, lesson.key)
    to_grade = LessonToGrade(
        lesson.source,
        lesson.released,
        lesson.files,
        limits=course.limits_of(lesson.key, None),
        packages=packages_of(course, lesson.key, lesson.exercises),
        data={name: f"{folder}/{name}" for name in course.rules.data},
    )
    if not any(exercise.test_cells for exercise in lesson.exercises):
        return Tried(())
    try:
        recording = _record(grader, to_grade, declared, rule)
    except Unavailable as refusal:
        if refusal.code == "no_sandbox":
            raise
        message = f"The tests could not be tried: {refusal.message}"
        return Tried((Problem("not_tried", message, f"source/{lesson.key}.ipynb"),))
    trial = Trial(
        reference={test.grade_id: test for test in recording.reference.tests},
        blank={test.grade_id: test for test in recording.blank.tests},
        executed=recording.reference.autograded,
        in_process=recording.in_process,
        declared={*declared, *declared_cells(lesson.source)},
        why_not_apart=recording.why_not_apart,
        trusts=recording.trusts,
    )
    unsolved = unsolved_cells(lesson.source, lesson.released, lesson.exercises)
    problems = trial_problems(trial, lesson.exercises, unsolved=unsolved, rule=rule, lesson=str(lesson.key))
    tests = tuple(
        TriedTest(test.grade_id, test.mode, test.score, test.max_score, recording.trusts.get(test.grade_id, ()))
        for test in recording.reference.tests
    )
    return Tried(tuple(problems), recording.contract, tests)


def _record(grader: Grader, lesson: LessonToGrade, declared: Sequence[str], rule: InProcess) -> Recording:
    """Record a lesson; a recording that fails for its own reasons is tried again."""
    for left in reversed(range(TRIES)):
        try:
            return grader.record(lesson, declared=declared, rule=rule)
        except Unavailable as refusal:
            if refusal.code == "no_sandbox" or not left:
                raise
            log.warning("a trial failed and is tried again: %s", refusal)
    raise AssertionError  # the last try returned or raised
