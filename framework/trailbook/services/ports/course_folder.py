"""A course folder with nbgrader's tools and gradebook, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.problem import Problem
from trailbook.domain.results import GradingResult
from trailbook.services.ports.records import Attempt, Notebook


@dataclass(frozen=True)
class SourceLesson:
    """A lesson as its author wrote it, or the problems that keep it from being read."""

    key: LessonKey
    notebook: Notebook | None
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


class CourseFolder(Protocol):
    """One course folder in nbgrader's layout."""

    @property
    def path(self) -> str: ...
    def read_manifest(self) -> tuple[Course | None, Sequence[Problem]]: ...
    def read_lesson(self, key: LessonKey) -> SourceLesson: ...
    def source_lessons(self) -> Sequence[LessonKey]:
        """Return every notebook under `source/`, in the order of names."""

    def write_release(self, key: LessonKey, released: Notebook, files: Mapping[str, bytes]) -> None: ...


class Stripper(Protocol):
    """Makes a learner's notebook out of an author's."""

    def prepare(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return what graders work on: header and footer included, metadata of today's schema, stable cell ids.

        Solutions and hidden tests are still in it. Cell for cell the same as `strip` of the same notebook.

        Parameters
        ----------
        files
            What lies beside the notebook, by relative path: tests that nbgrader writes by running it need them.
        """

    def strip(self, notebook: Notebook, files: Mapping[str, bytes] | None = None) -> Notebook:
        """Return a copy of an author's notebook without solutions, hidden tests and outputs.

        Made with nbgrader's own preprocessors. Raises `ProblemsFound` with everything that keeps it from being made.
        """


class Gradebook(Protocol):
    """One course's nbgrader gradebook and the folders beside it."""

    def register(self, course: Course, versions: Mapping[LessonKey, Notebook]) -> None:
        """Make nbgrader know the assignments, notebooks and cells of these prepared sources; safe to repeat."""

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: Mapping[str, bytes]) -> None:
        """Write `submitted/LEARNER/MODULE/LESSON.ipynb` with its `timestamp.txt`."""

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        """Write scores to gradebook rows and the executed notebook to `autograded/`; manual scores are kept."""

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return a cursor and the manual scores and comments that changed since the cursor (all for ``""``)."""


@dataclass(frozen=True)
class ManualGrade:
    """A person's score and comment on one cell, as the gradebook has it; ``score`` None means not yet scored.

    ``needs_review`` says that the learner handed in again since, and a person is to look once more.
    """

    learner: str
    lesson: LessonKey
    grade_id: str
    score: float | None
    max_score: float
    comment: str
    needs_review: bool = False
