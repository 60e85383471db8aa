"""Checks a course folder: everything an author must know before a release, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trailbook.domain.course import Course, InProcess, LessonKey
from trailbook.domain.errors import NotFound, ProblemsFound, Unavailable
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import with_hidden_tests
from trailbook.domain.leaks import find_leaks
from trailbook.domain.names import nearest_of
from trailbook.domain.notebook import exercises_of
from trailbook.domain.problem import Problem, errors_of
from trailbook.services.gate import TriedTest, try_lessons
from trailbook.services.ports import CourseFolder, Grader, Notebook, Stripper


@dataclass(frozen=True)
class CheckedLesson:
    """A lesson that can be released.

    Attributes
    ----------
    source
        What graders work on, with solutions and hidden tests.
    released
        The same cells as learners receive them.
    contract
        What its trial recorded; empty where there was none.
    tests
        How each test cell did in its trial; empty where there was none.
    """

    key: LessonKey
    source: Notebook
    released: Notebook
    files: Mapping[str, bytes]
    exercises: tuple[Exercise, ...]
    contract: Mapping[str, Any] = field(default_factory=dict)
    tests: tuple[TriedTest, ...] = ()


@dataclass(frozen=True)
class CheckReport:
    """What a check found; ``lessons`` are those that can be released."""

    course: Course | None
    problems: tuple[Problem, ...]
    lessons: tuple[CheckedLesson, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing stands in the way of a release; warnings do not."""
        return not errors_of(self.problems)


KnownContract = Callable[[Course, CheckedLesson], Mapping[str, Any]]
"""Returns the contract of a lesson that was tried before exactly as it is now; empty for one that was not."""


def check(
    folder: CourseFolder,
    stripper: Stripper,
    *,
    lessons: Sequence[LessonKey] | None = None,
    grader: Grader | None = None,
    known: KnownContract = lambda course, lesson: {},
) -> CheckReport:
    """Return everything that is wrong with the course, and the lessons that are ready.

    Parameters
    ----------
    lessons
        The lessons to look at; a key without a lesson's name stands for its module. None means every lesson of the
        manifest that has a notebook.
    grader
        Tries each lesson that is ready otherwise with its reference solution and its blank start; None for no trial.
    known
        Finds lessons that need no trial.

    Raises
    ------
    NotFound
        ``unknown_lesson``: one of the lessons is not in the manifest.
    """
    course, found = folder.read_manifest()
    problems = list(found)
    ready = []
    if course is not None:
        for key in _wanted(course, lessons, folder.source_lessons()):
            lesson, lesson_problems = _check_lesson(folder, stripper, key)
            problems += lesson_problems
            if lesson is not None:
                ready.append(lesson)
        if grader is not None:
            ready, more = _try(grader, course, ready, known, folder=folder.path)
            problems += more
    unique = dict.fromkeys(problems)  # the lessons of a module share its files, and say the same of them
    return CheckReport(course, tuple(unique), tuple(ready))


def _try(
    grader: Grader, course: Course, lessons: Sequence[CheckedLesson], known: KnownContract, *, folder: str
) -> tuple[list[CheckedLesson], list[Problem]]:
    """Return the lessons with their contracts, those with errors left out, and what their trials found."""
    contracts = {lesson.key: known(course, lesson) for lesson in lessons}
    untried = [lesson for lesson in lessons if not contracts[lesson.key]]
    try:
        trials = try_lessons(grader, course, untried, folder=folder)
    except Unavailable as refusal:
        return list(lessons), [_not_tried(course, refusal.message)]
    ready: list[CheckedLesson] = []
    problems: list[Problem] = []
    for lesson in lessons:
        trial = trials.get(lesson.key)
        if trial is not None:
            problems += trial.problems
        if trial is None or not errors_of(trial.problems):
            tested = lesson if trial is None else replace(lesson, contract=trial.contract, tests=trial.tests)
            ready.append(replace(tested, contract=tested.contract or contracts[lesson.key]))
    return ready, problems


def _not_tried(course: Course, why: str) -> Problem:
    """Return what to say where nothing could be tried.

    What the tests need of an answer is then recorded at the first grading, and tests that do not work apart may run in
    the learner's process: a course that forbids that has to be tried.
    """
    message = f"The reference solutions and the blank lessons could not be tried here. {why}"
    return Problem("not_tried", message, warning=course.rules.in_process is not InProcess.FORBIDDEN)


def _wanted(course: Course, lessons: Sequence[LessonKey] | None, in_folder: Iterable[LessonKey]) -> Sequence[LessonKey]:
    all_keys = [lesson.key for lesson in course.lessons()]
    if lessons is None:
        present = set(in_folder)
        return [key for key in all_keys if key in present]
    wanted: list[LessonKey] = []
    for asked in lessons:
        chosen = [key for key in all_keys if key == asked or (not asked.name and key.module == asked.module)]
        if not chosen:
            text = str(asked).rstrip("/")
            names = [*map(str, all_keys), *(module.name for module in course.modules)]
            message = f"The course {course.title} has no lesson {text}.{nearest_of(text, names)}"
            raise NotFound("unknown_lesson", message, course=course.name, lesson=text)
        wanted += [key for key in chosen if key not in wanted]
    return wanted


def _check_lesson(
    folder: CourseFolder, stripper: Stripper, key: LessonKey
) -> tuple[CheckedLesson | None, list[Problem]]:
    lesson = folder.read_lesson(key)
    problems = list(lesson.problems)
    if lesson.notebook is None or errors_of(problems):
        return None, problems
    file = f"source/{key}.ipynb"
    try:
        source = stripper.prepare(lesson.notebook, lesson.files)
        released = stripper.strip(lesson.notebook, lesson.files)
    except ProblemsFound as refusal:
        found = [Problem(**plain) for plain in refusal.details["problems"]]
        return None, problems + [problem if problem.file else replace(problem, file=file) for problem in found]
    problems += find_leaks(source, released, files=lesson.files, file=file)
    if errors_of(problems):
        return None, problems
    exercises = with_hidden_tests(exercises_of(source), source, released)
    return CheckedLesson(key, source, released, lesson.files, exercises), problems
