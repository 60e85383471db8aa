"""Checks a course folder: everything an author must know before a release, in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.errors import NotFound, ProblemsFound
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import with_hidden_tests
from trailbook.domain.leaks import find_leaks
from trailbook.domain.names import nearest_of
from trailbook.domain.notebook import exercises_of
from trailbook.domain.problem import Problem, errors_of
from trailbook.services.ports import CourseFolder, Notebook, Stripper


@dataclass(frozen=True)
class CheckedLesson:
    """A lesson that can be released.

    Attributes
    ----------
    source
        What graders work on, with solutions and hidden tests.
    released
        The same cells as learners receive them.
    """

    key: LessonKey
    source: Notebook
    released: Notebook
    files: Mapping[str, bytes]
    exercises: tuple[Exercise, ...]


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


def check(folder: CourseFolder, stripper: Stripper, *, lessons: Sequence[LessonKey] | None = None) -> CheckReport:
    """Return everything that is wrong with the course, and the lessons that are ready.

    Parameters
    ----------
    lessons
        The lessons to look at; a key without a lesson's name stands for its module. None means every lesson of the
        manifest that has a notebook.

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
    unique = dict.fromkeys(problems)  # the lessons of a module share its files, and say the same of them
    return CheckReport(course, tuple(unique), tuple(ready))


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
        source, released = stripper.prepare(lesson.notebook), stripper.strip(lesson.notebook)
    except ProblemsFound as refusal:
        found = [Problem(**plain) for plain in refusal.details["problems"]]
        return None, problems + [problem if problem.file else replace(problem, file=file) for problem in found]
    problems += find_leaks(source, released, files=lesson.files, file=file)
    if errors_of(problems):
        return None, problems
    exercises = with_hidden_tests(exercises_of(source), source, released)
    return CheckedLesson(key, source, released, lesson.files, exercises), problems
