"""One course's nbgrader gradebook and the folders beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from threading import Lock
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from trailbook.adapters.nbgrader.manual_grades import ManualGradeWatch
from trailbook.adapters.nbgrader.pipeline import Pipeline
from trailbook.adapters.nbgrader.registration import complete_submission, forget_notebooks, register_notebook
from trailbook.adapters.nbgrader.settings import NbgraderCourse
from trailbook.adapters.nbgrader.tables import open_gradebook
from trailbook.adapters.safe_files import SafeFolder
from trailbook.domain.course import Course, LessonKey
from trailbook.domain.exercise import Exercise, ExerciseKind
from trailbook.domain.names import student_id_of
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Attempt, JobKind, ManualGrade, Notebook

MAX_FILE_BYTES = 50_000_000
TIMESTAMP_FILE = "timestamp.txt"
NO_RESPONSE = "No response."  # nbgrader's words for an answer cell that was not changed


class NbgraderGradebook:
    """The gradebook of one course; see `trailbook.services.ports.Gradebook`.

    Parameters
    ----------
    path
        The course folder.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path).absolute()
        self._files = SafeFolder(self._path)
        self._watch = ManualGradeWatch()
        # nbgrader looks first and writes then: two gradings of one learner at once would both add the learner.
        self._writing = Lock()

    def register(self, course: Course, versions: Mapping[LessonKey, Notebook]) -> None:
        """Make nbgrader know the assignments, notebooks and cells of these prepared sources; safe to repeat."""
        known = NbgraderCourse.read(self._path)
        pipeline = Pipeline(known.settings)
        hidden = {key: pipeline.hide_solutions(source) for key, source in versions.items()}
        with self._writing, open_gradebook(known) as gradebook:
            for key, notebook in hidden.items():
                register_notebook(gradebook, key.module, key.name, notebook)
            for module in course.modules:
                forget_notebooks(gradebook, module.name, keep={lesson.key.name for lesson in module.lessons})

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: Mapping[str, bytes]) -> None:
        """Write `submitted/LEARNER/MODULE/LESSON.ipynb`, its files and `timestamp.txt`, the time of receipt in UTC."""
        folder = f"submitted/{student_id_of(attempt.learner)}/{attempt.lesson.module}"
        for path, content in files.items():
            self._files.write(f"{folder}/{path}", content)
        self._files.write(f"{folder}/{attempt.lesson.name}.ipynb", _notebook_bytes(notebook))
        self._files.write(f"{folder}/{TIMESTAMP_FILE}", _timestamp(attempt).encode())

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        """Write scores to gradebook rows and the executed notebook to `autograded/`.

        An attempt writes the scores of its own exercise's tests and asks nobody to review. A submission writes all of
        them as `nbgrader autograde` does. Manual scores, comments, extensions and late penalties are kept.
        """
        with self._writing, open_gradebook(NbgraderCourse.read(self._path)) as gradebook:
            row = _submitted_notebook(gradebook, attempt)
            if row is None:
                return  # the lesson was never released with this gradebook, or is gone from it
            wanted = [each for each in exercises if attempt.exercise is None or each.id == attempt.exercise]
            _write_scores(row, wanted, attempt, result)
            gradebook.db.commit()
        self._write_autograded(attempt, result)

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return a cursor and the manual scores and comments that changed since the cursor (all for ``""``)."""
        return self._watch.look(NbgraderCourse.read(self._path), since)

    def _write_autograded(self, attempt: Attempt, result: GradingResult) -> None:
        """Write what the formgrader shows: the executed notebook, else what was handed in, with its pictures."""
        student = student_id_of(attempt.learner)
        submitted = f"submitted/{student}/{attempt.lesson.module}"
        autograded = f"autograded/{student}/{attempt.lesson.module}"
        name = f"{attempt.lesson.name}.ipynb"
        notebook = result.autograded.encode(errors="replace") or self._files.find(
            f"{submitted}/{name}", max_bytes=MAX_FILE_BYTES
        )
        if notebook:
            self._files.write(f"{autograded}/{name}", notebook)
        beside = submitted if attempt.kind is JobKind.SUBMISSION else f"release/{attempt.lesson.module}"
        for path, kind in self._files.walk(beside):
            if kind == "file" and not path.endswith(".ipynb"):
                self._files.write(
                    f"{autograded}/{path}", self._files.read(f"{beside}/{path}", max_bytes=MAX_FILE_BYTES)
                )


def _submitted_notebook(gradebook: Gradebook, attempt: Attempt) -> Any:
    """Return the gradebook's row for this learner's lesson, made when it is missing; None for an unknown lesson."""
    student, module = student_id_of(attempt.learner), attempt.lesson.module
    try:
        gradebook.find_notebook(attempt.lesson.name, module)
    except MissingEntry:
        return None
    gradebook.update_or_create_student(student)
    try:
        submission = gradebook.find_submission(module, student)
    except MissingEntry:
        assignment = gradebook.find_assignment(module)
        submission = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
        gradebook.db.add(submission)
        gradebook.db.commit()
    if attempt.kind is JobKind.SUBMISSION:
        submission.timestamp = attempt.created_at.astimezone(UTC).replace(tzinfo=None)
    complete_submission(gradebook, submission)
    return gradebook.find_submission_notebook(attempt.lesson.name, module, student)


def _write_scores(row: Any, exercises: Iterable[Exercise], attempt: Attempt, result: GradingResult) -> None:
    scores = {test.grade_id: test.score for test in result.tests}
    grades = {grade.cell.name: grade for grade in row.grades}
    comments = {comment.cell.name: comment for comment in row.comments}
    starters = {cell.name: cell.source or "" for cell in row.notebook.source_cells}
    handed_in = attempt.kind is JobKind.SUBMISSION
    for exercise in exercises:
        starter = {
            cell: "" if exercise.kind is ExerciseKind.TASK else starters.get(cell, "") for cell in exercise.answer_cells
        }
        blank = {cell for cell, text in starter.items() if attempt.answers.get(cell, "").strip() in ("", text.strip())}
        for cell in exercise.test_cells:
            if cell in grades and (handed_in or cell in scores):
                _write_grade(grades[cell], scores.get(cell), handed_in=handed_in)
        if handed_in:
            for cell in exercise.answer_cells:
                if exercise.graded_by_person and cell in grades:
                    _write_grade(grades[cell], 0.0 if cell in blank else None, handed_in=True)
                if cell in comments:
                    comments[cell].auto_comment = NO_RESPONSE if cell in blank else None


def _write_grade(grade: Any, score: float | None, *, handed_in: bool) -> None:
    """Write a machine's score as nbgrader's `SaveAutoGrades` does; a person's score stays and wins."""
    grade.auto_score = score
    if handed_in:
        grade.needs_manual_grade = score is None or grade.manual_score is not None


def _notebook_bytes(notebook: Notebook) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def _timestamp(attempt: Attempt) -> str:
    return f"{attempt.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n"
